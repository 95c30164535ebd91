"""The environment that Prefect's processes get from us: on this machine alone, and silent to the outside."""

from __future__ import annotations

import os
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"


def environment(home: Path, port: int) -> dict[str, str]:
    """The present environment, with Prefect's part of it replaced by ours.

    Args:
        home: absolute path of the folder that everything is written to.
        port: where the server listens, on loopback.
    """
    address = f"http://{LOOPBACK}:{port}"
    # A PREFECT_API_URL or key of the person's own would send our runs to their server.
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return ours | {
        "LIVINGSCAN_HOME": str(home),
        "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_PROFILES_PATH": str(home / "prefect" / "profiles.toml"),
        "PREFECT_API_URL": f"{address}/api",
        "PREFECT_UI_URL": address,
        "PREFECT_UI_API_URL": f"{address}/api",
        "PREFECT_SERVER_API_HOST": LOOPBACK,
        "PREFECT_SERVER_API_PORT": str(port),
        # The default, *, would let any web page that the user opens start runs here.
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": address,
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        # No outward call of any kind.
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
        "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
        "PREFECT_SERVER_UI_V2_ENABLED": "false",  # v2 asks amplitude.com at every page, whatever the settings
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        "PREFECT_RUNNER_POLL_FREQUENCY": "2",
        "PREFECT_LOGGING_EXTRA_LOGGERS": "livingscan",
        "PREFECT_RESULTS_DEFAULT_SERIALIZER": "json",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",  # or its database grows for ever
        "NO_PROXY": ",".join(filter(None, [os.environ.get("NO_PROXY", ""), LOOPBACK, "localhost"])),
        "no_proxy": ",".join(filter(None, [os.environ.get("no_proxy", ""), LOOPBACK, "localhost"])),
        "PYTHONUNBUFFERED": "1",
    }


def free_port(wanted: int) -> int:
    """``wanted`` if it is free on loopback, else the next free one above it."""
    for port in (*range(wanted, min(wanted + 50, 65536)), 0):
        with socket.socket() as probe:
            probe.settimeout(0.5)
            # A listener on all addresses does not stop us from binding loopback on every system.
            if port and probe.connect_ex((LOOPBACK, port)) == 0:
                continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on loopback")

"""A real Prefect server for the session, on a free port and with a home of its own; and the sandbox."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Before Prefect is first imported: it makes its home where it is told, and talks to nobody.
_HOME = tempfile.mkdtemp(prefix="livingscan-prefect-")
os.environ.update(
    {
        "PREFECT_HOME": _HOME,
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        "PREFECT_LOGGING_TO_API_ENABLED": "false",
    }
)

import pytest  # noqa: E402
import requests  # noqa: E402

from livingscan.sandbox import Sandbox, generate, serve  # noqa: E402
from livingscan.settings import settings  # noqa: E402
from livingscan.store import Store, open_store  # noqa: E402


@dataclass
class Server:
    """The Prefect server of the session."""

    address: str
    env: dict[str, str]

    def __call__(self, method: str, path: str, **body: Any) -> Any:
        for pause in (0.5, 1, 2, 4):
            answer = requests.request(method, f"{self.address}/api{path}", json=body or None, timeout=30)
            if answer.status_code < 500:
                break
            time.sleep(pause)  # 503: SQLite is locked for a moment
        answer.raise_for_status()
        return answer.json()

    def wait_for(self, path: str, ready: Any, seconds: float = 60, **body: Any) -> Any:
        """Ask until ``ready(answer)``, which is then returned; fail with the last answer if it never is."""
        give_up = time.monotonic() + seconds
        while True:
            answer = self("POST" if body else "GET", path, **body)
            if ready(answer):
                return answer
            assert time.monotonic() < give_up, answer
            time.sleep(0.3)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    from prefect.settings import (
        PREFECT_API_URL,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
        PREFECT_HOME,
        temporary_settings,
    )

    from flows.children import Children
    from flows.surroundings import LOOPBACK, environment, free_port

    port = free_port(4400)
    address = f"http://{LOOPBACK}:{port}"
    home = Path(_HOME)
    children = Children(home / "logs")
    child = children.start("server", [sys.executable, "-m", "prefect", "server", "start"], environment(home, port))
    try:
        give_up = time.monotonic() + 120
        while True:
            assert child.alive, child.tail(20)
            assert time.monotonic() < give_up, child.tail(20)
            try:
                if requests.get(f"{address}/api/health", timeout=5).ok:
                    break
            except requests.ConnectionError:
                time.sleep(0.2)
        changed = {
            PREFECT_API_URL: f"{address}/api",
            PREFECT_HOME: home,
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,  # each flow would wait a second for its heartbeat to end
        }
        with temporary_settings(changed):
            yield Server(address, environment(home, port))
    finally:
        children.close()


@pytest.fixture(scope="session")
def literature() -> Iterator[Sandbox]:
    """A small synthetic literature."""
    with serve(generate(works=120)) as sandbox:
        yield sandbox


@pytest.fixture
def review(literature: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An empty review whose sources are the sandbox."""
    monkeypatch.setenv("LIVINGSCAN_SANDBOX_URL", literature.url)
    settings.cache_clear()
    literature.faults = None
    with open_store() as store:
        store.migrate()
        yield store
    literature.faults = None

"""What runs in a folder at the moment: the launcher writes it down, others read it here."""

from __future__ import annotations

import json
import os
from pathlib import Path

LOCK = "up.lock"


def running(home: Path) -> dict[str, str] | None:
    """The process and the addresses of the launcher that runs in ``home``, or None.

    Args:
        home: the folder that everything is written to.

    Returns:
        "pid", and where they are known "kind" ("demo" or "run"), "ui" and "sandbox" (addresses).
    """
    try:
        told: dict[str, str] = json.loads((home / LOCK).read_text())
        os.kill(int(told["pid"]), 0)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return told

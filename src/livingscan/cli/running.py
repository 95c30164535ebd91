"""What runs in a folder at the moment: the launcher writes it down, others read it here."""

from __future__ import annotations

import json
import os
from pathlib import Path

from livingscan.errors import UserError

LOCK = "up.lock"
INVENTED = "invented-literature.txt"


def running(home: Path) -> dict[str, str] | None:
    """The process and the addresses of the launcher that runs in ``home``, or None.

    Args:
        home: the folder that everything is written to.

    Returns:
        "pid", and where they are known "kind" ("demo" or "run"), "ui" and "sandbox" (addresses), and
        "ready" once all of it has answered.
    """
    try:
        told: dict[str, str] = json.loads((home / LOCK).read_text())
        os.kill(int(told["pid"]), 0)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return told


def mark_invented(home: Path) -> None:
    """Note that the records in ``home`` are invented, or a copy to try things out on."""
    (home / INVENTED).write_text(
        "The demo's records lie here: nothing of a real review. `livingscan demo` goes on with them.\n"
    )


def demo_of(home: Path) -> Path | None:
    """The folder of the demo that was last at work in ``home``, or None."""
    marks = sorted(home.glob(f"demo*/{INVENTED}"), key=lambda path: path.stat().st_mtime)
    return marks[-1].parent if marks else None


def keep_apart(home: Path, sandbox_url: str) -> None:
    """Raise UserError where live records would come among the demo's.

    Args:
        home: the folder that everything is written to.
        sandbox_url: where the sandbox literature answers; "": the live services would be asked.
    """
    if (home / INVENTED).exists() and not sandbox_url:
        raise UserError(f"{home} holds the demo's records: start `livingscan demo` first, or name another --home")

"""Who is at work: this process, told apart from any other that may carry its number later."""

from __future__ import annotations

import os
import socket
import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

# On another machine we cannot look; a page comes at least this often from a living search.
SILENT_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Owner:
    """A process: its machine, its number, and when it started (a number is used again, a start is not)."""

    host: str
    pid: int
    started: str


def _started(pid: int) -> str:
    """When process ``pid`` started, in the system's own words; "" if there is no such process."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        # The name, in brackets, may hold blanks; field 22 counts from behind it. "Z" is a dead one.
        fields = stat.read_text().rpartition(")")[2].split()
        return "" if fields[0] == "Z" else fields[19]
    except OSError:
        if Path("/proc/self/stat").exists():
            return ""
    found = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return found.stdout.strip()


@cache
def _owner(pid: int) -> Owner:
    return Owner(socket.gethostname(), pid, _started(pid))


def me() -> Owner:
    """This process (also after a fork)."""
    return _owner(os.getpid())


def is_alive(owner: Owner, heard: datetime, now: datetime) -> bool:
    """Whether ``owner`` may still be at work.

    Args:
        owner: the process that wrote itself down.
        heard: when it last wrote something.
        now: the present time.

    Returns:
        On this machine: whether that very process runs. On another: whether it was heard of in the
        last 15 minutes.
    """
    if owner.host == socket.gethostname():
        return bool(owner.started) and _started(owner.pid) == owner.started
    return now - heard < SILENT_FOR

"""An even pace of requests per host, held across all processes and threads of one machine.

Each host has a small file holding the next free instant. A caller locks it, takes the next slot,
writes the one after that and unlocks *before* it waits: slots are evenly spaced, so nothing bursts,
and a process that dies while it waits blocks nobody. The clock is the machine's monotonic one
(system-wide since Python 3.5): it can't be set back. It starts anew at boot, so an instant further
off than any wait we would ask for is an old one and is ignored.
"""

from __future__ import annotations

import fcntl
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from livingscan import clock
from livingscan.errors import StateError

LONGEST_HOLD = 3600.0  # seconds; no Retry-After is believed beyond this
MARGIN = 1.05  # servers count in their own seconds: stay a little under the rate they allow


class Pace:
    """Hands out slots in time, per host.

    Args:
        folder: where the files lie that processes share; None: the pace is this process's own.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}

    def wait(self, host: str, per_second: float) -> float:
        """Wait for the next free slot of ``host`` at ``per_second`` requests a second; returns seconds waited."""
        with self._slot(host) as slot:
            start = max(clock.monotonic(), slot[0])
            slot[0] = start + MARGIN / per_second
        wait = max(0.0, start - clock.monotonic())
        clock.sleep(wait)
        return wait

    def hold(self, host: str, seconds: float) -> None:
        """Give out no slot of ``host`` for ``seconds``: it has asked everybody here to wait."""
        with self._slot(host) as slot:
            slot[0] = max(slot[0], clock.monotonic() + min(seconds, LONGEST_HOLD))

    @contextmanager
    def _slot(self, host: str) -> Iterator[list[float]]:
        """The host's next free instant, to be read and changed in place while nobody else can."""
        if self.folder is None:
            with self._lock:
                slot = [self._next.get(host, 0.0)]
                yield slot
                self._next[host] = slot[0]
            return
        path = self.folder / (re.sub(r"[^\w.-]", "_", host) + ".next")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle = path.open("a+", encoding="ascii")
        except OSError as problem:
            raise StateError(f"cannot keep the pace of requests in {self.folder}: {problem.strerror}") from None
        with handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            handle.seek(0)
            slot = [_instant(handle.read())]
            yield slot
            handle.seek(0)
            handle.truncate()
            handle.write(repr(slot[0]))


def _instant(text: str) -> float:
    """The instant a pace file holds; 0.0 where it holds none that can be right."""
    try:
        instant = float(text)
    except ValueError:
        return 0.0
    return instant if instant <= clock.monotonic() + LONGEST_HOLD else 0.0

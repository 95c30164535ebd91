"""One launcher per folder: a lock that the system frees by itself, whatever kills its holder."""

from __future__ import annotations

import fcntl
import json
import os
import time
from pathlib import Path

from livingscan.cli.running import LOCK, running
from livingscan.errors import StateError

ENDING = 25.0  # seconds that the remains of a killed launcher may take to end


class Lock:
    """The lock of a folder, with the addresses of what runs there.

    Args:
        home: the folder that everything is written to.

    Raises:
        StateError: another launcher runs there; the message says where to find it.
    """

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.path = home / LOCK
        self._file = self.path.open("a+")
        self.fd = self._file.fileno()
        give_up = time.monotonic() + ENDING
        while True:
            try:
                fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                holder = running(home)
                if holder or time.monotonic() > give_up:
                    self._file.close()
                    raise StateError(self._in_use(home, holder)) from None
                time.sleep(0.2)  # it was killed; its guard is tidying up
        self.tell()

    @staticmethod
    def _in_use(home: Path, holder: dict[str, str] | None) -> str:
        if holder is None:
            return f"what a killed livingscan left in {home} is still ending; try again in a moment"
        where = f" at {holder['ui']}" if "ui" in holder else ""
        return f"livingscan already runs in {home}{where} (process {holder['pid']}); end it with Ctrl-C there first"

    def tell(self, **addresses: str) -> None:
        """Write down who we are and where to find what."""
        self._file.seek(0)
        self._file.truncate()
        json.dump({"pid": str(os.getpid()), **addresses}, self._file)
        self._file.flush()

    def free(self) -> None:
        """Let go."""
        self._file.seek(0)
        self._file.truncate()
        self._file.close()

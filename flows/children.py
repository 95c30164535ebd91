"""The processes behind one command: each in a group of its own, and none that outlives the command.

Ctrl-C in a terminal reaches the whole foreground group; children in groups of their own are ended by
us instead, in the right order. Should we be killed outright (``kill -9``), the *guard* sees its pipe
close and ends them. It works the same on Linux and macOS, and needs nothing but Python.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO


@dataclass
class Child:
    """One process of ours: its name, and the file that its output goes to."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def tail(self, lines: int = 5) -> str:
        """The last lines that it wrote."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class Children:
    """Starts processes, and ends them in reverse order.

    Args:
        logs: folder for their output, one file each.
        keep: file descriptor that the guard holds open as long as a child may live (our lock).
        patience: seconds between asking a process to end and ending it.
    """

    def __init__(self, logs: Path, keep: int | None = None, patience: float = 10.0) -> None:
        self.logs, self.patience = logs, patience
        logs.mkdir(parents=True, exist_ok=True)
        self._children: list[Child] = []
        self._guard = subprocess.Popen(
            [sys.executable, "-m", "flows.children", str(patience)],
            stdin=subprocess.PIPE,
            start_new_session=True,
            pass_fds=() if keep is None else (keep,),
        )

    def start(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> Child:
        """Start ``command`` in a group of its own, its output appended to ``<logs>/<name>.log``."""
        log = self.logs / f"{name}.log"
        with log.open("ab") as out:
            process = subprocess.Popen(
                command, env=dict(env), stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )
        child = Child(name, process, log)
        self._children.append(child)
        self._tell(f"+{process.pid}")
        return child

    def stop(self, child: Child) -> None:
        """End one of them, with all that it started."""
        end_group(child.process.pid, self.patience, child.process)
        self._children.remove(child)
        self._tell(f"-{child.process.pid}")

    def close(self) -> None:
        """End all of them, the last started first, then the guard."""
        for child in reversed(list(self._children)):
            self.stop(child)
        if self._guard.stdin:
            self._guard.stdin.close()
        self._guard.wait()

    def _tell(self, line: str) -> None:
        if self._guard.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._guard.stdin.write(line.encode() + b"\n")
                self._guard.stdin.flush()


def end_group(group: int, patience: float, process: subprocess.Popen[bytes] | None = None) -> None:
    """Ask a process group to end, and after ``patience`` seconds end it.

    Args:
        group: its id, which is its leader's process id.
        patience: seconds.
        process: the leader, where it is our own child (it is then reaped).
    """
    for sign in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + patience
        try:
            os.killpg(group, sign)
            while time.monotonic() < deadline:
                if process:
                    process.poll()
                os.killpg(group, 0)
                time.sleep(0.05)
        except (ProcessLookupError, PermissionError):  # macOS says the latter of a group of the dead
            break
    if process:
        process.wait()


def guard(lines: IO[str], patience: float) -> None:
    """Keep the list of groups ("+id", "-id") until the pipe closes, then end those that are left."""
    groups: list[int] = []
    for line in lines:
        group = int(line[1:])
        if line.startswith("+"):
            groups.append(group)
        elif group in groups:
            groups.remove(group)
    for group in reversed(groups):
        end_group(group, patience)


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    guard(sys.stdin, float(sys.argv[1]))

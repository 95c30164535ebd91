"""Processes end with the one that started them, however it ends."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.children import Children
from flows.lock import Lock
from flows.surroundings import LOOPBACK, environment, free_port
from livingscan.cli.running import running
from livingscan.errors import StateError

SLEEP = "import time; print('here', flush=True); time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"
PARENT = """
import os, subprocess, sys, time
from pathlib import Path
from flows import children
both = children.Children(Path(sys.argv[1]), patience=0.5)
for name, code in (("one", sys.argv[2]), ("two", sys.argv[3])):
    both.start(name, [sys.executable, "-c", code], os.environ)
print(*[child.process.pid for child in both._children], flush=True)
time.sleep(600)
"""


def _gone(pid: int, seconds: float = 30) -> bool:
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
                return True
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def _await(log: Path, text: str) -> None:
    give_up = time.monotonic() + 30
    while text not in (log.read_text() if log.exists() else ""):
        assert time.monotonic() < give_up
        time.sleep(0.02)


def test_closing_ends_a_child_and_what_it_started(tmp_path: Path) -> None:
    grandchild = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {SLEEP!r}]).pid, flush=True)"
    children = Children(tmp_path)
    child = children.start("one", [sys.executable, "-c", f"{grandchild}; {SLEEP}"], os.environ)
    _await(child.log, "here\nhere")
    pid = int(child.log.read_text().split()[0])
    children.close()
    assert not child.alive
    assert _gone(pid)


@pytest.mark.parametrize("second", [SLEEP, STUBBORN], ids=["obedient", "stubborn"])
def test_children_of_a_killed_parent_are_ended(tmp_path: Path, second: str) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path), SLEEP, second], stdout=subprocess.PIPE)
    assert parent.stdout
    pids = [int(word) for word in parent.stdout.readline().split()]
    for name in ("one", "two"):
        _await(tmp_path / f"{name}.log", "here")
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert len(pids) == 2
    assert all(_gone(pid) for pid in pids)


def test_a_child_keeps_its_last_words(tmp_path: Path) -> None:
    children = Children(tmp_path)
    child = children.start("one", [sys.executable, "-c", "print('first'); print('why it ended')"], os.environ)
    child.process.wait()
    assert child.tail(1) == "why it ended"
    children.close()


def test_one_launcher_a_folder(tmp_path: Path) -> None:
    lock = Lock(tmp_path)
    lock.tell(kind="demo", ui="http://127.0.0.1:4200")
    told = running(tmp_path)
    assert told is not None
    assert told["ui"] == "http://127.0.0.1:4200"
    with pytest.raises(StateError, match=r"already runs in .* at http://127.0.0.1:4200 \(process \d+\)"):
        Lock(tmp_path)
    lock.free()
    assert running(tmp_path) is None
    Lock(tmp_path).free()


def test_what_a_dead_launcher_told_is_not_believed(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / "up.lock").write_text(f'{{"pid": "{dead.pid}", "ui": "http://127.0.0.1:4200"}}')
    assert running(tmp_path) is None


def test_a_taken_port_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) != port
    assert free_port(port) == port


def test_prefect_hears_of_nobody_but_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "https://elsewhere.example/api")
    monkeypatch.setenv("PREFECT_API_KEY", "pnu_secret")
    env = environment(tmp_path, 4321)
    assert env["PREFECT_API_URL"] == "http://127.0.0.1:4321/api"
    assert "PREFECT_API_KEY" not in env
    assert env["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert env["DO_NOT_TRACK"] == "1"
    assert env["PREFECT_SERVER_CORS_ALLOWED_ORIGINS"] == "http://127.0.0.1:4321"

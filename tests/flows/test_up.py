"""`livingscan demo` and `run` as people start them: processes of their own, on a machine with ports taken."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from flows.surroundings import LOOPBACK, free_port
from flows.up import Asked, Ended, demo_folder
from livingscan.errors import UserError
from livingscan.store import open_store
from livingscan.store.counts import counts
from livingscan.store.runs import run_rows

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
LIVINGSCAN = [sys.executable, "-c", "from livingscan.cli import main; main()"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def _env(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIVINGSCAN_", "PREFECT_"))}
    return kept | {"LIVINGSCAN_HOME": str(home)} | more


def _livingscan(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*LIVINGSCAN, *arguments], env=_env(home, **more), capture_output=True, text=True, check=False, timeout=300
    )


def _ours(home: Path) -> list[str]:
    """Processes that still have anything to do with a home folder."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and f"LIVINGSCAN_HOME={home}" in (folder / "environ").read_text(errors="replace"):
                command = (folder / "cmdline").read_text().replace("\0", " ")
                if command:
                    found.append(f"{folder.name} {command}")
        except OSError:
            continue
    return found


def _gone(home: Path) -> bool:
    give_up = time.monotonic() + 30
    while _ours(home):
        if time.monotonic() > give_up:
            return False
        time.sleep(0.1)
    return True


class Demo:
    """A demo in the foreground, read line by line."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*LIVINGSCAN, "demo", *arguments],
            env=_env(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said = ""

    def until(self, text: str) -> str:
        assert self.process.stdout
        while text not in self.said:
            line = self.process.stdout.readline()
            assert line, f"it ended before it said {text!r}:\n{self.said}"
            self.said += line
        return self.said

    def end(self, sign: int) -> int:
        self.process.send_signal(sign)
        assert self.process.stdout
        self.said += self.process.stdout.read() if sign != signal.SIGKILL else ""
        self.process.stdout.close()
        return self.process.wait(60)


@pytest.fixture
def demo(home: Path) -> Iterator[Callable[..., Demo]]:
    started = []

    def start(*arguments: str) -> Demo:
        started.append(Demo(home, *arguments))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.end(signal.SIGTERM)
    assert _gone(home), _ours(home)


@pytest.fixture(scope="module")
def once(home: Path) -> subprocess.CompletedProcess[str]:
    """A first demo that stopped after its update."""
    return _livingscan(home, "demo", "--once", "--port", str(free_port(4500)))


def test_one_update_then_the_end(home: Path, once: subprocess.CompletedProcess[str]) -> None:
    assert once.returncode == 0, once.stdout + once.stderr
    assert re.search(r"pubmed +complete +(\d+) +\1 ", once.stdout)
    assert "2 of 2 sources complete" in once.stdout
    assert "The update: completed" in once.stdout
    assert _gone(home), _ours(home)


def test_a_killed_demo_leaves_nothing_and_the_next_goes_on(
    home: Path, once: subprocess.CompletedProcess[str], demo: Callable[..., Demo]
) -> None:
    assert once.returncode == 0
    with open_store(f"sqlite:///{home / 'demo' / 'review.db'}") as store:
        before = counts(store)["records"]
    killed = demo("--port", str(free_port(4500)))
    killed.until("The first update has begun")
    assert killed.end(signal.SIGKILL) == -signal.SIGKILL
    assert _gone(home), _ours(home)

    # Its lock is free, its runs are ended, the next one goes on.
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        running = demo("--port", str(port))
        said = running.until("Ctrl-C ends everything")
    assert f"Port {port} is taken: Prefect's UI listens on" in said
    assert " 0 new records" in said
    ui = re.search(r"Ready after \d+ s: (\S+)", said)
    assert ui
    assert "Prefect" in requests.get(ui[1], timeout=10).text
    # Only pages of the UI itself may call the server.
    asked = requests.options(
        f"{ui[1]}/api/flows/filter",
        headers={"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"},
        timeout=10,
    )
    assert "access-control-allow-origin" not in asked.headers

    second = _livingscan(home, "demo")
    assert second.returncode == 4
    assert second.stderr.count("\n") == 1
    assert "already runs in" in second.stderr

    assert running.end(signal.SIGINT) == 0, running.said
    with open_store(f"sqlite:///{home / 'demo' / 'review.db'}") as store:
        assert counts(store)["records"] == before > 1000
        statuses = [row["status"] for row in run_rows(store, 10)]
    assert statuses[0] == "completed"
    assert "running" not in statuses


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_way_of_asking_to_end_is_heard(sign: signal.Signals) -> None:
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        asked = Asked()
        asked.sleep(0)
        os.kill(os.getpid(), sign)
        with pytest.raises(Ended):
            asked.sleep(60)
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def test_a_run_without_a_network_says_what_failed(tmp_path: Path) -> None:
    nowhere = f"http://{LOOPBACK}:{free_port(4600)}"
    done = _livingscan(tmp_path, "run", "--once", "--port", str(free_port(4500)), LIVINGSCAN_SANDBOX_URL=nowhere)
    assert done.returncode == 5, done.stdout + done.stderr
    assert re.search(r"pubmed +failed .*no connection", done.stdout)
    assert re.search(r"europepmc +failed .*no connection", done.stdout)
    assert "completed with failures" in done.stdout
    with open_store(f"sqlite:///{tmp_path / 'review.db'}") as store:
        assert run_rows(store)[0]["status"] == "completed with failures"
    assert _gone(tmp_path), _ours(tmp_path)


def test_a_corpus_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.ris"
    corpus.write_bytes(b"\x00\x01 nothing that anybody could read")
    done = _livingscan(tmp_path, "demo", "--once", "--corpus", str(corpus), "--port", str(free_port(4500)))
    assert done.returncode != 0
    assert done.stderr.startswith("livingscan: ")
    assert "Traceback" not in done.stderr
    assert _gone(tmp_path), _ours(tmp_path)
    missing = _livingscan(tmp_path, "demo", "--corpus", str(tmp_path / "none.ris"))
    assert (missing.returncode, missing.stderr) == (2, f"livingscan: {tmp_path / 'none.ris'}: no such file\n")


def test_each_corpus_has_a_folder_of_its_own(tmp_path: Path) -> None:
    one, other = tmp_path / "my export (1).ris.gz", tmp_path / "other.ris"
    one.write_text("one")
    other.write_text("other")
    assert demo_folder(tmp_path, None) == (tmp_path / "demo", [])
    home, arguments = demo_folder(tmp_path, one)
    assert re.fullmatch(r"demo-my-export-1-[0-9a-f]{8}", home.name)
    assert arguments == ["--corpus", str(one)]
    assert demo_folder(tmp_path, one)[0] == home
    assert demo_folder(tmp_path, other)[0] != home
    with pytest.raises(UserError, match="no such file"):
        demo_folder(tmp_path, tmp_path / "none.ris")

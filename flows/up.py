"""One command that brings everything up: ``python -m flows.up demo`` or ``run`` (the CLI starts it).

It starts the sandbox literature (demo alone), Prefect's server with its UI, and the process that
serves the deployments; starts the first update, tells how it went, and stays until Ctrl-C. It does
not import Prefect: the server's own HTTP interface is enough, and saves two seconds.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shlex
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from rich.console import Console

from flows.children import Child, Children
from flows.keys import BARRIERS, HEALTH, LATE, LEDGER, NEW
from flows.lock import Lock
from flows.surroundings import LOOPBACK, environment, free_port
from livingscan.cli.running import keep_apart, mark_invented
from livingscan.cli.tell import console as terminal
from livingscan.cli.tell import run_ended, update_ended
from livingscan.errors import LivingscanError, StateError, UserError
from livingscan.protocol import load_protocol
from livingscan.settings import settings
from livingscan.store import open_store
from livingscan.store.runs import run_rows

ROOT = Path(__file__).resolve().parents[1]
UI_PORT, SANDBOX_PORT = 4200, 4280
READY_WITHIN = 120.0  # seconds; a first start on a slow disk has a whole database to make
RESTARTS = 5  # of the serving process, before we give up
INCOMPLETE = 5  # exit code: the first update was completed with failures


class Ended(Exception):
    """Somebody asked us to end: Ctrl-C, SIGTERM, a closed terminal."""


class Asked:
    """Whether somebody has asked us to end.

    The signal only sets a mark: an exception raised in the midst of whatever runs could be swallowed
    there (SQLAlchemy's weak references do), and then nothing would ever end.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, lambda number, frame: self._event.set())

    def sleep(self, seconds: float) -> None:
        """Wait that long, unless asked to end. Raises Ended."""
        if self._event.wait(seconds):
            raise Ended


class Up:
    """All that runs behind the command.

    Args:
        home: the folder that everything is written to.
        sandbox: arguments for the sandbox literature; None: ask the live services.
        port: where the UI should listen.
        console: where people read.
        asked: whether to end.
    """

    def __init__(self, home: Path, sandbox: list[str] | None, port: int, console: Console, asked: Asked) -> None:
        self.home, self.sandbox, self.console, self.asked = home, sandbox, console, asked
        self.ui = self._address("Prefect's UI", port)
        self.literature = self._address("the sandbox literature", SANDBOX_PORT) if sandbox is not None else ""
        self.http = requests.Session()
        self.http.trust_env = False
        self.restarts = 0

    def _address(self, what: str, wanted: int) -> str:
        port = free_port(wanted)
        if port != wanted:
            self.console.print(f"Port {wanted} is taken: {what} listens on {port} instead.")
        return f"http://{LOOPBACK}:{port}"

    def start(self, children: Children) -> None:
        """Start all processes, bring the database to the newest schema, and wait until all answer.

        Raises:
            StateError: one of them ended or did not answer in time.
        """
        began = time.monotonic()
        os.environ["LIVINGSCAN_HOME"] = str(self.home)
        if self.literature:
            mark_invented(self.home)
            # Nothing synthetic may ever reach the database or the services of a real review.
            os.environ["LIVINGSCAN_DATABASE_URL"] = ""
            os.environ["LIVINGSCAN_SANDBOX_URL"] = self.literature
        settings.cache_clear()
        self.children = children
        self.env = environment(self.home, int(self.ui.rpartition(":")[2]))
        if not self.literature and not settings().contact_email:
            self.console.print("No contact e-mail is set (LIVINGSCAN_CONTACT_EMAIL, see .env.example).")
        self.console.print("Starting Prefect ...")
        essential = [self._python("server", "prefect", "server", "start")]
        if self.sandbox is not None:
            port = self.literature.rpartition(":")[2]
            essential.append(self._python("sandbox", "livingscan.sandbox", "--port", port, *self.sandbox))
        self.essential = essential
        self.serving = self._serve()
        with open_store() as store:
            store.migrate()
            newest = run_rows(store, 1)
        self.seen = newest[0]["run"] if newest else 0
        self._wait(lambda: self._ok(f"{self.ui}/api/health"), "Prefect's server")
        if self.literature:
            self._wait(lambda: self._ok(self.literature), "the sandbox literature")
        self._wait(self._registered, "the deployments")
        self.console.print(f"Ready after {time.monotonic() - began:.0f} s: {self.ui}")
        for line in self.ready.read_text().splitlines():
            self.console.print(line, markup=False, soft_wrap=True)

    def _python(self, name: str, *arguments: str) -> Child:
        return self.children.start(name, [sys.executable, "-m", *arguments], self.env)

    def _serve(self) -> Child:
        self.ready = self.home / "flows.ready"
        self.ready.unlink(missing_ok=True)
        return self._python("flows", "flows.deployments", "--alone", "--ready", str(self.ready))

    def _ok(self, url: str) -> bool:
        try:
            return self.http.get(url, timeout=5).ok
        except requests.RequestException:
            return False

    @property
    def _deployment(self) -> str:
        return f"{self.ui}/api/deployments/name/update-review/update-review"

    def _registered(self) -> bool:
        """Whether the serving process has taken up what was left, and registered the deployments (they were paused)."""
        if not self.ready.exists():
            return False
        try:
            answer = self.http.get(self._deployment, timeout=5)
        except requests.RequestException:
            return False
        return answer.ok and answer.json()["paused"] is False

    def _wait(self, ready: Callable[[], bool], what: str) -> None:
        give_up = time.monotonic() + READY_WITHIN
        while not ready():
            self._check()
            if time.monotonic() > give_up:
                raise StateError(f"{what} did not answer within {READY_WITHIN:.0f} s; see {self.children.logs}")
            self.asked.sleep(0.1)

    def _check(self) -> None:
        """Raise StateError if a process is gone that we cannot do without; start the serving one again."""
        for child in self.essential:
            if not child.alive:
                raise StateError(f"the {child.name} has ended: {child.tail(1)} (more in {child.log})")
        if not self.serving.alive:
            if self.restarts >= RESTARTS:
                raise StateError(f"the flows cannot be served: {self.serving.tail(1)} (more in {self.serving.log})")
            self.restarts += 1
            self.console.print("The process that serves the flows has ended; starting it again.")
            self.children.stop(self.serving)
            self.serving = self._serve()

    def _call(self, method: str, url: str, **body: Any) -> Any:
        """Ask Prefect's server, again where it was busy (it answers 503 while SQLite is locked)."""
        for pause in (0.5, 1, 2, 4, 8):
            try:
                answer = self.http.request(method, url, json=body or None, timeout=30)
                if answer.status_code < 500:
                    answer.raise_for_status()
                    return answer.json()
            except requests.ConnectionError:
                self._check()
            self.asked.sleep(pause)
        raise StateError(f"Prefect's server does not answer as it should: {url}")

    def _under_way(self, deployment: str) -> str | None:
        """An update that is running or due, such as one that a killed launcher had begun; its id, or None."""
        runs = self._call(
            "POST",
            f"{self.ui}/api/flow_runs/filter",
            deployments={"id": {"any_": [deployment]}},
            flow_runs={
                "state": {"type": {"any_": ["SCHEDULED", "PENDING", "RUNNING"]}},
                "expected_start_time": {"before_": datetime.now(UTC).isoformat()},
            },
            sort="EXPECTED_START_TIME_ASC",
            limit=1,
        )
        return str(runs[0]["id"]) if runs else None

    def first_update(self) -> int:
        """Start an update, wait for its end, tell how it went.

        Returns:
            0: completed; 5: completed with failures; 1: it failed.
        """
        deployment = self._call("GET", self._deployment)["id"]
        create = f"{self.ui}/api/deployments/{deployment}/create_flow_run"
        run = self._under_way(deployment) or self._call("POST", create, parameters={})["id"]
        self.console.print(f"The first update has begun: {self.ui}/runs/flow-run/{run}", soft_wrap=True)
        with self.console.status("Asking the sources ..."):
            while True:
                state = self._call("GET", f"{self.ui}/api/flow_runs/{run}")["state"] or {}
                if state.get("type") == "CANCELLED" and (other := self._under_way(deployment)):
                    run = other  # two updates at once are one too many; the other does the work
                elif state.get("type") in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED"):
                    break
                self._check()
                self.asked.sleep(0.3)
        with open_store() as store:
            ours = [row["run"] for row in run_rows(store) if row["run"] > self.seen and row["kind"] == "update-review"]
            if ours:
                self.seen = max(ours)
                update_ended(self.console, store, self.seen)
        if state["type"] != "COMPLETED":
            how = "was cancelled" if state["type"] == "CANCELLED" else f"has {state['name'].lower()}"
            self.console.print(f"The first update {how}: {state['message']}", markup=False, soft_wrap=True)
            return 1
        return 0 if state["name"] == "Completed" else INCOMPLETE

    def addresses(self) -> None:
        """Tell where to look. Artifacts have no entry in the UI's menu, and the page of a key is but a list."""
        newest = {
            one["key"]: one["latest_id"]
            for one in self._call("POST", f"{self.ui}/api/artifacts/latest/filter", limit=50)
        }

        def artifact(key: str) -> str:
            page = f"artifact/{newest[key]}" if key in newest else f"key/{key}"
            return f"{self.ui}/artifacts/{page}"

        places = {
            "Runs": f"{self.ui}/runs",
            "Start a flow": f"{self.ui}/deployments",
            "Barrier summary": artifact(BARRIERS),
            "What is new": artifact(NEW),
            "Search ledger": artifact(LEDGER),
            "Source health": artifact(HEALTH),
            "Late records": artifact(LATE),
        }
        if self.literature:
            places["Sandbox literature"] = self.literature
        self.console.print()
        for what, url in places.items():
            self.console.print(f"  {what:22}{url}", soft_wrap=True)
        self.by_hand()
        self.console.print("\nCtrl-C ends everything; the next start goes on from here.")

    def by_hand(self) -> None:
        """Tell what works without Prefect as well, in commands that can be typed as they stand."""
        places = {
            "Inbox for files": _short(settings().inbox()),
            "Where it stands": command(self.home, "status"),
            "What gets in the way": command(self.home, "summary"),
        }
        for what, words in places.items():
            self.console.print(f"  {what:22}{words}", markup=False, soft_wrap=True)

    def stay(self) -> None:
        """Stay, and tell of each run that ends, until somebody asks us to end."""
        while True:
            self.asked.sleep(2)
            self._check()
            with open_store() as store:
                for row in reversed(run_rows(store, 20)):
                    if row["run"] > self.seen and row["status"] != "running":
                        run_ended(self.console, row)
                        self.seen = row["run"]


def main(arguments: list[str] | None = None) -> int:
    """Bring everything up. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m flows.up", description=__doc__)
    parser.add_argument("kind", choices=["demo", "run"])
    parser.add_argument("--once", action="store_true", help="stop after the first update")
    parser.add_argument("--corpus", type=Path, help="demo: a file of records in place of the bundled ones")
    parser.add_argument("--port", type=int, default=UI_PORT, help="where Prefect's UI listens")
    options = parser.parse_args(arguments)
    console = terminal()
    try:
        return _up(options, console)
    except LivingscanError as error:
        terminal(stderr=True).print(f"livingscan: {error}", markup=False, soft_wrap=True)
        return error.exit_code


def _up(options: argparse.Namespace, console: Console) -> int:
    os.chdir(ROOT)
    load_protocol()  # what is wrong there is said here, in one line, before anything starts
    home = settings().home.absolute()
    sandbox = None
    if options.kind == "demo":
        home, sandbox = demo_folder(home, options.corpus)
    else:
        keep_apart(home, settings().sandbox_url)
    asked = Asked()
    lock = Lock(home)
    outcome: int | None = None
    children = Children(home / "logs", keep=lock.fd)
    try:
        up = Up(home, sandbox, options.port, console, asked)
        told = {"kind": options.kind, "ui": up.ui, "sandbox": up.literature}
        lock.tell(**told)
        up.start(children)
        lock.tell(**told, ready="yes")
        outcome = up.first_update()
        if options.once:
            console.print()
            up.by_hand()
        else:
            up.addresses()
            up.stay()
    except Ended:
        console.print("\nEnding ...")
        outcome = 130 if outcome is None else 0
    finally:
        children.close()
        lock.free()
    return outcome


def demo_folder(home: Path, corpus: Path | None) -> tuple[Path, list[str]]:
    """The demo's own folder and the sandbox's arguments: each corpus has its own, apart from the review's."""
    if corpus is None:
        return home / "demo", []
    if not corpus.is_file():
        raise UserError(f"{corpus}: no such file")
    digest = hashlib.sha256(corpus.read_bytes()).hexdigest()[:8]
    name = re.sub(r"\W+", "-", corpus.name.split(".")[0]).strip("-")[:40]
    return home / f"demo-{name}-{digest}", ["--corpus", str(corpus)]


def command(home: Path, *words: str) -> str:
    """A command line for the folder ``home`` that works as it stands, typed in the project's folder."""
    program = Path(sys.executable).with_name("livingscan")
    named = [] if home == ROOT / ".livingscan" else ["--home", _short(home)]
    return shlex.join([_short(program) if program.exists() else "livingscan", *named, *words])


def _short(path: Path) -> str:
    """The path as seen from the project's folder, where it lies in there."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


if __name__ == "__main__":
    sys.exit(main())

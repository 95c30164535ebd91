"""Deployments on a real server: schedules make runs, killed runs are found, prefect.yaml says the same."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows import watch
from flows.children import Child, Children
from flows.deployments import FLOWS, concurrency, deployments, schedules
from flows.forms import PROTOCOL
from flows.surroundings import LOOPBACK
from livingscan.harvest.runs import reconcile_runs
from livingscan.sandbox import Sandbox
from livingscan.store import Store, open_store
from livingscan.store.models import Run
from livingscan.store.runs import run_rows
from tests.flows.conftest import Server

ROOT = Path(__file__).resolve().parents[2]
YAML = yaml.safe_load((ROOT / "deploy" / "prefect.yaml").read_text())
ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


def _planned(name: str) -> dict[str, Any]:
    """What the protocol has a deployment do."""
    limit = concurrency(name)
    return {
        "limit": limit.limit,
        "strategy": limit.collision_strategy,
        "schedules": {
            (one.slug, one.cron, one.timezone, str(one.parameters.get("window", ""))) for one in schedules(name)
        },
    }


def test_the_schedules_are_the_protocols() -> None:
    steps = PROTOCOL.living.steps
    assert _planned("update-review")["schedules"] == {
        ("update-review", steps["update-review"].cron, PROTOCOL.living.timezone, ""),
        ("reconcile", steps["reconcile"].cron, PROTOCOL.living.timezone, "full reconciliation"),
    }
    assert {one.name for one in deployments()} == set(steps) - {"reconcile"}


def test_a_source_can_have_a_schedule_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import deployments as module

    plan = PROTOCOL.sources["pubmed"].model_copy(update={"cron": "30 6 * * *"})
    changed = PROTOCOL.model_copy(update={"sources": PROTOCOL.sources | {"pubmed": plan}})
    monkeypatch.setattr(module, "PROTOCOL", changed)
    (own,) = schedules("search-source")
    assert (own.cron, own.parameters, own.slug) == ("30 6 * * *", {"source": "pubmed"}, "search-pubmed")


def test_prefect_yaml_and_the_protocol_agree() -> None:
    assert [one["name"] for one in YAML["deployments"]] == [flow.name for flow in FLOWS]
    for one, made in zip(YAML["deployments"], deployments(), strict=True):
        assert one["entrypoint"] == made.entrypoint
        assert one["version"] == made.version
        assert one["tags"] == made.tags
        assert _said(one["concurrency_limit"], one["schedules"]) == _planned(one["name"])


def _said(limit: dict[str, Any], planned: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "limit": limit["limit"],
        "strategy": limit["collision_strategy"],
        "schedules": {
            (one["slug"], one["cron"], one["timezone"], one.get("parameters", {}).get("window", "")) for one in planned
        },
    }


def _on_server(deployment: dict[str, Any]) -> dict[str, Any]:
    return {
        "limit": deployment["global_concurrency_limit"]["limit"],
        "strategy": deployment["concurrency_options"]["collision_strategy"],
        "schedules": {
            (one["slug"], one["schedule"]["cron"], one["schedule"]["timezone"], one["parameters"].get("window", ""))
            for one in deployment["schedules"]
        },
    }


@pytest.fixture
def silence() -> Iterator[str]:
    """The address of a service that takes every connection and never answers."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        listener.listen(64)
        yield f"http://{LOOPBACK}:{listener.getsockname()[1]}"


class Serving:
    """The process that serves the deployments, to be started, killed and started again."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.children = Children(folder / "logs", patience=5)
        self.home = folder / "home"
        self.child: Child | None = None

    def start(self, literature: str, *options: str) -> Child:
        env = self.server.env | {"LIVINGSCAN_HOME": str(self.home), "LIVINGSCAN_SANDBOX_URL": literature}
        self.child = self.children.start("flows", [sys.executable, "-m", "flows.deployments", *options], env)
        self.server.wait_for("/deployments/filter", self._ready, limit=50)
        return self.child

    def _ready(self, found: list[dict[str, Any]]) -> bool:
        assert self.child is not None
        assert self.child.alive, self.child.tail(30)
        return {one["name"] for one in found if not one["paused"]} >= {flow.name for flow in FLOWS}

    def kill(self) -> None:
        """As a power cut would: at once, with all that it started."""
        assert self.child is not None
        os.killpg(self.child.process.pid, signal.SIGKILL)
        self.children.stop(self.child)

    def run(self, name: str, **parameters: Any) -> str:
        deployment = self.server("GET", f"/deployments/name/{name}/{name}")["id"]
        made = self.server("POST", f"/deployments/{deployment}/create_flow_run", parameters=parameters)
        return str(made["id"])

    def state(self, run: str, *types: str) -> dict[str, Any]:
        found = self.server.wait_for(f"/flow_runs/{run}", lambda one: one["state_type"] in types, 90)
        state: dict[str, Any] = found["state"]
        return state

    def process(self, store: Store) -> int:
        """The process of the flow run that is under way, from our own ledger."""
        with store.read() as session:
            return int(session.query(Run).filter_by(status="running").one().pid)


@pytest.fixture
def serving(server: Server, tmp_path: Path) -> Iterator[Serving]:
    started = Serving(server, tmp_path)
    yield started
    started.children.close()


@pytest.fixture
def store(serving: Serving) -> Iterator[Store]:
    with open_store(f"sqlite:///{serving.home / 'review.db'}") as opened:
        opened.migrate()
        yield opened


@pytest.mark.slow
def test_schedules_make_runs(server: Server, serving: Serving, literature: Sandbox) -> None:
    serving.start(literature.url)
    for flow in FLOWS:
        assert _on_server(server("GET", f"/deployments/name/{flow.name}/{flow.name}")) == _planned(flow.name)
    scheduled = server.wait_for(
        "/flow_runs/filter",
        lambda runs: {"update-review", "refresh-summaries"} <= {_deployment(server, one) for one in runs},
        flow_runs={"state": {"type": {"any_": ["SCHEDULED"]}}},
        limit=100,
    )
    assert all(one["auto_scheduled"] for one in scheduled)


def _deployment(server: Server, run: dict[str, Any]) -> str:
    return str(server("GET", f"/deployments/{run['deployment_id']}")["name"]) if run["deployment_id"] else ""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_runs_are_found_and_taken_up_or_ended(
    serving: Serving, store: Store, silence: str, literature: Sandbox
) -> None:
    serving.start(silence)

    # The run's process alone: what started it sees it.
    run = serving.run("update-review")
    serving.state(run, "RUNNING")
    _wait_for_process(serving, store)
    os.kill(serving.process(store), signal.SIGKILL)
    assert serving.state(run, *ENDED)["type"] == "CRASHED"
    assert run_rows(store)[0]["status"] == "running"  # nobody was left to write it down
    assert [dead.kind for dead in reconcile_runs(store)] == ["update-review"]
    assert run_rows(store)[0]["status"] == "crashed"

    # The run and what started it: the automation on the server sees that it is silent.
    watch.prepare(alone=False, silent=timedelta(seconds=15))
    run = serving.run("update-review")
    serving.state(run, "RUNNING")
    _wait_for_process(serving, store)
    serving.kill()
    state = serving.state(run, *ENDED)
    assert (state["type"], state["message"]) == (
        "CRASHED",
        "No heartbeat for 15 s: its process is gone. What it had committed stays.",
    )

    # The same again, and started anew at once: the start sees it, and begins the run once more, as it was asked for.
    watch.prepare(alone=False)
    serving.start(silence)
    run = serving.run("update-review", window="full reconciliation")
    serving.state(run, "RUNNING")
    serving.kill()
    told = serving.home.parent / "told"
    serving.start(silence, "--alone", "--ready", str(told))
    serving.server.wait_for(f"/flow_runs/{run}", lambda one: one["state_type"] == "RUNNING" and one["run_count"] == 2)
    wanted = "update-review (window full reconciliation) was under way at the last end: it "
    assert told.read_text() == f"{wanted}begins anew."

    # But not for ever: the second time it is dropped, and named.
    serving.kill()
    serving.start(literature.url, "--alone", "--ready", str(told))
    assert serving.state(run, *ENDED)["message"] == watch.LEFT
    assert told.read_text().startswith(f"{wanted}is dropped")

    # What begins anew comes to its end.
    serving.kill()
    serving.start(silence)
    run = serving.run("update-review", window="full reconciliation")
    serving.state(run, "RUNNING")
    serving.kill()
    serving.start(literature.url, "--alone")
    assert serving.state(run, *ENDED)["name"] == "Completed"

    # The place in the queue is free, and the next update goes on.
    assert serving.state(serving.run("update-review"), *ENDED)["name"] == "Completed"
    statuses = [row["status"] for row in run_rows(store)]
    assert statuses[:2] == ["completed", "completed"]
    assert set(statuses[2:]) == {"crashed"}


def _wait_for_process(serving: Serving, store: Store) -> None:
    serving.server.wait_for("/health", lambda _: run_rows(store) and run_rows(store)[0]["status"] == "running")


@pytest.mark.slow
def test_prefect_yaml_deploys_the_same(server: Server) -> None:
    command = [sys.executable, "-m", "prefect", "--no-prompt"]
    env = server.env

    def prefect(*arguments: str) -> None:
        done = subprocess.run([*command, *arguments], env=env, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    prefect("work-pool", "create", "review", "--type", "process", "--overwrite")
    prefect("deploy", "--all", "--prefect-file", "deploy/prefect.yaml")
    try:
        for flow in FLOWS:
            deployment = server("GET", f"/deployments/name/{flow.name}/{flow.name}")
            assert _on_server(deployment) == _planned(flow.name)
            assert deployment["work_pool_name"] == "review"
    finally:
        prefect("work-pool", "delete", "review")

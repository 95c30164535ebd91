"""kill -9 at any point, then run again: the same end state as an undisturbed run, on both databases."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from livingscan import sandbox
from livingscan.store import open_store
from tests.faults.state import differences, state

POINTS = int(os.environ.get("LIVINGSCAN_KILL_POINTS", "6"))
WORKS = 60


class Zygote:
    """Runs updates in children that may be killed."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def update(self, url: str, sandbox_url: str, home: Path, kill_at: int = 0) -> dict[str, int]:
        assert self.process.stdin
        assert self.process.stdout
        order = {"url": url, "sandbox": sandbox_url, "home": str(home), "kill_at": kill_at}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        result: dict[str, int] = json.loads(self.process.stdout.readline())
        return result


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    made = Zygote()
    yield made
    assert made.process.stdin
    assert made.process.stdout
    made.process.stdin.close()
    made.process.wait(30)
    made.process.stdout.close()


@pytest.fixture(scope="module")
def literature() -> Iterator[str]:
    with sandbox.serve(sandbox.generate(works=WORKS, seed=7)) as server:
        yield server.url


@pytest.fixture
def databases(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """As many empty, migrated databases of one kind as there are points, and one more."""
    from sqlalchemy import create_engine, make_url, text

    urls = []
    address = make_url(database_url)
    if address.get_backend_name() == "sqlite":
        urls = [f"sqlite:///{tmp_path / f'{n}.db'}" for n in range(POINTS + 1)]
        for url in urls:
            with open_store(url) as store:
                store.migrate()
        yield urls
        return
    with open_store(database_url) as store:
        store.migrate()
    admin = create_engine(address.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for n in range(POINTS + 1):
            name = f"{address.database}_{n}"
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {address.database}"))
            urls.append(address.set(database=name).render_as_string(hide_password=False))
    yield urls
    with admin.connect() as connection:
        for url in urls:
            connection.execute(text(f"DROP DATABASE {make_url(url).database} WITH (FORCE)"))
    admin.dispose()


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_kill_anywhere_and_run_again(zygote: Zygote, literature: str, databases: list[str], tmp_path: Path) -> None:
    undisturbed, *others = databases
    whole = zygote.update(undisturbed, literature, tmp_path)
    assert (whole["signal"], whole["code"]) == (0, 0)
    with open_store(undisturbed) as store:
        wanted = state(store)
    assert wanted["waiting"] == 0
    assert len(wanted["records"]) > 40
    points = sorted({1 + round(n * (whole["points"] - 1) / max(1, POINTS - 1)) for n in range(POINTS)})
    for point, url in zip(points, others, strict=False):
        killed = zygote.update(url, literature, tmp_path, kill_at=point)
        assert killed["signal"] == 9, f"not killed at point {point} of {whole['points']}"
        again = zygote.update(url, literature, tmp_path)
        assert (again["signal"], again["code"]) == (0, 0), f"killed at point {point}, the next update failed"
        with open_store(url) as store:
            assert differences(wanted, state(store)) == [], f"killed at point {point} of {whole['points']}"
    print(f"killed at {len(points)} of {whole['points']} points: 0 differences")


@pytest.mark.slow
def test_running_again_changes_nothing(zygote: Zygote, literature: str, databases: list[str], tmp_path: Path) -> None:
    zygote.update(databases[0], literature, tmp_path)
    with open_store(databases[0]) as store:
        before = state(store)
    assert zygote.update(databases[0], literature, tmp_path)["code"] == 0
    with open_store(databases[0]) as store:
        assert differences(before, state(store)) == []


@pytest.mark.slow
def test_two_updates_at_once_neither_lose_nor_double(literature: str, databases: list[str], tmp_path: Path) -> None:
    one, other = Zygote(), Zygote()
    order = json.dumps({"url": databases[0], "sandbox": literature, "home": str(tmp_path), "kill_at": 0}) + "\n"
    for started in (one, other):
        assert started.process.stdin
        started.process.stdin.write(order)
        started.process.stdin.flush()
    answers = []
    for started in (one, other):
        answers.append(started.process.communicate()[0])
    assert [json.loads(answer)["code"] for answer in answers] == [0, 0]
    single = Zygote()
    assert single.update(databases[1], literature, tmp_path)["code"] == 0
    single.process.communicate()
    with open_store(databases[0]) as both, open_store(databases[1]) as alone:
        assert differences(state(alone), state(both)) == []

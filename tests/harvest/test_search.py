"""A search is accounted for, id by id, whatever happens to it. Real HTTP on loopback, real databases."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from livingscan import clock
from livingscan.errors import UserError
from livingscan.harvest.search import search_source
from livingscan.protocol import load_protocol
from livingscan.records import make_record
from livingscan.sandbox import Copy, Corpus, FaultPlan, Sandbox, Work, serve
from livingscan.settings import Settings
from livingscan.store import Store, ledger_queries, reports
from livingscan.store.ledger_queries import SearchOutcome
from livingscan.store.models import Search

TODAY = date(2026, 11, 23)
PROTOCOL = load_protocol(Path(__file__).parents[2] / "review")


def work(number: int, added: date, deleted: date | None = None) -> Work:
    record = make_record(
        source="pubmed",
        source_id=str(90000000 + number),
        pmid=str(90000000 + number),
        title=f"Invented paper {number}",
        added=added,
        revised=added,
        year=added.year,
    )
    return Work(f"w{number}", f"w{number}", None, (Copy(record, deleted=deleted),))


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(clock.FIXED_NOW, f"{TODAY}T12:00:00+00:00")
    return


@pytest.fixture
def literature(today: None) -> Iterator[Sandbox]:
    works = [work(n, TODAY - timedelta(days=n)) for n in range(30)]
    works.append(work(99, TODAY + timedelta(days=5)))
    works.append(work(98, TODAY - timedelta(days=40), deleted=TODAY + timedelta(days=2)))
    with serve(Corpus(tuple(works), TODAY, "invented for a test", ignore_text=True)) as sandbox:
        yield sandbox


def search(store: Store, url: str, tmp_path: Path, **how: object) -> SearchOutcome:
    settings = Settings(sandbox_url=url, home=tmp_path)
    return search_source(store, "pubmed", protocol=PROTOCOL, settings=settings, **how)  # type: ignore[arg-type]


def test_the_first_search_brings_everything_and_the_next_only_the_new(
    store: Store, literature: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = search(store, literature.url, tmp_path)
    assert (first.status, first.promised, first.fetched, first.new) == ("complete", 31, 31, 31)
    literature.day = TODAY + timedelta(days=6)
    monkeypatch.setenv(clock.FIXED_NOW, f"{TODAY + timedelta(days=6)}T12:00:00+00:00")
    second = search(store, literature.url, tmp_path)
    assert (second.status, second.new, second.changed) == ("complete", 1, 0)
    assert second.fetched < 10


def test_nothing_in_the_window_is_empty_not_failed(store: Store, today: None, tmp_path: Path) -> None:
    with serve(Corpus((), TODAY, "nothing", ignore_text=True)) as nothing:
        outcome = search(store, nothing.url, tmp_path)
    assert (outcome.status, outcome.promised, outcome.fetched) == ("empty", 0, 0)


def test_a_source_out_of_reach_is_failed_with_its_reason(store: Store, today: None, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        outcome = search(store, f"http://127.0.0.1:{taken.getsockname()[1]}", tmp_path)
    assert outcome.status == "failed"
    assert "no connection" in outcome.reason
    assert outcome.retries > 0


def test_a_failed_search_closes_no_window(store: Store, literature: Sandbox, tmp_path: Path) -> None:
    literature.faults = FaultPlan(rate=1.0, kinds=("server_error",))
    assert search(store, literature.url, tmp_path).status == "failed"
    literature.faults = None
    outcome = search(store, literature.url, tmp_path)
    assert (outcome.status, outcome.window) == ("complete", f"the beginning to {TODAY}")


def test_a_search_left_behind_is_taken_over_and_finished(store: Store, literature: Sandbox, tmp_path: Path) -> None:
    search(store, literature.url, tmp_path)
    with store.write() as session:  # as a killed process leaves it
        session.execute(
            update(Search).values(status="running", ended_at=None, pid=2**22 + 1, process_started="1", cursor=None)
        )
    outcome = search(store, literature.url, tmp_path)
    assert (outcome.search_id, outcome.resumed, outcome.status, outcome.fetched) == (1, True, "complete", 31)
    assert len(ledger_queries.ledger_rows(store)) == 1


def test_a_search_of_a_living_process_is_left_alone(store: Store, literature: Sandbox, tmp_path: Path) -> None:
    search(store, literature.url, tmp_path)
    with store.write() as session:
        session.execute(update(Search).values(status="running", ended_at=None))
    outcome = search(store, literature.url, tmp_path)
    assert (outcome.search_id, outcome.resumed) == (2, False)


def test_reconciliation_sends_for_what_is_missing_and_marks_what_is_gone(
    store: Store, literature: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    search(store, literature.url, tmp_path)
    literature.day = TODAY + timedelta(days=6)
    monkeypatch.setenv(clock.FIXED_NOW, f"{TODAY + timedelta(days=6)}T12:00:00+00:00")
    outcome = search(store, literature.url, tmp_path, window="full")
    assert (outcome.status, outcome.promised) == ("complete", 31)
    assert sum(row["new"] for row in ledger_queries.ledger_rows(store)) == 32  # the new one came among the changed
    assert "90000099" in ledger_queries.stored_ids(store, "pubmed")
    assert outcome.vanished == 1
    assert "90000098" not in ledger_queries.stored_ids(store, "pubmed")


def test_reconciliation_brings_what_the_source_has_changed(
    store: Store, today: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = TODAY + timedelta(days=4)
    before = work(7, TODAY - timedelta(days=30)).copies[0].record
    after = replace(before, title="Invented paper 7, retracted", revised=day)
    copy = Copy(after, before=before)
    with serve(Corpus((Work("w7", "w7", None, (copy,)),), TODAY, "invented for a test", ignore_text=True)) as sandbox:
        assert search(store, sandbox.url, tmp_path).new == 1
        sandbox.day = day
        monkeypatch.setenv(clock.FIXED_NOW, f"{day}T12:00:00+00:00")
        outcome = search(store, sandbox.url, tmp_path, window="full")
    rows = ledger_queries.ledger_rows(store)
    assert (outcome.status, outcome.fetched) == ("complete", 0)
    assert [(row["changed"], row["status"]) for row in rows] == [(0, "complete"), (1, "complete"), (0, "complete")]
    assert "retracted" in reports.waiting(store, "flag", 1)[0].record.title


def test_a_changed_strategy_starts_from_the_beginning(
    store: Store, literature: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    search(store, literature.url, tmp_path)
    other = PROTOCOL.model_copy(update={"folder": tmp_path})
    (tmp_path / "strategies").mkdir()
    (tmp_path / "strategies" / PROTOCOL.source("pubmed").strategy).write_text("barrier*[tiab]")
    settings = Settings(sandbox_url=literature.url, home=tmp_path)
    outcome = search_source(store, "pubmed", protocol=other, settings=settings)
    assert outcome.window == f"the beginning to {TODAY}"


def test_a_source_without_its_key_is_not_run(store: Store, tmp_path: Path) -> None:
    outcome = search_source(store, "scopus", protocol=PROTOCOL, settings=Settings(home=tmp_path))
    assert outcome.status == "not run"
    assert "LIVINGSCAN_SCOPUS_API_KEY" in outcome.reason


def test_an_unknown_source_is_refused(sqlite_store: Store, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="pubmed"):
        search_source(sqlite_store, "pubmeed", protocol=PROTOCOL, settings=Settings(home=tmp_path))

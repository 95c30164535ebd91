"""The flows end to end, on a real Prefect server, against the sandbox literature."""

from __future__ import annotations

import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect.client.schemas.objects import State

from flows import report, tasks
from flows.deduplicate import deduplicate
from flows.flag_for_screening import flag_for_screening
from flows.forms import PROTOCOL, SOURCES, Window
from flows.import_file import import_file
from flows.import_inbox import import_inbox
from flows.keys import BARRIERS, HEALTH, LATE, LEDGER, NEW, RELEASES
from flows.refresh_summaries import refresh_summaries
from flows.release import release
from flows.search_source import search_source
from flows.update_review import update_review
from livingscan import clock
from livingscan.sandbox import FaultPlan, Sandbox
from livingscan.settings import settings
from livingscan.store import Store
from livingscan.store.counts import counts
from livingscan.store.ledger_queries import ledger_rows
from livingscan.store.runs import run_rows
from tests.flows.conftest import Server
from tests.harvest.ledgers import Past

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("server"), pytest.mark.filterwarnings("default")]

RIS = """TY  - JOUR
TI  - Barriers to a falls huddle on two NHS wards: an interview study
AU  - Invented, Ann
PY  - 2021
JO  - Journal of Made Up Care
AB  - We interviewed 12 ward staff of an NHS trust. Lack of time was the main barrier to the improvement project.
ER  -
"""


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "search", tasks.search.with_options(retry_delay_seconds=0))


def _artifact(server: Server, key: str) -> dict[str, Any]:
    found: dict[str, Any] = server("GET", f"/artifacts/{key}/latest")
    return found


def test_an_update_carries_records_through_to_the_summary(server: Server, review: Store) -> None:
    state: State[Any] = update_review(return_state=True)
    assert state.is_completed(), state.message
    assert state.name == "Completed"
    searches = ledger_rows(review)
    assert {row["source"]: row["status"] for row in searches} == dict.fromkeys(SOURCES, "complete")
    numbers = counts(review)
    assert numbers["records"] == sum(row["fetched"] for row in searches) > 50
    assert numbers["waiting_to_link"] == numbers["waiting_to_flag"] == numbers["waiting_to_code"] == 0
    run = run_rows(review)[0]
    assert (run["kind"], run["trigger"], run["status"]) == ("update-review", "command", "completed")
    assert run["message"] == state.message
    assert "What gets in the way of improvement in the NHS" in _artifact(server, BARRIERS)["data"]
    assert '"notes"' in _artifact(server, LEDGER)["data"]
    assert _artifact(server, NEW)["data"].count('"title"') == min(200, numbers["records"])

    health = _artifact(server, HEALTH)
    assert health["data"].count('"healthy"') == len(SOURCES)
    assert "Nothing holds publishing back." in health["description"]
    assert "There is nothing." in _artifact(server, LATE)["description"]

    again: State[Any] = update_review(return_state=True)
    assert again.name == "Completed"
    assert counts(review) == numbers
    assert "nothing that was not known" in _artifact(server, NEW)["description"]


def test_a_release_is_held_and_then_made(server: Server, review: Store) -> None:
    held: State[Any] = release("Ann", return_state=True)
    assert held.is_failed()
    assert str(held.message).startswith("no release: publishing is held by pubmed (never complete)")
    update_review()
    for words in ("release 1 is made, by Ann", "nothing has changed since release 1"):
        made: State[Any] = release("Ann", "a trigger", return_state=True)
        assert made.name == "Completed", made.message
        assert words in str(made.message)
    assert run_rows(review)[0]["kind"] == "release"
    assert _artifact(server, RELEASES)["data"].count('"by": "Ann"') == 2


def test_a_source_that_fails_is_named_and_the_rest_goes_on(server: Server, review: Store, literature: Sandbox) -> None:
    literature.faults = FaultPlan(listed={"pubmed": ["unavailable"] * 200})
    state: State[Any] = update_review(return_state=True)
    assert state.is_completed()
    assert state.name == "Completed with failures"
    assert state.message
    assert state.message.startswith("FAILED pubmed: ")
    assert "503" in state.message
    rows = ledger_rows(review)
    assert [row["status"] for row in rows if row["source"] == "europepmc"] == ["complete"]
    # A passing fault is worth two more tries.
    assert [row["status"] for row in rows if row["source"] == "pubmed"] == ["failed"] * 3
    assert run_rows(review)[0]["status"] == "completed with failures"
    assert counts(review)["records"] > 0
    health = _artifact(server, HEALTH)
    assert '"never complete, failing"' in health["data"]
    assert "Publishing is held." in health["description"]
    assert "- **pubmed**: the last 3 searches were not complete" in health["description"]

    literature.faults = None
    healed: State[Any] = update_review(return_state=True)
    assert healed.name == "Completed"
    newest = {row["source"]: row["status"] for row in reversed(ledger_rows(review))}
    assert newest["pubmed"] == "complete"


def test_what_came_late_is_listed_by_how_much(server: Server, review: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    today = clock.today()
    past = Past(review, monkeypatch, PROTOCOL)
    past.search(today - timedelta(days=30), past.records([today - timedelta(days=40)]))
    past.search(today - timedelta(days=10), past.records([today - timedelta(days=60)]))
    monkeypatch.delenv(clock.FIXED_NOW)
    report.show_health(review)
    late = _artifact(server, LATE)
    assert '"days late": 50, "title": "Paper 2"' in late["data"]
    assert "full reconciliation" in late["data"]
    assert "- pubmed: 1 of 1 came late, by 50 days (median), 50 at the most" in late["description"]


def test_a_fault_that_lasts_is_tried_once(review: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from flows import forms

    broken = forms.PROTOCOL.model_copy(update={"folder": tmp_path})  # no strategies there
    monkeypatch.setattr(tasks, "PROTOCOL", broken)
    state: State[Any] = search_source("pubmed", follow_up=False, return_state=True)
    assert state.name == "Completed with failures"
    assert "write the search strategy there" in str(state.message)
    assert ledger_rows(review) == []


def test_a_search_since_a_date(review: Store) -> None:
    since = clock.today() - timedelta(days=200)
    state: State[Any] = search_source("europepmc", Window.SINCE_DATE, since, follow_up=False, return_state=True)
    assert state.name == "Completed"
    assert ledger_rows(review)[0]["window"] == f"{since} to {clock.today()}"
    assert counts(review)["waiting_to_link"] == counts(review)["records"]


def test_a_window_without_its_date_fails_with_one_line(review: Store) -> None:
    state: State[Any] = update_review(window=Window.SINCE_DATE, return_state=True)
    assert state.is_failed()
    assert state.message == "the window 'since a date' and a date go together: give both or neither"
    assert ledger_rows(review) == []
    assert run_rows(review)[0]["status"] == "failed"


def test_a_file_is_imported_and_carried_through(review: Store, tmp_path: Path) -> None:
    file = tmp_path / "cinahl.ris"
    file.write_text(RIS)
    state: State[Any] = import_file(
        str(file), "CINAHL", platform="EBSCOhost", searched_on=date(2026, 1, 12), return_state=True
    )
    assert state.name == "Completed", state.message
    assert counts(review)["records"] == 1
    assert counts(review)["likely_eligible"] == 1
    assert run_rows(review)[0]["kind"] == "import-file"
    state = import_file(str(file), "CINAHL", return_state=True)
    assert "was imported before" in str(state.message)
    assert run_rows(review)[0]["status"] == "completed"


def test_what_was_dropped_is_told_file_by_file(server: Server, review: Store, tmp_path: Path) -> None:
    inbox = settings().inbox()
    (inbox / "CINAHL via EBSCOhost").mkdir(parents=True)
    for name, text in (("a.ris", RIS), ("noise.ris", "Dear all,\nnothing.\n")):
        (inbox / "CINAHL via EBSCOhost" / name).write_text(text)
    time.sleep(2.1)  # the watched folder leaves alone what was touched just now
    state: State[Any] = import_inbox(return_state=True)
    assert state.name == "Completed with failures"
    assert "1 of 2 files imported: CINAHL via EBSCOhost/a.ris (CINAHL), 1 record, 1 new" in str(state.message)
    assert "FAILED CINAHL via EBSCOhost/noise.ris: " in str(state.message)
    assert '"source": "CINAHL"' in _artifact(server, LEDGER)["data"]
    assert sorted(path.name for path in inbox.rglob("*.*") if path.is_file()) == ["a.ris", "noise.ris", "noise.ris.txt"]


def test_a_look_into_an_empty_inbox_leaves_no_run(server: Server, review: Store) -> None:
    state: State[Any] = import_inbox(return_state=True)
    assert (state.name, state.message) == ("Completed", "nothing waits in the inbox")
    assert run_rows(review) == []


def test_a_file_that_is_not_there_fails_with_one_line(review: Store, tmp_path: Path) -> None:
    state: State[Any] = import_file(str(tmp_path / "none.ris"), "CINAHL", return_state=True)
    assert state.is_failed()
    assert str(state.message).endswith("none.ris: no such file")
    assert run_rows(review)[0]["status"] == "failed"


def test_the_steps_can_be_run_one_by_one(review: Store) -> None:
    search_source("pubmed", follow_up=False)
    numbers = counts(review)
    assert numbers["records"] == numbers["waiting_to_link"] > 0
    for flow, waits in (
        (deduplicate, "waiting_to_link"),
        (flag_for_screening, "waiting_to_flag"),
        (refresh_summaries, "waiting_to_code"),
    ):
        state: State[Any] = flow(return_state=True)
        assert state.name == "Completed", state.message
        assert counts(review)[waits] == 0


def test_an_old_database_is_said(server: Server) -> None:
    state: State[Any] = update_review(return_state=True)
    assert state.is_failed()
    assert "livingscan init" in str(state.message)

"""From records to a summary, in real databases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from livingscan import clock
from livingscan.codebook import load_codebook
from livingscan.coding.step import suggest_findings
from livingscan.protocol import load_protocol
from livingscan.records import Fetched, Record, make_record
from livingscan.screening.queue import decide
from livingscan.screening.step import flag_for_screening
from livingscan.store import Store, coding_queries, ledger, links
from livingscan.store.load import load
from livingscan.store.models import Finding, FindingVerdict, SummarySnapshot
from livingscan.summary.model import Summary
from livingscan.summary.step import refresh_summaries
from tests.screening.fill import fill

REVIEW = Path(__file__).resolve().parents[2] / "review"
PROTOCOL, CODEBOOK = load_protocol(REVIEW), load_codebook(REVIEW)


def study(number: int, place: str = "NHS", barriers: str = "lack of time") -> Record:
    return make_record(
        source="pubmed",
        source_id=str(number),
        title=f"Barriers to a quality improvement project in {place} hospitals: an interview study {number}",
        abstract=f"We interviewed staff. Barriers were {barriers}.",
    )


def steps(store: Store) -> Summary:
    flag_for_screening(store, protocol=PROTOCOL)
    suggest_findings(store, codebook=CODEBOOK)
    return refresh_summaries(store, protocol=PROTOCOL, codebook=CODEBOOK)


def include(store: Store, record_id: int) -> None:
    decide(store, PROTOCOL, record_id, "include", reviewer="Jo")
    decide(store, PROTOCOL, record_id, "include", reviewer="Jo", stage="full-text")


def counted(made: Summary, tier: str, theme: str, group: str = "nhs") -> tuple[int, int]:
    cell = made.tier(tier).cell(theme, "any", group)
    return cell.barrier, cell.of


def test_a_study_moves_through_the_tiers_and_is_never_in_two(store: Store) -> None:
    ids = fill(store, [study(1), study(2, barriers="poor leadership"), study(3, "Danish")])
    made = steps(store)
    assert made.headline == "provisional"
    assert counted(made, "provisional", "time") == (1, 2)
    assert counted(made, "provisional", "time", "elsewhere") == (1, 1)
    assert (made.waiting, made.likely) == (3, 3)
    assert not made.changes.since

    decide(store, PROTOCOL, ids[0], "include", reviewer="Jo")
    made = refresh_summaries(store, protocol=PROTOCOL, codebook=CODEBOOK)
    assert counted(made, "provisional", "time") == (1, 2)
    assert (made.waiting, made.likely) == (2, 2)

    decide(store, PROTOCOL, ids[0], "include", reviewer="Jo", stage="full-text")
    made = refresh_summaries(store, protocol=PROTOCOL, codebook=CODEBOOK)
    assert made.headline == "suggested"
    assert counted(made, "suggested", "time") == (1, 1)
    assert counted(made, "provisional", "time") == (0, 1)
    assert made.changes.studies == {"suggested": (0, 1), "provisional": (3, 2)}
    assert made.prisma["total_studies"] == 1

    with store.write() as session:
        finding = coding_queries.findings(session, [ids[0]])[0]
        coding_queries.add_verdicts(session, [finding.id], "confirmed", who="Jo", at=clock.now())
    made = refresh_summaries(store, protocol=PROTOCOL, codebook=CODEBOOK)
    assert made.headline == "confirmed"
    assert counted(made, "confirmed", "time") == (1, 1)
    assert made.tier("suggested").studies == 0


def test_only_confirmed_findings_count_in_the_confirmed_tier(sqlite_store: Store) -> None:
    ids = fill(sqlite_store, [study(1, barriers="lack of time and poor leadership")])
    steps(sqlite_store)
    include(sqlite_store, ids[0])
    with sqlite_store.write() as session:
        by_theme = {one.theme: one.id for one in coding_queries.findings(session, ids)}
        coding_queries.add_verdicts(session, [by_theme["leadership"]], "confirmed", who="Jo", at=clock.now())
    made = refresh_summaries(sqlite_store, protocol=PROTOCOL, codebook=CODEBOOK)
    assert counted(made, "confirmed", "leadership") == (1, 1)
    assert counted(made, "confirmed", "time") == (0, 1)
    with sqlite_store.write() as session:
        coding_queries.add_verdicts(session, [by_theme["leadership"]], "rejected", who="Jo", at=clock.now())
    made = refresh_summaries(sqlite_store, protocol=PROTOCOL, codebook=CODEBOOK)
    assert made.headline == "suggested"
    assert counted(made, "suggested", "leadership") == (0, 1)
    assert counted(made, "suggested", "time") == (1, 1)


def test_an_excluded_study_is_in_no_tier_and_a_second_report_of_a_study_adds_none(sqlite_store: Store) -> None:
    ids = fill(sqlite_store, [study(1), study(2), study(3)])
    steps(sqlite_store)
    decide(sqlite_store, PROTOCOL, ids[2], "exclude", reviewer="Jo", reason="no empirical data")
    with sqlite_store.write() as session:
        reports = links.reports_of(session, ids)
        links.assign_studies(session, [[reports[ids[0]], reports[ids[1]]], [reports[ids[2]]]])
    made = refresh_summaries(sqlite_store, protocol=PROTOCOL, codebook=CODEBOOK)
    assert made.tier("provisional").studies == 1
    assert counted(made, "provisional", "time") == (1, 1)
    assert made.prisma["records_excluded"] == 1


def test_refreshing_twice_keeps_one_summary_and_says_that_nothing_changed(store: Store) -> None:
    fill(store, [study(1)])
    first = steps(store)
    second = refresh_summaries(store, protocol=PROTOCOL, codebook=CODEBOOK, run_id=None)
    assert second.changes.since == first.at.isoformat()
    assert not second.changes.any
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(SummarySnapshot)) == 1


def test_invented_records_are_known_by_what_they_say_of_themselves(sqlite_store: Store) -> None:
    fill(sqlite_store, [study(1)])
    assert not refresh_summaries(sqlite_store, protocol=PROTOCOL, codebook=CODEBOOK).synthetic
    invented = replace(study(2), abstract="We interviewed staff. [Synthetic record.]")
    fill(sqlite_store, [invented])
    assert refresh_summaries(sqlite_store, protocol=PROTOCOL, codebook=CODEBOOK).synthetic


def test_no_data_at_all_is_a_summary_too(store: Store) -> None:
    made = refresh_summaries(store, protocol=PROTOCOL, codebook=CODEBOOK)
    assert (made.headline, made.waiting, made.prisma["database_results"]) == ("", 0, 0)


def test_suggestions_are_made_once_and_superseded_when_the_record_changes(store: Store) -> None:
    ids = fill(store, [study(1)])
    assert suggest_findings(store, codebook=CODEBOOK).suggestions == 1
    assert suggest_findings(store, codebook=CODEBOOK).checked == 0
    search = ledger.begin(store, kind="interface", source="pubmed").id
    changed = replace(study(1), abstract="Barriers were poor leadership.")
    with store.write() as session:
        load(session, search, [Fetched(changed, "<new/>")], clock.now())
    assert suggest_findings(store, codebook=CODEBOOK).suggestions == 1
    with store.read() as session:
        found = {one.theme: one.verdict for one in coding_queries.findings(session, ids)}
    assert found == {"time": "superseded", "leadership": ""}


@pytest.mark.parametrize("verdict", ["confirmed", "rejected"])
def test_what_a_person_said_of_a_suggestion_outlives_a_change_of_record_and_codebook(
    sqlite_store: Store, verdict: str
) -> None:
    ids = fill(sqlite_store, [study(1), study(2)])
    suggest_findings(sqlite_store, codebook=CODEBOOK)
    with sqlite_store.write() as session:
        finding = coding_queries.findings(session, [ids[0]])[0]
        coding_queries.add_verdicts(session, [finding.id], verdict, who="Jo", at=clock.now())
    newer = CODEBOOK.model_copy(update={"version": "2.0"})
    assert suggest_findings(sqlite_store, codebook=newer).checked == 2
    with sqlite_store.read() as session:
        first, second = (coding_queries.findings(session, [one]) for one in ids)
    assert [(one.id, one.verdict) for one in first] == [(finding.id, verdict)]
    assert [(one.codebook_version.split("+")[0], one.verdict) for one in second] == [("1.0", "superseded"), ("2.0", "")]
    assert suggest_findings(sqlite_store, codebook=newer).checked == 0


def test_nothing_is_ever_deleted(sqlite_store: Store) -> None:
    fill(sqlite_store, [study(1)])
    suggest_findings(sqlite_store, codebook=CODEBOOK)
    suggest_findings(sqlite_store, codebook=CODEBOOK.model_copy(update={"version": "2.0"}))
    with sqlite_store.read() as session:
        assert session.scalar(select(func.count()).select_from(Finding)) == 2
        assert session.scalar(select(func.count()).select_from(FindingVerdict)) == 1

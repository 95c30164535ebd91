"""Flags, queue and decisions in real databases."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from livingscan import clock
from livingscan.errors import UserError
from livingscan.protocol import load_protocol
from livingscan.records import Fetched, make_record
from livingscan.screening.flags import flags_for
from livingscan.screening.queue import decide, items, queue, undo
from livingscan.screening.step import flag_for_screening
from livingscan.store import Store, ledger, links
from livingscan.store.load import load
from livingscan.store.models import Decision, Flag, Record, Report
from livingscan.store.screening_queries import count_queue
from tests.screening.fill import fill

REVIEW = Path(__file__).resolve().parents[2] / "review"
PROTOCOL = load_protocol(REVIEW)
GOOD = make_record(
    source="pubmed",
    source_id="1",
    title="Barriers to a quality improvement project in NHS hospitals: an interview study",
    abstract="We interviewed staff. Lack of time was a barrier.",
)
ABROAD = replace(GOOD, source_id="2", title=GOOD.title.replace("NHS", "Danish"))
OTHER = make_record(source="pubmed", source_id="3", title="Crystals of salt in Denmark", abstract="They grow.")
BARE = make_record(source="europepmc", source_id="4", title="Barriers in NHS hospitals")


def reports_in_order(store: Store, **options: object) -> list[str]:
    return [item.key for item in queue(store, PROTOCOL, reviewer="Jo", **options)]  # type: ignore[arg-type]


def flags_stored(store: Store) -> set[tuple[int, str, str, str]]:
    with store.read() as session:
        return {(row.record_id, row.kind, row.value, row.quote) for row in session.scalars(select(Flag))}


def test_flags_are_stored_with_their_words_and_order_the_queue(store: Store) -> None:
    ids = fill(store, [OTHER, ABROAD, GOOD])
    seen: list[int] = []
    outcome = flag_for_screening(store, protocol=PROTOCOL, progress=lambda done, total, what: seen.append(done))
    assert (outcome.checked, outcome.likely_eligible, outcome.queue) == (3, 2, 3)
    assert outcome.flagged["barrier_content"] == 2
    assert "nhs_setting" in outcome.flagged
    assert seen == [3]
    expected = {
        (number, flag.kind, flag.value, flag.quote)
        for number, record in zip(ids, [OTHER, ABROAD, GOOD], strict=True)
        for flag in flags_for(record, PROTOCOL)
    }
    assert flags_stored(store) == expected
    assert reports_in_order(store) == ["pubmed:1", "pubmed:2", "pubmed:3"]
    decide(store, PROTOCOL, ids[2], "include", reviewer="Jo")
    again = flag_for_screening(store, protocol=PROTOCOL)
    assert (again.checked, again.likely_eligible, again.queue) == (0, 1, 2)  # of those that wait
    assert flags_stored(store) == expected


def test_a_changed_record_and_changed_rules_are_flagged_anew(store: Store, tmp_path: Path) -> None:
    fill(store, [GOOD, OTHER])
    flag_for_screening(store, protocol=PROTOCOL)
    search = ledger.begin(store, kind="interface", source="pubmed").id
    with store.write() as session:
        load(session, search, [Fetched(replace(GOOD, title="Crystals", abstract="They grow."), "<new/>")], clock.now())
    assert flag_for_screening(store, protocol=PROTOCOL).likely_eligible == 0
    shutil.copytree(REVIEW, tmp_path / "review")
    rules = tmp_path / "review" / "protocol.yaml"
    rules.write_text(
        rules.read_text().replace("    terms:\n      - barrier*", "    terms:\n      - grow\n      - barrier*", 1)
    )
    changed = load_protocol(tmp_path / "review")
    outcome = flag_for_screening(store, protocol=changed)
    assert outcome.checked == 2
    assert outcome.flagged["barrier_content"] == 2
    assert flag_for_screening(store, protocol=changed).checked == 0


def test_a_report_is_flagged_by_all_its_records_and_anew_when_they_part(store: Store) -> None:
    ids = fill(store, [BARE, GOOD, OTHER], [[0, 1], [2]])
    flag_for_screening(store, protocol=PROTOCOL)
    first = queue(store, PROTOCOL, reviewer="Jo")[0]
    assert (first.key, first.also, first.likely) == ("pubmed:1", ("europepmc:4",), True)
    assert "no_abstract" not in {flag.kind for flag in first.flags}
    with store.write() as session:
        links.assign_reports(session, [[ids[0]], [ids[1]]], "test", clock.now())
    flag_for_screening(store, protocol=PROTOCOL)
    with store.read() as session:
        rows = session.execute(
            select(Record.source_id, Report.likely_eligible).join(Report, Report.id == Record.report_id)
        )
        likely = {row.source_id: row.likely_eligible for row in rows}
    assert likely == {"4": False, "1": True, "3": False}


def test_what_a_reviewer_has_decided_leaves_the_queue_and_comes_back_when_undone(store: Store) -> None:
    ids = fill(store, [GOOD, ABROAD, OTHER])
    flag_for_screening(store, protocol=PROTOCOL)
    made = decide(store, PROTOCOL, ids[0], "include", reviewer="Jo")
    assert reports_in_order(store) == ["pubmed:2", "pubmed:3"]
    assert reports_in_order(store, limit=1) == ["pubmed:2"]
    assert (count_queue(store), count_queue(store, likely=True)) == (2, 1)
    assert reports_in_order(store, stage="full-text") == ["pubmed:1"]
    undo(store, made, reviewer="Jo")
    assert reports_in_order(store)[0] == "pubmed:1"
    assert reports_in_order(store, stage="full-text") == []
    assert (count_queue(store), count_queue(store, likely=True)) == (3, 2)
    with store.read() as session:
        assert len(session.scalars(select(Decision)).all()) == 2


def test_with_two_reviewers_a_report_waits_for_the_second(store: Store) -> None:
    ids = fill(store, [GOOD])
    flag_for_screening(store, protocol=PROTOCOL)
    two = PROTOCOL.model_copy(update={"reviewers_per_report": 2})
    decide(store, two, ids[0], "include", reviewer="Jo")
    assert queue(store, two, reviewer="Jo") == []
    assert [item.key for item in queue(store, two, reviewer="Al")] == ["pubmed:1"]
    assert queue(store, two, reviewer="Jo", stage="full-text") == []
    decide(store, two, ids[0], "include", reviewer="Al")
    assert queue(store, two, reviewer="Bo") == []
    assert [item.key for item in queue(store, two, reviewer="Jo", stage="full-text")] == ["pubmed:1"]
    assert [item.key for item in queue(store, PROTOCOL, reviewer="Jo", stage="full-text")] == ["pubmed:1"]


def test_decisions_follow_their_records_through_a_merge(store: Store) -> None:
    ids = fill(store, [GOOD, BARE])
    flag_for_screening(store, protocol=PROTOCOL)
    decide(store, PROTOCOL, ids[1], "exclude", reviewer="Jo")
    with store.write() as session:
        links.assign_reports(session, [[ids[0], ids[1]]], "test", clock.now())
    flag_for_screening(store, protocol=PROTOCOL)
    assert queue(store, PROTOCOL, reviewer="Jo") == []
    assert count_queue(store) == 0


@pytest.mark.parametrize(
    ("verdict", "options", "words"),
    [
        ("maybe", {}, "is not one of include"),
        ("include", {"reviewer": " "}, "needs a name"),
        ("include", {"reason": "no empirical data"}, "goes with exclude"),
        ("exclude", {"reason": "dull"}, "not one of the protocol's"),
        ("exclude", {"stage": "full-text"}, "takes a reason"),
        ("include", {"stage": "late"}, "stage 'late'"),
    ],
)
def test_a_verdict_that_cannot_stand_is_refused(
    sqlite_store: Store, verdict: str, options: dict[str, str], words: str
) -> None:
    ids = fill(sqlite_store, [GOOD])
    with pytest.raises(UserError, match=words):
        decide(sqlite_store, PROTOCOL, ids[0], verdict, **({"reviewer": "Jo"} | options))  # type: ignore[arg-type]
    with pytest.raises(UserError, match="no record 999"):
        decide(sqlite_store, PROTOCOL, 999, "include", reviewer="Jo")


def test_only_ones_own_standing_verdict_can_be_taken_back(sqlite_store: Store) -> None:
    ids = fill(sqlite_store, [GOOD])
    made = decide(sqlite_store, PROTOCOL, ids[0], "include", reviewer="Jo")
    with pytest.raises(UserError, match="is Jo's"):
        undo(sqlite_store, made, reviewer="Al")
    undo(sqlite_store, made, reviewer="Jo")
    with pytest.raises(UserError, match="already"):
        undo(sqlite_store, made, reviewer="Jo")
    with pytest.raises(UserError, match="no decision 99"):
        undo(sqlite_store, 99, reviewer="Jo")
    assert items(sqlite_store, PROTOCOL, [12345]) == []

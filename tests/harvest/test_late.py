"""What came late and by how much, what vanished, and what is due. Real databases, invented past."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from livingscan.harvest.late import changed_window, due, late, late_records, late_rows, settle_days
from livingscan.protocol import Protocol
from livingscan.records import Window
from livingscan.store import Store, ledger
from livingscan.store.health_queries import searches
from tests.harvest.ledgers import PROTOCOL, Past, days

FIRST = date(2026, 9, 7)
WEEK = timedelta(days=7)


@pytest.fixture
def past(store: Store, monkeypatch: pytest.MonkeyPatch) -> Past:
    return Past(store, monkeypatch)


def enabled(*names: str, **plan: int) -> Protocol:
    plans = {
        name: one.model_copy(update={"enabled": name in names, **(plan if name in names else {})})
        for name, one in PROTOCOL.sources.items()
    }
    return PROTOCOL.model_copy(update={"sources": plans})


def test_late_ones_are_counted_with_their_days(past: Past) -> None:
    past.search(FIRST, past.records(days(FIRST - timedelta(days=100), 100, 1)))
    on_time = past.records(days(FIRST + timedelta(days=1), 7, 2))
    one_late = past.records([FIRST - timedelta(days=3)])
    past.search(FIRST + WEEK, [*on_time, *one_late], start=FIRST - WEEK)
    very_late = past.records([FIRST - timedelta(days=60), FIRST - timedelta(days=61)])
    past.search(FIRST + 2 * WEEK, [*on_time, *one_late, *very_late])
    (told,) = late(past.store, PROTOCOL)
    assert (told.source, told.seen, told.late) == ("pubmed", 17, 3)
    assert (told.median_days, told.most_days) == (74, 75)
    assert (told.by_reconciliation, told.overlap_days, told.overlap_needed) == (2, 7, 68)
    records = late_records(past.store, "pubmed")
    assert [(one.source_id, one.days) for one in records] == [("117", 75), ("116", 74), ("115", 10)]
    assert late_records(past.store, "pubmed", limit=1)[0].source_id == "117"
    assert late_rows([told])[0]["late"] == 3


def test_the_back_catalogue_and_the_day_of_the_search_are_not_late(past: Past) -> None:
    past.search(FIRST, past.records([FIRST - timedelta(days=900), FIRST]))
    past.search(FIRST + WEEK, past.records([FIRST, FIRST + timedelta(days=1)]), start=FIRST - WEEK)
    (told,) = late(past.store, PROTOCOL)
    assert (told.seen, told.late, told.median_days) == (2, 0, None)


def test_a_failed_search_makes_nothing_late(past: Past) -> None:
    past.search(FIRST, past.records([FIRST - WEEK]))
    past.search(FIRST + WEEK, start=FIRST, status="failed")
    past.search(FIRST + 2 * WEEK, past.records([FIRST + timedelta(days=3)]), start=FIRST)
    assert late(past.store, PROTOCOL)[0].late == 0


def test_what_a_new_strategy_finds_is_not_late(past: Past) -> None:
    past.search(FIRST, past.records([FIRST - WEEK]), strategy="a narrow one")
    past.search(FIRST + WEEK, past.records([FIRST - 20 * WEEK] * 9))
    assert (late(past.store, PROTOCOL)[0].seen, late(past.store, PROTOCOL)[0].late) == (0, 0)


def test_vanished_ones_are_counted(past: Past) -> None:
    kept, gone = past.records([FIRST - WEEK, FIRST - WEEK])
    past.search(FIRST, [kept, gone])
    past.at(FIRST + WEEK)
    with past.store.write() as session:
        ledger.mark_vanished(session, "pubmed", [gone.record.source_id], "no longer found", FIRST_SEEN)
    assert late(past.store, PROTOCOL)[0].vanished == 1


FIRST_SEEN = datetime(2026, 9, 14, tzinfo=UTC)


def settled(past: Past) -> int:
    return settle_days(past.store, searches(past.store)["pubmed"])


def test_a_day_has_settled_when_nearly_all_has_come(past: Past) -> None:
    past.search(FIRST, past.records([FIRST - WEEK]))
    assert settled(past) == 1
    for n in range(1, 6):
        end = FIRST + n * WEEK
        late_ones = past.records([end - WEEK - timedelta(days=4)] * 3)
        past.search(end, [*past.records(days(end - timedelta(days=6), 6, 1)), *late_ones], start=end - 3 * WEEK)
    assert settled(past) == 4


def test_due_full_when_never_or_long_ago_and_changed_every_week(past: Past) -> None:
    protocol = enabled("pubmed", "doaj", reconcile_days=31)
    past.at(FIRST)
    assert due(past.store, protocol, FIRST) == [("pubmed", "full"), ("doaj", "full")]
    past.search(FIRST, past.records([FIRST - WEEK]))
    past.search(FIRST, past.records([FIRST - WEEK], "doaj"), source="doaj")
    assert due(past.store, protocol, FIRST) == []
    assert due(past.store, protocol, FIRST + WEEK) == [("pubmed", "changed"), ("doaj", "changed")]
    past.search(FIRST + WEEK, start=FIRST - WEEK, by="revised")
    assert due(past.store, protocol, FIRST + WEEK) == [("doaj", "changed")]
    past.search(FIRST + 2 * WEEK, start=FIRST)
    late_day = FIRST + timedelta(days=31)
    assert ("pubmed", "full") in due(past.store, protocol, late_day)
    past.search(late_day, status="partial")
    assert ("pubmed", "full") in due(past.store, protocol, late_day)
    past.search(late_day, past.records([late_day]))
    assert ("pubmed", "full") not in due(past.store, protocol, late_day)


def test_a_source_that_cannot_tell_what_changed_is_not_asked(past: Past) -> None:
    past.search(FIRST, past.records([None], "eric"), source="eric")
    assert due(past.store, enabled("eric"), FIRST + 2 * WEEK) == []
    assert changed_window(past.store, PROTOCOL, "eric", FIRST) is None


def test_a_full_search_with_another_strategy_is_none(past: Past) -> None:
    past.search(FIRST, past.records([FIRST - WEEK]), strategy="an older one")
    assert due(past.store, enabled("pubmed"), FIRST) == [("pubmed", "full")]
    assert changed_window(past.store, PROTOCOL, "pubmed", FIRST) is None


def test_windows_of_change_follow_each_other_without_a_gap(past: Past) -> None:
    overlap = timedelta(days=PROTOCOL.source("pubmed").overlap_days)
    past.search(FIRST, past.records([FIRST - WEEK]))
    first = changed_window(past.store, PROTOCOL, "pubmed", FIRST + WEEK)
    assert first == Window(FIRST - overlap, FIRST + WEEK, "revised")
    past.search(FIRST + WEEK, start=first.start, by="revised", status="failed")
    assert changed_window(past.store, PROTOCOL, "pubmed", FIRST + 2 * WEEK) == Window(
        FIRST - overlap, FIRST + 2 * WEEK, "revised"
    )
    past.search(FIRST + 2 * WEEK, start=first.start, by="revised")
    assert changed_window(past.store, PROTOCOL, "pubmed", FIRST + 3 * WEEK) == Window(
        FIRST + 2 * WEEK - overlap, FIRST + 3 * WEEK, "revised"
    )


def test_a_search_for_changes_covers_no_day_of_addition(past: Past) -> None:
    past.search(FIRST, past.records([FIRST - WEEK]))
    past.search(FIRST + WEEK, start=FIRST, by="revised")
    past.search(FIRST + 2 * WEEK, past.records([FIRST + timedelta(days=2)]), start=FIRST)
    assert late(past.store, PROTOCOL)[0].late == 0

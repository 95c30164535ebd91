"""A source that fails, falls silent or floods holds publishing until somebody signs it off. Real databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from livingscan import clock
from livingscan.errors import UserError
from livingscan.harvest.health import SourceHealth, health, health_rows, may_publish, sign_off, take_back
from livingscan.protocol import Protocol
from livingscan.store import Store, ledger
from livingscan.store.health_queries import signoffs
from tests.harvest.ledgers import PROTOCOL, Past, days

TODAY = date(2026, 11, 23)
START = TODAY - timedelta(days=20 * 7)


def only(*names: str) -> Protocol:
    """The review's protocol with none but these sources enabled."""
    plans = {name: plan.model_copy(update={"enabled": name in names}) for name, plan in PROTOCOL.sources.items()}
    return PROTOCOL.model_copy(update={"sources": plans})


PUBMED = only("pubmed")


def pubmed(store: Store, protocol: Protocol = PUBMED) -> SourceHealth:
    return next(one for one in health(store, protocol) if one.source == "pubmed")


def kinds(one: SourceHealth) -> list[str]:
    return [problem.kind for problem in one.problems]


@pytest.fixture
def past(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> Past:
    return Past(sqlite_store, monkeypatch, PUBMED)


def test_the_same_on_both_databases(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    past = Past(store, monkeypatch, PUBMED)
    steady(past, TODAY, after=0)
    assert kinds(pubmed(store)) == ["silence"]
    made = sign_off(store, PUBMED, "pubmed", who="Ann", reason="known")
    assert may_publish(store, PUBMED) == (True, ())
    take_back(store, made.id, who="Ben", reason="not known at all")
    assert not may_publish(store, PUBMED)[0]
    past.search(TODAY, past.records(days(START, 140, 1)), strategy="another one")
    assert kinds(pubmed(store)) == ["silence"]


def steady(past: Past, until: date, each: int = 4, after: int | None = None) -> None:
    """A full search, then one a week until ``until``; ``each`` records a day, ``after`` in the last two weeks."""
    past.search(START, past.records(days(START - timedelta(days=200), 200, each)))
    day = START + timedelta(days=7)
    while day <= until:
        brought = each if after is None or day <= until - timedelta(days=14) else after
        start = None if (until - day).days % 28 == 0 else day - timedelta(days=14)
        past.search(day, past.records(days(day - timedelta(days=7), 7, brought)), start=start)
        day += timedelta(days=7)
    past.at(until)


def test_a_source_that_was_never_searched_holds_publishing(past: Past) -> None:
    past.at(TODAY)
    one = pubmed(past.store)
    assert (one.state, kinds(one), one.status) == ("unhealthy", ["never complete"], "never searched")
    ok, reasons = may_publish(past.store, PUBMED)
    assert not ok
    assert reasons[0].startswith("pubmed: never complete: it has never been searched")


def test_a_steady_source_is_healthy(past: Past) -> None:
    steady(past, TODAY)
    one = pubmed(past.store)
    assert (one.state, kinds(one), one.covered, one.counted_by) == ("healthy", [], TODAY, "day added")
    assert one.volume
    assert (one.volume.word, one.volume.count) == ("usual", 28)
    assert may_publish(past.store, PUBMED) == (True, ())


def test_silence_is_heard_though_every_search_was_complete(past: Past) -> None:
    steady(past, TODAY, after=0)
    one = pubmed(past.store)
    assert (one.state, kinds(one), one.status) == ("unhealthy", ["silence"], "empty")
    assert "are usual" in one.problems[0].words


def test_a_flood_is_heard(past: Past) -> None:
    steady(past, TODAY, after=40)
    assert kinds(pubmed(past.store)) == ["flood"]


def test_a_source_without_days_of_addition_is_counted_by_search(past: Past) -> None:
    past.search(START, past.records([None] * 900))
    for week in range(1, 20):
        brought = [None] * 30 if week < 19 else []
        day = START + timedelta(days=7 * week)
        past.search(day, past.records(brought), start=None if week % 4 == 3 else day - timedelta(days=14))
    one = pubmed(past.store)
    assert (one.counted_by, kinds(one)) == ("search", ["silence"])


def test_an_old_update_is_stale(past: Past) -> None:
    steady(past, TODAY)
    past.at(TODAY + timedelta(days=15))
    assert kinds(pubmed(past.store)) == []
    past.at(TODAY + timedelta(days=16))
    one = pubmed(past.store)
    assert kinds(one) == ["stale"]
    assert "the protocol allows 15" in one.problems[0].words


def test_a_complete_search_of_a_past_window_does_not_make_a_source_current(past: Past) -> None:
    steady(past, TODAY - timedelta(days=28))
    past.search(TODAY - timedelta(days=21), start=TODAY - timedelta(days=28))
    past.at(TODAY)
    assert "stale" in kinds(pubmed(past.store))


def test_one_failure_is_told_and_two_hold(past: Past) -> None:
    steady(past, TODAY)
    past.search(TODAY, start=TODAY - timedelta(days=7), status="failed")
    one = pubmed(past.store)
    assert (one.state, kinds(one)) == ("look", ["failed once"])
    assert may_publish(past.store, PUBMED)[0]
    past.search(TODAY, start=TODAY - timedelta(days=7), status="partial")
    one = pubmed(past.store)
    assert (one.state, kinds(one)) == ("unhealthy", ["failing"])
    assert "it broke off" in one.problems[0].words
    past.search(TODAY, past.records([TODAY]), start=TODAY - timedelta(days=7))
    assert pubmed(past.store).state == "healthy"


def test_an_enabled_source_that_is_not_run_holds(past: Past) -> None:
    steady(past, TODAY)
    ledger.not_run(past.store, source="pubmed", platform="x", run_id=None, reason="no key: set THE_KEY")
    one = pubmed(past.store)
    assert kinds(one) == ["not run"]
    assert "THE_KEY" in one.problems[0].words


def test_a_source_that_is_not_enabled_holds_nothing(past: Past) -> None:
    past.at(TODAY)
    found = {one.source: one for one in health(past.store, only())}
    assert {one.state for one in found.values()} == {"not enabled"}
    assert may_publish(past.store, only()) == (True, ())


def test_a_changed_strategy_begins_anew(past: Past) -> None:
    past.search(TODAY - timedelta(days=7), past.records(days(START, 20, 1)), strategy="an older one")
    past.at(TODAY)
    one = pubmed(past.store)
    assert kinds(one) == ["never complete"]
    assert "strategy has changed" in one.problems[0].words
    found_again = past.records(days(START, 200, 4))
    past.search(TODAY, found_again)
    assert pubmed(past.store).state == "healthy"


def test_records_that_only_the_old_strategy_found_are_not_expected_of_the_new(past: Past) -> None:
    week = timedelta(days=7)
    broad = past.records(days(TODAY - 30 * week, 7 * 29, 20))
    past.search(TODAY - week, broad, strategy="a broad one")
    narrow = [one for n, one in enumerate(broad) if n % 20 == 0]
    past.search(TODAY, [*narrow, *past.records(days(TODAY - week, 7, 1))])
    one = pubmed(past.store)
    assert one.volume
    assert (one.state, one.volume.count) == ("healthy", 7)


def test_no_reconciliation_for_long_is_told(past: Past) -> None:
    past.search(START, past.records(days(START - timedelta(days=200), 200, 4)))
    for week in range(1, 9):
        day = START + timedelta(days=7 * week)
        past.search(day, past.records(days(day - timedelta(days=7), 7, 4)), start=day - timedelta(days=14))
    one = pubmed(past.store)
    assert (one.state, kinds(one)) == ("look", ["not reconciled"])


# --- sign-offs ---------------------------------------------------------------------------------------


def test_a_sign_off_lets_the_review_be_published_until_its_day(past: Past) -> None:
    steady(past, TODAY, after=0)
    made = sign_off(past.store, PUBMED, "pubmed", who=" Ann ", reason="PubMed told us of an outage")
    assert (made.who, made.problems, made.until) == ("Ann", ("silence",), TODAY + timedelta(days=31))
    one = pubmed(past.store)
    assert (one.state, one.open_problems) == ("signed off", ())
    assert may_publish(past.store, PUBMED) == (True, ())
    assert "Ann until" in health_rows([one])[0]["signed off"]
    past.search(TODAY + timedelta(days=7), start=TODAY)
    past.search(TODAY + timedelta(days=30), start=TODAY)
    past.at(TODAY + timedelta(days=31))
    assert may_publish(past.store, PUBMED)[0]
    past.at(TODAY + timedelta(days=32))
    assert not may_publish(past.store, PUBMED)[0]


def test_a_problem_of_another_kind_holds_again(past: Past) -> None:
    steady(past, TODAY, after=0)
    sign_off(past.store, PUBMED, "pubmed", who="Ann", reason="known")
    past.search(TODAY, status="failed")
    past.search(TODAY, status="failed")
    one = pubmed(past.store)
    assert [problem.kind for problem in one.open_problems] == ["failing"]


def test_a_sign_off_can_be_taken_back_and_both_stay(past: Past) -> None:
    steady(past, TODAY, after=0)
    made = sign_off(past.store, PUBMED, "pubmed", who="Ann", reason="known", until=TODAY)
    take_back(past.store, made.id, who="Ben", reason="not known at all")
    assert not may_publish(past.store, PUBMED)[0]
    (kept,) = signoffs(past.store)
    assert (kept.who, kept.withdrawn) == ("Ann", True)
    with pytest.raises(UserError, match="already"):
        take_back(past.store, made.id, who="Ben", reason="again")
    with pytest.raises(UserError, match="no sign-off 99"):
        take_back(past.store, 99, who="Ben", reason="again")


def test_a_sign_off_needs_a_name_a_reason_a_day_and_a_problem(past: Past) -> None:
    steady(past, TODAY)
    with pytest.raises(UserError, match="nothing to sign off"):
        sign_off(past.store, PUBMED, "pubmed", who="Ann", reason="x")
    past.at(TODAY + timedelta(days=40))
    for wrong in ({"who": " "}, {"reason": ""}, {"until": TODAY}):
        with pytest.raises(UserError):
            sign_off(past.store, PUBMED, "pubmed", **({"who": "Ann", "reason": "x"} | wrong))  # type: ignore[arg-type]
    with pytest.raises(UserError, match="not a source"):
        sign_off(past.store, PUBMED, "pubmde", who="Ann", reason="x")
    assert signoffs(past.store) == []


def test_the_table_has_the_same_columns_for_every_source(past: Past) -> None:
    steady(past, TODAY, after=0)
    table = health_rows(health(past.store, PUBMED))
    assert len({tuple(row) for row in table}) == 1
    assert next(row for row in table if row["source"] == "pubmed")["brought"] == "0 in 14 days"
    assert clock.today() == TODAY

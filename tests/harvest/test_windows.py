"""Windows leave no gap: what is not covered by complete searches is searched again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livingscan.errors import UserError
from livingscan.harvest.windows import choose, covered_until
from livingscan.records import Window

TODAY = date(2026, 11, 23)
days = st.integers(0, 60).map(lambda n: date(2026, 9, 1) + timedelta(days=n))
windows = st.one_of(
    st.builds(lambda end: Window(None, end), days),
    st.tuples(days, days).map(lambda pair: Window(min(pair), max(pair))),
)


def next_window(*searched: Window, overlap: int = 3) -> Window:
    return choose("since-last", searched=searched, today=TODAY, overlap=timedelta(days=overlap))


def test_the_first_search_starts_at_the_beginning() -> None:
    assert next_window() == Window(None, TODAY)


def test_a_window_that_never_began_at_the_beginning_closes_nothing() -> None:
    assert next_window(Window(date(2026, 1, 1), date(2026, 11, 1))) == Window(None, TODAY)


def test_the_next_search_reaches_back_by_the_overlap() -> None:
    assert next_window(Window(None, date(2026, 11, 1))) == Window(date(2026, 10, 29), TODAY)


def test_a_gap_is_not_jumped_over() -> None:
    searched = Window(None, date(2026, 10, 1)), Window(date(2026, 10, 5), date(2026, 11, 1))
    assert next_window(*searched).start == date(2026, 9, 28)


def test_days_that_touch_leave_no_gap() -> None:
    assert covered_until([Window(None, date(2026, 10, 1)), Window(date(2026, 10, 2), date(2026, 10, 9))]) == date(
        2026, 10, 9
    )


@given(st.lists(windows))
def test_every_day_is_covered_or_searched_again(searched: list[Window]) -> None:
    chosen = next_window(*searched, overlap=0)
    assert chosen.end == TODAY
    if chosen.start is None:
        assert not any(window.start is None for window in searched)
        return
    day = date(2026, 8, 25)
    while day < chosen.start:
        assert any((w.start is None or w.start <= day) and w.end and day <= w.end for w in searched), day
        day += timedelta(days=1)


@given(st.lists(windows), st.randoms())
def test_the_order_of_searches_does_not_matter(searched: list[Window], random: object) -> None:
    shuffled = list(searched)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert covered_until(searched) == covered_until(shuffled)


@given(days, days)
def test_halves_are_the_whole(one: date, other: date) -> None:
    window = Window(min(one, other), max(one, other))
    halves = window.halves()
    if halves is None:
        assert window.start == window.end
        return
    first, second = halves
    assert (first.start, second.end) == (window.start, window.end)
    assert first.end is not None
    assert second.start == first.end + timedelta(days=1)


@pytest.mark.parametrize("since", [None, TODAY + timedelta(days=1)])
def test_since_date_needs_a_day_that_has_been(since: date | None) -> None:
    with pytest.raises(UserError):
        choose("since-date", searched=[], today=TODAY, overlap=timedelta(0), since=since)

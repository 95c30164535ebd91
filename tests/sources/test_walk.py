from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livingscan.errors import ExpiredCursorError, FatalSourceError, RetriableSourceError
from livingscan.records import Fetched, Page, Promise, Unreadable, Window, make_record
from livingscan.settings import Settings
from livingscan.sources.http import Http
from livingscan.sources.walk import PASSES, Batch, DatedSource, batch_of, key_of, walk


def item(key: object, version: str = "") -> Fetched:
    return Fetched(make_record(source="x", source_id=str(key), source_version=version), "{}")


def ids(pages: Iterable[Page]) -> list[str]:
    return [each.record.source_id for page in pages for each in page.fetched]


class Shop:
    """Serves numbers of several queries by cursor; faults by the number of the request."""

    def __init__(self, parts: dict[str, list[str]], size: int = 3) -> None:
        self.parts = parts
        self.size = size
        self.asked: list[tuple[str, str]] = []
        self.expire: set[int] = set()
        self.skip: set[int] = set()
        self.repeat: set[int] = set()
        self.extra = 0

    def __call__(self, part: str, mark: str) -> Batch:
        number = len(self.asked)
        self.asked.append((part, mark))
        if number in self.expire and mark != "*":
            raise ExpiredCursorError("gone")
        rows = self.parts[part]
        start = 0 if mark == "*" else int(mark)
        end = start + self.size
        if number in self.repeat:
            start = max(0, start - self.size)
        shown = rows[start:end]
        if number in self.skip:
            shown = shown[1:]
        return batch_of([item(row) for row in shown], len(rows) + self.extra, str(end) if end < len(rows) else "")

    def pages(self, cursor: str | None = None, have: set[str] | None = None) -> list[Page]:
        return list(walk(list(self.parts), self, cursor, have or set(), title="The shop"))


def shop(count: int = 10) -> Shop:
    return Shop({"a": [f"a{n}" for n in range(count)]})


def test_walks_through_every_part() -> None:
    both = Shop({"a": ["1", "2", "3", "4"], "b": ["4", "5"], "c": []})
    pages = both.pages()
    assert ids(pages) == ["1", "2", "3", "4", "5"], "what two parts share comes once"
    assert [page.cursor is None for page in pages] == [False] * (len(pages) - 1) + [True]


def test_no_parts_are_one_empty_page() -> None:
    assert list(walk([], shop(), title="x")) == [Page()]


def test_goes_on_after_every_cursor() -> None:
    parts = {"a": [f"a{n}" for n in range(8)], "b": [f"b{n}" for n in range(5)]}
    whole = Shop(parts).pages()
    for stop in range(len(whole) - 1):
        rest = Shop(parts).pages(whole[stop].cursor, set(ids(whole[: stop + 1])))
        assert ids(rest) == ids(whole[stop + 1 :]), stop


def test_a_cursor_of_another_search_is_refused() -> None:
    cursor = shop().pages()[0].cursor
    for wrong in (cursor, "nonsense", "{}", "[]"):
        with pytest.raises(ExpiredCursorError):
            Shop({"other": []}).pages(wrong)


@pytest.mark.parametrize("fault", ["skip", "repeat", "expire"])
@pytest.mark.parametrize("when", [0, 1, 2, 3])
def test_one_faulty_page_loses_nothing_and_doubles_nothing(fault: str, when: int) -> None:
    faulty = shop()
    getattr(faulty, fault).add(when)
    assert sorted(ids(faulty.pages())) == sorted(faulty.parts["a"])


def test_a_total_that_lies_is_told_after_all_has_come() -> None:
    liar = shop()
    liar.extra = 2
    seen: list[Page] = []
    with pytest.raises(RetriableSourceError, match="The shop promises 12 records and sends 10"):
        seen.extend(walk(["a"], liar, title="The shop"))
    assert sorted(ids(seen)) == sorted(liar.parts["a"])
    assert len(liar.asked) == 4 * PASSES


def test_a_source_that_always_forgets_its_cursors_is_told() -> None:
    forgetful = shop()
    forgetful.expire = set(range(100))
    with pytest.raises(RetriableSourceError, match="forgets its cursors"):
        forgetful.pages()


def test_a_cursor_that_comes_back_ends_the_walk() -> None:
    batches = iter([batch_of([item(1)], None, "x"), batch_of([item(2)], None, "x"), batch_of([item(3)], None, "x")])
    assert ids(walk(["a"], lambda _, __: next(batches), title="x")) == ["1", "2"]


def test_the_total_is_remembered_where_the_last_page_names_none() -> None:
    answers = {"*": batch_of([item(1)], 3, "2"), "2": Batch((), (), None, "")}
    with pytest.raises(RetriableSourceError, match="promises 3 records and sends 1"):
        list(walk(["a"], lambda _, mark: answers[mark], title="x"))


def test_what_is_not_handed_on_still_counts() -> None:
    batch = Batch([item(1)], ["1", "2", "3"], 3, "")
    assert ids(walk(["a"], lambda _, __: batch, title="x")) == ["1"]


def test_versions_and_unreadable_entries_are_kept_apart() -> None:
    raw = [Unreadable("x", "bad", "raw one"), Unreadable("x", "bad", "raw two")]
    (page,) = walk(["a"], lambda _, __: batch_of([item(1), item(1, "2"), *raw], 3), title="x")
    assert [each.record.source_version for each in page.fetched] == ["", "2"]
    assert len(page.unreadable) == 2
    assert key_of(raw[0]) != key_of(raw[1])


def test_long_silence_still_says_where_it_stands() -> None:
    def ask(_: str, mark: str) -> Batch:
        at = 0 if mark == "*" else int(mark)
        return Batch([], [str(at)], 100, str(at + 1) if at < 99 else "")

    pages = list(walk(["a"], ask, title="x"))
    assert 1 < len(pages) < 10
    assert pages[-1].cursor is None


@given(
    st.dictionaries(
        st.sampled_from("abc"), st.lists(st.integers(0, 30).map(str), max_size=25, unique=True), min_size=1
    ),
    st.integers(1, 6),
    st.sets(st.integers(0, 20), max_size=2),
    st.sets(st.integers(0, 20), max_size=2),
    st.sets(st.integers(0, 20), max_size=2),
    st.integers(0, 12),
)
@settings(max_examples=150, deadline=None)
def test_passing_faults_and_a_kill_lose_nothing(
    parts: dict[str, list[str]], size: int, skip: set[int], repeat: set[int], expire: set[int], stop: int
) -> None:
    first = Shop(parts, size)
    first.skip, first.repeat, first.expire = skip, repeat, expire
    seen: list[Page] = []
    try:
        for page in walk(list(parts), first, title="x"):
            seen.append(page)
            if len(seen) > stop:
                break
        if seen[-1].cursor:
            seen += Shop(parts, size).pages(seen[-1].cursor, set(ids(seen)))
    except RetriableSourceError:
        return  # honest
    got = ids(seen)
    assert len(got) == len(set(got))
    if not skip and not repeat:
        assert set(got) == {row for rows in parts.values() for row in rows}


class Dated(DatedSource):
    name = "dated"
    title = "The register"
    platform = "x"
    live_url = "http://x.invalid"
    cap = 8
    size = 3

    def __init__(self, days: list[date], *, by_page: bool = False) -> None:
        super().__init__(Http(), "x", Settings(home=Path("unused")))
        self.rows = [(day, f"{n}") for n, day in enumerate(sorted(days))]
        self.asked: list[tuple[Window, int, int]] = []
        self.skip: set[int] = set()
        self.short: set[int] = set()
        type(self).by_page = by_page

    def look(self, window: Window, offset: int, size: int) -> Batch:
        number = len(self.asked)
        self.asked.append((window, offset, size))
        rows = [key for day, key in self.rows if (window.start or day) <= day <= (window.end or day)]
        assert offset + size <= self.cap + size
        shown = rows[offset : offset + size]
        if number in self.skip:
            shown = rows[offset + 1 : offset + 1 + size]
        if number in self.short:
            shown = shown[:-1]
        return batch_of([item(key) for key in shown], len(rows))

    def promise(self, window: Window) -> Promise:
        return Promise(self.look(window, 0, 1).total)


JAN = date(2026, 1, 1)
YEAR = Window(JAN, date(2026, 12, 31))


def days(*offsets: int) -> list[date]:
    return [JAN + timedelta(days=offset) for offset in offsets]


@pytest.mark.parametrize("by_page", [False, True])
@pytest.mark.parametrize("window", [YEAR, Window(), Window(JAN), Window(None, date(2026, 12, 31))])
def test_halves_windows_below_the_cap(window: Window, by_page: bool) -> None:
    register = Dated(days(*range(0, 300, 7), 5, 5, 5, 5), by_page=by_page)
    pages = list(register.pages(window))
    assert sorted(ids(pages), key=int) == [key for _, key in register.rows]
    assert pages[-1].cursor is None
    assert max(offset for _, offset, _ in register.asked) < register.cap


@pytest.mark.parametrize("count", [8, 9])
def test_the_border_of_the_cap(count: int) -> None:
    register = Dated(days(*range(count)))
    assert len(ids(register.pages(Window(JAN, JAN + timedelta(days=31))))) == count
    assert (len({window for window, _, _ in register.asked}) > 1) == (count > 8)


def test_a_single_day_over_the_cap_is_said() -> None:
    with pytest.raises(FatalSourceError, match="9 records on the single day 2026-01-04"):
        list(Dated(days(*[3] * 9)).pages(YEAR))


@pytest.mark.parametrize("fault", ["skip", "short"])
@pytest.mark.parametrize("when", range(4))
def test_a_faulty_page_loses_nothing(fault: str, when: int) -> None:
    register = Dated(days(*range(8)))
    getattr(register, fault).add(when)
    assert sorted(ids(register.pages(YEAR))) == sorted(key for _, key in register.rows)


def test_register_goes_on_after_every_cursor() -> None:
    rows = days(*range(0, 300, 9))
    whole = list(Dated(rows).pages(YEAR))
    for stop in range(len(whole) - 1):
        rest = Dated(rows).pages(YEAR, whole[stop].cursor, set(ids(whole[: stop + 1])))
        assert sorted(ids(rest)) == sorted(ids(whole[stop + 1 :])), stop


def test_a_part_that_changed_meanwhile_is_begun_anew() -> None:
    before = Dated(days(*range(7)))
    pages = before.pages(YEAR)
    first = [next(pages)]
    after = Dated(days(*range(8)))
    rest = list(after.pages(YEAR, first[0].cursor, set(ids(first))))
    assert sorted(ids(first) + ids(rest)) == sorted(key for _, key in after.rows)


@pytest.mark.parametrize("cursor", ["nonsense", "{}", "[1]", '{"from": "x", "to": null}'])
def test_a_strange_cursor_begins_at_the_beginning(cursor: str) -> None:
    assert len(ids(Dated(days(1, 2, 3)).pages(YEAR, cursor))) == 3

"""Walking through results to their end, by cursor or by offset, without believing a short walk.

Both walks count the different ids they met against the total that the source names. A walk that ends
short (a page repeated, a page skipped, records that moved while we read) is made anew from the start of
its part, and only what is new is handed on; if it stays short, the search says so.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, ClassVar

from livingscan import clock
from livingscan.errors import ExpiredCursorError, FatalSourceError, RetriableSourceError
from livingscan.records import Fetched, Page, Unreadable, Window
from livingscan.sources.base import Source
from livingscan.sources.http import StatusError

QUIET = 20  # batches with nothing to hand on that may pass before a page says where the walk stands
RESTARTS = 3  # times that one part is begun anew because its cursor was forgotten under way
PASSES = 3  # times that a part is walked through before it counts as short


@dataclass(frozen=True)
class Batch:
    """One page as the source sent it.

    Attributes:
        items: the records to hand on. keys: the id of every entry, also of those not handed on.
        total: how many entries the source says there are, None where it doesn't say.
        following: the cursor of the next page, "" or None where there is none.
    """

    items: Sequence[Fetched | Unreadable]
    keys: Sequence[str]
    total: int | None = None
    following: str | None = None


def batch_of(items: Sequence[Fetched | Unreadable], total: int | None = None, following: str | None = None) -> Batch:
    """A batch that hands on every entry."""
    return Batch(items, [key_of(item) for item in items], total, following)


def key_of(item: Fetched | Unreadable) -> str:
    """The id of an entry; an unreadable one without id counts by its own text."""
    if isinstance(item, Fetched):
        return item.record.source_id
    return item.source_id or "raw:" + hashlib.sha256(item.raw.encode("utf-8", "replace")).hexdigest()[:16]


def to_page(items: Sequence[Fetched | Unreadable], cursor: str | None) -> Page:
    """A page for the harvest."""
    return Page(
        tuple(item for item in items if isinstance(item, Fetched)),
        cursor,
        unreadable=tuple(item for item in items if isinstance(item, Unreadable)),
    )


@dataclass
class _Counted:
    """Which entries of a part were met; ``before`` counts those that an earlier process met."""

    before: int = 0
    seen: set[str] = field(default_factory=set)

    def meet(self, batch: Batch) -> None:
        self.seen.update(batch.keys)

    def __len__(self) -> int:
        return self.before + len(self.seen)


class _Fresh:
    """Hands on each entry once."""

    def __init__(self, have: Set[str]) -> None:
        self._known = set(have)

    def of(self, batch: Batch) -> list[Fetched | Unreadable]:
        fresh = []
        for item in batch.items:
            # versions of one entry are told apart, so that none is dropped
            version = item.record.source_version if isinstance(item, Fetched) else ""
            key = key_of(item)
            if key in self._known or f"{key}\x1f{version}" in self._known:
                continue
            self._known.add(f"{key}\x1f{version}")
            fresh.append(item)
        return fresh


def walk(
    parts: Sequence[str],
    ask: Callable[[str, str], Batch],
    cursor: str | None = None,
    have: Set[str] = frozenset(),
    *,
    first: str = "*",
    title: str,
) -> Iterator[Page]:
    """Walk along a source's own cursor through one query after the other.

    Args:
        parts: the queries whose union is wanted. ask: gives one batch for a query and a cursor; raises
            ExpiredCursorError where the cursor is no longer known, on which the part is begun anew.
        cursor: of the last page that was committed. have: ids that need not be handed on.
        first: the cursor that every walk starts with. title: of the source, for messages.

    Yields:
        Pages, the last one without a cursor.

    Raises:
        RetriableSourceError: a part stayed short, or its cursor was forgotten over and over.
    """
    return _without_empty(_walk(parts, ask, cursor, have, first, title))


def _without_empty(pages: Iterator[Page]) -> Iterator[Page]:
    """The pages, most empty ones left out: where much is read and little kept, each would cost a commit."""
    quiet = 0
    for page in pages:
        quiet += 1
        if page.fetched or page.unreadable or page.cursor is None or quiet >= QUIET:
            quiet = 0
            yield page


def _walk(
    parts: Sequence[str],
    ask: Callable[[str, str], Batch],
    cursor: str | None,
    have: Set[str],
    first: str,
    title: str,
) -> Iterator[Page]:
    of = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
    place = _read(cursor, of)
    fresh = _Fresh(have)
    for index in range(place["part"], len(parts)):
        met = _Counted(place["seen"])
        mark, place["mark"], place["seen"] = place["mark"] or first, "", 0
        marks: set[str] = set()
        restarts = passes = 0
        total: int | None = None
        while True:
            try:
                batch = ask(parts[index], mark)
            except (ExpiredCursorError, StatusError) as problem:
                if mark == first or not _is_about_cursor(problem):
                    raise
                restarts += 1
                if restarts > RESTARTS:
                    raise RetriableSourceError(f"{title} forgets its cursors: {problem}") from None
                met, mark, marks = _Counted(), first, set()
                continue
            met.meet(batch)
            marks.add(mark)
            total = total if batch.total is None else batch.total
            ended = not batch.keys or not batch.following or batch.following in marks
            if not ended:
                mark = str(batch.following)
                yield to_page(fresh.of(batch), _write(of, index, mark, len(met)))
                continue
            if total is not None and len(met) < total:
                passes += 1
                yield to_page(fresh.of(batch), _write(of, index, "", 0))
                if passes == PASSES:
                    raise RetriableSourceError(f"{title} promises {total:,} records and sends {len(met):,}")
                met, mark, marks = _Counted(), first, set()
                continue
            last = index + 1 == len(parts)
            yield to_page(fresh.of(batch), None if last else _write(of, index + 1, "", 0))
            break
    if not parts:
        yield Page()


def _is_about_cursor(problem: ExpiredCursorError | StatusError) -> bool:
    """Whether a refusal means that the cursor is no longer known."""
    if isinstance(problem, ExpiredCursorError):
        return True
    words = re.search(rb"cursor|token|scroll|expired", problem.response.body, re.I)
    return problem.response.status in (400, 404, 410) and words is not None


def _write(of: str, part: int, mark: str, seen: int) -> str:
    return json.dumps({"of": of, "part": part, "mark": mark, "seen": seen})


def _read(cursor: str | None, of: str) -> dict[str, Any]:
    if cursor is None:
        return {"part": 0, "mark": "", "seen": 0}
    try:
        place = json.loads(cursor)
        found = {"part": int(place["part"]), "mark": str(place["mark"]), "seen": int(place["seen"])}
        if place["of"] == of:
            return found
    except (ValueError, KeyError, TypeError):
        pass
    raise ExpiredCursorError("the cursor belongs to another search")


class DatedSource(Source):
    """A source paged by offset up to a cap, which is got round by halving windows of record-added dates.

    Attributes:
        cap: entries of one query that can be reached. size: entries a page.
        by_page: pages can only be asked for by number, not from any offset.
        first_day: before the source's oldest record.
    """

    cap: ClassVar[int]
    size: ClassVar[int] = 100
    by_page: ClassVar[bool] = False
    first_day: ClassVar[date] = date(1900, 1, 1)

    def look(self, window: Window, offset: int, size: int) -> Batch:
        """One page of what the strategy finds in the window, in an order that does not change."""
        raise NotImplementedError

    def pages(self, window: Window, cursor: str | None = None, have: Set[str] = frozenset()) -> Iterator[Page]:
        """Part by part, page by page; the last page has no cursor and may be empty. See :class:`Source`."""
        place = _read_place(cursor)
        fresh = _Fresh(have)
        todo: list[tuple[Window, int | None]] = [(window, None)]  # the next one last, with its total where known
        if place:
            part = Window(_day(place["from"]), _day(place["to"]), window.by)
            rest = _after(part, window)
            todo = [(rest, None), (part, None)] if rest else [(part, None)]
        while todo:
            part, total = todo.pop()
            if total == 0:
                continue
            if total is None or total <= self.cap:
                first = self.look(part, 0, self.size)
                total = first.total
            if total is None:
                raise RetriableSourceError(f"{self.title} did not say how many records there are")
            if total > self.cap:
                todo += reversed(self._split(part, total))
                continue
            yield from self._part(part, first, total, place, fresh)
            place = None
        yield Page()

    def _part(
        self, part: Window, first: Batch, total: int, place: dict[str, Any] | None, fresh: _Fresh
    ) -> Iterator[Page]:
        """The pages of one part; ``first`` is its first batch."""
        offset, met = 0, _Counted()
        if place and place["total"] == total:
            offset, met = int(place["offset"]), _Counted(int(place["seen"]))
        for attempt in range(1, PASSES + 1):
            while offset < total:
                batch = first if offset == 0 and attempt == 1 else self.look(part, offset, self.size)
                if not batch.keys:
                    break
                total = total if batch.total is None else batch.total
                met.meet(batch)
                offset += self.size if self.by_page else len(batch.keys)
                yield to_page(fresh.of(batch), self._cursor(part, offset, total, len(met)))
            if len(met) >= total:
                return
            offset, met = 0, _Counted()
        raise RetriableSourceError(f"{self.title} promises {total:,} records for {part} and does not send them all")

    def _cursor(self, part: Window, offset: int, total: int, seen: int) -> str:
        place = {"from": part.start and part.start.isoformat(), "to": part.end and part.end.isoformat()}
        return json.dumps({**place, "offset": offset, "total": total, "seen": seen})

    def _split(self, part: Window, total: int) -> list[tuple[Window, int | None]]:
        """The part in two halves with their totals, which must add up."""
        closed = Window(part.start or self.first_day, part.end or clock.today() + timedelta(days=366), part.by)
        halves = closed.halves()
        if halves is None:
            raise FatalSourceError(
                f"{self.title} finds {total:,} records on the single day {closed.start}; only {self.cap:,} can be "
                "fetched. Narrow the strategy, or split it into several"
            )
        totals = [self.look(half, 0, 1).total for half in halves]
        found = sum(each or 0 for each in totals)
        if None in totals or (found < total and found < (self.look(part, 0, 1).total or 0)):
            raise RetriableSourceError(f"{self.title} finds {total:,} records, but {found:,} when the window is halved")
        return list(zip(halves, totals, strict=True))


def _read_place(cursor: str | None) -> dict[str, Any] | None:
    if cursor is None:
        return None
    try:
        place = json.loads(cursor)
        _day(place["from"]), _day(place["to"]), int(place["offset"]), int(place["seen"]), int(place["total"])
    except (ValueError, KeyError, TypeError):
        return None
    return dict(place)


def _after(part: Window, window: Window) -> Window | None:
    """What of ``window`` lies behind ``part``."""
    if part.end is None or (window.end is not None and part.end >= window.end):
        return None
    return Window(part.end + timedelta(days=1), window.end, window.by)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

"""What came late, what vanished, and which searches are due to notice both.

A record is *late* when an earlier complete search with the same strategy covered the day on which the source
says it was added, and did not bring it. (The day of that search itself was not over and does not count.)
Overlapping windows catch the slightly late; only a full reconciliation catches the rest, and the same report
says how much that was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from livingscan import sources
from livingscan.harvest.windows import covered_until
from livingscan.records import Window
from livingscan.store import health_queries as rows
from livingscan.store.health_queries import LateGroup, SearchRow

if TYPE_CHECKING:
    from livingscan.protocol import Protocol
    from livingscan.store import Store

Due = Literal["full", "changed"]
CHANGED_EVERY = 7  # days: a retraction should not wait longer than this to be seen
_SETTLED = 0.95  # share of records that must have come before a day counts as told
_SETTLE_MOST = 30


@dataclass(frozen=True, slots=True)
class LateSource:
    """How late one source's records came.

    Attributes:
        source: short name.
        seen: records with a day of addition that came with any search after the first.
        late: those of them that an earlier complete search should have brought.
        median_days, most_days: from the day they carry to the day they were seen; None where none was late.
        by_reconciliation: late ones that only a full search brought; without it they would be missing.
        vanished: records that the source no longer has.
        overlap_days: what the protocol reaches back now. overlap_needed: what would have caught 95 % of the
            late ones without a reconciliation.
    """

    source: str
    seen: int
    late: int
    median_days: int | None
    most_days: int | None
    by_reconciliation: int
    vanished: int
    overlap_days: int
    overlap_needed: int | None

    def in_words(self) -> str:
        """One sentence for people."""
        lost = f", {self.by_reconciliation:,} of them only by full reconciliation" if self.by_reconciliation else ""
        by = f", by {self.median_days:,} days (median), {self.most_days:,} at the most" if self.late else ""
        gone = f"; {self.vanished:,} have vanished" if self.vanished else ""
        return f"{self.source}: {self.late:,} of {self.seen:,} came late{by}{lost}{gone}."


@dataclass(frozen=True, slots=True)
class LateRecord:
    """A record that came late; ``full``: only a search of everything brought it."""

    source: str
    source_id: str
    title: str
    url: str
    added: date
    first_seen: datetime
    days: int
    full: bool


@dataclass(frozen=True, slots=True)
class _Late:
    """Late records of one day and search. ``behind``: days from the day they carry to where coverage stood."""

    group: LateGroup
    days: int
    behind: int
    full: bool


def late(store: Store, protocol: Protocol) -> tuple[LateSource, ...]:
    """How late records came, for each source of the protocol that has been searched.

    Args:
        store: the review's database.
        protocol: names the sources and their overlaps.
    """
    history = rows.searches(store)
    gone = rows.vanished_counts(store)
    return tuple(
        _late_source(name, _later(store, history[name]), history[name], gone.get(name, 0), plan.overlap_days)
        for name, plan in protocol.sources.items()
        if name in history
    )


def _later(store: Store, searches: Sequence[SearchRow]) -> list[LateGroup]:
    """What came with a source's searches after the first: its back catalogue cannot be late."""
    return rows.late_groups(store, [row.id for row in searches[1:] if row.new])


def _late_source(
    name: str, groups: Sequence[LateGroup], searches: Sequence[SearchRow], gone: int, overlap: int
) -> LateSource:
    seen, found = _late_of(groups, searches)
    days = [(one.days, one.group.count) for one in found]
    behind = [(one.behind, one.group.count) for one in found]
    return LateSource(
        source=name,
        seen=seen,
        late=sum(count for _, count in days),
        median_days=_quantile(days, 0.5),
        most_days=max((one for one, _ in days), default=None),
        by_reconciliation=sum(one.group.count for one in found if one.full and one.behind > overlap),
        vanished=gone,
        overlap_days=overlap,
        overlap_needed=_quantile(behind, _SETTLED),
    )


def _late_of(groups: Iterable[LateGroup], searches: Sequence[SearchRow]) -> tuple[int, list[_Late]]:
    """How many came with later searches, and those of them that were late."""
    by_id = {row.id: row for row in searches}
    earlier: dict[int, list[SearchRow]] = {}
    seen, found = 0, []
    for group in groups:
        first = by_id.get(group.search_id)
        if first is None or first.strategy_id is None:
            continue
        if first.id not in earlier:
            earlier[first.id] = [
                row
                for row in searches
                if row.good
                and row.by == "added"
                and row.id < first.id
                and row.strategy_id == first.strategy_id
                and row.ended_at <= first.started_at
            ]
        before = earlier[first.id]
        if not before:
            continue
        seen += group.count
        covering = [
            row
            for row in before
            if row.end and (row.start or date.min) <= group.added <= row.end and group.added < row.ended_at.date()
        ]
        if covering:
            until = covered_until([row.window for row in before]) or max(row.end for row in covering if row.end)
            days = max((group.first_seen.date() - group.added).days, 0)
            behind = max((until - group.added).days, 0)
            found.append(_Late(group, days, behind, first.full))
    return seen, found


def _quantile(values: Sequence[tuple[int, int]], share: float) -> int | None:
    """The smallest value that at least ``share`` of the counted ones do not exceed."""
    total = sum(count for _, count in values)
    run = 0
    for value, count in sorted(values):
        run += count
        if run >= share * total:
            return value
    return None


def late_records(store: Store, source: str, limit: int = 200) -> list[LateRecord]:
    """The records of a source that came late, latest first.

    Args:
        store: the review's database. source: short name. limit: how many at the most.
    """
    searches = rows.searches(store).get(source, [])
    _, found = _late_of(_later(store, searches), searches)
    told: list[LateRecord] = []
    for one in sorted(found, key=lambda one: (-one.days, one.group.search_id)):
        group = one.group
        for source_id, title, url in rows.records_of_day(store, group.search_id, group.added, limit - len(told)):
            told.append(LateRecord(source, source_id, title, url, group.added, group.first_seen, one.days, one.full))
        if len(told) >= limit:
            break
    return told


def late_rows(found: Iterable[LateSource]) -> list[dict[str, Any]]:
    """The report as a table for people."""
    return [
        {
            "source": one.source,
            "came after the first search": one.seen,
            "late": one.late,
            "median days": one.median_days,
            "most days": one.most_days,
            "only by reconciliation": one.by_reconciliation,
            "vanished": one.vanished,
            "overlap now": one.overlap_days,
            "overlap for 95%": one.overlap_needed,
        }
        for one in found
    ]


def settle_days(store: Store, searches: Sequence[SearchRow]) -> int:
    """How many days a source needs until 95 % of what it adds to a day can be found; 1 to 30.

    A search cannot find the rest of the day it is made on, so that a day is never told before the next.

    Args:
        store: the review's database. searches: all of the source's, oldest first.
    """
    seen, found = _late_of(_later(store, searches), searches)
    late_ones = [(one.behind, one.group.count) for one in found]
    on_time = seen - sum(count for _, count in late_ones)
    needed = _quantile([(0, on_time), *late_ones], _SETTLED) or 0
    return min(max(needed, 1), _SETTLE_MOST)


# --- what is due -----------------------------------------------------------------------------------


def due(store: Store, protocol: Protocol, today: date) -> list[tuple[str, Due]]:
    """Which searches beside the usual ones are due, in the protocol's order.

    Args:
        store: the review's database.
        protocol: says which sources are enabled and every how many days all ids are compared.
        today: the present day.

    Returns:
        (source, "full"): all ids should be compared; the last complete full search with the present
        strategy is ``reconcile_days`` old, or there is none.
        (source, "changed"): the source can tell what it has changed, and was last asked a week ago.
    """
    history = rows.searches(store)
    strategies = rows.strategy_ids(store)
    found: list[tuple[str, Due]] = []
    for name in protocol.enabled_sources:
        mine = _with_strategy(history.get(name, []), strategies.get((name, protocol.strategy(name).sha256)))
        full = [row.ended_at.date() for row in mine if row.full]
        if not full or (today - max(full)).days >= protocol.source(name).reconcile_days:
            found.append((name, "full"))
        if full and _has_revised(name):
            changed = [row.ended_at.date() for row in mine if row.by == "revised"]
            if (today - max([min(full), *changed])).days >= CHANGED_EVERY:
                found.append((name, "changed"))
    return found


def changed_window(store: Store, protocol: Protocol, source: str, today: date) -> Window | None:
    """The window that asks a source for what it has changed since that was last complete.

    Args:
        store, protocol, source, today: as for :func:`due`.

    Returns:
        A window of days of revision, with the source's overlap; None where the source cannot tell, or was
        never searched completely with the present strategy (then a full search comes first).
    """
    if not _has_revised(source):
        return None
    strategy = rows.strategy_ids(store).get((source, protocol.strategy(source).sha256))
    mine = _with_strategy(rows.searches(store).get(source, []), strategy)
    full = [row.started_at.date() for row in mine if row.full]
    if not full:
        return None
    since = min(full)  # what it brought was as of that day
    spans = [Window(None, since), *(row.window for row in mine if row.by == "revised" and row.end)]
    until = covered_until(spans) or since
    start = min(until, today) - timedelta(days=protocol.source(source).overlap_days)
    return Window(start, today, "revised")


def _with_strategy(searches: Iterable[SearchRow], strategy_id: int | None) -> list[SearchRow]:
    return [row for row in searches if row.good and strategy_id is not None and row.strategy_id == strategy_id]


def _has_revised(name: str) -> bool:
    return name in sources.SOURCES and sources.SOURCES[name].has_revised_date

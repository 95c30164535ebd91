"""What health, lateness and due searches are worked out from, in SQL; and the sign-offs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from livingscan import clock
from livingscan.errors import UserError
from livingscan.records import Window
from livingscan.store.base import date, datetime
from livingscan.store.ledger_queries import GOOD
from livingscan.store.models import Record, RecordVersion, Search, SearchItem, Strategy
from livingscan.store.models_health import HealthSignoff
from livingscan.store.screening_queries import chunks
from livingscan.store.session import Store
from livingscan.tidy import one_line


@dataclass(frozen=True, slots=True)
class SearchRow:
    """A search of a source through its interface that has ended; the columns are the ledger's."""

    id: int
    source: str
    strategy_id: int | None
    kind: str
    by: str
    start: date | None
    end: date | None
    status: str
    reason: str
    new: int
    fetched: int
    started_at: datetime
    ended_at: datetime

    @property
    def good(self) -> bool:
        """True when nothing the source promised is missing."""
        return self.status in GOOD

    @property
    def window(self) -> Window:
        """The span of dates that it covers."""
        return Window(self.start, self.end, "revised" if self.by == "revised" else "added")

    @property
    def full(self) -> bool:
        """Whether it asked for everything that the strategy finds."""
        return self.start is None and self.by == "added"


@dataclass(frozen=True, slots=True)
class LateGroup:
    """Records of one source that were added on one day and came first with one search."""

    source: str
    search_id: int
    added: date
    first_seen: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Signoff:
    """A maintainer's word that the review may be published although a source has these problems."""

    id: int
    source: str
    problems: tuple[str, ...]
    until: date
    who: str
    reason: str
    at: datetime
    withdrawn: bool = False


def searches(store: Store) -> dict[str, list[SearchRow]]:
    """Every interface search that has ended, by source, oldest first."""
    with store.read() as session:
        rows = session.execute(
            select(
                Search.id,
                Search.source,
                Search.strategy_id,
                Search.window_kind,
                Search.window_by,
                Search.window_start,
                Search.window_end,
                Search.status,
                Search.reason,
                Search.new,
                Search.fetched,
                Search.started_at,
                Search.ended_at,
            )
            .where(Search.kind == "interface", Search.status != "running")
            .order_by(Search.id)
        )
        found: dict[str, list[SearchRow]] = {}
        for row in rows:
            found.setdefault(row.source, []).append(SearchRow(*row))
        return found


def strategy_ids(store: Store) -> dict[tuple[str, str], int]:
    """The ids of the strategies in the ledger, by (source, sha256)."""
    with store.read() as session:
        rows = session.execute(select(Strategy.source, Strategy.sha256, Strategy.id))
        return {(row.source, row.sha256): row.id for row in rows}


def found_by(strategy_id: int, first_full: int | None) -> ColumnElement[bool]:
    """That a record was found by a strategy: it came with one of its searches, or its first full one named it."""
    mine = Record.first_search_id.in_(select(Search.id).where(Search.strategy_id == strategy_id))
    if first_full is None:
        return mine
    named = exists().where(
        SearchItem.search_id == first_full,
        SearchItem.source_id == Record.source_id,
        SearchItem.state.in_(("fetched", "known")),
    )
    return or_(mine, named)


def added_counts(
    store: Store, source: str, strategy_id: int, first_full: int | None, since: date
) -> tuple[dict[date, int], int]:
    """How many records that a strategy finds were added on each day.

    Args:
        store: the store.
        source: short name.
        strategy_id: the strategy as it is now. first_full: its first complete search from the beginning.
        since: no earlier days.

    Returns:
        Counts by day of addition, and how many of the newest 2,000 records have no such day.
    """
    with store.read() as session:
        rows = session.execute(
            select(Record.added, func.count().label("n"))
            .where(Record.source == source, Record.added >= since, found_by(strategy_id, first_full))
            .group_by(Record.added)
        )
        counts = {row.added: row.n for row in rows}
        newest = select(Record.added).where(Record.source == source).order_by(Record.id.desc()).limit(2000).subquery()
        undated = session.scalar(select(func.count()).select_from(newest).where(newest.c.added.is_(None)))
        return counts, undated or 0


def late_groups(store: Store, search_ids: Iterable[int]) -> list[LateGroup]:
    """Records that came first with one of these searches, by source, search and day of addition."""
    found: list[LateGroup] = []
    with store.read() as session:
        for some in chunks(search_ids):
            query = (
                select(
                    Record.source,
                    Record.first_search_id,
                    Record.added,
                    func.min(Record.first_seen_at).label("seen"),
                    func.count().label("n"),
                )
                .where(Record.first_search_id.in_(some), Record.added.is_not(None))
                .group_by(Record.source, Record.first_search_id, Record.added)
            )
            found += [
                LateGroup(row.source, row.first_search_id, row.added, row.seen, row.n) for row in session.execute(query)
            ]
    return sorted(found, key=lambda one: (one.source, one.search_id, one.added))


def records_of_day(store: Store, search_id: int, added: date, limit: int) -> list[tuple[str, str, str]]:
    """Records that came first with a search and carry a day of addition: the source's id, title, address."""
    with store.read() as session:
        rows = session.execute(
            select(Record.source_id, RecordVersion.data)
            .join(RecordVersion, and_(RecordVersion.record_id == Record.id, RecordVersion.number == Record.number))
            .where(Record.first_search_id == search_id, Record.added == added)
            .order_by(Record.id)
            .limit(limit)
        )
        return [(row.source_id, row.data.get("title", ""), row.data.get("url", "")) for row in rows]


def vanished(store: Store, limit: int = 500) -> list[tuple[str, str, date | None, datetime, str]]:
    """Records that their source no longer has: (source, id, added, when noticed, why), newest first."""
    with store.read() as session:
        rows = session.execute(
            select(Record.source, Record.source_id, Record.added, Record.vanished_at, Record.vanished_reason)
            .where(Record.vanished_at.is_not(None))
            .order_by(Record.vanished_at.desc(), Record.id)
            .limit(limit)
        )
        return [(row.source, row.source_id, row.added, row.vanished_at, row.vanished_reason) for row in rows]


def vanished_counts(store: Store) -> dict[str, int]:
    """How many records each source no longer has."""
    with store.read() as session:
        rows = session.execute(
            select(Record.source, func.count().label("n"))
            .where(Record.vanished_at.is_not(None))
            .group_by(Record.source)
        )
        return {row.source: row.n for row in rows}


def add_signoff(
    store: Store,
    source: str,
    *,
    problems: Sequence[str],
    until: date,
    who: str,
    reason: str,
    withdraws: int | None = None,
) -> int:
    """Append a sign-off, or with ``withdraws`` the taking back of one; returns its id.

    Raises:
        UserError: nobody or no reason is named, or the sign-off to be taken back is not there (any more).
    """
    who, reason = one_line(who), one_line(reason)
    if not who:
        raise UserError("a sign-off needs a name: say who with --who")
    if not reason:
        raise UserError("a sign-off needs a reason: say why with --reason")
    with store.write() as session:
        if withdraws is not None:
            taken = session.scalar(select(HealthSignoff.id).where(HealthSignoff.withdraws_id == withdraws))
            known = session.get(HealthSignoff, withdraws)
            if known is None or known.withdraws_id is not None:
                raise UserError(f"there is no sign-off {withdraws}")
            if taken is not None:
                raise UserError(f"sign-off {withdraws} has been taken back already")
        row = HealthSignoff(
            source=source,
            problems=list(problems),
            until=until,
            who=who,
            reason=reason,
            withdraws_id=withdraws,
            at=clock.now(),
        )
        session.add(row)
        session.flush()
        return row.id


def signoffs(store: Store, on: date | None = None) -> list[Signoff]:
    """The sign-offs, oldest first.

    Args:
        store: the store.
        on: only those that hold on that day; None: all, those taken back among them.
    """
    with store.read() as session:
        rows = list(session.scalars(select(HealthSignoff).order_by(HealthSignoff.id)))
    back = {row.withdraws_id for row in rows}
    found = [
        Signoff(
            row.id, row.source, tuple(map(str, row.problems)), row.until, row.who, row.reason, row.at, row.id in back
        )
        for row in rows
        if row.withdraws_id is None
    ]
    return [one for one in found if on is None or (one.until >= on and not one.withdrawn)]


def newest_strategy(store: Store, source: str) -> tuple[int, str, str] | None:
    """(id, text, sha256) of the strategy that a source was last searched completely with, or None."""
    with store.read() as session:
        row = session.execute(
            select(Strategy.id, Strategy.text, Strategy.sha256)
            .join(Search, Search.strategy_id == Strategy.id)
            .where(and_(Search.source == source, Search.kind == "interface", Search.status.in_(GOOD)))
            .order_by(Search.id.desc())
            .limit(1)
        ).first()
        return (row.id, row.text, row.sha256) if row else None

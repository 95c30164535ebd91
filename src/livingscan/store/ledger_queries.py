"""The search ledger read: how searches ended, what they account for, what has been covered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from livingscan.records import Window
from livingscan.store.base import datetime
from livingscan.store.models import Record, Search, SearchItem
from livingscan.store.session import Store

GOOD = ("complete", "empty")


@dataclass(frozen=True, slots=True)
class SearchOutcome:
    """How a search ended: one row of the ledger, in words and numbers.

    ``status``: "complete" (every promised id fetched or accounted for), "empty" (the source said
    there is nothing), "partial", "failed", "not run"; ``reason`` says why it is not complete.
    ``absent`` names the promised ids that the source would not deliver, with its reason.
    ``retriable``: it broke off on a fault that may pass; searching again soon may succeed.
    """

    search_id: int
    source: str
    window: str
    status: str
    reason: str
    promised: int | None
    fetched: int
    new: int
    changed: int
    deleted: int
    vanished: int
    absent: tuple[tuple[str, str], ...]
    unreadable: int
    requests: int
    retries: int
    throttled: int
    started_at: datetime
    ended_at: datetime | None
    resumed: bool
    retriable: bool = False

    @property
    def ok(self) -> bool:
        """True when nothing the source promised is missing."""
        return self.status in GOOD


def outcome(store: Store, search_id: int) -> SearchOutcome:
    """The outcome of a search that has ended."""
    with store.read() as session:
        row = session.get_one(Search, search_id)
        absent = session.execute(
            select(SearchItem.source_id, SearchItem.reason)
            .where(SearchItem.search_id == search_id, SearchItem.state == "absent")
            .order_by(SearchItem.source_id)
        )
        return SearchOutcome(
            search_id=row.id,
            source=row.source,
            window=_span(row),
            status=row.status,
            reason=row.reason,
            promised=row.promised,
            fetched=row.fetched,
            new=row.new,
            changed=row.changed,
            deleted=row.deleted,
            vanished=row.vanished,
            absent=tuple((one, why) for one, why in absent),
            unreadable=row.unreadable,
            requests=row.requests,
            retries=row.retries,
            throttled=row.throttled,
            started_at=row.started_at,
            ended_at=row.ended_at,
            resumed=row.resumed,
        )


def _span(row: Search) -> str:
    if row.kind == "file":
        return row.file_name
    if row.status == "not run":
        return ""
    return str(Window(row.window_start, row.window_end))


def ledger_rows(store: Store, limit: int | None = 50, run_id: int | None = None) -> list[dict[str, Any]]:
    """The newest searches first, with keys that people can read.

    Args:
        store: the store.
        limit: how many at the most; None: all.
        run_id: only those of this run.
    """
    with store.read() as session:
        query = select(Search).order_by(Search.id.desc()).limit(limit)
        if run_id is not None:
            query = query.where(Search.run_id == run_id)
        return [
            {
                "search": row.id,
                "source": row.source,
                "window": _span(row),
                "status": row.status,
                "promised": row.promised,
                "fetched": row.fetched,
                "new": row.new,
                "changed": row.changed,
                "deleted": row.deleted,
                "vanished": row.vanished,
                "absent": row.absent,
                "unreadable": row.unreadable,
                "requests": row.requests,
                "retries": row.retries,
                "started": row.started_at.strftime("%Y-%m-%d %H:%M"),
                "seconds": round((row.ended_at - row.started_at).total_seconds(), 1) if row.ended_at else None,
                "reason": row.reason,
            }
            for row in session.scalars(query)
        ]


def item_counts(store: Store, search_id: int) -> dict[str, int]:
    """How many ids of a search are in each state."""
    with store.read() as session:
        rows = session.execute(
            select(SearchItem.state, func.count().label("number"))
            .where(SearchItem.search_id == search_id)
            .group_by(SearchItem.state)
        )
        return {row.state: row.number for row in rows}


def accounted(store: Store, search_id: int) -> set[str]:
    """The ids of a search that need no further fetching."""
    with store.read() as session:
        return set(
            session.scalars(
                select(SearchItem.source_id).where(SearchItem.search_id == search_id, SearchItem.state != "promised")
            )
        )


def missing(store: Store, search_id: int, most: int = 20) -> list[str]:
    """Ids that were promised and neither came nor were accounted for."""
    with store.read() as session:
        return list(
            session.scalars(
                select(SearchItem.source_id)
                .where(SearchItem.search_id == search_id, SearchItem.state == "promised")
                .order_by(SearchItem.source_id)
                .limit(most)
            )
        )


def not_seen_again(store: Store, source: str, search_id: int, strategy_id: int) -> list[str]:
    """Ids that earlier searches with this strategy brought and this full one did not name."""
    mine = select(SearchItem.source_id).where(SearchItem.search_id == search_id)
    with store.read() as session:
        return sorted(
            session.scalars(
                select(SearchItem.source_id)
                .distinct()
                .join(Search, Search.id == SearchItem.search_id)
                .join(Record, (Record.source == Search.source) & (Record.source_id == SearchItem.source_id))
                .where(
                    Search.source == source,
                    Search.strategy_id == strategy_id,
                    Search.id != search_id,
                    SearchItem.state.in_(("fetched", "known")),
                    Record.vanished_at.is_(None),
                    SearchItem.source_id.not_in(mine),
                )
            )
        )


def good_windows(store: Store, source: str, strategy_id: int) -> list[Window]:
    """The windows that this strategy has searched completely, by record-added date."""
    with store.read() as session:
        rows = session.execute(
            select(Search.window_start, Search.window_end).where(
                Search.source == source,
                Search.strategy_id == strategy_id,
                Search.kind == "interface",
                Search.window_by == "added",
                Search.status.in_(GOOD),
            )
        )
        return [Window(start, end) for start, end in rows]


def stored_ids(store: Store, source: str) -> set[str]:
    """The ids of all records of a source that have not vanished."""
    with store.read() as session:
        return set(
            session.scalars(select(Record.source_id).where(Record.source == source, Record.vanished_at.is_(None)))
        )


def find_import(store: Store, file_sha256: str) -> int | None:
    """The search by which this very file was imported completely, if it was."""
    with store.read() as session:
        return session.scalar(
            select(Search.id).where(Search.file_sha256 == file_sha256, Search.status.in_(GOOD)).limit(1)
        )

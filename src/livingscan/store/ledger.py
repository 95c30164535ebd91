"""The search ledger: what was asked, what was promised, what came, id by id, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from livingscan import clock, process
from livingscan.errors import StateError
from livingscan.records import Page, Promise, Window
from livingscan.store.base import datetime
from livingscan.store.load import LoadCounts, load
from livingscan.store.models import Record, Search, SearchItem, Strategy
from livingscan.store.session import Store
from livingscan.store.upsert import clean, insert_or_leave, insert_or_update

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


@dataclass(frozen=True, slots=True)
class OpenSearch:
    """A search under way, owned by this process."""

    id: int
    source: str
    kind: str
    window: Window
    window_kind: str
    cursor: str | None
    resumed: bool


class Tally(Protocol):
    """What a search cost on the wire, as the way out counted it; money in US dollars."""

    requests: int
    retries: int
    throttled: int
    cost_usd: float


class NoTally:
    """The tally of what never went out."""

    requests = retries = throttled = 0
    cost_usd = 0.0


def keep_strategy(store: Store, source: str, text: str, sha256: str, header: dict[str, Any]) -> int:
    """Keep a strategy as run, once per version; returns its id."""
    with store.write() as session:
        row = {"source": source, "sha256": sha256, "text": text, "header": header, "added_at": clock.now()}
        insert_or_leave(session, Strategy, [row])
        return session.scalars(select(Strategy.id).where(Strategy.source == source, Strategy.sha256 == sha256)).one()


def begin(store: Store, **columns: Any) -> OpenSearch:
    """Open a search. ``columns`` are columns of :class:`Search`, ``window`` a :class:`Window`."""
    now, owner = clock.now(), process.me()
    window: Window = columns.pop("window", Window())
    with store.write() as session:
        row = Search(
            **columns,
            window_start=window.start,
            window_end=window.end,
            window_by=window.by,
            started_at=now,
            heartbeat_at=now,
            host=owner.host,
            pid=owner.pid,
            process_started=owner.started,
        )
        session.add(row)
        session.flush()
        return OpenSearch(row.id, row.source, row.kind, window, row.window_kind or "", None, resumed=False)


def adopt(store: Store, source: str, **same: Any) -> OpenSearch | None:
    """Take over a search of ``source`` whose process is gone, if there is one.

    Args:
        source: short name of the source.
        **same: further columns it must agree in, such as ``strategy_id`` or ``file_sha256``.
    """
    now, owner = clock.now(), process.me()
    with store.write() as session:
        waiting = session.scalars(
            select(Search)
            .where(Search.source == source, Search.status == "running")
            .filter_by(**same)
            .order_by(Search.id)
            .with_for_update(skip_locked=True)
        )
        for row in waiting:
            if process.is_alive(process.Owner(row.host, row.pid, row.process_started), row.heartbeat_at, now):
                continue
            row.host, row.pid, row.process_started = owner.host, owner.pid, owner.started
            row.heartbeat_at, row.resumed = now, True
            window = Window(row.window_start, row.window_end, "revised" if row.window_by == "revised" else "added")
            return OpenSearch(row.id, row.source, row.kind, window, row.window_kind, row.cursor, resumed=True)
    return None


def promise(store: Store, search: OpenSearch, promised: Promise) -> None:
    """Write down what the source says is to come, before anything is fetched."""
    with store.write() as session:
        _own(
            session,
            search,
            promised=promised.count,
            translation=clean(promised.translation),
            notes=[clean(note) for note in promised.notes],
        )


def forget_cursor(store: Store, search: OpenSearch) -> None:
    """The source no longer knows the place: the search starts over, keeping what it has."""
    with store.write() as session:
        _own(session, search, cursor=None)


def commit_page(store: Store, search: OpenSearch, page: Page, known: Set[str] = frozenset()) -> LoadCounts:
    """Commit a page's records, its items and the search's new place as one.

    Args:
        store: the store.
        search: a search that is ours.
        page: what came.
        known: ids that the source was told not to send again, because they are stored.

    Raises:
        StateError: another process has taken this search over in the meantime.
    """
    now = clock.now()
    with store.write() as session:
        counts = load(session, search.id, page.fetched, now, from_file=search.kind == "file")
        _items(session, search.id, page, known)
        _own(
            session,
            search,
            cursor=page.cursor,
            fetched=Search.fetched + len({one.record.source_id for one in page.fetched}),
            new=Search.new + counts.new,
            changed=Search.changed + counts.changed,
        )
        if page.deleted:
            mark_vanished(session, search.source, page.deleted, "deleted by the source", now)
    return counts


def _own(session: Session, search: OpenSearch, **values: Any) -> None:
    """Change the search's row, provided that it is still ours."""
    owner = process.me()
    changed = session.execute(
        update(Search)
        .where(
            Search.id == search.id,
            Search.status == "running",
            Search.host == owner.host,
            Search.pid == owner.pid,
            Search.process_started == owner.started,
        )
        .values(heartbeat_at=clock.now(), **values)
        .returning(Search.id)
    ).all()
    if not changed:
        raise StateError(f"search {search.id} of {search.source} was taken over by another process; this one stops")


def _items(session: Session, search_id: int, page: Page, known: Set[str]) -> None:
    def row(source_id: str, state: str, reason: str = "", raw: str | None = None) -> dict[str, Any]:
        return {
            "search_id": search_id,
            "source_id": clean(source_id),
            "state": state,
            "reason": clean(reason),
            "raw": None if raw is None else clean(raw),
        }

    named = dict.fromkeys(page.promised_ids)
    insert_or_leave(session, SearchItem, [row(one, "known" if one in known else "promised") for one in named])
    settled = {one: row(one, "deleted", "deleted by the source") for one in page.deleted}
    settled |= {one: row(one, "absent", reason) for one, reason in page.absent}
    for bad in page.unreadable:
        name = bad.source_id or f"entry at {bad.where}"
        settled[name] = row(name, "unreadable", f"{bad.where}: {bad.reason}", bad.raw)
    for came in page.fetched:
        settled[came.record.source_id] = row(came.record.source_id, "fetched")
    insert_or_update(session, SearchItem, [settled[one] for one in sorted(settled)], key=("search_id", "source_id"))


def mark_vanished(session: Session, source: str, ids: Sequence[str], reason: str, at: datetime) -> int:
    """Mark records that their source no longer has; returns how many were not marked before."""
    count = 0
    for start in range(0, len(ids), 1000):
        count += len(
            session.execute(
                update(Record)
                .where(
                    Record.source == source,
                    Record.source_id.in_(ids[start : start + 1000]),
                    Record.vanished_at.is_(None),
                )
                .values(vanished_at=at, vanished_reason=reason)
                .returning(Record.id)
            ).all()
        )
    return count


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


def not_seen_again(store: Store, search: OpenSearch, strategy_id: int) -> list[str]:
    """Ids that earlier searches with this strategy brought and this full one did not name."""
    mine = select(SearchItem.source_id).where(SearchItem.search_id == search.id)
    with store.read() as session:
        return sorted(
            session.scalars(
                select(SearchItem.source_id)
                .distinct()
                .join(Search, Search.id == SearchItem.search_id)
                .join(Record, (Record.source == Search.source) & (Record.source_id == SearchItem.source_id))
                .where(
                    Search.source == search.source,
                    Search.strategy_id == strategy_id,
                    Search.id != search.id,
                    SearchItem.state.in_(("fetched", "known")),
                    Record.vanished_at.is_(None),
                    SearchItem.source_id.not_in(mine),
                )
            )
        )


def finish(
    store: Store, search: OpenSearch, status: str, reason: str, tally: Tally, vanished: Sequence[str] = ()
) -> SearchOutcome:
    """Close a search with what became of it; records that vanished from the source are marked with it."""
    counts = item_counts(store, search.id)
    now = clock.now()
    with store.write() as session:
        marked = mark_vanished(session, search.source, vanished, "no longer found by the same strategy", now)
        _own(
            session,
            search,
            status=status,
            reason=clean(reason),
            ended_at=now,
            fetched=counts.get("fetched", 0),
            deleted=counts.get("deleted", 0),
            absent=counts.get("absent", 0),
            unreadable=counts.get("unreadable", 0),
            vanished=marked,
            requests=Search.requests + tally.requests,
            retries=Search.retries + tally.retries,
            throttled=Search.throttled + tally.throttled,
            cost=Search.cost + tally.cost_usd,
        )
    return outcome(store, search.id)


def not_run(store: Store, *, source: str, platform: str, run_id: int | None, reason: str) -> SearchOutcome:
    """Write down that a source was not searched, and why: that, too, is visible."""
    search = begin(store, kind="interface", source=source, platform=platform, run_id=run_id)
    return finish(store, search, "not run", reason, NoTally())


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

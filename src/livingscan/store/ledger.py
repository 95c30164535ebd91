"""The search ledger written: what was asked, what was promised, what came, id by id, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from livingscan import clock, process
from livingscan.errors import StateError
from livingscan.records import Page, Promise, Window
from livingscan.store.base import datetime
from livingscan.store.ledger_queries import SearchOutcome, item_counts, outcome
from livingscan.store.load import LoadCounts, load
from livingscan.store.models import Record, Search, SearchItem, Strategy
from livingscan.store.session import Store
from livingscan.store.upsert import clean, insert_or_leave, insert_or_update


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

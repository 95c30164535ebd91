"""Load records: idempotent, in one transaction with the ledger, safe beside another loader.

A record is known by (source, source id). What it says is kept in versions; a changed record gets a
further version and becomes *new work* for the later steps. A version that is older than the current
one (a lower version number of the source's own, or an earlier revision date) is kept, but does not
become current, so that a slow search never takes back what a later one has learnt. Nor does what a
file export says of a record that an interface has given whole.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from livingscan.records import Fetched, content_hash, record_to_dict
from livingscan.records import Record as RecordData
from livingscan.store.base import date, datetime
from livingscan.store.models import Identifier, Record, RecordVersion, Search
from livingscan.store.upsert import among, clean, insert_new, insert_or_leave


@dataclass(slots=True)
class LoadCounts:
    """What a load did: records not seen before, and records whose newest version is another now."""

    new: int = 0
    changed: int = 0


class _Arrival:
    """What came, with what is worked out of it once."""

    __slots__ = ("data", "hash", "raw", "record")

    def __init__(self, one: Fetched) -> None:
        self.record, self.raw = one.record, one.raw
        self.data = record_to_dict(one.record)
        self.hash = content_hash(self.data)


@dataclass(slots=True)
class _Current:
    """The newest version of a stored record, and whether it was inserted by this very load."""

    id: int
    number: int
    last_number: int
    content_hash: str
    source_version: str
    revised: date | None
    gone: bool
    from_file: bool
    inserted: bool = False
    moved: bool = False
    data: RecordData | None = None
    hashes: set[str] = field(default_factory=set)  # of all its versions, read when first needed


def compress(raw: str) -> bytes:
    """A raw payload as it is kept."""
    return zlib.compress(raw.encode("utf-8", "surrogatepass"), 1)


def decompress(raw: bytes) -> str:
    """A raw payload as it came."""
    return zlib.decompress(raw).decode("utf-8", "surrogatepass")


def load(
    session: Session, search_id: int, fetched: Sequence[Fetched], at: datetime, from_file: bool = False
) -> LoadCounts:
    """Load what a page brought.

    Args:
        session: a writing session; the caller commits it together with the ledger entry.
        search_id: the search that brought it.
        fetched: records with their raw text; an id may come more than once (versions).
        at: the time of loading.
        from_file: it comes from a file export, which an interface's version outranks.
    """
    counts = LoadCounts()
    # Of one version that comes twice in a page (pages shift while we read), the last word counts.
    last = {(one.record.source, one.record.source_id, one.record.source_version): one for one in fetched}
    by_source: dict[str, dict[str, list[_Arrival]]] = {}
    for one in last.values():
        by_source.setdefault(one.record.source, {}).setdefault(one.record.source_id, []).append(_Arrival(one))
    for source in sorted(by_source):  # one order for everybody, so that two loaders cannot lock each other out
        _load_source(session, search_id, source, by_source[source], at, counts, from_file)
    return counts


def _load_source(
    session: Session,
    search_id: int,
    source: str,
    groups: dict[str, list[_Arrival]],
    at: datetime,
    counts: LoadCounts,
    from_file: bool,
) -> None:
    known = _current(session, source, groups)
    versions: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for source_id in sorted(groups.keys() - known.keys()):
        first = groups[source_id][0]
        rows.append(
            {
                "source": source,
                "source_id": source_id,
                "number": 1,
                "content_hash": first.hash,
                "first_search_id": search_id,
                "first_seen_at": at,
                "added": first.record.added,
            }
        )
    for row in insert_new(session, Record, rows, Record.id, Record.source_id, Record.content_hash):
        first = groups[row.source_id].pop(0)
        record = first.record
        known[row.source_id] = _Current(
            row.id,
            1,
            1,
            row.content_hash,
            record.source_version,
            record.revised,
            gone=False,
            from_file=from_file,
            inserted=True,
            data=record,
            hashes={row.content_hash},
        )
        versions.append(_version(row.id, 1, row.content_hash, first, search_id, at))
        counts.new += 1
    if raced := groups.keys() - known.keys():
        known |= _current(session, source, raced)

    for source_id, group in groups.items():
        state = known[source_id]
        for one in group:
            if version := _next_version(session, state, one, from_file):
                versions.append(_version(state.id, state.last_number, version, one, search_id, at))
    insert_or_leave(session, RecordVersion, versions)
    counts.changed += sum(1 for state in known.values() if state.moved and not state.inserted)
    _settle(session, known.values())


def _current(session: Session, source: str, ids: Iterable[str]) -> dict[str, _Current]:
    """The stored records with these ids, locked until the transaction ends (on PostgreSQL; SQLite has one writer)."""
    rows = session.execute(
        select(
            Record.id,
            Record.source_id,
            Record.number,
            Record.content_hash,
            Record.vanished_at,
            RecordVersion.source_version,
            RecordVersion.revised,
            Search.kind,
        )
        .join(RecordVersion, (RecordVersion.record_id == Record.id) & (RecordVersion.number == Record.number))
        .join(Search, Search.id == RecordVersion.search_id)
        .where(Record.source == source, among(session, Record.source_id, sorted(ids)))
        .order_by(Record.source_id)
        .with_for_update(of=Record)
    )
    return {
        row.source_id: _Current(
            row.id,
            row.number,
            0,
            row.content_hash,
            row.source_version,
            row.revised,
            gone=row.vanished_at is not None,
            from_file=row.kind == "file",
        )
        for row in rows
    }


def _next_version(session: Session, state: _Current, one: _Arrival, from_file: bool) -> str:
    """Decide on one arrival: "" if it says nothing new, else its hash, with ``state`` moved on."""
    record = one.record
    hashed = one.hash
    if hashed == state.content_hash:
        return ""
    older = _is_older(record, state) if from_file == state.from_file else from_file
    if not state.hashes:
        rows = session.execute(
            select(RecordVersion.number, RecordVersion.content_hash).where(RecordVersion.record_id == state.id)
        ).all()
        state.last_number = max(row.number for row in rows)
        state.hashes = {row.content_hash for row in rows}
    if older and hashed in state.hashes:
        return ""
    state.hashes.add(hashed)
    state.last_number += 1
    if not older:
        state.number, state.content_hash, state.moved = state.last_number, hashed, True
        state.source_version, state.revised, state.data = record.source_version, record.revised, record
        state.from_file = from_file
    return hashed


def _is_older(record: RecordData, state: _Current) -> bool:
    theirs, ours = record.source_version or "0", state.source_version or "0"
    if theirs.isdecimal() and ours.isdecimal() and int(theirs) != int(ours):
        return int(theirs) < int(ours)
    return bool(record.revised and state.revised and record.revised < state.revised)


def _version(record_id: int, number: int, hashed: str, one: _Arrival, search_id: int, at: datetime) -> dict[str, Any]:
    return {
        "record_id": record_id,
        "number": number,
        "content_hash": hashed,
        "source_version": one.record.source_version,
        "revised": one.record.revised,
        "data": one.data,
        "raw": compress(one.raw),
        "search_id": search_id,
        "seen_at": at,
    }


def _settle(session: Session, states: Iterable[_Current]) -> None:
    """Bring the records and their identifiers in line with their newest versions."""
    moved = sorted((state for state in states if state.moved), key=lambda state: state.id)
    if moved:
        session.execute(
            update(Record),
            [
                {
                    "id": state.id,
                    "number": state.number,
                    "content_hash": state.content_hash,
                    "added": state.data.added if state.data else None,
                    "to_link": True,
                    "to_flag": True,
                    "to_code": True,
                }
                for state in moved
            ],
        )
    again = [state.id for state in states if state.gone]
    if again:
        session.execute(update(Record).where(Record.id.in_(again)).values(vanished_at=None, vanished_reason=""))
    fresh = [state for state in states if state.data is not None]
    stale = [state.id for state in moved if not state.inserted]
    if stale:
        session.execute(delete(Identifier).where(Identifier.record_id.in_(stale)))
    insert_or_leave(
        session,
        Identifier,
        [
            {"record_id": state.id, "kind": clean(kind), "value": clean(value)}
            for state in fresh
            if state.data is not None
            for kind, value in state.data.identifiers()
        ],
    )

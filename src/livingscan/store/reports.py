"""Records read back: by work that waits, by id, and the newest for people to see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from livingscan.records import Record as RecordData
from livingscan.records import record_from_dict
from livingscan.store.models import Flag, Record, RecordVersion, Report, Search
from livingscan.store.session import Store

# Verbatim as in their partial indexes: SQLAlchemy would write "to_link = 1", and SQLite then scan the table.
STEPS = {"link": text("record.to_link"), "flag": text("record.to_flag"), "code": text("record.to_code")}


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as stored: its id, its report, the number of its newest version, and what that says."""

    id: int
    report_id: int | None
    number: int
    record: RecordData


def _newest() -> Select[Any]:
    return select(Record.id, Record.report_id, Record.number, RecordVersion.data).join(
        RecordVersion, (RecordVersion.record_id == Record.id) & (RecordVersion.number == Record.number)
    )


def _stored(rows: Iterable[Any]) -> list[Stored]:
    return [Stored(row.id, row.report_id, row.number, record_from_dict(row.data)) for row in rows]


def waiting(store: Store, step: str, limit: int) -> list[Stored]:
    """The records whose newest version ``step`` ("link", "flag" or "code") has not seen, oldest first."""
    with store.read() as session:
        return _stored(session.execute(_newest().where(STEPS[step]).order_by(Record.id).limit(limit)))


def count_waiting(store: Store, step: str) -> int:
    """How many records wait for ``step``."""
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(Record).where(STEPS[step])) or 0


def by_id(session: Session, ids: Iterable[int]) -> list[Stored]:
    """The records with these ids, in order of id."""
    wanted = sorted(set(ids))
    found: list[Stored] = []
    for start in range(0, len(wanted), 1000):
        query = _newest().where(Record.id.in_(wanted[start : start + 1000])).order_by(Record.id)
        found.extend(_stored(session.execute(query)))
    return found


def new_records(store: Store, run_id: int | None = None, limit: int = 200) -> list[dict[str, Any]]:
    """What is new, most promising for the review first, with keys that people can read.

    Args:
        store: the store.
        run_id: only what came first with this run; None: from any.
        limit: how many at the most.
    """
    with store.read() as session:
        query = (
            select(Record, RecordVersion.data, Report.priority)
            .join(RecordVersion, (RecordVersion.record_id == Record.id) & (RecordVersion.number == Record.number))
            .join(Report, Report.id == Record.report_id, isouter=True)
            .order_by(func.coalesce(Report.priority, 0).desc(), Record.id.desc())
            .limit(limit)
        )
        if run_id is not None:
            query = query.join(Search, Search.id == Record.first_search_id).where(Search.run_id == run_id)
        rows = session.execute(query).all()
        kinds: dict[int, set[str]] = {}
        flags = select(Flag.record_id, Flag.kind).where(
            Flag.record_id.in_([row.Record.id for row in rows]), Flag.value == "yes"
        )
        for record_id, kind in session.execute(flags):
            kinds.setdefault(record_id, set()).add(kind)
        return [
            {
                "record": row.Record.id,
                "source": row.Record.source,
                "id": row.Record.source_id,
                "title": row.data.get("title", ""),
                "year": row.data.get("year"),
                "added": str(row.Record.added or ""),
                "flags": ", ".join(sorted(kinds.get(row.Record.id, ()))),
                "url": row.data.get("url", ""),
            }
            for row in rows
        ]

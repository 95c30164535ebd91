"""Findings and the words on them, in SQL. Both only grow; of the words on one finding the newest holds.

"withdrawn" takes the earlier words back: the finding is then as if nobody had spoken of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.orm import Session

from livingscan.store.base import datetime
from livingscan.store.models import Finding, FindingVerdict, Record
from livingscan.store.screening_queries import chunks, report_of
from livingscan.store.session import Store
from livingscan.store.upsert import clean

GONE = ("rejected", "superseded")
COLUMNS = ("theme", "phase", "setting_group", "polarity", "quotation", "field", "start", "end", "basis")


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding with the newest word on it ("" where there is none, or where it was taken back)."""

    id: int
    record_id: int
    theme: str
    phase: str
    setting_group: str
    polarity: str
    quotation: str
    field: str
    start: int | None
    end: int | None
    basis: str
    origin: str
    codebook_version: str
    verdict: str

    @property
    def confirmed(self) -> bool:
        """Whether a person stands behind it: by confirming it, or by having written it."""
        return self.verdict == "confirmed" or (self.origin == "person" and self.verdict not in GONE)

    @property
    def stands(self) -> bool:
        """Whether it counts at all."""
        return self.verdict not in GONE


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """A word on a finding: "confirmed", "rejected", "withdrawn" or "superseded"; who said so, and when."""

    finding_id: int
    verdict: str
    who: str
    note: str
    at: datetime


def _findings() -> Select[Any]:
    word = (
        select(FindingVerdict.verdict)
        .where(FindingVerdict.finding_id == Finding.id)
        .order_by(FindingVerdict.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    columns = [getattr(Finding, name) for name in COLUMNS]
    return select(
        Finding.id,
        Finding.record_id,
        *columns,
        Finding.origin,
        Finding.codebook_version,
        func.coalesce(func.nullif(word, "withdrawn"), "").label("verdict"),
    )


def findings(session: Session, record_ids: Iterable[int]) -> list[FindingRow]:
    """Every finding of the records, in order of id."""
    query = _findings()
    found = [
        FindingRow(*row)
        for some in chunks(record_ids)
        for row in session.execute(query.where(Finding.record_id.in_(some)))
    ]
    return sorted(found, key=lambda row: row.id)


def findings_by_id(session: Session, ids: Iterable[int]) -> dict[int, FindingRow]:
    """The findings with these ids; what is not there is left out."""
    query = _findings()
    rows = (FindingRow(*row) for some in chunks(ids) for row in session.execute(query.where(Finding.id.in_(some))))
    return {row.id: row for row in rows}


def verdicts(session: Session, finding_ids: Iterable[int]) -> dict[int, list[VerdictRow]]:
    """All that was ever said of each finding, the oldest first; one that nobody has spoken of is left out."""
    columns = (FindingVerdict.finding_id, FindingVerdict.verdict, FindingVerdict.who, FindingVerdict.note)
    query = select(*columns, FindingVerdict.at).order_by(FindingVerdict.id)
    found: dict[int, list[VerdictRow]] = {}
    for some in chunks(finding_ids):
        for row in session.execute(query.where(FindingVerdict.finding_id.in_(some))):
            found.setdefault(row.finding_id, []).append(VerdictRow(*row))
    return found


def records_beside(session: Session, record_ids: Iterable[int]) -> dict[int, int]:
    """Record id -> report id, of all records of the reports that these records belong to."""
    homes = report_of(session, record_ids)
    found: dict[int, int] = {}
    for some in chunks(homes.values()):
        query = select(Record.id, Record.report_id).where(Record.report_id.in_(some))
        found |= {row.id: row.report_id for row in session.execute(query)}
    return found


def newest_rules(store: Store) -> str | None:
    """The codebook version that the newest suggestion was made by; None where there is none."""
    with store.read() as session:
        query = select(Finding.codebook_version).where(Finding.origin == "machine").order_by(Finding.id.desc())
        return session.scalar(query.limit(1))


def code_all_again(store: Store) -> None:
    """Every record waits for suggestions: the codebook has changed."""
    with store.write() as session:
        session.execute(update(Record).values(to_code=True))


def add_findings(
    session: Session, rows: Sequence[Mapping[str, Any]], *, origin: str, who: str, codebook_version: str, at: datetime
) -> None:
    """Append findings; each row has COLUMNS, ``record_id`` and ``number``."""
    full = [
        {name: clean(row[name]) if isinstance(row[name], str) else row[name] for name in COLUMNS}
        | {"record_id": row["record_id"], "number": row["number"]}
        | {"origin": origin, "who": who, "codebook_version": codebook_version, "at": at}
        for row in rows
    ]
    if full:
        session.execute(insert(Finding), full)


def add_verdicts(session: Session, ids: Sequence[int], verdict: str, *, who: str, at: datetime, note: str = "") -> None:
    """Append a word on each of the findings: "confirmed", "rejected", "withdrawn" or "superseded"."""
    if ids:
        rows = [
            {"finding_id": one, "verdict": verdict, "who": clean(who), "note": clean(note), "at": at} for one in ids
        ]
        session.execute(insert(FindingVerdict), rows)

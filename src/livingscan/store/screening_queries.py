"""Flags, the screening queue and decisions, in SQL.

Flags are derived and are replaced when their record or the rules change. Decisions are append-only: of a
reviewer's words on one report at one stage the newest holds, unless a later row takes it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from livingscan.store.base import datetime
from livingscan.store.models import Decision, Flag, Record, Report, ReportEvent
from livingscan.store.reports import Stored, _newest, _stored
from livingscan.store.session import Store
from livingscan.store.upsert import clean

CHUNK = 1000
FLAG_COLUMNS = ("kind", "value", "quote", "field", "start", "end", "rule")


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A person's verdict on the report that ``record_id`` belongs to now, or the taking back of one."""

    id: int
    report_id: int
    record_id: int
    stage: str
    verdict: str | None
    reason: str
    note: str
    reviewer: str
    undoes_id: int | None
    at: datetime


def chunks(ids: Iterable[int]) -> Iterable[list[int]]:
    """Ids in order, without repeats, as many at a time as one statement takes."""
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), CHUNK):
        yield wanted[start : start + CHUNK]


# --- flags ---------------------------------------------------------------------------------------


def newest_rules(store: Store) -> str | None:
    """The version of the rules that the newest flag was made by; None where there is no flag."""
    with store.read() as session:
        return session.scalar(select(Flag.rules_version).order_by(Flag.id.desc()).limit(1))


def flag_all_again(store: Store) -> None:
    """Every record waits to be flagged: the rules have changed."""
    with store.write() as session:
        session.execute(update(Record).values(to_flag=True))


def put_flags(
    session: Session, flags: Mapping[int, tuple[int, Sequence[Mapping[str, Any]]]], rules_version: str, at: datetime
) -> None:
    """Store the flags of records in place of any they had.

    Args:
        session: a writing session.
        flags: record id -> (number of the version they speak of, flags with the keys FLAG_COLUMNS).
        rules_version: what they were made by.
        at: the time.
    """
    for some in chunks(flags):
        session.execute(delete(Flag).where(Flag.record_id.in_(some)))
    rows = [
        {name: clean(flag[name]) if isinstance(flag[name], str) else flag[name] for name in FLAG_COLUMNS}
        | {"record_id": record_id, "number": number, "rules_version": rules_version, "at": at}
        for record_id, (number, several) in sorted(flags.items())
        for flag in several
    ]
    if rows:
        session.execute(insert(Flag), rows)


def mark_done(session: Session, column: str, versions: Mapping[int, int]) -> None:
    """The records need not wait any more ("to_flag" or "to_code"), unless a newer version has come meanwhile."""
    by_number: dict[int, list[int]] = {}
    for one, number in versions.items():
        by_number.setdefault(number, []).append(one)
    for number, ids in by_number.items():
        for some in chunks(ids):
            session.execute(update(Record).where(Record.id.in_(some), Record.number == number).values({column: False}))


def touched_reports(session: Session, record_ids: Iterable[int]) -> set[int]:
    """The reports that the records belong to, and those they once left."""
    found: set[int] = set()
    for some in chunks(record_ids):
        here = select(Record.report_id).where(Record.id.in_(some), Record.report_id.is_not(None))
        found.update(one for one in session.scalars(here) if one is not None)
        found.update(
            session.scalars(
                select(ReportEvent.report_id).where(ReportEvent.record_id.in_(some), ReportEvent.kind == "left")
            )
        )
    return found


def flags_of_reports(session: Session, report_ids: Iterable[int]) -> dict[int, list[list[dict[str, Any]]]]:
    """For each report the flags of each of its records; a report without records has an empty list."""
    found: dict[int, list[list[dict[str, Any]]]] = {}
    for some in chunks(report_ids):
        found |= {one: [] for one in some}
        members: dict[int, list[dict[str, Any]]] = {}
        for row in session.execute(
            select(Record.id, Record.report_id).where(Record.report_id.in_(some)).order_by(Record.id)
        ):
            members[row.id] = []
            found[row.report_id].append(members[row.id])
        columns = [getattr(Flag, name) for name in FLAG_COLUMNS]
        for part in chunks(members):
            flags = select(Flag.record_id, *columns).where(Flag.record_id.in_(part)).order_by(Flag.id)
            for flag in session.execute(flags).mappings():
                members[flag["record_id"]].append({name: flag[name] for name in FLAG_COLUMNS})
    return found


def put_assessments(session: Session, assessments: Mapping[int, tuple[float, bool]]) -> None:
    """Set the priority of reports, and whether they are likely eligible."""
    rows = [
        {"id": report_id, "priority": priority, "likely_eligible": likely}
        for report_id, (priority, likely) in sorted(assessments.items())
    ]
    if rows:
        session.execute(update(Report), rows)


def assessments(session: Session, report_ids: Iterable[int]) -> dict[int, tuple[float, bool]]:
    """The priority of reports, and whether they are likely eligible; see :func:`put_assessments`."""
    columns = (Report.id, Report.priority, Report.likely_eligible)
    return {
        row.id: (row.priority, row.likely_eligible)
        for some in chunks(report_ids)
        for row in session.execute(select(*columns).where(Report.id.in_(some)))
    }


# --- the queue -------------------------------------------------------------------------------------


def _stands(decision: Any) -> ColumnElement[bool]:
    """That a row is a verdict which nobody has taken back."""
    undo = aliased(Decision)
    return and_(decision.verdict.is_not(None), ~exists().where(undo.undoes_id == decision.id))


def _decided(stage: str, reviewer: str | None = None) -> ColumnElement[bool]:
    """That a report has a standing verdict at a stage (by one reviewer, or by anybody)."""
    decision, record = aliased(Decision), aliased(Record)
    wanted = and_(
        decision.record_id == record.id, record.report_id == Report.id, decision.stage == stage, _stands(decision)
    )
    if reviewer is not None:
        wanted = and_(wanted, decision.reviewer == reviewer)
    return exists().where(wanted)


def _reviewers(stage: str) -> Any:
    """By how many reviewers a report has a standing verdict at a stage."""
    decision, record = aliased(Decision), aliased(Record)
    return (
        select(func.count(decision.reviewer.distinct()))
        .where(
            decision.record_id == record.id, record.report_id == Report.id, decision.stage == stage, _stands(decision)
        )
        .scalar_subquery()
    )


def queue(
    session: Session,
    stage: str,
    reviewer: str,
    *,
    reviewers: int = 1,
    only: Iterable[int] | None = None,
    limit: int | None = None,
) -> list[tuple[int, float, bool]]:
    """The reports that wait for a reviewer's verdict, most promising first.

    Args:
        session: a session.
        stage: "title-abstract" or "full-text".
        reviewer: whose queue; what this person has decided is left out.
        reviewers: how many are wanted for a report; one that has so many already is left out.
        only: none but these reports.
        limit: how many at the most.

    Returns:
        (report id, priority, likely eligible).
    """
    query = select(Report.id, Report.priority, Report.likely_eligible).where(
        Report.merged_into_id.is_(None), ~_decided(stage, reviewer)
    )
    query = query.where(~_decided(stage)) if reviewers == 1 else query.where(_reviewers(stage) < reviewers)
    order = (Report.priority.desc(), Report.id.desc())
    if only is None:
        return [
            (row.id, row.priority, row.likely_eligible) for row in session.execute(query.order_by(*order).limit(limit))
        ]
    found: list[tuple[int, float, bool]] = []
    for some in chunks(only):
        found += [
            (row.id, row.priority, row.likely_eligible) for row in session.execute(query.where(Report.id.in_(some)))
        ]
    return sorted(found, key=lambda row: (-row[1], -row[0]))[:limit]


def count_queue(store: Store, stage: str = "title-abstract", *, reviewers: int = 1, likely: bool = False) -> int:
    """How many reports have fewer than ``reviewers`` people's verdicts at a stage; ``likely``: only those that are
    flagged as likely eligible."""
    decision = aliased(Decision)
    decided = (
        select(Record.report_id)
        .join(decision, decision.record_id == Record.id)
        .where(Record.report_id.is_not(None), decision.stage == stage, _stands(decision))
        .group_by(Record.report_id)
        .having(func.count(decision.reviewer.distinct()) >= reviewers)
    )
    query = select(func.count()).select_from(Report).where(Report.merged_into_id.is_(None), Report.id.not_in(decided))
    with store.read() as session:
        return session.scalar(query.where(Report.likely_eligible) if likely else query) or 0


def records_of(session: Session, report_ids: Iterable[int]) -> dict[int, list[Stored]]:
    """The records of reports as they are now, those still in their source first, then in order of id."""
    found: dict[int, list[Stored]] = {}
    for some in chunks(report_ids):
        query: Select[Any] = (
            _newest().where(Record.report_id.in_(some)).order_by(Record.vanished_at.is_not(None), Record.id)
        )
        for stored in _stored(session.execute(query)):
            if stored.report_id is not None:
                found.setdefault(stored.report_id, []).append(stored)
    return found


# --- decisions -------------------------------------------------------------------------------------


def decisions(session: Session, report_ids: Iterable[int] | None = None) -> list[DecisionRow]:
    """Every row on these reports (None: on all), in the order in which they were made."""
    query = (
        select(
            Decision.id,
            Record.report_id,
            Decision.record_id,
            Decision.stage,
            Decision.verdict,
            Decision.reason,
            Decision.note,
            Decision.reviewer,
            Decision.undoes_id,
            Decision.at,
        )
        .join(Record, Record.id == Decision.record_id)
        .where(Record.report_id.is_not(None))
        .order_by(Decision.id)
    )
    if report_ids is None:
        return [DecisionRow(*row) for row in session.execute(query)]
    rows = [row for some in chunks(report_ids) for row in session.execute(query.where(Record.report_id.in_(some)))]
    return sorted((DecisionRow(*row) for row in rows), key=lambda row: row.id)


def add_decision(
    session: Session,
    record_id: int,
    stage: str,
    verdict: str | None,
    *,
    reviewer: str,
    at: datetime,
    reason: str = "",
    note: str = "",
    undoes_id: int | None = None,
) -> int:
    """Append a verdict, or with ``undoes_id`` and no verdict the taking back of one; returns its id."""
    row = Decision(
        record_id=record_id,
        stage=stage,
        verdict=verdict,
        reason=clean(reason),
        note=clean(note),
        reviewer=clean(reviewer),
        undoes_id=undoes_id,
        at=at,
    )
    session.add(row)
    session.flush()
    return row.id


def report_of(session: Session, record_ids: Iterable[int]) -> dict[int, int]:
    """The report of each record that has one."""
    found: dict[int, int] = {}
    for some in chunks(record_ids):
        query = select(Record.id, Record.report_id).where(Record.id.in_(some), Record.report_id.is_not(None))
        found |= {row.id: row.report_id for row in session.execute(query)}
    return found


def records_by_key(session: Session, keys: Iterable[str]) -> dict[str, int]:
    """The ids of records that people name "source:id"; what is not there is left out."""
    by_source: dict[str, list[str]] = {}
    for key in keys:
        source, _, source_id = key.partition(":")
        by_source.setdefault(source, []).append(source_id)
    found: dict[str, int] = {}
    for source, ids in sorted(by_source.items()):
        for start in range(0, len(ids), CHUNK):
            query = select(Record.id, Record.source_id).where(
                Record.source == source, Record.source_id.in_(ids[start : start + CHUNK])
            )
            found |= {f"{source}:{row.source_id}": row.id for row in session.execute(query)}
    return found


def record_ids_of(session: Session, report_ids: Iterable[int]) -> dict[int, int]:
    """One record of each report that has any: the one that came first."""
    found: dict[int, int] = {}
    for some in chunks(report_ids):
        query = (
            select(Record.report_id, func.min(Record.id).label("id"))
            .where(Record.report_id.in_(some))
            .group_by(Record.report_id)
        )
        found |= {row.report_id: row.id for row in session.execute(query)}
    return found

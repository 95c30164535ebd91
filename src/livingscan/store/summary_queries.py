"""What the summary is counted from, in SQL: studies with their findings, the flow of records, snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from livingscan.store.base import datetime
from livingscan.store.coding_queries import FindingRow, findings
from livingscan.store.models import Decision, Flag, Record, Report, Search, SummarySnapshot
from livingscan.store.screening_queries import chunks


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report that may count: flagged as likely eligible, or decided on by a person.

    ``groups`` are the setting groups its records are flagged with; ``findings`` all that is on its records.
    """

    id: int
    study_id: int
    likely_eligible: bool
    groups: tuple[str, ...]
    findings: tuple[FindingRow, ...]


def report_rows(session: Session) -> list[ReportRow]:
    """The reports that may count, in order of id."""
    decided = select(Record.report_id).join(Decision, Decision.record_id == Record.id)
    reports = session.execute(
        select(Report.id, Report.study_id, Report.likely_eligible)
        .where(Report.merged_into_id.is_(None), or_(Report.likely_eligible, Report.id.in_(decided)))
        .order_by(Report.id)
    ).all()
    home: dict[int, int] = {}
    for some in chunks(row.id for row in reports):
        members = select(Record.id, Record.report_id).where(Record.report_id.in_(some)).order_by(Record.id)
        home |= {row.id: row.report_id for row in session.execute(members)}
    groups: dict[int, list[str]] = {}
    said: dict[int, list[FindingRow]] = {}
    for some in chunks(home):
        flags = select(Flag.record_id, Flag.value).where(Flag.record_id.in_(some), Flag.kind == "setting_group")
        for flag in session.execute(flags.order_by(Flag.id)):
            groups.setdefault(home[flag.record_id], []).append(flag.value)
        for finding in findings(session, some):
            said.setdefault(home[finding.record_id], []).append(finding)
    return [
        ReportRow(row.id, row.study_id, row.likely_eligible, tuple(groups.get(row.id, ())), tuple(said.get(row.id, ())))
        for row in reports
    ]


@dataclass(frozen=True, slots=True)
class FlowCounts:
    """How many there are on the way from source to screening.

    Attributes:
        by_interface, by_file: records by source, as the ledger names it.
        linked: records that belong to a report. reports: reports there are. studies: studies there are.
    """

    by_interface: dict[str, int]
    by_file: dict[str, int]
    linked: int
    reports: int
    studies: int


def flow_counts(session: Session) -> FlowCounts:
    """Count records by source, and the reports and studies they came to."""
    found: dict[str, dict[str, int]] = {"interface": {}, "file": {}}
    query = (
        select(Search.kind, Record.source, Search.database, func.count().label("n"))
        .join(Search, Search.id == Record.first_search_id)
        .group_by(Search.kind, Record.source, Search.database)
    )
    for row in session.execute(query):
        name = row.database or row.source
        found[row.kind][name] = found[row.kind].get(name, 0) + row.n
    one = session.execute(
        select(
            select(func.count(Record.id)).where(Record.report_id.is_not(None)).scalar_subquery().label("linked"),
            select(func.count(Report.id)).where(Report.merged_into_id.is_(None)).scalar_subquery().label("reports"),
            select(func.count(Report.study_id.distinct()))
            .where(Report.merged_into_id.is_(None))
            .scalar_subquery()
            .label("studies"),
        )
    ).one()
    return FlowCounts(
        dict(sorted(found["interface"].items())),
        dict(sorted(found["file"].items())),
        one.linked,
        one.reports,
        one.studies,
    )


def last_snapshot(session: Session) -> dict[str, Any] | None:
    """The newest summary as it was shown, or None."""
    return session.scalar(select(SummarySnapshot.data).order_by(SummarySnapshot.id.desc()).limit(1))


def add_snapshot(
    session: Session,
    data: dict[str, Any],
    *,
    run_id: int | None,
    at: datetime,
    protocol_version: str,
    codebook_version: str,
) -> None:
    """Keep a summary as it was shown."""
    session.add(
        SummarySnapshot(
            run_id=run_id, at=at, protocol_version=protocol_version, codebook_version=codebook_version, data=data
        )
    )

"""Counts for the status page: how much there is, how much waits, when each source last answered well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from livingscan.store.base import date, datetime
from livingscan.store.ledger_queries import GOOD
from livingscan.store.models import Decision, DuplicateLink, Record, Report, Search, Study, Task
from livingscan.store.session import Store


@dataclass(frozen=True, slots=True)
class SourceState:
    """The newest that the ledger knows of one source.

    ``good_at``: when the newest complete search ended; ``covered``: the last day it reached to.
    """

    source: str
    status: str
    reason: str
    at: datetime
    good_at: datetime | None
    covered: date | None


def counts(store: Store) -> dict[str, int]:
    """How many records, reports, studies and so on there are."""

    def number(column: Any, *where: Any) -> Any:
        return select(func.count(column)).where(*where).scalar_subquery()

    with store.read() as session:
        row = session.execute(
            select(
                number(Record.id).label("records"),
                number(Report.id, Report.merged_into_id.is_(None)).label("reports"),
                number(Study.id.distinct(), Report.study_id == Study.id, Report.merged_into_id.is_(None)).label(
                    "studies"
                ),
                number(Record.id, Record.vanished_at.is_not(None)).label("vanished"),
                number(Record.id, Record.to_link).label("waiting_to_link"),
                number(Record.id, Record.to_flag).label("waiting_to_flag"),
                number(Record.id, Record.to_code).label("waiting_to_code"),
                number(Report.id, Report.merged_into_id.is_(None), Report.likely_eligible).label("likely_eligible"),
                number(DuplicateLink.id).label("duplicate_links"),
                number(Decision.id).label("decisions"),
                number(Task.id, Task.closed_at.is_(None)).label("open_tasks"),
            )
        ).one()
        return dict(row._mapping)


@dataclass(frozen=True, slots=True)
class FileState:
    """What the ledger knows of one database that comes by file.

    Attributes:
        database: as the importer named it. files: imported whole. broken: imports that were not.
        records: that came first with one of its files.
        last_at: when the newest file was imported, last_searched: when the newest of its searches was made.
    """

    database: str
    files: int
    broken: int
    records: int
    last_at: datetime
    last_searched: date | None


def file_states(store: Store) -> list[FileState]:
    """The databases that come by file, by name."""
    good = Search.status.in_(GOOD)
    with store.read() as session:
        rows = session.execute(
            select(
                Search.source,
                func.count().filter(good).label("files"),
                func.count().filter(~good, Search.status != "running").label("broken"),
                func.sum(Search.new).label("records"),
                func.max(Search.started_at).label("last_at"),
                func.max(Search.searched_on).label("last_searched"),
            )
            .where(Search.kind == "file")
            .group_by(Search.source)
            .order_by(Search.source)
        )
        return [FileState(*row) for row in rows]


def source_states(store: Store) -> dict[str, SourceState]:
    """The newest search of every source that the ledger knows, by name; file imports are left out."""
    with store.read() as session:
        newest = select(func.max(Search.id)).where(Search.kind == "interface").group_by(Search.source)
        good = (
            select(Search.source, func.max(Search.ended_at).label("at"), func.max(Search.window_end).label("covered"))
            .where(Search.kind == "interface", Search.status.in_(GOOD), Search.window_by == "added")
            .group_by(Search.source)
        )
        best = {row.source: row for row in session.execute(good)}
        states = {}
        for row in session.scalars(select(Search).where(Search.id.in_(newest))):
            last = best.get(row.source)
            states[row.source] = SourceState(
                row.source,
                row.status,
                row.reason,
                row.ended_at or row.started_at,
                last.at if last else None,
                last.covered if last else None,
            )
        return states

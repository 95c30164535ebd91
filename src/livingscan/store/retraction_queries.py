"""Reports past screening, what is said of their standing, and the tasks about it, in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, aliased

from livingscan import clock
from livingscan.errors import UserError
from livingscan.store.base import datetime
from livingscan.store.models import Decision, Flag, Record, Report, Task
from livingscan.store.reports import Stored, by_id
from livingscan.store.screening_queries import chunks
from livingscan.store.session import Store
from livingscan.tidy import one_line


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task that waits for a person, or did; ``detail`` as its step wrote it."""

    id: int
    kind: str
    subject: str
    detail: dict[str, Any]
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str
    note: str


def past_screening(session: Session) -> dict[int, dict[str, int]]:
    """Reports that somebody has included, with how many includes stand at each stage.

    A report that went on to full text and was excluded there by everybody is not among them.
    """
    undo = aliased(Decision)
    rows = session.execute(
        select(Record.report_id, Decision.stage, Decision.verdict)
        .join(Record, Record.id == Decision.record_id)
        .join(Report, Report.id == Record.report_id)
        .where(
            Decision.verdict.is_not(None),
            ~exists().where(undo.undoes_id == Decision.id),
            Report.merged_into_id.is_(None),
        )
        .order_by(Decision.id)
    )
    verdicts: dict[int, list[tuple[str, str]]] = {}
    for row in rows:
        verdicts.setdefault(row.report_id, []).append((row.stage, row.verdict))
    found: dict[int, dict[str, int]] = {}
    for report_id, given in verdicts.items():
        last = [verdict for stage, verdict in given if stage == "full-text"]
        included = [stage for stage, verdict in given if verdict == "include"]
        if included and (not last or any(verdict != "exclude" for verdict in last)):
            found[report_id] = {stage: included.count(stage) for stage in dict.fromkeys(included)}
    return found


def possible_notices(session: Session) -> Iterable[Stored]:
    """Records that may be notices about others: flagged as no study or as a concern, or not flagged yet."""
    flagged = select(Flag.record_id).where(Flag.kind.in_(("not_a_study", "concern")))
    ids = list(
        session.scalars(select(Record.id).where(or_(Record.id.in_(flagged), Record.to_flag)).order_by(Record.id))
    )
    for some in chunks(ids):
        yield from by_id(session, some)


def standing_flags(session: Session, record_ids: Iterable[int]) -> list[tuple[int, str, str]]:
    """What titles and publication types say of the records' standing: (record, "retracted" or "concern", words)."""
    found: list[tuple[int, str, str]] = []
    for some in chunks(record_ids):
        query = select(Flag.record_id, Flag.kind, Flag.quote, Flag.field).where(
            Flag.record_id.in_(some), Flag.kind.in_(("retracted", "concern")), Flag.field != "status_links"
        )
        found += [(row.record_id, row.kind, row.quote) for row in session.execute(query.order_by(Flag.id))]
    return found


def setting_groups(session: Session, record_ids: Iterable[int]) -> dict[int, str]:
    """The setting group that each record is flagged with, where it is."""
    found: dict[int, str] = {}
    for some in chunks(record_ids):
        query = select(Flag.record_id, Flag.value).where(Flag.record_id.in_(some), Flag.kind == "setting_group")
        found |= {row.record_id: row.value for row in session.execute(query)}
    return found


def studies_of(session: Session, report_ids: Iterable[int]) -> dict[int, int]:
    """The study of each report."""
    found: dict[int, int] = {}
    for some in chunks(report_ids):
        query = select(Report.id, Report.study_id).where(Report.id.in_(some))
        found |= {row.id: row.study_id for row in session.execute(query)}
    return found


# --- tasks -----------------------------------------------------------------------------------------


def _row(task: Task) -> TaskRow:
    return TaskRow(
        task.id,
        task.kind,
        task.subject,
        task.detail,
        task.opened_at,
        task.closed_at,
        task.closed_by,
        task.note,
    )


def tasks(session: Session, kinds: Iterable[str], *, open_only: bool = False) -> list[TaskRow]:
    """Tasks of these kinds, oldest first."""
    query = select(Task).where(Task.kind.in_(tuple(kinds))).order_by(Task.id)
    if open_only:
        query = query.where(Task.closed_at.is_(None))
    return [_row(task) for task in session.scalars(query)]


def put_task(
    session: Session,
    kind: str,
    subject: str,
    detail: Mapping[str, Any],
    at: datetime,
    *,
    task_id: int | None = None,
    reopen: bool = False,
) -> int:
    """Open a task, or bring an open one up to date; returns its id.

    Args:
        session: a writing session.
        kind, subject: what it is about. detail: JSON-able.
        at: the time.
        task_id: the task that is brought up to date.
        reopen: open it again; its closing is kept in ``detail["history"]``.
    """
    if task_id is None:
        task = Task(kind=kind, subject=subject, detail=dict(detail), opened_at=at)
        session.add(task)
        session.flush()
        return task.id
    known = session.get_one(Task, task_id)
    told = dict(detail)
    if reopen and known.closed_at is not None:
        closing = {"closed_at": known.closed_at.isoformat(), "closed_by": known.closed_by, "note": known.note}
        told["history"] = [*known.detail.get("history", []), closing]
        known.closed_at, known.closed_by, known.note, known.opened_at = None, "", "", at
    known.detail = told
    return known.id


def close_task(store: Store, task_id: int, kinds: Iterable[str], *, who: str, note: str) -> TaskRow:
    """Close a task with a person's words.

    Raises:
        UserError: no such task of these kinds, closed already, or no name or note.
    """
    who, note = one_line(who), one_line(note)
    if not who:
        raise UserError("closing a task needs a name: say who with --who")
    if not note:
        raise UserError("closing a task needs a note: say what was decided with --note")
    with store.write() as session:
        task = session.get(Task, task_id, with_for_update=True)
        if task is None or task.kind not in tuple(kinds):
            raise UserError(f"there is no such task: {task_id}")
        if task.closed_at is not None:
            raise UserError(f"task {task_id} was closed by {task.closed_by} on {task.closed_at:%Y-%m-%d}")
        task.closed_at, task.closed_by, task.note = clock.now(), who, note
        session.flush()
        return _row(task)

"""Runs: one row each, owned by a process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from livingscan import clock, process
from livingscan.store.base import datetime
from livingscan.store.models import Run
from livingscan.store.session import Store


@dataclass(frozen=True, slots=True)
class DeadRun:
    """A run that was found without its process."""

    id: int
    kind: str
    started_at: datetime


def open_run(store: Store, kind: str, trigger: str) -> int:
    """Insert a running run of this process; returns its id."""
    now, owner = clock.now(), process.me()
    with store.write() as session:
        row = Run(
            kind=kind,
            trigger=trigger,
            started_at=now,
            heartbeat_at=now,
            host=owner.host,
            pid=owner.pid,
            process_started=owner.started,
        )
        session.add(row)
        session.flush()
        return row.id


def close_run(store: Store, run_id: int, status: str, message: str = "") -> None:
    """Set how a run ended."""
    with store.write() as session:
        session.execute(
            update(Run).where(Run.id == run_id).values(status=status, message=message, ended_at=clock.now())
        )


def end_dead_runs(store: Store) -> list[DeadRun]:
    """End the running runs whose process is gone, as crashed."""
    now = clock.now()
    dead = []
    with store.write() as session:
        for run in session.scalars(select(Run).where(Run.status == "running").with_for_update(skip_locked=True)):
            if process.is_alive(process.Owner(run.host, run.pid, run.process_started), run.heartbeat_at, now):
                continue
            run.status, run.ended_at = "crashed", now
            run.message = "its process was gone; what it had committed stays, and the next update goes on from there"
            dead.append(DeadRun(run.id, run.kind, run.started_at))
    return dead


def run_rows(store: Store, limit: int = 20) -> list[dict[str, Any]]:
    """The newest runs first, with keys that people can read."""
    with store.read() as session:
        return [
            {
                "run": run.id,
                "kind": run.kind,
                "trigger": run.trigger,
                "status": run.status,
                "started": run.started_at.strftime("%Y-%m-%d %H:%M"),
                "seconds": round((run.ended_at - run.started_at).total_seconds(), 1) if run.ended_at else None,
                "message": run.message,
            }
            for run in session.scalars(select(Run).order_by(Run.id.desc()).limit(limit))
        ]

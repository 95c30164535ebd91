"""Releases, in SQL: rows that are added and never changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from livingscan.store.base import datetime
from livingscan.store.models import Release


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A release as stored: ``why`` says what called for it, ``sha256`` is over the canonical JSON of ``data``."""

    number: int
    at: datetime
    who: str
    why: str
    sha256: str
    data: dict[str, Any]

    def in_words(self) -> str:
        """One clause for people."""
        made = f"release {self.number} is made, by {self.who} (sha256 {self.sha256[:12]})"
        since = self.data["since"]
        return f"{made}; nothing has changed since release {since['number']}" if self.data["unchanged"] else made


def releases(session: Session) -> list[ReleaseRow]:
    """All releases, oldest first."""
    rows = session.scalars(select(Release).order_by(Release.id))
    return [ReleaseRow(int(row.number), row.at, row.who, row.note, row.sha256, row.data) for row in rows]


def last_release(session: Session) -> ReleaseRow | None:
    """The newest release, or None."""
    row = session.scalar(select(Release).order_by(Release.id.desc()).limit(1))
    return ReleaseRow(int(row.number), row.at, row.who, row.note, row.sha256, row.data) if row else None


def add_release(session: Session, row: ReleaseRow) -> None:
    """Append a release. Its number is unique: a second one with the same is refused by the database."""
    session.add(Release(number=str(row.number), at=row.at, who=row.who, note=row.why, sha256=row.sha256, data=row.data))
    session.flush()

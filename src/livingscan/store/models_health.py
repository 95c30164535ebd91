"""The table of sign-offs: a maintainer lets the review be published although a source is unhealthy."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from livingscan.store.base import Base, Key, date, datetime


class HealthSignoff(Base):
    """A person's word on the problems of one source, or the taking back of one; append-only.

    It covers the kinds of problems that it names, up to and including the day ``until``. A row that names
    another in ``withdraws_id`` takes that one back.
    """

    __tablename__ = "health_signoff"
    id: Mapped[Key]
    source: Mapped[str] = mapped_column(index=True)
    problems: Mapped[list[Any]]
    until: Mapped[date]
    who: Mapped[str]
    reason: Mapped[str]
    withdraws_id: Mapped[int | None] = mapped_column(ForeignKey("health_signoff.id"))
    at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("who <> ''", name="who"),
        CheckConstraint("reason <> ''", name="reason"),
        UniqueConstraint("withdraws_id"),
    )

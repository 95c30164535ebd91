"""Whether the review's literature is the demo's, and the words that every page, table and release then carries."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from livingscan.store.models import Record, RecordVersion

MARK = "synthetic record"  # what the demo's invented records say of themselves
INVENTED = "Invented literature."
WARNING = (
    "These records are synthetic: no such study, author or journal exists. The numbers show what livingscan does and "
    "say nothing about the NHS."
)
BANNER = f"> **{INVENTED}** {WARNING}"  # in Markdown
_LOOKED_AT = 25  # records, the first ones: enough to tell what kind of literature this is


def invented(session: Session) -> bool:
    """Whether the records are synthetic."""
    query = (
        select(RecordVersion.data)
        .join(Record, (Record.id == RecordVersion.record_id) & (Record.number == RecordVersion.number))
        .order_by(Record.id)
        .limit(_LOOKED_AT)
    )
    return any(MARK in str(data).lower() for data in session.scalars(query))

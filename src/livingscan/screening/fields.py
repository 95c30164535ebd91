"""The texts of a record that flags and suggestions point into."""

from __future__ import annotations

from livingscan.records import Record

SEPARATOR = "; "


def field_text(record: Record, field: str) -> str:
    """The text that an offset counts in.

    Args:
        record: any record.
        field: a field's name. Lists are joined by "; "; a status link reads "kind target note".

    Returns:
        The text; every flag holds ``field_text(record, flag.field)[flag.start:flag.end] == flag.quote``.
    """
    if field == "status_links":
        return SEPARATOR.join(" ".join(filter(None, (s.kind, s.target, s.note))) for s in record.status_links)
    value = getattr(record, field)
    return SEPARATOR.join(value) if isinstance(value, tuple) else str(value or "")

"""Insert-or-leave and insert-or-update, the same words for SQLite and PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Insert, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

# SQLite takes 32,766 values in one statement.
MOST_VALUES = 30_000

_REFUSED = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """Text without what PostgreSQL refuses: NUL and lone surrogates."""
    return _REFUSED.sub("\ufffd", text)


def batches(rows: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    """The rows in portions that fit into one statement."""
    if rows:
        size = max(1, MOST_VALUES // len(rows[0]))
        for start in range(0, len(rows), size):
            yield rows[start : start + size]


def insert_or_leave(session: Session, model: type[DeclarativeBase], rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows that are not there yet; leave the others as they are."""
    for batch in batches(rows):
        session.execute(_insert(session, model).values(list(batch)).on_conflict_do_nothing())


def insert_new(
    session: Session, model: type[DeclarativeBase], rows: Sequence[dict[str, Any]], *returning: Any
) -> list[Any]:
    """Insert the rows that are not there yet and return ``returning`` of those alone."""
    found: list[Any] = []
    for batch in batches(rows):
        statement = _insert(session, model).values(list(batch)).on_conflict_do_nothing().returning(*returning)
        found.extend(session.execute(statement))
    return found


def insert_or_update(
    session: Session, model: type[DeclarativeBase], rows: Sequence[dict[str, Any]], key: Sequence[str]
) -> None:
    """Insert the rows; where ``key`` is taken, set the other columns anew. Keys in ``rows`` do not repeat."""
    for batch in batches(rows):
        statement = _insert(session, model).values(list(batch))
        new = {name: statement.excluded[name] for name in batch[0] if name not in key}
        session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=new))


def _insert(session: Session, model: type[DeclarativeBase]) -> Any:
    table = model.__table__
    assert isinstance(table, Table)
    made: Insert = postgresql.insert(table) if session.get_bind().dialect.name == "postgresql" else sqlite.insert(table)
    return made

"""Insert-or-leave and insert-or-update, the same words for SQLite and PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

_REFUSED = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """Text without what PostgreSQL refuses: NUL and lone surrogates."""
    return _REFUSED.sub("\ufffd", text)


def insert_or_leave(session: Session, model: type[DeclarativeBase], rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows that are not there yet; leave the others as they are."""
    if rows:
        session.execute(_insert(session, model).on_conflict_do_nothing(), rows)


def insert_new(
    session: Session, model: type[DeclarativeBase], rows: Sequence[dict[str, Any]], *returning: Any
) -> list[Any]:
    """Insert the rows that are not there yet and return ``returning`` of those alone."""
    if not rows:
        return []
    statement = _insert(session, model).on_conflict_do_nothing().returning(*returning)
    return list(session.execute(statement, rows))


def insert_or_update(
    session: Session, model: type[DeclarativeBase], rows: Sequence[dict[str, Any]], key: Sequence[str]
) -> None:
    """Insert the rows; where ``key`` is taken, set the other columns anew."""
    if rows:
        statement = _insert(session, model)
        new = {name: statement.excluded[name] for name in rows[0] if name not in key}
        session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=new), rows)


def _insert(session: Session, model: type[DeclarativeBase]) -> Any:
    """The dialect's own INSERT; rows are handed over beside it, so that it is compiled once."""
    table = model.__table__
    assert isinstance(table, Table)
    return postgresql.insert(table) if session.get_bind().dialect.name == "postgresql" else sqlite.insert(table)

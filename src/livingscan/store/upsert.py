"""Insert-or-leave and insert-or-update, the same words for SQLite and PostgreSQL.

All rows of a call have the same columns. PostgreSQL gets them column by column, as arrays in one statement: half
the work, on both sides of the wire, of a statement a row. SQLite's driver gets bare tuples. Statements are
compiled once: that, and SQLAlchemy's own way with many rows, would cost as much as inserting them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, ColumnElement, Dialect, Table, any_, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session
from sqlalchemy.types import TypeEngine

_REFUSED = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """Text without what PostgreSQL refuses: NUL and lone surrogates."""
    return text if text.isprintable() else _REFUSED.sub("\ufffd", text)


def insert_or_leave(session: Session, model: type[DeclarativeBase], rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows that are not there yet; leave the others as they are."""
    _send(session, model, rows, key=())


def insert_or_update(
    session: Session, model: type[DeclarativeBase], rows: Sequence[dict[str, Any]], key: Sequence[str]
) -> None:
    """Insert the rows; where ``key`` is taken, set the other columns anew. Of rows with one key the last counts."""
    last = {tuple(row[name] for name in key): row for row in rows}
    _send(session, model, list(last.values()), key=tuple(key))


def insert_new(
    session: Session, model: type[DeclarativeBase], rows: Sequence[dict[str, Any]], *returning: Any
) -> list[Any]:
    """Insert the rows that are not there yet and return ``returning`` of those alone."""
    if not rows:
        return []
    dialect = session.get_bind().dialect
    statement = _insert(dialect, model, tuple(rows[0])).on_conflict_do_nothing().returning(*returning)
    return list(session.execute(statement, rows if dialect.name == "sqlite" else _columns(rows)))


def among(session: Session, column: InstrumentedAttribute[str], values: Sequence[str]) -> ColumnElement[bool]:
    """``column`` holds one of ``values``: one parameter however many there are, so that the statement stays one."""
    if session.get_bind().dialect.name == "sqlite":
        listed = func.json_each(bindparam("among", values, JSON, unique=True)).table_valued("value")
        return column.in_(select(listed.c.value))
    return column == any_(bindparam("among", values, postgresql.ARRAY(column.type), unique=True))


def _send(session: Session, model: type[DeclarativeBase], rows: Sequence[dict[str, Any]], key: tuple[str, ...]) -> None:
    if not rows:
        return
    connection = session.connection()
    columns = _columns(rows)
    sql, order = _sql(connection.dialect, model, tuple(columns), key)
    types = model.__table__.c
    values = {name: _prepared(types[name].type, columns[name], connection.dialect) for name in columns}
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(sql, list(zip(*(values[name] for name in order), strict=True)))
    else:
        connection.exec_driver_sql(sql, values)


@lru_cache(maxsize=64)
def _sql(
    dialect: Dialect, model: type[DeclarativeBase], names: tuple[str, ...], key: tuple[str, ...]
) -> tuple[str, Sequence[str]]:
    """INSERT of these columns that updates where ``key`` is taken; no key: leaves what is there.

    With it comes the order of its parameters, where they go by place (SQLite).
    """
    statement = _insert(dialect, model, names)
    if key:
        new = {name: statement.excluded[name] for name in names if name not in key}
        statement = statement.on_conflict_do_update(index_elements=list(key), set_=new)
    else:
        statement = statement.on_conflict_do_nothing()
    compiled = statement.compile(dialect=dialect)
    return str(compiled), compiled.positiontup or ()


def _insert(dialect: Dialect, model: type[DeclarativeBase], names: tuple[str, ...]) -> Any:
    table = model.__table__
    assert isinstance(table, Table)
    if dialect.name == "sqlite":
        return sqlite.insert(table).values({name: bindparam(name) for name in names})
    arrays = [bindparam(name, type_=postgresql.ARRAY(table.c[name].type)) for name in names]
    values = func.unnest(*arrays).table_valued(*names).render_derived()
    return postgresql.insert(table).from_select(list(names), select(*values.c))


def _columns(rows: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def _prepared(kind: TypeEngine[Any], values: list[Any], dialect: Dialect) -> list[Any]:
    """A column's values as the driver wants them; one that is the same in all rows is worked out once."""
    prepare = kind.dialect_impl(dialect).bind_processor(dialect)
    if prepare is None:
        return values
    if all(value is values[0] for value in values):
        return [prepare(values[0])] * len(values)
    return [prepare(value) for value in values]

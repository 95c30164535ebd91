"""The store: one engine, sessions that read and sessions that write, and the way to the newest schema."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, inspect, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from livingscan.errors import NoDatabaseError, StateError
from livingscan.settings import settings
from livingscan.store import address

BUSY_SECONDS = 60
POSTGRESQL_DISK_FULL = "53100"  # SQLSTATE


def open_store(url: str | None = None) -> Store:
    """Open the review's database.

    Args:
        url: an SQLAlchemy URL of SQLite or PostgreSQL; None: as the settings say.

    Raises:
        UserError: the URL is not one of these.
    """
    parsed = address.parse(url or settings().database())
    engine = create_engine(parsed, pool_pre_ping=parsed.get_backend_name() == "postgresql")
    _say_what_to_do(engine)
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    else:
        _prepare_postgresql(engine)
    return Store(engine)


def _prepare_postgresql(engine: Engine) -> None:
    """Arrays travel in binary form: escaping a page of abstracts as text costs more than inserting it."""
    from psycopg.types.array import ListBinaryDumper  # here: those who use SQLite need not wait for it

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        connection.adapters.register_dumper(list, ListBinaryDumper)


def _prepare_sqlite(engine: Engine) -> None:
    """WAL, foreign keys, patience; and writers that queue up at BEGIN rather than fail in the middle."""

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        cursor = connection.cursor()
        try:
            cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = NORMAL")
            cursor.execute("PRAGMA foreign_keys = ON")
            cursor.execute("PRAGMA cache_size = -65536")
            cursor.execute("PRAGMA wal_autocheckpoint = 4000")  # every fourth page of records, not every one
        except sqlite3.DatabaseError as error:
            _foresee(engine, error)
            raise
        finally:
            cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("livingscan_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _say_what_to_do(engine: Engine) -> None:
    """Have the database's own troubles said in one line, at whatever statement they come up."""

    @event.listens_for(engine, "handle_error")
    def failed(context: ExceptionContext) -> None:
        _foresee(engine, context.original_exception)
        if context.connection is None:  # none was to be had
            raise _unreachable(engine, context.original_exception) from context.original_exception


def _unreachable(engine: Engine, error: BaseException | None) -> StateError:
    reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
    return StateError(f"the database {address.shown(engine.url)} cannot be reached: {reason}")


def _foresee(engine: Engine, error: BaseException) -> None:
    """Raise StateError, with what to do, where the database says that its file or its disk is not as needed."""
    where = address.shown(engine.url)
    code = getattr(error, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_FULL or getattr(error, "sqlstate", None) == POSTGRESQL_DISK_FULL:
        raise StateError(f"the disk of the database {where} is full: make room, then run the command again") from error
    if code is None:
        return
    file = engine.url.database
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        raise StateError(
            f"the database {file} is damaged ({error}): put a backup in its place, or name another"
        ) from error
    if code & 0xFF in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        raise StateError(
            f"the database {file} cannot be opened for writing ({error}): mend its folder's rights, or name another"
        ) from error


class Store:
    """The review's database. SQLAlchemy objects never leave :mod:`livingscan.store`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = engine.execution_options(livingscan_write=True)
        self._file = Path(str(engine.url.database)) if engine.dialect.name == "sqlite" else None

    @property
    def where(self) -> str:
        """The database's address, fit to be shown."""
        return address.shown(self.engine.url)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one state of the database and writes nothing."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose work is committed as one when the block ends, or not at all."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Let one process at a time do what ``name`` names; the others wait. A dead process holds no lock."""
        if self.engine.dialect.name == "postgresql":
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("SELECT pg_advisory_lock(hashtext(:name))"), {"name": f"livingscan-{name}"})
                try:
                    yield
                finally:
                    connection.execute(
                        text("SELECT pg_advisory_unlock(hashtext(:name))"), {"name": f"livingscan-{name}"}
                    )
            return
        with Path(f"{self.engine.url.database}.{name}.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def migrate(self) -> None:
        """Bring the schema to the newest version; does nothing where it is. Raises StateError where it cannot."""
        from livingscan.store.schema import current, refuse_newer, upgrade

        try:
            if self._file:
                self._file.parent.mkdir(parents=True, exist_ok=True)
            # From the first look at the version to the last script: Alembic itself commits after each of them.
            with self.lock("migrations"):
                refuse_newer(current(self.engine))
                upgrade(self.engine)
        except OperationalError as error:
            raise _unreachable(self.engine, error.orig) from error

    def check(self) -> None:
        """Raise StateError, with what to do, unless the database is there and its schema the newest."""
        from livingscan.store.schema import current, newest, refuse_newer

        if self._file and not self._file.exists():
            raise NoDatabaseError(f"there is no database {self._file} yet: run `livingscan init` first")
        try:
            have = current(self.engine) if inspect(self.engine).has_table("alembic_version") else None
        except OperationalError as error:
            raise _unreachable(self.engine, error.orig) from error
        if have is None:
            raise NoDatabaseError("the database is empty: run `livingscan init` first")
        refuse_newer(have)
        if have != newest():
            raise StateError(f"the database's schema is {have}, this version needs {newest()}: run `livingscan init`")

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

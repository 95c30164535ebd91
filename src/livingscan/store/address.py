"""The database's address: what is taken as one, and how it is shown, never with a password."""

from __future__ import annotations

import re

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from livingscan.errors import UserError
from livingscan.tidy import one_line

NAME = "LIVINGSCAN_DATABASE_URL"
_HOW = "write sqlite:///FILE or postgresql://USER@HOST/NAME"
_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_SECRET = re.compile(r"pass|pwd|secret|token|key", re.I)


def parse(text: str) -> URL:
    """The address as SQLAlchemy takes it.

    An address of which one cannot tell where the password ends is refused: parts of it would be taken for the
    host, and shown.

    Raises:
        UserError: it is no address of SQLite or PostgreSQL; the message holds nothing of what could be a password.
    """
    rest = text.partition("://")[2]
    try:
        address = make_url(text)
        driver = _DRIVERS.get(address.drivername)
    except (ArgumentError, ValueError) as error:  # the latter for a port that is no number
        why = "its host or port cannot be read" if isinstance(error, ValueError) else "it has no known form"
        raise UserError(f"{NAME} is not a database address ({why}): {_HOW}") from None
    if driver is None:
        raise UserError(f"{NAME} names {one_line(address.drivername)}; livingscan knows sqlite and postgresql: {_HOW}")
    if driver == "sqlite":
        if address.host or address.username or address.password or address.port:
            raise UserError(f"{NAME}: an SQLite database is a file of this machine; write sqlite:///FILE")
        if address.database in (None, "", ":memory:"):
            raise UserError("an SQLite database in memory would be lost at once; write sqlite:///FILE")
    elif re.search(r"[/?#@]", rest.rpartition("@")[0]):
        raise UserError(f"{NAME}: write the signs @ / ? # within names, passwords and values as %40 %2F %3F %23")
    return address.set(drivername=driver)


def shown(address: URL) -> str:
    """The address for people and logs: whatever could be a password is starred out.

    Args:
        address: one from :func:`parse`.
    """
    open_to_all = {name: "***" if _SECRET.search(name) else value for name, value in address.query.items()}
    return one_line(address.set(query=open_to_all).render_as_string(hide_password=True)).replace("%2A%2A%2A", "***")

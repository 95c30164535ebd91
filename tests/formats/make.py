"""Invented records and small helpers for the tests of the readers."""

from livingscan.formats import read_bytes
from livingscan.records import Fetched, Record, Unreadable


def read(text: str | bytes, name: str | None = None, database: str = "") -> list[Fetched | Unreadable]:
    """Everything read from a text."""
    data = text.encode() if isinstance(text, str) else text
    return list(read_bytes(data, "file.txt", name=name, database=database))


def records(text: str | bytes, name: str | None = None, database: str = "") -> list[Record]:
    """The records of a text of which every entry must be readable."""
    items = read(text, name, database)
    bad = [item for item in items if isinstance(item, Unreadable)]
    assert not bad, bad
    return [item.record for item in items if isinstance(item, Fetched)]


def record(text: str | bytes, name: str | None = None, database: str = "") -> Record:
    """The one record of a text."""
    (only,) = records(text, name, database)
    return only

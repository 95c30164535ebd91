"""JSON Lines as ``livingscan convert`` writes them: one record a line."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator
from typing import Any

from livingscan.formats.draft import Origin
from livingscan.formats.rows import COLUMNS, LISTS, record_from_row
from livingscan.records import Fetched, Record, Unreadable, record_from_dict

_FULL = frozenset(field.name for field in dataclasses.fields(Record)) - set(COLUMNS)
_OURS = _FULL | set(COLUMNS)


def is_record(value: Any) -> bool:
    """Whether a JSON value is one of our records: a title and at least two more of our columns, in our types.

    The answers of services have some of the same names, but with objects or lists where we have texts.
    """
    if not isinstance(value, dict) or "title" not in value or len(value.keys() & set(COLUMNS)) <= 2:
        return False
    if not (value.keys() <= _OURS or {"source", "source_id"} <= value.keys() or "authors" in value):
        return False
    return all(
        not isinstance(held, dict)
        and (not isinstance(held, list) or (name in LISTS and all(isinstance(item, str) for item in held)))
        for name in COLUMNS
        if name != "status_links" and (held := value.get(name)) is not None
    )


def read(lines: Iterable[str], origin: Origin) -> Iterator[Fetched | Unreadable]:
    """Read JSON Lines.

    Args:
        lines: of the text. origin: the file.

    Yields:
        Every line as a record, or as Unreadable with file, line and reason.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{origin.where}:{number}"
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as problem:
            yield Unreadable(where, f"not JSON: {problem}", line)
            continue
        if not isinstance(value, dict) or not value.keys() & set(COLUMNS):
            yield Unreadable(where, "no record: an object with source, title, ... was expected", line)
            continue
        yield Fetched(_record({"source": origin.database or origin.format, **value}), line)


def _record(value: dict[str, Any]) -> Record:
    """The record, with the fields beyond our columns too where they are as we write them."""
    if value.keys() & _FULL:
        try:
            return record_from_dict(value)
        except (TypeError, ValueError, AttributeError):
            pass
    return record_from_row(value)

"""Small helpers for reading JSON answers whose fields may be missing, null, single or listed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from livingscan.errors import DataError
from livingscan.formats.dates import parse_date
from livingscan.records import Fetched, PartialDate, Record, Unreadable

# What a reader may run into when an entry has another form than it should.
MISFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)


def string(value: object) -> str:
    """Text of a string or number; "" for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def strings(value: object) -> list[str]:
    """Every string in a list, or the one string itself; empty ones dropped."""
    return [text for item in listed(value) if (text := string(item))]


def listed(value: object) -> list[Any]:
    """A list as it is, None as an empty one, anything else as a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def mapping(value: object) -> Mapping[str, Any]:
    """A JSON object as it is; anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[Mapping[str, Any]]:
    """Every JSON object in a list, or the one object itself."""
    return [item for item in listed(value) if isinstance(item, dict)]


def within(value: object, *path: str) -> Any:
    """The value at the end of a path of keys, or None where it breaks off."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def number(value: object) -> int | None:
    """A whole number given as number or digits; None for anything else."""
    try:
        return int(string(value).replace(",", ""))
    except ValueError:
        return None


def day_or_year(text: str) -> PartialDate | None:
    """A full date, of which 1 January stands for the year alone: sources that know no more write it so."""
    found = parse_date(text)
    if found and (found.month, found.day) == (1, 1):
        return PartialDate(found.year)
    return found


def load(body: str | bytes) -> Any:
    """A body as JSON.

    Raises:
        DataError: it is not.
    """
    try:
        return json.loads(body, strict=False)
    except (ValueError, RecursionError):
        text = body if isinstance(body, str) else body[:200].decode("utf-8", "replace")
        raise DataError(f"this is not JSON: “{' '.join(text[:120].split())}”") from None


def dump(item: object) -> str:
    """One entry as the raw text that is kept with its record."""
    return json.dumps(item, ensure_ascii=False, separators=(",", ":"))


def read_each(
    items: Iterable[object], read: Callable[[Mapping[str, Any]], Record], name: str, id_key: str = "id"
) -> Iterator[Fetched | Unreadable]:
    """Read every entry; one that cannot be read is handed on raw and costs no other.

    Args:
        items: the entries. read: makes a record of one.
        name: of the source, for messages. id_key: where an entry's id stands.
    """
    for position, item in enumerate(items, start=1):
        raw = dump(item)
        if not isinstance(item, dict):
            yield Unreadable(f"{name}, entry {position}", "not a JSON object", raw)
            continue
        try:
            yield Fetched(read(item), raw)
        except MISFORMED as problem:
            known = string(item.get(id_key))
            where = f"{name} {known}" if known else f"{name}, entry {position}"
            yield Unreadable(where, f"unexpected form ({type(problem).__name__}: {problem})"[:300], raw, known)

"""Records from a CSV file: id, title, authors, year, journal, volume, number, pages, doi, abstract ..."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from livingscan.dedupe.item import Item, item_from_row
from livingscan.errors import DataError, UserError
from livingscan.formats.opening import encoding_of, head_of, open_bytes, refuse_foreign, text_of

NEEDED = ("id", "title")
_LONGEST_FIELD = 2**31 - 1  # characters


def read_table(path: Path) -> Iterator[Item]:
    """The records of a CSV file, packed with gzip or zip or not, separated by commas, semicolons or tabs.

    Args:
        path: the file, in UTF-8, UTF-16 or Windows-1252. Its first line names the columns; ``id`` and
            ``title`` are needed, the rest may be absent. NUL characters are left out.

    Raises:
        UserError: where the file is absent, lacks a needed column, repeats an id or has a row without
            one; the message names the line. DataError: where it is empty or damaged.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        with open_bytes(path) as stream:
            head = head_of(stream)
            refuse_foreign(head, str(path))
            text = text_of(stream, encoding_of(head))
            yield from _items(path, (line.replace("\0", "") for line in text))
    except csv.Error as error:
        raise DataError(f"{path}: cannot be read as CSV ({error}); save it anew as CSV with UTF-8") from error


def columns_in(first_line: str) -> tuple[str, list[str]]:
    """(separator, names of the columns in lower case) of a table's first line."""
    line = first_line.removeprefix("\ufeff")
    separator = max(",;\t", key=line.count)
    return separator, [name.strip().lower() for name in next(csv.reader([line], delimiter=separator), [])]


def _items(path: Path, lines: Iterator[str]) -> Iterator[Item]:
    first = next((line for line in lines if line.strip()), "")
    separator, header = columns_in(first)
    missing = [name for name in NEEDED if name not in header]
    if missing:
        found = ", ".join(header)
        raise UserError(
            f"{path}: no column called {' or '.join(missing)} (found: {found[:200]}); name it in the first line"
        )
    reader = csv.reader(chain([first.removeprefix("\ufeff")], lines), delimiter=separator)
    next(reader)
    seen: set[str] = set()
    for row in reader:
        if not any(row):
            continue
        item = item_from_row(dict(zip(header, row, strict=False)))
        if not item.id:
            raise UserError(f"{path}, line {reader.line_num}: this row has no id; give each record one")
        if item.id in seen:
            raise UserError(
                f"{path}, line {reader.line_num}: the id {item.id[:80]!r} occurs a second time; ids must differ"
            )
        seen.add(item.id)
        yield item

"""Records from a CSV file: id, title, authors, year, journal, volume, number, pages, doi, abstract ..."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from livingscan.dedupe.item import Item, item_from_row
from livingscan.errors import UserError
from livingscan.formats.opening import head_of, lines_of, open_bytes, refuse_foreign
from livingscan.formats.table import rows_of

NEEDED = ("id", "title")


def read_table(path: Path) -> Iterator[Item]:
    """The records of a CSV file, packed with gzip or zip or not, separated by commas, semicolons or tabs.

    Args:
        path: the file, in UTF-8, UTF-16 or Windows-1252. Its first line names the columns; ``id`` and
            ``title`` are needed, the rest may be absent. NUL characters are left out.

    Raises:
        UserError: where the file is absent, lacks a needed column, repeats an id or has a row without
            one; the message names the line. DataError: where it is empty or damaged.
    """
    with open_bytes(path) as stream:
        refuse_foreign(head_of(stream), str(path))
        yield from _items(path, lines_of(stream, str(path)))


def columns_in(first_line: str) -> tuple[str, list[str]]:
    """(separator, names of the columns in lower case) of a table's first line."""
    line = first_line.removeprefix("\ufeff")
    separator = max(",;\t", key=line.count)
    return separator, [name.strip().lower() for name in next(csv.reader([line], delimiter=separator), [])]


def is_head(line: str) -> bool:
    """Whether a line may name the columns: a blank one and Excel's "sep=;" do not."""
    return bool(line.strip()) and not line.lower().startswith("sep=")


def _items(path: Path, lines: Iterator[str]) -> Iterator[Item]:
    before, first = next(((number, line) for number, line in enumerate(lines, 1) if is_head(line)), (0, ""))
    separator, header = columns_in(first)
    missing = [name for name in NEEDED if name not in header]
    if missing:
        found = ", ".join(header)
        raise UserError(
            f"{path}: no column called {' or '.join(missing)} (found: {found[:200]}); name it in the first line"
        )
    seen: set[str] = set()
    for row in rows_of(lines, separator):
        if not any(row.cells):
            continue
        item = item_from_row(dict(zip(header, row.cells, strict=False)))
        if not item.id:
            raise UserError(f"{path}, line {before + row.line}: this row has no id; give each record one")
        if item.id in seen:
            raise UserError(
                f"{path}, line {before + row.line}: the id {item.id[:80]!r} occurs a second time; ids must differ"
            )
        seen.add(item.id)
        yield item

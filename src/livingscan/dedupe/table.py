"""Records from a CSV file with the columns id, title, authors, year, journal, volume, number, pages, doi, abstract ..."""

from __future__ import annotations

import csv
import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

from livingscan.dedupe.item import Item, item_from_row
from livingscan.errors import UserError

NEEDED = ("id", "title")
_LONGEST_FIELD = 100_000_000  # characters


def is_gzip(path: Path) -> bool:
    """True where the file begins as gzip does, whatever its name."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def open_text(path: Path) -> io.TextIOWrapper:
    """The file as UTF-8 text, unpacked where it is gzip. Undecodable bytes become U+FFFD.

    Raises:
        UserError: where the file is UTF-16 or UTF-32, which this reader does not take.
    """
    raw = gzip.open(path, "rb") if is_gzip(path) else path.open("rb")
    head = raw.peek(4)[:4]
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        raw.close()
        raise UserError(f"{path}: this is UTF-16 or UTF-32 text; save it as UTF-8 and try again")
    return io.TextIOWrapper(raw, encoding="utf-8-sig", errors="replace", newline="")  # type: ignore[arg-type]


def read_table(path: Path) -> Iterator[Item]:
    """The records of a CSV file, packed with gzip or not, separated by commas, semicolons or tabs.

    Args:
        path: the file. Its first line names the columns; ``id`` and ``title`` are needed, the rest
            may be absent. NUL characters are left out.

    Raises:
        UserError: where the file is empty, lacks a needed column, repeats an id or has a row without
            one, or is damaged; the message names the line.
    """
    csv.field_size_limit(min(_LONGEST_FIELD, sys.maxsize))
    seen: set[str] = set()
    with open_text(path) as file:
        try:
            lines = (line.replace("\0", "") for line in file)
            first = next(lines, "")
            if not first.strip():
                raise UserError(f"{path}: the file is empty; it needs a first line with column names")
            separator = max(",;\t", key=first.count)
            reader = csv.reader(_chain(first, lines), delimiter=separator)
            header = [name.strip().lower() for name in next(reader)]
            missing = [name for name in NEEDED if name not in header]
            if missing:
                raise UserError(
                    f"{path}: no column called {' or '.join(missing)} (found: {', '.join(header)[:200]}); name it in the first line"
                )
            for row in reader:
                if not any(row):
                    continue
                item = item_from_row(dict(zip(header, row, strict=False)))
                if not item.id:
                    raise UserError(f"{path}, line {reader.line_num}: this row has no id; give each record one")
                if item.id in seen:
                    raise UserError(f"{path}, line {reader.line_num}: the id {item.id!r} occurs a second time; ids must differ")
                seen.add(item.id)
                yield item
        except csv.Error as error:
            raise UserError(f"{path}: cannot be read as CSV ({error}); save it anew as CSV with UTF-8") from error
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise UserError(f"{path}: the gzip file is damaged or cut short ({error}); fetch it again") from error


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest

"""CSV and TSV with any database's headers, and the rows of a workbook: one row, one record."""

from __future__ import annotations

import csv
import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from livingscan.errors import DataError
from livingscan.formats.columns import draft_of
from livingscan.formats.draft import Origin
from livingscan.formats.entries import LARGEST_ENTRY
from livingscan.formats.headers import fields_of, is_header, source_of_headers, squash
from livingscan.formats.rows import COLUMNS, LISTS, record_from_row
from livingscan.records import Fetched, Unreadable

csv.field_size_limit(2**31 - 1)

_LOOK = 60  # rows in which the header is looked for
_STRAY = 40  # lines in one row, beyond which a quote that nobody closed is suspected
_PAGE_BREAK = re.compile(r"^(?:search query|page \d+|-{3,}|_{3,}|\f|citations that are not yet labeled)", re.I)
_ESCAPED = re.compile(r"^'+[=+\-@\t\r\n＝＋－＠]")


@dataclass(slots=True)
class Row:
    """Cells as read, the line they start at, and their own text."""

    cells: list[str]
    line: int
    raw: str


def read(lines: Iterable[str], origin: Origin) -> Iterator[Fetched | Unreadable]:
    """Read a table of records.

    Args:
        lines: of the text. origin: the file.

    Yields:
        Every row as a record, or as Unreadable with file, line and reason.
    """
    lines = iter(lines)
    head = [line for _, line in zip(range(_LOOK), lines, strict=False)]
    mark = delimiter_of(head)
    yield from read_rows(rows_of(chain(head, lines), mark), origin)


def delimiter_of(head: Sequence[str]) -> str:
    """The delimiter under which the first lines have the best header row."""

    def fit(mark: str) -> tuple[int, bool]:
        rows = list(rows_of(head, mark))
        return max((is_header(row.cells) for row in rows), default=0), _is_upright(rows)

    return max(",;\t|", key=fit)


def header_line(head: Sequence[str]) -> int | None:
    """The line (from 1) of the header row in the first lines of a text; None where they are no table of records."""
    rows = list(rows_of(head, delimiter_of(head)))
    index = _header(rows)
    if index is not None:
        return rows[index].line
    return 1 if _is_upright(rows) else None


def _header(rows: Sequence[Row]) -> int | None:
    """Which row is the header row: the first of those with the most headers that we know."""
    sizes = [is_header(row.cells) for row in rows]
    return sizes.index(max(sizes)) if any(sizes) else None


def rows_of(lines: Iterable[str], mark: str) -> Iterator[Row]:
    """Cut text into rows. A quote that is never closed costs its own line its quotes, and no other row anything.

    Raises:
        DataError: a cell is larger than any record.
    """
    lines = iter(lines)
    waiting: deque[str] = deque()
    taken: list[str] = []
    too_large = False

    def feed() -> Iterator[str]:
        nonlocal too_large
        size = 0
        while (line := waiting.popleft() if waiting else next(lines, None)) is not None:
            size = size + len(line) if taken else len(line)
            if too_large := size > LARGEST_ENTRY:
                waiting.appendleft(line)
                return
            taken.append(line)
            yield line + "\n"

    reader, at, usual = csv.reader(feed(), delimiter=mark), 1, 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = []
        if len(taken) > 1 and _is_stray(cells, taken, mark, usual):
            waiting.extendleft(reversed(taken[1:]))
            del taken[1:]
            reader = csv.reader(feed(), delimiter=mark)
            cells = [cell.strip('"') for cell in taken[0].split(mark)]
        elif too_large:
            raise DataError("a row is larger than any record: is a quote never closed?")
        yield Row(cells, at, "\n".join(taken))
        at, usual = at + len(taken), len(cells)
        taken.clear()


def _is_stray(cells: Sequence[str], taken: Sequence[str], mark: str, usual: int) -> bool:
    """Whether one cell has swallowed whole rows: most of its lines hold as many delimiters as a row.

    That is asked where quotes are odd in number, cells are not as many as in the row before, or lines too many.
    """
    odd = sum(text.count('"') for text in taken) % 2
    if not odd and len(cells) == usual and len(taken) <= _STRAY:
        return False
    need = max(2, (usual or len(cells)) - 1)
    return sum(text.count(mark) >= need for text in taken) * 2 > len(taken)


def read_rows(rows: Iterable[Row], origin: Origin) -> Iterator[Fetched | Unreadable]:
    """Rows of a table as records: what stands before the header row is a preamble.

    Args:
        rows: of a text or a worksheet. origin: the file.
    """
    rows = iter(rows)
    head = [row for _, row in zip(range(_LOOK), rows, strict=False)]
    index = _header(head)
    if index is None:
        if _is_upright(head):
            yield from _read_upright(chain(head, rows), origin)
        elif any(cell.strip() for row in head for cell in row.cells):
            first = next(row for row in head if any(cell.strip() for cell in row.cells))
            yield Unreadable(f"{origin.where}:{first.line}", "no row of known column headers", first.raw)
        return
    header = [cell.strip() for cell in head[index].cells]
    source = source_of_headers(header)
    for row in chain(head[index + 1 :], rows):
        cells = [cell.strip() for cell in row.cells]
        if not any(cells) or cells == header:
            continue
        if header != list(COLUMNS) and _PAGE_BREAK.match(cells[0]) and not any(cells[2:]):
            continue
        yield _read_row(header, source, row, origin)


def _read_row(header: list[str], source: str, row: Row, origin: Origin) -> Fetched | Unreadable:
    if any(cell.strip() for cell in row.cells[len(header) :]):
        reason = f"the row has {len(row.cells)} cells, the header {len(header)}"
        return Unreadable(f"{origin.where}:{row.line}", reason, row.raw)
    if header == list(COLUMNS):
        return Fetched(record_from_row(_own_row(header, row.cells)), row.raw)
    draft = draft_of(list(zip(header, row.cells, strict=False)), source)
    return draft.finish(origin, row.raw, row.line)


def _is_upright(rows: Sequence[Row]) -> bool:
    """Whether each line is a field, its name in the first cell (Embase's "fields by row")."""
    named = [row.cells[0] for row in rows if len(row.cells) > 1 and fields_of(row.cells[0])]
    return len(named) >= 4 and len(named) * 2 >= sum(any(row.cells) for row in rows) and "title" in map(squash, named)


def _read_upright(rows: Iterable[Row], origin: Origin) -> Iterator[Fetched | Unreadable]:
    """Entries of "fields by row": a new one at each repeat of the title."""
    entry: list[Row] = []
    for row in rows:
        if squash(row.cells[0] if row.cells else "") == "title" and any(squash(r.cells[0]) == "title" for r in entry):
            yield _finish_upright(entry, origin)
            entry = []
        if row.cells and (entry or fields_of(row.cells[0])):
            entry.append(row)
    if entry:
        yield _finish_upright(entry, origin)


def _finish_upright(entry: Sequence[Row], origin: Origin) -> Fetched | Unreadable:
    pairs = [(row.cells[0], "; ".join(cell for cell in row.cells[1:] if cell)) for row in entry]
    draft = draft_of(pairs, source_of_headers([name for name, _ in pairs]))
    return draft.finish(origin, "\n".join(row.raw for row in entry), entry[0].line)


def _own_row(header: Sequence[str], cells: Sequence[str]) -> dict[str, object]:
    """A row that ``convert --to csv`` wrote, with its escapes undone."""
    row: dict[str, object] = {}
    for name, cell in zip(header, cells, strict=False):
        text = cell[1:] if _ESCAPED.match(cell) else cell
        if name == "status_links":
            row[name] = _links(text)
        elif name in LISTS:
            row[name] = _list(text)
        else:
            row[name] = text
    return row


def _list(text: str) -> list[str]:
    if text.startswith('["'):
        try:
            value = json.loads(text)
            if isinstance(value, list):
                return [str(item) for item in value]
        except ValueError:
            pass
    return text.split("; ") if text else []


def _links(text: str) -> list[dict[str, str]]:
    parts = (part.partition(" ") for part in _list(text))
    return [{"kind": kind, "target": target} for kind, _, target in parts]

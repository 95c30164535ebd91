"""Excel workbooks: every sheet that has a header row of records."""

from __future__ import annotations

import csv
import datetime
import io
import logging
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl

from livingscan.errors import DataError
from livingscan.formats.draft import Origin
from livingscan.formats.headers import is_header
from livingscan.formats.opening import LARGEST_WHOLE
from livingscan.formats.table import Row, read_rows
from livingscan.records import Fetched, Unreadable

_LOG = logging.getLogger(__name__)


def is_workbook(path: Path) -> bool:
    """Whether a zip archive is an Excel workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def read(path: Path, origin: Origin) -> Iterator[Fetched | Unreadable]:
    """Read a workbook. Formulas stay the text they are; nothing in the file is ever calculated.

    Args:
        path: of the workbook. origin: the file.

    Yields:
        Every row of every sheet with a header row of records.

    Raises:
        DataError: it unpacks to too much, is damaged, or no sheet holds records.
    """
    _check_size(path)
    found = False
    for sheet, rows in _sheets(path):
        if not any(is_header(row.cells) for row in rows[:60]):
            _LOG.info("%s: sheet %s has no header row of records", origin.where, sheet)
            continue
        found = True
        where = origin.where
        origin.where = f"{where} [{sheet}]"
        yield from read_rows(rows, origin)
        origin.where = where
    if not found:
        raise DataError(f"{origin.where}: no sheet has a row of column headers that we know (Title, Authors, DOI, ...)")


def _check_size(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:  # what an entry says of its size is enforced while it is read
        if sum(entry.file_size for entry in archive.infolist()) > LARGEST_WHOLE:
            raise DataError(f"{path.name}: unpacks to more than {LARGEST_WHOLE >> 20} MB; save it as CSV")


def _sheets(path: Path) -> Iterator[tuple[str, list[Row]]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions, which are of no use here
            with path.open("rb") as stream:
                book = openpyxl.load_workbook(stream, read_only=True, data_only=False, keep_links=False)
                for sheet in book.worksheets:
                    sheet.reset_dimensions()
                    yield (
                        sheet.title,
                        [
                            _row(values, number)
                            for number, values in enumerate(sheet.iter_rows(values_only=True), start=1)
                        ],
                    )
    except DataError:
        raise
    except Exception as problem:  # openpyxl lets whatever its parsers raise pass through
        raise DataError(f"{path.name}: the workbook is damaged ({type(problem).__name__}: {problem})") from None


def _row(values: tuple[Any, ...], number: int) -> Row:
    cells = [_text(value) for value in values]
    while cells and not cells[-1]:
        cells.pop()
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return Row(cells or [""], number, line.getvalue())


def _text(value: Any) -> str:
    """A cell as text: whole numbers without ".0", dates as ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    return str(value)

"""The Retraction Watch database as the public CSV file gives it (Crossref, gitlab.com/crossref/retraction-watch-data).

Columns used: Record ID, Title, RetractionDate, RetractionDOI, RetractionPubMedID, OriginalPaperDOI,
OriginalPaperPubMedID, RetractionNature (Retraction, Expression of concern, Correction, Reinstatement), Reason
("+Error in Data;+..."). "unavailable" and 0 stand for none. Dates are written month/day/year.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from livingscan.errors import DataError, UserError
from livingscan.records import normalise_doi, normalise_pmid, one_line

NEEDED = ("OriginalPaperDOI", "OriginalPaperPubMedID", "RetractionNature")
_KINDS = (
    ("reinstat", "reinstatement"),
    ("retract", "retraction"),
    ("concern", "concern"),
    ("correct", "correction"),
    ("errat", "correction"),
)
_LONGEST_FIELD = 10_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One notice: ``kind``, the paper it is about, the notice itself; "" where it is not told."""

    kind: str
    doi: str
    pmid: str
    notice_doi: str
    notice_pmid: str
    day: str
    reason: str
    number: str


def read(path: Path) -> Iterator[Row]:
    """Read the file as a stream.

    Args:
        path: the CSV file, in UTF-8 or Latin-1.

    Yields:
        Every row whose nature is known and that names its paper.

    Raises:
        UserError: no such file. DataError: it is not this file, or it is broken off.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file; it is found at gitlab.com/crossref/retraction-watch-data")
    csv.field_size_limit(_LONGEST_FIELD)
    with _text(path) as stream:
        reader = csv.DictReader(stream)
        try:
            names = {name.strip(): name for name in reader.fieldnames or ()}
            lacking = [name for name in NEEDED if name not in names]
            if lacking:
                raise DataError(f"{path}: not the Retraction Watch file: it lacks the column {', '.join(lacking)}")
            for values in reader:
                row = _row({short: values.get(long) or "" for short, long in names.items()})
                if row:
                    yield row
        except csv.Error as error:
            raise DataError(f"{path}, line {reader.line_num}: broken CSV: {error}") from error


def _text(path: Path) -> io.TextIOWrapper:
    """The file as text; a byte that is no UTF-8 makes the whole file Latin-1, as some versions were."""
    try:
        with path.open(encoding="utf-8-sig") as trial:
            while trial.read(1 << 20):
                pass
        return path.open(encoding="utf-8-sig", newline="")
    except UnicodeDecodeError:
        return path.open(encoding="latin-1", newline="")


def _row(values: dict[str, str]) -> Row | None:
    nature = values["RetractionNature"].lower()
    kind = next((kind for words, kind in _KINDS if words in nature), "")
    doi, pmid = normalise_doi(values["OriginalPaperDOI"]), normalise_pmid(values["OriginalPaperPubMedID"])
    if not kind or not (doi or pmid):
        return None
    reasons = [one_line(part.strip().lstrip("+")) for part in values.get("Reason", "").split(";")]
    return Row(
        kind,
        doi,
        pmid,
        normalise_doi(values.get("RetractionDOI", "")),
        normalise_pmid(values.get("RetractionPubMedID", "")),
        _day(values.get("RetractionDate", "")),
        "; ".join(part for part in reasons if part),
        one_line(values.get("Record ID", "")),
    )


def _day(text: str) -> str:
    found = re.match(r"(\d{1,2})/(\d{1,2})/(\d{4})\b", text.strip())
    if found:
        try:
            return date(int(found[3]), int(found[1]), int(found[2])).isoformat()
        except ValueError:
            return ""
    found = re.match(r"\d{4}-\d{2}-\d{2}", text.strip())
    return found.group() if found else ""

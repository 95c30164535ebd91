"""The Retraction Watch database as the public CSV file gives it (Crossref, gitlab.com/crossref/retraction-watch-data).

Columns used: Record ID, Title, RetractionDate, RetractionDOI, RetractionPubMedID, OriginalPaperDOI,
OriginalPaperPubMedID, RetractionNature (Retraction, Expression of concern, Correction, Reinstatement), Reason
("+Error in Data;+..."). "unavailable" and 0 stand for none. Dates are written month/day/year.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from pathlib import Path
from urllib.parse import urlsplit

from livingscan.errors import DataError, UserError
from livingscan.formats.opening import encoding_of, head_of, open_bytes, text_of
from livingscan.records import normalise_doi, normalise_pmid
from livingscan.settings import Settings
from livingscan.sources.http import Http
from livingscan.tidy import one_line

NEEDED = ("OriginalPaperDOI", "OriginalPaperPubMedID", "RetractionNature")
_KINDS = (
    ("reinstat", "reinstatement"),
    ("retract", "retraction"),
    ("concern", "concern"),
    ("correct", "correction"),
    ("errat", "correction"),
)
_LONGEST_FIELD = 10_000_000
_PATIENCE = 1800.0  # seconds for some 70 MB


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


def way_out(settings: Settings) -> Http:
    """The way out for this file: it is large, and some lines are slow."""
    return Http.from_settings(settings, total_timeout=_PATIENCE)


@contextmanager
def at_hand(where: str, http: Http | None = None) -> Iterator[Path | None]:
    """The file, for the length of a with block: as it lies there, or fetched into a temporary folder.

    Args:
        where: "" for none; a path; or an address that begins with https:// or http://.
        http: the way out; None: one without a contact.

    Raises:
        SourceError: the address does not answer as it should. DataError: what came is cut off.
    """
    if not where.lower().startswith(("https://", "http://")):
        yield Path(where) if where else None
        return
    with tempfile.TemporaryDirectory(prefix="livingscan-") as folder:
        # The name is what people read in a message; what may be secret is after the question mark.
        path = Path(folder) / (re.sub(r"[^\w.-]+", "_", urlsplit(where).path.rpartition("/")[2]) or "retraction_watch")
        answer = (http or Http()).download(where, path, host_rate=1.0)
        framed = "content-length" in answer.headers or "transfer-encoding" in answer.headers
        if not framed and not _ends_whole(path):
            raise DataError(f"{answer.url}: what came is cut off: it does not end with a whole line")
        yield path


def _ends_whole(path: Path) -> bool:
    """Whether a file ends with a line end, or is packed and so tells by itself."""
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
        stream.seek(-1, io.SEEK_END)
        return packed or stream.read(1) in b"\r\n"


def read(path: Path) -> Iterator[Row]:
    """Read the file as a stream.

    Args:
        path: the CSV file, in UTF-8 or Latin-1; gzip is unpacked.

    Yields:
        Every row whose nature is known and that names its paper.

    Raises:
        UserError: no such file. DataError: it is not this file, or it is broken off.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file; it is found at gitlab.com/crossref/retraction-watch-data")
    csv.field_size_limit(_LONGEST_FIELD)
    with open_bytes(path) as stream:
        head = head_of(stream)
        if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
            raise DataError(f"{path.name}: a web page, not the Retraction Watch file")
        reader = csv.reader(text_of(stream, encoding_of(head)))
        try:
            names = [name.strip() for name in next(reader, [])]
            lacking = [name for name in NEEDED if name not in names]
            if lacking:
                raise DataError(f"{path.name}: not the Retraction Watch file: it lacks the column {', '.join(lacking)}")
            usual, length = 0, 0
            for fields in reader:
                usual, length = max(usual, length), len(fields) or length  # an empty line is no row
                row = _row(dict(zip_longest(names, fields[: len(names)], fillvalue="")))
                if row:
                    yield row
        except csv.Error as error:
            raise DataError(f"{path.name}, line {reader.line_num}: broken CSV: {error}") from error
    if length < usual:
        raise DataError(f"{path.name}, line {reader.line_num}: the file is cut off in the middle of a row")


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

"""Read any file that a bibliographic database or reference manager exports, and write our own.

One reader a format, each told apart by content. All give the same kind of record: see
:mod:`livingscan.formats.draft`. docs/file-formats.md lists what is read and how.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

from livingscan.errors import DataError, UserError
from livingscan.formats import (
    bibtex,
    csl,
    endnote_xml,
    jsonlines,
    medline,
    ovid,
    pubmed_text,
    pubmed_xml,
    refer,
    refworks,
    ris,
    table,
    workbook,
    wos,
)
from livingscan.formats.detect import detect, detect_stream
from livingscan.formats.draft import Origin
from livingscan.formats.identify import INTERFACES, source_of_database
from livingscan.formats.opening import LARGEST_WHOLE, decode, lines_of, open_bytes
from livingscan.formats.rows import COLUMNS, record_from_row, record_to_row
from livingscan.formats.write import TARGETS, Target, write_records
from livingscan.records import Fetched, Unreadable

__all__ = [
    "COLUMNS",
    "TARGETS",
    "Target",
    "detect",
    "list_formats",
    "read_bytes",
    "read_file",
    "record_from_row",
    "record_to_row",
    "write_records",
]

Lines = Callable[[Iterator[str], Origin], Iterator[Fetched | Unreadable]]

_TEXT: dict[str, Lines] = {
    "ris": ris.read,
    "nbib": medline.read,
    "ovid": ovid.read,
    "wos": wos.read,
    "refer": refer.read,
    "refworks": refworks.read,
    "bibtex": bibtex.read,
    "csv": table.read,
    "jsonl": jsonlines.read,
    "pubmed_text": pubmed_text.read,
}
_TITLES: dict[str, str] = {
    "ris": "RIS, in the dialects of all databases and reference managers",
    "nbib": "PubMed format (.nbib), MEDLINE text",
    "ovid": "Ovid's tagged or labelled text",
    "wos": "Web of Science tagged text (.ciw, .isi, plain text)",
    "refer": "EndNote tagged text (.enw, refer)",
    "refworks": "RefWorks tagged text",
    "bibtex": "BibTeX",
    "csv": "CSV, TSV or semicolon table with the headers of any database",
    "xlsx": "Excel workbook",
    "jsonl": "JSON Lines, as livingscan writes them",
    "pubmed_text": "PubMed's Summary or Abstract page as text",
    "csl_json": "CSL JSON (Zotero, Mendeley, Citavi)",
    "endnote_xml": "EndNote XML, EBSCO XML",
    "pubmed_xml": "PubMed XML",
}
# What a record's source is called where the file doesn't tell its database.
_SOURCES = {"nbib": "pubmed", "pubmed_text": "pubmed", "refer": "endnote", "endnote_xml": "endnote"}


def list_formats() -> dict[str, str]:
    """The names of all formats, each with what it is."""
    return dict(_TITLES)


def read_file(path: Path, *, name: str | None = None, database: str = "") -> Iterator[Fetched | Unreadable]:
    """Read every entry of a file, as a stream.

    Args:
        path: the file; gzip and zip archives of one file are unpacked.
        name: forces a format (:func:`list_formats`), or names the source ("cinahl"). None: told by content.
        database: the database that the file came from, where the importer knows better than the file.

    Yields:
        Every entry: as a record with its own text, or as Unreadable with file, line and reason. Where the file
        itself breaks off (a damaged archive, cut XML), the last one says so. Deletions that a PubMed update file
        announces are no entries.

    Raises:
        UserError: no such file, or ``name`` is neither format nor source.
        DataError: nothing in it can be read; the message says why.
    """
    forced, database = _asked(name, database)
    if forced == "xlsx" or (forced is None and workbook.is_workbook(path)):
        items = workbook.read(path, Origin("xlsx", database, path.name))
    else:
        items = _read_path(path, forced, database)
    yield from _to_the_end(items, path.name, forced)


def read_bytes(
    data: bytes, where: str, *, name: str | None = None, database: str = ""
) -> Iterator[Fetched | Unreadable]:
    """Read every entry of a text or XML document that is in memory; otherwise as :func:`read_file`.

    Args:
        data: the document. where: what it is called in reports. name, database: as for :func:`read_file`.
    """
    forced, database = _asked(name, database)
    stream = cast(io.BufferedReader, io.BufferedReader(io.BytesIO(data), 1 << 17))
    yield from _to_the_end(_read_stream(stream, where, forced, database), where, forced)


def _asked(name: str | None, database: str) -> tuple[str | None, str]:
    """(format, database) that a caller asks for by one name."""
    if not name or name in _TITLES:
        return name or None, database
    if not source_of_database([name]) and name.lower() not in INTERFACES:
        raise UserError(f"--from {name}: neither a format ({', '.join(_TITLES)}) nor a source that we know")
    return None, database or name


def _to_the_end(
    items: Iterator[Fetched | Unreadable], where: str, forced: str | None
) -> Iterator[Fetched | Unreadable]:
    """The entries; where the file breaks off after some of them, a last one that says so."""
    any_read = False
    try:
        for item in items:
            any_read = True
            yield item
    except DataError as problem:
        if not any_read:
            raise
        yield Unreadable(where, str(problem), cut=True)
    if forced and not any_read:
        raise DataError(f"{where}: holds no entry that could be read as {forced}")


def _read_path(path: Path, forced: str | None, database: str) -> Iterator[Fetched | Unreadable]:
    with open_bytes(path) as stream:
        yield from _read_stream(stream, path.name, forced, database)


def _read_stream(
    stream: io.BufferedReader, where: str, forced: str | None, database: str
) -> Iterator[Fetched | Unreadable]:
    format_name = forced or detect_stream(stream, where)
    origin = Origin(_SOURCES.get(format_name, format_name), database, where)
    if format_name == "pubmed_xml":
        yield from _pubmed(stream, where, database)
    elif format_name == "endnote_xml":
        yield from endnote_xml.read(stream, origin)
    elif format_name == "csl_json":
        yield from csl.read(decode(_whole(stream, where)), origin)
    else:
        yield from _TEXT[format_name](lines_of(stream, where), origin)


def _whole(stream: io.BufferedReader, where: str) -> bytes:
    """All of a document that can only be read at once."""
    data = stream.read(LARGEST_WHOLE + 1)
    if len(data) > LARGEST_WHOLE:
        raise DataError(f"{where}: more than {LARGEST_WHOLE >> 20} MB of JSON; split it and try again")
    return data


def _pubmed(stream: io.BufferedReader, where: str, database: str) -> Iterator[Fetched | Unreadable]:
    """PubMed XML, whose reader is shared with the live source, with the file's name in its reports."""
    for item in pubmed_xml.read(stream):
        if isinstance(item, Unreadable):
            yield replace(item, where=f"{where}: {item.where}")
        elif isinstance(item, Fetched):
            record = item.record
            source = source_of_database([database]) or record.source
            yield item if not database else Fetched(replace(record, source=source, database=database), item.raw)

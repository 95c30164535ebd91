"""Which format a file has, told by its content; its name means nothing."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from pathlib import Path

from livingscan.errors import DataError
from livingscan.formats import csl, jsonlines, table, workbook
from livingscan.formats.opening import decode, head_of, open_bytes, refuse_foreign

_RIS_TAG = re.compile(r"^\s{0,3}[A-Z][A-Z0-9]\s{2,3}- ")
_MARKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ris", re.compile(r"^\s*(?:\d+\.\s+)?TY[ \t]{0,4}[-–]\s*(?:\S+\s*){0,4}$", re.I)),
    ("nbib", re.compile(r"^(?:PMID|OWN)\s{0,2}-\s+\S+\s*$")),
    ("wos", re.compile(r"^(?:FN (?:Clarivate|Thomson|ISI|Web of|Tagged)|VR 1\.0\s*$|PT [A-Z]\s*$)")),
    ("ovid", re.compile(r"^\s*<\s*\d+\s*\.?\s*>\s*$|^UI\s{1,3}-\s+\S+\s*$")),
    ("refer", re.compile(r"^\s{0,3}%[0ATJ]\s+\S")),
    (
        "refworks",
        re.compile(r"^RT (?:Journal|Book|Abstract|Conference|Dissertation|Generic|Magazine|Report|Web|Thesis|\w+)\b"),
    ),
    ("bibtex", re.compile(r"^[^@\n]{0,40}@\s*[A-Za-z]+\s*[{(]\s*[^\s@]")),
)
_CSL_START = re.compile(
    r"\[?\s*\{\s*(?:\"id\"\s*:\s*(?:\"[^\"]*\"|\d+)\s*,\s*)?(?:\"[\w-]+\"\s*:\s*\"[^\"]*\"\s*,\s*)*?\"type\"\s*:\s*"
    r"\"(?:article|article-journal|book|chapter|paper-conference|thesis|report|webpage|manuscript|document|review)\""
)
_NUMBERS = re.compile(r"\s*(?:(?:PMID:?\s*)?\d{4,9}|10\.\d{4,9}/\S+|https?://doi\.org/\S+)\s*")
_PRINTED = re.compile(r"^1[.:] \S")
_XML_ROOT = re.compile(r"<(?![?!])([A-Za-z_][\w.:-]*)")


def detect(source: bytes | Path) -> str:
    """The format of a file.

    Args:
        source: a file, or the first bytes of one (about 100 KB are enough).

    Returns:
        Its name, one of :func:`livingscan.formats.list_formats`.

    Raises:
        UserError: there is no such file. DataError: nothing we read fits; the message says what it seems to be.
    """
    if isinstance(source, Path):
        if workbook.is_workbook(source):
            return "xlsx"
        with open_bytes(source) as stream:
            return detect_stream(stream, source.name)
    return detect_head(source, "the file")


def detect_stream(stream: io.BufferedReader, name: str) -> str:
    """The format of an open file, which is left at its start."""
    return detect_head(head_of(stream), name)


def detect_head(head: bytes, name: str) -> str:
    """The format of a file by its first bytes."""
    refuse_foreign(head, name)
    if head.startswith(b"PK\x03\x04"):
        raise DataError(f"{name}: is neither an Excel workbook nor an archive of one file")
    text = decode(head).lstrip()
    if text.startswith("<") and not re.match(r"<\s*\d+\s*\.?\s*>", text):
        return _xml(text, name)
    if text.startswith(("{", "[")):
        return _json(text, name)
    found = _text(text.split("\n"))
    if found:
        return found
    rows = [row for row in text.split("\n")[:50] if row.strip()]
    if all(_NUMBERS.fullmatch(row) for row in rows):
        raise DataError(f"{name}: a list of PMIDs or DOIs, no records; export the records themselves (RIS, nbib, CSV)")
    glimpse = " ".join(text[:200].split())[:60]
    raise DataError(f'{name}: no known format fits; it begins "{glimpse}". Export it as RIS, nbib or CSV')


def _xml(text: str, name: str) -> str:
    root = _XML_ROOT.search(re.sub(r"<!--.*?-->", "", text, flags=re.S))
    element = root.group(1) if root else ""
    if re.search(r"<!ENTITY", text):
        raise DataError(f"{name}: declares XML entities, which no export does; it is not read")
    if re.search(
        r"<(?:PubmedArticleSet|PubmedBookArticleSet|PubmedArticle|MedlineCitationSet|MedlineCitation)\b", text
    ):
        return "pubmed_xml"
    if element in {"xml", "records", "record", "rec"} and re.search(r"<rec(?:ord)?[\s>]", text):
        return "endnote_xml"
    if element.lower() in {"html", "body", "head"} or re.match(r"<!doctype html", text, re.I):
        raise DataError(f"{name}: is a web page, not an export; use the database's own export")
    raise DataError(f"{name}: XML of an unknown kind (<{element}>)")


def _json(text: str, name: str) -> str:
    first = text.split("\n", 1)[0]
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        value = None
    head = value[0] if isinstance(value, list) and value else value
    if csl.is_item(head) or (value is None and _CSL_START.match(text) and '"title"' in text):
        return "csl_json"
    if jsonlines.is_record(value) or (value is None and first.startswith('{"source": ')):
        return "jsonl"
    raise DataError(f"{name}: JSON, but not records of ours, one a line; answers of services are read by `convert`")


def _text(lines: Sequence[str]) -> str:
    """The format whose mark comes first: a tag, or the header row of a table."""
    head = list(lines[:400])
    header = table.header_line(head[:60])
    for index, line in enumerate(head, start=1):
        if header is not None and index >= header:
            return "csv"
        for name, mark in _MARKS:
            if mark.match(line):
                return name
        if _PRINTED.match(line) and any(re.search(r"\bPMID: \d", later) for later in head[index - 1 :]):
            return "pubmed_text"
    return "ris" if sum(bool(_RIS_TAG.match(line)) for line in head) >= 3 else ""

"""Ovid's own text formats: "<1. >" before each entry, then tags ("TI  - ...", also indented) or, in the older
layout, whole labels on lines of their own with the values indented below them.

Labels and tags: Ovid's field guides of MEDLINE, Embase, PsycINFO and HMIC.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from livingscan.formats.draft import Draft, Origin
from livingscan.formats.entries import Entry, flowing, joined
from livingscan.formats.identify import source_of_database
from livingscan.records import Fetched, Unreadable

_START = re.compile(r"^\s*<\s*\d+\s*\.?\s*>\s*$")
_UI = re.compile(r"^UI\s{1,3}-\s+\S+\s*$")
_TAG = re.compile(r"^(?P<indent>\s{0,4})(?P<tag>[A-Z][A-Z0-9]{1,3})\s{1,3}-(?P<value>\s.*|$)")
_DATABASE = re.compile(r"^\s*Database:\s*(.+)", re.I)
_MEANING: dict[str, tuple[str, ...]] = {
    "DB": ("database",),
    "UI": ("accession",),
    "AN": ("accession",),
    "PM": ("pmid",),
    "TI": ("title",),
    "BT": ("book_title",),
    "OT": ("original_title",),
    "TT": ("original_title",),
    "AB": ("abstract",),
    "SO": ("citation",),
    "JT": ("journal",),
    "JN": ("journal",),
    "JA": ("journal_abbreviation",),
    "AS": ("journal_abbreviation",),
    "TA": ("journal_abbreviation",),
    "VI": ("volume",),
    "VO": ("volume",),
    "IP": ("issue",),
    "PG": ("pages",),
    "YR": ("year",),
    "DP": ("date",),
    "DG": ("date",),
    "IS": ("serial",),
    "ES": ("serial",),
    "IB": ("isbn",),
    "DO": ("doi",),
    "DI": ("doi",),
    "LG": ("language",),
    "LA": ("language",),
    "PT": ("publication_type",),
    "DT": ("publication_type",),
    "MH": ("keyword",),
    "SH": ("keyword",),
    "DE": ("keyword",),
    "ID": ("keyword",),
    "KW": ("keyword",),
    "IN": ("affiliation",),
    "PB": ("publisher",),
    "XL": ("link",),
    "UR": ("link",),
    "ED": ("added",),
    "DC": ("added",),
}
_LABELS: dict[str, str] = {
    "unique identifier": "UI",
    "accession number": "AN",
    "pmid": "PM",
    "title": "TI",
    "original title": "OT",
    "book title": "BT",
    "authors": "AU",
    "author": "AU",
    "authors full name": "FA",
    "corporate author": "CA",
    "source": "SO",
    "journal name": "JN",
    "journal title": "JN",
    "abbreviated source": "AS",
    "nlm journal name": "JN",
    "publishing model": "X1",
    "abstract": "AB",
    "institution": "IN",
    "author address": "IN",
    "year of publication": "YR",
    "publication year": "YR",
    "date of publication": "DP",
    "volume": "VI",
    "issue/part": "IP",
    "issue": "IP",
    "page": "PG",
    "pages": "PG",
    "issn": "IS",
    "issn print": "IS",
    "issn electronic": "ES",
    "isbn": "IB",
    "digital object identifier": "DO",
    "doi": "DO",
    "language": "LG",
    "publication type": "PT",
    "document type": "DT",
    "mesh subject headings": "MH",
    "subject headings": "SH",
    "subject heading": "SH",
    "keywords": "KW",
    "keyword heading": "KW",
    "publisher": "PB",
    "database": "DB",
    "link to the ovid full text or citation": "XL",
    "url": "UR",
    "entry date": "ED",
    "date created": "DC",
}
_MANY = frozenset({"KW", "MH", "SH", "DE", "ID", "IN", "AU", "FA", "CA", "PT", "DT", "XL", "UR", "IS", "AB"})


def entries(lines: Iterable[str], origin: Origin | None = None) -> Iterator[Entry]:
    """Cut the text at its "<1. >" lines; what stands before the first is a preamble, which may name the database.

    "Reprint/Medlars" has no such lines: there, each UI tag starts an entry.
    """
    entry: Entry | None = None
    numbered = False
    for number, line in enumerate(lines, start=1):
        if _START.match(line):
            numbered = True
        if _START.match(line) or (not numbered and _UI.match(line)):
            if entry is not None:
                yield entry
            entry = Entry(number)
        if entry is None:
            named = _DATABASE.match(line)
            if named and origin is not None:
                origin.provider = (*origin.provider, named.group(1))
            continue
        entry.keep(line)
        tag = _tag(line)
        if _START.match(line):
            continue
        if tag:
            entry.start(*tag)
        elif line.strip():
            entry.go_on(line)
    if entry is not None:
        yield entry


def _tag(line: str) -> tuple[str, str] | None:
    found = _TAG.match(line)
    if found:
        return found["tag"], found["value"].strip()
    label = line.strip().rstrip(":").lower()
    if line[:1].isspace() or label not in _LABELS:
        return None
    return _LABELS[label], ""


def read(lines: Iterable[str], origin: Origin) -> Iterator[Fetched | Unreadable]:
    """Read Ovid's text formats.

    Args:
        lines: of the text. origin: the file.

    Yields:
        Every entry as a record, or as Unreadable with file, line and reason.
    """
    for entry in entries(lines, origin):
        if entry.too_large:
            yield Unreadable(f"{origin.where}:{entry.line}", "the entry is larger than any record", entry.raw)
        else:
            yield _draft(entry, origin).finish(origin, entry.raw, entry.line)


def _draft(entry: Entry, origin: Origin) -> Draft:
    draft = Draft()
    draft.add("provider", "Ovid")
    values: dict[str, list[str]] = {}
    for tag, parts in entry.fields:
        values.setdefault(tag, []).append(joined(parts) if tag in _MANY else flowing(parts))
    for tag, meanings in _MEANING.items():
        for meaning in meanings:
            draft.add(meaning, *values.get(tag, ()))
    draft.add("author", *(values.get("FA") or values.get("AU") or []), *values.get("CA", ()))
    medline = source_of_database([*values.get("DB", ()), *origin.provider]) in {"medline", "pubmed"}
    if medline:
        draft.add("pmid", *values.get("UI", ()), *values.get("AN", ()))
        draft.values["mesh"] = draft.values.pop("keyword", [])
        draft.add("keyword", *values.get("KW", ()))
    draft.add("maybe_pmid", *values.get("SA", ()), *values.get("SI", ()))
    return draft

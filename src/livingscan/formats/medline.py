"""PubMed's own text format (.nbib, "PubMed" format; ERIC writes the same) to records.

Tags: https://pubmed.ncbi.nlm.nih.gov/help/#pubmed-format. ``Bio.Medline`` reads these files too, but drops
an entry's own text and its line, joins a "CN" behind all persons, and takes a blank line inside an entry for its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from livingscan.formats.dates import join_pages, parse_date, parse_day
from livingscan.formats.draft import Draft, Origin
from livingscan.formats.entries import Entry, flowing
from livingscan.formats.identify import find_doi
from livingscan.formats.status import MEDLINE_TAGS, medline_links
from livingscan.records import Fetched, Unreadable

_TAG = re.compile(r"^(?P<tag>[A-Za-z][A-Za-z0-9]{1,4})\s{0,3}-(?P<value>\s.*|$)")
_STARTS = frozenset({"PMID"})
_MEANING: dict[str, str] = {
    "PMID": "pmid",
    "TI": "title",
    "BTI": "book_title",
    "CTI": "book_title",
    "TT": "original_title",
    "AB": "abstract",
    "DP": "date",
    "JT": "journal",
    "TA": "journal_abbreviation",
    "VI": "volume",
    "IP": "issue",
    "PG": "pages",
    "IS": "serial",
    "ISSN": "serial",
    "ISBN": "isbn",
    "PB": "publisher",
    "LA": "language",
    "PT": "publication_type",
    "OT": "keyword",
    "AD": "affiliation",
    "IRAD": "affiliation",
    "PMC": "pmcid",
    "OID": "accession",
    "CRDT": "added",
    "LR": "revised",
    "URL": "link",
}


def entries(lines: Iterable[str]) -> Iterator[Entry]:
    """Cut the text into entries: at each PMID, and at a tag already closed by a blank line (ERIC has no PMID)."""
    entry: Entry | None = None
    blank = False
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            blank = True
            if entry is not None:
                entry.keep(line)
            continue
        found = None if line[0].isspace() else _TAG.match(line)
        tag = found["tag"].upper() if found else ""
        if found and (entry is None or tag in _STARTS or (blank and _starts_anew(entry, tag))):
            if entry is not None:
                yield entry
            entry = Entry(number)
        blank = False
        if entry is None:
            continue
        entry.keep(line)
        if found:
            entry.start(tag, found["value"].strip())
        else:
            entry.go_on(line)
    if entry is not None:
        yield entry


def _starts_anew(entry: Entry, tag: str) -> bool:
    """After a blank line: a first tag that the entry already has."""
    return tag == entry.fields[0][0] or (tag in {"OWN", "TI"} and any(known == tag for known, _ in entry.fields))


def read(lines: Iterable[str], origin: Origin) -> Iterator[Fetched | Unreadable]:
    """Read PubMed's text format.

    Args:
        lines: of the text. origin: the file.

    Yields:
        Every entry as a record, or as Unreadable with file, line and reason.
    """
    for entry in entries(lines):
        if entry.too_large:
            yield Unreadable(f"{origin.where}:{entry.line}", "the entry is larger than any record", entry.raw)
        else:
            yield _draft(entry).finish(origin, entry.raw, entry.line)


def _draft(entry: Entry) -> Draft:
    draft = Draft()
    values: dict[str, list[str]] = {}
    for tag, parts in entry.fields:
        values.setdefault(tag, []).append(flowing(parts))
    owner = next(iter(values.get("OWN", ())), "").upper()
    draft.add("database", "ERIC" if owner == "ERIC" else "PubMed")
    for tag, meaning in _MEANING.items():
        draft.add(meaning, *values.get(tag, ()))
    draft.add("one_author", *_authors(entry))
    _identifiers(draft, values)
    for text in values.get("MH", ()):
        draft.add("mesh", *_headings(text))
    draft.add("abstract", *(() if "AB" in values else values.get("OAB", ())))
    draft.add("citation", *(() if "JT" in values or "BTI" in values else values.get("SO", ())))
    draft.add("kind", "book chapter" if "BTI" in values else "article")
    if "DEP" in values and parse_date(draft.first("date")) is None:
        draft.add("date", *values["DEP"])
    for text in values.get("DA", ()):  # before 2014: when the citation was made
        if parse_day(text):
            draft.add("added", text)
    for tag, texts in values.items():
        if tag in MEDLINE_TAGS:
            draft.links += [link for text in texts for link in medline_links(tag, text)]
    if "BTI" in values and "CP" in values and not draft.first("pages"):
        draft.add("pages", join_pages(values["CP"][0], ""))
    return draft


def _authors(entry: Entry) -> list[str]:
    """Authors in order: the full name where there is one, else the short; bodies (CN) where they stand."""
    full = any(tag == "FAU" for tag, _ in entry.fields)
    names: list[str] = []
    after_full = False
    for tag, parts in entry.fields:
        text = flowing(parts)
        if tag in {"FAU", "CN"} or (tag == "AU" and not (full and after_full)):
            names.append(text)
        if tag in {"FAU", "AU"}:
            after_full = tag == "FAU"
    return names


def _identifiers(draft: Draft, values: dict[str, list[str]]) -> None:
    """AID and LID hold several identifiers each: "10.1/x [doi]", "S0140 [pii]", an address (ERIC)."""
    for text in [*values.get("LID", ()), *values.get("AID", ())]:
        found = re.match(r"^(.*?)\s*\[(\w+)\]$", text)
        value, kind = (found[1], found[2].lower()) if found else (text, "")
        if kind == "doi" or (not kind and find_doi(value)):
            draft.add("doi", value)
        elif kind in {"pii", "bookaccession"}:
            draft.ids.append((kind, value))
        if "://" in value and "doi.org" not in value:
            draft.add("link", value)
    for text in values.get("MID", ()):
        draft.ids.append(("nihms", text))
    pmid = draft.first("pmid")
    if pmid:
        draft.add("link", f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/")


def _headings(text: str) -> list[str]:
    """ "Heading/*one/two" as "Heading/one", "Heading/two", like PubMed's XML; a comma or slash may be in a name."""
    heading, *qualifiers = text.replace("*", "").split("/")
    return [f"{heading}/{qualifier}" for qualifier in qualifiers] or [heading]

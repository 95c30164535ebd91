"""Web of Science's tagged text (.ciw, .isi, "plain text file"): two-letter tags without a dash.

Tags: Web of Science Core Collection field tags (images.webofknowledge.com help, hs_wos_fieldtags), and those
of the Zoological Record, BIOSIS and MEDLINE on the same platform.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from livingscan.formats.draft import Draft, Origin
from livingscan.formats.entries import Entry, flowing, joined
from livingscan.records import Fetched, Unreadable

_TAG = re.compile(r"^(?P<tag>[A-Z][A-Z0-9])(?:\s(?P<value>.*)|$)")
_HEAD = frozenset({"FN", "VR"})
_MEANING: dict[str, tuple[str, ...]] = {
    "TI": ("title",),
    "FT": ("original_title",),
    "AB": ("abstract",),
    "SO": ("journal",),
    "JI": ("journal_abbreviation",),
    "J9": ("journal_abbreviation",),
    "SE": ("series",),
    "PY": ("year",),
    "VL": ("volume",),
    "IS": ("issue",),
    "BP": ("start",),
    "EP": ("end",),
    "AR": ("article_number",),
    "PS": ("pages",),
    "SN": ("serial",),
    "EI": ("serial",),
    "BN": ("isbn",),
    "DI": ("doi",),
    "D2": ("maybe_doi",),
    "PM": ("pmid",),
    "UT": ("accession",),
    "LA": ("language",),
    "DT": ("publication_type",),
    "DE": ("keyword",),
    "ID": ("keyword",),
    "MH": ("mesh",),
    "PU": ("publisher",),
    "C1": ("affiliation",),
    "UR": ("link",),
}
_KINDS = {"J": "article", "B": "book", "S": "book", "P": "patent"}
_PLATFORM = {"WOS": "Web of Science", "ZOOREC": "Zoological Record", "BIOSIS": "BIOSIS", "MEDLINE": "MEDLINE"}


def entries(lines: Iterable[str]) -> Iterator[Entry]:
    """Cut the text into entries: from PT to ER; a missing ER or PT costs nothing."""
    entry: Entry | None = None
    ends = False  # whether entries of this file end with an ER
    for number, line in enumerate(lines, start=1):
        found = _TAG.match(line)
        tag = found["tag"] if found else ""
        if entry is None and (tag in _HEAD or tag == "EF" or not line.strip()):
            continue
        if tag == "ER" or tag == "EF":
            if entry is not None:
                entry.keep(line)
                yield entry
                ends = True
            entry = None
            continue
        if found and (entry is None or (tag == "PT" and any(known != "PT" for known, _ in entry.fields))):
            if entry is not None:
                yield entry
            entry = Entry(number)
        if entry is None:
            continue
        entry.keep(line)
        if found:
            entry.start(tag, (found["value"] or "").strip())
        else:
            entry.go_on(line)
    if entry is not None:
        entry.cut = ends
        yield entry


def read(lines: Iterable[str], origin: Origin) -> Iterator[Fetched | Unreadable]:
    """Read Web of Science's tagged text.

    Args:
        lines: of the text. origin: the file.

    Yields:
        Every entry as a record, or as Unreadable with file, line and reason.
    """
    for entry in entries(lines):
        if entry.too_large:
            yield Unreadable(f"{origin.where}:{entry.line}", "the entry is larger than any record", entry.raw)
        else:
            yield replace(_draft(entry).finish(origin, entry.raw, entry.line), cut=entry.cut)


def _draft(entry: Entry) -> Draft:
    values: dict[str, list[str]] = {}
    for tag, parts in entry.fields:
        separate = tag in {"AU", "AF", "BA", "BF", "BE", "CA", "C1"}
        values.setdefault(tag, []).extend([part.strip() for part in parts] if separate else [flowing(parts)])
        if tag == "AB":
            values["AB"][-1] = joined(parts)
    return draft_of_tags(values)


def draft_of_tags(values: dict[str, list[str]]) -> Draft:
    """The values of Web of Science's tags by meaning; its tab-delimited export has the same tags as headers."""
    draft = Draft()
    for tag, meanings in _MEANING.items():
        for meaning in meanings:
            draft.add(meaning, *values.get(tag, ()))
    # AF holds the same persons as AU, in full; a book's own authors are BA and BF.
    persons = values.get("AF") or values.get("AU") or values.get("BF") or values.get("BA") or []
    draft.add("one_author", *(name for text in persons for name in text.split(";")), *values.get("CA", ()))
    draft.add("editor", *values.get("BE", ()))
    draft.add("date", *(f"{day} {year}" for day, year in zip(values.get("PD", ()), values.get("PY", ()), strict=False)))
    number = next(iter(values.get("UT", ())), "")
    prefix = number.partition(":")[0]
    if prefix not in _PLATFORM and next(iter(values.get("AN", ())), "").startswith("ZOOR"):
        prefix = "ZOOREC"
        draft.add("accession", *values["AN"])
    draft.add("database", _PLATFORM.get(prefix, "Web of Science"))
    draft.add("kind", *(_KINDS.get(kind[:1], "other") for kind in values.get("PT", ())))
    if draft.first("kind") == "book" and "SO" in values and "TI" in values:
        draft.values["kind"] = ["chapter" if values["SO"] != values["TI"] else "book"]
    return draft

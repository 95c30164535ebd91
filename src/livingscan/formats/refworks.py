"""RefWorks Tagged Format, which ProQuest, EBSCO and RefWorks itself export: "RT Journal Article", "A1 Smith, J".

Tags: RefWorks help, "RefWorks Tagged Format". A tag, a blank, the value; no dash; blank lines between entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from livingscan.formats.draft import Draft, Origin
from livingscan.formats.entries import Entry, flowing, joined
from livingscan.records import Fetched, Unreadable

_TAG = re.compile(r"^(?P<tag>[A-Z][A-Z0-9])(?:\s(?P<value>.*)|$)")
_MEANING: dict[str, tuple[str, ...]] = {
    "RT": ("kind",),
    "T1": ("title",),
    "OT": ("original_title",),
    "ST": ("short_title",),
    "AB": ("abstract",),
    "A1": ("author",),
    "A2": ("editor",),
    "YR": ("year",),
    "FD": ("date",),
    "JF": ("journal",),
    "T2": ("journal",),
    "JO": ("journal_abbreviation",),
    "T3": ("series",),
    "VO": ("volume",),
    "IS": ("issue",),
    "SP": ("start",),
    "OP": ("end",),
    "SN": ("serial",),
    "DO": ("doi",),
    "UL": ("link",),
    "LK": ("link",),
    "AN": ("accession",),
    "ID": ("maybe_accession",),
    "DB": ("database",),
    "DS": ("provider",),
    "LA": ("language",),
    "K1": ("keyword",),
    "AD": ("affiliation",),
    "PB": ("publisher",),
    "NO": ("note",),
}
_LINES_COUNT = frozenset({"AB", "K1", "AD", "NO", "SN", "LK"})


def entries(lines: Iterable[str]) -> Iterator[Entry]:
    """Cut the text into entries: at each RT."""
    entry: Entry | None = None
    for number, line in enumerate(lines, start=1):
        found = _TAG.match(line)
        tag = found["tag"] if found else ""
        if tag == "RT":
            if entry is not None:
                yield entry
            entry = Entry(number)
        if entry is None:
            continue
        entry.keep(line)
        if found and tag in _KNOWN:
            entry.start(tag, (found["value"] or "").strip())
        elif line.strip():
            entry.go_on(line)
    if entry is not None:
        yield entry


# A line of an abstract may begin with two capitals ("IT was"): only RefWorks' own tags start a field.
_KNOWN = frozenset(_MEANING) | frozenset(
    {"SR", "A3", "A4", "A5", "A6", "CL", "CN", "CR", "CT", "ED", "IP", "LL", "NP", "OL", "PM", "PP", "RD", "RP", "RM"}
    | {"SF", "SL", "U1", "U2", "U3", "U4", "U5", "WP", "WT"}
)


def read(lines: Iterable[str], origin: Origin) -> Iterator[Fetched | Unreadable]:
    """Read RefWorks Tagged Format.

    Args:
        lines: of the text. origin: the file.

    Yields:
        Every entry as a record, or as Unreadable with file, line and reason.
    """
    for entry in entries(lines):
        if entry.too_large:
            yield Unreadable(f"{origin.where}:{entry.line}", "the entry is larger than any record", entry.raw)
            continue
        draft = Draft()
        for tag, parts in entry.fields:
            for meaning in _MEANING.get(tag, ()):
                draft.add(meaning, joined(parts) if tag in _LINES_COUNT else flowing(parts))
        yield draft.finish(origin, entry.raw, entry.line)

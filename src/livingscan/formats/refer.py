"""EndNote's tagged text (refer, .enw): "%0 Journal Article", "%A Smith, J".

Tags: EndNote's "EndNote Import" filter; Zotero, Google Scholar and publishers write the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from livingscan.formats.draft import Draft, Origin
from livingscan.formats.entries import Entry, flowing, joined
from livingscan.records import Fetched, Unreadable

_TAG = re.compile(r"^\s{0,3}(?P<tag>%[0-9A-Za-z@?!#$*~(>\[\]+^&])(?:\s+(?P<value>.*)|$)")
_MEANING: dict[str, tuple[str, ...]] = {
    "%0": ("kind",),
    "%T": ("title",),
    "%Q": ("original_title",),
    "%!": ("short_title",),
    "%A": ("author",),
    "%E": ("editor",),
    "%J": ("journal",),
    "%B": ("journal",),
    "%O": ("journal_abbreviation",),
    "%S": ("series",),
    "%D": ("year",),
    "%8": ("date",),
    "%V": ("volume",),
    "%N": ("issue",),
    "%P": ("pages",),
    "%]": ("article_number",),
    "%@": ("serial",),
    "%R": ("doi",),
    "%U": ("link",),
    "%>": ("more_link",),
    "%M": ("accession",),
    "%2": ("pmcid",),
    "%~": ("database",),
    "%W": ("provider",),
    "%G": ("language",),
    "%K": ("keyword",),
    "%X": ("abstract",),
    "%+": ("affiliation",),
    "%I": ("publisher",),
    "%9": ("publication_type",),
    "%Z": ("note",),
    "%Y": ("note",),
}
_LINES_COUNT = frozenset({"%K", "%+", "%@", "%X", "%U", "%~", "%Z", "%A"})


def entries(lines: Iterable[str]) -> Iterator[Entry]:
    """Cut the text into entries: at each %0, and after a blank line at a tag that only starts entries."""
    entry: Entry | None = None
    blank = False
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            blank = True
            if entry is not None:
                entry.keep(line)
            continue
        found = _TAG.match(line)
        tag = found["tag"] if found else ""
        if found and (entry is None or _starts_anew(entry, tag, blank)):
            if entry is not None:
                yield entry
            entry = Entry(number)
        blank = False
        if entry is None:
            continue
        entry.keep(line)
        if found:
            # %A and %a differ: case is kept here, unlike in the other tagged formats.
            entry.fields.append((tag, [(found["value"] or "").strip()]))
        else:
            entry.go_on(line)
    if entry is not None:
        yield entry


def _starts_anew(entry: Entry, tag: str, blank: bool) -> bool:
    """A second type or title; some files put %T before %0, so the first tag seen tells."""
    known = {name for name, _ in entry.fields}
    if tag == entry.fields[0][0] and tag in {"%0", "%T"}:
        return True
    return tag in known and (tag == "%0" or (blank and tag in {"%T", "%A"}))


def read(lines: Iterable[str], origin: Origin) -> Iterator[Fetched | Unreadable]:
    """Read EndNote's tagged text.

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
            value = joined(parts) if tag in _LINES_COUNT else flowing(parts)
            for meaning in _MEANING.get(tag, ()):
                draft.add(meaning, value)
        if re.search(r"\bbook\b", draft.first("kind"), re.I) and draft.first("kind").lower() != "book section":
            draft.values["series"] = draft.values.pop("journal", [])
        yield draft.finish(origin, entry.raw, entry.line)

"""RIS in its dialects: Reference Manager's tags as Ovid, EBSCO, ProQuest, Embase, Cochrane, Scopus, Web of
Science, EndNote, Zotero, Mendeley, Rayyan, Covidence, EPPI-Reviewer, RefWorks, Citavi and others write them.

What is tolerated: preambles before and between entries, one to four blanks around the dash or a tab, tags in
lower case, unknown and empty tags, values that go on over lines (indented or not), a missing ER, a missing TY
after an ER, numbers on a line of their own, two tags on one line (Rayyan).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from livingscan.formats import ris_tags
from livingscan.formats.draft import Origin
from livingscan.formats.entries import Entry
from livingscan.formats.identify import source_of_database
from livingscan.records import Fetched, Unreadable

_TAG = re.compile(r"^\s{0,3}(?P<tag>[A-Za-z][A-Za-z0-9])(?P<gap>[ \t]{0,4})[-–](?P<value>.*)$")
_LONG_TAG = re.compile(r"^(?P<tag>PMID|PMCID|DOI|ISSN|ISBN|LANG|YEAR|TITLE)(?P<gap>\s{1,3})-(?P<value>\s.*|$)")
_TYPE = re.compile(r"^\s{0,4}(?:\d+\.\s+)?TY(?P<gap>[ \t]{0,4})[-–](?P<value>\s?.*)$", re.I)
_END = re.compile(r"^\s{0,3}ER[ \t]{0,4}[-–][\s-]*$", re.I)
_PREAMBLE = re.compile(
    r"^\s*(?:\d+\s*[.)]?|<\d+\.?\s*>|record\s+#?\d+.*|(?:provider|database|content|source|query|search)\b\s*:?.*|[-=_*#]{3,}.*)$",
    re.I,
)
_PROVIDER = re.compile(r"^\s*(?:provider|database)\s*:\s*(.+?)\s*$", re.I)
_GLUED = re.compile(r"(?<![ \t])[ \t]{3,}(?=[A-Z][A-Z0-9]  - )")
_OVID_LINK = re.compile(r"https?://[^\s?]{0,200}ovid[^\s?]{0,200}\?\S{1,2000}")
_MAKES_AN_ENTRY = frozenset({"TI", "T1", "AU", "A1", "AB", "N2", "DO", "PY", "Y1"})
_PROSE = frozenset({"AB", "N2", "TI", "T1", "N1", "KW"})


def entries(lines: Iterable[str], junk: list[tuple[int, str]] | None = None) -> Iterator[Entry | str]:
    """Cut RIS text into its entries.

    Args:
        lines: of the text. junk: gets (line, text) of what stands between entries and looks like a broken one.

    Yields:
        Each entry, and, as text, what a preamble says of provider or database.
    """
    entry: Entry | None = None  # being read
    ended: Entry | None = None  # its ER was seen, but tags without a TY may still follow it
    ends = False  # whether entries of this file end with an ER
    blank = False  # the line before was empty
    wide = True  # two blanks before the dash; a file with one blank is read more strictly
    for number, line in enumerate(lines, start=1):
        found = _TYPE.match(line)
        if found and (entry is None or _begins(found)):
            yield from _settled(ended, _unended(entry))
            wide = len(found["gap"].expandtabs(2)) >= 2
            entry, ended = Entry(number), None
            entry.keep(line)
            entry.start("TY", found["value"].strip())
            continue
        if _END.match(line):
            if entry is not None:
                entry.keep(line)
                *earlier, ended = _settled(ended, entry)
                yield from earlier
                ends = True
            entry = None
            continue
        tag = _tag(line, wide and (entry is None or entry.fields[-1][0] in _PROSE or not _is_narrow(line)))
        after_blank, blank = blank, not line.strip()
        if tag is None:
            provider = _PROVIDER.match(line)
            if entry is not None and not (provider and entry.fields[0][0] != "TY"):
                entry.keep(line)
                entry.go_on(line)
            elif provider:
                yield from _settled(ended, _unended(entry))
                entry = ended = None
                yield provider.group(1)
            elif line.strip() and junk is not None and not _PREAMBLE.match(line):
                junk.append((number, line))
            continue
        # Without TY and ER only a blank line parts entries, each of which starts like the one before.
        if entry is not None and after_blank and tag[0] == entry.fields[0][0] != "TY":
            yield from _settled(ended, _unended(entry))
            entry = ended = None
        if entry is None:
            entry = Entry(number)
        entry.keep(line)
        name, value = tag
        first, *others = [value] if name in _PROSE else _GLUED.split(value)
        entry.start(name, first)
        for other in others:
            glued = _tag(other, True)
            if glued:
                entry.start(*glued)
    if entry is not None:
        entry.cut = ends and entry.raw.rstrip().rpartition("\n")[2].strip().upper() != "ER"
    yield from _settled(ended, _unended(entry))


def _unended(entry: Entry | None) -> Entry | None:
    """An entry without an ER tag: a lone "ER" on its last line was meant to be it."""
    last = entry.fields[-1][1] if entry and entry.fields else []
    while len(last) > 1 and not last[-1].strip():
        last.pop()
    if len(last) > 1 and last[-1].strip().upper() == "ER":
        last.pop()
    return entry


def _settled(ended: Entry | None, entry: Entry | None) -> list[Entry]:
    """The entries that are now complete: tags after an ER belong to the entry before unless they make one."""
    if entry is None:
        return [ended] if ended else []
    tags = {tag for tag, _ in entry.fields}
    if ended is None or "TY" in tags or tags & _MAKES_AN_ENTRY:
        return [ended, entry] if ended else [entry]
    ended.fields += entry.fields
    for line in entry.lines:
        ended.keep(line)
    return [ended]


def _begins(found: re.Match[str]) -> bool:
    """Whether "TY - x" inside an entry starts the next one: its value is a type, not a sentence."""
    return len(found["value"].split()) <= 4


def _is_narrow(line: str) -> bool:
    """Whether a line starts with a tag of RIS and one blank, as some programs write a few of theirs."""
    return line[:2] in ris_tags.TAGS and line[2:5] == " - "


def _tag(line: str, wide: bool) -> tuple[str, str] | None:
    """(tag, value) of a line that starts with one."""
    found = _TAG.match(line) or _LONG_TAG.match(line)
    if not found:
        return None
    gap, tag, value = found["gap"].expandtabs(2), found["tag"], found["value"]
    # "In - depth" at the start of a wrapped line is text, and so is "T2-weighted"; "TI  -Title" is a tag.
    if len(gap) < 2 and (wide or not tag.isupper() or value.strip() == value != ""):
        return None
    if value.strip() == value != "" and not (tag.isupper() and len(gap) == 2):
        return None
    return tag.upper(), value.strip()


def read(lines: Iterable[str], origin: Origin) -> Iterator[Fetched | Unreadable]:
    """Read RIS text.

    Args:
        lines: of the text. origin: the file; names of provider and database found in a preamble are added to it.

    Yields:
        Every entry as a record, or as Unreadable with file, line and reason.
    """
    junk: list[tuple[int, str]] = []
    software = ""
    for entry in entries(lines, junk):
        if isinstance(entry, str):
            if source_of_database([entry]):
                origin.provider = tuple(dict.fromkeys([*origin.provider, entry]))[-4:]
            continue
        yield from _reported(junk, origin, entry.line)
        if entry.too_large:
            yield Unreadable(f"{origin.where}:{entry.line}", "the entry is larger than any record", entry.raw)
            continue
        own = ris_tags.own_record(entry)
        if own is not None:
            yield Fetched(own, entry.raw, entry.cut)
            continue
        # One program wrote the whole file: what the first entry betrays holds for the others.
        software = software or ris_tags.software_of(entry)
        draft = ris_tags.draft_of(entry, software)
        draft.add("more_link", *_OVID_LINK.findall(entry.raw))
        yield replace(draft.finish(origin, entry.raw, entry.line), cut=entry.cut)
    yield from _reported(junk, origin, None)


def _reported(junk: list[tuple[int, str]], origin: Origin, before: int | None) -> Iterator[Unreadable]:
    """Text between entries, up to a line, that may have been one: several lines, or tags with a broken form."""
    if before is not None and junk and junk[0][0] > before:
        return
    if junk and (len(junk) > 3 or any(re.match(r"\s*[A-Z][A-Z0-9]\s{0,3}[-:]", text) for _, text in junk)):
        text = "\n".join(text for _, text in junk)
        yield Unreadable(f"{origin.where}:{junk[0][0]}", "text that belongs to no entry", text)
    junk.clear()

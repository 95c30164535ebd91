"""PubMed's printed pages saved as text: "Summary (text)" and "Abstract (text)". Less than nbib holds, but read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from livingscan.formats.draft import Draft, Origin
from livingscan.formats.entries import Entry
from livingscan.formats.names import split_names
from livingscan.formats.status import medline_links
from livingscan.records import Fetched, Unreadable
from livingscan.tidy import one_line

_START = re.compile(r"^(?P<number>\d{1,6})[.:] (?=\S)")
_PMID = re.compile(r"\bPMID:\s*(\d{1,9})\b")
_SUMMARY = re.compile(
    r"^(?:(?P<authors>[^.]+(?:\bet al)?)\. )?(?P<title>\S.*?[.?!\])])"
    r" (?P<source>[^.?!]{2,120}(?:\. [^.?!]{2,60})?\. \d{4}\b.*)$"
)
_TAIL = re.compile(r"^(?:DOI|PMCID|PMID|Conflict of interest|©|\(c\)|Copyright|Published by|Free PMC)", re.I)
_SKIP = re.compile(r"^(?:Author information|Collaborators|Free (?:PMC )?article)\b", re.I)
_NOTES = {"comment in": "CIN", "comment on": "CON", "erratum in": "EIN", "erratum for": "EFR", "update in": "UIN"}
_NOTES |= {"update of": "UOF", "retraction in": "RIN", "retraction of": "ROF", "expression of concern in": "ECI"}
_NOTES |= {"republished in": "RPI", "republished from": "RPF", "summary for patients in": "SPIN"}


def entries(lines: Iterable[str]) -> Iterator[Entry]:
    """Cut the text at its running numbers ("1. ", "2. "), each of which follows the one before."""
    entry: Entry | None = None
    expected: int | None = None
    blank = True
    for number, line in enumerate(lines, start=1):
        found = _START.match(line)
        if found and blank and (expected is None or int(found["number"]) == expected):
            if entry is not None:
                yield entry
            entry = Entry(number)
            expected = int(found["number"]) + 1
            entry.keep(line[found.end() :])
        elif entry is not None:
            entry.keep(line)
        # the summary page has no blank lines between its entries
        blank = not line.strip() or bool(_PMID.search(line))
    if entry is not None:
        yield entry


def read(lines: Iterable[str], origin: Origin) -> Iterator[Fetched | Unreadable]:
    """Read PubMed's printed text.

    Args:
        lines: of the text. origin: the file.

    Yields:
        Every entry with a PMID as a record, any other as Unreadable with file, line and reason.
    """
    for entry in entries(lines):
        draft = _draft(entry.raw)
        if draft is None or entry.too_large:
            yield Unreadable(f"{origin.where}:{entry.line}", "no PMID in the entry", entry.raw)
        else:
            yield draft.finish(origin, entry.raw, entry.line)


def _draft(text: str) -> Draft | None:
    # its own stands at the start of a line; others are those of corrections and comments
    found = re.search(r"^PMID:\s*(\d{1,9})\b", text, re.M) or next(reversed(list(_PMID.finditer(text))), None)
    if not found:
        return None
    draft = Draft()
    draft.add("database", "PubMed")
    draft.add("pmid", found.group(1))
    draft.add("link", f"https://pubmed.ncbi.nlm.nih.gov/{found.group(1)}/")
    for name, label in (("pmcid", "PMCID"), ("doi", "doi")):
        held = re.search(rf"\b{label}:\s*(\S+?)[.;]?(?:\s|$)", text, re.I)
        draft.add(name, held.group(1) if held else "")
    paragraphs = [one_line(part) for part in re.split(r"\n\s*\n", text) if part.strip()]
    if len(paragraphs) < 3:
        _summary(draft, one_line(text))
    else:
        _page(draft, paragraphs)
    return draft


def _summary(draft: Draft, text: str) -> None:
    found = _SUMMARY.match(text[:4000])
    if not found:
        draft.add("title", text)
        return
    persons = found["authors"] or ""
    if len(split_names(persons)) > 1 or re.fullmatch(r"\S[^,]* [A-Z]{1,4}", persons):
        draft.add("author", persons)
        draft.add("title", found["title"])
    else:
        draft.add("title", f"{persons}. {found['title']}" if persons else found["title"])
    draft.add("citation", found["source"])
    draft.add("date", re.split(r"[;:]", found["source"].split(". ", 1)[-1])[0])


def _page(draft: Draft, paragraphs: list[str]) -> None:
    """Citation, title, authors, then the abstract and, last, identifiers; some paragraphs may be missing."""
    draft.add("citation", paragraphs[0])
    draft.add("title", paragraphs[1])
    rest = paragraphs[2:]
    if rest and re.search(r"\(\d+\)|^[^.]{0,300}\b[A-Z]{1,3}[.,]", rest[0]) and not _TAIL.match(rest[0]):
        draft.add("author", re.sub(r"\(\d+\)(?:\(\d+\))*", "", rest.pop(0)).rstrip("."))
    for paragraph in rest:
        if _TAIL.match(paragraph):
            break
        label = next((label for label in _NOTES if paragraph.lower().startswith(label)), "")
        if label:
            draft.links += medline_links(_NOTES[label], paragraph[len(label) :].strip(" :"))
        elif not _SKIP.match(paragraph):
            draft.add("abstract", paragraph)

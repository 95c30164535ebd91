"""The cells of one row by meaning, with what each database's export does differently."""

from __future__ import annotations

import re
from collections.abc import Sequence

from livingscan.formats import wos
from livingscan.formats.dates import parse_citation, parse_date
from livingscan.formats.draft import Draft
from livingscan.formats.headers import GIVEN_FIRST, fields_of, is_tagged, squash
from livingscan.formats.identify import source_of_database
from livingscan.formats.names import literal_list
from livingscan.records import StatusLink

_EXCEL_TEXT = re.compile(r'^="(.*)"$', re.S)
_GLUED = re.compile(r"(?<!\s)\s{3,}[A-Z][A-Z0-9]  - .*$", re.S)
_OUTSIDE_BRACKETS = re.compile(r",\s*(?![^()\[\]]{0,300}[)\]])")
_MISSING = frozenset({"na", "n/a", "nan", "null", "none", "-", "--", "#n/a", "undefined"})
_HYPERLINK = re.compile(r"=HYPERLINK\(\s*\"(?P<address>[^\"]+)\"", re.I)
# Their "type" is a form to fill in, not what a database says of the document.
_MANAGERS = frozenset({"zotero", "rayyan", "covidence", "eppi", "endnote", "mendeley"})
# The same persons or dates in other words: only the best column counts.
_BEST_ONLY = frozenset({"author", "year", "volume", "issue", "start", "end", "pages", "title", "short_title", "kind"})


def draft_of(pairs: Sequence[tuple[str, str]], source: str) -> Draft:
    """The cells of a row by meaning.

    Args:
        pairs: (header, cell). source: whose export the header row shows, or "".
    """
    cells = [(header, value) for header, cell in pairs if (value := _cell(cell))]
    draft = Draft(given_first=source in GIVEN_FIRST)
    if is_tagged([header for header, _ in pairs]):
        return wos.draft_of_tags({header.strip(): [value] for header, value in cells})
    found: dict[str, list[tuple[int, str]]] = {}
    for header, value in cells:
        for rank, field in _meanings(header, value, source):
            found.setdefault(field, []).append((rank, value))
    for field, values in found.items():
        values.sort(key=lambda item: item[0])
        for _, value in values[:1] if field in _BEST_ONLY else values:
            draft.add(field, _keywords(value, source) if field == "keyword" else _restored(field, value))
    if source:
        draft.add("software", source)
    _special(draft, {squash(header): value for header, value in cells}, source)
    return draft


def _restored(field: str, value: str) -> str:
    """A cell that a spreadsheet made something else of: a link of its address, pages "10-20" of the 20th of October."""
    if field in {"doi", "link", "more_link", "pmid", "pmcid"} and (link := _HYPERLINK.match(value)):
        return link["address"]
    if field in {"pages", "issue"}:
        if day := re.fullmatch(r"\d{4}-(\d\d)-(\d\d)", value):
            return f"{int(day[1])}-{int(day[2])}"
        day = re.fullmatch(r"(\d{1,2})-([A-Z][a-z]{2})", value)
        if day and field == "pages" and (date := parse_date(value, 2000)) and date.month:
            return f"{date.month}-{day[1]}"
    return value


def _meanings(header: str, value: str, source: str) -> list[tuple[int, str]]:
    """(rank, field) for a cell. "Source" is a journal, a citation or a database, depending on whose table it is."""
    name = squash(header)
    if name == "publicationtype" and len(value) == 1:
        return [(0, "kind")]  # Web of Science's "J", "B", "S", "P"
    if name == "source" and source == "cochrane":
        return [(0, "journal")]
    if name == "source" or name == "so":
        if source == "embase" or re.search(r"\d{4}.*[;:(]", value[:500]) or parse_citation(value).volume:
            return [(0, "citation")]
        return [(0, "database")] if source == "scopus" or source_of_database([value]) else [(99, "journal")]
    if name == "key" and source == "zotero":
        return []
    if name == "type" and source not in _MANAGERS:
        return [(0, "kind"), (99, "publication_type")]
    if name == "is" and re.fullmatch(r"\d{4}-?\d{3}[\dXx].*", value, re.S):
        return [(0, "serial")]  # Ovid's tag; in RIS it is the issue
    if name == "id" and source == "openalex":
        return [(0, "accession"), (99, "link")]
    return fields_of(header)


def _cell(text: str) -> str:
    """A cell without what spreadsheets and reference managers put around its text."""
    value = text.strip()
    excel = _EXCEL_TEXT.match(value)
    value = _GLUED.sub("", excel.group(1) if excel else value)
    return "" if value.lower() in _MISSING else value


def _keywords(text: str, source: str) -> str:
    """Keywords of one cell, joined by semicolons whatever was between them."""
    listed = literal_list(text)
    if listed is not None:
        return ";".join(listed)
    if any(mark in text for mark in ";|\n") and source != "embase":
        return text
    commas = text.count(",")
    if source == "embase" or commas > 1 or (commas and ", " not in text):
        return ";".join(_OUTSIDE_BRACKETS.split(text))
    return text


def _special(draft: Draft, cells: dict[str, str], source: str) -> None:
    """What takes more than one column, or a column that only one database has."""
    if cells.get("isretracted", "").lower() == "true":
        draft.links.append(StatusLink("retracted_by", "", "is_retracted"))
    month, day = cells.get("month") or cells.get("publishedmonth") or "", cells.get("day", "")
    if month.isdigit():
        draft.add("date", "-".join(part for part in (draft.first("year"), month, day) if part))
    elif month:
        draft.add("date", f"{draft.first('year')} {month} {day}")
    start, count = draft.first("start"), cells.get("pagecount", "")
    if source in {"ebsco", "cinahl"} and start.isdigit() and count.isdigit() and not draft.first("end"):
        draft.add("end", str(int(start) + int(count) - 1))
    if source == "pubmed":  # closes the list with a full stop
        draft.values["author"] = [text.rstrip(".") for text in draft.all("author")]
    if source == "openalex":
        draft.values["accession"] = [text.rsplit("/", 1)[-1] for text in draft.all("accession")]
    if source == "covidence" and cells.get("covidence"):
        draft.ids.append(("covidence", cells["covidence"].lstrip("#")))

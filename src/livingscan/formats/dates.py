"""Dates, pages and printed citations, as far as they can be told without guessing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from livingscan.records import PartialDate
from livingscan.tidy import one_line

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_NUMERIC = re.compile(r"^\s*(\d{4})\s*[-/.]\s*(\d{1,2})?(?:\s*[-/.]\s*(\d{1,2})?)?(?=$|[/T\s-])")
_COMPACT = re.compile(r"^\s*(\d{4})(\d{2})(\d{2})(?:\D|$)")
_AMERICAN = re.compile(r"^\s*(\d{1,2})/(\d{1,2})/(\d{4})\b")
_MONTH = re.compile(r"\b(" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?", re.I)
_DAY = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?(?!\d)")
_SEVERAL = re.compile(r"[-–—/&]|\bto\b|\band\b|winter|spring|summer|autumn|fall|quarter", re.I)


def find_year(text: str | None) -> int | None:
    """The first four-digit year (1500 to 2099) in a text, or None: "10 15" holds none."""
    found = _YEAR.search(text or "")
    return int(found.group(1)) if found else None


def parse_date(text: str | None, year: int | None = None) -> PartialDate | None:
    """A printed date with the precision it has.

    Args:
        text: "2024/04/03/", "1948/07//", "2020 Feb 3", "1 Dec 2024", "2024-02-01", "Winter 2019", "SEP 22".
        year: the year, for a text that gives only month and day.

    Returns:
        The date, or None where there is no year. What goes beyond a date ("Winter 2019",
        "2000 Dec 23-30") is kept in its ``text``.
    """
    value = one_line(text)
    if not value:
        return PartialDate(year) if year else None
    numeric = _NUMERIC.match(value) or _COMPACT.match(value)
    if numeric:
        return _valid(int(numeric[1]), _number(numeric[2]), _number(numeric[3])) or _later(find_year(value))
    american = _AMERICAN.match(value)
    if american:
        return _valid(int(american[3]), int(american[1]), int(american[2])) or _later(int(american[3]))
    found_year = find_year(value) or year
    if found_year is None:
        return None
    months = [_MONTHS[found.group(1).lower()] for found in _MONTH.finditer(value)]
    rest = _MONTH.sub(" ", _YEAR.sub(" ", value))
    days = [int(found.group(1)) for found in _DAY.finditer(rest)]
    printed = value if _SEVERAL.search(value) else ""
    if not months or len(set(months)) > 1:
        return PartialDate(found_year, text=printed)
    day = days[0] if len(days) == 1 and not printed else None
    plain = _valid(found_year, months[0], day) or PartialDate(found_year, months[0])
    return PartialDate(plain.year, plain.month, plain.day, printed)


def best_date(texts: Iterable[str], year: int | None) -> PartialDate | None:
    """The most precise of several printed dates that agree with the year."""
    dates = [found for text in texts if (found := parse_date(text, year)) and (year is None or found.year == year)]
    return max(dates, key=lambda found: (bool(found.month), bool(found.day), bool(found.text)), default=None)


def parse_day(text: str | None) -> date | None:
    """A full date ("2024-05-28", "20240528", "2021/08/17 05:41"), or None for less than that."""
    found = parse_date(text)
    return date(found.year, found.month, found.day) if found and found.month and found.day else None


# Ovid writes "No Pagination Specified", of which some programs make a first page "No" and a last "Specified".
_NO_PAGES = re.compile(
    r"(?:n/?a|no[\s-]*(?:pagination|specified|pages?|page numbers?)\b.*|none|nan|null|-|unpaginated)", re.I
)


def join_pages(start: str, end: str) -> str:
    """Pages as "start-end", in the source's own form ("349-69"); one page once; "" for placeholders."""
    first, last = _page(start), _page(end)
    if _NO_PAGES.fullmatch(f"{first} {last}".strip()):
        return ""
    if not first or first == last or re.search(r"\d\s*[-\u2010-\u2015\u2212]+\s*\w*\d", first):
        return first or last
    return f"{first}-{last}" if last else first


def _page(text: str) -> str:
    value = re.sub(r"^(?:pp?\.|pages?|UNSP|no pagination\b.*|no\. pagination\b.*)\s*", "", one_line(text), flags=re.I)
    value = re.sub(r"(?<=\w)\s*(?:[\u2010-\u2015\u2212]|-{1,2})\s*(?=\w)", "-", value).strip(" .,;").rstrip("-")
    if value.endswith(".0") and value[:-2].isdigit():
        value = value[:-2]
    return "" if _NO_PAGES.fullmatch(value) else value


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def _valid(year: int, month: int | None, day: int | None) -> PartialDate | None:
    """The date with what is possible of it; None where the year is not."""
    if not 1500 <= year <= 2099:
        return None
    if not month or not 1 <= month <= 12:
        return PartialDate(year)
    try:
        return PartialDate(year, month, date(year, month, day).day if day else None)
    except ValueError:
        return PartialDate(year, month)


def _later(year: int | None) -> PartialDate | None:
    return PartialDate(year) if year else None


@dataclass(frozen=True, slots=True)
class Citation:
    """What a printed source line says ("BMJ. 2020 Feb;63(2):10-12")."""

    journal: str = ""
    year: int | None = None
    volume: str = ""
    issue: str = ""
    pages: str = ""
    date: str = ""


_CITATIONS = (
    # PubMed: "Eur J Med Genet. 2020 Feb;63(2):103640. doi: ..."
    re.compile(
        r"^(?P<journal>.+?)\.\s+(?P<date>(?P<year>\d{4})[^;:.]*)(?:;\s*(?P<volume>[^():;]+?)?\s*(?:\((?P<issue>[^()]*)\))?)?"
        r"(?::\s*(?P<pages>[^.;]+))?(?:\.|;|$)"
    ),
    # HMIC: "Health Service Journal; 2001; 111 (5767): 20-21"
    re.compile(
        r"^(?P<journal>.+?)[;,.]?\s+(?P<date>(?P<year>\d{4})[^;:()]{0,20})[;,]\s*(?:vol\.?\s*)?(?P<volume>\d+)\s*"
        r"(?:\((?P<issue>[^()]*)\))?\s*[:,]\s*(?:pp?\.?\s*)?(?P<pages>\w*\d[\w-]*)"
    ),
    # Embase: "Endoscopic Ultrasound (2014) 3:3 (152-160). Date of Publication: 2014"
    re.compile(
        r"^(?P<journal>.+?)\s+\((?P<year>\d{4})\)(?:\s+(?P<volume>[^\s:(.]+))?(?::(?P<issue>[^(.]+?))?"
        r"(?:\s*\((?P<pages>[^()]+)\))?(?:\s+Article Number:\s*(?P<article>\S+?))?(?:\.|$)"
    ),
    # Ovid: "Forest Ecology & Management. 201(2-3):327-334, November 15, 2004."
    re.compile(
        r"^(?P<journal>.+?)[.,]\s+(?:Vol\.?\s*)?(?P<volume>[A-Za-z]?\d[^\s(:,;]*)\s*(?:\((?P<issue>[^()]*)\))?"
        r"(?:\s*[(:,]\s*(?:pp\.?\s*)?(?P<pages>[^,;()]*?\d[^,;()]*|no pagination))?\)?\s*[,;]\s*"
        r"(?P<date>.*?(?P<year>\d{4})(?:\s+[A-Z][a-z]{2,8}(?:\s+\d{1,2})?)?)\b"
    ),
)


def parse_citation(text: str | None) -> Citation:
    """A source line of PubMed, Embase or Ovid taken apart; empty where it has another form."""
    value = re.sub(r"\. Conference: .*?(?=\. (?:Conference \w+: |\d+ ))", "", one_line(text)[:1000])
    for pattern in _CITATIONS:
        found = pattern.match(value)
        if found:
            parts = {name: one_line(part) for name, part in found.groupdict().items()}
            return Citation(
                journal=parts["journal"].rstrip("."),
                year=find_year(parts["year"]),
                volume=parts.get("volume", ""),
                issue=parts.get("issue", ""),
                pages=join_pages(parts.get("pages", "") or parts.get("article", ""), ""),
                date=parts.get("date", ""),
            )
    return Citation()

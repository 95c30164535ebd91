"""The dates of PubMed XML: printed publication dates, which may be vague, and record dates, which may not."""

from __future__ import annotations

import re
from datetime import date
from xml.etree.ElementTree import Element

from livingscan.records import PartialDate

_MONTHS = {
    name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)
}
_YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)\b")
# "2000 Dec 23- 30": within one month, so the month is known and the day is not; "2000 Dec 23": both are.
_MEDLINE = re.compile(r"(\d{4}) ([A-Za-z]{3,9})\.?(?: (\d{1,2}))?(\s*-\s*\d{1,2})?")


def published(printed: Element | None, electronic: Element | None = None) -> PartialDate | None:
    """The date of publication as printed, else the electronic one; no part of it is made up.

    Args:
        printed: a PubDate with Year, Month, Day, Season, or with MedlineDate.
        electronic: an ArticleDate (or a book's ContributionDate).
    """
    for element in (printed, electronic):
        if element is not None and (found := _partial(element)):
            return found
    return None


def day_of(element: Element | None) -> date | None:
    """The day an element with Year, Month and Day names; None where it names none."""
    if element is None:
        return None
    try:
        year, month, day = (element.findtext(name, "") for name in ("Year", "Month", "Day"))
        return date(int(year), month_number(month) or 0, int(day))
    except ValueError:
        return None


def month_number(text: str) -> int | None:
    """1 to 12 for "3", "03", "Mar", "March"; else None."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return int(text) if 1 <= int(text) <= 12 else None
    return _MONTHS.get(text[:3].lower())


def medline_date(text: str) -> PartialDate | None:
    """A MedlineDate such as "2000 Dec 23- 30", "1998 Dec-1999 Jan", "Spring 2000": first year, and the text."""
    text = " ".join(text.split())
    plain = _MEDLINE.fullmatch(text)
    if plain and (month := month_number(plain[2])):
        day = int(plain[3]) if plain[3] and not plain[4] and 1 <= int(plain[3]) <= 31 else None
        return PartialDate(int(plain[1]), month, day, text)
    year = _YEAR.search(text)
    return PartialDate(int(year[1]), text=text) if year else None


def _partial(element: Element) -> PartialDate | None:
    parts = {part.tag: (part.text or "").strip() for part in element}
    if vague := parts.get("MedlineDate"):
        return medline_date(vague)
    year = parts.get("Year", "")
    if not (len(year) == 4 and year.isascii() and year.isdigit()):
        return None
    if season := parts.get("Season"):
        return PartialDate(int(year), text=f"{season} {year}")
    month = month_number(parts.get("Month", ""))
    day = parts.get("Day", "")
    known = month and day.isascii() and day.isdigit() and 1 <= int(day) <= 31
    return PartialDate(int(year), month, int(day) if known else None)

"""Volume, issue and pages as numbers, whatever style or damage they come in."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MONTHS = {m: n for n, m in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_EXCEL = re.compile(r"0?(\d{1,2})-(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\b|"
                    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-0?(\d{1,2})")  # fmt: skip
_PAGE = re.compile(r"([a-z]*)\s*0*(\d+)([a-z]?)(?:\.?e(\d+))?|\b([ivxlc]+)\b")
_REVIEW = re.compile(r"cd\d{6}")  # a Cochrane review's number: all its versions bear it, so it is no page
_RANGE = re.compile(r"\s*(?:-+|to|/)\s*")
_NUMBER = re.compile(r"\d+")
_NONE = re.compile(r"\(?no pagination\)?|no\.? specified|n\.?pag\.?|not available|unpaginated|\bpp?\.\s*")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(frozen=True, slots=True)
class Pages:
    """First and last page.

    Attributes:
        start: "" or the first page with its letters: "221", "s323", "e0192222" -> "e192222", "iii" -> "r3".
        end: "" or the last, abbreviations filled in: "221-8" -> "228"; the same as start where one page is given.
        first, last: the same as numbers, since styles differ in the letters ("s323" -> 323); Roman
            ones below zero; 0 where there is none.
    """

    start: str = ""
    end: str = ""
    first: int = 0
    last: int = 0


def roman(text: str) -> int:
    """The value of a Roman numeral in lower case; 0 if it is none."""
    total = 0
    for here, following in zip(text, [*text[1:], "i"], strict=True):
        if here not in _ROMAN:
            return 0
        total += -_ROMAN[here] if _ROMAN[here] < _ROMAN.get(following, 0) else _ROMAN[here]
    return total


def undo_excel_date(text: str) -> str:
    """Pages that a spreadsheet took for a date, brought back: "06-oct" -> "6-10", "jan-13" -> "1-13"."""
    found = _EXCEL.fullmatch(text)
    if not found:
        return text
    day, month, month_first, other = found.groups()
    return f"{int(day)}-{_MONTHS[month]}" if day else f"{_MONTHS[month_first]}-{int(other)}"


def _one_page(text: str) -> tuple[str, int]:
    """(page with letters, as a number) of one page; ("", 0) if there is none."""
    found = _PAGE.search(text)
    if not found:
        return "", 0
    before, digits, after, extra, numeral = found.groups()
    if numeral:
        return f"r{roman(numeral)}", -roman(numeral)
    return f"{before}{digits}{after}" + (f"e{extra}" if extra else ""), int(digits[:15])


def parse_pages(text: str) -> Pages:
    """First and last page of a page field, in any of the usual styles."""
    text = text.strip().lower()[:60]
    if not text:
        return Pages()
    if text.isdecimal():
        number = text.lstrip("0") or "0"
        return Pages(number, number, int(number[:15]), int(number[:15]))
    if _REVIEW.match(text):
        return Pages()
    text = undo_excel_date(_NONE.sub("", text.replace("–", "-").replace("—", "-")).strip(" .;,"))
    parts = _RANGE.split(text.partition(",")[0], maxsplit=1)
    start, first = _one_page(parts[0])
    if not start:  # "Suppl-29", "t-8": the first page is lost
        return Pages()
    end, last = _one_page(parts[1]) if len(parts) > 1 else (start, first)
    if not end:
        end, last = start, first
    if 0 < last < first:
        digits, whole = str(last), str(first)
        if len(digits) < len(whole):  # 221-8
            last = int(whole[: len(whole) - len(digits)] + digits)
            end = str(last)
    return Pages(start, end, first, last)


def first_number(text: str) -> str:
    """The first number in a volume or issue field without leading zeros; "" if there is none."""
    found = _NUMBER.search(undo_excel_date(text.strip().lower()) if text else "")
    return found.group().lstrip("0")[:15] if found else ""


def parse_volume(text: str) -> tuple[str, str]:
    """(volume, issue given in the volume field): "29 (7)" -> ("29", "7"), "1)" -> ("", "1").

    Exports of Ovid break "56(Suppl 1)" apart and leave "1)", the supplement's number, as the volume.
    """
    text = undo_excel_date(text.strip().lower())
    if not text:
        return "", ""
    opening = text.find("(")
    if ")" in text and opening < 0:
        return "", first_number(text)
    if opening == 0:
        return "", first_number(text)
    if opening > 0:
        return first_number(text[:opening]), first_number(text[opening:].replace("no pagination", ""))
    if re.fullmatch(r"(?:19|20)\d\d-[a-z]+", text):  # "2016-October": a date in the volume's place
        return "", ""
    return first_number(text), ""

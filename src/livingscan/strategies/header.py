"""The header of a strategy file: "# key: value" lines that the methods statement (PRISMA-S) is written from."""

from __future__ import annotations

import difflib
import re
from datetime import date

from livingscan.strategies.findings import Report

NEEDED = {
    "date": "the day it was written or last changed, like 2026-01-05",
    "author": "who wrote it, and whether it was peer reviewed (PRESS)",
    "limits": "limits and why, or none",
    "filters": "published filters it uses, cited, or none",
    "derived-from": "what it was made from, or nothing",
}
KNOWN = (*NEEDED, "question", "notes", "peer-review", "database", "platform", "version", "changes")
_KEY = re.compile(r"\s?([A-Za-z][A-Za-z-]*):\s*(.*)")


def check_header(text: str, report: Report, today: date) -> int:
    """Check the header.

    Args:
        text: the whole file. report: takes the findings. today: no strategy is of a later day.

    Returns:
        Where the search text begins.
    """
    values: dict[str, tuple[str, int]] = {}
    last = ""
    at = 0
    for row in text.splitlines(keepends=True):
        stripped = row.strip()
        if stripped and not stripped.startswith("#"):
            break
        found = _KEY.match(stripped.lstrip("#"))
        if found:
            last = found[1].lower()
            if last in values:
                report.add("header", at, at + len(stripped), f"the key {last!r} stands there twice", "keep one")
            values[last] = (found[2].strip(), at)
            if last not in KNOWN:
                close = difflib.get_close_matches(last, KNOWN, n=1, cutoff=0.6)
                report.add(
                    "header",
                    at,
                    at + len(stripped),
                    f"the header knows no key {last!r}",
                    f"did you mean {close[0]}?" if close else f"choose from {', '.join(KNOWN)}",
                )
        elif last and stripped.lstrip("# "):
            values[last] = (f"{values[last][0]} {stripped.lstrip('# ')}".strip(), values[last][1])
        at += len(row)
    for key, what in NEEDED.items():
        if key not in values:
            report.add(f"header {key}", 0, 1, f"the header says nothing of {key}", f"add a line: # {key}: {what}")
        elif not values[key][0]:
            place = values[key][1]
            report.add("header", place, place + 1, f"{key} is empty", f"write {what}")
    if values.get("date", ("", 0))[0]:
        _check_date(*values["date"], report, today)
    return at


def _check_date(value: str, at: int, report: Report, today: date) -> None:
    try:
        written = date.fromisoformat(value)
    except ValueError:
        report.add("header", at, at + 6 + len(value), f"{value!r} is no date", "write it like 2026-01-05")
        return
    if written > today:
        report.add("header", at, at + 6 + len(value), f"{value} has not come yet", "mend the year")

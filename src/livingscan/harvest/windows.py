"""Which span of record-added dates a search covers. Pure functions over dates.

A window is closed only by a complete search. What has been covered is therefore worked out from
the complete searches, never from when a flow last ran: a failed or skipped week widens the next
window by itself. Windows overlap, because sources go on adding records to a day that is over.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

from livingscan.errors import UserError
from livingscan.records import Window

WindowKind = Literal["since-last", "since-date", "full"]
EARLIEST = date(1900, 1, 1)  # before any source; some answer an earlier day with an error


def check_since(since: date, today: date) -> None:
    """Raise UserError unless a window can begin on ``since``."""
    if since > today:
        raise UserError(f"the window cannot start in the future: {since} is after today, {today}")
    if since < EARLIEST:
        raise UserError(f"no source holds records added on {since}: give a day from {EARLIEST} on, or ask for all")


def covered_until(searched: Iterable[Window]) -> date | None:
    """The last day up to which the windows cover everything from the beginning, or None.

    Args:
        searched: windows of complete searches, in any order, each with an end.
    """
    known = list(searched)
    ends = [window.end for window in known if window.start is None and window.end]
    if not ends:
        return None
    until = max(ends)
    for window in sorted((w for w in known if w.start and w.end), key=lambda w: w.start or date.min):
        if window.start and window.end and window.start <= until + timedelta(days=1):
            until = max(until, window.end)
    return until


def choose(
    kind: WindowKind, *, searched: Iterable[Window], today: date, overlap: timedelta, since: date | None = None
) -> Window:
    """The window to search.

    Args:
        kind: "since-last" (what complete searches with this strategy have not covered, and the
            overlap), "since-date", or "full" (everything the strategy finds).
        searched: windows of the complete searches with this very strategy; a changed strategy has
            none, and so starts from the beginning.
        today: the present day. A window ends today; the overlap asks again for what comes late.
        overlap: how far to reach back behind what is covered.
        since: first day, for "since-date".

    Raises:
        UserError: "since-date" without a date, or with one that no window can begin on.
    """
    if kind == "since-date":
        if since is None:
            raise UserError("the window `since-date` needs a date: give it as --since YYYY-MM-DD")
        check_since(since, today)
        return Window(since, today)
    until = covered_until(searched) if kind == "since-last" else None
    if until is None:
        return Window(None, today)
    return Window(min(until, today) - overlap, today)

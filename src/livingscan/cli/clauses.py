"""A run in one line: what each step says of itself in the run ledger, in Prefect's states and on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from livingscan.coding.step import CodingOutcome
    from livingscan.dedupe.step import DedupeOutcome
    from livingscan.screening.step import FlagOutcome
    from livingscan.store import Store
    from livingscan.summary.model import Summary

BETWEEN = " · "
FAILED = "FAILED "
GOOD = ("complete", "empty")


def last_searches(store: Store, run_id: int) -> list[dict[str, Any]]:
    """The ledger's rows of a run, the last try of each source, in the order in which they were begun."""
    from livingscan.store.ledger import ledger_rows

    return list({row["source"]: row for row in reversed(ledger_rows(store, None, run_id))}.values())


def searched(store: Store, run_id: int) -> str:
    """How the searches of a run went, all in all: "2 of 3 sources complete, 812 new records"."""
    rows = last_searches(store, run_id)
    good = sum(row["status"] in GOOD for row in rows)
    return f"{good} of {len(rows)} {plural(len(rows), 'source')} complete, {count(_sum(rows, 'new'), 'new record')}"


def _sum(rows: list[dict[str, Any]], key: str) -> int:
    return sum(row[key] or 0 for row in rows)


def plural(number: int, noun: str) -> str:
    """The noun as the number asks for."""
    return noun if number == 1 else f"{noun}s"


def count(number: int, noun: str) -> str:
    """The number with its noun: "1 source", "2,000 records"."""
    return f"{number:,} {plural(number, noun)}"


def linked(outcome: DedupeOutcome) -> str:
    """What the search for duplicates brought."""
    return f"{count(outcome.links, 'new duplicate link')}, {count(outcome.reports, 'report')}"


def flagged(outcome: FlagOutcome) -> str:
    """What flagging brought."""
    return (
        f"{count(outcome.checked, 'record')} flagged, {outcome.likely_eligible:,} likely eligible, "
        f"{outcome.queue:,} waiting to be screened"
    )


def suggested(outcome: CodingOutcome) -> str:
    """What the machine's coding brought."""
    return f"{count(outcome.suggestions, 'finding')} suggested"


def summarised(summary: Summary) -> str:
    """What the summary says at its head."""
    return "summaries refreshed"


def message(done: list[str], failed: list[str], error: str = "") -> str:
    """The run in one line; what went wrong comes first."""
    wrong = [error] if error else []
    return BETWEEN.join([*wrong, *(FAILED + clause for clause in failed), *done])


def outcome_word(failed: list[str]) -> str:
    """How the run ledger calls the end of a run that came to its end."""
    return "completed with failures" if failed else "completed"

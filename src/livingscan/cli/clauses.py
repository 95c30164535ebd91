"""A run in one line: what each step says of itself in the run ledger, in Prefect's states and on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livingscan.numbers import count, plural

if TYPE_CHECKING:
    from livingscan.coding.step import CodingOutcome
    from livingscan.dedupe.step import DedupeOutcome
    from livingscan.harvest.inbox import InboxScan
    from livingscan.screening.step import FlagOutcome
    from livingscan.store import Store
    from livingscan.store.ledger_queries import SearchOutcome
    from livingscan.summary.model import Summary

BETWEEN = " · "
FAILED = "FAILED "
GOOD = ("complete", "empty")
REST = {"imported before": "known already", "waiting": "still being copied"}
FILES_NAMED = 6  # in one line


def last_searches(store: Store, run_id: int) -> list[dict[str, Any]]:
    """The ledger's rows of a run, the last try of each source, in the order in which they were begun."""
    from livingscan.store.ledger_queries import ledger_rows

    return list({row["source"]: row for row in reversed(ledger_rows(store, None, run_id))}.values())


def searched(store: Store, run_id: int) -> str:
    """How the searches of a run went, all in all: "2 of 3 sources complete, 812 new records"."""
    rows = last_searches(store, run_id)
    good = sum(row["status"] in GOOD for row in rows)
    return f"{good} of {len(rows)} {plural(len(rows), 'source')} complete, {count(_sum(rows, 'new'), 'new record')}"


def _sum(rows: list[dict[str, Any]], key: str) -> int:
    return sum(row[key] or 0 for row in rows)


def dropped(scan: InboxScan) -> str:
    """What a look into the inbox brought: "2 of 2 files imported: a.ris (Embase), 10 records, 8 new; ..."."""
    told = [
        f"{one.file} ({one.search.source}), {count(one.search.fetched, 'record')}, {one.search.new:,} new"
        + (f" ({one.reason})" if one.reason else "")
        for one in scan.imported
        if one.search
    ]
    more = [f"and {len(told) - FILES_NAMED} more"] if len(told) > FILES_NAMED else []
    head = f"{len(scan.imported)} of {count(len(scan.outcomes), 'file')} imported"
    rest = Counter(one.status for one in scan.outcomes if one.status in ("imported before", "waiting"))
    head += "".join(f", {number} {REST[status]}" for status, number in rest.items())
    return f"{head}: {'; '.join([*told[:FILES_NAMED], *more])}" if told else head


def known_already(file: Path, search: SearchOutcome) -> str:
    """That a file was imported before, and by which search."""
    return (
        f"{file.name} was imported before, on {search.started_at:%Y-%m-%d %H:%M} UTC as search {search.search_id} "
        f"({search.source}, {count(search.fetched, 'record')}): nothing is done"
    )


def put_aside(scan: InboxScan) -> list[str]:
    """The files of the inbox that cannot be read, each with the reason."""
    return [f"{one.file}: {one.reason}" for one in scan.outcomes if one.status == "unreadable"]


def in_the_inbox(files: Sequence[Path]) -> str:
    """What waits in the inbox while a run goes its own way."""
    return f"{count(len(files), 'file')} {'waits' if len(files) == 1 else 'wait'} in the inbox, for `livingscan inbox`"


def linked(outcome: DedupeOutcome) -> str:
    """What the search for duplicates brought."""
    pairs = count(outcome.links, "pair")
    return f"{pairs} of records newly linked, {outcome.possible:,} of them for a person to look at"


def flagged(outcome: FlagOutcome) -> str:
    """What flagging brought."""
    from livingscan.summary.render import in_queue

    return f"{count(outcome.checked, 'record')} flagged; {in_queue(outcome.queue, outcome.likely_eligible)}" + (
        f", {outcome.unresolved:,} to settle (unsure, or reviewers differ)" if outcome.unresolved else ""
    )


def settle(reports: int) -> str:
    """That reports wait to be settled, and how."""
    return (
        f"{count(reports, 'report')} to settle, reviewers are unsure or differ: "
        "`livingscan screen start --what unresolved`"
    )


def suggested(outcome: CodingOutcome) -> str:
    """What the machine's coding brought."""
    return f"{count(outcome.suggestions, 'finding')} suggested"


def summarised(summary: Summary) -> str:
    """The head of the summary: its tier, its studies, and what they report most."""
    if not summary.headline:
        none = "no record has come in yet" if not summary.prisma["database_results"] else ""
        return f"nothing to count yet: {none or 'no study is included, and no report is flagged as likely eligible'}"
    from livingscan.summary.chart import FEW
    from livingscan.summary.render import lower_tiers
    from livingscan.summary.tables import in_prose

    tier = summary.tier(summary.headline)
    nhs = tier.by_group.get("nhs", 0)
    head = f"{summary.headline} summary: {count(tier.studies, 'study')}, {nhs:,} of them in the NHS"
    if lower := [f"{one.studies:,} {one.tier}" for one in lower_tiers(summary)]:
        head += f" (counted apart: {', '.join(lower)})"
    if nhs < FEW:  # of a handful none is foremost
        return head
    cells = [(tier.cell(theme.id).barrier, theme.label) for theme in summary.themes]
    top = sorted((cell for cell in cells if cell[0]), key=lambda cell: -cell[0])[:3]
    named = ", ".join(f"{in_prose(label)} ({number:,} of {nhs:,})" for number, label in top)
    return f"{head}; most often reported there: {named}" if named else head


def brief(text: str) -> str:
    """A run's message without what stands elsewhere at length: what went wrong, and the first thing done."""
    clauses = text.split(BETWEEN)
    wrong = [clause for clause in clauses if clause.startswith(FAILED)]
    return BETWEEN.join([*wrong, *[clause for clause in clauses if clause not in wrong][:1]])


def message(done: list[str], failed: list[str], error: str = "") -> str:
    """The run in one line; what went wrong comes first."""
    wrong = [error] if error else []
    return BETWEEN.join([*wrong, *(FAILED + clause for clause in failed), *done])


def outcome_word(failed: list[str]) -> str:
    """How the run ledger calls the end of a run that came to its end."""
    return "completed with failures" if failed else "completed"

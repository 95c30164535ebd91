"""Results as people see them in Prefect: artifacts, events, the progress of long work."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote
from uuid import UUID

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.events import emit_event

from flows.forms import PROTOCOL
from flows.keys import BARRIERS, HEALTH, LATE, LEDGER, NEW, RELEASES, RETRACTIONS
from livingscan import clock
from livingscan.progress import Progress
from livingscan.store import Store
from livingscan.store.ledger_queries import ledger_rows
from livingscan.store.reports import new_records

if TYPE_CHECKING:
    from livingscan.harvest.health import SourceHealth
    from livingscan.harvest.late import LateRecord
    from livingscan.store.ledger_queries import SearchOutcome
    from livingscan.summary.model import Summary

_IN_URLS = "%/:?#@!$&'*+,;=~"  # all that may stand in one, but brackets: they would end the link

PATIENCE = 3.0  # seconds of work before it is long enough for a progress artifact
SEARCHES, RECORDS = 100, 200  # rows of the tables
EVERY = 2.0  # seconds between updates of it: each is a call to the server


def progress(what: str) -> Progress:
    """A listener that shows long work as a progress artifact of the present task; short work leaves none."""
    began = clock.monotonic()
    artifact: UUID | None = None
    told = began

    def tell(done: int, total: int | None, doing: str) -> None:
        nonlocal artifact, told
        now = clock.monotonic()
        finished = total is not None and done >= total
        if now - began < PATIENCE or (now - told < EVERY and not finished) or (finished and artifact is None):
            return
        told = now
        share = 100.0 * min(done, total) / total if total else 0.0
        words = f"{what}: {doing}, {done:,} of {total:,}" if total else f"{what}: {doing}, {done:,} so far"
        if artifact is None:
            artifact = cast(UUID, create_progress_artifact(share, description=words))
        else:
            update_progress_artifact(artifact, share, description=words)

    return tell


def search_ended(outcome: SearchOutcome) -> None:
    """Emit ``livingscan.search.<status>``, for automations that tell people."""
    emit_event(
        f"livingscan.search.{outcome.status.replace(' ', '-')}",
        resource={
            "prefect.resource.id": f"livingscan.source.{outcome.source}",
            "prefect.resource.name": outcome.source,
        },
        payload={
            "window": outcome.window,
            "reason": outcome.reason,
            "promised": outcome.promised,
            "fetched": outcome.fetched,
            "new": outcome.new,
        },
    )


def plain(text: str, most: int = 200) -> str:
    """Text from outside for a table cell: on one line, shortened, and never Markdown or HTML.

    Prefect's UI renders cells as Markdown: a title could load a picture from anywhere, or carry a
    link. A blank of no width after each opening sign leaves the text as it was and takes its power.
    """
    line = " ".join(text.split())
    line = line if len(line) <= most else line[: most - 1].rstrip() + "…"
    return re.sub(r"<(?=\S)|](?=[(\[])", lambda found: f"{found.group()}\u200b", line)


def _search_row(row: dict[str, Any]) -> dict[str, Any]:
    """A search of the ledger with what matters first: the UI cuts wide tables on the right."""
    more = [f"{row[key]:,} {key}" for key in ("changed", "deleted", "vanished", "absent", "unreadable") if row[key]]
    return {
        "source": plain(row["source"]),
        "window": plain(row["window"], 60),
        "status": row["status"],
        "promised": row["promised"] if row["promised"] is not None else "",
        "fetched": row["fetched"],
        "new": row["new"],
        "notes": plain("; ".join([*filter(None, [row["reason"]]), *more])),
        "started (UTC)": row["started"],
        "seconds": row["seconds"],
        "requests": row["requests"],
        "search": row["search"],
    }


def _link(url: str) -> str:
    """A Markdown link to a web page; nothing where it is none."""
    return f"[open]({quote(url, safe=_IN_URLS)})" if url.startswith(("https://", "http://")) else ""


def _record_row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": plain(row["title"], 64),
        "year": row["year"] or "",
        "source": plain(row["source"]),
        "open": _link(row["url"]),
        "flags": plain(row["flags"].replace("_", " ")),
        "added": row["added"],
        "record": row["record"],
    }


def show_searches(store: Store, run_id: int) -> None:
    """The ledger's newest searches and what this run brought, as tables."""
    create_table_artifact(
        [_search_row(row) for row in ledger_rows(store, SEARCHES)],
        key=LEDGER,
        description=f"The search ledger: the newest {SEARCHES} searches, newest first.",
    )
    rows = [_record_row(row) for row in new_records(store, run_id, RECORDS)]
    create_table_artifact(
        rows,
        key=NEW,
        description=f"What run {run_id} found that was not known before, most promising first (at most {RECORDS})."
        if rows
        else f"Run {run_id} found nothing that was not known before.",
    )


def _listed(head: str, lines: Iterable[str]) -> str:
    """A description with a list under it: cells are never wrapped, so sentences stand here."""
    return "\n".join([head, "", *(f"- {line}" for line in lines)]).strip()


def _health_row(one: SourceHealth, row: dict[str, Any]) -> dict[str, Any]:
    """A source's health with what matters first: the UI cuts wide tables on the right."""
    kinds = {"problems": ", ".join(problem.kind for problem in one.problems)}
    shown = ("source", "state", "problems", "complete to", "last search", "brought", "usual", "all ids compared")
    return {key: plain(str((row | kinds)[key] or "")) for key in (*shown, "signed off")}


def show_health(store: Store) -> None:
    """The health of each source that is searched, and the records that came late, as tables."""
    from livingscan.harvest.health import health, health_rows, holding
    from livingscan.harvest.late import late, late_records

    found = [one for one in health(store, PROTOCOL) if one.enabled]
    head = (
        "Publishing is held. Mend what is wrong, or sign it off: `livingscan health signoff SOURCE --who YOU "
        "--reason WHY`."
        if holding(found)
        else "Nothing holds publishing back."
    )
    problems = [f"**{one.source}**: {plain(problem.words, 500)}" for one in found for problem in one.problems]
    create_table_artifact(
        [_health_row(one, row) for one, row in zip(found, health_rows(found), strict=True)],
        key=HEALTH,
        description=_listed(f"The health of the sources that are searched. {head}", problems),
    )
    told = [one for one in late(store, PROTOCOL) if one.late or one.vanished]
    records = [record for one in told if one.late for record in late_records(store, one.source, RECORDS)]
    records.sort(key=lambda record: -record.days)
    head = (
        "What an earlier complete search should have brought and did not: days from the day that the source gives "
        f"to the day it was seen here, latest first (at most {RECORDS})."
    )
    create_table_artifact(
        [_late_row(record) for record in records[:RECORDS]],
        key=LATE,
        description=_listed(head if told else f"{head} There is nothing.", (one.in_words() for one in told)),
    )


def _late_row(record: LateRecord) -> dict[str, Any]:
    return {
        "days late": record.days,
        "title": plain(record.title, 44),
        "source": record.source,
        "open": _link(record.url),
        "added there": str(record.added),
        "seen here": str(record.first_seen.date()),
        "brought by": "full reconciliation" if record.full else "the overlap",
        "id": plain(record.source_id, 40),
    }


def show_releases(store: Store) -> None:
    """The releases, newest first, as a table."""
    from livingscan.publish.release import list_releases, release_row

    rows = [release_row(one) for one in reversed(list_releases(store))]
    create_table_artifact(
        [{key: plain(str(value)) for key, value in row.items()} for row in rows],
        key=RELEASES,
        description="The releases, newest first; `livingscan release show N` tells what one rests on.",
    )


def show_tasks(store: Store) -> None:
    """The notices that wait for a person, with the findings and matrix cells they touch, as a table."""
    from livingscan.screening.retractions import list_retractions, retraction_rows

    rows = [
        {key: plain(str(value)) if isinstance(value, str) else value for key, value in row.items() if key != "closed"}
        for row in retraction_rows(list_retractions(store))
    ]
    what = "Retractions, concerns, corrections and reinstatements of what the review rests on that wait for a person."
    create_table_artifact(rows, key=RETRACTIONS, description=what if rows else f"{what} There are none.")


def show_summary(summary: Summary) -> None:
    """The barrier summary, as a page."""
    from livingscan.summary.render import summary_markdown

    create_markdown_artifact(
        summary_markdown(summary), key=BARRIERS, description="What gets in the way of improvement in the NHS."
    )

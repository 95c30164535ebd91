"""Results as people see them in Prefect: artifacts, events, the progress of long work."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from uuid import UUID

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.events import emit_event

from flows.keys import BARRIERS, LEDGER, NEW
from livingscan import clock
from livingscan.progress import Progress
from livingscan.store import Store
from livingscan.store.ledger import ledger_rows
from livingscan.store.reports import new_records

if TYPE_CHECKING:
    from livingscan.store.ledger import SearchOutcome
    from livingscan.summary.model import Summary

PATIENCE = 3.0  # seconds of work before it is long enough for a progress artifact
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


def show_searches(store: Store, run_id: int) -> None:
    """The ledger's newest searches and what this run brought, as tables."""
    create_table_artifact(
        ledger_rows(store, 100), key=LEDGER, description="The search ledger: the newest 100 searches, newest first."
    )
    rows = new_records(store, run_id, 200)
    create_table_artifact(
        rows,
        key=NEW,
        description=f"What run {run_id} found that was not known before, most promising first (at most 200 of them)."
        if rows
        else f"Run {run_id} found nothing that was not known before.",
    )


def show_summary(summary: Summary) -> None:
    """The barrier summary, as a page."""
    from livingscan.summary.render import summary_markdown

    create_markdown_artifact(
        summary_markdown(summary), key=BARRIERS, description="What gets in the way of improvement in the NHS."
    )

"""search-source: ask one source, by hand or on a schedule of its own."""

from __future__ import annotations

from datetime import date
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows import report, tasks
from flows.forms import SOURCES, SourceName, Window
from flows.ledgered import ledgered


@flow(name="search-source", flow_run_name="search {source}")
def search_source(
    source: SourceName = SOURCES[0],
    window: Window = Window.SINCE_LAST,
    since: date | None = None,
    follow_up: bool = True,
) -> State[Any]:
    """Ask one source.

    Args:
        source: The source to ask.
        window: Which records to ask for. Since the last complete search is the usual one. Full
            reconciliation compares all ids: it finds what was added late, changed or vanished.
        since: Only for the window "since a date": press "date" and choose the first day. Records that a
            source added on or after it are asked for.
        follow_up: Also link duplicates, flag for screening and refresh the summaries.
    """
    with ledgered("search-source") as work:
        window.check(since)
        work.searches_ended({source: tasks.search(source, window, since, work.run_id, return_state=True)})
        if follow_up:
            tasks.follow_up(work)
        report.show_searches(work.store, work.run_id)
        report.show_health(work.store)
    return work.state()

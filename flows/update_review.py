"""update-review: ask every source for what is new, then carry it through to the barrier summaries."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.futures import wait
from prefect.runtime import flow_run
from prefect.task_runners import ThreadPoolTaskRunner

from flows import report, tasks
from flows.forms import PROTOCOL, SOURCES, SourceNames, Window
from flows.ledgered import ledgered


def _run_name() -> str:
    chosen = flow_run.parameters["sources"]
    names = "all sources" if set(chosen) == set(SOURCES) else ", ".join(chosen)
    return f"update from {names}, {Window(flow_run.parameters['window']).words(flow_run.parameters['since'])}"


_SIDE_BY_SIDE = cast(Any, ThreadPoolTaskRunner(max_workers=PROTOCOL.living.sources_at_once))


@flow(
    name="update-review",
    flow_run_name=_run_name,
    task_runner=_SIDE_BY_SIDE,
)
def update_review(
    sources: SourceNames = SOURCES,
    window: Window = Window.SINCE_LAST,
    since: date | None = None,
) -> State[Any]:
    """Ask the sources for what is new, link duplicates, flag for screening, refresh the summaries.

    A source that fails does not stop the others: the run then ends as **Completed with failures**
    and says which and why, and the next update asks again for what is missing.

    Args:
        sources: The sources to ask. All that the protocol enables, unless you take some away.
        window: Which records to ask for. Since the last complete search is the usual one. Full
            reconciliation compares all ids: it finds what was added late, changed or vanished.
        since: Only for the window "since a date": press "date" and choose the first day. Records that a
            source added on or after it are asked for.
    """
    with ledgered("update-review") as work:
        window.check(since)
        searches = {name: tasks.search.submit(name, window, since, work.run_id) for name in sources}
        wait(list(searches.values()))
        work.searches_ended({name: search.state for name, search in searches.items()})
        tasks.follow_up(work)
        report.show_searches(work.store, work.run_id)
        report.show_health(work.store)
    return work.state()

"""The steps as Prefect tasks: a task is a source or a step, never a record.

Each opens the database for itself, and can be killed and run again. Only asking a source is ever
retried, and only where the fault may pass. Nothing is cached: they all write. A step is imported when
it is run, so that the process which only serves the deployments stays small.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.states import Completed, Failed
from prefect.tasks import Task, exponential_backoff

from flows import report
from flows.forms import PROTOCOL, Window
from flows.ledgered import Work
from flows.secret_blocks import with_blocks
from livingscan.cli import clauses
from livingscan.errors import LivingscanError, RetriableSourceError
from livingscan.protocol import load_codebook
from livingscan.settings import settings
from livingscan.store import open_store

if TYPE_CHECKING:
    from livingscan.harvest.inbox import InboxScan
    from livingscan.store.ledger_queries import SearchOutcome


def may_pass(task: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:
    """Whether a failed search is worth another try: Prefect asks this before each retry."""
    return isinstance(state.data, RetriableSourceError)


def _ended(search: Callable[[], SearchOutcome]) -> State[Any]:
    """The outcome of a search as the state of its task: what is missing is red, what was not run is named.

    An error that is written for people becomes its one line; Prefect would log its traceback.
    """
    try:
        outcome = search()
    except LivingscanError as error:
        return Failed(message=str(error), data=error)
    report.search_ended(outcome)
    if outcome.ok:
        return Completed(name=outcome.status.capitalize(), message=f"{outcome.fetched:,} fetched, {outcome.new:,} new")
    if outcome.status == "not run":
        return Completed(name="Not run", message=outcome.reason)
    reason = RetriableSourceError(outcome.reason) if outcome.retriable else None
    return Failed(name=outcome.status.capitalize(), message=outcome.reason, data=reason)


@task(
    name="search",
    task_run_name="search {source}",
    retries=2,
    retry_delay_seconds=exponential_backoff(1 if settings().sandbox_url else 15),  # the sandbox's faults pass at once
    retry_jitter_factor=0.3,
    retry_condition_fn=may_pass,
    cache_policy=NO_CACHE,
)
def search(source: str, window: Window, since: date | None, run_id: int) -> State[Any]:
    """Search one source; see :func:`livingscan.harvest.search.search_source`."""
    from livingscan.harvest.search import search_source

    with open_store() as store:
        return _ended(
            lambda: search_source(
                store,
                source,
                protocol=PROTOCOL,
                settings=with_blocks(settings()),
                window=window.kind,
                since=since,
                run_id=run_id,
                progress=report.progress(f"search {source}"),
            )
        )


@task(name="import", task_run_name="import {path}", cache_policy=NO_CACHE)
def read_file(
    path: str, database: str, platform: str, strategy: str, searched_on: date | None, run_id: int
) -> State[Any]:
    """Import a file; see :func:`livingscan.harvest.files.import_file`."""
    from livingscan.harvest.files import import_file

    with open_store() as store:
        return _ended(
            lambda: import_file(
                store,
                Path(path),
                database=database,
                platform=platform,
                strategy=strategy,
                searched_on=searched_on,
                run_id=run_id,
                progress=report.progress(f"import {Path(path).name}"),
            )
        )


@task(name="deduplicate", task_run_name="deduplicate", cache_policy=NO_CACHE)
def link_duplicates(run_id: int) -> State[Any]:
    """Link duplicates; see :func:`livingscan.dedupe.step.deduplicate`."""
    from flows.crew import crew
    from livingscan.dedupe.step import deduplicate

    try:
        with open_store() as store, crew() as shared:
            outcome = deduplicate(
                store, protocol=PROTOCOL, run_id=run_id, progress=report.progress("duplicates"), crew=shared
            )
    except LivingscanError as error:
        return Failed(message=str(error), data=error)
    return Completed(message=clauses.linked(outcome))


@task(name="flag for screening", task_run_name="flag for screening", cache_policy=NO_CACHE)
def flag(run_id: int) -> State[Any]:
    """Flag reports; see :func:`livingscan.screening.step.flag_for_screening`."""
    from livingscan.screening.step import flag_for_screening

    with open_store() as store:
        outcome = flag_for_screening(store, protocol=PROTOCOL, run_id=run_id, progress=report.progress("flags"))
    return Completed(message=clauses.flagged(outcome))


@task(name="suggest findings", task_run_name="suggest findings", cache_policy=NO_CACHE)
def suggest(run_id: int) -> State[Any]:
    """Suggest findings; see :func:`livingscan.coding.step.suggest_findings`."""
    from livingscan.coding.step import suggest_findings

    with open_store() as store:
        outcome = suggest_findings(store, codebook=load_codebook(), run_id=run_id, progress=report.progress("findings"))
    return Completed(message=clauses.suggested(outcome))


@task(name="refresh summaries", task_run_name="refresh summaries", cache_policy=NO_CACHE)
def summarise(run_id: int) -> State[Any]:
    """Refresh the summaries; see :func:`livingscan.summary.step.refresh_summaries`."""
    from livingscan.summary.step import refresh_summaries

    with open_store() as store:
        summary = refresh_summaries(
            store, protocol=PROTOCOL, codebook=load_codebook(), run_id=run_id, progress=report.progress("summaries")
        )
    report.show_summary(summary)
    return Completed(message=clauses.summarised(summary))


@task(name="look into the inbox", cache_policy=NO_CACHE)
def look_into_inbox(run_id: int) -> InboxScan:
    """Import what was dropped; see :func:`livingscan.harvest.inbox.scan_inbox`."""
    from livingscan.harvest.inbox import scan_inbox

    with open_store() as store:
        return scan_inbox(store, settings().inbox(), run_id=run_id, progress=report.progress("inbox"))


@task(name="look for retractions", cache_policy=NO_CACHE)
def look_for_retractions(retraction_watch: str, run_id: int) -> State[Any]:
    """Check what the review rests on; see :func:`livingscan.screening.retractions.check_retractions`."""
    from livingscan.screening.retraction_watch import way_out
    from livingscan.screening.retractions import check_retractions

    with open_store() as store:
        found = check_retractions(
            store,
            retraction_watch_at=retraction_watch,
            http=way_out(settings()),
            run_id=run_id,
            progress=report.progress("retractions"),
        )
    return Completed(message=found.in_words())


def follow_up(work: Work) -> None:
    """All that comes after new records: duplicates, flags, suggested findings, summaries, in this order."""
    for step in (link_duplicates, flag, suggest, summarise):
        work.did(step(work.run_id, return_state=True))

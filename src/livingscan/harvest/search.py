"""Search a source: ask, fetch, load, account; resumable at any point, with nothing lost."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from livingscan import clock, sources
from livingscan.errors import ExpiredCursorError, NotConfiguredError, RetriableSourceError, SourceError
from livingscan.harvest.late import changed_window
from livingscan.harvest.verdict import judge
from livingscan.harvest.windows import WindowKind, choose
from livingscan.progress import Progress, no_progress
from livingscan.records import Window
from livingscan.sources.base import Source
from livingscan.sources.http import Http
from livingscan.store import ledger, ledger_queries
from livingscan.store.ledger import OpenSearch
from livingscan.store.ledger_queries import SearchOutcome

if TYPE_CHECKING:
    from livingscan.protocol import Protocol
    from livingscan.settings import Settings
    from livingscan.store import Store

log = logging.getLogger(__name__)


def search_source(
    store: Store,
    name: str,
    *,
    protocol: Protocol,
    settings: Settings,
    window: WindowKind = "since-last",
    since: date | None = None,
    run_id: int | None = None,
    progress: Progress = no_progress,
) -> SearchOutcome:
    """Search one source and load what it finds.

    A search that a killed process left behind is taken over and finished first.

    Args:
        store: the review's database.
        name: short name of the source.
        protocol: says which strategy to use and how far windows overlap.
        settings: keys, contact, and where the source answers.
        window: "since-last", "since-date" (with ``since``) or "full" (reconciliation: what the source
            has changed is asked for anew, where it can tell; then all ids are compared, and late and
            vanished ones are marked).
        run_id: the run it belongs to.
        progress: told after each page.

    Returns:
        The outcome as written in the ledger. A source that fails does not raise.

    Raises:
        UserError: no such source, or no strategy for it.
        StateError: another process took the search over.
    """
    strategy = protocol.strategy(name)
    platform = sources.known(name).platform

    def fresh() -> Source:  # each search counts what it costs by itself
        return sources.create(name, Http.from_settings(settings), strategy.text, settings)

    try:
        fresh()
    except NotConfiguredError as error:
        return ledger.not_run(store, source=name, platform=platform, run_id=run_id, reason=str(error))
    strategy_id = ledger.keep_strategy(store, name, strategy.text, strategy.sha256, strategy.header)
    overlap = timedelta(days=protocol.source(name).overlap_days)
    left = ledger.adopt(store, name, strategy_id=strategy_id, kind="interface")
    while left:
        outcome = _run(store, fresh(), left, strategy_id, progress)
        if outcome.ok and window == "since-last" and left.window.end == clock.today() and left.window.by == "added":
            return outcome
        left = ledger.adopt(store, name, strategy_id=strategy_id, kind="interface")

    def run(kind: str, span: Window) -> SearchOutcome:
        search = ledger.begin(
            store,
            kind="interface",
            source=name,
            platform=platform,
            run_id=run_id,
            strategy_id=strategy_id,
            window_kind=kind,
            window=span,
        )
        return _run(store, fresh(), search, strategy_id, progress)

    if window == "full" and (revised := changed_window(store, protocol, name, clock.today())):
        # Reconciliation compares ids and sends for none that is stored; so what the source has
        # changed since (a retraction, say) is asked for first, whole.
        changed = run("changed", revised)
        if not changed.ok:
            return changed
    searched = ledger_queries.good_windows(store, name, strategy_id)
    return run(window, choose(window, searched=searched, today=clock.today(), overlap=overlap, since=since))


def _run(store: Store, source: Source, search: OpenSearch, strategy_id: int, progress: Progress) -> SearchOutcome:
    """Walk an open search to its end and close it."""
    error = ""
    retriable = False
    promised: int | None = None
    try:
        promise = source.promise(search.window)
        promised = promise.count
        ledger.promise(store, search, promise)
        try:
            _walk(store, source, search, search.cursor, promised, progress)
        except ExpiredCursorError as expired:
            log.info("%s: %s; starting over with what has come", source.name, expired)
            ledger.forget_cursor(store, search)
            _walk(store, source, search, None, promised, progress)
    except SourceError as problem:
        error = str(problem)
        retriable = isinstance(problem, RetriableSourceError)
    except (ValueError, KeyError, TypeError, AttributeError, LookupError, RecursionError) as problem:
        # An answer nobody foresaw must end this search honestly, not the whole update.
        log.exception("%s: an answer that livingscan cannot handle", source.name)
        error = f"an answer that livingscan cannot handle ({type(problem).__name__}: {problem}); please report it"
    items = ledger_queries.item_counts(store, search.id)
    status, reason = judge(
        promised=promised, items=items, missing=ledger_queries.missing(store, search.id), error=error
    )
    vanished: list[str] = []
    if search.window.is_full and search.window.by == "added" and status == "complete":
        vanished = ledger_queries.not_seen_again(store, search.source, search.id, strategy_id)
    outcome = ledger.finish(store, search, status, reason, source.http.tally, vanished)
    log.info("%s: %s, %d fetched, %d new. %s", source.name, status, outcome.fetched, outcome.new, reason)
    return replace(outcome, retriable=retriable)


def _walk(
    store: Store,
    source: Source,
    search: OpenSearch,
    cursor: str | None,
    promised: int | None,
    progress: Progress,
) -> None:
    """Fetch page by page; each page and its ledger entry are committed together."""
    have = ledger_queries.accounted(store, search.id)
    if source.lists_ids and search.window_kind == "full":
        # A reconciliation compares ids; what is stored already need not be sent again.
        have |= ledger_queries.stored_ids(store, source.name)
    done = 0
    for page in source.pages(search.window, cursor, have):
        ledger.commit_page(store, search, page, known=have)
        done += len(page.fetched)
        progress(done, promised, source.title)

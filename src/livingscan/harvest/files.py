"""Import a file that someone exported from a database: a search like any other, in the same ledger."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from livingscan import clock, formats
from livingscan.errors import DataError, UserError
from livingscan.harvest.verdict import judge
from livingscan.progress import Progress, no_progress
from livingscan.records import Fetched, Page, Unreadable
from livingscan.store import ledger, ledger_queries
from livingscan.store.ledger import NoTally
from livingscan.store.ledger_queries import SearchOutcome
from livingscan.tidy import lines, one_line

if TYPE_CHECKING:
    from livingscan.store import Store

log = logging.getLogger(__name__)
PAGE = 500


def import_file(
    store: Store,
    path: Path,
    *,
    database: str = "",
    platform: str = "",
    strategy: str = "",
    searched_on: date | None = None,
    run_id: int | None = None,
    progress: Progress = no_progress,
) -> SearchOutcome:
    """Load a file export as a manual search.

    The very same file imported again changes nothing and gives the first import's outcome. An
    import that a killed process left behind is taken over and finished.

    Args:
        store: the review's database.
        path: any file that :func:`livingscan.formats.read_file` can read.
        database, platform, strategy, searched_on: what was searched, through what, how and when,
            for the ledger and the PRISMA-S statement.
        run_id: the run it belongs to.
        progress: told after each page.

    Raises:
        UserError: no such file, or a day of search that has not come. DataError: nothing in it could be read.
    """
    refuse_at_once(path, searched_on)
    database, platform, strategy = one_line(database), one_line(platform), lines(strategy)
    digest = _sha256(path)
    known = ledger_queries.find_import(store, digest)
    if known is not None:
        log.info("%s was imported before, as search %d", path.name, known)
        return ledger_queries.outcome(store, known)
    name = database or "file"
    search = ledger.adopt(store, name, kind="file", file_sha256=digest)
    if search is None:
        formats.detect(path)  # refuse what we cannot read before the ledger speaks of it
        strategy_id = None
        if strategy:
            sha = hashlib.sha256(strategy.encode()).hexdigest()
            strategy_id = ledger.keep_strategy(store, name, strategy, sha, {"given by": "the person who imported"})
        search = ledger.begin(
            store,
            kind="file",
            source=name,
            database=database,
            platform=platform or "file import",
            file_name=path.name,
            file_sha256=digest,
            searched_on=searched_on,
            strategy_id=strategy_id,
            run_id=run_id,
        )
    error = ""
    done = int(search.cursor or 0)
    cut: list[str] = []
    try:
        entries = islice(_distinct(_whole(formats.read_file(path, database=database), cut)), done, None)
        for page in _pages(entries, done):
            ledger.commit_page(store, search, page)
            done = int(page.cursor or 0)
            progress(done, None, path.name)
    except DataError as problem:
        error = str(problem)
    if cut:
        error = error or f"{path.name} breaks off in the middle of an entry ({cut[0]}): export it again"
    items = ledger_queries.item_counts(store, search.id)
    if items.get("unreadable") and not items.get("fetched") and not items.get("known"):
        error = error or f"no entry of {path.name} could be read; what it holds is kept raw"
    status, reason = judge(promised=None, items=items, missing=(), error=error)
    return ledger.finish(store, search, status, reason, NoTally())


def refuse_at_once(path: Path, searched_on: date | None) -> None:
    """Raise UserError where there is no such file, or its day of search has not come: before anything is written."""
    if not path.is_file():
        raise UserError(f"{path}: no such file")
    if searched_on and searched_on > max(clock.today(), clock.now().astimezone().date()):
        raise UserError(f"{path.name} cannot have been searched for on {searched_on}: that day has not come yet")


def imported_before(store: Store, path: Path) -> SearchOutcome | None:
    """The search by which this very file was imported whole, if it was."""
    known = ledger_queries.find_import(store, _sha256(path))
    return None if known is None else ledger_queries.outcome(store, known)


def _whole(entries: Iterator[Fetched | Unreadable], cut: list[str]) -> Iterator[Fetched | Unreadable]:
    """The entries; where the file breaks off is noted in ``cut``."""
    for number, entry in enumerate(entries, 1):
        if entry.cut:
            cut.append(f"entry {number}" if isinstance(entry, Fetched) else f"{entry.where}: {entry.reason}")
        yield entry


def _distinct(entries: Iterator[Fetched | Unreadable]) -> Iterator[Fetched | Unreadable]:
    """Give a further entry that carries a used id and other words an id of its own: neither hides the other."""
    seen: dict[tuple[str, str, str], list[str]] = {}
    for entry in entries:
        if isinstance(entry, Fetched):
            record = entry.record
            known = seen.setdefault((record.source, record.source_id, record.source_version), [])
            words = record.content_hash()
            if words not in known:
                known.append(words)
            if place := known.index(words):
                entry = replace(entry, record=replace(record, source_id=f"{record.source_id}#{place + 1}"))
        yield entry


def _pages(entries: Iterator[Fetched | Unreadable], done: int) -> Iterator[Page]:
    while batch := list(islice(entries, PAGE)):
        done += len(batch)
        yield Page(
            fetched=tuple(entry for entry in batch if isinstance(entry, Fetched)),
            unreadable=tuple(entry for entry in batch if isinstance(entry, Unreadable)),
            cursor=str(done),
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

"""`livingscan update` and `livingscan import`: what the flows of these names do, without Prefect."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from livingscan.cli import clauses
from livingscan.cli.tell import Bars, console, update_ended
from livingscan.errors import LivingscanError, UserError

if TYPE_CHECKING:
    from livingscan.protocol import Protocol
    from livingscan.store import Store
    from livingscan.store.ledger import SearchOutcome

INCOMPLETE = 5
T = TypeVar("T")


class WindowChoice(StrEnum):
    """Which records to ask for."""

    SINCE_LAST = "since-last"
    SINCE_DATE = "since-date"
    FULL = "full"


class _Run:
    """A run of the command in the run ledger: what was done, what failed."""

    def __init__(self, store: Store, run_id: int) -> None:
        self.store, self.id = store, run_id
        self.done: list[str] = []
        self.failed: list[str] = []


@contextmanager
def _ledgered(kind: str) -> Iterator[_Run]:
    """A run in the ledger, closed however it ends; then told of."""
    from livingscan.harvest.runs import close_run, open_run
    from livingscan.store import open_store

    with open_store() as store:
        store.check()
        run = _Run(store, open_run(store, kind, "command"))
        try:
            yield run
        except BaseException as error:
            reason = str(error) if isinstance(error, LivingscanError) else f"{type(error).__name__} {error}".strip()
            close_run(store, run.id, "failed", clauses.message(run.done, run.failed, reason))
            raise
        close_run(store, run.id, clauses.outcome_word(run.failed), clauses.message(run.done, run.failed))
        update_ended(console(), store, run.id)
    if run.failed:
        raise typer.Exit(INCOMPLETE)


def update(
    source: Annotated[
        list[str] | None, typer.Option(help="Ask only this source; may be given several times. Default: all enabled.")
    ] = None,
    window: Annotated[
        WindowChoice,
        typer.Option(
            help="since-last: what no complete search has covered yet, and some overlap. "
            "since-date: added on or after --since. full: compare all ids; finds late, changed and vanished records."
        ),
    ] = WindowChoice.SINCE_LAST,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day, YYYY-MM-DD; implies --window since-date.")
    ] = None,
) -> None:
    """Ask the sources for what is new, and carry it through to the summaries.

    Sources are asked side by side; one that fails does not stop the others, and the command then ends
    with exit code 5. Interrupt it at any time: the next update goes on from there.

    [bold]Examples[/bold]

      livingscan update

      livingscan update --source pubmed --since 2026-01-01

      livingscan update --window full
    """
    from livingscan.harvest.search import search_source
    from livingscan.protocol import load_protocol
    from livingscan.settings import settings

    if since is not None and window is WindowChoice.SINCE_LAST:
        window = WindowChoice.SINCE_DATE
    if (window is WindowChoice.SINCE_DATE) != (since is not None):
        raise UserError("--window since-date and --since YYYY-MM-DD go together: give both or neither")
    protocol = load_protocol()
    names = list(dict.fromkeys(source or protocol.enabled_sources))
    for name in names:
        protocol.strategy(name)  # a wrong name is said before anything begins
    with _ledgered("update-review") as run, Bars() as bars:

        def search(name: str) -> SearchOutcome:
            return search_source(
                run.store,
                name,
                protocol=protocol,
                settings=settings(),
                window=window.value,
                since=since.date() if since else None,
                run_id=run.id,
                progress=bars.bar(name),
            )

        for name, outcome in side_by_side(search, names, protocol.living.sources_at_once).items():
            if isinstance(outcome, LivingscanError):
                run.failed.append(f"{name}: {outcome}")
            elif isinstance(outcome, Exception):
                raise outcome
            elif outcome.status in ("partial", "failed"):
                run.failed.append(f"{name}: {outcome.reason}")
        run.done.append(clauses.searched(run.store, run.id))
        follow_up(run, protocol, bars)


def import_(
    file: Annotated[Path, typer.Argument(help="RIS, nbib, EndNote XML, BibTeX, CSV and more; told apart by content.")],
    database: Annotated[str, typer.Option(help="The database it comes from, such as Embase or CINAHL.")],
    platform: Annotated[str, typer.Option(help="What it was searched through, such as Ovid or EBSCOhost.")] = "",
    strategy: Annotated[str, typer.Option(help="The search exactly as run; @FILE reads it from a file.")] = "",
    date: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="The day it was searched, YYYY-MM-DD.")
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow-up/--no-follow-up", help="Also link duplicates, flag, refresh the summaries.")
    ] = True,
) -> None:
    """Load a file exported from a database that has no open interface.

    It becomes a search in the ledger like any other, with what was searched, how and when. The very
    same file imported again changes nothing.

    [bold]Examples[/bold]

      livingscan import cinahl.ris --database CINAHL --platform EBSCOhost --date 2026-01-12 --strategy @cinahl.txt
    """
    from livingscan.harvest.files import import_file
    from livingscan.protocol import load_protocol

    if strategy.startswith("@"):
        try:
            strategy = Path(strategy[1:]).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"{strategy[1:]}: the strategy cannot be read: {error}") from error
    protocol = load_protocol()
    with _ledgered("import-file") as run, Bars() as bars:
        outcome = import_file(
            run.store,
            file,
            database=database,
            platform=platform,
            strategy=strategy,
            searched_on=date.date() if date else None,
            run_id=run.id,
            progress=bars.bar(file.name),
        )
        if not outcome.ok:
            run.failed.append(f"{file.name}: {outcome.reason}")
        run.done.append(clauses.searched(run.store, run.id))
        if follow:
            follow_up(run, protocol, bars)


def follow_up(run: _Run, protocol: Protocol, bars: Bars) -> None:
    """All that comes after new records: duplicates, flags, suggested findings, summaries, in this order."""
    from livingscan.coding.step import suggest_findings
    from livingscan.dedupe.step import deduplicate
    from livingscan.protocol import load_codebook
    from livingscan.screening.step import flag_for_screening
    from livingscan.summary.step import refresh_summaries

    store, run_id, codebook = run.store, run.id, load_codebook()
    run.done.append(
        clauses.linked(deduplicate(store, protocol=protocol, run_id=run_id, progress=bars.bar("duplicates")))
    )
    flags = flag_for_screening(store, protocol=protocol, run_id=run_id, progress=bars.bar("flags"))
    run.done.append(clauses.flagged(flags))
    coded = suggest_findings(store, codebook=codebook, run_id=run_id, progress=bars.bar("findings"))
    run.done.append(clauses.suggested(coded))
    summary = refresh_summaries(
        store, protocol=protocol, codebook=codebook, run_id=run_id, progress=bars.bar("summaries")
    )
    run.done.append(clauses.summarised(summary))


def side_by_side(work: Callable[[str], T], names: list[str], at_once: int) -> dict[str, T | Exception]:
    """Do ``work`` for each name in threads; returns what each gave or raised, in the order of the names.

    The threads are daemons: an interrupted command ends at once, whatever they wait for. All they do
    can be killed at any instant.
    """
    waiting: SimpleQueue[str] = SimpleQueue()
    ended: SimpleQueue[tuple[str, T | Exception]] = SimpleQueue()
    for name in names:
        waiting.put(name)

    def worker() -> None:
        while True:
            try:
                name = waiting.get_nowait()
            except Empty:
                return
            try:
                ended.put((name, work(name)))
            except Exception as error:
                ended.put((name, error))

    for _ in range(min(at_once, len(names))):
        threading.Thread(target=worker, daemon=True).start()
    given = dict(ended.get() for _ in names)
    return {name: given[name] for name in names}

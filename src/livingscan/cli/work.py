"""What the commands that do work share: a run in the ledger, the steps after the searches, threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeVar

import typer

from livingscan.cli import clauses
from livingscan.cli.tell import Bars, console, update_ended
from livingscan.errors import LivingscanError, SourceError

if TYPE_CHECKING:
    from livingscan.protocol import Protocol
    from livingscan.store import Store

T = TypeVar("T")


class Run:
    """A run of a command: what was done, what failed, one clause each."""

    def __init__(self, store: Store, run_id: int) -> None:
        self.store, self.id = store, run_id
        self.done: list[str] = []
        self.failed: list[str] = []


@contextmanager
def ledgered(kind: str) -> Iterator[Run]:
    """A run in the ledger, closed however it ends, then told of on the terminal.

    Args:
        kind: the name of the flow that does the same.

    Raises:
        StateError: the database is not there or not of this version.
        typer.Exit: something failed and the rest went on (exit code 5).
    """
    from livingscan.harvest.runs import close_run, open_run
    from livingscan.store import open_store

    with open_store() as store:
        store.check()
        run = Run(store, open_run(store, kind, "command"))
        try:
            yield run
        except BaseException as error:
            reason = str(error) if isinstance(error, LivingscanError) else f"{type(error).__name__} {error}".strip()
            close_run(store, run.id, "failed", clauses.message(run.done, run.failed, reason))
            raise
        close_run(store, run.id, clauses.outcome_word(run.failed), clauses.message(run.done, run.failed))
        update_ended(console(), store, run.id)
    if run.failed:
        raise typer.Exit(SourceError.exit_code)


def follow_up(run: Run, protocol: Protocol, bars: Bars, steps: Collection[str] | None = None) -> None:
    """All that comes after new records: duplicates, flags, suggested findings, summaries, in this order.

    Args:
        run: the run it belongs to. protocol: of the review. bars: show progress.
        steps: only these ("deduplicate", "flag-for-screening", "suggest-findings",
            "refresh-summaries"); None: all.
    """
    from livingscan.coding.step import suggest_findings
    from livingscan.dedupe.step import deduplicate
    from livingscan.protocol import load_codebook
    from livingscan.screening.step import flag_for_screening
    from livingscan.summary.step import refresh_summaries

    store, codebook = run.store, load_codebook()

    def wanted(step: str) -> bool:
        return steps is None or step in steps

    if wanted("deduplicate"):
        linked = deduplicate(store, protocol=protocol, run_id=run.id, progress=bars.bar("duplicates"))
        run.done.append(clauses.linked(linked))
    if wanted("flag-for-screening"):
        flagged = flag_for_screening(store, protocol=protocol, run_id=run.id, progress=bars.bar("flags"))
        run.done.append(clauses.flagged(flagged))
    if wanted("suggest-findings"):
        coded = suggest_findings(store, codebook=codebook, run_id=run.id, progress=bars.bar("findings"))
        run.done.append(clauses.suggested(coded))
    if wanted("refresh-summaries"):
        summary = refresh_summaries(
            store, protocol=protocol, codebook=codebook, run_id=run.id, progress=bars.bar("summaries")
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

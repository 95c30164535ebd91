"""How the command line speaks: tables that fit a terminal, a bar for long work, one line for the rest."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from livingscan.cli.clauses import BETWEEN, FAILED, last_searches
from livingscan.progress import Progress, no_progress

if TYPE_CHECKING:
    from livingscan.store import Store

COLOURS = {
    "complete": "green",
    "completed": "green",
    "empty": "green",
    "not run": "yellow",
    "never searched": "yellow",
    "running": "cyan",
}


def console(*, stderr: bool = False) -> Console:
    """Where people read; a pipe gets lines that are not cut to a terminal's width."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, highlight=False, width=None if stream.isatty() else 160)


def coloured(status: str) -> Text:
    """A status in its colour: green is good, yellow needs a look, red is wrong."""
    return Text(status, style=COLOURS.get(status, "red"))


def table(rows: Sequence[dict[str, Any]], *, right: Sequence[str] = (), title: str = "") -> Table:
    """Rows as a table; keys are headings, ``right`` those of numbers, text from outside stays text."""
    drawn = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name in rows[0] if rows else ():
        drawn.add_column(name, justify="right" if name in right else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*(_cell(name, value) for name, value in row.items()))
    return drawn


def _cell(name: str, value: Any) -> Text:
    if name == "status":
        return coloured(str(value))
    if value is None:
        return Text("-")
    return Text(
        f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) and name != "year" else str(value)
    )


def update_ended(to: Console, store: Store, run_id: int) -> None:
    """Tell how an update went: each source's search, then what came of it.

    Args:
        to: where people read.
        store: the review's database.
        run_id: the update's run.
    """
    from livingscan.store.runs import run_rows

    keys = ("source", "status", "promised", "fetched", "new", "changed", "window", "reason")
    searches = [{key: row[key] for key in keys} for row in last_searches(store, run_id)]
    if searches:
        to.print(table(searches, right=("promised", "fetched", "new", "changed")))
    run = next((row for row in run_rows(store, 50) if row["run"] == run_id), None)
    if run is None:
        return
    above = tuple(f"{FAILED}{row[key]}: " for row in searches for key in ("source", "window"))  # the table says it
    for clause in filter(None, run["message"].split(BETWEEN)):
        if not clause.startswith(above):
            to.print(Text(f"  {clause}"), soft_wrap=True)
    to.print(Text("The update: "), coloured(run["status"]), Text(f" in {run['seconds']} s"), sep="")


def run_ended(to: Console, row: dict[str, Any]) -> None:
    """Tell in one line how a run went, from its row in the run ledger."""
    to.print(Text(f"{row['started']} UTC  {row['kind']} ({row['trigger']}): "), coloured(row["status"]), sep="")
    if row["message"]:
        to.print(Text(f"  {row['message']}", style="dim"))


class Bars:
    """One bar for each piece of long work, on standard error, and only where that is a terminal."""

    def __init__(self) -> None:
        self._live: Any = None
        self._lock = Lock()
        if sys.stderr.isatty():
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as Live

            self._live = Live(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=Console(stderr=True),
                transient=True,
            )

    def __enter__(self) -> Bars:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def bar(self, what: str) -> Progress:
        """A listener that draws a bar called ``what``."""
        if not self._live:
            return no_progress
        task = None

        def tell(done: int, total: int | None, doing: str) -> None:
            nonlocal task
            with self._lock:
                if task is None:
                    task = self._live.add_task(what, total=total)
                self._live.update(task, completed=done, total=total, description=f"{what}: {doing}")

        return tell

"""`livingscan screen`: screening in the terminal, and decisions as files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from livingscan.errors import DataError, UserError
from livingscan.tidy import one_line

if TYPE_CHECKING:
    from livingscan.screening.decisions import Stage
    from livingscan.screening.exchange import Remark
    from livingscan.screening.queue import QueueItem
    from livingscan.store.screening_queries import DecisionRow

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
SHOWN = 20


class StageChoice(StrEnum):
    """Where in the screening."""

    TITLE_ABSTRACT = "title-abstract"
    FULL_TEXT = "full-text"

    @property
    def stage(self) -> Stage:
        """The same in the words of the screening."""
        return "full-text" if self is StageChoice.FULL_TEXT else "title-abstract"


class What(StrEnum):
    """What to export."""

    WAITING = "waiting"
    UNRESOLVED = "unresolved"
    DECIDED = "decided"
    ALL = "all"


class ToScreen(StrEnum):
    """What to show one by one."""

    WAITING = "waiting"
    UNRESOLVED = "unresolved"


Reviewer = Annotated[
    str,
    typer.Option(
        "--reviewer", "-r", envvar="LIVINGSCAN_REVIEWER", help="Who decides, by name or initials.", callback=one_line
    ),
]
AtStage = Annotated[StageChoice, typer.Option("--stage", "-s", help="Title and abstract, or full text.")]


@app.command()
def start(
    reviewer: Reviewer,
    stage: AtStage = StageChoice.TITLE_ABSTRACT,
    what: Annotated[
        ToScreen,
        typer.Option(help="What waits for you, or what anybody is unsure of or people differ on (unresolved)."),
    ] = ToScreen.WAITING,
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many verdicts.")] = None,
) -> None:
    """Screen in the terminal, one report after another, the most promising first.

    Keys: i include, e exclude (then a reason), u unsure, s skip, z undo, h criteria, q quit. Every verdict is
    kept at once; quitting loses nothing.

    [bold]Examples[/bold]

      livingscan screen start --reviewer Jo

      livingscan screen start --reviewer Jo --stage full-text

      livingscan screen start --reviewer Lee --what unresolved
    """
    import click

    from livingscan.cli.tell import console
    from livingscan.protocol import load_codebook, load_protocol
    from livingscan.screening.terminal import Screening
    from livingscan.store import open_store

    if not sys.stdin.isatty():
        raise UserError("screening by keys needs a terminal; use `livingscan screen export` and `import` instead")
    with open_store() as store:
        store.check()
        Screening(
            store,
            load_protocol(),
            reviewer=reviewer,
            stage=stage.stage,
            console=console(),
            key=click.getchar,
            ask=input,
            settle=what is ToScreen.UNRESOLVED,
            groups={group.id: group.label for group in load_codebook().groups},
        ).run(limit)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Where to: a .csv or a .ris file; - for standard output as CSV.")],
    reviewer: Reviewer,
    stage: AtStage = StageChoice.TITLE_ABSTRACT,
    what: Annotated[
        What,
        typer.Option(
            help="What waits for you, what anybody is unsure of or people differ on (unresolved), "
            "what you have decided, or all that waits for you or that you have decided."
        ),
    ] = What.WAITING,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many, the most promising first.")] = None,
) -> None:
    """Write the queue with its flags into a file, to decide in a spreadsheet or a reference manager.

    Fill in the column verdict (include, exclude, unsure) and, with exclude, the reason; then `screen import`.

    [bold]Examples[/bold]

      livingscan screen export queue.csv --reviewer Jo --limit 100

      livingscan screen export decided.ris --reviewer Jo --what decided
    """
    from livingscan.protocol import load_protocol
    from livingscan.screening.exchange import own_decisions, write_queue
    from livingscan.screening.queue import items, queue, unresolved
    from livingscan.store import open_store

    to = "ris" if file.suffix.lower() == ".ris" else "csv"
    if str(file) != "-" and file.suffix.lower() not in (".csv", ".ris"):
        raise UserError(f"{file}: the name must end in .csv or .ris, which says what to write")
    protocol = load_protocol()
    with open_store() as store:
        store.check()
        decided = own_decisions(store, stage.stage, reviewer)
        found: list[tuple[QueueItem, DecisionRow | None]] = []
        if what is What.UNRESOLVED:
            found += [(item, None) for item in unresolved(store, protocol, stage=stage.stage)]
        if what in (What.DECIDED, What.ALL):
            found += [(item, decided[item.report]) for item in items(store, protocol, decided)]
        if what in (What.WAITING, What.ALL):
            waiting = queue(store, protocol, stage=stage.stage, reviewer=reviewer, limit=limit)
            found += [(item, None) for item in waiting]
    if limit is not None:
        found = found[:limit]
    if str(file) == "-":
        write_queue(sys.stdout, found, to="csv", stage=stage.stage, reviewer=reviewer, reasons=protocol.reasons)
        return
    try:
        with file.open("w", encoding="utf-8-sig" if to == "csv" else "utf-8", newline="") as stream:
            count = write_queue(
                stream, found, to="ris" if to == "ris" else "csv", stage=stage.stage, reviewer=reviewer,
                reasons=protocol.reasons,
            )  # fmt: skip
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}") from error
    typer.echo(f"{count:,} {'report' if count == 1 else 'reports'} written to {file}")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A .csv or .ris file of decisions.")],
    reviewer: Annotated[
        str,
        typer.Option(
            "--reviewer",
            "-r",
            envvar="LIVINGSCAN_REVIEWER",
            help="Who decided, where the file is silent.",
            callback=one_line,
        ),
    ] = "",
) -> None:
    """Load decisions from a file that `screen export` wrote, or that a reference manager or Rayyan gave back.

    A row that cannot be taken is reported with its line; the others are loaded. Loaded twice, a file changes
    nothing the second time, whatever was decided since; rows older than a later word are named. A row without
    a verdict takes none back.

    [bold]Examples[/bold]

      livingscan screen import queue.csv --reviewer Jo
    """
    from livingscan.cli.clauses import settle
    from livingscan.formats.opening import open_bytes, text_of
    from livingscan.protocol import load_protocol
    from livingscan.screening.exchange import import_decisions, read_rows
    from livingscan.screening.queue import count_unresolved
    from livingscan.store import open_store

    try:
        with open_bytes(file) as raw:
            found = list(read_rows(text_of(raw, "utf-8-sig", errors="strict")))
    except UnicodeDecodeError as error:
        raise DataError(f"{file}: not UTF-8 text (byte {error.start}): save it as CSV UTF-8") from error
    except DataError as error:
        raise DataError(f"{file}: {error}") from error
    with open_store() as store:
        store.check()
        protocol = load_protocol()
        outcome = import_decisions(store, protocol, found, reviewer=reviewer)
        to_settle = count_unresolved(store, protocol)
    stale = f"{len(outcome.stale):,} older than a later word, " if outcome.stale else ""
    typer.echo(
        f"{outcome.added:,} new, {len(outcome.changed):,} changed, {outcome.known:,} known already, {stale}"
        f"{outcome.undecided:,} without a verdict, {len(outcome.faults):,} not taken"
    )
    _tell(file, outcome.changed, err=False)
    _tell(file, outcome.stale, err=True)
    _tell(file, outcome.faults, err=True)
    if to_settle:
        typer.echo(settle(to_settle))
    if outcome.faults:
        raise typer.Exit(DataError.exit_code)


def _tell(file: Path, remarks: Sequence[Remark], *, err: bool) -> None:
    for one in remarks[:SHOWN]:
        typer.echo(f"{file}, line {one.line}: {one.reason}", err=err)
    if len(remarks) > SHOWN:
        typer.echo(f"... and {len(remarks) - SHOWN} more", err=err)

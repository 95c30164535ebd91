"""`livingscan retractions`: is what the review rests on still standing?"""

from __future__ import annotations

import json
from typing import Annotated

import typer

from livingscan.tidy import one_line

app = typer.Typer(no_args_is_help=True)


@app.command()
def check(
    retraction_watch: Annotated[
        str,
        typer.Option(
            metavar="FILE|URL",
            help="The Retraction Watch database as CSV, also .gz (gitlab.com/crossref/retraction-watch-data).",
            show_default=False,
        ),
    ] = "",
) -> None:
    """Check every report past screening; open a task for each that was retracted, corrected or doubted.

    Nothing is excluded by this: a person looks at each task and decides.

    [bold]Examples[/bold]

      livingscan retractions check --retraction-watch retraction_watch.csv

      livingscan retractions check --retraction-watch https://example.org/retraction_watch.csv
    """
    from livingscan.cli.tell import Bars
    from livingscan.harvest.runs import close_run, open_run
    from livingscan.screening.retraction_watch import way_out
    from livingscan.screening.retractions import check_retractions
    from livingscan.settings import settings
    from livingscan.store import open_store

    with open_store() as store:
        store.check()
        run = open_run(store, "check-retractions", "command")
        try:
            with Bars() as bars:
                found = check_retractions(
                    store,
                    retraction_watch_at=retraction_watch,
                    http=way_out(settings()),
                    run_id=run,
                    progress=bars.bar("retractions"),
                )
        except BaseException as error:
            close_run(store, run, "failed", str(error) or type(error).__name__)
            raise
        message = found.in_words()
        close_run(store, run, "completed", message)
    typer.echo(message)


@app.command("list")
def list_(
    every: Annotated[bool, typer.Option("--all", help="Also those that were closed.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="For programs: a JSON array, with every finding touched.")
    ] = False,
) -> None:
    """List the tasks that wait, with the findings and matrix cells each touches."""
    import dataclasses

    from livingscan.cli.tell import console, table
    from livingscan.screening.retractions import list_retractions, retraction_rows
    from livingscan.store import open_store

    with open_store() as store:
        store.check()
        found = list_retractions(store, all_tasks=every)
    if as_json:
        told = [dataclasses.asdict(one) for one in found]
        typer.echo(json.dumps(told, default=str, ensure_ascii=False, indent=2))
        return
    if not found:
        typer.echo("No task waits.")
        return
    console().print(table(retraction_rows(found), right=("task", "report", "findings")))


@app.command()
def close(
    task: Annotated[
        int, typer.Argument(help="The task's number, from `livingscan retractions list`.", show_default=False)
    ],
    who: Annotated[str, typer.Option(help="Who decided.", show_default=False, callback=one_line)],
    note: Annotated[str, typer.Option(help="What was decided, and why.", show_default=False, callback=one_line)],
) -> None:
    """Close a task with what was decided. Excluding the report, if that is it, is a decision of its own.

    [bold]Example[/bold]

      livingscan retractions close 3 --who "A. Reviewer" --note "excluded at full text; theme counts recomputed"
    """
    from livingscan.screening.retractions import close_retraction
    from livingscan.store import open_store

    with open_store() as store:
        store.check()
        closed = close_retraction(store, task, who=who, note=note)
    typer.echo(f"Task {closed.id} ({closed.kind}: {closed.detail.get('title', '')}) is closed.")

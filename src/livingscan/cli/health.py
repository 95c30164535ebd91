"""`livingscan health`: are the sources searched, completely, lately, and do they bring what they usually bring?"""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime
from typing import Annotated

import typer

from livingscan.tidy import one_line

app = typer.Typer()
UNHEALTHY = 5


@app.callback(invoke_without_command=True)
def health(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object.")] = False,
    late: Annotated[
        bool, typer.Option("--late", help="Also what came late and what vanished, and what is due.")
    ] = False,
) -> None:
    """Tell the health of each source. Exit code 5 while an unhealthy one holds publishing back.

    A source is unhealthy when it was never searched completely, not for too long, failed twice in a row, or
    brought much less or much more than its own history makes likely.

    [bold]Examples[/bold]

      livingscan health

      livingscan health --late

      livingscan health signoff pubmed --who "A. Maintainer" --reason "PubMed's own outage, over now"
    """
    if context.invoked_subcommand:
        return
    from livingscan import clock
    from livingscan.cli.tell import console, table
    from livingscan.harvest import health as rules
    from livingscan.harvest.late import due, late_rows
    from livingscan.harvest.late import late as find_late
    from livingscan.protocol import load_protocol
    from livingscan.store import open_store

    with open_store() as store:
        store.check()
        protocol = load_protocol()
        found = rules.health(store, protocol)
        came_late = find_late(store, protocol) if late or as_json else ()
        waiting = due(store, protocol, clock.today()) if late or as_json else []
    reasons = rules.holding(found)
    if as_json:
        told = {
            "may publish": not reasons,
            "reasons": reasons,
            "sources": [dataclasses.asdict(one) | {"state": one.state} for one in found],
            "late": [dataclasses.asdict(one) for one in came_late],
            "due": [{"source": source, "search": kind} for source, kind in waiting],
        }
        typer.echo(json.dumps(told, default=str, ensure_ascii=False, indent=2))
    else:
        to = console()
        shown = [row for row in rules.health_rows(found) if row["state"] != "not enabled"]
        keys = (
            "source",
            "state",
            "last search",
            "complete to",
            "days ago",
            "brought",
            "usual",
            "problems",
            "signed off",
        )
        to.print(table([{key: row[key] for key in keys} for row in shown], right=("days ago",)))
        if late:
            to.print()
            to.print(table(late_rows(came_late), title="What came late and what vanished") if came_late else "")
            for source, kind in waiting:
                typer.echo(f"{source}: a search for {'all ids' if kind == 'full' else 'what has changed'} is due")
        held = "may not be published: sign off with `livingscan health signoff`, or mend the above"
        typer.echo(f"\nThe review {held if reasons else 'may be published, as far as its sources go'}.")
    if reasons:
        raise typer.Exit(UNHEALTHY)


@app.command()
def signoff(
    source: Annotated[str, typer.Argument(help="The source whose problems are known and borne.", show_default=False)],
    who: Annotated[str, typer.Option(help="Who says so.", show_default=False, callback=one_line)],
    reason: Annotated[
        str, typer.Option(help="Why the review may be published nevertheless.", show_default=False, callback=one_line)
    ],
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day it holds; default: 31 days from now.")
    ] = None,
) -> None:
    """Let the review be published although a source is unhealthy. A problem of another kind holds it again."""
    from livingscan.harvest.health import sign_off
    from livingscan.protocol import load_protocol
    from livingscan.store import open_store

    with open_store() as store:
        store.check()
        made = sign_off(store, load_protocol(), source, who=who, reason=reason, until=until.date() if until else None)
    typer.echo(f"Sign-off {made.id}: {source} ({', '.join(made.problems)}) until {made.until}, by {made.who}.")


@app.command("take-back")
def take_back_(
    number: Annotated[int, typer.Argument(help="The sign-off's number.", show_default=False)],
    who: Annotated[str, typer.Option(help="Who takes it back.", show_default=False, callback=one_line)],
    reason: Annotated[str, typer.Option(help="Why.", show_default=False, callback=one_line)],
) -> None:
    """Take a sign-off back; it stays on record."""
    from livingscan.harvest.health import take_back
    from livingscan.store import open_store

    with open_store() as store:
        store.check()
        take_back(store, number, who=who, reason=reason)
    typer.echo(f"Sign-off {number} is taken back.")

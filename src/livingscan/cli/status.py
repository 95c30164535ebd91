"""`livingscan status`: how current the review is."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from livingscan.harvest.status import Status
    from livingscan.store.counts import FileState


def status(
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object.")] = False,
) -> None:
    """How current the review is: sources, backlog, runs.

    A source is silent when its newest complete search is older than the protocol's silent_after_days;
    the exit code is then 1.

    [bold]Examples[/bold]

      livingscan status

      livingscan status --json

      livingscan status || mail -s "the review is out of date" me@example.org
    """
    from livingscan.harvest.status import status as find
    from livingscan.protocol import load_protocol
    from livingscan.screening.queue import count_unresolved
    from livingscan.store import open_store

    with open_store() as store:
        store.check()
        protocol = load_protocol()
        found = find(store, protocol)
        to_settle = {"to_settle": count_unresolved(store, protocol)}
        found = dataclasses.replace(found, counts=found.counts | to_settle)
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(found), default=str, ensure_ascii=False, indent=2))
    else:
        _show(found)
    if not found.ok:
        raise typer.Exit(1)


def _file(one: FileState) -> dict[str, Any]:
    return {
        "database": one.database,
        "files": one.files,
        "not whole": one.broken,
        "records": one.records,
        "last imported": f"{one.last_at:%Y-%m-%d}",
        "searched on": one.last_searched or "not told",
    }


def _show(found: Status) -> None:
    from rich.text import Text

    from livingscan.cli.clauses import brief
    from livingscan.cli.tell import console, table

    to = console()
    sources = [
        {
            "source": one.source,
            "status": one.status,
            "good to": one.covered or None,
            "days ago": one.age_days,
            "health": "SILENT" if one.stale else one.health,
            "reason": one.reason,
        }
        for one in found.sources
        if one.enabled or one.status != "never searched"
    ]
    to.print(table(sources, right=("days ago",)))
    idle = [one.source for one in found.sources if not one.enabled and one.status == "never searched"]
    if idle:
        to.print(Text(f"Not enabled in the protocol: {', '.join(idle)}", style="dim"))
    for one in found.sources:
        for problem in one.problems:
            to.print(Text(f"{one.source}: {problem}", style="yellow"), soft_wrap=True)
    if found.files:
        to.print()
        to.print(table([_file(one) for one in found.files], right=("files", "not whole", "records"), title="By file"))
    to.print()
    for name, number in found.counts.items():
        to.print(Text(f"{number:>9,}  {name.replace('_', ' ')}"))
    to.print()
    if found.runs:
        to.print(
            table(
                [
                    {key: row[key] for key in ("run", "started", "kind", "status")} | {"message": brief(row["message"])}
                    for row in found.runs
                ]
            )
        )
    to.print()
    if found.ok:
        to.print(Text("The review is current.", "green"))
    else:
        to.print(Text("The review is not current: an enabled source has been silent for too long.", "red"))

"""`livingscan inbox`: what the flow import-inbox does, without Prefect."""

from __future__ import annotations

from typing import Annotated

import typer

from livingscan.cli import clauses, work
from livingscan.cli.tell import Bars


def inbox(
    follow: Annotated[
        bool, typer.Option("--follow-up/--no-follow-up", help="Also link duplicates, flag, refresh the summaries.")
    ] = True,
) -> None:
    """Load the files that wait in the inbox folder, each once, and move them away.

    The folder is `inbox` in the home folder. What was read goes to `done`, what cannot be read to
    `unreadable`, with the reason beside it (exit code 5). The database is told from what is in the
    file, from the sub-folder it lies in, or from a note beside it. While `livingscan run` is up,
    this happens by itself, every 15 minutes.

    [bold]Examples[/bold]

      livingscan inbox
    """
    from livingscan.harvest.inbox import files_in, scan_inbox
    from livingscan.protocol import load_protocol
    from livingscan.settings import settings

    folder = settings().inbox()
    if not files_in(folder):
        typer.echo(f"Nothing waits in {folder}.")
        return
    protocol = load_protocol()
    with work.ledgered("import-inbox") as run, Bars() as bars:
        scan = scan_inbox(run.store, folder, run_id=run.id, progress=bars.bar("inbox"))
        run.failed += clauses.put_aside(scan)
        run.done.append(clauses.dropped(scan))
        if scan.imported and follow:
            work.follow_up(run, protocol, bars)

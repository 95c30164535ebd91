"""`livingscan init`: make the database."""

from __future__ import annotations

import typer

from livingscan.protocol import load_codebook, load_protocol
from livingscan.settings import settings
from livingscan.store import open_store


def init() -> None:
    """Make the database, or bring it to this version; check the review's files.

    Running it again does no harm. The database is SQLite in the home folder, unless
    LIVINGSCAN_DATABASE_URL names a PostgreSQL.

    [bold]Examples[/bold]

      livingscan init

      LIVINGSCAN_DATABASE_URL=postgresql://me@host/review livingscan init
    """
    protocol = load_protocol()
    load_codebook()
    for name in protocol.enabled_sources:
        protocol.strategy(name)
    with open_store() as store:
        store.migrate()
        where = store.where
    typer.echo(f"The database is ready: {where}")
    typer.echo(
        f"The review: {protocol.title} (protocol {protocol.version}); sources {', '.join(protocol.enabled_sources)}"
    )
    if not settings().contact_email:
        typer.echo("Next: set LIVINGSCAN_CONTACT_EMAIL (see .env.example), then `livingscan update`.")
    else:
        typer.echo("Next: `livingscan update`, or `livingscan run` for Prefect with its schedules and UI.")

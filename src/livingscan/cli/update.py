"""`livingscan update` and `livingscan import`: what the flows of these names do, without Prefect."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from livingscan import clock
from livingscan.cli import clauses, work
from livingscan.cli.running import keep_apart
from livingscan.cli.tell import Bars
from livingscan.errors import DataError, LivingscanError, UserError
from livingscan.tidy import one_line

if TYPE_CHECKING:
    from livingscan.store.ledger_queries import SearchOutcome


class WindowChoice(StrEnum):
    """Which records to ask for."""

    SINCE_LAST = "since-last"
    SINCE_DATE = "since-date"
    FULL = "full"


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
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="First day; implies --window since-date."),
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
    from livingscan.harvest.inbox import files_in
    from livingscan.harvest.search import search_source
    from livingscan.harvest.windows import check_since
    from livingscan.protocol import load_protocol
    from livingscan.settings import settings

    if since is not None and window is WindowChoice.SINCE_LAST:
        window = WindowChoice.SINCE_DATE
    if (window is WindowChoice.SINCE_DATE) != (since is not None):
        raise UserError("--window since-date and --since YYYY-MM-DD go together: give both or neither")
    if since is not None:
        check_since(since.date(), clock.today())
    keep_apart(settings().home, settings().sandbox_url)
    protocol = load_protocol()
    names = list(dict.fromkeys(source or protocol.enabled_sources))
    for name in names:
        protocol.strategy(name)  # a wrong name is said before anything begins
    with work.ledgered("update-review") as run, Bars() as bars:

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

        for name, outcome in work.side_by_side(search, names, protocol.living.sources_at_once).items():
            if isinstance(outcome, LivingscanError):
                run.failed.append(f"{name}: {outcome}")
            elif isinstance(outcome, Exception):
                raise outcome
            elif outcome.status in ("partial", "failed"):
                run.failed.append(f"{name}: {outcome.reason}")
        run.done.append(clauses.searched(run.store, run.id))
        work.follow_up(run, protocol, bars)
        if waiting := files_in(settings().inbox()):
            run.done.append(clauses.in_the_inbox(waiting))


def import_(
    file: Annotated[Path, typer.Argument(help="RIS, nbib, EndNote XML, BibTeX, CSV and more; told apart by content.")],
    database: Annotated[
        str, typer.Option(help="The database it comes from, such as Embase or CINAHL.", callback=one_line)
    ],
    platform: Annotated[
        str, typer.Option(help="What it was searched through, such as Ovid or EBSCOhost.", callback=one_line)
    ] = "",
    strategy: Annotated[str, typer.Option(help="The search exactly as run; @FILE reads it from a file.")] = "",
    date: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="The day it was searched."),
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow-up/--no-follow-up", help="Also link duplicates, flag, refresh the summaries.")
    ] = True,
) -> None:
    """Load a file exported from a database that has no open interface.

    It becomes a search in the ledger like any other, with what was searched, how and when. The very
    same file imported again changes nothing, and says so. Where the entries name another database
    than --database, that is said as well.

    [bold]Examples[/bold]

      livingscan import cinahl.ris --database CINAHL --platform EBSCOhost --date 2026-01-12 --strategy @cinahl.txt
    """
    from livingscan.harvest.databases import another_database
    from livingscan.harvest.files import import_file, imported_before, refuse_at_once
    from livingscan.protocol import load_protocol
    from livingscan.store import open_store

    if strategy.startswith("@"):
        try:
            strategy = Path(strategy[1:]).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"{strategy[1:]}: the strategy cannot be read: {error}") from error
    protocol = load_protocol()
    refuse_at_once(file, date.date() if date else None)
    with open_store() as store:
        store.check()
        before = imported_before(store, file)
    if before:
        typer.echo(clauses.known_already(file, before))
        return
    with work.ledgered("import-file") as run, Bars() as bars:
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
        if outcome.status == "failed":
            raise DataError(outcome.reason)
        if not outcome.ok:
            run.failed.append(f"{file.name}: {outcome.reason}")
        run.done += filter(None, [another_database(file, database), clauses.searched(run.store, run.id)])
        if follow:
            work.follow_up(run, protocol, bars)

"""`livingscan release`: numbered, frozen versions of the review."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from livingscan.tidy import one_line

app = typer.Typer(no_args_is_help=True)


@app.command()
def create(
    by: Annotated[str, typer.Option(help="Whose release it is.", show_default=False, callback=one_line)],
    trigger: Annotated[
        str,
        typer.Option(
            help="What called for it, such as one of the protocol's triggers.", show_default=False, callback=one_line
        ),
    ] = "",
) -> None:
    """Freeze the summary as it is now, under the next number.

    Exit code 5 while an unhealthy source holds publishing back that nobody has signed off.

    [bold]Examples[/bold]

      livingscan release create --by "A. Lead" --trigger "ten newly included studies"

      livingscan health signoff pubmed --who "A. Maintainer" --reason "their outage, over now"
    """
    from livingscan.cli.tell import Bars
    from livingscan.numbers import count
    from livingscan.protocol import load_codebook, load_protocol
    from livingscan.publish.release import create_release, summary_of
    from livingscan.store import open_store
    from livingscan.store.invented import INVENTED, WARNING
    from livingscan.summary.render import TIER_MEANS

    with open_store() as store, Bars() as bars:
        store.check()
        made = create_release(
            store,
            protocol=load_protocol(),
            codebook=load_codebook(),
            who=by,
            why=trigger,
            progress=bars.bar("release"),
        )
    words = made.in_words()
    typer.echo(f"{words[0].upper()}{words[1:]}.")
    frozen = summary_of(made)
    if frozen.headline != "confirmed":
        screened = count(int(frozen.prisma["records_screened"]), "report")
        means = TIER_MEANS.get(frozen.headline, "")
        typer.echo(f"Take note: its headline is {frozen.headline or 'empty'}; {screened} screened. {means}")
    if frozen.synthetic:
        typer.echo(f"{INVENTED} {WARNING}")
    for sign in made.data["signoffs"]:
        typer.echo(f"It rests on {_signed(sign)}.")


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="For programs: a JSON array.")] = False) -> None:
    """List the releases."""
    from livingscan.cli.tell import console, table
    from livingscan.publish.release import list_releases, release_row
    from livingscan.store import open_store

    with open_store() as store:
        store.check()
        rows = [release_row(one) for one in list_releases(store)]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    elif rows:
        console().print(table(rows, right=("release", "studies")))
    else:
        typer.echo("No release has been made: `livingscan release create --by NAME`.")


@app.command()
def show(
    number: Annotated[int, typer.Argument(help="The release's number.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="For programs: all that was frozen.")] = False,
) -> None:
    """Show a release: its summary, what it rests on, what changed."""
    from livingscan.cli.summary import show_counts
    from livingscan.cli.tell import console, table
    from livingscan.publish.release import get_release, release_row, summary_of
    from livingscan.store import open_store
    from livingscan.summary.render import change_lines, prisma_rows

    with open_store() as store:
        store.check()
        found = get_release(store, number)
    if as_json:
        typer.echo(json.dumps(found.data | {"sha256": found.sha256}, ensure_ascii=False, indent=2))
        return
    summary, to = summary_of(found), console()
    made_by = {name: found.data[f"{name}_version"].partition("+")[0] for name in ("protocol", "codebook")}
    made_by |= {"livingscan": found.data["livingscan"], "sha256": found.sha256}
    for name, value in (release_row(found) | made_by).items():
        if value != "":
            typer.echo(f"{name:12}{value}")
    typer.echo()
    show_counts(to, summary)
    typer.echo()
    typer.echo("\n".join(change_lines(summary)) + "\n")
    to.print(table([{"step": row["meaning"], "number": row["n"]} for row in prisma_rows(summary) if row["n"]]))
    searches = [
        {key: row[key] for key in ("source", "complete_to", "hits", "records")} for row in found.data["searches"]
    ]
    files = [{key: row[key] for key in ("database", "file", "searched_on", "records")} for row in found.data["files"]]
    for rows, title in ((searches, "Searches it rests on"), (files, "Files it rests on")):
        if rows:
            to.print()
            to.print(table(rows, right=("hits", "records"), title=title))
    for sign in found.data["signoffs"]:
        typer.echo(f"It rests on {_signed(sign)}.")


def _signed(sign: dict[str, Any]) -> str:
    return (
        f"sign-off {sign['signoff']} by {sign['who']}: {sign['source']} ({', '.join(sign['problems'])}) "
        f"until {sign['until']}: {sign['reason']}"
    )

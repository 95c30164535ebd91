"""`livingscan prisma-s`: the search methods section, from the ledger."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.callback(invoke_without_command=True)
def prisma_s(
    out: Annotated[
        Path | None, typer.Option(help="Write it here. Default: to the terminal.", show_default=False)
    ] = None,
    searches: Annotated[int, typer.Option(min=0, help="List so many of the newest searches one by one.")] = 200,
) -> None:
    """Write the search methods section (PRISMA-S, sixteen items) from the ledger, as Markdown.

    What only people know stands as a field that says so.

    [bold]Example[/bold]

      livingscan prisma-s --out search-methods.md
    """
    from livingscan.errors import UserError
    from livingscan.harvest.prisma_s import prisma_s as write
    from livingscan.protocol import load_protocol
    from livingscan.store import open_store

    with open_store() as store:
        store.check()
        text = write(store, load_protocol(), dedupe=dedupe_method(), searches=searches)
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{out} cannot be written: {error.strerror}") from error
    typer.echo(f"{out}: {text.count(chr(10)):,} lines")


def dedupe_method() -> str:
    """Name and version of the deduplication: the program's version, and a hash of the weights it scores with."""
    from livingscan import __version__

    weights = files("livingscan.dedupe") / "weights.json"
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()[:12] if weights.is_file() else ""
    by = f", weights {digest}" if digest else ""
    return (
        f"livingscan {__version__}{by}: records that share a key are compared field by field and scored; "
        "clear copies are linked, doubtful pairs go to people"
    )

"""`livingscan summary`: what gets in the way, so far."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from livingscan.summary.model import Cell, Summary


def summary(
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object with every count.")] = False,
    markdown: Annotated[
        Path | None, typer.Option(help="Write the whole page, with its chart, into this Markdown file.")
    ] = None,
) -> None:
    """The barrier summary: what gets in the way of improvement, by how many studies report it.

    Decisions and confirmations made since the last update are counted. The three tiers (confirmed,
    suggested, provisional) are never added up; what is shown says which it is. How often a barrier is
    reported is not how important it is.

    [bold]Examples[/bold]

      livingscan summary

      livingscan summary --json | jq .headline

      livingscan summary --markdown summary.md
    """
    from livingscan.protocol import load_codebook, load_protocol
    from livingscan.store import open_store
    from livingscan.store.ledger_queries import ledger_rows
    from livingscan.summary.render import summary_json, summary_markdown
    from livingscan.summary.step import refresh_summaries

    with open_store() as store:
        store.check()
        searched = bool(ledger_rows(store, 1))
        found = refresh_summaries(store, protocol=load_protocol(), codebook=load_codebook())
    if markdown is not None:
        markdown.write_text(summary_markdown(found), encoding="utf-8")
        typer.echo(f"written to {markdown}", err=True)
    if as_json:
        typer.echo(json.dumps(summary_json(found), ensure_ascii=False, indent=2))
    elif markdown is None:
        _show(found)
        if not searched:
            typer.echo("Nothing has been searched yet: `livingscan update`, or `livingscan import FILE`.")


def _show(found: Summary) -> None:
    from rich.text import Text

    from livingscan.cli.clauses import settle
    from livingscan.cli.tell import console
    from livingscan.summary.render import in_queue

    to = console()
    show_counts(to, found)
    if found.waiting:
        waiting = in_queue(found.waiting, found.likely)
        to.print(Text(f"{waiting[0].upper()}{waiting[1:]}. (Tiers count studies: one study may have several reports.)"))
    if found.unresolved:
        to.print(Text(settle(found.unresolved)), soft_wrap=True)


def show_counts(to: Console, found: Summary) -> None:
    """The headline tier's table, what was measured of the machine, and the tiers side by side, on a terminal."""
    from rich.text import Text

    from livingscan.cli.clauses import summarised
    from livingscan.cli.tell import table
    from livingscan.numbers import count
    from livingscan.store.invented import INVENTED, WARNING
    from livingscan.summary.render import MEASURED
    from livingscan.summary.tables import groups_of

    if found.synthetic:
        to.print(Text(f"{INVENTED} {WARNING}", "yellow"), soft_wrap=True)
    head = summarised(found)
    to.print(Text(f"{head[0].upper()}{head[1:]}"), soft_wrap=True)
    if not found.headline:
        return
    shown = found.tier(found.headline)
    groups = {
        group: f"{name} ({count(shown.by_group[group], 'study')})" for group, name in groups_of(found, shown).items()
    }
    rows = [
        {"level": theme.level_label, "barrier": theme.label}
        | {name: _share(shown.cell(theme.id, group=group)) for group, name in groups.items()}
        for theme in found.themes
    ]
    to.print()
    to.print(table(rows, right=list(groups.values())))
    to.print()
    names = groups_of(found, *found.tiers)
    tiers = [
        {"tier": tier.tier + (" (above)" if tier == shown else ""), "studies": tier.studies}
        | {name: tier.by_group.get(group, 0) for group, name in names.items()}
        for tier in found.tiers
    ]
    to.print(table(tiers, right=["studies", *names.values()]))
    to.print()
    if found.headline != "confirmed":
        to.print(Text(MEASURED.replace("*", ""), "dim"))
    to.print(Text("How often a barrier is reported is not how important it is.", "dim"))


def _share(cell: Cell) -> str:
    from livingscan.summary.chart import FEW

    if not cell.of:
        return "-"
    share = f" ({cell.barrier / cell.of:.0%})" if cell.barrier and cell.of >= FEW else ""
    return f"{cell.barrier:,}{share}"

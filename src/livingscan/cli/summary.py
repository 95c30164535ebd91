"""`livingscan summary`: what gets in the way, so far."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
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
    from livingscan.summary.render import summary_json, summary_markdown
    from livingscan.summary.step import refresh_summaries

    with open_store() as store:
        store.check()
        found = refresh_summaries(store, protocol=load_protocol(), codebook=load_codebook())
    if markdown is not None:
        markdown.write_text(summary_markdown(found), encoding="utf-8")
        typer.echo(f"written to {markdown}", err=True)
    if as_json:
        typer.echo(json.dumps(summary_json(found), ensure_ascii=False, indent=2))
    elif markdown is None:
        _show(found)


def _show(found: Summary) -> None:
    from rich.text import Text

    from livingscan.cli.clauses import SETTLE, count, summarised
    from livingscan.cli.tell import console, table
    from livingscan.store.invented import INVENTED, WARNING

    to = console()
    if found.synthetic:
        to.print(Text(f"{INVENTED} {WARNING}", "yellow"))
    head = summarised(found)
    to.print(Text(f"{head[0].upper()}{head[1:]}"), soft_wrap=True)
    if found.headline:
        tier = found.tier(found.headline)
        groups = [group for group in found.groups if tier.by_group.get(group, 0)]
        rows = [
            {"level": theme.level_label, "barrier": theme.label}
            | {
                f"{found.groups[group]} (N={tier.by_group[group]:,})": _share(tier.cell(theme.id, group=group))
                for group in groups
            }
            for theme in found.themes
        ]
        to.print()
        to.print(table(rows, right=[key for key in rows[0] if "(N=" in key]))
        to.print()
    to.print(Text(f"{found.waiting:,} reports wait to be screened, {found.likely:,} of them likely eligible."))
    if found.unresolved:
        to.print(Text(f"{count(found.unresolved, 'report')} to settle, reviewers are unsure or differ: {SETTLE}"))
    to.print(Text("How often a barrier is reported is not how important it is.", "dim"))


def _share(cell: Cell) -> str:
    from livingscan.summary.chart import FEW

    if not cell.of:
        return "-"
    share = f" ({cell.barrier / cell.of:.0%})" if cell.of >= FEW else ""
    return f"{cell.barrier:,}{share}"

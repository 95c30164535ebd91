"""`livingscan lint`: what is broken in the search strategies, and whether they still find the known items."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from livingscan.harvest.known_items import Acceptance, Recall
    from livingscan.protocol import Protocol
    from livingscan.strategies.findings import Finding

FOUND = 1


def lint(
    source: Annotated[
        list[str] | None, typer.Argument(help="Check only these sources' strategies. Default: all.", show_default=False)
    ] = None,
    known_items: Annotated[
        bool,
        typer.Option("--known-items", help="Also say which of review/known_items.csv each strategy has found so far."),
    ] = False,
    ask: Annotated[
        bool,
        typer.Option(
            "--ask",
            help="Also ask the sources which known items each strategy finds, and refuse a changed one that loses any.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object.")] = False,
) -> None:
    """Find what is broken in the search strategies.

    Each text is checked as its source spells searches: brackets, quotation marks, operators, fields, wildcards,
    proximity, length, and the header that the methods statement is written from. Exit code 0: nothing found;
    1: something was, or a changed strategy is refused. A known item that is missing does not change it: no source
    holds them all.

    [bold]Examples[/bold]

      livingscan lint

      livingscan lint pubmed wos

      livingscan lint pubmed --ask
    """
    from livingscan import clock
    from livingscan.numbers import count
    from livingscan.protocol import load_protocol
    from livingscan.strategies.lint import lint_file

    protocol = load_protocol()
    names = list(dict.fromkeys(source or protocol.sources))
    found: list[tuple[Path, Finding]] = []
    for name in names:
        path = protocol.folder / "strategies" / protocol.source(name).strategy
        found += [(path, finding) for finding in lint_file(name, path, clock.today())]
    told: dict[str, Any] = {
        "strategies": len(names),
        "findings": [{"file": str(path), **dataclasses.asdict(finding)} for path, finding in found],
    }
    refused = False
    if known_items or ask:
        recalls, changes = _known(protocol, names, ask=ask)
        refused = any(not change.accepted for change in changes.values())
        told["known items"] = [dataclasses.asdict(one) | {"share": one.share} for one in recalls]
        told["changed strategies"] = {name: dataclasses.asdict(change) for name, change in changes.items()}
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for path, finding in found:
            typer.echo(_line(path, finding))
        typer.echo(f"{count(len(names), 'strategy')}, {count(len(found), 'finding')}")
        if known_items or ask:
            _show(recalls, changes)
    if found or refused:
        raise typer.Exit(FOUND)


def _line(path: Path, finding: Finding) -> str:
    words = f" {finding.words!r}:" if finding.words else ""
    return f"{path}:{finding.line}:{finding.column}: {finding.rule}:{words} {finding.reason}; {finding.advice}"


def _known(protocol: Protocol, names: list[str], *, ask: bool) -> tuple[list[Recall], dict[str, Acceptance]]:
    """The recall of each strategy, and the verdict on those that differ from what was run last."""
    from livingscan.cli.tell import Bars
    from livingscan.errors import SourceError
    from livingscan.harvest import known_items
    from livingscan.settings import settings
    from livingscan.store import open_store
    from livingscan.store.health_queries import newest_strategy
    from livingscan.store.invented import invented

    items = known_items.load_known_items(protocol.folder / "known_items.csv")
    recalls: list[Recall] = []
    changes: dict[str, Acceptance] = {}
    with open_store() as store:
        store.check()
        if not ask:
            found = known_items.recall_in_store(store, protocol, items)
            with store.read() as session:
                why = f"none of {len(items)}: the literature here is invented" if invented(session) else ""
            told = [
                one if one.found or one.note else dataclasses.replace(one, missing=() if why else one.missing, note=why)
                for one in found
            ]
            return [one for one in told if one.source in names], {}
        with Bars() as bars:
            for name in names:
                text = protocol.strategy(name)
                try:
                    after = known_items.ask(name, text.text, items, settings(), bars.bar(name))
                    recalls.append(after)
                    before = newest_strategy(store, name)
                    if before and before[2] != text.sha256 and not after.note:
                        old = known_items.ask(name, before[1], items, settings(), bars.bar(f"{name}, as run last"))
                        changes[name] = known_items.judge_change(old, after)
                except SourceError as error:
                    recalls.append(known_items.Recall(name, "asked", note=str(error)))
    return recalls, changes


def _show(recalls: list[Recall], changes: dict[str, Acceptance]) -> None:
    from livingscan.cli.tell import console, table

    to = console()
    rows = [
        {
            "source": one.source,
            "known items found": f"{len(one.found)} of {len(one.found) + len(one.missing)}" if not one.note else "",
            "not in the source": len(one.not_held) if one.basis == "asked" and not one.note else None,
            "missing": "; ".join(one.missing) or one.note,
        }
        for one in recalls
    ]
    to.print()
    to.print(table(rows, right=("not in the source",)))
    for name, change in changes.items():
        verdict = "accepted" if change.accepted else "refused"
        typer.echo(f"{name}: the changed strategy is {verdict}: it {change.reason}")

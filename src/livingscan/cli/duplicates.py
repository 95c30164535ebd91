"""`livingscan duplicates`: what is linked and why, the pairs that wait for a person, and a person's word on them."""

from __future__ import annotations

import json
import shlex
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from livingscan.numbers import count
from livingscan.tidy import one_line

if TYPE_CHECKING:
    from livingscan.store.links import Link
    from livingscan.store.reports import Stored

WORDS = {"same": "the same report", "version": "versions of one study"}

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")

Record = Annotated[int, typer.Argument(help="A record's number, as `duplicates list` shows it.", show_default=False)]
Who = Annotated[str, typer.Option(help="Who says so.", show_default=False, callback=one_line)]
Reason = Annotated[str, typer.Option(help="Why, for those who come later.", callback=one_line)]


@app.command("list")
def list_links(
    which: Annotated[
        str, typer.Option(help="queue (waits for a person), linked, or person (a person's word).")
    ] = "queue",
    limit: Annotated[int, typer.Option(min=1, help="How many pairs at the most.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object a line.")] = False,
) -> None:
    """Show pairs of records, each with both titles and the reasons in words."""
    from livingscan.errors import UserError
    from livingscan.store import links, open_store, reports

    if which not in ("queue", "linked", "person"):
        raise UserError(f"--which {which}: choose queue, linked or person")
    with open_store() as store:
        store.check()
        waiting = links.queue(store)
        found = waiting if which == "queue" else links.newest_links(store, person=which == "person", limit=limit)
        with store.read() as session:
            shown = found[:limit]
            records = {one.id: one for one in reports.by_id(session, {n for link in shown for n in (link.a, link.b)})}
    for link in shown:
        if as_json:
            typer.echo(json.dumps(_plain(link, records), ensure_ascii=False))
        else:
            _show(link, records)
    if which == "queue" and not as_json:
        expected = sum(link.score or 0 for link in waiting)
        typer.echo(
            f"{count(len(waiting), 'pair')} for a person to look at; about {expected:.0f} expected to be duplicates."
        )


@app.command()
def same(one: Record, other: Record, who: Who, reason: Reason = "") -> None:
    """Say that two records are the same report. It holds through every later run, until undone."""
    _say(one, other, "same", who, reason)


@app.command()
def version(one: Record, other: Record, who: Who, reason: Reason = "") -> None:
    """Say that one is a version of the other (preprint and article, abstract and paper): one study, two reports."""
    _say(one, other, "version", who, reason)


@app.command()
def different(one: Record, other: Record, who: Who, reason: Reason = "") -> None:
    """Say that two records are different reports. No chain of links will join them again."""
    _say(one, other, "different", who, reason)


@app.command()
def undo(one: Record, other: Record, who: Who, reason: Reason = "") -> None:
    """Take a person's word on two records back; what the machine found holds again."""
    _say(one, other, "withdrawn", who, reason)


def _say(one: int, other: int, relation: str, who: str, reason: str) -> None:
    from livingscan.dedupe.step import deduplicate
    from livingscan.protocol import load_protocol
    from livingscan.store import links, open_store, reports

    with open_store() as store:
        store.check()
        with store.read() as session:
            for record in reports.by_id(session, {one, other}):
                typer.echo(_line(record))
        if relation in ("same", "version") and sys.stdin.isatty():
            typer.confirm(f"Are these {WORDS[relation]}?", abort=True)
        links.say(store, one, other, relation, who, reason)
        outcome = deduplicate(store, protocol=load_protocol())
        decisions = links.decisions_on(store, (one, other))
        with store.read() as session:
            placed = links.reports_of(session, (one, other))
    moved = count(outcome.merged_reports, "record") if outcome.merged_reports else "No record"
    typer.echo(
        f"Written down. {moved} moved to another report; "
        f"{one} is in report {placed[one]}, {other} in report {placed[other]}."
    )
    if decisions:
        kept = "is kept, with the record it was" if decisions == 1 else "are kept, each with the record it was"
        typer.echo(f"{count(decisions, 'screening decision')} on these reports {kept} made on.")
    if relation != "withdrawn":
        typer.echo(f"To take it back: livingscan duplicates undo {one} {other} --who {shlex.quote(who)}")


def _plain(link: Link, records: dict[int, Stored]) -> dict[str, object]:
    return {
        "records": [link.a, link.b],
        "relation": link.relation,
        "origin": link.origin,
        "who": link.who,
        "score": link.score,
        "reasons": link.evidence.get("reasons", []),
        "titles": [records[n].record.title for n in (link.a, link.b)],
    }


def _show(link: Link, records: dict[int, Stored]) -> None:
    score = "" if link.score is None else f" {link.score:.3f}"
    typer.echo(f"{link.relation}{score}  ({link.who})  {'; '.join(link.evidence.get('reasons', []))}")
    for number in (link.a, link.b):
        typer.echo(_line(records[number]))
    typer.echo("")


def _line(stored: Stored) -> str:
    """A record as it is told from another: its number, then what it says of itself."""
    record = stored.record
    authors = record.authors[0] + (" et al." if len(record.authors) > 1 else "") if record.authors else "-"
    place = " ".join(filter(None, [record.journal, record.volume, record.pages]))
    return f"  {stored.id:>7}  {record.source}: {record.title} | {authors} | {record.year or '-'} | {place}"

"""`livingscan findings`: what studies report, in their own words; people confirm and reject what is suggested."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from livingscan.errors import UserError
from livingscan.tidy import one_line

if TYPE_CHECKING:
    from livingscan.codebook import Codebook
    from livingscan.coding.verdicts import Verdict
    from livingscan.store.coding_queries import FindingRow
    from livingscan.store.reports import Stored
    from livingscan.summary.studies import CountedStudy

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")


class TierChoice(StrEnum):
    """A tier of the summary."""

    CONFIRMED = "confirmed"
    SUGGESTED = "suggested"
    PROVISIONAL = "provisional"


class GroupChoice(StrEnum):
    """A group of settings, by the codebook's ids."""

    NHS = "nhs"
    REST_OF_UK = "rest_of_uk"
    ELSEWHERE = "elsewhere"
    MIXED = "mixed"


Numbers = Annotated[list[int], typer.Argument(help="Numbers, as `findings list` shows them.", show_default=False)]
Reviewer = Annotated[
    str,
    typer.Option(
        "--reviewer",
        "-r",
        envvar="LIVINGSCAN_REVIEWER",
        help="Who says so, by name.",
        show_default=False,
        callback=one_line,
    ),
]
Note = Annotated[str, typer.Option(help="Why, for those who come later.", callback=one_line)]


@app.command("list")
def list_findings(
    theme: Annotated[str, typer.Option(help="Only this theme, by its id in the codebook, such as time.")] = "",
    tier: Annotated[TierChoice | None, typer.Option(help="Only studies of this tier.")] = None,
    group: Annotated[GroupChoice | None, typer.Option(help="Only studies of this setting.")] = None,
    report: Annotated[int | None, typer.Option(help="Only the study of this report.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many studies (--json: all).")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object a finding.")] = False,
) -> None:
    """Show what studies report, study by study, with the sentences it was read from.

    With --theme it ends with the numbers of the summary that these studies make up. Of a study that has any
    confirmed finding only the confirmed ones are counted; of any other, what a machine suggests.

    [bold]Examples[/bold]

      livingscan findings list --tier suggested

      livingscan findings list --theme time --group nhs --limit 500

      livingscan findings list --report 12
    """
    from livingscan.numbers import count
    from livingscan.protocol import load_codebook, load_protocol
    from livingscan.store import open_store, reports
    from livingscan.summary.studies import read_counted

    codebook = load_codebook()
    if theme and theme not in {one.id for one in codebook.themes}:
        raise UserError(f"there is no theme {theme!r}: choose one of {', '.join(one.id for one in codebook.themes)}")
    with open_store() as store:
        store.check()
        every = read_counted(store, load_protocol())
        found = [
            (study, kept)
            for study in every
            if (tier is None or study.tier == tier)
            and (group is None or study.group == group)
            and (report is None or report in {one.id for one in study.reports})
            and (kept := _kept(study, theme))
        ]
        if report is not None and not any(one.id == report for study in every for one in study.reports):
            raise UserError(f"report {report} is in no tier: not there, excluded, or not likely to be eligible")
        found.sort(key=lambda pair: (list(TierChoice).index(TierChoice(pair[0].tier)), pair[0].study))
        shown = found if as_json or report is not None else found[:limit]
        with store.read() as session:
            ids = {one.record_id for _, kept in shown for one in kept}
            records = {one.id: one for one in reports.by_id(session, ids)}
    for study, kept in shown:
        if as_json:
            for one in kept:
                typer.echo(json.dumps(_plain(study, one, records[one.record_id]), ensure_ascii=False))
        else:
            _show(study, kept, records, codebook)
    if as_json:
        return
    if len(found) > len(shown):
        typer.echo(f"... and {count(len(found) - len(shown), 'more study')}: --limit {len(found)}\n")
    if theme:
        _numbers(every, theme, tier, group, codebook)
    else:
        waiting = sum(one.origin == "machine" and not one.verdict for _, kept in found for one in kept)
        typer.echo(f"Studies: {len(found):,}. Suggested findings that nobody has confirmed or rejected: {waiting:,}.")


@app.command()
def show(number: Annotated[int, typer.Argument(help="A finding's number.", show_default=False)]) -> None:
    """Show one finding: its words, where they stand, and all that people said of it."""
    from livingscan.protocol import load_codebook
    from livingscan.store import coding_queries, open_store, reports

    codebook = load_codebook()
    with open_store() as store:
        store.check()
        with store.read() as session:
            one = coding_queries.findings_by_id(session, [number]).get(number)
            if one is None:
                raise UserError(f"there is no finding {number}; `livingscan findings list` shows their numbers")
            said = coding_queries.verdicts(session, [number]).get(number, [])
            stored = reports.by_id(session, [one.record_id])[0]
    theme = next((each for each in codebook.themes if each.id == one.theme), None)
    typer.echo(_line(one, codebook))
    typer.echo(f"  {stored.record.title}")
    typer.echo(f"  report {stored.report_id}, {stored.record.source}:{stored.record.source_id} {stored.record.url}")
    typer.echo(f"  read in the {one.field}, by {one.origin}, codebook {one.codebook_version}")
    if theme:
        typer.echo(f"  {theme.label}: {theme.definition}")
    for word in said:
        typer.echo(
            f"  {word.at:%Y-%m-%d %H:%M} UTC  {word.verdict} by {word.who}{f': {word.note}' if word.note else ''}"
        )


@app.command()
def confirm(numbers: Numbers, reviewer: Reviewer, note: Note = "") -> None:
    """Say that findings are right: that the study does report the theme so. Counted once the study is included.

    [bold]Examples[/bold]

      livingscan findings confirm 12 14 --reviewer Jo
    """
    _say(numbers, "confirmed", reviewer, note)


@app.command()
def reject(numbers: Numbers, reviewer: Reviewer, note: Note = "") -> None:
    """Say that findings are wrong. They are counted no longer, and not suggested again in the same words."""
    _say(numbers, "rejected", reviewer, note)


@app.command()
def undo(numbers: Numbers, reviewer: Reviewer, note: Note = "") -> None:
    """Take back what people said of findings; they are suggestions again. What was said stays on record."""
    _say(numbers, "withdrawn", reviewer, note)


def _say(numbers: Sequence[int], verdict: Verdict, reviewer: str, note: str) -> None:
    from livingscan.coding.verdicts import say
    from livingscan.protocol import load_protocol
    from livingscan.store import open_store
    from livingscan.summary.studies import read_counted

    with open_store() as store:
        store.check()
        done = say(store, numbers, verdict, reviewer=reviewer, note=note)
        tiers = {one.id: study.tier for study in read_counted(store, load_protocol()) for one in _kept(study)}
    word = "taken back" if verdict == "withdrawn" else verdict
    parts = [f"{word}: {_named(done.written)}"] if done.written else []
    parts += [f"so already: {_named(done.held)}"] if done.held else []
    parts += [f"the same words in another record of the report, {word} too: {_named(done.twins)}"] if done.twins else []
    typer.echo("; ".join(parts).capitalize() + ".")
    early = [one for one in done.written if verdict == "confirmed" and tiers.get(one) != "confirmed"]
    if early:
        typer.echo(f"Counted once a person has included the study: {_named(early)}.")


def _named(ids: Sequence[int]) -> str:
    return ", ".join(map(str, ids))


def _kept(study: CountedStudy, theme: str = "") -> list[FindingRow]:
    """What a study's reports say (of a theme), with what people rejected and without what the machine took back."""
    return [
        one
        for report in study.reports
        for one in report.findings
        if one.verdict != "superseded" and theme in ("", one.theme)
    ]


def _state(one: FindingRow) -> str:
    return "confirmed" if one.confirmed else one.verdict or "suggested"


def _line(one: FindingRow, codebook: Codebook, *, idle: bool = False) -> str:
    state = _state(one) + (", not counted" if idle else "")
    label = next((theme.label for theme in codebook.themes if theme.id == one.theme), one.theme)
    phase = next((phase.label for phase in codebook.phases if phase.id == one.phase), "phase not told")
    return f'{one.id:>7}  {state}: {label}, {one.polarity}, {phase}\n         "{" ".join(one.quotation.split())}"'


def _show(study: CountedStudy, kept: Sequence[FindingRow], records: dict[int, Stored], codebook: Codebook) -> None:
    group = next((group.label for group in codebook.groups if group.id == study.group), "setting not told")
    record = records[kept[0].record_id]
    key = f"{record.record.source}:{record.record.source_id}"
    typer.echo(f"{study.tier}, {group}, report {record.report_id}, {key}: {record.record.title} ({record.record.year})")
    told = set()
    for one in kept:
        same = (one.theme, one.phase, one.polarity, one.quotation, _state(one))
        if same not in told:  # a record that is there twice says all things twice
            told.add(same)
            typer.echo(_line(one, codebook, idle=one.stands and one not in study.counted))
    typer.echo("")


def _plain(study: CountedStudy, one: FindingRow, stored: Stored) -> dict[str, Any]:
    return {
        "finding": one.id,
        "state": _state(one),
        "counted": one in study.counted,
        "tier": study.tier,
        "group": study.group,
        "study": study.study,
        "report": stored.report_id,
        "record": f"{stored.record.source}:{stored.record.source_id}",
        "title": stored.record.title,
        "year": stored.record.year,
        "theme": one.theme,
        "phase": one.phase,
        "polarity": one.polarity,
        "quotation": one.quotation,
        "field": one.field,
        "origin": one.origin,
    }


def _numbers(
    every: Sequence[CountedStudy], theme: str, tier: str | None, group: str | None, codebook: Codebook
) -> None:
    """The cells of the summary that the studies make up."""
    from livingscan.summary.matrix import count_tiers

    label = next(one.label for one in codebook.themes if one.id == theme)
    for counts in count_tiers(study.facts for study in every):
        told = [
            f"{cell.barrier:,} of {cell.of:,} ({one.label})"
            for one in codebook.groups
            if group in (None, one.id) and (cell := counts.cell(theme, group=one.id)).of
        ]
        if told and tier in (None, counts.tier):
            typer.echo(f"{label} as a barrier, {counts.tier}: {'; '.join(told)}")

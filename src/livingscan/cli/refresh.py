"""`livingscan refresh`: the steps after the searches, without asking any source."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from livingscan.cli import work
from livingscan.cli.tell import Bars


class Step(StrEnum):
    """A step after the searches."""

    DEDUPLICATE = "deduplicate"
    FLAG = "flag-for-screening"
    SUGGEST = "suggest-findings"
    SUMMARISE = "refresh-summaries"


def refresh(
    step: Annotated[
        list[Step] | None, typer.Option(help="Only this step; may be given several times. Default: all four, in order.")
    ] = None,
) -> None:
    """Link duplicates, flag, suggest findings and refresh the summaries, without asking any source.

    It is a part of each update. Run it by itself after changing the criteria or the codebook, or after
    imports with --no-follow-up. Only what is new or touched by a change of rules is worked on.

    [bold]Examples[/bold]

      livingscan refresh

      livingscan refresh --step flag-for-screening --step refresh-summaries
    """
    from livingscan.protocol import load_protocol

    chosen = {one.value for one in step} if step else None
    kind = next(iter(chosen)) if chosen and len(chosen) == 1 else "refresh-summaries"
    with work.ledgered(kind) as run, Bars() as bars:
        work.follow_up(run, load_protocol(), bars, chosen)

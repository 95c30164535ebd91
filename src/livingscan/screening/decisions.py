"""What people's verdicts on a report come to. Verdicts are append-only; these functions only read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from livingscan.store.screening_queries import DecisionRow

Stage = Literal["title-abstract", "full-text"]
STAGES: tuple[Stage, ...] = ("title-abstract", "full-text")
VERDICTS = ("include", "exclude", "unsure")
NO_FULL_TEXT = "full text cannot be had"

# "": nobody, or not enough people, have said; "conflict": they differ.
Outcome = Literal["", "include", "exclude", "unsure", "conflict"]
Standing = dict[tuple[int, str], dict[str, DecisionRow]]


def standing(rows: Iterable[DecisionRow]) -> Standing:
    """The verdict of each reviewer that holds: the newest that has not been taken back.

    Args:
        rows: every decision row, in whatever order.

    Returns:
        (report id, stage) -> reviewer -> decision. Where two reports became one, the newest word of a
        reviewer on either of them holds.
    """
    ordered = sorted(rows, key=lambda row: row.id)
    undone = {row.undoes_id for row in ordered if row.undoes_id is not None}
    found: Standing = {}
    for row in ordered:
        if row.verdict is not None and row.id not in undone:
            found.setdefault((row.report_id, row.stage), {})[row.reviewer] = row
    return found


def outcome(verdicts: Mapping[str, DecisionRow], reviewers: int = 1) -> Outcome:
    """What the standing verdicts on a report at one stage come to.

    Args:
        verdicts: reviewer -> decision.
        reviewers: how many the protocol wants.
    """
    words = {row.verdict for row in verdicts.values()}
    if len(words) > 1:
        return "conflict"
    if len(verdicts) < reviewers:
        return ""
    word = words.pop()
    return "include" if word == "include" else "exclude" if word == "exclude" else "unsure"


@dataclass(frozen=True, slots=True)
class Place:
    """How far a report has come.

    Attributes:
        title_abstract, full_text: the outcomes of the stages.
        state: "included", "excluded" or "undecided".
        reason: why it was excluded, where it was.
    """

    title_abstract: Outcome
    full_text: Outcome
    state: Literal["included", "excluded", "undecided"]
    reason: str = ""


def place_of(
    report_id: int, all_standing: Standing, *, included_after: Stage = "full-text", reviewers: int = 1
) -> Place:
    """How far a report has come.

    Args:
        report_id: the report.
        all_standing: from :func:`standing`.
        included_after: the stage at which an "include" makes it an included report.
        reviewers: how many the protocol wants at each stage.
    """
    first = all_standing.get((report_id, "title-abstract"), {})
    second = all_standing.get((report_id, "full-text"), {})
    early, late = outcome(first, reviewers) if first else "", outcome(second, reviewers) if second else ""
    if late == "exclude" or (early == "exclude" and late == ""):
        rows = second if late == "exclude" else first
        reason = next((row.reason for row in rows.values() if row.reason), "")
        return Place(early, late, "excluded", reason)
    if late == "include" or (early == "include" and late == "" and included_after == "title-abstract"):
        return Place(early, late, "included")
    return Place(early, late, "undecided")

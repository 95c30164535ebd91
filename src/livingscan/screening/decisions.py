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
UNRESOLVED = ("unsure", "conflict")
History = dict[tuple[int, str], list[DecisionRow]]


def histories(rows: Iterable[DecisionRow]) -> History:
    """The verdicts that have not been taken back, in the order in which they were made.

    Args:
        rows: every decision row, in whatever order.

    Returns:
        (report id, stage) -> decisions. Where two reports became one, the words on both are there.
    """
    ordered = sorted(rows, key=lambda row: row.id)
    undone = {row.undoes_id for row in ordered if row.undoes_id is not None}
    found: History = {}
    for row in ordered:
        if row.verdict is not None and row.id not in undone:
            found.setdefault((row.report_id, row.stage), []).append(row)
    return found


def newest(history: Iterable[DecisionRow]) -> dict[str, DecisionRow]:
    """Reviewer -> the newest verdict, from a history of one report at one stage."""
    return {row.reviewer: row for row in history}


def outcome(history: Iterable[DecisionRow], reviewers: int = 1) -> Outcome:
    """What the verdicts on a report at one stage come to.

    Where people differ or are unsure, the report is settled by their agreeing after all, or by the *include* or
    *exclude* of somebody who had no part in it: that word then takes the place of those before it.

    Args:
        history: from :func:`histories`, of this report and stage.
        reviewers: how many the protocol wants.
    """
    return _settled(history, reviewers)[0]


def _settled(history: Iterable[DecisionRow], reviewers: int) -> tuple[Outcome, dict[str, DecisionRow]]:
    """The outcome, and the verdicts that it rests on."""
    said: dict[str, DecisionRow] = {}
    parties: frozenset[str] = frozenset()
    now: Outcome = ""
    for row in history:
        if now in UNRESOLVED and row.reviewer not in parties and row.verdict != "unsure":
            said, reviewers = {}, 1
        said[row.reviewer] = row
        before, now = now, _word(said, reviewers)
        if now in UNRESOLVED and before not in UNRESOLVED:
            parties = frozenset(said)
    return now, said


def _word(said: Mapping[str, DecisionRow], reviewers: int) -> Outcome:
    words = {row.verdict for row in said.values()}
    if len(words) > 1:
        return "conflict"
    if len(said) < reviewers:
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

    @property
    def unresolved(self) -> Stage | None:
        """The stage at which people are unsure or differ, and the report goes no further until somebody settles it."""
        if self.state != "undecided":
            return None
        if self.full_text in UNRESOLVED:
            return "full-text"
        return "title-abstract" if self.title_abstract in UNRESOLVED and not self.full_text else None


def place_of(
    report_id: int, all_histories: History, *, included_after: Stage = "full-text", reviewers: int = 1
) -> Place:
    """How far a report has come.

    Args:
        report_id: the report.
        all_histories: from :func:`histories`.
        included_after: the stage at which an "include" makes it an included report.
        reviewers: how many the protocol wants at each stage.
    """
    early, first = _settled(all_histories.get((report_id, "title-abstract"), ()), reviewers)
    late, second = _settled(all_histories.get((report_id, "full-text"), ()), reviewers)
    if late == "exclude" or (early == "exclude" and late == ""):
        rows = second if late == "exclude" else first
        reason = next((row.reason for row in rows.values() if row.reason), "")
        return Place(early, late, "excluded", reason)
    if late == "include" or (early == "include" and late == "" and included_after == "title-abstract"):
        return Place(early, late, "included")
    return Place(early, late, "undecided")

"""Counting: which tier a study is in, which group, and how many studies report each theme.

A study counts once in a cell however often it says a thing, and in one tier only: findings that a person
has confirmed are never added to what a machine suggests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from livingscan.summary.model import ANY, TIERS, Cell, Tier, TierCounts

State = Literal["included", "excluded", "undecided"]


@dataclass(frozen=True, slots=True)
class Said:
    """One finding as far as it is counted: ``basis`` is "title", "abstract" or "full-text"."""

    theme: str
    phase: str
    polarity: str
    basis: str


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """A study as it is counted.

    Attributes:
        study: its id.
        tier: the one it is in.
        group: "nhs", "rest_of_uk", "elsewhere", "mixed" or "".
        said: the findings that count in this tier.
    """

    study: int
    tier: Tier
    group: str
    said: tuple[Said, ...] = ()


def tier_of(states: Iterable[State], *, likely: bool, passed: bool, confirmed: bool) -> Tier | None:
    """The tier of a study.

    Args:
        states: of its reports.
        likely: whether an undecided report of it is flagged as likely eligible.
        passed: whether a person has included an undecided report on title and abstract.
        confirmed: whether a person has confirmed a finding of it.

    Returns:
        "confirmed" or "suggested" for an included study; "provisional" for one that is on its way and
        likely to be eligible; None for any other.
    """
    all_states = set(states)
    if "included" in all_states:
        return "confirmed" if confirmed else "suggested"
    if "undecided" in all_states and (likely or passed):
        return "provisional"
    return None


def group_of(groups: Iterable[str]) -> str:
    """The group of a study from those its reports and findings name: UK and abroad together are "mixed"."""
    named = {group for group in groups if group}
    if "mixed" in named or ("elsewhere" in named and named & {"nhs", "rest_of_uk"}):
        return "mixed"
    for group in ("nhs", "rest_of_uk", "elsewhere"):
        if group in named:
            return group
    return ""


def count_tier(tier: Tier, studies: Iterable[StudyFacts]) -> TierCounts:
    """Count one tier.

    Args:
        tier: which.
        studies: all studies, of whatever tier, in whatever order; a study stands there once.

    Returns:
        Its counts; for each theme and group every phase that is named, "" where none is, and "any".
    """
    mine = [facts for facts in studies if facts.tier == tier]
    sizes = Counter(facts.group for facts in mine)
    counted: Counter[tuple[str, str, str, str]] = Counter()
    bases: Counter[str] = Counter()
    for facts in mine:
        counted.update(
            {(said.theme, phase, facts.group, said.polarity) for said in facts.said for phase in (said.phase, ANY)}
        )
        if facts.said:
            bases["full-text" if any(said.basis == "full-text" for said in facts.said) else "abstract"] += 1
    places = sorted({key[:3] for key in counted})
    cells = tuple(
        Cell(
            *place,
            barrier=counted[(*place, "barrier")],
            facilitator=counted[(*place, "facilitator")],
            neutral=counted[(*place, "neutral")],
            of=sizes[place[2]],
        )
        for place in places
    )
    return TierCounts(tier, len(mine), dict(sorted(sizes.items())), dict(sorted(bases.items())), cells)


def count_tiers(studies: Iterable[StudyFacts]) -> tuple[TierCounts, ...]:
    """The three tiers; see :func:`count_tier`."""
    every = list(studies)
    return tuple(count_tier(tier, every) for tier in TIERS)


def headline_of(tiers: Iterable[TierCounts]) -> str:
    """The highest tier that has studies, or ""."""
    return next((tier.tier for tier in tiers if tier.studies), "")


def studies_naming(studies: Iterable[StudyFacts], tier: str, group: str, themes: Iterable[str]) -> tuple[int, int]:
    """Of a tier's studies in a group: how many report at least one of the themes as a barrier, and of how many."""
    wanted = set(themes)
    mine = [facts for facts in studies if facts.tier == tier and facts.group == group]
    naming = sum(any(s.theme in wanted and s.polarity == "barrier" for s in facts.said) for facts in mine)
    return naming, len(mine)

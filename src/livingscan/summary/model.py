"""What a summary says: counts in three tiers that are never mixed, the flow of records, what changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Tier = Literal["confirmed", "suggested", "provisional"]
TIERS: tuple[Tier, ...] = ("confirmed", "suggested", "provisional")
ANY = "any"  # a theme in whatever phase
NOT_STATED = ""  # the phase, or the group of settings, is not told


@dataclass(frozen=True, slots=True)
class Cell:
    """How many studies of a group report a theme in a phase.

    Attributes:
        theme: id. phase: id, "" (not stated) or "any". group: id or "" (not stated).
        barrier, facilitator, neutral: studies that report it as what hinders, as what helps, as a factor
            either way. A study may stand in more than one of them, and counts once in each.
        of: the studies of the group in this tier.
    """

    theme: str
    phase: str
    group: str
    barrier: int
    facilitator: int
    neutral: int
    of: int


@dataclass(frozen=True, slots=True)
class TierCounts:
    """One tier: its studies by group, and the cells that are not empty.

    ``bases``: studies whose counted findings rest on title or abstract alone ("abstract"), and those with
    one from the full text ("full-text").
    """

    tier: Tier
    studies: int
    by_group: Mapping[str, int]
    bases: Mapping[str, int]
    cells: tuple[Cell, ...]

    def cell(self, theme: str, phase: str = ANY, group: str = "nhs") -> Cell:
        """The cell there; with zeros where no study reports it."""
        for cell in self.cells:
            if (cell.theme, cell.phase, cell.group) == (theme, phase, group):
                return cell
        return Cell(theme, phase, group, 0, 0, 0, self.by_group.get(group, 0))


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """A theme as a summary names it; ``reference_count`` is the phases that the scan of 2015 marked."""

    id: str
    label: str
    level: str
    level_label: str
    reference_count: int


@dataclass(frozen=True, slots=True)
class HypothesisLine:
    """A way in which the NHS may differ, with the share of studies that report its themes as barriers."""

    id: str
    wording: str
    themes: tuple[str, ...]
    nhs: int
    nhs_of: int
    elsewhere: int
    elsewhere_of: int


@dataclass(frozen=True, slots=True)
class CellChange:
    """A theme whose count changed, in whatever phase.

    ``moved``: over all tiers the count is what it was; its studies only went from one tier to another.
    """

    tier: Tier
    theme: str
    group: str
    before: int
    before_of: int
    after: int
    after_of: int
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different from the summary before.

    Attributes:
        since: when that was made, ISO 8601; "" where there was none.
        studies: tier -> studies (before, after), where they differ.
        cells: counts of themes that differ, largest change first.
        flow: PRISMA key -> (before, after), where they differ.
        notes: a new headline tier, protocol or codebook, in words.
    """

    since: str = ""
    studies: Mapping[str, tuple[int, int]] = dataclasses.field(default_factory=dict)
    cells: tuple[CellChange, ...] = ()
    flow: Mapping[str, tuple[int, int]] = dataclasses.field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether anything is different."""
        return bool(self.studies or self.cells or self.flow or self.notes)


@dataclass(frozen=True, slots=True)
class Summary:
    """A refreshed summary.

    Attributes:
        at: when it was made.
        run_id: the run that made it.
        protocol_version, codebook_version: what it was made by.
        headline: the highest tier that has studies; "" where none has.
        tiers: the three, in order.
        themes, phases, groups: what they are called, in the codebook's order.
        group_means: what the groups of settings are, in a sentence each.
        hypotheses: the scan's, with the headline tier's counts.
        prisma: the flow of records, by the keys of the PRISMA 2020 flow diagram tool.
        waiting: reports that too few people have screened; likely: those of them that are likely eligible.
        unresolved: reports that people are unsure of or differ on, at whichever stage.
        changes: what is different from the summary before.
        synthetic: the records are invented (the demo's), which every page must say.
    """

    at: datetime
    run_id: int | None
    protocol_version: str
    codebook_version: str
    headline: str
    tiers: tuple[TierCounts, ...]
    themes: tuple[ThemeLine, ...]
    phases: Mapping[str, str]
    groups: Mapping[str, str]
    hypotheses: tuple[HypothesisLine, ...]
    prisma: Mapping[str, int | str]
    waiting: int
    likely: int
    changes: Changes = dataclasses.field(default_factory=Changes)
    synthetic: bool = False
    unresolved: int = 0
    group_means: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def tier(self, name: str) -> TierCounts:
        """The counts of a tier."""
        return next(tier for tier in self.tiers if tier.tier == name)


def summary_to_dict(summary: Summary) -> dict[str, Any]:
    """The summary as plain JSON values. The inverse of :func:`summary_from_dict`."""
    return dataclasses.asdict(summary) | {"at": summary.at.isoformat()}


def summary_from_dict(data: Mapping[str, Any]) -> Summary:
    """The summary that :func:`summary_to_dict` made the mapping from."""
    fields = dict(data)
    fields["at"] = datetime.fromisoformat(fields["at"])
    fields["tiers"] = tuple(
        TierCounts(**{**tier, "cells": tuple(Cell(**cell) for cell in tier["cells"])}) for tier in fields["tiers"]
    )
    fields["themes"] = tuple(ThemeLine(**theme) for theme in fields["themes"])
    fields["hypotheses"] = tuple(HypothesisLine(**{**h, "themes": tuple(h["themes"])}) for h in fields["hypotheses"])
    changes = dict(fields["changes"])
    changes["studies"] = {key: tuple(pair) for key, pair in changes["studies"].items()}
    changes["flow"] = {key: tuple(pair) for key, pair in changes["flow"].items()}
    changes["cells"] = tuple(CellChange(**cell) for cell in changes["cells"])
    changes["notes"] = tuple(changes["notes"])
    fields["changes"] = Changes(**changes)
    return Summary(**fields)

"""The codebook: loads and checks ``review/codebook.yaml``."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from livingscan.places import Places, load_places
from livingscan.reviewfiles import (
    Id,
    Part,
    TermList,
    Text,
    checked,
    need_exactly,
    no_repeats,
    read_yaml,
    review_file,
    short_hash,
)

PHASES = ("development", "delivery", "dissemination")
GROUPS = ("nhs", "rest_of_uk", "elsewhere", "mixed")


class Level(Part):
    """A level at which barriers arise."""

    id: Id
    label: Text
    definition: Text


class Cues(Part):
    """Words that suggest a theme: ``barrier`` ones say by themselves that it gets in the way,
    ``topic`` ones only within a sentence on barriers, ``facilitator`` ones that it helps."""

    barrier: TermList = ()
    topic: TermList = ()
    facilitator: TermList = ()
    unless: TermList = ()


class Theme(Part):
    """A barrier in the codebook. ``reference`` is the scan's table: per phase true, or null where it is
    not known which cells it marked; ``reference_count`` is how many it marked."""

    id: Id
    level: Id
    label: Text
    definition: Text
    reference_count: int = Field(ge=0, le=3)
    reference: dict[str, bool | None]
    cfir: tuple[Text, ...] = ()
    tdf: tuple[Text, ...] = ()
    cues: Cues


class Phase(Part):
    """A phase of an improvement initiative and the words that name it."""

    id: Id
    label: Text
    definition: Text
    cues: TermList
    unless: TermList = ()


class Group(Part):
    """A group of settings that is counted apart."""

    id: Id
    label: Text
    definition: Text


class Hypothesis(Part):
    """A way in which the NHS may differ, held up against the counts."""

    id: Id
    wording: Text
    themes: tuple[Id, ...]
    expects: Literal["nhs_higher", "nhs_lower"]


class ContextRules(Part):
    """Words that make a sentence one on barriers or on help, and sentences that report nothing."""

    barrier: TermList
    deficit: TermList
    after: TermList
    breaks: TermList
    target: TermList
    openers: TermList
    barrier_unless: TermList = ()
    facilitator: TermList
    both: TermList
    skip_sections: tuple[Text, ...]
    skip_sentences: TermList
    not_services: TermList
    services: TermList


class Codebook(Part):
    """The codebook (``codebook.yaml``)."""

    version: Text
    date: date
    about: str = ""
    levels: tuple[Level, ...]
    phases: tuple[Phase, ...]
    groups: tuple[Group, ...]
    themes: tuple[Theme, ...]
    hypotheses: tuple[Hypothesis, ...] = ()
    context: ContextRules
    places: Places

    @model_validator(mode="after")
    def _check_whole(self) -> Codebook:
        need_exactly("phases", [phase.id for phase in self.phases], PHASES)
        need_exactly("groups", [group.id for group in self.groups], GROUPS)
        no_repeats("levels", [level.id for level in self.levels])
        no_repeats("themes", [theme.id for theme in self.themes])
        levels = {level.id for level in self.levels}
        for theme in self.themes:
            if theme.level not in levels:
                raise ValueError(f"themes.{theme.id}.level: {theme.level!r} is not one of {', '.join(sorted(levels))}")
            if set(theme.reference) != set(PHASES):
                raise ValueError(f"themes.{theme.id}.reference: needs exactly the keys {', '.join(PHASES)}")
            if sum(mark is True for mark in theme.reference.values()) > theme.reference_count:
                raise ValueError(f"themes.{theme.id}.reference: more cells are marked than reference_count says")
        known = {theme.id for theme in self.themes}
        for hypothesis in self.hypotheses:
            for name in hypothesis.themes:
                if name not in known:
                    raise ValueError(f"hypotheses.{hypothesis.id}.themes: {name!r} is not a theme")
        return self

    def theme(self, name: str) -> Theme:
        """The theme of that id."""
        return next(theme for theme in self.themes if theme.id == name)

    @cached_property
    def rules_version(self) -> str:
        """Twelve hex digits over all that suggestions depend on."""
        return short_hash(self.model_dump(mode="json", include={"themes", "phases", "context", "places"}))


def load_codebook(path: Path | None = None) -> Codebook:
    """Load and check the codebook with the places file beside it.

    Args:
        path: the review folder or its ``codebook.yaml``; None: the folder the settings name.

    Raises:
        UserError: something is missing or wrong; one line a fault with file, key and what to do.
    """
    file = review_file(path, "codebook.yaml")
    data = read_yaml(file)
    places = load_places(file.parent / "places.yaml")
    return checked(Codebook, data | {"places": places}, file)

"""The protocol: loads and checks ``review/protocol.yaml`` and the search strategies beside it.

Nothing here knows of a database, a source or Prefect, and importing it is cheap.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from livingscan.codebook import Codebook, load_codebook
from livingscan.errors import UserError
from livingscan.places import Places, load_places
from livingscan.reviewfiles import (
    Cron,
    Id,
    Part,
    TermList,
    Text,
    Zone,
    checked,
    need_exactly,
    read_text,
    read_yaml,
    review_file,
    short_hash,
)

__all__ = ["Codebook", "Protocol", "Strategy", "load_codebook", "load_protocol", "parse_strategy"]

Arm = Literal["nhs", "comparison"]
CRITERIA = ("nhs_setting", "improvement_initiative", "barrier_content", "empirical_data")
RELATIONS = ("same", "version", "part", "erratum_comment")
SOURCES = {  # name -> title: what can be asked through an interface
    "pubmed": "PubMed",
    "europepmc": "Europe PMC",
    "openalex": "OpenAlex",
    "crossref": "Crossref",
    "semanticscholar": "Semantic Scholar",
    "doaj": "DOAJ",
    "core": "CORE",
    "eric": "ERIC",
    "biorxiv": "medRxiv/bioRxiv",
    "scopus": "Scopus",
    "wos": "Web of Science",
    "lens": "Lens",
}


class Criterion(Part):
    """One eligibility criterion: wording for people, words for the flag."""

    id: Id
    label: Text
    wording: Text
    reason_to_exclude: Text
    needed_for: tuple[Arm, ...]
    terms: TermList = ()
    weak_terms: TermList = ()
    unless: TermList = ()
    against: TermList = ()


class Reconfiguration(Part):
    """Structural change, which the review leaves out unless delivery is its subject."""

    label: Text
    wording: Text
    reason_to_exclude: Text
    terms: TermList
    unless: TermList = ()


class HealthCare(Part):
    """Words of health care, one of which the comparison needs."""

    terms: TermList
    unless: TermList = ()


class Signs(Part):
    """Publication types and titles that say something of a report."""

    publication_types: tuple[Text, ...] = ()
    titles: TermList = ()


class NotAStudyKind(Signs):
    """One kind of publication that is no study."""

    kind: Text


class NotAStudy(Part):
    """All such kinds, the first that fits is named."""

    reason_to_exclude: Text
    kinds: tuple[NotAStudyKind, ...]


class Standing(Part):
    """Signs of a retraction or an expression of concern beside the sources' links."""

    retracted: Signs
    concern: Signs


class Priority(Part):
    """Weights of the flags in the order of the screening queue."""

    nhs_setting: float
    improvement_initiative: float
    barrier_content: float
    empirical_data: float
    in_title: float
    not_a_study: float
    retracted: float
    reconfiguration: float
    language: float


class Relation(Part):
    """What a relation between two records means for screening."""

    merges: bool
    wording: Text


class Step(Part):
    """A step's schedule. ``cron`` empty: by hand, or as a part of another step."""

    what: Text
    cron: Cron = ""
    concurrency: int = Field(1, ge=1, le=64)


class Retirement(Part):
    """When and how the review ends."""

    review_on: date
    stop_when: tuple[Text, ...] = Field(min_length=1)
    then: Text


class Living(Part):
    """Schedules, triggers, retirement (PRISMA-LSR)."""

    timezone: Zone
    sources_at_once: int = Field(2, ge=1, le=64)
    steps: dict[str, Step]
    screening_every: str = ""
    release_every: str = ""
    triggers: tuple[Text, ...] = Field(min_length=1)
    retirement: Retirement


class Person(Part):
    """A role, what it does, and who holds it."""

    role: Text
    does: Text
    names: tuple[str, ...] = ()


class SourcePlan(Part):
    """How one source is searched."""

    enabled: bool
    strategy: Text
    cron: Cron = ""
    overlap_days: int = Field(ge=0, le=366)
    reconcile_days: int = Field(ge=1, le=731)
    silent_after_days: int = Field(ge=1, le=731)
    why: str = ""


@dataclass(frozen=True, slots=True)
class Strategy:
    """The search text for one source, exactly as run.

    Attributes:
        source: short name of the source.
        text: what is sent: the file below its header, on one line with single blanks.
        header: the "# key: value" lines at the top of the file (date, author, limits, filters,
            derived-from, ...), keys in lower case.
        sha256: of ``text``, in hex; a new one is a new version of the strategy.
    """

    source: str
    text: str
    header: dict[str, str] = field(default_factory=dict)
    sha256: str = ""


class Protocol(Part):
    """The whole protocol (``protocol.yaml`` and what lies beside it)."""

    version: Text
    date: date
    title: Text
    question: Text
    continues: str = ""
    barrier_means: str = ""
    improvement_means: str = ""
    comparison: str = ""
    languages_read: tuple[Annotated[str, Field(pattern="^[a-z]{3}$")], ...]
    reviewers_per_report: int = Field(1, ge=1, le=2)
    included_after: Literal["title-abstract", "full-text"] = "full-text"
    eligibility: tuple[Criterion, ...]
    reconfiguration: Reconfiguration
    health_care: HealthCare
    not_a_study: NotAStudy
    standing: Standing
    priority: Priority
    duplicates: dict[str, Relation]
    living: Living
    people: tuple[Person, ...]
    funding: str = ""
    interests: str = ""
    registration: str = ""
    sources: dict[str, SourcePlan]
    by_file: tuple[str, ...] = ()
    places: Places
    folder: Path = Field(exclude=True)

    @model_validator(mode="after")
    def _check_whole(self) -> Protocol:
        need_exactly("eligibility", [criterion.id for criterion in self.eligibility], CRITERIA)
        need_exactly("duplicates", list(self.duplicates), RELATIONS)
        for name, plan in self.sources.items():
            if name not in SOURCES:
                raise ValueError(f"sources: {name} is not known; choose from {', '.join(SOURCES)}")
            if not self._strategy_file(plan).resolve().is_relative_to(self.folder.resolve()):
                raise ValueError(f"sources.{name}.strategy: {plan.strategy} lies outside the review's folder")
        return self

    def _strategy_file(self, plan: SourcePlan) -> Path:
        return self.folder / "strategies" / plan.strategy

    def criterion(self, name: str) -> Criterion:
        """The eligibility criterion of that id."""
        return next(criterion for criterion in self.eligibility if criterion.id == name)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons for exclusion that a reviewer can give, in the order of the criteria."""
        return (
            *(criterion.reason_to_exclude for criterion in self.eligibility),
            self.reconfiguration.reason_to_exclude,
            self.not_a_study.reason_to_exclude,
            "language that nobody here reads",
            "duplicate of another report",
            "full text cannot be had",
        )

    @property
    def enabled_sources(self) -> tuple[str, ...]:
        """Names of the sources that an update asks, in the protocol's order."""
        return tuple(name for name, plan in self.sources.items() if plan.enabled)

    def source(self, name: str) -> SourcePlan:
        """The plan for a source.

        Raises:
            UserError: the protocol has no such source.
        """
        if name not in self.sources:
            raise UserError(f"{name!r} is not a source of the protocol; choose from {', '.join(self.sources)}")
        return self.sources[name]

    def schedule_of(self, name: str) -> str:
        """The cron line on which a source is searched: its own, else update-review's; "" if disabled."""
        plan = self.source(name)
        update = self.living.steps.get("update-review")
        if not plan.enabled:
            return plan.cron
        return plan.cron or (update.cron if update else "")

    def merges(self, relation: str) -> bool:
        """Whether records in that relation ("same", "version", ...) are one report for screening."""
        return relation in self.duplicates and self.duplicates[relation].merges

    def strategy(self, source: str) -> Strategy:
        """The search strategy of a source, read anew at each call.

        Raises:
            UserError: no such source, or its file is missing, empty or not text.
        """
        path = self._strategy_file(self.source(source))
        return parse_strategy(source, read_text(path, "write the search strategy there"), path)

    @cached_property
    def rules_version(self) -> str:
        """Twelve hex digits over all that flags depend on; it changes when a rule does."""
        data = self.model_dump(
            mode="json",
            include={
                "eligibility",
                "reconfiguration",
                "health_care",
                "not_a_study",
                "standing",
                "priority",
                "languages_read",
                "places",
            },
        )
        return short_hash(data)


def load_protocol(path: Path | None = None) -> Protocol:
    """Load and check the protocol with the places file beside it.

    Args:
        path: the review folder or its ``protocol.yaml``; None: the folder the settings name.

    Raises:
        UserError: something is missing or wrong; one line a fault with file, key and what to do.
    """
    file = review_file(path, "protocol.yaml")
    data = read_yaml(file)
    places = load_places(file.parent / "places.yaml")
    return checked(Protocol, data | {"places": places, "folder": file.parent}, file)


def parse_strategy(source: str, text: str, path: Path) -> Strategy:
    """Split a strategy file into its header and what is run.

    Header lines stand at the top, "# key: value"; a "#" line without a key goes on with the value above.

    Raises:
        UserError: below the header there is nothing.
    """
    header: dict[str, str] = {}
    last = ""
    rows = text.splitlines()
    at = 0
    while at < len(rows) and (rows[at].lstrip().startswith("#") or not rows[at].strip()):
        row = rows[at].strip().lstrip("#")
        found = re.match(r"\s?([A-Za-z][A-Za-z-]*):\s*(.*)", row)
        if found:
            last = found[1].lower()
            header[last] = found[2].strip()
        elif last and row.strip():
            header[last] = f"{header[last]} {row.strip()}".strip()
        at += 1
    body = " ".join(" ".join(rows[at:]).split())
    if not body:
        raise UserError(f"{path}: below the header lines there is no search text")
    return Strategy(source, body, header, hashlib.sha256(body.encode()).hexdigest())

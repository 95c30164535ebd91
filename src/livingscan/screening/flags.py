"""Flags: a machine's notes on a record, each with the very words it rests on. They exclude nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from livingscan.protocol import Criterion, Protocol
from livingscan.records import Record
from livingscan.screening.fields import SEPARATOR, field_text
from livingscan.screening.setting import AFFILIATIONS, TEXT_FIELDS, Setting, setting_of
from livingscan.terms import Match, compiled

FIELDS = TEXT_FIELDS
Arm = Literal["nhs", "comparison", ""]


@dataclass(frozen=True, slots=True)
class Flag:
    """A note on a record.

    Attributes:
        kind: an eligibility criterion ("nhs_setting", "improvement_initiative", "barrier_content",
            "empirical_data"), or "setting_group", "reconfiguration", "retracted", "concern",
            "no_abstract", "not_a_study", "language".
        value: for a criterion "yes", "unclear" or "no"; for "setting_group" the group; for "not_a_study"
            what it is ("editorial"); for "language" the code; otherwise "yes".
        quote: the words it rests on; empty only for "no_abstract".
        field, start, end: where they stand, ``field_text(record, field)[start:end] == quote``.
        rule: the rule and the term that found them.
    """

    kind: str
    value: str
    quote: str
    field: str
    start: int
    end: int
    rule: str


def _flag(record: Record, kind: str, value: str, field: str, match: Match, rule: str) -> Flag:
    quote = field_text(record, field)[match.start : match.end]
    return Flag(kind, value, quote, field, match.start, match.end, f"{rule}: {match.term}")


def _first(record: Record, terms: tuple[str, ...], unless: tuple[str, ...] = ()) -> tuple[str, Match] | None:
    """The first place, field by field in order, where a term stands."""
    if not terms:
        return None
    ready = compiled(terms, unless)
    for field in FIELDS:
        hit = ready.find(field_text(record, field))
        if hit:
            return field, hit
    return None


def _criterion(record: Record, criterion: Criterion) -> Flag | None:
    strong = _first(record, criterion.terms, criterion.unless)
    against = _first(record, criterion.against)
    if against and (not strong or against[0] == "title"):
        return _flag(record, criterion.id, "no", against[0], against[1], f"{criterion.id}.against")
    if strong:
        return _flag(record, criterion.id, "yes", strong[0], strong[1], f"{criterion.id}.terms")
    weak = _first(record, criterion.weak_terms, criterion.unless)
    if weak:
        return _flag(record, criterion.id, "unclear", weak[0], weak[1], f"{criterion.id}.weak_terms")
    return None


def _setting_flags(setting: Setting) -> list[Flag]:
    at = (setting.quote, setting.field, setting.start, setting.end, setting.rule)
    abroad = setting.group == "elsewhere"
    value = "no" if abroad else "yes" if setting.from_text else "unclear"
    return [Flag("nhs_setting", value, *at), Flag("setting_group", setting.group, *at)]


def _listed(record: Record, field: str, wanted: Sequence[str]) -> Match | None:
    """The first of a list field's entries that is one of ``wanted``, however capitalised."""
    low = {value.casefold() for value in wanted}
    at = 0
    for value in getattr(record, field):
        if value.casefold() in low:
            return Match(at, at + len(value), value)
        at += len(value) + len(SEPARATOR)
    return None


def _not_a_study(record: Record, protocol: Protocol) -> Flag | None:
    for kind in protocol.not_a_study.kinds:
        listed = _listed(record, "publication_types", kind.publication_types)
        if listed:
            return _flag(record, "not_a_study", kind.kind, "publication_types", listed, "not_a_study.publication_types")
        titled = compiled(kind.titles).find(record.title)
        if titled:
            return _flag(record, "not_a_study", kind.kind, "title", titled, "not_a_study.titles")
    return None


def _standing(record: Record, protocol: Protocol) -> list[Flag]:
    flags = []
    for kind, link_kind, signs in (
        ("retracted", "retracted_by", protocol.standing.retracted),
        ("concern", "concern_by", protocol.standing.concern),
    ):
        linked = next((s for s in record.status_links if s.kind == link_kind), None)
        listed = _listed(record, "publication_types", signs.publication_types)
        titled = compiled(signs.titles).find(record.title)
        if listed:
            flags.append(_flag(record, kind, "yes", "publication_types", listed, f"standing.{kind}.publication_types"))
        elif linked:
            words = " ".join(filter(None, (linked.kind, linked.target, linked.note)))
            start = field_text(record, "status_links").index(words)
            flags.append(
                Flag(kind, "yes", words, "status_links", start, start + len(words), f"status link {link_kind}")
            )
        elif titled:
            flags.append(_flag(record, kind, "yes", "title", titled, f"standing.{kind}.titles"))
    return flags


def _language(record: Record, protocol: Protocol) -> Flag | None:
    codes = [code for code in record.language.split(";") if code and code not in ("und", "mul")]
    if not codes or any(code in protocol.languages_read for code in codes):
        return None
    start = record.language.index(codes[0])
    return Flag("language", codes[0], codes[0], "language", start, start + len(codes[0]), "languages_read")


def flags_for(record: Record, protocol: Protocol) -> tuple[Flag, ...]:
    """Every flag of a record.

    Args:
        record: any record, complete or not.
        protocol: the criteria and word lists.

    Returns:
        At most one flag a kind, in a fixed order. A criterion of which nothing is said has no flag.
    """
    flags: list[Flag] = []
    setting = setting_of(record, protocol.places)
    if setting:
        flags += _setting_flags(setting)
    for criterion in protocol.eligibility:
        if criterion.terms or criterion.weak_terms or criterion.against:
            flag = _criterion(record, criterion)
            if flag:
                flags.append(flag)
    change = _first(record, protocol.reconfiguration.terms, protocol.reconfiguration.unless)
    if change:
        flags.append(_flag(record, "reconfiguration", "yes", change[0], change[1], "reconfiguration.terms"))
    no_study = _not_a_study(record, protocol)
    if no_study:
        flags.append(no_study)
    flags += _standing(record, protocol)
    if not record.abstract:
        flags.append(Flag("no_abstract", "yes", "", "abstract", 0, 0, "the source gave no abstract"))
    language = _language(record, protocol)
    if language:
        flags.append(language)
    return tuple(flags)


def arm(flags: Sequence[Flag]) -> Arm:
    """For which part of the review a record is likely to be eligible.

    Likely means: the words for an improvement initiative and for barriers are there, something speaks of
    data, nothing speaks against any of these, and it is neither retracted nor no study at all. With words
    for the NHS or UK it is "nhs", otherwise "comparison"; "" where it is not likely.
    """
    values = {flag.kind: flag.value for flag in flags}
    if "not_a_study" in values or "retracted" in values:
        return ""
    if values.get("improvement_initiative") != "yes" or values.get("barrier_content") != "yes":
        return ""
    if values.get("empirical_data") not in ("yes", "unclear"):
        return ""
    return "nhs" if values.get("nhs_setting") in ("yes", "unclear") else "comparison"


def likely_eligible(flags: Sequence[Flag]) -> bool:
    """Whether a record is likely to be eligible for the review or its comparison; see :func:`arm`."""
    return arm(flags) != ""


def priority(flags: Sequence[Flag], protocol: Protocol) -> float:
    """A record's place in the screening queue, the highest first. It orders and excludes nothing.

    The weights are the protocol's: "yes" adds a criterion's weight, "unclear" half of it, "no" takes it
    away (half of it where only an author's address says so). What a record without an abstract cannot
    say counts as half said.
    """
    weights = protocol.priority
    by_kind = {flag.kind: flag for flag in flags}
    score = 0.0
    for criterion in protocol.eligibility:
        weight = float(getattr(weights, criterion.id))
        flag = by_kind.get(criterion.id)
        if flag is None:
            score += weight / 2 if "no_abstract" in by_kind else 0.0
            continue
        share = {"yes": 1.0, "unclear": 0.5, "no": -0.5 if flag.field == AFFILIATIONS else -1.0}[flag.value]
        score += weight * share
        if share > 0 and flag.field == "title":
            score += weights.in_title
    for kind in ("not_a_study", "retracted", "reconfiguration", "language"):
        if kind in by_kind:
            score += float(getattr(weights, kind))
    return round(score, 3)

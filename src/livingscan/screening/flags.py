"""Flags: a machine's notes on a record, each with the very words it rests on. They exclude nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from livingscan.protocol import Criterion, Protocol
from livingscan.records import Record
from livingscan.screening.fields import SEPARATOR, field_text
from livingscan.screening.setting import AFFILIATIONS, TEXT_FIELDS, Setting, setting_of
from livingscan.terms import Match, prepared

FIELDS = TEXT_FIELDS
Arm = Literal["nhs", "comparison", ""]


@dataclass(frozen=True, slots=True)
class Flag:
    """A note on a record.

    Attributes:
        kind: an eligibility criterion ("nhs_setting", "improvement_initiative", "barrier_content",
            "empirical_data"), or "setting_group", "health_care", "reconfiguration", "retracted",
            "concern", "no_abstract", "not_a_study", "language".
        value: for a criterion "yes", "unclear" or "no"; for "setting_group" the group; otherwise "yes".
        quote: the words it rests on; empty only for "no_abstract".
        field, start, end: where they stand, ``field_text(record, field)[start:end] == quote``.
        rule: the rule and the term that found them ("not_a_study.editorial: Editorial").
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


def _lists(protocol: Protocol) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    lists: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for criterion in protocol.eligibility:
        lists[f"{criterion.id}.terms"] = (criterion.terms, criterion.unless)
        lists[f"{criterion.id}.weak_terms"] = (criterion.weak_terms, criterion.unless)
        lists[f"{criterion.id}.against"] = (criterion.against, ())
    lists["health_care.terms"] = (protocol.health_care.terms, protocol.health_care.unless)
    lists["reconfiguration.terms"] = (protocol.reconfiguration.terms, protocol.reconfiguration.unless)
    return lists


class _Found:
    """What the protocol's lists find in a record: the first place of each, field by field in order."""

    def __init__(self, record: Record, protocol: Protocol) -> None:
        self.record = record
        self.first: dict[str, tuple[str, Match]] = {}
        lexicon = prepared(f"protocol {protocol.rules_version}", lambda: _lists(protocol))
        for field in FIELDS:
            for name, matches in lexicon.find_all(field_text(record, field)).items():
                self.first.setdefault(name, (field, matches[0]))

    def flag(self, kind: str, value: str, name: str) -> Flag | None:
        """A flag on the first place of a list, or None where it finds nothing."""
        if name not in self.first:
            return None
        field, match = self.first[name]
        return _flag(self.record, kind, value, field, match, name)

    def criterion(self, criterion: Criterion) -> Flag | None:
        """A criterion's flag: strong words, else words against, else weak words; a title's "against" wins."""
        against = self.flag(criterion.id, "no", f"{criterion.id}.against")
        strong = self.flag(criterion.id, "yes", f"{criterion.id}.terms")
        if against and (not strong or against.field == "title"):
            return against
        return strong or self.flag(criterion.id, "unclear", f"{criterion.id}.weak_terms")


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


def _titles(protocol: Protocol) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    lists: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
        f"not_a_study.{kind.kind}": (kind.titles, ()) for kind in protocol.not_a_study.kinds
    }
    lists["standing.retracted"] = (protocol.standing.retracted.titles, ())
    lists["standing.concern"] = (protocol.standing.concern.titles, ())
    return lists


def _not_a_study(record: Record, protocol: Protocol, titled: Mapping[str, tuple[Match, ...]]) -> Flag | None:
    for kind in protocol.not_a_study.kinds:
        rule = f"not_a_study.{kind.kind}"
        listed = _listed(record, "publication_types", kind.publication_types)
        if listed:
            return _flag(record, "not_a_study", "yes", "publication_types", listed, rule)
        if rule in titled:
            return _flag(record, "not_a_study", "yes", "title", titled[rule][0], rule)
    return None


def _standing(record: Record, protocol: Protocol, titled: Mapping[str, tuple[Match, ...]]) -> list[Flag]:
    flags = []
    for kind, link_kind, signs in (
        ("retracted", "retracted_by", protocol.standing.retracted),
        ("concern", "concern_by", protocol.standing.concern),
    ):
        rule = f"standing.{kind}"
        linked = next((s for s in record.status_links if s.kind == link_kind), None)
        listed = _listed(record, "publication_types", signs.publication_types)
        if listed:
            flags.append(_flag(record, kind, "yes", "publication_types", listed, rule))
        elif linked:
            words = " ".join(filter(None, (linked.kind, linked.target, linked.note)))
            start = field_text(record, "status_links").index(words)
            link = Match(start, start + len(words), f"status link {link_kind}")
            flags.append(_flag(record, kind, "yes", "status_links", link, rule))
        elif rule in titled:
            flags.append(_flag(record, kind, "yes", "title", titled[rule][0], rule))
    return flags


def _language(record: Record, protocol: Protocol) -> Flag | None:
    codes = [code for code in record.language.split(";") if code and code not in ("und", "mul")]
    if not codes or any(code in protocol.languages_read for code in codes):
        return None
    start = record.language.index(codes[0])
    return Flag("language", "yes", codes[0], "language", start, start + len(codes[0]), "languages_read")


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
    found = _Found(record, protocol)
    said = [found.criterion(criterion) for criterion in protocol.eligibility]
    said.append(found.flag("health_care", "yes", "health_care.terms"))
    said.append(found.flag("reconfiguration", "yes", "reconfiguration.terms"))
    flags += [flag for flag in said if flag]
    titled = prepared(f"titles {protocol.rules_version}", lambda: _titles(protocol)).find_all(record.title)
    no_study = _not_a_study(record, protocol, titled)
    if no_study:
        flags.append(no_study)
    flags += _standing(record, protocol, titled)
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
    for the NHS or UK it is "nhs"; without, but with words of health care, "comparison"; otherwise "".
    """
    values = {flag.kind: flag.value for flag in flags}
    if "not_a_study" in values or "retracted" in values:
        return ""
    if values.get("improvement_initiative") != "yes" or values.get("barrier_content") != "yes":
        return ""
    if values.get("empirical_data") not in ("yes", "unclear"):
        return ""
    if values.get("nhs_setting") in ("yes", "unclear"):
        return "nhs"
    return "comparison" if "health_care" in values else ""


def likely_eligible(flags: Sequence[Flag]) -> bool:
    """Whether a record is likely to be eligible for the review or its comparison; see :func:`arm`."""
    return arm(flags) != ""


_STRENGTH = {"yes": 2, "unclear": 1, "no": 0}


def merge_flags(several: Iterable[Sequence[Flag]]) -> tuple[Flag, ...]:
    """The flags of a report from those of its records: for each kind the one that says most for it.

    Two records of one document may differ in what they tell: what one of them says is said. Only a record
    that has no abstract where another has one says nothing by it.
    """
    records = list(several)
    best: dict[str, Flag] = {}
    for flags in records:
        for flag in flags:
            known = best.get(flag.kind)
            if known is None or _STRENGTH.get(flag.value, 2) > _STRENGTH.get(known.value, 2):
                best[flag.kind] = flag
    if any(all(flag.kind != "no_abstract" for flag in flags) for flags in records):
        best.pop("no_abstract", None)
    return tuple(best.values())


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

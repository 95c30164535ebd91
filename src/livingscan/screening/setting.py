"""Where a study took place, as far as its record says: the NHS, the rest of the UK, elsewhere, or both."""

from __future__ import annotations

from dataclasses import dataclass

from livingscan.places import Places
from livingscan.records import Record
from livingscan.screening.abbreviations import redefined
from livingscan.screening.fields import field_text
from livingscan.terms import Match, compiled, prepared

TEXT_FIELDS = ("title", "abstract", "keywords", "mesh")
AFFILIATIONS = "affiliations"
_WEIGHT = {"title": 3, "keywords": 3, "mesh": 3, "abstract": 1}
_OUTWEIGHS = 4  # a passing mention of the other side does not make a study mixed


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a study took place and the words that say so.

    Attributes:
        group: "nhs", "rest_of_uk", "elsewhere" or "mixed".
        quote, field, start, end: the words and where they stand.
        rule: which list of ``places.yaml`` they come from.
        from_text: False where only the authors' addresses say so, which is weaker.
    """

    group: str
    quote: str
    field: str
    start: int
    end: int
    rule: str
    from_text: bool


@dataclass(frozen=True, slots=True)
class _Hit:
    field: str
    match: Match
    rule: str


def _lists(places: Places) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {
        "places.nhs": (places.nhs, places.nhs_unless),
        "places.uk": (places.uk, places.uk_unless),
        "places.uk_towns": (places.uk_towns, places.uk_unless),
        "places.elsewhere": (places.elsewhere, places.elsewhere_unless),
        "places.elsewhere_adjectives": (places.elsewhere_adjectives, places.elsewhere_unless),
    }


_KINDS = {
    "places.nhs": "nhs",
    "places.uk": "uk",
    "places.uk_towns": "uk",
    "places.elsewhere": "abroad",
    "places.elsewhere_adjectives": "foreign",
}


def _is_abroad(text: str, town: Match, places: Places) -> bool:
    """Whether a place abroad follows a town's name: "London, Ontario", "Birmingham (AL)"."""
    after = text[town.end : town.end + 40]
    rest = after.lstrip(" ,(")
    if not 0 < len(after) - len(rest) <= 3:
        return False
    following = compiled((*places.abroad_after_town, *places.elsewhere)).find(rest)
    return following is not None and following.start == 0


def _hits(record: Record, fields: tuple[str, ...], places: Places) -> dict[str, list[_Hit]]:
    """What is found, by kind: nhs, uk, abroad, foreign (adjectives); field by field in order."""
    found: dict[str, list[_Hit]] = {kind: [] for kind in _KINDS.values()}
    lexicon = prepared(f"places {places.rules_version}", lambda: _lists(places))
    other = redefined(f"{record.title}\n{record.abstract}", places.abbreviations, places.nhs_unless)
    for name in fields:
        text = field_text(record, name)
        towns_count = name != AFFILIATIONS  # an address names its country; half of the world has a Cambridge
        for rule, matches in lexicon.find_all(text).items():
            if rule == "places.uk_towns":
                matches = tuple(m for m in matches if towns_count and not _is_abroad(text, m, places))
            found[_KINDS[rule]] += [
                _Hit(name, match, f"{rule}: {match.term}")
                for match in matches
                if not towns_count or text[match.start : match.end] not in other
            ]
    # A country says more than a town; within one rule the order of the text stands.
    for hits in found.values():
        hits.sort(key=lambda hit: (fields.index(hit.field), hit.rule.startswith("places.uk_towns"), hit.match.start))
    return found


def _weight(hits: list[_Hit]) -> int:
    return sum(_WEIGHT.get(hit.field, 1) for hit in hits)


def _setting(record: Record, group: str, hit: _Hit) -> Setting:
    text = field_text(record, hit.field)
    quote = text[hit.match.start : hit.match.end]
    return Setting(group, quote, hit.field, hit.match.start, hit.match.end, hit.rule, hit.field != AFFILIATIONS)


def _speaks_of_services(record: Record, places: Places) -> bool:
    """Whether title and abstract tell of care that in the UK is the NHS's."""
    if compiled(places.not_nhs).find(record.title):
        return False
    return compiled(places.uk_services).find(f"{record.title}\n{record.abstract}") is not None


def setting_of(record: Record, places: Places) -> Setting | None:
    """Where the study of a record took place.

    Title, abstract, keywords and subject headings decide; only where none of them names a place do the
    authors' addresses, and only if all of them are on the same side.

    Args:
        record: any record.
        places: the word lists of ``places.yaml``.

    Returns:
        The group with its words, or None where nothing tells.
    """
    found = _hits(record, TEXT_FIELDS, places)
    uk = found["nhs"] + found["uk"]
    abroad = found["abroad"]
    if uk and abroad:
        if _weight(uk) >= _OUTWEIGHS * _weight(abroad):
            abroad = []
        elif _weight(abroad) >= _OUTWEIGHS * _weight(uk):
            uk = []
    if uk and abroad:
        return _setting(record, "mixed", uk[0])
    if uk:
        nhs = found["nhs"]
        if nhs:
            return _setting(record, "nhs", nhs[0])
        return _setting(record, "nhs" if _speaks_of_services(record, places) else "rest_of_uk", uk[0])
    abroad = abroad or found["foreign"]
    if abroad:
        return _setting(record, "elsewhere", abroad[0])
    return _from_addresses(record, places)


def _from_addresses(record: Record, places: Places) -> Setting | None:
    if not record.affiliations:
        return None
    found = _hits(record, (AFFILIATIONS,), places)
    uk, abroad = found["nhs"] + found["uk"], found["abroad"]
    if uk and not abroad:
        group = "nhs" if found["nhs"] or _speaks_of_services(record, places) else "rest_of_uk"
        return _setting(record, group, uk[0])
    if abroad and not uk:
        return _setting(record, "elsewhere", abroad[0])
    return None

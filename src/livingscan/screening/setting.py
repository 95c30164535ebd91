"""Where a study took place, as far as its record says: the NHS, the rest of the UK, elsewhere, or both."""

from __future__ import annotations

from dataclasses import dataclass

from livingscan.places import Places
from livingscan.records import Record
from livingscan.screening.abbreviations import redefined
from livingscan.screening.fields import field_text
from livingscan.terms import Match, compiled

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


def _towns(text: str, places: Places) -> list[Match]:
    towns = compiled(places.uk_towns, places.uk_unless)
    abroad = compiled((*places.abroad_after_town, *places.elsewhere))
    kept = []
    for hit in towns.find_all(text):
        after = text[hit.end : hit.end + 40].lstrip(" ,(")
        between = len(text[hit.end : hit.end + 40]) - len(after)
        following = abroad.find(after) if 0 < between <= 3 else None
        if following is None or following.start > 0:
            kept.append(hit)
    return kept


def _hits(record: Record, fields: tuple[str, ...], places: Places) -> dict[str, list[_Hit]]:
    """What each list finds, by kind: nhs, uk, abroad, foreign (adjectives)."""
    found: dict[str, list[_Hit]] = {"nhs": [], "uk": [], "abroad": [], "foreign": []}
    whole = f"{record.title}\n{record.abstract}"
    other = redefined(whole, places.abbreviations, places.nhs_unless)
    for name in fields:
        text = field_text(record, name)
        if not text:
            continue
        for kind, rule, terms in (
            ("nhs", "places.nhs", compiled(places.nhs, places.nhs_unless)),
            ("uk", "places.uk", compiled(places.uk, places.uk_unless)),
            ("abroad", "places.elsewhere", compiled(places.elsewhere, places.elsewhere_unless)),
            ("foreign", "places.elsewhere_adjectives", compiled(places.elsewhere_adjectives, places.elsewhere_unless)),
        ):
            found[kind] += [
                _Hit(name, hit, f"{rule}: {hit.term}")
                for hit in terms.find_all(text)
                if name == AFFILIATIONS or text[hit.start : hit.end] not in other
            ]
        if name != AFFILIATIONS:
            found["uk"] += [_Hit(name, hit, f"places.uk_towns: {hit.term}") for hit in _towns(text, places)]
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

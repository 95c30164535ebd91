"""The pieces that every synthetic abstract is made of: sentences, barriers, settings, titles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from livingscan.sandbox.bank_barriers import NOUNS, PHASES, SENTENCES, THEMES
from livingscan.sandbox.bank_people import COUNTRIES
from livingscan.sandbox.bank_topics import (
    ELSEWHERE_COMMUNITY,
    ELSEWHERE_HOSPITAL,
    NHS_COMMUNITY,
    NHS_HOSPITAL,
    WHO,
    WHO_COMMUNITY,
    Method,
    Topic,
)

Kind = Literal[
    "study", "abroad", "no_barriers", "protocol", "editorial", "trial", "basic", "review", "patients", "education",
    "vernacular", "notice", "erratum", "concern",
]  # fmt: skip
NATIONS = ("England", "England", "England", "Scotland", "Wales", "Northern Ireland")
CLOSING = "[Synthetic record.]"


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of a work, known because it was made so.

    Attributes:
        kind: what it is.
        eligible: meets the review's criteria (NHS or UK, improvement, barriers, empirical).
        setting: "nhs", "elsewhere", "mixed" or "".
        barriers: (theme, phase) pairs that the abstract reports; phase "" where it names none.
    """

    kind: Kind
    eligible: bool = False
    setting: str = ""
    barriers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A work's text before any source has it. ``sections``: (label, text); ``field``: what journal prints it."""

    title: str
    sections: tuple[tuple[str, str], ...]
    keywords: tuple[str, ...]
    mesh: tuple[str, ...]
    types: tuple[str, ...]
    field: str
    truth: Truth
    country: str = "United Kingdom"
    nation: str = "England"
    university: str = ""
    title_original: str = ""
    language: str = "eng"


def join(items: Sequence[str]) -> str:
    """Items as a list in a sentence."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def cap(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def with_article(noun: str) -> str:
    """The noun with "a" or "an"."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def bare(noun: str) -> str:
    """The noun without its article."""
    return noun.split(" ", 1)[1] if noun.split(" ", 1)[0] in ("a", "an", "the") else noun


_SMALL = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen"""
_ONES = tuple(_SMALL.split())
_TENS = {20: "twenty", 30: "thirty", 40: "forty", 50: "fifty", 60: "sixty", 70: "seventy", 80: "eighty", 90: "ninety"}


def in_words(number: int) -> str:
    """The number in words up to 99, else in figures."""
    if number < len(_ONES):
        return _ONES[number]
    if number < 100:
        rest = number % 10
        return _TENS[number - rest] + (f"-{_ONES[rest]}" if rest else "")
    return str(number)


def _weighted(rng: Random, themes: Sequence[str], weights: Sequence[float], count: int) -> list[str]:
    left, odds, chosen = list(themes), list(weights), []
    for _ in range(count):
        at = rng.choices(range(len(left)), odds)[0]
        chosen.append(left.pop(at))
        odds.pop(at)
    return chosen


# Words that only fit Britain: a study from elsewhere does not speak of them.
_BRITISH = ("NHS", "trust", "health service", "commissioning")


def _pick(rng: Random, texts: Sequence[str], home: bool) -> str:
    return rng.choice([text for text in texts if home or not any(word in text for word in _BRITISH)])


def barriers(rng: Random, home: bool) -> tuple[list[str], tuple[tuple[str, str], ...]]:
    """Sentences that report barriers.

    Args:
        rng: the only source of chance.
        home: a study in Britain; the themes' weights differ.

    Returns:
        The sentences and the (theme, phase) pairs they report, phase "" where they name none.
    """
    known = [theme for theme in THEMES if home or theme != "nhs_culture"]
    weights = [nhs if home else abroad for _, nhs, abroad in (THEMES[theme] for theme in known)]
    themes = _weighted(rng, known, weights, rng.choice((3, 3, 4, 4, 5, 6)))
    sentences: list[str] = []
    pairs: list[tuple[str, str]] = []
    while themes:
        take = min(len(themes), rng.choice((1, 2, 3, 3)))
        group, themes = themes[:take], themes[take:]
        if take == 1:
            sentences.append(_pick(rng, SENTENCES[group[0]], home))
            pairs.append((group[0], ""))
            continue
        phase = rng.choice(("development", "delivery", "delivery", "delivery", "dissemination", ""))
        frames = [text for text in PHASES[phase] if take == 3 or "Three" not in text]
        sentences.append(rng.choice(frames).format(list=join([_pick(rng, NOUNS[theme], home) for theme in group])))
        pairs.extend((theme, phase) for theme in group)
    return sentences, tuple(pairs)


def method_text(rng: Random, method: Method, topic: Topic) -> str:
    """One sentence on how the study was done, with its figures."""
    number = rng.randint(*method.people)
    return rng.choice(method.sentences).format(
        n=number,
        n_words=cap(in_words(number)),
        who=rng.choice(WHO_COMMUNITY if topic.community else WHO),
        sites=in_words(rng.randint(2, 9)),
        pct=rng.randint(21, 78),
        months=rng.choice((6, 9, 12, 18, 24, 30)),
        hours=rng.randint(40, 310),
    )


def outcome(rng: Random, topic: Topic) -> str:
    """One sentence on what became of the topic's measure."""
    before, shift = rng.randint(20, 70), rng.randint(3, 14)
    after = before - shift if topic.falls else before + shift
    change = f"from {before}.{rng.randint(1, 9)} to {after}.{rng.randint(1, 9)}"
    size = rng.choice(("a modest", "no lasting", "an early but short-lived"))
    sites = f"{in_words(rng.randint(2, 5))} of {in_words(rng.randint(6, 9))} sites"
    return rng.choice(
        (
            f"Over the study period, {topic.outcome} changed {change}.",
            f"There was {size} improvement in {topic.outcome}.",
            f"{cap(topic.outcome)} improved at {sites}.",
        )
    )


def sections(rng: Random, parts: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Structured in three of five abstracts, in one of several label sets; else one block of text."""
    closed = [*parts[:-1], (parts[-1][0], f"{parts[-1][1]} {CLOSING}")]
    if rng.random() < 0.4:
        return (("", " ".join(text for _, text in closed)),)
    names = rng.choice(
        (
            {},
            {"BACKGROUND": "OBJECTIVE", "METHODS": "METHODS"},
            {"BACKGROUND": "AIMS", "METHODS": "DESIGN AND METHODS", "RESULTS": "FINDINGS"},
            {"BACKGROUND": "BACKGROUND AND AIM", "CONCLUSIONS": "CONCLUSION"},
        )
    )
    return tuple((names.get(label, label), text) for label, text in closed)


PROBLEM = (
    "{Topic} remains a concern for health services.",
    "{It} has been introduced widely, yet results vary.",
    "Many quality improvement projects aimed at {aim} do not achieve lasting change.",
    "Little is known about what hinders improvement in this area.",
    "Programmes aimed at {aim} often struggle to take hold.",
    "Quality improvement initiatives for {topic} have had mixed results.",
    "Efforts aimed at {aim} are common, but few have been studied closely.",
    "Guidance on {topic} is clear; putting it into practice is not.",
    "Despite national attention to {topic}, variation between sites persists.",
    "{It} is one of several approaches recommended for {aim}.",
    "How teams go about {aim} has received little attention in research.",
    "Earlier work on {topic} has looked at outcomes more than at implementation.",
)
AIMS = (
    "We examined the implementation of {it} in {where}.",
    "This study explored barriers to the implementation of {it} in {where}.",
    "We aimed to understand what helped and hindered the implementation of {it} in {where}.",
    "The aim was to evaluate {it}, a quality improvement initiative in {where}.",
    "We asked which obstacles were met during a quality improvement project that introduced {it} in {where}.",
    "This evaluation describes {it} as an improvement project in {where}, and what stood in its way.",
    "We followed the implementation of {it} in {where} to identify barriers and enablers.",
    "The objective was to explore staff experience of {it}, introduced as a service improvement in {where}.",
)
CLOSE = (
    "Improvement initiatives need realistic time and support if they are to last.",
    "These barriers should be addressed before the initiative is spread further.",
    "Future programmes should plan for these challenges from the outset.",
    "Attention to context may matter as much as the intervention.",
    "Commitment by leaders and better data would help to overcome the barriers found.",
    "The findings may help other teams that plan similar work.",
    "Quality improvement projects of this kind should budget for the obstacles described here.",
    "Local teams made progress, but the conditions for lasting change were not in place.",
    "Barriers differed between sites, and so must the response to them.",
    "Without protected resources, gains of this kind are unlikely to be kept.",
    "Policy makers should weigh these barriers before asking for wider adoption.",
    "Teams valued the work and were realistic about what limited it.",
    "Early involvement of staff might have prevented some of these difficulties.",
)
UK_SENTENCES = (
    "The National Health Service (NHS) has invested in improvement, but progress is uneven.",
    "NHS organisations are expected to improve while under sustained pressure.",
    "The setting was the UK National Health Service.",
    "This work formed part of a wider NHS improvement programme.",
    "NHS policy asks every provider to improve the quality of its services.",
    "The study took place in the NHS during a period of financial restraint.",
    "Several NHS bodies supported the programme.",
)


def frame(rng: Random, frames: Sequence[str], topic: Topic, initiative: str, where: str, method: str = "") -> str:
    """One of the frames, filled: {it} the initiative, {Bare} the same without article, {where}, {aim}, {topic}."""
    return rng.choice(frames).format(
        it=initiative,
        It=cap(initiative),
        Bare=cap(bare(initiative)),
        where=where,
        aim=topic.aim,
        topic=topic.name,
        Topic=cap(topic.name),
        method=method,
        a_method=with_article(method) if method else "",
        A_method=cap(with_article(method)) if method else "",
    )


def where_home(rng: Random, topic: Topic) -> tuple[str, str]:
    """A British setting and its nation."""
    nation = rng.choice(NATIONS)
    where = rng.choice(NHS_COMMUNITY if topic.community else NHS_HOSPITAL).format(nation=nation)
    for name, marks in (("Scotland", ("Scot",)), ("Wales", ("Wales", "Welsh")), ("Northern Ireland", ("Northern I",))):
        if any(mark in where for mark in marks):
            nation = name
    if any(mark in where for mark in ("England", "English", "Midlands", "London", "north of", "west of")):
        nation = "England"
    return where, nation


def where_abroad(rng: Random, topic: Topic) -> tuple[str, tuple[str, str, str]]:
    """A setting elsewhere and its (country, adjective, university)."""
    country = rng.choice(COUNTRIES)
    where = rng.choice(ELSEWHERE_COMMUNITY if topic.community else ELSEWHERE_HOSPITAL)
    return where.format(country=country[0], adjective=country[1]), country


def improvement_mesh(topic: Topic, method: Method | None) -> tuple[str, ...]:
    """MeSH headings of an improvement paper."""
    return (*topic.mesh, "Quality Improvement", "Humans", *((method.mesh,) if method else ()))


# Findings that name no barrier.
ASIDES = (
    "Views differed between sites.",
    "Engagement was highest in the first three months.",
    "Most participants supported the aims of the work.",
    "Two sites ended the project early.",
    "Staff described pride in what had been achieved.",
    "The number of staff trained rose steadily.",
    "Patients and carers were involved in the design at half of the sites.",
    "Managers and frontline staff gave different accounts.",
    "Adaptations to the original plan were common.",
    "Fidelity to the protocol was moderate.",
)

TITLES = (
    "Barriers to implementing {it} in {where}: {a_method}",
    "Implementing {it} in {where}: {a_method} of barriers and facilitators",
    "Why is {aim} so hard? {A_method} in {where}",
    "What gets in the way of {aim}? {A_method} from {where}",
    "{Bare} in {where}: lessons from {a_method}",
    "Challenges in {aim}: {a_method} of {it} in {where}",
    "Obstacles to {aim} in {where}: experience with {it}",
    "{Topic} improvement in {where}: {a_method}",
    "Factors hindering the spread of {it}: {a_method} in {where}",
    "Staff views of {it} in {where}: {a_method}",
    "Sustaining {it}: {a_method} of barriers in {where}",
    "From pilot to practice: {it} in {where}",
)

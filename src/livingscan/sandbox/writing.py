"""Writes the text of one synthetic work: title, abstract, keywords, headings, and what is true of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from livingscan.sandbox import near_misses as near
from livingscan.sandbox.bank_barriers import FACILITATORS
from livingscan.sandbox.bank_people import COUNTRIES
from livingscan.sandbox.bank_topics import METHODS, TOPICS
from livingscan.sandbox.prose import (
    AIMS,
    ASIDES,
    CLOSE,
    PROBLEM,
    TITLES,
    UK_SENTENCES,
    Draft,
    Kind,
    Truth,
    barriers,
    cap,
    frame,
    improvement_mesh,
    method_text,
    outcome,
    sections,
    where_abroad,
    where_home,
)


def study(rng: Random) -> Draft:
    """An NHS improvement study that reports barriers; one in twelve compares with another country."""
    topic, method = rng.choice(TOPICS), rng.choice(METHODS)
    initiative = rng.choice(topic.initiatives)
    where, nation = where_home(rng, topic)
    mixed = rng.random() < 0.08
    country = rng.choice(COUNTRIES)
    if mixed:
        where = f"{where} and {rng.choice(('hospitals', 'comparable services'))} in {country[0]}"
    found, pairs = barriers(rng, home=True)
    background = [frame(rng, PROBLEM, topic, initiative, where), frame(rng, AIMS, topic, initiative, where)]
    if "NHS" not in where and rng.random() < 0.85:
        background.insert(0, rng.choice(UK_SENTENCES))
    results = ([outcome(rng, topic)] if rng.random() < 0.5 else []) + found
    if rng.random() < 0.4:
        results.insert(rng.randint(0, len(results)), rng.choice(ASIDES))
    if rng.random() < 0.5:
        results.append(rng.choice(FACILITATORS))
    parts = (
        ("BACKGROUND", " ".join(background)),
        ("METHODS", method_text(rng, method, topic)),
        ("RESULTS", " ".join(results)),
        ("CONCLUSIONS", rng.choice(CLOSE)),
    )
    return Draft(
        cap(frame(rng, TITLES, topic, initiative, where, method.name)),
        sections(rng, parts),
        (*topic.keywords, "quality improvement", method.keyword, rng.choice(("barriers", "NHS", "implementation"))),
        (*improvement_mesh(topic, method), "State Medicine", nation),
        ("Journal Article",),
        "improvement" if rng.random() < 0.85 else "clinical",
        Truth("study", True, "mixed" if mixed else "nhs", pairs),
        nation=nation,
    )


def abroad(rng: Random) -> Draft:
    """The same kind of study in another country: the review's comparison group."""
    topic, method = rng.choice(TOPICS), rng.choice(METHODS)
    initiative = rng.choice(topic.initiatives)
    where, country = where_abroad(rng, topic)
    found, pairs = barriers(rng, home=False)
    problem = frame(rng, PROBLEM, topic, initiative, where)
    parts = (
        ("BACKGROUND", f"{problem} {frame(rng, AIMS, topic, initiative, where)}"),
        ("METHODS", method_text(rng, method, topic)),
        ("RESULTS", " ".join([*found, *([rng.choice(FACILITATORS)] if rng.random() < 0.4 else [])])),
        ("CONCLUSIONS", rng.choice(CLOSE)),
    )
    return Draft(
        cap(frame(rng, TITLES, topic, initiative, where, method.name)),
        sections(rng, parts),
        (*topic.keywords, "quality improvement", method.keyword),
        (*improvement_mesh(topic, method), cap(country[0].removeprefix("the "))),
        ("Journal Article",),
        "improvement",
        Truth("abroad", False, "elsewhere", pairs),
        country=cap(country[0].removeprefix("the ")),
        university=country[2],
    )


# kind: (writer, share of all works)
WRITERS: dict[Kind, tuple[Callable[[Random], Draft], float]] = {
    "study": (study, 0.34),
    "abroad": (abroad, 0.14),
    "no_barriers": (near.no_barriers, 0.07),
    "protocol": (near.protocol, 0.06),
    "editorial": (near.editorial, 0.06),
    "trial": (near.trial, 0.09),
    "basic": (near.basic, 0.08),
    "review": (near.review, 0.06),
    "patients": (near.patients, 0.05),
    "education": (near.education, 0.03),
    "vernacular": (near.vernacular, 0.02),
}


def write(rng: Random) -> Draft:
    """One work of a kind drawn by its share.

    Args:
        rng: the only source of chance.

    Returns:
        The draft, with its truth.
    """
    kinds = list(WRITERS)
    kind = rng.choices(kinds, [WRITERS[name][1] for name in kinds])[0]
    draft = WRITERS[kind][0](rng)
    return replace(draft, keywords=tuple(dict.fromkeys(draft.keywords)), mesh=tuple(dict.fromkeys(draft.mesh)))

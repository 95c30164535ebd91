"""What a text itself says that an abbreviation stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from livingscan.terms import LONGEST, compiled

_SHORT_IN_BRACKETS = re.compile(r"[(\[]\s*([A-Za-z][A-Za-z0-9&.\-]{0,9})(?:[;,][^)\]]*)?\s*[)\]]")
_LONG_IN_BRACKETS = re.compile(r"\b([A-Z][A-Z0-9&]{1,9})\s*[(\[]([^()\[\]]{4,120})[)\]]")
_BEFORE = 400  # characters before a bracket in which the long form is sought


@dataclass(frozen=True, slots=True)
class Definition:
    """``long`` stands at ``text[start:end]`` and is what ``short`` means in that text."""

    short: str
    long: str
    start: int
    end: int


def _long_form(short: str, before: str) -> int | None:
    """Where in ``before`` the long form starts, or None: the letters of ``short`` are sought from the
    right, the first of them at the beginning of a word (Schwartz and Hearst, PSB 2003, 451-462)."""
    at = len(before) - 1
    for index in range(len(short) - 1, -1, -1):
        letter = short[index].lower()
        if not letter.isalnum():
            continue
        while at >= 0 and (before[at].lower() != letter or (index == 0 and at > 0 and before[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return None
        at -= 1
    return at + 1


def definitions(text: str) -> tuple[Definition, ...]:
    """Every "long form (SHORT)" and "SHORT (long form)" of a text."""
    found: list[Definition] = []
    for match in _SHORT_IN_BRACKETS.finditer(text):
        short = match[1]
        if sum(c.isupper() for c in short) < 2:
            continue
        begin = max(0, match.start() - _BEFORE)
        left = text[begin : match.start()].rstrip()
        # The long form has at most min(n + 5, 2n) words and does not cross a sentence.
        words = list(re.finditer(r"[^\s.;:()]+(?=[\s]|$)", left))[-min(len(short) + 5, 2 * len(short)) :]
        if not words:
            continue
        offset = words[0].start()
        start = _long_form(short, left[offset:])
        # What holds the abbreviation itself ("NHS hospitals (NHS)") does not say what it means.
        if start is not None and short not in left[offset + start :]:
            found.append(Definition(short, left[offset + start :], begin + offset + start, begin + len(left)))
    for match in _LONG_IN_BRACKETS.finditer(text):
        initials = "".join(word[0] for word in re.findall(r"\w+", match[2])).lower()
        short = re.sub(r"\W", "", match[1]).lower()
        if len(match[2].split()) > 1 and initials.startswith(short[:2]) and _long_form(match[1], match[2]) is not None:
            found.append(Definition(match[1], match[2], match.start(2), match.end(2)))
    return tuple(found)


def redefined(text: str, meanings: Mapping[str, tuple[str, ...]], unless: tuple[str, ...] = ()) -> frozenset[str]:
    """The abbreviations that a text uses for something else than they are taken for.

    Args:
        text: title and abstract.
        meanings: for each abbreviation the terms that a fitting long form matches.
        unless: phrases in which the long form is not the one meant ("Italian national health service").

    Returns:
        The abbreviations whose words are not to be counted in this text.
    """
    if not any(f"{mark}{short}" in text or f"{short} {mark}" in text for short in meanings for mark in "(["):
        return frozenset()
    told = [definition for definition in definitions(text[:LONGEST]) if definition.short in meanings]
    closed = compiled(unless).find_all(text) if told and unless else ()
    other = set()
    for definition in told:
        fits = compiled(meanings[definition.short]).find(definition.long) is not None
        elsewhere = any(hit.start < definition.end and definition.start < hit.end for hit in closed)
        if not fits or elsewhere:
            other.add(definition.short)
    return frozenset(other)

"""The codebook's word lists made ready, and what they find in one sentence."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from livingscan.codebook import Codebook, Theme
from livingscan.terms import Match, prepared

Polarity = Literal["barrier", "facilitator", "neutral"]
LIST = 160  # characters over which "barriers were ..." reaches
# Between "financial" and "barriers" in "financial, technical and other practical barriers".
_OF_ONE_LIST = re.compile(
    r"(?:-?(?:related|based|level))?(?:\s*,\s*(?:(?:and|or)\s+)?[\w/-]+(?:\s[\w/-]+)?)*(?:\s+(?:and|or)(?:\s+[\w/-]+){1,2})?\s+"
)
WORDS = 40  # characters over which "poor ..." reaches, unless it turns to what is poor for something
_TURN = re.compile(r"\b(?:for|from|between|with|without|that|which|who|because|but|while)\b", re.I)


def _lists(codebook: Codebook) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    context = codebook.context
    lists: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
        "barrier": (context.barrier, context.barrier_unless),
        "deficit": (context.deficit, context.barrier_unless),
        "after": (context.after, context.barrier_unless),
        "facilitator": (context.facilitator, ()),
        "both": (context.both, ()),
        "breaks": (context.breaks, ()),
        "target": (context.target, ()),
        "openers": (context.openers, ()),
        "skip": (context.skip_sentences, ()),
        "not_services": (context.not_services, ()),
        "services": (context.services, ()),
    }
    for phase in codebook.phases:
        lists[f"phase {phase.id}"] = (phase.cues, phase.unless)
    for theme in codebook.themes:
        for kind in ("barrier", "topic", "facilitator"):
            lists[f"{kind} {theme.id}"] = (getattr(theme.cues, kind), theme.cues.unless)
    return lists


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that point to a theme, and what the sentence says of them."""

    theme: Theme
    match: Match
    polarity: Polarity


@dataclass(frozen=True, slots=True)
class _Trigger:
    match: Match
    polarity: Polarity
    reach: int


def _within(match: Match, spans: tuple[Match, ...]) -> bool:
    return any(span.start <= match.start and match.end <= span.end for span in spans)


class Words:
    """One sentence and what the codebook's lists find in it; places count from its beginning."""

    def __init__(self, text: str, found: Mapping[str, tuple[Match, ...]], codebook: Codebook) -> None:
        self.text = text
        self.found = found
        self.codebook = codebook

    def of(self, name: str) -> tuple[Match, ...]:
        """What the list of that name finds."""
        return self.found.get(name, ())

    @cached_property
    def triggers(self) -> list[_Trigger]:
        """The words that say whether something hinders, helps, or may do either, in order."""
        both = self.of("both")
        triggers = [_Trigger(match, "neutral", LIST) for match in both]
        kinds: tuple[tuple[str, Polarity, int], ...] = (
            ("barrier", "barrier", LIST),
            ("deficit", "barrier", WORDS),
            ("facilitator", "facilitator", LIST),
        )
        for name, polarity, reach in kinds:
            triggers += [_Trigger(match, polarity, reach) for match in self.of(name) if not _within(match, both)]
        return sorted(triggers, key=lambda trigger: (trigger.match.start, trigger.reach))

    def polarity_of(self, cue: Match) -> Polarity | None:
        """What the nearest trigger before a cue says, else what stands after it; None where neither does."""
        breaks = self.of("breaks")
        opens = max((b.end for b in breaks if b.end <= cue.start), default=0)
        closes = min((b.start for b in breaks if b.start >= cue.end), default=len(self.text))
        for trigger in reversed(self.triggers):
            if opens <= trigger.match.start <= cue.start <= trigger.match.end + trigger.reach:
                if self._is_target(trigger.match, cue):
                    break
                if trigger.reach == WORDS and _TURN.search(self.text, trigger.match.end, cue.start):
                    continue
                return trigger.polarity
        if any(cue.end <= match.start < min(closes, cue.end + LIST) for match in self.of("after")):
            return "barrier"
        for trigger in self.triggers:
            if trigger.match.start >= cue.end and _OF_ONE_LIST.fullmatch(self.text[cue.end : trigger.match.start]):
                return trigger.polarity
        return None

    def _is_target(self, trigger: Match, cue: Match) -> bool:
        """Whether a cue is what a barrier stands before ("barriers to staff training"), not a barrier."""
        follows = any(0 < match.start - trigger.end <= 2 for match in self.of("target"))
        return follows and not any(trigger.end < match.start <= cue.start for match in self.of("openers"))

    def phases(self) -> tuple[str, ...]:
        """The phases that the sentence names, in the codebook's order."""
        return tuple(phase.id for phase in self.codebook.phases if self.of(f"phase {phase.id}"))

    def cues(self, *, topics: bool) -> list[Cue]:
        """The cues of all themes; one inside another theme's longer strong one does not count.

        Args:
            topics: whether weak cues count at all; in a title they do not.
        """
        strong: list[Cue] = []
        weak: list[Cue] = []
        named = {name.partition(" ")[2] for name in self.found}
        for theme in self.codebook.themes:
            if theme.id not in named:
                continue
            hinders = self.of(f"barrier {theme.id}")
            strong += [Cue(theme, match, "barrier") for match in hinders]
            for match in self.of(f"facilitator {theme.id}"):
                polarity = self.polarity_of(match)
                if polarity in ("facilitator", "neutral") and not _within(match, hinders):
                    weak.append(Cue(theme, match, polarity))
            for match in self.of(f"topic {theme.id}") if topics else ():
                polarity = self.polarity_of(match)
                if polarity and not _within(match, hinders):
                    weak.append(Cue(theme, match, polarity))
        return [
            cue
            for cues, is_strong in ((strong, True), (weak, False))
            for cue in cues
            if not any(_outdoes(other, cue, is_strong) for other in strong)
        ]


def _outdoes(strong: Cue, cue: Cue, is_strong: bool) -> bool:
    """Whether another theme's strong cue covers a cue and says more ("conflicting priorities of partners").

    One that reaches over words of its own choosing ("lack of time and ... leadership") leaves strong ones alone.
    """
    if strong.theme is cue.theme or not _within(cue.match, (strong.match,)):
        return False
    longer = strong.match.end - strong.match.start > cue.match.end - cue.match.start
    return longer and not (is_strong and "..." in strong.match.term)


def words_of(text: str, parts: Sequence[tuple[int, int]], codebook: Codebook) -> list[Words]:
    """What the codebook finds in each part of a text.

    Args:
        text: a title or an abstract; it is gone through once.
        parts: (start, end) of sentences, in order and without overlap.
        codebook: whose lists are looked for.
    """
    lexicon = prepared(f"codebook {codebook.rules_version}", lambda: _lists(codebook))
    starts = [start for start, _ in parts]
    found: list[dict[str, list[Match]]] = [{} for _ in parts]
    for name, matches in lexicon.find_all(text).items():
        for match in matches:
            at = bisect_right(starts, match.start) - 1
            if at >= 0 and match.end <= parts[at][1]:
                moved = Match(match.start - starts[at], match.end - starts[at], match.term)
                found[at].setdefault(name, []).append(moved)
    return [
        Words(text[start:end], {name: tuple(matches) for name, matches in here.items()}, codebook)
        for (start, end), here in zip(parts, found, strict=True)
    ]

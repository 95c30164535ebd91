"""Suggested findings: themes of the codebook in a record's own sentences. A person confirms or rejects.

A cue of a theme counts in a sentence that reports something (not in one that says what was asked or how)
and that speaks of what gets in the way, of what helps, or of both. Which of these it is for one cue, the
word nearest before it in the same clause says: in "Barriers were time and money, while leadership helped"
leadership is no barrier.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from livingscan.codebook import Codebook
from livingscan.coding.sentences import Sentence, sentences
from livingscan.coding.words import Polarity, Words, words_of
from livingscan.records import Record
from livingscan.screening.setting import setting_of
from livingscan.terms import LONGEST

_LONGEST = 2000  # characters; what is longer is no sentence but text that lost its points
_OPENING = 80  # characters: a sentence that begins by saying what was asked or done reports nothing


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A finding that a machine suggests.

    Attributes:
        theme, level: ids of the codebook.
        phase: "development", "delivery", "dissemination", or "" where nothing tells.
        setting_group: "nhs", "rest_of_uk", "elsewhere", "mixed" or "".
        polarity: "barrier", "facilitator", or "neutral" (named as a factor, either way).
        quotation: the sentence, ``getattr(record, field)[start:end] == quotation``.
        field: "title" or "abstract". basis: the same.
        cue: the words within it that point to the theme.
    """

    theme: str
    level: str
    phase: str
    setting_group: str
    polarity: Polarity
    quotation: str
    field: str
    start: int
    end: int
    basis: str
    cue: str


def _reports(words: Words, section: str) -> bool:
    """Whether a sentence tells what was found, of those who carry an improvement out."""
    skipped = words.codebook.context.skip_sections
    if section and any(part.strip() in skipped for part in section.replace("&", "/").split("/")):
        return False
    if len(words.text) > _LONGEST or any(match.start < _OPENING for match in words.of("skip")):
        return False
    return not words.of("not_services") or bool(words.of("services"))


def _passages(record: Record, title: Words, codebook: Codebook) -> Iterator[tuple[str, Sentence, Words]]:
    """The sentences that report something: (field, sentence, what is found in it)."""
    parts = sentences(record.abstract[:LONGEST])
    for sentence, words in zip(
        parts, words_of(record.abstract, [(p.start, p.end) for p in parts], codebook), strict=True
    ):
        if _reports(words, sentence.section):
            yield "abstract", sentence, words
    if _reports(title, ""):
        yield "title", Sentence(0, len(record.title), ""), title


def suggest(record: Record, codebook: Codebook) -> tuple[Suggestion, ...]:
    """The findings that a record's title and abstract suggest.

    Args:
        record: any record.
        codebook: themes, phases and their words.

    Returns:
        At most one suggestion for a theme, phase and polarity, the first sentence that bears it out, in the
        order of the codebook. Nothing is suggested from full texts.
    """
    title = words_of(record.title, [(0, len(record.title))], codebook)[0]
    default = title.phases() if len(title.phases()) == 1 else ("",)
    group: str | None = None
    found: dict[tuple[str, str, str], Suggestion] = {}
    for field, sentence, words in _passages(record, title, codebook):
        for cue in words.cues(topics=field != "title"):
            if group is None:
                setting = setting_of(record, codebook.places)
                group = setting.group if setting else ""
            for phase in words.phases() or default:
                suggestion = Suggestion(
                    theme=cue.theme.id,
                    level=cue.theme.level,
                    phase=phase,
                    setting_group=group,
                    polarity=cue.polarity,
                    quotation=words.text,
                    field=field,
                    start=sentence.start,
                    end=sentence.end,
                    basis=field,
                    cue=words.text[cue.match.start : cue.match.end],
                )
                found.setdefault((cue.theme.id, phase, cue.polarity), suggestion)
    order = {theme.id: number for number, theme in enumerate(codebook.themes)}
    return tuple(sorted(found.values(), key=lambda s: (order[s.theme], s.phase, s.polarity)))

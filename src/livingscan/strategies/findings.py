"""What a check found: where it stands, what is wrong, what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a strategy.

    Attributes:
        source: short name of the source.
        line, column: where it begins, counted from 1; the line is that of the file.
        rule: short name of the rule, such as "quote" or "wildcard".
        words: the words it is about, at most 60 characters.
        reason: one sentence: what is wrong, and what the source would do with it.
        advice: what to do.
    """

    source: str
    line: int
    column: int
    rule: str
    words: str
    reason: str
    advice: str


class Report:
    """Collects findings about one text, each place and rule once."""

    def __init__(self, source: str, text: str) -> None:
        self._source = source
        self._text = text
        self._found: dict[tuple[int, str], Finding] = {}

    def add(self, rule: str, start: int, end: int, reason: str, advice: str) -> None:
        """Note a fault of ``text[start:end]``."""
        start = min(start, max(len(self._text) - 1, 0))
        line = self._text.count("\n", 0, start) + 1
        column = start - (self._text.rfind("\n", 0, start) + 1) + 1
        words = " ".join(self._text[start : max(end, start + 1)].split())
        words = words if len(words) <= 60 else words[:57] + "..."
        self._found.setdefault((start, rule), Finding(self._source, line, column, rule, words, reason, advice))

    def findings(self) -> tuple[Finding, ...]:
        """All that was noted, in the order of the text."""
        return tuple(sorted(self._found.values(), key=lambda one: (one.line, one.column, one.rule)))

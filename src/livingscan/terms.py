"""The small language in which reviewers write search terms in ``review/*.yaml``, and how it is matched.

=================  ==============================================================================
``barrier*``       any ending: barrier, barriers
``organi?ation``   ``?`` is any one letter
``lack of ... time``  ``...`` is up to three words of the same sentence
``quality improvement``  a blank is any blank or hyphen
``NHS``            all capitals: only as written
``Reading``        one capital: Reading and READING, not reading
``reading``        no capital: however it is written
``/n\\s*=\\s*\\d+/``  between slashes: a regular expression, for those who know them
=================  ==============================================================================

A term begins and ends at the border of a word. A list of terms has beside it a list of *unless*
phrases, in which a term means something else ("New England", "blood brain barrier"): what is found
inside one of them does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"\w+")
_KEY = 3  # terms are looked up by their first letters, so that long lists cost little
_BETWEEN = r"[\s\u00a0\-\u2010-\u2013]+"
_GAP = r"[\s\u00a0]+(?:[^\s.;:!?]+[\s\u00a0]+){0,3}"
_APOSTROPHE = "['\u2019\u2018]"


class BadTermError(ValueError):
    """A term that cannot be understood; the message says why."""


@dataclass(frozen=True, slots=True)
class Match:
    """A term found in a text: ``text[start:end]`` are the words, ``term`` is the term as written."""

    start: int
    end: int
    term: str


def _word_pattern(word: str) -> str:
    """One word of a term as a regular expression that minds the case as the module's table says."""
    letters = [c for c in word if c.isalpha()]
    capitals = sum(c.isupper() for c in letters)

    def plain(text: str) -> str:
        return "".join(
            r"\w*" if c == "*" else r"\w" if c == "?" else _APOSTROPHE if c in "'\u2019" else re.escape(c) for c in text
        )

    if not capitals:
        return f"(?i:{plain(word)})"
    if capitals == len(letters) and capitals > 1:
        return plain(word)
    return f"(?:{plain(word)}|{plain(word.upper())})"


def term_pattern(term: str) -> str:
    """A term as a regular expression.

    Raises:
        BadTermError: the term is empty, starts with a wildcard, or its regular expression is broken.
    """
    text = " ".join(term.split())
    if not text:
        raise BadTermError("a term is empty")
    if len(text) > 2 and text.startswith("/") and text.endswith("/"):
        try:
            re.compile(text[1:-1])
        except re.error as error:
            raise BadTermError(f"{term!r} is no regular expression: {error}") from error
        return text[1:-1]
    if not text[0].isalnum():
        raise BadTermError(f"{term!r} must begin with a letter or digit")
    pieces = []
    for part in re.split(r"\s*\.\.\.\s*", text):
        if not part:
            raise BadTermError(f"{term!r}: '...' stands between words, not at the end")
        pieces.append(_BETWEEN.join(_word_pattern(word) for word in re.split(r"[\s\-]+", part) if word))
    end = r"(?!\w)" if text[-1].isalnum() or text[-1] in "*?" else ""
    return r"(?<!\w)" + _GAP.join(pieces) + end


def _key(term: str) -> str | None:
    """The first letters that every match of the term starts with; None where they say too little."""
    if term.startswith("/"):
        return None
    found = re.match(r"[^\W_]+", term)
    letters = found.group() if found else ""
    if len(letters) < _KEY and term[len(letters) : len(letters) + 1] in ("*", "?"):
        return None
    return letters[:_KEY].lower() or None


@lru_cache(maxsize=64)
def _heads(text: str) -> dict[str, list[int]]:
    """Where words begin, by their first letters; kept, since many lists are looked for in one text."""
    heads: dict[str, list[int]] = {}
    for word in _WORD.finditer(text):
        heads.setdefault(word.group()[:_KEY].lower(), []).append(word.start())
    return heads


class Terms:
    """A list of terms, ready to be looked for.

    Args:
        terms: as reviewers write them.
        unless: phrases in which a term does not count.

    Raises:
        BadTermError: a term or phrase cannot be understood.
    """

    def __init__(self, terms: Iterable[str] = (), unless: Iterable[str] = ()) -> None:
        self._index: dict[str, list[tuple[re.Pattern[str], str]]] = {}
        self._free: list[tuple[re.Pattern[str], str]] = []
        for term in terms:
            compiled = re.compile(term_pattern(term))
            key = _key(term.strip())
            if key is None:
                self._free.append((compiled, term))
            else:
                self._index.setdefault(key, []).append((compiled, term))
        self._unless = Terms(unless) if unless else None

    def __bool__(self) -> bool:
        return bool(self._index or self._free)

    def _raw(self, text: str) -> Iterator[Match]:
        heads = _heads(text)
        for head in heads.keys() & self._index.keys():
            for start in heads[head]:
                best: Match | None = None
                for pattern, term in self._index[head]:
                    found = pattern.match(text, start)
                    if found and found.end() > start and (best is None or found.end() > best.end):
                        best = Match(start, found.end(), term)
                if best:
                    yield best
        for pattern, term in self._free:
            for found in pattern.finditer(text):
                if found.end() > found.start():
                    yield Match(found.start(), found.end(), term)

    def find_all(self, text: str) -> tuple[Match, ...]:
        """Every place where a term stands, in order; at one place the longest term is taken."""
        if not text:
            return ()
        hits = list(self._raw(text))
        if hits and self._unless:
            closed = [(match.start, match.end) for match in self._unless._raw(text)]
            hits = [hit for hit in hits if not any(start <= hit.start < end for start, end in closed)]
        return tuple(sorted(hits, key=lambda hit: (hit.start, -hit.end)))

    def find(self, text: str) -> Match | None:
        """The first place where a term stands, or None."""
        hits = self.find_all(text)
        return hits[0] if hits else None


@lru_cache(maxsize=512)
def compiled(terms: tuple[str, ...], unless: tuple[str, ...] = ()) -> Terms:
    """The list made ready; made once for each list."""
    return Terms(terms, unless)

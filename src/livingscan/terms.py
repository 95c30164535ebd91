"""The small language in which reviewers write search terms in ``review/*.yaml``, and how it is matched.

=================  ==============================================================================
``barrier*``       any ending: barrier, barriers
``organi?ation``   ``?`` is any one letter
``lack of ... time``  ``...`` is up to three words of the same phrase (no "for", "from", "with", "that", "but")
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
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

_Owner = tuple[str, bool]
_Entry = tuple[re.Pattern[str], str, tuple[_Owner, ...]]
LONGEST = 30_000  # characters of a text that are looked at; no abstract is so long
_KEY = 4  # letters by which a term is looked up whose first word has an open end
_WORD = re.compile(r"\w+")
_BETWEEN = r"[\s\u00a0\-\u2010-\u2013]+"
# Up to three words, none of which turns to something else ("lack of money for training").
_TURNS = r"(?!(?:for|from|between|with|without|that|which|who|because|but|while)\b)"
_GAP = rf"[\s\u00a0]+(?:{_TURNS}[^\s.;:!?]+[\s\u00a0]+){{0,3}}"
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
    """What every match of the term starts with: its first word, or with a "*" the first letters where the word is open.

    None where these say too little. Long lists cost little when they are looked up so.
    """
    found = re.match(r"[^\W_]+", term)
    if not found:
        return None
    letters = found.group().lower()
    if term[found.end() : found.end() + 1] not in ("*", "?", "_"):
        return letters
    return f"{letters[:_KEY]}*" if len(letters) >= _KEY else None


@lru_cache(maxsize=64)
def _heads(text: str) -> dict[str, list[int]]:
    """Where words begin, by the keys of the terms that may stand there; kept, since many lists are looked for."""
    heads: dict[str, list[int]] = {}
    low = text.lower()
    if len(low) != len(text):  # a rare letter that is longer in lower case: places would be shifted
        low = "".join(one if len(one.lower()) != 1 else one.lower() for one in text)
    for found in _WORD.finditer(low):
        heads.setdefault(found.group(), []).append(found.start())
    for word, starts in list(heads.items()):
        if len(word) >= _KEY:
            heads.setdefault(f"{word[:_KEY]}*", []).extend(starts)
    return heads


class _Group:
    """Terms with one key: compiled when a text first asks for them, since most never are."""

    def __init__(self, terms: list[tuple[str, tuple[_Owner, ...]]]) -> None:
        self._terms = terms

    @cached_property
    def gate(self) -> re.Pattern[str]:
        """Tells whether any of the terms stands at a place."""
        return re.compile("|".join(f"(?:{term_pattern(term)})" for term, _ in self._terms))

    @cached_property
    def entries(self) -> list[_Entry]:
        """The terms one by one."""
        if len(self._terms) == 1:
            return [(self.gate, *self._terms[0])]
        return [(re.compile(term_pattern(term)), term, owners) for term, owners in self._terms]


class Lexicon:
    """Several lists of terms, looked for in one go.

    Args:
        lists: for each name the terms, and the phrases in which they do not count.

    Raises:
        BadTermError: a term or phrase cannot be understood.
    """

    def __init__(self, lists: Mapping[str, tuple[Iterable[str], Iterable[str]]]) -> None:
        # A term that several lists hold is tried once. Owner: (list, whether it is one of its "unless").
        owners: dict[str, list[_Owner]] = {}
        for name, (terms, unless) in lists.items():
            for term in dict.fromkeys(terms):
                owners.setdefault(term, []).append((name, False))
            for term in dict.fromkeys(unless):
                owners.setdefault(term, []).append((name, True))
        keyed: dict[str, list[tuple[str, tuple[_Owner, ...]]]] = {}
        self._free: list[_Entry] = []
        for term, names in owners.items():
            pattern = term_pattern(term)
            key = _key(term.strip())
            if key is None:
                self._free.append((re.compile(pattern), term, tuple(names)))
            else:
                keyed.setdefault(key, []).append((term, tuple(names)))
        self._free.sort(key=lambda entry: all(is_unless for _, is_unless in entry[2]))
        self._groups = {key: _Group(terms) for key, terms in keyed.items()}

    def find_all(self, text: str) -> dict[str, tuple[Match, ...]]:
        """For each list that finds something: every place, in order; at one place the longest term.

        Of a text longer than LONGEST only the beginning is looked at.
        """
        text = text[:LONGEST]
        found: dict[_Owner, dict[int, Match]] = {}

        def add(owners: tuple[_Owner, ...], match: Match) -> None:
            for owner in owners:
                places = found.setdefault(owner, {})
                known = places.get(match.start)
                if known is None or match.end > known.end:
                    places[match.start] = match

        heads = _heads(text)
        for head in heads.keys() & self._groups.keys():
            group = self._groups[head]
            for start in heads[head]:
                for pattern, term, owners in group.entries if group.gate.match(text, start) else ():
                    hit = pattern.match(text, start)
                    if hit and hit.end() > start:
                        add(owners, Match(start, hit.end(), term))
        # Lists with words of their own first: an "unless" is looked for only where there is something to close.
        for pattern, term, owners in self._free:
            if all(is_unless and (name, False) not in found for name, is_unless in owners):
                continue
            for hit in pattern.finditer(text):
                if hit.end() > hit.start():
                    add(owners, Match(hit.start(), hit.end(), term))
        kept: dict[str, tuple[Match, ...]] = {}
        for (name, is_unless), places in found.items():
            if not is_unless:
                hits = _outside(places.values(), found.get((name, True), {}).values())
                if hits:
                    kept[name] = hits
        return kept


def _outside(hits: Iterable[Match], closed: Iterable[Match]) -> tuple[Match, ...]:
    """The hits in order, without those that begin inside a closed place."""
    spans = sorted((match.start, match.end) for match in closed)
    kept = []
    at, reach = 0, 0
    for hit in sorted(hits, key=lambda match: match.start):
        while at < len(spans) and spans[at][0] <= hit.start:
            reach = max(reach, spans[at][1])
            at += 1
        if hit.start >= reach:
            kept.append(hit)
    return tuple(kept)


class Terms:
    """One list of terms, ready to be looked for; arguments and errors as for :class:`Lexicon`."""

    def __init__(self, terms: Iterable[str] = (), unless: Iterable[str] = ()) -> None:
        self._lexicon = Lexicon({"": (terms, unless)})

    def find_all(self, text: str) -> tuple[Match, ...]:
        """Every place where a term stands, in order; at one place the longest term is taken."""
        return self._lexicon.find_all(text).get("", ())

    def find(self, text: str) -> Match | None:
        """The first place where a term stands, or None."""
        hits = self.find_all(text)
        return hits[0] if hits else None


@lru_cache(maxsize=512)
def compiled(terms: tuple[str, ...], unless: tuple[str, ...] = ()) -> Terms:
    """The list made ready; made once for each list."""
    return Terms(terms, unless)


Lists = Mapping[str, tuple[Iterable[str], Iterable[str]]]
_PREPARED: dict[str, Lexicon] = {}
_KEPT = 8


def prepared(key: str, lists: Callable[[], Lists]) -> Lexicon:
    """A lexicon made ready once.

    Args:
        key: names what the lists were made from, and changes when they do.
        lists: makes them, if need be.
    """
    if key not in _PREPARED:
        while len(_PREPARED) >= _KEPT:
            _PREPARED.pop(next(iter(_PREPARED)))
        _PREPARED[key] = Lexicon(lists())
    return _PREPARED[key]

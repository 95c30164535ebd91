"""An index over one source's records: which of them hold a word, a phrase, a date.

It serves :mod:`livingscan.sandbox.query`. Every list entry (a keyword, a heading, a type) is fenced by
a mark, so that no phrase runs from one entry into the next and a whole entry can be asked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache

from livingscan.records import PartialDate, Record

FENCE = "\u00b6"
_WORD = re.compile(r"[a-z0-9\u00b6]+")
# The countries that PubMed's tree files under one heading; searching that heading finds them all.
EXPLODED = {
    "united kingdom": ("england", "scotland", "wales", "northern ireland", "london", "united kingdom"),
    "health personnel": ("nurses", "physicians", "general practitioners", "health personnel", "pharmacists"),
    "quality of health care": ("quality improvement", "quality assurance, health care", "quality of health care"),
}


def fold(text: str) -> str:
    """Lower case without accents: sources find "Zürich" by "zurich"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(ch for ch in decomposed if not unicodedata.combining(ch))


def singular(word: str) -> str:
    """A word without its plural "s", as stemming sources compare it."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def words(text: str, stem: bool = False) -> list[str]:
    """The words of a text in order, folded; with ``stem`` in the singular."""
    found = _WORD.findall(fold(text).replace("'s ", " "))
    return [singular(word) for word in found] if stem else found


def _fenced(values: Iterable[str]) -> str:
    return f" {FENCE} " + f" {FENCE} ".join(values) + f" {FENCE} "


def _texts(record: Record) -> dict[str, str]:
    """What can be searched of a record, field by field."""
    return {
        "title": f"{record.title} {record.title_original}",
        "abstract": record.abstract,
        "keyword": _fenced(record.keywords),
        "mesh": _fenced(record.mesh),
        "author": _fenced(record.authors),
        "affiliation": _fenced(record.affiliations),
        "journal": _fenced((record.journal, record.journal_abbreviation)),
        "type": _fenced((*record.publication_types, record.entry_type)),
        "language": _fenced(record.language.split(";")),
        "id": _fenced(value for _, value in record.identifiers()),
    }


TEXT_FIELDS = ("title", "abstract", "keyword", "mesh", "author", "affiliation", "journal", "type", "language", "id")


def published_span(record: Record) -> tuple[date, date] | None:
    """First and last day on which the record may have been published, by the precision it gives."""
    when = record.published or (PartialDate(record.year) if record.year else None)
    if when is None:
        return None
    if when.month is None:
        return date(when.year, 1, 1), date(when.year, 12, 31)
    first = date(when.year, when.month, when.day or 1)
    if when.day is not None:
        return first, first
    return first, (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def entered(record: Record) -> date | None:
    """PubMed's entry date: the day added, but set back to publication where that was over a year before."""
    span = published_span(record)
    if record.added and span and (record.added - span[0]).days > 365:
        return span[0]
    return record.added


@lru_cache(maxsize=4096)
def _mask(word: str) -> re.Pattern[str]:
    return re.compile(re.escape(word).replace(r"\*", r".*").replace(r"\?", r".").replace(r"\$", r".?") + r"\Z")


class Index:
    """Word positions and dates of a list of records, built field by field when first asked for.

    Args:
        records: the records; results are positions in this list.
        stem: compare words in the singular.
        ignore_text: every word is found everywhere; only dates count. Used where the sandbox serves
            a person's own file, which need not fit the review's strategy.

    Attributes:
        answers: whole queries answered before, kept by :func:`livingscan.sandbox.query.find`.
    """

    def __init__(self, records: Sequence[Record], stem: bool = False, ignore_text: bool = False) -> None:
        self.records = records
        self.stem = stem
        self.ignore_text = ignore_text
        self.everything = frozenset(range(len(records)))
        self._lines: dict[str, list[list[str]]] = {}
        self._postings: dict[str, dict[str, set[int]]] = {}
        self._found: dict[tuple[tuple[str, ...], str, bool], frozenset[int]] = {}
        self._forms: dict[tuple[str, str], frozenset[str]] = {}
        self.answers: dict[tuple[str, int], frozenset[int]] = {}

    def _field(self, name: str) -> tuple[list[list[str]], dict[str, set[int]]]:
        if not self._lines:
            texts = [_texts(record) for record in self.records]
            # Whole at once: another thread must never see half of it.
            self._lines = {field: [words(text[field], self.stem) for text in texts] for field in TEXT_FIELDS}
        if name not in self._postings:
            postings: dict[str, set[int]] = {}
            for at, line in enumerate(self._lines[name]):
                for word in line:
                    postings.setdefault(word, set()).add(at)
            self._postings[name] = postings
        return self._lines[name], self._postings[name]

    def _variants(self, word: str, field: str) -> frozenset[str]:
        """The words of a field that a term stands for."""
        key = (word, field)
        if key not in self._forms:
            _, postings = self._field(field)
            if any(sign in word for sign in "*?$"):
                mask = _mask(word)
                self._forms[key] = frozenset(known for known in postings if known != FENCE and mask.match(known))
            else:
                self._forms[key] = frozenset({singular(word) if self.stem else word} & postings.keys())
        return self._forms[key]

    def phrase(self, terms: Sequence[str], field: str, whole: bool = False) -> frozenset[int]:
        """Positions of the records that hold the words one after the other.

        Args:
            terms: words, folded; each may hold wildcards (``*`` any, ``?`` one, ``$`` none or one).
            field: one of ``TEXT_FIELDS``.
            whole: the words must make up a whole list entry.
        """
        key = (tuple(terms), field, whole)
        if key not in self._found:
            self._found[key] = self._phrase((FENCE, *terms, FENCE) if whole else tuple(terms), field)
        return self._found[key]

    def _phrase(self, terms: tuple[str, ...], field: str) -> frozenset[int]:
        lines, postings = self._field(field)
        sets = [self._variants(term, field) for term in terms]
        if not terms or not all(sets):
            return frozenset()
        hits = set.intersection(*(set().union(*(postings[form] for form in forms)) for forms in sets))
        if len(terms) == 1:
            return frozenset(hits)
        return frozenset(at for at in hits if self._runs(lines[at], sets))

    @staticmethod
    def _runs(line: list[str], sets: list[frozenset[str]]) -> bool:
        span = len(sets)
        return any(
            line[start] in sets[0] and all(line[start + k] in sets[k] for k in range(1, span))
            for start in range(len(line) - span + 1)
        )

    def positions(self, terms: Sequence[str], field: str, at: int) -> list[tuple[int, int]]:
        """Where the phrase stands in one record's field: (first word, last word) positions."""
        if at not in self.phrase(terms, field):
            return []
        lines, _ = self._field(field)
        sets = [self._variants(term, field) for term in terms]
        line, span = lines[at], len(terms)
        return [
            (start, start + span - 1)
            for start in range(len(line) - span + 1)
            if all(line[start + k] in sets[k] for k in range(span))
        ]

    def dated(self, kind: str, low: date | None, high: date | None) -> frozenset[int]:
        """Positions of the records whose date lies between two days, both included.

        Args:
            kind: "added", "revised", "entered" or "published".
            low, high: the days; None leaves that end open.
        """
        return frozenset(at for at, record in enumerate(self.records) if self._within(record, kind, low, high))

    @staticmethod
    def _within(record: Record, kind: str, low: date | None, high: date | None) -> bool:
        if kind == "published":
            span = published_span(record)
        else:
            day = {"added": record.added, "revised": record.revised or record.added, "entered": entered(record)}[kind]
            span = (day, day) if day else None
        # A publication date that is only a year counts from its first day, as the sources count it.
        return span is not None and (low is None or span[1] >= low) and (high is None or span[0] <= high)

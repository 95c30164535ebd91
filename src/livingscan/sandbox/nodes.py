"""The tree that a query becomes, answered by an :class:`~livingscan.sandbox.index.Index`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from livingscan.records import Record
from livingscan.sandbox.index import EXPLODED, Index, words

Hits = frozenset[int]


@dataclass(frozen=True, slots=True)
class Everything:
    """Finds every record."""

    def hits(self, index: Index) -> Hits:
        """Positions of all records."""
        return index.everything


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row, in any of the fields; with ``slop`` within so many words of one another."""

    terms: tuple[str, ...]
    fields: tuple[str, ...]
    whole: bool = False
    slop: int | None = None

    def hits(self, index: Index) -> Hits:
        """Positions of the records that hold the phrase."""
        if not self.terms or (index.ignore_text and self.fields != ("id",)):
            return index.everything
        if self.slop is not None and len(self.terms) > 1:
            near: Node = Phrase(self.terms[:1], self.fields)
            for term in self.terms[1:]:
                near = Near(near, Phrase((term,), self.fields), self.slop + len(self.terms) - 2, ordered=False)
            return near.hits(index)
        found: set[int] = set()
        for name in self.fields:
            if name == "mesh" and self.whole:
                for entry in EXPLODED.get(" ".join(self.terms), (" ".join(self.terms),)):
                    found |= index.phrase(words(entry), name, True)
            else:
                found |= index.phrase(self.terms, name, self.whole and name in ("mesh", "type", "language"))
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Dated:
    """A date between two days, both included."""

    kind: str
    low: date | None
    high: date | None

    def hits(self, index: Index) -> Hits:
        """Positions of the records with such a date. A publication date is part of the strategy."""
        if index.ignore_text and self.kind == "published":
            return index.everything
        return index.dated(self.kind, self.low, self.high)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whatever passes a test: an abstract is there, the entry type is preprint."""

    test: Callable[[Record], bool]

    def hits(self, index: Index) -> Hits:
        """Positions of the records that pass."""
        if index.ignore_text:
            return index.everything
        return frozenset(at for at, record in enumerate(index.records) if self.test(record))


@dataclass(frozen=True, slots=True)
class Both:
    """Found by the left and by the right."""

    left: Node
    right: Node

    def hits(self, index: Index) -> Hits:
        """The common positions."""
        return frozenset.intersection(*(part.hits(index) for part in chain(self)))


@dataclass(frozen=True, slots=True)
class Either:
    """Found by the left or by the right."""

    left: Node
    right: Node

    def hits(self, index: Index) -> Hits:
        """All positions of both."""
        return frozenset().union(*(part.hits(index) for part in chain(self)))


@dataclass(frozen=True, slots=True)
class Without:
    """Found by the left and not by the right."""

    left: Node
    right: Node

    def hits(self, index: Index) -> Hits:
        """The left's positions less the right's."""
        return self.left.hits(index) if index.ignore_text else self.left.hits(index) - self.right.hits(index)


@dataclass(frozen=True, slots=True)
class Near:
    """Two things with at most ``distance`` words between them, in one field."""

    left: Node
    right: Node
    distance: int
    ordered: bool

    def hits(self, index: Index) -> Hits:
        """Positions of the records where both stand so close."""
        both = self.left.hits(index) & self.right.hits(index)
        if index.ignore_text:
            return both
        return frozenset(at for at in both if self.places(index, at))

    def places(self, index: Index, at: int) -> list[tuple[str, int, int]]:
        """The stretches of text, as (field, first word, last word), that hold both."""
        found = []
        for name, first, last in _places(self.left, index, at):
            for other, start, end in _places(self.right, index, at):
                gap = start - last - 1 if start > last else first - end - 1
                if name == other and 0 <= gap <= self.distance and (start > last or not self.ordered):
                    found.append((name, min(first, start), max(last, end)))
        return found


def chain(node: Node) -> list[Node]:
    """``a OR b OR c`` as its parts from left to right: a strategy may join a thousand words, too deep to recurse."""
    kind, parts = type(node), []
    while isinstance(node, Both | Either) and type(node) is kind:
        parts.append(node.right)
        node = node.left
    return [node, *reversed(parts)]


Node = Everything | Phrase | Dated | Chosen | Both | Either | Without | Near


def _places(node: Node, index: Index, at: int) -> list[tuple[str, int, int]]:
    """Every stretch of record ``at`` that the node rests on."""
    if isinstance(node, Phrase):
        return [(name, *span) for name in node.fields for span in index.positions(node.terms, name, at)]
    if isinstance(node, Near):
        return node.places(index, at)
    if isinstance(node, Both | Either):
        return [place for part in chain(node) for place in _places(part, index, at)]
    return _places(node.left, index, at) if isinstance(node, Without) else []

"""What the synthetic literature is made of: works, and each source's own copy of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from livingscan.records import Record
from livingscan.sandbox.index import Index
from livingscan.sandbox.prose import Truth

SOURCES = (
    "pubmed",
    "europepmc",
    "openalex",
    "crossref",
    "semanticscholar",
    "doaj",
    "core",
    "eric",
    "biorxiv",
    "scopus",
    "wos",
    "lens",
)


@dataclass(frozen=True, slots=True)
class Copy:
    """One source's record of a work, through time.

    Attributes:
        record: as the source gives it in the end; ``added`` and ``revised`` are always set.
        before: as it stood until ``record.revised``, where the revision changed more than a date.
        deleted: the day the source took it out.
        raw: the entry as it stood in a person's own file, served as it is.
    """

    record: Record
    before: Record | None = None
    deleted: date | None = None
    raw: str = ""

    def on(self, day: date) -> Copy | None:
        """The copy as it stood at the end of a day; None before it was added or after it was deleted."""
        added, revised = self.record.added, self.record.revised
        if (added and added > day) or (self.deleted and self.deleted <= day):
            return None
        if revised and revised > day:
            return dataclasses.replace(self, record=self.before or dataclasses.replace(self.record, revised=added))
        return self


@dataclass(frozen=True, slots=True)
class Work:
    """One document and every source's copy of it.

    Attributes:
        key: stable name. study: the key of the first report of the same study (a preprint's article).
        truth: what it is, known because it was made so; None for a work read from a file.
        copies: at most a few per source; two where a source holds a duplicate of its own.
    """

    key: str
    study: str
    truth: Truth | None
    copies: tuple[Copy, ...]

    def held_by(self, source: str) -> tuple[Copy, ...]:
        """This source's copies."""
        return tuple(copy for copy in self.copies if copy.record.source == source)


@dataclass(frozen=True)
class Shelf:
    """What one source holds on one day, newest added first, with an index over it.

    Attributes:
        copies: the copies that can be found. records: their records, in the same order.
        deleted: (id, day) of copies deleted up to that day.
        index: answers queries with positions in ``records``; ``stemmed`` the same with plurals folded.
    """

    copies: tuple[Copy, ...]
    deleted: tuple[tuple[str, date], ...]
    records: tuple[Record, ...]
    index: Index
    stemmed: Index
    by_id: Mapping[str, int]


@dataclass(frozen=True)
class Corpus:
    """The whole literature.

    Attributes:
        works: every work, also those still to come. today: the day that counts as now.
        title: what it says of itself on its own page.
        ignore_text: strategies find everything; only date windows count (a person's own file).
    """

    works: tuple[Work, ...]
    today: date
    title: str
    ignore_text: bool = False

    def shelf(self, source: str, day: date | None = None) -> Shelf:
        """What a source holds at the end of a day.

        Args:
            source: one of ``SOURCES``.
            day: ``today`` where None.

        Returns:
            The shelf, freshly built: keep it.
        """
        when = day or self.today
        held = [copy for work in self.works for copy in work.held_by(source)]
        seen = [now for copy in held if (now := copy.on(when)) is not None]
        seen.sort(key=lambda copy: (copy.record.added or date.min, copy.record.source_id), reverse=True)
        records = tuple(copy.record for copy in seen)
        return Shelf(
            tuple(seen),
            tuple((copy.record.source_id, copy.deleted) for copy in held if copy.deleted and copy.deleted <= when),
            records,
            Index(records, ignore_text=self.ignore_text),
            Index(records, stem=True, ignore_text=self.ignore_text),
            {record.source_id: at for at, record in enumerate(records)},
        )


def later(day: date, days: int) -> date:
    """The day so many days after."""
    return day + timedelta(days=days)

"""Many prepared items as columns: small, quick to compare, cheap to send to another process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from livingscan.dedupe.item import Item
from livingscan.dedupe.prepare import Prepared, prepare

Texts = NDArray[np.object_]
Numbers = NDArray[np.int64]

KINDS = ("", "erratum", "retraction", "reply", "comment")
STAGES = ("", "preprint", "conference", "book", "thesis")
LANGUAGES = ("", "en", "xx", "translated")


@dataclass(frozen=True, slots=True)
class Columns:
    """Items side by side, entry i of each column belonging to item i.

    Attributes:
        title: folded words. other_titles: its other forms, compact, one a line.
        numbers: the numbers in the title, one blank between. weight: how telling the title is.
        kind, stage, language: places in :data:`KINDS`, :data:`STAGES` and :data:`LANGUAGES`.
        authors: the authors' keys, one blank between. first_author: "family initial".
        journal: its telling words, one blank between.
        year, volume, issue, first_page, last_page, pmid, pmcid: 0 where there is none.
        names, abstract, links: as the item has them; looked at only where a comparison needs them.
    """

    title: Texts
    other_titles: Texts
    numbers: Texts
    weight: NDArray[np.float64]
    kind: NDArray[np.int8]
    stage: NDArray[np.int8]
    language: NDArray[np.int8]
    authors: Texts
    first_author: Texts
    journal: Texts
    year: Numbers
    volume: Numbers
    issue: Numbers
    first_page: Numbers
    last_page: Numbers
    doi: Texts
    pmid: Numbers
    pmcid: Numbers
    names: Texts
    abstract: Texts
    links: Texts

    def __len__(self) -> int:
        return len(self.title)


def _texts(values: Iterable[object], count: int) -> Texts:
    column = np.empty(count, dtype=object)
    for i, value in enumerate(values):
        column[i] = value
    return column


def _numbers(values: Iterable[str | int]) -> Numbers:
    return np.array([int(value or 0) for value in values], dtype=np.int64)


def columns_of(prepared: Sequence[Prepared]) -> Columns:
    """The columns of prepared items."""
    n = len(prepared)
    return Columns(
        title=_texts((p.title.text for p in prepared), n),
        other_titles=_texts(("\n".join(p.title.others) for p in prepared), n),
        numbers=_texts((" ".join(p.title.numbers) for p in prepared), n),
        weight=np.array([p.title.weight for p in prepared], dtype=np.float64),
        kind=np.array([KINDS.index(p.title.kind) for p in prepared], dtype=np.int8),
        stage=np.array([STAGES.index(p.stage) for p in prepared], dtype=np.int8),
        language=np.array([LANGUAGES.index(p.title.language) for p in prepared], dtype=np.int8),
        authors=_texts((" ".join([a.key for a in p.authors]) for p in prepared), n),
        first_author=_texts(
            (f"{p.authors[0].family} {p.authors[0].initial}" if p.authors else "" for p in prepared), n
        ),
        journal=_texts((" ".join(p.journal) for p in prepared), n),
        year=_numbers(p.item.year or 0 for p in prepared),
        volume=_numbers(p.volume for p in prepared),
        issue=_numbers(p.issue for p in prepared),
        first_page=_numbers(p.pages.first for p in prepared),
        last_page=_numbers(p.pages.last for p in prepared),
        doi=_texts((p.item.doi for p in prepared), n),
        pmid=_numbers(p.item.pmid for p in prepared),
        pmcid=_numbers(p.item.pmcid.removeprefix("PMC") for p in prepared),
        names=_texts((p.item.authors for p in prepared), n),
        abstract=_texts((p.item.abstract for p in prepared), n),
        links=_texts((p.item.links for p in prepared), n),
    )


def columns_of_items(items: Sequence[Item]) -> Columns:
    """The columns of items, prepared one by one so that only the columns stay in memory."""
    return columns_of([prepare(item) for item in items])


def join(parts: Sequence[Columns]) -> Columns:
    """The columns of several sets of items, one after the other."""
    return Columns(**{spec.name: np.concatenate([getattr(p, spec.name) for p in parts]) for spec in fields(Columns)})


def take(columns: Columns, rows: NDArray[np.int64]) -> Columns:
    """The given rows of the columns, in that order."""
    return Columns(**{spec.name: getattr(columns, spec.name)[rows] for spec in fields(Columns)})

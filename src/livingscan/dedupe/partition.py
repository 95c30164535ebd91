"""The costly steps as pure functions of a part of the work, so that processes, or a cluster, can share it.

Each function takes plain values and gives plain values back; the same parts in any split, on any
machine, in any order give the same bytes once put together in the order of the parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livingscan.dedupe.block import keys_of
from livingscan.dedupe.columns import Columns, columns_of, take
from livingscan.dedupe.compare import Comparison, Floats, Rows, compare_columns
from livingscan.dedupe.item import Item
from livingscan.dedupe.pairs import distinct
from livingscan.dedupe.prepare import prepare
from livingscan.dedupe.relate import relations
from livingscan.dedupe.score import Model, model, probabilities


@dataclass(frozen=True, slots=True)
class Part:
    """Items made comparable: their columns, and their block keys (``owners``: the item's place in the part)."""

    columns: Columns
    owners: Rows
    keys: Rows


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of pairs: probability of being copies, and the relation as a place in ``relate.RELATIONS``."""

    probability: Floats
    relation: NDArray[np.int8]


def prepare_part(items: Sequence[Item]) -> Part:
    """Make items comparable and give their block keys. About 0.1 ms an item."""
    prepared = [prepare(item) for item in items]
    keys = [keys_of(p) for p in prepared]
    counts = [len(k) for k in keys]
    return Part(
        columns_of(prepared),
        np.repeat(np.arange(len(items), dtype=np.int64), counts),
        np.array([key for of_one in keys for key in of_one], dtype=np.int64),
    )


_FIELDS = attrgetter(*(spec.name for spec in fields(Item)))
_ABSTRACT = next(place for place, spec in enumerate(fields(Item)) if spec.name == "abstract")


def light(item: Item) -> tuple[Any, ...]:
    """An item as a plain tuple without its abstract: quick to send to another process."""
    values: tuple[Any, ...] = _FIELDS(item)
    return (*values[:_ABSTRACT], "", *values[_ABSTRACT + 1 :])


def prepare_light(rows: Sequence[tuple[Any, ...]]) -> Part:
    """:func:`prepare_part` of items as :func:`light` sends them; what the sender has is left out of the answer."""
    part = prepare_part([Item(*row) for row in rows])
    part.columns.names[:] = part.columns.doi[:] = None
    return part


def score_part(columns: Columns, left: Rows, right: Rows, m: Model | None = None) -> Scores:
    """Score pairs of rows of ``columns``. About 10 microseconds a pair."""
    return judge(compare_columns(columns, left, right), m)


def judge(comparison: Comparison, m: Model | None = None) -> Scores:
    """The scores of pairs that were compared."""
    used = m or model()
    probability = probabilities(comparison, used)
    return Scores(probability, relations(comparison, probability >= used.link))


def cut_pairs(columns: Columns, left: Rows, right: Rows, at_once: int) -> Iterator[tuple[Columns, Rows, Rows]]:
    """Cut pairs into parts that stand alone: each with the columns of the rows it needs, rows counted anew.

    Args:
        columns: of all items.
        left, right: rows of the pairs.
        at_once: pairs in a part.

    Yields:
        The parts in order, each made when it is asked for: all at once would be the columns several times over.
    """
    for at in range(0, len(left), at_once):
        a, b = left[at : at + at_once], right[at : at + at_once]
        rows = distinct([a, b])
        yield take(columns, rows), np.searchsorted(rows, a), np.searchsorted(rows, b)

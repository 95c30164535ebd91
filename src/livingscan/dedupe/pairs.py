"""From block keys to the pairs that share one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]

AT_ONCE = 4_000_000  # pairs enumerated before doubles are dropped: bounds the memory
CROWD = 100  # a key that more records share tells them apart no longer: see block.alike_key


class Candidates(NamedTuple):
    """Pairs of rows worth comparing, each once, the smaller row first, in order; and the rows in a crowd."""

    left: Rows
    right: Rows
    crowded: Rows


def pairs_sharing_a_key(owners: Rows, keys: Rows, count: int, alike: Callable[[Rows], Rows]) -> Candidates:
    """All pairs of rows that share a key.

    A key that more than :data:`CROWD` rows share is no key: its block is split into the rows that are
    alike in everything, and where these are still a crowd, each is paired with the next alone. So the
    number of pairs grows with the number of rows, whatever they hold.

    Args:
        owners: the row each key belongs to.
        keys: the keys.
        count: number of rows.
        alike: gives of some rows a number each, the same for rows alike in everything.
    """
    owners, keys, starts, sizes = _blocks(owners, keys)
    in_crowd = np.repeat(sizes > CROWD, sizes)
    crowded = distinct([owners[in_crowd]])
    codes = _codes(owners, starts, sizes, count)
    if len(crowded):
        owners, keys, starts, sizes = _blocks(crowded, alike(crowded))
        next_alike = (keys[1:] == keys[:-1]) & np.repeat(sizes > CROWD, sizes)[1:]
        chain = (owners[:-1] * count + owners[1:])[next_alike]
        codes = distinct([codes, _codes(owners, starts, sizes, count), chain])
    return Candidates(codes // max(count, 1), codes % max(count, 1), crowded)


def distinct(codes: list[Rows]) -> Rows:
    """All codes of some arrays in order, none twice. Sorted by hand: ``np.unique`` takes twenty times as long here."""
    together = np.concatenate(codes)
    together.sort()
    return together[np.concatenate([[True], together[1:] != together[:-1]])] if len(together) else together


def _blocks(owners: Rows, keys: Rows) -> tuple[Rows, Rows, Rows, Rows]:
    """(owners, keys, starts, sizes): sorted by key and owner, and where each key's block starts and how long it is."""
    order = np.lexsort((owners, keys))
    owners, keys = owners[order], keys[order]
    starts = np.flatnonzero(np.concatenate([np.ones(min(1, len(keys)), dtype=bool), keys[1:] != keys[:-1]]))
    return owners, keys, starts, np.diff(np.concatenate([starts, [len(keys)]]))


def _codes(owners: Rows, starts: Rows, sizes: Rows, count: int) -> Rows:
    """The pairs of all blocks that are no crowd, each as one number (left * count + right), sorted, none twice."""
    codes = np.empty(0, dtype=np.int64)
    pending: list[Rows] = []
    waiting = 0
    for left, right in _in_blocks(owners, starts, sizes):
        pending.append(left * count + right)
        waiting += len(left)
        if waiting >= AT_ONCE:
            codes, pending, waiting = distinct([codes, *pending]), [], 0
    return distinct([codes, *pending])


def _in_blocks(owners: Rows, starts: Rows, sizes: Rows) -> Iterator[tuple[Rows, Rows]]:
    """The pairs of each block that is no crowd, blocks of one size together."""
    for size in np.unique(sizes[(sizes > 1) & (sizes <= CROWD)]).tolist():
        of_size = starts[sizes == size]
        first, second = np.triu_indices(size, k=1)
        step = max(1, AT_ONCE // len(first))
        for at in range(0, len(of_size), step):
            block = of_size[at : at + step, None]
            yield owners[block + first].ravel(), owners[block + second].ravel()

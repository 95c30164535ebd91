"""From block keys to the pairs that share one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]

AT_ONCE = 4_000_000  # pairs enumerated before doubles are dropped: bounds the memory


def pairs_sharing_a_key(owners: Rows, keys: Rows, count: int) -> tuple[Rows, Rows]:
    """All pairs of rows that share a key, each once, the smaller row first, in order.

    Args:
        owners: the row each key belongs to.
        keys: the keys.
        count: number of rows.

    Returns:
        (left, right).
    """
    if len(keys) == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    order = np.lexsort((owners, keys))
    owners, keys = owners[order], keys[order]
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    sizes = np.diff(np.concatenate([starts, [len(keys)]]))
    codes = np.empty(0, dtype=np.int64)
    pending: list[Rows] = []
    waiting = 0
    for left, right in _in_blocks(owners, starts, sizes):
        pending.append(left * count + right)
        waiting += len(left)
        if waiting >= AT_ONCE:
            codes, pending, waiting = distinct([codes, *pending]), [], 0
    codes = distinct([codes, *pending])
    return codes // count, codes % count


def distinct(codes: list[Rows]) -> Rows:
    """All codes of some arrays in order, none twice. Sorted by hand: ``np.unique`` takes twenty times as long here."""
    together = np.concatenate(codes)
    together.sort()
    return together[np.concatenate([[True], together[1:] != together[:-1]])] if len(together) else together


def _in_blocks(owners: Rows, starts: Rows, sizes: Rows) -> Iterator[tuple[Rows, Rows]]:
    """The pairs of each block, blocks of one size together."""
    for size in np.unique(sizes[sizes > 1]).tolist():
        of_size = starts[sizes == size]
        if size > 2000:  # one block at a time, one row of its triangle at a time
            for start in of_size.tolist():
                block = owners[start : start + size]
                for i in range(size - 1):
                    yield np.full(size - 1 - i, block[i]), block[i + 1 :]
            continue
        first, second = np.triu_indices(size, k=1)
        step = max(1, AT_ONCE // len(first))
        for at in range(0, len(of_size), step):
            block = of_size[at : at + step, None]
            yield owners[block + first].ravel(), owners[block + second].ravel()

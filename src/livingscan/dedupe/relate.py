"""What a pair is to each other where it is not simply the same report, and what rules sameness out."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from livingscan.dedupe.compare import Comparison

Relation = Literal["same", "version", "part", "erratum_comment", "different"]
RELATIONS: tuple[Relation, ...] = ("same", "version", "part", "erratum_comment", "different")
SAME, VERSION, PART, ERRATUM_COMMENT, DIFFERENT = range(5)


def relations(c: Comparison, is_same: NDArray[np.bool_]) -> NDArray[np.int8]:
    """The relation of each pair, as a place in :data:`RELATIONS`.

    Args:
        c: what was seen of the pairs.
        is_same: where the probability suffices to call them copies of one report.

    Returns:
        ``same`` where it suffices and nothing speaks of two documents. Else the first that fits:
        ``erratum_comment`` (one corrects, retracts or discusses the other), ``version`` (preprint
        and article, conference abstract and paper, the same text in two journals), ``part`` (numbered
        parts, or two reports that share authors, words and abstract), ``different``.
    """
    title_same = c.title >= 0.995
    matching = title_same | ((c.title >= 0.85) & (c.title_swapped == 0)) | (c.title_inside == 1)
    near = matching | ((c.title >= 0.7) & (c.title_swapped <= 2))
    people = (c.authors >= 0.5) | ((c.authors < 0) & ((c.abstract >= 0.75) | (title_same & (c.title_weight >= 0.6))))
    telling = c.title_weight > 0
    notice = (c.link == 0) | ((c.kind == 0) & matching)
    version = (c.link == 1) | (telling & matching & people & (c.numbers > 0) & (c.kind == 1))
    part = telling & near & (c.authors >= 0.5) & (c.kind == 1) & ((c.numbers == 0) | (c.abstract >= 0.5))
    result = np.full(len(c), DIFFERENT, dtype=np.int8)
    result[part] = PART
    result[version] = VERSION
    result[notice] = ERRATUM_COMMENT
    result[is_same & ~(c.link >= 0) & ~(c.kind == 0)] = SAME
    return result

"""Why a pair was linked, or why not, in words that a reviewer reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from livingscan.dedupe.compare import Comparison, Floats
from livingscan.dedupe.evidence import CARD, SIGNS, evidence
from livingscan.dedupe.relate import RELATIONS, Relation
from livingscan.dedupe.score import model

LEAST = 0.25  # log odds below which a line of the score card is not worth a word


@dataclass(frozen=True, slots=True)
class Link:
    """A pair with its score, its relation and why.

    Attributes:
        probability: of being copies of one report, 0 to 1.
        reasons: what agrees and what speaks against, the weightiest first, each with its weight in
            log odds: "same title (+3.6)", "different volume (-2.2)".
        blocked: why the pair was not joined although its score would do; "" otherwise.
    """

    a: str
    b: str
    probability: float
    relation: Relation
    reasons: tuple[str, ...]
    blocked: str = ""

    def in_words(self) -> str:
        """One sentence: relation, probability, reasons."""
        what = {
            "same": "the same report",
            "version": "versions of one report",
            "part": "parts of one study",
            "erratum_comment": "one corrects or comments on the other",
            "different": "different reports",
        }[self.relation]
        stop = f"; not joined: {self.blocked}" if self.blocked else ""
        return f"{what} (copies with probability {self.probability:.3f}): {'; '.join(self.reasons)}{stop}"


def explain(
    names: Sequence[tuple[str, str]], c: Comparison, probability: Floats, relation: NDArray[np.int8]
) -> list[Link]:
    """The links of compared pairs.

    Args:
        names: the ids of each pair.
        c: what was seen of the pairs.
        probability, relation: as scored.
    """
    m = model()
    worth = evidence(c) * (m.weights * SIGNS * m.slope)
    links = []
    for row, (a, b) in enumerate(names):
        lines = np.flatnonzero(np.abs(worth[row]) >= LEAST).tolist()
        lines.sort(key=lambda i: (-abs(worth[row, i]), i))
        reasons = tuple(f"{CARD[i].words} ({worth[row, i]:+.1f})" for i in lines)
        links.append(Link(a, b, float(probability[row]), RELATIONS[relation[row]], reasons))
    return links

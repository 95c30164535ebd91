"""Is what came as much as usual? A statistic for silence and for floods, with a known false-alarm rate.

Counts of new records per week scatter more than a Poisson law says: they are taken as negative binomial, each
block of time with the same rate a day and the same dispersion. Given the *sum* of the past and the recent
block, the recent one then follows a beta-binomial law that no longer depends on the rate (the negative
binomial's Dirichlet-multinomial conditional; Johnson, Kemp & Kotz, Univariate Discrete Distributions, 3rd ed.,
6.2.2; for no dispersion it is the conditional binomial test of Przyborowski & Wilenski, Biometrika 1940;31:313).
The dispersion itself is not known: the tail probability is averaged over a grid of dispersions, weighted by how
well each explains the past blocks. So a short history makes the test careful by itself.

A slow source says nothing in one block: silence (and flood) is looked for in the last 1, 2, 4 and 8 blocks, each
at a quarter of the rate. An alarm is raised below ``ALARM`` in all: **at most 0.0005 a check for silence and the
same for flood**. Twelve sources checked weekly would give a false alarm in about a year and a half.
Measured by simulation: tests/harvest/test_volume.py, and docs/search.md for figures.
Past blocks that would themselves have raised the alarm (an outage, a mass load) are left out of the history,
at most one in ten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import lgamma
from typing import Literal

import numpy as np
import numpy.typing as npt

ALARM = 0.0005
SPANS = (1, 2, 4, 8)  # blocks looked at together
LEAST_HISTORY = 8  # blocks; below, nothing is said
MOST_HISTORY = 52
_DISPERSIONS = (0.0, 0.003, 0.01, 0.03, 0.06, 0.12, 0.25, 0.5, 1.0, 2.0, 4.0)  # variance = mean + this * mean^2
_SPREAD = np.array(_DISPERSIONS[1:])
_ODD = ALARM / 50  # a past block this unlikely is not history but an accident
_MOST_ODD = 0.1

Word = Literal["usual", "silence", "flood", "too little history"]


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of time and how many records it brought; ``days`` may differ from block to block."""

    days: float
    count: int


@dataclass(frozen=True, slots=True)
class Volume:
    """What the newest blocks say.

    Attributes:
        word: "usual", "silence", "flood" or "too little history".
        days, count: the span that is judged, and what it brought. Where nothing is wrong, the newest block.
        expected: what the history would make of that span.
        low, high: what would still be usual there.
        p: probability of so little or so much by chance.
        history: blocks it rests on. left_out: past blocks left out as accidents.
        deaf: a silence of 8 blocks would not be noticed: the source brings too little.
    """

    word: Word
    days: float = 0.0
    count: int = 0
    expected: float = 0.0
    low: int = 0
    high: int = 0
    p: float = 1.0
    history: int = 0
    left_out: int = 0
    deaf: bool = False


_Numbers = npt.NDArray[np.float64]


def _lgamma(x: _Numbers) -> _Numbers:
    """Logarithm of the gamma function, for arrays (Stirling's series after seven steps up; error below 1e-9)."""
    up = x + 7.0
    steps = np.log(x * (x + 1) * (x + 2) * (x + 3) * (x + 4) * (x + 5) * (x + 6))
    series = (1 / 12 - (1 / 360 - 1 / (1260 * up**2)) / up**2) / up
    return np.asarray((up - 0.5) * np.log(up) - up + 0.5 * np.log(2 * np.pi) + series - steps)


def _weights(counts: _Numbers, shares: _Numbers) -> _Numbers:
    """How well each dispersion explains the past blocks, given their sum; adds up to 1.

    ``shares`` are the blocks' lengths, 1 on the average. What does not depend on the dispersion is left out.
    """
    total, whole = counts.sum(), shares.sum()
    poisson = (counts * np.log(shares / whole)).sum()
    parts = shares[None, :] / _SPREAD[:, None]
    sizes = whole / _SPREAD
    spread = _lgamma(sizes) - _lgamma(total + sizes) + (_lgamma(counts[None, :] + parts) - _lgamma(parts)).sum(axis=1)
    logs = np.concatenate(([poisson], spread))
    likely = np.exp(logs - logs.max())
    return np.asarray(likely / likely.sum())


def _at_most(count: int, total: int, ours: float, theirs: float, dispersion: float) -> float:
    """P(the recent block holds at most ``count`` of ``total``), the blocks' sizes being ``ours`` and ``theirs``."""
    if count < 0:
        return 0.0
    if count >= total:
        return 1.0
    steps = np.arange(count, dtype=float)
    if dispersion == 0.0:
        share = ours / (ours + theirs)
        first = total * float(np.log1p(-share))
        ratios = np.log((total - steps) / (steps + 1)) + float(np.log(share) - np.log1p(-share))
    else:
        size, rest = ours / dispersion, theirs / dispersion
        first = lgamma(total + rest) + lgamma(size + rest) - lgamma(total + size + rest) - lgamma(rest)
        ratios = np.log((total - steps) * (steps + size) / ((steps + 1) * (total - steps - 1 + rest)))
    logs = first + np.concatenate(([0.0], np.cumsum(ratios)))
    return min(1.0, float(np.exp(logs).sum()))


class _Past:
    """The history, ready to be asked how usual a recent span is."""

    def __init__(self, history: Sequence[Block]) -> None:
        counts = np.array([block.count for block in history], dtype=float)
        days = np.array([block.days for block in history], dtype=float)
        self.blocks = len(history)
        self.total = int(counts.sum())
        self.days = float(days.sum())
        weights = _weights(counts, days / days.mean())
        self.kinds = [
            (float(weight), dispersion)
            for weight, dispersion in zip(weights, _DISPERSIONS, strict=True)
            if weight > 1e-9
        ]

    def expected(self, days: float) -> float:
        """What the history makes of a span of so many days."""
        return self.total * days / self.days

    def _below(self, days: float, count: int, total: int) -> float:
        ours = days * self.blocks / self.days
        return sum(weight * _at_most(count, total, ours, self.blocks, kind) for weight, kind in self.kinds)

    def so_little(self, days: float, count: int) -> float:
        """Probability of ``count`` or fewer."""
        return self._below(days, count, self.total + count)

    def so_much(self, days: float, count: int) -> float:
        """Probability of ``count`` or more."""
        return max(0.0, 1.0 - self._below(days, count - 1, self.total + count))

    def usual(self, days: float, level: float) -> tuple[int, int]:
        """The smallest and the largest count that raise no alarm at ``level``."""
        low, top = 0, round(self.expected(days))
        while low < top:  # so_little grows with the count
            middle = (low + top) // 2
            low, top = (low, middle) if self.so_little(days, middle) >= level else (middle + 1, top)
        high = max(round(self.expected(days)), 1)
        while self.so_much(days, high) >= level:
            high *= 2
        under, over = high // 2, high
        while over - under > 1:
            middle = (under + over) // 2
            under, over = (middle, over) if self.so_much(days, middle) >= level else (under, middle)
        return low, under


def _accidents(history: Sequence[Block]) -> set[int]:
    """Places of blocks that are no history: each is judged by the others, the oddest goes first."""
    kept = list(range(len(history)))
    for _ in range(int(len(history) * _MOST_ODD)):
        mean = sum(history[at].count for at in kept) / sum(history[at].days for at in kept)
        ends = sorted(kept, key=lambda at: history[at].count - mean * history[at].days)
        chances = {}
        for at in (ends[0], ends[-1]):
            past = _Past([history[other] for other in kept if other != at])
            ask = past.so_little if at == ends[0] else past.so_much
            chances[at] = ask(history[at].days, history[at].count)
        worst = min(chances, key=lambda at: chances[at])
        if chances[worst] >= _ODD:
            break
        kept.remove(worst)
    return set(range(len(history))) - set(kept)


def judge_volume(blocks: Sequence[Block], alarm: float = ALARM, *, bounds: bool = True) -> Volume:
    """Judge the newest blocks by those before them.

    Args:
        blocks: oldest first, each of some length; the last ones are judged.
        alarm: rate of false alarms a check, for silence and for flood each.
        bounds: also work out ``low`` and ``high``, which takes most of the time.

    Returns:
        The verdict on the span that is most out of the way.
    """
    level = alarm / len(SPANS)
    best: tuple[float, Volume, _Past] | None = None
    deaf = True
    blocks = blocks[-MOST_HISTORY - SPANS[-1] :]
    odd = _accidents(blocks[:-1]) if len(blocks) > LEAST_HISTORY else set()
    for span in SPANS:
        before = len(blocks) - span
        if before < LEAST_HISTORY:
            break
        kept = [block for at, block in enumerate(blocks[:before]) if at not in odd]
        past = _Past(kept)
        recent = blocks[-span:]
        days, count = sum(block.days for block in recent), sum(block.count for block in recent)
        deaf = deaf and past.so_little(days, 0) >= level
        little, much = past.so_little(days, count), past.so_much(days, count)
        p = min(little, much)
        word: Word = "usual" if p >= level else "silence" if little < much else "flood"
        if best is None or (p < level and p < best[0]):
            told = Volume(word, days, count, past.expected(days), 0, 0, p, len(kept), before - len(kept))
            best = (p if word != "usual" else 1.0, told, past)
    if best is None:
        return Volume("too little history", history=max(len(blocks) - 1, 0))
    _, told, past = best
    low, high = past.usual(told.days, level) if bounds else (0, 0)
    return replace(told, low=low, high=high, deaf=deaf)

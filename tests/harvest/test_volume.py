"""The alarm for silence and floods: how often it is wrong, and how soon it is right. Counts are simulated, seeded."""

from __future__ import annotations

from itertools import product
from math import comb, lgamma

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livingscan.harvest.volume import ALARM, Block, _at_most, _lgamma, judge_volume

WEEK = 7.0


def weeks(counts: list[int]) -> list[Block]:
    return [Block(WEEK, count) for count in counts]


def drawn(random: np.random.Generator, number: int, mean: float, dispersion: float) -> list[int]:
    if dispersion == 0:
        return [int(one) for one in random.poisson(mean, number)]
    size = 1 / dispersion
    return [int(one) for one in random.negative_binomial(size, size / (size + mean), number)]


def test_false_alarms_are_as_rare_as_promised() -> None:
    """At most 0.0005 a check each: 1,080 checks give 0.5 of either kind; more than 4 has a chance of 1 in 5,000."""
    random = np.random.default_rng(20261123)
    words: list[str] = []
    for history, mean, dispersion in product((10, 60), (2, 40, 400), (0.0, 0.1, 0.7)):
        for _ in range(60):
            words.append(judge_volume(weeks(drawn(random, history, mean, dispersion)), bounds=False).word)
    assert words.count("silence") <= 4
    assert words.count("flood") <= 4
    assert words.count("usual") >= 1072


def test_the_bound_of_this_test_would_notice_a_test_that_is_too_ready() -> None:
    random = np.random.default_rng(7)
    words = [judge_volume(weeks(drawn(random, 40, 40, 0.1)), alarm=ALARM * 100, bounds=False).word for _ in range(300)]
    assert words.count("silence") + words.count("flood") > 5


@pytest.mark.parametrize(("mean", "silent_weeks"), [(200, 1), (40, 1), (15, 2), (6, 4), (3, 8)])
def test_a_silence_is_heard_in_time(mean: int, silent_weeks: int) -> None:
    random = np.random.default_rng(mean)
    heard = sum(
        judge_volume(weeks(drawn(random, 52, mean, 0.05) + [0] * silent_weeks), bounds=False).word == "silence"
        for _ in range(20)
    )
    assert heard >= 19


@pytest.mark.parametrize(("mean", "times"), [(200, 3), (40, 4), (15, 4), (3, 8)])
def test_a_flood_is_heard_at_once(mean: int, times: int) -> None:
    random = np.random.default_rng(mean)
    heard = sum(
        judge_volume(weeks([*drawn(random, 52, mean, 0.05), mean * times]), bounds=False).word == "flood"
        for _ in range(20)
    )
    assert heard >= 19


def test_half_of_the_usual_is_no_alarm_and_stays_none() -> None:
    assert judge_volume(weeks([20, 24, 18, 30, 22, 19, 25, 28, 21, 23, 26, 20, 12])).word == "usual"


def test_a_source_that_goes_on_being_silent_stays_silent() -> None:
    random = np.random.default_rng(3)
    past = drawn(random, 52, 30, 0.05)
    words = [judge_volume(weeks(past + [0] * silent)).word for silent in range(1, 9)]
    assert set(words) == {"silence"}


def test_an_old_accident_does_not_deafen() -> None:
    past = [20, 24, 18, 30, 22, 19, 25, 28, 21, 23, 26, 20, 22, 27, 24, 20, 21, 25, 23, 22]
    with_flood = [*past[:9], 1400, *past[9:]]
    judged = judge_volume(weeks([*with_flood, 0]))
    assert (judged.word, judged.left_out) == ("silence", 1)
    assert judge_volume(weeks([*with_flood, 90])).word == "flood"


def test_too_short_a_history_says_so() -> None:
    assert judge_volume(weeks([5] * 8)).word == "too little history"
    assert judge_volume([]).word == "too little history"


def test_a_source_that_brings_too_little_is_deaf_and_says_so() -> None:
    judged = judge_volume(weeks([0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0]))
    assert (judged.word, judged.deaf) == ("usual", True)
    assert not judge_volume(weeks([9, 8, 7, 12, 9, 9, 11, 8, 9, 10, 9, 8])).deaf


def test_blocks_of_unequal_length_are_compared_by_the_day() -> None:
    usual = [Block(7, 70), Block(14, 138), Block(7, 66), Block(21, 214), Block(7, 75), Block(7, 71), Block(3, 29)]
    usual += [Block(7, 68), Block(10, 101), Block(7, 72)]
    assert judge_volume([*usual, Block(28, 281)]).word == "usual"
    assert judge_volume([*usual, Block(7, 281)]).word == "flood"
    assert judge_volume([*usual, Block(28, 40)]).word == "silence"


def test_what_is_usual_is_where_the_alarm_begins() -> None:
    past = [20, 24, 18, 30, 22, 19, 25, 28, 21, 23, 26, 20, 22, 27, 24, 20, 21]
    judged = judge_volume(weeks([*past, 22]))
    assert judge_volume(weeks([*past, judged.low])).word == "usual"
    assert judge_volume(weeks([*past, judged.high])).word == "usual"
    assert judge_volume(weeks([*past, judged.low - 1])).word == "silence"
    assert judge_volume(weeks([*past, judged.high + 1])).word == "flood"


@pytest.mark.parametrize("value", [1e-3, 0.25, 1.0, 2.5, 40.0, 1e4])
def test_the_gamma_function_agrees_with_the_standard_library(value: float) -> None:
    assert _lgamma(np.array([value]))[0] == pytest.approx(lgamma(value), rel=1e-10, abs=1e-9)


def test_the_tail_is_the_binomial_s_where_nothing_scatters() -> None:
    exact = sum(comb(30, n) * 0.25**n * 0.75 ** (30 - n) for n in range(6))
    assert _at_most(5, 30, 1.0, 3.0, 0.0) == pytest.approx(exact)
    near = _at_most(5, 30, 1.0, 3.0, 1e-7)
    assert near == pytest.approx(exact, rel=1e-4)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 40), st.integers(0, 60), st.floats(0.2, 5), st.floats(1, 40), st.sampled_from([0.0, 0.03, 1.0]))
def test_tails_are_probabilities_that_grow(count: int, more: int, ours: float, theirs: float, kind: float) -> None:
    total = count + more
    one, next_one = (_at_most(n, total, ours, theirs, kind) for n in (count, count + 1))
    assert 0.0 <= one <= 1.0
    assert one <= next_one * (1 + 1e-12)  # each is a sum of its own: they may differ in the last digit
    assert _at_most(total, total, ours, theirs, kind) == 1.0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 3000), min_size=9, max_size=70))
def test_any_history_gives_a_verdict(counts: list[int]) -> None:
    judged = judge_volume(weeks(counts))
    assert judged.word in ("usual", "silence", "flood")
    assert 0.0 <= judged.p <= 1.0
    assert judged.low <= judged.high + 1

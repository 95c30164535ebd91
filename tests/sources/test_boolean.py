from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livingscan.errors import FatalSourceError, UserError
from livingscan.sources.boolean import has_operators, matches, parse, split, words


@pytest.mark.parametrize(
    ("strategy", "text", "found"),
    [
        ("barrier*", "many barriers", True),
        ("barrier*", "abarrier", False),
        ('"quality improvement"', "a quality-improvement project", True),
        ('"quality improvement"', "improvement of quality", False),
        ('"improvement program*"', "improvement programmes", True),
        ("nhs OR uk", "in the uk.", True),
        ("nhs AND uk", "in the uk.", False),
        ("NHS uk", "the nhs of the uk", True),
        ("uk NOT ukraine", "uk and ukraine", False),
        ("(a OR b) AND (c OR d)", "b d", True),
        ("(a OR b) AND (c OR d)", "a b", False),
        ("a OR b AND c", "a", True),
        ("NOT a", "b", True),
        ("scale-up", "scale up", True),
        ("u.k.", "the u.k. today", True),
    ],
)
def test_matches(strategy: str, text: str, found: bool) -> None:
    assert matches(parse(strategy), text) is found


@pytest.mark.parametrize("broken", ["", "(a", "a)", '"a', "a AND", "OR a", "()", "NOT"])
def test_broken_strategies_are_told_in_one_line(broken: str) -> None:
    with pytest.raises(UserError) as caught:
        parse(broken)
    assert "\n" not in str(caught.value)


def test_words_and_operators() -> None:
    assert words(parse('nhs AND ("quality improvement" OR barrier*) NOT mice')) == [
        "nhs",
        "quality",
        "improvement",
        "barrier",
    ]
    assert has_operators("a OR b")
    assert has_operators('"a b"')
    assert not has_operators("NHS quality barriers")


def test_a_short_strategy_is_left_as_it_is() -> None:
    assert split("(a  OR\n b) AND c", lambda piece: len(piece) < 50) == ["(a OR b) AND c"]


def test_a_strategy_that_cannot_be_cut_is_told() -> None:
    with pytest.raises(FatalSourceError, match="no OR list"):
        split("aaaa AND bbbb", lambda piece: len(piece) < 5)


TREES = st.recursive(
    st.sampled_from(["a", "b", "c", "d", '"e f"', "g*"]),
    lambda inner: st.tuples(st.sampled_from([" OR ", " AND "]), st.lists(inner, min_size=2, max_size=4)).map(
        lambda node: "(" + node[0].join(node[1]) + ")"
    ),
    max_leaves=15,
)


@given(TREES, st.sets(st.sampled_from(["a", "b", "c", "d", "e f", "gh"])), st.integers(8, 60))
@settings(max_examples=200, deadline=None)
def test_the_pieces_find_what_the_whole_finds(strategy: str, present: set[str], size: int) -> None:
    text = " ; ".join(sorted(present))
    assert matches(parse(str(parse(strategy))), text) == matches(parse(strategy), text)
    try:
        pieces = split(strategy, lambda piece: len(piece) <= size)
    except FatalSourceError:
        return
    assert all(len(piece) <= size for piece in pieces)
    assert any(matches(parse(piece), text) for piece in pieces) == matches(parse(strategy), text)

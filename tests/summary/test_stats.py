import pytest
from hypothesis import given
from hypothesis import strategies as st

from livingscan.summary.stats import wilson


# Newcombe 1998, Stat Med 17:857-872, Table I, method 3 (score).
@pytest.mark.parametrize(
    ("n", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_against_published_intervals(n, of, low, high):
    assert wilson(n, of) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_an_interval_holds_its_share(pair):
    n, of = pair
    low, high = wilson(n, of)
    assert 0 <= low <= high <= 1
    if of:
        assert low <= n / of <= high


@pytest.mark.parametrize(("n", "of"), [(2, 1), (-1, 3)])
def test_what_is_no_share_is_refused(n, of):
    with pytest.raises(ValueError, match="no share"):
        wilson(n, of)

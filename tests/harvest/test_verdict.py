"""A failed source never looks like an empty one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from livingscan.harvest.verdict import judge

STATES = ("promised", "fetched", "known", "absent", "deleted", "unreadable")
counts = st.fixed_dictionaries({state: st.integers(0, 5) for state in STATES})


def status(promised: int | None = None, error: str = "", **items: int) -> str:
    return judge(promised=promised, items=items, missing=["1"], error=error)[0]


def test_statuses() -> None:
    assert status(promised=0) == "empty"
    assert status(promised=3, fetched=3) == "complete"
    assert status(promised=3, fetched=2, absent=1) == "complete"
    assert status(promised=3, fetched=1, known=2) == "complete"
    assert status(promised=2, fetched=3) == "complete"  # more than promised is no loss
    assert status(promised=3, fetched=2) == "partial"
    assert status(promised=3) == "failed"
    assert status(fetched=1, error="cut off") == "partial"
    assert status(error="cut off") == "failed"
    assert status(promised=0, error="cut off") == "failed"


@given(st.none() | st.integers(0, 30), counts, st.sampled_from(["", "cut off"]))
def test_good_only_when_nothing_is_missing(promised: int | None, items: dict[str, int], error: str) -> None:
    verdict, reason = judge(promised=promised, items=items, missing=[], error=error)
    got = sum(items[state] for state in STATES if state != "promised")
    lacking = bool(error) or items["promised"] > 0 or (promised is not None and got < promised)
    assert (verdict in ("complete", "empty")) == (not lacking)
    assert verdict != "empty" or got == 0
    assert bool(reason) or not lacking

"""How long work tells of itself, without knowing who listens (a terminal bar, a Prefect artifact, nobody)."""

from __future__ import annotations

from collections.abc import Callable

# done so far, of how many (None: not known), what is being done
Progress = Callable[[int, int | None, str], None]


def no_progress(done: int, total: int | None, what: str) -> None:
    """Tell nobody."""

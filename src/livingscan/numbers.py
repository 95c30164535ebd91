"""Numbers as people read them: with a noun that agrees."""

from __future__ import annotations


def plural(number: int, noun: str) -> str:
    """The noun as the number asks for: source, sources; study, studies."""
    if number == 1:
        return noun
    return f"{noun[:-1]}ies" if noun.endswith(("dy", "gy", "ry")) else f"{noun}s"


def count(number: int, noun: str) -> str:
    """The number with its noun: "1 source", "2,000 records"."""
    return f"{number:,} {plural(number, noun)}"

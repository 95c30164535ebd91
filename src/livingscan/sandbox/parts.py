"""Small pieces of record that several sources print: names turned round, dates in parts, opaque cursors."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from livingscan.records import Record

_ISO_639_1 = {"eng": "en", "ger": "de", "fre": "fr", "spa": "es", "por": "pt", "ita": "it", "dut": "nl", "chi": "zh"}
_ENGLISH_NAMES = {
    "eng": "English",
    "ger": "German",
    "fre": "French",
    "spa": "Spanish",
    "por": "Portuguese",
    "ita": "Italian",
}


def two_letters(record: Record) -> str:
    """The language as ISO 639-1, "en" where none is given."""
    return _ISO_639_1.get(record.language.split(";")[0], "en")


def language_name(record: Record) -> str:
    """The language by its English name."""
    return _ENGLISH_NAMES.get(record.language.split(";")[0], "English")


def split_name(name: str) -> tuple[str, str]:
    """(family, given); a collective author is all family."""
    family, _, given = name.partition(", ")
    return family, given


def displayed(name: str) -> str:
    """The name as printed: "Anna K Ashworth"."""
    family, given = split_name(name)
    return f"{given} {family}" if given else family


def initialled(name: str) -> str:
    """The name as "Ashworth, A.K."."""
    family, given = split_name(name)
    letters = "".join(f"{part[0]}." for part in given.replace("-", " ").replace(".", " ").split() if part)
    return f"{family}, {letters}" if letters else family


def page_ends(record: Record) -> tuple[str, str]:
    """First and last page in full; "" where there is none."""
    first, _, last = record.pages.partition("-")
    if last and len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return first, last


def midnight(day: date | None) -> str:
    """A day as an instant: "2026-01-07T00:00:00Z"."""
    return f"{day.isoformat()}T00:00:00Z" if day else ""


def stamped(day: date) -> dict[str, Any]:
    """A day as Crossref prints it: parts, instant, milliseconds."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return {
        "date-parts": [[day.year, day.month, day.day]],
        "date-time": midnight(day),
        "timestamp": int(at.timestamp()) * 1000,
    }


def date_parts(record: Record) -> list[Any]:
    """The publication date in one to three parts, ``[None]`` where it is unknown."""
    when = record.published
    if when is None:
        return [record.year] if record.year else [None]
    return [part for part in (when.year, when.month, when.day if when.month else None) if part]


def published_day(record: Record) -> str:
    """The publication date as a full day, the first of what is known; "" where nothing is."""
    when = record.published
    if when is None:
        return f"{record.year}-01-01" if record.year else ""
    return f"{when.year:04d}-{when.month or 1:02d}-{when.day or 1:02d}"


class Scrolls:
    """Walks that the server remembers: a token stands for a list of hits and a place in it.

    A token may be used again (an answer may have been lost on the way), until all are forgotten.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._kept: dict[str, tuple[Sequence[int], int]] = {}
        self._made = 0
        self._lock = threading.Lock()

    def keep(self, hits: Sequence[int], place: int) -> str:
        """A token for going on at ``place`` in ``hits``."""
        with self._lock:
            self._made += 1
            token = self._prefix + sha256(f"{self._prefix}{self._made}".encode()).hexdigest()[:40].upper()
            self._kept[token] = (hits, place)
            return token

    def recall(self, token: str) -> tuple[Sequence[int], int] | None:
        """What the token stands for; None when it is not known, or no longer."""
        with self._lock:
            return self._kept.get(token)

    def forget(self) -> None:
        """Forget all."""
        with self._lock:
            self._kept.clear()

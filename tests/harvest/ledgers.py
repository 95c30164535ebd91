"""Ledgers with a past: searches written through the real functions, at invented times."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest

from livingscan import clock
from livingscan.protocol import Protocol, load_protocol
from livingscan.records import Fetched, Page, Promise, Window, make_record
from livingscan.store import Store, ledger
from livingscan.store.ledger import NoTally
from livingscan.store.ledger_queries import SearchOutcome

REVIEW = Path(__file__).parents[2] / "review"
PROTOCOL: Protocol = load_protocol(REVIEW)


class Past:
    """Writes searches of the past into a store.

    Args:
        store: where. monkeypatch: sets the time. protocol: whose strategies are used.
    """

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch, protocol: Protocol = PROTOCOL) -> None:
        self.store = store
        self.protocol = protocol
        self._set = monkeypatch
        self._number = 0

    def at(self, day: date, hour: int = 12) -> None:
        """It is now noon (or that hour) of ``day``."""
        self._set.setenv(clock.FIXED_NOW, f"{day}T{hour:02d}:00:00+00:00")

    def records(self, added: Iterable[date | None], source: str = "pubmed") -> list[Fetched]:
        """New records, one for each day of addition."""
        made = []
        for day in added:
            self._number += 1
            made.append(
                Fetched(
                    make_record(source=source, source_id=str(self._number), title=f"Paper {self._number}", added=day),
                    "<raw/>",
                )
            )
        return made

    def search(
        self,
        day: date,
        fetched: Iterable[Fetched] = (),
        *,
        source: str = "pubmed",
        start: date | None = None,
        by: str = "added",
        status: str = "",
        strategy: str = "",
    ) -> SearchOutcome:
        """One search that began and ended on ``day``, with what it brought."""
        self.at(day)
        text = self.protocol.strategy(source)
        strategy_id = ledger.keep_strategy(
            self.store,
            source,
            strategy or text.text,
            strategy or text.sha256,
            {"author": "nobody"} if strategy else text.header,
        )
        window = Window(start, day, "revised" if by == "revised" else "added")
        search = ledger.begin(
            self.store,
            kind="interface",
            source=source,
            platform="invented",
            strategy_id=strategy_id,
            window_kind="since-last" if start else "full",
            window=window,
        )
        page = list(fetched)
        ids = tuple(one.record.source_id for one in page)
        ledger.promise(
            self.store, search, Promise(len(page), f"read as ({text.text[:20]}) since {start or 'the beginning'}")
        )
        ledger.commit_page(self.store, search, Page(tuple(page), promised_ids=ids))
        good = "complete" if page else "empty"
        return ledger.finish(self.store, search, status or good, "it broke off" if status else "", NoTally())


def days(first: date, number: int, each: int) -> list[date]:
    """``each`` records a day for ``number`` days from ``first`` on."""
    return [first + timedelta(days=n) for n in range(number) for _ in range(each)]

"""A store with records in it, each a report of its own unless told otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from livingscan import clock
from livingscan.records import Fetched, Record
from livingscan.store import Store, ledger, links, reports
from livingscan.store.load import load


def fill(store: Store, records: Sequence[Record], groups: Sequence[Sequence[int]] | None = None) -> list[int]:
    """Load records and give them reports.

    Args:
        store: an empty or filled store.
        records: what to load.
        groups: positions in ``records`` that are one report; None: each its own.

    Returns:
        Their ids in the store, in the order of ``records``.
    """
    search = ledger.begin(store, kind="interface", source=records[0].source if records else "pubmed").id
    with store.write() as session:
        load(session, search, [Fetched(record, "<raw/>") for record in records], clock.now())
    found = {(one.record.source, one.record.source_id): one.id for one in reports.waiting(store, "link", 100_000)}
    ids = [found[(record.source, record.source_id)] for record in records]
    with store.write() as session:
        links.assign_reports(
            session,
            [[ids[n] for n in group] for group in groups or [[n] for n in range(len(ids))]],
            "test",
            clock.now(),
        )
    return ids

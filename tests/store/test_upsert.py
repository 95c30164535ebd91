"""Inserting many rows: what is there is left or updated, values arrive in their own columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from livingscan import clock
from livingscan.store import Store, ledger
from livingscan.store.models import Record, SearchItem
from livingscan.store.upsert import among, insert_new, insert_or_leave, insert_or_update

KEY = ("search_id", "source_id")


def item(source_id: str, state: str, raw: str | None = None) -> dict[str, Any]:
    """A row whose columns stand in another order than the table's."""
    return {"state": state, "raw": raw, "source_id": source_id, "search_id": 1}


def items(store: Store) -> list[tuple[str, str, str | None]]:
    with store.read() as session:
        rows = session.scalars(select(SearchItem).order_by(SearchItem.source_id))
        return [(row.source_id, row.state, row.raw) for row in rows]


def test_rows_are_left_or_updated(store: Store) -> None:
    ledger.begin(store, kind="interface", source="pubmed")
    with store.write() as session:
        insert_or_leave(session, SearchItem, [item("1", "promised"), item("2", "promised", '{a,"b\\')])
        insert_or_leave(session, SearchItem, [item("2", "known"), item("3", "known")])
        insert_or_leave(session, SearchItem, [])
    assert items(store) == [("1", "promised", None), ("2", "promised", '{a,"b\\'), ("3", "known", None)]
    with store.write() as session:
        insert_or_update(
            session, SearchItem, [item("3", "absent"), item("4", "fetched", "é🙂"), item("3", "fetched")], KEY
        )
    assert items(store)[2:] == [("3", "fetched", None), ("4", "fetched", "é🙂")]


def test_only_the_new_rows_come_back(store: Store) -> None:
    ledger.begin(store, kind="interface", source="pubmed")

    def row(source_id: str) -> dict[str, Any]:
        return {
            "first_seen_at": clock.now(),
            "source_id": source_id,
            "source": "pubmed",
            "number": 1,
            "content_hash": f"h{source_id}",
            "first_search_id": 1,
        }

    many = [str(number) for number in range(3000)]
    with store.write() as session:
        assert len(insert_new(session, Record, [row(one) for one in many], Record.id)) == 3000
        back = insert_new(session, Record, [row("7"), row("x"), row("8")], Record.source_id, Record.content_hash)
        assert [(one.source_id, one.content_hash) for one in back] == [("x", "hx")]
        found = session.scalars(select(Record.source_id).where(among(session, Record.source_id, [*many[:2000], "y"])))
        assert sorted(found) == sorted(many[:2000])

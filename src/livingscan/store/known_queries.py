"""Looking for single papers among the stored records, in SQL: by identifier and by title."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from livingscan.store.health_queries import found_by
from livingscan.store.models import Identifier, Record, RecordVersion
from livingscan.store.screening_queries import chunks
from livingscan.store.session import Store


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored record that may be the paper that is looked for."""

    record_id: int
    title: str
    year: int | None


def with_identifiers(
    store: Store, source: str, strategy_id: int, first_full: int | None, wanted: Iterable[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Those of the identifiers (kind, value) that a record carries which a strategy found in a source.

    Args:
        store: the store. source: short name.
        strategy_id, first_full: as for :func:`livingscan.store.health_queries.added_counts`.
        wanted: ("doi" or "pmid", value).
    """
    pairs = set(wanted)
    query = (
        select(Identifier.kind, Identifier.value)
        .join(Record, Record.id == Identifier.record_id)
        .where(
            Record.source == source,
            Identifier.kind.in_({kind for kind, _ in pairs}),
            Identifier.value.in_({value for _, value in pairs}),
            found_by(strategy_id, first_full),
        )
    )
    with store.read() as session:
        return {(row.kind, row.value) for row in session.execute(query)} & pairs


def with_words(
    store: Store, source: str, strategy_id: int, first_full: int | None, words: Sequence[Sequence[str]]
) -> list[Candidate]:
    """Records that a strategy found in a source and whose title holds one of the rows of words, in order.

    Args:
        store, source, strategy_id, first_full: as for :func:`with_identifiers`.
        words: letters and digits only, a row for each paper.
    """
    if not words:
        return []
    title = RecordVersion.data["title"].as_string()
    query = (
        select(Record.id, RecordVersion.data)
        .join(RecordVersion, (RecordVersion.record_id == Record.id) & (RecordVersion.number == Record.number))
        .where(
            Record.source == source,
            found_by(strategy_id, first_full),
            or_(*(title.ilike("%" + "%".join(row) + "%") for row in words)),
        )
        .order_by(Record.id)
    )
    with store.read() as session:
        return [
            Candidate(row.id, str(row.data.get("title", "")), row.data.get("year")) for row in session.execute(query)
        ]


def identifiers_of(store: Store, record_ids: Iterable[int]) -> dict[int, set[tuple[str, str]]]:
    """The identifiers (kind, value) of records."""
    found: dict[int, set[tuple[str, str]]] = {}
    with store.read() as session:
        for some in chunks(record_ids):
            query = select(Identifier.record_id, Identifier.kind, Identifier.value).where(
                Identifier.record_id.in_(some)
            )
            for row in session.execute(query):
                found.setdefault(row.record_id, set()).add((row.kind, row.value))
    return found

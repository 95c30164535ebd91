"""Looking for single papers among the stored records, in SQL: by identifier and by title."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Text, cast, select

from livingscan.store.health_queries import found_by
from livingscan.store.models import Identifier, Record, RecordVersion
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
    """Records that a strategy found in a source and whose title holds all the words of one of the rows.

    Args:
        store, source, strategy_id, first_full: as for :func:`with_identifiers`.
        words: in small letters, a row for each paper.
    """
    rows = [sorted(row, key=len, reverse=True) for row in words if row]
    if not rows:
        return []
    query = (
        select(Record.id, cast(RecordVersion.data, Text).label("text"))
        .join(RecordVersion, (RecordVersion.record_id == Record.id) & (RecordVersion.number == Record.number))
        .where(Record.source == source, found_by(strategy_id, first_full))
        .execution_options(yield_per=5000)
    )
    found = []
    with store.read() as session:
        # The text is searched as it is stored: parsing every record would take ten times as long.
        for record_id, text in session.execute(query):
            low = text.lower()
            close = [row for row in rows if row[0] in low]  # its longest word is the rarest
            if close and any(all(word in low for word in row) for row in close):
                data = json.loads(text)
                title = str(data.get("title", ""))
                if any(all(word in title.lower() for word in row) for row in close):
                    found.append(Candidate(record_id, title, data.get("year")))
    return sorted(found, key=lambda one: one.record_id)

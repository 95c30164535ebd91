"""Blocking keys of records in the database, and the pairs that share one.

A key that more records share than a *crowd* is passed over, so that the cost of a new record does not
grow with what is stored. Records under such a key get one more, the same for all that are alike in
everything; where even these are a crowd, each is paired with its neighbours by id. When a key becomes
a crowd, or ceases to be one, the records under it wait to be linked anew: so what is compared follows
from what is stored, never from the order in which it came.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Select, delete, literal, select, update
from sqlalchemy.orm import Session, aliased

from livingscan.store.models import DedupeKey, Record
from livingscan.store.upsert import insert_or_leave

CHUNK = 5000  # ids in one IN (...); below SQLite's limit of bound values


class Crowded(NamedTuple):
    """A record under a key that a crowd shares, and the records before and after it there."""

    key: int
    id: int
    before: int | None
    after: int | None


def chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    """The ids in order, none twice, as many at a time as a statement takes."""
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), CHUNK):
        yield wanted[start : start + CHUNK]


def put_keys(session: Session, keys: Mapping[int, Collection[int]], alike: Mapping[int, int], crowd: int) -> None:
    """Store the keys of records in place of any they had, and mark what must be linked anew therefore.

    Args:
        session: a writing session.
        keys: the keys of each record. alike: its key for those alike in everything.
        crowd: a key that more records share is passed over.
    """
    had = _keys_of(session, keys)
    once = _crowded(session, keys, crowd)
    for some in chunks(keys):
        session.execute(delete(DedupeKey).where(DedupeKey.record_id.in_(some)))
    _insert(session, {(key, one) for one, several in keys.items() for key in several})
    if now := _crowded(session, keys, crowd):
        _insert(session, {(alike[row.id], row.id) for row in now})
        now = _crowded(session, keys, crowd)
    has = _keys_of(session, keys)
    left = {place for row in once if (row.key, row.id) not in has for place in (row.before, row.after) if place}
    _link_anew(session, (left - keys.keys()) | _turned(session, {row.key for row in (*once, *now)}, had, has, crowd))


def candidate_pairs(
    session: Session, ids: Collection[int], alike: Mapping[int, int], crowd: int
) -> set[tuple[int, int]]:
    """Pairs (lower id, higher id) of one of ``ids`` and any stored record that shares a key with it.

    Args:
        session: a session. ids: the records. alike, crowd: as for :func:`put_keys`.
    """
    mine, other = aliased(DedupeKey), aliased(DedupeKey)
    pairs: set[tuple[int, int]] = set()
    for some in chunks(ids):
        rows = session.execute(
            select(mine.record_id, other.record_id)
            .join(other, (mine.key == other.key) & (mine.record_id != other.record_id))
            .where(mine.record_id.in_(some), _is_crowd(mine, crowd).is_(None))
        )
        pairs.update((min(pair), max(pair)) for pair in rows)
    for row in _crowded(session, ids, crowd):
        if row.key == alike[row.id]:
            pairs.update((min(row.id, place), max(row.id, place)) for place in (row.before, row.after) if place)
    return pairs


def _is_crowd(mine: Any, crowd: int) -> Any:
    """NULL unless more than ``crowd`` records share the key. Looks at no more of them than that."""
    other = aliased(DedupeKey)
    return select(literal(1)).where(other.key == mine.key).limit(1).offset(crowd).scalar_subquery()


def _crowded(session: Session, ids: Iterable[int], crowd: int) -> list[Crowded]:
    """The records among ``ids`` that are in a crowd, once for each of its keys."""
    mine, other = aliased(DedupeKey), aliased(DedupeKey)
    beside = select(other.record_id).where(other.key == mine.key).limit(1)
    before = beside.where(other.record_id < mine.record_id).order_by(other.record_id.desc()).scalar_subquery()
    after = beside.where(other.record_id > mine.record_id).order_by(other.record_id).scalar_subquery()
    query = select(mine.key, mine.record_id, before, after).where(_is_crowd(mine, crowd).is_not(None))
    return [Crowded(*row) for some in chunks(ids) for row in session.execute(query.where(mine.record_id.in_(some)))]


def _keys_of(session: Session, ids: Iterable[int]) -> set[tuple[int, int]]:
    query: Select[Any] = select(DedupeKey.key, DedupeKey.record_id)
    return {
        (row.key, row.record_id)
        for some in chunks(ids)
        for row in session.execute(query.where(DedupeKey.record_id.in_(some)))
    }


def _insert(session: Session, rows: set[tuple[int, int]]) -> None:
    insert_or_leave(session, DedupeKey, [{"key": key, "record_id": one} for key, one in sorted(rows)])


def _turned(
    session: Session, keys: set[int], had: set[tuple[int, int]], has: set[tuple[int, int]], crowd: int
) -> set[int]:
    """The other records under those of the keys that have become a crowd, or have ceased to be one."""
    before, after = Counter(key for key, _ in had), Counter(key for key, _ in has)
    anew: set[int] = set()
    for key in sorted(keys):
        holders = select(DedupeKey.record_id).where(DedupeKey.key == key).limit(crowd + 1 + after[key])
        others = {one for one in session.scalars(holders) if (key, one) not in has}
        if (len(others) + before[key] > crowd) != (len(others) + after[key] > crowd):
            anew |= others
    return anew


def _link_anew(session: Session, ids: Iterable[int]) -> None:
    for some in chunks(ids):
        session.execute(update(Record).where(Record.id.in_(some)).values(to_link=True))

"""Keys in the database: who shares one, and what a crowd under a key changes."""

from __future__ import annotations

from livingscan.store import Store, links, reports
from livingscan.store.keys import candidate_pairs, put_keys
from tests.store.test_links import fill

CROWD = 2


def unlike(*ids: int) -> dict[int, int]:
    return {one: 1000 + one for one in ids}


def settled(store: Store, ids: list[int]) -> None:
    with store.write() as session:
        links.mark_linked(session, dict.fromkeys(ids, 1))


def waiting(store: Store) -> list[int]:
    return [one.id for one in reports.waiting(store, "link", 100)]


def test_candidates_share_a_key(store: Store) -> None:
    a, b, c, d = fill(store)
    alike = unlike(a, b, c, d)
    with store.write() as session:
        put_keys(session, {a: [1, 2], b: [2, 2**62], c: [3], d: [-(2**63), 2**62]}, alike, CROWD)
        assert candidate_pairs(session, [a], alike, CROWD) == {(a, b)}
        assert candidate_pairs(session, [b, c], alike, CROWD) == {(a, b), (b, d)}
        put_keys(session, {b: [3]}, alike, CROWD)
        assert candidate_pairs(session, [b], alike, CROWD) == {(b, c)}


def test_a_key_that_becomes_a_crowds_is_passed_over_and_its_records_wait_again(store: Store) -> None:
    a, b, c, d = fill(store)
    alike = unlike(a, b, c, d)
    settled(store, [a, b, c, d])
    with store.write() as session:
        put_keys(session, {a: [1], b: [1]}, alike, CROWD)
        assert candidate_pairs(session, [b], alike, CROWD) == {(a, b)}
    assert waiting(store) == []
    with store.write() as session:
        put_keys(session, {c: [1]}, alike, CROWD)
        assert candidate_pairs(session, [c], alike, CROWD) == set()
    assert waiting(store) == [a, b]
    settled(store, [a, b])
    with store.write() as session:
        put_keys(session, {d: [1]}, alike, CROWD)
    assert waiting(store) == []  # it was a crowd's before
    with store.write() as session:
        put_keys(session, {c: [2], d: [3]}, alike, CROWD)
        assert candidate_pairs(session, [a], alike, CROWD) == {(a, b)}
    assert waiting(store) == [a, b]


def test_in_a_crowd_neighbours_alike_in_everything_are_paired(store: Store) -> None:
    a, b, c, d = ids = fill(store)
    alike = dict.fromkeys(ids, 7)
    with store.write() as session:
        put_keys(session, {one: [1] for one in ids}, alike, CROWD)
        assert candidate_pairs(session, ids, alike, CROWD) == {(a, b), (b, c), (c, d)}
        assert candidate_pairs(session, [b], alike, CROWD) == {(a, b), (b, c)}
    settled(store, ids)
    with store.write() as session:
        put_keys(session, {b: [5]}, alike | {b: 8}, CROWD)
        assert candidate_pairs(session, [c], alike, CROWD) == {(a, c), (c, d)}
    assert waiting(store) == [a, c]  # they lost the one between them

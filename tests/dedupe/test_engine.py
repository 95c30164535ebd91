"""The whole engine: any order, any batches, any number of processes give the same."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livingscan.dedupe.block import block_keys
from livingscan.dedupe.cluster import Decided, pair_key
from livingscan.dedupe.engine import find_duplicates, regroup, score_pairs
from livingscan.dedupe.item import Item, item_from_record, item_from_row
from livingscan.dedupe.pairs import CROWD, pairs_sharing_a_key
from livingscan.dedupe.partition import cut_pairs, prepare_part, score_part
from livingscan.dedupe.score import model
from livingscan.errors import UserError
from livingscan.records import make_record
from tests.dedupe.pieces import BARE, PAPER

WORDS = (
    "ward team sepsis audit nurse rota handover theatre stroke clinic triage discharge falls delirium bundle ".split()
)
PEOPLE = ("Marsh, E", "Okafor, C", "Sato, K", "Petrov, I")


def literature(seed: int, papers: int = 25) -> list[Item]:
    """Invented papers, each as one to four databases might have it, with relatives that must stay apart."""
    r = random.Random(seed)
    items: list[Item] = []
    for paper in range(papers):
        title = " ".join(r.choices(WORDS, k=r.randint(1, 8))).capitalize()
        volume = r.randint(1, 9)
        whole = Item(
            id="", title=title, authors=tuple(r.sample(PEOPLE, r.randint(1, 3))),
            year=2000 + volume, journal=r.choice(("Ward Care", "Journal of Handover")), volume=str(volume), issue="1",
            pages=f"{paper * 10 + 1}-{paper * 10 + 8}", doi=f"10.5555/{paper}",
        )  # fmt: skip
        for _ in range(r.randint(1, 4)):
            copy = whole
            for field in ("journal", "volume", "pages", "doi", "authors"):
                if r.random() < 0.3:
                    copy = replace(copy, **{field: () if field == "authors" else ""})
            if r.random() < 0.2:
                copy = replace(
                    copy, title=r.choice(("Erratum to: ", "Reply: ", "")) + title, doi=f"10.5555/o{len(items)}"
                )
            items.append(replace(copy, id=f"r{len(items):03d}"))
    return items


def in_batches(batches: Sequence[Sequence[Item]], decisions: Sequence[Decided] = ()) -> dict[str, str]:
    """What a store does: keys are looked up, new pairs scored, touched components formed anew."""
    stored: dict[str, Item] = {}
    keys: dict[int, set[str]] = defaultdict(set)
    links: dict[tuple[str, str], float] = {}
    groups: dict[str, str] = {}
    for batch in batches:
        new = {item.id: item for item in batch}
        stored |= new
        for item in batch:
            for key in block_keys(item):
                keys[key].add(item.id)
        pairs = {pair_key(a, b) for a in new for key in block_keys(new[a]) for b in keys[key] if a != b}
        for link in score_pairs(stored, sorted(pairs)):
            if link.relation == "same" and link.probability >= model().link:
                links[pair_key(link.a, link.b)] = link.probability
        together = [*links, *((said.a, said.b) for said in decisions if said.verdict == "same")]
        touched, grown = set(new), True
        while grown:
            reached = touched | {x for pair in together if touched & set(pair) for x in pair if x in stored}
            grown, touched = len(reached) > len(touched), reached
        some = [(a, b, p) for (a, b), p in links.items() if a in touched]
        said_here = [said for said in decisions if said.a in touched and said.b in touched]
        groups |= regroup({name: stored[name] for name in touched}, some, said_here).groups
    return groups


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False), st.integers(1, 6))
def test_any_order_in_any_batches_gives_the_same_groups(seed: int, r: random.Random, batches: int) -> None:
    items = literature(seed, papers=12)
    names = [item.id for item in items]
    decisions = [Decided(*r.sample(names, 2), verdict) for verdict in ("same", "different")]  # type: ignore[arg-type]
    if pair_key(decisions[0].a, decisions[0].b) == pair_key(decisions[1].a, decisions[1].b):
        decisions.pop()
    at_once = find_duplicates(items, decisions).groups
    r.shuffle(items)
    assert find_duplicates(items, decisions).groups == at_once
    cuts = sorted(r.sample(range(1, len(items)), min(batches - 1, len(items) - 1)))
    parts = [items[a:b] for a, b in zip([0, *cuts], [*cuts, len(items)], strict=True)]
    assert in_batches(parts, decisions) == at_once


def test_processes_make_no_difference() -> None:
    items = literature(3, papers=60)
    alone, shared = find_duplicates(items, workers=1), find_duplicates(items, workers=2)
    assert shared.groups == alone.groups
    assert shared.probability.tobytes() == alone.probability.tobytes()
    assert shared.relation.tobytes() == alone.relation.tobytes()
    assert (shared.left.tolist(), shared.right.tolist()) == (alone.left.tolist(), alone.right.tolist())


def test_any_split_of_the_scoring_gives_the_same_bytes() -> None:
    items = literature(5, papers=60)
    part = prepare_part(items)
    left, right, _ = pairs_sharing_a_key(part.owners, part.keys, len(items), lambda rows: rows)
    whole = score_part(part.columns, left, right)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for at_once in (7, 50):
            futures = [pool.submit(score_part, *cut) for cut in cut_pairs(part.columns, left, right, at_once)]
            scores = [future.result() for future in futures]
            assert np.concatenate([s.probability for s in scores]).tobytes() == whole.probability.tobytes()
            assert np.concatenate([s.relation for s in scores]).tobytes() == whole.relation.tobytes()


def test_pairs_that_share_a_key() -> None:
    owners, keys = np.array([0, 1, 2, 2, 0, 3]), np.array([7, 7, 7, 8, 8, 9])
    left, right, crowded = pairs_sharing_a_key(owners, keys, 4, lambda rows: rows)
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 2)]
    assert len(crowded) == 0


def test_a_crowd_under_one_key_is_split_into_what_is_alike() -> None:
    count = CROWD * 3
    rows, one_key = np.arange(count), np.zeros(count, dtype=np.int64)
    left, right, crowded = pairs_sharing_a_key(rows, one_key, count, lambda some: np.minimum(some // 3, 2))
    pairs = list(zip(left.tolist(), right.tolist(), strict=True))
    assert pairs[:6] == [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)]
    assert pairs[6:] == [(row, row + 1) for row in range(6, count - 1)]  # still a crowd: each with the next alone
    assert crowded.tolist() == rows.tolist()


def test_thousands_of_one_title_are_compared_by_what_else_they_say() -> None:
    editorial = Item("", title="Editorial", authors=("Marsh, E",), journal="Ward Care", year=2020)
    items = [replace(editorial, id=f"e{n:04d}", volume="7", pages=f"{n // 2 * 3 + 1}-2") for n in range(1000)]
    result = find_duplicates(items)
    assert result.crowded == 1000
    assert result.compared == 500
    assert all(result.groups[f"e{n:04d}"] == f"e{n // 2 * 2:04d}" for n in range(1000))
    alike = find_duplicates([replace(PAPER, id=f"e{n:04d}") for n in range(1000)])
    assert set(alike.groups.values()) == {"e0000"}
    assert alike.compared == 999


def test_keys_are_content_only_and_fit_a_database() -> None:
    keys = block_keys(PAPER)
    assert keys == sorted(set(keys)) == block_keys(replace(PAPER, id="other", source="elsewhere"))
    assert all(-(2**63) <= key < 2**63 for key in keys)
    # Stored keys outlive the process that made them: they must never change by accident.
    assert block_keys(Item("a", pmid="30000001")) == [1634377986114711134]


def test_two_records_of_one_id_are_refused() -> None:
    with pytest.raises(UserError, match="'a'"):
        find_duplicates([PAPER, replace(BARE, id="a")])


def test_nothing_in_nothing_out() -> None:
    result = find_duplicates([])
    assert (result.groups, result.links, result.expected_yield) == ({}, [], 0)


def test_the_queue_is_short_says_what_to_expect_and_heeds_decisions() -> None:
    sure = replace(PAPER, title="Sepsis bundles on acute wards")
    unsure = replace(BARE, id="b", doi="", authors=(), title=sure.title)
    result = find_duplicates([sure, unsure])
    assert len(result.queue) == 1
    asked = result.explained(result.queue)[0]
    assert model().ask <= asked.probability < model().link
    assert result.expected_yield == pytest.approx(asked.probability, abs=0.01)
    for verdict, together in (("same", True), ("different", False)):
        again = find_duplicates([sure, unsure], [Decided("b", "a", verdict)])  # type: ignore[arg-type]
        assert len(again.queue) == 0
        assert (again.groups["a"] == again.groups["b"]) is together


def test_a_blocked_link_is_asked_about_and_explained() -> None:
    a = replace(PAPER, abstract="", pmid="")
    c = replace(a, id="c", doi="10.5555/other", volume="13", pages="1-9", year=2019)
    b = replace(BARE, id="b", doi="")
    result = find_duplicates([a, b, c])
    assert result.groups["a"] != result.groups["c"]
    near = {(link.a, link.b): link for link in result.near_misses}
    assert near["b", "c"].blocked == "different DOIs and different volumes"
    assert near["b", "c"].blocked in near["b", "c"].in_words()
    assert ("a", "c") in near
    asked = result.explained(result.queue)
    assert [(link.a, link.b) for link in asked] == [("b", "c")]


def test_items_from_records_and_rows_agree() -> None:
    record = make_record(
        source="pubmed", title=PAPER.title, authors=PAPER.authors, year=2018, journal=PAPER.journal, volume="12",
        issue="3", pages="221-228", doi="https://doi.org/" + PAPER.doi.upper(), pmid="30000001",
        abstract=PAPER.abstract,
    )  # fmt: skip
    row = {
        "id": "a", "title": PAPER.title, "authors": "; ".join(PAPER.authors), "year": "2018", "journal": PAPER.journal,
        "volume": "12", "number": "3", "pages": "221-228", "doi": PAPER.doi, "abstract": PAPER.abstract,
        "url": "https://pubmed.ncbi.nlm.nih.gov/30000001/",
    }  # fmt: skip
    assert replace(item_from_record("a", record), source="") == item_from_row(row) == PAPER

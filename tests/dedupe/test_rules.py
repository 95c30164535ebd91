"""Stored keys and links follow the rules: when these change, every record is linked anew."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from livingscan.dedupe import score, step
from livingscan.dedupe.block import block_keys
from livingscan.dedupe.step import deduplicate
from livingscan.store import Store
from tests.dedupe.pieces import BARE, EDITORIAL, PAPER, link
from tests.dedupe.test_step import copies, partition, put


def test_the_number_of_the_rules_is_raised_with_them() -> None:
    """What the rules make of invented records. Where this fails, raise RULES and write the new value here."""
    others = (
        replace(PAPER, title="Re: Barriers to implementing sepsis bundles in acute hospitals", pages="300"),
        replace(PAPER, title=PAPER.title.upper(), doi="", year=2019, authors=("Marsh E",)),
        replace(BARE, doi="10.1101/2018.01.02.12345678", journal="medRxiv"),
        replace(EDITORIAL, volume="13"),
    )
    made = [sorted(block_keys(item)) for item in (PAPER, BARE, EDITORIAL, *others)]
    made += [(round(link(PAPER, item).probability, 4), link(PAPER, item).relation) for item in others]
    digest = hashlib.sha256(repr(made).encode()).hexdigest()[:12]
    assert (score.RULES, digest) == (1, "c585946bbf79")


def test_records_linked_by_other_rules_are_linked_anew(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, copies())
    first = deduplicate(store)
    assert first.compared == len(copies())
    assert deduplicate(store).compared == 0
    before = partition(store)
    monkeypatch.setattr(step, "rules_version", lambda: "other")
    again = deduplicate(store)
    assert (again.compared, again.links, again.merged_reports) == (first.compared, 0, 0)
    assert partition(store) == before
    assert deduplicate(store).compared == 0

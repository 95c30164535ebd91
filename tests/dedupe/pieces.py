"""Invented records for these tests."""

from dataclasses import replace

from livingscan.dedupe.engine import score_pairs
from livingscan.dedupe.explain import Link
from livingscan.dedupe.item import Item

PAPER = Item(
    id="a",
    title="Barriers to implementing sepsis bundles in acute hospitals: a qualitative study of ward teams",
    authors=("Marsh, Eleanor", "Okafor, Chidi", "Lindqvist, Sven"),
    year=2018,
    journal="Journal of Improvement Practice",
    volume="12",
    issue="3",
    pages="221-228",
    doi="10.5555/jip.2018.221",
    pmid="30000001",
    abstract=(
        "BACKGROUND: Sepsis bundles are recommended yet seldom delivered in full. We set out to learn what stops ward "
        "teams from completing the bundle within the hour. METHODS: Forty interviews in six hospitals, analysed by "
        "framework. RESULTS: Staff named missing equipment, unclear roles and rota gaps."
    ),
)
BARE = replace(PAPER, journal="", volume="", issue="", pages="", abstract="", pmid="")
EDITORIAL = Item(
    id="a",
    title="Editorial",
    authors=("Marsh, Eleanor",),
    year=2018,
    journal="Journal of Improvement Practice",
    volume="12",
    issue="1",
    pages="1-2",
)


def link(a: Item, b: Item) -> Link:
    """The two as the engine scores them."""
    a, b = replace(a, id="a"), replace(b, id="b")
    return score_pairs({"a": a, "b": b}, [("a", "b")])[0]

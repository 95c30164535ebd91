"""What the engine makes of pairs that peers get wrong."""

from dataclasses import replace

import pytest

from livingscan.dedupe.block import block_keys
from livingscan.dedupe.engine import find_duplicates
from livingscan.dedupe.item import Item
from livingscan.dedupe.score import model
from tests.dedupe.pieces import BARE, EDITORIAL, PAPER, link

PLAIN = replace(PAPER, doi="", pmid="")
UNTITLED = replace(PLAIN, abstract="")
ELSEWHERE = {"doi": "10.5555/jip.2018.999", "pages": "310", "issue": "4", "pmid": "", "abstract": ""}
THEATRES = "Improving theatre flow in district hospitals"

SAME = {
    "as an interface returns it": (PAPER, BARE),
    "bare, and without DOI": (PAPER, replace(BARE, doi="")),
    "bare, without authors and year": (PAPER, replace(BARE, authors=(), year=None)),
    "title without its subtitle, same DOI": (PAPER, replace(BARE, title=PAPER.title.split(":")[0])),
    "title without its subtitle, same place": (PAPER, replace(PLAIN, title=PAPER.title.split(":")[0])),
    "initials": (PLAIN, replace(UNTITLED, authors=("Marsh E", "Okafor C", "Lindqvist S"))),
    "family and given names swapped": (PLAIN, replace(UNTITLED, authors=("Eleanor, Marsh", "Chidi, Okafor"))),
    "given names first": (PAPER, replace(BARE, authors=("Eleanor Marsh", "Chidi Okafor", "Sven Lindqvist"))),
    "a group for its members": (PLAIN, replace(UNTITLED, authors=("Sepsis Improvement Collaborative Group",))),
    "pages mangled by a spreadsheet": (replace(PLAIN, pages="6-10"), replace(UNTITLED, pages="06-Oct")),
    "pages cut short": (PLAIN, replace(UNTITLED, pages="221-8")),
    "a year off by one": (PLAIN, replace(UNTITLED, year=2017)),
    "online first": (PAPER, replace(PAPER, pmid="", volume="", issue="", pages="", year=2017)),
    "online first, no DOI": (PAPER, replace(UNTITLED, volume="", issue="", pages="", year=2017)),
    "HTML": (PLAIN, replace(UNTITLED, title=PAPER.title.replace("sepsis", "&lt;i&gt;sepsis&lt;/i&gt;"))),
    "damaged letters": (
        replace(PLAIN, title=PAPER.title + " in Köln"),
        replace(UNTITLED, title=PAPER.title + " in KÃ¶ln"),
    ),
    "retracted since": (PAPER, replace(BARE, title="RETRACTED ARTICLE: " + PAPER.title)),
    "a translated title in the same place": (
        PLAIN,
        replace(UNTITLED, title="Hindernisse bei der Einführung von Bündeln in den Krankenhäusern"),
    ),
    "another DOI in the same place": (PAPER, replace(PAPER, doi="10.5555/jip.2018.0221", pmid="")),
    "an editorial, abbreviated": (EDITORIAL, replace(EDITORIAL, authors=("Marsh, E.",), journal="J Improv Pract")),
    "an editorial by its DOI": (
        replace(EDITORIAL, doi="10.5555/e.1"),
        Item("b", title="Editorial", authors=("Marsh E",), year=2018, doi="10.5555/e.1"),
    ),
    "a report of an organisation": (
        Item("a", title="National audit of stroke care in districts: organisational report",
             authors=("Royal College of Physicians",), year=2018),
        Item("b", title="National audit of stroke care in districts: organisational report",
             authors=("Royal College of Physicians, London",), year=2018),
    ),
    "the same text printed twice": (
        PAPER,
        replace(PAPER, pmid="", doi="10.5555/jip.2019.7", year=2019, volume="13", pages="7-14"),
    ),
}  # fmt: skip

NOT_SAME = {
    "a preprint": ("version", PAPER, replace(BARE, entry_type="preprint", journal="medRxiv", doi="10.1101/2017.1")),
    "a preprint known by its DOI": ("version", PAPER, replace(BARE, doi="10.1101/2017.12.01.17012345", year=2017)),
    "a preprint and its bare article": (
        "version",
        BARE,
        replace(BARE, doi="10.21203/rs.3.rs-1/v1", journal="Research Square", year=2017),
    ),
    "a conference abstract": (
        "version",
        PAPER,
        replace(PAPER, journal="Wards and Words", issue="Suppl 1", volume="27", pages="A12", doi="10.55/w", pmid=""),
    ),
    "another DOI and nothing but title and authors": ("version", PAPER, replace(BARE, doi="10.7777/other.33")),
    "a Cochrane update": (
        "version",
        replace(PAPER, doi="10.1002/14651858.cd001234.pub2", issue="3", volume="", pages="CD001234"),
        replace(UNTITLED, doi="10.1002/14651858.cd001234.pub3", issue="5", volume="", pages="CD001234", year=2021),
    ),
    "an erratum": ("erratum_comment", PAPER, replace(PAPER, title="Erratum to: " + PAPER.title, **ELSEWHERE)),
    "a correction without a place": (
        "erratum_comment",
        PAPER,
        replace(BARE, title=f"Corrigendum to '{PAPER.title}'", doi="10.5555/jip.2018.999"),
    ),
    "the reply": ("erratum_comment", PAPER, replace(PAPER, title=PAPER.title + ": authors' reply", **ELSEWHERE)),
    "a comment": (
        "erratum_comment",
        PAPER,
        replace(PAPER, title="Comment on: " + PAPER.title, authors=("Petrov, Ivan",), **ELSEWHERE),
    ),
    "its retraction": ("erratum_comment", PAPER, replace(PAPER, title="Retraction: " + PAPER.title, **ELSEWHERE)),
    "parts 1 and 2": (
        "part",
        replace(PAPER, title=THEATRES + ". Part 1: delays", pmid=""),
        replace(PAPER, title=THEATRES + ". Part 2: delays", pages="229-36", doi="10.55/229", pmid="", abstract=""),
    ),
    "parts I and II, bare": (
        "part",
        replace(BARE, doi="", title=THEATRES + ": I"),
        replace(BARE, doi="", title=THEATRES + ": II"),
    ),
    "annual reports": (
        "part",
        Item("a", title="Annual report of the national audit of strokes 2018", authors=("Stroke Audit",), year=2018),
        Item("b", title="Annual report of the national audit of strokes 2019", authors=("Stroke Audit",), year=2019),
    ),
    "a supplement's DOI": (
        "different",
        replace(PAPER, pages="S44", pmid="", abstract=""),
        replace(PAPER, title="Falls on wards: an audit of night staffing", pages="S45", pmid="", abstract=""),
    ),
    "one word the other way": (
        "part",
        replace(BARE, doi="", title="Uptake of bowel screening among men in Leeds and Bradford"),
        replace(BARE, doi="", title="Uptake of bowel screening among women in Leeds and Bradford"),
    ),
    "the same title by others": ("different", PAPER, replace(BARE, doi="", authors=("Petrov, Ivan", "Sato, Ken"))),
    "the next issue's editorial": ("different", EDITORIAL, replace(EDITORIAL, issue="2")),
    "an editorial of which nothing is known": ("different", Item("a", title="Editorial"), Item("b", title="Editorial")),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_copies_are_linked(name: str) -> None:
    a, b = SAME[name]
    b = replace(b, id="b")
    assert set(block_keys(a)) & set(block_keys(b)), "never compared"
    assert find_duplicates([a, b]).groups["b"] == "a", link(a, b).in_words()


@pytest.mark.parametrize("name", NOT_SAME)
def test_other_reports_are_told_apart(name: str) -> None:
    relation, a, b = NOT_SAME[name]
    b = replace(b, id="b")
    found = link(a, b)
    assert find_duplicates([a, b]).groups["b"] == "b", found.in_words()
    if relation != "part":
        assert found.relation == relation, found.in_words()
    else:
        assert found.relation in ("part", "different"), found.in_words()


@pytest.mark.parametrize("pair", [*SAME.values(), *(case[1:] for case in NOT_SAME.values())])
def test_a_score_is_the_same_either_way_round(pair: tuple[Item, Item]) -> None:
    a, b = pair
    there, back = link(a, b), link(b, a)
    assert (there.probability, there.relation, there.reasons) == (back.probability, back.relation, back.reasons)


def test_a_status_link_decides_the_relation() -> None:
    article = replace(PAPER, links=(("has_preprint", "doi:10.9999/early.1"),))
    early = replace(BARE, doi="10.9999/early.1", year=2017)
    assert link(article, early).relation == "version"
    comment = replace(BARE, title="Thoughts on sepsis", doi="10.9999/c.1", links=(("comment_on", "pmid:30000001"),))
    assert link(PAPER, comment).relation == "erratum_comment"


def test_reasons_name_fields_and_weights() -> None:
    found = link(PAPER, replace(BARE, doi=""))
    assert found.relation == "same"
    assert found.probability >= model().link
    assert any(reason.startswith("same title (+") for reason in found.reasons)
    against = link(PAPER, replace(PAPER, volume="99", pages="1-9", doi="10.1234/else", pmid="")).reasons
    assert any(reason.startswith("different DOI (-") for reason in against)
    assert any(reason.startswith("different volume (-") for reason in against)

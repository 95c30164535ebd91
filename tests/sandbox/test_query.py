"""The query language in its spellings, against records small enough to see the answer."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livingscan.records import PartialDate, make_record
from livingscan.sandbox.core import CORE
from livingscan.sandbox.doaj import DOAJ
from livingscan.sandbox.eric import ERIC
from livingscan.sandbox.europepmc import EUROPEPMC
from livingscan.sandbox.index import Index
from livingscan.sandbox.lens import LENS
from livingscan.sandbox.openalex import OPENALEX
from livingscan.sandbox.pubmed import PUBMED
from livingscan.sandbox.query import Dialect, QueryError, parse
from livingscan.sandbox.scopus import SCOPUS
from livingscan.sandbox.semanticscholar import BULK
from livingscan.sandbox.wire import Library
from livingscan.sandbox.wos import WOS

RECORDS = [
    make_record(
        source="pubmed",
        source_id="1",
        pmid="1",
        title="Barriers to quality improvement in the NHS",
        abstract="Staff resistance hindered the work in England.",
        mesh=["Quality Improvement", "England"],
        publication_types=["Journal Article"],
        keywords=["quality improvement", "barriers"],
        affiliations=["University of Thornmere, Thornmere, UK."],
        language="eng",
        published=PartialDate(2024, 5, 3),
        added=date(2024, 5, 10),
        revised=date(2025, 2, 1),
    ),
    make_record(
        source="pubmed",
        source_id="2",
        pmid="2",
        title="A trial of exercise",
        abstract="Improvement in pain was seen. No barrier was studied.",
        mesh=["Exercise Therapy"],
        publication_types=["Journal Article", "Randomized Controlled Trial"],
        keywords=["exercise"],
        language="ger",
        published=PartialDate(2022),
        added=date(2024, 1, 2),
        revised=date(2024, 1, 2),
    ),
    make_record(
        source="pubmed",
        source_id="3",
        pmid="3",
        title="Editorial: behaviour change",
        publication_types=["Systematic Review"],
        language="eng",
        published=PartialDate(2023, 12),
        added=date(2023, 12, 30),
        revised=date(2023, 12, 30),
    ),
]
INDEX, STEMMED = Index(RECORDS), Index(RECORDS, stem=True)


def found(text: str, dialect: Dialect, index: Index = INDEX) -> set[str]:
    return {RECORDS[at].source_id for at in parse(text, dialect).hits(index)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nhs[tiab]", {"1"}),
        ('"quality improvement"[tiab]', {"1"}),
        ("quality improvement[tiab]", {"1"}),
        ('"improvement quality"[tiab]', set()),
        ("improv*[tiab] AND barrier*[tiab]", {"1", "2"}),
        ("barrier*[ti]", {"1"}),
        ("(barriers OR exercise)[ti]", {"1", "2"}),
        ("improvement[tiab] NOT exercise[ti]", {"1"}),
        ("NOT exercise[ti]", {"1", "3"}),
        # PubMed reads from left to right: (nhs OR exercise) AND pain
        ("nhs[tiab] OR exercise[tiab] AND pain[tiab]", {"2"}),
        ("nhs[tiab] OR (exercise[tiab] AND pain[tiab])", {"1", "2"}),
        ('"united kingdom"[mh]', {"1"}),  # explodes to England
        ('"Quality Improvement/methods"[mh]', {"1"}),
        ("quality[mh]", set()),  # a whole heading or nothing
        ('"systematic review"[pt]', {"3"}),
        ("review[pt]", set()),
        ("english[la]", {"1", "3"}),
        ("german[la]", {"2"}),
        ("hasabstract AND english[la]", {"1"}),
        ('"2024/01/01"[crdt] : "2024/05/10"[crdt]', {"1", "2"}),
        ("2024/05/10:3000[crdt]", {"1"}),
        ("2022[dp]", {"2"}),
        ("2023:2024[dp]", {"1", "3"}),
        # the entry date of number 2 is set back to 2022, since it came more than a year late
        ("2022/01/01:2022/12/31[edat]", {"2"}),
        ("2025:3000[lr]", {"1"}),
        ('"staff work"[tiab:~3]', {"1"}),
        ('"staff work"[tiab:~1]', set()),
        ("UK[ad]", {"1"}),
        ("1[uid] OR 3[pmid]", {"1", "3"}),
        ("behaviour change", {"3"}),
        ("change behaviour", {"3"}),
    ],
)
def test_pubmed(text: str, expected: set[str]) -> None:
    assert found(text, PUBMED) == expected


@pytest.mark.parametrize(
    ("text", "dialect", "expected"),
    [
        ("TITLE:barriers", EUROPEPMC, {"1"}),
        ("TITLE_ABS:(barrier* OR obstacle) AND NOT KW:exercise", EUROPEPMC, {"1"}),
        ("CREATION_DATE:[2024-01-01 TO 2024-03-01]", EUROPEPMC, {"2"}),
        ("UPDATE_DATE:[2025-01-01 TO *]", EUROPEPMC, {"1"}),
        ("FIRST_PDATE:2024-05-03", EUROPEPMC, {"1"}),
        ("PUB_YEAR:[2022 TO 2023]", EUROPEPMC, {"2", "3"}),
        ("HAS_ABSTRACT:n", EUROPEPMC, {"3"}),
        ("barriers -exercise", EUROPEPMC, {"1"}),
        # AND binds before OR
        ("behaviour OR exercise AND nhs", EUROPEPMC, {"3"}),
        ("bibjson.title:(exercise OR nhs)", DOAJ, {"1", "2"}),
        ("created_date:[2024-05-01 TO *]", DOAJ, {"1"}),
        ("title:nhs AND yearPublished>=2024", CORE, {"1"}),
        ("createdDate>2024-01-02", CORE, {"1"}),
        ("title:exercise OR publicationdateyear:2023", ERIC, {"2", "3"}),
        ("TITLE-ABS-KEY(barrier* W/3 improvement)", SCOPUS, {"1"}),
        ("TITLE(improvement PRE/2 barriers)", SCOPUS, set()),
        ("TITLE(barriers PRE/2 improvement)", SCOPUS, {"1"}),
        ("TITLE-ABS-KEY(improvement) AND NOT TITLE(exercise)", SCOPUS, {"1"}),
        ("PUBYEAR > 2022", SCOPUS, {"1", "3"}),
        ("PUBYEAR AFT 2022 AND PUBYEAR BEF 2024", SCOPUS, {"3"}),
        ("ORIG-LOAD-DATE AFT 20240110", SCOPUS, {"1"}),
        # OR binds before AND
        ("TITLE(nhs) OR TITLE(exercise) AND ABS(pain)", SCOPUS, {"2"}),
        ("TS=(barrier* NEAR/5 nhs)", WOS, {"1"}),
        ("TI=behavio$r", WOS, {"3"}),
        ("PY=2022-2023 NOT TI=exercise", WOS, {"3"}),
        ("PY=(2024)", WOS, {"1"}),
        ('barrier* + (nhs | exercise) - "quality improvement"', BULK, {"2"}),
        ("barrier AND (nhs OR exercise)", OPENALEX, {"1", "2"}),  # plurals are folded
        ("title:barriers AND abstract:resistance", LENS, {"1"}),
        ("year_published:[2023 TO 2024]", LENS, {"1", "3"}),
    ],
)
def test_the_other_spellings(text: str, dialect: Dialect, expected: set[str]) -> None:
    assert found(text, dialect, STEMMED if dialect is not EUROPEPMC else INDEX) == expected


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("", PUBMED),
        ("(nhs", PUBMED),
        ("nhs)", PUBMED),
        ('"nhs', PUBMED),
        ("nhs AND", PUBMED),
        ("AND nhs", PUBMED),
        ("nhs[crdt]", PUBMED),
        ("nhs[nonsense]", PUBMED),
        ("NONSENSE:nhs", EUROPEPMC),
        ("()", EUROPEPMC),
        ("CREATION_DATE:[soon TO later]", EUROPEPMC),
        ("CREATION_DATE:2024-13-01", EUROPEPMC),
        ("NONSENSE(nhs)", SCOPUS),
        ("barrier*", DOAJ),
        ("barrier*", OPENALEX),
    ],
)
def test_what_cannot_be_read_says_why(text: str, dialect: Dialect) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text, dialect)
    assert str(caught.value)


def test_unknown_field_is_named() -> None:
    with pytest.raises(QueryError) as caught:
        parse("nhs[nonsense]", PUBMED)
    assert caught.value.unknown_field == "nonsense"


def test_a_file_of_ones_own_ignores_words_but_not_dates() -> None:
    index = Index(RECORDS, ignore_text=True)
    assert found("nothing[ti] AND never[ab]", PUBMED, index) == {"1", "2", "3"}
    assert found("nothing[ti] NOT exercise[ti]", PUBMED, index) == {"1", "2", "3"}
    assert found('nothing[ti] AND ("2024/01/01"[crdt] : "2024/02/01"[crdt])', PUBMED, index) == {"2"}
    assert found("2030[dp]", PUBMED, index) == {"1", "2", "3"}  # a limit of the strategy, not a window
    assert found("3[uid]", PUBMED, index) == {"3"}


WORDS = st.sampled_from(["nhs", "barrier*", '"quality improvement"', "exercise", "behaviour", "nothing"])


@st.composite
def queries(draw: st.DrawFn, depth: int = 3) -> str:
    if depth == 0 or draw(st.booleans()):
        return f"{draw(WORDS)}[tiab]"
    left, right = draw(queries(depth - 1)), draw(queries(depth - 1))
    return f"({left} {draw(st.sampled_from(['AND', 'OR', 'NOT']))} {right})"


@settings(max_examples=60, deadline=None)
@given(queries(), queries())
def test_operators_are_those_of_sets(a: str, b: str) -> None:
    left, right = found(a, PUBMED), found(b, PUBMED)
    assert found(f"({a}) AND ({b})", PUBMED) == left & right
    assert found(f"({a}) OR ({b})", PUBMED) == left | right
    assert found(f"({a}) NOT ({b})", PUBMED) == left - right


ALL = [PUBMED, EUROPEPMC, OPENALEX, BULK, DOAJ, CORE, ERIC, SCOPUS, WOS, LENS]


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet='ab*"()[]{}:=<>~-+|/ ANDORT2024', max_size=40), st.sampled_from(ALL))
def test_no_query_breaks_the_reader(text: str, dialect: Dialect) -> None:
    try:
        node = parse(text, dialect)
    except QueryError:
        return
    assert node.hits(STEMMED) <= STEMMED.everything


@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        ("pubmed", PUBMED),
        ("europepmc", EUROPEPMC),
        ("openalex", OPENALEX),
        ("semanticscholar", BULK),
        ("doaj", DOAJ),
        ("core", CORE),
        ("eric", ERIC),
        ("scopus", SCOPUS),
        ("wos", WOS),
        ("lens", LENS),
    ],
)
def test_the_reviews_own_strategies(name: str, dialect: Dialect, library: Library) -> None:
    """They find most of what is eligible (with an abstract to be found by) and far from everything."""
    path = Path(__file__).parents[2] / "review" / "strategies" / f"{name}.txt"
    text = "\n".join(line for line in path.read_text("utf-8").splitlines() if not line.startswith("#"))
    shelf = library.shelf(name)
    index = shelf.index if name in ("pubmed", "europepmc") else shelf.stemmed
    got = {shelf.records[at].source_id for at in parse(text, dialect).hits(index)}
    eligible = {
        copy.record.source_id
        for work in library.corpus.works
        if work.truth and work.truth.eligible
        for copy in work.held_by(name)
        if copy.record.source_id in shelf.by_id and copy.record.abstract
    }
    assert len(eligible & got) >= 0.8 * len(eligible)
    assert len(got) < 0.8 * len(shelf.records)

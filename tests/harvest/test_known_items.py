"""Known items: what a strategy must find, looked up in the store and asked over real HTTP on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from livingscan import clock
from livingscan.errors import SourceError, UserError
from livingscan.harvest.known_items import (
    KnownItem,
    Recall,
    ask,
    clause,
    judge_change,
    load_known_items,
    long_words,
    recall_in_store,
    same_paper,
)
from livingscan.records import Fetched, make_record
from livingscan.sandbox import Copy, Corpus, Sandbox, Work, serve
from livingscan.settings import Settings
from livingscan.store import Store
from tests.harvest.ledgers import PROTOCOL, REVIEW, Past

TODAY = date(2026, 11, 23)
BY_DOI = KnownItem("Invented barriers to handover on hospital wards", year=2019, doi="10.5555/aa.1", arm="nhs")
BY_PMID = KnownItem("A quite different paper", pmid="91000002")
BY_TITLE = KnownItem("What stops ward teams: obstacles to improving discharge", year=2021)
NOWHERE = KnownItem("Never published anywhere at all, unfortunately", year=2018, doi="10.5555/none")
ITEMS = (BY_DOI, BY_PMID, BY_TITLE, NOWHERE)


def test_the_review_s_own_list_can_be_read() -> None:
    items = load_known_items(REVIEW / "known_items.csv")
    assert len(items) > 10
    assert all(long_words(item.title) for item in items)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,doi\nx,\n", "must name the columns"),
        ("title,year\n,2019\n", "line 2: the title is empty"),
        ("title,year\nx,nineteen\n", "line 2: 'nineteen' is no year"),
        ("title,doi\nx,abc\n", "'abc' is no DOI"),
        ("title,pmid\na,1\nx,abc\n", "line 3: 'abc' is no PMID"),
        ('title\n"a"b\n', "not valid CSV"),
    ],
)
def test_a_list_that_is_wrong_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "known.csv"
    path.write_text(text)
    with pytest.raises(UserError, match=said):
        load_known_items(path)


def test_titles_are_the_same_without_subtitle_or_signs() -> None:
    assert same_paper(BY_TITLE, "What stops ward teams? Obstacles to improving discharge.", 2022)
    assert same_paper(BY_TITLE, "What stops ward teams: obstacles to improving discharge \u2014 a survey", 2021)
    assert not same_paper(BY_TITLE, "What stops ward teams: obstacles to improving discharge", 2015)
    assert not same_paper(BY_TITLE, "What stops wards", 2021)
    assert not same_paper(KnownItem("Editorial"), "Editorial on something else entirely", None)


# --- the store ---------------------------------------------------------------------------------------


def records() -> list[Fetched]:
    rows = [
        {"source_id": "1", "title": "Other words altogether", "doi": "10.5555/AA.1"},
        {"source_id": "2", "title": "A quite different paper", "pmid": "91000002"},
        {"source_id": "3", "title": "What stops ward teams? Obstacles to improving discharge", "year": 2021},
        {"source_id": "4", "title": "Something else that nobody looks for", "year": 2020},
    ]
    return [Fetched(make_record(source="pubmed", added=TODAY, **row), "<raw/>") for row in rows]


def pubmed(found: tuple[Recall, ...]) -> Recall:
    return next(one for one in found if one.source == "pubmed")


def test_recall_from_the_store(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    past = Past(store, monkeypatch)
    one = pubmed(recall_in_store(store, PROTOCOL, ITEMS))
    assert (one.share, "not been searched completely" in one.note) == (None, True)
    past.search(TODAY, records())
    one = pubmed(recall_in_store(store, PROTOCOL, ITEMS))
    assert one.found == (BY_DOI.title, BY_PMID.title, BY_TITLE.title)
    assert (one.missing, one.share) == ((NOWHERE.title,), 0.75)


def test_what_only_an_older_strategy_found_does_not_count(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    past = Past(store, monkeypatch)
    all_of_them = records()
    past.search(TODAY - timedelta(days=7), all_of_them, strategy="a broad one")
    past.search(TODAY, all_of_them[:1])
    assert pubmed(recall_in_store(store, PROTOCOL, ITEMS)).found == (BY_DOI.title,)


# --- the source --------------------------------------------------------------------------------------


@pytest.fixture
def literature(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    monkeypatch.setenv(clock.FIXED_NOW, f"{TODAY}T12:00:00+00:00")
    works = []
    for number, item in enumerate((BY_DOI, BY_PMID, BY_TITLE)):
        copies = tuple(
            Copy(
                make_record(
                    source=source,
                    source_id=f"{'MED:' if source == 'europepmc' else ''}{91000001 + number}",
                    title=item.title,
                    abstract="Staff of wards were interviewed.",
                    doi=item.doi or f"10.5555/other.{number}",
                    pmid=str(91000001 + number),
                    added=TODAY,
                    revised=TODAY,
                    year=item.year or 2020,
                )
            )
            for source in ("pubmed", "europepmc", "scopus", "wos", "lens", "doaj", "core", "openalex", "eric")
        )
        works.append(Work(f"w{number}", f"w{number}", None, copies))
    with serve(Corpus(tuple(works), TODAY, "invented for a test")) as sandbox:
        yield sandbox


STRATEGIES = {
    "pubmed": "(barriers[ti] OR obstacles[ti])",
    "europepmc": "TITLE:(barriers OR obstacles)",
    "scopus": "TITLE(barriers OR obstacles)",
    "wos": "TI=(barriers OR obstacles)",
    "lens": "title:(barriers OR obstacles)",
    "doaj": "bibjson.title:(barriers OR obstacles)",
    "core": "title:(barriers OR obstacles)",
    "openalex": "barriers OR obstacles",
    "eric": "title:barriers OR title:obstacles",
}


@pytest.mark.parametrize("source", STRATEGIES)
def test_recall_asked_of_the_source(source: str, literature: Sandbox, tmp_path: Path) -> None:
    settings = Settings(sandbox_url=literature.url, home=tmp_path)
    one = ask(source, STRATEGIES[source], ITEMS, settings)
    assert one.found == (BY_DOI.title, BY_TITLE.title)
    assert one.missing == (BY_PMID.title,)
    assert one.not_held == (NOWHERE.title,)
    assert one.share == pytest.approx(2 / 3)


def test_a_source_that_ranks_cannot_be_asked(tmp_path: Path) -> None:
    one = ask("crossref", "barriers", ITEMS, Settings(home=tmp_path))
    assert (one.share, one.note) == (None, "this source cannot be asked for a single paper")


def test_a_source_that_is_down_is_an_error_not_a_recall_of_nothing(tmp_path: Path, literature: Sandbox) -> None:
    literature.close()
    with pytest.raises(SourceError):
        ask("scopus", STRATEGIES["scopus"], ITEMS, Settings(sandbox_url="http://127.0.0.1:9", home=tmp_path))


def test_clauses_hold_no_signs_that_would_break_a_query() -> None:
    wild = KnownItem('Why "we" (still) fail: [sic] a/b? test* of & things')
    for source in STRATEGIES:
        asked = clause(source, wild)
        assert asked.count("(") == asked.count(")")
        assert asked.count('"') % 2 == 0
        assert not set("*?/&") & set(asked)
    assert clause("pubmed", KnownItem("a of it")) == ""


# --- the rule ----------------------------------------------------------------------------------------


def test_a_changed_strategy_may_not_lose_an_item() -> None:
    before = Recall("pubmed", "asked", ("A", "B"), ("C",))
    assert judge_change(before, Recall("pubmed", "asked", ("A", "B", "C"))).accepted
    worse = judge_change(before, Recall("pubmed", "asked", ("A", "C"), ("B",)))
    assert (worse.accepted, worse.lost, worse.gained) == (False, ("B",), ("C",))
    assert "loses 1 of 2" in worse.reason

"""The clients against the sandbox, which was written apart from them and plays all twelve services."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from livingscan import sources
from livingscan.errors import SourceError
from livingscan.records import Page, Record, Window
from livingscan.sandbox import FaultPlan, Sandbox, generate, serve
from livingscan.settings import Settings
from livingscan.sources import biorxiv, crossref, eric, europepmc, openalex, pubmed, wos
from livingscan.sources.base import Source
from livingscan.sources.http import Http
from livingscan.sources.walk import DatedSource

# One word, in each source's own spelling, that a record must have in title or abstract.
STRATEGIES = {
    "pubmed": "barrier*[tiab]",
    "europepmc": "TITLE_ABS:(barrier*)",
    "openalex": "barrier OR barriers",
    "semanticscholar": "barrier*",
    "doaj": "bibjson.title:(barrier OR barriers) OR bibjson.abstract:(barrier OR barriers)",
    "core": "title:(barrier OR barriers) OR abstract:(barrier OR barriers)",
    "biorxiv": "barrier*",
    "scopus": "TITLE-ABS(barrier*)",
    "wos": "TI=(barrier*) OR AB=(barrier*)",
    "lens": "title:(barrier*) OR abstract:(barrier*)",
    "crossref": "barriers",
    "eric": "barriers",
}
SEARCHES_ONLY_TITLE_AND_ABSTRACT = sorted(STRATEGIES.keys() - {"pubmed", "crossref", "eric"})


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve(generate(works=200)) as running:
        yield running


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pubmed, "BATCH", 30)
    monkeypatch.setattr(europepmc, "PAGE", 30)
    monkeypatch.setattr(openalex, "PAGE", 25)
    monkeypatch.setattr(crossref, "PAGE", 30)
    monkeypatch.setattr(eric, "PAGE", 2)
    monkeypatch.setattr(wos, "BATCH", 20)
    monkeypatch.setattr(biorxiv, "FIRST_DAYS", {"medrxiv": date(2021, 1, 1), "biorxiv": date(2026, 9, 1)})
    for kind in sources.SOURCES.values():
        if issubclass(kind, DatedSource):
            monkeypatch.setattr(kind, "size", 10)


def source(name: str, sandbox: Sandbox, tmp_path: Path) -> Source:
    settings = Settings(home=tmp_path, sandbox_url=sandbox.url, contact_email="a@b.org")
    http = Http("a@b.org", None, attempts=4, backoff=0.002, read_timeout=2, total_timeout=3)
    return sources.create(name, http, STRATEGIES[name], settings)


def ids(pages: Iterable[Page]) -> set[str]:
    return {item.record.source_id for page in pages for item in page.fetched}


def named(pages: Iterable[Page]) -> set[str]:
    """Ids that were accounted for without being fetched."""
    return {key for page in pages for key in (*page.deleted, *(item.source_id for item in page.unreadable))} | {
        key for page in pages for key, _ in page.absent
    }


def shelf(name: str, sandbox: Sandbox) -> list[Record]:
    return list(sandbox.library.shelf(name).records)


@pytest.mark.parametrize("name", SEARCHES_ONLY_TITLE_AND_ABSTRACT)
def test_finds_what_stands_on_the_shelf(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    having = {
        r.doi or r.title for r in shelf(name, sandbox) if re.search(r"\bbarriers?", f"{r.title} {r.abstract}", re.I)
    }
    found = [item.record for page in source(name, sandbox, tmp_path).pages(Window()) for item in page.fetched]
    assert having <= {record.doi or record.title for record in found}
    assert len(found) > 5


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_promises_what_it_brings_and_brings_whole_records(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    asked = source(name, sandbox, tmp_path)
    promise = asked.promise(Window())
    pages = list(asked.pages(Window()))
    found = [item.record for page in pages for item in page.fetched]
    assert promise.count in (None, len(found))
    assert found
    assert all(record.title and record.year and record.source == name for record in found)
    assert not [item for page in pages for item in page.unreadable]
    assert pages[-1].cursor is None


@pytest.mark.parametrize("name", sorted(name for name in STRATEGIES if sources.SOURCES[name].has_added_date))
def test_windows_find_what_was_added_in_them(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    whole = {
        item.record.source_id: item.record
        for page in source(name, sandbox, tmp_path).pages(Window())
        for item in page.fetched
    }
    middle = sandbox.day - timedelta(days=700)
    early = ids(source(name, sandbox, tmp_path).pages(Window(None, middle)))
    late = ids(source(name, sandbox, tmp_path).pages(Window(middle + timedelta(days=1), sandbox.day)))
    assert early | late == whole.keys()
    added = {key for key, record in whole.items() if record.added and record.added > middle}
    assert added <= late


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_goes_on_after_any_page(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    window = Window(date(2000, 1, 1), sandbox.day)
    whole = list(source(name, sandbox, tmp_path).pages(window))
    everything = ids(whole)
    stops = range(len(whole) - 1)
    for stop in {*list(stops)[:2], len(whole) // 2, len(whole) - 2} & set(stops):
        have = ids(whole[: stop + 1])
        rest = list(source(name, sandbox, tmp_path).pages(window, whole[stop].cursor, have))
        assert have | ids(rest) == everything
        assert rest[-1].cursor is None
        if name != "biorxiv":  # whose versions share an id
            assert not have & ids(rest)


@pytest.mark.parametrize("name", sorted(STRATEGIES))
@pytest.mark.parametrize("seed", range(3))
def test_faults_end_complete_or_honest(sandbox: Sandbox, tmp_path: Path, name: str, seed: int) -> None:
    truth = ids(source(name, sandbox, tmp_path).pages(Window()))
    plan = FaultPlan(seed=seed, rate=(0.1, 0.25, 0.5)[seed], stall=0.03)
    sandbox.faults = plan
    seen: list[Page] = []
    failed = ""
    try:
        promised = source(name, sandbox, tmp_path).promise(Window()).count
        seen.extend(source(name, sandbox, tmp_path).pages(Window()))
    except SourceError as problem:
        failed = str(problem)
    finally:
        sandbox.faults = None
    assert ids(seen) <= truth
    assert "\n" not in failed
    if failed:
        return
    missing = truth - ids(seen) - named(seen)
    # what is missing without a name must show in the promise, or the harvest would call it complete
    assert not missing or (promised is not None and len(ids(seen) | named(seen)) < promised)

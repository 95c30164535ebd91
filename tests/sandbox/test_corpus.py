"""The synthetic literature: always the same story, plainly synthetic, with the traps of the real one."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import date, timedelta

import pytest

from livingscan.records import make_record, normalise_doi, normalise_issn, normalise_pmid
from livingscan.sandbox import SOURCES, Copy, Corpus, counts, generate
from livingscan.sandbox.bank_barriers import NOUNS, SENTENCES, THEMES
from livingscan.sandbox.bank_people import JOURNALS

from .conftest import TODAY


def copies_of(corpus: Corpus, source: str) -> list[Copy]:
    return [copy for work in corpus.works for copy in work.held_by(source)]


@pytest.fixture(scope="module")
def full() -> Corpus:
    """At the size of the demo: the rare things are there."""
    return generate(24, date(2026, 11, 23))


def test_same_seed_same_story_another_seed_another() -> None:
    first, second = generate(3, TODAY, 120), generate(3, TODAY, 120)
    assert first == second
    assert generate(4, TODAY, 120).works != first.works


def test_time_only_adds(corpus: Corpus) -> None:
    """What a source showed on a day, it shows the same of that day for ever."""
    later = generate(11, TODAY + timedelta(days=70), 500)
    assert later.works[: len(corpus.works)] == corpus.works
    for source in ("pubmed", "europepmc", "crossref"):
        then, now = corpus.shelf(source, TODAY), later.shelf(source, TODAY)
        assert {r.source_id: r for r in now.records} == {r.source_id: r for r in then.records}


def test_full_size_is_about_two_thousand_over_five_years(full: Corpus) -> None:
    assert 1900 <= len(full.works) <= 2150
    held = counts(full)
    assert all(held[source] > 50 for source in SOURCES)
    eligible = sum(work.truth is not None and work.truth.eligible for work in full.works)
    assert 0.28 <= eligible / len(full.works) <= 0.42
    added = sorted(copy.record.added or date.min for copy in copies_of(full, "pubmed"))
    assert added[0] < date(2022, 1, 1)


def test_a_clock_before_the_story_gets_five_years_of_its_own() -> None:
    early = generate(1, date(2019, 5, 5), 60)
    assert sum(counts(early).values()) > 200


def test_every_record_says_that_it_is_synthetic(corpus: Corpus) -> None:
    for work in corpus.works:
        for copy in work.copies:
            record = copy.record
            said = (
                "synthetic record" in record.keywords
                or "[Synthetic record.]" in record.abstract
                or record.doi.startswith("10.5555/livingscan.")
                or record.source_id.startswith(("99", "W99"))
            )
            assert said, record


def test_identifiers_are_valid_and_unique(corpus: Corpus) -> None:
    for source in SOURCES:
        ids = [copy.record.source_id for copy in copies_of(corpus, source)]
        assert len(ids) == len(set(ids)), source
    for copy in copies_of(corpus, "pubmed"):
        assert normalise_pmid(copy.record.pmid) == copy.record.pmid
        assert int(copy.record.pmid) > 90_000_000
        assert normalise_doi(copy.record.doi) == copy.record.doi
    assert all(normalise_issn(j.print_issn) and normalise_issn(j.electronic_issn) for j in JOURNALS)
    assert len({j.title for j in JOURNALS}) == len(JOURNALS)


def test_records_are_tidy(corpus: Corpus) -> None:
    """They are built without make_record's tidying, which would change nothing."""
    for work in corpus.works:
        for record in (copy.before or copy.record for copy in work.copies):
            fields = {spec.name: getattr(record, spec.name) for spec in dataclasses.fields(record)}
            assert make_record(**fields) == record


def test_dates_make_sense(corpus: Corpus) -> None:
    for work in corpus.works:
        for copy in work.copies:
            assert copy.record.added is not None
            assert copy.record.revised is not None
            assert copy.record.added <= copy.record.revised
            if copy.before:
                assert copy.before.revised == copy.record.added
                assert copy.before.content_hash() != copy.record.content_hash()


def test_the_traps_are_there(corpus: Corpus, full: Corpus) -> None:
    """Late records, revisions, records without abstract, other languages, group authors, deletions, notices."""
    pubmed = copies_of(corpus, "pubmed")
    records = [copy.record for copy in pubmed]
    late = [r for r in records if r.added and r.published and (r.added - date(r.published.year, 12, 31)).days > 0]
    assert late
    assert any(copy.before for copy in pubmed)
    assert any(not r.abstract for r in records)
    assert any(r.title_original and r.language != "eng" for r in records)
    assert any(", " not in name for r in records for name in r.authors)
    kinds = Counter(link.kind for r in records for link in r.status_links)
    assert kinds["retracted_by"] == kinds["retraction_of"]
    assert any("Preprint" in copy.record.publication_types for copy in copies_of(corpus, "europepmc"))
    assert any(copy.deleted for copy in copies_of(full, "pubmed"))
    found = Counter(link.kind for copy in copies_of(full, "pubmed") for link in copy.record.status_links)
    assert found["retracted_by"] >= 2
    assert found["concern_by"] >= 1
    assert found["corrected_by"] >= 3


def test_notices_and_papers_point_at_each_other(full: Corpus) -> None:
    by_pmid = {copy.record.pmid: copy.record for copy in copies_of(full, "pubmed")}
    back = {"retracted_by": "retraction_of", "concern_by": "concern_of", "corrected_by": "correction_of"}
    seen = 0
    for pmid, record in by_pmid.items():
        for link in record.status_links:
            if link.kind in back:
                notice = by_pmid[link.target.removeprefix("pmid:")]
                assert any(ln.kind == back[link.kind] and ln.target == f"pmid:{pmid}" for ln in notice.status_links)
                seen += 1
    assert seen >= 5


def test_a_copy_through_time(corpus: Corpus) -> None:
    copy = next(copy for copy in copies_of(corpus, "pubmed") if copy.before)
    added, revised = copy.record.added, copy.record.revised
    assert added is not None
    assert revised is not None
    assert copy.on(added - timedelta(days=1)) is None
    early, late = copy.on(added), copy.on(revised)
    assert early is not None
    assert late is not None
    assert early.record == copy.before
    assert late.record == copy.record


def test_a_deleted_copy_goes(full: Corpus) -> None:
    copy = next(copy for copy in copies_of(full, "pubmed") if copy.deleted and copy.deleted < full.today)
    assert copy.deleted is not None
    assert copy.on(copy.deleted - timedelta(days=1)) is not None
    assert copy.on(copy.deleted) is None
    shelf = full.shelf("pubmed")
    assert (copy.record.source_id, copy.deleted) in shelf.deleted
    assert copy.record.source_id not in shelf.by_id


def test_duplicates_across_sources_differ_as_sources_do(corpus: Corpus) -> None:
    """The same work is held by several sources, and not in the same words everywhere."""
    shared = [work for work in corpus.works if work.held_by("pubmed") and work.held_by("crossref")]
    assert len(shared) > 150
    pairs = [(w.held_by("pubmed")[0].record, w.held_by("crossref")[0].record) for w in shared]
    assert all(a.doi == b.doi for a, b in pairs)
    assert any(a.title.rstrip(".") != b.title for a, b in pairs)
    assert any(a.year != b.year for a, b in pairs)
    assert any(a.abstract and not b.abstract for a, b in pairs)


def test_preprint_and_article_are_one_study(corpus: Corpus) -> None:
    studies = Counter(work.study for work in corpus.works)
    two = [study for study, number in studies.items() if number > 1]
    assert two
    for study in two:
        works = [work for work in corpus.works if work.study == study]
        assert works[0].held_by("biorxiv")
        assert not works[1].held_by("biorxiv")


def test_barriers_told_are_barriers_written(corpus: Corpus) -> None:
    """A study's truth names only themes whose words stand in its abstract, and all themes occur."""
    themes = Counter[str]()
    for work in corpus.works:
        if work.truth is None or not work.truth.barriers or not work.held_by("pubmed"):
            continue
        abstract = work.held_by("pubmed")[0].record.abstract
        for theme, _ in work.truth.barriers if abstract else ():
            assert any(text in abstract for text in (*NOUNS[theme], *SENTENCES[theme])), (theme, abstract)
            themes[theme] += 1
    assert set(themes) == set(THEMES)

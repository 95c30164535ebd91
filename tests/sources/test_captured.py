from __future__ import annotations

import base64
import gzip
import json
from collections import Counter
from typing import Any

import pytest

from livingscan.errors import DataError
from livingscan.records import Fetched, Unreadable
from livingscan.sources.captured import PARSERS, read_capture, recognise
from tests.shared import SHARED, needs_shared

CROSSREF = json.dumps({"message": {"items": [{"DOI": "10.1000/a"}]}})


def exchange(uri: str, body: Any, status: int = 200) -> dict[str, Any]:
    return {"request": {"method": "GET", "uri": uri}, "response": {"status": status, "headers": {}, "body": body}}


def recording(*exchanges: dict[str, Any]) -> bytes:
    return json.dumps(exchanges).encode()


def ids(data: bytes, source: str = "") -> list[str]:
    return [item.record.source_id for item in read_capture(data, source) if isinstance(item, Fetched)]


def test_reads_recordings_of_several_sources_and_passes_over_errors() -> None:
    data = recording(
        exchange("https://api.crossref.org/works?query=a", CROSSREF),
        exchange("https://api.crossref.org/works/x", "Resource not found.", 404),
        exchange("https://api.semanticscholar.org/graph/v1/paper/search", {"data": [{"paperId": "p"}]}),
        exchange("https://api.crossref.org/works?rows=0", '{"status": "ok"}'),
    )
    assert ids(data) == ["10.1000/a", "p"]


def test_reads_bodies_in_base64() -> None:
    coded = base64.b64encode(CROSSREF.encode()).decode()
    assert ids(recording(exchange("https://api.crossref.org/works", coded))) == ["10.1000/a"]


def test_a_recording_without_records_says_what_it_holds() -> None:
    with pytest.raises(DataError, match="status 404 from crossref"):
        ids(recording(exchange("https://api.crossref.org/works/x", "no", 404)))
    with pytest.raises(DataError, match="unknown source"):
        ids(recording(exchange("https://x.invalid/", CROSSREF)))


def test_an_answer_without_hits_is_not_an_error() -> None:
    assert ids(recording(exchange("https://api.crossref.org/works", '{"message": {"items": []}}'))) == []


def test_the_source_may_be_named() -> None:
    assert ids(recording(exchange("https://mirror.invalid/", CROSSREF)), "crossref") == ["10.1000/a"]
    with pytest.raises(DataError):
        ids(CROSSREF.encode(), "lens")


def test_what_nobody_answers_is_told() -> None:
    for data in (b"{}", b"[]", b"[1]", b"plain", b"<a/>", b""):
        with pytest.raises(DataError, match="--from"):
            ids(data)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"<PubmedArticleSet/>", "pubmed"),
        (b"<eSearchResult/>", "pubmed"),
        (b"<responseWrapper/>", "europepmc"),
        (b'{"resultList": {"result": []}}', "europepmc"),
        (b'{"meta": {}, "results": []}', "openalex"),
        (CROSSREF.encode(), "crossref"),
        (b'{"total": 1, "data": [{"paperId": "a"}]}', "semanticscholar"),
        (b'{"total": 1, "results": [{"bibjson": {}}]}', "doaj"),
        (b'{"totalHits": 0, "results": []}', "core"),
        (b'{"response": {"docs": []}}', "eric"),
        (b'{"messages": [], "collection": []}', "biorxiv"),
        (b'{"search-results": {}}', "scopus"),
        (b"<REC/>", "wos"),
        (b'{"Data":{"Records":<records></records>}}', "wos"),
        (b'{"total": 1, "data": [{"lens_id": "1"}]}', "lens"),
        (b'{"nothing": 1}', ""),
    ],
)
def test_recognises_whose_answer_it_is(body: bytes, name: str) -> None:
    assert recognise(body) == name


# What the captured payloads hold: (records, entries that can't be read). Counted in the payloads' own form.
HELD = {
    "crossref/habanero__test_cursor_max.wire.json": 100,
    "crossref/fulltext__ft_search_preprints.wire.json": 6,
    "crossref/colrev__10.2196_22081.json": 1,
    "openalex/openalexPro__pro_request_search_biodiversity_AND_fiance.wire.json": 200,
    "semanticscholar/semanticscholar__test_search_paper_bulk_retrieval_sorted_results_desc.wire.json": 3027,
    "semanticscholar/semanticscholar__test_get_papers_not_found_warning.wire.json": 3,
    "doaj/jaod__jaod_article_search_params.wire.json": 32,
    "core/rcoreoa__core_advanced_search.wire.json": 30,
    "core/rcoreoa__core_search.wire.json": 20,
    "eric/colrev__blockchain.json": 1,
    "scopus/fulltext__ft_search_scopus.wire.json": 10,
    "wos/sul_pub__userquery_loadtimespan.wire.json": 36,
    "wos/sul_pub__medline_record_26776186.xml": 1,
    "wos/sul_pub__zero_hits.wire.json": 0,
    "lens/lens_scholarly_search_doc_sample.json": 1,
    "europepmc/pyEuropePMC__search_cancer_core.json": 25,
    "pubmed/sul_pub__efetch_list.wire.json": 4,
    "transcribed/biorxiv_details_page.json": 1,
}


@needs_shared
@pytest.mark.parametrize("name", sorted(HELD))
def test_reads_captured_payloads(name: str) -> None:
    found = list(read_capture((SHARED / "payloads" / name).read_bytes()))
    assert Counter(type(item) for item in found) == ({Fetched: HELD[name]} if HELD[name] else {})


@needs_shared
def test_every_captured_payload_is_read_or_told_in_one_line() -> None:
    seen: Counter[str] = Counter()
    told: list[str] = []
    for path in sorted((SHARED / "payloads").rglob("*")):
        if not path.is_file() or path.suffix == ".md":
            continue
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        try:
            for item in read_capture(data):
                assert not isinstance(item, Unreadable), path.name
                assert "</" not in item.record.title, path.name
                seen[item.record.source] += 1
        except DataError as problem:
            told.append(str(problem))
    assert not [text for text in told if "\n" in text]
    assert seen.keys() == PARSERS.keys()


@needs_shared
def test_the_retraction_of_a_known_paper_is_seen() -> None:
    (found,) = read_capture((SHARED / "payloads/transcribed/crossref_updated_by_wakefield.json").read_bytes())
    assert isinstance(found, Fetched)
    assert [link.kind for link in found.record.status_links] == ["corrected_by", "retracted_by"]

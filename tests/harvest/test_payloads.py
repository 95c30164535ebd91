import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livingscan.cli import convert
from livingscan.harvest.answers import verdict_on
from livingscan.harvest.payloads import SOURCES, Note, parser_of, read_payload
from livingscan.records import Fetched, Unreadable
from tests.shared import SHARED, needs_shared

PUBMED = (
    '<?xml version="1.0"?><!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD" "https://dtd.test/x.dtd"><PubmedArticleSet>'
    '<PubmedArticle><MedlineCitation><PMID Version="1">7</PMID><Article><ArticleTitle>T</ArticleTitle></Article>'
    "</MedlineCitation></PubmedArticle></PubmedArticleSet>"
)
CROSSREF = {"status": "ok", "message-type": "work-list", "message": {"items": [{"DOI": "10.1000/x", "title": ["T"]}]}}
ANSWERS: dict[str, Any] = {
    "pubmed": PUBMED,
    "europepmc": {"hitCount": 1, "resultList": {"result": [{"id": "1", "source": "MED", "title": "T"}]}},
    "openalex": {"meta": {"count": 1}, "results": [{"id": "https://openalex.org/W1", "display_name": "T"}]},
    "crossref": CROSSREF,
    "semanticscholar": {"total": 1, "offset": 0, "data": [{"paperId": "a", "title": "T"}]},
    "doaj": {"total": 1, "pageSize": 10, "results": [{"id": "a", "bibjson": {"title": "T", "journal": {}}}]},
    "core": {"totalHits": 1, "limit": 10, "results": [{"id": 1, "title": "T"}]},
    "eric": {"response": {"numFound": 1, "docs": [{"id": "EJ1", "title": "T"}]}},
    "biorxiv": {"messages": [{"status": "ok"}], "collection": [{"doi": "10.1101/1", "title": "T", "version": "1"}]},
    "scopus": {"search-results": {"entry": [{"dc:identifier": "SCOPUS_ID:1", "eid": "2-s2.0-1", "dc:title": "T"}]}},
    "lens": {"total": 1, "data": [{"lens_id": "000-000-000-000-001", "title": "T"}]},
    "clinicaltrials": {"protocolSection": {"identificationModule": {"nctId": "NCT1", "briefTitle": "T"}}},
    "base": '<response><result><doc><str name="dccollection">x</str><str name="dcdocid">d1</str>'
    '<str name="dctitle">T</str><arr name="dccreator"><str>Bell, T</str></arr></doc></result></response>',
}  # fmt: skip


def read(value: Any, source: str = "") -> list[Fetched | Unreadable | Note]:
    text = value if isinstance(value, str) else json.dumps(value)
    return list(read_payload(text.encode(), "file.json", source))


def recording(*answers: tuple[int, Any]) -> list[dict[str, Any]]:
    return [
        {
            "request": {"method": "GET", "uri": "https://api.test/works?key=secret"},
            "recorded_at": "2024-01-01",
            "response": {"status": status, "headers": {}, "body": body},
        }
        for status, body in answers
    ]


@pytest.mark.parametrize("source", sorted(ANSWERS))
def test_every_source_is_told_by_its_answer(source):
    (item,) = read(ANSWERS[source])
    assert isinstance(item, Fetched), item
    assert (item.record.source, item.record.title) == (source, "T")
    assert item.record.source_id


def test_every_source_has_a_reader():
    for source in SOURCES:
        assert callable(parser_of(source))


@pytest.mark.parametrize(
    ("answer", "failed", "said"),
    [
        ("<eSearchResult><Count>3</Count><IdList><Id>1</Id></IdList></eSearchResult>", False, "esearch"),
        ("<eSearchResult><ERROR>Empty term</ERROR></eSearchResult>", True, "Empty term"),
        ("<eSearchResult><ErrorList><PhraseNotFound>x</PhraseNotFound></ErrorList></eSearchResult>", False, "esearch"),
        ("<eFetchResult><ERROR>OUT OF RANGE</ERROR></eFetchResult>", True, "OUT OF RANGE"),
        ("<eInfoResult><DbInfo/></eInfoResult>", False, "einfo"),
        ("<ePostResult><QueryKey>1</QueryKey></ePostResult>", False, "epost"),
        ("<PubmedArticleSet></PubmedArticleSet>", False, "no article"),
        ("<html><body>Maintenance</body></html>", True, "web page"),
        ("<IPGReportSet/>", True, "unknown kind"),
        ({"esearchresult": {"count": "3", "idlist": ["1"]}}, False, "ids and a count (3)"),
        ({"esearchresult": {"ERROR": "retstart cannot be larger"}}, True, "retstart"),
        ({"errCode": 404, "errMsg": "Invalid page size"}, True, "Invalid page size"),
        ({"hitCount": 0, "resultList": {"result": []}}, False, "zero hits"),
        ({"hitCount": 1, "resultList": {"result": [{"id": "1", "source": "MED"}]}}, False, "list of 1 ids"),
        ({"meta": {"count": 0}, "results": [], "group_by": []}, False, "zero hits"),
        ({"meta": {"count": 5}, "group_by": [{"key": "x"}]}, False, "counts by group"),
        ({"error": "Request URL too long", "message": "4612 bytes"}, True, "too long"),
        ({"status": "ok", "message-type": "work-agency", "message": {"DOI": "10.1/x"}}, False, "work-agency"),
        ({"status": "failed", "message-type": "validation-failure", "message": []}, True, "error"),
        ({"status": "ok", "message-type": "work-list", "message": {"items": []}}, False, "zero hits"),
        ({"message": "Too Many Requests", "code": "429"}, True, "Too Many"),
        ({"total": 0, "offset": 0}, False, "zero hits"),
        ({"messages": [{"status": "no articles found"}], "collection": []}, False, "zero hits"),
        (["WOS:1", "WOS:2"], False, "list of 2 ids"),
        ('{"Data":{"Records":<records></records>},"QueryResult":{}}', False, "Web of Science"),
        ('{"cut": ', True, "broken or cut JSON"),
        ({"nothing": "known"}, True, "unknown kind"),
        ([], False, "zero hits"),
        ({"total": 0, "data": [], "results": 0}, False, "lens: zero hits"),
        ({"total": 0, "token": None, "data": []}, False, "semanticscholar: zero hits"),
        ({"metadata": {"total": 0}, "hits": []}, False, "zero hits"),
        ({"messages": [{"status": "Error: bad interval"}], "collection": []}, True, "bad interval"),
        ({"error-response": {"error-code": "APIKEY_INVALID"}}, True, "APIKEY_INVALID"),
        ({"detail": "Not found."}, True, "Not found."),
        ("<service-error><status><statusText>Bad key</statusText></status></service-error>", True, "an error: Bad key"),
    ],
)  # fmt: skip
def test_an_answer_without_records_says_why(answer, failed, said):
    (note,) = read(answer)
    assert isinstance(note, Note), note
    assert note.failed is failed
    assert said in note.text


def test_a_recording_is_read_answer_by_answer_and_its_keys_stay_secret():
    packed = base64.b64encode(gzip.compress(json.dumps(ANSWERS["openalex"]).encode())).decode()
    plain = base64.b64encode(json.dumps(CROSSREF).encode()).decode()
    items = read(
        recording(
            (200, json.dumps(CROSSREF)), (200, plain), (200, packed), (200, {"string": PUBMED}),
            (429, "slow down"), (200, ""),
        )
    )  # fmt: skip
    assert [type(item) for item in items] == [Fetched, Fetched, Fetched, Fetched, Note, Note]
    assert items[4].where == "file.json, answer 5 (api.test/works)"
    assert "HTTP 429, slow down" in items[4].text
    assert "secret" not in str(items)


def test_a_recorded_text_export_is_read_too():
    (item,) = read(recording((200, "PMID- 7\nOWN - NLM\nTI  - T\n")))
    assert isinstance(item, Fetched)
    assert item.record.pmid == "7"


def test_the_source_can_be_named():
    (item,) = read({"items": [{"DOI": "10.1000/x", "title": ["T"]}]}, "crossref")
    assert isinstance(item, Fetched)
    (note,) = read({"nothing": 1}, "openalex")
    assert isinstance(note, Note)
    assert note.failed


SINGLE: dict[str, dict[str, Any]] = {
    "openalex": {"id": "https://openalex.org/W1", "title": "T", "doi": "https://doi.org/10.1000/x", "language": "en"},
    "crossref": {"DOI": "10.1000/x", "title": ["T"], "abstract": "A", "volume": "1", "issue": "2"},
    "semanticscholar": {"paperId": "a", "title": "T", "abstract": "A", "year": 2020, "authors": [{"name": "Ann Bell"}]},
    "europepmc": {"id": "1", "source": "MED", "title": "T", "pubYear": "2020", "doi": "10.1000/x", "issue": "1"},
    "doaj": {"id": "a", "bibjson": {"title": "T", "journal": {}}},
    "core": {"id": 1, "title": "T", "abstract": "A", "authors": [{"name": "Bell, A"}], "doi": None, "oaiIds": []},
    "eric": {"id": "EJ1", "title": "T", "source": "J, v1 n2 p3-4", "language": ["English"], "url": ""},
    "biorxiv": {"biorxiv_doi": "10.1101/1", "preprint_title": "T", "preprint_date": "2020-01-02"},
    "scopus": {"dc:identifier": "SCOPUS_ID:1", "dc:title": "T"},
    "wos": {"uid": "WOS:1", "title": "T", "source": {"sourceTitle": "J", "volume": 1}, "keywords": {}},
    "lens": {"lens_id": "000-000-000-000-001", "title": "T", "abstract": "A", "source": {"title": "J"}, "volume": "1"},
}  # fmt: skip


@pytest.mark.parametrize("source", sorted(SINGLE))
@pytest.mark.parametrize(
    ("form", "count"),
    [
        (json.dumps, 1),
        (lambda item: json.dumps([None, item]), 1),
        (lambda item: f"{json.dumps(item)}\n{json.dumps(item)}\n", 2),
    ],
    ids=["alone", "in a list", "one a line"],
)
def test_single_records_of_every_source(source, form, count, tmp_path):
    """By way of `convert`, which must not take them for records of our own on one line."""
    path = tmp_path / "answer.json"
    path.write_text(form(SINGLE[source]))
    items = list(convert.read(path))
    assert len(items) == count
    for item in items:
        assert isinstance(item, Fetched), item
        assert (item.record.source, item.record.title) == (source, "T")


def test_other_envelopes_of_the_same_sources():
    paper = {"paperId": "a", "title": "T"}
    article = {"id": "1", "source": "MED", "title": "T", "pubYear": "2020"}
    for answer in (
        {"offset": 0, "data": [{"contexts": [], "citingPaper": paper}]},
        {"recommendedPapers": [paper]},
        {"version": "6.9", "request": {}, "result": article},
        {"items": [{"DOI": "10.1000/x", "title": ["T"]}]},
        {"collection": [{"doi": "10.1101/1", "title": "T"}]},
        {"meta": {"count": 1}, "results": [{"title": "T", "doi": "https://doi.org/10.1000/x"}]},
    ):
        (item,) = read(answer)
        assert isinstance(item, Fetched), item
        assert item.record.title == "T"


def test_eric_and_scopus_in_xml():
    (item,) = read(
        '<response><result name="response" numFound="1"><doc><str name="id">EJ1</str><str name="title">T &amp; U'
        '</str><arr name="author"><str>Bell, A</str><str>Fox, B</str></arr><int name="publicationdateyear">2020</int>'
        '<str name="url">http://dx.doi.org/10.1000/x</str></doc></result></response>'
    )
    assert isinstance(item, Fetched)
    found = item.record
    assert (found.source, found.title, found.authors) == ("eric", "T & U", ("Bell, A", "Fox, B"))
    assert (found.year, found.doi) == (2020, "10.1000/x")
    (item,) = read(
        '<search-results xmlns="http://www.w3.org/2005/Atom" xmlns:dc="http://dc.test/" xmlns:prism="p">'
        "<entry><dc:identifier>SCOPUS_ID:1</dc:identifier><dc:title>T</dc:title><prism:pageRange>1-9</prism:pageRange>"
        "<prism:coverDate>2020-01-05</prism:coverDate></entry></search-results>"
    )
    assert isinstance(item, Fetched)
    assert (item.record.source_id, item.record.pages, item.record.year) == ("2-s2.0-1", "1-9", 2020)


def test_a_summary_of_version_2_with_its_links_and_what_has_none():
    summary = (
        '<DocumentSummary uid="7"><Title>T</Title><Authors><Author><Name>Bell A</Name></Author>'
        "<Author><Name>Fox B</Name></Author></Authors><Lang><string>eng</string></Lang><References><Reference>"
        "<RefSource>J X. 2021</RefSource><RefType>Erratum in</RefType><PMID>9</PMID></Reference></References>"
        "<ArticleIds><ArticleId><IdType>doi</IdType><Value>10.1000/x</Value></ArticleId></ArticleIds></DocumentSummary>"
    )
    gone = '<DocumentSummary uid="8"><error>cannot get document summary</error></DocumentSummary>'
    items = read(f"<eSummaryResult><DocumentSummarySet>{summary}{gone}</DocumentSummarySet></eSummaryResult>")
    assert isinstance(items[0], Fetched)
    found = items[0].record
    assert (found.pmid, found.doi, found.authors, found.language) == ("7", "10.1000/x", ("Bell, A", "Fox, B"), "eng")
    assert [(link.kind, link.target) for link in found.status_links] == [("corrected_by", "pmid:9")]
    assert isinstance(items[1], Unreadable)
    assert (items[1].source_id, items[1].reason) == ("8", "cannot get document summary")


def test_a_summary_of_pubmed_is_a_record():
    (item,) = read(
        {
            "header": {"type": "esummary"},
            "result": {
                "uids": ["7"],
                "7": {
                    "uid": "7", "title": "T", "pubdate": "2020 Dec 16", "source": "J X", "fulljournalname": "Journal X",
                    "authors": [{"name": "Smith JA"}], "volume": "5", "pages": "e5", "lang": ["eng"],
                    "articleids": [{"idtype": "pubmed", "value": "7"}, {"idtype": "doi", "value": "10.1000/x"}],
                },
            },
        }
    )  # fmt: skip
    assert isinstance(item, Fetched)
    found = item.record
    assert (found.source, found.source_id, found.doi, found.authors) == ("pubmed", "7", "10.1000/x", ("Smith, JA",))
    assert (found.journal, found.journal_abbreviation, str(found.published)) == ("Journal X", "J X", "2020-12-16")


def test_dublin_core_of_europe_pmc():
    (item,) = read(
        '<responseWrapper xmlns:dcterms="http://purl.org/dc/terms/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Description rdf:about="http://europepmc.org/abstract/MED/7">'
        "<dc:title>T</dc:title><dc:creator>Bell, T</dc:creator><dc:date>2025-12-01</dc:date>"
        "<dc:identifier>https://doi.org/10.1000/x</dc:identifier>"
        "<dcterms:bibliographicCitation>T. PubMed PMID:7.</dcterms:bibliographicCitation>"
        "<dcterms:isPartOf>urn:ISSN:0140-6736</dcterms:isPartOf></rdf:Description></responseWrapper>"
    )  # fmt: skip
    assert isinstance(item, Fetched)
    found = item.record
    assert (found.source, found.source_id, found.pmid, found.doi) == ("europepmc", "7", "7", "10.1000/x")
    assert found.issns == ("0140-6736",)


KEYS = st.one_of(
    st.sampled_from(
        [
            "data",
            "results",
            "message",
            "items",
            "meta",
            "resultList",
            "result",
            "response",
            "docs",
            "id",
            "title",
            "DOI",
            "paperId",
            "lens_id",
            "status",
            "message-type",
            "body",
            "collection",
            "messages",
            "search-results",
            "entry",
            "esearchresult",
            "bibjson",
            "pageSize",
            "totalHits",
            "studies",
            "request",
        ]
    ),
    st.text(max_size=4),
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_no_json_makes_it_fail(value):
    assert read(value), "something is always said"


@given(st.text(max_size=200))
def test_no_text_makes_the_verdict_fail(text):
    assert verdict_on(text, None) is not None
    assert verdict_on(f"<{text}>", None) is not None


def _works(value: Any) -> int:
    """The works in an answer of Crossref, OpenAlex or Semantic Scholar, counted without any reader of ours."""
    value = value.get("message", value) if isinstance(value, dict) else {"data": value}
    lists = [value.get(key) for key in ("items", "results", "data")] if isinstance(value, dict) else []
    return sum(isinstance(item, dict) for held in lists if isinstance(held, list) for item in held)


def _expected(path: Path) -> int:
    """How many records a captured answer holds at least."""
    text, folder = path.read_text(), path.parent.name
    if folder in {"crossref", "openalex", "semanticscholar"} and path.name.endswith(".wire.json"):
        answers = [exchange["response"] for exchange in json.loads(text)]
        bodies = [answer["body"] for answer in answers if answer["status"] < 400 and answer["body"][:1] in ("{", "[")]
        return sum(_works(json.loads(body)) for body in bodies)
    if folder == "europepmc" and path.suffix == ".json" and "idlist" not in path.name:
        answers = json.loads(text) if text.lstrip().startswith("[") else [json.loads(text)]
        return sum(len(answer["resultList"]["result"]) for answer in answers)
    return text.count("<PubmedArticle>") if folder in {"pubmed", "metapub_pmid_xml"} and path.suffix == ".xml" else 0


CAPTURED = sorted((SHARED / "payloads").rglob("*.json")) + sorted((SHARED / "payloads").rglob("*.xml"))


@needs_shared
@pytest.mark.parametrize("path", CAPTURED, ids=lambda path: path.name)
def test_captured_answers_lose_nothing(path):
    items = list(read_payload(path.read_bytes(), path.name))
    assert items
    assert not [item for item in items if isinstance(item, Unreadable)]
    found = [item for item in items if isinstance(item, Fetched)]
    assert all(item.record.source and item.record.source_id and item.raw for item in found)
    assert len(found) >= _expected(path)


def test_records_of_our_own_over_several_lines():
    own = {"source": "x", "source_id": "1", "title": "T", "authors": ["Bell, A"], "year": 2020}
    for value, count in ((own, 1), ([own, own], 2)):
        items = read(json.dumps(value, indent=1))
        assert len(items) == count
        assert all(isinstance(item, Fetched) and item.record.source == "x" for item in items)


def test_a_line_cut_off_costs_no_other():
    first, second = read(json.dumps(SINGLE["lens"]) + '\n{"lens_id": "000-0')
    assert isinstance(first, Fetched)
    assert isinstance(second, Unreadable)
    assert (second.where, second.reason, second.raw) == ("file.json:2", "broken or cut JSON", '{"lens_id": "000-0')

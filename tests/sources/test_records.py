"""What each source's entry becomes: invented entries in each source's own form."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livingscan.errors import DataError
from livingscan.records import Fetched, PartialDate, Record, StatusLink, Unreadable
from livingscan.sources import (
    SOURCES,
    biorxiv,
    core,
    crossref,
    doaj,
    eric,
    europepmc,
    lens,
    openalex,
    scopus,
    semanticscholar,
    wos,
)

# Every source's module reads one answer by itself.
PARSERS: dict[str, Callable[[str | bytes], Iterator[Fetched | Unreadable]]] = {
    name: importlib.import_module(kind.__module__).parse for name, kind in SOURCES.items()
}

WRAP: dict[str, Callable[[Any], Any]] = {
    "openalex": lambda item: {"meta": {"count": 1}, "results": [item]},
    "crossref": lambda item: {"status": "ok", "message": {"total-results": 1, "items": [item]}},
    "semanticscholar": lambda item: {"total": 1, "data": [item]},
    "doaj": lambda item: {"total": 1, "results": [item]},
    "core": lambda item: {"totalHits": 1, "results": [item]},
    "eric": lambda item: {"response": {"numFound": 1, "docs": [item]}},
    "biorxiv": lambda item: {"messages": [{"status": "ok"}], "collection": [item]},
    "scopus": lambda item: {"search-results": {"opensearch:totalResults": "1", "entry": [item]}},
    "lens": lambda item: {"total": 1, "data": [item]},
    "europepmc": lambda item: {"resultList": {"result": [item]}},
}


def one(parse: Callable[[str | bytes], Iterator[Fetched | Unreadable]], name: str, item: Any) -> Record:
    (found,) = parse(json.dumps(WRAP[name](item)))
    assert isinstance(found, Fetched), found
    assert json.loads(found.raw) == item
    return found.record


def work(**fields: Any) -> Record:
    return one(openalex.parse, "openalex", {"id": "https://openalex.org/W1", **fields})


def test_openalex() -> None:
    record = work(
        doi="https://doi.org/10.1000/ABC",
        title="On <i>wards</i>",
        publication_year=2024,
        publication_date="2024-03-05",
        ids={"pmid": "https://pubmed.ncbi.nlm.nih.gov/77", "pmcid": "https://www.ncbi.nlm.nih.gov/pmc/articles/9"},
        language="en",
        primary_location={
            "source": {"display_name": "J Wards", "issn": ["0029-6643"], "host_organization_name": "Press"}
        },
        type="article",
        authorships=[
            {"raw_author_name": "Ann B. de Wit", "raw_affiliation_strings": ["Leeds"]},
            {"author": {"display_name": "Cy Fox"}, "institutions": [{"display_name": "York"}]},
        ],
        biblio={"volume": "3", "issue": "1", "first_page": "5", "last_page": "9"},
        abstract_inverted_index={"care": [2], "Better": [0], "ward": [1, 3]},
        keywords=[{"display_name": "nursing"}],
        mesh=[
            {"descriptor_name": "Humans", "qualifier_name": None},
            {"descriptor_name": "A", "qualifier_name": "trends"},
        ],
        is_retracted=False,
        created_date="2024-04-01T10:00:00.5",
        updated_date="2025-05-06",
    )
    assert (record.source, record.source_id, record.title) == ("openalex", "W1", "On wards")
    assert record.abstract == "Better ward care ward"
    assert record.authors == ("de Wit, Ann B.", "Fox, Cy")
    assert (record.doi, record.pmid, record.pmcid, record.language) == ("10.1000/abc", "77", "PMC9", "eng")
    assert (record.journal, record.volume, record.issue, record.pages) == ("J Wards", "3", "1", "5-9")
    assert record.published == PartialDate(2024, 3, 5)
    assert record.mesh == ("Humans", "A/trends")
    assert record.affiliations == ("Leeds", "York")
    assert (record.added, record.revised) == (date(2024, 4, 1), date(2025, 5, 6))
    assert record.status_links == ()


def test_openalex_tells_retractions_and_makes_no_day_up() -> None:
    assert work(is_retracted=True).status_links == (StatusLink("retracted_by", "", "is_retracted"),)
    assert [each.kind for each in work(type="retraction").status_links] == ["retraction_of"]
    assert [each.kind for each in work(type="erratum").status_links] == ["correction_of"]
    assert work(publication_date="2020-01-01").published == PartialDate(2020)
    assert work(abstract_inverted_index=None, authorships=None, primary_location=None).abstract == ""
    (found,) = openalex.parse('{"results": [{"ids": {"openalex": "https://openalex.org/W5"}}], "meta": {}}')
    assert isinstance(found, Fetched)
    assert found.record.source_id == "W5"


def doi_work(**fields: Any) -> Record:
    return one(crossref.parse, "crossref", {"DOI": "10.1000/Own", **fields})


def test_crossref() -> None:
    record = doi_work(
        type="journal-article",
        title=["Wards &amp; care"],
        subtitle=["a study"],
        abstract="<jats:title>Abstract</jats:title><jats:sec><jats:title>Aim</jats:title><jats:p>To "
        "<jats:italic>know</jats:italic>.</jats:p></jats:sec>",
        author=[
            {"family": "Fox", "given": "Ann", "suffix": "Jr", "affiliation": [{"name": "Leeds"}]},
            {"name": "The Group"},
            {"family": "Solo"},
        ],
        issued={"date-parts": [[2020, 11]]},
        **{"container-title": ["J Wards"], "short-container-title": ["J W"]},
        ISSN=["0029-6643"],
        volume="1",
        issue="2",
        page="3-4",
        publisher="Press",
        language="en",
        created={"date-time": "2020-11-02T01:02:03Z"},
        deposited={"date-time": "2021-01-02T01:02:03Z"},
    )
    assert (record.source_id, record.doi) == ("10.1000/own", "10.1000/own")
    assert record.title == "Wards & care: a study"
    assert record.abstract == "AIM: To know."
    assert record.authors == ("Fox, Ann Jr", "The Group", "Solo")
    assert record.published == PartialDate(2020, 11)
    assert (record.journal, record.journal_abbreviation, record.pages) == ("J Wards", "J W", "3-4")
    assert (record.added, record.revised) == (date(2020, 11, 2), date(2021, 1, 2))
    assert (record.entry_type, record.affiliations) == ("article", ("Leeds",))


@pytest.mark.parametrize("parts", [[[None]], [[]], [], None, [["x"]], [[2020, 13, 40]]])
def test_crossref_dates_that_are_none(parts: Any) -> None:
    found = doi_work(issued={"date-parts": parts}).published
    assert found is None or found == PartialDate(2020)


def test_crossref_links() -> None:
    record = doi_work(
        **{
            "updated-by": [
                {"DOI": "10.1000/N1", "type": "retraction", "source": "retraction-watch"},
                {"DOI": "10.1000/N2", "type": "correction", "source": "publisher"},
                {"DOI": "10.1000/N3", "type": "expression_of_concern"},
                {"DOI": "10.1000/own", "type": "correction"},
            ],
            "update-to": [{"DOI": "10.1000/P", "type": "erratum"}, {"DOI": "10.1000/OWN", "type": "correction"}],
            "relation": {
                "is-preprint-of": [{"id-type": "doi", "id": "10.1000/J"}],
                "has-preprint": [{"id-type": "doi", "id": "10.1000/PP"}],
                "is-supplement-to": [{"id-type": "doi", "id": "10.1000/S"}],
            },
        }
    )
    assert [(each.kind, each.target, each.note) for each in record.status_links] == [
        ("retracted_by", "doi:10.1000/n1", "retraction (retraction-watch)"),
        ("corrected_by", "doi:10.1000/n2", "correction (publisher)"),
        ("concern_by", "doi:10.1000/n3", "expression of concern"),
        ("correction_of", "doi:10.1000/p", "erratum"),
        ("preprint_of", "doi:10.1000/j", "is-preprint-of"),
        ("has_preprint", "doi:10.1000/pp", "has-preprint"),
    ]
    assert [each.kind for each in doi_work(title=["RETRACTED: Wards"]).status_links] == ["retracted_by"]


def test_crossref_preprints_name_their_server() -> None:
    record = doi_work(type="posted-content", subtype="preprint", institution=[{"name": "medRxiv"}])
    assert (record.entry_type, record.journal) == ("preprint", "medRxiv")
    assert doi_work(type="posted-content", subtype="peer_review").entry_type == "other"


def test_semanticscholar() -> None:
    record = one(
        semanticscholar.parse,
        "semanticscholar",
        {
            "paperId": "abc",
            "corpusId": 5,
            "externalIds": {"DOI": "10.1000/A", "PubMed": "7", "PubMedCentral": "8"},
            "title": "Wards",
            "abstract": None,
            "year": 2020,
            "publicationDate": "2020-01-01",
            "journal": {"name": "J Wards", "pages": " 1 - 2 ", "volume": "3"},
            "publicationTypes": ["Review", "JournalArticle"],
            "authors": [{"name": "Ann B. Fox"}, {"name": None}],
        },
    )
    assert (record.doi, record.pmid, record.pmcid) == ("10.1000/a", "7", "PMC8")
    assert (record.published, record.year, record.authors) == (PartialDate(2020), 2020, ("Fox, Ann B.",))
    assert record.other_ids == (("corpusid", "5"),)
    assert record.entry_type == "article"


def test_semanticscholar_passes_over_nulls() -> None:
    assert [type(item) for item in semanticscholar.parse('[null, {"paperId": "a"}, {"paperId": null}]')] == [
        Fetched,
        Unreadable,
    ]


def test_doaj() -> None:
    record = one(
        doaj.parse,
        "doaj",
        {
            "id": "0001",
            "created_date": "2020-04-19T12:10:11Z",
            "last_updated": "2020-11-25T02:27:47Z",
            "bibjson": {
                "title": "Wards",
                "abstract": "We   know.",
                "identifier": [{"type": "pissn", "id": "0029-6643"}, {"type": "doi", "id": "10.1000/A"}],
                "journal": {"title": "J Wards", "volume": "1", "number": "2", "language": ["EN"], "publisher": "P"},
                "year": "2020",
                "month": "4",
                "start_page": "1",
                "end_page": "6",
                "author": [{"name": "Ann Fox", "affiliation": "Leeds"}],
                "keywords": ["care"],
            },
        },
    )
    assert (record.doi, record.issns, record.pages) == ("10.1000/a", ("0029-6643",), "1-6")
    assert record.published == PartialDate(2020, 4)
    assert (record.added, record.revised) == (date(2020, 4, 19), date(2020, 11, 25))
    assert (record.authors, record.language) == (("Fox, Ann",), "eng")


def test_core() -> None:
    record = one(
        core.parse,
        "core",
        {
            "id": 42,
            "title": "Wards",
            "abstract": "We know.",
            "authors": [{"name": "Fox, Ann"}],
            "doi": "10.1000/A",
            "createdDate": "2024-05-06T01:02:03",
            "updatedDate": "2024-06-07T01:02:03",
            "yearPublished": 2023,
            "publishedDate": "2023-02-03T00:00:00",
            "documentType": "thesis",
            "language": {"code": "en", "name": "English"},
            "journals": [{"title": "J Wards", "identifiers": ["0029-6643"]}],
            "oaiIds": ["oai:x:1"],
            "links": [{"type": "display", "url": "https://core.ac.uk/works/42"}],
        },
    )
    assert (record.source_id, record.entry_type, record.language) == ("42", "thesis", "eng")
    assert record.published == PartialDate(2023, 2, 3)
    assert (record.added, record.revised) == (date(2024, 5, 6), date(2024, 6, 7))
    assert (record.journal, record.issns, record.other_ids) == ("J Wards", ("0029-6643",), (("oai", "oai:x:1"),))


def test_eric() -> None:
    record = one(
        eric.parse,
        "eric",
        {
            "id": "EJ1",
            "title": "Training wards",
            "author": ["Fox, Ann"],
            "description": "We train.",
            "subject": ["Nursing"],
            "publicationtype": ["Journal Articles"],
            "publicationdateyear": 2021,
            "language": ["English"],
            "issn": ["EISSN-0029-6643"],
            "source": "Nurse Educator, v12 n3 p1-10 May 2021",
        },
    )
    assert (record.journal, record.volume, record.issue, record.pages) == ("Nurse Educator", "12", "3", "1-10")
    assert (record.issns, record.language, record.entry_type) == (("0029-6643",), "eng", "article")


def preprint(**fields: Any) -> Record:
    return one(biorxiv.parse, "biorxiv", {"doi": "10.1101/2026.01.02.3", "date": "2026-01-03", **fields})


def test_biorxiv() -> None:
    record = preprint(
        title="Wards",
        authors="Fox, A.; Wit, B.",
        version=2,
        server="medRxiv",
        published="10.1000/J",
        type="new results",
    )
    assert (record.source_id, record.source_version) == ("10.1101/2026.01.02.3", "2")
    assert record.authors == ("Fox, A.", "Wit, B.")
    assert record.status_links == (StatusLink("preprint_of", "doi:10.1000/j", "published"),)
    assert (record.added, record.entry_type, record.journal) == (date(2026, 1, 3), "preprint", "medRxiv")
    assert preprint(version="1", published="NA").source_version == ""
    assert preprint(published="NA").status_links == ()
    assert [each.kind for each in preprint(type="WITHDRAWN").status_links] == ["retracted_by"]


def entry(**fields: Any) -> Record:
    return one(scopus.parse, "scopus", {"dc:identifier": "SCOPUS_ID:9", "eid": "2-s2.0-9", **fields})


def test_scopus() -> None:
    record = entry(
        **{
            "dc:title": "Wards",
            "dc:description": "We know.",
            "prism:publicationName": "J Wards",
            "prism:issn": "00296643",
            "prism:eIssn": [{"$": "17534887"}],
            "prism:coverDate": "2021-01-01",
            "prism:coverDisplayDate": "2021",
            "prism:pageRange": "1-2",
            "prism:doi": "10.1000/A",
            "pubmed-id": "7",
            "subtype": "ar",
            "subtypeDescription": "Article",
            "author": [{"surname": "Fox", "given-name": "Ann"}, {"surname": "Wit", "initials": "B."}],
            "authkeywords": "care | wards",
            "affiliation": [{"affilname": "York", "affiliation-city": "York", "affiliation-country": "UK"}],
        }
    )
    assert (record.source_id, record.doi, record.pmid) == ("2-s2.0-9", "10.1000/a", "7")
    assert record.published == PartialDate(2021)
    assert record.authors == ("Fox, Ann", "Wit, B.")
    assert (record.issns, record.keywords) == (("0029-6643", "1753-4887"), ("care", "wards"))
    assert entry(**{"dc:creator": "Tsuji T."}).authors == ("Tsuji, T.",)
    assert entry(**{"prism:coverDate": "2021-03-04"}).published == PartialDate(2021, 3, 4)
    assert [each.kind for each in entry(subtype="tb").status_links] == ["retracted_by"]
    assert [each.kind for each in entry(subtype="er").status_links] == ["correction_of"]


def test_scopus_says_no_hits_with_an_error_entry() -> None:
    assert list(scopus.parse('{"search-results": {"entry": [{"error": "Result set was empty"}]}}')) == []


def test_lens() -> None:
    record = one(
        lens.parse,
        "lens",
        {
            "lens_id": "001-002",
            "title": "Wards",
            "publication_type": "journal article",
            "year_published": 2015,
            "date_published": "2015-06-13T00:00:00+00:00",
            "date_published_parts": [2015, 6],
            "created": "2018-05-12T02:39:28+00:00",
            "external_ids": [{"type": "doi", "value": "10.1000/A"}, {"type": "pmid", "value": "7"}],
            "authors": [{"first_name": "Ann", "last_name": "Fox", "affiliations": [{"name": "Leeds"}]}],
            "source": {"title": "J Wards", "issn": [{"type": "print", "value": "00296643"}], "publisher": "P"},
            "languages": ["en"],
            "mesh_terms": [{"mesh_heading": "A", "qualifier_name": "trends"}],
            "start_page": "1",
            "end_page": "2",
            "retraction_updates": [{"update_nature": "Retraction", "doi": "10.1000/N"}],
        },
    )
    assert (record.doi, record.pmid, record.pages) == ("10.1000/a", "7", "1-2")
    assert record.published == PartialDate(2015, 6)
    assert (record.added, record.mesh) == (date(2018, 5, 12), ("A/trends",))
    assert record.status_links == (StatusLink("retracted_by", "doi:10.1000/n", "Retraction"),)


REC = """<REC><UID>WOS:1</UID><static_data><summary>
<pub_info pubyear="2025" coverdate="JUL 2025" vol="41" issue="2"><page>i1-i3</page></pub_info>
<titles><title type="source">J WARDS</title><title type="abbrev_iso">J. Wards</title>
<title type="item">On &lt;i&gt;wards&lt;/i&gt;</title></titles>
<names><name role="author"><full_name>Fox, Ann B.</full_name></name>
<name role="book_editor"><full_name>Ed, E.</full_name></name>
<name role="corp"><full_name>The Group</full_name></name></names>
<doctypes><doctype>Article</doctype><doctype>Retracted Publication</doctype></doctypes></summary>
<fullrecord_metadata><languages><language type="primary">English</language></languages>
<abstracts><abstract><abstract_text><p>One.</p><p>Two.</p></abstract_text></abstract></abstracts>
<keywords><keyword>care</keyword></keywords></fullrecord_metadata></static_data>
<dynamic_data><cluster_related><identifiers><identifier type="doi" value="10.1000/A"/>
<identifier type="pmid" value="MEDLINE:7"/><identifier type="issn" value="0029-6643"/></identifiers></cluster_related>
</dynamic_data><dates date_loaded="2025-07-19T23:59:59.0" date_modified="2025-07-22T01:00:00"/></REC>"""


@pytest.mark.parametrize(
    "body",
    [
        REC,
        f"<records>{REC}</records>",
        f'<response xmlns="x"><map><val name="Records"><![CDATA[<records>{REC}</records>]]></val></map></response>',
        f'{{"Data":{{"Records":<records>{REC}</records>}},"QueryResult":{{}}}}',
    ],
)
def test_wos(body: str) -> None:
    (found,) = wos.parse(body)
    assert isinstance(found, Fetched)
    record = found.record
    assert (record.source_id, record.title) == ("WOS:1", "On wards")
    assert record.authors == ("Fox, Ann B.", "The Group")
    assert (record.journal, record.journal_abbreviation) == ("J WARDS", "J. Wards")
    assert (record.doi, record.pmid, record.issns) == ("10.1000/a", "7", ("0029-6643",))
    assert record.published == PartialDate(2025, 7)
    assert (record.abstract, record.language) == ("One.\nTwo.", "eng")
    assert (record.added, record.revised) == (date(2025, 7, 19), date(2025, 7, 22))
    assert [each.kind for each in record.status_links] == ["retracted_by"]
    assert found.raw.startswith("<REC>")


def test_wos_expanded_in_json() -> None:
    rec = {
        "UID": "WOS:1",
        "static_data": {
            "summary": {
                "pub_info": {"pubyear": 2025, "vol": 3, "issue": 4, "page": {"begin": 1, "end": 9, "page_count": 9}},
                "titles": {"title": [{"type": "source", "content": "J W"}, {"type": "item", "content": "On wards"}]},
                "names": {"name": [{"role": "author", "full_name": name} for name in ("Fox, Ann B.", "Bell, C")]},
                "doctypes": {"doctype": "Article"},
            },
            "fullrecord_metadata": {
                "languages": {"language": {"type": "primary", "content": "English"}},
                "abstracts": {"abstract": {"abstract_text": {"count": 2, "p": ["One.", "Two."]}}},
                "keywords": {"keyword": ["a", "b"]},
            },
            "item": {"keywords_plus": {"keyword": "PLUS"}},
        },
        "dynamic_data": {"cluster_related": {"identifiers": {"identifier": [{"type": "doi", "value": "10.1000/A"}]}}},
    }  # fmt: skip
    for held in (rec, [rec]):
        (found,) = wos.parse(json.dumps({"Data": {"Records": {"records": {"REC": held}}}, "QueryResult": {}}))
        assert isinstance(found, Fetched)
        record = found.record
        assert (record.title, record.journal, record.authors) == ("On wards", "J W", ("Fox, Ann B.", "Bell, C"))
        assert (record.year, record.volume, record.issue, record.pages) == (2025, "3", "4", "1-9")
        assert (record.abstract, record.language, record.doi) == ("One.\nTwo.", "eng", "10.1000/a")
        assert (record.keywords, record.publication_types) == (("a", "b", "PLUS"), ("Article",))


def test_wos_starter() -> None:
    hit = {
        "uid": "WOS:1",
        "title": "Retraction of: On wards",
        "types": ["Retraction"],
        "source": {"sourceTitle": "J WARDS", "publishYear": 2025, "publishMonth": "JUL", "volume": "3", "issue": "4",
                   "pages": {"range": "1-9"}},
        "names": {"authors": [{"displayName": "Fox, Ann B.", "wosStandard": "Fox, AB"}]},
        "identifiers": {"doi": "10.1000/A", "issn": "0029-6643", "pmid": "MEDLINE:7"},
        "keywords": {"authorKeywords": ["a"]},
        "links": {"record": "https://example.org/1"},
    }  # fmt: skip
    (found,) = wos.parse(json.dumps({"metadata": {"total": 1}, "hits": [hit]}))
    assert isinstance(found, Fetched)
    record = found.record
    assert (record.source_id, record.authors, record.journal) == ("WOS:1", ("Fox, Ann B.",), "J WARDS")
    assert record.published == PartialDate(2025, 7)
    assert (record.volume, record.issue, record.pages, record.keywords) == ("3", "4", "1-9", ("a",))
    assert (record.doi, record.pmid, record.url) == ("10.1000/a", "7", "https://example.org/1")
    assert [each.kind for each in record.status_links] == ["retraction_of"]


def test_scopus_abstract_retrieval() -> None:
    answer = {
        "coredata": {"eid": "2-s2.0-1", "dc:title": "On wards", "dc:description": "We asked.",
                     "prism:startingPage": "1", "prism:endingPage": "9", "prism:doi": "10.1000/A",
                     "dc:creator": {"author": []}},
        "authors": {"author": [{"ce:surname": "Fox", "ce:given-name": "Ann"}, {"ce:indexed-name": "Bell C."}]},
        "authkeywords": {"author-keyword": [{"$": "a"}, {"$": "b"}]},
        "language": {"@xml:lang": "eng"},
    }  # fmt: skip
    (found,) = scopus.parse(json.dumps({"abstracts-retrieval-response": answer}))
    assert isinstance(found, Fetched)
    record = found.record
    assert (record.title, record.abstract, record.pages) == ("On wards", "We asked.", "1-9")
    assert (record.authors, record.keywords, record.language) == (("Fox, Ann", "Bell, C."), ("a", "b"), "eng")


def test_biorxiv_pubs_names_both_documents() -> None:
    pub = {"biorxiv_doi": "10.1101/1", "published_doi": "10.1000/A", "preprint_title": "On wards",
           "preprint_authors": "Fox, A.; Bell, C.", "preprint_platform": "medRxiv",
           "preprint_date": "2020-01-05"}  # fmt: skip
    record = one(biorxiv.parse, "biorxiv", pub)
    assert (record.doi, record.title, record.authors) == ("10.1101/1", "On wards", ("Fox, A.", "Bell, C."))
    assert (record.journal, record.year) == ("medRxiv", 2020)
    assert [(link.kind, link.target) for link in record.status_links] == [("preprint_of", "doi:10.1000/a")]


def test_europepmc_takes_a_string_of_authors_apart() -> None:
    item = {"id": "1", "source": "MED", "authorString": "Fox A, Vandana, NHS Study Group, Bell CD."}
    assert one(europepmc.parse, "europepmc", item).authors == ("Fox, A", "Vandana", "NHS Study Group", "Bell, CD")


def test_wos_zero_hits_and_a_list_of_ids() -> None:
    assert list(wos.parse('{"Data":{"Records":<records>\n</records>},"QueryResult":{}}')) == []
    with pytest.raises(DataError):
        list(wos.parse('["WOS:1"]'))


def test_wos_refuses_entities() -> None:
    bomb = f'<!DOCTYPE a [<!ENTITY b "c">]><records>{REC.replace("One.", "&b;")}</records>'
    with pytest.raises(DataError, match="declares entities"):
        list(wos.parse(bomb))


@pytest.mark.parametrize("name", sorted(PARSERS))
@pytest.mark.parametrize(
    "body", ["", "nonsense", "[]x", "<a/>", '{"error": "no"}', "3", "<html><body>Down</body></html>"]
)
def test_what_is_no_answer_is_refused_in_one_line(name: str, body: str) -> None:
    with pytest.raises(DataError) as caught:
        list(PARSERS[name](body))
    assert "\n" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 3000) | st.text(max_size=8) | st.just("10.1000/x"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
KEYS = {
    "openalex": ["id", "title", "ids", "authorships", "primary_location", "biblio", "abstract_inverted_index", "mesh"],
    "crossref": ["DOI", "title", "author", "issued", "updated-by", "relation", "container-title", "abstract", "type"],
    "semanticscholar": ["paperId", "externalIds", "authors", "journal", "publicationTypes", "year"],
    "doaj": ["id", "bibjson", "created_date"],
    "core": ["id", "title", "authors", "journals", "identifiers", "language", "links", "publishedDate"],
    "eric": ["id", "author", "source", "issn", "language", "publicationdateyear"],
    "biorxiv": ["doi", "authors", "version", "published", "date", "type"],
    "scopus": ["dc:identifier", "eid", "author", "prism:isbn", "affiliation", "prism:coverDate", "authkeywords"],
    "lens": ["lens_id", "external_ids", "authors", "source", "date_published_parts", "retraction_updates"],
    "europepmc": ["id", "source", "authorList", "journalInfo", "commentCorrectionList", "pubTypeList", "language"],
}


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_an_entry_of_any_form_is_read_or_kept_raw(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(KEYS)))
    item = data.draw(st.dictionaries(st.sampled_from(KEYS[name]), JSON))
    for found in PARSERS[name](json.dumps(WRAP[name](item))):
        assert isinstance(found, Fetched | Unreadable)
        assert json.loads(found.raw) == item


def test_europepmc_relations_that_say_two_things() -> None:
    others = [
        {"id": "7", "source": "MED", "type": "Retracted and republished in"},
        {"id": "8", "source": "MED", "type": "Erratum in"},
    ]
    item = {"id": "1", "source": "MED", "commentCorrectionList": {"commentCorrection": others}}
    assert [(each.kind, each.target) for each in one(europepmc.parse, "europepmc", item).status_links] == [
        ("retracted_by", "pmid:7"),
        ("republished_as", "pmid:7"),
        ("corrected_by", "pmid:8"),
    ]


def test_crossref_fields_that_stand_elsewhere() -> None:
    record = doi_work(
        **{"title": [], "original-title": ["Über Stationen"], "page": "10–20", "journal-issue": {"issue": "4"}},
        author=[{"literal": "A Study Group"}],
        **{"published-print": {"date-parts": [[2020, 5]]}},
        relation={"is-comment-on": [{"id-type": "doi", "id": "10.1000/c"}]},
    )  # fmt: skip
    assert (record.title, record.pages, record.issue, record.year) == ("Über Stationen", "10-20", "4", 2020)
    assert record.authors == ("A Study Group",)
    assert [(each.kind, each.target) for each in record.status_links] == [("comment_on", "doi:10.1000/c")]

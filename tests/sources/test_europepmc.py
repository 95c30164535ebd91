from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from livingscan import sources
from livingscan.errors import DataError, ExpiredCursorError, FatalSourceError, RetriableSourceError
from livingscan.records import Fetched, Page, PartialDate, Record, StatusLink, Unreadable, Window
from livingscan.settings import Settings
from livingscan.sources.europepmc import EuropePMC, parse
from livingscan.sources.http import Http
from tests.shared import SHARED, needs_shared
from tests.sources.server import Answer, Asked, Server, serve


class Fake:
    """Europe PMC with records MED:1 to MED:n."""

    def __init__(self, count: int) -> None:
        self.ids = [str(n) for n in range(1, count + 1)]
        self.hidden: set[str] = set()  # left out of walks, delivered by id
        self.gone: set[str] = set()  # listed, never delivered
        self.extra = 0  # what hitCount adds to the truth
        self.short = 0  # pages are shorter by this
        self.before: Callable[[Asked], Answer | None] = lambda _: None

    def __call__(self, asked: Asked) -> Answer:
        early = self.before(asked)
        if early is not None:
            return early
        params = asked.params
        one = re.fullmatch(r'EXT_ID:"(\d+)" AND SRC:MED', params["query"])
        ids = [one[1]] if one else self.ids
        skip = self.gone if one or params["resultType"] == "idlist" else self.gone | self.hidden
        if params["resultType"] == "idlist":
            skip = set()
        mark, size = params["cursorMark"], int(params["pageSize"]) - self.short
        start = 0 if mark == "*" else int(mark.removeprefix("M=+/"))
        rows = [{"id": i, "source": "MED", "title": f"T<i>{i}</i>"} for i in ids[start : start + size] if i not in skip]
        answer: dict[str, Any] = {
            "version": "6.9",
            "hitCount": len(ids) + self.extra,
            "request": {"queryString": params["query"]},
            "resultList": {"result": rows},
        }
        if ids:
            answer["nextCursorMark"] = f"M=+/{start + size}" if start < len(ids) else mark
        return Answer(json.dumps(answer))


def source(server: Server, tmp_path: Path, strategy: str = "wards") -> EuropePMC:
    settings = Settings(home=tmp_path, sandbox_url=server.url)
    made = sources.create("europepmc", Http("", None, attempts=3, backoff=0.001), strategy, settings)
    assert isinstance(made, EuropePMC)
    return made


def ids(pages: Iterable[Page]) -> list[str]:
    return [item.record.source_id.removeprefix("MED:") for page in pages for item in page.fetched]


@pytest.mark.parametrize("count", [1, 199, 200, 201, 450])
@pytest.mark.parametrize("short", [0, 150])
def test_walks_to_the_end(tmp_path: Path, count: int, short: int) -> None:
    fake = Fake(count)
    fake.short = short
    with serve(fake) as s:
        asked = source(s, tmp_path)
        assert asked.promise(Window()).count == count
        pages = list(asked.pages(Window()))
    assert ids(pages) == fake.ids
    assert pages[-1].cursor is None
    assert all(page.cursor for page in pages[:-1])


def test_no_hits_is_one_empty_page(tmp_path: Path) -> None:
    with serve(Fake(0)) as s:
        assert source(s, tmp_path).promise(Window()).count == 0
        assert list(source(s, tmp_path).pages(Window())) == [Page()]


def test_asks_for_core_json_and_either_date(tmp_path: Path) -> None:
    with serve(Fake(1)) as s:
        list(source(s, tmp_path).pages(Window(date(2026, 1, 1), date(2026, 1, 7))))
        source(s, tmp_path).promise(Window(date(2026, 1, 1), None, "revised"))
    first = s.asked[0]
    assert (first.method, first.path) == ("GET", "/europepmc/search")
    assert first.params["query"] == (
        "(wards) AND (CREATION_DATE:[2026-01-01 TO 2026-01-07] OR FIRST_IDATE:[2026-01-01 TO 2026-01-07])"
    )
    assert (first.params["resultType"], first.params["format"], first.params["cursorMark"]) == ("core", "json", "*")
    assert s.asked[-1].params["query"] == "(wards) AND (UPDATE_DATE:[2026-01-01 TO 3000-12-31])"


def test_long_strategies_go_by_post(tmp_path: Path) -> None:
    strategy = " OR ".join(f'"ward {n}"' for n in range(2000))
    with serve(Fake(1)) as s:
        list(source(s, tmp_path, strategy).pages(Window()))
    assert all((a.method, a.path) == ("POST", "/europepmc/searchPOST") for a in s.asked)
    assert s.asked[0].params["query"] == strategy


def test_goes_on_after_its_cursor(tmp_path: Path) -> None:
    with serve(Fake(700)) as s:
        whole = list(source(s, tmp_path).pages(Window()))
        for stop in range(len(whole) - 1):
            have = {f"MED:{i}" for i in ids(whole[: stop + 1])}
            assert ids(source(s, tmp_path).pages(Window(), whole[stop].cursor, have)) == ids(whole[stop + 1 :])


def test_what_the_walk_leaves_out_is_found_by_its_id(tmp_path: Path) -> None:
    fake = Fake(450)
    fake.hidden = {"7", "300"}
    fake.gone = {"301"}
    with serve(fake) as s:
        pages = list(source(s, tmp_path).pages(Window()))
    assert sorted(ids(pages), key=int) == [i for i in fake.ids if i != "301"]
    assert [key for page in pages for key, _ in page.absent] == ["MED:301"]
    assert pages[-1].promised_ids == ("MED:7", "MED:300", "MED:301")
    assert pages[-1].cursor is None


def test_a_count_that_lies_ends_the_walk_all_the_same(tmp_path: Path) -> None:
    fake = Fake(30)
    fake.extra = 5
    with serve(fake) as s:
        assert ids(source(s, tmp_path).pages(Window())) == fake.ids
        assert source(s, tmp_path).promise(Window()).count == 35


def test_a_walk_that_leaves_out_many_is_an_outage(tmp_path: Path) -> None:
    fake = Fake(450)
    fake.hidden = set(fake.ids[100:300])
    with serve(fake) as s, pytest.raises(RetriableSourceError, match="lists 450 records and leaves out 200"):
        list(source(s, tmp_path).pages(Window()))


PASSING = [
    Answer("<html><body>maintenance</body></html>"),
    Answer("This API is temporarily unavailable due to maintenance.", status=503),
    Answer('{"errCode": 503, "errMsg": "busy"}'),
    Answer('{"version": "6.9", "hitCount": 30}'),
    Answer('{"version": "6.9", "hitCount": 30, "resultList": {"res'),
    Answer("[]"),
    Answer(""),
]


@pytest.mark.parametrize("fault", PASSING)
def test_passing_faults_are_asked_again_and_never_look_empty(tmp_path: Path, fault: Answer) -> None:
    fake = Fake(30)
    left = [fault, fault]
    fake.before = lambda _: left.pop() if left else None
    with serve(fake) as s:
        assert ids(source(s, tmp_path).pages(Window())) == fake.ids
    fake.before = lambda _: fault
    with serve(fake) as s, pytest.raises(RetriableSourceError):
        list(source(s, tmp_path).pages(Window()))


def test_errors_inside_a_200_are_errors(tmp_path: Path) -> None:
    fake = Fake(3)
    fake.before = lambda _: Answer('{"errCode": 404, "errMsg": "Invalid page size provided."}')
    with serve(fake) as s, pytest.raises(FatalSourceError, match="Invalid page size"):
        source(s, tmp_path).promise(Window())
    assert len(s.asked) == 1


def test_a_cursor_no_longer_known_is_expired(tmp_path: Path) -> None:
    fake = Fake(3)
    fake.before = lambda asked: Answer('{"version": "6.9"}') if asked.params["cursorMark"] != "*" else None
    with serve(fake) as s, pytest.raises(ExpiredCursorError):
        list(source(s, tmp_path).pages(Window(), '{"mark": "old"}'))
    with serve(fake) as s, pytest.raises(ExpiredCursorError):
        list(source(s, tmp_path).pages(Window(), "nonsense"))


def record(**fields: Any) -> Record:
    item = {"id": "5", "source": "MED", "pmid": "5", **fields}
    (found,) = parse(json.dumps({"resultList": {"result": [item]}}))
    assert isinstance(found, Fetched)
    return found.record


def test_reads_a_core_record() -> None:
    found = record(
        pmcid="PMC9",
        doi="10.1000/A",
        title="On <i>wards</i> &amp; CO<sub>2</sub>.",
        abstractText="<h4>Background</h4>We know.<h4>Results</h4>p &lt; 0.05.",
        authorList={
            "author": [
                {
                    "fullName": "Fox EJ",
                    "firstName": "Eleah J",
                    "lastName": "Fox",
                    "authorAffiliationDetailsList": {"authorAffiliation": [{"affiliation": "Leeds."}]},
                },
                {"collectiveName": "The Group"},
            ]
        },
        journalInfo={
            "issue": "7",
            "volume": "83",
            "dateOfPublication": "2025 Jul",
            "journal": {"title": "J of W", "isoabbreviation": "J W", "issn": "0029-6643", "essn": "1753-4887"},
        },
        pubYear="2025",
        pageInfo="1-9",
        language="eng",
        pubTypeList={"pubType": ["Journal Article"]},
        meshHeadingList={
            "meshHeading": [
                {"descriptorName": "Humans"},
                {"descriptorName": "Diet", "meshQualifierList": {"meshQualifier": [{"qualifierName": "trends"}]}},
            ]
        },
        keywordList={"keyword": ["a", "b"]},
        dateOfCreation="2024-08-30",
        dateOfRevision="2025-06-17",
    )
    assert found.source_id == "MED:5"
    assert found.title == "On wards & CO2."
    assert found.abstract == "BACKGROUND: We know.\nRESULTS: p < 0.05."
    assert found.authors == ("Fox, Eleah J", "The Group")
    assert found.published == PartialDate(2025, 7)
    assert (found.journal, found.journal_abbreviation, found.issns) == ("J of W", "J W", ("0029-6643", "1753-4887"))
    assert (found.doi, found.pmid, found.pmcid) == ("10.1000/a", "5", "PMC9")
    assert found.mesh == ("Humans", "Diet/trends")
    assert (found.added, found.revised) == (date(2024, 8, 30), date(2025, 6, 17))
    assert (found.affiliations, found.language) == (("Leeds.",), "eng")


def test_reads_a_preprint() -> None:
    found = record(
        id="PPR77",
        source="PPR",
        pmid="",
        pubYear="2026",
        pubType="preprint",
        authorString="Yasuda Y, Miyaoka Y.",
        bookOrReportDetails={"publisher": "medRxiv", "yearOfPublication": 2026},
        firstPublicationDate="2026-08-20",
        firstIndexDate="2026-08-22",
        commentCorrectionList={"commentCorrection": [{"id": "9", "source": "MED", "type": "Preprint of"}]},
    )
    assert (found.source_id, found.entry_type, found.journal) == ("PPR:PPR77", "preprint", "medRxiv")
    assert (found.authors, found.pmid) == (("Yasuda, Y", "Miyaoka, Y"), "")
    assert found.published == PartialDate(2026, 8, 20)
    assert found.added == date(2026, 8, 22)
    assert found.status_links == (StatusLink("preprint_of", "pmid:9", "Preprint of"),)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Retraction in", "retracted_by"),
        ("Retraction of", "retraction_of"),
        ("Expression of concern in", "concern_by"),
        ("Expression of concern for", "concern_of"),
        ("Erratum in", "corrected_by"),
        ("Erratum for", "correction_of"),
        ("Comment in", "commented_by"),
        ("Comment on", "comment_on"),
        ("Update in", "updated_by"),
        ("Update of", "update_of"),
        ("Republished in", "republished_as"),
        ("Republished from", "republished_from"),
        ("Preprint in", "has_preprint"),
        ("Summary for patients in", "summary_for_patients"),
        ("Something else", "other"),
    ],
)
def test_links(words: str, kind: str) -> None:
    found = record(commentCorrectionList={"commentCorrection": [{"id": "9", "source": "MED", "type": words}]})
    assert [(link.kind, link.target, link.note) for link in found.status_links] == [(kind, "pmid:9", words)]


def test_a_link_without_an_id_keeps_doi_or_citation() -> None:
    row = {"type": "Erratum in", "reference": "Lancet. 2020;1:2. doi: 10.1000/Z."}
    assert record(commentCorrectionList={"commentCorrection": [row]}).status_links[0].target == "doi:10.1000/z"
    row = {"type": "Erratum in", "reference": "Lancet. 2020;1:2."}
    assert record(commentCorrectionList={"commentCorrection": [row]}).status_links[0].target == "Lancet. 2020;1:2."


def test_a_type_alone_says_that_a_paper_is_retracted() -> None:
    assert record(pubTypeList={"pubType": ["Retracted Publication"]}).status_links == (
        StatusLink("retracted_by", "", "Retracted Publication"),
    )


def test_an_entry_that_cannot_be_read_costs_no_other() -> None:
    rows = [{"id": "1", "source": "MED"}, {"id": "2"}, "text", {"id": "3", "source": "MED"}]
    found = list(parse(json.dumps({"resultList": {"result": rows}})))
    assert [type(item) for item in found] == [Fetched, Unreadable, Fetched]
    assert isinstance(found[1], Unreadable)
    assert found[1].source_id == "2"


@pytest.mark.parametrize("body", ["nonsense", '{"errCode": 404, "errMsg": "No search criteria"}', "[1]", "<a/>", "<a"])
def test_what_is_no_answer_is_refused(body: str) -> None:
    with pytest.raises(DataError):
        list(parse(body))


@needs_shared
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("pyEuropePMC__search_cancer_core.json", 25),
        ("pyEuropePMC__search_cancer.json", 25),
        ("pyEuropePMC__search_cancer.xml", 25),
        ("pyEuropePMC__search_post_cancer.json", 25),
        ("pyEuropePMC__fetch_10pages_cancer.json", 1000),
        ("pyEuropePMC__search_no_results.json", 0),
        ("getpapers__eupmc_lies.xml", 1),
        ("getpapers__eupmc_noresults.xml", 0),
    ],
)
def test_reads_captured_answers(name: str, count: int) -> None:
    found = list(parse((SHARED / "payloads/europepmc" / name).read_bytes()))
    assert len(found) == count
    assert all(isinstance(item, Fetched) and item.record.title and item.record.year for item in found)
    assert not [item for item in found if isinstance(item, Fetched) and "</" in item.record.title]

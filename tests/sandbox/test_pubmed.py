"""PubMed's manners over real HTTP: history, caps, clamps, errors inside HTTP 200."""

from __future__ import annotations

import io
from typing import Any

import pytest
import requests

from livingscan.formats import pubmed_xml
from livingscan.records import Fetched
from livingscan.sandbox import Corpus, Sandbox, serve

EVERYTHING = "synthetic[all] OR the[all] OR of[all] OR in[all] OR and[all]"


def esearch(web: requests.Session, sandbox: Sandbox, term: str, **more: Any) -> dict[str, Any]:
    data = {"db": "pubmed", "term": term, "retmode": "json", **more}
    answer = web.post(f"{sandbox.url}/pubmed/esearch.fcgi", data=data, timeout=20)
    assert answer.status_code == 200
    result: dict[str, Any] = answer.json()["esearchresult"]
    return result


def efetch(web: requests.Session, sandbox: Sandbox, **what: Any) -> requests.Response:
    return web.post(f"{sandbox.url}/pubmed/efetch.fcgi", data={"db": "pubmed", "retmode": "xml", **what}, timeout=20)


def read(answer: requests.Response) -> dict[str, Fetched]:
    items = list(pubmed_xml.read(io.BytesIO(answer.content)))
    assert all(isinstance(item, Fetched) for item in items)
    return {item.record.pmid: item for item in items if isinstance(item, Fetched)}


def test_search_then_fetch_by_history(web: requests.Session, sandbox: Sandbox) -> None:
    found = esearch(web, sandbox, "barrier*[tiab] AND NHS[tiab]", usehistory="y", retmax=9999)
    assert int(found["count"]) == len(found["idlist"]) > 50
    answer = efetch(web, sandbox, WebEnv=found["webenv"], query_key=found["querykey"], retstart=10, retmax=25)
    assert answer.headers["Content-Type"] == "text/xml; charset=UTF-8"
    assert answer.headers["X-RateLimit-Limit"] == "3"
    assert list(read(answer)) == found["idlist"][10:35]


def test_records_read_as_they_were_written(web: requests.Session, sandbox: Sandbox) -> None:
    """Every field that PubMed XML carries comes back through our own reader."""
    shelf = sandbox.library.shelf("pubmed")
    records = read(efetch(web, sandbox, id=",".join(shelf.by_id)))
    assert set(records) == set(shelf.by_id)
    for pmid, item in records.items():
        written = shelf.records[shelf.by_id[pmid]]
        for name in ("abstract", "authors", "year", "published", "journal", "issns", "volume", "issue", "doi", "pmcid"):
            assert getattr(item.record, name) == getattr(written, name), (pmid, name)
        for name in (
            "language",
            "publication_types",
            "keywords",
            "mesh",
            "added",
            "revised",
            "title_original",
            "pages",
        ):
            assert getattr(item.record, name) == getattr(written, name), (pmid, name)
        kinds = [(link.kind, link.target) for link in written.status_links]
        assert [(link.kind, link.target) for link in item.record.status_links] == kinds
        if not written.title_original:
            assert item.record.title == written.title


def test_added_dates_are_the_window(web: requests.Session, sandbox: Sandbox) -> None:
    shelf = sandbox.library.shelf("pubmed")
    term = f'({EVERYTHING}) AND ("2024/01/01"[crdt] : "2024/06/30"[crdt])'
    expected = {r.pmid for r in shelf.records if r.added and "2024-01-01" <= r.added.isoformat() <= "2024-06-30"}
    assert set(esearch(web, sandbox, term, retmax=9999)["idlist"]) == expected
    assert expected


def test_the_entry_date_hides_late_records(web: requests.Session, sandbox: Sandbox) -> None:
    """An [edat] window never sees a record that came more than a year late; [crdt] does."""
    late = next(
        r
        for r in sandbox.library.shelf("pubmed").records
        if r.added and r.published and r.published.year <= r.added.year - 2
    )
    day = f"{late.added:%Y/%m/%d}"
    by_added = esearch(web, sandbox, f"{late.pmid}[uid] AND {day}:{day}[crdt]")
    by_entry = esearch(web, sandbox, f"{late.pmid}[uid] AND {day}:{day}[edat]")
    assert (by_added["idlist"], by_entry["idlist"]) == ([late.pmid], [])


def test_the_cap(web: requests.Session, corpus: Corpus) -> None:
    """Beyond the cap: ERROR inside 200, HTTP 400 from efetch, and a silent clamp across the border."""
    with serve(corpus, limits={"pubmed": 100}) as sandbox:
        found = esearch(web, sandbox, EVERYTHING, usehistory="y", retmax=9999)
        assert int(found["count"]) > 200
        assert len(found["idlist"]) == 100
        assert "cannot be larger than 99" in esearch(web, sandbox, EVERYTHING, retstart=100)["ERROR"]
        history = {"WebEnv": found["webenv"], "query_key": found["querykey"]}
        assert len(read(efetch(web, sandbox, **history, retstart=90, retmax=50))) == 10
        refused = efetch(web, sandbox, **history, retstart=100, retmax=50)
        assert refused.status_code == 400
        assert "OUT OF RANGE" in refused.text


def test_history_expires(web: requests.Session, sandbox: Sandbox) -> None:
    found = esearch(web, sandbox, "NHS[tiab]", usehistory="y")
    sandbox.expire("pubmed")
    answer = efetch(web, sandbox, WebEnv=found["webenv"], query_key=found["querykey"])
    assert answer.status_code == 400
    assert "Unable to obtain query #1" in answer.text


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"term": ""}, "Empty term"),
        ({"term": "nhs", "db": "nothing"}, "Invalid db name specified: nothing"),
        ({"term": "(nhs"}, "could not be read"),
    ],
)
def test_errors_inside_200(web: requests.Session, sandbox: Sandbox, parameters: dict[str, str], message: str) -> None:
    for mode in ("json", "xml"):
        answer = web.get(f"{sandbox.url}/pubmed/esearch.fcgi", params={**parameters, "retmode": mode}, timeout=20)
        assert answer.status_code == 200
        assert "ERROR" in answer.text
        assert message in answer.text


def test_unknown_fields_and_phrases_are_noted(web: requests.Session, sandbox: Sandbox) -> None:
    found = esearch(web, sandbox, "nhs[nonsense]")
    assert found["errorlist"]["fieldsnotfound"] == ["nonsense"]
    assert int(found["count"]) > 0
    none = esearch(web, sandbox, "qqqq[tiab]")
    assert none["errorlist"]["phrasesnotfound"] == ["qqqq"]
    assert none["warninglist"]["outputmessages"] == ["No items found."]


def test_unknown_and_deleted_ids_do_not_come_back(web: requests.Session, sandbox: Sandbox) -> None:
    known = sandbox.library.shelf("pubmed").records[0].pmid
    assert set(read(efetch(web, sandbox, id=f"{known},1,999999999,nonsense"))) == {known}


def test_epost_esummary_einfo(web: requests.Session, sandbox: Sandbox) -> None:
    ids = [record.pmid for record in sandbox.library.shelf("pubmed").records[:3]]
    posted = web.post(f"{sandbox.url}/pubmed/epost.fcgi", data={"db": "pubmed", "id": ",".join(ids)}, timeout=20).text
    environment = posted.split("<WebEnv>")[1].split("<")[0]
    assert list(read(efetch(web, sandbox, WebEnv=environment, query_key=1))) == ids
    summary = web.get(f"{sandbox.url}/pubmed/esummary.fcgi", params={"id": ids[0], "retmode": "json"}, timeout=20)
    assert summary.json()["result"]["uids"] == ids[:1]
    info = web.get(f"{sandbox.url}/pubmed/einfo.fcgi", params={"db": "pubmed", "retmode": "json"}, timeout=20).json()
    assert info["einforesult"]["dbinfo"][0]["count"] == str(len(sandbox.library.shelf("pubmed").records))


def test_time_moves(web: requests.Session, sandbox: Sandbox) -> None:
    """On an earlier day there is less, and a record is as it was before its revision."""
    copy = next(
        c
        for work in sandbox.corpus.works
        for c in work.held_by("pubmed")
        if c.before and c.record.revised and c.record.revised <= sandbox.day
    )
    before = len(sandbox.library.shelf("pubmed").records)
    assert copy.record.added is not None
    assert copy.before is not None
    sandbox.day = copy.record.added
    assert len(sandbox.library.shelf("pubmed").records) < before
    then = read(efetch(web, sandbox, id=copy.record.pmid))[copy.record.pmid].record
    assert (then.volume, then.revised) == (copy.before.volume, copy.before.revised)

"""What the sandbox sends has the shape of what the services really sent: no key or element of our own."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
import requests

from livingscan.sandbox import Sandbox
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared
PAYLOADS = SHARED / "payloads"
# Keys that are data: their names differ from record to record.
OPEN = re.compile(r"\.(abstract_inverted_index|externalIds)\.")


def shape(value: Any, path: str = "") -> dict[str, set[str]]:
    """Every path in a JSON value with the kinds of values found there; list items share a path."""
    kind = {int: "number", float: "number", type(None): "null"}.get(type(value), type(value).__name__)
    found = {path: {kind}}
    children = (
        [(f"{path}.{name}", child) for name, child in value.items()]
        if isinstance(value, dict)
        else [(f"{path}[]", child) for child in value]
        if isinstance(value, list)
        else []
    )
    for name, child in children:
        for inner, kinds in shape(child, name).items():
            found.setdefault(inner, set()).update(kinds)
    return {name: kinds for name, kinds in found.items() if not OPEN.search(name)}


def together(values: Iterable[Any]) -> dict[str, set[str]]:
    """The shapes of several values in one."""
    return shape(list(values))


def differences(ours: dict[str, set[str]], theirs: dict[str, set[str]], known: Iterable[str] = ()) -> list[str]:
    """Paths of ours that theirs lack, or that hold another kind of value; ``known`` are documented elsewhere."""
    found = []
    for path, kinds in sorted(ours.items()):
        if any(path.startswith(name) for name in known):
            continue
        if path not in theirs:
            found.append(f"{path} is not theirs")
        elif (kinds - {"null"}) and (theirs[path] - {"null"}) and not (kinds - {"null"}) & theirs[path]:
            found.append(f"{path} is {sorted(kinds)}, theirs {sorted(theirs[path])}")
    return found


def elements(root: Element, path: str = "") -> set[str]:
    """Paths of all elements and attributes below one."""
    here = f"{path}/{root.tag}"
    found = {here, *(f"{here}@{name}" for name in root.attrib)}
    for child in root:
        found |= elements(child, here)
    return found


def load(path: str) -> Any:
    return json.loads((PAYLOADS / path).read_text("utf-8"))


def wire(path: str) -> list[Any]:
    """The JSON bodies of a recorded conversation that were answered with 200."""
    bodies = [item["response"]["body"] for item in load(path) if item["response"]["status"] == 200]
    return [json.loads(body) for body in bodies if body.lstrip().startswith(("{", "["))]


def get(web: requests.Session, sandbox: Sandbox, path: str, **parameters: Any) -> Any:
    headers = {"X-ELS-APIKey": "k", "Authorization": "Bearer k"}
    answer = web.get(f"{sandbox.url}/{path}", params=parameters, headers=headers, timeout=20)
    assert answer.status_code == 200, answer.text[:300]
    return answer.json()


QUERY = "CREATION_DATE:[2000-01-01 TO *]"


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("core", "europepmc/pyEuropePMC__search_cancer_core.json"),
        ("lite", "europepmc/pyEuropePMC__search_cancer.json"),
        ("idlist", "europepmc/pyEuropePMC__search_cancer_idlist.json"),
    ],
)
def test_europepmc(web: requests.Session, sandbox: Sandbox, kind: str, file: str) -> None:
    parameters = {
        "query": f"{QUERY} AND SRC:MED",
        "resultType": kind,
        "pageSize": 300,
        "cursorMark": "*",
        "format": "json",
    }
    ours = get(web, sandbox, "europepmc/search", **parameters)
    theirs = load(file)
    assert set(ours) == set(theirs)
    assert set(ours["request"]) == set(theirs["request"])
    # Group authors are in no captured record; the name is Europe PMC's documented one.
    known = [".resultList.result[].authorList.author[].collectiveName"]
    assert differences(shape(ours), shape(theirs), known) == []


def test_europepmc_preprints_and_nothing(web: requests.Session, sandbox: Sandbox) -> None:
    parameters = {"query": "SRC:PPR", "resultType": "lite", "format": "json"}
    ours = get(web, sandbox, "europepmc/search", **parameters)["resultList"]
    captured = together([load("transcribed/epmc_ppr_lite.json"), load("europepmc/pyEuropePMC__search_cancer.json")])
    theirs = {path.removeprefix("[].resultList"): kinds for path, kinds in captured.items()}
    assert differences(shape(ours), theirs) == []
    nothing = get(web, sandbox, "europepmc/search", query="qqqqq", format="json")
    assert set(nothing) == set(load("europepmc/pyEuropePMC__search_no_results.json"))
    refused = get(web, sandbox, "europepmc/search", query="x", pageSize=1001)
    assert refused == load("transcribed/epmc_err_pagesize.json")


def test_pubmed_esearch(web: requests.Session, sandbox: Sandbox) -> None:
    parameters = {"db": "pubmed", "term": "NHS[tiab]", "retmode": "json"}
    ours = get(web, sandbox, "pubmed/esearch.fcgi", **parameters)
    captured = together([load("transcribed/ncbi_esearch_json_edat.json"), {"esearchresult": {"translationset": []}}])
    theirs = {path.removeprefix("[]"): kinds for path, kinds in captured.items()}
    assert differences(shape(ours), theirs) == []
    with_history = get(web, sandbox, "pubmed/esearch.fcgi", **parameters, usehistory="y", retmax=0)["esearchresult"]
    assert set(load("transcribed/ncbi_esearch_json_usehistory.json")["esearchresult"]) <= set(with_history)


def test_pubmed_esearch_xml(web: requests.Session, sandbox: Sandbox) -> None:
    files = sorted((PAYLOADS / "pubmed").glob("biopython__esearch*.xml"))
    theirs = set().union(*(elements(fromstring(path.read_bytes())) for path in files))
    theirs |= {f"/eSearchResult/{name}" for name in ("QueryKey", "WebEnv")}  # captured in fulltext__ft_search_entrez
    for term in ("NHS[tiab]", "qqqq[tiab]", "nhs[nonsense]"):
        parameters = {"db": "pubmed", "term": term, "usehistory": "y"}
        text = web.get(f"{sandbox.url}/pubmed/esearch.fcgi", params=parameters, timeout=20).text
        known = {"/eSearchResult/ErrorList/FieldNotFound"}
        assert elements(fromstring(text)) - theirs - known == set()


def test_pubmed_records(web: requests.Session, sandbox: Sandbox) -> None:
    with gzip.open(PAYLOADS / "pubmed" / "pubmed21n1298__edge_excerpt.xml.gz") as stream:
        theirs = elements(fromstring(stream.read()))
    ids = ",".join(sandbox.library.shelf("pubmed").by_id)
    answer = web.post(f"{sandbox.url}/pubmed/efetch.fcgi", data={"db": "pubmed", "id": ids}, timeout=20)
    assert elements(fromstring(answer.content)) - theirs == set()


def test_openalex(web: requests.Session, sandbox: Sandbox) -> None:
    ours = get(web, sandbox, "openalex/works", search="NHS", per_page=100, cursor="*")
    theirs = wire("openalex/openalexPro__pro_request_search_biodiversity_AND_fiance.wire.json")[0]
    assert set(ours) == set(theirs)
    assert set(ours["meta"]) == set(theirs["meta"])
    assert set(ours["results"][0]) == set(theirs["results"][0])
    assert differences(shape(ours), shape(theirs), [".meta.next_cursor", ".results[].ids.pmcid"]) == []


def test_crossref(web: requests.Session, sandbox: Sandbox) -> None:
    ours = get(web, sandbox, "crossref/works", query="NHS improvement", rows=300, cursor="*")
    recorded = sorted((PAYLOADS / "crossref").glob("*works*.wire.json")) + sorted(
        (PAYLOADS / "crossref").glob("*test_cursor*.wire.json")
    )
    lists: list[Any] = []
    for path in recorded:
        lists += [body for body in wire(f"crossref/{path.name}") if body.get("message-type") == "work-list"]
    singles = [body["message"] for body in wire("crossref/fulltext__ft_abstract_crossref.wire.json")[0:1]]
    captured = together(
        [
            *lists,
            {"message": singles[0]},
            {"message": {"items": [load("transcribed/crossref_updated_by_wakefield.json")["message"]]}},
        ]
    )
    theirs = {path.removeprefix("[]"): kinds for path, kinds in captured.items()}
    assert set(ours["message"]) == {"facets", "next-cursor", "total-results", "items", "items-per-page", "query"}
    # Preprints' fields: in the captured answers of a later date than the lists, and in Crossref's own schema.
    known = [f".message.items[].{name}" for name in ("institution", "group-title", "subtype", "posted", "relation")]
    known += [".message.items[].update-to", ".message.items[].published-online", ".message.items[].author[].name"]
    known += [".message.items[].author[].affiliation[].name", ".message.items[].updated-by"]
    assert differences(shape(ours), theirs, known) == []
    wakefield = shape(load("transcribed/crossref_updated_by_wakefield.json")["message"]["updated-by"])
    update = [item["updated-by"] for item in ours["message"]["items"] if "updated-by" in item]
    for entry in update:
        assert differences(shape(entry), wakefield) == []
    wrong = web.get(f"{sandbox.url}/crossref/works", params={"query": "x", "cursor": "thing"}, timeout=20)
    assert wrong.status_code == 404
    refusal = load("crossref/habanero__test_cursor_fails_cursor_value.wire.json")[0]["response"]
    assert wrong.json() == json.loads(refusal["body"])


def test_semantic_scholar(web: requests.Session, sandbox: Sandbox) -> None:
    ours = get(web, sandbox, "semanticscholar/paper/search/bulk", query="NHS", fields="title")
    theirs = wire("semanticscholar/semanticscholar__test_search_paper_bulk_retrieval.wire.json")[0]
    assert differences(shape(ours), shape(theirs)) == []
    plain = get(web, sandbox, "semanticscholar/paper/search", query="NHS", fields="title", limit=5)
    assert set(plain) == set(wire("semanticscholar/semanticscholar__test_search_paper.wire.json")[0])
    nothing = get(web, sandbox, "semanticscholar/paper/search", query="qqqqq", fields="title")
    assert nothing == wire("semanticscholar/semanticscholar__test_empty_paginated_results.wire.json")[0]


def test_doaj(web: requests.Session, sandbox: Sandbox) -> None:
    ours = get(web, sandbox, "doaj/search/articles/NHS", page=1, pageSize=50)
    theirs = together(
        wire("doaj/jaod__jaod_article_search.wire.json") + wire("doaj/jaod__jaod_article_search_params.wire.json")
    )
    # "keywords" and "prev" are DOAJ's documented names; the captured answers happen to lack them.
    known = ["[].results[].bibjson.keywords"]
    assert differences(together([ours]), theirs, known) == []


def test_eric(web: requests.Session, sandbox: Sandbox) -> None:
    ours = get(web, sandbox, "eric/", search="education OR improvement", format="json", rows=50)
    known = [".response.docs[].source", ".response.docs[].url"]
    assert differences(shape(ours), shape(load("eric/colrev__blockchain.json")), known) == []


def test_scopus(web: requests.Session, sandbox: Sandbox) -> None:
    ours = get(web, sandbox, "scopus/content/search/scopus", query="TITLE-ABS-KEY(NHS)", count=50)
    theirs = wire("scopus/fulltext__ft_search_scopus.wire.json")[0]
    known = [".search-results.entry[].pubmed-id", ".search-results.entry[].prism:issueIdentifier"]
    assert differences(shape(ours), shape(theirs), known) == []


def test_lens(web: requests.Session, sandbox: Sandbox) -> None:
    body = {"query": "NHS", "size": 100}
    answer = web.post(
        f"{sandbox.url}/lens/scholarly/search", json=body, headers={"Authorization": "Bearer k"}, timeout=20
    )
    known = [".data[].retraction_updates", ".data[].authors[].collective_name"]
    assert differences(shape(answer.json()), shape(load("lens/lens_scholarly_search_doc_sample.json")), known) == []


def test_biorxiv(web: requests.Session, sandbox: Sandbox) -> None:
    ours = get(web, sandbox, "biorxiv/details/medrxiv/2021-01-01/2026-12-31/0/json")
    assert 10 < len(ours["collection"]) <= 30
    assert differences(shape(ours), shape(load("transcribed/biorxiv_details_page.json"))) == []


def test_web_of_science(web: requests.Session, sandbox: Sandbox) -> None:
    parameters = {"databaseId": "WOK", "usrQuery": "TS=(NHS)", "count": 100, "firstRecord": 1}
    answer = web.get(f"{sandbox.url}/wos", params=parameters, headers={"X-ApiKey": "k"}, timeout=20)
    body = load("wos/sul_pub__userquery_loadtimespan.wire.json")[0]["response"]["body"]
    outer, inner = (re.compile(r"<!\[CDATA\[.*?\]\]>", re.S), re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.S))
    frames = [elements(fromstring(outer.sub("", text))) for text in (answer.text, body)]
    assert frames[0] == frames[1]
    records = [fromstring(found[1]) for text in (answer.text, body) if (found := inner.search(text))]
    ours, theirs = elements(records[0]), elements(records[1])
    assert len(records[0]) > 10
    assert ours - theirs == set()


def test_captured_files_are_there() -> None:
    """A wrong folder must not pass for a right one."""
    assert (Path(PAYLOADS) / "europepmc").is_dir()

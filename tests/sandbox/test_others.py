"""The manners of the ten other sources: how one walks to the end, and where they refuse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from livingscan.sandbox import Corpus, Sandbox, serve

HEADERS = {"X-ELS-APIKey": "k", "Authorization": "Bearer k", "X-ApiKey": "k"}


class Asker:
    """Asks one sandbox and gives status and JSON."""

    def __init__(self, web: requests.Session, sandbox: Sandbox) -> None:
        self.web, self.sandbox = web, sandbox

    def __call__(self, path: str, post: Any = None, **parameters: Any) -> tuple[int, Any]:
        url = f"{self.sandbox.url}/{path}"
        if post is not None:
            answer = self.web.post(url, json=post, headers=HEADERS, timeout=20)
        else:
            answer = self.web.get(url, params=parameters, headers=HEADERS, timeout=20)
        try:
            return answer.status_code, answer.json()
        except ValueError:
            return answer.status_code, answer.text


@pytest.fixture
def ask(web: requests.Session, sandbox: Sandbox) -> Asker:
    return Asker(web, sandbox)


def openalex(ask: Asker) -> Iterator[str]:
    cursor = "*"
    while cursor:
        _, page = ask("openalex/works", filter="from_publication_date:2000-01-01", per_page=60, cursor=cursor)
        yield from (work["id"].split("/")[-1] for work in page["results"])
        cursor = page["meta"]["next_cursor"]


def crossref(ask: Asker) -> Iterator[str]:
    cursor = "*"
    while True:
        _, page = ask("crossref/works", filter="from-index-date:2000-01-01", rows=80, cursor=cursor)
        if not page["message"]["items"]:
            return
        yield from (item["DOI"] for item in page["message"]["items"])
        cursor = page["message"]["next-cursor"]


def semanticscholar(ask: Asker) -> Iterator[str]:
    token: str | None = ""
    while token is not None:
        _, page = ask("semanticscholar/paper/search/bulk", year="2000-2030", fields="title", token=token)
        yield from (paper["paperId"] for paper in page["data"])
        token = page.get("token")


def doaj(ask: Asker) -> Iterator[str]:
    number = 1
    while True:
        _, page = ask("doaj/search/articles/created_date:[2000-01-01 TO *]", page=number, pageSize=50)
        yield from (item["id"] for item in page["results"])
        if "next" not in page:
            return
        number += 1


def core(ask: Asker) -> Iterator[str]:
    scroll = ""
    while True:
        _, page = ask("core/search/works/", q="createdDate>2000-01-01", limit=40, scroll="true", scrollId=scroll)
        if not page["results"]:
            return
        yield from (str(work["id"]) for work in page["results"])
        scroll = page["scrollId"]


def eric(ask: Asker) -> Iterator[str]:
    start, total = 0, 1
    while start < total:
        _, page = ask("eric/", search="publicationdateyear:[2000 TO 2030]", format="json", start=start, rows=7)
        total = page["response"]["numFound"]
        yield from (document["id"] for document in page["response"]["docs"])
        start += 7


def biorxiv(ask: Asker) -> Iterator[str]:
    cursor, total = 0, 1
    while cursor < total:
        _, page = ask(f"biorxiv/details/medrxiv/2000-01-01/2030-01-01/{cursor}/json")
        total = int(page["messages"][0]["total"])
        yield from (row["doi"] for row in page["collection"] if row["version"] == "1")
        cursor += page["messages"][0]["count"]


def scopus(ask: Asker) -> Iterator[str]:
    cursor = "*"
    while True:
        _, page = ask("scopus/content/search/scopus", query="PUBYEAR > 2000", count=25, cursor=cursor, view="COMPLETE")
        entries = page["search-results"]["entry"]
        if "error" in entries[0]:
            return
        yield from (entry["eid"] for entry in entries)
        cursor = page["search-results"]["cursor"]["@next"]


def wos(ask: Asker) -> Iterator[str]:
    ask("wos", databaseId="WOK", usrQuery="PY=2000-2030", count=0, firstRecord=1)
    first = 1
    while True:
        _, uids = ask("wos/recordids/1", count=100, firstRecord=first)
        if not uids:
            return
        yield from uids
        first += 100


def lens(ask: Asker) -> Iterator[str]:
    body: dict[str, Any] = {"query": {"range": {"year_published": {"gte": "2000"}}}, "size": 90, "scroll": "1m"}
    while True:
        status, page = ask("lens/scholarly/search", post=body)
        if status == 204:
            return
        yield from (work["lens_id"] for work in page["data"])
        body = {"scroll_id": page["scroll_id"], "scroll": "1m", "size": 90}


WALKS: list[Callable[[Asker], Iterator[str]]] = [
    openalex, crossref, semanticscholar, doaj, core, eric, biorxiv, scopus, wos, lens,
]  # fmt: skip


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.__name__)
def test_a_walk_finds_each_record_once(walk: Callable[[Asker], Iterator[str]], ask: Asker) -> None:
    found = list(walk(ask))
    assert len(found) == len(set(found))
    assert set(found) == set(ask.sandbox.library.shelf(walk.__name__).by_id)
    assert len(found) > 5


@pytest.mark.parametrize(
    ("path", "parameters", "status", "message"),
    [
        ("openalex/works", {"filter": "nonsense:1"}, 400, "nonsense is not a valid field"),
        ("openalex/works", {"filter": "from_created_date:2026-01-01"}, 403, "paid plan"),
        ("openalex/works", {"search": "x" * 4200}, 400, "over the 4094-byte limit"),
        ("openalex/works", {"page": 200, "per_page": 100}, 400, "Maximum results size"),
        ("openalex/works", {"cursor": "nonsense"}, 400, "Cursor value is invalid"),
        ("openalex/works", {"search": "barrier*"}, 400, "wildcard"),
        ("crossref/works", {"rows": 1001}, 400, "less than or equal to 1000"),
        ("crossref/works", {"offset": 10001}, 400, "less than or equal to 10000"),
        ("crossref/works", {"filter": "nonsense:1"}, 400, "no such filter"),
        ("crossref/works/10.1234/nothing", {}, 404, "Resource not found"),
        ("semanticscholar/paper/search", {"query": "x", "fields": "unknown"}, 400, "Unrecognized or unsupported"),
        ("semanticscholar/paper/search", {"query": "x", "offset": 950, "limit": 100}, 400, "not available"),
        ("semanticscholar/paper/0", {}, 404, "Paper with id 0 not found"),
        ("doaj/search/articles/barrier*", {}, 400, "disallowed Lucene features"),
        ("doaj/search/articles/NHS", {"page": 101, "pageSize": 10}, 400, "beyond 1000 records"),
        ("doaj/search/articles/NHS", {"pageSize": 101}, 400, "Page size"),
        ("core/search/works/", {"q": "NHS", "limit": 101}, 400, "limit"),
        ("core/search/works/", {"q": "NHS", "limit": 100, "offset": 9950}, 500, "Use scroll"),
        ("core/search/works/", {"q": "(NHS"}, 500, "Failed to parse"),
        ("scopus/content/search/scopus", {"query": "x", "count": 26, "view": "COMPLETE"}, 400, "maximum number"),
        ("scopus/content/search/scopus", {"query": "x", "start": 5000}, 400, "number of search results"),
        ("wos", {"usrQuery": "TS=(", "count": 10, "firstRecord": 1}, 400, "Invalid query"),
        ("wos", {"usrQuery": "TS=x", "count": 101, "firstRecord": 1}, 400, "count must be"),
        ("wos/query/99", {"count": 10, "firstRecord": 1}, 404, "not found"),
        ("nothing/works", {}, 404, "Not Found"),
    ],
)
def test_refusals(ask: Asker, path: str, parameters: dict[str, Any], status: int, message: str) -> None:
    got, body = ask(path, **parameters)
    assert got == status
    assert message in str(body)


@pytest.mark.parametrize("path", ["scopus/content/search/scopus?query=x", "wos?usrQuery=TS=x", "lens/scholarly/search"])
def test_keys_are_needed(web: requests.Session, sandbox: Sandbox, path: str) -> None:
    send = web.post if path.startswith("lens") else web.get
    assert send(f"{sandbox.url}/{path}", timeout=20).status_code == 401


@pytest.mark.parametrize("walk", [crossref, core, scopus, lens], ids=lambda walk: walk.__name__)
def test_cursors_expire(walk: Callable[[Asker], Iterator[str]], ask: Asker) -> None:
    """A walk whose cursor is forgotten does not go on as if nothing were."""
    steps = walk(ask)
    next(steps)
    ask.sandbox.expire()
    with pytest.raises((KeyError, TypeError)):
        list(steps)


def test_limits_can_be_lowered(web: requests.Session, corpus: Corpus) -> None:
    with serve(corpus, limits={"doaj": 50, "semanticscholar": 40}) as sandbox:
        ask = Asker(web, sandbox)
        assert ask("doaj/search/articles/NHS", page=6, pageSize=10)[0] == 400
        assert len(ask("semanticscholar/paper/search/bulk", year="2000-2030", fields="title")[1]["data"]) == 40
        assert len(set(semanticscholar(ask))) == len(sandbox.library.shelf("semanticscholar").by_id)


def test_no_hits_have_each_sources_own_form(ask: Asker) -> None:
    assert ask("scopus/content/search/scopus", query="TITLE(qqqq)")[1]["search-results"]["entry"][0]["error"]
    assert ask("semanticscholar/paper/search", query="qqqq")[1] == {"total": 0, "offset": 0}
    assert ask("openalex/works", search="qqqq", cursor="*")[1]["meta"]["next_cursor"] is None
    assert ask("biorxiv/details/medrxiv/2001-01-01/2001-02-01/0/json")[1]["collection"] == []
    assert "next-cursor" not in ask("crossref/works", query="qqqq")[1]["message"]


def test_web_of_science_without_hits_is_not_json(web: requests.Session, sandbox: Sandbox) -> None:
    headers = {"X-ApiKey": "k", "Accept": "application/json"}
    answer = web.get(f"{sandbox.url}/wos", params={"usrQuery": "TS=qqqq"}, headers=headers, timeout=20)
    assert answer.headers["Content-Type"] == "application/json"
    with pytest.raises(ValueError, match="Expecting value"):
        answer.json()


def test_load_time_span(ask: Asker) -> None:
    """Web of Science counts back from today, in symbols."""
    year, all_ = (ask("wos", usrQuery="PY=2000-2030", loadTimeSpan=span, count=0)[1] for span in ("1Y", "30Y"))
    found = [int(text.split('RecordsFound">')[1].split("<")[0]) for text in (year, all_)]
    assert 0 < found[0] < found[1] == len(ask.sandbox.library.shelf("wos").records)


def test_crossref_signals(ask: Asker) -> None:
    """updated-by stands on the paper, update-to on the notice, and select= drops both."""
    _, page = ask("crossref/works", filter="from-index-date:2000-01-01", rows=1000)
    items = {item["DOI"]: item for item in page["message"]["items"]}
    papers = [item for item in items.values() if "updated-by" in item]
    assert papers
    for paper in papers:
        notice = items.get(paper["updated-by"][0]["DOI"])
        assert notice is None or notice["update-to"][0]["DOI"] == paper["DOI"]
    _, picked = ask("crossref/works", filter="from-index-date:2000-01-01", rows=1000, select="DOI,title,updated-by")
    assert all(set(item) == {"DOI", "title"} for item in picked["message"]["items"])


def test_biorxiv_counts_versions(ask: Asker) -> None:
    _, page = ask("biorxiv/details/medrxiv/2000-01-01/2030-01-01/0/json")
    message = page["messages"][0]
    assert int(message["total"]) > int(message["count_new_papers"])
    assert isinstance(message["total"], str)
    _, beyond = ask("biorxiv/details/medrxiv/2000-01-01/2030-01-01/9999/json")
    assert beyond["collection"] == []


def test_core_without_slash_is_sent_on(web: requests.Session, sandbox: Sandbox) -> None:
    answer = web.get(f"{sandbox.url}/core/search/works?q=NHS", allow_redirects=False, timeout=20)
    assert answer.status_code == 301
    assert web.get(f"{sandbox.url}/core/search/works?q=NHS", timeout=20).json()["totalHits"] > 0


def test_semantic_scholar_batch_keeps_its_nulls(ask: Asker) -> None:
    known = ask.sandbox.library.shelf("semanticscholar").records[0].source_id
    _, papers = ask("semanticscholar/paper/batch", post={"ids": [known, "DOI:10.1/none"]})
    assert papers[0]["paperId"] == known
    assert papers[1] is None

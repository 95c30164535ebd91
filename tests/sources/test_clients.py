"""What the ten other sources are asked, and what they make of errors; walks are tested in test_walk.py."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from livingscan import sources
from livingscan.errors import FatalSourceError, NotConfiguredError, RetriableSourceError
from livingscan.records import Page, Window
from livingscan.settings import Settings
from livingscan.sources import crossref
from livingscan.sources.base import Source
from livingscan.sources.http import Http
from tests.sources.server import Answer, Asked, Server, in_turn, serve

WEEK = Window(date(2026, 1, 5), date(2026, 1, 11))
KEYS = {
    name: "KEY-" + name
    for name in (
        "openalex_api_key",
        "semanticscholar_api_key",
        "core_api_key",
        "scopus_api_key",
        "wos_api_key",
        "lens_api_key",
    )
}


def source(name: str, server: Server, tmp_path: Path, strategy: str = "wards", **options: Any) -> Source:
    settings = Settings(home=tmp_path, sandbox_url=server.url, contact_email="a@b.org", **{**KEYS, **options})
    return sources.create(name, Http("a@b.org", None, attempts=2, backoff=0.001), strategy, settings)


def ids(pages: Iterable[Page]) -> list[str]:
    return [item.record.source_id for page in pages for item in page.fetched]


def works(count: int, following: str | None = None) -> str:
    meta = {"count": count, "next_cursor": following, "cost_usd": 0.001}
    return json.dumps({"meta": meta, "results": [{"id": f"https://openalex.org/W{n}"} for n in range(count)]})


def test_openalex_sweeps_the_whole_strategy_whatever_the_window(tmp_path: Path) -> None:
    with serve(in_turn(Answer(works(2)))) as s:
        asked = source("openalex", s, tmp_path, "(a OR b), c")
        assert not asked.has_added_date
        assert asked.promise(WEEK).count == 2
        assert ids(asked.pages(WEEK)) == ["W0", "W1"]
        assert asked.http.tally.cost_usd == pytest.approx(0.002)
    first, second = s.asked
    assert first.path == "/openalex/works"
    assert second.params == {
        "filter": "title_and_abstract.search:(a OR b) c",
        "per_page": "100",
        "cursor": "*",
        "api_key": "KEY-openalex_api_key",
    }


def test_openalex_cuts_a_strategy_too_long_for_an_address(tmp_path: Path) -> None:
    strategy = "(" + " OR ".join(f'"improvement project {n}"' for n in range(300)) + ") AND barrier"
    with serve(in_turn(Answer(works(3)))) as s:
        asked = source("openalex", s, tmp_path, strategy)
        assert asked.promise(Window()).count is None
        assert len(asked.promise(Window()).notes) == 1
        assert ids(asked.pages(Window())) == ["W0", "W1", "W2"]
    assert len(s.asked) > 2
    sent = " ".join(a.params["filter"] for a in s.asked)
    assert all(f'"improvement project {n}"' in sent for n in range(300))
    assert all(a.params["filter"].endswith("AND barrier") for a in s.asked)


@pytest.mark.parametrize("end", [None, "more"])
def test_openalex_ends_on_null_or_on_an_empty_page(tmp_path: Path, end: str | None) -> None:
    empty = json.dumps({"meta": {"count": 2, "next_cursor": "x"}, "results": []})
    with serve(in_turn(Answer(works(2, end)), Answer(empty))) as s:
        pages = list(source("openalex", s, tmp_path).pages(Window()))
    assert ids(pages) == ["W0", "W1"]
    assert pages[-1].cursor is None
    assert len(s.asked) == (1 if end is None else 2)


def test_openalex_begins_anew_when_a_cursor_is_refused(tmp_path: Path) -> None:
    refused = Answer('{"error": "Invalid query parameters error.", "message": "cursor is not valid"}', status=400)
    short = json.dumps({"meta": {"count": 3, "next_cursor": "old"}, "results": [{"id": "https://openalex.org/W0"}]})
    with serve(in_turn(Answer(short), refused, Answer(works(3)))) as s:
        asked = source("openalex", s, tmp_path)
        first = next(asked.pages(Window()))
        assert ids(asked.pages(Window(), first.cursor, set(ids([first])))) == ["W1", "W2"]
    assert [a.params["cursor"] for a in s.asked] == ["*", "old", "*"]


def crossref_page(count: int, total: int, start: int = 0) -> Answer:
    items = [{"DOI": f"10.1000/{start + n}", "title": [f"barrier {start + n}"]} for n in range(count)]
    return Answer(json.dumps({"message": {"items": items, "total-results": total, "next-cursor": "same"}}))


def test_crossref_asks_for_created_dates_and_stops_on_an_empty_page(tmp_path: Path) -> None:
    with serve(in_turn(crossref_page(2, 2), crossref_page(0, 2))) as s:
        assert len(ids(source("crossref", s, tmp_path).pages(WEEK))) == 2
    assert s.asked[0].path == "/crossref/works"
    assert s.asked[0].params == {
        "query.bibliographic": "wards",
        "rows": "500",
        "cursor": "*",
        "filter": "from-created-date:2026-01-05,until-created-date:2026-01-11",
        "mailto": "a@b.org",
    }
    assert s.asked[1].params["cursor"] == "same"


def test_crossref_reads_the_best_ranked_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crossref, "LIMIT", 4)
    pages = [crossref_page(2, 900, start) for start in (0, 0, 2, 4)]
    with serve(in_turn(*pages)) as s:
        asked = source("crossref", s, tmp_path)
        promise = asked.promise(Window())
        assert promise.count is None
        assert "900" in promise.notes[0]
        assert len(ids(asked.pages(Window()))) == 4
    assert len(s.asked) == 3


def test_crossref_applies_operators_here(tmp_path: Path) -> None:
    with serve(in_turn(crossref_page(3, 3), crossref_page(3, 3), crossref_page(0, 3))) as s:
        asked = source("crossref", s, tmp_path, 'barrier AND ("1" OR "2") NOT "zz yy"')
        assert asked.promise(Window()).count is None
        assert ids(asked.pages(Window())) == ["10.1000/1", "10.1000/2"]
    assert s.asked[0].params["query.bibliographic"] == "barrier 1 2"


@pytest.mark.parametrize("status", [404, 500])
def test_crossref_begins_anew_when_its_cursor_is_gone(tmp_path: Path, status: int) -> None:
    gone = Answer('{"status": "error", "message": [{"type": "cursor-invalid"}]}', status=status)
    answers = [crossref_page(2, 4), *[gone] * (1 if status == 404 else 2), crossref_page(2, 4)]
    answers += [crossref_page(2, 4, 2), crossref_page(0, 4)]
    fixed = [Answer(a.data().decode().replace('"same"', f'"c{n}"'), status=a.status) for n, a in enumerate(answers)]
    with serve(in_turn(*fixed)) as s:
        assert sorted(ids(source("crossref", s, tmp_path).pages(Window()))) == [f"10.1000/{n}" for n in range(4)]


def test_semanticscholar_walks_along_its_token(tmp_path: Path) -> None:
    first = Answer(json.dumps({"total": 3, "token": "T", "data": [{"paperId": "a"}, {"paperId": "b"}]}))
    last = Answer(json.dumps({"total": 3, "data": [{"paperId": "c"}]}))
    with serve(in_turn(first, last)) as s:
        asked = source("semanticscholar", s, tmp_path, "(a | b)\n+ c")
        assert ids(asked.pages(WEEK)) == ["a", "b", "c"]
        assert asked.rate == 1.0
    assert [a.path for a in s.asked] == ["/semanticscholar/paper/search/bulk"] * 2
    assert "token" not in s.asked[0].params
    assert s.asked[1].params["token"] == "T"
    assert s.asked[0].params["query"] == "(a | b) + c"
    assert s.asked[0].headers["x-api-key"] == "KEY-semanticscholar_api_key"


def test_semanticscholar_without_a_key_is_slow(tmp_path: Path) -> None:
    with serve(in_turn(Answer('{"total": 0}'))) as s:
        asked = source("semanticscholar", s, tmp_path, semanticscholar_api_key=None)
        assert asked.rate < 1
        assert list(asked.pages(Window())) == [Page()]
    assert "x-api-key" not in s.asked[0].headers


def test_doaj_puts_query_and_window_into_the_path(tmp_path: Path) -> None:
    with serve(in_turn(Answer('{"total": 1, "results": [{"id": "a", "bibjson": {}}]}'))) as s:
        assert ids(source("doaj", s, tmp_path, 'a/b "c d"').pages(WEEK)) == ["a"]
    assert unquote(s.asked[0].path) == ('/doaj/search/articles/(a/b "c d") AND created_date:[2026-01-05 TO 2026-01-11]')
    assert "a%2Fb" in s.asked[0].path
    assert s.asked[0].params == {"page": "1", "pageSize": "100", "sort": "created_date:asc"}


def test_core_sends_its_key_and_the_window(tmp_path: Path) -> None:
    with serve(in_turn(Answer('{"totalHits": 1, "results": [{"id": 1}]}'))) as s:
        assert ids(source("core", s, tmp_path).pages(WEEK)) == ["1"]
    assert s.asked[0].path == "/core/search/works/"
    assert s.asked[0].headers["authorization"] == "Bearer KEY-core_api_key"
    assert s.asked[0].params["q"] == ('(wards) AND createdDate>="2026-01-05" AND createdDate<="2026-01-11T23:59:59"')


def test_eric_pages_by_what_came(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Answer:
        start = int(asked.params["start"])
        docs = [{"id": f"EJ{n}"} for n in range(start, min(start + 2, 5))]  # shorter pages than asked for
        return Answer(json.dumps({"response": {"numFound": 5, "docs": docs}}))

    with serve(answer) as s:
        assert ids(source("eric", s, tmp_path).pages(WEEK)) == [f"EJ{n}" for n in range(5)]
    assert [a.params["start"] for a in s.asked] == ["0", "2", "4"]
    assert s.asked[0].path == "/eric/"


def test_biorxiv_reads_every_preprint_and_keeps_what_meets_the_strategy(tmp_path: Path) -> None:
    rows = [{"doi": f"10.1101/{n}", "version": "1", "title": f"{'barriers' if n % 2 else 'x'}"} for n in range(5)]

    def answer(asked: Asked) -> Answer:
        _, _, server, _, _, at, _ = asked.path.strip("/").split("/")
        if server == "biorxiv":
            return Answer('{"messages": [{"status": "no posts found"}], "collection": []}')
        page = rows[int(at) : int(at) + 2]
        total = len(rows) if page else 0
        return Answer(json.dumps({"messages": [{"status": "ok", "total": str(total)}], "collection": page}))

    with serve(answer) as s:
        asked = source("biorxiv", s, tmp_path, "barrier*")
        assert asked.promise(WEEK).count is None
        assert ids(asked.pages(WEEK)) == ["10.1101/1", "10.1101/3"]
    paths = [a.path for a in s.asked[1:]]
    assert paths[0] == "/biorxiv/details/medrxiv/2026-01-05/2026-01-11/0/json"
    assert paths[1] == "/biorxiv/details/medrxiv/2026-01-05/2026-01-11/2/json"
    assert paths[-1] == "/biorxiv/details/biorxiv/2026-01-05/2026-01-11/0/json"


@pytest.mark.parametrize("body", ["", '{"messages": [{"status": "Error: database"}], "collection": []}'])
def test_biorxiv_does_not_take_an_empty_answer_for_no_preprints(tmp_path: Path, body: str) -> None:
    with serve(in_turn(Answer(body))) as s, pytest.raises(RetriableSourceError):
        list(source("biorxiv", s, tmp_path).pages(WEEK))


def scopus_answer(total: int, entries: list[dict[str, Any]]) -> Answer:
    return Answer(json.dumps({"search-results": {"opensearch:totalResults": str(total), "entry": entries}}))


def test_scopus_sends_keys_view_and_load_dates(tmp_path: Path) -> None:
    with serve(in_turn(scopus_answer(1, [{"eid": "e1"}]))) as s:
        asked = source("scopus", s, tmp_path, scopus_insttoken="TOKEN")
        assert ids(asked.pages(WEEK)) == ["e1"]
    assert s.asked[0].path == "/scopus/scopus"
    assert s.asked[0].params["query"] == "(wards) AND ORIG-LOAD-DATE AFT 20260104 AND ORIG-LOAD-DATE BEF 20260112"
    assert (s.asked[0].params["view"], s.asked[0].params["count"]) == ("COMPLETE", "25")
    assert s.asked[0].headers["x-els-apikey"] == "KEY-scopus_api_key"
    assert s.asked[0].headers["x-els-insttoken"] == "TOKEN"


def test_scopus_falls_back_to_what_the_key_may_see_and_says_so(tmp_path: Path) -> None:
    refused = Answer(
        '{"service-error": {"status": {"statusText": "not authorized for the requested view"}}}', status=401
    )

    def answer(asked: Asked) -> Answer:
        return refused if asked.params["view"] == "COMPLETE" else scopus_answer(0, [{"error": "Result set was empty"}])

    with serve(answer) as s:
        promise = source("scopus", s, tmp_path).promise(Window())
    assert promise.count == 0
    assert "STANDARD" in promise.notes[0]


def wos_map(inner: str) -> Answer:
    return Answer(f'<response xmlns="x"><map>{inner}</map></response>')


def wos_server(count: int, hidden: frozenset[str] = frozenset()) -> Callable[[Asked], Answer]:
    uids = [f"WOS:{n}" for n in range(count)]

    def answer(asked: Asked) -> Answer:
        if "/recordids/7" in asked.path:
            first = int(asked.params["firstRecord"]) - 1
            return Answer(json.dumps(uids[first : first + int(asked.params["count"])]))
        if "/id/" in asked.path:
            wanted = unquote(asked.path.rpartition("/")[2]).split(",")
            recs = "".join(f"<REC><UID>{uid}</UID></REC>" for uid in wanted if uid not in hidden)
            return wos_map(f'<val name="Records"><![CDATA[<records>{recs}</records>]]></val>')
        return wos_map(f'<val name="QueryID">7</val><val name="RecordsFound">{count}</val>')

    return answer


def test_wos_lists_ids_and_names_what_does_not_come(tmp_path: Path) -> None:
    with serve(wos_server(230, frozenset({"WOS:5"}))) as s:
        asked = source("wos", s, tmp_path)
        assert asked.promise(Window()).count == 230
        pages = list(asked.pages(Window()))
        rest = list(asked.pages(Window(), pages[0].cursor, set(ids(pages[:1]))))
        again = list(asked.pages(Window(), None, {f"WOS:{n}" for n in range(229)}))
    assert sorted(ids(pages)) == sorted(f"WOS:{n}" for n in range(230) if n != 5)
    assert len([uid for page in pages for uid in page.promised_ids]) == 230
    assert [uid for page in pages for uid, _ in page.absent] == ["WOS:5"]
    assert ids(rest) == ids(pages[1:])
    assert ids(again) == ["WOS:229"]
    assert s.asked[0].headers["x-apikey"] == "KEY-wos_api_key"
    assert s.asked[0].params["databaseId"] == "WOS"


@pytest.mark.parametrize(
    ("start", "span"), [("2026-01-20", "4W"), ("2025-06-01", "1Y"), ("2020-01-01", None), (None, None)]
)
def test_wos_takes_the_time_span_that_holds_the_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: str | None, span: str | None
) -> None:
    monkeypatch.setenv("LIVINGSCAN_NOW", "2026-02-01T00:00:00Z")
    with serve(wos_server(0)) as s:
        source("wos", s, tmp_path).promise(Window(date.fromisoformat(start) if start else None))
    assert s.asked[0].params.get("loadTimeSpan") == span


def test_lens_posts_query_range_and_key(tmp_path: Path) -> None:
    with serve(in_turn(Answer('{"total": 1, "data": [{"lens_id": "1"}]}'))) as s:
        assert ids(source("lens", s, tmp_path).pages(WEEK)) == ["1"]
    assert (s.asked[0].method, s.asked[0].path) == ("POST", "/lens/scholarly/search")
    assert s.asked[0].headers["authorization"] == "Bearer KEY-lens_api_key"
    asked = json.loads(s.asked[0].body)
    assert asked["query"]["bool"]["filter"] == [{"range": {"created": {"gte": "2026-01-05", "lte": "2026-01-11"}}}]
    assert asked["query"]["bool"]["must"] == [{"query_string": {"query": "wards"}}]
    assert (asked["from"], asked["size"]) == (0, 100)


def test_lens_takes_a_204_for_nothing(tmp_path: Path) -> None:
    with serve(in_turn(Answer(status=204))) as s:
        assert list(source("lens", s, tmp_path).pages(Window())) == [Page()]


KEYED = {"core", "scopus", "wos", "lens"}


@pytest.mark.parametrize("name", sorted(sources.SOURCES))
def test_a_source_without_its_key_is_not_configured(tmp_path: Path, name: str) -> None:
    settings = Settings(home=tmp_path, _env_file=None)  # type: ignore[call-arg]
    if name in KEYED:
        with pytest.raises(NotConfiguredError, match=f"LIVINGSCAN_{name.upper()}_API_KEY"):
            sources.create(name, Http(), "x", settings)
        sandboxed = Settings(home=tmp_path, sandbox_url="http://127.0.0.1:1", _env_file=None)  # type: ignore[call-arg]
        assert sources.create(name, Http(), "x", sandboxed).secret
    else:
        assert sources.create(name, Http(), "x", settings).base == sources.SOURCES[name].live_url


@pytest.mark.parametrize("name", sorted(sources.SOURCES))
@pytest.mark.parametrize("body", ["<html><body>maintenance</body></html>", "", "{}", "[]", '{"total": 3, "da'])
def test_garbage_in_a_200_never_looks_empty(tmp_path: Path, name: str, body: str) -> None:
    with serve(in_turn(Answer(body))) as s:
        asked = source(name, s, tmp_path)
        with pytest.raises(RetriableSourceError) as caught:
            asked.promise(WEEK)
        with pytest.raises(RetriableSourceError):
            list(asked.pages(WEEK))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", sorted(sources.SOURCES))
def test_a_refusal_is_fatal_and_shows_no_key(tmp_path: Path, name: str) -> None:
    echo = " ".join(KEYS.values())
    with serve(in_turn(Answer(f'{{"message": "Forbidden {echo}"}}', status=403))) as s:
        asked = source(name, s, tmp_path)
        with pytest.raises(FatalSourceError, match="403") as caught:
            list(asked.pages(WEEK))
    if asked.secret:
        assert asked.secret not in str(caught.value)


@pytest.mark.parametrize("name", sorted(sources.SOURCES))
def test_every_source_tells_what_is_asked_of_it(name: str) -> None:
    kind = sources.SOURCES[name]
    assert kind.title
    assert kind.platform
    assert kind.live_url.startswith("https://")
    assert kind.per_second > 0
    text = importlib.import_module(kind.__module__).__doc__ or ""
    assert all(word in text for word in ("Base:", "Paging", "Record-added date", "Rate", "retractions", "Unchecked"))

"""Europe PMC's manners over real HTTP."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from livingscan.sandbox import Sandbox

ALL = "CREATION_DATE:[2000-01-01 TO *]"


def search(web: requests.Session, sandbox: Sandbox, query: str, **more: Any) -> dict[str, Any]:
    parameters = {"query": query, "format": "json", "resultType": "core", **more}
    answer = web.get(f"{sandbox.url}/europepmc/search", params=parameters, timeout=20)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def walk(web: requests.Session, sandbox: Sandbox, query: str, size: int) -> list[str]:
    """Every id, page by page, until the empty page that gives the same cursor back."""
    cursor, found = "*", []
    for _ in range(1000):
        page = search(web, sandbox, query, pageSize=size, cursorMark=cursor)
        results = page["resultList"]["result"]
        found += [f"{item['source']}:{item['id']}" for item in results]
        if not results:
            assert page["nextCursorMark"] == cursor
            return found
        cursor = page["nextCursorMark"]
    raise AssertionError("the walk does not end")


def test_a_walk_finds_each_record_once(web: requests.Session, sandbox: Sandbox) -> None:
    ids = walk(web, sandbox, ALL, 70)
    assert len(ids) == len(set(ids))
    assert set(ids) == set(sandbox.library.shelf("europepmc").by_id)


def test_a_page_may_be_asked_for_again(web: requests.Session, sandbox: Sandbox) -> None:
    first = search(web, sandbox, ALL, pageSize=5)
    pages = [search(web, sandbox, ALL, pageSize=5, cursorMark=first["nextCursorMark"]) for _ in range(2)]
    assert pages[0]["resultList"] == pages[1]["resultList"]


def test_a_walk_survives_a_newer_record(web: requests.Session, sandbox: Sandbox) -> None:
    """A cursor holds the last id, so that records added meanwhile shift nothing."""
    today = sandbox.day
    newest = sandbox.library.shelf("europepmc").records[0]
    assert newest.added is not None
    sandbox.day = newest.added.replace(day=1)
    first = search(web, sandbox, ALL, pageSize=5)
    expected = search(web, sandbox, ALL, pageSize=5, cursorMark=first["nextCursorMark"])
    sandbox.day = today
    assert (
        search(web, sandbox, ALL, pageSize=5, cursorMark=first["nextCursorMark"])["resultList"]
        == expected["resultList"]
    )


def test_nothing_found_has_no_cursor_at_all(web: requests.Session, sandbox: Sandbox) -> None:
    found = search(web, sandbox, "qqqqqq")
    assert found["hitCount"] == 0
    assert "nextCursorMark" not in found
    assert found["resultList"] == {"result": []}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"query": ""}, "No search criteria"),
        ({"query": "x", "pageSize": 1001}, "Invalid page size"),
        ({"query": "x", "pageSize": 0}, "Invalid page size"),
        ({"query": "(x"}, "Invalid search criteria"),
    ],
)
def test_errors_inside_200(web: requests.Session, sandbox: Sandbox, parameters: dict[str, Any], message: str) -> None:
    answer = web.get(f"{sandbox.url}/europepmc/search", params=parameters, timeout=20)
    assert answer.status_code == 200
    assert answer.json()["errCode"] == 404
    assert message in answer.json()["errMsg"]


def test_an_unknown_cursor_has_no_results(web: requests.Session, sandbox: Sandbox) -> None:
    assert "resultList" not in search(web, sandbox, ALL, cursorMark="AoIInonsense")
    other = search(web, sandbox, "NHS", pageSize=2)["nextCursorMark"]
    assert "resultList" not in search(web, sandbox, ALL, cursorMark=other)


def test_long_addresses_are_refused_and_may_be_posted(web: requests.Session, sandbox: Sandbox) -> None:
    query = "NHS OR " + " OR ".join(f"word{n:06d}" for n in range(1000))
    refused = web.get(f"{sandbox.url}/europepmc/search", params={"query": query, "format": "json"}, timeout=20)
    assert refused.status_code == 414
    posted = web.post(f"{sandbox.url}/europepmc/searchPOST", data={"query": query, "format": "json"}, timeout=20)
    assert posted.json()["hitCount"] > 10
    assert "nextPageUrl" not in posted.json()


def test_kinds_of_result(web: requests.Session, sandbox: Sandbox) -> None:
    core = search(web, sandbox, "NHS AND HAS_ABSTRACT:y")["resultList"]["result"][0]
    lite = search(web, sandbox, "NHS AND HAS_ABSTRACT:y", resultType="lite")["resultList"]["result"][0]
    ids = search(web, sandbox, "NHS AND HAS_ABSTRACT:y", resultType="idlist")["resultList"]["result"][0]
    assert core["id"] == lite["id"] == ids["id"]
    assert core["abstractText"]
    assert "abstractText" not in lite
    assert "title" not in ids


def test_preprints_have_no_journal(web: requests.Session, sandbox: Sandbox) -> None:
    found = search(web, sandbox, "SRC:PPR")["resultList"]["result"]
    assert found
    assert all("journalInfo" not in item and item["bookOrReportDetails"]["publisher"] for item in found)


def test_sections_are_headings(web: requests.Session, sandbox: Sandbox) -> None:
    found = search(web, sandbox, "HAS_ABSTRACT:y", pageSize=200)["resultList"]["result"]
    assert any(item.get("abstractText", "").startswith("<h4>") for item in found)

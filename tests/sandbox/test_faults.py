"""Each fault does what it says, once decided it is always decided the same, and none lasts longer than asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from livingscan.sandbox import KINDS, Corpus, Fault, FaultPlan, Sandbox, serve

SEARCH = "europepmc/search?query=CREATION_DATE:[2000-01-01%20TO%20*]&format=json&pageSize=20&resultType=core"


@pytest.fixture(scope="module")
def running(corpus: Corpus) -> Iterator[Sandbox]:
    with serve(corpus) as sandbox:
        yield sandbox


@pytest.fixture
def faulty(running: Sandbox) -> Iterator[Sandbox]:
    yield running
    running.faults = None


def get(sandbox: Sandbox, path: str = SEARCH, timeout: float = 20) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(f"{sandbox.url}/{path}", timeout=timeout)


def one(fault: Fault, source: str = "europepmc", stall: float = 0.05, retry_after: int = 0) -> FaultPlan:
    return FaultPlan(listed={source: [fault]}, stall=stall, retry_after=retry_after)


def test_no_plan_no_fault(faulty: Sandbox) -> None:
    assert get(faulty).json()["resultList"]["result"]


@pytest.mark.parametrize(
    ("fault", "status"), [("server_error", 500), ("bad_gateway", 502), ("unavailable", 503), ("throttled", 429)]
)
def test_statuses_pass(faulty: Sandbox, fault: Fault, status: int) -> None:
    faulty.faults = one(fault)
    assert get(faulty).status_code == status
    assert get(faulty).status_code == 200
    assert faulty.faults.met == [("europepmc", 0, fault)]


def test_retry_after_or_none(faulty: Sandbox) -> None:
    faulty.faults = one("throttled", retry_after=1)
    assert get(faulty).headers["Retry-After"] == "1"
    faulty.faults = one("throttled_silently")
    answer = get(faulty)
    assert answer.status_code == 429
    assert "Retry-After" not in answer.headers


def test_a_stalled_answer_never_comes(faulty: Sandbox) -> None:
    faulty.faults = one("stall", stall=0.3)
    with pytest.raises(requests.Timeout):
        get(faulty, timeout=0.05)
    faulty.faults = one("stall", stall=0.01)
    with pytest.raises(requests.ConnectionError):
        get(faulty)


def test_a_cut_answer_is_seen_to_be_cut(faulty: Sandbox) -> None:
    faulty.faults = one("cut")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        get(faulty)


def test_a_dripping_answer_comes_whole(faulty: Sandbox) -> None:
    whole = get(faulty).content
    faulty.faults = one("drip", stall=0.05)
    assert get(faulty).content == whole


@pytest.mark.parametrize("fault", ["truncated", "malformed", "empty", "maintenance"])
def test_what_is_not_json(faulty: Sandbox, fault: Fault) -> None:
    faulty.faults = one(fault)
    answer = get(faulty)
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"Expecting|Invalid|Unterminated|Extra|control"):
        answer.json()


def test_the_wrong_type_has_the_right_body(faulty: Sandbox) -> None:
    whole = get(faulty).content
    faulty.faults = one("wrong_type")
    answer = get(faulty)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.content == whole


def test_each_sources_own_error_inside_200(faulty: Sandbox) -> None:
    faulty.faults = FaultPlan(listed={name: ["backend"] for name in ("europepmc", "pubmed", "biorxiv")})
    assert get(faulty).json()["errCode"] == 500
    found = get(faulty, "pubmed/esearch.fcgi?term=nhs&retmode=json").json()
    assert "Search Backend failed" in found["esearchresult"]["ERROR"]
    assert get(faulty, "biorxiv/details/medrxiv/2021-01-01/2026-01-01/0/json").content == b""


def test_a_total_that_lies(faulty: Sandbox) -> None:
    true = get(faulty).json()["hitCount"]
    faulty.faults = one("lying_total")
    assert get(faulty).json()["hitCount"] > true


def test_pages_come_twice_or_skip(faulty: Sandbox) -> None:
    path = "doaj/search/articles/created_date:[2000-01-01%20TO%20*]?page={}&pageSize=10"
    pages = [[item["id"] for item in get(faulty, path.format(n)).json()["results"]] for n in (1, 2)]
    faulty.faults = one("duplicated", "doaj")
    assert [item["id"] for item in get(faulty, path.format(2)).json()["results"]] == pages[0]
    faulty.faults = one("shifted", "doaj")
    skipped = [item["id"] for item in get(faulty, path.format(2)).json()["results"]]
    assert skipped[:-1] == pages[1][1:]


def test_cursors_expire_on_demand(faulty: Sandbox) -> None:
    cursor = get(faulty).json()["nextCursorMark"]
    faulty.faults = one("expired")
    assert "resultList" not in get(faulty, f"{SEARCH}&cursorMark={cursor}").json()
    assert "resultList" in get(faulty, f"{SEARCH}&cursorMark={cursor}").json()


def test_a_plan_is_drawn_from_its_seed() -> None:
    def drawn(seed: int) -> list[Fault | None]:
        plan = FaultPlan(seed, rate=0.3)
        return [plan.decide("pubmed") for _ in range(200)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    met = [fault for fault in drawn(1) if fault]
    assert 30 <= len(met) <= 90
    assert len(set(met)) > len(KINDS) // 2


def test_a_plan_has_bounds() -> None:
    plan = FaultPlan(1, rate=1.0, kinds=("cut",), most=2)
    assert [plan.decide("pubmed") for _ in range(4)] == ["cut", "cut", None, None]
    assert [fault for _, _, fault in plan.met] == ["cut", "cut"]
    assert FaultPlan(1, rate=0.0).decide("pubmed") is None


def test_one_sources_faults_leave_the_others_alone(faulty: Sandbox) -> None:
    """What a source meets depends on its own requests, in whatever order the others come."""
    plan, other = FaultPlan(3, rate=0.5), FaultPlan(3, rate=0.5)
    alone = [plan.decide("pubmed") for _ in range(50)]
    mixed = []
    for _ in range(50):
        other.decide("europepmc")
        mixed.append(other.decide("pubmed"))
    assert mixed == alone

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from livingscan import sources
from livingscan.errors import FatalSourceError, RetriableSourceError, UserError
from livingscan.records import Fetched, Page, Window
from livingscan.settings import Settings
from livingscan.sources import pubmed
from livingscan.sources.http import Http
from livingscan.sources.pubmed import PubMed, parse
from tests.shared import SHARED, needs_shared
from tests.sources.server import Answer, Asked, Server, serve

RANGE = re.compile(r'"(\d{4}/\d\d/\d\d)"\[(?:crdt|lr)\] : "(\d{4}/\d\d/\d\d)"\[(?:crdt|lr)\]')


def xml(pmids: Iterable[str]) -> str:
    inner = "\n".join(
        f'<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID><Article><ArticleTitle>T{pmid}</ArticleTitle>'
        "</Article></MedlineCitation></PubmedArticle>"
        for pmid in pmids
    )
    return f'<?xml version="1.0" ?>\n<PubmedArticleSet>\n{inner}\n</PubmedArticleSet>'


class Fake:
    """PubMed with the given records; ``cap`` as the live one, but small. Attributes switch faults on."""

    def __init__(self, records: dict[str, date], cap: int = 9999) -> None:
        self.records = records
        self.cap = cap
        self.withdrawn: set[str] = set()  # listed, never delivered
        self.shy: set[str] = set()  # delivered only when asked for by id
        self.poison: set[str] = set()  # refuse a whole request by id
        self.histories: dict[str, list[str]] = {}
        self.expired = False
        self.before: Callable[[Asked], Answer | None] = lambda _: None

    def __call__(self, asked: Asked) -> Answer:
        early = self.before(asked)
        if early is not None:
            return early
        return self.search(asked.params) if asked.path.endswith("/esearch.fcgi") else self.fetch(asked.params)

    def search(self, params: dict[str, str]) -> Answer:
        found = RANGE.search(params["term"])
        low, high = (found[1].replace("/", "-"), found[2].replace("/", "-")) if found else ("0", "9")
        hits = sorted((p for p, day in self.records.items() if low <= day.isoformat() <= high), key=int, reverse=True)
        start, size = int(params["retstart"]), int(params["retmax"])
        if start >= self.cap:
            return Answer(json.dumps({"esearchresult": {"ERROR": "'retstart' cannot be larger than 9998"}}))
        result: dict[str, object] = {
            "count": str(len(hits)),
            "idlist": hits[start : min(start + size, self.cap)],
            "querytranslation": f"read as {params['term']}",
            "errorlist": {"phrasesnotfound": ["zzz"], "fieldsnotfound": []},
            "warninglist": {"outputmessages": ["No items found."], "quotedphrasesnotfound": ['"a b"']},
        }
        if params.get("usehistory") == "y":
            name = f"MCID_{len(self.histories)}"
            self.histories[name] = hits
            result |= {"webenv": name, "querykey": "1"}
        return Answer(json.dumps({"header": {}, "esearchresult": result}))

    def fetch(self, params: dict[str, str]) -> Answer:
        error = "<?xml version='1.0'?><eFetchResult><ERROR>Cannot retrieve history data: {}</ERROR></eFetchResult>"
        if "WebEnv" in params:
            if self.expired:
                return Answer(error.format("expired"), status=400)
            start, size = int(params["retstart"]), int(params["retmax"])
            hits = self.histories[params["WebEnv"]][start : min(start + size, self.cap)]
            return Answer(xml(p for p in hits if p not in self.withdrawn | self.shy))
        hits = params["id"].split(",")
        if self.poison & set(hits):
            return Answer(error.format("ID list is bad"), status=400)
        return Answer(xml(p for p in hits if p in self.records and p not in self.withdrawn))


def source(server: Server, tmp_path: Path, strategy: str = "wards", **options: object) -> PubMed:
    settings = Settings(home=tmp_path, sandbox_url=server.url, contact_email="a@b.org", **options)  # type: ignore[arg-type]
    made = sources.create("pubmed", Http("a@b.org", None, attempts=3, backoff=0.001), strategy, settings)
    assert isinstance(made, PubMed)
    return made


def ids(pages: Iterable[Page]) -> list[str]:
    return [item.record.source_id for page in pages for item in page.fetched]


def days(count: int, per_day: int = 1, start: date = date(2026, 1, 1)) -> dict[str, date]:
    return {str(1000 + n): start + timedelta(days=n // per_day) for n in range(count)}


def test_brings_everything_and_says_what_it_promised(tmp_path: Path) -> None:
    with serve(Fake(days(450))) as s:
        asked = source(s, tmp_path)
        promise = asked.promise(Window())
        pages = list(asked.pages(Window()))
    assert promise.count == 450
    assert promise.translation == "read as wards"
    assert promise.notes == ("phrase not found: zzz", 'quoted phrase not found: "a b"')
    assert [len(page.fetched) for page in pages] == [200, 200, 50, 0]
    assert sorted(ids(pages)) == sorted(days(450))
    assert sorted(pmid for page in pages for pmid in page.promised_ids) == sorted(days(450))
    assert [page.cursor is None for page in pages] == [False, False, False, True]


def test_asks_as_ncbi_wants_it(tmp_path: Path) -> None:
    with serve(Fake(days(3))) as s:
        list(source(s, tmp_path, ncbi_api_key="SECRET").pages(Window(date(2026, 1, 1), date(2026, 1, 2))))
    assert [a.path for a in s.asked] == ["/pubmed/esearch.fcgi", "/pubmed/efetch.fcgi"]
    assert all(a.method == "POST" for a in s.asked)
    assert all(a.params["tool"] == "livingscan" and a.params["email"] == "a@b.org" for a in s.asked)
    assert all(a.params["api_key"] == "SECRET" and a.params["db"] == "pubmed" for a in s.asked)
    assert s.asked[0].params["term"] == '(wards) AND ("2026/01/01"[crdt] : "2026/01/02"[crdt])'
    assert s.asked[0].params["usehistory"] == "y"
    assert s.asked[1].params["WebEnv"] == "MCID_0"


@pytest.mark.parametrize(
    ("window", "clause"),
    [
        (Window(), ""),
        (Window(date(2026, 1, 1)), ' AND ("2026/01/01"[crdt] : "3000/12/31"[crdt])'),
        (Window(None, date(2026, 1, 1)), ' AND ("1600/01/01"[crdt] : "2026/01/01"[crdt])'),
        (Window(date(2026, 1, 1), date(2026, 1, 7), "revised"), ' AND ("2026/01/01"[lr] : "2026/01/07"[lr])'),
    ],
)
def test_puts_the_window_into_the_term(tmp_path: Path, window: Window, clause: str) -> None:
    with serve(Fake(days(3))) as s:
        assert source(s, tmp_path).promise(window).count is not None
    assert s.asked[0].params["term"] == (f"(wards){clause}" if clause else "wards")


def test_an_empty_window_is_one_empty_page(tmp_path: Path) -> None:
    with serve(Fake({})) as s:
        assert source(s, tmp_path).promise(Window()).count == 0
        assert list(source(s, tmp_path).pages(Window())) == [Page()]


@pytest.mark.parametrize("window", [Window(), Window(date(2025, 12, 1), date(2026, 12, 31)), Window(date(2026, 1, 1))])
def test_splits_until_no_part_reaches_the_cap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, window: Window) -> None:
    monkeypatch.setattr(pubmed, "CAP", 20)
    monkeypatch.setattr(pubmed, "BATCH", 7)
    fake = Fake(days(100, per_day=6), cap=20)
    with serve(fake) as s:
        pages = list(source(s, tmp_path).pages(window))
    assert sorted(ids(pages)) == sorted(fake.records)
    assert len(ids(pages)) == 100
    assert all(int(a.params.get("retstart", 0)) < 20 for a in s.asked)
    parts = [a for a in s.asked if a.params.get("usehistory")]
    assert len(parts) >= 6


@pytest.mark.parametrize(("count", "splits"), [(19, False), (20, True)])
def test_the_border_of_the_cap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, splits: bool) -> None:
    monkeypatch.setattr(pubmed, "CAP", 20)
    with serve(Fake(days(count), cap=20)) as s:
        assert len(ids(source(s, tmp_path).pages(Window(date(2026, 1, 1), date(2026, 3, 1))))) == count
    assert (len([a for a in s.asked if a.params.get("usehistory")]) > 1) == splits


def test_a_single_day_over_the_cap_is_said_and_not_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pubmed, "CAP", 20)
    with (
        serve(Fake(days(40, per_day=40), cap=20)) as s,
        pytest.raises(FatalSourceError, match="40 records on the single day 2026-01-01"),
    ):
        list(source(s, tmp_path).pages(Window()))


def test_halves_that_do_not_add_up_are_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pubmed, "CAP", 20)
    fake = Fake(days(40), cap=20)
    search = fake.search

    def undated(params: dict[str, str]) -> Answer:
        params = {**params, "term": params["term"].replace("2026/", "1999/")}  # the range finds nothing
        return search(params)

    fake.search = undated  # type: ignore[method-assign]
    with serve(fake) as s, pytest.raises(RetriableSourceError, match="when the window is halved"):
        list(source(s, tmp_path).pages(Window()))


def test_what_a_batch_lacks_is_asked_for_by_id(tmp_path: Path) -> None:
    fake = Fake(days(30))
    fake.shy = {"1003", "1004"}
    with serve(fake) as s:
        pages = list(source(s, tmp_path).pages(Window()))
    assert sorted(ids(pages)) == sorted(fake.records)
    assert not pages[0].absent
    assert s.asked[-1].params["id"] == "1004,1003"


def test_what_never_comes_is_named(tmp_path: Path) -> None:
    fake = Fake(days(30))
    fake.withdrawn = {"1003", "1004"}
    with serve(fake) as s:
        pages = list(source(s, tmp_path).pages(Window()))
    assert sorted(ids(pages)) == sorted(set(fake.records) - fake.withdrawn)
    assert dict(pages[0].absent).keys() == fake.withdrawn
    assert {"1003", "1004"} <= set(pages[0].promised_ids)


def test_one_id_that_is_refused_costs_no_other(tmp_path: Path) -> None:
    fake = Fake(days(30))
    fake.shy = {"1003", "1004", "1005"}
    fake.poison = {"1004"}
    with serve(fake) as s:
        pages = list(source(s, tmp_path).pages(Window()))
    assert sorted(ids(pages)) == sorted(set(fake.records) - {"1004"})
    ((pmid, reason),) = pages[0].absent
    assert pmid == "1004"
    assert "ID list is bad" in reason


def test_an_outage_is_not_mistaken_for_withdrawn_records(tmp_path: Path) -> None:
    fake = Fake(days(180))
    fake.withdrawn = set(fake.records)
    with serve(fake) as s, pytest.raises(RetriableSourceError, match="does not deliver 180 of 180"):
        list(source(s, tmp_path).pages(Window()))


def test_an_expired_history_costs_nothing(tmp_path: Path) -> None:
    fake = Fake(days(450))
    count = 0

    def expire(asked: Asked) -> None:
        nonlocal count
        count += "WebEnv" in asked.params
        fake.expired = count > 1

    fake.before = expire
    with serve(fake) as s:
        assert sorted(ids(source(s, tmp_path).pages(Window()))) == sorted(fake.records)
    assert sum("WebEnv" in a.params for a in s.asked) == 2
    assert sum("id" in a.params for a in s.asked) == 2


def test_goes_on_after_its_cursor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pubmed, "CAP", 50)
    monkeypatch.setattr(pubmed, "BATCH", 10)
    fake = Fake(days(120), cap=50)
    window = Window(date(2026, 1, 1), date(2026, 6, 30))
    with serve(fake) as s:
        whole = list(source(s, tmp_path).pages(window))
        for stop in range(len(whole) - 1):
            rest = list(source(s, tmp_path).pages(window, whole[stop].cursor, set(ids(whole[: stop + 1]))))
            # the parts behind the first are cut anew, so only what comes is the same, not its order
            assert sorted(ids(rest)) == sorted(ids(whole[stop + 1 :])), stop


def test_a_list_that_changed_meanwhile_is_begun_anew_without_fetching_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pubmed, "BATCH", 10)
    fake = Fake(days(40))
    with serve(fake) as s:
        asked = source(s, tmp_path)
        pages = asked.pages(Window())
        first = [next(pages), next(pages)]
        fake.records["999"] = date(2026, 1, 1)
        fake.records["2000"] = date(2026, 1, 1)
        rest = list(asked.pages(Window(), first[-1].cursor, set(ids(first))))
    assert sorted(ids(first) + ids(rest)) == sorted(fake.records)


def test_ids_in_hand_are_promised_but_not_fetched(tmp_path: Path) -> None:
    fake = Fake(days(300))
    have = set(list(fake.records)[:298])
    with serve(fake) as s:
        pages = list(source(s, tmp_path).pages(Window(), have=have))
    assert set(ids(pages)) == set(fake.records) - have
    assert {pmid for page in pages for pmid in page.promised_ids} == set(fake.records)
    assert sum(a.path.endswith("efetch.fcgi") for a in s.asked) == 1


@pytest.mark.parametrize("cursor", ["nonsense", "{}", "[]", '{"from": "x", "to": null, "offset": 1, "of": ""}'])
def test_a_strange_cursor_begins_at_the_beginning(tmp_path: Path, cursor: str) -> None:
    with serve(Fake(days(5))) as s:
        assert len(ids(source(s, tmp_path).pages(Window(), cursor))) == 5


PASSING = [
    Answer("<html><body>maintenance</body></html>"),
    Answer('{"error":"API rate limit exceeded","count":"11"}', status=429),
    Answer('{"error":"API rate limit exceeded","count":"11"}'),
    Answer(json.dumps({"esearchresult": {"ERROR": "Search Backend failed: timeout"}})),
    Answer('{"esearchresult": {"idlist": []}}'),
    Answer('{"esearchres'),
    Answer(xml(["1"])[:-40]),
    Answer("", status=502),
]


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("path", ["/pubmed/esearch.fcgi", "/pubmed/efetch.fcgi"])
def test_passing_faults_are_asked_again_and_never_look_empty(tmp_path: Path, fault: Answer, path: str) -> None:
    fake = Fake(days(5))
    left = [fault]
    fake.before = lambda asked: left.pop() if left and asked.path == path else None
    with serve(fake) as s:
        assert len(ids(source(s, tmp_path).pages(Window()))) == 5
    assert not left
    fake.before = lambda asked: fault if asked.path == path else None
    with serve(fake) as s, pytest.raises(RetriableSourceError):
        list(source(s, tmp_path).pages(Window()))


def test_a_refused_strategy_is_told_once(tmp_path: Path) -> None:
    fake = Fake({})
    fake.before = lambda _: Answer(json.dumps({"esearchresult": {"ERROR": "Empty term and query_key"}}))
    with serve(fake) as s, pytest.raises(FatalSourceError, match="Empty term"):
        source(s, tmp_path).promise(Window())
    assert len(s.asked) == 1


def test_a_wrong_key_is_no_absent_record_and_shows_nowhere(tmp_path: Path) -> None:
    fake = Fake(days(5))
    refusal = Answer('{"error":"API key invalid","api-key":"SECRET-KEY"}', status=400)
    fake.before = lambda asked: refusal if asked.path.endswith("efetch.fcgi") else None
    with serve(fake) as s, pytest.raises(FatalSourceError, match="API key invalid") as caught:
        list(source(s, tmp_path, ncbi_api_key="SECRET-KEY").pages(Window()))
    assert "SECRET-KEY" not in str(caught.value)


def test_a_list_shorter_than_promised_is_paged_and_then_not_believed(tmp_path: Path) -> None:
    fake = Fake(days(25))
    search = fake.search
    fake.search = lambda params: search({**params, "retmax": min(params["retmax"], "9")})  # type: ignore[method-assign]
    with serve(fake) as s:
        assert len(ids(source(s, tmp_path).pages(Window()))) == 25

    def lies(params: dict[str, str]) -> Answer:
        answer = json.loads(search(params).data())
        answer["esearchresult"]["count"] = "40"
        return Answer(json.dumps(answer))

    fake.search = lies  # type: ignore[method-assign]
    with serve(fake) as s, pytest.raises(RetriableSourceError, match="promises 40 ids and lists 25"):
        list(source(s, tmp_path).pages(Window()))


def test_keeps_every_version_and_tells_deletions(tmp_path: Path) -> None:
    fake = Fake(days(2))
    answer = xml(["1000", "1001"]).replace(
        "</PubmedArticleSet>",
        xml(["1000"]).partition("Set>")[2].replace('"1"', '"2"', 1).replace(
            "</PubmedArticleSet>", "<DeleteCitation><PMID>77</PMID></DeleteCitation></PubmedArticleSet>"
        ),
    )  # fmt: skip
    fake.before = lambda asked: Answer(answer) if asked.path.endswith("efetch.fcgi") else None
    with serve(fake) as s:
        page = next(source(s, tmp_path).pages(Window()))
    assert ids([page]) == ["1000", "1001", "1000"]
    assert page.fetched[2].record.source_version == "2"
    assert page.deleted == ("77",)


@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=120),
    st.integers(8, 25),
    st.integers(0, 40),
    st.sets(st.integers(0, 119), max_size=6),
)
@hypothesis_settings(max_examples=12, deadline=None)
def test_whatever_the_dates_and_wherever_it_stops_nothing_is_lost_or_fetched_twice(
    tmp_path_factory: pytest.TempPathFactory, offsets: list[int], cap: int, stop: int, withdrawn: set[int]
) -> None:
    records = {str(100 + n): date(2026, 1, 1) + timedelta(days=offset) for n, offset in enumerate(offsets)}
    fake = Fake(records, cap=cap)
    fake.withdrawn = {str(100 + n) for n in withdrawn} & records.keys()
    busiest = max(offsets.count(offset) for offset in offsets)
    window = Window(date(2026, 1, 1), date(2026, 3, 2))
    with pytest.MonkeyPatch.context() as patch, serve(fake) as s:
        patch.setattr(pubmed, "CAP", cap)
        patch.setattr(pubmed, "BATCH", 5)
        asked = source(s, tmp_path_factory.mktemp("home"))
        if busiest >= cap and len(records) >= cap:
            with pytest.raises(FatalSourceError, match="single day"):
                list(asked.pages(window))
            return
        seen: list[Page] = []
        for page in asked.pages(window):
            seen.append(page)
            if len(seen) > stop:
                break
        else:
            assert seen[-1].cursor is None
        if seen[-1].cursor:
            seen += asked.pages(window, seen[-1].cursor, set(ids(seen)))
    got = ids(seen)
    absent = {pmid for page in seen for pmid, _ in page.absent}
    assert sorted(got) == sorted(records.keys() - fake.withdrawn)
    assert absent == fake.withdrawn
    assert {pmid for page in seen for pmid in page.promised_ids} == records.keys()


def test_unknown_sources_are_told_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"'pubmedd'.*pubmed"):
        sources.create("pubmedd", Http(), "x", Settings(home=tmp_path))


@needs_shared
def test_reads_captured_answers() -> None:
    found = []
    for path in sorted((SHARED / "payloads/pubmed").glob("sul_pub__doi*.wire.json")):
        for exchange in json.loads(path.read_text()):
            found += list(parse(exchange["response"]["body"]))
    assert found
    assert all(isinstance(item, Fetched) and item.record.title for item in found)

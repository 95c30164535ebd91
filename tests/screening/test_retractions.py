"""What the review rests on is checked; tasks open with what they touch, and nothing is excluded. Real databases."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from livingscan import clock
from livingscan.errors import DataError, LivingscanError, SourceError, UserError
from livingscan.records import Fetched, PartialDate, StatusLink, make_record
from livingscan.screening import retraction_watch
from livingscan.screening.retractions import (
    RetractionOutcome,
    check_retractions,
    close_retraction,
    list_retractions,
    retraction_rows,
)
from livingscan.sources.http import Http
from livingscan.store import Store, coding_queries, ledger
from livingscan.store.links import assign_reports
from livingscan.store.load import load
from livingscan.store.models import Decision, Record
from livingscan.store.retraction_queries import TaskRow
from livingscan.store.screening_queries import add_decision, put_flags
from tests.sources.server import Answer, serve

DAY = date(2026, 11, 23)


class Review:
    """A small review: records, reports, decisions."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.store = store
        self.set = monkeypatch
        self.at("2026-11-23")
        self.search = ledger.begin(store, kind="interface", source="pubmed").id

    def at(self, day: str) -> None:
        self.set.setenv(clock.FIXED_NOW, f"{day}T12:00:00+00:00")

    def put(self, source: str, source_id: str, *links: StatusLink, **fields: Any) -> int:
        """Load a record (again); returns its id."""
        record = make_record(source=source, source_id=source_id, status_links=links, added=DAY, **fields)
        with self.store.write() as session:
            load(session, self.search, [Fetched(record, "<raw/>")], clock.now())
            return session.scalars(
                select(Record.id).where(Record.source == source, Record.source_id == source_id)
            ).one()

    def report(self, *records: int) -> None:
        with self.store.write() as session:
            assign_reports(session, [records], "test", clock.now())

    def decide(self, record: int, verdict: str = "include", stage: str = "title-abstract", who: str = "Ann") -> int:
        with self.store.write() as session:
            return add_decision(session, record, stage, verdict, reviewer=who, at=clock.now())

    def check(self, **how: Any) -> RetractionOutcome:
        return check_retractions(self.store, **how)

    def tasks(self, every: bool = False) -> list[TaskRow]:
        return list_retractions(self.store, all_tasks=every)


@pytest.fixture
def review(store: Store, monkeypatch: pytest.MonkeyPatch) -> Review:
    return Review(store, monkeypatch)


@pytest.fixture
def quick(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> Review:
    return Review(sqlite_store, monkeypatch)


def included(review: Review, *links: StatusLink, source_id: str = "1", **fields: Any) -> int:
    one = review.put("pubmed", source_id, *links, **({"title": f"Paper {source_id}", "pmid": source_id} | fields))
    review.report(one)
    review.decide(one)
    return one


RETRACTED = StatusLink("retracted_by", "pmid:900", "RetractionIn")
CONCERN = StatusLink("concern_by", "pmid:901", "ExpressionOfConcernIn")
CORRECTED = StatusLink("corrected_by", "pmid:902", "ErratumIn")


def test_each_kind_opens_a_task_of_its_own_with_what_it_touches(review: Review) -> None:
    record = included(review, RETRACTED, CONCERN, CORRECTED, StatusLink("commented_by", "pmid:5"), doi="10.5555/a")
    with review.store.write() as session:
        rows = [
            {
                "record_id": record,
                "number": 1,
                "theme": theme,
                "phase": "delivery",
                "setting_group": "nhs",
                "polarity": "barrier",
                "quotation": "there was no time " * 40,
                "field": "abstract",
                "start": 0,
                "end": 5,
                "basis": "abstract",
            }
            for theme in ("time", "time", "money")
        ]
        coding_queries.add_findings(
            session, rows, origin="machine", who="livingscan", codebook_version="1", at=clock.now()
        )
        rejected = coding_queries.findings(session, [record])[2]
        coding_queries.add_verdicts(session, [rejected.id], "rejected", who="Ann", at=clock.now())
    outcome = review.check(run_id=7)
    assert outcome.by_kind == {"retraction": 1, "concern": 1, "correction": 1}
    assert (outcome.checked, outcome.touched, outcome.opened, outcome.open_tasks) == (1, 1, 3, 3)
    task = next(one for one in review.tasks() if one.kind == "retraction")
    assert task.detail["notices"][0]["ids"] == ["pmid:900"]
    assert task.detail["also"] == ["concern", "correction"]
    assert task.detail["cells"] == [{"theme": "time", "phase": "delivery", "group": "nhs"}]
    assert len(task.detail["findings"]) == 2
    assert len(task.detail["findings"][0]["quotation"]) == 300
    assert (task.detail["title"], task.detail["doi"], task.detail["run"]) == ("Paper 1", "10.5555/a", 7)
    row = next(row for row in retraction_rows(review.tasks()) if row["what"] == "retraction")
    assert (row["findings"], row["cells"]) == (2, "time / delivery / nhs")


def test_nothing_is_excluded(review: Review) -> None:
    included(review, RETRACTED)
    with review.store.read() as session:
        before = [(row.id, row.verdict) for row in session.scalars(select(Decision))]
    review.check()
    with review.store.read() as session:
        assert [(row.id, row.verdict) for row in session.scalars(select(Decision))] == before


def test_checking_again_changes_nothing(review: Review) -> None:
    included(review, RETRACTED, CONCERN)
    review.check()
    before = review.tasks()
    review.at("2027-01-01")
    again = review.check()
    assert (again.opened, again.reopened, again.updated, again.open_tasks) == (0, 0, 0, 2)
    assert review.tasks() == before


def test_only_reports_past_screening_are_checked(quick: Review) -> None:
    waiting = quick.put("pubmed", "10", RETRACTED, title="not screened", pmid="10")
    quick.report(waiting)
    excluded = quick.put("pubmed", "11", RETRACTED, title="excluded", pmid="11")
    quick.report(excluded)
    quick.decide(excluded, "exclude")
    left_out_later = included(quick, RETRACTED, source_id="12")
    quick.decide(left_out_later, "exclude", "full-text")
    undone = quick.put("pubmed", "13", RETRACTED, title="taken back", pmid="13")
    quick.report(undone)
    taken = quick.decide(undone)
    with quick.store.write() as session:
        add_decision(session, undone, "title-abstract", None, reviewer="Ann", at=clock.now(), undoes_id=taken)
    assert (quick.check().checked, quick.tasks()) == (0, [])
    disputed = included(quick, RETRACTED, source_id="14")
    quick.decide(disputed, "exclude", "full-text")
    quick.decide(disputed, "include", "full-text", who="Ben")
    assert quick.check().checked == 1


def test_three_sources_that_tell_of_one_retraction_make_one_notice(quick: Review, tmp_path: Path) -> None:
    one = quick.put("pubmed", "1", RETRACTED, title="T", pmid="1", doi="10.5555/a")
    two = quick.put("openalex", "W1", StatusLink("retracted_by", "", "is_retracted"), title="T", doi="10.5555/a")
    three = quick.put("crossref", "10.5555/a", StatusLink("retracted_by", "doi:10.5555/r"), title="T", doi="10.5555/a")
    quick.report(one, two, three)
    quick.decide(two)
    outcome = quick.check(retraction_watch_at=watch(tmp_path, "10.5555/A", "0", "10.5555/r", "900"))
    assert outcome.opened == 1
    (task,) = quick.tasks()
    (notice,) = task.detail["notices"]
    assert notice["ids"] == ["doi:10.5555/r", "pmid:900"]
    assert notice["said_by"] == ["Retraction Watch", "crossref", "openalex", "pubmed"]
    assert (notice["date"], notice["reason"]) == ("2024-05-23", "Error in Data; Duplication of Image")


def test_two_corrections_are_two_notices_of_one_task(quick: Review) -> None:
    included(quick, CORRECTED, StatusLink("corrected_by", "pmid:903"), StatusLink("corrected_by", "BMJ. 2019;3:4"))
    assert quick.check().opened == 1
    assert [notice["ids"] for notice in quick.tasks()[0].detail["notices"]] == [
        ["pmid:902", "pubmed: BMJ. 2019;3:4"],
        ["pmid:903"],
    ]


def test_a_paper_that_links_to_itself_is_not_retracted_by_it(quick: Review) -> None:
    included(quick, StatusLink("retracted_by", "doi:10.5555/a"), doi="10.5555/a")
    assert quick.check().touched == 0


def test_a_stored_notice_tells_of_a_paper_whose_record_is_older(review: Review) -> None:
    included(review, doi="10.5555/a")
    notice = review.put(
        "europepmc",
        "MED:900",
        StatusLink("retraction_of", "doi:10.5555/a"),
        title="Retraction: Paper 1",
        pmid="900",
        published=PartialDate(2026, 10),
    )
    review.report(notice)
    with review.store.write() as session:
        flag = {
            "kind": "not_a_study",
            "value": "yes",
            "quote": "Retraction",
            "field": "title",
            "start": 0,
            "end": 10,
            "rule": "not_a_study.retraction notice: x",
        }
        put_flags(session, {notice: (1, [flag])}, "1", clock.now())
        record = session.get_one(Record, notice)
        record.to_flag = False
    review.check()
    (task,) = review.tasks()
    assert (task.kind, task.detail["notices"][0]["ids"]) == ("retraction", ["pmid:900"])
    assert task.detail["notices"][0]["date"] == "2026-10"


def test_a_title_that_says_so_counts_where_no_link_does(quick: Review) -> None:
    record = included(quick, title="RETRACTED: Paper 1")
    with quick.store.write() as session:
        flag = {
            "kind": "retracted",
            "value": "yes",
            "quote": "RETRACTED:",
            "field": "title",
            "start": 0,
            "end": 10,
            "rule": "standing.retracted.titles: x",
        }
        put_flags(session, {record: (1, [flag])}, "1", clock.now())
    quick.check()
    assert quick.tasks()[0].detail["notices"][0]["said_by"] == ["pubmed: RETRACTED:"]


# --- closing and opening again -----------------------------------------------------------------------


def test_a_closed_task_stays_closed_until_a_further_notice_appears(review: Review) -> None:
    included(review, CORRECTED)
    review.check()
    (task,) = review.tasks()
    closed = close_retraction(review.store, task.id, who="Ann", note="a typing error, no figure changed")
    assert (closed.closed_by, review.tasks()) == ("Ann", [])
    assert review.check().reopened == 0
    review.at("2027-01-01")
    review.put("pubmed", "1", CORRECTED, StatusLink("corrected_by", "pmid:950"), title="Paper 1", pmid="1")
    outcome = review.check()
    assert (outcome.opened, outcome.reopened) == (0, 1)
    (again,) = review.tasks()
    assert again.id == task.id
    assert again.detail["history"] == [
        {"closed_at": "2026-11-23T12:00:00+00:00", "closed_by": "Ann", "note": "a typing error, no figure changed"}
    ]
    assert [notice["seen"] for notice in again.detail["notices"]] == ["2026-11-23", "2027-01-01"]


def test_another_source_that_tells_of_the_same_opens_nothing_again(quick: Review) -> None:
    one = included(quick, RETRACTED, doi="10.5555/a")
    quick.check()
    close_retraction(quick.store, quick.tasks()[0].id, who="Ann", note="kept, with a remark")
    other = quick.put("crossref", "10.5555/a", StatusLink("retracted_by", "doi:10.5555/r"), title="T", doi="10.5555/a")
    quick.report(one, other)
    assert (quick.check().reopened, quick.tasks()) == (0, [])


def test_a_reinstatement_is_a_task_of_its_own(quick: Review) -> None:
    included(quick, RETRACTED)
    quick.check()
    close_retraction(quick.store, quick.tasks()[0].id, who="Ann", note="excluded")
    quick.put("pubmed", "1", RETRACTED, StatusLink("reinstated_by", "pmid:999"), title="Paper 1", pmid="1")
    assert quick.check().opened == 1
    (task,) = quick.tasks()
    assert (task.kind, task.detail["also"]) == ("reinstatement", ["retraction"])


def test_a_task_follows_its_report_through_a_merge(quick: Review) -> None:
    first = included(quick, source_id="1")
    second = included(quick, RETRACTED, source_id="2")
    quick.check()
    quick.report(first, second)
    outcome = quick.check()
    assert (outcome.opened, outcome.updated, len(quick.tasks())) == (0, 1, 1)
    assert quick.tasks()[0].detail["records"] == [first, second]


def test_closing_needs_a_name_a_note_and_an_open_task(quick: Review) -> None:
    included(quick, RETRACTED)
    quick.check()
    task = quick.tasks()[0].id
    for wrong in ({"who": " "}, {"note": ""}):
        with pytest.raises(UserError):
            close_retraction(quick.store, task, **({"who": "Ann", "note": "x"} | wrong))
    with pytest.raises(UserError, match="no such task"):
        close_retraction(quick.store, task + 1, who="Ann", note="x")
    close_retraction(quick.store, task, who="Ann", note="x")
    with pytest.raises(UserError, match="was closed by Ann"):
        close_retraction(quick.store, task, who="Ben", note="y")


# --- the Retraction Watch file -----------------------------------------------------------------------

HEAD = (
    "Record ID,Title,Subject,Institution,Journal,Publisher,Country,Author,URLS,ArticleType,RetractionDate,"
    "RetractionDOI,RetractionPubMedID,OriginalPaperDate,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,"
    "Reason,Paywalled,Notes"
)


def line(doi: str, pmid: str, notice_doi: str, notice_pmid: str, nature: str = "Retraction") -> str:
    return (
        '1,"Invented, paper",(HSC),"Somewhere",J,P,UK,"Doe, J;Roe, R",,Article,5/23/2024 0:00,'
        f"{notice_doi},{notice_pmid},1/2/2020 0:00,{doi},{pmid},{nature},"
        '"+Error in Data;+Duplication of Image;",No,"a\nnote"'
    )


def watch(folder: Path, *columns: str, encoding: str = "utf-8", nature: str = "Retraction") -> Path:
    path = folder / "retraction_watch.csv"
    path.write_bytes(f"{HEAD}\n{line(*columns, nature=nature)}\n".encode(encoding))
    return path


def test_the_file_is_matched_by_doi_or_pmid(review: Review, tmp_path: Path) -> None:
    included(review, source_id="1", doi="10.5555/a")
    included(review, source_id="2")
    included(review, source_id="3")
    path = tmp_path / "rw.csv"
    rows = [
        line("10.5555/A", "0", "10.5555/r", "unavailable"),
        line("unavailable", "2", "unavailable", "0", "Expression of concern"),
        line("10.5555/nobody", "77", "10.5555/x", "0"),
        line("unavailable", "0", "10.5555/x", "0"),
        line("10.5555/a", "0", "10.5555/s", "0", "Reinstatement"),
        line("10.5555/a", "0", "10.5555/c", "0", "Something new"),
    ]
    path.write_text("\n".join([HEAD, *rows]) + "\n")
    outcome = review.check(retraction_watch_at=path)
    assert outcome.by_kind == {"retraction": 1, "concern": 1, "reinstatement": 1}
    assert outcome.listed == 4
    assert {(task.kind, task.detail["pmid"]) for task in review.tasks()} == {
        ("retraction", "1"),
        ("reinstatement", "1"),
        ("concern", "2"),
    }


def test_a_notice_at_the_paper_s_own_doi_names_no_other(quick: Review, tmp_path: Path) -> None:
    included(quick, doi="10.5555/a")
    quick.check(retraction_watch_at=watch(tmp_path, "10.5555/a", "1", "10.5555/a", "1"))
    assert quick.tasks()[0].detail["notices"][0]["ids"] == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "rw.csv"
    row = line("10.5555/a", "1", "10.5555/r", "2").replace("Somewhere", "Universit\xe9")
    path.write_bytes(f"{HEAD}\n{row}\n".encode(encoding))
    (found,) = retraction_watch.read(path)
    assert (found.kind, found.doi, found.pmid, found.notice_pmid, found.day) == (
        "retraction",
        "10.5555/a",
        "1",
        "2",
        "2024-05-23",
    )


def test_another_file_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="lacks the column OriginalPaperDOI"):
        list(retraction_watch.read(path))
    with pytest.raises(UserError, match="no such file"):
        list(retraction_watch.read(tmp_path / "none.csv"))
    path.write_text("")
    with pytest.raises(DataError):
        list(retraction_watch.read(path))


def test_a_file_that_is_cut_off_is_refused_and_opens_nothing(quick: Review, tmp_path: Path) -> None:
    included(quick, doi="10.5555/a")
    rows = [line(f"10.5555/{name}", "0", "10.5555/r", "0").replace("\n", " ") for name in "ab"]
    path = tmp_path / "rw.csv"
    path.write_text("\n".join([HEAD, *rows])[:-60])
    with pytest.raises(DataError, match=r"rw\.csv, line 3: the file is cut off"):
        quick.check(retraction_watch_at=path)
    assert quick.tasks() == []


@pytest.mark.parametrize("packed", [False, True])
def test_the_file_is_fetched_from_an_address(quick: Review, packed: bool) -> None:
    included(quick, doi="10.5555/a")
    text = f"{HEAD}\n{line('10.5555/a', '1', '10.5555/r', '2')}\n".encode()
    answers = [Answer("busy", 503), Answer(gzip.compress(text) if packed else text)]
    with serve(lambda asked: answers.pop(0)) as server:
        url = f"{server.url}/rw.csv{'.gz' if packed else ''}"
        outcome = quick.check(retraction_watch_at=url, http=Http("someone@example.org"))
    assert (outcome.listed, outcome.by_kind) == (1, {"retraction": 1})
    assert "mailto:someone@example.org" in server.asked[1].headers["user-agent"]


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (Answer("<!DOCTYPE html><html><body>Please wait</body></html>"), DataError, "rw.csv: a web page"),
        (Answer("gone", 404), SourceError, "404"),
        (Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + HEAD.encode(), raw=True), SourceError, "cut off"),
        (Answer(b"HTTP/1.1 200 OK\r\n\r\n" + HEAD.encode() + b"\n1,a,b,c", raw=True), DataError, "cut off"),
        (Answer(gzip.compress(HEAD.encode() * 50)[:-20]), DataError, "rw.csv: the compressed data is damaged"),
        (Answer(HEAD.encode() * 99), SourceError, "more than 1,000 bytes"),
        (Answer("version https://git-lfs.github.com/spec/v1\n"), DataError, "not the Retraction Watch file"),
    ],
)
def test_an_address_that_gives_something_else_changes_nothing(
    quick: Review, answer: Answer, kind: type[LivingscanError], words: str
) -> None:
    included(quick, doi="10.5555/a")
    with serve(lambda asked: answer) as server, pytest.raises(kind, match=words) as refused:
        quick.check(retraction_watch_at=f"{server.url}/rw.csv?key=hidden", http=Http(attempts=1, max_bytes=1000))
    assert "\n" not in str(refused.value)
    assert "hidden" not in str(refused.value)
    assert quick.tasks() == []


@pytest.mark.parametrize(
    ("text", "day"), [("13/45/2024", ""), ("2/30/2024 0:00", ""), ("", ""), ("2024-05-23", "2024-05-23")]
)
def test_dates(tmp_path: Path, text: str, day: str) -> None:
    path = tmp_path / "rw.csv"
    path.write_text(f"{HEAD}\n{line('10.5555/a', '1', '', '').replace('5/23/2024 0:00', text)}\n")
    assert [row.day for row in retraction_watch.read(path)] == [day]

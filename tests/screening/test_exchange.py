"""Out into a file and back again."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livingscan.errors import DataError, UserError
from livingscan.protocol import load_protocol
from livingscan.records import make_record
from livingscan.screening.exchange import Imported, import_decisions, own_decisions, read_rows, write_queue
from livingscan.screening.queue import QueueItem, decide, items, queue, undo, unresolved
from livingscan.screening.step import flag_for_screening
from livingscan.store import Store
from tests.screening.fill import fill

PROTOCOL = load_protocol(Path(__file__).resolve().parents[2] / "review")
RECORDS = [
    make_record(source="pubmed", source_id="1", title="Barriers in the NHS", abstract='RESULTS: A, "b".\nMore; c.'),
    make_record(source="pubmed", source_id="2", title='=HYPERLINK("x")', abstract="@evil\n+1", authors=["-Dash, A"]),
    make_record(source="cinahl", source_id="a:b", title="ER  - is in this title", abstract="TY  - JOUR\nER  - \nx"),
]


def exported(store: Store, to: str, what: str = "waiting") -> str:
    stream = io.StringIO(newline="")
    if what == "waiting":
        entries = [(item, None) for item in queue(store, PROTOCOL, reviewer="Jo")]
    else:
        decided = own_decisions(store, "title-abstract", "Jo")
        entries = [(item, decided[item.report]) for item in items(store, PROTOCOL, decided)]
    write_queue(stream, entries, to=to, stage="title-abstract", reviewer="Jo", reasons=PROTOCOL.reasons)  # type: ignore[arg-type]
    return stream.getvalue()


def loaded(store: Store, text: str, reviewer: str = "") -> tuple[int, int, int, list[tuple[int, str]]]:
    outcome = import_decisions(store, PROTOCOL, read_rows(io.StringIO(text, newline="")), reviewer=reviewer)
    return (
        outcome.added + len(outcome.changed),
        outcome.known,
        outcome.undecided,
        [(one.line, one.reason) for one in outcome.faults],
    )


def verdicts(store: Store, reviewer: str = "Jo") -> dict[int, tuple[str | None, str, str]]:
    found = own_decisions(store, "title-abstract", reviewer)
    return {report: (one.verdict, one.reason, one.note) for report, one in found.items()}


def test_words_of_people_are_one_line_without_control_characters(sqlite_store: Store) -> None:
    ids = fill(sqlite_store, RECORDS)
    flag_for_screening(sqlite_store, protocol=PROTOCOL)
    decide(sqlite_store, PROTOCOL, ids[0], "include", reviewer="J\x1bo", note="seen\x07\ntwice")
    loaded(sqlite_store, f'report,verdict,note,reviewer\n{ids[1]},unsure,"a\x1b\nb",Jo\x1b\n')
    assert sorted(verdicts(sqlite_store).values()) == [("include", "", "seen twice"), ("unsure", "", "a b")]


@pytest.mark.parametrize("to", ["csv", "ris"])
def test_decisions_come_back_as_they_went_out(sqlite_store: Store, to: str) -> None:
    ids = fill(sqlite_store, RECORDS)
    flag_for_screening(sqlite_store, protocol=PROTOCOL)
    decide(sqlite_store, PROTOCOL, ids[0], "include", reviewer="Jo", note="=good, really; yes")
    decide(sqlite_store, PROTOCOL, ids[1], "exclude", reviewer="Jo", reason="no empirical data")
    decide(sqlite_store, PROTOCOL, ids[2], "unsure", reviewer="Jo")
    before = verdicts(sqlite_store)
    text = exported(sqlite_store, to, "decided")
    assert loaded(sqlite_store, text) == (0, 3, 0, [])
    assert loaded(sqlite_store, text.replace("Jo", "Al")) == (3, 0, 0, [])
    assert verdicts(sqlite_store, "Al") == before
    assert loaded(sqlite_store, text.replace("Jo", "Al")) == (0, 3, 0, [])


@pytest.mark.parametrize("to", ["csv", "ris"])
def test_a_filled_in_queue_is_loaded_and_what_is_wrong_is_told_by_line(sqlite_store: Store, to: str) -> None:
    fill(sqlite_store, RECORDS)
    flag_for_screening(sqlite_store, protocol=PROTOCOL)
    text = exported(sqlite_store, to)
    assert loaded(sqlite_store, text) == (0, 0, 3, [])
    if to == "csv":
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        by_record = {row["record"]: row for row in rows}
        by_record["pubmed:1"]["verdict"] = "Include"
        by_record["pubmed:2"]["verdict"] = "maybe"
        by_record["cinahl:a:b"] |= {"verdict": "exclude", "reason": "dull"}
        stream = io.StringIO(newline="")
        table = csv.DictWriter(stream, rows[0])
        table.writeheader()
        table.writerows(rows)
        text = stream.getvalue()
    else:
        parts = text.split("ER  - \n\n")
        for at, part in enumerate(parts):
            verdict = "Include" if "record: pubmed:1" in part else "maybe" if "record: pubmed:2" in part else "exclude"
            reason = "dull" if "record: cinahl" in part else ""
            part = part.replace("livingscan verdict:", f"livingscan verdict: {verdict}")
            parts[at] = part.replace("livingscan reason:", f"livingscan reason: {reason}")
        text = "ER  - \n\n".join(parts)
    added, known, undecided, faults = loaded(sqlite_store, text)
    assert (added, known, undecided) == (1, 0, 0)
    assert len(faults) == 2
    assert any("'maybe' is not one of" in reason for _, reason in faults)
    assert any("'dull' is not one of the protocol's" in reason for _, reason in faults)
    lines = text.splitlines()
    for line, _ in faults:
        assert lines[line - 1].startswith("TY" if to == "ris" else tuple("0123456789"))
    assert [verdict for verdict, _, _ in verdicts(sqlite_store).values()] == ["include"]


def test_no_cell_is_a_formula(sqlite_store: Store) -> None:
    fill(sqlite_store, RECORDS)
    cells = [cell for row in csv.reader(io.StringIO(exported(sqlite_store, "csv"), newline="")) for cell in row]
    assert not [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell]
    assert '\'=HYPERLINK("x")' in cells


def test_a_small_hand_made_file_with_semicolons_is_enough(sqlite_store: Store) -> None:
    fill(sqlite_store, RECORDS)
    text = "\ufeffrecord;verdict;reason\r\npubmed:1;include;\r\npubmed:99;include;\r\n;include;\r\n"
    added, _, _, faults = loaded(sqlite_store, text, reviewer="Jo")
    assert added == 1
    assert faults == [
        (3, "there is no record 'pubmed:99' in this review"),
        (4, "it names neither a report nor a record"),
    ]
    assert loaded(sqlite_store, "report,verdict\nx,include\n99,include\n", reviewer="Jo")[3] == [
        (2, "there is no report 'x' in this review"),
        (3, "there is no report '99' in this review"),
    ]
    assert loaded(sqlite_store, "record,verdict\npubmed:1,include\n")[3] == [
        (2, "a verdict needs a name: who says so?")
    ]


def test_rayyans_verdicts_are_understood(sqlite_store: Store) -> None:
    fill(sqlite_store, RECORDS)
    text = exported(sqlite_store, "ris")
    marked = text.replace("ER  - \n\n", 'N1  - RAYYAN-INCLUSION: {"Jo Smith"=>"Excluded"}\nER  - \n\n')
    unnamed = marked.replace("livingscan reviewer: Jo", "livingscan reviewer:")
    assert loaded(sqlite_store, unnamed)[0] == 3
    assert {verdict for verdict, _, _ in verdicts(sqlite_store, "Jo Smith").values()} == {"exclude"}


def test_a_changed_mind_is_a_further_row(sqlite_store: Store) -> None:
    fill(sqlite_store, RECORDS)
    assert loaded(sqlite_store, "record,verdict,reviewer\npubmed:1,include,Jo\n")[0] == 1
    assert loaded(sqlite_store, "record,verdict,reviewer\npubmed:1,exclude,Jo\npubmed:1,exclude,Jo\n")[:2] == (1, 1)
    assert [verdict for verdict, _, _ in verdicts(sqlite_store).values()] == ["exclude"]


def test_an_older_file_takes_no_correction_back_and_says_so(store: Store) -> None:
    ids = fill(store, RECORDS)
    old = "record,verdict,reviewer,note\npubmed:1,include,Jo,\npubmed:2,include,Jo,\n"

    def load(text: str) -> Imported:
        return import_decisions(store, PROTOCOL, read_rows(io.StringIO(text, newline="")))

    assert load(old).added == 2
    corrected = load("record,verdict,reviewer\npubmed:1,exclude,Jo\n")
    assert (corrected.added, len(corrected.changed)) == (0, 1)
    assert "include before, exclude now, by Jo" in corrected.changed[0].reason
    again = load(old)
    assert (again.added, again.changed, again.known) == (0, (), 1)
    assert [one.line for one in again.stale] == [2]
    assert "Jo said include before, and it is exclude now" in again.stale[0].reason
    assert sorted(verdict for verdict, _, _ in verdicts(store).values()) == ["exclude", "include"]

    back = load("record,verdict,reviewer,note\npubmed:1,include,Jo,on second thoughts\n")
    assert (len(back.changed), back.stale) == (1, ())
    made = decide(store, PROTOCOL, ids[2], "unsure", reviewer="Jo")
    undo(store, made, reviewer="Jo")
    taken_back = load("record,verdict,reviewer\ncinahl:a:b,unsure,Jo\n")
    assert "it is taken back; the older word" in taken_back.stale[0].reason


@pytest.mark.parametrize("to", ["csv", "ris"])
def test_what_people_differ_on_goes_out_with_their_words_and_comes_back_settled(store: Store, to: str) -> None:
    ids = fill(store, RECORDS)
    decide(store, PROTOCOL, ids[0], "include", reviewer="Jo")
    decide(store, PROTOCOL, ids[0], "exclude", reviewer="Kim", reason="no empirical data")
    decide(store, PROTOCOL, ids[1], "unsure", reviewer="Jo")
    decide(store, PROTOCOL, ids[2], "include", reviewer="Jo")
    stream = io.StringIO(newline="")
    entries = [(item, None) for item in unresolved(store, PROTOCOL, stage="title-abstract")]
    write_queue(stream, entries, to=to, stage="title-abstract", reviewer="Lee")  # type: ignore[arg-type]
    text = stream.getvalue()
    words = "to settle: Jo: include; Kim: exclude (no empirical data)"
    assert text.count(words) == 1
    assert loaded(store, text)[:3] == (0, 0, 2)
    text = text.replace("title-abstract,,", "title-abstract,include,").replace("verdict:", "verdict: include")
    assert loaded(store, text) == (2, 0, 0, [])
    assert not unresolved(store, PROTOCOL, stage="title-abstract")
    assert len(queue(store, PROTOCOL, stage="full-text", reviewer="Jo")) == 3
    assert words in [note for _, _, note in verdicts(store, "Lee").values()]


def test_two_verdicts_of_one_person_on_one_report_are_both_named_and_neither_is_taken(sqlite_store: Store) -> None:
    fill(sqlite_store, RECORDS)
    text = (
        "record,verdict,reviewer\n"
        "pubmed:1,include,Jo\npubmed:2,include,Jo\npubmed:1,unsure,Jo\npubmed:1,unsure,Al\npubmed:2,include,Jo\n"
    )
    added, known, _, faults = loaded(sqlite_store, text)
    assert (added, known) == (2, 1)
    assert [line for line, _ in faults] == [2, 4]
    assert "include in line 2, unsure in line 4" in faults[0][1]
    assert [verdict for verdict, _, _ in verdicts(sqlite_store).values()] == ["include"]
    assert [verdict for verdict, _, _ in verdicts(sqlite_store, "Al").values()] == ["unsure"]


@pytest.mark.parametrize("text", ["", "title,abstract\na,b\n", "hello", "verdict\ninclude\n"])
def test_another_kind_of_file_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="first line must name"):
        list(read_rows(io.StringIO(text)))


def test_whose_decisions_must_be_said(sqlite_store: Store) -> None:
    with pytest.raises(UserError, match="--reviewer"):
        own_decisions(sqlite_store, "title-abstract", " ")


@settings(deadline=None, max_examples=60)
@given(
    titles=st.lists(st.text(max_size=20), min_size=1, max_size=4),
    abstract=st.text(max_size=60),
    to=st.sampled_from(["csv", "ris"]),
)
def test_whatever_a_title_holds_each_entry_comes_back_once(titles: list[str], abstract: str, to: str) -> None:
    entries = [
        (QueueItem(n, n, record, f"x:{n}", (), (), (), 0.0, False), None)
        for n, title in enumerate(titles, 1)
        for record in [make_record(source="x", source_id=str(n), title=title, abstract=abstract)]
    ]
    stream = io.StringIO(newline="")
    write_queue(stream, entries, to=to, stage="full-text", reviewer="Jo")  # type: ignore[arg-type]
    rows = list(read_rows(io.StringIO(stream.getvalue(), newline="")))
    assert [(row.report, row.record, row.stage, row.verdict) for row in rows] == [
        (str(n), f"x:{n}", "full-text", "") for n in range(1, len(titles) + 1)
    ]


def test_a_quote_that_is_never_closed_costs_no_verdict(store: Store) -> None:
    fill(store, RECORDS)
    reports = [item.report for item in queue(store, PROTOCOL, reviewer="Jo")]
    rows = "".join(
        f"{report},include,{note}\n" for report, note in zip(reports, ("plain", '"open', "after"), strict=True)
    )
    assert loaded(store, "report,verdict,note\n" + rows, "Jo")[0] == len(reports) == 3

"""People's words on findings, in real databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from livingscan.codebook import load_codebook
from livingscan.coding.step import suggest_findings
from livingscan.coding.verdicts import say
from livingscan.errors import UserError
from livingscan.records import make_record
from livingscan.store import Store, coding_queries
from tests.screening.fill import fill

CODEBOOK = load_codebook(Path(__file__).resolve().parents[2] / "review")
TITLE = "Barriers to a quality improvement project in NHS hospitals"
TEXT = "We interviewed staff. Barriers were lack of time and poor leadership."
RECORDS = [
    make_record(source="pubmed", source_id="1", title=TITLE, abstract=TEXT),
    make_record(source="europepmc", source_id="1", title=TITLE, abstract=TEXT),
    make_record(source="pubmed", source_id="2", title=TITLE, abstract=TEXT),
]


@pytest.fixture
def found(store: Store) -> dict[tuple[int, str], int]:
    """(position of the record, theme) -> finding; the first two records are one report."""
    ids = fill(store, RECORDS, [[0, 1], [2]])
    suggest_findings(store, codebook=CODEBOOK)
    with store.read() as session:
        return {(ids.index(one.record_id), one.theme): one.id for one in coding_queries.findings(session, ids)}


def verdicts(store: Store, found: dict[tuple[int, str], int], theme: str) -> list[str]:
    with store.read() as session:
        now = coding_queries.findings_by_id(session, found.values())
    return [now[found[number, theme]].verdict for number in range(3)]


def test_a_word_is_kept_with_who_and_holds_for_the_same_words_in_the_report_alone(
    store: Store, found: dict[tuple[int, str], int]
) -> None:
    done = say(store, [found[0, "time"]], "confirmed", reviewer=" Jo ", note="clear")
    assert (done.written, done.held, done.twins) == ((found[0, "time"],), (), (found[1, "time"],))
    assert verdicts(store, found, "time") == ["confirmed", "confirmed", ""]
    assert verdicts(store, found, "leadership") == ["", "", ""]
    again = say(store, [found[0, "time"]], "confirmed", reviewer="Jo")
    assert (again.written, again.held, again.twins) == ((), (found[0, "time"],), ())
    with store.read() as session:
        said = coding_queries.verdicts(session, [found[0, "time"]])
    assert [(one.verdict, one.who, one.note) for one in said[found[0, "time"]]] == [("confirmed", "Jo", "clear")]


def test_a_changed_mind_and_its_taking_back_are_further_rows(store: Store, found: dict[tuple[int, str], int]) -> None:
    one = found[2, "time"]
    say(store, [one], "confirmed", reviewer="Jo")
    say(store, [one], "rejected", reviewer="Kim")
    assert verdicts(store, found, "time")[2] == "rejected"
    say(store, [one], "withdrawn", reviewer="Kim")
    assert verdicts(store, found, "time")[2] == ""
    with store.read() as session:
        said = coding_queries.verdicts(session, [one])[one]
        assert coding_queries.findings_by_id(session, [one])[one].stands
    assert [(word.verdict, word.who) for word in said] == [
        ("confirmed", "Jo"),
        ("rejected", "Kim"),
        ("withdrawn", "Kim"),
    ]
    with pytest.raises(UserError, match="nothing to take back"):
        say(store, [one], "withdrawn", reviewer="Kim")


def test_what_cannot_be_said_is_refused_whole(store: Store, found: dict[tuple[int, str], int]) -> None:
    with pytest.raises(UserError, match="there is no finding 998, 999"):
        say(store, [found[0, "time"], 999, 998], "confirmed", reviewer="Jo")
    with pytest.raises(UserError, match="--reviewer"):
        say(store, [found[0, "time"]], "confirmed", reviewer=" ")
    assert verdicts(store, found, "time") == ["", "", ""]
    coding_queries.code_all_again(store)
    changed = CODEBOOK.model_copy(update={"version": "9.9"})
    suggest_findings(store, codebook=changed)
    with pytest.raises(UserError, match="superseded"):
        say(store, [found[0, "time"]], "confirmed", reviewer="Jo")

"""A sitting in the terminal, key by key."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from livingscan.protocol import load_protocol
from livingscan.records import make_record
from livingscan.screening.exchange import own_decisions
from livingscan.screening.queue import decide
from livingscan.screening.step import flag_for_screening
from livingscan.screening.terminal import Screening, Session
from livingscan.store import Store
from tests.screening.fill import fill

PROTOCOL = load_protocol(Path(__file__).resolve().parents[2] / "review")
RECORDS = [
    make_record(source="x", source_id="1", title="Barriers to quality improvement in NHS wards: interviews [bold]"),
    make_record(source="x", source_id="2", title="Barriers to quality improvement in Danish wards: interviews"),
    make_record(source="x", source_id="3", title="Salt", abstract="It is [red]salt[/red]."),
]


def sit(
    store: Store,
    keys: str,
    answers: str = "",
    stage: str = "title-abstract",
    limit: int | None = None,
    reviewer: str = "Jo",
    settle: bool = False,
) -> tuple[Session, str]:
    out = io.StringIO()
    pressed, said = iter(keys), iter(answers.split("|"))
    screening = Screening(
        store,
        PROTOCOL,
        reviewer=reviewer,
        stage=stage,  # type: ignore[arg-type]
        settle=settle,
        groups={"nhs": "The NHS"},
        console=Console(file=out, width=100),
        key=lambda: next(pressed, "q"),
        ask=lambda _: next(said),
    )
    return screening.run(limit), out.getvalue()


def verdicts(store: Store, stage: str = "title-abstract") -> list[tuple[str | None, str]]:
    return [(one.verdict, one.reason) for one in own_decisions(store, stage, "Jo").values()]


def ready(store: Store) -> None:
    fill(store, RECORDS)
    flag_for_screening(store, protocol=PROTOCOL)


def test_one_report_after_another_by_single_keys(sqlite_store: Store) -> None:
    ready(sqlite_store)
    session, shown = sit(sqlite_store, "iue", answers="|")
    assert (session.made, session.skipped, session.left) == (3, 0, False)
    assert sorted(verdicts(sqlite_store)) == [("exclude", ""), ("include", ""), ("unsure", "")]
    assert shown.index("NHS wards") < shown.index("Danish wards") < shown.index("Salt")
    assert "[bold]" in shown
    assert "[red]salt[/red]" in shown
    assert "Nothing waits" in shown


def test_a_reason_is_chosen_by_number_and_wrong_answers_are_asked_again(sqlite_store: Store) -> None:
    ready(sqlite_store)
    _, shown = sit(sqlite_store, "eq", answers="99|dull|2")
    assert "'99' is no number from 1 to" in shown
    assert "'dull' is no number from 1 to" in shown
    assert verdicts(sqlite_store) == [("exclude", PROTOCOL.reasons[1])]


@pytest.mark.parametrize("back", ["x", "z", "Q", "\x1b"])
def test_thinking_again_keeps_the_report_on_the_screen(sqlite_store: Store, back: str) -> None:
    ready(sqlite_store)
    session, shown = sit(sqlite_store, "ei", answers=back, limit=1)
    assert session.made == 1
    assert verdicts(sqlite_store) == [("include", "")]
    assert "Not excluded" in shown


def test_undo_takes_back_and_shows_the_report_again(sqlite_store: Store) -> None:
    ready(sqlite_store)
    session, shown = sit(sqlite_store, "ziziuq")
    assert session.made == 2
    assert sorted(verdicts(sqlite_store)) == [("include", ""), ("unsure", "")]
    assert "nothing to undo" in shown
    assert shown.count("report 1") == 2


def test_what_is_skipped_comes_again_next_time(sqlite_store: Store) -> None:
    ready(sqlite_store)
    session, shown = sit(sqlite_store, "sss")
    assert (session.made, session.skipped) == (0, 3)
    assert "Nothing waits" in shown
    assert "NHS wards" in sit(sqlite_store, "q")[1]


def test_full_text_takes_a_reason(sqlite_store: Store) -> None:
    ready(sqlite_store)
    sit(sqlite_store, "iq")
    session, shown = sit(sqlite_store, "hxe", answers="|4", stage="full-text")
    assert "On full text an exclusion takes a reason" in shown
    assert session.made == 1
    assert verdicts(sqlite_store, "full-text") == [("exclude", PROTOCOL.reasons[3])]


def test_the_place_in_the_queue_and_the_name_of_the_setting_are_shown(sqlite_store: Store) -> None:
    ready(sqlite_store)
    _, shown = sit(sqlite_store, "isq")
    assert "1 of 3 · report 1" in shown
    assert "2 of 3 · report" in shown
    assert "3 of 3 · report" in shown
    assert "setting group: The NHS" in shown


def test_what_people_differ_on_is_shown_to_all_with_their_words(sqlite_store: Store) -> None:
    ready(sqlite_store)
    sit(sqlite_store, "iuq")
    decide(sqlite_store, PROTOCOL, 1, "exclude", reviewer="Kim", reason=PROTOCOL.reasons[0])
    session, shown = sit(sqlite_store, "iiq", settle=True)
    assert session.made == 2
    assert "1 of 2" in shown
    assert f"Jo: include; Kim: exclude ({PROTOCOL.reasons[0]})" in " ".join(shown.replace("│", " ").split())
    assert "It stays open" in shown
    session, shown = sit(sqlite_store, "ii", settle=True, reviewer="Lee")
    assert session.made == 1
    assert "1 of 1" in shown
    assert "It stays open" not in shown
    assert "Nothing more waits" in shown
    assert "Nothing more waits" in sit(sqlite_store, "i", settle=True, reviewer="Mo")[1]
    assert "1 of 2" in sit(sqlite_store, "q", stage="full-text")[1]
    sit(sqlite_store, "u", stage="full-text", limit=1)
    assert "To settle at the other stage: 1, with --stage full-text" in sit(sqlite_store, "", settle=True)[1]
    assert "other stage" not in sit(sqlite_store, "s", settle=True, stage="full-text")[1]

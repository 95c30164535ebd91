from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livingscan.screening.decisions import histories, newest, outcome, place_of
from livingscan.store.screening_queries import DecisionRow

AT = datetime(2026, 1, 5, tzinfo=UTC)


def row(number, verdict, reviewer="Jo", report=1, stage="title-abstract", undoes=None, reason=""):
    return DecisionRow(number, report, report, stage, verdict, reason, "", reviewer, undoes, AT)


def test_the_newest_word_of_a_reviewer_holds_unless_taken_back():
    rows = [row(1, "include"), row(2, "exclude"), row(3, None, undoes=2), row(4, "unsure", "Al")]
    stands = newest(histories(rows)[1, "title-abstract"])
    assert {name: one.verdict for name, one in stands.items()} == {"Jo": "include", "Al": "unsure"}
    assert histories([row(1, "include"), row(2, None, undoes=1)]) == {}


@pytest.mark.parametrize(
    ("verdicts", "wanted", "expected"),
    [
        ([], 1, ""),
        (["include"], 1, "include"),
        (["include"], 2, ""),
        (["include", "include"], 2, "include"),
        (["include", "exclude"], 1, "conflict"),
        (["unsure"], 1, "unsure"),
        (["unsure", "include"], 2, "conflict"),
    ],
)
def test_what_verdicts_come_to(verdicts, wanted, expected):
    rows = [row(n, verdict, str(n)) for n, verdict in enumerate(verdicts)]
    assert outcome(rows, wanted) == expected


@pytest.mark.parametrize(
    ("said", "wanted", "expected"),
    [
        ("Jo unsure, Kim include", 1, "include"),
        ("Jo unsure, Kim unsure", 1, "unsure"),
        ("Jo unsure, Jo exclude", 1, "exclude"),
        ("Jo unsure, Kim include, Jo include", 1, "include"),
        ("Jo unsure, Kim include, Jo exclude", 1, "conflict"),
        ("Jo include, Kim exclude, Lee exclude", 2, "exclude"),
        ("Jo include, Kim exclude, Jo exclude", 2, "exclude"),
        ("Jo include, Kim exclude, Jo include", 2, "conflict"),
        ("Jo include, Kim unsure, Kim exclude", 2, "conflict"),
        ("Jo include, Kim exclude, Lee unsure", 2, "conflict"),
        ("Jo include, Kim exclude, Lee unsure, Lee include", 2, "include"),
        ("Jo include, Kim exclude, Lee include, Kim unsure", 2, "conflict"),
        ("Jo include, Kim exclude, Lee include, Kim exclude, Mo exclude", 2, "exclude"),
        ("Jo unsure", 2, ""),
    ],
)
def test_a_dispute_is_settled_by_agreeing_or_by_somebody_who_had_no_part_in_it(said, wanted, expected):
    words = [one.split() for one in said.split(", ")]
    assert outcome([row(n, verdict, who) for n, (who, verdict) in enumerate(words)], wanted) == expected


@pytest.mark.parametrize(
    ("early", "late", "stage"),
    [
        (["unsure"], [], "title-abstract"),
        (["include", "exclude"], [], "title-abstract"),
        (["unsure"], ["include"], None),
        (["include"], ["unsure"], "full-text"),
        (["include"], ["include", "exclude"], "full-text"),
        (["include"], [], None),
        (["exclude"], [], None),
        ([], [], None),
    ],
)
def test_what_waits_to_be_settled_is_told_with_its_stage(early, late, stage):
    rows = [row(n, verdict, str(n)) for n, verdict in enumerate(early)]
    rows += [row(n + 9, verdict, str(n), stage="full-text") for n, verdict in enumerate(late)]
    assert place_of(1, histories(rows)).unresolved == stage


@pytest.mark.parametrize(
    ("early", "late", "after", "state"),
    [
        ("", "", "full-text", "undecided"),
        ("include", "", "full-text", "undecided"),
        ("include", "", "title-abstract", "included"),
        ("include", "include", "full-text", "included"),
        ("include", "exclude", "full-text", "excluded"),
        ("exclude", "", "full-text", "excluded"),
        ("exclude", "include", "full-text", "included"),
        ("unsure", "", "title-abstract", "undecided"),
        ("include", "unsure", "title-abstract", "undecided"),
    ],
)
def test_how_far_a_report_has_come(early, late, after, state):
    rows = [row(1, early)] if early else []
    rows += [row(2, late, stage="full-text", reason="no empirical data" if late == "exclude" else "")] if late else []
    place = place_of(1, histories(rows), included_after=after)
    assert place.state == state
    assert place.reason == ("no empirical data" if late == "exclude" else "")


@settings(deadline=None, max_examples=100)
@given(st.permutations([row(1, "include"), row(2, "exclude"), row(3, None, undoes=2), row(4, "exclude", "Al")]))
def test_the_order_in_which_rows_are_read_does_not_matter(rows):
    assert histories(rows) == histories(sorted(rows, key=lambda one: one.id))

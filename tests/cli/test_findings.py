"""`livingscan findings` as it is typed, on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from livingscan.codebook import load_codebook
from livingscan.coding.step import suggest_findings
from livingscan.protocol import load_protocol
from livingscan.records import make_record
from livingscan.screening.queue import decide
from livingscan.screening.step import flag_for_screening
from livingscan.store import Store
from livingscan.summary.step import refresh_summaries
from tests.cli.conftest import Said
from tests.screening.fill import fill

REVIEW = Path(__file__).resolve().parents[2] / "review"
PROTOCOL, CODEBOOK = load_protocol(REVIEW), load_codebook(REVIEW)
Cli = Callable[..., Said]


@pytest.fixture
def ids(store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Three studies that are likely eligible: two of the NHS, one Danish; the first is included."""
    monkeypatch.setenv("LIVINGSCAN_DATABASE_URL", database_url)
    monkeypatch.setenv("LIVINGSCAN_REVIEW", str(REVIEW))
    records = [
        make_record(
            source="pubmed",
            source_id=str(number),
            title=f"Barriers to a quality improvement project in {place} hospitals: an interview study {number}",
            abstract=f"We interviewed staff. Barriers were {barriers}.",
        )
        for number, (place, barriers) in enumerate(
            [("NHS", "lack of time and poor leadership"), ("NHS", "lack of time"), ("Danish", "lack of time")], 1
        )
    ]
    found = fill(store, records)
    flag_for_screening(store, protocol=PROTOCOL)
    suggest_findings(store, codebook=CODEBOOK)
    for stage in ("title-abstract", "full-text"):
        decide(store, PROTOCOL, found[0], "include", reviewer="Jo", stage=stage)  # type: ignore[arg-type]
    return found


def listed(cli: Cli, *options: str) -> list[dict[str, Any]]:
    said = cli("findings", "list", "--json", *options)
    assert said.code == 0
    return [json.loads(line) for line in said.out.splitlines()]


def test_every_number_of_a_summary_is_traced_to_its_studies(cli: Cli, store: Store, ids: list[int]) -> None:
    made = refresh_summaries(store, protocol=PROTOCOL, codebook=CODEBOOK)
    rows = [row for row in listed(cli) if row["counted"] and row["polarity"] == "barrier"]
    traced = 0
    for tier in made.tiers:
        for theme in made.themes:
            for group in made.groups:
                place = (tier.tier, theme.id, group)
                studies = {row["study"] for row in rows if (row["tier"], row["theme"], row["group"]) == place}
                assert len(studies) == tier.cell(theme.id, group=group).barrier
                traced += len(studies)
    assert traced == 4
    filtered = listed(cli, "--theme", "time", "--tier", "provisional", "--group", "elsewhere")
    assert [row["record"] for row in filtered] == ["pubmed:3"]
    said = cli("findings", "list", "--theme", "time")
    assert '"Barriers were lack of time and poor leadership."' in said.out
    assert "pubmed:3: Barriers to a quality improvement project in Danish hospitals" in said.out
    assert "Lack of time allocated as a barrier, suggested: 1 of 1 (NHS)" in said.out
    assert "Lack of time allocated as a barrier, provisional: 1 of 1 (NHS); 1 of 1 (Elsewhere)" in said.out


def test_the_confirmed_tier_is_reached_and_left_again(cli: Cli, ids: list[int]) -> None:
    rows = {row["theme"]: row for row in listed(cli, "--tier", "suggested")}
    time, leadership = str(rows["time"]["finding"]), str(rows["leadership"]["finding"])
    said = cli("findings", "confirm", time, "--reviewer", "Jo", "--note", "read in full")
    assert (said.code, said.out) == (0, f"Confirmed: {time}.\n")
    assert cli("findings", "confirm", time, "--reviewer", "Jo").out == f"So already: {time}.\n"
    assert "Confirmed summary: 1 study" in cli("summary").out
    states = {row["theme"]: (row["state"], row["counted"]) for row in listed(cli, "--report", "1")}
    assert states == {"time": ("confirmed", True), "leadership": ("suggested", False)}
    assert "suggested, not counted:" in cli("findings", "list", "--report", "1").out
    assert "confirmed by Jo: read in full" in cli("findings", "show", time).out

    assert cli("findings", "undo", time, "--reviewer", "Jo").out == f"Taken back: {time}.\n"
    assert cli("findings", "reject", leadership, "--reviewer", "Jo").code == 0
    assert "Suggested summary: 1 study" in cli("summary").out
    states = {row["theme"]: (row["state"], row["counted"]) for row in listed(cli, "--report", "1")}
    assert states == {"time": ("suggested", True), "leadership": ("rejected", False)}

    early = str(listed(cli, "--report", "2")[0]["finding"])
    said = cli("findings", "confirm", early, "--reviewer", "Jo")
    assert f"Counted once a person has included the study: {early}." in said.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["list", "--theme", "money"], "there is no theme 'money': choose one of"),
        (["list", "--report", "99"], "report 99 is in no tier"),
        (["show", "999"], "there is no finding 999"),
        (["confirm", "1", "999", "--reviewer", "Jo"], "there is no finding 999"),
        (["undo", "1", "--reviewer", "Jo"], "nothing to take back"),
        (["reject", "1", "--reviewer", ""], "say who with --reviewer"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(cli: Cli, ids: list[int], arguments: list[str], words: str) -> None:
    said = cli("findings", *arguments)
    assert said.code == 2
    assert words in said.err
    assert said.err.count("\n") == 1

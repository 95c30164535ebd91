"""`livingscan duplicates`: a person sees what they join, and how to take it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Said
from tests.cli.test_work import RIS

Cli = Callable[..., Said]


@pytest.fixture
def two(cli: Cli, tmp_path: Path) -> None:
    """Two reports that have nothing in common but their author."""
    cli("init")
    other = RIS.replace("Barriers to a falls huddle on two NHS wards: an interview study", "Soil and water")
    (tmp_path / "a.ris").write_text(RIS + other.replace("2021", "1999"))
    assert cli("import", str(tmp_path / "a.ris"), "--database", "HMIC").code == 0


@pytest.mark.usefixtures("two")
def test_both_titles_are_shown_and_the_way_back(cli: Cli) -> None:
    said = cli("duplicates", "same", "1", "2", "--who", "Jo M")
    assert said.code == 0
    assert "1  " in said.out
    assert "Barriers to a falls huddle" in said.out
    assert "Soil and water" in said.out
    assert "1 record moved to another report; 1 is in report 1, 2 in report 1." in said.out
    assert "livingscan duplicates undo 1 2 --who 'Jo M'" in said.out
    said = cli("duplicates", "undo", "1", "2", "--who", "Jo M")
    assert (said.code, "To take it back" in said.out) == (0, False)
    assert "No record moved" in cli("duplicates", "different", "1", "2", "--who", "Jo").out


@pytest.mark.usefixtures("two")
def test_a_name_is_one_line_without_control_characters(cli: Cli) -> None:
    said = cli("duplicates", "same", "1", "2", "--who", "J\x1bo\nM")
    assert "--who 'Jo M'" in said.out
    assert '"who": "Jo M"' in cli("duplicates", "list", "--which", "person", "--json").out
    assert cli("duplicates", "different", "1", "2", "--who", "\x1b\n").code == 2


@pytest.mark.usefixtures("two")
def test_a_number_that_is_no_record_is_named(cli: Cli) -> None:
    said = cli("duplicates", "same", "1", "999999", "--who", "Jo")
    assert (said.code, said.err) == (2, "livingscan: no such record: 999999\n")


@pytest.mark.usefixtures("two")
def test_at_a_terminal_one_is_asked(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter("ny")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.confirm", lambda *_, **how: next(answers) == "y" or _refuse(how))
    assert cli("duplicates", "same", "1", "2", "--who", "Jo").code == 1
    said = cli("duplicates", "list", "--which", "person")
    assert "Soil" not in said.out
    assert cli("duplicates", "same", "1", "2", "--who", "Jo").code == 0
    assert "Soil" in cli("duplicates", "list", "--which", "person").out


def _refuse(how: dict[str, bool]) -> None:
    import typer

    assert how["abort"]
    raise typer.Abort

"""update, import, refresh, status, summary and doctor, against the sandbox and a real database."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from livingscan import clock
from livingscan.cli import doctor, work
from livingscan.errors import UserError
from livingscan.sandbox import FaultPlan, Sandbox
from livingscan.settings import settings
from livingscan.store import open_store
from livingscan.store.counts import counts
from livingscan.store.ledger_queries import ledger_rows
from livingscan.store.runs import run_rows
from tests.cli.conftest import Said

Cli = Callable[..., Said]
RIS = """TY  - JOUR
TI  - Barriers to a falls huddle on two NHS wards: an interview study
AU  - Invented, Ann
PY  - 2021
AB  - We interviewed 12 ward staff of an NHS trust. Lack of time was the main barrier to the improvement project.
ER  -
"""


@pytest.mark.usefixtures("literature")
def test_from_nothing_to_a_summary(cli: Cli) -> None:
    said = cli("status")
    assert (said.code, said.out) == (4, "")
    assert (
        said.err
        == f"livingscan: there is no database {settings().home / 'review.db'} yet: run `livingscan init` first\n"
    )
    assert not settings().home.exists()

    said = cli("init")
    assert said.code == 0
    assert "review.db" in said.out
    assert cli("status").code == 1  # never searched

    said = cli("update")
    assert said.code == 0, said.err
    assert "2 of 2 sources complete" in said.out
    assert "The update: completed" in said.out

    said = cli("status", "--json")
    assert said.code == 0
    told = json.loads(said.out)
    assert told["ok"] is True
    assert told["counts"]["records"] > 30
    assert {one["source"]: one["status"] for one in told["sources"] if one["enabled"]} == {
        "pubmed": "complete",
        "europepmc": "complete",
    }
    assert {one["health"] for one in told["sources"] if one["enabled"]} == {"healthy"}
    said = cli("status")
    assert said.code == 0
    assert "The review is current." in said.out

    said = cli("summary", "--json")
    assert said.code == 0
    told = json.loads(said.out)
    assert told["headline"] == "provisional"
    assert len(told["themes"]) == 16
    said = cli("summary")
    assert "not how important" in said.out
    assert "Staff resistance" in said.out

    with open_store() as store:
        before = counts(store)
    assert " 0 new records" in cli("update").out
    with open_store() as store:
        assert counts(store) == before


def test_a_source_that_fails_is_named_and_the_rest_goes_on(cli: Cli, literature: Sandbox) -> None:
    literature.faults = FaultPlan(listed={"europepmc": ["unavailable"] * 50})
    cli("init")
    said = cli("update")
    assert said.code == 5
    assert "completed with failures" in said.out
    assert "503" in said.out
    with open_store() as store:
        assert {row["source"]: row["status"] for row in ledger_rows(store)} == {
            "pubmed": "complete",
            "europepmc": "failed",
        }
        assert run_rows(store)[0]["status"] == "completed with failures"
        assert counts(store)["waiting_to_flag"] == 0


@pytest.mark.usefixtures("literature")
def test_one_source_since_a_date(cli: Cli) -> None:
    cli("init")
    assert cli("update", "--source", "pubmed", "--since", "2026-01-01").code == 0
    with open_store() as store:
        (row,) = ledger_rows(store)
    assert (row["source"], row["window"]) == ("pubmed", f"2026-01-01 to {clock.today()}")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--window", "since-date"], "go together"),
        (["--window", "full", "--since", "2026-01-01"], "go together"),
        (["--source", "nowhere"], "not a source of the protocol"),
        (["--since", "2999-01-01"], "the window cannot start in the future: 2999-01-01 is after today"),
        (["--since", "0001-01-01"], "no source holds records added on 0001-01-01: give a day from 1900-01-01 on"),
    ],
)
def test_wrong_options_are_said_before_anything_begins(cli: Cli, arguments: list[str], words: str) -> None:
    cli("init")
    said = cli("update", *arguments)
    assert said.code == 2
    assert words in said.err
    with open_store() as store:
        assert run_rows(store) == []


def test_a_file_is_imported_with_what_was_searched(cli: Cli, tmp_path: Path) -> None:
    cli("init")
    (tmp_path / "cinahl.ris").write_text(RIS)
    (tmp_path / "cinahl.txt").write_text("(MH quality improvement) AND barrier*\n")
    said = cli(
        "import", str(tmp_path / "cinahl.ris"), "--database", "CINAHL", "--platform", "EBSCOhost",
        "--date", "2026-01-12", "--strategy", f"@{tmp_path / 'cinahl.txt'}", "--no-follow-up",
    )  # fmt: skip
    assert said.code == 0, said.err
    with open_store() as store:
        assert counts(store)["waiting_to_link"] == 1
    (told,) = json.loads(cli("status", "--json").out)["files"]
    assert (told["database"], told["files"], told["broken"], told["records"]) == ("CINAHL", 1, 0, 1)
    said = cli("status")
    assert re.search(r"CINAHL +1 +0 +1 +\S+ +2026-01-12", said.out)
    assert "pubmed: never complete: it has never been searched" in said.out
    assert cli("refresh", "--step", "deduplicate").code == 0
    with open_store() as store:
        assert (counts(store)["waiting_to_link"], counts(store)["waiting_to_flag"]) == (0, 1)
    assert cli("refresh").code == 0
    with open_store() as store:
        assert counts(store)["likely_eligible"] == 1


def test_the_same_file_again_is_said_and_nothing_is_run(cli: Cli, tmp_path: Path) -> None:
    cli("init")
    (tmp_path / "a.ris").write_text(RIS)
    assert "1 of 1 source complete, 1 new record" in cli("import", str(tmp_path / "a.ris"), "--database", "HMIC").out
    said = cli("import", str(tmp_path / "a.ris"), "--database", "HMIC")
    assert said.code == 0
    assert re.fullmatch(
        r"a\.ris was imported before, on .* UTC as search 1 \(HMIC, 1 record\): nothing is done\n", said.out
    )
    assert cli("import", str(tmp_path / "none.ris"), "--database", "HMIC").code == 2
    with open_store() as store:
        assert [row["kind"] for row in run_rows(store)] == ["import-file"]  # a slip of the pen is no run


def test_a_file_of_another_database_is_said(cli: Cli, tmp_path: Path) -> None:
    cli("init")
    (tmp_path / "a.ris").write_text(RIS.replace("ER  -", "DB  - CINAHL\nER  -"))
    said = cli("import", str(tmp_path / "a.ris"), "--database", "Embase")
    assert said.code == 0
    assert "a.ris: its entries say CINAHL, it is counted as Embase" in said.out


def test_names_are_kept_and_shown_without_control_characters(cli: Cli, tmp_path: Path) -> None:
    cli("init")
    (tmp_path / "a.ris").write_text(RIS)
    said = cli("import", str(tmp_path / "a.ris"), "--database", "\x1b[31mE\x07vil\nX", "--platform", "O\x1bvid\r\nSP")
    assert (said.code, "\x1b" in said.out + said.err) == (0, False)
    with open_store() as store:
        (row,) = ledger_rows(store)
    assert row["source"] == "[31mEvil X"
    assert "\x1b" not in str(row)
    said = cli("prisma-s")
    assert "Ovid SP" in said.out
    assert "\x1b" not in said.out


def test_an_empty_review_says_what_to_do_next(cli: Cli, tmp_path: Path) -> None:
    cli("init")
    assert "Nothing has been searched yet: `livingscan update`" in cli("summary").out
    (tmp_path / "a.ris").write_text(RIS)
    cli("import", str(tmp_path / "a.ris"), "--database", "HMIC")
    assert "Nothing has been searched" not in cli("summary").out
    run = next(line for line in cli("status").out.splitlines() if "import-file" in line)
    assert run.endswith("1 of 1 source complete, 1 new record")  # the summary stands elsewhere


def test_a_file_nobody_can_read_is_three(cli: Cli, tmp_path: Path) -> None:
    cli("init")
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 4)
    said = cli("import", str(tmp_path / "noise.bin"), "--database", "CINAHL")
    assert said.code == 3
    assert said.err.startswith("livingscan: ")
    assert cli("import", str(tmp_path / "none.ris"), "--database", "CINAHL").code == 2
    assert cli("import", str(tmp_path / "noise.bin"), "--database", "C", "--strategy", "@none.txt").code == 2


def test_an_interrupted_update_is_closed_in_the_ledger(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, literature: Sandbox
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    cli("init")
    monkeypatch.setattr(work, "side_by_side", interrupted)
    assert cli("update").code == 130
    with open_store() as store:
        assert run_rows(store)[0]["status"] == "failed"


def test_side_by_side_keeps_the_order_and_each_ones_error() -> None:
    def work_on(name: str) -> str:
        if name == "b":
            raise UserError("no")
        return name.upper()

    given = work.side_by_side(work_on, ["c", "b", "a"], 2)
    assert list(given) == ["c", "b", "a"]
    assert (given["c"], given["a"]) == ("C", "A")
    assert isinstance(given["b"], UserError)


def _found(online: bool = False) -> dict[str, doctor.Finding]:
    return {one.what: one for one in doctor.examine(online)}


def test_the_doctor_on_a_fresh_clone(cli: Cli) -> None:
    found = _found()
    assert found["packages"].verdict == "ok", found["packages"]
    assert found["protocol"].verdict == "ok"
    assert found["strategy pubmed"].verdict == "ok"
    assert found["contact e-mail"].verdict == "look"
    assert "LIVINGSCAN_CONTACT_EMAIL" in found["contact e-mail"].advice
    assert found["database"].verdict == "wrong"
    assert "livingscan init" in found["database"].found
    assert cli("doctor").code == 1
    cli("init")
    said = cli("doctor", "--json")
    assert said.code == 0
    assert {json.loads(line)["what"] for line in said.out.splitlines()} >= {"database", "prefect"}


@pytest.mark.usefixtures("literature")
def test_the_doctor_asks_the_sources(cli: Cli) -> None:
    cli("init")
    cli("update")
    found = _found(online=True)
    assert found["last search pubmed"].verdict == "ok"
    assert found["reach pubmed"].verdict == "ok"
    assert "within 31 days" in found["reach pubmed"].found


def test_the_doctor_says_who_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVINGSCAN_SANDBOX_URL", "http://127.0.0.1:9")
    settings.cache_clear()
    found = _found(online=True)
    assert found["reach europepmc"].verdict == "wrong"
    assert "no connection" in found["reach europepmc"].found


def test_the_doctor_reads_the_review_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LIVINGSCAN_REVIEW", str(tmp_path))
    settings.cache_clear()
    found = _found()
    assert found["protocol"].verdict == "wrong"
    assert "protocol.yaml is missing" in found["protocol"].found


def test_the_doctor_never_shows_a_secret(monkeypatch: pytest.MonkeyPatch, cli: Cli) -> None:
    monkeypatch.setenv("LIVINGSCAN_NCBI_API_KEY", "very-secret-key")
    monkeypatch.setenv("LIVINGSCAN_DATABASE_URL", "postgresql://me:very-secret-word@127.0.0.1:9/review")
    settings.cache_clear()
    said = cli("doctor")
    assert said.code == 1
    assert "very-secret" not in said.out + said.err
    assert _found()["key pubmed"].found == "set"

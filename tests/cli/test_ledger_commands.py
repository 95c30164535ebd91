"""lint, health, prisma-s, retractions and release, as typed. The review folder is a copy, the database is real."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from livingscan import clock
from livingscan.cli.app import COMMANDS, READ, Command
from livingscan.records import Fetched, Page, StatusLink, make_record
from livingscan.sandbox import Sandbox
from livingscan.settings import settings
from livingscan.store import ledger, open_store
from livingscan.store.links import assign_reports
from livingscan.store.reports import by_id
from livingscan.store.screening_queries import add_decision
from livingscan.store.session import Store
from tests.cli.conftest import Said

Cli = Callable[..., Said]
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _mounted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, module in (
        ("lint", "lint"),
        ("health", "health"),
        ("prisma-s", "prisma_s"),
        ("retractions", "retractions"),
    ):
        monkeypatch.setitem(COMMANDS, name, Command(module, name, READ))


@pytest.fixture
def review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "review"
    shutil.copytree(ROOT / "review", folder)
    monkeypatch.setenv("LIVINGSCAN_REVIEW", str(folder))
    settings.cache_clear()
    return folder


# --- lint --------------------------------------------------------------------------------------------


def test_lint_says_nothing_of_good_strategies(cli: Cli, review: Path) -> None:
    said = cli("lint")
    assert (said.code, said.out) == (0, "12 strategies, 0 findings\n")


def test_lint_names_file_line_and_column(cli: Cli, review: Path) -> None:
    path = review / "strategies" / "eric.txt"
    path.write_text(path.read_text() + "OR (nhs\n")
    said = cli("lint", "eric", "pubmed")
    assert said.code == 1
    number = len(path.read_text().splitlines())
    assert f"{path}:{number}:4: bracket: '(': this bracket is never closed" in said.out
    told = json.loads(cli("lint", "eric", "--json").out)
    assert told["findings"][-1]["rule"] == "bracket"


def test_lint_of_an_unknown_source_is_one_line(cli: Cli, review: Path) -> None:
    said = cli("lint", "pubmde")
    assert (said.code, said.err.count("\n")) == (2, 1)


@pytest.mark.usefixtures("literature")
def test_a_changed_strategy_that_loses_a_known_item_is_refused(cli: Cli, review: Path, literature: Sandbox) -> None:
    titles = [work.copies[0].record.title for work in literature.corpus.works if work.held_by("pubmed")]
    cli("init")
    cli("update", "--source", "pubmed")
    assert "the literature here is invented" in cli("lint", "pubmed", "--known-items").out
    with open_store() as store, store.read() as session:
        known = by_id(session, range(1, 400))
    found = [one.record.title for one in known if one.record.source == "pubmed"][:2]
    assert set(found) <= set(titles)
    rows = "\n".join(f'"{title}",' for title in found)
    (review / "known_items.csv").write_text(f"title,doi\n{rows}\n")
    said = cli("lint", "pubmed", "--known-items")
    assert said.code == 0, said.err
    assert "2 of 2" in said.out
    said = cli("lint", "pubmed", "--ask")
    assert (said.code, "2 of 2" in said.out) == (0, True)
    path = review / "strategies" / "pubmed.txt"
    header = [line for line in path.read_text().splitlines() if line.startswith("#")]
    path.write_text("\n".join([*header, "nothingofthekind[tiab]"]) + "\n")
    said = cli("lint", "pubmed", "--ask")
    assert said.code == 1
    assert "the changed strategy is refused: it loses 2 of 2 known items" in said.out
    assert "has not been searched completely yet" in cli("lint", "pubmed", "--known-items").out


# --- health ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("literature")
def test_health_holds_publishing_until_signed_off(cli: Cli, review: Path) -> None:
    cli("init")
    said = cli("health")
    assert said.code == 5
    assert "never complete" in said.out
    said = cli("health", "signoff", "pubmed", "--who", "Ann", "--reason", "first set-up", "--until", "2099-01-01")
    assert (said.code, said.out) == (0, "Sign-off 1: pubmed (never complete) until 2099-01-01, by Ann.\n")
    cli("health", "signoff", "europepmc", "--who", "Ann", "--reason", "first set-up")
    assert cli("health").code == 0
    assert cli("health", "take-back", "1", "--who", "Ben", "--reason", "no").code == 0
    assert cli("health").code == 5
    cli("update")
    said = cli("health", "--json", "--late")
    told = json.loads(said.out)
    assert (said.code, told["may publish"], told["reasons"], told["due"]) == (0, True, [], [])
    assert "may be published" in cli("health", "--late").out
    assert cli("health", "signoff", "pubmed", "--who", "Ann", "--reason", "x").code == 2


# --- prisma-s ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("literature")
def test_the_search_methods_are_written(cli: Cli, review: Path, tmp_path: Path) -> None:
    cli("init")
    cli("update", "--source", "pubmed")
    out = tmp_path / "methods.md"
    said = cli("prisma-s", "--out", str(out))
    assert said.code == 0, said.err
    text = out.read_text()
    assert text.startswith("# Search methods (PRISMA-S)")
    assert "> **Invented literature.**" in text
    assert "**16. Deduplication.** Method: livingscan" in text
    assert cli("prisma-s").out == text
    assert cli("prisma-s", "--out", str(tmp_path / "none" / "x.md")).code == 2


# --- retractions -------------------------------------------------------------------------------------


def put(store: Store) -> None:
    link = StatusLink("retracted_by", "pmid:900", "RetractionIn")
    record = make_record(source="pubmed", source_id="1", pmid="1", title="A [bold]paper[/bold]", status_links=(link,))
    search = ledger.begin(store, kind="interface", source="pubmed")
    ledger.commit_page(store, search, Page((Fetched(record, "<raw/>"),)))
    with store.write() as session:
        assign_reports(session, [[1]], "test", clock.now())
        add_decision(session, 1, "full-text", "include", reviewer="Ann", at=clock.now())


def test_retractions_are_checked_listed_and_closed(cli: Cli) -> None:
    cli("init")
    assert cli("retractions", "list").out == "No task waits.\n"
    with open_store() as store:
        put(store)
    said = cli("retractions", "check")
    assert said.code == 0, said.err
    assert said.out == ("1 report past screening checked: 1 retraction; 1 task opened, 0 opened again, 1 wait\n")
    listed = cli("retractions", "list").out
    assert "A [bold]paper[/bold]" in listed
    assert json.loads(cli("retractions", "list", "--json").out)[0]["detail"]["notices"][0]["ids"] == ["pmid:900"]
    said = cli("retractions", "close", "1", "--who", "Ann", "--note", "excluded")
    assert (said.code, said.out) == (0, "Task 1 (retraction: A [bold]paper[/bold]) is closed.\n")
    assert cli("retractions", "close", "1", "--who", "Ann", "--note", "again").code == 2
    assert cli("retractions", "list").out == "No task waits.\n"
    assert "Ann: excluded" in cli("retractions", "list", "--all").out
    said = cli("retractions", "check", "--retraction-watch", "nowhere.csv")
    assert (said.code, "no such file" in said.err) == (2, True)


# --- release -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("literature")
def test_a_release_is_held_made_listed_and_shown(cli: Cli) -> None:
    cli("init")
    said = cli("release", "create", "--by", "Ann")
    assert said.code == 5
    assert said.err.startswith("livingscan: no release: publishing is held by pubmed (never complete), europepmc (")
    assert said.err.count("\n") == 1
    assert cli("release", "list").out.startswith("No release has been made")
    assert cli("update").code == 0
    said = cli("release", "create", "--by", "Ann", "--trigger", "the first")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("Release 1 is made, by Ann")
    assert "Take note: its headline is provisional; 0 reports screened." in said.out
    assert "Invented literature." in said.out
    assert "; nothing has changed since release 1." in cli("release", "create", "--by", "Ben").out
    rows = json.loads(cli("release", "list", "--json").out)
    assert [(row["release"], row["by"], row["changed"]) for row in rows] == [(1, "Ann", "yes"), (2, "Ben", "no")]
    said = cli("release", "show", "1")
    assert said.code == 0
    assert "Searches it rests on" in said.out
    assert "Invented literature." in said.out
    assert "Lack of time" in said.out
    assert "codebook    1.0" in said.out
    assert said.out.index("NHS (") < said.out.index("Elsewhere (")  # as in the codebook
    assert "Records from databases" in said.out
    assert json.loads(cli("release", "show", "2", "--json").out)["since"]["number"] == 1
    assert cli("release", "show", "3").err == "livingscan: there is no release 3: there are 1 to 2\n"

"""`livingscan inbox`: files that were dropped are loaded without Prefect, and `update` says that they wait."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from livingscan.settings import settings
from livingscan.store import open_store
from livingscan.store.runs import run_rows
from tests.cli.conftest import Said
from tests.cli.test_work import RIS

Cli = Callable[..., Said]


def drop(name: str, text: str) -> Path:
    """A file that somebody dropped."""
    path = settings().inbox() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was dropped just now counts as copied to the end."""
    from livingscan.harvest import inbox

    monkeypatch.setitem(inbox.scan_inbox.__kwdefaults__, "settle_seconds", 0.0)


def test_what_waits_is_loaded_and_moved(cli: Cli) -> None:
    cli("init")
    assert cli("inbox").out == f"Nothing waits in {settings().inbox()}.\n"
    drop("CINAHL via EBSCOhost/a.ris", RIS)
    drop("noise.ris", "Dear all,\nnothing.\n")
    said = cli("inbox")
    assert said.code == 5
    assert "1 of 2 files imported: CINAHL via EBSCOhost/a.ris (CINAHL), 1 record, 1 new" in said.out
    assert "FAILED noise.ris: noise.ris: no known format fits" in said.out
    assert "1 report waits to be screened, 1 of them likely eligible" in said.out
    drop("again.ris", RIS)
    said = cli("inbox")
    assert said.code == 0
    assert "0 of 1 file imported, 1 known already" in said.out
    assert cli("inbox").out.startswith("Nothing waits")
    with open_store() as store:
        assert [row["kind"] for row in run_rows(store)] == ["import-inbox", "import-inbox"]  # none for nothing


@pytest.mark.usefixtures("literature")
def test_an_update_says_what_waits_in_the_inbox(cli: Cli) -> None:
    cli("init")
    drop("a.ris", RIS)
    assert "1 file waits in the inbox, for `livingscan inbox`" in cli("update", "--source", "pubmed").out
    assert cli("inbox").code == 0
    assert "in the inbox" not in cli("update", "--source", "pubmed").out

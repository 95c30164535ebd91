"""A librarian only drops a file: it is imported once, moved away, and nothing is touched too early."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from livingscan.errors import StateError, UserError
from livingscan.harvest.databases import another_database, database_of
from livingscan.harvest.inbox import InboxOutcome, files_in, read_note, scan_inbox
from livingscan.store import Store, open_store
from livingscan.store.models import Record, Search, Strategy


def ris(first: int, number: int, database: str = "") -> str:
    named = f"DB  - {database}\n" if database else ""
    return "".join(
        f"TY  - JOUR\nTI  - Invented paper {n}\nAU  - Doe, Jane\nPY  - 2024\nDO  - 10.5555/x.{n}\n{named}ER  - \n\n"
        for n in range(first, first + number)
    )


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def drop(inbox: Path, name: str, text: str) -> Path:
    path = inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def look(store: Store, inbox: Path, **how: object) -> list[InboxOutcome]:
    return list(scan_inbox(store, inbox, settle_seconds=0.0, **how).outcomes)  # type: ignore[arg-type]


def files(inbox: Path) -> list[str]:
    return sorted(str(path.relative_to(inbox)) for path in inbox.rglob("*") if path.is_file())


def searches(store: Store) -> list[Search]:
    with store.read() as session:
        return list(session.scalars(select(Search).order_by(Search.id)))


def count(store: Store) -> int:
    with store.read() as session:
        return len(session.scalars(select(Record.id)).all())


def test_a_file_is_imported_once_and_moved(store: Store, inbox: Path) -> None:
    drop(inbox, "export.ris", ris(0, 3, "Embase"))
    (one,) = look(store, inbox)
    assert (one.file, one.status, one.moved_to) == ("export.ris", "imported", "done/export.ris")
    assert one.search is not None
    assert (one.search.source, one.search.new) == ("Embase", 3)
    assert look(store, inbox) == []
    assert (files(inbox), count(store)) == (["done/export.ris"], 3)


def test_the_same_file_under_another_name_changes_nothing(sqlite_store: Store, inbox: Path) -> None:
    drop(inbox, "a.ris", ris(0, 3))
    look(sqlite_store, inbox)
    drop(inbox, "b.ris", ris(0, 3))
    (one,) = look(sqlite_store, inbox)
    assert (one.status, one.moved_to) == ("imported before", "done/b.ris")
    assert len(searches(sqlite_store)) == 1


def test_another_file_of_the_same_name_keeps_both(sqlite_store: Store, inbox: Path) -> None:
    for first in (0, 10, 20):
        drop(inbox, "export.ris", ris(first, 2))
        look(sqlite_store, inbox)
    assert files(inbox) == ["done/export (2).ris", "done/export (3).ris", "done/export.ris"]
    assert count(sqlite_store) == 6


# --- too early -----------------------------------------------------------------------------------------


def test_a_fresh_file_waits_and_an_unchanged_one_does_not(sqlite_store: Store, inbox: Path) -> None:
    path = drop(inbox, "export.ris", ris(0, 2)[:40])
    first = scan_inbox(sqlite_store, inbox, settle_seconds=3600)
    assert [(one.status, one.reason) for one in first.outcomes] == [("waiting", "it may still be being copied")]
    path.write_text(ris(0, 2))
    second = scan_inbox(sqlite_store, inbox, before=first.looks, settle_seconds=3600)
    assert [one.status for one in second.outcomes] == ["waiting"]
    third = scan_inbox(sqlite_store, inbox, before=second.looks, settle_seconds=3600)
    assert [one.status for one in third.imported] == ["imported"]
    assert count(sqlite_store) == 2


def test_a_copy_that_keeps_its_old_date_is_not_taken_for_an_old_file(sqlite_store: Store, inbox: Path) -> None:
    path = drop(inbox, "export.ris", ris(0, 2))
    os.utime(path, (time.time() - 9e6, time.time() - 9e6))
    assert [one.status for one in scan_inbox(sqlite_store, inbox, settle_seconds=3600).outcomes] == ["waiting"]


def test_a_date_in_the_future_does_not_keep_a_file_waiting(sqlite_store: Store, inbox: Path) -> None:
    path = drop(inbox, "export.ris", ris(0, 2))
    os.utime(path, (time.time() + 9e6, time.time() + 9e6))
    assert [one.status for one in look(sqlite_store, inbox)] == ["imported"]


@pytest.mark.parametrize("name", ["x.ris.part", ".x.ris", "~$x.xlsx", "x.ris.crdownload", "x.ris~", "x.TMP"])
def test_half_copied_and_hidden_files_are_left_alone(sqlite_store: Store, inbox: Path, name: str) -> None:
    drop(inbox, name, ris(0, 2))
    assert look(sqlite_store, inbox) == []
    assert files(inbox) == [name]


def test_a_link_to_elsewhere_is_not_followed(sqlite_store: Store, inbox: Path, tmp_path: Path) -> None:
    outside = drop(tmp_path, "secret.ris", ris(0, 2))
    (inbox / "link.ris").symlink_to(outside)
    (inbox / "folder").symlink_to(tmp_path, target_is_directory=True)
    assert look(sqlite_store, inbox) == []
    assert outside.exists()


def test_an_empty_file_waits_a_minute(sqlite_store: Store, inbox: Path) -> None:
    drop(inbox, "export.ris", "")
    assert [one.reason for one in look(sqlite_store, inbox)] == ["it is still empty"]


# --- what cannot be read -----------------------------------------------------------------------------


def test_what_cannot_be_read_is_put_aside_with_the_reason(sqlite_store: Store, inbox: Path) -> None:
    drop(inbox, "holiday.txt", "Dear all,\n\nthis is no export.\n")
    drop(inbox, "export.ris", ris(0, 2))
    found = {one.file: one for one in look(sqlite_store, inbox)}
    assert found["export.ris"].status == "imported"
    bad = found["holiday.txt"]
    assert (bad.status, bad.moved_to) == ("unreadable", "unreadable/holiday.txt")
    assert (inbox / "unreadable" / "holiday.txt.txt").read_text().strip() == bad.reason
    assert bad.reason
    assert look(sqlite_store, inbox) == []


def test_entries_that_could_not_be_read_are_told_beside_the_file(sqlite_store: Store, inbox: Path) -> None:
    row = '{"source": "embase", "source_id": "%s", "title": "Paper %s", "year": 2020}'
    rows = f"{row % (1, 1)}\n{row[:20]}\n{row % (2, 2)}\n"
    drop(inbox, "export.jsonl", rows)
    (one,) = look(sqlite_store, inbox)
    assert one.search is not None
    assert (one.status, one.search.unreadable, count(sqlite_store)) == ("imported", 1, 2)
    assert "could not be read: 1;" in (inbox / "done" / "export.jsonl.txt").read_text()


# --- what was searched -------------------------------------------------------------------------------


def test_the_sub_folder_names_database_and_platform(sqlite_store: Store, inbox: Path) -> None:
    drop(inbox, "HMIC via Ovid/export.ris", ris(0, 2, "Embase"))
    (one,) = look(sqlite_store, inbox)
    assert one.moved_to == "done/HMIC via Ovid/export.ris"
    (search,) = searches(sqlite_store)
    assert (search.database, search.platform) == ("HMIC", "Ovid")


def test_a_note_beside_the_file_says_all_and_moves_with_it(sqlite_store: Store, inbox: Path) -> None:
    drop(inbox, "Embase/export.ris", ris(0, 2))
    drop(
        inbox,
        "Embase/export.ris.about",
        "database: CINAHL\nplatform: EBSCOhost\nSearched on: 2026-11-01\nstrategy: S1 TI nhs\n  S2 TI barrier*\n",
    )
    look(sqlite_store, inbox)
    (search,) = searches(sqlite_store)
    assert (search.database, search.platform, search.searched_on) == ("CINAHL", "EBSCOhost", date(2026, 11, 1))
    with sqlite_store.read() as session:
        assert session.scalars(select(Strategy.text)).one() == "S1 TI nhs\nS2 TI barrier*"
    assert files(inbox) == ["done/Embase/export.ris", "done/Embase/export.ris.about"]


def test_a_note_that_is_not_understood_holds_the_file_back(sqlite_store: Store, inbox: Path) -> None:
    drop(inbox, "export.ris", ris(0, 2))
    drop(inbox, "export.ris.about", "databse: Embase\n")
    (one,) = look(sqlite_store, inbox)
    assert one.status == "unreadable"
    assert "line 1" in one.reason
    assert count(sqlite_store) == 0


@pytest.mark.parametrize("text", ["searched on: yesterday", "database: Embase\nby whom: me", "nothing of the kind"])
def test_wrong_notes(tmp_path: Path, text: str) -> None:
    path = drop(tmp_path, "x.about", text)
    with pytest.raises(UserError):
        read_note(path)


def test_the_database_is_told_only_where_the_entries_agree(tmp_path: Path) -> None:
    assert database_of(drop(tmp_path, "a.ris", ris(0, 5, "APA PsycInfo <2021>"))) == "APA PsycInfo"
    assert database_of(drop(tmp_path, "b.ris", ris(0, 5))) == ""
    assert database_of(drop(tmp_path, "d.ris", ris(0, 5, "aph"))) == "Academic Search Premier"
    assert database_of(drop(tmp_path, "c.ris", ris(0, 5, "Embase") + ris(5, 5, "CINAHL"))) == ""


@pytest.mark.parametrize(
    ("content", "said", "told"),
    [
        ("CINAHL", "Embase", "a.ris: its entries say CINAHL, it is counted as Embase"),
        ("CINAHL", "CINAHL Plus with Full Text", ""),
        ("Ovid MEDLINE(R)", "PubMed", ""),
        ("CINAHL", "EBSCOhost", ""),  # a platform
        ("CINAHL", "Our own index", ""),  # nobody knows what that holds
        ("", "Embase", ""),
    ],
)
def test_a_file_that_names_another_database_is_noticed(content: str, said: str, told: str, tmp_path: Path) -> None:
    assert another_database(drop(tmp_path, "a.ris", ris(0, 5, content)), said) == told


def test_what_a_look_would_find_is_told_without_looking(sqlite_store: Store, inbox: Path) -> None:
    drop(inbox, "CINAHL/export.ris", ris(0, 2, "Embase"))
    drop(inbox, "half.part", "")
    assert [path.name for path in files_in(inbox)] == ["export.ris"]
    (one,) = look(sqlite_store, inbox)
    assert (one.status, one.reason) == ("imported", "export.ris: its entries say Embase, it is counted as CINAHL")
    assert files_in(inbox) == []
    assert files_in(inbox.with_name("new")) == []
    assert inbox.with_name("new").is_dir()  # for somebody to drop a file into


# --- killed ------------------------------------------------------------------------------------------

SCAN = """
import sys
from pathlib import Path
from livingscan.harvest.inbox import scan_inbox
from livingscan.store import open_store
with open_store(sys.argv[1]) as store:
    print("ready", flush=True)
    scan_inbox(store, Path(sys.argv[2]), settle_seconds=0.0)
"""


def test_a_process_killed_at_any_point_loses_and_doubles_nothing(
    database_url: str, tmp_path: Path, inbox: Path
) -> None:
    with open_store(database_url) as store:
        store.migrate()
    for number in range(4):
        drop(inbox, f"{number}.ris", ris(number * 700, 700))
    for wait in (0.0, 0.2, 0.5):
        started = subprocess.Popen([sys.executable, "-c", SCAN, database_url, str(inbox)], stdout=subprocess.PIPE)
        assert started.stdout is not None
        started.stdout.readline()
        time.sleep(wait)
        started.kill()
        started.wait(30)
        started.stdout.close()
    with open_store(database_url) as store:
        look(store, inbox)
        assert count(store) == 2800
        good = [search.file_name for search in searches(store) if search.status == "complete"]
        assert sorted(good) == ["0.ris", "1.ris", "2.ris", "3.ris"]
        assert [search.status for search in searches(store) if search.status == "running"] == []
    assert files(inbox) == [f"done/{number}.ris" for number in range(4)]


def test_an_inbox_that_is_no_folder_is_told_in_one_line(sqlite_store: Store, inbox: Path) -> None:
    shutil.rmtree(inbox)
    inbox.write_text("a file where the folder should be")
    with pytest.raises(StateError, match="cannot be worked on"):
        look(sqlite_store, inbox)

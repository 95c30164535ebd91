"""A file export is a search in the ledger: loaded once, resumable, with what cannot be read kept raw."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, update

from livingscan.errors import LivingscanError, UserError
from livingscan.harvest import files
from livingscan.harvest.files import import_file
from livingscan.store import Store, ledger_queries
from livingscan.store.models import Record, Search, SearchItem

RIS = "".join(
    f"TY  - JOUR\nTI  - Invented paper {n}\nAU  - Doe, Jane\nPY  - 2024\nDO  - 10.5555/x.{n}\nER  - \n\n"
    for n in range(7)
)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "export.ris"
    path.write_text(RIS)
    return path


def count(store: Store) -> int:
    with store.read() as session:
        return len(session.scalars(select(Record)).all())


def test_an_export_is_a_search_in_the_ledger(store: Store, export: Path) -> None:
    outcome = import_file(
        store,
        export,
        database="CINAHL",
        platform="EBSCOhost",
        strategy="NHS AND barrier*",
        searched_on=date(2026, 11, 1),
    )
    assert (outcome.status, outcome.fetched, outcome.new, outcome.source) == ("complete", 7, 7, "CINAHL")
    row = ledger_queries.ledger_rows(store)[0]
    assert (row["window"], row["status"]) == ("export.ris", "complete")
    with store.read() as session:
        search = session.scalars(select(Search)).one()
        assert (search.searched_on, search.platform) == (date(2026, 11, 1), "EBSCOhost")
        assert search.strategy_id is not None


def test_the_same_file_again_changes_nothing(store: Store, export: Path, tmp_path: Path) -> None:
    first = import_file(store, export, database="CINAHL")
    renamed = export.rename(tmp_path / "again.ris")
    assert import_file(store, renamed, database="CINAHL") == first
    assert count(store) == 7
    assert len(ledger_queries.ledger_rows(store)) == 1


def test_an_import_left_behind_goes_on_where_it_was(
    store: Store, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PAGE", 2)
    import_file(store, export, database="CINAHL")
    with store.write() as session:  # as a process leaves it that was killed after two pages
        session.execute(update(Search).values(status="running", ended_at=None, cursor="4", pid=2**22 + 1))
    outcome = import_file(store, export, database="CINAHL")
    assert (outcome.resumed, outcome.status, outcome.fetched) == (True, "complete", 7)
    assert count(store) == 7


def test_what_cannot_be_read_is_kept_raw_and_the_rest_is_loaded(store: Store, tmp_path: Path) -> None:
    lines = [
        '{"source": "x", "source_id": "1", "title": "Good"}',
        "{broken",
        '{"source": "x", "source_id": "2", "title": "Fine"}',
    ]
    path = tmp_path / "some.jsonl"
    path.write_text("\n".join(lines))
    outcome = import_file(store, path)
    assert (outcome.fetched, outcome.unreadable) == (2, 1)
    with store.read() as session:
        bad = session.scalars(select(SearchItem).where(SearchItem.state == "unreadable")).one()
    assert bad.raw == "{broken"
    assert "some.jsonl" in bad.reason


@pytest.mark.parametrize("left_off", [12, 40, 70])
def test_a_file_that_breaks_off_is_partial_and_keeps_what_came(store: Store, export: Path, left_off: int) -> None:
    export.write_text(RIS[:-left_off])
    outcome = import_file(store, export)
    assert outcome.status == "partial"
    assert outcome.reason.startswith("export.ris breaks off in the middle of an entry (")
    assert outcome.fetched + outcome.unreadable == 7
    export.write_text(RIS)
    assert import_file(store, export).status == "complete"


@pytest.mark.parametrize("text", [RIS.rstrip(), RIS.rstrip()[:-1], RIS.replace("ER  - \n", ""), RIS + "\n\n"])
def test_a_file_whose_ends_are_written_otherwise_is_complete(sqlite_store: Store, export: Path, text: str) -> None:
    export.write_text(text)
    assert (import_file(sqlite_store, export).status, count(sqlite_store)) == ("complete", 7)


def test_two_entries_with_one_id_and_other_words_are_both_kept(sqlite_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "repeat.jsonl"
    path.write_text("".join(f'{{"source": "x", "source_id": "77", "title": "{title}"}}\n' for title in ("A", "B", "A")))
    assert import_file(sqlite_store, path).new == 2
    assert count(sqlite_store) == 2


@pytest.mark.parametrize("content", ["", "   \n", "Dear all,\nplease find attached nothing.\n"])
def test_a_file_without_records_is_refused_and_leaves_no_trace(
    sqlite_store: Store, tmp_path: Path, content: str
) -> None:
    path = tmp_path / "letter.txt"
    path.write_text(content)
    with pytest.raises(LivingscanError, match=r"letter\.txt"):
        import_file(sqlite_store, path)
    assert ledger_queries.ledger_rows(sqlite_store) == []


def test_a_day_that_has_not_come_is_refused(sqlite_store: Store, export: Path) -> None:
    with pytest.raises(UserError, match=r"export\.ris cannot have been searched for on 2031-01-01"):
        import_file(sqlite_store, export, searched_on=date(2031, 1, 1))
    assert ledger_queries.ledger_rows(sqlite_store) == []


def test_a_missing_file_is_named(sqlite_store: Store, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        import_file(sqlite_store, tmp_path / "nowhere.ris")


def test_a_file_of_which_nothing_can_be_read_has_failed(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "head.ris"
    path.write_text("TY  - JOUR\n")
    outcome = import_file(store, path, database="Embase")
    assert (outcome.status, outcome.fetched) == ("failed", 0)
    assert "no entry of head.ris could be read" in outcome.reason

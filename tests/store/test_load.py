"""Loading is idempotent, keeps every version, and never takes back what a later search has learnt."""

from __future__ import annotations

import shutil
import tempfile
import threading
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from livingscan import clock
from livingscan.records import Fetched, record_from_dict
from livingscan.store import Store, ledger, ledger_queries, open_store
from livingscan.store.load import LoadCounts, decompress, load
from livingscan.store.models import Identifier, Record, RecordVersion
from tests.records import fetched, versions


def search(store: Store) -> int:
    return ledger.begin(store, kind="interface", source="pubmed").id


def put(store: Store, *page: Fetched, search_id: int = 1) -> LoadCounts:
    with store.write() as session:
        return load(session, search_id, page, clock.now())


def titles(store: Store) -> dict[str, str]:
    with store.read() as session:
        rows = session.execute(
            select(Record.source_id, RecordVersion.data).join(
                RecordVersion, (RecordVersion.record_id == Record.id) & (RecordVersion.number == Record.number)
            )
        )
        return {source_id: data.get("title", "") for source_id, data in rows}


def version_count(store: Store) -> int:
    with store.read() as session:
        return len(session.scalars(select(RecordVersion)).all())


def test_new_then_same_then_changed(store: Store) -> None:
    search(store)
    assert put(store, fetched(title="One", doi="10.1000/ONE"), fetched(source_id="2", title="Two")) == LoadCounts(2, 0)
    assert put(store, fetched(title="One", doi="10.1000/one")) == LoadCounts(0, 0)
    assert put(store, fetched(title="One, corrected", pmid="77")) == LoadCounts(0, 1)
    assert titles(store) == {"1": "One, corrected", "2": "Two"}
    assert version_count(store) == 3
    with store.read() as session:
        assert [(row.kind, row.value) for row in session.scalars(select(Identifier))] == [("pmid", "77")]


def test_the_raw_text_comes_back_to_the_letter(store: Store) -> None:
    search(store)
    raw = "<a>é\n\t \U0001f642 \x00 \ud800</a>"
    put(store, fetched(title="One", raw=raw))
    with store.read() as session:
        version = session.scalars(select(RecordVersion)).one()
        assert decompress(version.raw) == raw
        assert record_from_dict(version.data).title == "One"


def test_a_lower_version_is_kept_and_does_not_become_current(store: Store) -> None:
    search(store)
    put(store, fetched(title="second", source_version="2"))
    assert put(store, fetched(title="first", source_version="1")) == LoadCounts(0, 0)
    assert put(store, fetched(title="first", source_version="1")) == LoadCounts(0, 0)
    assert (titles(store), version_count(store)) == ({"1": "second"}, 2)


def test_an_older_revision_from_a_slow_search_does_not_undo_a_newer_one(store: Store) -> None:
    search(store)
    put(store, fetched(title="new", revised=date(2026, 2, 1)))
    put(store, fetched(title="old", revised=date(2026, 1, 1)))
    assert titles(store) == {"1": "new"}


def test_a_record_that_returns_to_its_earlier_words_says_so(store: Store) -> None:
    search(store)
    for title in ("a", "b", "a"):
        put(store, fetched(title=title))
    assert (titles(store), version_count(store)) == ({"1": "a"}, 3)


def test_versions_of_one_id_in_one_page(store: Store) -> None:
    search(store)
    page = [fetched(title=f"v{n}", source_version=str(n)) for n in (1, 2, 4, 3)]
    assert put(store, *page) == LoadCounts(1, 0)
    assert (titles(store), version_count(store)) == ({"1": "v4"}, 4)


def test_a_vanished_record_that_comes_back_is_there_again(store: Store) -> None:
    search(store)
    put(store, fetched(title="One"))
    with store.write() as session:
        assert ledger.mark_vanished(session, "pubmed", ["1", "9"], "gone", clock.now()) == 1
        assert ledger.mark_vanished(session, "pubmed", ["1"], "gone", clock.now()) == 0
    assert ledger_queries.stored_ids(store, "pubmed") == set()
    put(store, fetched(title="One"))
    assert ledger_queries.stored_ids(store, "pubmed") == {"1"}


def test_a_file_export_does_not_outrank_an_interface(store: Store) -> None:
    search(store)
    file = ledger.begin(store, kind="file", source="pubmed").id
    with store.write() as session:
        load(session, file, [fetched(title="as exported")], clock.now(), from_file=True)
    assert put(store, fetched(title="whole")) == LoadCounts(0, 1)
    with store.write() as session:
        assert load(session, file, [fetched(title="as exported")], clock.now(), from_file=True) == LoadCounts(0, 0)
    assert (titles(store), version_count(store)) == ({"1": "whole"}, 2)


def test_two_loaders_at_once_neither_lose_nor_double(store: Store, database_url: str) -> None:
    search(store)
    counts: list[int] = []

    def run(order: int) -> None:
        with open_store(database_url) as mine:
            new = 0
            for start in range(0, 200, 20)[::order]:
                page = [fetched(source_id=str(n), title=f"t{n}", pmid=str(n + 1)) for n in range(start, start + 20)]
                new += put(mine, *page[::order]).new
            counts.append(new)

    threads = [threading.Thread(target=run, args=(order,)) for order in (1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 200
    assert len(titles(store)) == version_count(store) == 200


@settings(max_examples=40, deadline=None)
@given(pages=st.lists(st.lists(versions, max_size=5), max_size=5))
def test_loading_the_last_page_again_changes_nothing(sqlite_template: Path, pages: list[list[Fetched]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(sqlite_template, f"{folder}/review.db")
        again(f"sqlite:///{folder}/review.db", pages)


def again(url: str, pages: list[list[Fetched]]) -> None:
    with open_store(url) as store:
        search(store)
        for page in pages:
            put(store, *page)
        newest = {one.record.source_id: one for page in pages for one in page}
        assert titles(store).keys() == newest.keys()
        before = titles(store), version_count(store)
        put(store, *(pages[-1] if pages else ()))
        assert (titles(store), version_count(store)) == before

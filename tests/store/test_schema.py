"""The migrations make exactly the tables that the models describe, and run both ways."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from livingscan.errors import StateError, UserError
from livingscan.store import Store, open_store, schema
from livingscan.store.counts import counts
from livingscan.store.models import Base


def test_one_head() -> None:
    assert len(ScriptDirectory.from_config(schema.config()).get_heads()) == 1


def test_autogenerate_finds_no_difference(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_up_down_up(store: Store) -> None:
    schema.downgrade(store.engine, "base")
    assert set(inspect(store.engine).get_table_names()) == {"alembic_version"}
    store.migrate()
    assert set(inspect(store.engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_every_table_keeps_its_checks_and_foreign_keys(store: Store) -> None:
    found = inspect(store.engine)
    for name, table in Base.metadata.tables.items():
        assert len(found.get_foreign_keys(name)) == len(table.foreign_key_constraints), name
        checks = {check["name"] for check in found.get_check_constraints(name)}
        assert {str(c.name) for c in table.constraints if type(c).__name__ == "CheckConstraint"} <= checks, name


def test_processes_that_start_at_once_migrate_once(database_url: str) -> None:
    code = """if True:
        import sys
        from livingscan.store import open_store, schema
        store = open_store(sys.argv[1])
        schema.newest()
        print("ready", flush=True)
        sys.stdin.read()
        store.migrate()
    """
    pipe = subprocess.PIPE
    with ExitStack() as stack:
        started = [
            stack.enter_context(subprocess.Popen([sys.executable, "-c", code, database_url], stdin=pipe, stdout=pipe))
            for _ in range(4)
        ]
        for process in started:
            assert process.stdout
            assert process.stdout.readline() == b"ready\n"
        for process in started:
            assert process.stdin
            process.stdin.close()
        assert [process.wait(60) for process in started] == [0, 0, 0, 0]
    with open_store(database_url) as opened:
        opened.check()


def test_an_empty_database_is_told_what_to_do(database_url: str) -> None:
    with open_store(database_url) as opened, pytest.raises(StateError, match="livingscan init"):
        opened.check()


def test_asking_for_a_database_that_is_not_there_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "home" / "review.db"
    with open_store(f"sqlite:///{path}") as opened:
        with pytest.raises(StateError, match=r"there is no database .*review\.db yet: run `livingscan init`"):
            opened.check()
        assert list(tmp_path.iterdir()) == []
        opened.migrate()
        opened.check()


def test_a_database_of_a_newer_version_is_told(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999_of_tomorrow'")
    for step in (store.check, store.migrate):
        with pytest.raises(StateError, match=r"made by a newer livingscan \(schema 9999_of_tomorrow"):
            step()


@pytest.mark.parametrize("damage", ["no database", "torn"])
def test_a_damaged_file_is_told_and_left_as_it_is(tmp_path: Path, sqlite_template: Path, damage: str) -> None:
    path = tmp_path / "review.db"
    data = sqlite_template.read_bytes()
    path.write_bytes(b"Dear all, " * 500 if damage == "no database" else data[:5000] + b"\xff" * (len(data) - 5000))
    before = path.read_bytes()
    with open_store(f"sqlite:///{path}") as opened:
        for step in (opened.check, opened.migrate, lambda: counts(opened)):
            with pytest.raises(StateError, match=r"review\.db is damaged \(.*\): put a backup in its place"):
                step()
    assert path.read_bytes() == before


@pytest.mark.parametrize("url", ["mysql://x/y", "not a url", "sqlite://"])
def test_a_wrong_address_is_refused_in_one_line(url: str) -> None:
    with pytest.raises(UserError):
        open_store(url)


def test_a_full_disk_is_told(sqlite_store: Store) -> None:
    with sqlite_store.write() as session:
        pages = session.scalar(text("PRAGMA page_count"))
        session.execute(text(f"PRAGMA max_page_count = {pages + 2}"))  # SQLite then says what it says of a disk
        with pytest.raises(StateError, match=r"the disk of the database sqlite:.*review\.db is full: make room"):
            session.execute(text("CREATE TABLE large AS SELECT randomblob(1000000)"))

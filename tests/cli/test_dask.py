"""Linking shared by a Dask cluster of separate processes: the same bytes as without it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from livingscan.cli.dask import cluster
from livingscan.dedupe import engine, step
from livingscan.dedupe.engine import find_duplicates
from livingscan.dedupe.step import deduplicate
from livingscan.errors import UserError
from livingscan.store import open_store
from tests.dedupe.test_engine import literature
from tests.dedupe.test_step import copies, links_written, partition, put


def test_a_cluster_gives_the_same_bytes(dask_cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "ITEMS_A_PART", 20)
    monkeypatch.setattr(engine, "PAIRS_A_PART", 30)
    items = literature(4, papers=60)
    alone = find_duplicates(items, workers=1)
    with cluster(dask_cluster.scheduler_address) as crew:
        assert crew.count == 2
        shared = find_duplicates(items, crew=crew)
    assert shared.groups == alone.groups
    for name in ("left", "right", "probability", "relation", "queue"):
        assert getattr(shared, name).tobytes() == getattr(alone, name).tobytes()
    assert [link.in_words() for link in shared.links] == [link.in_words() for link in alone.links]


def test_a_cluster_links_the_store_the_same(
    dask_cluster: Any, tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "ITEMS_A_PART", 3)
    monkeypatch.setattr(step, "PAIRS_A_PART", 2)
    found = []
    for name in ("alone", "shared"):
        shutil.copy(sqlite_template, tmp_path / f"{name}.db")
        with open_store(f"sqlite:///{tmp_path}/{name}.db") as store:
            put(store, copies())
            if name == "alone":
                deduplicate(store)
            else:
                with cluster(dask_cluster.scheduler_address) as crew:
                    deduplicate(store, crew=crew)
            found.append((partition(store), links_written(store)))
    assert found[0] == found[1]
    assert len(found[0][1]) >= 6


def test_where_nobody_answers_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("livingscan.cli.dask.SECONDS", 0.2)
    with pytest.raises(UserError, match="no Dask scheduler answers at"), cluster("tcp://127.0.0.1:9"):
        pass


def test_workers_with_another_version_are_refused(dask_cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("livingscan.cli.dask.__version__", "99.0")
    with (
        pytest.raises(UserError, match=r"need livingscan 99\.0: they have \d"),
        cluster(dask_cluster.scheduler_address),
    ):
        pass


def test_a_cluster_that_is_lost_is_said_in_one_line(dask_cluster: Any) -> None:
    from distributed import CancelledError  # what a client raises when its scheduler is killed

    def lost() -> None:
        with cluster(dask_cluster.scheduler_address) as crew:
            assert list(crew.each(pow, [(2, 3), (2, 4)])) == [8, 16]
            raise CancelledError

    with pytest.raises(UserError, match=r"was lost \(CancelledError\)"):
        lost()

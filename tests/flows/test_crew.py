"""The flow that links duplicates, with a real Dask cluster beside a real Prefect server."""

from __future__ import annotations

from typing import Any

import pytest
from prefect.client.schemas.objects import State

from flows.deduplicate import deduplicate
from flows.search_source import search_source
from livingscan.settings import settings
from livingscan.store import Store
from livingscan.store.counts import counts

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("server"), pytest.mark.filterwarnings("default")]


def test_the_cluster_that_the_settings_name_shares_the_linking(
    review: Store, dask_cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    search_source("pubmed", follow_up=False)
    waiting = counts(review)["waiting_to_link"]
    assert waiting > 0
    monkeypatch.setattr("livingscan.cli.dask.SECONDS", 0.2)
    monkeypatch.setenv("LIVINGSCAN_DASK_SCHEDULER", "tcp://127.0.0.1:9")
    settings.cache_clear()
    state: State[Any] = deduplicate(return_state=True)
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in str(state.message)
    assert counts(review)["waiting_to_link"] == waiting
    monkeypatch.setattr("livingscan.cli.dask.SECONDS", 10)
    monkeypatch.setenv("LIVINGSCAN_DASK_SCHEDULER", dask_cluster.scheduler_address)
    settings.cache_clear()
    before = dask_cluster.scheduler.transition_counter
    state = deduplicate(return_state=True)
    assert state.name == "Completed", state.message
    assert dask_cluster.scheduler.transition_counter > before
    assert counts(review)["waiting_to_link"] == 0

"""refresh-summaries: suggested findings and the barrier summaries, from what people and machines know by now."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows import tasks
from flows.ledgered import ledgered


@flow(name="refresh-summaries", flow_run_name="refresh the summaries")
def refresh_summaries() -> State[Any]:
    """Suggest findings in reports not yet looked at, and count the barriers anew.

    It is a part of each update, and runs each morning so that yesterday's decisions show.
    """
    with ledgered("refresh-summaries") as work:
        for step in (tasks.suggest, tasks.summarise):
            work.did(step(work.run_id, return_state=True))
    return work.state()

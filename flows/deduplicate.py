"""deduplicate: link records that are one report."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows import tasks
from flows.ledgered import ledgered


@flow(name="deduplicate", flow_run_name="link duplicates")
def deduplicate() -> State[Any]:
    """Compare new and changed records with all others, and link those that are one report.

    It is a part of each update. Links say why; a link that a person has undone stays undone.
    """
    with ledgered("deduplicate") as work:
        work.did(tasks.link_duplicates(work.run_id, return_state=True))
    return work.state()

"""flag-for-screening: note what speaks for and against each report, with the words it rests on."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows import tasks
from flows.ledgered import ledgered


@flow(name="flag-for-screening", flow_run_name="flag for screening")
def flag_for_screening() -> State[Any]:
    """Flag reports against the protocol's criteria, and order the screening queue by them.

    It is a part of each update; run it after changing the criteria. Flags exclude nothing.
    """
    with ledgered("flag-for-screening") as work:
        work.did(tasks.flag(work.run_id, return_state=True))
    return work.state()

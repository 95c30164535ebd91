"""check-retractions: look for retractions, concerns and corrections of what the review rests on."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows import report, tasks
from flows.ledgered import ledgered


@flow(name="check-retractions", flow_run_name="check retractions")
def check_retractions(retraction_watch: str = "") -> State[Any]:
    """Check every report past screening, and open a task for each that a notice touches. Excludes nothing.

    Args:
        retraction_watch: The Retraction Watch database as a CSV file: an https address, or a path on the
            machine that runs the flows. Empty: only what the sources themselves say.
    """
    with ledgered("check-retractions") as work:
        work.did(tasks.look_for_retractions(retraction_watch, work.run_id, return_state=True))
        report.show_tasks(work.store)
    return work.state()

"""import-inbox: load what a librarian has dropped into the watched folder."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows import report, tasks
from flows.ledgered import ledgered
from livingscan.cli import clauses
from livingscan.harvest.inbox import files_in
from livingscan.settings import settings


@flow(name="import-inbox", flow_run_name="look into the inbox")
def import_inbox() -> State[Any]:
    """Import every file in the inbox folder once, and move it to done or, with the reason, to unreadable.

    The database is told from what is in the file, from the sub-folder it lies in, or from a note
    beside it. Duplicates, flags and summaries follow where something was imported.
    """
    if not files_in(settings().inbox()):  # a look that finds nothing is no run of the review's ledger
        return Completed(message="nothing waits in the inbox")
    with ledgered("import-inbox") as work:
        scan = tasks.look_into_inbox(work.run_id)
        work.failed += clauses.put_aside(scan)
        work.done.append(clauses.dropped(scan))
        if scan.imported:
            tasks.follow_up(work)
            report.show_searches(work.store, work.run_id)
    return work.state()

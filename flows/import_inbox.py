"""import-inbox: load what a librarian has dropped into the watched folder."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows import report, tasks
from flows.ledgered import ledgered
from livingscan.cli import clauses


@flow(name="import-inbox", flow_run_name="look into the inbox")
def import_inbox() -> State[Any]:
    """Import every file in the inbox folder once, and move it to done or, with the reason, to unreadable.

    The database is told from what is in the file, from the sub-folder it lies in, or from a note
    beside it. Duplicates, flags and summaries follow where something was imported.
    """
    with ledgered("import-inbox") as work:
        scan = tasks.look_into_inbox(work.run_id)
        work.failed += [f"{one.file}: {one.reason}" for one in scan.outcomes if one.status == "unreadable"]
        work.done.append(clauses.dropped(scan))
        if scan.imported:
            tasks.follow_up(work)
            report.show_searches(work.store, work.run_id)
    return work.state()

"""import-file: load what someone exported from a database that has no open interface."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run

from flows import report, tasks
from flows.ledgered import ledgered
from livingscan.cli import clauses
from livingscan.errors import DataError
from livingscan.harvest.databases import another_database
from livingscan.harvest.files import imported_before, refuse_at_once


def _run_name() -> str:
    return f"import {Path(flow_run.parameters['path']).name}"


@flow(name="import-file", flow_run_name=_run_name)
def import_file(
    path: str,
    database: str,
    platform: str = "",
    strategy: str = "",
    searched_on: date | None = None,
    follow_up: bool = True,
) -> State[Any]:
    """Load a file of records as a search that a person made; the ledger keeps what was searched, how and when.

    RIS, nbib, EndNote XML, BibTeX, CSV and more are told apart by what is in them. The very same
    file imported again changes nothing.

    Args:
        path: The file, on the machine that runs the flows: a full path, or one from the project's folder.
        database: The database it comes from, such as Embase or CINAHL.
        platform: What it was searched through, such as Ovid or EBSCOhost.
        strategy: The search, exactly as run.
        searched_on: The day it was run.
        follow_up: Also link duplicates, flag for screening and refresh the summaries. Take this off
            for all but the last of several files.
    """
    with ledgered("import-file") as work:
        refuse_at_once(Path(path), searched_on)
        if before := imported_before(work.store, Path(path)):
            work.done.append(clauses.known_already(Path(path), before))
            return work.state()
        state = tasks.read_file(path, database, platform, strategy, searched_on, work.run_id, return_state=True)
        if state.name == "Failed":
            raise DataError(str(state.message))
        work.done += filter(None, [another_database(Path(path), database)])
        work.searches_ended({Path(path).name: state})
        if follow_up:
            tasks.follow_up(work)
        report.show_searches(work.store, work.run_id)
    return work.state()

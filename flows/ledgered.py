"""A flow run's row in our own run ledger: it outlives Prefect's memory, and tells the dead from the living."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.states import Completed, Failed

from livingscan.cli import clauses
from livingscan.errors import LivingscanError
from livingscan.harvest.runs import close_run, open_run
from livingscan.store import Store, open_store

log = logging.getLogger("livingscan.flows")

WITH_FAILURES = "Completed with failures"


@dataclass
class Work:
    """A run under way.

    Attributes:
        store: the review's database. run_id: the run's id in our ledger.
        done: what was done, failed: what was not, one clause each.
        error: what broke the run off, "" if nothing did.
    """

    store: Store
    run_id: int
    done: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    error: str = ""

    @property
    def message(self) -> str:
        """One line on how the run went; what went wrong comes first."""
        return clauses.message(self.done, self.failed, self.error)

    def did(self, state: State[Any]) -> None:
        """Note what a step says of itself in its state; raises what it raised."""
        state.result(raise_on_failure=True)
        self.done.append(str(state.message))

    def searches_ended(self, states: Mapping[str, State[Any]]) -> None:
        """Note how the searches went, from the states of their tasks by source."""
        self.failed += [f"{name}: {state.message}" for name, state in states.items() if not state.is_completed()]
        self.done.append(clauses.searched(self.store, self.run_id))

    def state(self) -> State[Any]:
        """The state in which the flow ends."""
        if self.error:
            return Failed(message=self.message)
        return Completed(name=WITH_FAILURES if self.failed else None, message=self.message)


@contextmanager
def ledgered(kind: str) -> Iterator[Work]:
    """Open a run in the ledger and close it, however it ends; runs whose process is gone are ended first.

    An error that is written for people does not leave the block: the run then fails with its one
    line, and without a traceback.

    Args:
        kind: the flow's name.

    Raises:
        StateError: the database is not there, or its schema is an old one.
    """
    with open_store() as store:
        store.check()
        work = Work(store, open_run(store, kind, _trigger()))
        try:
            yield work
        except LivingscanError as error:
            work.error = str(error)
            close_run(store, work.run_id, "failed", work.message)
        except BaseException as error:
            work.error = f"{type(error).__name__}: {error}" if isinstance(error, Exception) else "cancelled"
            close_run(store, work.run_id, "failed", f"{work.message}; what was committed stays")
            raise
        else:
            close_run(store, work.run_id, clauses.outcome_word(work.failed), work.message)
    log.log(logging.WARNING if work.failed or work.error else logging.INFO, "%s", work.message)


def _trigger() -> str:
    """Who or what started the flow run that we are in."""
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    if run is None or run.deployment_id is None:
        return "command"
    return "schedule" if run.auto_scheduled else "person"

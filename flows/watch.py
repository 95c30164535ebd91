"""What keeps an eye on runs: a run whose process is gone must not look alive, nor hold its place in the queue.

A flow run of ours sends a heartbeat every 30 s. When its process and the one that started it both
die (``kill -9``, a power cut), nobody is left to say so: two automations on the server do.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from prefect.automations import Automation
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture
from prefect.states import AwaitingRetry, Cancelled, Crashed

from flows.ledgered import WITH_FAILURES
from livingscan import clock
from livingscan.errors import StateError

SILENT = timedelta(seconds=120)  # four heartbeats; fewer than three would end runs on a busy machine
STUCK = timedelta(minutes=10)
ANEW = "Under way when livingscan ended; begun anew. What it had committed stays."
LEFT = "Its process was gone when livingscan started, again. What it had committed stays."
MISSED = "Missed while livingscan was not running; the next update makes up for it."
# Every event after which a run no longer owes us a heartbeat.
ENDS = ("Completed", WITH_FAILURES, "Failed", "Cancelled", "Crashed", "Paused", "Suspended", "AwaitingRetry")


def _unless_followed(
    name: str, after: tuple[str, ...], expect: tuple[str, ...], within: timedelta, description: str, message: str
) -> Automation:
    """An automation that ends a run as crashed when an event ``after`` is not followed by any of ``expect``."""
    return Automation(
        name=name,
        description=description,
        trigger=EventTrigger(
            after={f"prefect.flow-run.{event}" for event in after},
            expect={f"prefect.flow-run.{event}" for event in expect},
            match={"prefect.resource.id": ["prefect.flow-run.*"]},
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=within,
        ),
        actions=[ChangeFlowRunState(name=None, state=StateType.CRASHED, message=message, force=False)],
    )


def automations(silent: timedelta = SILENT) -> list[Automation]:
    """The automations that find dead runs.

    Args:
        silent: how long a run may be silent before it counts as dead.
    """
    seconds = int(silent.total_seconds())
    return [
        _unless_followed(
            "livingscan: runs that fell silent",
            ("Running", "heartbeat"),  # a run killed at once never got its first heartbeat out
            ("heartbeat", *ENDS),
            silent,
            f"Ends a run as crashed when it has sent no heartbeat for {seconds} s. The next update goes on from there.",
            f"No heartbeat for {seconds} s: its process is gone. What it had committed stays.",
        ),
        _unless_followed(
            "livingscan: runs that never began",
            ("Pending",),
            ("Running", "Late", "Scheduled", "AwaitingConcurrencySlot", *ENDS),
            STUCK,
            "Ends a run as crashed that was handed out 10 minutes ago and has not begun.",
            "Handed out 10 minutes ago and never begun: the process that took it is gone.",
        ),
    ]


def wait_for_server(seconds: float = 120.0) -> None:
    """Wait until the server answers.

    Raises:
        StateError: it does not, within that many seconds.
    """
    give_up = clock.monotonic() + seconds
    with get_client(sync_client=True) as client:
        while client.api_healthcheck() is not None:
            if clock.monotonic() > give_up:
                raise StateError(f"no Prefect server answers at {client.api_url} (PREFECT_API_URL)")
            clock.sleep(0.2)


def prepare(*, alone: bool, silent: timedelta = SILENT) -> list[str]:
    """Make the server watch over our runs.

    Args:
        alone: nothing else runs flows against this server: whatever it believes to be running was
            left behind by a process that has ended. It is begun anew, once; the second time it is ended.
        silent: see :func:`automations`.

    Returns:
        What was left behind and what becomes of it, one line a run.
    """
    for wanted in automations(silent):
        try:
            wanted.id = cast(Automation, Automation.read(name=wanted.name)).id
        except ValueError:
            wanted.create()
        else:
            wanted.update()
    return _take_up_what_was_left() if alone else []


def _take_up_what_was_left() -> list[str]:
    dead = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
    told = []
    with get_client(sync_client=True) as client:

        def left(**state: object) -> list[FlowRun]:
            return client.read_flow_runs(flow_run_filter=FlowRunFilter.model_validate({"state": state}))

        for run in left(type={"any_": dead}):
            # A run that takes its process down with it must not do so at every start.
            again = run.state_type != StateType.CANCELLING and run.run_count <= 1
            state: State[Any] = AwaitingRetry(message=ANEW) if again else Crashed(message=LEFT)
            client.set_flow_run_state(run.id, state, force=True)
            how = "it begins anew" if again else "it is dropped; start it by hand if it is still wanted"
            told.append(f"{_named(client.read_flow(run.flow_id).name, run)} was under way at the last end: {how}.")
        for run in left(name={"any_": ["Late"]}):
            if run.auto_scheduled:
                client.set_flow_run_state(run.id, Cancelled(message=MISSED), force=True)
    return told


def _named(flow: str, run: FlowRun) -> str:
    """A run as people know it: its flow, and what was asked of it."""
    asked = ", ".join(f"{name} {value}" for name, value in run.parameters.items() if value not in ("", None, []))
    return f"{flow} ({asked})" if asked else flow

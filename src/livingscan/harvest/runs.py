"""The run ledger: what was started, by which process, and how it ended; the dead are found and ended."""

from __future__ import annotations

from livingscan.store import Store
from livingscan.store import runs as rows
from livingscan.store.runs import DeadRun


def open_run(store: Store, kind: str, trigger: str) -> int:
    """Write down that a run begins; first end those whose process is gone.

    Args:
        store: the review's database.
        kind: the flow or command, such as "update-review".
        trigger: who or what started it: "schedule", "person", "command".

    Returns:
        The run's id.
    """
    reconcile_runs(store)
    return rows.open_run(store, kind, trigger)


def close_run(store: Store, run_id: int, status: str, message: str = "") -> None:
    """Write down how a run ended: "completed", "completed with failures", "failed" or "crashed"."""
    rows.close_run(store, run_id, status, message)


def reconcile_runs(store: Store) -> list[DeadRun]:
    """End the runs whose process is gone, as crashed; their searches are taken up by the next update.

    Returns:
        The runs found dead.
    """
    return rows.end_dead_runs(store)

"""The one list of deployments: which flow, on which schedule, how many at once. All of it is the protocol's.

``python -m flows.deployments`` serves them: it registers all with the server and runs what is due.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, cast

from prefect import Flow, serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron, Schedule

from flows import watch
from flows.check_retractions import check_retractions
from flows.deduplicate import deduplicate
from flows.flag_for_screening import flag_for_screening
from flows.forms import PROTOCOL, SOURCES, Window
from flows.import_file import import_file
from flows.import_inbox import import_inbox
from flows.refresh_summaries import refresh_summaries
from flows.release import release
from flows.search_source import search_source
from flows.update_review import update_review
from livingscan import __version__

FLOWS: tuple[Flow[Any, Any], ...] = (
    update_review,
    search_source,
    import_file,
    import_inbox,
    deduplicate,
    flag_for_screening,
    refresh_summaries,
    check_retractions,
    release,
)
# A second update at once would ask everything twice: it is cancelled, and says so. Whatever a person
# started by hand (a file, a source) waits for its turn instead.
CANCEL_NEW = ("update-review",)


def schedules(name: str) -> list[Schedule]:
    """The schedules of a flow, from the protocol.

    ``reconcile`` is no flow of its own but update-review over the full window, so that the two never
    run at once. A source's own schedule is one of search-source.
    """
    living = PROTOCOL.living
    planned: list[tuple[str, str, dict[str, Any]]] = [
        (name, living.steps[name].cron if name in living.steps else "", {})
    ]
    if name == "update-review" and "reconcile" in living.steps:
        planned.append(("reconcile", living.steps["reconcile"].cron, {"window": Window.FULL.value}))
    if name == "search-source":
        planned += [(f"search-{one}", PROTOCOL.sources[one].cron, {"source": one}) for one in SOURCES]
    return [
        Cron(cron, timezone=living.timezone, parameters=parameters, slug=slug)
        for slug, cron, parameters in planned
        if cron
    ]


def concurrency(name: str) -> ConcurrencyLimitConfig:
    """How many runs of a flow may go on at once, and what becomes of one too many."""
    step = PROTOCOL.living.steps.get(name)
    strategy = ConcurrencyLimitStrategy.CANCEL_NEW if name in CANCEL_NEW else ConcurrencyLimitStrategy.ENQUEUE
    return ConcurrencyLimitConfig(limit=step.concurrency if step else 1, collision_strategy=strategy)


def deployments() -> list[RunnerDeployment]:
    """Every flow as a deployment of the same name."""
    return [
        cast(
            RunnerDeployment,
            one.to_deployment(
                one.name,
                schedules=schedules(one.name),
                concurrency_limit=concurrency(one.name),
                version=__version__,
                tags=["livingscan"],
            ),
        )
        for one in FLOWS
    ]


def main() -> None:
    """Serve until told to end."""
    parser = argparse.ArgumentParser(prog="python -m flows.deployments", description=__doc__)
    parser.add_argument(
        "--alone", action="store_true", help="nothing else runs flows here: take up what was left running"
    )
    parser.add_argument("--ready", type=Path, help="write this file when that is done: what was left, a run a line")
    options = parser.parse_args()
    watch.wait_for_server()
    left = watch.prepare(alone=options.alone)
    if options.ready:
        options.ready.write_text("\n".join(left))
    serve(*deployments())


if __name__ == "__main__":
    main()

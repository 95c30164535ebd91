"""release: freeze the summary as it is now under the next number."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows import report
from flows.forms import PROTOCOL
from flows.ledgered import ledgered
from livingscan.protocol import load_codebook


@flow(name="release", flow_run_name="release by {who}")
def release(who: str, why: str = "") -> State[Any]:
    """Freeze the summary as it is now, with all that it rests on, as the next numbered release.

    None is made while a source is unhealthy that nobody has signed off; see the artifact *source-health*.

    Args:
        who: Whose release it is.
        why: What called for it, such as one of the protocol's triggers.
    """
    from livingscan.publish.release import create_release

    with ledgered("release") as work:
        made = create_release(
            work.store,
            protocol=PROTOCOL,
            codebook=load_codebook(),
            who=who,
            why=why,
            progress=report.progress("release"),
        )
        work.done.append(made.in_words())
        report.show_releases(work.store)
    return work.state()

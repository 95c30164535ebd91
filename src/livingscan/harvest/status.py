"""Where the review stands: sources and their health, files, counts, runs, and whether anything has gone quiet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from livingscan import clock
from livingscan.harvest.health import health
from livingscan.store import counts, runs
from livingscan.store.counts import FileState

if TYPE_CHECKING:
    from livingscan.protocol import Protocol
    from livingscan.store import Store


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """One source of the protocol.

    ``status``: of its newest search; "never searched" if there is none. ``age_days``: since its
    newest complete search ended, None if there is none. ``stale``: that is longer ago than the
    protocol's ``silent_after_days``, or never happened, though the source is enabled.
    ``health``: in one word, as :class:`livingscan.harvest.health.SourceHealth` has it; ``problems``: in words.
    """

    source: str
    enabled: bool
    status: str
    reason: str
    covered: str
    age_days: float | None
    stale: bool
    health: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """The whole: ``ok`` is False as soon as an enabled source is stale (the dead-man's check)."""

    at: datetime
    ok: bool
    sources: tuple[SourceStatus, ...]
    files: tuple[FileState, ...]
    counts: dict[str, int]
    runs: tuple[dict[str, Any], ...]


def status(store: Store, protocol: Protocol) -> Status:
    """Where the review stands now.

    Args:
        store: the review's database.
        protocol: names the sources and how long each may be quiet.
    """
    now = clock.now()
    known = counts.source_states(store)
    rows = []
    for well in health(store, protocol):
        state = known.get(well.source)
        good_at = state.good_at if state else None
        allowed = timedelta(days=protocol.source(well.source).silent_after_days)
        rows.append(
            SourceStatus(
                source=well.source,
                enabled=well.enabled,
                status=state.status if state else "never searched",
                reason=state.reason if state else "",
                covered=str(state.covered or "") if state else "",
                age_days=round((now - good_at).total_seconds() / 86400, 2) if good_at else None,
                stale=well.enabled and (good_at is None or now - good_at > allowed),
                health=well.state,
                problems=tuple(f"{one.kind}: {one.words}" for one in well.problems),
            )
        )
    return Status(
        at=now,
        ok=not any(row.stale for row in rows),
        sources=tuple(rows),
        files=tuple(counts.file_states(store)),
        counts=counts.counts(store),
        runs=tuple(runs.run_rows(store, limit=10)),
    )

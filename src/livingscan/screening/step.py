"""Flag what is new, and bring the screening queue in line. It excludes nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass

from livingscan import clock
from livingscan.progress import Progress, no_progress
from livingscan.protocol import Protocol
from livingscan.screening.flags import Flag, flags_for, likely_eligible, merge_flags, priority
from livingscan.screening.queue import count_unresolved
from livingscan.store import Store, reports
from livingscan.store import screening_queries as rows

BATCH = 500


@dataclass(frozen=True, slots=True)
class FlagOutcome:
    """What flagging did.

    Attributes:
        checked: records looked at.
        flagged: for each kind of flag, how many of these records have it ("no" and "unclear" not counted).
        queue: reports that too few people have screened yet, all in all.
        likely_eligible: those of the queue that are likely to be eligible.
        unresolved: reports that people are unsure of or differ on, all in all.
    """

    checked: int
    flagged: dict[str, int]
    queue: int
    likely_eligible: int
    unresolved: int


def flag_for_screening(
    store: Store, *, protocol: Protocol, run_id: int | None = None, progress: Progress = no_progress
) -> FlagOutcome:
    """Flag every record that waits for it; all of them, where the rules have changed.

    Args:
        store: the review's database.
        protocol: criteria, words and weights.
        run_id: the run it belongs to.
        progress: told after each batch.
    """
    checked = 0
    flagged: Counter[str] = Counter()
    with store.lock("flag-for-screening"):
        if rows.newest_rules(store) not in (None, protocol.rules_version):
            rows.flag_all_again(store)
        total = reports.count_waiting(store, "flag")
        while batch := reports.waiting(store, "flag", BATCH):
            found = {one.id: flags_for(one.record, protocol) for one in batch}
            _store(store, batch, found, protocol)
            checked += len(batch)
            flagged.update(
                flag.kind for flags in found.values() for flag in flags if flag.value not in ("no", "unclear")
            )
            progress(checked, max(total, checked), "records flagged")
    return FlagOutcome(
        checked,
        dict(sorted(flagged.items())),
        rows.count_queue(store, reviewers=protocol.reviewers_per_report),
        rows.count_queue(store, reviewers=protocol.reviewers_per_report, likely=True),
        count_unresolved(store, protocol),
    )


def _store(store: Store, batch: list[reports.Stored], found: dict[int, tuple[Flag, ...]], protocol: Protocol) -> None:
    """One batch in one transaction: its flags, and what follows for the reports it touches."""
    with store.write() as session:
        rows.put_flags(
            session,
            {one.id: (one.number, [asdict(flag) for flag in found[one.id]]) for one in batch},
            protocol.rules_version,
            clock.now(),
        )
        touched = rows.touched_reports(session, found)
        assessments = {}
        for report_id, several in rows.flags_of_reports(session, touched).items():
            merged = merge_flags([[Flag(**flag) for flag in flags] for flags in several])
            # A report that all records have left holds nothing to screen.
            assessments[report_id] = (priority(merged, protocol), likely_eligible(merged)) if several else (0.0, False)
        rows.put_assessments(session, assessments)
        rows.mark_done(session, "to_flag", {one.id: one.number for one in batch})

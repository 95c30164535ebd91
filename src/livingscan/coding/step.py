"""Suggest findings for what is new. Suggestions wait for a person; what a person has said of one stays."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from livingscan import clock
from livingscan.codebook import Codebook
from livingscan.coding.suggest import Suggestion, suggest
from livingscan.progress import Progress, no_progress
from livingscan.store import Store, reports
from livingscan.store import coding_queries as rows
from livingscan.store.coding_queries import COLUMNS, FindingRow
from livingscan.store.screening_queries import mark_done

BATCH = 500
WHO = "livingscan"


@dataclass(frozen=True, slots=True)
class CodingOutcome:
    """What suggesting did: records looked at, and suggestions that were not there before."""

    checked: int
    suggestions: int


def version_of(codebook: Codebook) -> str:
    """What suggestions say of the codebook they were made by: its version and a hash over its rules."""
    return f"{codebook.version}+{codebook.rules_version}"


def suggest_findings(
    store: Store, *, codebook: Codebook, run_id: int | None = None, progress: Progress = no_progress
) -> CodingOutcome:
    """Suggest findings for every record that waits for it; for all of them, where the codebook has changed.

    Args:
        store: the review's database.
        codebook: themes, phases and their words.
        run_id: the run it belongs to.
        progress: told after each batch.
    """
    checked = added = 0
    with store.lock("suggest-findings"):
        if rows.newest_rules(store) not in (None, version_of(codebook)):
            rows.code_all_again(store)
        total = reports.count_waiting(store, "code")
        while batch := reports.waiting(store, "code", BATCH):
            added += _store(store, batch, {one.id: suggest(one.record, codebook) for one in batch}, codebook)
            checked += len(batch)
            progress(checked, max(total, checked), "records read for findings")
    return CodingOutcome(checked, added)


def _key(finding: FindingRow | Suggestion) -> tuple[object, ...]:
    return tuple(getattr(finding, name) for name in COLUMNS)


def _store(
    store: Store, batch: list[reports.Stored], found: dict[int, tuple[Suggestion, ...]], codebook: Codebook
) -> int:
    """One batch in one transaction: new suggestions in, those that no longer hold superseded."""
    now = clock.now()
    version = version_of(codebook)
    with store.write() as session:
        before: dict[int, dict[tuple[object, ...], FindingRow]] = {one.id: {} for one in batch}
        for finding in rows.findings(session, before):
            # What a person has said of one stays, whatever the machine says later. One that nobody has spoken
            # of holds as long as the same codebook suggests it.
            if finding.origin == "machine" and finding.verdict != "superseded":
                before[finding.record_id][_key(finding)] = finding
        fresh = []
        gone = []
        for one in batch:
            said = {_key(suggestion): suggestion for suggestion in found[one.id]}
            known = before[one.id]
            holding = {
                key
                for key, finding in known.items()
                if finding.verdict or (key in said and finding.codebook_version == version)
            }
            gone += [finding.id for key, finding in known.items() if key not in holding]
            fresh += [
                asdict(suggestion) | {"record_id": one.id, "number": one.number}
                for key, suggestion in said.items()
                if key not in holding
            ]
        rows.add_verdicts(session, gone, "superseded", who=WHO, at=now)
        rows.add_findings(session, fresh, origin="machine", who=WHO, codebook_version=version, at=now)
        mark_done(session, "to_code", {one.id: one.number for one in batch})
    return len(fresh)

"""The screening queue: reports that wait for a verdict, most promising first, and the writing down of verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from livingscan import clock
from livingscan.errors import UserError
from livingscan.protocol import Protocol
from livingscan.records import Record
from livingscan.screening.decisions import STAGES, VERDICTS, Place, Stage, histories, newest, place_of
from livingscan.screening.flags import Flag, flags_for, merge_flags
from livingscan.store import Store
from livingscan.store import screening_queries as rows
from livingscan.store.reports import Stored
from livingscan.store.screening_queries import DecisionRow
from livingscan.tidy import one_line


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A report as a reviewer sees it.

    Attributes:
        report: its id. record_id: of the record that is shown, and that a verdict is made on sight of.
        record: what is shown: the fullest of its records. key: "source:id" of it.
        also: "source:id" of its other records.
        flags: of the report, from all its records. own: those that point into the record shown.
        priority, likely: the flags' word, for ordering alone.
        said: what people said of it before, where that is what it is shown for.
    """

    report: int
    record_id: int
    record: Record
    key: str
    also: tuple[str, ...]
    flags: tuple[Flag, ...]
    own: tuple[Flag, ...]
    priority: float
    likely: bool
    said: tuple[DecisionRow, ...] = ()


def key_of(record: Record) -> str:
    """How people name a record: "pubmed:123"."""
    return f"{record.source}:{record.source_id}"


def fullest(members: Sequence[Stored]) -> Stored:
    """The record of a report to show: an article before a preprint, the longest abstract, then the oldest in store."""
    return min(members, key=lambda one: (one.record.entry_type == "preprint", -len(one.record.abstract), one.id))


def queue(
    store: Store, protocol: Protocol, *, stage: Stage = "title-abstract", reviewer: str, limit: int | None = None
) -> list[QueueItem]:
    """The reports that wait for a reviewer.

    Args:
        store: the review's database.
        protocol: how many reviewers a report needs; words for the flags.
        stage: at full text only those wait that passed title and abstract.
        reviewer: what this person has decided is left out.
        limit: how many at the most.
    """
    only = _passed(store, protocol) if stage == "full-text" else None
    with store.read() as session:
        found = rows.queue(session, stage, reviewer, reviewers=protocol.reviewers_per_report, only=only, limit=limit)
        members = rows.records_of(session, [report for report, _, _ in found])
    return [
        _item(report, priority, likely, members[report], protocol)
        for report, priority, likely in found
        if report in members
    ]


def count_waiting(store: Store, protocol: Protocol, *, stage: Stage, reviewer: str) -> int:
    """How many reports :func:`queue` would give without a limit."""
    only = _passed(store, protocol) if stage == "full-text" else None
    with store.read() as session:
        return len(rows.queue(session, stage, reviewer, reviewers=protocol.reviewers_per_report, only=only))


def _places(store: Store, protocol: Protocol) -> tuple[dict[int, Place], list[DecisionRow]]:
    """How far each report has come that anybody has decided on, and all that was said."""
    with store.read() as session:
        every = rows.decisions(session)
    said = histories(every)
    return {
        report: place_of(report, said, included_after=protocol.included_after, reviewers=protocol.reviewers_per_report)
        for report, _ in said
    }, every


def _passed(store: Store, protocol: Protocol) -> list[int]:
    """The reports that people included on title and abstract."""
    places, _ = _places(store, protocol)
    return sorted(report for report, place in places.items() if place.title_abstract == "include")


def count_unresolved(store: Store, protocol: Protocol) -> int:
    """How many reports people are unsure of or differ on, at whichever stage."""
    places, _ = _places(store, protocol)
    return sum(place.unresolved is not None for place in places.values())


def disputed(store: Store, protocol: Protocol, *, stage: Stage) -> dict[int, tuple[DecisionRow, ...]]:
    """The reports that people are unsure of or differ on at a stage, with each one's verdict; the oldest first.

    :func:`livingscan.screening.decisions.outcome` says what settles one.
    """
    places, every = _places(store, protocol)
    said = {report: newest(history) for (report, at), history in histories(every).items() if at == stage}
    waiting = [report for report, place in places.items() if place.unresolved == stage]
    waiting.sort(key=lambda report: max(row.id for row in said[report].values()))
    return {report: tuple(said[report].values()) for report in waiting}


def unresolved(store: Store, protocol: Protocol, *, stage: Stage) -> list[QueueItem]:
    """The reports of :func:`disputed` as a reviewer sees them; they are the same for everybody."""
    found = disputed(store, protocol, stage=stage)
    return [replace(item, said=found[item.report]) for item in items(store, protocol, found)]


def told(said: Iterable[DecisionRow]) -> str:
    """What people said of a report, in one line: "Jo: include; Kim: exclude (no empirical data)"."""
    return "; ".join(f"{row.reviewer}: {row.verdict}" + (f" ({row.reason})" if row.reason else "") for row in said)


def items(store: Store, protocol: Protocol, report_ids: Iterable[int]) -> list[QueueItem]:
    """These reports, whether they wait or not, in the order given; those without records are left out."""
    wanted = list(report_ids)
    with store.read() as session:
        members = rows.records_of(session, wanted)
        assessed = rows.assessments(session, wanted)
    return [_item(report, *assessed[report], members[report], protocol) for report in wanted if report in members]


def _item(report: int, priority: float, likely: bool, members: Sequence[Stored], protocol: Protocol) -> QueueItem:
    shown = fullest(members)
    flags = {one.id: flags_for(one.record, protocol) for one in members}
    return QueueItem(
        report=report,
        record_id=shown.id,
        record=shown.record,
        key=key_of(shown.record),
        also=tuple(key_of(one.record) for one in members if one.id != shown.id),
        flags=merge_flags(flags.values()),
        own=flags[shown.id],
        priority=priority,
        likely=likely,
    )


def check_verdict(protocol: Protocol, stage: str, verdict: str, reason: str, reviewer: str) -> str:
    """What is wrong with a verdict, in words; "" where nothing is."""
    if stage not in STAGES:
        return f"stage {stage!r} is not one of {', '.join(STAGES)}"
    if verdict not in VERDICTS:
        return f"verdict {verdict!r} is not one of {', '.join(VERDICTS)}"
    if not reviewer.strip():
        return "a verdict needs a name: who says so?"
    if reason and verdict != "exclude":
        return f"a reason goes with exclude, not with {verdict}"
    if reason and reason not in protocol.reasons:
        return f"reason {reason!r} is not one of the protocol's: {'; '.join(protocol.reasons)}"
    if stage == "full-text" and verdict == "exclude" and not reason:
        return f"to exclude on full text takes a reason: {'; '.join(protocol.reasons)}"
    return ""


def decide(
    store: Store,
    protocol: Protocol,
    record_id: int,
    verdict: str,
    *,
    stage: Stage = "title-abstract",
    reviewer: str,
    reason: str = "",
    note: str = "",
) -> int:
    """Write down a person's verdict; an earlier one of the same person no longer holds.

    Args:
        store: the review's database.
        protocol: its reasons for exclusion.
        record_id: the record it is made on sight of; it counts for the report of that record.
        verdict: "include", "exclude" or "unsure".
        stage: "title-abstract" or "full-text".
        reviewer: who says so. reason: with "exclude", one of the protocol's. note: in own words.

    Returns:
        The decision's id, with which it can be undone.

    Raises:
        UserError: it cannot be so decided; the message says why.
    """
    reviewer, note = one_line(reviewer), one_line(note)
    wrong = check_verdict(protocol, stage, verdict, reason, reviewer)
    if wrong:
        raise UserError(wrong)
    with store.write() as session:
        if record_id not in rows.report_of(session, [record_id]):
            raise UserError(f"there is no record {record_id} that belongs to a report: link duplicates first")
        return rows.add_decision(
            session, record_id, stage, verdict, reviewer=reviewer, at=clock.now(), reason=reason, note=note
        )


def undo(store: Store, decision_id: int, *, reviewer: str) -> None:
    """Take a verdict back. The row stays; a further row says that it no longer holds.

    Raises:
        UserError: no such verdict, another person's, or one that was taken back before.
    """
    with store.write() as session:
        every = rows.decisions(session)
        found = next((row for row in every if row.id == decision_id and row.verdict is not None), None)
        if found is None:
            raise UserError(f"there is no decision {decision_id} to undo")
        if found.reviewer != reviewer.strip():
            raise UserError(f"decision {decision_id} is {found.reviewer}'s; only {found.reviewer} can take it back")
        if any(row.undoes_id == decision_id for row in every):
            raise UserError(f"decision {decision_id} has been taken back already")
        rows.add_decision(
            session, found.record_id, found.stage, None, reviewer=found.reviewer, at=clock.now(), undoes_id=decision_id
        )

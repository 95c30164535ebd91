"""Duplicate links, and the reports and studies that follow from them.

Links are append-only: of each pair the newest word of a person holds, and where there is none the
newest word of the machine. Which report a record belongs to is derived from them, and every move is
written down as a report event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from livingscan import clock
from livingscan.errors import UserError
from livingscan.store.base import datetime
from livingscan.store.keys import chunks
from livingscan.store.models import RELATIONS, Decision, DuplicateLink, LinkRules, Record, Report, ReportEvent, Study
from livingscan.store.session import Store
from livingscan.store.upsert import insert_or_update
from livingscan.tidy import one_line

JOINING = ("same", "version", "part")  # into one report, or one study


@dataclass(frozen=True, slots=True)
class Link:
    """The newest word of one origin on a pair of records, ``a`` below ``b``."""

    a: int
    b: int
    relation: str
    origin: str
    who: str
    score: float | None
    evidence: Mapping[str, Any]


def links_of(session: Session, ids: Iterable[int]) -> list[Link]:
    """The newest links, by pair and origin, that touch any of the records."""
    found: dict[int, Link] = {}
    for some in chunks(ids):
        newest = (
            select(func.max(DuplicateLink.id))
            .where(or_(DuplicateLink.record_a_id.in_(some), DuplicateLink.record_b_id.in_(some)))
            .group_by(DuplicateLink.record_a_id, DuplicateLink.record_b_id, DuplicateLink.origin)
        )
        for row in session.scalars(select(DuplicateLink).where(DuplicateLink.id.in_(newest))):
            found[row.id] = Link(
                row.record_a_id, row.record_b_id, row.relation, row.origin, row.who, row.score, row.evidence
            )
    return [found[one] for one in sorted(found)]


def holding(links: Iterable[Link]) -> dict[tuple[int, int], Link]:
    """Of each pair the link that holds: a person's unless withdrawn, else the machine's unless withdrawn."""
    words: dict[tuple[int, int], Link] = {}
    for link in sorted(links, key=lambda link: link.origin):  # "machine" before "person"
        if link.relation != "withdrawn":
            words[link.a, link.b] = link
        elif link.origin == "machine":
            words.pop((link.a, link.b), None)
    return words


def component(session: Session, ids: Iterable[int]) -> tuple[set[int], list[Link]]:
    """All records that hang together with ``ids`` through joining links or a shared study, and all links of these.

    No other link (possible, erratum or comment, different, withdrawn) joins anything; what one of
    them has parted shares a study until it is settled.
    """
    seen: set[int] = set()
    edge = set(ids)
    links: dict[tuple[int, int, str], Link] = {}
    while edge:
        seen |= edge
        reached: set[int] = set()
        for link in links_of(session, edge):
            links[link.a, link.b, link.origin] = link
            if link.relation in JOINING:
                reached |= {link.a, link.b}
        for some in chunks(edge):
            studies = select(Report.study_id).join(Record, Record.report_id == Report.id).where(Record.id.in_(some))
            together = select(Record.id).join(Report, Report.id == Record.report_id)
            reached |= set(session.scalars(together.where(Report.study_id.in_(studies))))
        edge = reached - seen
    return seen, list(links.values())


def add_links(session: Session, links: Sequence[Link], at: datetime, reason: str = "") -> None:
    """Append links."""
    session.add_all(
        DuplicateLink(
            record_a_id=link.a,
            record_b_id=link.b,
            relation=link.relation,
            origin=link.origin,
            who=link.who,
            score=link.score,
            evidence=dict(link.evidence),
            reason=reason,
            at=at,
        )
        for link in links
    )


def say(store: Store, one: int, other: int, relation: str, who: str, reason: str = "") -> None:
    """Write down a person's word on two records; the records wait to be linked anew.

    Args:
        store: the store.
        one, other: record ids.
        relation: "same", "version", "part", "erratum_comment", "different", or "withdrawn" to take
            this person's (or anybody's) earlier word back.
        who: the person. reason: in their words.

    Raises:
        UserError: no such record, the same record twice, an unknown relation, or nothing to take back.
    """
    if relation not in RELATIONS or relation == "possible":
        raise UserError(f"no such relation: {relation}; choose one of same, version, part, different, withdrawn")
    if one == other:
        raise UserError("a record cannot be a duplicate of itself")
    who, reason = one_line(who), one_line(reason)
    if not who:
        raise UserError("a decision needs a name: who says so?")
    with store.write() as session:
        ids = {one, other}
        absent = ids - set(session.scalars(select(Record.id).where(Record.id.in_(ids))))
        if absent:
            raise UserError(f"no such record: {' and '.join(map(str, sorted(absent)))}")
        if relation == "withdrawn":
            _refuse_idle_undo(session, min(ids), max(ids))
        link = Link(min(ids), max(ids), relation, "person", who, None, {})
        add_links(session, [link], clock.now(), reason)
        session.execute(update(Record).where(Record.id.in_(ids)).values(to_link=True))


def _refuse_idle_undo(session: Session, a: int, b: int) -> None:
    """Raise UserError where no person's word on the pair holds, with who took the last one back."""
    last = session.scalar(
        select(DuplicateLink)
        .where(DuplicateLink.record_a_id == a, DuplicateLink.record_b_id == b, DuplicateLink.origin == "person")
        .order_by(DuplicateLink.id.desc())
        .limit(1)
    )
    if last is None:
        raise UserError(
            f"nobody has said anything of records {a} and {b}: there is nothing to undo; what the machine linked is "
            "parted by `livingscan duplicates different`"
        )
    if last.relation == "withdrawn":
        raise UserError(
            f"{last.who} took the last word on records {a} and {b} back on {last.at:%Y-%m-%d %H:%M} UTC already"
        )


def place(groups: Sequence[Sequence[int]], current: Mapping[int, int | None]) -> list[int | None]:
    """For each group the container it keeps, None for a new one.

    A container that several groups could keep goes to the group with the lowest member, so that a
    merge keeps the older number and a split leaves it with the older part.

    Args:
        groups: members; every member in one group.
        current: the container each member is in now.
    """
    taken: set[int] = set()
    kept: list[int | None] = [None] * len(groups)
    for index in sorted(range(len(groups)), key=lambda index: min(groups[index])):
        choices = sorted({held for one in groups[index] if (held := current.get(one)) is not None} - taken)
        if choices:
            kept[index] = choices[0]
            taken.add(choices[0])
    return kept


def assign_reports(session: Session, groups: Sequence[Sequence[int]], reason: str, at: datetime) -> int:
    """Bring records into the reports that ``groups`` say; returns how many records changed their report.

    Args:
        session: a writing session.
        groups: record ids; each inner sequence is one report.
        reason: for the report events.
        at: the time.
    """
    ids = [one for group in groups for one in group]
    current: dict[int, int | None] = {}
    for some in chunks(ids):
        current |= {
            row.id: row.report_id
            for row in session.execute(select(Record.id, Record.report_id).where(Record.id.in_(some)))
        }
    kept = place(groups, current)
    fresh = iter(_new_reports(session, kept.count(None), at))
    changes: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for group, held in zip(groups, kept, strict=True):
        report_id = next(fresh) if held is None else held
        for one in group:
            before = current[one]
            if before == report_id:
                continue
            changes.append({"id": one, "report_id": report_id, "to_flag": True})
            if before is not None:
                told = {"record_id": one, "reason": reason, "at": at}
                events.append({"report_id": before, "other_report_id": report_id, "kind": "left", **told})
                events.append({"report_id": report_id, "other_report_id": before, "kind": "joined", **told})
    if changes:
        session.execute(update(Record), changes)
    if events:
        session.execute(insert(ReportEvent), events)
    _mark_emptied(session, {event["report_id"] for event in events}, current)
    return len(events) // 2


def _new_reports(session: Session, count: int, at: datetime) -> list[int]:
    """Ids of ``count`` new reports, each with a new study of its own."""
    if not count:
        return []
    studies = session.scalars(insert(Study).returning(Study.id), [{"created_at": at}] * count).all()
    rows = [{"study_id": one, "created_at": at} for one in studies]
    return sorted(session.scalars(insert(Report).returning(Report.id), rows))


def _mark_emptied(session: Session, reports: set[int], before: Mapping[int, int | None]) -> None:
    """Say of a report without records which one took them; of any other that none did."""
    for some in chunks(reports):
        filled = set(session.scalars(select(Record.report_id).distinct().where(Record.report_id.in_(some))))
        for report_id in some:
            into = None
            if report_id not in filled:
                member = min(one for one, held in before.items() if held == report_id)
                into = session.scalar(select(Record.report_id).where(Record.id == member))
            session.execute(update(Report).where(Report.id == report_id).values(merged_into_id=into))


def assign_studies(session: Session, groups: Sequence[Sequence[int]]) -> None:
    """Bring reports into the studies that ``groups`` (of report ids) say."""
    ids = [one for group in groups for one in group]
    current: dict[int, int | None] = {}
    for some in chunks(ids):
        current |= {
            row.id: row.study_id
            for row in session.execute(select(Report.id, Report.study_id).where(Report.id.in_(some)))
        }
    changes: list[dict[str, Any]] = []
    for group, held in zip(groups, place(groups, current), strict=True):
        study_id = held
        if study_id is None:
            study_id = session.scalars(insert(Study).returning(Study.id), [{"created_at": clock.now()}]).one()
        changes += [{"id": one, "study_id": study_id} for one in group if current[one] != study_id]
    if changes:
        session.execute(update(Report), changes)


def reports_of(session: Session, ids: Iterable[int]) -> dict[int, int]:
    """The report of each record that has one."""
    found: dict[int, int] = {}
    for some in chunks(ids):
        rows = session.execute(
            select(Record.id, Record.report_id).where(Record.id.in_(some), Record.report_id.is_not(None))
        )
        found |= {row.id: row.report_id for row in rows}
    return found


def follow_rules(session: Session, version: str) -> None:
    """Where stored keys and links were made by other rules than ``version``, every record waits to be linked anew."""
    known = session.get(LinkRules, 1)
    if known is None or known.version != version:
        session.execute(update(Record).where(~Record.to_link).values(to_link=True))
        insert_or_update(session, LinkRules, [{"id": 1, "version": version, "at": clock.now()}], key=("id",))


def mark_linked(session: Session, versions: Mapping[int, int]) -> None:
    """The records have been linked, as long as no newer version than ``versions`` says has come meanwhile."""
    by_number: dict[int, list[int]] = {}
    for one, number in versions.items():
        by_number.setdefault(number, []).append(one)
    for number, ids in by_number.items():
        for some in chunks(ids):
            session.execute(update(Record).where(Record.id.in_(some), Record.number == number).values(to_link=False))


def queue(store: Store) -> list[Link]:
    """The pairs that wait for a person, surest first.

    These are the pairs that the machine calls possible, and those it calls the same although their
    reports were not joined, since others in them contradict each other; nobody has said anything yet.
    """
    one, other = aliased(Record), aliased(Record)
    with store.read() as session:
        possible = select(DuplicateLink.record_a_id).where(DuplicateLink.relation == "possible")
        blocked = (
            select(DuplicateLink.record_a_id)
            .join(one, one.id == DuplicateLink.record_a_id)
            .join(other, other.id == DuplicateLink.record_b_id)
            .where(DuplicateLink.relation == "same", one.report_id != other.report_id)
        )
        words = holding(links_of(session, [*session.scalars(possible), *session.scalars(blocked)]))
        placed = reports_of(session, {n for pair in words for n in pair})
    waiting = [
        link
        for (a, b), link in words.items()
        if link.origin == "machine" and link.relation in ("same", "possible") and placed.get(a) != placed.get(b)
    ]
    return sorted(waiting, key=lambda link: (-(link.score or 0), link.a, link.b))


def newest_links(store: Store, *, person: bool, limit: int) -> list[Link]:
    """The links that hold, newest first: a person's words, or those by which records are joined."""
    with store.read() as session:
        query = select(DuplicateLink.record_a_id).order_by(DuplicateLink.id.desc()).limit(limit * 3)
        query = (
            query.where(DuplicateLink.origin == "person") if person else query.where(DuplicateLink.relation == "same")
        )
        words = holding(links_of(session, list(session.scalars(query))))
    wanted = [link for link in words.values() if (link.origin == "person" if person else link.relation == "same")]
    return wanted[::-1][:limit]


def decisions_on(store: Store, ids: Iterable[int]) -> int:
    """How many screening decisions stand on the reports of these records."""
    with store.read() as session:
        held = select(Record.report_id).where(Record.id.in_(list(ids)))
        query = select(func.count(Decision.id)).join(Record, Record.id == Decision.record_id)
        return session.scalar(query.where(Record.report_id.in_(held))) or 0

"""People's words on findings: confirm, reject, take back. Append-only; of the words on one finding the newest holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from livingscan import clock
from livingscan.errors import UserError
from livingscan.store import Store
from livingscan.store import coding_queries as rows
from livingscan.store.coding_queries import FindingRow
from livingscan.tidy import one_line

Verdict = Literal["confirmed", "rejected", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Spoken:
    """What came of a word: the findings it was written down for, those it held for already, and the twins.

    ``twins`` are the same finding in the same words in another record of the report; the word is on them too.
    """

    written: tuple[int, ...]
    held: tuple[int, ...]
    twins: tuple[int, ...]


def say(store: Store, ids: Iterable[int], verdict: Verdict, *, reviewer: str, note: str = "") -> Spoken:
    """Write down a person's word on findings.

    Args:
        store: the review's database.
        ids: of the findings.
        verdict: "confirmed", "rejected", or "withdrawn": what people said before is taken back.
        reviewer: who says so. note: in own words.

    Raises:
        UserError: nobody is named, there is no such finding, one is superseded, or there is nothing to take
            back; nothing is written then.
    """
    who, wanted = one_line(reviewer), sorted(set(ids))
    if not who:
        raise UserError("a verdict needs a name: say who with --reviewer")
    with store.write() as session:
        found = rows.findings_by_id(session, wanted)
        missing = [str(one) for one in wanted if one not in found]
        if missing:
            raise UserError(f"there is no finding {', '.join(missing)}; `livingscan findings list` shows their numbers")
        for one in found.values():
            if one.verdict == "superseded":
                raise UserError(
                    f"finding {one.id} was superseded: its record or the codebook has changed since; "
                    "`livingscan findings list` shows what is suggested now"
                )
            if verdict == "withdrawn" and not one.verdict:
                raise UserError(f"nobody has confirmed or rejected finding {one.id}: there is nothing to take back")
        home = rows.records_beside(session, {one.record_id for one in found.values()})
        same = {_key(one, home) for one in found.values()}
        every = [one for one in rows.findings(session, home) if one.id in found or _key(one, home) in same]
        target = "" if verdict == "withdrawn" else verdict
        written = [one.id for one in every if one.verdict not in (target, "superseded")]
        rows.add_verdicts(session, written, verdict, who=who, at=clock.now(), note=one_line(note))
    return Spoken(
        tuple(one for one in written if one in found),
        tuple(one for one in wanted if one not in written),
        tuple(one for one in written if one not in found),
    )


def _key(finding: FindingRow, home: dict[int, int]) -> tuple[object, ...]:
    """What makes two findings of one report the same: a record that is there twice says all things twice."""
    report = home.get(finding.record_id, -finding.record_id)
    return report, finding.theme, finding.phase, finding.polarity, finding.quotation

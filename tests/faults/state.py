"""The whole state of a review's database, without what may rightly differ between two ways to it.

Left out: row ids, times, which process did it, and how often it was tried.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select

from livingscan.store import Store
from livingscan.store.ledger_queries import GOOD
from livingscan.store.links import holding, links_of
from livingscan.store.models import (
    Finding,
    Flag,
    Identifier,
    Record,
    RecordVersion,
    Report,
    Run,
    Search,
    SummarySnapshot,
)


def state(store: Store) -> dict[str, Any]:
    """The end state, comparable between databases."""
    with store.read() as session:
        records = session.scalars(select(Record)).all()
        name = {one.id: (one.source, one.source_id) for one in records}
        reports: dict[Any, set[Any]] = defaultdict(set)
        studies: dict[Any, set[Any]] = defaultdict(set)
        study_of = {row.id: row.study_id for row in session.execute(select(Report.id, Report.study_id))}
        for one in records:
            reports[one.report_id].add(name[one.id])
            studies[study_of.get(one.report_id)].add(name[one.id])
        links = holding(links_of(session, name))
        newest = session.scalars(select(SummarySnapshot).order_by(SummarySnapshot.id.desc()).limit(1)).first()
        return {
            "records": sorted((*name[o.id], o.number, o.content_hash, bool(o.vanished_at), o.added) for o in records),
            "waiting": sum(one.to_link or one.to_flag or one.to_code for one in records),
            "versions": sorted(
                (*name[v.record_id], v.number, v.content_hash, v.raw) for v in session.scalars(select(RecordVersion))
            ),
            "identifiers": sorted((*name[i.record_id], i.kind, i.value) for i in session.scalars(select(Identifier))),
            "reports": sorted(sorted(group) for group in reports.values()),
            "studies": sorted(sorted(group) for group in studies.values()),
            "links": sorted(
                (*sorted((name[a], name[b])), one.relation, round(one.score or 0, 9)) for (a, b), one in links.items()
            ),
            "flags": sorted(
                (*name[f.record_id], f.number, f.kind, f.value, f.field, f.start, f.end, f.quote)
                for f in session.scalars(select(Flag))
            ),
            "findings": sorted(
                (*name[f.record_id], f.number, f.theme, f.phase, f.setting_group, f.polarity, f.field, f.quotation)
                for f in session.scalars(select(Finding))
            ),
            "searched": sorted(
                {(s.source, str(s.window_end), s.status in GOOD) for s in session.scalars(select(Search))}
            ),
            "runs left open": len(session.scalars(select(Run).where(Run.status == "running")).all()),
            "summarised": newest is not None,
        }


def differences(left: dict[str, Any], right: dict[str, Any]) -> list[str]:
    """What differs between two states, in words short enough for a test's message."""
    return [f"{key}: {str(left[key])[:300]} != {str(right[key])[:300]}" for key in left if left[key] != right[key]]

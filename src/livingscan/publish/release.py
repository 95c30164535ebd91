"""A release: the summary of a day, frozen under the next number, with all that it rests on.

It is held back while a source is unhealthy and nobody has signed that off (:mod:`livingscan.harvest.health`), and
while records wait for a step. A release is never changed; a hash over its canonical JSON tells if it was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from livingscan import __version__, clock
from livingscan.errors import SourceError, StateError, UserError
from livingscan.harvest.health import SourceHealth, health
from livingscan.progress import Progress, no_progress
from livingscan.store import prisma_queries
from livingscan.store.counts import counts
from livingscan.store.release_queries import ReleaseRow, add_release, last_release, releases
from livingscan.summary.changes import changes_between
from livingscan.summary.model import Summary, summary_from_dict, summary_to_dict
from livingscan.summary.step import readable, refresh_summaries
from livingscan.tidy import one_line

if TYPE_CHECKING:
    from livingscan.codebook import Codebook
    from livingscan.protocol import Protocol
    from livingscan.store import Store

STEPS = ("waiting_to_link", "waiting_to_flag", "waiting_to_code")
# These count from release to release: that they differ is no change of what is known.
_SINCE_LAST = ("previous_studies", "previous_reports", "new_studies", "new_reports")


def create_release(
    store: Store,
    *,
    protocol: Protocol,
    codebook: Codebook,
    who: str,
    why: str = "",
    progress: Progress = no_progress,
) -> ReleaseRow:
    """Freeze the summary as it is now under the next number.

    Two at once are made one after the other, each with its own number. One that says the same as the release
    before is made too, and says so (``data["unchanged"]``): that nothing new was found is a result.

    Args:
        store: the review's database.
        protocol, codebook: as for :func:`livingscan.summary.step.refresh_summaries`.
        who: whose release it is. why: what called for it, such as one of the protocol's triggers.
        progress: told as the summary is counted.

    Raises:
        UserError: nobody is named. SourceError: an unhealthy source holds it back.
        StateError: there is nothing to release, or records wait for a step.
    """
    who, why = one_line(who), one_line(why)
    if not who:
        raise UserError("a release needs a name: say whose it is with --by")
    with store.lock("release"):
        sources = [one for one in health(store, protocol) if one.enabled]
        _ready(store, sources)
        summary = refresh_summaries(store, protocol=protocol, codebook=codebook, progress=progress)
        with store.read() as session:
            last = last_release(session)
        row = _frozen(store, summary, sources, last, who, why)
        with store.write() as session:
            add_release(session, row)
    return row


def _ready(store: Store, sources: Sequence[SourceHealth]) -> None:
    held = [one for one in sources if one.open_problems]
    if held:
        names = ", ".join(f"{one.source} ({', '.join(p.kind for p in one.open_problems)})" for one in held)
        which = held[0].source if len(held) == 1 else "SOURCE"
        raise SourceError(
            f"no release: publishing is held by {names}; `livingscan health` says what to mend, or sign off with "
            f"`livingscan health signoff {which} --who NAME --reason WHY`"
        )
    there = counts(store)
    if not there["records"]:
        raise StateError("there is nothing to release yet: run `livingscan update` first")
    waiting = max(there[step] for step in STEPS)
    if waiting:
        raise StateError(
            f"no release: records wait to be linked, flagged or read ({waiting:,}): run `livingscan refresh`"
        )


def _frozen(
    store: Store, summary: Summary, sources: Sequence[SourceHealth], last: ReleaseRow | None, who: str, why: str
) -> ReleaseRow:
    before = readable(last.data["summary"]) if last else None
    changes = changes_between(before, summary)
    told = {key: pair for key, pair in changes.flow.items() if key not in _SINCE_LAST}
    summary = replace(summary, run_id=None, changes=replace(changes, flow=told))
    number, at = (last.number if last else 0) + 1, clock.now()
    data: dict[str, Any] = {
        "number": number,
        "at": at.isoformat(),
        "who": who,
        "why": why,
        "since": {"number": last.number, "at": last.at.isoformat(), "sha256": last.sha256} if last else None,
        "unchanged": before is not None and _content(before) == _content(summary),
        "livingscan": __version__,
        "protocol_version": summary.protocol_version,
        "codebook_version": summary.codebook_version,
        "prisma": dict(summary.prisma),
        "summary": summary_to_dict(summary),
        "searches": _searches(store),
        "files": _files(store),
        "health": {one.source: one.state for one in sources},
        "signoffs": [
            {"signoff": sign.id, "source": sign.source, "problems": list(sign.problems), "who": sign.who}
            | {"reason": sign.reason, "at": sign.at.isoformat(), "until": sign.until.isoformat()}
            for one in sources
            if one.state == "signed off"
            for sign in one.signoffs
            if set(sign.problems) & {problem.kind for problem in one.problems}
        ],
    }
    return ReleaseRow(number, at, who, why, sha256_of(data), json.loads(canonical(data)))


def _content(summary: Summary) -> str:
    """What a summary says, without when it was made and what it was compared with."""
    data = summary_to_dict(summary)
    prisma = {key: value for key, value in data["prisma"].items() if key not in _SINCE_LAST}
    return canonical(data | {"at": "", "run_id": None, "changes": {}, "prisma": prisma})


def _searches(store: Store) -> list[dict[str, Any]]:
    """The strategies that interfaces were searched with, and how far."""
    return [
        {
            "source": one.source,
            "strategy_sha256": one.sha256,
            "searches": one.searches,
            "complete_to": one.covered.isoformat() if one.covered else None,
            "last_complete": one.last_good_at.isoformat() if one.last_good_at else None,
            "hits": one.hits,
            "records": one.new,
        }
        for one in prisma_queries.run_strategies(store)
    ]


def _files(store: Store) -> list[dict[str, Any]]:
    """The files that were loaded."""
    return [
        {
            "search": one.id,
            "database": one.database or one.source,
            "platform": one.platform,
            "file": one.file_name,
            "sha256": one.sha256,
            "searched_on": one.searched_on.isoformat() if one.searched_on else None,
            "status": one.status,
            "records": one.new,
        }
        for one in prisma_queries.imports(store)
    ]


def canonical(data: Mapping[str, Any]) -> str:
    """The one way in which values are written as JSON, so that the same values have the same hash."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256_of(data: Mapping[str, Any]) -> str:
    """The hash of a release's data."""
    return hashlib.sha256(canonical(data).encode()).hexdigest()


def list_releases(store: Store) -> list[ReleaseRow]:
    """All releases, oldest first."""
    with store.read() as session:
        return releases(session)


def get_release(store: Store, number: int) -> ReleaseRow:
    """A release, checked against its hash.

    Raises:
        UserError: no such release. StateError: its data are not those that were released.
    """
    found = {row.number: row for row in list_releases(store)}
    if number not in found:
        there = f"there are 1 to {max(found)}" if found else "none has been made"
        raise UserError(f"there is no release {number}: {there}")
    row = found[number]
    if sha256_of(row.data) != row.sha256:
        raise StateError(f"release {number} was changed after it was made: its data do not have its hash")
    return row


def summary_of(row: ReleaseRow) -> Summary:
    """The summary that a release froze."""
    return summary_from_dict(row.data["summary"])


def release_row(row: ReleaseRow) -> dict[str, Any]:
    """A release in a line of a table for people."""
    summary = row.data["summary"]
    studies = next((tier["studies"] for tier in summary["tiers"] if tier["tier"] == summary["headline"]), 0)
    return {
        "release": row.number,
        "made": f"{row.at:%Y-%m-%d %H:%M}",
        "by": row.who,
        "why": row.why,
        "headline": (summary["headline"] or "nothing to count")
        + (", invented literature" if summary.get("synthetic") else ""),
        "studies": studies,
        "changed": "no" if row.data["unchanged"] else "yes",
        "signed off": ", ".join(sorted({sign["source"] for sign in row.data["signoffs"]})),
    }

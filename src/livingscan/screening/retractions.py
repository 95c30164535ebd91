"""Is what the review rests on still standing? Retractions, concerns, corrections, reinstatements.

Every report past screening is checked against what the stored records say of it (PubMed's links, Crossref's
``updated-by``, OpenAlex' ``is_retracted``, titles and publication types), against stored notices that name
it, and against the Retraction Watch file. The four kinds are kept apart; a report may have several of each.
Each kind opens one task a report, with the findings and matrix cells it touches. Nothing is excluded: a
person closes the task, and decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livingscan import clock
from livingscan.numbers import count
from livingscan.progress import Progress, no_progress
from livingscan.records import Record, StatusKind
from livingscan.screening import retraction_watch
from livingscan.store import coding_queries, screening_queries
from livingscan.store import retraction_queries as rows
from livingscan.store.reports import Stored
from livingscan.store.retraction_queries import TaskRow

if TYPE_CHECKING:
    from livingscan.sources.http import Http
    from livingscan.store import Store

Session = Any  # the store's own; SQL stays there

KINDS = ("retraction", "concern", "correction", "reinstatement")
_SAID_OF: Mapping[StatusKind, str] = {
    "retracted_by": "retraction",
    "concern_by": "concern",
    "corrected_by": "correction",
    "reinstated_by": "reinstatement",
}
_SAID_BY: Mapping[StatusKind, str] = {
    "retraction_of": "retraction",
    "concern_of": "concern",
    "correction_of": "correction",
    "reinstatement_of": "reinstatement",
}
_FLAGGED = {"retracted": "retraction", "concern": "concern"}
QUOTED = 300  # characters of a quotation in a task


@dataclass(frozen=True, slots=True)
class RetractionOutcome:
    """What a check found.

    Attributes:
        checked: reports past screening. touched: reports of them that something is said about.
        by_kind: reports by kind of notice. opened, reopened, updated: tasks. open_tasks: that wait now.
        listed: rows of the Retraction Watch file that were read; None where there was no file.
    """

    checked: int
    touched: int
    by_kind: dict[str, int]
    opened: int
    reopened: int
    updated: int
    open_tasks: int
    listed: int | None = None

    def in_words(self) -> str:
        """One line for people."""
        kinds = ", ".join(f"{number} {kind}" for kind, number in self.by_kind.items()) or "nothing said of any"
        rows = f", {count(self.listed, 'row')} of Retraction Watch" if self.listed is not None else ""
        return (
            f"{count(self.checked, 'report')} past screening checked{rows}: {kinds}; "
            f"{count(self.opened, 'task')} opened, {self.reopened} opened again, {self.open_tasks} wait"
        )


@dataclass
class _Notice:
    """One notice about a report: its ids, who says so, when, why."""

    ids: set[str] = field(default_factory=set)  # "pmid:1", "doi:10.1/x"; where it has none, "pubmed: its words"
    said_by: set[str] = field(default_factory=set)
    day: str = ""
    reason: str = ""

    def schemes(self) -> set[str]:
        return {one.partition(":")[0] for one in self.ids}

    def absorb(self, other: _Notice) -> None:
        self.ids |= other.ids
        self.said_by |= other.said_by
        self.day = self.day or other.day
        self.reason = self.reason or other.reason


@dataclass
class _Report:
    """A report past screening, with what is said of it by kind."""

    id: int
    stages: dict[str, int]
    records: list[Stored]
    said: dict[str, list[_Notice]] = field(default_factory=dict)

    def note(self, kind: str, notice: _Notice) -> None:
        """Add what is said, joined with what is the same notice under another id."""
        known = self.said.setdefault(kind, [])
        for one in known:
            if _same(one, notice):
                one.absorb(notice)
                return
        known.append(notice)


def _same(one: _Notice, other: _Notice) -> bool:
    """Whether two may be one notice: an id in common, or no kind of id in which they differ.

    Sources name the notice by PMID, by DOI, or only say that there is one; without this, one retraction told
    by three sources would be three.
    """
    return bool(one.ids & other.ids) or not (one.schemes() & other.schemes())


def check_retractions(
    store: Store,
    *,
    retraction_watch_at: str | Path = "",
    http: Http | None = None,
    run_id: int | None = None,
    progress: Progress = no_progress,
) -> RetractionOutcome:
    """Check every report past screening, and open tasks for what is said of them.

    Running it again changes nothing. A closed task is opened again when a further notice appears.

    Args:
        store: the review's database.
        retraction_watch_at: the public CSV file: a path, or an https or http address. "": only what is stored.
        http: the way out, for an address.
        run_id: the run it belongs to; kept in the tasks it opens.
        progress: told as it goes.

    Raises:
        UserError, DataError, SourceError: the file is not there, or is not that file, or is cut off.
    """
    with retraction_watch.at_hand(str(retraction_watch_at), http) as file, store.lock("retractions"):
        with store.read() as session:
            reports = _reports(session)
            progress(0, len(reports), "stored records")
            _from_own_records(session, reports)
            _from_notices(session, reports)
        listed = _from_file(file, reports, progress) if file else None
        touched = [report for report in reports if report.said]
        with store.write() as session:
            opened, reopened, updated = _settle(session, touched, run_id)
            waiting = len(rows.tasks(session, KINDS, open_only=True))
        progress(len(reports), len(reports), "reports checked")
    by_kind = {kind: sum(1 for report in touched if kind in report.said) for kind in KINDS}
    return RetractionOutcome(
        len(reports),
        len(touched),
        {kind: number for kind, number in by_kind.items() if number},
        opened,
        reopened,
        updated,
        waiting,
        listed,
    )


# --- what is said ----------------------------------------------------------------------------------


def _reports(session: Session) -> list[_Report]:
    stages = rows.past_screening(session)
    records = screening_queries.records_of(session, stages)
    return [_Report(one, stages[one], records.get(one, [])) for one in sorted(stages)]


def _ids_of(record: Record) -> set[str]:
    named = {f"{kind}:{value}" for kind, value in (("doi", record.doi), ("pmid", record.pmid), ("pmcid", record.pmcid))}
    return {one for one in named if not one.endswith(":")}


def _target(target: str, source: str) -> str:
    """A link's target as the id of a notice; a printed reference is one source's own kind of id."""
    return target if not target or target.startswith(("pmid:", "doi:", "pmcid:")) else f"{source}: {target}"


def _from_own_records(session: Session, reports: Sequence[_Report]) -> None:
    """What the report's own records carry: links first, then titles and publication types."""
    home = {stored.id: (report, stored) for report in reports for stored in report.records}
    for report, stored in home.values():
        own = {one for other in report.records for one in _ids_of(other.record)}
        for link in stored.record.status_links:
            kind = _SAID_OF.get(link.kind)
            if kind and link.target not in own:
                source = stored.record.source
                report.note(kind, _Notice({_target(link.target, source)} - {""}, {source}))
    for record_id, flag, words in rows.standing_flags(session, home):
        report, stored = home[record_id]
        report.note(_FLAGGED[flag], _Notice(set(), {f"{stored.record.source}: {words}"}))


def _from_notices(session: Session, reports: Sequence[_Report]) -> None:
    """Stored notices that name a report past screening, whose own record may be older than the notice."""
    named: dict[str, _Report] = {
        one: report for report in reports for stored in report.records for one in _ids_of(stored.record)
    }
    if not named:
        return
    for stored in rows.possible_notices(session):
        for link in stored.record.status_links:
            kind = _SAID_BY.get(link.kind)
            report = named.get(link.target) if kind else None
            if kind and report and report.id != stored.report_id:
                notice = _Notice(_ids_of(stored.record), {stored.record.source}, str(stored.record.published or ""))
                report.note(kind, notice)


def _from_file(path: Path, reports: Sequence[_Report], progress: Progress) -> int:
    named: dict[str, _Report] = {
        one: report for report in reports for stored in report.records for one in _ids_of(stored.record)
    }
    read = 0
    for row in retraction_watch.read(path):
        read += 1
        if read % 10_000 == 0:
            progress(read, None, "rows of the Retraction Watch file")
        report = named.get(f"doi:{row.doi}") or named.get(f"pmid:{row.pmid}")
        if report:
            ids = {
                f"doi:{row.notice_doi}" if row.notice_doi else "",
                f"pmid:{row.notice_pmid}" if row.notice_pmid else "",
            }
            own = {f"doi:{row.doi}", f"pmid:{row.pmid}"}
            report.note(row.kind, _Notice(ids - {""} - own, {"Retraction Watch"}, row.day, row.reason))
    return read


# --- tasks -----------------------------------------------------------------------------------------


def _settle(session: Session, reports: Sequence[_Report], run_id: int | None) -> tuple[int, int, int]:
    """Open, reopen and bring up to date the tasks; returns how many of each."""
    known = _known_tasks(session)
    impacts = _impacts(session, reports)
    studies = rows.studies_of(session, [report.id for report in reports])
    now = clock.now()
    opened = reopened = updated = 0
    for report in reports:
        for kind, notices in report.said.items():
            task = known.get((kind, report.id))
            earlier = task.detail.get("notices", []) if task else []
            told, further = _merge_notices(earlier, notices, now.date().isoformat())
            detail = {
                **_face(report),
                "study": studies.get(report.id),
                "notices": told,
                "also": sorted(set(report.said) - {kind}),
                **impacts[report.id],
            }
            if task is None:
                detail["run"] = run_id
                rows.put_task(session, kind, f"report {report.id}", detail, now)
                opened += 1
                continue
            detail |= {key: task.detail[key] for key in ("history", "run") if key in task.detail}
            again = further and task.closed_at is not None
            if task.closed_at is not None and not again:
                continue  # what a person has closed stays as it was closed
            if again or detail != task.detail:
                rows.put_task(session, kind, task.subject, detail, now, task_id=task.id, reopen=again)
                reopened += again
                updated += not again
    return opened, reopened, updated


def _known_tasks(session: Session) -> dict[tuple[str, int], TaskRow]:
    """The tasks there are, by kind and the report that their records belong to now."""
    found: dict[tuple[str, int], TaskRow] = {}
    all_tasks = rows.tasks(session, KINDS)
    members = {one for task in all_tasks for one in task.detail.get("records", [])}
    home = screening_queries.report_of(session, members)
    for task in all_tasks:
        reports = {home[one] for one in task.detail.get("records", []) if one in home}
        for report_id in reports or {task.detail.get("report", 0)}:
            found.setdefault((task.kind, report_id), task)
    return found


def _face(report: _Report) -> dict[str, Any]:
    first = report.records[0].record if report.records else None
    return {
        "report": report.id,
        "records": sorted(stored.id for stored in report.records),
        "title": first.title if first else "",
        "year": first.year if first else None,
        "doi": next((one.record.doi for one in report.records if one.record.doi), ""),
        "pmid": next((one.record.pmid for one in report.records if one.record.pmid), ""),
        "url": next((one.record.url for one in report.records if one.record.url), ""),
        "included": report.stages,
    }


def _merge_notices(
    earlier: Sequence[Mapping[str, Any]], notices: Iterable[_Notice], day: str
) -> tuple[list[dict[str, Any]], bool]:
    """The notices of a task with those found now, and whether one is further to all that were known."""
    told = [dict(one) for one in earlier]
    further = False
    for notice in notices:
        match = next((one for one in told if _same(_as_notice(one), notice)), None)
        if match is None:
            told.append(
                {
                    "ids": sorted(notice.ids),
                    "said_by": sorted(notice.said_by),
                    "date": notice.day,
                    "reason": notice.reason,
                    "seen": day,
                }
            )
            further = True
        else:
            match["ids"] = sorted({*match["ids"], *notice.ids})
            match["said_by"] = sorted({*match["said_by"], *notice.said_by})
            match["date"] = match["date"] or notice.day
            match["reason"] = match["reason"] or notice.reason
    return told, further


def _as_notice(told: Mapping[str, Any]) -> _Notice:
    return _Notice(set(told["ids"]), set(told["said_by"]))


def _impacts(session: Session, reports: Sequence[_Report]) -> dict[int, dict[str, Any]]:
    """The findings that rest on each report, and the cells of the matrix they count in."""
    home = {stored.id: report.id for report in reports for stored in report.records}
    groups = rows.setting_groups(session, home)
    found: dict[int, dict[str, Any]] = {report.id: {"findings": [], "cells": []} for report in reports}
    for finding in coding_queries.findings(session, home):
        if not finding.stands:
            continue
        impact = found[home[finding.record_id]]
        group = finding.setting_group or groups.get(finding.record_id, "")
        impact["findings"].append(
            {
                "finding": finding.id,
                "theme": finding.theme,
                "phase": finding.phase,
                "group": group,
                "polarity": finding.polarity,
                "confirmed": finding.confirmed,
                "quotation": finding.quotation[:QUOTED],
            }
        )
        cell = {"theme": finding.theme, "phase": finding.phase, "group": group}
        if cell not in impact["cells"]:
            impact["cells"].append(cell)
    for impact in found.values():
        impact["cells"].sort(key=lambda cell: (cell["theme"], cell["phase"], cell["group"]))
    return found


def close_retraction(store: Store, task_id: int, *, who: str, note: str) -> TaskRow:
    """Close a task with what a person decided. Errors as for :func:`livingscan.store.retraction_queries.close_task`."""
    return rows.close_task(store, task_id, KINDS, who=who, note=note)


def list_retractions(store: Store, *, all_tasks: bool = False) -> list[TaskRow]:
    """The tasks that wait (or all), oldest first."""
    with store.read() as session:
        return rows.tasks(session, KINDS, open_only=not all_tasks)


def retraction_rows(found: Iterable[TaskRow]) -> list[dict[str, Any]]:
    """Tasks as a table for people."""
    return [
        {
            "task": one.id,
            "what": one.kind,
            "report": one.detail.get("report"),
            "title": one.detail.get("title", ""),
            "year": one.detail.get("year"),
            "notices": "; ".join(_notice_words(notice) for notice in one.detail.get("notices", [])),
            "also": ", ".join(one.detail.get("also", [])),
            "findings": len(one.detail.get("findings", [])),
            "cells": ", ".join(_cell_words(cell) for cell in one.detail.get("cells", [])),
            "opened": one.opened_at.strftime("%Y-%m-%d"),
            "closed": f"{one.closed_at:%Y-%m-%d} {one.closed_by}: {one.note}" if one.closed_at else "",
        }
        for one in found
    ]


def _notice_words(notice: Mapping[str, Any]) -> str:
    parts = [", ".join(notice.get("ids", [])) or "no notice named", f"said by {', '.join(notice.get('said_by', []))}"]
    parts += [part for part in (notice.get("date", ""), notice.get("reason", "")) if part]
    return " · ".join(parts)


def _cell_words(cell: Mapping[str, str]) -> str:
    return " / ".join(part or "not stated" for part in (cell["theme"], cell["phase"], cell["group"]))

"""Refresh the summary from what is in the store, and keep it where it says something new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from livingscan import clock
from livingscan.codebook import Codebook
from livingscan.progress import Progress, no_progress
from livingscan.protocol import Protocol
from livingscan.screening.decisions import Place, histories, place_of
from livingscan.store import Store
from livingscan.store import summary_queries as rows
from livingscan.store.invented import invented
from livingscan.store.release_queries import last_release
from livingscan.store.screening_queries import count_queue, decisions
from livingscan.store.summary_queries import ReportRow
from livingscan.summary.changes import changes_between
from livingscan.summary.matrix import Said, StudyFacts, count_tiers, group_of, headline_of, studies_naming, tier_of
from livingscan.summary.model import HypothesisLine, Summary, ThemeLine, summary_from_dict, summary_to_dict
from livingscan.summary.prisma import flow

TITLES = {
    "pubmed": "PubMed",
    "europepmc": "Europe PMC",
    "openalex": "OpenAlex",
    "crossref": "Crossref",
    "semanticscholar": "Semantic Scholar",
    "doaj": "DOAJ",
    "core": "CORE",
    "eric": "ERIC",
    "biorxiv": "medRxiv/bioRxiv",
    "scopus": "Scopus",
    "wos": "Web of Science",
    "lens": "Lens",
}


def study_facts(reports: Iterable[ReportRow], places: dict[int, Place]) -> list[StudyFacts]:
    """Reports joined into studies, as they are counted.

    Args:
        reports: those that may count.
        places: how far each has come.
    """
    studies: dict[int, list[ReportRow]] = {}
    for report in reports:
        studies.setdefault(report.study_id, []).append(report)
    found = []
    for study, members in sorted(studies.items()):
        findings = [finding for report in members for finding in report.findings if finding.stands]
        confirmed = [finding for finding in findings if finding.confirmed]
        undecided = [report for report in members if places[report.id].state == "undecided"]
        tier = tier_of(
            [places[report.id].state for report in members],
            likely=any(report.likely_eligible for report in undecided),
            passed=any(places[report.id].title_abstract == "include" for report in undecided),
            confirmed=bool(confirmed),
        )
        if tier is None:
            continue
        counted = confirmed if tier == "confirmed" else [finding for finding in findings if finding.origin == "machine"]
        # A person's word on the setting goes before the flags.
        group = group_of(finding.setting_group for finding in confirmed) or group_of(
            group for report in members for group in report.groups
        )
        said = tuple(Said(one.theme, one.phase, one.polarity, one.basis) for one in counted)
        found.append(StudyFacts(study, tier, group, said))
    return found


def _same(before: Summary, after: Summary) -> bool:
    """Whether two summaries say the same, whenever and by whichever run they were made."""
    return replace(before, at=after.at, run_id=after.run_id, changes=after.changes) == after


def refresh_summaries(
    store: Store,
    *,
    protocol: Protocol,
    codebook: Codebook,
    run_id: int | None = None,
    progress: Progress = no_progress,
) -> Summary:
    """Count anew, compare with the summary before, and keep the new one if it says anything new.

    Args:
        store: the review's database.
        protocol: the stage that includes, how many reviewers.
        codebook: themes, phases, groups, hypotheses.
        run_id: the run it belongs to.
        progress: told before each part.
    """
    with store.lock("refresh-summaries"):
        progress(0, 3, "reading studies")
        with store.read() as session:
            reports = rows.report_rows(session)
            verdicts = decisions(session)
            counts = rows.flow_counts(session)
            last = rows.last_snapshot(session)
            released = last_release(session)
            synthetic = invented(session)
        said = histories(verdicts)
        places = {
            report.id: place_of(
                report.id,
                said,
                included_after=protocol.included_after,
                reviewers=protocol.reviewers_per_report,
            )
            for report in reports
        }
        progress(1, 3, "counting")
        facts = study_facts(reports, places)
        tiers = count_tiers(facts)
        headline = headline_of(tiers)
        levels = {level.id: level.label for level in codebook.levels}
        summary = Summary(
            at=clock.now(),
            run_id=run_id,
            protocol_version=f"{protocol.version}+{protocol.rules_version}",
            codebook_version=f"{codebook.version}+{codebook.rules_version}",
            headline=headline,
            tiers=tiers,
            themes=tuple(
                ThemeLine(theme.id, theme.label, theme.level, levels[theme.level], theme.reference_count)
                for theme in codebook.themes
            ),
            phases={phase.id: phase.label for phase in codebook.phases},
            groups={group.id: group.label for group in codebook.groups},
            group_means={group.id: " ".join(group.definition.split()) for group in codebook.groups},
            hypotheses=tuple(
                HypothesisLine(
                    one.id,
                    one.wording,
                    one.themes,
                    *studies_naming(facts, headline, "nhs", one.themes),
                    *studies_naming(facts, headline, "elsewhere", one.themes),
                )
                for one in codebook.hypotheses
            ),
            prisma=flow(
                counts,
                places,
                {report.id: report.study_id for report in reports},
                previous=_included(released.data["prisma"]) if released else (0, 0),
                titles=TITLES,
            ),
            waiting=count_queue(store, reviewers=protocol.reviewers_per_report),
            likely=count_queue(store, reviewers=protocol.reviewers_per_report, likely=True),
            unresolved=sum(place.unresolved is not None for place in places.values()),
            synthetic=synthetic,
        )
        progress(2, 3, "comparing with the summary before")
        before = readable(last)
        summary = replace(summary, changes=changes_between(before, summary))
        if before is None or not _same(before, summary):
            with store.write() as session:
                rows.add_snapshot(
                    session,
                    summary_to_dict(summary),
                    run_id=run_id,
                    at=summary.at,
                    protocol_version=summary.protocol_version,
                    codebook_version=summary.codebook_version,
                )
        progress(3, 3, "summary refreshed")
    return summary


def _included(prisma: Mapping[str, int]) -> tuple[int, int]:
    """Studies and reports that a release had included."""
    return prisma["total_studies"], prisma["total_reports"]


def readable(data: dict[str, object] | None) -> Summary | None:
    """The summary before; None where there is none, or where an older version of this program wrote it otherwise."""
    if data is None:
        return None
    try:
        return summary_from_dict(data)
    except (KeyError, TypeError, ValueError):
        return None

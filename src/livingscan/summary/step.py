"""Refresh the summary from what is in the store, and keep it where it says something new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from livingscan import clock
from livingscan.codebook import Codebook
from livingscan.progress import Progress, no_progress
from livingscan.protocol import SOURCES, Protocol
from livingscan.store import Store
from livingscan.store import summary_queries as rows
from livingscan.store.invented import invented
from livingscan.store.release_queries import last_release
from livingscan.store.screening_queries import count_queue, decisions
from livingscan.summary.changes import changes_between
from livingscan.summary.matrix import count_tiers, headline_of, studies_naming
from livingscan.summary.model import HypothesisLine, Summary, ThemeLine, summary_from_dict, summary_to_dict
from livingscan.summary.prisma import flow
from livingscan.summary.studies import counted_studies, places_of


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
            reports, said = rows.report_rows(session), decisions(session)
            counts = rows.flow_counts(session)
            last = rows.last_snapshot(session)
            released = last_release(session)
            synthetic = invented(session)
        progress(1, 3, "counting")
        places = places_of(reports, said, protocol)
        facts = [study.facts for study in counted_studies(reports, places)]
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
                titles=SOURCES,
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

"""The studies that are counted: from reports, people's decisions and findings. Every number of a summary can be
traced through here to its studies and their words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livingscan.screening.decisions import Place, histories, place_of
from livingscan.store import Store
from livingscan.store import summary_queries as rows
from livingscan.store.coding_queries import FindingRow
from livingscan.store.screening_queries import DecisionRow, decisions
from livingscan.store.summary_queries import ReportRow
from livingscan.summary.matrix import Said, StudyFacts, group_of, tier_of
from livingscan.summary.model import Tier

if TYPE_CHECKING:
    from livingscan.protocol import Protocol


@dataclass(frozen=True, slots=True)
class CountedStudy:
    """A study that is in a tier.

    Attributes:
        study: its id. tier, group: where it is counted.
        reports: its reports, with all that was ever found in them.
        counted: the findings that count in this tier.
    """

    study: int
    tier: Tier
    group: str
    reports: tuple[ReportRow, ...]
    counted: tuple[FindingRow, ...]

    @property
    def facts(self) -> StudyFacts:
        """The study as far as it is counted."""
        said = tuple(Said(one.theme, one.phase, one.polarity, one.basis) for one in self.counted)
        return StudyFacts(self.study, self.tier, self.group, said)


def places_of(reports: Iterable[ReportRow], said: Iterable[DecisionRow], protocol: Protocol) -> dict[int, Place]:
    """How far each of the reports has come, by all that people said."""
    history = histories(said)
    return {
        report.id: place_of(
            report.id, history, included_after=protocol.included_after, reviewers=protocol.reviewers_per_report
        )
        for report in reports
    }


def counted_studies(reports: Iterable[ReportRow], places: Mapping[int, Place]) -> list[CountedStudy]:
    """Reports joined into studies, as they are counted; those that are in no tier are left out.

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
        found.append(CountedStudy(study, tier, group, tuple(members), tuple(counted)))
    return found


def read_counted(store: Store, protocol: Protocol) -> list[CountedStudy]:
    """The studies that a summary made now would count."""
    with store.read() as session:
        reports, said = rows.report_rows(session), decisions(session)
    return counted_studies(reports, places_of(reports, said, protocol))

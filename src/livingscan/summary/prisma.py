"""The flow of records by the keys of the PRISMA 2020 flow diagram tool (Haddaway et al. 2022, Campbell Syst Rev
18:e1230), and what each key means in plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from livingscan.screening.decisions import NO_FULL_TEXT, Place
from livingscan.store.summary_queries import FlowCounts

LABELS = {
    "previous_studies": "Studies in earlier releases",
    "previous_reports": "Reports in earlier releases",
    "database_results": "Records from databases",
    "database_specific_results": "of these, by database",
    "register_results": "Records from registers",
    "register_specific_results": "of these, by register",
    "website_results": "Records from websites",
    "organisation_results": "Records from organisations",
    "citations_results": "Records from citation searching",
    "duplicates": "Duplicate records (all but the first of each report)",
    "excluded_automatic": "Records excluded by machine (never)",
    "excluded_other": "Records removed for other reasons",
    "records_screened": "Reports screened on title and abstract",
    "records_excluded": "Reports excluded on title and abstract",
    "dbr_sought_reports": "Reports whose full text was sought",
    "dbr_notretrieved_reports": "Reports whose full text could not be had",
    "other_sought_reports": "Reports sought by other ways",
    "other_notretrieved_reports": "Reports by other ways that could not be had",
    "dbr_assessed": "Reports assessed in full text",
    "dbr_excluded": "Reports excluded in full text, by reason",
    "other_assessed": "Reports by other ways assessed",
    "other_excluded": "Reports by other ways excluded, by reason",
    "new_studies": "Studies included since the last release",
    "new_reports": "Reports of these studies",
    "total_studies": "Studies included, all in all",
    "total_reports": "Reports of all included studies",
}
# Not among the tool's keys: what stands between its boxes as long as a review is under way, so that they add up:
# screened = excluded + sought + unresolved; assessed = excluded + included + unresolved.
UNDER_WAY = {
    "records_unresolved": "Reports screened on title and abstract, not settled (unsure, or reviewers differ)",
    "dbr_awaiting": "Reports whose full text waits to be assessed",
    "dbr_unresolved": "Reports assessed in full text, not settled (unsure, or reviewers differ)",
}


def _listed(counts: Mapping[str, int]) -> str:
    """Counts by name as the tool writes them: "PubMed, 12; Scopus, 3"."""
    return "; ".join(f"{name}, {number}" for name, number in counts.items())


def flow(
    counts: FlowCounts,
    places: Mapping[int, Place],
    study_of: Mapping[int, int],
    *,
    previous: tuple[int, int] = (0, 0),
    titles: Mapping[str, str] | None = None,
) -> dict[str, int | str]:
    """The numbers of the flow diagram.

    Args:
        counts: records, reports and studies in the store.
        places: how far each report has come that a person has decided on.
        study_of: report id -> study id, for those reports.
        previous: studies and reports of the last release.
        titles: what people call the sources, by name.

    Returns:
        A value for every key of LABELS and UNDER_WAY, in that order. Records screened are counted as reports:
        duplicates are joined before screening.
    """
    names = titles or {}
    by_source: Counter[str] = Counter()
    for found in (counts.by_interface, counts.by_file):
        for name, number in found.items():
            by_source[names.get(name, name)] += number
    screened = [place for place in places.values() if place.title_abstract or place.full_text]
    excluded_early = [p for p in screened if p.title_abstract == "exclude" and not p.full_text]
    sought = [p for p in screened if p.title_abstract == "include" or p.full_text]
    not_had = [p for p in sought if p.full_text == "exclude" and p.reason == NO_FULL_TEXT]
    assessed = [p for p in sought if p.full_text and p not in not_had]
    excluded_late = Counter(p.reason or "no reason given" for p in assessed if p.full_text == "exclude")
    included = [report for report, place in places.items() if place.state == "included"]
    studies = len({study_of[report] for report in included})
    on_the_way = [p for p in sought if p.state == "undecided" and p.unresolved is None]
    values: dict[str, int | str] = {
        "previous_studies": previous[0],
        "previous_reports": previous[1],
        "database_results": sum(by_source.values()),
        "database_specific_results": _listed(dict(sorted(by_source.items()))),
        "duplicates": counts.linked - counts.reports,
        "records_screened": len(screened),
        "records_excluded": len(excluded_early),
        "dbr_sought_reports": len(sought),
        "dbr_notretrieved_reports": len(not_had),
        "dbr_assessed": len(assessed),
        "dbr_excluded": _listed(dict(sorted(excluded_late.items()))),
        "new_studies": studies - previous[0],
        "new_reports": len(included) - previous[1],
        "total_studies": studies,
        "total_reports": len(included),
        "records_unresolved": sum(p.unresolved == "title-abstract" for p in screened),
        "dbr_awaiting": len(on_the_way),
        "dbr_unresolved": sum(p.unresolved == "full-text" for p in screened),
    }
    words = ("register_specific_results", "other_excluded")
    return {key: values.get(key, "" if key in words else 0) for key in (*LABELS, *UNDER_WAY)}

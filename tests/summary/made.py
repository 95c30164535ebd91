"""A summary made by hand, for tests of what shows it."""

from __future__ import annotations

from datetime import UTC, datetime

from livingscan.summary.changes import changes_between
from livingscan.summary.matrix import Said, StudyFacts, count_tiers, headline_of
from livingscan.summary.model import HypothesisLine, Summary, ThemeLine
from livingscan.summary.prisma import LABELS

THEMES = (
    ThemeLine("time", "Lack of time", "organisational", "Organisation", 3),
    ThemeLine("nhs_culture", "NHS culture <&|*", "system", "System", 3),
)


def facts(
    number: int, tier: str = "confirmed", group: str = "nhs", *themes: str, basis: str = "abstract"
) -> StudyFacts:
    said = tuple(Said(theme, "delivery", "barrier", basis) for theme in themes)
    return StudyFacts(number, tier, group, said)  # type: ignore[arg-type]


def summary(*studies: StudyFacts, before: Summary | None = None, hour: int = 7, **fields: object) -> Summary:
    tiers = count_tiers(studies)
    made = Summary(
        at=datetime(2026, 1, 5, hour, tzinfo=UTC),
        run_id=1,
        protocol_version="1.0+abc",
        codebook_version="1.0+def",
        headline=headline_of(tiers),
        tiers=tiers,
        themes=THEMES,
        phases={"development": "Development", "delivery": "Delivery", "dissemination": "Dissemination"},
        groups={"nhs": "NHS", "rest_of_uk": "Rest of the UK", "elsewhere": "Elsewhere", "mixed": "UK and elsewhere"},
        hypotheses=(HypothesisLine("h", "The NHS is busier.", ("time",), 1, 2, 0, 12),),
        prisma=dict.fromkeys(LABELS, 0) | {"database_results": len(studies), "database_specific_results": "PubMed, 3"},
        waiting=4,
        likely=2,
    )
    made = Summary(**{**{name: getattr(made, name) for name in made.__slots__}, **fields})  # type: ignore[arg-type]
    changes = changes_between(before, made)
    return Summary(**{**{name: getattr(made, name) for name in made.__slots__}, "changes": changes})

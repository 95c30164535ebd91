"""What changed from one summary to the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from livingscan.summary.model import ANY, CellChange, Changes, Summary, TierCounts


def _over_all(summary: Summary) -> Counter[tuple[str, str]]:
    """Theme and group -> studies of whatever tier. Never shown: tiers are not added up for people."""
    found: Counter[tuple[str, str]] = Counter()
    for tier in summary.tiers:
        for cell in tier.cells:
            if cell.phase == ANY:
                found[cell.theme, cell.group] += cell.barrier
    return found


def _cells(before: TierCounts, after: TierCounts, unchanged: Callable[[str, str], bool]) -> list[CellChange]:
    old = {(c.theme, c.group): c for c in before.cells if c.phase == ANY}
    new = {(c.theme, c.group): c for c in after.cells if c.phase == ANY}
    found = []
    for theme, group in sorted(old.keys() | new.keys()):
        was, now = before.cell(theme, ANY, group), after.cell(theme, ANY, group)
        if was.barrier != now.barrier:
            counts = (was.barrier, was.of, now.barrier, now.of)
            found.append(CellChange(after.tier, theme, group, *counts, moved=unchanged(theme, group)))
    return found


def changes_between(before: Summary | None, after: Summary) -> Changes:
    """What is different in ``after``.

    Args:
        before: the summary that was shown last; None where there was none.
        after: the summary of now; its own ``changes`` are not looked at.

    Returns:
        Only what differs. A change of a denominator alone is told with the studies, not cell by cell.
    """
    if before is None:
        return Changes()
    old_tiers = {tier.tier: tier for tier in before.tiers}
    was_there, is_there = _over_all(before), _over_all(after)

    def unchanged(theme: str, group: str) -> bool:
        return was_there[theme, group] == is_there[theme, group]

    studies: dict[str, tuple[int, int]] = {}
    cells: list[CellChange] = []
    for tier in after.tiers:
        old = old_tiers.get(tier.tier) or TierCounts(tier.tier, 0, {}, {}, ())
        if old.studies != tier.studies:
            studies[tier.tier] = (old.studies, tier.studies)
        cells += _cells(old, tier, unchanged)
    flow: dict[str, tuple[int, int]] = {}
    for key, value in after.prisma.items():
        was = before.prisma.get(key, 0)
        if isinstance(value, int) and isinstance(was, int) and was != value:
            flow[key] = (was, value)
    notes = []
    if before.headline != after.headline:
        notes.append(f"the headline moved from {before.headline or 'no data'} to {after.headline or 'no data'}")
    for what, was_made_by, made_by in (
        ("protocol", before.protocol_version, after.protocol_version),
        ("codebook", before.codebook_version, after.codebook_version),
    ):
        if was_made_by != made_by:
            notes.append(f"the {what} is {made_by} now, it was {was_made_by}: counts are not comparable one to one")
    cells.sort(key=lambda cell: (-abs(cell.after - cell.before), cell.tier, cell.theme, cell.group))
    return Changes(before.at.isoformat(), studies, tuple(cells), flow, tuple(notes))

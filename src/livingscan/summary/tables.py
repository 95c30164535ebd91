"""The tables of the summary's page, in Markdown: by phase, by setting, the scan's claims, the tiers."""

from __future__ import annotations

import re

from livingscan.summary.chart import FEW
from livingscan.summary.model import ANY, NOT_STATED, Summary, TierCounts
from livingscan.summary.stats import wilson

TIER_TITLES = {
    "confirmed": "Confirmed by people",
    "suggested": "Suggested by machine, in included studies",
    "provisional": "Provisional: machine only, not yet screened to the end",
}
COMPARED = ("nhs", "elsewhere")
NO_BREAK = "\u00a0"
_ORDER = ("nhs", "rest_of_uk", "elsewhere", "mixed", NOT_STATED)  # a release's JSON sorts them by name
_MARKUP = re.compile(r"([\\`*_\[\]<>!#|~])")


def share(n: int, of: int) -> str:
    """ "12 of 45 (27%)"; no percentage of none or of a handful; a dash where there is no study to count."""
    if of == 0:
        return "–"
    words = f"{n:,} of {of:,} ({n / of:.0%})" if n and of >= FEW else f"{n:,} of {of:,}"
    return words.replace(" ", NO_BREAK)


def interval(n: int, of: int) -> str:
    """The 95% interval of a share in words, "24–41%"; "" where so few studies have none."""
    if of < FEW:
        return ""
    low, high = wilson(n, of)
    return f"{low:.0%}".removesuffix("%") + f"–{high:.0%}"


def in_prose(label: str) -> str:
    """A label as it stands in the middle of a sentence: "lack of time", but "NHS culture"."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def plain(text: str) -> str:
    """Text from outside (a database's name, a reason) that a page shows as it is, whatever signs it holds."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table of cells that are Markdown; the first column stands left, the others right."""
    line = ["---"] + ["--:"] * (len(head) - 1)
    return "\n".join(
        "| " + " | ".join(row) + " |" if row is not line else "|" + "|".join(row) + "|" for row in [head, line, *rows]
    )


def groups_of(summary: Summary, *tiers: TierCounts) -> dict[str, str]:
    """The groups of settings that have studies in any of the tiers, with what they are called."""
    named = {**summary.groups, NOT_STATED: "Setting not told"}
    ordered = sorted(named, key=lambda group: _ORDER.index(group) if group in _ORDER else len(_ORDER))
    return {group: named[group] for group in ordered if any(tier.by_group.get(group, 0) for tier in tiers)}


def _with_share(n: int, of: int) -> str:
    """A count under a heading that names its N."""
    return f"{n:,} ({n / of:.0%})" if n and of >= FEW else f"{n:,}"


def _with_interval(n: int, of: int) -> str:
    return f"{_with_share(n, of)} {interval(n, of)}".rstrip() if n else "0"


def _size(name: str, studies: int) -> str:
    return f"{plain(name)} (N={studies:,})"


def by_phase(summary: Summary, tier: TierCounts, group: str) -> str:
    """Theme by phase for one group: how many of its studies report the theme as a barrier in that phase."""
    phases = [*summary.phases, NOT_STATED]
    head = ["Barrier", _size("Any", tier.by_group.get(group, 0)), *summary.phases.values(), "Not told"]
    rows = []
    level = ""
    for theme in summary.themes:
        if theme.level_label != level:
            level = theme.level_label
            rows.append([f"**{plain(level)}**", *[""] * (len(head) - 1)])
        counts = [tier.cell(theme.id, phase, group).barrier for phase in phases]
        whole = tier.cell(theme.id, ANY, group)
        rows.append([plain(theme.label), _with_share(whole.barrier, whole.of), *(f"{n:,}" for n in counts)])
    return table(head, rows)


def by_setting(summary: Summary, tier: TierCounts) -> list[str]:
    """The groups side by side, in whatever phase: first the NHS and elsewhere with intervals; then the other groups,
    and what helps in all of them. Two tables, since the pages that show them never wrap a cell and cut what is wide.
    """
    every = groups_of(summary, tier)
    first = [group for group in COMPARED if group in every]
    others = [group for group in every if group not in first]

    def heads(groups: list[str]) -> list[str]:
        return [_size(every[group], tier.by_group[group]) for group in groups]

    compared, rest = [], []
    for theme in summary.themes:
        cells = {group: tier.cell(theme.id, ANY, group) for group in every}
        helps = _with_share(sum(cell.facilitator for cell in cells.values()), tier.studies)
        compared.append([plain(theme.label), *(_with_interval(cells[g].barrier, cells[g].of) for g in first)])
        rest.append([plain(theme.label), *(_with_share(cells[g].barrier, cells[g].of) for g in others), helps])
    tables = [table(["Barrier", *heads(first)], compared)] if first else []
    return [
        *tables,
        "Other settings; last, in how many studies of all settings it is told as a help:",
        table(["Barrier", *heads(others), _size("Help", tier.studies)], rest),
    ]


def claims(summary: Summary) -> str:
    """The scan's claims on the NHS as a list, with the barriers that are counted beside each."""
    labels = {theme.id: theme.label for theme in summary.themes}
    lines = []
    for one in summary.hypotheses:
        named = plain(" or ".join(in_prose(labels.get(theme, theme)) for theme in one.themes))
        counts = f"NHS, {share(one.nhs, one.nhs_of)}; elsewhere, {share(one.elsewhere, one.elsewhere_of)}"
        lines.append(f"- *{plain(one.wording)}* Studies that name as a barrier {named}: {counts}.")
    return "\n".join(lines)


def tiers(summary: Summary) -> str:
    """The three tiers, each with its studies by group, which add up to all of them."""
    groups = groups_of(summary, *summary.tiers)
    rows = [
        [
            tier.tier.capitalize() + (" (above)" if tier.tier == summary.headline else ""),
            f"{tier.studies:,}",
            *(f"{tier.by_group.get(group, 0):,}" for group in groups),
        ]
        for tier in summary.tiers
    ]
    return table(["Tier", "Studies", *map(plain, groups.values())], rows)

"""A summary as people read it: a page of Markdown with its chart, tables, JSON."""

from __future__ import annotations

import re
from typing import Any

from livingscan.store.invented import BANNER, INVENTED
from livingscan.summary.chart import FEW, bar_chart, data_uri, rows_of
from livingscan.summary.model import ANY, NOT_STATED, CellChange, Summary, TierCounts, summary_to_dict
from livingscan.summary.prisma import LABELS, UNDER_WAY

COMPARED = ("nhs", "elsewhere")
SHOWN_CHANGES = 12
NO_BREAK = "\u00a0"

TIER_TITLES = {
    "confirmed": "Confirmed by people",
    "suggested": "Suggested by machine, in included studies",
    "provisional": "Provisional: machine only, not yet screened to the end",
}
TIER_MEANS = {
    "confirmed": "Included studies, and only findings that a person has confirmed.",
    "suggested": "Studies that people have included; what they report is suggested by a machine and unchecked.",
    "provisional": (
        "Studies that nobody has screened to the end yet, flagged by a machine as likely eligible; what they report "
        "is suggested by a machine too. A first look at what may be there, not a result."
    ),
}


def _share(n: int, of: int) -> str:
    """ "12 of 45 (27%)"; no percentage of none or of a handful; a dash where there is no study to count."""
    if of == 0:
        return "–"
    words = f"{n} of {of} ({n / of:.0%})" if n and of >= FEW else f"{n} of {of}"
    return words.replace(" ", NO_BREAK)


def _plural(number: int, noun: str) -> str:
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1] + 'ies' if noun.endswith('y') else noun + 's'}"


_MARKUP = re.compile(r"([\\`*_\[\]<>!#|~])")


def _plain(text: str) -> str:
    """Text from outside (a database's name, a reason) that a page shows as it is, whatever signs it holds."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _table(head: list[str], rows: list[list[str]], right: int = 1) -> str:
    """A Markdown table of cells that are Markdown; the first ``right`` columns stand left, the others right."""
    line = ["---"] * right + ["--:"] * (len(head) - right)
    return "\n".join(
        "| " + " | ".join(row) + " |" if row is not line else "|" + "|".join(row) + "|" for row in [head, line, *rows]
    )


def chart_svg(summary: Summary) -> str:
    """The chart of the headline tier: NHS beside elsewhere. "" where there is nothing to show."""
    if not summary.headline:
        return ""
    tier = summary.tier(summary.headline)
    groups = tuple(group for group in COMPARED if tier.by_group.get(group, 0))
    if not groups:
        return ""
    rows = rows_of(summary, tier, groups)
    names = {
        group: f"{summary.groups[group]} ({_plural(tier.by_group[group], 'study')}"
        + (", too few to compare)" if tier.by_group[group] < FEW else ")")
        for group in groups
    }
    leading = "; ".join(f"{row.label}: " + ", ".join(f"{bar.n} of {bar.of}" for bar in row.bars) for row in rows)
    return bar_chart(
        rows,
        title="Barriers to improvement, by how often studies report them",
        subtitle=f"{TIER_TITLES[summary.headline]}. {summary.at.day} {summary.at:%B %Y}."
        + (f" {INVENTED}" if summary.synthetic else ""),
        names=names,
        description=f"Studies that report each barrier, {' then '.join(names.values())}. {leading}.",
    )


def _lead(summary: Summary) -> list[str]:
    if not summary.headline:
        return [
            "**There is nothing to count yet.** No study has been included, and no record that waits to be screened is "
            "flagged as likely eligible. That says nothing about barriers; it says that the review has only begun."
        ]
    tier = summary.tier(summary.headline)
    nhs = tier.by_group.get("nhs", 0)
    elsewhere = tier.by_group.get("elsewhere", 0)
    lines = [
        f"**{TIER_TITLES[summary.headline]}.** {TIER_MEANS[summary.headline]}",
        f"{_plural(tier.studies, 'study')}: {nhs:,} of the NHS, {elsewhere:,} from elsewhere, "
        f"{tier.studies - nhs - elsewhere:,} others. {_basis(tier)}",
    ]
    leading = _leading(summary, tier, "nhs")
    if leading:
        lines.append(leading)
    return lines


def _basis(tier: TierCounts) -> str:
    full, abstract = tier.bases.get("full-text", 0), tier.bases.get("abstract", 0)
    silent = tier.studies - full - abstract
    said = f"What is counted was read in titles and abstracts alone for {_plural(abstract, 'study')}"
    said += f", in full texts for {full:,}" if full else ""
    return f"{said}; {silent:,} report none of the themes there." if silent else f"{said}."


def _leading(summary: Summary, tier: TierCounts, group: str) -> str:
    """The three themes that most studies of a group report, in a sentence."""
    cells = [(tier.cell(theme.id, ANY, group), theme.label) for theme in summary.themes]
    top = sorted((pair for pair in cells if pair[0].barrier), key=lambda pair: -pair[0].barrier)[:3]
    if not top:
        return ""
    named = "; ".join(f"{label.lower().replace('nhs', 'NHS')}, {_share(cell.barrier, cell.of)}" for cell, label in top)
    return f"Most often reported in {summary.groups[group]} studies: {named}."


def _matrix(summary: Summary, tier: TierCounts, group: str) -> str:
    """Theme by phase for one group: how many of its studies report the theme as a barrier in that phase."""
    phases = [*summary.phases, NOT_STATED]
    head = ["Barrier", "Any phase", *summary.phases.values(), "Phase not told"]
    rows = []
    level = ""
    for theme in summary.themes:
        if theme.level_label != level:
            level = theme.level_label
            rows.append([f"**{_plain(level)}**", *[""] * (len(head) - 1)])
        counts = [tier.cell(theme.id, phase, group).barrier for phase in phases]
        whole = tier.cell(theme.id, ANY, group)
        rows.append([_plain(theme.label), _share(whole.barrier, whole.of), *(str(n) if n else "·" for n in counts)])
    return _table(head, rows)


def _compared(summary: Summary, tier: TierCounts) -> str:
    """Every group side by side, in whatever phase."""
    groups = [group for group in (*summary.groups, "") if tier.by_group.get(group, 0)]
    head = ["Barrier", *(summary.groups.get(group, "Setting not told") for group in groups), "As a help (all groups)"]
    rows = []
    for theme in summary.themes:
        cells = [tier.cell(theme.id, ANY, group) for group in groups]
        helps = sum(cell.facilitator for cell in cells)
        rows.append(
            [_plain(theme.label), *(_share(cell.barrier, cell.of) for cell in cells), str(helps) if helps else "·"]
        )
    return _table(head, rows)


def _hypotheses(summary: Summary) -> str:
    rows = [
        [_plain(one.wording), _share(one.nhs, one.nhs_of), _share(one.elsewhere, one.elsewhere_of)]
        for one in summary.hypotheses
    ]
    return _table(["The scan of 2015 held that", "NHS studies", "Studies from elsewhere"], rows)


def _other_tiers(summary: Summary) -> str:
    rows = [
        [
            TIER_TITLES[tier.tier] + (" (shown here)" if tier.tier == summary.headline else ""),
            f"{tier.studies:,}",
            f"{tier.by_group.get('nhs', 0):,}",
            f"{tier.by_group.get('elsewhere', 0):,}",
        ]
        for tier in summary.tiers
    ]
    return _table(["Tier", "Studies", "NHS", "Elsewhere"], rows)


def _change(summary: Summary, change: CellChange) -> str:
    label = next((theme.label for theme in summary.themes if theme.id == change.theme), change.theme)
    group = summary.groups.get(change.group, "setting not told")
    was, now = _share(change.before, change.before_of), _share(change.after, change.after_of)
    return f"{_plain(label)} ({_plain(group)}, {change.tier}): {now}; before, {was}"


def change_lines(summary: Summary) -> list[str]:
    """What changed since the summary (of a release: the release) before, as Markdown."""
    changes = summary.changes
    if not changes.since:
        return ["This is the first summary; there is none to compare it with."]
    when = f"{changes.since[:10]} {changes.since[11:16]} UTC"
    if not changes.any:
        return [f"Nothing has changed since {when}."]
    lines = [f"Since {when}:"]
    lines += [f"- {_plain(note)}" for note in changes.notes]
    lines += [f"- studies, {tier}: {after:,}; before, {before:,}" for tier, (before, after) in changes.studies.items()]
    names = LABELS | UNDER_WAY
    lines += [
        f"- {names.get(key, key)}: {after:,}; before, {before:,}" for key, (before, after) in changes.flow.items()
    ]
    lines += [f"- {_change(summary, cell)}" for cell in changes.cells[:SHOWN_CHANGES]]
    if len(changes.cells) > SHOWN_CHANGES:
        lines.append(f"- and {len(changes.cells) - SHOWN_CHANGES} other counts")
    return ["\n".join(lines)]


READING = """- How often a barrier is reported is not how important it is: much-studied is not weighty, and
  rarely asked about is not rare.
- A theme that a study does not mention is not thereby shown to be no barrier there.
- A study counts once in a cell, however often it says a thing. What hinders and what helps are counted apart.
- Titles and abstracts tell less than full texts; the two are never added up without saying so.
- The tiers are never mixed. Machines flag and suggest; people decide."""


def summary_markdown(summary: Summary) -> str:
    """The summary as a page, for a Prefect artifact or a file.

    Args:
        summary: from :func:`livingscan.summary.step.refresh_summaries`.

    Returns:
        Markdown with tables; the chart is in it as an SVG data address.
    """
    made = f"{summary.at:%d %B %Y, %H:%M} UTC".lstrip("0")
    parts = [
        "# What gets in the way of improvement in the NHS",
        f"*Living summary of {made}. Protocol {_version(summary.protocol_version)}, "
        f"codebook {_version(summary.codebook_version)}.*",
        *([BANNER] if summary.synthetic else []),
        *_lead(summary),
    ]
    svg = chart_svg(summary)
    if svg:
        parts.append(f"![Barriers by share of studies; the same numbers are in the tables below]({data_uri(svg)})")
    if summary.headline:
        tier = summary.tier(summary.headline)
        parts += ["## NHS, by phase", _nhs(summary, tier), "## NHS beside other settings", _compared(summary, tier)]
        parts += [
            "## May the NHS differ?",
            _hypotheses(summary),
            "Shares of studies that report at least one of the themes as a barrier. Small groups differ by chance; "
            f"under {FEW} studies no percentage is given.",
        ]
    parts += ["## What changed", *change_lines(summary)]
    parts += ["## Tiers", _other_tiers(summary)]
    waiting = f"{_plural(summary.waiting, 'report')} wait to be screened, {summary.likely:,} of them likely eligible."
    if summary.unresolved:
        waiting += f" {_plural(summary.unresolved, 'report')} to settle: reviewers are unsure or differ."
    parts += ["## The flow of records (PRISMA 2020)", waiting, _flow(summary)]
    parts += ["## How to read this", READING]
    return "\n\n".join(parts) + "\n"


def _nhs(summary: Summary, tier: TierCounts) -> str:
    if not tier.by_group.get("nhs", 0):
        return "No study of this tier took place in the NHS."
    return _matrix(summary, tier, "nhs")


def _version(text: str) -> str:
    return text.partition("+")[0]


def prisma_rows(summary: Summary) -> list[dict[str, Any]]:
    """The flow of records: one row a key of the PRISMA 2020 flow diagram tool, with what it means; last what is
    still under way."""
    names = LABELS | UNDER_WAY
    return [{"key": key, "n": summary.prisma.get(key, 0), "meaning": label} for key, label in names.items()]


def _flow(summary: Summary) -> str:
    rows = [
        [row["meaning"], f"{row['n']:,}" if isinstance(row["n"], int) else _plain(row["n"])]
        for row in prisma_rows(summary)
        if row["n"]
    ]
    return _table(["Step", "Number"], rows) if rows else "No record has been found yet."


def summary_table(summary: Summary) -> list[dict[str, Any]]:
    """The headline tier as rows: one a theme, phase and group that has studies; zeros are there too."""
    if not summary.headline:
        return []
    tier = summary.tier(summary.headline)
    rows = []
    for theme in summary.themes:
        for group in (*summary.groups, ""):
            if not tier.by_group.get(group, 0):
                continue
            for phase in (ANY, *summary.phases, NOT_STATED):
                cell = tier.cell(theme.id, phase, group)
                rows.append(
                    {
                        "tier": tier.tier,
                        "level": theme.level_label,
                        "theme": theme.label,
                        "group": summary.groups.get(group, "Setting not told"),
                        "phase": "Any" if phase == ANY else summary.phases.get(phase, "Not told"),
                        "barrier": cell.barrier,
                        "help": cell.facilitator,
                        "either": cell.neutral,
                        "of": cell.of,
                    }
                )
    return rows


def summary_json(summary: Summary) -> dict[str, Any]:
    """The summary as JSON values, cells with zeros left out; see :mod:`livingscan.summary.model`."""
    return summary_to_dict(summary)

"""A summary as people read it: a page of Markdown with its chart, tables, JSON."""

from __future__ import annotations

from typing import Any

from livingscan.numbers import count
from livingscan.store.invented import BANNER, INVENTED
from livingscan.summary.chart import FEW, bar_chart, data_uri, rows_of
from livingscan.summary.model import ANY, NOT_STATED, TIERS, CellChange, Summary, TierCounts, summary_to_dict
from livingscan.summary.prisma import LABELS, UNDER_WAY
from livingscan.summary.tables import (
    COMPARED,
    TIER_TITLES,
    by_phase,
    by_setting,
    claims,
    groups_of,
    in_prose,
    interval,
    plain,
    share,
    table,
    tiers,
)

SHOWN_CHANGES = 6
TIER_MEANS = {
    "confirmed": "Included studies, and only findings that a person has confirmed.",
    "suggested": "Studies that people have included; what they report is suggested by a machine and unchecked.",
    "provisional": (
        "Studies that nobody has screened to the end yet, flagged by a machine as likely eligible; what they report "
        "is suggested by a machine too. A first look at what may be there, not a result."
    ),
}


_RIGHT, _READ = 29, 40  # docs/decisions/0003: the one time that suggestions from real records were read by hand
MEASURED = (
    f"*The machine errs.* Of {_READ} suggestions from real records that one person read once, {_RIGHT} were right "
    f"({(200 * _RIGHT + _READ) // (2 * _READ)}%; 95% interval {interval(_RIGHT, _READ)}); what it misses was not "
    "measured on real records (docs/decisions/0003)."
)


def chart_svg(summary: Summary, tier_name: str = "") -> str:
    """The chart of a tier, by itself that of the headline: NHS beside elsewhere.

    "" where no group has studies enough for a share.
    """
    if not (name := tier_name or summary.headline):
        return ""
    tier = summary.tier(name)
    groups = tuple(group for group in COMPARED if tier.by_group.get(group, 0))
    if all(tier.by_group[group] < FEW for group in groups):
        return ""
    rows = rows_of(summary, tier, groups)
    names = {
        group: f"{summary.groups[group]} ({count(tier.by_group[group], 'study')}"
        + (", too few for shares)" if tier.by_group[group] < FEW else ")")
        for group in groups
    }
    leading = "; ".join(f"{row.label}: " + ", ".join(f"{bar.n} of {bar.of}" for bar in row.bars) for row in rows)
    return bar_chart(
        rows,
        title="Barriers to improvement, by how often studies report them",
        subtitle=f"{TIER_TITLES[name]}. {summary.at.day} {summary.at:%B %Y}."
        + (f" {INVENTED}" if summary.synthetic else ""),
        names=names,
        description=f"Studies that report each barrier, {' then '.join(names.values())}. {leading}.",
    )


def in_queue(reports: int, likely: int) -> str:
    """What waits to be screened: the same words of the same number wherever it is told."""
    verb = "waits" if reports == 1 else "wait"
    return f"{count(reports, 'report')} {verb} to be screened, {likely:,} of them likely eligible"


def _lead(summary: Summary) -> list[str]:
    if not summary.headline:
        if not summary.prisma["database_results"]:
            return [
                "**There is nothing to count yet.** No record has come in: nothing was searched, or nothing was found."
            ]
        return [
            "**There is nothing to count yet.** No study has been included, and no record that waits to be screened is "
            "flagged as likely eligible. That says nothing about barriers; it says that the review has only begun."
        ]
    tier = summary.tier(summary.headline)
    below = [f"{count(one.studies, 'study')} ({one.tier})" for one in lower_tiers(summary)]
    return [
        f"**{TIER_TITLES[summary.headline]}.** {TIER_MEANS[summary.headline]}"
        + (f" Counted apart, further down: {'; '.join(below)}." if below else ""),
        *([] if tier.tier == "confirmed" else [MEASURED]),
        f"**{count(tier.studies, 'study')}:** {_by_group(summary, tier)}. {_basis(tier)}",
        *filter(None, [_leading(summary, tier, "nhs")]),
    ]


def lower_tiers(summary: Summary) -> list[TierCounts]:
    """The tiers below the headline's that have studies."""
    rank: dict[str, int] = {tier: at for at, tier in enumerate(TIERS)}
    return [tier for tier in summary.tiers if tier.studies and rank[tier.tier] > rank[summary.headline]]


def _by_group(summary: Summary, tier: TierCounts) -> str:
    """A tier's studies by group of settings; they add up to all of them."""
    return ", ".join(f"{tier.by_group[group]:,} {in_prose(name)}" for group, name in groups_of(summary, tier).items())


def _basis(tier: TierCounts) -> str:
    """What was read of a tier's studies, and how many of them are silent."""
    full, abstract = tier.bases.get("full-text", 0), tier.bases.get("abstract", 0)
    silent = tier.studies - full - abstract
    said = "What is counted was read in titles and abstracts alone"
    if full:
        said += f" for {count(abstract, 'study')}, in full texts for {full:,}"
    return f"{said}; the counts of studies include {silent:,} without a theme there." if silent else f"{said}."


def _leading(summary: Summary, tier: TierCounts, group: str) -> str:
    """The three themes that most studies of a group report, in a sentence; of a handful of studies none is foremost."""
    if tier.by_group.get(group, 0) < FEW:
        return ""
    cells = [(tier.cell(theme.id, ANY, group), theme.label) for theme in summary.themes]
    top = sorted((pair for pair in cells if pair[0].barrier), key=lambda pair: -pair[0].barrier)[:3]
    if not top:
        return ""
    named = "; ".join(f"{in_prose(label)}, {share(cell.barrier, cell.of)}" for cell, label in top)
    return f"Most often reported in {summary.groups[group]} studies: {named}."


def _change(summary: Summary, change: CellChange) -> str:
    label = next((theme.label for theme in summary.themes if theme.id == change.theme), change.theme)
    group = summary.groups.get(change.group, "setting not told")
    was, now = share(change.before, change.before_of), share(change.after, change.after_of)
    return f"{plain(label)} ({plain(group)}, {change.tier}): {now}; before, {was}"


def change_lines(summary: Summary) -> list[str]:
    """What changed since the summary (of a release: the release) before, as Markdown."""
    changes = summary.changes
    if not changes.since:
        return ["This is the first summary; there is none to compare it with."]
    when = f"{changes.since[:10]} {changes.since[11:16]} UTC"
    if not changes.any:
        return [f"Nothing has changed since {when}."]
    lines = [f"Since {when}:"]
    lines += [f"- {plain(note)}" for note in changes.notes]
    lines += [f"- studies, {tier}: {after:,}; before, {before:,}" for tier, (before, after) in changes.studies.items()]
    names = LABELS | UNDER_WAY
    lines += [
        f"- {names[key]}: {changes.flow[key][1]:,}; before, {changes.flow[key][0]:,}"
        for key in names
        if key in changes.flow
    ]
    told = [cell for cell in changes.cells if not cell.moved]
    named = [cell for cell in told if max(cell.before_of, cell.after_of) >= FEW][:SHOWN_CHANGES]
    lines += [f"- {_change(summary, cell)}" for cell in named]
    if more := [cell for cell in told if cell not in named]:
        most = max(abs(cell.after - cell.before) for cell in more)
        lines.append(f"- and {count(len(more), 'other change')}, of at most {count(most, 'study')} each")
    if moved := len(changes.cells) - len(told):
        lines.append(
            f"- {count(moved, 'count')} of barriers differ only since their studies moved from one tier to another"
        )
    return ["\n".join(lines)]


READING = """- How often a barrier is reported is not how important it is: much-studied is not weighty.
- A theme that a study does not mention is not thereby shown to be no barrier there.
- A study counts once in a cell, however often it says a thing. What hinders and what helps are counted apart.
- Titles and abstracts tell less than full texts; the two are never added up without saying so.
- The tiers are never mixed. Machines flag and suggest; people decide."""


CLAIMS = (
    "The scan of 2015 held that the NHS may differ from other countries in these ways. **Nothing here tests that.** "
    "Beside each claim stands how many studies name at least one barrier that bears on it; settings differ as well in "
    "what is studied and published, and small groups differ by chance."
)


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
    if svg := chart_svg(summary):
        parts.append(_picture(svg))
    elif summary.headline:
        parts.append(f"*There is no chart: no group has {FEW} studies yet, and fewer have no shares.*")
    if summary.headline:
        tier = summary.tier(summary.headline)
        parts += ["## NHS, by phase", *_nhs(summary, tier)]
        parts += ["## NHS beside other settings", *by_setting(summary, tier), *_settings(summary, tier)]
        parts += ["## The scan's claims about the NHS", CLAIMS, claims(summary)]
    parts += ["## What changed", *change_lines(summary), "## Tiers", tiers(summary)]
    for lower in lower_tiers(summary):
        parts += [f"### {TIER_TITLES[lower.tier]}", f"{TIER_MEANS[lower.tier]} {_basis(lower)}"]
        parts += [*map(_picture, filter(None, [chart_svg(summary, lower.tier)])), *by_setting(summary, lower)]
    waiting = f"{in_queue(summary.waiting, summary.likely)}."
    if summary.unresolved:
        waiting += f" {count(summary.unresolved, 'report')} to settle: reviewers are unsure or differ."
    waiting += " Tiers count studies: one study may have several reports."
    parts += ["## The flow of records (PRISMA 2020)", waiting, _flow(summary)]
    parts += ["## How to read this", READING]
    return "\n\n".join(parts) + "\n"


def _nhs(summary: Summary, tier: TierCounts) -> list[str]:
    if not tier.by_group.get("nhs", 0):
        return ["No study of this tier took place in the NHS."]
    return [
        by_phase(summary, tier, "nhs"),
        "Every column counts studies out of the same N. A study that names a barrier in two phases counts in both "
        "of these columns and once under *any*: the phases may add up to more.",
    ]


def _settings(summary: Summary, tier: TierCounts) -> list[str]:
    """How to read the tables by setting, and what the groups mean where that is not plain."""
    meanings = [
        f"*{plain(name)}*: {plain(summary.group_means[group])}"
        for group, name in groups_of(summary, tier).items()
        if group not in COMPARED and group in summary.group_means
    ]
    how = f"Number of studies and share; for NHS and elsewhere its 95% interval. Under {FEW} studies the number alone."
    return [" ".join([how, *meanings])]


def _picture(svg: str) -> str:
    return f"![Barriers by share of studies; the same numbers are in the tables below]({data_uri(svg)})"


def _version(text: str) -> str:
    return text.partition("+")[0]


def prisma_rows(summary: Summary) -> list[dict[str, Any]]:
    """The flow of records: one row a key of the PRISMA 2020 flow diagram tool, with what it means; last what is
    still under way."""
    names = LABELS | UNDER_WAY
    return [{"key": key, "n": summary.prisma.get(key, 0), "meaning": label} for key, label in names.items()]


def _flow(summary: Summary) -> str:
    rows = [
        [row["meaning"], f"{row['n']:,}" if isinstance(row["n"], int) else plain(row["n"])]
        for row in prisma_rows(summary)
        if row["n"]
    ]
    return table(["Step", "Number"], rows) if rows else "No record has been found yet."


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

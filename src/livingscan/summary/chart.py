"""The barrier chart as an SVG of its own: no script, no outside font, readable in light and dark, by ear and by eye."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from livingscan.summary.model import ANY, Summary, TierCounts
from livingscan.summary.stats import wilson

NHS, ELSEWHERE, INK, FAINT, PAPER = "#005a8c", "#b8860b", "#1f2933", "#d5dbe1", "#ffffff"
COLOURS = {"nhs": NHS, "elsewhere": ELSEWHERE}
FEW = 10  # a share of fewer studies says nothing: their number alone, without bar, interval or percentage
_WIDTH, _LEFT, _RIGHT = 860, 235, 165
_ROW, _BAR, _TOP, _BOTTOM = 36, 11, 76, 46
_FONT = "font-family=\"system-ui, -apple-system, 'Segoe UI', Arial, sans-serif\""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: of ``of`` studies of a group, ``n`` report the theme as a barrier."""

    group: str
    n: int
    of: int


@dataclass(frozen=True, slots=True)
class Row:
    """A theme and its bars."""

    label: str
    bars: tuple[Bar, ...]


def rows_of(summary: Summary, tier: TierCounts, groups: tuple[str, ...]) -> tuple[Row, ...]:
    """The themes, the most often reported first by the first group that has studies; ties by the codebook's order."""
    first = next((group for group in groups if tier.by_group.get(group, 0)), groups[0])

    def share(theme: str) -> float:
        cell = tier.cell(theme, ANY, first)
        return cell.barrier / cell.of if cell.of else 0.0

    ordered = sorted(summary.themes, key=lambda theme: -share(theme.id))
    return tuple(
        Row(
            theme.label,
            tuple(
                Bar(group, (cell := tier.cell(theme.id, ANY, group)).barrier, cell.of)
                for group in groups
                if tier.by_group.get(group, 0)
            ),
        )
        for theme in ordered
    )


def _scale(rows: tuple[Row, ...]) -> int:
    """The right end of the axis in percent: the next 20 above the furthest interval; small shares can still be told."""
    ends = [wilson(bar.n, bar.of)[1] for row in rows for bar in row.bars if bar.of >= FEW]
    return min(100, max(20, -(-int(max(ends, default=0.0) * 100 + 1) // 20) * 20))


def bar_chart(rows: tuple[Row, ...], *, title: str, subtitle: str, names: dict[str, str], description: str) -> str:
    """The chart.

    Args:
        rows: themes in order, each with one or two bars.
        title, subtitle: above it. names: of the groups, for the legend. description: for those who listen.

    Returns:
        An SVG document. Whiskers are Wilson 95% intervals.
    """
    colours = {group: COLOURS.get(group, NHS) for group in names}
    height = _TOP + _ROW * len(rows) + _BOTTOM
    plot = _WIDTH - _LEFT - _RIGHT
    top = _scale(rows)

    def x(share: float) -> float:
        return round(_LEFT + plot * min(share * 100, top) / top, 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="t d" viewBox="0 0 {_WIDTH} {height}"'
        f' width="{_WIDTH}" height="{height}" {_FONT}>',
        f'<title id="t">{escape(title)}</title><desc id="d">{escape(description)}</desc>',
        f'<rect width="{_WIDTH}" height="{height}" rx="6" fill="{PAPER}"/>',
        f'<text x="18" y="27" font-size="17" font-weight="600" fill="{INK}">{escape(title)}</text>',
        f'<text x="18" y="46" font-size="12.5" fill="{INK}">{escape(subtitle)}</text>',
        *_legend(names, colours),
        *_axis(top, plot, height),
    ]
    for number, row in enumerate(rows):
        middle = _TOP + _ROW * number + _ROW / 2
        parts.append(
            f'<text x="{_LEFT - 12}" y="{middle + 4.5}" font-size="13.5" text-anchor="end" fill="{INK}">'
            f"{escape(row.label)}</text>"
        )
        begin = middle - (_BAR + 2) * len(row.bars) / 2
        for place, bar in enumerate(row.bars):
            parts += _bar(bar, begin + place * (_BAR + 2) + 1, colours[bar.group], x)
    parts.append("</svg>")
    return "\n".join(parts)


def _legend(names: dict[str, str], colours: dict[str, str]) -> list[str]:
    parts = []
    at = _LEFT
    for group, name in names.items():
        parts.append(f'<rect x="{at}" y="56" width="11" height="11" rx="2" fill="{colours[group]}"/>')
        parts.append(f'<text x="{at + 16}" y="66" font-size="12.5" fill="{INK}">{escape(name)}</text>')
        at += 34 + 7 * len(name)
    return parts


def _axis(top: int, plot: int, height: int) -> list[str]:
    parts = []
    foot = height - _BOTTOM + 4
    for percent in range(0, top + 1, 10 if top <= 40 else 20):
        at = round(_LEFT + plot * percent / top, 1)
        parts.append(f'<line x1="{at}" y1="{_TOP}" x2="{at}" y2="{foot}" stroke="{FAINT}" stroke-width="1"/>')
        parts.append(
            f'<text x="{at}" y="{foot + 15}" font-size="11.5" text-anchor="middle" fill="{INK}">{percent}%</text>'
        )
    parts.append(
        f'<text x="18" y="{height - 10}" font-size="11.5" fill="{INK}">'
        "Share of studies that report it as a barrier; lines are 95% intervals. "
        "Often reported does not mean important.</text>"
    )
    return parts


def _bar(bar: Bar, y: float, colour: str, x: Callable[[float], float]) -> list[str]:
    few = bar.of < FEW
    told = "" if few or not bar.n else f" ({bar.n / bar.of:.0%})"
    number = (
        f'<text x="{_WIDTH - _RIGHT + 14}" y="{round(y + _BAR - 1.5, 1)}" font-size="11.5" fill="{INK}">'
        f"{bar.n} of {bar.of}{told}</text>"
    )
    if few:
        return [number]
    width = max(0.0, round(x(bar.n / bar.of) - _LEFT, 1))
    low, high = wilson(bar.n, bar.of)
    middle = round(y + _BAR / 2, 1)
    return [
        f'<rect x="{_LEFT}" y="{round(y, 1)}" width="{width}" height="{_BAR}" rx="1.5" fill="{colour}"/>',
        number,
        f'<line x1="{x(low)}" y1="{middle}" x2="{x(high)}" y2="{middle}" stroke="{INK}" stroke-width="1.2"/>',
    ]


def data_uri(svg: str) -> str:
    """The chart as an address that a page can show by itself."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode("ascii")

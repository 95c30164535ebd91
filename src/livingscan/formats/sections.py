"""Abstracts: wrapped lines joined, labelled sections put on lines of their own."""

from __future__ import annotations

import itertools
import re

from livingscan.formats.text import plain

_LABEL_WORDS = (
    r"backgrounds?|introduction|context|rationale|aims?|objectives?|purposes?|goals?|problem|importance|motivation"
    r"|questions?|research question|hypothesis|scope|materials?|methods?|methodology|approach|design|setting|settings"
    r"|participants?|patients?|subjects?|population|samples?|data sources?|sources of data|search methods"
    r"|data collection|data extraction|data collection and analysis|selection criteria|study selection"
    r"|eligibility criteria|interventions?|measures?|measurements?|exposures?|outcomes?|main outcomes?"
    r"|main outcome measures?|analysis|results?|findings|main results|principal findings|evaluation|observations?"
    r"|discussion|limitations?|conclusions?|authors'? conclusions?|interpretation|implications"
    r"|implications for practice|recommendations?|practice implications|clinical relevance"
    r"|relevance|significance|impact|originality(?:/value)?"
    r"|funding|trial registration|registration|ethics|ethics and dissemination|summary|study design|procedures?"
    r"|lessons learned|case reports?|strategy for change|key points?|what is known|contribution|research limitations"
)
_KNOWN = rf"(?:{_LABEL_WORDS})(?:\(s\))?"
_LABEL = re.compile(
    r"(?:(?<=[.!?)\]”\"’;])\s+|^)"
    rf"((?:{_KNOWN}(?:\s*(?:/|,|&|and)\s*(?:and\s+)?{_KNOWN}){{0,3}})(?=\s*:\s)"
    r"|[A-Z][A-Z][A-Z /&,'’()-]{1,58}[A-Z)](?=:\s))",
    re.I,
)
_END = re.compile(r"[.!?:;)\]\"”’]\s*$")
_WIDEST = 130  # of a line that was wrapped by a program
_NARROWEST = 50


def abstract_text(text: str) -> str:
    """An abstract as plain text with one labelled section a line.

    Args:
        text: as the file has it: with markup, wrapped at some column, or all sections in one run.
    """
    whole = unwrap(plain(text))
    return "\n".join(part for row in whole.split("\n") for part in _sections(row))


def unwrap(text: str) -> str:
    """Lines that a program broke at its right margin, joined again; lines that a person ended, kept.

    Wrapped is a text none of whose lines could have taken the next line's first word too, and some of
    whose lines end in mid-sentence.
    """
    rows = [row.strip() for row in text.split("\n") if row.strip()]
    if len(rows) < 2:
        return "\n".join(rows)
    width = max(len(row) for row in rows)
    broken = any(not _END.search(row) for row in rows[:-1])
    if not broken or width > _WIDEST or width < _NARROWEST:
        return "\n".join(rows)
    full = all(len(row) + 1 + len(after.split(" ", 1)[0]) > width - 2 for row, after in itertools.pairwise(rows))
    return " ".join(rows) if full else "\n".join(_join_broken(rows))


def _join_broken(rows: list[str]) -> list[str]:
    """Lines joined where one ends in mid-sentence and the next goes on in lower case."""
    joined = [rows[0]]
    for row in rows[1:]:
        if row[0].islower() and not _END.search(joined[-1]):
            joined[-1] += " " + row
        else:
            joined.append(row)
    return joined


def _sections(row: str) -> list[str]:
    """One run of text cut before its section labels, if it has two or more of them."""
    starts = [found.start(1) for found in _LABEL.finditer(row) if _is_label(found.group(1))]
    if len(starts) < 2:
        return [row]
    if starts[0] != 0:
        starts.insert(0, 0)
    parts = [row[start:end].strip() for start, end in zip(starts, [*starts[1:], len(row)], strict=True)]
    return [part for part in parts if part]


def _is_label(text: str) -> bool:
    """A label starts with a capital; one that isn't a known word is all capitals."""
    return text[0].isupper() and (
        text.isupper() or bool(re.fullmatch(_KNOWN + r"(?:\W+(?:and\W+)?" + _KNOWN + ")*", text, re.I))
    )

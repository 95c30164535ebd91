"""Sentences of an abstract, with where they stand and under which heading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Points after these do not end a sentence.
_ABBREVIATED = """
e.g i.e eg ie et al vs cf viz ca approx dr mr mrs ms prof st fig figs no nos vol pp p ref refs eq sect inc ltd dept
univ u.k u.s u.s.a n.b a.m p.m resp incl excl est govt min max
"""
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())
_WORD = 60  # characters: no abbreviation is longer
_END = re.compile(r"[.!?]+[\"'\u2019\u201d)\]]*(?=\s+[\"'\u2018\u201c(\[]*[A-Z0-9\u00c0-\u00de])")
# A heading in capitals at the beginning of a line, as MEDLINE prints it, or one of the usual ones anywhere
# a sentence may begin, as other sources print it ("Methods: ...").
_CAPITALS = re.compile(r"([A-Z][A-Z0-9 &/,'()\u2019-]{2,60}):\s+")
_USUAL = re.compile(
    r"((?:Background|Introduction|Context|Rationale|Purpose|Importance|Aims?|Objectives?|Goals?|Hypothesis|Question|Problem"
    r"|Materials?|Methods?|Methodology|Design|Study design|Setting|Participants|Patients|Subjects|Sample|Data sources?"
    r"|Data collection|Data analysis|Measures?|Measurements|Main outcome measures?|Interventions?|Analysis"
    r"|Approach|Procedures?"
    r"|Results?|Findings?|Main findings?|Observations?|Outcomes?"
    r"|Discussion|Conclusions?|Interpretation|Implications?|Limitations?|Lessons learn(?:ed|t)|Recommendations?"
    r"|Practice implications|Clinical implications|Funding|Trial registration|Ethics and dissemination)"
    r"(?:(?: and |/|, | & )[A-Za-z ]{3,30})?):\s+",
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """``text[start:end]`` of an abstract, under the heading ``section`` (lower case; "" where there is none)."""

    start: int
    end: int
    section: str


def _ends(text: str, start: int, end: int) -> Iterator[int]:
    """Where sentences end between two places of one line."""
    for found in _END.finditer(text, start, end):
        before = re.search(r"[^\s(\[\"]+$", text[max(start, found.start() - _WORD) : found.start()])
        word = before.group().lower() if before else ""
        if found.group()[0] == "." and (word in _ABBREVIATIONS or re.fullmatch(r"(?:[a-z]\.)*[a-z]", word)):
            continue
        yield found.end()


def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of an abstract in order.

    Args:
        text: plain text; a labelled abstract has one section a line, "LABEL: text".

    Returns:
        Sentences without the headings; blanks at either end are left out, nothing else is.
    """
    found: list[Sentence] = []
    section = ""
    at = 0
    for line in text.splitlines(keepends=True):
        begin, line_end = at, at + len(line)
        at = line_end
        starts_line = True
        for stop in (*_ends(text, begin, line_end), line_end):
            while begin < stop and text[begin].isspace():
                begin += 1
            label = _USUAL.match(text, begin, stop) or (_CAPITALS.match(text, begin, stop) if starts_line else None)
            if label:
                section = " ".join(label[1].lower().split())
                begin = label.end()
            starts_line = False
            last = stop
            while last > begin and text[last - 1].isspace():
                last -= 1
            if last > begin:
                found.append(Sentence(begin, last, section))
            begin = stop
    return tuple(found)

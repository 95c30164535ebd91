"""Two records side by side: what agrees, what contradicts, what cannot be told.

Pairs are compared in columns: each feature is one array over all pairs, computed by numpy and by
RapidFuzz's C scorers where it can be. A value depends on its own pair alone, never on which other
pairs are compared with it, so that any split of the work gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from livingscan.dedupe.columns import LANGUAGES, STAGES, Columns, Numbers, Texts
from livingscan.dedupe.fields import (
    author_share,
    authors_between,
    first_author_likeness,
    linked,
    numbers_agree,
    turns,
    word_counts,
)
from livingscan.dedupe.journals import journal_likeness
from livingscan.dedupe.pairs import distinct
from livingscan.dedupe.text import fold, words

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

ABSTRACT_COMPARED = 400  # letters and digits of it
ABSTRACT_LEAST = 80
EARLY = 20  # pages
MONOGRAPH = STAGES.index("book")  # and what follows it
ENGLISH = LANGUAGES.index("en")
TRANSLATED = LANGUAGES.index("translated")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was seen of each pair; one entry a pair in each array. 0..1 unless told; -1: cannot be told.

    Attributes:
        title: likeness of the titles; 1 where they, or one's translation, are the same but for typing.
        title_inside: 1 where one title is the beginning or end of the other, or all its words are in it.
        title_swapped: telling words that each of the two has and the other has not: the lesser count.
        title_extra: the greater count less the lesser.
        title_turned: 1 where one title alone has a word that turns it into another report's ("protocol"), else 0.
        title_weight: how telling the less telling title is, 0 ("Editorial") to 1 (eight words and more).
        other_language: 1 where the titles are unlike, telling, and in different languages or one a translation;
            else 0.
        numbers: 1 the same numbers in both titles, 0.5 one has more, 0 each has one the other lacks.
        kind: 1 the same kind of piece (paper, erratum, reply ...), 0 different, 0.5 an erratum printed with
            its paper: in the same issue, on the page that follows it, under the same abstract.
        stage: 1 the same stage (preprint, conference, journal), 0 preprint and other, 0.5 conference and other,
            0.75 conference and a record without any place, which may be of the abstract or of its paper.
        monograph: 1 where one is a book or thesis and the other, which is neither, has pages; else 0.
        link: 1 one names the other as its version, 0 as what it corrects, retracts or comments on; else -1.
        authors: share of the shorter author list found in the other.
        first_author: likeness of the first authors' family names, less where initials differ.
        counts: shorter author list's length over the longer's.
        people: authors in the shorter list.
        between: 1 where the longer author list has all of the shorter and others between them, else 0.
        year: difference in years.
        journal: likeness of the journals' names.
        volume, issue, start, end: 1 the same, 0 different. The end cannot be told where one record gives
            the first page alone.
        early: 1 where both begin on the first pages, where each issue of many a journal has an editorial, and
            only one tells its issue; else 0.
        pages_apart: 1 where the page ranges do not overlap.
        same_length: 1 where both run over the same number of pages, four or more.
        doi, pmid, pmcid: 1 the same, 0 different.
        abstract: likeness of the abstracts' beginnings; not looked at where neither title, first page nor
            identifier agrees.
    """

    title: Floats
    title_inside: Floats
    title_swapped: Floats
    title_extra: Floats
    title_turned: Floats
    title_weight: Floats
    other_language: Floats
    numbers: Floats
    kind: Floats
    stage: Floats
    monograph: Floats
    link: Floats
    authors: Floats
    first_author: Floats
    counts: Floats
    people: Floats
    between: Floats
    year: Floats
    journal: Floats
    volume: Floats
    issue: Floats
    start: Floats
    end: Floats
    early: Floats
    pages_apart: Floats
    same_length: Floats
    doi: Floats
    pmid: Floats
    pmcid: Floats
    abstract: Floats

    def __len__(self) -> int:
        return len(self.title)


def _same_text(left: Texts, right: Texts) -> Floats:
    known = (left != "") & (right != "")
    return np.where(known, (left == right) * 1.0, -1.0)


def _same_number(left: Numbers, right: Numbers) -> Floats:
    known = (left != 0) & (right != 0)
    return np.where(known, (left == right) * 1.0, -1.0)


def _titles(c: Columns, left: Rows, right: Rows, workers: int) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """(likeness, inside, swapped, extra, turned) of the titles; all but the first only where the titles differ."""
    a, b = c.title[left], c.title[right]
    likeness = np.where((a == "") | (b == ""), -1.0, (a == b) * 1.0)
    inside, swapped, extra, turned = (np.zeros(len(a)) for _ in range(4))
    others_a, others_b = c.other_titles[left], c.other_titles[right]
    rows = np.flatnonzero(likeness == 0)
    ratios = cpdist(list(a[rows]), list(b[rows]), scorer=fuzz.ratio, dtype=np.float64, workers=workers) / 100
    for row, ratio in zip(rows, ratios, strict=True):
        x, y = a[row], b[row]
        joined_x, joined_y = x.replace(" ", ""), y.replace(" ", "")
        forms = {joined_x, *others_a[row].split("\n")} & {joined_y, *others_b[row].split("\n")} - {""}
        if joined_x == joined_y or forms:
            likeness[row] = 1.0
            continue
        likeness[row] = min(ratio, 0.994)  # 1 means the same
        swapped[row], extra[row] = word_counts(x, y)
        turned[row] = float(turns(x, y))
        short, long = (joined_x, joined_y) if len(joined_x) <= len(joined_y) else (joined_y, joined_x)
        inside[row] = float(long.startswith(short) or long.endswith(short) or swapped[row] == 0)
    return likeness, inside, swapped, extra, turned


def _journals(left: Texts, right: Texts) -> Floats:
    likeness = np.where((left == "") | (right == ""), -1.0, (left == right) * 1.0)
    for row in np.flatnonzero(likeness == 0):
        x, y = sorted((left[row], right[row]))
        likeness[row] = journal_likeness(tuple(x.split()), tuple(y.split()))
    return likeness


def _authors(
    c: Columns, left: Rows, right: Rows, again: NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """(share of the shorter list, likeness of the first, shorter length over longer, that length, others between)."""
    a, b = c.authors[left], c.authors[right]
    first_a, first_b = c.first_author[left], c.first_author[right]
    known = (a != "") & (b != "")
    share = np.where(known, (a == b) * 1.0, -1.0)
    counts = share.copy()
    between = np.zeros(len(share))
    first = np.where(known, (first_a == first_b) * 1.0, -1.0)
    for row in np.flatnonzero(share == 0):
        names = c.names[left[row]], c.names[right[row]]
        share[row], counts[row] = author_share(a[row], b[row], *names, bool(again[row]))
        between[row] = share[row] == 1 and counts[row] < 1 and authors_between(a[row], b[row])
    for row in np.flatnonzero(first == 0):
        first[row] = first_author_likeness(first_a[row], first_b[row], c.names[left[row]], c.names[right[row]])
    people = np.array([min(x.count(" "), y.count(" ")) + 1.0 if x and y else -1.0 for x, y in zip(a, b, strict=True)])
    return share, first, counts, people, between


def abstract_text(abstract: str) -> str:
    """The beginning of an abstract without typing."""
    return "".join(words(fold(abstract[: ABSTRACT_COMPARED * 3 // 2])))[:ABSTRACT_COMPARED]


def _abstracts(c: Columns, left: Rows, right: Rows, wanted: NDArray[np.bool_], workers: int) -> Floats:
    result = np.full(len(left), -1.0)
    a, b = c.abstract[left], c.abstract[right]
    rows = np.flatnonzero(wanted & (a != "") & (b != ""))
    texts = {row: abstract_text(c.abstract[row]) for row in distinct([left[rows], right[rows]]).tolist()}
    x, y = [texts[row] for row in left[rows].tolist()], [texts[row] for row in right[rows].tolist()]
    likeness = cpdist(x, y, scorer=fuzz.ratio, dtype=np.float64, workers=workers) / 100
    long_enough = [len(s) >= ABSTRACT_LEAST and len(t) >= ABSTRACT_LEAST for s, t in zip(x, y, strict=True)]
    result[rows] = np.where(long_enough, likeness, -1.0)
    return result


def _placeless(c: Columns, rows: Rows) -> NDArray[np.bool_]:
    without: NDArray[np.bool_] = (c.journal[rows] == "") & (c.volume[rows] == 0) & (c.first_page[rows] == 0)
    return without


def compare_columns(c: Columns, left: Rows, right: Rows, workers: int = 1) -> Comparison:
    """Compare row ``left[i]`` of the columns with row ``right[i]``, for each i.

    Args:
        c: the items' columns.
        left, right: rows; which of a pair comes first makes no difference.
        workers: threads for the string comparisons; makes no difference to the result.
    """
    title, inside, swapped, extra, turned = _titles(c, left, right, workers)
    start_a, start_b = c.first_page[left], c.first_page[right]
    end_a, end_b = c.last_page[left], c.last_page[right]
    pmid = _same_number(c.pmid[left], c.pmid[right])
    doi = _same_text(c.doi[left], c.doi[right])
    start = _same_number(start_a, start_b)
    # Names and abstracts are costly to compare; where nothing else agrees they cannot save a pair.
    closer = (title >= 0.6) | (title < 0) | (inside == 1) | (start == 1) | (doi == 1) | (pmid == 1)
    share, first, counts, people, between = _authors(c, left, right, closer)
    numbers_a, numbers_b = c.numbers[left], c.numbers[right]
    numbers = (numbers_a == numbers_b) * 1.0
    for row in np.flatnonzero(numbers == 0):
        numbers[row] = numbers_agree(numbers_a[row], numbers_b[row])
    ranges = (start_a > 0) & (start_b > 0) & (end_a >= start_a) & (end_b >= start_b)
    length_a, length_b = end_a - start_a, end_b - start_b
    year_a, year_b = c.year[left], c.year[right]
    volume, issue = _same_number(c.volume[left], c.volume[right]), _same_number(c.issue[left], c.issue[right])
    journal = _journals(c.journal[left], c.journal[right])
    year = np.where((year_a != 0) & (year_b != 0), np.abs(year_a - year_b) * 1.0, -1.0)
    kind_a, kind_b = c.kind[left], c.kind[right]
    follows = ((kind_b == 1) & (kind_a == 0) & (start_b == end_a + 1)) | (
        (kind_a == 1) & (kind_b == 0) & (start_a == end_b + 1)
    )
    abstract = _abstracts(c, left, right, closer, workers)
    same_issue = (journal >= 0.95) & (volume == 1) & (issue == 1) & (year == 0)
    with_paper = follows & ranges & same_issue & (inside == 1) & (abstract >= 0.98)
    one_piece = (pmid == 1) | ((doi == 1) & (start_a == start_b) & (start_a != 0))
    kind = np.where((kind_a == kind_b) | one_piece, 1.0, np.where(with_paper, 0.5, 0.0))
    stage_a, stage_b = c.stage[left], c.stage[right]
    weight = np.minimum(c.weight[left], c.weight[right])
    language_a, language_b = c.language[left], c.language[right]
    translated = (language_a == TRANSLATED) | (language_b == TRANSLATED)  # from another language into English
    languages_differ = (language_a != language_b) & (translated | ((language_a != 0) & (language_b != 0)))
    languages_differ &= ~(translated & ((language_a == ENGLISH) | (language_b == ENGLISH)))
    other_language = languages_differ & (title < 0.7) & (title >= 0) & (weight > 0)
    end = np.where((start == 1) & ((start_a == end_a) != (start_b == end_b)), -1.0, _same_number(end_a, end_b))
    early = (start_a != 0) & (start_b != 0) & (start_a <= EARLY) & (start_b <= EARLY)
    early &= (c.issue[left] != 0) != (c.issue[right] != 0)
    book_a, book_b = stage_a >= MONOGRAPH, stage_b >= MONOGRAPH
    monograph = (book_a != book_b) & np.where(book_a, start_b != 0, start_a != 0)
    stage_a, stage_b = np.where(book_a, 0, stage_a), np.where(book_b, 0, stage_b)
    placeless = np.where(stage_a == 2, _placeless(c, right), _placeless(c, left))
    abstract_or_paper = np.where(placeless, 0.75, 0.5)
    stage = np.where(stage_a == stage_b, 1.0, np.where((stage_a == 1) | (stage_b == 1), 0.0, abstract_or_paper))
    link = np.full(len(left), -1.0)
    for row in np.flatnonzero((c.links[left].astype(bool)) | (c.links[right].astype(bool))):
        link[row] = linked(c, int(left[row]), int(right[row]))
    return Comparison(
        title=title,
        title_inside=inside,
        title_swapped=swapped,
        title_extra=extra,
        title_turned=turned,
        title_weight=weight,
        other_language=other_language * 1.0,
        numbers=numbers,
        kind=kind,
        stage=stage,
        monograph=monograph * 1.0,
        link=link,
        authors=share,
        first_author=first,
        counts=counts,
        people=people,
        between=between,
        year=year,
        journal=journal,
        volume=volume,
        issue=issue,
        start=start,
        end=end,
        early=early * 1.0,
        pages_apart=np.where(ranges, ((end_a < start_b) | (end_b < start_a)) * 1.0, -1.0),
        same_length=np.where(ranges, ((length_a == length_b) & (length_a >= 3)) * 1.0, -1.0),
        doi=doi,
        pmid=pmid,
        pmcid=_same_number(c.pmcid[left], c.pmcid[right]),
        abstract=abstract,
    )

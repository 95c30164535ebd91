"""From what was seen of a pair to what it is worth: a score card.

Each line of the card is evidence for or against "the same report", between 0 and 1, times a weight.
Weights are log odds: they add up, with the bias, to the log odds of the pair. Lines *for* never have
a weight below zero, nor lines *against* one above, whatever the data say. The weights are learned
(bench/dedupe/learn.py) around the judgement written here as ``prior``, and kept in weights.json.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from livingscan.dedupe.compare import Comparison, Floats

Side = Literal["for", "against"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the score card.

    Attributes:
        name: as in weights.json.
        side: "for" or "against" being the same report.
        prior: the weight by judgement, in log odds, 0 or more.
        words: what to tell a person where the line counts.
    """

    name: str
    side: Side
    prior: float
    words: str


CARD: tuple[Line, ...] = (
    Line("title same", "for", 3.5, "same title"),
    Line("title near", "for", 2.5, "titles differ in spelling only"),
    Line("title inside", "for", 2.0, "one title is part of the other"),
    Line("title and year", "for", 0.5, "same title in the same year"),
    Line("title and year alone", "for", 1.0, "same title and year, authors unknown, and nothing against it"),
    Line("title and authors alone", "for", 1.0, "same title and authors, and nothing against it"),
    Line("authors", "for", 1.0, "same authors"),
    Line("first author", "for", 0.8, "same first author"),
    Line("title and three authors", "for", 1.0, "same title by the same three authors or more"),
    Line("year", "for", 0.7, "same year"),
    Line("journal", "for", 1.5, "same journal"),
    Line("volume", "for", 1.5, "same volume"),
    Line("issue", "for", 0.8, "same issue"),
    Line("first page", "for", 1.5, "same first page"),
    Line("last page", "for", 1.2, "same last page"),
    Line("place", "for", 0.5, "same place in print (journal, volume, page)"),
    Line("same pages of four or more", "for", 2.0, "the same four pages or more, and no other authors"),
    Line("doi", "for", 1.0, "same DOI"),
    Line("doi and title", "for", 3.0, "same DOI and matching title"),
    Line("doi, title and people", "for", 2.0, "same DOI, title and authors"),
    Line("doi and generic title", "for", 4.0, "a title that many papers have, but the same DOI and nothing against it"),
    Line("doi, people, other language", "for", 3.0, "same DOI and authors, the title in another language"),
    Line("doi, people, no title", "for", 2.5, "same DOI and authors, one record without a title"),
    Line("pmid", "for", 6.0, "same PMID"),
    Line("pmcid", "for", 5.0, "same PMCID"),
    Line("abstract", "for", 0.7, "same abstract"),
    Line("abstract and title", "for", 0.5, "same abstract and matching title"),
    Line("generic, same text", "for", 2.0, "a title that many papers have, but the same abstract and volume"),
    Line("printed twice", "for", 8.0, "the same text of the same length, printed twice in one journal"),
    Line("title differs", "against", 3.5, "titles differ"),
    Line("titles in two languages", "against", 0.5, "titles in different languages"),
    Line("a word swapped", "against", 1.0, "each title has a word the other lacks"),
    Line("words swapped", "against", 2.0, "each title has words the other lacks"),
    Line("words swapped, one page", "against", 5.0, "words that the other title lacks, on one page: two short pieces"),
    Line("words more", "against", 0.5, "one title has words the other lacks"),
    Line("turned", "against", 2.5, "one title says protocol, update, follow-up or the like"),
    Line("numbers", "against", 2.0, "different numbers in the titles"),
    Line("numbers more", "against", 1.0, "a number in one title only"),
    Line("kind", "against", 5.0, "one is an erratum, comment, reply or notice, the other is not"),
    Line("stage", "against", 4.0, "one is a preprint, the other is not"),
    Line("conference", "against", 2.0, "one is a conference abstract, the other is not"),
    Line("monograph", "against", 2.5, "one is a book or thesis, the other has pages"),
    Line("authors differ", "against", 2.0, "different authors"),
    Line("first author differs", "against", 2.0, "different first author"),
    Line("author count", "against", 0.7, "author lists of different length"),
    Line("authors between", "against", 3.0, "one list has further authors amid those of the other"),
    Line("year 1", "against", 0.7, "one year apart"),
    Line("year 2", "against", 3.0, "two years apart or more"),
    Line("journal differs", "against", 2.5, "different journal"),
    Line("volume differs", "against", 2.0, "different volume"),
    Line("issue differs", "against", 1.0, "different issue"),
    Line("issue not page", "against", 2.0, "different issue and no page in common"),
    Line("first page differs", "against", 1.2, "different first page"),
    Line("last page differs", "against", 0.5, "different last page"),
    Line("pages apart", "against", 0.5, "pages do not overlap"),
    Line("volume and page differ", "against", 1.0, "different volume and page"),
    Line("doi differs", "against", 2.5, "different DOI"),
    Line("doi differs, no place", "against", 3.0, "different DOI, and not the same place in print"),
    Line("doi the same, elsewhere", "against", 1.5, "same DOI, but another journal and place in print"),
    Line("pmid differs", "against", 5.0, "different PMID"),
    Line("pmcid differs", "against", 4.0, "different PMCID"),
    Line("abstract differs", "against", 1.5, "different abstract"),
    Line("generic title", "against", 1.5, "a title that many papers have"),
    Line("generic, no place", "against", 2.5, "such a title, and neither place, DOI nor abstract in common"),
    Line(
        "generic, issue unknown",
        "against",
        4.5,
        "a title that many papers have, on the first pages of an unknown issue",
    ),
    Line("generic, elsewhere", "against", 5.0, "such a title, in another volume, issue or place"),
)


def clip(values: Floats) -> Floats:
    """Values held between 0 and 1."""
    return np.clip(values, 0.0, 1.0)


def evidence(c: Comparison) -> Floats:
    """The score card's entries: one row a pair, one column a line of :data:`CARD`, each 0 to 1."""
    weight = c.title_weight
    telling = 0.3 + 0.7 * weight
    same_title = (c.title >= 0.995) * 1.0
    inside = (c.title_inside > 0) * (1 - same_title)
    near = (1 - same_title) * clip((c.title - 0.75) / 0.25) * (c.title_swapped == 0)
    comparable = 1 - c.other_language
    matching = np.maximum(same_title, np.maximum(near, 0.8 * inside))
    authors = clip((c.authors - 0.4) / 0.6)
    first = clip((c.first_author - 0.6) / 0.4)
    same_year = (c.year == 0) * 1.0
    journal = clip((c.journal - 0.6) / 0.35)
    other_journal = (c.journal >= 0) * clip((0.65 - c.journal) / 0.3)
    # In another journal the same volume is half chance: most are small numbers.
    volume, issue = (c.volume == 1) * (1 - 0.5 * other_journal), (c.issue == 1) * (1 - other_journal)
    # In another issue of a journal that counts its pages from 1 anew, the same page is no news.
    here = np.where(c.issue == 0, 0.5, 1.0)
    start = (c.start == 1) * here * np.where(c.end == 0, 0.5, 1.0)  # ... nor is it where the last page differs
    end = (c.end == 1) * here
    place = start * np.maximum(volume * np.maximum(journal, end * same_year), end * same_year * journal)
    doi = (c.doi == 1) * 1.0
    abstract = clip((c.abstract - 0.75) / 0.2)
    nothing_against = (
        (c.doi != 0)
        * (c.volume != 0)
        * (c.start != 0)
        * (1 - other_journal)
        * (c.kind == 1)
        * (c.stage == 1)
        * (c.monograph == 0)
        * (c.numbers == 1)
    )
    printed_elsewhere = other_journal * ((c.volume == 0) | (c.start == 0))
    no_place = 1 - np.maximum(np.maximum(place, doi), abstract)
    twice = (
        (same_title * weight >= 0.5)
        & (c.authors >= 0.99)
        & (c.counts >= 0.99)
        & (c.journal >= 0.95)
        & (c.abstract >= 0.98)
        & (c.same_length == 1)
        & (c.kind == 1)
        & (c.stage == 1)
        & (c.numbers == 1)
        & (c.pages_apart == 1)
    )
    entries = {
        "title same": same_title * telling,
        "title near": near * telling,
        "title inside": inside * telling,
        "title and year": same_title * weight * same_year,
        "title and year alone": same_title * weight * same_year * (c.authors < 0) * nothing_against,
        "title and authors alone": (
            same_title
            * (weight > 0)
            * (c.authors >= 0.99)
            * (c.counts >= 0.99)
            * nothing_against
            * np.where(c.year <= 0, 1.0, 0.5 * (c.year == 1))
        ),
        "authors": authors,
        "first author": first,
        "title and three authors": same_title * weight * (c.people >= 3) * (c.authors >= 0.99) * (c.counts >= 0.99),
        "year": same_year,
        "journal": journal,
        "volume": volume,
        "issue": issue,
        "first page": start,
        "last page": end,
        "place": place,
        "same pages of four or more": (
            (c.same_length == 1) * place * end * np.maximum(authors, c.authors < 0) * (c.issue != 0) * (c.doi != 0)
        ),
        "doi": doi,
        "doi and title": doi * matching * telling,
        "doi, title and people": doi * same_title * authors * (c.authors >= 0) * (c.year <= 1),
        "doi and generic title": (
            doi
            * same_title
            * (weight == 0)
            * (c.start != 0)
            * (c.volume != 0)
            * (c.year <= 1)
            * (1 - other_journal)
            * np.where(c.authors >= 0, authors, 1.0)
            * (c.kind == 1)
        ),
        "doi, people, other language": doi * c.other_language * authors * (c.authors >= 0) * (c.year <= 1),
        "doi, people, no title": doi * (c.title < 0) * authors * first * (c.year <= 1) * (c.start != 0),
        "pmid": (c.pmid == 1) * 1.0,
        "pmcid": (c.pmcid == 1) * 1.0,
        "abstract": abstract,
        "abstract and title": abstract * matching,
        "generic, same text": (weight == 0) * same_title * abstract * volume * (c.kind == 1),
        "printed twice": twice * 1.0,
        "title differs": (1 - inside) * clip((0.95 - c.title) / 0.5) * (c.title >= 0) * comparable,
        "titles in two languages": c.other_language,
        "a word swapped": (c.title_swapped >= 1) * comparable,
        "words swapped": np.minimum(c.title_swapped, 4) / 4 * comparable,
        "words swapped, one page": (c.title_swapped >= 1) * comparable * (c.start == 1) * (c.same_length != 1),
        "words more": np.minimum(c.title_extra, 4) / 4 * comparable,
        "turned": (c.title_turned == 1) * comparable * (c.pmid != 1) * (1 - doi * inside),
        "numbers": (c.numbers == 0) * 1.0,
        "numbers more": (c.numbers == 0.5) * 1.0,
        "kind": (c.kind == 0) * 1.0,
        "stage": (c.stage == 0) * (1 - doi),
        "conference": (
            ((c.stage == 0.5) + 0.5 * (c.stage == 0.75))
            * (c.start != 1)
            * (c.volume != 1)
            * (c.journal < 0.95)
            * (1 - doi)
        ),
        "monograph": (c.monograph == 1) * 1.0,
        "authors differ": (c.authors >= 0) * clip((0.5 - c.authors) / 0.5),
        "first author differs": (c.first_author >= 0) * clip((0.7 - c.first_author) / 0.5),
        "author count": (c.counts >= 0) * clip((0.8 - c.counts) / 0.5),
        "authors between": (c.between == 1) * 1.0,
        "year 1": (c.year == 1) * 1.0,
        "year 2": (c.year >= 2) * 1.0,
        "journal differs": other_journal,
        "volume differs": (c.volume == 0) * 1.0,
        "issue differs": (c.issue == 0) * 1.0,
        "issue not page": (c.issue == 0) * (c.start != 1) * 1.0,
        "first page differs": (c.start == 0) * 1.0,
        "last page differs": (c.end == 0) * 1.0,
        "pages apart": (c.pages_apart == 1) * 1.0,
        "volume and page differ": (c.volume == 0) * (c.start == 0) * 1.0,
        "doi differs": (c.doi == 0) * 1.0,
        "doi differs, no place": (c.doi == 0) * (c.kind != 0.5) * (1 - np.maximum(place, twice)),
        "doi the same, elsewhere": doi * printed_elsewhere,
        "pmid differs": (c.pmid == 0) * 1.0,
        "pmcid differs": (c.pmcid == 0) * 1.0,
        "abstract differs": (c.abstract >= 0) * clip((0.85 - c.abstract) / 0.35),
        "generic title": (weight == 0) * (c.title >= 0),
        "generic, no place": (weight == 0) * no_place,
        "generic, issue unknown": (
            (weight == 0) * (c.early == 1) * (1 - doi) * (c.pmid != 1) * (c.abstract < 0.95) * (c.same_length != 1)
        ),
        "generic, elsewhere": (
            (weight == 0) * ((c.volume == 0) | (c.issue == 0) | (c.doi == 0) | (c.start == 0) | (c.end == 0))
        ),
    }
    return np.stack([entries[line.name] for line in CARD], axis=1)


SIGNS: Floats = np.array([1.0 if line.side == "for" else -1.0 for line in CARD])

"""An item made comparable, once; every key and every comparison is a function of this alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from livingscan.dedupe.item import Item
from livingscan.dedupe.journals import journal_words
from livingscan.dedupe.names import Author, parse_author
from livingscan.dedupe.numbering import Pages, first_number, parse_pages, parse_volume
from livingscan.dedupe.titles import Title, parse_title


@dataclass(frozen=True, slots=True)
class Prepared:
    """An item in comparable form. See the classes of its parts.

    Attributes:
        stage: "preprint", "conference", "book", "thesis" or "": where on its way to a journal the report
            stands, or what it is in its stead.
    """

    item: Item
    title: Title
    authors: tuple[Author, ...]
    journal: tuple[str, ...]
    volume: str
    issue: str
    pages: Pages
    stage: str


_ARTICLE_NUMBER = re.compile(r"\s*(?:e|art)[. ]*\d{3,}\s*", re.I)
_PREPRINT_DOI = re.compile(
    r"10\.(?:1101/(?:19|2\d)\d\d[./]|1101/\d{6}(?!\d)|21203/rs|31234/|48550/arxiv|2139/ssrn|20944/preprints|"
    r"26434/chemrxiv|31219/osf|31235/osf|36227/techrxiv|22541/au)"
)
_PREPRINT_SERVER = re.compile(
    r"\b(?:medrxiv|biorxiv|arxiv|psyarxiv|socarxiv|chemrxiv|techrxiv|ssrn|research square|"
    r"preprints(?:\.org)?|osf preprints|authorea|preprint)\b|^corr(?: abs\S*)?$",
    re.I,
)
_CONFERENCE_ENTRY = re.compile(r"conference (?:abstract|paper|proceeding)|meeting abstract", re.I)
_MONOGRAPHS = {"book": "book", "monograph": "book"} | dict.fromkeys(
    ("thesis", "dissertation", "phdthesis", "mastersthesis"), "thesis"
)
_SUPPLEMENT_PAGE = re.compile(r"[asp]\d+[a-z]?|\d+[as]", re.I)


@lru_cache(maxsize=100_000)
def _stage_by_journal(journal: str) -> str:
    if _PREPRINT_SERVER.search(journal):
        return "preprint"
    return "conference" if ". Conference" in journal else ""  # Embase: "Circulation. Conference: American Heart ..."


def stage_of(item: Item, pages: Pages) -> str:
    """Where the report stands on its way into print, as far as its record tells."""
    by_journal = _stage_by_journal(item.journal)
    if by_journal == "preprint" or item.entry_type == "preprint" or _PREPRINT_DOI.match(item.doi):
        return "preprint"
    if item.title.rstrip(" .").endswith(("(Preprint)", "(preprint)")):
        return "preprint"
    if by_journal or item.entry_type == "conference" or _CONFERENCE_ENTRY.search(item.entry_type):
        return "conference"
    if item.entry_type in _MONOGRAPHS:
        return _MONOGRAPHS[item.entry_type]
    if not _SUPPLEMENT_PAGE.fullmatch(pages.start):
        return ""
    in_supplement = "sup" in item.issue.lower() or "sup" in item.volume.lower() or ")" in item.volume[:4]
    one_page = pages.start == pages.end or not pages.end
    return "conference" if in_supplement and one_page else ""


def prepare(item: Item) -> Prepared:
    """The comparable form of ``item``."""
    journal = journal_words(item.journal) if item.journal else ()
    volume, issue_in_volume = parse_volume(item.volume)
    if volume == str(item.year):  # a year in the volume's place tells nothing more
        volume = ""
    pages, issue = item.pages, item.issue
    if not pages.strip() and _ARTICLE_NUMBER.fullmatch(issue):
        pages, issue = issue, ""
    parsed = parse_pages(pages)
    return Prepared(
        item=item,
        title=parse_title(item.title, item.title_original, journal),
        authors=tuple([a for name in item.authors if (a := parse_author(name))]),
        journal=journal,
        volume=volume,
        issue=first_number(issue) or issue_in_volume,
        pages=parsed,
        stage=stage_of(item, parsed),
    )

"""What the linker knows of a record: the fields that two copies of one report share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from sys import intern

from livingscan.dedupe.names import split_authors
from livingscan.records import Record, normalise_doi, normalise_pmcid, normalise_pmid

ABSTRACT_USED = 600  # characters of an abstract that are compared; more of it tells nothing new
TITLE_USED = 1000  # a title of two megabytes is damage; its beginning still tells which paper it is
AUTHORS_USED = 60


@dataclass(frozen=True, slots=True)
class Item:
    """One record, as far as linking needs it. Text as the source gave it; identifiers normalised.

    Attributes:
        id: the caller's own id; any text that is unique among the items.
        authors: names in order, as "Family, Given" where the source tells the parts apart.
        links: (kind, target) of the record's status links, targets as "doi:...", "pmid:...", "pmcid:...".
    """

    id: str
    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    abstract: str = ""
    isbn: str = ""
    source: str = ""
    entry_type: str = ""
    language: str = ""
    title_original: str = ""
    links: tuple[tuple[str, str], ...] = ()


def item_from_record(id: str, record: Record) -> Item:
    """The item of a stored record.

    Args:
        id: what to call it in links and groups.
        record: the record.
    """
    return Item(
        id=id,
        title=record.title[:TITLE_USED],
        authors=record.authors[:AUTHORS_USED],
        year=record.year,
        journal=record.journal or record.journal_abbreviation,
        volume=record.volume,
        issue=record.issue,
        pages=record.pages,
        doi=record.doi,
        pmid=record.pmid,
        pmcid=record.pmcid,
        abstract=record.abstract[:ABSTRACT_USED],
        isbn=record.isbns[0] if record.isbns else "",
        source=record.source,
        entry_type=record.entry_type,
        language=record.language,
        title_original=record.title_original[:TITLE_USED],
        links=tuple((link.kind, link.target) for link in record.status_links),
    )


_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_PMID_URL = re.compile(r"(?:ncbi\.nlm\.nih\.gov/pubmed/|pubmed\.ncbi\.nlm\.nih\.gov/)(\d{1,9})")


def item_from_row(row: Mapping[str, str]) -> Item:
    """The item of a row with the columns id, title, authors, year, journal, volume, number, pages, doi, abstract ...

    Args:
        row: column name to text; absent columns count as empty. ``author`` serves for ``authors``,
            ``issue`` for ``number``, ``booktitle`` for an empty ``journal``; an address in
            ``url`` gives the PMID or the DOI that is in it.
    """
    text = {name: value.strip() for name, value in row.items() if value}
    get = text.get
    year = _YEAR.search(get("year", ""))
    url = get("url", "")
    pubmed = _PMID_URL.search(url) if "pubmed" in url else None
    doi = normalise_doi(get("doi", "")[:500]) if "doi" in text else ""
    pmid = normalise_pmid(get("pmid")) if "pmid" in text else ""
    return Item(
        id=get("id", ""),
        title=get("title", "")[:TITLE_USED],
        authors=tuple(map(intern, split_authors((get("authors") or get("author") or "")[:20_000])[:AUTHORS_USED])),
        year=int(year.group()) if year else None,
        # What recurs from record to record is kept once: a million records fit into memory.
        journal=intern(get("journal") or get("booktitle") or get("series") or ""),
        volume=intern(get("volume", "")),
        issue=intern(get("number") or get("issue") or ""),
        pages=get("pages", ""),
        doi=doi or (normalise_doi(url[:500]) if "doi.org/10." in url else ""),
        pmid=pmid or (pubmed.group(1) if pubmed else ""),
        pmcid=normalise_pmcid(get("pmcid")) if "pmcid" in text else "",
        abstract=get("abstract", "")[:ABSTRACT_USED],
        isbn=get("isbn", ""),
        source=intern(get("source", "")),
        entry_type=intern(get("entrytype") or get("entry_type") or ""),
        language=intern(get("language", "")),
    )

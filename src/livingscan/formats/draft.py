"""From the fields of any file to one kind of record: the same fields, with the same meaning.

A reader of a format only says which of its tags means what (``draft.add("title", ...)``). What holds for
all of them is done here once: markup, mojibake, names, dates, pages, identifiers hidden in links and
notes, the database, the standing of the document.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from livingscan.formats import dates, identify, names
from livingscan.formats.kinds import entry_type
from livingscan.formats.languages import language_code
from livingscan.formats.repair import repair
from livingscan.formats.sections import abstract_text
from livingscan.formats.status import implied_links, noted_links
from livingscan.formats.text import plain, unescape
from livingscan.records import Fetched, StatusLink, Unreadable, make_record, normalise_pmcid
from livingscan.tidy import one_line

# Every field that a reader may add. The same value may be offered for several.
_FIELD_NAMES = (
    "title short_title book_title original_title abstract author one_author editor year date journal"
    " journal_abbreviation series volume issue start end pages article_number serial isbn doi maybe_doi link more_link"
    " pmid maybe_pmid pmcid accession maybe_accession database provider software language kind publication_type keyword"
    " mesh affiliation publisher note added revised citation"
)
FIELDS = frozenset(_FIELD_NAMES.split())
_COPYRIGHT = re.compile(
    r"^\s*(?:copyright of .{3,300}? is the property of .*|copyright \(?[©c]?\)?.{0,200}"
    r"|\(?(?:c|©)\)? ?(?:19|20)\d\d\b.{0,200}all rights reserved.{0,100})$",
    re.I | re.S,
)
# What EBSCO adds behind an abstract.
_PLATFORM_TAIL = re.compile(
    r"(?<!\s)\s*(?:\[ABSTRACT FROM (?:AUTHOR|PUBLISHER)\]|\(AUTHOR ABSTRACT\)"
    r"|\(?Copyright of .{3,300}? is the property of .*)"
    r"(?:\s*Copyright of .{3,300}? is the property of .*)?\s*$",
    re.S,
)
_LONGEST_URL = 4000
_NOT_GIVEN = re.compile(
    r"\W*(?:n/?a|none|null|nan|undefined|not available|no abstract(?: available)?|\[no abstract available\]"
    r"|abstract not available|no keywords?|unknown|undef)\W*",
    re.I,
)
_GENRE = re.compile(
    r"\s*\[(?:article|miscellaneous|report|references|book|erratum|editorial|letter|review)\]\s*$", re.I
)


@dataclass(slots=True)
class Origin:
    """What is known of a file beside its entries.

    Attributes:
        format: our name for the format; the source's name where no database can be told.
        database: as the person who imports the file names it; it overrules the file.
        where: how the file is called in reports.
        provider: names of database or platform found in a preamble.
    """

    format: str
    database: str = ""
    where: str = ""
    provider: tuple[str, ...] = ()


@dataclass(slots=True)
class Draft:
    """The fields of one entry, as the file has them."""

    values: dict[str, list[str]] = field(default_factory=dict)
    links: list[StatusLink] = field(default_factory=list)
    ids: list[tuple[str, str]] = field(default_factory=list)
    given_first: bool = False

    def add(self, name: str, *texts: str | None) -> None:
        """Add values of a field; empty ones and placeholders ("N/A") are dropped."""
        if name not in FIELDS:
            raise KeyError(name)
        for text in texts:
            value = repair((text or "").replace("\x00", "").strip())
            if value and not _NOT_GIVEN.fullmatch(value):
                self.values.setdefault(name, []).append(value)

    def all(self, *fields: str) -> list[str]:
        """The values of several fields, in that order."""
        return [value for name in fields for value in self.values.get(name, ())]

    def first(self, *fields: str) -> str:
        """The first value of the first field that has one, or ""."""
        return next(iter(self.all(*fields)), "")

    def finish(self, origin: Origin, raw: str, line: int) -> Fetched | Unreadable:
        """The record that these fields make, or Unreadable where there is nothing in them.

        Args:
            origin: the file. raw: the entry's own text. line: where it starts, from 1.
        """
        content = self.values.keys() - {"kind", "database", "provider", "software"}
        if not content:
            return Unreadable(
                f"{origin.where}:{line}",
                "the entry is empty: no title, author, identifier or any other field that we know",
                raw,
            )
        types = _split(self.all("publication_type"), ";\n")
        title, links = self._title()
        journal, abbreviation = self._journal(title)
        year = next((year for text in self.all("year", "date") if (year := dates.find_year(text))), None)
        citation = dates.parse_citation(self.first("citation")) if "citation" in self.values else dates.Citation()
        year = year or citation.year
        doi, pmid, pmcid = self._document_ids()
        source, source_id, others = self._source(origin, pmid, doi)
        links = [*self.links, *links]
        links += implied_links(title, types, journal or citation.journal, links)
        own = title or self.all("author", "one_author") or year or journal or doi
        serial = "\n".join(self.all("serial", "isbn"))
        record = make_record(
            source=source,
            source_id=source_id or ("" if own else "sha:" + hashlib.sha256(raw.encode()).hexdigest()[:16]),
            title=title,
            title_original=plain(self.first("original_title")),
            abstract=self._abstract(),
            authors=self._authors(),
            year=year,
            published=dates.best_date([*self.all("date", "year"), citation.date], year),
            journal=journal or citation.journal,
            journal_abbreviation=abbreviation,
            issns=identify.find_issns(serial),
            isbns=identify.find_isbns(serial),
            volume=_number(self.first("volume")) or citation.volume,
            issue=_number(self.first("issue")) or citation.issue,
            pages=self._pages() or citation.pages,
            publisher=plain(self.first("publisher")),
            doi=doi,
            pmid=pmid,
            pmcid=pmcid,
            other_ids=others,
            language=language_code(";".join(self.all("language"))),
            entry_type=entry_type(self.first("kind"), types, journal),
            publication_types=types,
            keywords=_keywords(self.all("keyword")),
            mesh=[plain(text) for text in _split(self.all("mesh"), "\n")],
            affiliations=[plain(text) for text in _split(self.all("affiliation"), "\n")],
            status_links=links,
            url=self._url(doi, pmid),
            added=next((day for text in self.all("added") if (day := dates.parse_day(text))), None),
            revised=next((day for text in self.all("revised") if (day := dates.parse_day(text))), None),
            database="; ".join(dict.fromkeys(_split(self.all("database"), "\n"))) or origin.database,
        )
        return Fetched(record, raw)

    def _title(self) -> tuple[str, list[StatusLink]]:
        """The title, without what platforms print behind it, and the links that stood there."""
        texts = self.all("title") or self.all("book_title", "original_title", "short_title")
        title = one_line(plain(texts[0])) if texts else ""
        title, links = noted_links(title)
        return _GENRE.sub("", title).strip(), links

    def _journal(self, title: str) -> tuple[str, str]:
        """(full title of the journal or book, abbreviation)."""
        full = [one_line(plain(text)) for text in self.all("journal")]
        short = [one_line(plain(text)) for text in self.all("journal_abbreviation")]
        books = [text for text in (one_line(plain(book)) for book in self.all("book_title")) if text != title]
        journal = next(iter(full or books or short), "")
        return journal, next((text for text in short if text != journal), short[0] if short else "")

    def _abstract(self) -> str:
        """The abstract: several parts joined, repeats and the platform's copyright notice left out."""
        parts: list[str] = []
        for text in self.all("abstract"):
            part = abstract_text(_PLATFORM_TAIL.sub("", text))
            if part and part not in parts and not _COPYRIGHT.match(part) and not _NOT_GIVEN.fullmatch(part):
                parts.append(part)
        return "\n".join(parts)

    def _authors(self) -> list[str]:
        texts = self.all("author") or (
            self.all("editor") if entry_type(self.first("kind")) in {"book", "other", ""} else []
        )
        found = [name for text in texts for name in names.authors(text, given_first=self.given_first)]
        return [names.author(text, given_first=self.given_first) for text in self.all("one_author")] or found

    def _pages(self) -> str:
        start, end = self.first("start"), self.first("end")
        pages = dates.join_pages(start, end) if start else ""
        printed = dates.join_pages(self.first("pages"), "")
        if start and not end and printed.startswith(f"{pages}-"):
            return printed
        return (
            pages
            or dates.join_pages(self.first("pages", "article_number"), "")
            or ("" if start else dates.join_pages("", end))
        )

    def _document_ids(self) -> tuple[str, str, str]:
        """(DOI, PMID, PMCID): first from their own fields, then from links, then from labelled notes."""
        links = [url for text in self.all("link", "more_link") for url in text.split() if len(url) <= _LONGEST_URL]
        notes = [text for text in self.all("note") if len(text) < 600]
        doi = next((doi for text in self.all("doi", "maybe_doi") if (doi := identify.find_doi(text))), "")
        doi = doi or next((doi for url in links if (doi := identify.doi_of_url(url))), "")
        doi = doi or next((doi for text in notes if (doi := identify.labelled_doi(text))), "")
        pmid = next((pmid for text in self.all("pmid") if (pmid := identify.find_pmid(text))), "")
        pmid = pmid or next(
            (pmid for text in [*self.all("maybe_pmid"), *notes] if (pmid := identify.labelled_pmid(text))), ""
        )
        pmid = pmid or next((pmid for url in links if "://" in url and (pmid := identify.find_pmid(url))), "")
        places = [*self.all("pmcid"), *links, *self.all("maybe_pmid"), *notes]
        pmcid = next((pmcid for text in places if (pmcid := identify.find_pmcid(text))), "")
        pmcid = pmcid or next((p for text in self.all("pmcid") if (p := normalise_pmcid(f"PMC{text}"))), "")
        return doi, pmid, pmcid

    def _source(self, origin: Origin, pmid: str, doi: str) -> tuple[str, str, list[tuple[str, str]]]:
        """(source, source_id, other identifiers)."""
        links = [url for text in self.all("link") for url in text.split() if len(url) <= _LONGEST_URL]
        given = [one_line(text) for text in self.all("accession")]
        offered = [one_line(text) for text in self.all("maybe_accession")]
        ids = [(kind, text) for text in [*given, *offered] if (kind := identify.accession_kind(text))]
        ids += [*self.ids, *(pair for url in links for pair in identify.accessions_of_url(url))]
        databases = _split(self.all("database"), "\n;")
        named = identify.source_of_database([*databases, *self.all("provider"), *origin.provider])
        if named in {"medline", "pubmed"} and any(kind == "embase" for kind, _ in ids):
            named = "embase"  # embase.com also holds MEDLINE's records, under its own numbers
        software = self.first("software")
        platform = next((name for name in (named, software) if name in identify.PLATFORMS), "")
        source = (
            identify.source_of_database([origin.database])
            or re.sub(r"[^a-z0-9]", "", origin.database.lower())
            or next((name for name in (named, software) if name and name not in identify.PLATFORMS), "")
            or identify.source_of_platform_link(
                url for url in self.all("link", "more_link") if len(url) <= _LONGEST_URL
            )
            or next((kind for kind, _ in ids if kind in identify.TELLING), "")
            or platform
            or identify.source_of_url(links)
            or origin.format
        )
        return source, self._source_id(source, given, ids, pmid, doi), ids

    def _source_id(self, source: str, given: list[str], ids: list[tuple[str, str]], pmid: str, doi: str) -> str:
        """The accession number in that source; else the PMID, else the DOI, else ""."""
        own = {source} | ({"ebsco"} if source in identify.ON_EBSCO else set())
        found = next((value for kind, value in ids if kind in own), "")
        if found:
            return found
        if source in {"pubmed", "medline"} and pmid:
            return pmid
        unknown = [text for text in given if not identify.accession_kind(text)]
        offered = [one_line(text) for text in self.all("maybe_accession")]
        unknown += [text for text in offered if identify.looks_like_accession(text)]
        return next(iter(unknown), "") or pmid or doi

    def _url(self, doi: str, pmid: str) -> str:
        """The file's own link, else the address that the DOI or PMID stands for."""
        links = [url for text in self.all("link") for url in text.split() if "://" in url]
        links += [f"https://doi.org/{doi}"] * bool(doi) + [f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/"] * bool(pmid)
        return next(iter(links), "").rstrip(";,")


def _number(text: str) -> str:
    """A volume or issue without its label and without a spreadsheet's ".0"."""
    value = re.sub(r"^(?:vol(?:ume)?|issue|no|nr|number)[.:]?\s+(?=\d)", "", one_line(plain(text)), flags=re.I)
    return value[:-2] if re.fullmatch(r"\d+\.0", value) else value


def _split(texts: Iterable[str], marks: str) -> list[str]:
    pattern = "[" + re.escape(marks) + "]"
    pieces = (piece for text in texts for piece in re.split(pattern, unescape(text)))
    return [part for piece in pieces if (part := one_line(plain(piece)))]


def _keywords(texts: Iterable[str]) -> list[str]:
    """Keywords one by one, without the star that marks a major descriptor."""
    found = (text.strip("* ").replace("/*", "/") for text in _split(texts, ";\n|"))
    return [
        text
        for text in found
        if text and not _NOT_GIVEN.fullmatch(text) and not re.fullmatch(r"eppi-reviewer\s?\d*", text)
    ]

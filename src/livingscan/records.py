"""What travels between the rooms: frozen, complete, free of any database or source.

A :class:`Record` has the same fields with the same meaning whatever source or file it came from.
Parsers build it with :func:`make_record`, which tidies and checks what is common to all.
"""

from __future__ import annotations

import dataclasses
import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Any, Literal
from urllib.parse import unquote

from livingscan.tidy import each_one_line, lines, one_line

# How one document speaks of another, seen from the record that carries the link.
StatusKind = Literal[
    "retracted_by",  # this paper was retracted; target is the notice
    "retraction_of",  # this is the notice; target is the retracted paper
    "concern_by",  # an expression of concern was raised about this paper
    "concern_of",
    "corrected_by",  # erratum, corrigendum
    "correction_of",
    "reinstated_by",
    "reinstatement_of",
    "updated_by",  # a later version: preprint -> article, Cochrane update
    "update_of",
    "comment_on",
    "commented_by",
    "republished_as",
    "republished_from",
    "preprint_of",  # target is the journal article
    "has_preprint",
    "summary_for_patients",
    "other",
]


@dataclass(frozen=True, slots=True)
class StatusLink:
    """A link from a record to another document that bears on its standing.

    Attributes:
        kind: what the link says.
        target: "pmid:123", "doi:10.1/x", "pmcid:PMC1", or the citation as printed where no
            identifier is given; "" where the source only says *that* there is one.
        note: the source's own words, such as its RefType.
    """

    kind: StatusKind
    target: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A publication date that keeps the precision its source gave.

    Attributes:
        year, month, day: as far as known. A month or day is never made up.
        text: the printed form where it says more ("Winter 2019", "2000 Dec 23- 30").
    """

    year: int
    month: int | None = None
    day: int | None = None
    text: str = ""

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        if self.month:
            parts.append(f"{self.month:02d}")
            if self.day:
                parts.append(f"{self.day:02d}")
        return "-".join(parts)


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of one source.

    Attributes:
        source: short name of the source ("pubmed", "europepmc", "cinahl", ...).
        source_id: the source's own id; for files without one, "sha:" and a hash of the entry.
        source_version: the source's own version of it, where it has such ("2" of one PMID).
        title, abstract: plain text; an abstract keeps its section labels, one section a line
            ("BACKGROUND: ...").
        title_original: the title in the document's own language, where ``title`` is a translation.
        authors: "Family, Given" in order; a collective author as its name.
        year: of publication. published: the same with the precision given.
        journal: full title where known, else the abbreviation. For a book chapter, the book.
        issns, isbns: normalised ("1234-567X"; 13 or 10 digits).
        doi: lower case, no prefix. pmid: digits. pmcid: "PMC" and digits.
        language: ISO 639-2/B codes as MEDLINE writes them ("eng"), several joined by ";".
        entry_type: "article", "preprint", "book", "chapter", "conference", "thesis", "report",
            "dataset", "other" or "".
        publication_types, keywords, mesh, affiliations: as the source gives them.
        status_links: retractions, corrections, versions, comments.
        other_ids: (kind, value) pairs beside the above: ("embase", "L123"), ("openalex", "W1").
        url: where a person can open it.
        added, revised: the day the source added or last changed the *record*.
        database: where a file export names the database it came from ("APA PsycInfo <2021>").
    """

    source: str
    source_id: str
    source_version: str = ""
    title: str = ""
    title_original: str = ""
    abstract: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    published: PartialDate | None = None
    journal: str = ""
    journal_abbreviation: str = ""
    issns: tuple[str, ...] = ()
    isbns: tuple[str, ...] = ()
    volume: str = ""
    issue: str = ""
    pages: str = ""
    publisher: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    other_ids: tuple[tuple[str, str], ...] = ()
    language: str = ""
    entry_type: str = ""
    publication_types: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    mesh: tuple[str, ...] = ()
    affiliations: tuple[str, ...] = ()
    status_links: tuple[StatusLink, ...] = ()
    url: str = ""
    added: date | None = None
    revised: date | None = None
    database: str = ""

    def content_hash(self) -> str:
        """A hash over all that a reader would see; equal hashes mean nothing changed.

        ``revised`` is left out: sources touch it without changing a word.
        """
        return content_hash(record_to_dict(self))

    def identifiers(self) -> tuple[tuple[str, str], ...]:
        """All identifiers as (kind, value): doi, pmid, pmcid, then the others; no repeats."""
        known = [("doi", self.doi), ("pmid", self.pmid), ("pmcid", self.pmcid), *self.other_ids]
        return tuple(dict.fromkeys((kind, value) for kind, value in known if value))


@dataclass(frozen=True, slots=True)
class Fetched:
    """A record with the very text it was read from, as kept in the store.

    ``cut``: the file it stands in breaks off in it, so that its end may be missing.
    """

    record: Record
    raw: str
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An entry that could not be read. It is kept raw and reported; the rest is loaded.

    Attributes:
        where: file and line, or source and id.
        reason: one sentence.
        raw: the entry's own text.
        source_id: the source's id, where it could at least be seen.
        cut: the file breaks off here, so that more may be missing than this entry.
    """

    where: str
    reason: str
    raw: str = ""
    source_id: str = ""
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """The span of *record-added* dates a search covers, both ends included.

    Attributes:
        start: first day; None: from the beginning.
        end: last day; None: to the newest there is.
        by: "added" asks for records new to the source, "revised" for records it has changed.
    """

    start: date | None = None
    end: date | None = None
    by: Literal["added", "revised"] = "added"

    def __post_init__(self) -> None:
        if self.start and self.end and self.start > self.end:
            raise ValueError(f"a window cannot end ({self.end}) before it starts ({self.start})")

    @property
    def is_full(self) -> bool:
        """True when the window sets no lower bound: every record the strategy finds."""
        return self.start is None

    def __str__(self) -> str:
        return f"{self.start or 'the beginning'} to {self.end or 'now'}"

    def halves(self) -> tuple[Window, Window] | None:
        """The window cut in two, or None where it is one day or has an open end."""
        if self.start is None or self.end is None or self.start >= self.end:
            return None
        middle = self.start + (self.end - self.start) // 2
        return Window(self.start, middle, self.by), Window(middle + timedelta(days=1), self.end, self.by)


@dataclass(frozen=True, slots=True)
class Page:
    """What one step of a search brought; the store commits it together with its ledger entry.

    Attributes:
        fetched: the records, each with its raw text.
        cursor: where a later process can go on after this page (opaque JSON or the source's
            cursor); None when this was the last page.
        promised_ids: ids the source promised with this page, where it names them beforehand.
        unreadable: entries that could not be read.
        deleted: ids that the source says it has deleted.
        absent: (id, reason) for promised ids which the source would not deliver even when asked
            for one by one. They are accounted for, in the ledger, by name.
    """

    fetched: tuple[Fetched, ...] = ()
    cursor: str | None = None
    promised_ids: tuple[str, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    deleted: tuple[str, ...] = ()
    absent: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """What a source says, before anything is fetched, that a search will bring.

    Attributes:
        count: the source's own number of hits, or None where it gives none.
        translation: the source's own reading of the strategy, where it tells.
        notes: warnings the source gave (phrase not found, term ignored, ...).
    """

    count: int | None = None
    translation: str = ""
    notes: tuple[str, ...] = field(default=())


DOI = re.compile(r"10\.\d{4,9}/\S+")
_DOI_PREFIX = re.compile(r"^(?:https?://)?(?:(?:dx\.)?doi\.org/|www\.doi\.org/)|^(?:doi|DOI)\s*[:=]?\s*", re.I)
_DOI_PAGE = re.compile(r"/(?:full|abstract|pdf|epdf)$", re.I)  # a publisher's page for it, not its name


@lru_cache(maxsize=1024)  # parsers compare DOIs before they make a record of them
def normalise_doi(text: str | None) -> str:
    """A DOI in lower case without resolver, label or trailing punctuation; "" if it is none.

    DOI names are case-insensitive (DOI Handbook 2.4).
    """
    if not text:
        return ""
    value = text.strip()
    is_address = value[:4].lower() == "http"
    if "%" in value:
        value = unquote(value)
    if "&" in value:
        value = html.unescape(html.unescape(value))
    found = DOI.search(_DOI_PREFIX.sub("", value))
    if not found:
        return ""
    value = found.group()
    if is_address:
        value = re.split(r"[?#]", value, maxsplit=1)[0]
    value = _DOI_PAGE.sub("", value.rstrip(".,;:\"'>}]"))
    while value.endswith(")") and value.count(")") > value.count("("):
        value = value[:-1].rstrip(".,;")
    return value.lower()


_PMID = re.compile(r"(?:(?:PMID|PubMed|MEDLINE)\s*:?\s*)?0*([1-9]\d{0,8})", re.I)
_PMCID = re.compile(r"(?:PMCID\s*:?\s*)?PMC\s?0*([1-9]\d*)(?:\.\d+)?", re.I)


def normalise_pmid(text: str | None) -> str:
    """A PMID as digits without leading zeros; "" if it is none (1 to 9 digits)."""
    found = _PMID.fullmatch((text or "").strip())
    return found.group(1) if found else ""


def normalise_pmcid(text: str | None) -> str:
    """A PMCID as "PMC" and digits, version suffix dropped; "" if it is none."""
    found = _PMCID.fullmatch((text or "").strip())
    return f"PMC{found.group(1)}" if found else ""


@lru_cache(maxsize=4096)  # journals come again and again
def normalise_issn(text: str | None) -> str:
    """An ISSN as "1234-567X" if its check digit holds (ISO 3297); "" if not."""
    digits = re.sub(r"[^0-9Xx]", "", text or "").upper()
    if not re.fullmatch(r"\d{7}[\dX]", digits):
        return ""
    total = sum(int(d) * w for d, w in zip(digits[:7], range(8, 1, -1), strict=True))
    check = (11 - total % 11) % 11
    return f"{digits[:4]}-{digits[4:]}" if digits[7] == ("X" if check == 10 else str(check)) else ""


def _several(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, each_one_line(values))))


_LISTS = frozenset({"issns", "isbns", "publication_types", "keywords", "mesh", "affiliations"})


def make_record(**fields: Any) -> Record:
    """Build a :class:`Record`, tidied: the one door through which parsers make records.

    Strings lose control characters and doubled blanks; identifiers are normalised and, where they
    cannot be what they claim, dropped; lists lose empty and repeated entries.

    Args:
        **fields: any fields of :class:`Record`; None counts as not given.

    Returns:
        The record. A missing ``source_id`` becomes "sha:" and 16 hex digits of a hash over
        title, authors, year, journal and pages, so that re-reading a file gives the same id.
    """
    given: dict[str, Any] = {}
    for name, value in fields.items():
        if name in _LISTS:
            if value is not None:
                given[name] = _several(value)
        elif name == "authors" and value is not None:
            # Two authors may share a name: the list keeps its order and its repeats.
            given[name] = tuple([tidy for author in each_one_line(value) if (tidy := author.strip(" ,;"))])
        elif isinstance(value, str):
            given[name] = lines(value) if name == "abstract" else one_line(value)
        elif value is not None:
            given[name] = value
    given["doi"] = normalise_doi(given.get("doi"))
    given["pmid"] = normalise_pmid(given.get("pmid"))
    given["pmcid"] = normalise_pmcid(given.get("pmcid"))
    if "issns" in given:
        given["issns"] = tuple(dict.fromkeys(issn for text in given["issns"] if (issn := normalise_issn(text))))
    if "status_links" in given:
        given["status_links"] = tuple(dict.fromkeys(given["status_links"]))
    if "other_ids" in given:
        given["other_ids"] = tuple(
            dict.fromkeys((one_line(kind), one_line(value)) for kind, value in given["other_ids"] if value)
        )
    published = given.get("published")
    if given.get("year") is None and published is not None:
        given["year"] = published.year
    year = given.get("year")
    if year is not None and not 1000 <= year <= 2999:
        given["year"] = None
    if not given.get("source_id"):
        seed = "\x1f".join(
            [
                given.get("title", ""),
                "\x1e".join(given.get("authors", ())),
                str(given.get("year") or ""),
                given.get("journal", ""),
                given.get("volume", ""),
                given.get("pages", ""),
                given.get("doi", ""),
            ]
        )
        given["source_id"] = "sha:" + hashlib.sha256(seed.encode()).hexdigest()[:16]
    return Record(**given)


_FIELDS = tuple(spec.name for spec in dataclasses.fields(Record))
_values = attrgetter(*_FIELDS)
_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def record_to_dict(record: Record) -> dict[str, Any]:
    """The record as plain JSON values, empty fields left out. The inverse of :func:`record_from_dict`."""
    data: dict[str, Any] = {}
    for name, value in zip(_FIELDS, _values(record), strict=True):
        if not value and value != 0:
            continue
        if isinstance(value, str):
            data[name] = value
        elif name == "status_links":
            data[name] = [{k: v for k, v in dataclasses.asdict(link).items() if v} for link in value]
        elif isinstance(value, tuple):
            data[name] = [list(item) for item in value] if name == "other_ids" else list(value)
        elif isinstance(value, PartialDate):
            data[name] = {k: v for k, v in dataclasses.asdict(value).items() if v}
        else:
            data[name] = value.isoformat() if isinstance(value, date) else value
    return data


def content_hash(data: Mapping[str, Any]) -> str:
    """:meth:`Record.content_hash` of what :func:`record_to_dict` made, for those who have it at hand."""
    text = _CANONICAL.encode({name: value for name, value in data.items() if name != "revised"})
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def record_from_dict(data: Mapping[str, Any]) -> Record:
    """The record that :func:`record_to_dict` made the mapping from."""
    fields = dict(data)
    if "published" in fields:
        fields["published"] = PartialDate(**fields["published"])
    for name in ("added", "revised"):
        if name in fields:
            fields[name] = date.fromisoformat(fields[name])
    if "status_links" in fields:
        fields["status_links"] = tuple(StatusLink(**link) for link in fields["status_links"])
    for name, value in fields.items():
        if isinstance(value, list):
            fields[name] = tuple(tuple(item) if isinstance(item, list) else item for item in value)
    return Record(**fields)

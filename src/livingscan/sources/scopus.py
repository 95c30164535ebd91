"""Scopus, through Elsevier's search interface.

Base: https://api.elsevier.com/content/search (/scopus).
Paging: 25 a page in view COMPLETE (abstracts, all authors), by start; only the first 5,000 of a query can be
reached, though the "last" link stops there without a word: windows of ORIG-LOAD-DATE are halved until each
part is below. (cursor=* is for subscribers alone.) A key that may not see COMPLETE is served STANDARD: no
abstracts, one author, and the ledger says so. Zero hits come as one entry with an "error".
Record-added date: ORIG-LOAD-DATE. Changes: LOAD-DATE. Both are asked for with AFT and BEF, which leave the day out.
Rate: 20,000 requests a week, X-RateLimit-*; 2 a second. When the quota is spent: 429 and X-ELS-Status
QUOTA_EXCEEDED. Key: X-ELS-APIKey, required; X-ELS-Insttoken off campus.
Corrections and retractions: subtype "tb" (retracted) and "er" (erratum), and "RETRACTED:" before the title; the
other document is not named.
Unchecked: the order of orig-load-date within a day; whether X-RateLimit-Reset is in seconds (it was in
milliseconds in 2020), so it is not used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from livingscan.errors import DataError, RetriableSourceError
from livingscan.formats.dates import join_pages, parse_date
from livingscan.formats.languages import language_code
from livingscan.formats.names import author
from livingscan.formats.status import implied_links
from livingscan.formats.text import plain
from livingscan.records import (
    Fetched,
    PartialDate,
    Promise,
    Record,
    StatusKind,
    StatusLink,
    Unreadable,
    Window,
    make_record,
)
from livingscan.sources.fields import listed, load, mapping, mappings, number, read_each, string, strings
from livingscan.sources.http import Params, Response, StatusError
from livingscan.sources.scopus_abstract import entry_of_abstract, entry_of_atom
from livingscan.sources.walk import Batch, DatedSource, batch_of
from livingscan.sources.xmltree import as_mapping

_ENTRY_TYPES = {"ar": "article", "re": "article", "cp": "conference", "cr": "conference", "bk": "book", "ch": "chapter"}
_STATUS: dict[str, StatusKind] = {"tb": "retracted_by", "er": "correction_of"}


def parse(body: str | bytes) -> Iterator[Fetched | Unreadable]:
    """The records of one answer: a search (JSON or Atom), an abstract retrieval, or a single entry.

    Raises:
        DataError: it is something else.
    """
    if body.lstrip()[:1] in ("<", b"<"):
        results: Mapping[str, Any] = as_mapping(body)
        if "coredata" in results:
            results = {"entry": [entry_of_abstract(results)]}
        elif "entry" in results:
            results = {**results, "entry": [entry_of_atom(entry) for entry in mappings(results["entry"])]}
    else:
        answer = mapping(load(body))
        results = mapping(answer.get("search-results"))
        retrieved = mapping(answer.get("abstracts-retrieval-response"))
        if retrieved:
            results = {"entry": [entry_of_abstract(retrieved)]}
        elif "dc:identifier" in answer:
            results = {"entry": [answer]}
    total = results.get("opensearch:totalResults", results.get("totalResults"))
    if "entry" not in results and number(total) != 0:
        raise DataError("this is no search result of Scopus: it has no search-results.entry")
    yield from read_each(_entries(results), _record, "scopus", "dc:identifier")


class Scopus(DatedSource):
    """See the module."""

    name = "scopus"
    title = "Scopus"
    platform = "Scopus Search API"
    live_url = "https://api.elsevier.com/content/search"
    per_second = 2.0
    key = "scopus_api_key"
    key_required = True
    has_revised_date = True
    cap = 5_000
    size = 25
    _view = "COMPLETE"

    def headers(self) -> Mapping[str, str]:
        """Key and institutional token."""
        token = self.settings.secret("scopus_insttoken")
        headers = {"X-ELS-APIKey": self.secret, "Accept": "application/json"}
        return {**headers, "X-ELS-Insttoken": token} if token else headers

    def query(self, window: Window) -> str:
        """The strategy as sent, with the window behind it."""
        strategy = " ".join(self.strategy.split())
        field = "ORIG-LOAD-DATE" if window.by == "added" else "LOAD-DATE"
        clauses = [f"({strategy})"]
        if window.start:
            clauses.append(f"{field} AFT {window.start - timedelta(days=1):%Y%m%d}")
        if window.end:
            clauses.append(f"{field} BEF {window.end + timedelta(days=1):%Y%m%d}")
        return " AND ".join(clauses) if len(clauses) > 1 else strategy

    def promise(self, window: Window) -> Promise:
        """opensearch:totalResults."""
        total = self.look(window, 0, 1).total
        notes = () if self._view == "COMPLETE" else ("the key may not see abstracts (view STANDARD)",)
        return Promise(total, notes=notes)

    def look(self, window: Window, offset: int, size: int) -> Batch:
        """One page."""
        params: Params = {
            "query": self.query(window),
            "start": offset,
            "count": size,
            "view": self._view,
            "sort": "+orig-load-date",
        }
        try:
            return self.ask("/scopus", _read, params)
        except StatusError as problem:
            if problem.response.status == 401 and self._view == "COMPLETE" and "view" in problem.response.text():
                self._view = "STANDARD"
                return self.look(window, offset, size)
            raise


def _read(response: Response) -> Batch:
    results = mapping(mapping(response.json()).get("search-results"))
    total = number(results.get("opensearch:totalResults"))
    if total is None:
        raise RetriableSourceError(f"Scopus sent no search result: {response.glimpse()}")
    return batch_of(list(read_each(_entries(results), _record, "scopus", "dc:identifier")), total)


def _entries(results: Mapping[str, Any]) -> list[Any]:
    return [entry for entry in listed(results.get("entry")) if "error" not in mapping(entry)]


def _record(entry: Mapping[str, Any]) -> Record:
    key = string(entry.get("eid")) or string(entry["dc:identifier"]).replace("SCOPUS_ID:", "2-s2.0-")
    subtype = string(entry.get("subtype"))
    title = plain(string(entry.get("dc:title")))
    return make_record(
        source="scopus",
        source_id=key,
        title=title,
        abstract=plain(string(entry.get("dc:description"))),
        authors=_authors(entry),
        published=_published(entry),
        journal=plain(string(entry.get("prism:publicationName"))),
        issns=_values(entry.get("prism:issn")) + _values(entry.get("prism:eIssn")),
        isbns=[part for text in _values(entry.get("prism:isbn")) for part in text.strip("[]").split(", ")],
        volume=string(entry.get("prism:volume")),
        issue=string(entry.get("prism:issueIdentifier")),
        pages=join_pages(string(entry.get("prism:pageRange")), "") or string(entry.get("article-number")),
        publisher=string(entry.get("dc:publisher")),
        doi=string(entry.get("prism:doi")),
        pmid=string(entry.get("pubmed-id")),
        other_ids=[("scopus", key), ("pii", string(entry.get("pii")))],
        language=language_code(string(entry.get("language"))),
        entry_type=_ENTRY_TYPES.get(subtype, "article" if subtype else ""),
        publication_types=[string(entry.get("subtypeDescription"))],
        keywords=string(entry.get("authkeywords")).split(" | "),
        affiliations=[_place(each) for each in mappings(entry.get("affiliation"))],
        status_links=_links(entry, subtype, title),
        url=f"https://www.scopus.com/record/display.uri?eid={key}&origin=inward",
    )


def _published(entry: Mapping[str, Any]) -> PartialDate | None:
    """The date as printed ("January 2021"); coverDate makes up a month and a day where it has none."""
    full = parse_date(string(entry.get("prism:coverDate")))
    printed = parse_date(string(entry.get("prism:coverDisplayDate")))
    return printed if printed and (full is None or printed.year == full.year) else full


def _values(value: object) -> list[str]:
    """A value given as text, as {"$": text}, or as a list of such."""
    return [text for item in listed(value) if (text := string(mapping(item).get("$")) or string(item))]


def _authors(entry: Mapping[str, Any]) -> list[str]:
    """All authors (view COMPLETE), else the first ("Tsuji T.")."""
    names = []
    for each in mappings(entry.get("author")):
        family, given = string(each.get("surname")), string(each.get("given-name")) or string(each.get("initials"))
        names.append(f"{family}, {given}" if family and given else family or author(string(each.get("authname"))))
    if names:
        return names
    family, _, given = string(entry.get("dc:creator")).rpartition(" ")
    return [f"{family}, {given}" if family and given.endswith(".") else string(entry.get("dc:creator"))]


def _place(each: Mapping[str, Any]) -> str:
    parts = (
        *strings(each.get("affilname")),
        string(each.get("affiliation-city")),
        string(each.get("affiliation-country")),
    )
    return ", ".join(part for part in parts if part)


def _links(entry: Mapping[str, Any], subtype: str, title: str) -> list[StatusLink]:
    links = [StatusLink(kind, "", f"subtype {code}") for code, kind in _STATUS.items() if code == subtype]
    return links + implied_links(title, (), string(entry.get("prism:publicationName")), links)

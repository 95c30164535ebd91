"""CORE, the aggregator of open access repositories, interface version 3.

Base: https://api.core.ac.uk/v3 (/search/works/, with its trailing slash on GET).
Paging: limit (at most 100) and offset up to 10,000: windows of createdDate are halved until each part is
below. (scroll=true exists too, but a scroll can't be taken up again by another process.)
Record-added date: createdDate of the work in CORE. Changes: updatedDate is delivered, not searched.
Rate: a budget of tokens a day (100 without key, 1,000 personal, 5,000 academic), X-RateLimit-Retry-After honoured;
1 request in 2 seconds. Key: Bearer, required here.
Corrections and retractions: not told. One work has several outputs; the work counts.
Unchecked: the spelling of a date range (createdDate>="2026-01-01"); a refusal is seen as a failed search.
Captured answers of version 2 (data, _source, description) are read by ``parse`` as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from livingscan.errors import DataError, RetriableSourceError
from livingscan.formats.dates import parse_date, parse_day
from livingscan.formats.languages import language_code
from livingscan.formats.names import author
from livingscan.formats.text import plain
from livingscan.records import Fetched, Promise, Record, Unreadable, Window, make_record, normalise_issn
from livingscan.sources.fields import listed, load, mapping, mappings, number, read_each, string, strings, within
from livingscan.sources.http import Params, Response
from livingscan.sources.walk import Batch, DatedSource, batch_of

_ENTRY_TYPES = {
    "thesis": "thesis",
    "research": "article",
    "journal article": "article",
    "article": "article",
    "conference item": "conference",
    "book": "book",
    "report": "report",
    "dataset": "dataset",
    "preprint": "preprint",
}


def parse(body: str | bytes) -> Iterator[Fetched | Unreadable]:
    """The works of one answer of version 3 or 2: a search, a list of articles, one of them.

    Raises:
        DataError: it is something else.
    """
    answer = load(body)
    if isinstance(answer, dict) and "id" in answer and "title" in answer:
        items: object = [answer]
    elif isinstance(answer, dict):
        items = answer["results"] if "results" in answer else answer.get("data")
        items = [items] if isinstance(items, dict) else items
    else:
        items = answer
    if items is None and number(mapping(answer).get("totalHits")) == 0:
        items = []
    if not isinstance(items, list):
        raise DataError(f"this is no list of works of CORE: {string(mapping(answer).get('message'))[:200]}")
    # A list of single answers, or hits of the index, each in an envelope.
    entries = [entry for item in items for entry in listed(_unwrapped(item))]
    if entries and all("metadata" in mapping(entry) and "id" not in mapping(entry) for entry in entries):
        raise DataError("this is the history of a record of CORE, not a list of works")
    yield from read_each((_unwrapped(entry) for entry in entries), _record, "core")


class CORE(DatedSource):
    """See the module."""

    name = "core"
    title = "CORE"
    platform = "CORE API v3"
    live_url = "https://api.core.ac.uk/v3"
    per_second = 0.5
    key = "core_api_key"
    key_required = True
    cap = 10_000

    def headers(self) -> Mapping[str, str]:
        """The key."""
        return {"Authorization": f"Bearer {self.secret}"}

    def query(self, window: Window) -> str:
        """The strategy as sent, with the window behind it."""
        clauses = [f"({' '.join(self.strategy.split())})"]
        if window.start:
            clauses.append(f'createdDate>="{window.start}"')
        if window.end:
            clauses.append(f'createdDate<="{window.end}T23:59:59"')
        return " AND ".join(clauses) if len(clauses) > 1 else " ".join(self.strategy.split())

    def promise(self, window: Window) -> Promise:
        """totalHits."""
        return Promise(self.look(window, 0, 1).total)

    def look(self, window: Window, offset: int, size: int) -> Batch:
        """One page."""
        params: Params = {"q": self.query(window), "limit": size, "offset": offset, "sort": "createdDate:asc"}
        return self.ask("/search/works/", _read, params)


def _read(response: Response) -> Batch:
    answer = mapping(response.json())
    if not isinstance(answer.get("results"), list) or number(answer.get("totalHits")) is None:
        raise RetriableSourceError(f"CORE sent no list of works: {response.glimpse()}")
    return batch_of(list(read_each(answer["results"], _record, "core")), number(answer["totalHits"]))


def _unwrapped(item: object) -> object:
    entry = mapping(item)
    if "_source" in entry:
        return entry["_source"]
    return entry.get("data") if "status" in entry and "data" in entry else item


def _record(work: Mapping[str, Any]) -> Record:
    key = string(work["id"])
    journals = mappings(work.get("journals"))
    ids = [
        (string(each.get("type")).upper(), string(each.get("identifier"))) for each in mappings(work.get("identifiers"))
    ]
    numbers = [value for each in journals for value in strings(each.get("identifiers"))]
    numbers += strings(work.get("issn"))
    language = work.get("language")
    kind = string(work.get("documentType")) or next(iter(strings(work.get("types"))), "")
    published = parse_date(string(work.get("publishedDate"))[:10]) or parse_date(string(work.get("datePublished"))[:10])
    year = number(work.get("yearPublished")) or number(work.get("year"))
    return make_record(
        source="core",
        source_id=key,
        title=plain(string(work.get("title"))),
        abstract=plain(string(work.get("abstract")) or string(work.get("description"))),
        authors=[author(name, given_first=True) for name in _authors(work)],
        year=year,
        published=published if published and year in (None, published.year) else None,
        journal=plain(next((title for each in journals if (title := string(each.get("title")))), "")),
        issns=[issn for text in numbers if (issn := normalise_issn(text.lower().removeprefix("urn:issn:")))],
        publisher=string(work.get("publisher")).strip("'"),
        doi=string(work.get("doi")) or next((value for name, value in ids if name == "DOI"), ""),
        pmid=string(work.get("pubmedId")),
        other_ids=[
            ("arxiv", string(work.get("arxivId"))),
            ("mag", string(work.get("magId"))),
            *(("oai", value) for value in strings(work.get("oaiIds")) or strings(work.get("oai"))),
        ],
        language=language_code(string(mapping(language).get("code")) or string(language)),
        entry_type=_ENTRY_TYPES.get(kind.lower(), ""),
        publication_types=[kind],
        keywords=strings(work.get("topics")),
        url=_link(work) or f"https://core.ac.uk/works/{key}",
        added=parse_day(string(work.get("createdDate"))[:10])
        or _day(within(work, "repositoryDocument", "metadataAdded")),
        revised=parse_day(string(work.get("updatedDate"))[:10])
        or _day(within(work, "repositoryDocument", "metadataUpdated")),
    )


def _authors(work: Mapping[str, Any]) -> list[str]:
    return [string(mapping(each).get("name")) or string(each) for each in listed(work.get("authors"))]


def _link(work: Mapping[str, Any]) -> str:
    for each in mappings(work.get("links")):
        if each.get("type") == "display":
            return string(each.get("url"))
    return ""


def _day(milliseconds: object) -> date | None:
    """Version 2 gives milliseconds since 1970."""
    value = number(milliseconds)
    return datetime.fromtimestamp(value / 1000, UTC).date() if value else None

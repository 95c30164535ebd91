"""DOAJ as the sandbox plays it: /search/articles/{query}, with or without a version before it.

Kept: pageSize <= 100; only the first 1,000 records can be reached, although "last" promises more;
wildcards, fuzzy and proximity searches refused; ISSNs among the identifiers; created_date and
last_updated can be searched and sorted.
"""

from __future__ import annotations

import re
from math import ceil
from typing import Any
from urllib.parse import quote

from livingscan.records import Record
from livingscan.sandbox.parts import displayed, midnight, page_ends, two_letters
from livingscan.sandbox.query import Dialect, QueryError, find
from livingscan.sandbox.wire import Request, Response, Service, json_response, not_found, page_of, total_of

_TEXT = ("title", "abstract", "keyword")
_NAMED = {
    ("title", "bibjson.title"): ("title",),
    ("abstract", "bibjson.abstract"): ("abstract",),
    ("keyword", "keywords", "bibjson.keywords"): ("keyword",),
    ("doi", "bibjson.identifier.id", "id", "pmid"): ("id",),
    ("author", "bibjson.author.name"): ("author",),
    ("journal", "bibjson.journal.title"): ("journal",),
    ("language", "bibjson.journal.language"): ("language",),
    ("issn", "publisher", "license", "bibjson.journal.publisher"): ("journal",),
}
DOAJ = Dialect(
    style="colon",
    default=(*_TEXT, "author", "affiliation", "journal"),
    fields={name: fields for names, fields in _NAMED.items() for name in names},
    dates={"created_date": "added", "last_updated": "revised", "year": "published", "bibjson.year": "published"},
    implicit="or",
    wildcards="",
)
_REACHABLE = 1000
_DISALLOWED = re.compile(r'[*?~]|(?<!\w)/[^/"]+/')


class Doaj(Service):
    """Article search over the shelf "doaj"."""

    name = "doaj"

    def handle(self, request: Request) -> Response:
        """Answer a search."""
        found = re.fullmatch(r"(?:/v[234])?/search/articles/(.+)", request.path, re.S)
        if not found:
            return not_found(request.path)
        query = found[1]
        page, size = request.number("page", 1), request.number("pageSize", 10)
        if size > 100 or size < 1 or page < 1:
            return _refused(
                f"Page size must be between 1 and 100, and page at least 1; you asked for {size} and {page}"
            )
        reachable = self.library.limit(self.name, _REACHABLE)
        if page * size > reachable:
            return _refused(
                f"You cannot access results beyond {reachable} records via this API. If you would like to see more "
                "results, you can download all of our data from https://doaj.org/docs/public-data-dump/."
            )
        # A range in brackets is a date; outside of it these signs mean a search that DOAJ refuses.
        if _DISALLOWED.search(re.sub(r"\[[^\]]*\]|https?://\S+", "", query)):
            return _refused("Query contains disallowed Lucene features")
        try:
            hits = find(query, DOAJ, self.shelf.stemmed)
        except QueryError as error:
            return _refused(f"Query could not be parsed: {error}")
        return self._page(request, query, self._sorted(request, hits), page, size)

    def _sorted(self, request: Request, hits: frozenset[int]) -> list[int]:
        name, _, way = request.arg("sort").partition(":")
        places = sorted(hits)
        if name in ("created_date", "last_updated"):
            records, field = self.shelf.records, "added" if name == "created_date" else "revised"
            places.sort(key=lambda at: (str(getattr(records[at], field)), records[at].source_id), reverse=way == "desc")
        return places

    def _page(self, request: Request, query: str, hits: list[int], page: int, size: int) -> Response:
        total = total_of(request, hits)
        shown = page_of(request, hits, (page - 1) * size, size)
        last = max(1, ceil(total / size))
        here = f"https://doaj.org/api/search/articles/{quote(query)}"
        answer: dict[str, Any] = {
            "total": total, "page": page, "pageSize": size, "timestamp": midnight(self.library.day), "query": query,
            "results": [article(self.shelf.records[at]) for at in shown],
        }  # fmt: skip
        if page > 1:
            answer["prev"] = f"{here}?page={page - 1}&pageSize={size}"
        if page < last:
            answer |= {
                "next": f"{here}?page={page + 1}&pageSize={size}",
                "last": f"{here}?page={last}&pageSize={size}",
            }
        return json_response(answer, headers=[("X-Total-Count", str(total))])


def article(record: Record) -> dict[str, Any]:
    """A record as DOAJ keeps it."""
    first, last = page_ends(record)
    identifiers = [{"id": record.doi, "type": "doi"}] if record.doi else []
    kinds = zip(("pissn", "eissn"), record.issns, strict=False)
    issns = [{"id": value, "type": kind} for kind, value in kinds]
    # The ISSN may come first: a client that takes the first identifier for the DOI is wrong.
    identifiers = [*issns, *identifiers] if len(record.title) % 3 == 0 else [*identifiers, *issns]
    journal: dict[str, Any] = {"country": "GB", "issns": list(record.issns), "publisher": record.publisher}
    journal |= {name: value for name, value in (("volume", record.volume), ("number", record.issue)) if value}
    journal |= {"language": [two_letters(record).upper()], "title": record.journal}
    bibjson: dict[str, Any] = {"identifier": identifiers, "journal": journal}
    if record.published and record.published.month:
        bibjson["month"] = str(record.published.month)
    bibjson |= {name: value for name, value in (("start_page", first), ("end_page", last)) if value}
    bibjson |= {
        "year": str(record.year),
        "keywords": list(record.keywords),
        "subject": [{"code": "RA1-1270", "scheme": "LCC", "term": "Public aspects of medicine"}],
        "author": [_author(record, n) for n in range(len(record.authors))],
        "link": [{"content_type": "HTML", "type": "fulltext", "url": record.url}] if record.url else [],
    }
    if record.abstract:
        bibjson["abstract"] = record.abstract
    bibjson["title"] = record.title
    revised = record.revised or record.added
    return {
        "last_updated": midnight(revised),
        "bibjson": bibjson,
        "id": record.source_id,
        "created_date": midnight(record.added),
    }


def _author(record: Record, number: int) -> dict[str, str]:
    place = record.affiliations[0] if number == 0 and record.affiliations else ""
    return ({"affiliation": place} if place else {}) | {"name": displayed(record.authors[number])}


def _refused(message: str) -> Response:
    return json_response({"status": "bad_request", "error": f"{message} (ref: sandbox)"}, 400)

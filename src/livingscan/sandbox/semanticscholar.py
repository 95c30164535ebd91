"""Semantic Scholar as the sandbox plays it: /paper/search/bulk, /paper/search, /paper/{id}, /paper/batch.

Kept: bulk pages of 1,000 with an opaque token that is absent on the last page; + | - " * ~N; offset + limit
<= 1,000 in the plain search; only publication dates as filter; unknown fields named in a 400; no
total where nothing is found but {"total": 0, "offset": 0}; a batch keeps its nulls.
"""

from __future__ import annotations

import json
from typing import Any

from livingscan.records import Record, normalise_doi
from livingscan.sandbox.nodes import Dated
from livingscan.sandbox.parts import Scrolls, displayed, published_day
from livingscan.sandbox.query import Dialect, QueryError, day_of, find
from livingscan.sandbox.wire import Library, Request, Response, Service, json_response, not_found, page_of, total_of

BULK = Dialect(style="words", default=("title", "abstract"), wildcards="*", symbols=True)
_FIELDS = frozenset(
    (
        "paperId", "corpusId", "externalIds", "url", "title", "abstract", "venue", "publicationVenue", "year",
        "referenceCount", "citationCount", "influentialCitationCount", "isOpenAccess", "openAccessPdf",
        "fieldsOfStudy", "s2FieldsOfStudy", "publicationTypes", "publicationDate", "journal", "authors", "tldr",
    )
)  # fmt: skip
_BULK_PAGE = 1000


class SemanticScholar(Service):
    """The Graph API over the shelf "semanticscholar"."""

    name = "semanticscholar"

    def __init__(self, library: Library) -> None:
        super().__init__(library)
        self.scrolls = Scrolls("PCO")

    def expire(self) -> None:
        """Forget all tokens."""
        self.scrolls.forget()

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        fields = ["paperId", *(request.arg("fields") or "title").split(",")]
        unknown = [name for name in fields if name.split(".")[0] not in _FIELDS]
        if unknown:
            return json_response({"error": f"Unrecognized or unsupported fields: [{', '.join(unknown)}]"}, 400)
        try:
            if request.path == "/paper/search/bulk":
                return self._bulk(request, fields)
            if request.path == "/paper/search":
                return self._search(request, fields)
        except QueryError as error:
            return json_response({"error": f"Malformed query: {error}"}, 400)
        if request.path == "/paper/batch" and request.method == "POST":
            return self._batch(request, fields)
        if request.path.startswith("/paper/"):
            key = request.path.removeprefix("/paper/")
            at = self._find(key)
            if at is None:
                return json_response({"error": f"Paper with id {key} not found"}, 404)
            return json_response(paper(self.shelf.records[at], fields))
        return not_found(request.path)

    def _hits(self, request: Request) -> list[int]:
        text = request.arg("query").strip()
        index = self.shelf.stemmed
        hits = find(text, BULK, index) if text else index.everything
        span = request.arg("publicationDateOrYear") or request.arg("year").replace("-", ":")
        if span:
            low, colon, high = span.partition(":")
            hits &= Dated("published", day_of(low, False), day_of(high if colon else low, True)).hits(index)
        return sorted(hits, key=lambda at: self.shelf.records[at].source_id)

    def _bulk(self, request: Request, fields: list[str]) -> Response:
        token = request.arg("token")
        if token:
            kept = self.scrolls.recall(token)
            if kept is None:
                return json_response({"error": "Invalid or expired continuation token"}, 400)
            hits, start = kept
        else:
            hits, start = self._hits(request), 0
        size = self.library.limit(self.name, _BULK_PAGE)
        shown = page_of(request, hits, start, size)
        answer: dict[str, Any] = {"total": total_of(request, hits)}
        if start + size < len(hits):
            answer["token"] = self.scrolls.keep(hits, start + size)
        records = self.shelf.records
        return json_response(answer | {"data": [paper(records[at], fields) for at in shown if at < len(records)]})

    def _search(self, request: Request, fields: list[str]) -> Response:
        offset, limit = request.number("offset", 0), request.number("limit", 100)
        if offset + limit > 1000 or limit > 100:
            return json_response({"error": "Requested data for this limit and/or offset is not available"}, 400)
        hits = self._hits(request)
        answer: dict[str, Any] = {"total": total_of(request, hits), "offset": offset}
        if not hits:
            return json_response(answer)
        if offset + limit < len(hits):
            answer["next"] = offset + limit
        shown = page_of(request, hits, offset, limit)
        return json_response(answer | {"data": [paper(self.shelf.records[at], fields) for at in shown]})

    def _find(self, key: str) -> int | None:
        kind, _, value = key.partition(":")
        if not value:
            return self.shelf.by_id.get(key)
        name = {"DOI": "doi", "PMID": "pmid", "PMCID": "pmcid"}.get(kind.upper(), "doi")
        wanted = normalise_doi(value) if name == "doi" else value
        if not wanted:
            return None
        return next((n for n, record in enumerate(self.shelf.records) if getattr(record, name) == wanted), None)

    def _batch(self, request: Request, fields: list[str]) -> Response:
        try:
            ids = json.loads(request.body)["ids"]
        except (ValueError, KeyError, TypeError):
            return json_response({"error": 'Body must be {"ids": [...]}'}, 400)
        if len(ids) > 500:
            return json_response({"error": "No more than 500 ids can be requested"}, 400)
        places = [self._find(str(key)) for key in ids]
        return json_response([None if at is None else paper(self.shelf.records[at], fields) for at in places])


def paper(record: Record, fields: list[str]) -> dict[str, Any]:
    """A record as a paper, with the fields asked for."""
    ids = {"DOI": record.doi.upper() if len(record.title) % 9 == 0 else record.doi, "PubMed": record.pmid}
    journal: dict[str, Any] = {
        name: value for name, value in (("name", record.journal), ("volume", record.volume)) if value
    }
    if record.pages:
        journal["pages"] = record.pages
    everything: dict[str, Any] = {
        "paperId": record.source_id,
        "corpusId": int(record.source_id[8:16], 16),
        "externalIds": {name: value for name, value in ids.items() if value}
        | {"CorpusId": int(record.source_id[8:16], 16)},
        "url": record.url,
        "title": record.title,
        "abstract": record.abstract or None,
        "venue": record.journal,
        "publicationVenue": None,
        "year": record.year,
        "referenceCount": 0,
        "citationCount": len(record.title) % 13,
        "influentialCitationCount": 0,
        "isOpenAccess": False,
        "openAccessPdf": None,
        "fieldsOfStudy": ["Medicine"],
        "s2FieldsOfStudy": [{"category": "Medicine", "source": "external"}],
        "publicationTypes": list(record.publication_types) or None,
        "publicationDate": (published_day(record) if record.published else None) or None,
        "journal": journal or None,
        "authors": [{"authorId": str(9_900_000 + n), "name": displayed(name)} for n, name in enumerate(record.authors)],
        "tldr": None,
    }
    names = list(dict.fromkeys(name.split(".")[0] for name in fields))
    return {name: everything[name] for name in names}

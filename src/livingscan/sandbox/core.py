"""CORE as the sandbox plays it: /search/works/ of API v3, GET and POST.

Kept: limit <= 100; offset + limit <= 10,000, beyond that only scroll=true with a scrollId that expires;
GET needs the trailing slash (301 without); a wrong key is 401; createdDate can be searched.
"""

from __future__ import annotations

import json
from typing import Any

from livingscan.records import Record
from livingscan.sandbox.parts import Scrolls, midnight, published_day, two_letters
from livingscan.sandbox.query import Dialect, QueryError, find
from livingscan.sandbox.wire import Library, Request, Response, Service, json_response, not_found, page_of, total_of

_ALL = ("title", "abstract", "author", "journal", "keyword")
_NAMED = {
    ("title",): ("title",),
    ("abstract",): ("abstract",),
    ("fulltext", "text"): ("title", "abstract"),
    ("authors", "authors.name", "author"): ("author",),
    ("doi", "id", "identifiers", "pubmedid"): ("id",),
    ("publisher", "journals.title"): ("journal",),
    ("language", "language.code", "documenttype", "fieldofstudy"): ("language",),
}
CORE = Dialect(
    style="colon",
    default=_ALL,
    fields={name: fields for names, fields in _NAMED.items() for name in names},
    dates={
        "createddate": "added",
        "updateddate": "revised",
        "publisheddate": "published",
        "yearpublished": "published",
    },
    lower_case=True,
)


class Core(Service):
    """Works search over the shelf "core"."""

    name = "core"

    def __init__(self, library: Library) -> None:
        super().__init__(library)
        self.scrolls = Scrolls("FGluY2x1ZGVfY29u")

    def expire(self) -> None:
        """Forget all scrolls."""
        self.scrolls.forget()

    def handle(self, request: Request) -> Response:
        """Answer a search."""
        if request.path == "/search/works" and request.method == "GET":
            target = f"/core/search/works/?{request.query}"
            return Response(b"", 301, "text/html", (("Location", target),))
        if request.path.rstrip("/") != "/search/works":
            return not_found(request.path)
        if request.headers.get("authorization", "Bearer x").strip() in ("Bearer", "Bearer wrong"):
            return json_response({"message": "Unauthorized. Please check your API key."}, 401)
        try:
            body = json.loads(request.body) if request.body else {}
        except ValueError:
            return json_response({"message": "Malformed JSON"}, 400)

        def arg(name: str, default: str = "") -> str:
            return str(body.get(name, request.arg(name, default)))

        limit, offset = int(arg("limit", "10")), int(arg("offset", "0"))
        if not 0 <= limit <= 100:
            return json_response({"message": "The limit must be between 0 and 100"}, 400)
        cap = self.library.limit(self.name, 10_000)
        scrolling = arg("scroll").lower() in ("true", "1")
        if not scrolling and offset + limit > cap:
            return json_response(
                {"message": f"Result window is too large: offset + limit must be at most {cap}. Use scroll"}, 500
            )
        if token := arg("scrollId"):
            kept = self.scrolls.recall(token)
            if kept is None:
                return json_response({"message": "No search context found for this scrollId"}, 500)
            hits, offset = kept
        else:
            try:
                hits = sorted(find(arg("q") or "*", CORE, self.shelf.stemmed))
            except QueryError as error:
                return json_response({"message": f"Failed to parse query [{arg('q')}]: {error}"}, 500)
        shown = page_of(request, hits, offset, limit)
        answer: dict[str, Any] = {"totalHits": total_of(request, hits), "limit": limit, "offset": offset}
        answer["scrollId"] = self.scrolls.keep(hits, offset + len(shown)) if scrolling else None
        records = self.shelf.records
        answer |= {"results": [work(records[at]) for at in shown if at < len(records)], "tooks": [], "esTook": 12}
        limits = [("X-RateLimit-Limit", "1000"), ("X-RateLimit-Remaining", "990"), ("X-RateLimit-Retry-After", "0")]
        return json_response(answer, headers=limits)


def work(record: Record) -> dict[str, Any]:
    """A record as a CORE work; one in four has two outputs."""
    identifiers = [{"identifier": record.source_id, "type": "CORE_ID"}]
    identifiers += [{"identifier": record.doi, "type": "DOI"}] if record.doi else []
    identifiers += [{"identifier": record.pmid, "type": "PUBMED_ID"}] if record.pmid else []
    number = int(record.source_id) if record.source_id.isdigit() else 0
    outputs = [f"https://api.core.ac.uk/v3/outputs/{number * 2 + n}" for n in range(2 if number % 4 == 0 else 1)]
    return {
        "acceptedDate": None,
        "arxivId": None,
        "authors": [{"name": name} for name in record.authors],
        "citationCount": 0,
        "contributors": [],
        "outputs": outputs,
        "createdDate": midnight(record.added)[:-1],
        "dataProviders": [
            {"id": 99, "name": "Synthetic Repository", "url": "https://api.core.ac.uk/v3/data-providers/99"}
        ],
        "depositedDate": None,
        "abstract": record.abstract or None,
        "documentType": "thesis" if record.entry_type == "thesis" else "research",
        "doi": record.doi or None,
        "downloadUrl": f"https://core.ac.uk/download/{number}.pdf",
        "fieldOfStudy": None,
        "fullText": None,
        "id": number,
        "identifiers": identifiers,
        "title": record.title,
        "language": {"code": two_letters(record), "name": "English"},
        "magId": None,
        "oaiIds": [f"oai:synthetic.repository:{number}"],
        "publishedDate": f"{published_day(record)}T00:00:00" if record.year else None,
        "publisher": record.publisher or None,
        "pubmedId": record.pmid or None,
        "references": [],
        "sourceFulltextUrls": [],
        "updatedDate": midnight(record.revised)[:-1],
        "yearPublished": record.year,
        "journals": [{"title": record.journal, "identifiers": []}] if record.journal else [],
        "links": [{"type": "display", "url": f"https://core.ac.uk/works/{number}"}],
    }

"""ERIC as the sandbox plays it: the Solr envelope of api.ies.ed.gov/eric.

Kept: search, format=json, start, rows; only a publication year; descriptors in "subject"; ISSNs with a
prefix. No date of change. Rows are capped at 2,000 here; the live cap is not known.
"""

from __future__ import annotations

from typing import Any

from livingscan.records import Record
from livingscan.sandbox.parts import language_name
from livingscan.sandbox.query import Dialect, QueryError, find
from livingscan.sandbox.wire import (
    Request,
    Response,
    Service,
    json_response,
    not_found,
    page_of,
    text_response,
    total_of,
)

_NAMED = {
    ("title",): ("title",),
    ("description", "abstract"): ("abstract",),
    ("subject", "descriptor"): ("keyword",),
    ("author",): ("author",),
    ("source",): ("journal",),
    ("publicationtype",): ("type",),
    ("language",): ("language",),
    ("id",): ("id",),
    ("peerreviewed", "educationlevel", "audience"): ("id",),
}
ERIC = Dialect(
    style="colon",
    default=("title", "abstract", "keyword", "author", "journal", "id"),
    fields={name: fields for names, fields in _NAMED.items() for name in names},
    dates={"publicationdateyear": "published", "pubyear": "published"},
)
_ROWS = 2000


class Eric(Service):
    """The search over the shelf "eric"."""

    name = "eric"

    def handle(self, request: Request) -> Response:
        """Answer a search."""
        if request.path not in ("/", ""):
            return not_found(request.path)
        if request.arg("format", "xml") != "json":
            return text_response("<response/>", content_type="text/xml; charset=UTF-8")
        start, rows = request.number("start", 0), min(request.number("rows", 20), _ROWS)
        try:
            hits = sorted(find(request.arg("search").strip(), ERIC, self.shelf.stemmed))
        except QueryError as error:
            message = f"org.apache.solr.search.SyntaxError: {error}"
            return json_response({"error": {"msg": message, "code": 400}}, 400)
        shown = page_of(request, hits, start, rows)
        docs = [document(self.shelf.records[at]) for at in shown]
        if chosen := request.arg("fields"):
            names = [name.strip() for name in chosen.split(",")]
            docs = [{name: doc[name] for name in names if name in doc} for doc in docs]
        return json_response(
            {"response": {"numFound": total_of(request, hits), "start": start, "numFoundExact": True, "docs": docs}}
        )


def document(record: Record) -> dict[str, Any]:
    """A record as ERIC prints it."""
    found: dict[str, Any] = {"id": record.source_id, "title": record.title, "author": list(record.authors)}
    if record.journal:
        found["source"] = record.journal
    if record.abstract:
        found["description"] = record.abstract
    found |= {"subject": list(record.keywords), "publicationtype": list(record.publication_types)}
    found |= {"publicationdateyear": record.year, "language": [language_name(record)]}
    if record.issns:
        kinds = ("ISSN", "EISSN")
        found["issn"] = [f"{kind}-{value}" for kind, value in zip(kinds, record.issns, strict=False)]
    if record.publisher:
        found["publisher"] = record.publisher
    found["peerreviewed"] = "T" if record.journal else "F"
    if record.doi:
        found["url"] = f"https://doi.org/{record.doi}"
    return found

"""Lens as the sandbox plays it: POST /scholarly/search.

Kept: a Bearer token is needed; a query as a string or as bool / match / term / range / query_string;
from + size <= 10,000; a scroll that lives a minute, ends with HTTP 204 and then answers 400; quota headers.
"""

from __future__ import annotations

import json
from typing import Any

from livingscan.records import Record
from livingscan.sandbox.index import Index
from livingscan.sandbox.nodes import Chosen, Dated, Hits
from livingscan.sandbox.parts import Scrolls, date_parts, page_ends, published_day, split_name, two_letters
from livingscan.sandbox.query import Dialect, QueryError, day_of, parse
from livingscan.sandbox.wire import Library, Request, Response, Service, json_response, not_found, page_of, total_of

_NAMED = {
    ("title",): ("title",),
    ("abstract",): ("abstract",),
    ("full_text", "fulltext"): ("title", "abstract"),
    ("keyword", "keywords", "field_of_study", "fields_of_study"): ("keyword",),
    ("mesh_term.mesh_heading", "mesh_terms.mesh_heading", "mesh"): ("mesh",),
    ("author.display_name", "authors.last_name", "author.last_name", "author"): ("author",),
    ("author.affiliation.name", "author.affiliation.address.country_code"): ("affiliation",),
    ("source.title", "source.publisher"): ("journal",),
    ("publication_type",): ("type",),
    ("language", "languages"): ("language",),
    ("lens_id", "doi", "pmid", "pmcid", "external_id.value"): ("id",),
}
_DATES = {"created": "added", "date_published": "published", "year_published": "published"}
LENS = Dialect(
    style="colon",
    default=("title", "abstract", "keyword", "author", "affiliation", "journal", "mesh"),
    fields={name: fields for names, fields in _NAMED.items() for name in names},
    dates=_DATES,
    implicit="or",
    wildcards="*?",
)


class Lens(Service):
    """Scholarly search over the shelf "lens"."""

    name = "lens"

    def __init__(self, library: Library) -> None:
        super().__init__(library)
        self.scrolls = Scrolls("MjAy")
        self._ended: set[str] = set()

    def expire(self) -> None:
        """Forget all scrolls; live ones last a minute."""
        self.scrolls.forget()

    def handle(self, request: Request) -> Response:
        """Answer a search."""
        if request.path != "/scholarly/search":
            return not_found(request.path)
        if not request.headers.get("authorization", "").startswith("Bearer ") and not request.arg("token"):
            return _refused("Missing or invalid access token", 401)
        try:
            body = json.loads(request.body) if request.method == "POST" else {"query": request.arg("query")}
        except ValueError as error:
            return _refused(f"Request body is not JSON: {error}")
        answer = self._search(request, body)
        limits = [
            ("x-rate-limit-remaining-request-per-minute", "49"),
            ("x-rate-limit-remaining-request-per-month", "9990"),
        ]
        limits += [("x-rate-limit-retry-after-seconds", "0"), ("x-rate-limit-remaining-record-per-month", "990000")]
        return Response(answer.body, answer.status, answer.content_type, (*answer.headers, *limits))

    def _search(self, request: Request, body: dict[str, Any]) -> Response:
        size, start = int(body.get("size", 20)), int(body.get("from", 0))
        if size < 0 or size > 1000 or start + size > self.library.limit(self.name, 10_000):
            return _refused("Result window is too large, from + size must be less than or equal to 10000. Use scroll")
        token = body.get("scroll_id")
        if token:
            kept = self.scrolls.recall(token)
            if kept is None or token in self._ended:
                return _refused("Invalid or expired scroll id")
            hits, start = kept
            if start >= len(hits):
                self._ended.add(token)
                return Response(b"", 204)
        else:
            try:
                hits = sorted(_hits(body.get("query") or "*", self.shelf.stemmed))
            except QueryError as error:
                return _refused(f"Query could not be parsed: {error}")
        shown = page_of(request, hits, start, size)
        records = self.shelf.records
        data = [work(records[at]) for at in shown if at < len(records)]
        if include := body.get("include"):
            data = [{name: value for name, value in item.items() if name in include} for item in data]
        answer: dict[str, Any] = {
            "total": total_of(request, hits),
            "max_score": 1.0,
            "data": data,
            "results": len(data),
        }
        if body.get("scroll") or token:
            answer["scroll_id"] = self.scrolls.keep(hits, start + len(shown))
        return json_response(answer)


def _hits(query: Any, index: Index) -> Hits:
    """What a query of the Lens finds: text, or one of the clauses of its JSON form."""
    if isinstance(query, str):
        return index.everything if query.strip() == "*" else parse(query, LENS).hits(index)
    if not isinstance(query, dict) or len(query) != 1:
        raise QueryError("a clause needs exactly one name")
    kind, inside = next(iter(query.items()))
    if kind == "match_all":
        return index.everything
    if kind == "bool":
        return _bool(inside, index)
    if kind == "query_string":
        operator = str(inside.get("default_operator", "or")).lower()
        fields = tuple(
            field for name in inside.get("fields", ()) for field in LENS.fields.get(name.split("^")[0].lower(), ())
        )
        dialect = Dialect("colon", fields or LENS.default, LENS.fields, _DATES, implicit=operator, wildcards="*?")
        return parse(str(inside.get("query", "")), dialect).hits(index)
    name, value = next(iter(inside.items()))
    if kind == "range":
        low = value.get("gte") or value.get("gt") or ""
        high = value.get("lte") or value.get("lt") or ""
        if name not in _DATES:
            raise QueryError(f"{name} has no range", unknown_field=name)
        return Dated(_DATES[name], day_of(str(low), False), day_of(str(high), True)).hits(index)
    if kind in ("match", "match_phrase", "term", "terms"):
        values = value if isinstance(value, list) else [value]
        if name == "lens_id":
            return Chosen(lambda record: record.source_id in values).hits(index)
        texts = " OR ".join(f'{name}:"{text}"' for text in values)
        return parse(texts, LENS).hits(index)
    raise QueryError(f"{kind} is not a clause")


def _bool(clauses: dict[str, Any], index: Index) -> Hits:
    def several(name: str) -> list[Any]:
        found = clauses.get(name, [])
        return found if isinstance(found, list) else [found]

    hits = index.everything
    for clause in (*several("must"), *several("filter")):
        hits &= _hits(clause, index)
    if (some := several("should")) and not several("must"):
        hits &= frozenset().union(*(_hits(clause, index) for clause in some))
    for clause in several("must_not"):
        hits -= frozenset() if index.ignore_text else _hits(clause, index)
    return hits


def _refused(message: str, status: int = 400) -> Response:
    return json_response({"error": {"message": message}}, status)


def work(record: Record) -> dict[str, Any]:
    """A record as the Lens prints it."""
    first, last = page_ends(record)
    ids = [("doi", record.doi), ("pmid", record.pmid), ("pmcid", record.pmcid)]
    found: dict[str, Any] = {
        "lens_id": record.source_id,
        "title": record.title,
        "publication_type": "preprint" if record.entry_type == "preprint" else "journal article",
        "year_published": record.year,
        "date_published": f"{published_day(record)}T00:00:00.000000+00:00",
        "date_published_parts": date_parts(record),
        "created": f"{record.added}T02:39:28.395000+00:00",
        "external_ids": [{"type": kind, "value": value} for kind, value in ids if value],
        "open_access": {"locations": {"landing_page_urls": [record.url], "pdf_urls": []}, "colour": "closed"},
        "authors": [_author(record, n) for n in range(len(record.authors))],
        "source": {
            "title": record.journal,
            "type": "Journal",
            "publisher": record.publisher,
            "issn": [
                {"type": kind, "value": value.replace("-", "")}
                for kind, value in zip(("print", "electronic"), record.issns, strict=False)
            ],
            "country": "United Kingdom",
        },
        "fields_of_study": ["Medicine"],
        "keywords": list(record.keywords),
        "languages": [two_letters(record)],
        "references_count": 0,
        "scholarly_citations_count": len(record.title) % 7,
        "author_count": len(record.authors),
        "is_open_access": bool(record.pmcid),
    }
    optional = {"volume": record.volume, "issue": record.issue, "start_page": first, "end_page": last or first}
    found |= {name: value for name, value in optional.items() if value}
    if record.abstract:
        found["abstract"] = record.abstract
    if record.mesh:
        found["mesh_terms"] = [{"mesh_heading": term, "mesh_id": "D990000"} for term in record.mesh]
    retractions = [link for link in record.status_links if link.kind == "retracted_by"]
    if retractions:
        found["retraction_updates"] = [
            {"doi": link.target.removeprefix("doi:"), "type": "retraction", "source": "publisher"}
            for link in retractions
        ]
    return found


def _author(record: Record, number: int) -> dict[str, Any]:
    family, given = split_name(record.authors[number])
    letters = "".join(part[0] for part in given.split())
    places = record.affiliations if number == 0 else ()
    shown = [{"name": place.split(", ")[0], "name_original": place, "country_code": "GB"} for place in places]
    if not given:
        return {"collective_name": family, "affiliations": shown}
    return {"first_name": given, "last_name": family, "initials": letters, "affiliations": shown}

"""Crossref as the sandbox plays it: /works with query, filter, rows, offset and cursor, and /works/{doi}.

Kept: words rank and do not select (any word finds); cursor=* must come first; next-cursor on every page,
also the last; cursors that expire (404 cursor-invalid); rows <= 1000, offset <= 10,000; JATS abstracts;
updated-by on the retracted work and update-to on the notice, both lost with select=; the pools' headers.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

from livingscan.records import Record
from livingscan.sandbox.index import words
from livingscan.sandbox.nodes import Chosen, Dated, Node
from livingscan.sandbox.parts import Scrolls, date_parts, split_name, stamped
from livingscan.sandbox.pubmed_xml import LABELLED
from livingscan.sandbox.query import QueryError, day_of
from livingscan.sandbox.wire import (
    Library,
    Request,
    Response,
    Service,
    json_response,
    not_found,
    page_of,
    text_response,
    total_of,
)

_DATES = {"created": "added", "index": "revised", "update": "revised", "deposit": "revised"}
_DATES |= {"pub": "published", "issued": "published", "online-pub": "published", "print-pub": "published"}
_STOP = frozenset(("a", "an", "and", "for", "in", "not", "of", "on", "or", "the", "to"))
_UPDATES = {
    "retracted_by": "retraction",
    "retraction_of": "retraction",
    "concern_by": "expression_of_concern",
    "concern_of": "expression_of_concern",
    "corrected_by": "erratum",
    "correction_of": "erratum",
}
_ITALIC = re.compile(r"(Staphylococcus aureus|in vitro)")


class Crossref(Service):
    """/works over the shelf "crossref"."""

    name = "crossref"

    def __init__(self, library: Library) -> None:
        super().__init__(library)
        self.scrolls = Scrolls("DnF1ZXJ5VGhlbkZldGNo")

    def expire(self) -> None:
        """Forget all cursors; live ones last about five minutes."""
        self.scrolls.forget()

    def handle(self, request: Request) -> Response:
        """Answer one request, with the headers of the pool it is in."""
        path = request.path.rstrip("/")
        if path == "/works":
            answer = self._list(request)
        elif path.startswith("/works/"):
            answer = self._one(path.removeprefix("/works/"))
        else:
            answer = not_found(request.path)
        polite = bool(request.arg("mailto")) or "mailto:" in request.headers.get("user-agent", "")
        limits = [("x-rate-limit-limit", "10" if polite else "5"), ("x-rate-limit-interval", "1s")]
        limits += [("x-concurrency-limit", "3" if polite else "1"), ("x-api-pool", "polite" if polite else "public")]
        return Response(answer.body, answer.status, answer.content_type, (*answer.headers, *limits))

    def _one(self, doi: str) -> Response:
        at = self.shelf.by_id.get(re.sub(r"^https?://(dx\.)?doi\.org/", "", doi).lower())
        if at is None:
            return text_response("Resource not found.", 404)
        message = self.item(self.shelf.records[at], None)
        return json_response(_ok("work", message))

    def _list(self, request: Request) -> Response:
        rows, offset, cursor = request.arg("rows") or "20", request.arg("offset") or "0", request.arg("cursor")
        for value, most in ((rows, 1000), (offset, self.library.limit(self.name, 10_000))):
            if not value.isdigit() or int(value) > most:
                what = f"Integer specified as {value} but must be a positive integer less than or equal to {most}. "
                return _invalid("integer-not-valid", value, what)
        if cursor and cursor != "*":
            kept = self.scrolls.recall(cursor)
            if kept is None:
                return _invalid("cursor-invalid", cursor, "Cursor specified but it is invalid", 404)
            hits, start = kept
        else:
            try:
                hits, start = self._hits(request), int(offset)
            except QueryError as error:
                return _invalid("filter-not-available", request.arg("filter"), str(error))
        shown = page_of(request, hits, start, int(rows))
        terms = self._words(request)
        found: dict[str, Any] = {"facets": {}}
        if cursor:
            found["next-cursor"] = self.scrolls.keep(hits, start + len(shown))
        items = [self.item(self.shelf.records[at], terms) for at in shown if at < len(self.shelf.records)]
        if chosen := request.arg("select"):
            names = set(chosen.split(",")) - {"updated-by", "update-to"}
            items = [{name: value for name, value in item.items() if name in names} for item in items]
        found |= {"total-results": total_of(request, hits), "items": items, "items-per-page": int(rows)}
        found["query"] = {"start-index": 0 if cursor else int(offset), "search-terms": request.arg("query") or None}
        return json_response(_ok("work-list", found))

    @staticmethod
    def _words(request: Request) -> list[str]:
        text = " ".join(request.arg(name) for name in ("query", "query.bibliographic", "query.title"))
        return [word for word in dict.fromkeys(words(text)) if word not in _STOP]

    def _hits(self, request: Request) -> list[int]:
        """All that hold any of the words and pass every filter, best first: most words found."""
        index = self.shelf.index
        terms = self._words(request)
        hits = index.everything
        for part in (part for part in request.arg("filter").split(",") if part):
            name, _, value = part.partition(":")
            hits &= _filter(name, value).hits(index)
        if not terms or index.ignore_text:
            return sorted(hits)
        score: dict[int, int] = {}
        for term in terms:
            found = index.phrase((term,), "title") | index.phrase((term,), "abstract") | index.phrase((term,), "author")
            for at in found & hits:
                score[at] = score.get(at, 0) + 1
        return sorted(score, key=lambda at: (-score[at], at))

    def item(self, record: Record, terms: list[str] | None) -> dict[str, Any]:
        """A record as a Crossref work."""
        day = record.added
        revised = record.revised or day
        preprint = record.entry_type == "preprint"
        found: dict[str, Any] = {"indexed": stamped(revised)} if revised else {}
        found |= {"reference-count": 0, "publisher": record.publisher or "Synthetic"}
        found |= {name: value for name, value in (("issue", record.issue), ("volume", record.volume)) if value}
        found["content-domain"] = {"domain": [], "crossmark-restriction": False}
        found["short-container-title"] = [record.journal_abbreviation] if record.journal_abbreviation else []
        if record.abstract:
            found["abstract"] = jats(record.abstract)
        found |= {"DOI": record.doi, "type": "posted-content" if preprint else "journal-article"}
        if day:
            found["created"] = stamped(day)
        if record.pages:
            found["page"] = record.pages
        found |= {"source": "Crossref", "is-referenced-by-count": len(record.title) % 17, "title": [record.title]}
        found["prefix"] = record.doi.split("/")[0]
        if record.authors:
            found["author"] = [_author(record, n) for n in range(len(record.authors))]
        found["member"] = "0"
        issued = {"date-parts": [date_parts(record)]}
        found["posted" if preprint else "published-online"] = issued
        found["container-title"] = [record.journal] if record.journal else []
        if preprint:
            found |= {"subtype": "preprint", "institution": [{"name": "medRxiv"}], "group-title": "Health Systems"}
        if record.language:
            found["language"] = "en"
        found["deposited"] = found.get("indexed")
        found |= {"score": float(len(terms or [1])), "resource": {"primary": {"URL": record.url}}, "issued": issued}
        found |= {"references-count": 0, "URL": f"https://doi.org/{record.doi}"}
        if record.issns:
            found["ISSN"] = list(record.issns)
            kinds = ("print", "electronic")
            found["issn-type"] = [
                {"type": kind, "value": value} for kind, value in zip(kinds, record.issns, strict=False)
            ]
        return found | self._relations(record)

    def _relations(self, record: Record) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for link in record.status_links:
            doi = link.target.removeprefix("doi:")
            if link.kind in ("preprint_of", "has_preprint"):
                name = "is-preprint-of" if link.kind == "preprint_of" else "has-preprint"
                entry = {"id-type": "doi", "id": doi, "asserted-by": "subject"}
                found.setdefault("relation", {}).setdefault(name, []).append(entry)
            elif link.kind in _UPDATES:
                other = self.shelf.by_id.get(doi)
                since = self.shelf.records[other].added if other is not None else record.revised
                kind = _UPDATES[link.kind]
                entry = {"DOI": doi, "type": kind, "label": kind.replace("_", " ").capitalize(), "source": "publisher"}
                name = "updated-by" if link.kind.endswith("_by") else "update-to"
                found.setdefault(name, []).append(entry | ({"updated": stamped(since)} if since else {}))
        return found


def jats(abstract: str) -> str:
    """An abstract as publishers deposit it: sections with titles, species in italics."""
    parts = []
    for line in abstract.splitlines():
        label = LABELLED.fullmatch(line)
        body = _ITALIC.sub(r"<jats:italic>\1</jats:italic>", escape(label[2] if label else line, quote=False))
        title = f"<jats:title>{escape(label[1].capitalize())}</jats:title>" if label else ""
        parts.append(f"<jats:sec>{title}<jats:p>{body}</jats:p></jats:sec>" if label else f"<jats:p>{body}</jats:p>")
    return "<jats:title>Abstract</jats:title>" + "".join(parts)


def _author(record: Record, number: int) -> dict[str, Any]:
    family, given = split_name(record.authors[number])
    order = "first" if number == 0 else "additional"
    places = record.affiliations if number == 0 else ()
    shared = {"sequence": order, "affiliation": [{"name": place} for place in places]}
    return {"given": given, "family": family, **shared} if given else {"name": family, **shared}


def _filter(name: str, value: str) -> Node:
    found = re.fullmatch(r"(from|until)-([\w-]+)-date", name)
    if found and found[2] in _DATES:
        kind, first = _DATES[found[2]], found[1] == "from"
        return Dated(kind, day_of(value, False) if first else None, None if first else day_of(value, True))
    if name == "doi":
        return Chosen(lambda record: record.doi == value.lower())
    if name == "type":
        return Chosen(lambda record: value in record.publication_types)
    if name == "has-abstract":
        return Chosen(lambda record: bool(record.abstract) is (value in ("true", "1")))
    if name == "has-update":
        return Chosen(lambda record: any(link.kind.endswith("_of") for link in record.status_links))
    if name == "updates":
        return Chosen(lambda record: any(link.target == f"doi:{value.lower()}" for link in record.status_links))
    if name == "issn":
        return Chosen(lambda record: value in record.issns)
    raise QueryError(f"Filter {name} specified but there is no such filter for this route.")


def _ok(kind: str, message: dict[str, Any]) -> dict[str, Any]:
    return {"status": "ok", "message-type": kind, "message-version": "1.0.0", "message": message}


def _invalid(kind: str, value: str, message: str, status: int = 400) -> Response:
    group = "resource-failure" if status == 404 else "validation-failure"
    detail = [{"type": kind, "value": value, "message": message}]
    return json_response({"status": "failed", "message-type": group, "message": detail}, status)

"""Scopus as the sandbox plays it: /content/search/scopus.

Kept: a key is needed; count <= 25 in the COMPLETE view and <= 200 in STANDARD; start < 5,000 although
the "last" link may promise more; cursor=* with @next; numbers as strings; no hits is one entry with an
error in it; TITLE-ABS-KEY(), W/n, PRE/n, AND NOT, PUBYEAR, ORIG-LOAD-DATE; abstracts only in COMPLETE.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from livingscan.records import Record
from livingscan.sandbox.nodes import Either, Node, Phrase
from livingscan.sandbox.parts import Scrolls, published_day, split_name
from livingscan.sandbox.query import SCOPUS_ORDER, Dialect, QueryError, find
from livingscan.sandbox.wire import Library, Request, Response, Service, json_response, not_found, page_of, total_of

_TEXT = ("title", "abstract", "keyword")
_NAMED = {
    ("title-abs-key",): _TEXT,
    ("title-abs",): ("title", "abstract"),
    ("title",): ("title",),
    ("abs",): ("abstract",),
    ("key", "authkey", "indexterms"): ("keyword",),
    ("all",): (*_TEXT, "author", "affiliation", "journal", "id"),
    ("auth", "author-name"): ("author",),
    ("affil", "affilorg", "affilcity"): ("affiliation",),
    ("affilcountry",): ("affiliation",),
    ("srctitle", "conf"): ("journal",),
    ("doctype", "srctype", "limit-to", "exclude"): ("type",),
    ("language",): ("language",),
    ("doi", "pmid", "eid", "issn"): ("id",),
}


def _resolve(name: str, text: str) -> Node | None:
    """Our addresses end in "UK" or "United Kingdom"; to Scopus both are one country."""
    if name == "affilcountry" and text.strip().lower() == "united kingdom":
        return Either(Phrase(("uk",), ("affiliation",)), Phrase(("united", "kingdom"), ("affiliation",)))
    return None


SCOPUS = Dialect(
    style="call",
    default=(*_TEXT, "author", "affiliation", "journal"),
    fields={name: fields for names, fields in _NAMED.items() for name in names},
    dates={"pubyear": "published", "orig-load-date": "added", "load-date": "revised", "pubdatetxt": "published"},
    order=SCOPUS_ORDER,
    wildcards="*?",
    lower_case=True,
    resolve=_resolve,
)
_REACHABLE = 5000
_SERVICE = "https://api.elsevier.com/content"


class Scopus(Service):
    """Search over the shelf "scopus"."""

    name = "scopus"

    def __init__(self, library: Library) -> None:
        super().__init__(library)
        self.scrolls = Scrolls("AoJ")

    def expire(self) -> None:
        """Forget all cursors."""
        self.scrolls.forget()

    def handle(self, request: Request) -> Response:
        """Answer a search."""
        # The client's base address may or may not hold the first two parts.
        if request.path not in ("/content/search/scopus", "/scopus"):
            return not_found(request.path)
        if not (request.headers.get("x-els-apikey") or request.arg("apiKey")):
            return _refused("AUTHENTICATION_ERROR", "Invalid API Key", 401)
        view, count = request.arg("view", "STANDARD"), request.number("count", 25)
        if count > (25 if view == "COMPLETE" else 200):
            return _refused("INVALID_INPUT", "Exceeds the maximum number allowed for the service level")
        cursor, start = request.arg("cursor"), request.number("start", 0)
        if start >= self.library.limit(self.name, _REACHABLE):
            return _refused("INVALID_INPUT", "Exceeds the number of search results allowed for the service level")
        if cursor and cursor != "*":
            kept = self.scrolls.recall(cursor)
            if kept is None:
                return _refused("INVALID_INPUT", "Invalid cursor value")
            hits, start = kept
        else:
            try:
                hits = sorted(find(request.arg("query").strip(), SCOPUS, self.shelf.stemmed))
            except QueryError as error:
                return _refused("INVALID_INPUT", f"Error translating query: {error}")
        shown = page_of(request, hits, start, count)
        limits = [("X-RateLimit-Limit", "20000"), ("X-RateLimit-Remaining", "19880"), ("X-ELS-Status", "OK")]
        limits.append(("X-RateLimit-Reset", "1594210657000"))
        found = self._envelope(request, hits, shown, start, count)
        return json_response({"search-results": found}, headers=limits)

    def _envelope(
        self, request: Request, hits: Sequence[int], shown: Sequence[int], start: int, count: int
    ) -> dict[str, Any]:
        query, total = request.arg("query"), total_of(request, hits)
        found: dict[str, Any] = {
            "opensearch:totalResults": str(total),
            "opensearch:startIndex": str(start),
            "opensearch:itemsPerPage": str(len(shown)),
            "opensearch:Query": {"@role": "request", "@searchTerms": query, "@startPage": str(start)},
        }
        if request.arg("cursor"):
            token = self.scrolls.keep(hits, start + len(shown))
            found["cursor"] = {"@current": request.arg("cursor"), "@next": token}
        last = min(max(0, (total - 1) // max(count, 1) * count), _REACHABLE - count)
        places = {"self": start, "first": 0, "next": start + count, "last": last}
        found["link"] = [_link(ref, query, place, count) for ref, place in places.items() if place < max(total, 1)]
        records, whole = self.shelf.records, request.arg("view") == "COMPLETE"
        entries = [entry(records[at], whole) for at in shown if at < len(records)]
        found["entry"] = entries or [{"@_fa": "true", "error": "Result set was empty"}]
        return found


def entry(record: Record, whole: bool) -> dict[str, Any]:
    """A record as Scopus prints it; ``whole`` is the COMPLETE view."""
    number = record.source_id.removeprefix("2-s2.0-")
    found: dict[str, Any] = {
        "@_fa": "true",
        "link": [{"@_fa": "true", "@ref": "self", "@href": f"{_SERVICE}/abstract/scopus_id/{number}"}],
        "prism:url": f"{_SERVICE}/abstract/scopus_id/{number}",
        "dc:identifier": f"SCOPUS_ID:{number}",
        "eid": record.source_id,
        "dc:title": record.title,
    }
    if record.authors:
        found["dc:creator"] = _short(record.authors[0])
    if record.journal:
        found["prism:publicationName"] = record.journal
    names = ("prism:issn", "prism:eIssn")
    found |= {name: issn.replace("-", "") for name, issn in zip(names, record.issns, strict=False)}
    issue = {"prism:volume": record.volume, "prism:issueIdentifier": record.issue}
    found |= {name: value for name, value in issue.items() if value}
    if record.pages:
        found["prism:pageRange"] = record.pages
    found |= {"prism:coverDate": published_day(record), "prism:coverDisplayDate": published_day(record)[:7]}
    if record.doi:
        found["prism:doi"] = record.doi
    if whole and record.abstract:
        found["dc:description"] = record.abstract
    found["citedby-count"] = str(len(record.title) % 11)
    country = record.affiliations[0].rstrip(".").split(", ")[-1] if record.affiliations else ""
    if record.affiliations:
        name = record.affiliations[0].split(", ")[0]
        found["affiliation"] = [
            {"@_fa": "true", "affilname": name, "affiliation-city": None, "affiliation-country": _country(country)}
        ]
    if record.pmid:
        found["pubmed-id"] = record.pmid
    kind = record.publication_types[0] if record.publication_types else "Article"
    found |= {"prism:aggregationType": "Journal", "subtype": kind[:2].lower(), "subtypeDescription": kind}
    if whole:
        found["author-count"] = {"@limit": "100", "@total": str(len(record.authors)), "$": str(len(record.authors))}
        found["author"] = [_author(n, name) for n, name in enumerate(record.authors, start=1)]
        found["authkeywords"] = " | ".join(record.keywords)
    return found | {"source-id": "99000", "openaccess": "0", "openaccessFlag": False}


def _country(name: str) -> str:
    return "United Kingdom" if name == "UK" else name


def _short(name: str) -> str:
    return name.replace(",", "")


def _author(number: int, name: str) -> dict[str, Any]:
    family, given = split_name(name)
    return {
        "@_fa": "true", "@seq": str(number), "author-url": f"{_SERVICE}/author/author_id/99{number:06d}",
        "authid": f"99{number:06d}", "authname": _short(name), "surname": family, "given-name": given,
        "initials": given,
    }  # fmt: skip


def _link(ref: str, query: str, start: int, count: int) -> dict[str, str]:
    href = f"{_SERVICE}/search/scopus?start={start}&count={count}&query={quote(query)}"
    return {"@_fa": "true", "@ref": ref, "@href": href, "@type": "application/json"}


def _refused(code: str, text: str, status: int = 400) -> Response:
    return json_response({"service-error": {"status": {"statusCode": code, "statusText": text}}}, status)

"""OpenAlex as the sandbox plays it: /works with filters, search and cursor, and its budget headers of 2026.

Kept: cursor=* and next_cursor, null on the last page; page * per_page <= 10,000; addresses over 4,094
bytes refused; from_created_date and from_updated_date refused without a paid plan; inverted abstracts;
unknown filters named in a 400; X-RateLimit headers in dollars, cost_usd in meta. Words are stemmed
(plurals only); no wildcards.
"""

from __future__ import annotations

import base64
import binascii
import re
from hashlib import sha256
from typing import Any

from livingscan.records import Record
from livingscan.sandbox.bank_people import JOURNALS
from livingscan.sandbox.nodes import Chosen, Dated, Node
from livingscan.sandbox.parts import displayed, page_ends, published_day, two_letters
from livingscan.sandbox.query import Dialect, QueryError, day_of, find
from livingscan.sandbox.wire import Request, Response, Service, json_response, not_found, page_of, total_of

OPENALEX = Dialect(style="words", default=("title", "abstract"), wildcards="")
_LONGEST_URL = 4_094
_SEARCHES = {
    "title_and_abstract.search": ("title", "abstract"),
    "title.search": ("title",),
    "display_name.search": ("title",),
    "abstract.search": ("abstract",),
    "default.search": ("title", "abstract"),
    "fulltext.search": ("title", "abstract"),
}
_SPELLINGS = {name: Dialect(style="words", default=fields, wildcards="") for name, fields in _SEARCHES.items()}
_BUDGET = 0.1


class OpenAlex(Service):
    """/works over the shelf "openalex"."""

    name = "openalex"

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        if len(request.url.encode()) - len("/openalex") + len("https://api.openalex.org") > _LONGEST_URL:
            size = len(request.url.encode())
            return _refused(
                "Request URL too long",
                f"Your request URL is {size} bytes, over the {_LONGEST_URL}-byte limit (roughly 4 KB, mostly the "
                "'search' value). Split a large Boolean query into smaller chunks, request each separately, and "
                "combine the returned IDs client-side.",
            )
        if request.path.rstrip("/") == "/works":
            return self._list(request)
        if request.path.startswith("/works/"):
            return self._one(request.path.removeprefix("/works/"))
        if request.path == "/rate-limit":
            return self._budget(request)
        return not_found(request.path)

    def _budget(self, request: Request) -> Response:
        if not request.arg("api_key"):
            return _refused("Invalid or missing API key", "API key not found", 401)
        limit = {"daily_budget_usd": 1, "daily_used_usd": 0, "daily_remaining_usd": 1, "resets_in_seconds": 41669}
        return json_response({"api_key": "san...box", "is_grandfathered": False, "rate_limit": limit})

    def _one(self, key: str) -> Response:
        wanted = key.rstrip("/").split("/")[-1]
        shelf = self.shelf
        at = shelf.by_id.get(wanted)
        if at is None:
            doi = re.sub(r"^https?://doi\.org/|^doi:", "", key)
            at = next((n for n, record in enumerate(shelf.records) if doi and record.doi == doi), None)
        if at is None:
            return not_found(key)
        return json_response(work(shelf.records[at]), headers=_headers(0.0))

    def _list(self, request: Request) -> Response:
        size = request.number("per_page", request.number("per-page", 25))
        if not 1 <= size <= 200:
            return _refused("Invalid query parameters error.", "per-page parameter must be between 1 and 200")
        try:
            hits = self._hits(request)
        except QueryError as error:
            return _refused("Invalid query parameters error.", str(error), 403 if "plan" in str(error) else 400)
        cursor, page = request.arg("cursor"), request.number("page", 1)
        cap = self.library.limit(self.name, 10_000)
        if not cursor and page * size > cap:
            return _refused(
                "Pagination error.",
                f"Maximum results size of {cap:,} records is exceeded. Cursor pagination is required for records "
                f"beyond {cap:,}. Read more here: https://developers.openalex.org/api-entities/works",
            )
        start = _place(cursor) if cursor else (page - 1) * size
        if start is None or (request.fault == "expired" and cursor not in ("", "*")):
            return _refused("Invalid query parameters error.", "Cursor value is invalid")
        shown = page_of(request, hits, start, size)
        total = total_of(request, hits)
        meta: dict[str, Any] = {
            "count": total, "db_response_time_ms": 28, "page": None if cursor else page, "per_page": size,
        }  # fmt: skip
        if cursor:
            more = start + len(shown) < len(hits) and bool(shown)
            meta["next_cursor"] = _cursor(start + size) if more else None
        meta |= {"groups_count": None, "cost_usd": 0.0001}
        results = [work(self.shelf.records[at]) for at in shown]
        if request.arg("search") or ".search:" in request.arg("filter"):
            results = [result | {"relevance_score": 1.0} for result in results]
        if chosen := request.arg("select"):
            names = chosen.split(",")
            results = [{name: value for name, value in result.items() if name in names} for result in results]
        return json_response({"meta": meta, "results": results, "group_by": []}, headers=_headers(0.0001))

    def _hits(self, request: Request) -> list[int]:
        index = self.shelf.stemmed
        hits = index.everything
        if text := request.arg("search"):
            hits &= find(text, OPENALEX, index)
        for name, value in _filters(request.arg("filter")):
            spelling = _SPELLINGS.get(name)
            hits &= find(value, spelling, index) if spelling else _filter(name, value).hits(index)
        return sorted(hits)


def _filters(text: str) -> list[tuple[str, str]]:
    """(name, value) pairs; a comma only parts them where a name and a colon follow."""
    found = []
    for part in re.split(r",(?=[\w.]+:)", text):
        if part:
            name, _, value = part.partition(":")
            found.append((name.replace("-", "_"), value))
    return found


def _filter(name: str, value: str) -> Node:
    if name in ("from_created_date", "from_updated_date", "to_created_date", "to_updated_date"):
        raise QueryError(f"The {name} filter needs a paid plan. See https://openalex.org/pricing")
    if name in ("from_publication_date", "to_publication_date"):
        first = name.startswith("from")
        return Dated("published", day_of(value, False) if first else None, None if first else day_of(value, True))
    if name == "publication_year":
        low, _, high = value.partition("-")
        return Dated("published", day_of(low, False), day_of(high or low, True))
    wanted = {part.removeprefix("https://doi.org/").removeprefix("https://openalex.org/") for part in value.split("|")}
    if name == "doi":
        return Chosen(lambda record: record.doi in {doi.lower() for doi in wanted})
    if name in ("ids.openalex", "openalex_id", "openalex"):
        return Chosen(lambda record: record.source_id in wanted)
    if name in ("pmid", "ids.pmid"):
        return Chosen(lambda record: record.pmid in {part.split("/")[-1] for part in wanted})
    if name == "type":
        return Chosen(lambda record: bool(wanted.intersection(record.publication_types)))
    if name == "language":
        return Chosen(lambda record: two_letters(record) in wanted)
    if name == "is_retracted":
        return Chosen(lambda record: _retracted(record) is (value == "true"))
    if name == "has_abstract":
        return Chosen(lambda record: bool(record.abstract) is (value == "true"))
    if name == "is_paratext":
        return Chosen(lambda record: value != "true")
    valid = sorted([*_SEARCHES, "doi", "from_publication_date", "is_retracted", "language", "publication_year", "type"])
    raise QueryError(
        f"{name} is not a valid field. Valid fields are underscore or hyphenated versions of: {', '.join(valid)}"
    )


def _retracted(record: Record) -> bool:
    return any(link.kind == "retracted_by" for link in record.status_links)


def _refused(error: str, message: str, status: int = 400) -> Response:
    return json_response({"error": error, "message": message}, status)


def _headers(cost: float) -> list[tuple[str, str]]:
    return [
        ("X-RateLimit-Cost-USD", str(cost)),
        ("X-RateLimit-Limit", "1000"),
        ("X-RateLimit-Limit-USD", str(_BUDGET)),
        ("X-RateLimit-Remaining", "999"),
        ("X-RateLimit-Remaining-USD", str(round(_BUDGET - cost, 4))),
        ("X-RateLimit-Reset", "41741"),
    ]


def _cursor(place: int) -> str:
    return base64.b64encode(f'"{place}"'.encode()).decode()


def _place(cursor: str) -> int | None:
    if cursor == "*":
        return 0
    try:
        return int(base64.b64decode(cursor, validate=True).decode().strip('"'))
    except (ValueError, binascii.Error):
        return None


def inverted(text: str) -> dict[str, list[int]] | None:
    """An abstract as OpenAlex keeps it: each word with its positions; None where there is none."""
    found: dict[str, list[int]] = {}
    for place, word in enumerate(text.split()):
        found.setdefault(word, []).append(place)
    return found or None


def work(record: Record) -> dict[str, Any]:
    """A record as an OpenAlex work."""
    key, doi = f"https://openalex.org/{record.source_id}", f"https://doi.org/{record.doi}" if record.doi else None
    ids = {"openalex": key}
    ids |= {"doi": doi} if doi else {}
    ids |= {"pmid": f"https://pubmed.ncbi.nlm.nih.gov/{record.pmid}"} if record.pmid else {}
    number = record.pmcid.removeprefix("PMC")
    ids |= {"pmcid": f"https://www.ncbi.nlm.nih.gov/pmc/articles/{number}"} if number else {}
    first, last = page_ends(record)
    place = _location(record, doi)
    kind = record.publication_types[0] if record.publication_types else "article"
    free = bool(record.pmcid)
    return {
        "id": key, "doi": doi, "title": record.title, "display_name": record.title,
        "publication_year": record.year, "publication_date": published_day(record), "ids": ids,
        "language": two_letters(record), "primary_location": place, "type": kind,
        "indexed_in": ["crossref", *(["pubmed"] if record.pmid else [])],
        "open_access": {"is_oa": free, "oa_status": "gold" if free else "closed", "oa_url": doi if free else None,
                        "any_repository_has_fulltext": free},
        "authorships": [_authorship(record, n) for n in range(min(len(record.authors), 100))],
        "institutions": [], "countries_distinct_count": 1, "institutions_distinct_count": 1,
        "corresponding_author_ids": [], "corresponding_institution_ids": [], "apc_list": None, "apc_paid": None,
        "fwci": None, "has_fulltext": False, "cited_by_count": len(record.title) % 19,
        "citation_normalized_percentile": None, "cited_by_percentile_year": None,
        "biblio": {"volume": record.volume or None, "issue": record.issue or None, "first_page": first or None,
                   "last_page": last or first or None},
        "is_retracted": _retracted(record), "is_paratext": False, "is_xpac": False, "primary_topic": None, "topics": [],
        "keywords": [_keyword(word) for word in record.keywords],
        "concepts": [], "mesh": [], "locations_count": 1, "locations": [place], "best_oa_location": None,
        "sustainable_development_goals": [], "awards": [], "funders": [],
        "has_content": {"grobid_xml": False, "pdf": False}, "content_urls": None, "referenced_works_count": 0,
        "referenced_works": [], "related_works": [], "abstract_inverted_index": inverted(record.abstract),
        "counts_by_year": [],
        "updated_date": f"{record.revised}T09:19:25.381259" if record.revised else None,
        "created_date": f"{record.added}T00:00:00" if record.added else None,
    }  # fmt: skip


def _keyword(word: str) -> dict[str, Any]:
    key = word.lower().replace(" ", "-")
    return {"id": f"https://openalex.org/keywords/{key}", "display_name": word, "score": 0.5}


def _location(record: Record, doi: str | None) -> dict[str, Any]:
    journal = next((journal for journal in JOURNALS if journal.title == record.journal), None)
    source = None
    if record.journal:
        source = {
            "id": f"https://openalex.org/S99{journal.nlm_id if journal else 0}", "display_name": record.journal,
            "issn_l": record.issns[0] if record.issns else None, "issn": list(record.issns) or None, "is_oa": False,
            "is_in_doaj": bool(journal and journal.open_access), "is_core": False, "host_organization": None,
            "host_organization_name": record.publisher or None, "host_organization_lineage": [],
            "host_organization_lineage_names": [], "type": "journal",
        }  # fmt: skip
    return {
        "id": f"doi:{record.doi}" if record.doi else None, "is_oa": bool(record.pmcid), "landing_page_url": doi,
        "pdf_url": None, "source": source, "license": None, "license_id": None, "version": "publishedVersion",
        "is_accepted": True, "is_published": True, "raw_source_name": record.journal or None,
        "raw_type": "journal-article",
    }  # fmt: skip


def _authorship(record: Record, number: int) -> dict[str, Any]:
    name = displayed(record.authors[number])
    places = list(record.affiliations if number == 0 else record.affiliations[-1:] if number == 1 else ())
    position = "first" if number == 0 else "last" if number == len(record.authors) - 1 else "middle"
    key = f"https://openalex.org/A99{int(sha256(name.encode()).hexdigest()[:6], 16)}"
    return {
        "author_position": position, "author": {"id": key, "display_name": name, "orcid": None},
        "institutions": [], "countries": [], "is_corresponding": number == 0, "raw_author_name": name,
        "raw_affiliation_strings": places, "raw_orcid": None,
        "affiliations": [{"raw_affiliation_string": place, "institution_ids": []} for place in places],
    }  # fmt: skip

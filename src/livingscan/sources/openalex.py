"""OpenAlex.

Base: https://api.openalex.org (/works). The strategy goes into filter=title_and_abstract.search.
Paging: cursor from "*" on, 100 a page; the end is a next_cursor of null or an empty page (both are met).
Addresses over 4,094 bytes are refused: a long strategy is cut into several whose union finds the same.
Record-added date: from_created_date needs a paid plan, also with a key. So every search sweeps the whole
strategy; created_date of each record and the harvest tell what is new. Changes: likewise (updated_date).
Rate and cost: metered; about 0.001 USD a search page; 0.10 USD a day without a key, 1 USD with a free one;
429 when it is spent. What the answers say they cost (meta.cost_usd) goes into the ledger. 10 requests a second.
Corrections and retractions: is_retracted (from Retraction Watch), type "retraction" and "erratum"; the
other document is not named.
Merged works: the id found is the one delivered, so a walk never meets an old one. Authorships end at 100.
Unchecked: whether 301 or 404 answers for merged ids; whether commas inside phrases can be escaped (they
are replaced by blanks: the search ignores punctuation).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any
from urllib.parse import urlencode

from livingscan.errors import DataError, RetriableSourceError
from livingscan.formats.dates import join_pages, parse_day
from livingscan.formats.languages import language_code
from livingscan.formats.names import author
from livingscan.formats.status import implied_links
from livingscan.formats.text import inverted_index, plain
from livingscan.records import (
    Fetched,
    Page,
    Promise,
    Record,
    StatusLink,
    Unreadable,
    Window,
    make_record,
    normalise_doi,
)
from livingscan.sources.base import Source
from livingscan.sources.boolean import split
from livingscan.sources.fields import day_or_year, load, mapping, mappings, number, read_each, string, strings, within
from livingscan.sources.http import Response
from livingscan.sources.walk import Batch, batch_of, walk

PAGE = 100
LONGEST_URL = 4_000  # bytes; the service refuses more than 4,094
_ENTRY_TYPES = {
    "book": "book",
    "book-chapter": "chapter",
    "dissertation": "thesis",
    "preprint": "preprint",
    "report": "report",
    "dataset": "dataset",
    "article": "article",
    "review": "article",
    "letter": "article",
    "editorial": "article",
}


def parse(body: str | bytes) -> Iterator[Fetched | Unreadable]:
    """The records of one answer: a list of works, or a single work.

    Raises:
        DataError: it is something else.
    """
    answer = load(body)
    works = answer.get("results") if isinstance(answer, dict) else answer
    if isinstance(answer, dict) and works is None and answer.keys() & {"title", "display_name"}:
        works = [answer]
    if not isinstance(works, list):
        raise DataError(f"this is no list of works of OpenAlex: {string(mapping(answer).get('message'))[:200]}")
    yield from read_each((work for work in works if work), _record, "openalex")


class OpenAlex(Source):
    """See the module."""

    name = "openalex"
    title = "OpenAlex"
    platform = "OpenAlex REST API"
    live_url = "https://api.openalex.org"
    per_second = 10.0
    key = "openalex_api_key"
    has_added_date = False

    def parts(self) -> list[str]:
        """The strategy, cut so that each address is short enough."""
        return split(self.strategy.replace(",", " "), lambda piece: self._length(piece) <= LONGEST_URL)

    def _length(self, piece: str) -> int:
        room = 300  # for a cursor
        return len(f"{self.live_url}/works?{urlencode(self._params(piece, '*', PAGE))}") + room

    def _params(self, piece: str, mark: str, size: int) -> dict[str, str | int | list[str]]:
        params: dict[str, str | int | list[str]] = {
            "filter": f"title_and_abstract.search:{piece}",
            "per_page": size,
            "cursor": mark,
        }
        if self.secret:
            params["api_key"] = self.secret
        return params

    def promise(self, window: Window) -> Promise:
        """meta.count; None where the strategy is cut, for the pieces overlap."""
        pieces = self.parts()
        if len(pieces) > 1:
            return Promise(None, notes=(f"the strategy was cut into {len(pieces)}, which overlap",))
        return Promise(self._ask(pieces[0], "*", 1).total)

    def pages(self, window: Window, cursor: str | None = None, have: Set[str] = frozenset()) -> Iterator[Page]:
        """The whole strategy, whatever the window. See :class:`Source`."""
        return walk(self.parts(), lambda piece, mark: self._ask(piece, mark, PAGE), cursor, have, title=self.title)

    def _ask(self, piece: str, mark: str, size: int) -> Batch:
        def read(response: Response) -> Batch:
            answer = mapping(response.json())
            if not isinstance(answer.get("results"), list) or not isinstance(answer.get("meta"), dict):
                raise RetriableSourceError(f"OpenAlex sent no list of works: {response.glimpse()}")
            self.http.tally.cost_usd += _cost(answer, response)
            items = list(read_each(answer["results"], _record, self.name))
            return batch_of(items, number(answer["meta"].get("count")), string(answer["meta"].get("next_cursor")))

        return self.ask("/works", read, self._params(piece, mark, size))


def _cost(answer: Mapping[str, Any], response: Response) -> float:
    try:
        told = within(answer, "meta", "cost_usd")
        return float(response.headers.get("x-ratelimit-cost-usd", 0) if told is None else told)
    except (TypeError, ValueError):
        return 0.0


def _record(work: Mapping[str, Any]) -> Record:
    ids = mapping(work.get("ids"))
    address = string(work.get("id")) or string(ids.get("openalex"))
    doi = string(work.get("doi")) or string(ids.get("doi"))
    key = address.rpartition("/")[2] or normalise_doi(doi)
    if not key:
        raise ValueError("a work without id and DOI")
    place = mapping(work.get("primary_location"))
    venue = mapping(place.get("source")) or mapping(work.get("host_venue"))  # host_venue: until 2023
    biblio = mapping(work.get("biblio"))
    kind = string(work.get("type"))
    title = plain(string(work.get("title")) or string(work.get("display_name")))
    return make_record(
        source="openalex",
        source_id=key,
        title=title,
        abstract=inverted_index(work.get("abstract_inverted_index")),
        authors=_authors(work),
        year=number(work.get("publication_year")),
        published=day_or_year(string(work.get("publication_date"))),
        journal=plain(string(venue.get("display_name")) or _raw_venue(place)),
        issns=strings(venue.get("issn")) or strings(venue.get("issn_l")),
        volume=string(biblio.get("volume")),
        issue=string(biblio.get("issue")),
        pages=join_pages(string(biblio.get("first_page")), string(biblio.get("last_page"))),
        publisher=string(venue.get("host_organization_name")),
        doi=doi,
        pmid=_tail(ids.get("pmid")),
        pmcid=_pmcid(_tail(ids.get("pmcid"))),
        other_ids=[("mag", string(ids.get("mag")))],
        language=language_code(string(work.get("language"))),
        entry_type=_ENTRY_TYPES.get(kind, "other" if kind else ""),
        publication_types=[kind],
        keywords=[string(each.get("display_name")) for each in mappings(work.get("keywords"))],
        mesh=_mesh(work),
        affiliations=[
            text
            for each in mappings(work.get("authorships"))
            for text in strings(each.get("raw_affiliation_strings")) or _institutions(each)
        ],
        status_links=_links(work, kind, title),
        url=string(work.get("doi")) or string(place.get("landing_page_url")) or address,
        added=parse_day(string(work.get("created_date"))),
        revised=parse_day(string(work.get("updated_date"))),
    )


def _raw_venue(place: Mapping[str, Any]) -> str:
    """A venue as deposited; where OpenAlex found only a file's address, it is none."""
    name = string(place.get("raw_source_name"))
    return "" if "://" in name else name


def _tail(value: object) -> str:
    return string(value).rstrip("/").rpartition("/")[2]


def _pmcid(text: str) -> str:
    return f"PMC{text}" if text.isdigit() else text


def _authors(work: Mapping[str, Any]) -> list[str]:
    names = []
    for each in mappings(work.get("authorships")):
        name = string(each.get("raw_author_name")) or string(within(each, "author", "display_name"))
        names.append(author(name, given_first=True))
    return names


def _institutions(authorship: Mapping[str, Any]) -> list[str]:
    return [string(each.get("display_name")) for each in mappings(authorship.get("institutions"))]


def _mesh(work: Mapping[str, Any]) -> list[str]:
    terms = []
    for each in mappings(work.get("mesh")):
        name, qualifier = string(each.get("descriptor_name")), string(each.get("qualifier_name"))
        terms.append(f"{name}/{qualifier}" if qualifier else name)
    return terms


def _links(work: Mapping[str, Any], kind: str, title: str) -> list[StatusLink]:
    """A retraction or correction is told, but not by which document."""
    links = [StatusLink("retracted_by", "", "is_retracted")] if work.get("is_retracted") is True else []
    journal = string(within(work, "primary_location", "source", "display_name"))
    return links + implied_links(title, [kind], journal, links)

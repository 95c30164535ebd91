"""The Lens, scholarly works.

Base: https://api.lens.org (POST /scholarly/search, Bearer key).
Paging: from and size (100) up to 10,000, sorted by created: windows of ``created`` are halved until each part
is below. (A scroll lives for one minute only and can't be taken up by another process; its end is a 204.)
Record-added date: created. Changes: not searched.
Rate: per minute and per month, x-rate-limit-* headers, x-rate-limit-retry-after-seconds honoured; 1 request in
2 seconds. Key required.
Corrections and retractions: retraction_updates[].
Unchecked: the field names inside retraction_updates (several are understood); ranges of days on ``created``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from livingscan.errors import DataError, RetriableSourceError
from livingscan.formats.dates import join_pages, parse_date, parse_day
from livingscan.formats.languages import language_code
from livingscan.formats.text import plain
from livingscan.records import (
    Fetched,
    Promise,
    Record,
    StatusLink,
    Unreadable,
    Window,
    make_record,
    normalise_doi,
)
from livingscan.sources.fields import load, mapping, mappings, number, read_each, string, strings
from livingscan.sources.http import Response
from livingscan.sources.status import link
from livingscan.sources.walk import Batch, DatedSource, batch_of

_ENTRY_TYPES = {
    "journal article": "article",
    "conference proceedings": "conference",
    "conference proceedings article": "conference",
    "book": "book",
    "book chapter": "chapter",
    "dissertation": "thesis",
    "report": "report",
    "preprint": "preprint",
    "dataset": "dataset",
}


def parse(body: str | bytes) -> Iterator[Fetched | Unreadable]:
    """The works of one answer.

    Raises:
        DataError: it is something else.
    """
    answer = mapping(load(body))
    works = [answer] if "lens_id" in answer else answer.get("data")
    if not isinstance(works, list):
        raise DataError(f"this is no list of works of the Lens: {string(answer.get('message'))[:200]}")
    yield from read_each(works, _record, "lens", "lens_id")


class Lens(DatedSource):
    """See the module."""

    name = "lens"
    title = "The Lens"
    platform = "Lens Scholarly API"
    live_url = "https://api.lens.org"
    per_second = 0.5
    key = "lens_api_key"
    key_required = True
    cap = 10_000

    def headers(self) -> Mapping[str, str]:
        """The key."""
        return {"Authorization": f"Bearer {self.secret}"}

    def promise(self, window: Window) -> Promise:
        """The total."""
        return Promise(self.look(window, 0, 1).total)

    def look(self, window: Window, offset: int, size: int) -> Batch:
        """One page."""
        bounds = {"gte": window.start, "lte": window.end}
        days = {name: day.isoformat() for name, day in bounds.items() if day}
        must = [{"query_string": {"query": " ".join(self.strategy.split())}}]
        asked = {
            "query": {"bool": {"must": must, "filter": [{"range": {"created": days}}] if days else []}},
            "sort": [{"created": "asc"}],
            "from": offset,
            "size": size,
        }
        return self.ask("/scholarly/search", _read, json=asked)


def _read(response: Response) -> Batch:
    if response.status == 204:
        return Batch((), (), 0)
    answer = mapping(response.json())
    total = number(answer.get("total"))
    if total is None or not isinstance(answer.get("data", []), list):
        raise RetriableSourceError(f"the Lens sent no list of works: {response.glimpse()}")
    return batch_of(list(read_each(answer.get("data", []), _record, "lens", "lens_id")), total)


def _record(work: Mapping[str, Any]) -> Record:
    key = string(work["lens_id"])
    ids = [(string(each.get("type")).lower(), string(each.get("value"))) for each in mappings(work.get("external_ids"))]
    first = dict(reversed(ids))
    place = mapping(work.get("source"))
    kind = string(work.get("publication_type"))
    year = number(work.get("year_published"))
    published = parse_date("-".join(f"{part:02d}" for part in _parts(work)) or string(work.get("date_published"))[:10])
    pmcid = first.get("pmcid", "")
    return make_record(
        source="lens",
        source_id=key,
        title=plain(string(work.get("title"))),
        abstract=plain(string(work.get("abstract"))),
        authors=[_name(each) for each in mappings(work.get("authors"))],
        year=year,
        published=published,
        journal=plain(string(place.get("title"))),
        issns=[string(each.get("value")) for each in mappings(place.get("issn"))],
        isbns=[string(each.get("value")) for each in mappings(place.get("isbn"))],
        volume=string(work.get("volume")),
        issue=string(work.get("issue")),
        pages=join_pages(string(work.get("start_page")), string(work.get("end_page"))),
        publisher=string(place.get("publisher")),
        doi=first.get("doi", ""),
        pmid=first.get("pmid", ""),
        pmcid=f"PMC{pmcid}" if pmcid.isdigit() else pmcid,
        other_ids=[(name, value) for name, value in ids if name in ("openalex", "magid", "coreid")],
        language=language_code(";".join(strings(work.get("languages")))),
        entry_type=_ENTRY_TYPES.get(kind.lower(), "other" if kind else ""),
        publication_types=[kind, *strings(work.get("publication_supplementary_type"))],
        keywords=strings(work.get("keywords")),
        mesh=_mesh(work),
        affiliations=[
            string(place.get("name_original")) or string(place.get("name"))
            for each in mappings(work.get("authors"))
            for place in mappings(each.get("affiliations"))
        ],
        status_links=_links(work),
        url=f"https://www.lens.org/{key}",
        added=parse_day(string(work.get("created"))[:10]),
    )


def _parts(work: Mapping[str, Any]) -> list[int]:
    parts = work.get("date_published_parts")
    return [part for part in parts if isinstance(part, int)] if isinstance(parts, list) else []


def _name(each: Mapping[str, Any]) -> str:
    family, given = string(each.get("last_name")), string(each.get("first_name")) or string(each.get("initials"))
    return f"{family}, {given}" if family and given else family or given or string(each.get("collective_name"))


def _mesh(work: Mapping[str, Any]) -> list[str]:
    terms = []
    for each in mappings(work.get("mesh_terms")):
        name, qualifier = string(each.get("mesh_heading")), string(each.get("qualifier_name"))
        terms.append(f"{name}/{qualifier}" if qualifier else name)
    return terms


def _links(work: Mapping[str, Any]) -> list[StatusLink]:
    links = []
    for each in mappings(work.get("retraction_updates")):
        nature = next(
            (text for name in ("update_nature", "nature", "type") if (text := string(each.get(name)))), "retraction"
        )
        doi = next(
            (doi for name in ("doi", "update_doi", "retraction_doi") if (doi := normalise_doi(string(each.get(name))))),
            "",
        )
        links.append(link(nature, f"doi:{doi}" if doi else ""))
    return links

"""medRxiv and bioRxiv, the preprint servers, through the interface of Cold Spring Harbor Laboratory.

Base: https://api.biorxiv.org (/details/{server}/{from}/{to}/{cursor}/json).
There is no keyword search: every preprint posted in the window is read, and the strategy is applied here, to
title and abstract. (For a long look back, Europe PMC with SRC:PPR is the better way.)
Paging: 30 a page today, 100 in older documents: the step is the number of entries that came, never a fixed
one, which would silently skip. Windows are read month by month, first medRxiv, then bioRxiv. total counts
versions. An out-of-range cursor is an empty answer with total 0; so is a month without preprints. Some
answers are empty with status 200: they are asked for again.
Record-added date: the day a version was posted; a new version is an entry of its own (source_version), so a
window finds changes as well. Numbers come as strings or as numbers.
Rate: none published; 1 request a second. No key. A category that the service doesn't know is ignored by it,
so none is sent.
Corrections and retractions: type "withdrawn"; ``published`` is the DOI of the journal article, or "NA".
DOIs begin with 10.1101 or, since 2026, 10.64898.
Unchecked: whether a window may reach into the future (it is ended today).
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Iterator, Mapping, Set
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from livingscan import clock
from livingscan.errors import DataError, RetriableSourceError
from livingscan.formats.dates import parse_date, parse_day
from livingscan.formats.names import author
from livingscan.formats.text import plain
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
from livingscan.sources import boolean
from livingscan.sources.base import Source
from livingscan.sources.fields import load, mapping, mappings, number, read_each, string
from livingscan.sources.http import Response
from livingscan.sources.walk import Batch, walk

FIRST_DAYS = {"medrxiv": date(2019, 6, 1), "biorxiv": date(2013, 11, 1)}  # the months in which they began


def parse(body: str | bytes) -> Iterator[Fetched | Unreadable]:
    """The preprints of one answer (details or pubs), or a single preprint.

    Raises:
        DataError: it is something else.
    """
    answer = mapping(load(body))
    collection = [answer] if answer.keys() & {"doi", "biorxiv_doi"} else answer.get("collection")
    if not isinstance(collection, list):
        raise DataError("this is no answer of bioRxiv or medRxiv: it has no collection")
    yield from read_each(collection, _record, "biorxiv", "doi")


def _as_details(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """An entry of /pubs (preprints and what became of them) with the names that /details has for the same."""
    if "doi" in entry or "biorxiv_doi" not in entry:
        return entry
    names = {"biorxiv_doi": "doi", "published_doi": "published", "preprint_platform": "server"}
    return {names.get(name, name.removeprefix("preprint_")): value for name, value in entry.items()}


class BioRxiv(Source):
    """See the module."""

    name = "biorxiv"
    title = "medRxiv and bioRxiv"
    platform = "bioRxiv API"
    live_url = "https://api.biorxiv.org"

    @cached_property
    def _tree(self) -> boolean.Node:
        return boolean.parse(self.strategy)

    def promise(self, window: Window) -> Promise:
        """No count: how many preprints meet the strategy is known when all have been read."""
        spans = self._spans(window)
        if spans:
            self._ask(spans[0], "0")  # so that a service out of reach is known before anything begins
        return Promise(None, notes=("no keyword search: every preprint posted is read, the strategy is applied here",))

    def pages(self, window: Window, cursor: str | None = None, have: Set[str] = frozenset()) -> Iterator[Page]:
        """Month by month on both servers; every version that meets the strategy. See :class:`Source`."""
        return walk(self._spans(window), self._ask, cursor, have, first="0", title=self.title)

    def _spans(self, window: Window) -> list[str]:
        """ "server/from/to" for each month of the window."""
        last = min(window.end or clock.today(), clock.today())
        spans = []
        for server, first in FIRST_DAYS.items():
            day = max(window.start or first, first)
            while day <= last:
                end = min(last, day.replace(day=monthrange(day.year, day.month)[1]))
                spans.append(f"{server}/{day}/{end}")
                day = end + timedelta(days=1)
        return spans

    def _ask(self, span: str, at: str) -> Batch:
        """One page of versions, those kept that meet the strategy."""

        def read(response: Response) -> Batch:
            answer = mapping(response.json())
            told = next(iter(mappings(answer.get("messages"))), {})
            status = string(told.get("status")).lower()
            if not isinstance(answer.get("collection"), list) or not (status == "ok" or status.startswith("no ")):
                raise RetriableSourceError(f"bioRxiv did not list preprints: {status[:100] or response.glimpse()}")
            entries = answer["collection"]
            keys = [_version_key(entry) for entry in entries]
            total = number(told.get("total"))
            if not entries and at != "0":
                total = None  # past the end it says 0
            items = [item for item in read_each(entries, _record, self.name, "doi") if self._meets(item)]
            return Batch(items, keys, total, str(int(at) + len(entries)) if entries else "")

        return self.ask(f"/details/{span}/{at}/json", read)

    def _meets(self, item: Fetched | Unreadable) -> bool:
        if isinstance(item, Unreadable):
            return boolean.matches(self._tree, item.raw.lower())
        return boolean.matches(self._tree, f"{item.record.title}\n{item.record.abstract}".lower())


def _version_key(entry: object) -> str:
    each = mapping(entry)
    known = f"{string(each.get('doi'))} v{string(each.get('version'))}"
    return known if len(known) > 2 else json.dumps(entry, sort_keys=True)


def _record(entry: Mapping[str, Any]) -> Record:
    entry = _as_details(entry)
    doi = normalise_doi(string(entry["doi"]))
    if not doi:
        raise ValueError("a preprint without a DOI")
    server = string(entry.get("server"))
    kind = string(entry.get("type"))
    version = number(entry.get("version"))
    article = normalise_doi(string(entry.get("published")))
    links = [StatusLink("preprint_of", f"doi:{article}", "published")] if article and article != doi else []
    if "withdraw" in kind.lower():
        links.append(StatusLink("retracted_by", "", kind))
    posted = string(entry.get("date"))
    return make_record(
        source="biorxiv",
        source_id=doi,
        source_version="" if version in (None, 1) else str(version),
        title=plain(string(entry.get("title"))),
        abstract=plain(string(entry.get("abstract"))),
        authors=[author(name) for name in string(entry.get("authors")).split(";") if name.strip()],
        published=parse_date(posted),
        journal=server,
        publisher="Cold Spring Harbor Laboratory",
        doi=doi,
        language="eng",  # both servers take preprints in English only
        entry_type="preprint",
        publication_types=["preprint", kind],
        keywords=[string(entry.get("category"))],
        affiliations=[string(entry.get("author_corresponding_institution"))],
        status_links=links,
        url=f"https://doi.org/{doi}",
        added=parse_day(posted),
    )

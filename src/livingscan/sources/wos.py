"""Web of Science Core Collection, through the Expanded interface.

Base: https://wos-api.clarivate.com/api/wos.
Paging: firstRecord and count (at most 100); no cap is known below 100,000 records. A search (count=0) gives a
QueryID; /recordids/{QueryID} lists all ids (the promise); /id/{ids} brings full records, 100 a request. What
comes is compared with what was listed; what lacks is asked for one by one, and named as absent if even that
brings nothing.
Record-added date: loadTimeSpan, counted back from today: 4W or 1Y, whichever holds the window, else everything.
A record brings date_loaded and date_modified. Changes are not searched.
Rate: headers x-rec-amtperyear-remaining (records of the year's budget) and x-req-reqpersec-remaining; 2 requests
a second; no 429 or Retry-After is documented, both are honoured. Key: X-ApiKey, required.
Answers are asked for as XML: a map with the records in CDATA; the JSON of this service may be no JSON.
Corrections and retractions: document types ("Retracted Publication", "Retraction", "Correction", "Expression of
Concern"); the other document is not named.
Unchecked: how long a QueryID lives (a refused one makes the search begin anew); other spans of loadTimeSpan;
strategies beyond 8,000 characters (sent by POST as JSON).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence, Set
from contextlib import suppress
from xml.etree.ElementTree import Element

from livingscan import clock
from livingscan.errors import DataError, FatalSourceError, RetriableSourceError
from livingscan.records import Fetched, Page, Promise, Unreadable, Window
from livingscan.sources.base import Source
from livingscan.sources.fields import listed, load, string
from livingscan.sources.http import Params, Response, StatusError
from livingscan.sources.walk import key_of
from livingscan.sources.wos_json import parse_json
from livingscan.sources.wos_record import records_in
from livingscan.sources.xmltree import parse_xml

BATCH = 100
ONE_BY_ONE = 50
LONGEST_GET = 8_000
_IN_JSON = re.compile(r"<records\b.*</records\s*>", re.S)


def parse(body: str | bytes) -> Iterator[Fetched | Unreadable]:
    """The records of one answer: the map with CDATA, SOAP of the older service, bare REC elements, or JSON.

    Raises:
        DataError: it is something else, such as a list of ids.
    """
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    if text.lstrip()[:1] in ("{", "["):
        found = _IN_JSON.search(text)
        if not found:
            yield from parse_json(load(text))
            return
        text = found.group()
    yield from records_in(parse_xml(text))


class WebOfScience(Source):
    """See the module."""

    name = "wos"
    title = "Web of Science"
    platform = "Web of Science API Expanded"
    live_url = "https://wos-api.clarivate.com/api/wos"
    per_second = 2.0
    key = "wos_api_key"
    key_required = True
    lists_ids = True

    def headers(self) -> dict[str, str]:
        """Key, and XML."""
        return {"X-ApiKey": self.secret, "Accept": "application/xml"}

    def promise(self, window: Window) -> Promise:
        """RecordsFound, for the time span that holds the window."""
        span = _span(window)
        notes = (f"records loaded in the last {span}",) if span else ()
        return Promise(self._search(window)[1], notes=notes)

    def pages(self, window: Window, cursor: str | None = None, have: Set[str] = frozenset()) -> Iterator[Page]:
        """Batch by batch; the last page has no cursor and may be empty. See :class:`Source`."""
        ids = self._listed(window)
        of = hashlib.sha256(",".join(ids).encode()).hexdigest()[:16]
        at = _read_cursor(cursor, of)
        while at < len(ids):
            end = at
            wanted: list[str] = []
            while end < len(ids) and len(wanted) < BATCH:
                if ids[end] not in have:
                    wanted.append(ids[end])
                end += 1
            items, absent = self._complete(wanted)
            yield Page(
                fetched=tuple(item for item in items if isinstance(item, Fetched)),
                cursor=json.dumps({"at": end, "of": of}),
                promised_ids=tuple(ids[at:end]),
                unreadable=tuple(item for item in items if isinstance(item, Unreadable)),
                absent=absent,
            )
            at = end
        yield Page()

    def _search(self, window: Window) -> tuple[str, int]:
        """(QueryID, RecordsFound)."""
        params: dict[str, str | int | list[str]] = {
            "databaseId": "WOS",
            "usrQuery": " ".join(self.strategy.split()),
            "count": 0,
            "firstRecord": 1,
        }
        if span := _span(window):
            params["loadTimeSpan"] = span
        if len(str(params["usrQuery"])) > LONGEST_GET:
            return self.ask("/", _read_search, json=params)
        return self.ask("/", _read_search, params)

    def _listed(self, window: Window) -> list[str]:
        """Every id the strategy finds."""
        for attempt in (1, 2):
            query, count = self._search(window)
            ids: dict[str, None] = {}
            while len(ids) < count:
                params: Params = {"databaseId": "WOS", "count": BATCH, "firstRecord": len(ids) + 1}
                try:
                    more = self.ask(f"/recordids/{query}", _read_ids, params)
                except StatusError:
                    if attempt == 2:
                        raise
                    break  # the QueryID is no longer known
                before = len(ids)
                ids.update(dict.fromkeys(more))
                if len(ids) == before:
                    break
            if len(ids) >= count:
                return list(ids)
        raise RetriableSourceError(f"Web of Science promises {count:,} records and lists {len(ids):,}")

    def _complete(self, wanted: Sequence[str]) -> tuple[list[Fetched | Unreadable], tuple[tuple[str, str], ...]]:
        """The records, and what lacks even when asked for by itself, with the reason."""
        items = self._fetch(wanted) if wanted else []
        missing = _missing(wanted, items)
        if len(missing) > ONE_BY_ONE:
            raise RetriableSourceError(f"Web of Science leaves out {len(missing)} of {len(wanted)} records it listed")
        for uid in missing:
            with suppress(FatalSourceError):
                items += [item for item in self._fetch([uid]) if key_of(item) == uid]
        return items, tuple((uid, "listed, but not delivered") for uid in _missing(wanted, items))

    def _fetch(self, ids: Sequence[str]) -> list[Fetched | Unreadable]:
        params: Params = {"databaseId": "WOS", "count": BATCH, "firstRecord": 1}
        return self.ask(f"/id/{','.join(ids)}", _read_records, params)


def _missing(wanted: Sequence[str], items: Sequence[Fetched | Unreadable]) -> list[str]:
    got = {key_of(item) for item in items}
    return [uid for uid in wanted if uid not in got]


def _span(window: Window) -> str:
    """The time span, counted back from today, that holds the window."""
    if window.start is None:
        return ""
    days = (clock.today() - window.start).days
    return "4W" if days < 28 else "1Y" if days < 365 else ""


def _value(root: Element, name: str) -> str:
    return next((each.text or "" for each in root.iter() if each.get("name") == name and each.text), "")


def _root(response: Response) -> Element:
    try:
        return parse_xml(response.body)
    except DataError as problem:
        raise RetriableSourceError(f"Web of Science sent {response.glimpse()}: {problem}") from None


def _read_search(response: Response) -> tuple[str, int]:
    root = _root(response)
    query, count = _value(root, "QueryID"), _value(root, "RecordsFound")
    if not query or not count.isdigit():
        raise RetriableSourceError(f"Web of Science sent no search result: {response.glimpse()}")
    return query, int(count)


def _read_ids(response: Response) -> list[str]:
    ids = [string(each) for each in listed(response.json())]
    if not all(ids):
        raise RetriableSourceError(f"Web of Science sent no list of ids: {response.glimpse()}")
    return ids


def _read_records(response: Response) -> list[Fetched | Unreadable]:
    root = _root(response)
    try:
        return list(records_in(root))
    except DataError as problem:
        raise RetriableSourceError(f"Web of Science: {problem}") from None


def _read_cursor(cursor: str | None, of: str) -> int:
    try:
        place = load(cursor or "{}")
        return int(place["at"]) if place["of"] == of else 0
    except (DataError, KeyError, TypeError, ValueError):
        return 0

"""ERIC, the database of education research of the US Department of Education.

Base: https://api.ies.ed.gov/eric (/?search=...&format=json). Solr's envelope: response.numFound, response.docs.
Paging: start and rows, 200 a page; no cap is known.
Record-added date: none is known, nor one of change; only publicationdateyear. Every search sweeps the whole
strategy, and the harvest tells what is new.
Rate: none published; 1 request a second. No key.
Corrections and retractions: not told.
Unchecked: a cap on rows (a page that comes shorter than asked is stepped over by what came).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from typing import Any

from livingscan.errors import DataError, RetriableSourceError
from livingscan.formats.identify import find_doi
from livingscan.formats.languages import language_code
from livingscan.formats.names import author
from livingscan.formats.text import plain
from livingscan.records import Fetched, Page, Promise, Record, Unreadable, Window, make_record
from livingscan.sources.base import Source
from livingscan.sources.fields import load, mapping, number, read_each, string, strings, within
from livingscan.sources.http import Response
from livingscan.sources.walk import Batch, batch_of, walk
from livingscan.sources.xmltree import parse_xml, solr_documents

PAGE = 200
_ENTRY_TYPES = (
    ("journal article", "article"),
    ("dissertation", "thesis"),
    ("book", "book"),
    ("speeches", "conference"),
    ("report", "report"),
)
# "Nurse Educator, v12 n3 p1-10 May 2020"
_SOURCE = re.compile(r"^(?P<journal>.*?),?\s+v(?P<volume>\S+)(?:\s+n(?P<issue>\S+))?(?:\s+p(?P<pages>[\w.,-]+))?")


def parse(body: str | bytes) -> Iterator[Fetched | Unreadable]:
    """The records of one answer, JSON or XML, or a single record.

    Raises:
        DataError: it is something else.
    """
    if body.lstrip()[:1] in ("<", b"<"):
        docs: Any = solr_documents(parse_xml(body))
    else:
        answer = load(body)
        docs = [answer] if "id" in mapping(answer) else within(answer, "response", "docs")
    if not isinstance(docs, list):
        raise DataError("this is no search result of ERIC: it has no response.docs")
    yield from read_each(docs, _record, "eric")


class ERIC(Source):
    """See the module."""

    name = "eric"
    title = "ERIC"
    platform = "ERIC API"
    live_url = "https://api.ies.ed.gov/eric"
    has_added_date = False

    def promise(self, window: Window) -> Promise:
        """numFound."""
        return Promise(self._ask("0", 1).total)

    def pages(self, window: Window, cursor: str | None = None, have: Set[str] = frozenset()) -> Iterator[Page]:
        """The whole strategy, whatever the window. See :class:`Source`."""
        return walk([self.strategy], lambda _, at: self._ask(at, PAGE), cursor, have, first="0", title=self.title)

    def _ask(self, start: str, rows: int) -> Batch:
        def read(response: Response) -> Batch:
            answer = mapping(mapping(response.json()).get("response"))
            total = number(answer.get("numFound"))
            if not isinstance(answer.get("docs"), list) or total is None:
                raise RetriableSourceError(f"ERIC sent no search result: {response.glimpse()}")
            items = list(read_each(answer["docs"], _record, self.name))
            following = int(start) + len(items)
            return batch_of(items, total, str(following) if following < total else "")

        search = " ".join(self.strategy.split())
        return self.ask("/", read, {"search": search, "format": "json", "start": start, "rows": rows})


def _record(doc: Mapping[str, Any]) -> Record:
    key = string(doc["id"])
    types = strings(doc.get("publicationtype"))
    lower = " ".join(types).lower()
    place = string(doc.get("source"))
    cited = _SOURCE.match(place)
    return make_record(
        source="eric",
        source_id=key,
        title=plain(string(doc.get("title"))),
        abstract=plain(string(doc.get("description"))),
        authors=[author(name) for name in strings(doc.get("author"))],
        year=number(doc.get("publicationdateyear")),
        journal=cited["journal"] if cited else place,
        issns=strings(doc.get("issn")),
        isbns=[re.sub(r"^\w*?ISBN-", "", text).replace("-", "") for text in strings(doc.get("isbn"))],
        volume=cited["volume"] if cited else "",
        issue=(cited["issue"] if cited else "") or "",
        pages=(cited["pages"] if cited else "") or "",
        publisher=string(doc.get("publisher")),
        doi=find_doi(string(doc.get("doi")) or string(doc.get("url"))),
        other_ids=[("eric", key)],
        language=language_code(";".join(strings(doc.get("language")))),
        entry_type=next((name for sign, name in _ENTRY_TYPES if sign in lower), ""),
        publication_types=types,
        keywords=strings(doc.get("subject")),
        affiliations=strings(doc.get("institution")),
        url=string(doc.get("url")) or f"https://eric.ed.gov/?id={key}",
    )

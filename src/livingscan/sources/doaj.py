"""DOAJ, the Directory of Open Access Journals.

Base: https://doaj.org/api (/search/articles/{query}, version 4). The query stands in the path.
Paging: page and pageSize (at most 100), sorted by created_date. Only the first 1,000 records of a query can be
reached, though the "last" link promises more: windows of created_date are halved until each part is below.
Record-added date: created_date. Changes: last_updated.
Rate: 2 requests a second. No key. Terms: CC0 metadata. Wildcards, regular expressions, fuzzy and proximity
searches are refused with 400.
Corrections and retractions: not told.
Unchecked: ranges on created_date are not in DOAJ's own documents, though others use them; a refusal of the
range would be seen as a failed search.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from livingscan.errors import DataError, RetriableSourceError
from livingscan.formats.dates import join_pages, parse_day
from livingscan.formats.languages import language_code
from livingscan.formats.names import author
from livingscan.formats.text import plain
from livingscan.records import Fetched, PartialDate, Promise, Record, Unreadable, Window, make_record
from livingscan.sources.fields import load, mapping, mappings, number, read_each, string, strings
from livingscan.sources.http import Response
from livingscan.sources.walk import Batch, DatedSource, batch_of


def parse(body: str | bytes) -> Iterator[Fetched | Unreadable]:
    """The articles of one answer: a search, or a single article.

    Raises:
        DataError: it is something else, such as a list of journals.
    """
    answer = mapping(load(body))
    articles = [answer] if "bibjson" in answer else answer.get("results")
    if not isinstance(articles, list):
        raise DataError(f"this is no list of articles of DOAJ: {string(answer.get('error'))[:200]}")
    if any("bibjson" in mapping(item) and "pissn" in mapping(item["bibjson"]) for item in articles):
        raise DataError("this is a list of journals, not of articles")
    yield from read_each(articles, _record, "doaj")


class DOAJ(DatedSource):
    """See the module."""

    name = "doaj"
    title = "DOAJ"
    platform = "DOAJ API v4"
    live_url = "https://doaj.org/api"
    per_second = 2.0
    has_revised_date = True
    cap = 1_000
    by_page = True

    def query(self, window: Window) -> str:
        """The strategy as sent, with the window as a range."""
        strategy = " ".join(self.strategy.split())
        if window.start is None and window.end is None:
            return strategy
        field = "created_date" if window.by == "added" else "last_updated"
        return f"({strategy}) AND {field}:[{window.start or self.first_day} TO {window.end or '3000-12-31'}]"

    def promise(self, window: Window) -> Promise:
        """The total, and the query as DOAJ echoes it."""
        return Promise(self.look(window, 0, 1).total)

    def look(self, window: Window, offset: int, size: int) -> Batch:
        """One page; ``offset`` is a multiple of ``size``."""
        path = f"/search/articles/{quote(self.query(window), safe='')}"
        return self.ask(path, _read, {"page": offset // size + 1, "pageSize": size, "sort": "created_date:asc"})


def _read(response: Response) -> Batch:
    answer = mapping(response.json())
    if not isinstance(answer.get("results"), list) or number(answer.get("total")) is None:
        raise RetriableSourceError(f"DOAJ sent no list of articles: {response.glimpse()}")
    return batch_of(list(read_each(answer["results"], _record, "doaj")), number(answer["total"]))


def _record(item: Mapping[str, Any]) -> Record:
    bib = mapping(item["bibjson"])
    journal = mapping(bib.get("journal"))
    ids = [(string(each.get("type")).lower(), string(each.get("id"))) for each in mappings(bib.get("identifier"))]
    year = number(bib.get("year"))
    month = number(bib.get("month"))
    links = [string(each.get("url")) for each in mappings(bib.get("link"))]
    key = string(item["id"])
    return make_record(
        source="doaj",
        source_id=key,
        title=plain(string(bib.get("title"))),
        abstract=plain(string(bib.get("abstract"))),
        authors=[author(string(each.get("name")), given_first=True) for each in mappings(bib.get("author"))],
        year=year,
        published=PartialDate(year, month if month and 1 <= month <= 12 else None) if year else None,
        journal=plain(string(journal.get("title"))),
        issns=[*strings(journal.get("issns")), *(value for kind, value in ids if "issn" in kind)],
        volume=string(journal.get("volume")),
        issue=string(journal.get("number")),
        pages=join_pages(string(bib.get("start_page")), string(bib.get("end_page"))),
        publisher=string(journal.get("publisher")),
        doi=next((value for kind, value in ids if kind == "doi"), ""),
        language=language_code(";".join(strings(journal.get("language")))),
        entry_type="article",
        keywords=strings(bib.get("keywords")),
        affiliations=[string(each.get("affiliation")) for each in mappings(bib.get("author"))],
        url=next((url for url in links if url), f"https://doaj.org/article/{key}"),
        added=parse_day(string(item.get("created_date"))[:10]),
        revised=parse_day(string(item.get("last_updated"))[:10]),
    )

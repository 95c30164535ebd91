"""Semantic Scholar's Academic Graph interface.

Base: https://api.semanticscholar.org/graph/v1 (/paper/search/bulk). Strategy: + | - "" * ~N.
Paging: 1,000 a page along an opaque token, absent on the last page. /paper/search ends at offset 1,000 and is
not used. Sorted by paperId, so that papers added meanwhile don't shift pages.
Record-added date: none, nor one of change; only publication dates, unknown ones set to 1 January. Every search
sweeps the whole strategy, and the harvest tells what is new. (Changes could be had from the datasets' diffs.)
Rate: 1 request a second with a key; without one a pool shared by everybody that is nearly always exhausted
(429 without Retry-After): asked at 0.3 a second, with long backoff. A bad key is 403.
Corrections and retractions: not told. Abstracts are often missing for legal reasons.
Unchecked: how often the total changes within a day (2,674 and 3,027 were seen on different days).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

from livingscan.errors import DataError, RetriableSourceError
from livingscan.formats.dates import join_pages
from livingscan.formats.names import author
from livingscan.formats.text import plain
from livingscan.records import Fetched, Page, Promise, Record, Unreadable, Window, make_record
from livingscan.sources.base import Source
from livingscan.sources.fields import day_or_year, load, mapping, mappings, number, read_each, string, strings
from livingscan.sources.http import Params, Response
from livingscan.sources.walk import Batch, batch_of, walk

FIELDS = (
    "paperId,corpusId,externalIds,url,title,abstract,venue,publicationVenue,year,publicationDate,"
    "publicationTypes,journal,authors"
)
_ENTRY_TYPES = {
    "Conference": "conference",
    "Book": "book",
    "BookSection": "chapter",
    "Dataset": "dataset",
    "JournalArticle": "article",
}


def parse(body: str | bytes) -> Iterator[Fetched | Unreadable]:
    """The papers of one answer: a search, a batch (nulls are passed over), citations, or a single paper.

    Raises:
        DataError: it is something else.
    """
    answer = load(body)
    papers = answer.get("data", answer.get("recommendedPapers")) if isinstance(answer, dict) else answer
    if isinstance(answer, dict) and papers is None and "paperId" in answer:
        papers = [answer]
    if papers is None and number(mapping(answer).get("total")) == 0:
        papers = []
    if not isinstance(papers, list):
        said = string(mapping(answer).get("error")) or string(mapping(answer).get("message"))
        raise DataError(f"this is no list of papers of Semantic Scholar: {said[:200]}")
    found = [_unwrapped(paper) for paper in papers if paper is not None]
    yield from read_each(found, _record, "semanticscholar", "paperId")


def _unwrapped(paper: object) -> object:
    """A citation or reference holds its paper one level down."""
    held = mapping(paper)
    return held.get("citingPaper") or held.get("citedPaper") or paper


class SemanticScholar(Source):
    """See the module."""

    name = "semanticscholar"
    title = "Semantic Scholar"
    platform = "Semantic Scholar Academic Graph API"
    live_url = "https://api.semanticscholar.org/graph/v1"
    per_second = 0.3
    keyed_per_second = 1.0
    key = "semanticscholar_api_key"
    has_added_date = False

    def headers(self) -> Mapping[str, str]:
        """The key, where there is one."""
        return {"x-api-key": self.secret} if self.secret else {}

    def promise(self, window: Window) -> Promise:
        """The total, which Semantic Scholar itself calls approximate."""
        return Promise(self._ask("").total)

    def pages(self, window: Window, cursor: str | None = None, have: Set[str] = frozenset()) -> Iterator[Page]:
        """The whole strategy, whatever the window. See :class:`Source`."""
        return walk([self.strategy], lambda _, token: self._ask(token), cursor, have, first="", title=self.title)

    def _ask(self, token: str) -> Batch:
        params: Params = {"query": " ".join(self.strategy.split()), "fields": FIELDS, "sort": "paperId:asc"}
        if token:
            params = {**params, "token": token}
        return self.ask("/paper/search/bulk", _read, params)


def _read(response: Response) -> Batch:
    answer = mapping(response.json())
    if number(answer.get("total")) == 0:
        return Batch((), (), 0)
    if not isinstance(answer.get("data"), list):
        raise RetriableSourceError(f"Semantic Scholar sent no list of papers: {response.glimpse()}")
    items = list(read_each(answer["data"], _record, "semanticscholar", "paperId"))
    return batch_of(items, number(answer.get("total")), string(answer.get("token")))


def _record(paper: Mapping[str, Any]) -> Record:
    ids = mapping(paper.get("externalIds"))
    journal = mapping(paper.get("journal"))
    venue = mapping(paper.get("publicationVenue"))
    types = strings(paper.get("publicationTypes"))
    key = string(paper["paperId"])
    if not key:
        raise ValueError("a paper without paperId")
    pmcid = string(ids.get("PubMedCentral"))
    is_preprint = bool(ids.get("ArXiv")) and not ids.get("DOI")
    return make_record(
        source="semanticscholar",
        source_id=key,
        title=plain(string(paper.get("title"))),
        abstract=plain(string(paper.get("abstract"))),
        authors=[author(string(each.get("name")), given_first=True) for each in mappings(paper.get("authors"))],
        year=number(paper.get("year")),
        published=day_or_year(string(paper.get("publicationDate"))),
        journal=string(venue.get("name")) or string(journal.get("name")) or string(paper.get("venue")),
        issns=[string(venue.get("issn")), *strings(venue.get("alternate_issns"))],
        volume=string(journal.get("volume")),
        pages=join_pages(string(journal.get("pages")), ""),
        doi=string(ids.get("DOI")),
        pmid=string(ids.get("PubMed")),
        pmcid=f"PMC{pmcid}" if pmcid.isdigit() else pmcid,
        other_ids=[
            ("corpusid", string(paper.get("corpusId")) or string(ids.get("CorpusId"))),
            ("arxiv", string(ids.get("ArXiv"))),
            ("mag", string(ids.get("MAG"))),
        ],
        entry_type="preprint"
        if is_preprint
        else next((_ENTRY_TYPES[kind] for kind in types if kind in _ENTRY_TYPES), ""),
        publication_types=types,
        url=string(paper.get("url")) or f"https://www.semanticscholar.org/paper/{key}",
    )

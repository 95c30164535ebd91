"""Europe PMC's Articles REST interface: PubMed, PMC, preprints (SRC:PPR), guidelines (SRC:HIR) and more.

Base: https://www.ebi.ac.uk/europepmc/webservices/rest (/search; /searchPOST for long strategies).
Paging: cursorMark from "*" on, 200 records a page, resultType=core (lite has no abstracts); no cap. The end
is an empty result or a cursor that comes back unchanged; an answer without hits has no nextCursorMark.
hitCount has been seen larger than what comes: a walk that ends short lists all ids (resultType=idlist)
and asks for each missing record by itself; what still lacks is named as absent.
Record-added date: CREATION_DATE, or FIRST_IDATE, when a record became findable: a window asks for either,
so that a record created before the window but indexed in it is found. FIRST_PDATE is a publication date
and misses records. Changes: UPDATE_DATE.
Rate: none published; 5 requests a second. No key. Terms: records free, abstracts belong to publishers.
Corrections and retractions: commentCorrectionList[].type ("Retraction in", "Erratum for", "Preprint of"),
else pubTypeList.
Errors come inside HTTP 200 as errCode and errMsg; an unknown cursor brings no resultList at all.
Unchecked: whether CREATION_DATE takes ranges for PPR and HIR (FIRST_IDATE stands beside it for that too).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Set
from typing import Any

from livingscan.errors import DataError, ExpiredCursorError, FatalSourceError, RetriableSourceError
from livingscan.formats.dates import join_pages, parse_date, parse_day
from livingscan.formats.languages import language_code
from livingscan.formats.names import author
from livingscan.formats.status import implied_links
from livingscan.formats.text import plain
from livingscan.records import Fetched, Page, PartialDate, Promise, Record, StatusLink, Unreadable, Window, make_record
from livingscan.sources import status
from livingscan.sources.base import Source
from livingscan.sources.fields import load, mapping, mappings, number, read_each, string, strings, within
from livingscan.sources.http import Params, Response
from livingscan.sources.xmltree import as_mapping

PAGE = 200
LONGEST_GET = 1500  # characters of a strategy; longer ones go by POST
ONE_BY_ONE = 100
_ENTRY_TYPES = {"PPR": "preprint", "ETH": "thesis", "NBK": "book", "HIR": "report", "PAT": "other"}
_DOI_IN_REFERENCE = re.compile(r"\bdoi:\s*(10\.\d{4,9}/\S+)", re.I)


def parse(body: str | bytes) -> Iterator[Fetched | Unreadable]:
    """The records of one search answer (core or lite, JSON or XML), or of a list of such answers.

    Raises:
        DataError: it is something else.
    """
    start = body.lstrip()[:1]
    if start in ("<", b"<"):
        answers = [as_mapping(body)]
    else:
        loaded = load(body)
        answers = [each for each in loaded if each is not None] if isinstance(loaded, list) else [loaded]
    for answer in map(_enveloped, answers):
        if not isinstance(answer, dict) or "resultList" not in answer:
            said = mapping(answer).get("errMsg") or "no resultList"
            raise DataError(f"this is no search result of Europe PMC: {said}")
        yield from read_each(mappings(within(answer, "resultList", "result")), _record, "europepmc")


def _enveloped(answer: Any) -> Any:
    """A single article, by itself or as /article answers it, in the envelope of a search."""
    if isinstance(answer, dict) and "resultList" not in answer:
        article = mapping(answer.get("result")) or answer
        if {"id", "source"} <= article.keys():
            return {"resultList": {"result": [article]}}
    return answer


class EuropePMC(Source):
    """See the module."""

    name = "europepmc"
    title = "Europe PMC"
    platform = "Europe PMC Articles REST API"
    live_url = "https://www.ebi.ac.uk/europepmc/webservices/rest"
    per_second = 5.0
    has_revised_date = True

    def query(self, window: Window) -> str:
        """The strategy as sent: with the window as date ranges behind it."""
        if window.start is None and window.end is None:
            return self.strategy
        span = f"[{window.start or '1600-01-01'} TO {window.end or '3000-12-31'}]"
        clause = f"UPDATE_DATE:{span}" if window.by == "revised" else f"CREATION_DATE:{span} OR FIRST_IDATE:{span}"
        return f"({self.strategy}) AND ({clause})"

    def promise(self, window: Window) -> Promise:
        """hitCount, and the query as Europe PMC says it understood it."""
        answer = self._search(self.query(window), "*", "idlist", 1)
        return Promise(number(answer.get("hitCount")), string(within(answer, "request", "queryString")))

    def pages(self, window: Window, cursor: str | None = None, have: Set[str] = frozenset()) -> Iterator[Page]:
        """Page by page along the cursor; the last page has none and may be empty. See :class:`Source`."""
        mark = _read_cursor(cursor)
        query = self.query(window)
        seen = set(have)
        marks = set()
        while True:
            marks.add(mark)
            answer = self._search(query, mark, "core", PAGE, resumed=cursor is not None and len(marks) == 1)
            fetched, unreadable = _sorted(answer)
            seen.update(item.record.source_id for item in fetched)
            seen.update(item.source_id for item in unreadable)
            following = string(answer.get("nextCursorMark"))
            if not (fetched or unreadable) or not following or following in marks:
                break
            yield Page(tuple(fetched), json.dumps({"mark": following}), unreadable=tuple(unreadable))
            mark = following
        hits = number(answer.get("hitCount")) or 0
        last = Page(tuple(fetched), unreadable=tuple(unreadable))
        if len(seen) < hits:
            if last.fetched or last.unreadable:
                yield Page(last.fetched, json.dumps({"mark": mark}), unreadable=last.unreadable)
            last = self._audit(query, seen)
        yield last

    def _audit(self, query: str, seen: Set[str]) -> Page:
        """List all ids, and fetch one by one what the walk did not bring."""
        promised: dict[str, None] = {}
        mark = "*"
        marks = set()
        while mark and mark not in marks:
            marks.add(mark)
            answer = self._search(query, mark, "idlist", 1000)
            results = mappings(within(answer, "resultList", "result"))
            promised.update(dict.fromkeys(f"{item.get('source')}:{item.get('id')}" for item in results))
            mark = string(answer.get("nextCursorMark")) if results else ""
        missing = [key for key in promised if key not in seen]
        if len(missing) > ONE_BY_ONE:
            raise RetriableSourceError(f"Europe PMC lists {len(promised):,} records and leaves out {len(missing):,}")
        fetched: list[Fetched] = []
        unreadable: list[Unreadable] = []
        for key in missing:
            source, _, number_ = key.partition(":")
            one = _sorted(self._search(f'EXT_ID:"{number_}" AND SRC:{source}', "*", "core", 25))
            fetched += [item for item in one[0] if item.record.source_id == key]
            unreadable += one[1]
        got = {item.record.source_id for item in fetched} | {item.source_id for item in unreadable}
        absent = tuple((key, "listed, but not delivered") for key in missing if key not in got)
        return Page(tuple(fetched), None, tuple(missing), tuple(unreadable), absent=absent)

    def _search(self, query: str, mark: str, kind: str, size: int, *, resumed: bool = False) -> Mapping[str, Any]:
        """One search answer that does have a result list."""

        def read(response: Response) -> Mapping[str, Any]:
            answer = mapping(response.json())
            if answer.get("errCode"):
                message = f"Europe PMC refused the search: {string(answer.get('errMsg'))[:300]}"
                if (number(answer["errCode"]) or 0) >= 500:
                    raise RetriableSourceError(message)
                raise FatalSourceError(message)
            if not isinstance(within(answer, "resultList", "result"), list):
                if resumed:
                    raise ExpiredCursorError("Europe PMC no longer knows the cursor")
                raise RetriableSourceError(f"Europe PMC sent no result list: {response.glimpse()}")
            return answer

        asked: Params = {"query": query, "cursorMark": mark, "resultType": kind, "format": "json", "pageSize": size}
        if len(query) > LONGEST_GET:
            return self.ask("/searchPOST", read, data=asked)
        return self.ask("/search", read, asked)


def _sorted(answer: Mapping[str, Any]) -> tuple[list[Fetched], list[Unreadable]]:
    items = list(read_each(mappings(within(answer, "resultList", "result")), _record, "europepmc"))
    fetched = [item for item in items if isinstance(item, Fetched)]
    return fetched, [item for item in items if isinstance(item, Unreadable)]


def _read_cursor(cursor: str | None) -> str:
    if cursor is None:
        return "*"
    try:
        return str(json.loads(cursor)["mark"])
    except (ValueError, KeyError, TypeError):
        raise ExpiredCursorError("not a cursor of Europe PMC") from None


def _record(item: Mapping[str, Any]) -> Record:
    """One result, core or lite."""
    source, key = string(item["source"]), string(item["id"])
    info = mapping(item.get("journalInfo"))
    journal = mapping(info.get("journal"))
    book = mapping(item.get("bookOrReportDetails"))
    types = strings(within(item, "pubTypeList", "pubType")) or string(item.get("pubType")).split("; ")
    year = number(item.get("pubYear"))
    return make_record(
        source="europepmc",
        source_id=f"{source}:{key}",
        title=plain(string(item.get("title"))),
        abstract=plain(string(item.get("abstractText"))),
        authors=_authors(item),
        year=year,
        published=_published(item, info, year),
        journal=string(journal.get("title")) or string(item.get("journalTitle")) or _host(source, book),
        journal_abbreviation=string(journal.get("isoabbreviation")) or string(journal.get("medlineAbbreviation")),
        issns=[string(journal.get("issn")), string(journal.get("essn")), *string(item.get("journalIssn")).split("; ")],
        isbns=[string(book.get("isbn13")), string(book.get("isbn10"))],
        volume=string(info.get("volume")) or string(item.get("journalVolume")),
        issue=string(info.get("issue")) or string(item.get("issue")),
        pages=join_pages(string(item.get("pageInfo")), "") or string(book.get("numberOfPages")),
        publisher=string(book.get("publisher")),
        doi=string(item.get("doi")),
        pmid=string(item.get("pmid")) or (key if source == "MED" else ""),
        pmcid=string(item.get("pmcid")) or (key if source == "PMC" else ""),
        language=language_code(string(item.get("language"))),
        entry_type="preprint" if "preprint" in map(str.lower, types) else _ENTRY_TYPES.get(source, "article"),
        publication_types=types,
        keywords=strings(within(item, "keywordList", "keyword")),
        mesh=_mesh(item),
        affiliations=_affiliations(item),
        status_links=_links(item, source, types),
        url=f"https://europepmc.org/article/{source}/{key}",
        added=parse_day(string(item.get("dateOfCreation")) or string(item.get("firstIndexDate"))),
        revised=parse_day(string(item.get("dateOfRevision"))),
    )


def _host(source: str, book: Mapping[str, Any]) -> str:
    """What a record without a journal stands in: a preprint's server, a chapter's book."""
    return string(book.get("publisher")) if source == "PPR" else string(book.get("comprisingTitle"))


def _published(item: Mapping[str, Any], info: Mapping[str, Any], year: int | None) -> PartialDate | None:
    printed = parse_date(string(info.get("dateOfPublication")))
    if printed or info:
        return printed
    first = parse_date(string(item.get("firstPublicationDate")))
    return first if first and year in (None, first.year) else None


def _authors(item: Mapping[str, Any]) -> list[str]:
    names = []
    for each in mappings(within(item, "authorList", "author")):
        family, given = string(each.get("lastName")), string(each.get("firstName")) or string(each.get("initials"))
        collective = string(each.get("collectiveName"))
        names.append(
            f"{family}, {given}" if family and given else family or collective or author(string(each.get("fullName")))
        )
    # authorString has no comma but between its names ("Bell T, Vandana, NHS Study Group.")
    return [plain(name) for name in names] or [
        author(name) for name in string(item.get("authorString")).rstrip(". \n").split(", ")
    ]


def _affiliations(item: Mapping[str, Any]) -> list[str]:
    places = [
        string(place.get("affiliation"))
        for author in mappings(within(item, "authorList", "author"))
        for place in mappings(within(author, "authorAffiliationDetailsList", "authorAffiliation"))
    ]
    return places or [string(item.get("affiliation"))]


def _mesh(item: Mapping[str, Any]) -> list[str]:
    """ "Descriptor" or "Descriptor/qualifier", as for PubMed."""
    terms = []
    for heading in mappings(within(item, "meshHeadingList", "meshHeading")):
        name = string(heading.get("descriptorName"))
        qualifiers = mappings(within(heading, "meshQualifierList", "meshQualifier"))
        terms += [f"{name}/{string(each.get('qualifierName'))}" for each in qualifiers] or [name]
    return terms


def _links(item: Mapping[str, Any], source: str, types: list[str]) -> list[StatusLink]:
    links = []
    for other in mappings(within(item, "commentCorrectionList", "commentCorrection")):
        key, where = string(other.get("id")), string(other.get("source"))
        reference = string(other.get("reference"))
        cited = _DOI_IN_REFERENCE.search(reference)
        if where == "MED" and key:
            target = f"pmid:{key}"
        elif where == "PMC" and key:
            target = f"pmcid:{key}"
        elif cited:
            target = f"doi:{cited[1].rstrip('.').lower()}"
        else:
            target = reference or (f"{where}:{key}" if key else "")
        kind = string(other.get("type"))
        if kind.lower().startswith("preprint"):
            # "Preprint of" stands on the preprint, "Preprint in" on the article; the sources tell for sure.
            links.append(StatusLink("preprint_of" if source == "PPR" else "has_preprint", target, kind))
        else:
            links += status.links(kind, target)
    title, journal = plain(string(item.get("title"))), string(within(item, "journalInfo", "journal", "title"))
    return links + implied_links(title, [name.replace("-", " ") for name in types], journal, links)

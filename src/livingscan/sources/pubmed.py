"""PubMed through NCBI's E-utilities.

Base: https://eutils.ncbi.nlm.nih.gov/entrez/eutils (esearch.fcgi, efetch.fcgi; POST, so that a strategy may be long).
Paging and cap: of one query only the first 9,999 are reachable, also through the history server, and the
page that crosses the border comes back short without an error. A window is therefore halved until each
part stays below the cap. Each part is one esearch that lists all its ids (the promise) and puts them on
the history server; efetch brings them in batches of 200. What comes is compared with what was promised
as sets of PMIDs; what lacks is asked for by id, at last one by one, and is named as absent if even that
brings nothing. An expired history costs nothing: the ids are known, and are asked for by id.
Record-added date: [crdt], put into the term itself. [edat] is set back to the publication date when a
citation enters more than a year late, so an edat window never sees it (NLM Technical Bulletin, Nov 2008).
Changes: [lr]. Rate: 3 requests a second, 10 with a key; 429 is honoured. tool and email are sent.
Terms: records are free; abstracts belong to publishers (CopyrightInformation).
Corrections and retractions: CommentsCorrections, see formats/pubmed_xml.py. A DeleteCitation is reported.
Unchecked: whether datetype=crdt works in esearch (the tag in the term does, and is what we use); whether
a history result keeps the order of the id list (if not, batches are completed by id).
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from livingscan import clock
from livingscan.errors import DataError, FatalSourceError, RetriableSourceError
from livingscan.formats import pubmed_xml
from livingscan.formats.pubmed_xml import DeletedIds
from livingscan.records import Fetched, Page, Promise, Unreadable, Window
from livingscan.sources.base import Source
from livingscan.sources.http import Params, Response, StatusError

CAP = 9_999  # of one query; a part must stay below
BATCH = 200
ONE_BY_ONE = 100  # more missing than this is an outage, not a handful of withdrawn records
FIRST_DAY = date(1600, 1, 1)  # before the oldest citation
_PASSING = re.compile(r"backend failed|temporar|time.?out|timed out|unavailable|overload|rate limit|try again", re.I)
_LASTING = re.compile(r"cannot be larger than|only retrieve the first|empty term|invalid", re.I)
_WARNINGS = (
    ("errorlist", "phrasesnotfound", "phrase not found: "),
    ("errorlist", "fieldsnotfound", "field not found: "),
    ("warninglist", "phrasesignored", "phrase ignored: "),
    ("warninglist", "quotedphrasesnotfound", "quoted phrase not found: "),
    ("warninglist", "outputmessages", ""),
)


def parse(body: str | bytes) -> Iterator[Fetched | Unreadable]:
    """The records of one efetch answer. Errors as for :func:`livingscan.formats.pubmed_xml.read`."""
    data = body.encode("utf-8", "replace") if isinstance(body, str) else body
    for item in pubmed_xml.read(io.BytesIO(data)):
        if not isinstance(item, DeletedIds):
            yield item


@dataclass(frozen=True)
class _Found:
    """What an esearch answered; ``ids`` all of them where they were asked for."""

    count: int
    ids: tuple[str, ...] = ()
    history: tuple[str, str] | None = None  # WebEnv, query_key
    translation: str = ""
    notes: tuple[str, ...] = ()

    def digest(self) -> str:
        """Tells one list of ids from another."""
        return hashlib.sha256(",".join(self.ids).encode()).hexdigest()[:16]


class _RefusedError(FatalSourceError):
    """efetch will not answer for these ids, or no longer knows this history."""


@dataclass
class _Answers:
    """What efetch brought, sorted out."""

    fetched: list[Fetched]
    unreadable: list[Unreadable]
    deleted: list[str]

    def ids(self) -> set[str]:
        """PMIDs that are accounted for. An unreadable one may have been damaged on the way: it is asked for again."""
        return {item.record.source_id for item in self.fetched} | set(self.deleted)

    def settle(self) -> set[str]:
        """Keep one word on each record that stayed unreadable, none on those read since; returns the former."""
        stayed = {item.source_id or item.where: item for item in self.unreadable if item.source_id not in self.ids()}
        self.unreadable = list(stayed.values())
        return set(stayed)

    def add(self, other: _Answers) -> None:
        self.fetched += other.fetched
        self.unreadable += other.unreadable
        self.deleted += other.deleted


class PubMed(Source):
    """See the module."""

    name = "pubmed"
    title = "PubMed"
    platform = "NCBI E-utilities"
    live_url = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
    per_second = 3.0
    keyed_per_second = 10.0
    key = "ncbi_api_key"
    has_revised_date = True
    lists_ids = True

    def term(self, window: Window) -> str:
        """The strategy as sent: with the window as a date range inside it."""
        if window.start is None and window.end is None:
            return self.strategy
        tag = "crdt" if window.by == "added" else "lr"
        start = f"{window.start or FIRST_DAY:%Y/%m/%d}"
        end = f"{window.end:%Y/%m/%d}" if window.end else "3000/12/31"
        return f'({self.strategy}) AND ("{start}"[{tag}] : "{end}"[{tag}])'

    def promise(self, window: Window) -> Promise:
        """The count of hits, PubMed's translation, and what it could not find or ignored."""
        found = self._search(window, retmax=0)
        return Promise(found.count, found.translation, found.notes)

    def pages(self, window: Window, cursor: str | None = None, have: Set[str] = frozenset()) -> Iterator[Page]:
        """Part by part, batch by batch; the last page has no cursor and may be empty. See :class:`Source`."""
        place = _read_cursor(cursor)
        todo: list[tuple[Window, int | None]] = [(window, None)]  # the next one last, with its count where known
        if place:
            part = Window(_day(place["from"]), _day(place["to"]), window.by)
            rest = _after(part, window)
            todo = [(rest, None), (part, None)] if rest else [(part, None)]
        while todo:
            part, count = todo.pop()
            if count == 0:
                continue
            found = _Found(count) if count and count >= CAP else self._listed(part)
            if found.count >= CAP:
                todo += reversed(self._split(part, found.count))
                continue
            offset = place["offset"] if place and place["of"] == found.digest() else 0
            place = None
            yield from self._part(part, found, offset, have)
        yield Page()

    def _part(self, part: Window, found: _Found, offset: int, have: Set[str]) -> Iterator[Page]:
        """The pages of one part, from ``offset`` in its list of ids on."""
        history = found.history
        while offset < len(found.ids):
            end = offset
            wanted: list[str] = []
            while end < len(found.ids) and len(wanted) < BATCH:
                if found.ids[end] not in have:
                    wanted.append(found.ids[end])
                end += 1
            answers = _Answers([], [], [])
            if history and len(wanted) == end - offset:
                try:
                    answers = self._fetch_history(history, offset, end - offset)
                except _RefusedError:
                    history = None  # expired or refused; the ids are known
            absent = self._complete(wanted, answers)
            cursor = {"from": _iso(part.start), "to": _iso(part.end), "offset": end, "of": found.digest()}
            yield Page(
                fetched=tuple(answers.fetched),
                cursor=json.dumps(cursor),
                promised_ids=found.ids[offset:end],
                unreadable=tuple(answers.unreadable),
                deleted=tuple(dict.fromkeys(answers.deleted)),
                absent=absent,
            )
            offset = end

    def _complete(self, wanted: Sequence[str], answers: _Answers) -> tuple[tuple[str, str], ...]:
        """Ask by id for what is wanted and not among the answers; returns what still lacks, with the reason."""
        missing = [pmid for pmid in wanted if pmid not in answers.ids()]
        if not missing:
            answers.settle()
            return ()
        with suppress(_RefusedError):  # one id that efetch cannot bear refuses them all; one by one tells which
            answers.add(self._fetch_ids(missing))
        missing = [pmid for pmid in missing if pmid not in answers.ids()]
        if len(missing) > ONE_BY_ONE:
            raise RetriableSourceError(f"PubMed does not deliver {len(missing)} of {len(wanted)} records it listed")
        absent = []
        for pmid in missing:
            reason = "listed by esearch, but efetch has no such record"
            try:
                answers.add(self._fetch_ids([pmid]))
            except _RefusedError as problem:
                reason = f"efetch refused it: {problem}"
            if pmid not in answers.ids():
                absent.append((pmid, reason))
        unreadable = answers.settle()
        return tuple((pmid, reason) for pmid, reason in absent if pmid not in unreadable)

    def _split(self, part: Window, count: int) -> list[tuple[Window, int | None]]:
        """The part in two halves with their counts, which must add up."""
        closed = Window(part.start or FIRST_DAY, part.end or clock.today() + timedelta(days=366), part.by)
        halves = closed.halves()
        if halves is None:
            raise FatalSourceError(
                f"PubMed finds {count:,} records on the single day {closed.start}; only {CAP - 1:,} can be fetched. "
                "Narrow the strategy, or split it into several"
            )
        counts = [self._search(half, retmax=0).count for half in halves]
        if sum(counts) < count and sum(counts) < self._search(part, retmax=0).count:
            raise RetriableSourceError(f"PubMed finds {count:,} records, but {sum(counts):,} when the window is halved")
        return list(zip(halves, counts, strict=True))

    def _listed(self, window: Window) -> _Found:
        """Search, list every id, and keep the result on the history server; no ids where they reach the cap."""
        found = self._search(window, retmax=CAP - 1, history=True)
        if found.count >= CAP:
            return found
        ids = list(dict.fromkeys(found.ids))
        while len(ids) < found.count:
            more = self._search(window, retmax=CAP - 1, retstart=len(ids))
            fresh = [pmid for pmid in more.ids if pmid not in set(ids)]
            if not fresh:
                raise RetriableSourceError(f"PubMed promises {found.count:,} ids and lists {len(ids):,}")
            ids += fresh
        return _Found(max(found.count, len(ids)), tuple(ids), found.history, found.translation, found.notes)

    def _search(self, window: Window, *, retmax: int, retstart: int = 0, history: bool = False) -> _Found:
        """One esearch."""
        data: dict[str, str | int | list[str]] = {
            **self._common(),
            "term": self.term(window),
            "retmode": "json",
            "retmax": retmax,
            "retstart": retstart,
        }
        if history:
            data["usehistory"] = "y"
        return self.ask("/esearch.fcgi", _read_search, data=data)

    def _fetch_history(self, history: tuple[str, str], start: int, count: int) -> _Answers:
        place: Params = {"WebEnv": history[0], "query_key": history[1], "retstart": start, "retmax": count}
        return self._fetch(place)

    def _fetch_ids(self, ids: Sequence[str]) -> _Answers:
        return self._fetch({"retmax": len(ids), "id": ",".join(ids)})

    def _fetch(self, what: Params) -> _Answers:
        """One efetch. A 400 that names an error of efetch's own is about the ids or the history, not about us."""
        try:
            return self.ask("/efetch.fcgi", _read_fetch, data={**self._common(), "retmode": "xml", **what})
        except StatusError as problem:
            if problem.response.status == 400 and b"<ERROR>" in problem.response.body:
                raise _RefusedError(str(problem)) from None
            raise

    def _common(self) -> dict[str, str | int | list[str]]:
        """Parameters of every request."""
        common: dict[str, str | int | list[str]] = {"db": "pubmed", "tool": "livingscan"}
        if self.settings.contact_email:
            common["email"] = self.settings.contact_email
        if self.secret:
            common["api_key"] = self.secret
        return common


def _read_search(response: Response) -> _Found:
    """An esearch answer; errors inside a 200 are raised."""
    answer = response.json()
    result = answer.get("esearchresult") if isinstance(answer, dict) else None
    if not isinstance(result, dict):
        said = answer.get("error") if isinstance(answer, dict) else None
        raise RetriableSourceError(f"PubMed did not search: {str(said or response.glimpse())[:200]}")
    error = result.get("ERROR")
    if error:
        message = f"PubMed refused the search: {' '.join(str(error).split())[:300]}"
        if _PASSING.search(message) and not _LASTING.search(message):
            raise RetriableSourceError(message)
        raise FatalSourceError(message)
    history = (str(result.get("webenv", "")), str(result.get("querykey", "")))
    try:
        return _Found(
            int(result["count"]),
            tuple(str(pmid) for pmid in result.get("idlist", ())),
            history if all(history) else None,
            str(result.get("querytranslation", "")),
            _notes(result),
        )
    except (KeyError, TypeError, ValueError):
        raise RetriableSourceError(f"PubMed sent a search result without a count: {response.glimpse()}") from None


def _notes(result: dict[str, Any]) -> tuple[str, ...]:
    """Warnings: what of the strategy PubMed did not find or left out."""
    notes = []
    for holder, name, words in _WARNINGS:
        told = result.get(holder)
        for value in (told.get(name) or ()) if isinstance(told, dict) else ():
            if value != "No items found.":
                notes.append(f"{words}{value}")
    return tuple(notes)


def _read_fetch(response: Response) -> _Answers:
    """An efetch answer. A cut one is asked for again; an error in place of records is an _RefusedError."""
    answers = _Answers([], [], [])
    try:
        for item in pubmed_xml.read(io.BytesIO(response.body)):
            if isinstance(item, Fetched):
                answers.fetched.append(item)
            elif isinstance(item, Unreadable):
                answers.unreadable.append(item)
            else:
                answers.deleted += item.ids
    except DataError as problem:
        if b"<eFetchResult" in response.body[:2000] and not _PASSING.search(str(problem)):
            raise _RefusedError(str(problem)) from None
        raise RetriableSourceError(f"PubMed sent damaged records: {problem}") from None
    return answers


def _read_cursor(cursor: str | None) -> dict[str, Any] | None:
    if cursor is None:
        return None
    try:
        place = json.loads(cursor)
        _day(place["from"]), _day(place["to"]), int(place["offset"]), str(place["of"])
    except (ValueError, KeyError, TypeError):
        return None  # not a place of ours: begin at the beginning, ids that are there are not fetched again
    return dict(place)


def _after(part: Window, window: Window) -> Window | None:
    """What of ``window`` lies behind ``part``."""
    if part.end is None or (window.end is not None and part.end >= window.end):
        return None
    return Window(part.end + timedelta(days=1), window.end, window.by)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None

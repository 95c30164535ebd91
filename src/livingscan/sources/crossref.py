"""Crossref's REST interface.

Base: https://api.crossref.org (/works). The strategy goes into query.bibliographic. Crossref has no AND, OR or
phrases: any word makes a hit, and the words rank. So the best-ranked LIMIT works of a window are read, and the
ledger says how many there were. A strategy written with operators is applied here, to title and abstract: its
words are sent, and what does not meet it is left out.
Paging: 500 a page along cursors; the first request carries cursor=*; a cursor comes on every page, also the
last, so that the end is an empty page. A cursor lives for five minutes: one that has expired (404
cursor-invalid, formerly 500) makes the walk begin anew. offset ends at 10,000 and is not used. select= would
drop the signs of retraction and is not used either.
Record-added date: created-date (new DOIs). index-date moves with every re-indexing; changes are asked for by
update-date. Walks may repeat records and totals may move: records are counted by DOI.
Rate: polite pool (contact in user agent and mailto): 3 lists a second; 1 without. 429 is honoured.
Corrections and retractions: updated-by on the work itself (source publisher or retraction-watch), update-to
on the notice; relation has is-preprint-of and has-preprint. A link to the work's own DOI is left out.
Unchecked: the list limit by pool today (1 or 5 a second have both been told).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from functools import cached_property
from typing import Any

from livingscan.errors import DataError, ExpiredCursorError, RetriableSourceError
from livingscan.formats.dates import join_pages, parse_day
from livingscan.formats.languages import language_code
from livingscan.formats.status import implied_links
from livingscan.formats.text import jats_abstract, plain
from livingscan.records import (
    Fetched,
    Page,
    PartialDate,
    Promise,
    Record,
    StatusKind,
    StatusLink,
    Unreadable,
    Window,
    make_record,
    normalise_doi,
)
from livingscan.sources import boolean
from livingscan.sources.base import Source
from livingscan.sources.fields import load, mapping, mappings, number, read_each, string, strings, within
from livingscan.sources.http import Response
from livingscan.sources.status import link
from livingscan.sources.walk import Batch, batch_of, walk

PAGE = 500
LIMIT = 2_000  # best-ranked works read of a window
MOST_WORDS = 40  # sent of a strategy with operators
_ENTRY_TYPES = {
    "journal-article": "article",
    "proceedings-article": "conference",
    "proceedings": "conference",
    "book": "book",
    "monograph": "book",
    "edited-book": "book",
    "reference-book": "book",
    "book-chapter": "chapter",
    "book-section": "chapter",
    "book-part": "chapter",
    "reference-entry": "chapter",
    "dissertation": "thesis",
    "report": "report",
    "report-component": "report",
    "dataset": "dataset",
    "posted-content": "preprint",
}
_RELATIONS: dict[str, StatusKind] = {
    "is-preprint-of": "preprint_of",
    "has-preprint": "has_preprint",
    "is-version-of": "update_of",
    "has-version": "updated_by",
    "is-comment-on": "comment_on",
    "has-comment": "commented_by",
}


def parse(body: str | bytes) -> Iterator[Fetched | Unreadable]:
    """The works of one answer: a list, or a single work (with or without its envelope).

    Raises:
        DataError: it is something else.
    """
    answer = load(body)
    message = answer.get("message", answer) if isinstance(answer, dict) else None
    if isinstance(message, dict) and isinstance(message.get("items"), list):
        works = message["items"]
    elif isinstance(message, dict) and "DOI" in message:
        works = [message]
    else:
        raise DataError(f"this is no list of works of Crossref: {str(message)[:160]}")
    yield from read_each(works, _record, "crossref", "DOI")


class Crossref(Source):
    """See the module."""

    name = "crossref"
    title = "Crossref"
    platform = "Crossref REST API"
    live_url = "https://api.crossref.org"
    has_revised_date = True

    @property
    def rate(self) -> float:
        """3 lists a second in the polite pool, else 1."""
        return 3.0 if self.settings.contact_email else 1.0

    @cached_property
    def _tree(self) -> boolean.Node | None:
        return boolean.parse(self.strategy) if boolean.has_operators(self.strategy) else None

    def promise(self, window: Window) -> Promise:
        """The number of works; None, and a note, where not all of them are kept or read."""
        total = self._ask(window, "*", 0).total
        notes = []
        limited = bool(total and total > LIMIT)
        if limited:
            notes.append(f"any word makes a hit: of {total:,} works the {LIMIT:,} best-ranked are read")
        if self._tree:
            notes.append("the strategy's operators are applied here, to title and abstract")
        return Promise(None if self._tree or limited else total, notes=tuple(notes))

    def pages(self, window: Window, cursor: str | None = None, have: Set[str] = frozenset()) -> Iterator[Page]:
        """The best-ranked works of the window. See :class:`Source`."""

        def ask(_: str, mark: str) -> Batch:
            done, _, place = mark.partition("|")
            batch = self._ask(window, place, PAGE)
            read = int(done) + len(batch.keys)
            more = batch.following and read < LIMIT
            limited = batch.total is None or batch.total > LIMIT
            following = f"{read}|{batch.following}" if more else ""
            return Batch(self._wanted(batch), batch.keys, None if limited else batch.total, following)

        return walk([f"{self.strategy}\x1f{window}"], ask, cursor, have, first="0|*", title=self.title)

    def _wanted(self, batch: Batch) -> list[Fetched | Unreadable]:
        """What meets the strategy's operators, where it has any."""
        if self._tree is None:
            return list(batch.items)
        wanted = []
        for item in batch.items:
            text = f"{item.record.title}\n{item.record.abstract}".lower() if isinstance(item, Fetched) else ""
            if not text or boolean.matches(self._tree, text):
                wanted.append(item)
        return wanted

    def _ask(self, window: Window, mark: str, rows: int) -> Batch:
        text = " ".join(boolean.words(self._tree)[:MOST_WORDS]) if self._tree else self.strategy
        params: dict[str, str | int | list[str]] = {"query.bibliographic": text, "rows": rows, "cursor": mark}
        field = "created" if window.by == "added" else "update"
        bounds = {f"from-{field}-date": window.start, f"until-{field}-date": window.end}
        filters = ",".join(f"{name}:{day}" for name, day in bounds.items() if day)
        if filters:
            params["filter"] = filters
        if self.settings.contact_email:
            params["mailto"] = self.settings.contact_email
        try:
            return self.ask("/works", _read, params)
        except RetriableSourceError as problem:
            if mark != "*" and "cursor" in str(problem):  # an unknown cursor used to be a 500
                raise ExpiredCursorError("Crossref no longer knows the cursor") from None
            raise


def _read(response: Response) -> Batch:
    message = mapping(mapping(response.json()).get("message"))
    if not isinstance(message.get("items"), list):
        raise RetriableSourceError(f"Crossref sent no list of works: {response.glimpse()}")
    items = list(read_each(message["items"], _record, "crossref", "DOI"))
    return batch_of(items, number(message.get("total-results")), string(message.get("next-cursor")))


def _record(work: Mapping[str, Any]) -> Record:
    doi = normalise_doi(string(work["DOI"])) or string(work["DOI"]).lower()
    kind = string(work.get("type"))
    is_preprint = kind == "posted-content" and string(work.get("subtype")) in ("preprint", "")
    names = ("published", "issued", "posted", "published-print", "published-online")
    published = next((found for name in names if (found := _date(work, name))), None)
    container = strings(work.get("container-title"))
    return make_record(
        source="crossref",
        source_id=doi,
        title=_title(work),
        title_original=plain(next(iter(strings(work.get("original-title"))), "")),
        abstract=jats_abstract(string(work.get("abstract"))),
        authors=[_name(each) for each in mappings(work.get("author")) or mappings(work.get("editor"))],
        published=published,
        journal=plain(container[0]) if container else _host(work, is_preprint),
        journal_abbreviation=plain(next(iter(strings(work.get("short-container-title"))), "")),
        issns=strings(work.get("ISSN")),
        isbns=strings(work.get("ISBN")),
        volume=string(work.get("volume")),
        issue=string(work.get("issue")) or string(within(work, "journal-issue", "issue")),
        pages=join_pages(string(work.get("page")), "") or string(work.get("article-number")),
        publisher=string(work.get("publisher")),
        doi=doi,
        language=language_code(string(work.get("language"))),
        entry_type=_ENTRY_TYPES.get(kind, "other" if kind else "")
        if kind != "posted-content" or is_preprint
        else "other",
        publication_types=[kind, string(work.get("subtype"))],
        keywords=strings(work.get("subject")),
        affiliations=[
            string(place.get("name"))
            for each in mappings(work.get("author"))
            for place in mappings(each.get("affiliation"))
        ],
        status_links=_links(work, doi),
        url=string(work.get("URL")) or f"https://doi.org/{doi}",
        added=parse_day(string(within(work, "created", "date-time"))[:10]),
        revised=parse_day(string(within(work, "deposited", "date-time"))[:10]),
    )


def _title(work: Mapping[str, Any]) -> str:
    """The title, with its subtitle where it does not hold it already."""
    titles = (text for name in ("title", "original-title", "short-title") for text in strings(work.get(name)))
    title = plain(next(titles, ""))
    subtitle = plain(next(iter(strings(work.get("subtitle"))), ""))
    if not title or not subtitle or subtitle.lower() in title.lower():
        return title or subtitle
    return f"{title} {subtitle}" if title[-1] in ":?!." else f"{title}: {subtitle}"


def _host(work: Mapping[str, Any], is_preprint: bool) -> str:
    """The server that a preprint stands on."""
    place = mappings(work.get("institution"))
    return string(place[0].get("name")) if is_preprint and place else ""


def _name(each: Mapping[str, Any]) -> str:
    family, given = plain(string(each.get("family"))), plain(string(each.get("given")))
    suffix = string(each.get("suffix"))
    if not family:
        return plain(string(each.get("name")) or string(each.get("literal"))) or given
    return f"{family}, {given} {suffix}".rstrip(" ,") if given or suffix else family


def _date(work: Mapping[str, Any], name: str) -> PartialDate | None:
    """A date of one to three parts; [[null]] is none."""
    parts = within(work, name, "date-parts")
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    numbers = [number(part) for part in first]
    if not numbers or not numbers[0]:
        return None
    month = numbers[1] if len(numbers) > 1 and numbers[1] and 1 <= numbers[1] <= 12 else None
    day = numbers[2] if month and len(numbers) > 2 and numbers[2] and 1 <= numbers[2] <= 31 else None
    return PartialDate(numbers[0], month, day)


def _links(work: Mapping[str, Any], own: str) -> list[StatusLink]:
    """What has happened to the work (updated-by), and what it does to others (update-to, relation)."""
    links = []
    for name, suffix in (("updated-by", "in"), ("update-to", "of")):
        for each in mappings(work.get(name)):
            doi = normalise_doi(string(each.get("DOI")))
            if doi == own:
                continue
            kind = string(each.get("type")).replace("_", " ")
            told = " ".join(filter(None, [kind, string(each.get("source")) and f"({string(each.get('source'))})"]))
            found = link(f"{kind} {suffix}", f"doi:{doi}" if doi else "")
            links.append(StatusLink(found.kind, found.target, told))
    for relation, relates in _RELATIONS.items():
        for each in mappings(within(work, "relation", relation)):
            doi = normalise_doi(string(each.get("id"))) if string(each.get("id-type")).lower() == "doi" else ""
            if doi and doi != own:
                links.append(StatusLink(relates, f"doi:{doi}", relation))
    return links + implied_links(_title(work), (), next(iter(strings(work.get("container-title"))), ""), links)

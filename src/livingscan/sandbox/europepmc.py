"""Europe PMC as the sandbox plays it: /search and /searchPOST of the Articles RESTful API, version 6.9.

Kept from the live service: cursorMark walks that end with an empty page and the same cursor; no
nextCursorMark where nothing is found; errors as errCode inside HTTP 200; a cursor it does not know gets
an answer without resultList; GET addresses over 12,000 characters get 414; core, lite and idlist; section
headings as <h4>; Y and N; preprints without journalInfo; CREATION_DATE, UPDATE_DATE and the rest.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from html import escape
from typing import Any
from urllib.parse import quote

from livingscan.records import Record
from livingscan.sandbox.bank_people import JOURNALS
from livingscan.sandbox.index import published_span
from livingscan.sandbox.nodes import Chosen, Everything, Node
from livingscan.sandbox.pubmed_xml import LABELLED, MONTHS, marked_up
from livingscan.sandbox.query import Dialect, QueryError, find
from livingscan.sandbox.wire import (
    Request,
    Response,
    Service,
    json_response,
    not_found,
    page_of,
    text_response,
    total_of,
)

_TEXT = ("title", "abstract", "keyword")
_ALL = (*_TEXT, "mesh", "author", "affiliation", "journal", "id")
_NAMED = {
    ("title",): ("title",),
    ("abstract",): ("abstract",),
    ("title_abs", "title_abstract"): ("title", "abstract"),
    ("kw", "keyword"): ("keyword", "mesh"),
    ("mesh",): ("mesh",),
    ("auth", "author", "auth_first"): ("author",),
    ("aff", "org_id"): ("affiliation",),
    ("journal", "issn"): ("journal",),
    ("pub_type",): ("type",),
    ("lang",): ("language",),
    ("ext_id", "doi", "pmcid", "id"): ("id",),
    ("body", "intro", "methods", "results", "discuss", "concl"): (),
    ("src", "has_abstract", "open_access", "in_epmc", "in_pmc", "has_ft", "has_pdf", "has_free_fulltext"): (),
}
_DATES = {
    "creation_date": "added", "first_idate": "added", "index_date": "added", "ft_cdate": "added",
    "update_date": "revised", "first_pdate": "published", "e_pdate": "published", "p_pdate": "published",
    "pub_year": "published",
}  # fmt: skip


def _yes(value: str, test: Callable[[Record], bool]) -> Node:
    wanted = value.strip().lower() in ("y", "yes", "true")
    return Chosen(lambda record: test(record) is wanted)


def _resolve(name: str, text: str) -> Node | None:
    if name == "src":
        return Chosen(lambda record: record.source_id.split(":")[0] == text.strip().upper())
    if name == "has_abstract":
        return _yes(text, lambda record: bool(record.abstract))
    if name in ("open_access", "in_epmc", "in_pmc", "has_ft", "has_pdf", "has_free_fulltext"):
        return _yes(text, lambda record: bool(record.pmcid))
    return Everything() if name == "lang" and text.lower() in ("", "*") else None


EUROPEPMC = Dialect(
    style="colon",
    default=_ALL,
    fields={name: fields for names, fields in _NAMED.items() for name in names},
    dates=_DATES,
    resolve=_resolve,
)
_LONGEST_GET = 12_000


class EuropePMC(Service):
    """The search of Europe PMC over the shelf "europepmc"."""

    name = "europepmc"

    def handle(self, request: Request) -> Response:
        """Answer a search."""
        if request.path not in ("/search", "/searchPOST"):
            return not_found(request.path)
        if request.method == "GET" and len(request.url) > _LONGEST_GET:
            return text_response("<html><head><title>414 Request-URI Too Long</title></head></html>", 414, "text/html")
        query = request.arg("query").strip()
        if not query:
            return _refused(
                "No search criteria provided. Please provide a search criteria which is less than 1500 characters."
            )
        size = request.number("pageSize", 25)
        if not 1 <= size <= 1000:
            return _refused("Invalid page size provided. Valid size is between 1 and 1000")
        try:
            hits = find(query, EUROPEPMC, self.shelf.index)
        except QueryError as error:
            return _refused(f"Invalid search criteria: {error}")
        return self._page(request, query, sorted(hits), size)

    def backend_error(self, request: Request) -> Response | None:
        """An overloaded index, said inside HTTP 200."""
        return json_response({"errCode": 500, "errMsg": "The search service is temporarily unavailable."})

    def _page(self, request: Request, query: str, hits: list[int], size: int) -> Response:
        shelf, kind = self.shelf, request.arg("resultType", "lite")
        cursor = request.arg("cursorMark", "*").replace("%2A", "*").replace("%3D", "=")
        echoed = {
            "queryString": query,
            "resultType": kind,
            "cursorMark": cursor,
            "pageSize": size,
            "sort": request.arg("sort"),
            "synonym": request.arg("synonym", "false").lower() == "true",
        }
        answer: dict[str, Any] = {"version": "6.9", "hitCount": total_of(request, hits)}
        ids = [shelf.records[at].source_id for at in hits]
        start = 0 if cursor == "*" else _place(cursor, query, ids)
        if start is None or (request.fault == "expired" and cursor != "*"):
            return json_response({"version": "6.9", "hitCount": 0, "request": echoed})
        shown = page_of(request, hits, start, size)
        if hits:
            answer["nextCursorMark"] = _cursor(query, start + len(shown), shelf.records[shown[-1]]) if shown else cursor
            if request.method == "GET":
                answer["nextPageUrl"] = (
                    f"https://www.ebi.ac.uk/europepmc/webservices/rest/search?query={quote(query)}"
                    f"&cursorMark={answer['nextCursorMark']}&resultType={kind}&pageSize={size}&format=json"
                )
        write = {"core": self.core, "idlist": self.id_only}.get(kind, self.lite)
        results = [write(shelf.records[at]) for at in shown]
        return json_response({**answer, "request": echoed, "resultList": {"result": results}})

    # --- the three kinds of result ---

    @staticmethod
    def id_only(record: Record) -> dict[str, Any]:
        """Identifiers alone."""
        source, _, identifier = record.source_id.partition(":")
        found: dict[str, Any] = {"id": identifier, "source": source}
        if record.pmid:
            found["pmid"] = record.pmid
        if record.pmcid:
            found |= {"pmcid": record.pmcid, "fullTextIdList": {"fullTextId": [record.pmcid]}}
        return found

    def _shared(self, record: Record) -> dict[str, Any]:
        found = self.id_only(record)
        if record.doi:
            found["doi"] = record.doi
        found["title"] = marked_up(record.title)
        if record.authors:
            found["authorString"] = ", ".join(_short(name) for name in record.authors) + "."
        return found

    def lite(self, record: Record) -> dict[str, Any]:
        """The short form: no abstract, journal as its short name."""
        found = self._shared(record)
        preprint = record.source_id.startswith("PPR")
        if preprint:
            found["bookOrReportDetails"] = {"publisher": "medRxiv", "yearOfPublication": record.year}
        elif record.journal:
            found["journalTitle"] = record.journal_abbreviation or record.journal
            found |= {k: v for k, v in (("issue", record.issue), ("journalVolume", record.volume)) if v}
            found["journalIssn"] = "; ".join([*record.issns, ""])
        found["pubYear"] = str(record.year or "")
        if record.pages:
            found["pageInfo"] = record.pages
        found["pubType"] = "preprint" if preprint else "; ".join(record.publication_types).lower()
        return found | _flags(record, short=True) | _days(record, core=False)

    def core(self, record: Record) -> dict[str, Any]:
        """The long form, with abstract, authors one by one, headings and links."""
        found = self._shared(record)
        preprint = record.source_id.startswith("PPR")
        if record.authors:
            found["authorList"] = {"author": [_author(record, n) for n in range(len(record.authors))]}
        if preprint:
            found["bookOrReportDetails"] = {"publisher": "medRxiv", "yearOfPublication": record.year}
        elif record.journal:
            found["journalInfo"] = _journal(record)
        found["pubYear"] = str(record.year or "")
        if record.pages:
            found["pageInfo"] = record.pages
        if record.abstract:
            found["abstractText"] = _abstract(record)
        if record.affiliations:
            found["affiliation"] = record.affiliations[0]
        if not preprint:
            found |= {"publicationStatus": "ppublish", "language": record.language, "pubModel": "Print-Electronic"}
        found["pubTypeList"] = {"pubType": list(record.publication_types)}
        if record.mesh:
            headings = [
                {"majorTopic_YN": "Y" if n == 0 else "N", "descriptorName": m} for n, m in enumerate(record.mesh)
            ]
            found["meshHeadingList"] = {"meshHeading": headings}
        if record.keywords:
            found["keywordList"] = {"keyword": list(record.keywords)}
        if record.doi:
            link = {"availability": "Subscription required", "availabilityCode": "S", "documentStyle": "doi"}
            found["fullTextUrlList"] = {"fullTextUrl": [link | {"site": "DOI", "url": f"https://doi.org/{record.doi}"}]}
        if record.status_links:
            found["commentCorrectionList"] = {"commentCorrection": self._corrections(record)}
        return found | _flags(record, short=False) | _days(record, core=True)

    def _corrections(self, record: Record) -> list[dict[str, Any]]:
        found = []
        for order, link in enumerate(record.status_links, start=1):
            kind, _, value = link.target.partition(":")
            entry: dict[str, Any] = {"id": value, "source": "MED"} if kind == "pmid" else {}
            if link.kind in ("preprint_of", "has_preprint"):
                other = self._by_doi(value)
                entry = {"id": other.partition(":")[2], "source": other.partition(":")[0]} if other else {}
            entry |= {
                "reference": f"doi: {value}." if kind == "doi" else "",
                "type": _LINKS.get(link.kind, "Comment in"),
            }
            found.append(entry | {"orderIn": order})
        return found

    def _by_doi(self, doi: str) -> str:
        return next((record.source_id for record in self.shelf.records if record.doi == doi), "")


_LINKS = {
    "retracted_by": "Retraction in",
    "retraction_of": "Retraction of",
    "concern_by": "Expression of concern in",
    "concern_of": "Expression of concern for",
    "corrected_by": "Erratum in",
    "correction_of": "Erratum for",
    "updated_by": "Update in",
    "update_of": "Update of",
    "preprint_of": "Preprint of",
    "has_preprint": "Preprint in",
    "comment_on": "Comment on",
    "commented_by": "Comment in",
}


def _refused(message: str) -> Response:
    return json_response({"errCode": 404, "errMsg": message})


def _cursor(query: str, offset: int, last: Record) -> str:
    """Opaque to a client; it holds the query's hash, how far we came and the last id."""
    text = f"{sha256(query.encode()).hexdigest()[:8]}|{offset}|{last.source_id}"
    return "AoII" + base64.b64encode(text.encode()).decode()


def _place(cursor: str, query: str, ids: list[str]) -> int | None:
    """Where a cursor goes on: after its last id, also where newer records came before it; None if unknown."""
    try:
        mark, offset, last = base64.b64decode(cursor.removeprefix("AoII"), validate=True).decode().split("|")
        if not cursor.startswith("AoII") or mark != sha256(query.encode()).hexdigest()[:8]:
            return None
        return ids.index(last) + 1 if last in ids else int(offset)
    except ValueError:
        return None


def _short(name: str) -> str:
    family, comma, given = name.partition(", ")
    if not comma:
        return name
    return f"{family} {''.join(part[0] for part in re.split(r'[ .-]+', given) if part)}"


def _author(record: Record, number: int) -> dict[str, Any]:
    name = record.authors[number]
    family, comma, given = name.partition(", ")
    if not comma:
        return {"collectiveName": name}
    full = _short(name)
    found: dict[str, Any] = {
        "fullName": full,
        "firstName": given,
        "lastName": family,
        "initials": full.removeprefix(family).strip(),
    }
    mine = record.affiliations if number == 0 else record.affiliations[-1:] if number == 1 else ()
    if mine:
        found["authorAffiliationDetailsList"] = {"authorAffiliation": [{"affiliation": place} for place in mine]}
    return found


def _journal(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: value for name, value in (("issue", record.issue), ("volume", record.volume)) if value
    }
    when = record.published
    if when and when.month:
        found["dateOfPublication"] = f"{when.year} {MONTHS[when.month - 1]}"
    journal = next((journal for journal in JOURNALS if journal.title == record.journal), None)
    found |= {
        "journalIssueId": int(sha256(f"{record.journal}{record.volume}{record.issue}".encode()).hexdigest()[:6], 16),
        "monthOfPublication": (when.month if when else None) or 0,
        "yearOfPublication": record.year,
    }
    span = published_span(record)
    if span:
        found["printPublicationDate"] = span[0].replace(day=1).isoformat()
    title: dict[str, Any] = {
        "title": record.journal,
        "medlineAbbreviation": record.journal_abbreviation,
        "isoabbreviation": record.journal_abbreviation,
    }
    if journal:
        title["nlmid"] = journal.nlm_id
    title |= dict(zip(("issn", "essn"), record.issns, strict=False))
    return found | {"journal": title}


def _abstract(record: Record) -> str:
    """Section headings as <h4>, text with its markup."""
    parts = []
    for line in record.abstract.splitlines():
        label = LABELLED.fullmatch(line)
        parts.append(f"<h4>{escape(label[1].capitalize())}</h4>{marked_up(label[2])}" if label else marked_up(line))
    return "".join(parts)


def _flags(record: Record, short: bool) -> dict[str, Any]:
    free = "Y" if record.pmcid else "N"
    found: dict[str, Any] = {"isOpenAccess": free, "inEPMC": free, "inPMC": free, "hasPDF": free, "hasBook": "N"}
    found |= {"hasSuppl": "N", "citedByCount": len(record.title) % 23}
    if not short:
        found["hasData"] = "N"
    found |= {"hasReferences": free, "hasTextMinedTerms": "Y", "hasDbCrossReferences": "N", "hasLabsLinks": "N"}
    if not short:
        found |= {"hasEvaluations": "N", "authMan": "N", "epmcAuthMan": "N", "nihAuthMan": "N"}
    return found | {"hasTMAccessionNumbers": "N"}


def _days(record: Record, core: bool) -> dict[str, Any]:
    """The record's own dates; the first index date is a day after creation, as seen live."""
    found: dict[str, Any] = {}
    if record.added and core:
        found["dateOfCreation"] = record.added.isoformat()
    if record.added:
        found["firstIndexDate"] = (record.added + timedelta(days=1)).isoformat()
    if record.revised and core:
        found["dateOfRevision"] = record.revised.isoformat()
    span = published_span(record)
    if span:
        found["firstPublicationDate"] = span[0].isoformat()
    return found

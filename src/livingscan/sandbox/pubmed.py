"""PubMed as the sandbox plays it: esearch, efetch, epost, esummary and einfo of NCBI's E-utilities.

Kept from the live service: the cap of 9,999 for one query, also through the history server (esearch
beyond it is an ERROR inside HTTP 200, efetch beyond it HTTP 400, and a page across the border comes back
short without a word); history that can expire; dates [crdt], [edat] (set back for late citations), [lr],
[mdat], [dp]; tags, truncation, proximity; phrases and fields not found; deleted ids that simply do not
come back. Left out: automatic term mapping beyond single words, and subject trees beyond a few.
"""

from __future__ import annotations

import re
from datetime import timedelta
from hashlib import sha256
from html import escape
from typing import Any

from livingscan.records import Record, normalise_pmid
from livingscan.sandbox.nodes import Both, Chosen, Dated, Either, Everything, Near, Node, Phrase, chain
from livingscan.sandbox.pubmed_xml import HEAD, MONTHS, TAIL, article
from livingscan.sandbox.query import LEFT_TO_RIGHT, Dialect, QueryError, day_of, parse
from livingscan.sandbox.wire import (
    XML_UTF8,
    Library,
    Request,
    Response,
    Service,
    json_response,
    not_found,
    page_of,
    text_response,
    total_of,
)

CAP = 9_999
_ALL = ("title", "abstract", "keyword", "mesh", "author", "affiliation", "journal", "type", "id")
_TEXT = ("title", "abstract", "keyword")
_NAMED = {
    ("all", "all fields"): _ALL,
    ("ti", "title"): ("title",),
    ("tiab", "title/abstract", "tw", "text word", "text words"): _TEXT,
    ("ab", "abstract"): ("abstract",),
    ("ot", "other term"): ("keyword",),
    ("mh", "mesh", "mesh terms", "majr", "mesh major topic", "mh:noexp", "mesh:noexp"): ("mesh",),
    ("pt", "ptyp", "publication type"): ("type",),
    ("la", "lang", "language"): ("language",),
    ("au", "author", "1au", "lastau", "fau"): ("author",),
    ("ad", "affil", "affiliation"): ("affiliation",),
    ("ta", "jour", "journal", "so"): ("journal",),
    ("uid", "pmid", "doi", "aid", "lid", "articleidentifier"): ("id",),
    ("sb", "filter", "subset", "pl", "sh", "subheading", "cn", "corporate author"): _ALL,
}
_DATES = {
    "crdt": "added", "date - create": "added", "create date": "added",
    "edat": "entered", "date - entry": "entered", "entry date": "entered", "entrez date": "entered",
    "lr": "revised", "mdat": "revised", "date - modification": "revised", "modification date": "revised",
    "mhda": "revised", "dp": "published", "pdat": "published", "date - publication": "published",
    "publication date": "published", "ppdat": "published", "epdat": "published",
}  # fmt: skip
_LANGUAGES = {
    "english": "eng", "german": "ger", "french": "fre", "spanish": "spa", "portuguese": "por", "italian": "ita",
}  # fmt: skip


def _resolve(name: str, text: str) -> Node | None:
    """Values that are more than words: languages by name, headings with subheadings, subsets."""
    plain = text.strip().lower()
    if name in ("la", "lang", "language"):
        return Phrase((_LANGUAGES.get(plain, plain),), ("language",), whole=True)
    if name.split(":")[0] in ("mh", "mesh", "mesh terms", "majr") and "/" in text:
        return _resolve_heading(text.split("/")[0])
    return Everything() if name in ("sb", "filter", "subset") else None


def _resolve_heading(text: str) -> Node:
    return Phrase(tuple(re.findall(r"\w+", text.lower())), ("mesh",), whole=True)


PUBMED = Dialect(
    style="tag",
    default=_ALL,
    fields={name: fields for names, fields in _NAMED.items() for name in names},
    dates=_DATES,
    whole=frozenset({"mh", "mesh", "mesh terms", "majr", "pt", "ptyp", "publication type", "uid", "pmid"}),
    flags={"hasabstract": Chosen(lambda record: bool(record.abstract)), "all": Everything()},
    order=LEFT_TO_RIGHT,
    resolve=_resolve,
)
_HEAD = '<?xml version="1.0" encoding="UTF-8" ?>\n'
_DTD = {
    "esearch": ("eSearchResult", "esearch 20060628", "20060628/esearch.dtd"),
    "efetch": ("eEfetchResult", "efetch 20131226", "20131226/efetch.dtd"),
    "epost": ("ePostResult", "epost 20090526", "20090526/epost.dtd"),
    "esummary": ("eSummaryResult", "esummary v1 20041029", "20041029/esummary-v1.dtd"),
    "einfo": ("eInfoResult", "einfo 20190110", "20190110/einfo.dtd"),
}


def _document(kind: str, root: str, inside: str) -> str:
    name, label, path = _DTD[kind]
    address = f"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/{path}"
    return f'{_HEAD}<!DOCTYPE {name} PUBLIC "-//NLM//DTD {label}//EN" "{address}">\n<{root}>{inside}</{root}>\n'


class PubMed(Service):
    """The E-utilities over the shelf "pubmed"."""

    name = "pubmed"

    def __init__(self, library: Library) -> None:
        super().__init__(library)
        self.cap = library.limit(self.name, CAP)
        self._histories: dict[str, list[tuple[str, ...]]] = {}
        self._made = 0

    def expire(self) -> None:
        """Forget all histories."""
        with self.lock:
            self._histories.clear()

    def handle(self, request: Request) -> Response:
        """Answer one E-utility."""
        tools = {
            "/esearch.fcgi": self.esearch,
            "/efetch.fcgi": self.efetch,
            "/epost.fcgi": self.epost,
            "/esummary.fcgi": self.esummary,
            "/einfo.fcgi": self.einfo,
        }
        tool = tools.get(request.path)
        if tool is None:
            return not_found(request.path)
        answer = tool(request)
        limit = "10" if request.arg("api_key") else "3"
        polite = (("X-RateLimit-Limit", limit), ("X-RateLimit-Remaining", str(int(limit) - 1)))
        return Response(answer.body, answer.status, answer.content_type, (*answer.headers, *polite))

    def backend_error(self, request: Request) -> Response | None:
        """The search backend is down: said inside HTTP 200."""
        if request.path.endswith("/esearch.fcgi"):
            return self._failed(request.arg("retmode") == "json", "Search Backend failed: read request has timed out.")
        return None

    # --- esearch ---

    def esearch(self, request: Request) -> Response:
        """Find PMIDs, newest first; with usehistory=y keep them on the server."""
        as_json = request.arg("retmode") == "json"
        if (database := request.arg("db", "pubmed")) != "pubmed":
            return self._failed(as_json, f"Invalid db name specified: {database}")
        term = request.arg("term").strip()
        if not term:
            return self._failed(as_json, "Empty term and query_key - nothing todo")
        start, size = request.number("retstart", 0), request.number("retmax", 20)
        if start >= self.cap:
            return self._failed(
                as_json,
                f"Search Backend failed: Exception:\n'retstart' cannot be larger than {self.cap - 1}. For PubMed, "
                f"ESearch can only retrieve the first {self.cap:,} records matching the query. To obtain more than "
                f"{self.cap:,} PubMed records, consider using EDirect.",
            )
        try:
            found, notes = self.search(term, request)
        except QueryError as error:
            return self._failed(as_json, f"Search Backend failed: the query could not be read: {error}")
        shown = tuple(page_of(request, found, start, min(start + size, self.cap) - start))
        history = self._remember(found, request.arg("WebEnv")) if request.arg("usehistory") == "y" else None
        write = self._search_json if as_json else self._search_xml
        return write(term, total_of(request, found), shown, start, history, notes)

    def search(self, term: str, request: Request) -> tuple[tuple[str, ...], dict[str, list[str]]]:
        """PMIDs found, and what PubMed would note about the term: fields and phrases it does not know."""
        notes: dict[str, list[str]] = {"phrasesnotfound": [], "fieldsnotfound": [], "quotedphrasesnotfound": []}
        index = self.shelf.index
        try:
            node = parse(term, PUBMED)
        except QueryError as error:
            if not error.unknown_field:
                raise
            # PubMed notes an unknown tag and searches the word in all fields.
            notes["fieldsnotfound"].append(error.unknown_field)
            tidied = re.sub(re.escape(f"[{error.unknown_field}]"), "[all]", term)
            node = parse(tidied, PUBMED)
        hits = node.hits(index)
        if window := self._window(request):
            hits &= window.hits(index)
        phrases = _phrases(node)
        # A small literature lacks many words that PubMed knows: long strategies get no notes about them.
        if not index.ignore_text and len(phrases) <= 3:
            missing = list(dict.fromkeys(" ".join(part.terms) for part in phrases if not part.hits(index)))
            notes["phrasesnotfound"] = [text for text in missing if " " not in text]
            notes["quotedphrasesnotfound"] = [text for text in missing if " " in text]
        return tuple(dict.fromkeys(self.shelf.records[at].source_id for at in sorted(hits))), notes

    def _window(self, request: Request) -> Node | None:
        kind = _DATES.get(request.arg("datetype", "edat").lower(), "entered")
        low, high, back = request.arg("mindate"), request.arg("maxdate"), request.arg("reldate")
        if back.isdigit():
            return Dated(kind, self.library.day - timedelta(days=int(back)), self.library.day)
        # Both ends are needed; PubMed ignores a lone one.
        return Dated(kind, day_of(low, False), day_of(high, True)) if low and high else None

    def _remember(self, found: tuple[str, ...], environment: str) -> tuple[str, int]:
        with self.lock:
            if environment not in self._histories:
                self._made += 1
                environment = f"MCID_{sha256(f'history {self._made}'.encode()).hexdigest()[:24]}"
                self._histories[environment] = []
            self._histories[environment].append(found)
            return environment, len(self._histories[environment])

    def _recall(self, request: Request) -> tuple[str, ...] | None:
        with self.lock:
            kept = self._histories.get(request.arg("WebEnv"), [])
            key = request.number("query_key", 0)
            return kept[key - 1] if 1 <= key <= len(kept) else None

    @staticmethod
    def _search_json(
        term: str, total: int, shown: tuple[str, ...], start: int, history: tuple[str, int] | None,
        notes: dict[str, list[str]],
    ) -> Response:  # fmt: skip
        result: dict[str, Any] = {"count": str(total), "retmax": str(len(shown)), "retstart": str(start)}
        if history:
            result |= {"querykey": str(history[1]), "webenv": history[0]}
        result |= {"idlist": list(shown), "translationset": [], "querytranslation": term}
        quoted = notes.pop("quotedphrasesnotfound")
        if any(notes.values()):
            result["errorlist"] = notes
        if quoted or not total:
            none = [] if total else ["No items found."]
            result["warninglist"] = {"phrasesignored": [], "quotedphrasesnotfound": quoted, "outputmessages": none}
        return json_response({"header": {"type": "esearch", "version": "0.3"}, "esearchresult": result})

    @staticmethod
    def _search_xml(
        term: str, total: int, shown: tuple[str, ...], start: int, history: tuple[str, int] | None,
        notes: dict[str, list[str]],
    ) -> Response:  # fmt: skip
        inside = f"<Count>{total}</Count><RetMax>{len(shown)}</RetMax><RetStart>{start}</RetStart>"
        if history:
            inside += f"<QueryKey>{history[1]}</QueryKey><WebEnv>{history[0]}</WebEnv>"
        ids = "".join(f"<Id>{pmid}</Id>\n" for pmid in shown)
        inside += f"<IdList>\n{ids}</IdList>" if shown else "<IdList/>"
        inside += f"<TranslationSet/><QueryTranslation>{escape(term)}</QueryTranslation>"
        names = {"fieldsnotfound": "FieldNotFound", "phrasesnotfound": "PhraseNotFound"}
        errors = "".join(f"<{tag}>{escape(value)}</{tag}>" for kind, tag in names.items() for value in notes[kind])
        quoted = notes["quotedphrasesnotfound"]
        warnings = "".join(f"<QuotedPhraseNotFound>{escape(value)}</QuotedPhraseNotFound>" for value in quoted)
        warnings += "" if total else "<OutputMessage>No items found.</OutputMessage>"
        inside += f"<ErrorList>{errors}</ErrorList>" if errors else ""
        inside += f"<WarningList>{warnings}</WarningList>" if warnings else ""
        return text_response(_document("esearch", "eSearchResult", inside), content_type=XML_UTF8)

    @staticmethod
    def _failed(as_json: bool, message: str) -> Response:
        if as_json:
            header = {"type": "esearch", "version": "0.3"}
            return json_response({"header": header, "esearchresult": {"ERROR": message}})
        inside = f"<ERROR>{escape(message)}</ERROR>"
        return text_response(_document("esearch", "eSearchResult", inside), content_type=XML_UTF8)

    # --- efetch and the rest ---

    def _wanted(self, request: Request, tool: str) -> tuple[str, ...] | Response:
        """The ids a request names, or an error answer."""
        root = {"efetch": "eFetchResult", "esummary": "eSummaryResult"}[tool]

        def refused(message: str, status: int) -> Response:
            return text_response(_document(tool, root, f"\n\t<ERROR>{message}</ERROR>\n"), status, XML_UTF8)

        listed = [part for text in request.args("id") for part in text.split(",") if part.strip()]
        if listed:
            return tuple(listed)
        if not request.arg("WebEnv"):
            return refused("Neither query_key nor id specified", 400 if tool == "efetch" else 200)
        kept = self._recall(request)
        if kept is None:
            return refused(f"Unable to obtain query #{request.arg('query_key') or 1}", 400)
        start, size = request.number("retstart", 0), request.number("retmax", 10_000)
        if start >= min(len(kept), self.cap):
            return refused(
                f"Cannot retrieve history data: OUT OF RANGE. Parameter retstart={start} + {size} is greater than "
                f"number of records available in history. History includes {len(kept)} IDs.",
                400,
            )
        return tuple(page_of(request, kept, start, min(start + size, self.cap) - start))

    def efetch(self, request: Request) -> Response:
        """Records as XML (or a list of ids). Ids that are unknown or deleted do not come back."""
        wanted = self._wanted(request, "efetch")
        if isinstance(wanted, Response):
            return wanted
        shelf = self.shelf
        places = [shelf.by_id[key] for text in wanted if (key := normalise_pmid(text)) in shelf.by_id]
        if request.arg("rettype") == "uilist":
            return text_response("\n".join(shelf.records[at].source_id for at in places) + "\n")
        articles = [shelf.copies[at].raw or article(shelf.records[at], self.cite) for at in dict.fromkeys(places)]
        return text_response(HEAD + "".join(articles) + TAIL, content_type=XML_UTF8)

    def cite(self, target: str) -> str:
        """The printed citation of another record here: "J Serv Improv. 2024 Mar;12(2):1-9"."""
        at = self.shelf.by_id.get(target.removeprefix("pmid:"))
        if at is None:
            return ""
        record = self.shelf.records[at]
        issue = f"({record.issue})" if record.issue else ""
        place = f";{record.volume}{issue}:{record.pages}" if record.volume else ""
        return f"{record.journal_abbreviation}. {_printed(record)}{place}"

    def epost(self, request: Request) -> Response:
        """Put ids on the history server."""
        listed = [part for text in request.args("id") for part in text.split(",") if part.strip().isdigit()]
        if not listed:
            inside = "\n\t<ERROR>Empty ID list; Nothing to store</ERROR>\n"
            return text_response(_document("epost", "ePostResult", inside), 400, XML_UTF8)
        environment, key = self._remember(tuple(part.strip() for part in listed), request.arg("WebEnv"))
        inside = f"\n\t<QueryKey>{key}</QueryKey>\n\t<WebEnv>{environment}</WebEnv>\n"
        return text_response(_document("epost", "ePostResult", inside), content_type=XML_UTF8)

    def esummary(self, request: Request) -> Response:
        """Short records, JSON 2.0."""
        wanted = self._wanted(request, "esummary")
        if isinstance(wanted, Response):
            return wanted
        result: dict[str, Any] = {"uids": []}
        for pmid in wanted:
            if (at := self.shelf.by_id.get(pmid)) is None:
                result[pmid] = {"uid": pmid, "error": "cannot get document summary"}
                continue
            record = self.shelf.records[at]
            result["uids"].append(pmid)
            result[pmid] = {
                "uid": pmid,
                "pubdate": _printed(record),
                "source": record.journal_abbreviation,
                "authors": [{"name": name.replace(",", ""), "authtype": "Author"} for name in record.authors],
                "title": record.title,
                "volume": record.volume,
                "issue": record.issue,
                "pages": record.pages,
                "lang": record.language.split(";"),
                "pubtype": list(record.publication_types),
                "articleids": [
                    {"idtype": kind, "idtypen": 1, "value": value}
                    for kind, value in (("pubmed", record.pmid), ("doi", record.doi), ("pmc", record.pmcid))
                    if value
                ],
                "fulljournalname": record.journal,
                "sortpubdate": f"{record.added:%Y/%m/%d} 00:00" if record.added else "",
            }
        return json_response({"header": {"type": "esummary", "version": "0.3"}, "result": result})

    def einfo(self, request: Request) -> Response:
        """The database's own description: how many records, when last changed."""
        count, day = len(self.shelf.records), self.library.day
        if request.arg("retmode") == "json":
            info = {
                "dbname": "pubmed",
                "menuname": "PubMed",
                "count": str(count),
                "lastupdate": f"{day:%Y/%m/%d} 06:33",
            }
            result = {"dbinfo": [info | {"description": self.library.corpus.title}]}
            return json_response({"header": {"type": "einfo", "version": "0.3"}, "einforesult": result})
        inside = (
            f"<DbInfo><DbName>pubmed</DbName><MenuName>PubMed</MenuName>"
            f"<Description>{escape(self.library.corpus.title)}</Description><Count>{count}</Count>"
            f"<LastUpdate>{day:%Y/%m/%d} 06:33</LastUpdate></DbInfo>"
        )
        return text_response(_document("einfo", "eInfoResult", inside), content_type=XML_UTF8)


def _printed(record: Record) -> str:
    when = record.published
    if when is None:
        return str(record.year or "")
    month = f" {MONTHS[when.month - 1]}" if when.month else ""
    return f"{when.year}{month}{f' {when.day}' if when.day else ''}"


def _phrases(node: Node) -> list[Phrase]:
    """Every phrase of a query."""
    if isinstance(node, Phrase):
        return [node]
    if isinstance(node, Everything | Dated | Chosen):
        return []
    if isinstance(node, Near):
        return []
    parts = chain(node) if isinstance(node, Both | Either) else [node.left, node.right]
    return [phrase for part in parts for phrase in _phrases(part)]

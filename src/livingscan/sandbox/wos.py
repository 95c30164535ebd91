"""Web of Science Expanded as the sandbox plays it: /, /query/{id}, /recordids/{id}, /id/{uids}.

Kept: records as XML in CDATA inside a map; firstRecord and count <= 100 (0 only counts); a QueryID to
go on with, which expires; loadTimeSpan in symbols (4W, 1Y) or as two days; publishTimeSpan; with
Accept: application/json an answer without hits is not JSON at all. Headers with the yearly quota.
"""

from __future__ import annotations

import re
from datetime import timedelta
from html import escape

from livingscan.records import Record
from livingscan.sandbox.nodes import Dated
from livingscan.sandbox.parts import Scrolls, language_name, page_ends, published_day, split_name
from livingscan.sandbox.query import Dialect, QueryError, day_of, find
from livingscan.sandbox.wire import (
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

_TOPIC = ("title", "abstract", "keyword")
_NAMED = {
    ("ts",): _TOPIC,
    ("ti",): ("title",),
    ("ab",): ("abstract",),
    ("ak", "kp"): ("keyword",),
    ("all",): (*_TOPIC, "author", "affiliation", "journal", "id"),
    ("au", "ai", "gp"): ("author",),
    ("ad", "og", "oo", "ci", "ps", "cu"): ("affiliation",),
    ("so", "is"): ("journal",),
    ("dt",): ("type",),
    ("la",): ("language",),
    ("do", "ut", "pmid"): ("id",),
    ("su", "wc"): _TOPIC,
}
WOS = Dialect(
    style="equals",
    default=_TOPIC,
    fields={name: fields for names, fields in _NAMED.items() for name in names},
    dates={"py": "published", "dop": "published", "fpy": "published", "ld": "added"},
    wildcards="*?$",
    lower_case=True,
)
_SPAN = {"D": 1, "W": 7, "M": 31, "Y": 366}
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_QUOTA = (("x-rec-amtperyear-remaining", "4723704"), ("x-req-reqpersec-remaining", "4"))


class WebOfScience(Service):
    """The Expanded API over the shelf "wos"."""

    name = "wos"

    def __init__(self, library: Library) -> None:
        super().__init__(library)
        self.scrolls = Scrolls("")
        self._queries: dict[str, str] = {}

    def expire(self) -> None:
        """Forget all queries."""
        self.scrolls.forget()
        with self.lock:
            self._queries.clear()

    def handle(self, request: Request) -> Response:
        """Answer a search, or a page of an earlier one."""
        if not request.headers.get("x-apikey"):
            return json_response({"message": "No API key found in request"}, 401)
        count, first = request.number("count", 10), request.number("firstRecord", 1)
        if not 0 <= count <= 100 or not 1 <= first <= 100_000:
            return _refused("count must be between 0 and 100, and firstRecord between 1 and 100000")
        path = request.path.rstrip("/")
        if path == "":
            return self._search(request, count, first)
        found = re.fullmatch(r"/(query|recordids)/(\d+)", path)
        if found:
            hits = self._recall(found[2])
            if hits is None:
                return json_response({"code": "Not Found", "message": f"Query {found[2]} not found"}, 404)
            if found[1] == "recordids":
                shown = page_of(request, hits, first - 1, count)
                return json_response([self.shelf.records[at].source_id for at in shown])
            return self._answer(request, hits, count, first, found[2])
        if path.startswith("/id/"):
            hits = [at for uid in path.removeprefix("/id/").split(",") if (at := self.shelf.by_id.get(uid)) is not None]
            return self._answer(request, hits, count, first, "1")
        return not_found(request.path)

    def _search(self, request: Request, count: int, first: int) -> Response:
        index = self.shelf.stemmed
        try:
            hits = find(request.arg("usrQuery").strip(), WOS, index)
            if span := request.arg("loadTimeSpan"):
                hits &= self._loaded(span).hits(index)
            if span := request.arg("publishTimeSpan"):
                low, _, high = span.replace(" ", "+").partition("+")
                hits &= Dated("published", day_of(low, False), day_of(high, True)).hits(index)
        except QueryError as error:
            return _refused(f"Search Error: Invalid query. Please check syntax. {error}")
        places = sorted(hits)
        return self._answer(request, places, count, first, self._keep(places))

    def _loaded(self, span: str) -> Dated:
        symbol = re.fullmatch(r"(\d+)([DWMY])", span)
        if symbol:
            days = int(symbol[1]) * _SPAN[symbol[2]]
            return Dated("added", self.library.day - timedelta(days=days), self.library.day)
        low, _, high = span.replace(" ", "+").partition("+")
        return Dated("added", day_of(low, False), day_of(high, True))

    def _keep(self, hits: list[int]) -> str:
        token = self.scrolls.keep(hits, 0)
        with self.lock:
            number = str(len(self._queries) + 1)
            self._queries[number] = token
        return number

    def _recall(self, number: str) -> list[int] | None:
        with self.lock:
            token = self._queries.get(number, "")
        kept = self.scrolls.recall(token)
        return list(kept[0]) if kept else None

    def _answer(self, request: Request, hits: list[int], count: int, first: int, number: str) -> Response:
        records, total = self.shelf.records, total_of(request, hits)
        shown = [records[at] for at in page_of(request, hits, first - 1, count) if at < len(records)]
        inside = f"<records>{''.join(rec(record) for record in shown)}\n</records>"
        if "json" in request.headers.get("accept", ""):
            # As captured: the XML stands unquoted in the JSON, which makes it neither.
            facts = f'"QueryID":{number},"RecordsSearched":{len(records)},"RecordsFound":{total}'
            body = f'{{"Data":{{"Records":{inside}}},"QueryResult":{{{facts}}}}}'
            return Response(body.encode(), 200, "application/json", _QUOTA)
        values = {"QueryID": number, "RecordsSearched": len(records), "RecordsFound": total}
        facts = "".join(f'                <val name="{name}">{value}</val>\n' for name, value in values.items())
        body = (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<response xmlns="http://www.isinet.com/xrpc42">\n'
            f'    <map>\n        <map name="Data">\n            <val name="Records"><![CDATA[{inside}]]></val>\n'
            f'        </map>\n        <map name="QueryResult">\n            <map>\n{facts}            </map>\n'
            "        </map>\n    </map>\n</response>\n"
        )
        answer = text_response(body, content_type="application/xml")
        return Response(answer.body, 200, answer.content_type, _QUOTA)


def _refused(message: str) -> Response:
    return json_response({"code": "Bad Request", "message": message}, 400)


def rec(record: Record) -> str:
    """A record as a full REC element."""
    first, last = page_ends(record)
    when = record.published
    month = f' pubmonth="{_MONTHS[when.month - 1]}"' if when and when.month else ""
    cover = f"{_MONTHS[when.month - 1]} {when.year}" if when and when.month else str(record.year or "")
    issue = f' vol="{escape(record.volume)}"' if record.volume else ""
    issue += f' issue="{escape(record.issue)}"' if record.issue else ""
    pages = f'<page begin="{first}" end="{last or first}" page_count="9">{escape(record.pages)}</page>' if first else ""
    titles = [("source", record.journal), ("source_abbrev", record.journal_abbreviation.upper())]
    titles += [("abbrev_iso", record.journal_abbreviation), ("item", record.title)]
    shown = "".join(f'<title type="{kind}">{escape(text, quote=False)}</title>' for kind, text in titles if text)
    ids = [(kind, issn) for kind, issn in zip(("issn", "eissn"), record.issns, strict=False)]
    ids += [("doi", record.doi)] if record.doi else []
    ids += [("pmid", f"MEDLINE:{record.pmid}")] if record.pmid else []
    listed = "".join(f'<identifier type="{kind}" value="{escape(value)}" />' for kind, value in ids)
    kinds = "".join(f"<doctype>{escape(kind)}</doctype>" for kind in record.publication_types)
    words = "".join(f"<keyword>{escape(word, quote=False)}</keyword>" for word in record.keywords)
    text = f"<p>{escape(record.abstract, quote=False)}</p>"
    abstract = (
        f'<abstracts count="1"><abstract><abstract_text count="1">{text}</abstract_text></abstract></abstracts>'
        if record.abstract
        else ""
    )
    return (
        f'<REC r_id_disclaimer="Synthetic record"><UID>{record.source_id}</UID><static_data><summary>'
        f'<EWUID><WUID coll_id="WOS" /><edition value="WOS.SCI" /></EWUID><pub_info sortdate="{published_day(record)}" '
        f'pubyear="{record.year}" has_abstract="{"Y" if record.abstract else "N"}" coverdate="{cover}"{month}{issue} '
        f'pubtype="Journal">{pages}</pub_info><titles count="{len(titles)}">{shown}</titles>{_names(record)}'
        f'<doctypes count="1">{kinds}</doctypes><publishers><publisher><names count="1"><name role="publisher">'
        f"<full_name>{escape(record.publisher)}</full_name></name></names></publisher></publishers></summary>"
        f'<fullrecord_metadata><languages count="1"><language type="primary">{language_name(record)}</language>'
        f"</languages>"
        f"{_addresses(record)}<keywords>{words}</keywords>{abstract}</fullrecord_metadata></static_data>"
        f"<dynamic_data><cluster_related><identifiers>{listed}</identifiers></cluster_related></dynamic_data>"
        f'<dates date_modified="{record.revised}T01:29:36.952304" date_created="{record.added}T06:46:40.159796" '
        f'date_loaded="{record.added}T23:59:59.00000" /></REC>'
    )


def _names(record: Record) -> str:
    found = []
    for number, name in enumerate(record.authors, start=1):
        family, given = split_name(name)
        shown = escape(name, quote=False)
        parts = f"<display_name>{shown}</display_name><full_name>{shown}</full_name>"
        role = "author" if given else "corp"
        if given:
            letters = "".join(part[0] for part in given.split())
            parts += f"<wos_standard>{escape(family)}, {letters}</wos_standard><first_name>{escape(given)}</first_name>"
            parts += f"<last_name>{escape(family)}</last_name>"
        found.append(f'<name seq_no="{number}" role="{role}">{parts}</name>')
    return f'<names count="{len(found)}">{"".join(found)}</names>'


def _addresses(record: Record) -> str:
    if not record.affiliations:
        return ""
    listed = "".join(
        f'<address_name><address_spec addr_no="{n}"><full_address>{escape(place, quote=False)}</full_address>'
        f"</address_spec></address_name>"
        for n, place in enumerate(record.affiliations, start=1)
    )
    return f'<addresses count="{len(record.affiliations)}">{listed}</addresses>'

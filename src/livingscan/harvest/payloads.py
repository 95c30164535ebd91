"""Captured answers of the services (JSON, XML, or a recording of several) to records.

Each is told by its content and handed to the ``parse`` of its source. An answer without records (an error, a
count, a list of ids, zero hits) gives a note in their place, so that nothing comes out empty without a word.
"""

from __future__ import annotations

import base64
import binascii
import importlib
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from livingscan.errors import DataError
from livingscan.formats import read_bytes
from livingscan.formats.opening import LARGEST_WHOLE, decode
from livingscan.records import Fetched, Unreadable
from livingscan.sources.fields import mapping, mappings, within

Parse = Callable[[str | bytes], Iterator[Fetched | Unreadable]]

SOURCES = (
    "pubmed",
    "europepmc",
    "openalex",
    "crossref",
    "semanticscholar",
    "doaj",
    "core",
    "eric",
    "biorxiv",
    "scopus",
    "wos",
    "lens",
    "clinicaltrials",
    "base",
)
# Answers that no live source reads: (module, function).
_OURS = {
    "clinicaltrials": ("livingscan.harvest.registers", "parse_clinicaltrials"),
    "base": ("livingscan.harvest.registers", "parse_base"),
    "esummary": ("livingscan.harvest.summaries", "parse_esummary"),
    "dublin core": ("livingscan.harvest.summaries", "parse_dublin_core"),
}


@dataclass(frozen=True, slots=True)
class Note:
    """What is said in place of records.

    Attributes:
        where: file, and which of its answers.
        text: one sentence.
        failed: the answer is an error or of an unknown kind; False: it is a good answer without records.
    """

    where: str
    text: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer is: from which source, and, where it holds no records, why."""

    source: str = ""
    note: str = ""
    failed: bool = False


def is_payload(data: bytes) -> bool:
    """Whether bytes could be a service's answer: JSON or XML."""
    return decode(data[:4096]).lstrip()[:1] in {"{", "[", "<"}


def read_payload(data: bytes, where: str, source: str = "") -> Iterator[Fetched | Unreadable | Note]:
    """Read one captured answer, or a recording: a JSON list of {request, recorded_at, response}.

    Args:
        data: the captured bytes. where: what it is called in reports. source: its source, where that is known.

    Yields:
        Records, unreadable entries, and a note for each answer that has none.
    """
    text = decode(data)
    value = _json(text)
    if _is_recording(value):
        for number, exchange in enumerate(value, start=1):
            yield from _read_exchange(exchange, f"{where}, answer {number}", source)
        return
    yield from _read_body(text, value, where, source)


def _json(text: str) -> Any:
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _is_recording(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, dict) and isinstance(item.get("response"), dict) for item in value)
    )


def _read_exchange(exchange: Mapping[str, Any], where: str, source: str) -> Iterator[Fetched | Unreadable | Note]:
    response, request = exchange["response"], exchange.get("request")
    address = str(request.get("uri") or request.get("url") or "") if isinstance(request, dict) else ""
    try:
        parts = urlsplit(address)
        where += f" ({parts.netloc}{parts.path[:80]})" if parts.netloc else ""
    except ValueError:
        pass
    status = response.get("status")
    code = status.get("code") if isinstance(status, dict) else status
    body = _body(response.get("body"))
    if isinstance(code, int) and code >= 400:
        yield Note(where, f"the service refused: HTTP {code}, {_glimpse(body)}", failed=True)
    elif not body.strip():
        yield Note(where, "the answer has no body", failed=True)
    else:
        text = decode(body)
        yield from _read_body(text, _json(text), where, source)


def _body(body: Any) -> bytes:
    """The bytes of a recorded body: as text, in base64, packed, or already taken apart."""
    if isinstance(body, dict) and body.keys() & {"string", "text", "base64_string"}:
        body = body.get("string") or body.get("text") or body.get("base64_string")
    if isinstance(body, dict | list):
        return json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
    if not isinstance(body, str):
        return b""
    packed = body.strip()
    if len(packed) > 16 and len(packed) % 4 == 0 and re.fullmatch(r"[A-Za-z0-9+/\s]+={0,2}", packed):
        try:
            data = base64.b64decode(packed, validate=False)
        except (ValueError, binascii.Error):
            data = b""
        if data[:2] in {b"\x1f\x8b", b"\x78\x9c"}:
            try:
                return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(data, LARGEST_WHOLE)
            except zlib.error:
                return b""
        if data.lstrip()[:1] in {b"{", b"[", b"<"}:
            return data
    return body.encode("utf-8", "surrogatepass")


def _read_body(text: str, value: Any, where: str, source: str) -> Iterator[Fetched | Unreadable | Note]:
    verdict = Verdict(source) if source else verdict_on(text, value)
    if verdict.note:
        yield Note(where, verdict.note, verdict.failed)
        return
    count = 0
    try:
        items = parser_of(verdict.source)(text) if verdict.source else read_bytes(text.encode("utf-8"), where)
        for item in items:
            count += 1
            yield replace(item, where=f"{where}: {item.where}") if isinstance(item, Unreadable) else item
    except DataError as problem:
        message = str(problem).removeprefix(f"{where}: ")
        yield Unreadable(where, message, text[:10_000]) if count else Note(where, message, failed=True)
        return
    if not count:
        yield Note(where, f"a good answer of {verdict.source or 'a service'} with no record in it: zero hits")


def parser_of(source: str) -> Parse:
    """The reader of a source's answers.

    Raises:
        DataError: there is none.
    """
    module, function = _OURS.get(source, (f"livingscan.sources.{source}", "parse"))
    parse: Parse | None = getattr(importlib.import_module(module), function, None)
    if parse is None:
        raise DataError(f"answers of {source} cannot be read")
    return parse


def verdict_on(text: str, value: Any) -> Verdict:
    """What an answer is, by its content.

    Args:
        text: the body. value: the same as JSON, or None.
    """
    if value is None:
        return _on_xml(text) if text.lstrip()[:1] == "<" else _on_text(text)
    if isinstance(value, list):
        return _on_list(value)
    return _on_object(value) if isinstance(value, dict) else Verdict(note="JSON, but no answer we know", failed=True)


def _on_text(text: str) -> Verdict:
    """JSON that is none (Web of Science puts XML into it), or some text format."""
    if '"Records":<records>' in text or "<REC " in text[:100_000]:
        if "<REC" in text:
            return Verdict("wos")
        return Verdict(note="an answer of Web of Science without records (and not valid JSON)")
    if text.lstrip()[:1] in {"{", "["}:
        return Verdict(note=f"broken or cut JSON: {_glimpse(text.encode())}", failed=True)
    return Verdict()


_XML_EMPTY = {
    "eSearchResult": "ids and a count, no records (esearch)",
    "ePostResult": "a place in the history, no records (epost)",
    "eInfoResult": "a description of a database, no records (einfo)",
    "eLinkResult": "links between records, no records (elink)",
    "eSpellResult": "spelling suggestions, no records (espell)",
    "repository": "a description of a repository, no records (BASE)",
}


def _on_xml(text: str) -> Verdict:
    if "<!ENTITY" in text[:200_000]:
        return Verdict(note="declares XML entities, which no answer does; it is not read", failed=True)
    head = re.sub(r"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\])?\s*>", "", text[:200_000], flags=re.S).lstrip()
    found = re.match(r"<([\w.:-]+)([^>]*)>", head)
    root, attributes = (found.group(1).split(":")[-1], found.group(2)) if found else ("", "")
    error = re.search(r"<(ERROR|ErrorList|error)>\s*(.*?)\s*</\1>", head[:20_000], re.S)
    if root in _XML_EMPTY or root in {"eFetchResult", "eSummaryResult"}:
        if error and not (root == "eSearchResult" and error.group(1) == "ErrorList"):
            return Verdict(note=f"an error: {_glimpse(error.group(2).encode())}", failed=True)
        if root != "eSummaryResult":
            return Verdict(note=_XML_EMPTY.get(root, "an answer without records (efetch)"))
    if root in {"PubmedArticleSet", "PubmedBookArticleSet", "MedlineCitationSet", "PubmedArticle", "MedlineCitation"}:
        has_any = re.search(r"<(?:PubmedArticle|PubmedBookArticle|MedlineCitation|DeleteCitation)\b", text)
        return Verdict("pubmed") if has_any else Verdict(note="a good answer of pubmed with no article in it")
    if root == "eSummaryResult":
        return Verdict("esummary") if "<DocSum" in text else Verdict(note="an esummary answer without summaries")
    if root == "responseWrapper":
        return Verdict("dublin core" if "<rdf:Description" in text else "europepmc")
    if re.search(r"<(?:\w+:)?REC[\s>]", text) or "&lt;REC " in text:
        return Verdict("wos")
    if "isinet.com" in attributes or "wokmws" in head or "webofknowledge" in head[:2000]:
        return Verdict(note="an answer of Web of Science with a count and no records")
    if root == "response" and "dccollection" in head:
        return Verdict("base")
    if root.lower() in {"html", "head", "body"}:
        return Verdict(note=f"a web page, no answer: {_glimpse(re.sub(r'<[^>]*>', ' ', text).encode())}", failed=True)
    if root in {"doi_records", "crossref_result", "RDF"}:
        return Verdict(note=f"metadata of one DOI as <{root}>; ask Crossref for JSON instead", failed=True)
    if root == "xml" or root == "records":
        return Verdict()
    return Verdict(note=f"XML of an unknown kind (<{root}>)", failed=True)


def _on_list(value: list[Any]) -> Verdict:
    items = [item for item in value if item is not None]
    if not items:
        return Verdict(note="an empty list: zero hits")
    if all(isinstance(item, str | int) for item in items):
        return Verdict(note=f"a list of {len(items)} ids, no records")
    first = next((item for item in items if isinstance(item, dict)), {})
    if "paperId" in first:
        return Verdict("semanticscholar")
    if "resultList" in first:
        return Verdict("europepmc")
    if "totalHits" in first or first.get("status") in ("OK", "Not found"):
        return Verdict("core") if first.get("data") else Verdict(note="a good answer of core: zero hits")
    if str(first.get("id", "")).startswith("https://openalex.org/W"):
        return Verdict("openalex")
    return Verdict(note="a JSON list of an unknown kind", failed=True)


def _on_object(value: Mapping[str, Any]) -> Verdict:
    for test in (_on_ncbi, _on_crossref, _on_openalex, _on_lists, _on_single):
        verdict = test(value)
        if verdict:
            return verdict
    said = value.get("errMsg") or value.get("error") or value.get("message") or value.get("service-error")
    if said:
        return Verdict(note=f"an error: {_glimpse(json.dumps(said, ensure_ascii=False).encode())}", failed=True)
    keys = ", ".join(list(value)[:5])
    return Verdict(note=f"a JSON object of an unknown kind ({keys})", failed=True)


def _on_ncbi(value: Mapping[str, Any]) -> Verdict | None:
    result = value.get("esearchresult")
    if isinstance(result, dict):
        if result.get("ERROR"):
            return Verdict(note=f"an error: {_glimpse(str(result['ERROR']).encode())}", failed=True)
        return Verdict(note=f"ids and a count ({result.get('count')}), no records (esearch)")
    if "einforesult" in value:
        return Verdict(note=_XML_EMPTY["eInfoResult"])
    if isinstance(value.get("result"), dict) and "uids" in value["result"]:
        return Verdict("esummary")
    return None


def _on_crossref(value: Mapping[str, Any]) -> Verdict | None:
    kind, message = value.get("message-type"), value.get("message")
    if kind in ("work-list", "work") or (isinstance(message, dict) and ("DOI" in message or "items" in message)):
        if kind not in (None, "work", "work-list"):
            return Verdict(note=f"an answer of Crossref about something else than works ({kind})")
        return Verdict("crossref")
    if kind:
        if value.get("status") == "ok":
            return Verdict(note=f"an answer of Crossref about something else than works ({kind})")
        return Verdict(note=f"an error: {_glimpse(json.dumps(message).encode())}", failed=True)
    return Verdict("crossref") if "DOI" in value and "title" in value else None


def _on_openalex(value: Mapping[str, Any]) -> Verdict | None:
    if str(value.get("id", "")).startswith("https://openalex.org/W"):
        return Verdict("openalex")
    if "open_access" in value and "title" not in value and "display_name" not in value:
        return Verdict(note="selected fields of a work without its id and title (openalex)")
    results = value.get("results")
    if "meta" in value and (isinstance(results, list) or "group_by" in value):
        if results:
            return Verdict("openalex")
        grouped = value.get("group_by") or value.get("groups")
        return Verdict(
            note="counts by group, no records (openalex)" if grouped else "a good answer of openalex: zero hits"
        )
    if "rate_limit" in value or "rateLimit" in value or "credits_remaining" in value:
        return Verdict(note="the state of a budget, no records (openalex)")
    return None


def _on_lists(value: Mapping[str, Any]) -> Verdict | None:
    """Search answers, by the names of their envelopes."""
    data = value.get("data")
    first = next((item for item in data if isinstance(item, dict)), {}) if isinstance(data, list) else data
    first = first if isinstance(first, dict) else {}
    if "resultList" in value:
        found = within(value, "resultList", "result")
        if isinstance(found, list) and found and not any("title" in item for item in mappings(found)):
            return Verdict(note=f"a list of {len(found)} ids, no records (europepmc)")
        return Verdict("europepmc")
    if isinstance(value.get("response"), dict) and "docs" in value["response"]:
        return Verdict("eric")
    if isinstance(value.get("collection"), list) and "messages" in value:
        return Verdict("biorxiv")
    if "search-results" in value:
        return Verdict("scopus")
    if "lens_id" in first or ("max_score" in value and data == []):
        return Verdict("lens")
    if "paperId" in first:
        return Verdict("semanticscholar")
    if "total" in value and not data and "offset" in value:
        return Verdict(note="a good answer of semanticscholar: zero hits")
    if "results" in value and "pageSize" in value:
        journals = any("journal" not in mapping(item.get("bibjson")) for item in mappings(value["results"]))
        return Verdict(note="a list of journals, no articles (doaj)") if journals else Verdict("doaj")
    if "totalHits" in value or ("results" in value and "limit" in value):
        return Verdict("core") if value.get("results") or data else Verdict(note="a good answer of core: zero hits")
    if value.get("status") == "OK" and first:
        return Verdict("core") if "id" in first else Verdict(note="the history of a work, no records (core)")
    if isinstance(value.get("studies"), list) or "FullStudiesResponse" in value:
        return Verdict("clinicaltrials")
    if "QueryResult" in value or isinstance(value.get("Data"), dict):
        text = json.dumps(value)
        return Verdict("wos") if "UID" in text else Verdict(note="a count of Web of Science, no records")
    return None


def _on_single(value: Mapping[str, Any]) -> Verdict | None:
    for key, source in (
        ("paperId", "semanticscholar"),
        ("lens_id", "lens"),
        ("bibjson", "doaj"),
        ("protocolSection", "clinicaltrials"),
    ):
        if key in value:
            return Verdict(source)
    for key, what in (
        ("serial-metadata-response", "about a journal, not about papers (Scopus)"),
        ("data", "of an unknown kind, with no records that we know"),
        ("diffs", "about a data set's files (Semantic Scholar)"),
    ):
        if key in value:
            return Verdict(note=f"an answer {what}", failed=key == "data")
    return None


def _glimpse(data: bytes) -> str:
    return " ".join(data[:400].decode("utf-8", "replace").split())[:160]

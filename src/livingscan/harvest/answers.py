"""What a captured answer of a service is, told by its content: whose records it holds, or why it holds none."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from livingscan.formats import jsonlines
from livingscan.sources.fields import mapping, mappings, within


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer is: from which source, and, where it holds no records, why.

    Attributes:
        source: whose reader takes it. note: why there are no records. failed: it is an error or unknown.
        each: a list, of which every item is an answer of its own.
    """

    source: str = ""
    note: str = ""
    failed: bool = False
    each: bool = False


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
        return Verdict(note=f"broken or cut JSON: {glimpse(text.encode())}", failed=True)
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
        is_partial = error is not None and (error.group(1) == "ErrorList" or "<Title>" in text)
        if error and not (is_partial and root in {"eSearchResult", "eSummaryResult"}):
            return Verdict(note=f"an error: {glimpse(error.group(2).encode())}", failed=True)
        if root != "eSummaryResult":
            return Verdict(note=_XML_EMPTY.get(root, "an answer without records (efetch)"))
    if root in {"PubmedArticleSet", "PubmedBookArticleSet", "MedlineCitationSet", "PubmedArticle", "MedlineCitation"}:
        has_any = re.search(r"<(?:PubmedArticle|PubmedBookArticle|MedlineCitation|DeleteCitation)\b", text)
        return Verdict("pubmed") if has_any else Verdict(note="a good answer of pubmed with no article in it")
    if root == "eSummaryResult":
        any_summary = re.search(r"<Doc(?:Sum|umentSummary)[\s>]", text)
        return Verdict("esummary") if any_summary else Verdict(note="an esummary answer without summaries")
    if root == "responseWrapper":
        return Verdict("dublin core" if "<rdf:Description" in text else "europepmc")
    if re.search(r"<(?:\w+:)?REC[\s>]", text) or "&lt;REC " in text:
        return Verdict("wos")
    if "isinet.com" in attributes or "wokmws" in head or "webofknowledge" in head[:2000]:
        return Verdict(note="an answer of Web of Science with a count and no records")
    if root == "response" and "dccollection" in head:
        return Verdict("base")
    if root == "response" and re.search(r"<result\b[^>]*\bnumFound=", head):
        return Verdict("eric")
    if root == "search-results" or root == "abstracts-retrieval-response":
        return Verdict("scopus")
    if root.lower() in {"html", "head", "body"}:
        return Verdict(note=f"a web page, no answer: {glimpse(re.sub(r'<[^>]*>', ' ', text).encode())}", failed=True)
    if root in {"doi_records", "crossref_result", "RDF"}:
        return Verdict(note=f"metadata of one DOI as <{root}>; ask Crossref for JSON instead", failed=True)
    if root == "xml" or root == "records":
        return Verdict()
    said = re.search(r"<(?:\w+:)?(?:statusText|faultstring|errMsg|error|message)>\s*([^<]{1,300})", head, re.I)
    if said:
        return Verdict(note=f"an error: {glimpse(said[1].encode())}", failed=True)
    return Verdict(note=f"XML of an unknown kind (<{root}>)", failed=True)


def _on_list(value: list[Any]) -> Verdict:
    items = [item for item in value if item is not None]
    if not items:
        return Verdict(note="an empty list: zero hits")
    if all(isinstance(item, str | int) for item in items):
        return Verdict(note=f"a list of {len(items)} ids, no records")
    first = next((item for item in items if isinstance(item, dict)), {})
    if "totalHits" in first or first.get("status") in ("OK", "Not found"):
        return Verdict("core") if first.get("data") else Verdict(note="a good answer of core: zero hits")
    verdict = _on_object(first)
    if not verdict.note:
        return Verdict(verdict.source, each=verdict.source not in _READ_LISTS)
    return Verdict(note="a JSON list of an unknown kind", failed=True)


# Sources whose own reader takes a list of answers or of works.
_READ_LISTS = frozenset({"semanticscholar", "europepmc", "core", "openalex"})


def _on_object(value: Mapping[str, Any]) -> Verdict:
    for test in (_on_ncbi, _on_crossref, _on_openalex, _on_lists, _on_single):
        verdict = test(value)
        if verdict:
            return verdict
    if jsonlines.is_record(value):
        return Verdict()  # a record of our own, or alike, over several lines
    errors = ("errMsg", "error", "message", "service-error", "error-response", "errors", "fault", "detail")
    said = next((found for name in errors if (found := value.get(name))), None)
    if said:
        return Verdict(note=f"an error: {glimpse(json.dumps(said, ensure_ascii=False).encode())}", failed=True)
    keys = ", ".join(list(value)[:5])
    return Verdict(note=f"a JSON object of an unknown kind ({keys})", failed=True)


def _on_ncbi(value: Mapping[str, Any]) -> Verdict | None:
    result = value.get("esearchresult")
    if isinstance(result, dict):
        if result.get("ERROR"):
            return Verdict(note=f"an error: {glimpse(str(result['ERROR']).encode())}", failed=True)
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
        return Verdict(note=f"an error: {glimpse(json.dumps(message).encode())}", failed=True)
    is_work = "DOI" in value and value.keys() & {"title", "container-title", "author", "member", "prefix"}
    listed = mappings(value.get("items"))
    return Verdict("crossref") if is_work or any("DOI" in item for item in listed) else None


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
    if isinstance(value.get("collection"), list) and ("messages" in value or value["collection"]):
        status = next((str(told.get("status")) for told in mappings(value.get("messages"))), "ok").lower()
        if not value["collection"] and status != "ok" and not status.startswith("no "):
            return Verdict(note=f"an error: {status[:160]}", failed=True)
        return Verdict("biorxiv")
    if "search-results" in value or "abstracts-retrieval-response" in value:
        return Verdict("scopus")
    if isinstance(value.get("hits"), list) and isinstance(value.get("metadata"), dict):
        return Verdict("wos")
    if "lens_id" in first or ("max_score" in value and data == []):
        return Verdict("lens")
    if "paperId" in first or first.keys() & {"citingPaper", "citedPaper"} or "recommendedPapers" in value:
        return Verdict("semanticscholar")
    if value.get("total") == 0 and not data and value.keys() & {"data", "offset"}:
        name = "semanticscholar" if value.keys() & {"offset", "token"} else "lens"
        return Verdict(note=f"a good answer of {name}: zero hits")
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
    """One record by itself, by the names that only its source uses."""
    for key, source in (
        ("paperId", "semanticscholar"),
        ("lens_id", "lens"),
        ("bibjson", "doaj"),
        ("protocolSection", "clinicaltrials"),
        ("biorxiv_doi", "biorxiv"),
        ("jatsxml", "biorxiv"),
        ("dc:identifier", "scopus"),
    ):
        if key in value:
            return Verdict(source)
    if "static_data" in value or re.match(r"[A-Z]{3,8}:\S+$", str(value.get("uid", ""))):
        return Verdict("wos")
    article = mapping(value.get("result")) or value
    if {"id", "source", "title"} <= article.keys() and article.keys() & {"pubYear", "authorString", "journalInfo"}:
        return Verdict("europepmc")
    if "title" in value and re.match(r"E[DJ]\d+$", str(value.get("id", ""))):
        return Verdict("eric")
    if {"id", "title"} <= value.keys() and value.keys() & {"oaiIds", "oai", "yearPublished", "repositoryDocument"}:
        return Verdict("core")
    for key, what in (
        ("serial-metadata-response", "about a journal, not about papers (Scopus)"),
        ("data", "of an unknown kind, with no records that we know"),
        ("diffs", "about a data set's files (Semantic Scholar)"),
    ):
        if key in value:
            return Verdict(note=f"an answer {what}", failed=key == "data")
    return None


def glimpse(data: bytes) -> str:
    """The first words of a body, on one line."""
    return " ".join(data[:400].decode("utf-8", "replace").split())[:160]

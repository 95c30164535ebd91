"""Answers that sum up records without their abstracts: esummary of E-utilities, Dublin Core of Europe PMC."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote
from xml.etree.ElementTree import Element, tostring

from livingscan.errors import DataError
from livingscan.formats.draft import Draft, Origin
from livingscan.records import Fetched, Unreadable
from livingscan.sources.fields import dump, load, mapping, mappings, string, strings
from livingscan.sources.status import links
from livingscan.sources.xmltree import parse_xml

_DC = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


def parse_esummary(body: str | bytes) -> Iterator[Fetched | Unreadable]:
    """The summaries of one esummary answer for PubMed or PMC, JSON or XML (versions 1 and 2).

    Raises:
        DataError: it is something else, such as summaries of another database.
    """
    start = body.lstrip()[:1]
    if start in ("<", b"<"):
        root = parse_xml(body)
        items = [(_items(found), tostring(found, "unicode")) for found in root.iter("DocSum")]
        items += [(_items_2(found), tostring(found, "unicode")) for found in root.iter("DocumentSummary")]
    else:
        result = mapping(mapping(load(body)).get("result"))
        items = [(_lower(mapping(result.get(uid))), dump(result.get(uid))) for uid in strings(result.get("uids"))]
    for number, (item, raw) in enumerate(items, start=1):
        if "error" in item:
            uid = string(item.get("uid"))
            yield Unreadable(f"summary {uid or number}", string(item["error"]) or "no summary", raw, uid)
            continue
        if "title" not in item:
            raise DataError("these are summaries of another database than PubMed")
        yield _summary(item).finish(Origin("pubmed", where="summary"), raw, number)


def _items(document: Element) -> dict[str, Any]:
    """A DocSum of version 1 as the JSON has it."""
    found: dict[str, Any] = {"uid": document.findtext("Id", "")}
    for item in document.iterfind("Item"):
        name = item.get("Name", "").lower()
        if name == "articleids":
            found[name] = [{"idtype": part.get("Name", ""), "value": part.text or ""} for part in item]
        elif item.get("Type") == "List":
            found[name] = [part.text or "" for part in item]
        else:
            found[name] = item.text or ""
    found["authors"] = [{"name": name} for name in found.get("authorlist", [])]
    found["pubtype"], found["lang"] = found.get("pubtypelist", []), found.get("langlist", [])
    return found


def _items_2(document: Element) -> dict[str, Any]:
    """A DocumentSummary of version 2 as the JSON has it: "Lang/string", "Authors/Author/Name" and the like."""
    found: dict[str, Any] = {"uid": document.get("uid", "")}
    for item in document:
        name = item.tag.lower()
        if any(len(part) for part in item):
            found[name] = [{field.tag.lower(): field.text or "" for field in part} for part in item]
        elif len(item):
            found[name] = [part.text or "" for part in item]
        else:
            found[name] = item.text or ""
    return found


def _lower(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name.lower(): value for name, value in item.items()}


def _summary(item: Mapping[str, Any]) -> Draft:
    draft = Draft()
    ids = {string(part.get("idtype")): string(part.get("value")) for part in mappings(item.get("articleids"))}
    is_pmc = "pmcid" in ids and "pubmed" not in ids
    pmid = ids.get("pmid" if is_pmc else "pubmed", "") or ("" if is_pmc else string(item.get("uid")))
    draft.add("database", "PMC" if is_pmc else "PubMed")
    draft.add("pmid", "" if pmid == "0" else pmid)
    draft.add("pmcid", ids.get("pmcid", ""), ids.get("pmc", ""))
    draft.add("doi", ids.get("doi", ""), string(item.get("elocationid")))
    draft.add("link", f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if draft.first("pmid") else "")
    draft.add("kind", "article")
    draft.add("title", string(item.get("title")))
    draft.add("original_title", string(item.get("vernaculartitle")))
    draft.add("one_author", *(string(person.get("name")) for person in mappings(item.get("authors"))))
    draft.add("journal", string(item.get("fulljournalname")))
    draft.add("journal_abbreviation", string(item.get("source")))
    for field in ("volume", "issue", "pages"):
        draft.add(field, string(item.get(field)))
    draft.add("date", string(item.get("pubdate")), string(item.get("epubdate")))
    draft.add("serial", string(item.get("issn")), string(item.get("essn")))
    draft.add("language", *strings(item.get("lang")))
    draft.add("publication_type", *strings(item.get("pubtype")))
    for other in mappings(item.get("references")):
        pmid = string(other.get("pmid"))
        target = f"pmid:{pmid}" if pmid not in ("", "0") else string(other.get("refsource"))
        if (relation := string(other.get("reftype"))) and relation.lower() != "cites":
            draft.links += links(relation, target)
    return draft


def parse_dublin_core(body: str | bytes) -> Iterator[Fetched | Unreadable]:
    """The descriptions of one answer of Europe PMC in Dublin Core (``format=dc``).

    Raises:
        DataError: it is something else.
    """
    descriptions = list(parse_xml(body).iter(f"{_RDF}Description"))
    for number, found in enumerate(descriptions, start=1):
        draft = Draft()
        about = found.get(f"{_RDF}about", "")
        draft.add("database", "Europe PMC")
        draft.add("link", about)
        draft.add("maybe_accession", about.rsplit("/", 1)[-1])
        draft.add("title", found.findtext(f"{_DC}title"))
        draft.add("one_author", *(part.text for part in found.iterfind(f"{_DC}creator")))
        draft.add("date", found.findtext(f"{_DC}date"))
        draft.add("keyword", *(part.text for part in found.iterfind(f"{_DC}subject")))
        draft.add("language", found.findtext(f"{_DC}language"))
        draft.add("publication_type", *(part.text for part in found.iterfind(f"{_DC}description")))
        draft.add("abstract", *(part.text for part in found.iterfind(f"{_TERMS}abstract")))
        draft.add("affiliation", *(part.text for part in found.iterfind(f"{_DC}contributor")))
        draft.add("more_link", *(part.text for part in found.iterfind(f"{_DC}identifier")))
        draft.add("more_link", *(part.text for part in found.iterfind(f"{_TERMS}isVersionOf")))
        draft.add("serial", *(part.text for part in found.iterfind(f"{_TERMS}isPartOf")))
        for part in found.iterfind(f"{_TERMS}bibliographicCitation"):
            _citation(draft, part.text or "")
        yield draft.finish(Origin("europepmc", where="description"), tostring(found, "unicode"), number)


def _citation(draft: Draft, text: str) -> None:
    """A printed citation, or the same as an OpenURL."""
    if "rft." in text:
        values = parse_qs(text.replace("&amp;", "&").lstrip("&"))
        for name, field in (
            ("rft.jtitle", "journal"),
            ("rft.stitle", "journal_abbreviation"),
            ("rft.volume", "volume"),
            ("rft.issue", "issue"),
            ("rft.pages", "pages"),
        ):
            draft.add(field, *(unquote(value) for value in values.get(name, ())))
        return
    pmid = re.search(r"PubMed PMID:\s*(\d+)", text)
    pmcid = re.search(r"PMCID:\s*(PMC\d+)", text)
    draft.add("pmid", pmid.group(1) if pmid else "")
    draft.add("pmcid", pmcid.group(1) if pmcid else "")

"""Full records of Web of Science (REC elements) to records, whatever envelope they come in."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, tostring

from livingscan.errors import DataError
from livingscan.formats.dates import join_pages, parse_date, parse_day
from livingscan.formats.languages import language_code
from livingscan.formats.status import implied_links
from livingscan.formats.text import plain
from livingscan.records import Fetched, PartialDate, Record, Unreadable, make_record
from livingscan.sources.fields import MISFORMED
from livingscan.sources.xmltree import parse_xml

_ENTRY_TYPES = (
    ("proceedings", "conference"),
    ("meeting", "conference"),
    ("book chapter", "chapter"),
    ("book", "book"),
    ("data", "dataset"),
    ("preprint", "preprint"),
    ("dissertation", "thesis"),
)


def records_in(root: Element) -> Iterator[Fetched | Unreadable]:
    """Every REC below ``root``, also those held as text (CDATA, or escaped in SOAP).

    Raises:
        DataError: there is no place for records at all.
    """
    for element in root.iter():
        element.tag = str(element.tag).rpartition("}")[2]
    if root.tag in ("REC", "records"):
        yield from _each(root)
        return
    holders = [each for each in root.iter() if each.get("name") == "Records" or each.tag == "records"]
    if not holders:
        raise DataError("this holds no records of Web of Science")
    for holder in holders:
        if len(holder):
            yield from _each(holder)
        elif (holder.text or "").strip():
            yield from records_in(parse_xml((holder.text or "").strip()))


def _each(root: Element) -> Iterator[Fetched | Unreadable]:
    for position, rec in enumerate(root.iter("REC"), start=1):
        raw = tostring(rec, "unicode")
        uid = _text(rec.find("UID"))
        if not uid:
            yield Unreadable(f"wos, entry {position}", "a record without UID", raw)
            continue
        try:
            yield Fetched(record_of(rec, uid), raw)
        except MISFORMED as problem:
            yield Unreadable(f"wos {uid}", f"unexpected form ({type(problem).__name__}: {problem})", raw, uid)


def _text(element: Element | None) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def record_of(rec: Element, uid: str) -> Record:
    """The record of one REC element."""
    summary = "static_data/summary/"
    info = rec.find(f"{summary}pub_info")
    if info is None:
        info = Element("pub_info")
    titles = {each.get("type", ""): plain(_text(each)) for each in reversed(rec.findall(f"{summary}titles/title"))}
    types = [_text(each) for each in rec.iterfind(f"{summary}doctypes/doctype")]
    ids = [
        (each.get("type", ""), each.get("value", "")) for each in rec.iterfind("dynamic_data//identifiers/identifier")
    ]
    first = dict(reversed(ids))
    dates = rec.find("dates")
    lower = " ".join(types).lower()
    return make_record(
        source="wos",
        source_id=uid,
        title=titles.get("item", ""),
        title_original=titles.get("foreign", ""),
        abstract="\n".join(
            plain(_text(each))
            for each in rec.iterfind("static_data/fullrecord_metadata/abstracts/abstract/abstract_text/p")
        ),
        authors=_authors(rec),
        published=_published(info),
        journal=titles.get("source", ""),
        journal_abbreviation=titles.get("abbrev_iso", "") or titles.get("source_abbrev", ""),
        issns=[value for kind, value in ids if kind.lower() in ("issn", "eissn", "issn_l")],
        isbns=[value.replace("-", "") for kind, value in ids if kind in ("isbn", "eisbn")],
        volume=info.get("vol", ""),
        issue=info.get("issue", ""),
        pages=_pages(info.find("page")) or first.get("art_no", "").replace("ARTN ", ""),
        publisher=_text(rec.find(f"{summary}publishers/publisher/names/name/full_name")),
        doi=first.get("doi", "") or first.get("xref_doi", ""),
        pmid=(first.get("pmid", "") or (uid if uid.startswith("MEDLINE:") else "")).replace("MEDLINE:", ""),
        pmcid=next((text for each in rec.iter("OtherID") if (text := _text(each)).startswith("PMC")), ""),
        other_ids=[("wos", uid)] if uid.startswith("WOS:") else [],
        language=language_code(
            ";".join(_text(each) for each in rec.iterfind("static_data/fullrecord_metadata/languages/language"))
        ),
        entry_type=next((name for sign, name in _ENTRY_TYPES if sign in lower), "article" if types else ""),
        publication_types=types,
        keywords=[
            _text(each)
            for path in ("fullrecord_metadata/keywords/keyword", "item/keywords_plus/keyword")
            for each in rec.iterfind(f"static_data/{path}")
        ],
        mesh=_mesh(rec),
        affiliations=[_text(each) for each in rec.iterfind("static_data/fullrecord_metadata/addresses//full_address")],
        status_links=implied_links(titles.get("item", ""), types, titles.get("source", ""), ()),
        url=f"https://www.webofscience.com/wos/woscc/full-record/{uid}",
        added=parse_day(dates.get("date_loaded", "")[:10]) if dates is not None else None,
        revised=parse_day(dates.get("date_modified", "")[:10]) if dates is not None else None,
    )


def _pages(page: Element | None) -> str:
    """ "1-9" as the element's text; where it has none, by its attributes."""
    if page is None:
        return ""
    return (page.text or "").strip() or join_pages(page.get("begin", ""), page.get("end", ""))


def _published(info: Element) -> PartialDate | None:
    """The date as printed ("JUL 2025"), where it agrees with the year; sortdate would make up a day."""
    year = info.get("pubyear", "")
    printed = parse_date(info.get("coverdate", ""))
    if printed and str(printed.year) == year:
        return printed
    return parse_date(f"{year} {info.get('pubmonth', '')}".strip())


def _authors(rec: Element) -> list[str]:
    names = []
    for each in rec.iterfind("static_data/summary/names/name"):
        if each.get("role") not in ("author", "corp", "book_corp", "group_author", "anon"):
            continue
        full = _text(each.find("full_name")) or _text(each.find("display_name"))
        if full and full != "[Anonymous]":
            names.append(full)
    return names


def _mesh(rec: Element) -> list[str]:
    terms = []
    for heading in rec.iter("MeshHeading"):
        name = _text(heading.find("DescriptorName"))
        terms += [f"{name}/{_text(each)}" for each in heading.iterfind("QualifierName")] or [name]
    return terms

"""Web of Science's JSON: full records of the Expanded interface, and the shorter ones of the Starter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from livingscan.errors import DataError
from livingscan.formats.dates import join_pages, parse_date
from livingscan.formats.status import implied_links
from livingscan.formats.text import plain
from livingscan.records import Fetched, Record, Unreadable, make_record
from livingscan.sources.fields import listed, mapping, mappings, number, read_each, string, strings, within
from livingscan.sources.wos_record import record_of

_ENTRY_TYPES = {"proceedings paper": "conference", "book chapter": "chapter", "book": "book", "data set": "dataset"}


def parse_json(answer: Any) -> Iterator[Fetched | Unreadable]:
    """The records of an answer in JSON.

    Raises:
        DataError: it is something else, such as a list of ids.
    """
    held = mapping(answer)
    if "static_data" in held:
        full: Any = [held]
    else:
        full = within(held, "Data", "Records", "records", "REC") or within(held, "Records", "records", "REC")
    if full is not None:
        yield from read_each(listed(full), _full, "wos", "UID")
        return
    hits = [held] if "uid" in held else held.get("hits")
    if not isinstance(hits, list):
        raise DataError("this holds no records of Web of Science")
    yield from read_each(hits, _starter, "wos", "uid")


def _full(item: Mapping[str, Any]) -> Record:
    """The JSON is the XML with attributes and elements alike as names, so that one reader serves both."""
    uid = string(item["UID"])
    if not uid:
        raise ValueError("a record without UID")
    root = Element("REC")
    _fill(root, item)
    return record_of(root, uid)


def _fill(element: Element, value: object) -> None:
    if not isinstance(value, dict):
        element.text = string(value)
        return
    for name, held in value.items():
        if name == "content":
            element.text = string(held)
        elif isinstance(held, dict | list):
            for each in listed(held):
                _fill(SubElement(element, name), each)
        else:
            element.set(name, string(held))
            if "content" not in value:
                SubElement(element, name).text = string(held)


def _starter(item: Mapping[str, Any]) -> Record:
    uid = string(item["uid"])
    place, names, ids = mapping(item.get("source")), mapping(item.get("names")), mapping(item.get("identifiers"))
    pages = mapping(place.get("pages"))
    types = list(dict.fromkeys([*strings(item.get("types")), *strings(item.get("sourceTypes"))]))
    title = plain(string(item.get("title")))
    year = number(place.get("publishYear"))
    journal = plain(string(place.get("sourceTitle")))
    return make_record(
        source="wos",
        source_id=uid,
        title=title,
        authors=[string(each.get("displayName")) for each in mappings(names.get("authors"))],
        year=year,
        published=parse_date(string(place.get("publishMonth")), year),
        journal=journal,
        issns=[*strings(ids.get("issn")), *strings(ids.get("eissn"))],
        isbns=[text.replace("-", "") for text in [*strings(ids.get("isbn")), *strings(ids.get("eisbn"))]],
        volume=string(place.get("volume")),
        issue=string(place.get("issue")),
        pages=string(pages.get("range"))
        or join_pages(string(pages.get("begin")), string(pages.get("end")))
        or string(place.get("articleNumber")),
        doi=string(ids.get("doi")),
        pmid=string(ids.get("pmid")).removeprefix("MEDLINE:"),
        other_ids=[("wos", uid)] if uid.startswith("WOS:") else [],
        entry_type=next((_ENTRY_TYPES[kind.lower()] for kind in types if kind.lower() in _ENTRY_TYPES), "article"),
        publication_types=types,
        keywords=strings(mapping(item.get("keywords")).get("authorKeywords")),
        status_links=implied_links(title, types, journal, ()),
        url=string(mapping(item.get("links")).get("record"))
        or f"https://www.webofscience.com/wos/woscc/full-record/{uid}",
    )

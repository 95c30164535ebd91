"""EndNote's XML (also written by Zotero and others) and EBSCO's XML to records.

The file, often one line of many megabytes, is cut into its ``<record>`` (EBSCO: ``<rec>``) elements before any
parser sees it: a damaged one costs no other, and a document type with entities never reaches the parser.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from livingscan.errors import DataError
from livingscan.formats import ebsco_xml
from livingscan.formats.draft import Draft, Origin
from livingscan.formats.entries import LARGEST_ENTRY
from livingscan.formats.opening import encoding_of, head_of, text_of
from livingscan.records import Fetched, Unreadable

_OPEN = re.compile(r"<(rec(?:ord)?)(?:\s[^>]{0,2000})?>")
_ILLEGAL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#(?:x0*(?:[0-8bcBC]|1[0-9a-fA-F]|[eE])|0*(?:[0-8]|1[124-9]|2\d|3[01]));"
)
_AMPERSAND = re.compile(r"&(?!(?:[A-Za-z]+|#\d+|#x[0-9A-Fa-f]+);)")
_MEANING: dict[str, tuple[str, ...]] = {
    "titles/title": ("title",),
    "titles/translated-title": ("original_title",),
    "titles/short-title": ("short_title",),
    "periodical/full-title": ("journal",),
    "titles/secondary-title": ("journal",),
    "titles/tertiary-title": ("series",),
    "titles/alt-title": ("journal_abbreviation",),
    "periodical/abbr-1": ("journal_abbreviation",),
    "alt-periodical/abbr-1": ("journal_abbreviation",),
    "contributors/secondary-authors/author": ("editor",),
    "dates/year": ("year",),
    "pages": ("pages",),
    "volume": ("volume",),
    "number": ("issue",),
    "isbn": ("serial",),
    "accession-num": ("accession",),
    "electronic-resource-num": ("doi",),
    "abstract": ("abstract",),
    "keywords/keyword": ("keyword",),
    "remote-database-name": ("database",),
    "remote-database-provider": ("provider",),
    "language": ("language",),
    "publisher": ("publisher",),
    "auth-address": ("affiliation",),
    "work-type": ("publication_type",),
    "custom2": ("maybe_pmid",),
    "custom7": ("article_number",),
    "notes": ("note",),
    "research-notes": ("note",),
}


def read(stream: io.BufferedReader, origin: Origin) -> Iterator[Fetched | Unreadable]:
    """Read EndNote's or EBSCO's XML.

    Args:
        stream: the document. origin: the file.

    Yields:
        Every record, or Unreadable with file, line and reason.

    Raises:
        DataError: it declares entities.
    """
    for raw, line, whole in _pieces(stream, origin.where):
        where = f"{origin.where}:{line}"
        if not whole:
            yield Unreadable(where, "the end of the record is missing", raw, cut=True)
            continue
        try:
            root = _parse(raw)
        except (ParseError, DefusedXmlException, ValueError) as problem:
            yield Unreadable(where, f"damaged XML: {problem}", raw)
            continue
        draft = ebsco_xml.draft_of(root) if root.tag == "rec" else _draft(root)
        yield draft.finish(origin, raw, line)


def _pieces(stream: io.BufferedReader, name: str) -> Iterator[tuple[str, int, bool]]:
    """(text of a record, line where it starts, whether its end is there)."""
    text = text_of(stream, encoding_of(head_of(stream)))
    kept, line, seen = "", 1, False
    while True:
        block = text.read(1 << 20)
        kept += block
        at = 0
        while (opened := _OPEN.search(kept, at)) is not None:
            if not seen:
                _refuse_entities(kept[at : opened.start()], name)
            close = kept.find(f"</{opened.group(1)}>", opened.end())
            if close < 0:
                break
            end = close + len(opened.group(1)) + 3
            line += kept.count("\n", at, opened.start())
            yield kept[opened.start() : end], line, True
            line += kept.count("\n", opened.start(), end)
            at, seen = end, True
        if opened is not None and (not block or len(kept) - opened.start() > LARGEST_ENTRY):
            start = line + kept.count("\n", at, opened.start())
            yield kept[opened.start() : opened.start() + LARGEST_ENTRY], start, False
            opened = None
        if not block:
            if not seen:
                _refuse_entities(kept, name)
            return
        keep_from = max(at, opened.start() if opened else len(kept) - 200)
        line += kept.count("\n", at, keep_from)
        kept = kept[keep_from:]


def _refuse_entities(text: str, name: str) -> None:
    if "<!ENTITY" in text:
        raise DataError(f"{name}: declares XML entities, which no export does; it is not read")


def _parse(raw: str) -> Element:
    """The record as an element; illegal characters and bare ampersands are mended on a second try."""
    try:
        return fromstring(raw)
    except ParseError:
        return fromstring(_AMPERSAND.sub("&amp;", _ILLEGAL.sub("", raw)))


def _draft(root: Element) -> Draft:
    draft = Draft()
    kind = root.find("ref-type")
    draft.add("kind", kind.get("name", "") if kind is not None else "")
    for path, meanings in _MEANING.items():
        for found in root.iterfind(path):
            text = "".join(found.itertext())
            for meaning in meanings:
                draft.add(meaning, text)
    # EndNote breaks a name or a list of keywords by line ends inside one element.
    names = ["".join(found.itertext()) for found in root.iterfind("contributors/authors/author")]
    draft.add("author", *names)
    for place in root.iterfind("urls/*"):
        field = "link" if place.tag in {"related-urls", "web-urls"} else "more_link"
        draft.add(field, *("".join(url.itertext()) for url in place.iter("url")))
    year = draft.first("year")
    draft.add("date", *(f"{''.join(found.itertext())} {year}" for found in root.iterfind("dates/pub-dates/date")))
    if draft.first("kind").lower() in {"book", "edited book", "report", "electronic book"}:
        draft.values["series"] = draft.values.pop("journal", [])
    if "medline" in draft.first("database").lower() or draft.first("provider").upper() == "NLM":
        draft.add("pmid", *(text for text in draft.all("accession") if text.isdigit()))
    return draft

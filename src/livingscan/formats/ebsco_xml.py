"""EBSCO's XML export ("rec", "controlInfo"), as its platform writes it for CINAHL and the others.

Elements as EBSCO's help names them; read from what is known of the format, not checked against a fresh export.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from livingscan.formats.draft import Draft

_MEANING: dict[str, str] = {
    "artinfo/tig/atl": "title",
    "bkinfo/btl": "book_title",
    "artinfo/ab": "abstract",
    "artinfo/aug/au": "one_author",
    "bkinfo/aug/au": "editor",
    "artinfo/aug/affil": "affiliation",
    "jinfo/jtl": "journal",
    "pubinfo/vid": "volume",
    "pubinfo/iid": "issue",
    "pubinfo/pub": "publisher",
    "artinfo/ppf": "start",
    "artinfo/pages": "pages",
    "artinfo/sug/subj": "keyword",
    "artinfo/doctype": "publication_type",
    "artinfo/pubtype": "publication_type",
    "language": "language",
    "artinfo/language": "language",
}


def draft_of(root: Element) -> Draft:
    """The fields of one ``rec`` element."""
    draft = Draft()
    draft.add("provider", "EBSCOhost")
    header = root.find("header")
    if header is not None:
        draft.add("database", header.get("shortDbName"), header.get("longDbName"))
        draft.add("accession", header.get("uiTerm"))
    info = root.find(".//controlInfo")
    if info is None:
        return draft
    for path, field in _MEANING.items():
        draft.add(field, *("".join(found.itertext()) for found in info.iterfind(path)))
    for number in info.iterfind("artinfo/ui"):
        draft.add({"doi": "doi", "pmid": "pmid"}.get(number.get("type", "").lower(), "maybe_accession"), number.text)
    draft.add("serial", *(number.text for number in info.iterfind("jinfo/jid")))
    draft.add("isbn", *(number.text for number in info.iterfind("bkinfo/isbn")))
    when = info.find("pubinfo/dt")
    if when is not None:
        parts = [when.get(part) or "" for part in ("year", "month", "day")]
        draft.add("date", "-".join(part for part in parts if part) or when.text)
    start, count = draft.first("start"), info.findtext("artinfo/ppct", "")
    if start.isdigit() and count.isdigit():
        draft.add("end", str(int(start) + int(count) - 1))
    draft.add("link", *(found.text for found in root.iterfind(".//displayInfo/pLink/url")))
    return draft

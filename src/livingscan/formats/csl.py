"""CSL JSON (Zotero, Mendeley, Citavi and citation processors): a list of items, or one.

Fields: the Citation Style Language's item schema (github.com/citation-style-language/schema).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from livingscan.errors import DataError
from livingscan.formats.draft import Draft, Origin
from livingscan.records import Fetched, Unreadable

_MEANING: dict[str, str] = {
    "title": "title",
    "original-title": "original_title",
    "title-short": "short_title",
    "abstract": "abstract",
    "container-title": "journal",
    "container-title-short": "journal_abbreviation",
    "journalAbbreviation": "journal_abbreviation",
    "collection-title": "series",
    "volume": "volume",
    "issue": "issue",
    "page": "pages",
    "number": "article_number",
    "ISSN": "serial",
    "ISBN": "isbn",
    "DOI": "doi",
    "PMID": "pmid",
    "PMCID": "pmcid",
    "URL": "link",
    "language": "language",
    "publisher": "publisher",
    "genre": "publication_type",
    "keyword": "keyword",
    "note": "note",
    "source": "database",
    "archive": "database",
    "type": "kind",
    "id": "maybe_accession",
}


def is_item(value: Any) -> bool:
    """Whether a JSON value is an item of CSL JSON."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("title"), str)
        and isinstance(value.get("type"), str)
        and (isinstance(value.get("issued"), dict) or "container-title" in value or _has_persons(value.get("author")))
        and not value.keys() & {"authors", "authorships", "source_id", "publication_types"}
    )


def _has_persons(people: Any) -> bool:
    return isinstance(people, list) and any(
        isinstance(person, dict) and person.keys() & {"family", "literal"} for person in people
    )


def read(text: str, origin: Origin) -> Iterator[Fetched | Unreadable]:
    """Read CSL JSON.

    Args:
        text: the whole document. origin: the file.

    Yields:
        Every item as a record, or as Unreadable with file and number of the item.

    Raises:
        DataError: it is not JSON, or another kind of it.
    """
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError) as problem:
        raise DataError(f"{origin.where}: broken or cut JSON ({problem})") from None
    items = value if isinstance(value, list) else value.get("items", [value]) if isinstance(value, dict) else []
    if not any(is_item(item) for item in items):
        raise DataError(f"{origin.where}: JSON, but no items of CSL JSON")
    for number, item in enumerate(items, start=1):
        raw = json.dumps(item, ensure_ascii=False)
        if isinstance(item, dict) and isinstance(item.get("title"), str) and isinstance(item.get("type"), str):
            yield _draft(item).finish(origin, raw, number)
        else:
            yield Unreadable(f"{origin.where}: item {number}", "no item of CSL JSON: it has no title or type", raw)


def _draft(item: Mapping[str, Any]) -> Draft:
    draft = Draft()
    for name, field in _MEANING.items():
        value = item.get(name)
        texts = value if isinstance(value, list) else [value]
        given = [str(text) for text in texts if isinstance(text, str | int)]
        if name == "keyword":  # the schema has them in one text, joined by commas
            given = ["; ".join(text.split(",")) if ";" not in text else text for text in given]
        draft.add(field, *given)
    draft.add("one_author", *_names(item.get("author")))
    draft.add("editor", *_names(item.get("editor")))
    draft.add("date", _date(item.get("issued")))
    return draft


def _names(people: Any) -> list[str]:
    names = []
    for person in people if isinstance(people, list) else ():
        if not isinstance(person, dict):
            continue
        parts = [str(person.get(part) or "") for part in ("non-dropping-particle", "family")]
        family = " ".join(part for part in parts if part)
        after = [str(person.get(part) or "") for part in ("given", "dropping-particle", "suffix")]
        given = " ".join(part for part in after if part)
        literal = str(person.get("literal") or "")
        names.append(literal or (f"{family}, {given}" if given else family))
    return names


def _date(issued: Any) -> str:
    if not isinstance(issued, dict):
        return str(issued) if isinstance(issued, str) else ""
    parts = issued.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    numbers = [str(part) for part in first if str(part).isdigit()]
    return "-".join(numbers) or str(issued.get("raw") or issued.get("literal") or "")

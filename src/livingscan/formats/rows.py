"""A record as one flat row: what ``livingscan convert`` writes, and its inverse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from livingscan.formats.names import authors
from livingscan.records import Record, StatusKind, StatusLink, make_record

COLUMNS = (
    "source",
    "source_id",
    "title",
    "abstract",
    "authors",
    "year",
    "journal",
    "volume",
    "issue",
    "pages",
    "doi",
    "pmid",
    "pmcid",
    "language",
    "publication_types",
    "keywords",
    "status_links",
    "url",
)
LISTS = frozenset({"authors", "publication_types", "keywords"})
STATUS_KINDS = frozenset(get_args(StatusKind))


def record_to_row(record: Record) -> dict[str, Any]:
    """The record with exactly the columns of ``convert``.

    Returns:
        Texts are "" and lists are empty where the record has nothing; ``year`` is then None.
        ``status_links`` is a list of {"kind": ..., "target": ...}.
    """
    row: dict[str, Any] = {}
    for name in COLUMNS:
        value = getattr(record, name)
        if name == "status_links":
            value = [{"kind": link.kind, "target": link.target} for link in value]
        elif isinstance(value, tuple):
            value = list(value)
        row[name] = value
    return row


def record_from_row(row: Mapping[str, Any]) -> Record:
    """The record of a row. The inverse of :func:`record_to_row`, and lenient with types.

    Args:
        row: columns by name; unknown ones are ignored, missing ones empty.
    """
    fields: dict[str, Any] = {}
    for name in COLUMNS:
        value = row.get(name)
        if name == "status_links":
            given = value if isinstance(value, list) else []
            fields[name] = tuple(
                StatusLink(link["kind"], str(link.get("target") or ""))
                for link in given
                if isinstance(link, Mapping) and link.get("kind") in STATUS_KINDS
            )
        elif name in LISTS:
            # other programs write several names or keywords as one text
            held = list(authors(value)) if isinstance(value, str) and name == "authors" else value
            held = held.split(";") if isinstance(held, str) else held
            given = held if isinstance(held, list) else [held] if held else []
            fields[name] = tuple(str(item) for item in given if item)
        elif name == "year":
            text = str(value or "").strip()
            fields[name] = int(text) if text.isascii() and text.isdigit() else None
        else:
            fields[name] = "" if value is None else str(value)
    return make_record(**fields)

"""Scopus's other forms of a record, as the entries of its search have it: abstract retrieval, and Atom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from livingscan.formats.dates import join_pages
from livingscan.sources.fields import listed, mapping, mappings, string

_DC = frozenset({"title", "creator", "identifier", "description", "publisher"})
_PRISM = frozenset(
    "publicationName issn eIssn isbn volume issueIdentifier pageRange startingPage endingPage coverDate"
    " coverDisplayDate doi aggregationType url".split()
)


def entry_of_atom(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry whose names lost their prefixes (see :mod:`livingscan.sources.xmltree`), with them."""
    return {_prefixed(name): value for name, value in entry.items()}


def _prefixed(name: str) -> str:
    return f"dc:{name}" if name in _DC else f"prism:{name}" if name in _PRISM else name


def entry_of_abstract(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An abstract retrieval (JSON, or XML without prefixes) as an entry of a search."""
    core = entry_of_atom(mapping(answer.get("coredata")))
    people = mapping(answer.get("authors")).get("author") or mapping(core.get("dc:creator")).get("author")
    keywords = mapping(answer.get("authkeywords")).get("author-keyword")
    language = answer.get("language")
    pages = join_pages(string(core.get("prism:startingPage")), string(core.get("prism:endingPage")))
    return {
        **core,
        "dc:creator": "",
        "author": [_person(each) for each in mappings(people)],
        "authkeywords": " | ".join(string(mapping(each).get("$")) or string(each) for each in listed(keywords)),
        "affiliation": answer.get("affiliation"),
        "language": string(mapping(language).get("@xml:lang")) or string(language),
        "prism:pageRange": string(core.get("prism:pageRange")) or pages,
    }


def _person(each: Mapping[str, Any]) -> dict[str, str]:
    """A name as printed on the paper; only where it lacks, as Scopus prefers it."""
    preferred = mapping(each.get("preferred-name"))

    def part(name: str) -> str:
        given = (string(place.get(key)) for place in (each, preferred) for key in (f"ce:{name}", name))
        return next(filter(None, given), "")

    return {
        "surname": part("surname"),
        "given-name": part("given-name"),
        "initials": part("initials"),
        "authname": part("indexed-name"),
    }

"""Slices of a PubMed XML document as elements; what is damaged and can be mended without guessing is mended.

A slice starts inside the document's root: it can't carry a DOCTYPE, so expat has no entity to expand.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, ParseError, fromstring

from livingscan.errors import DataError
from livingscan.formats.pubmed_slices import Slice, needed

_TOGETHER, _LARGE = 16, 1 << 20  # articles parsed at one go, and how many bytes of one are enough
_ILLEGAL = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(?:x0*(?:[0-8bcBC]|[eE]|1[0-9a-fA-F])|0*(?:[0-8]|1[124-9]|2\d|3[01]));"
)
_NAMED = re.compile(r"&(?!amp;|lt;|gt;|quot;|apos;|#)\w+;")


def several(pieces: Iterator[Slice]) -> Iterator[list[Slice]]:
    """The slices, some at a time; all of them before an error is raised."""
    some: list[Slice] = []
    try:
        for piece in pieces:
            some.append(piece)
            if len(some) == _TOGETHER or len(piece.raw) > _LARGE:
                yield some
                some = []
    except DataError:
        yield some
        raise
    yield some


def trees(pieces: Sequence[Slice]) -> list[Element | ParseError]:
    """Each slice as an element, or the reason why it is none.

    They are parsed at one go, for a parser of its own costs a twentieth of an article; where that does not give
    one article for each, one by one: a damaged one costs no other.
    """
    try:
        found = list(fromstring(b"<all>%b</all>" % b"".join([needed(piece.raw) for piece in pieces])))  # noqa: S314
    except ParseError:
        found = []
    if [tree.tag for tree in found] == [piece.name for piece in pieces] == ["PubmedArticle"] * len(pieces):
        return [*found]
    return [_tree(piece) for piece in pieces]


def _tree(piece: Slice) -> Element | ParseError:
    try:
        return _parse(piece)
    except ParseError as problem:
        return problem


def _parse(piece: Slice) -> Element:
    """The slice as an element, on a second try mended."""
    raw = piece.raw
    if piece.name == "MedlineCitation":
        raw = b"<PubmedArticle>%b</PubmedArticle>" % raw
    try:
        return fromstring(raw if piece.name == "PubmedBookArticle" else needed(raw))  # noqa: S314
    except ParseError:
        if not piece.whole:
            raise
    raw = _ILLEGAL.sub(b"", raw)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")  # the one other encoding that such files turn out to be in
    text = _NAMED.sub(lambda found: html.escape(html.unescape(found.group()), quote=False), text)
    if piece.root and b"xmlns" in piece.root:  # prefixes may be declared on the root
        name = piece.root[1:].split()[0].rstrip(b">").decode()
        return fromstring(f"{piece.root.decode('utf-8', 'replace')}{text}</{name}>")[0]  # noqa: S314
    return fromstring(text)  # noqa: S314

"""Markup to plain text without losing a letter. Files and live sources read through the same functions.

Bibliographic text arrives as HTML (Europe PMC), JATS (Crossref), half-escaped HTML (Scopus, reference
managers), or as an inverted index (OpenAlex). All become the same plain text: tags go, what they held
stays, sub- and superscripts stay as ordinary characters ("CO2"), and a labelled abstract has one section
a line, "LABEL: text", as MEDLINE prints it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from livingscan.tidy import is_tidy

# Tags that are taken for markup wherever they stand. Any other "<name>" may be text ("p<n and m>2"): it
# counts as a tag only with a namespace, with attributes, or when the text also closes it.
_INLINE_NAMES = (
    "a abbr acronym b bdi bdo big bold cite code del dfn em emph emphasis ext-link font formula i inf inline-formula"
    " inline-graphic ins italic kbd mark math monospace named-content q roman s sc samp sans-serif small span strike"
    " strong styled-content sub sup tt u underline uri var xref mrow mi mn mo msup msub mtext mfrac msubsup msqrt"
    " mover munder mstyle mspace semantics alternatives mfenced mtable mtr mtd label tex-math annotation"
)
_BLOCK_NAMES = (
    "abstract article body br blockquote boxed-text dd def-list disp-formula disp-quote div dl dt fig fn h1 h2 h3 h4"
    " h5 h6 head hr html li list list-item meta ol p para pre sec section simplepara simple-para ssec statement table"
    " tbody td th thead title tr ul abstracttext sentence break"
)
_INLINE = frozenset(_INLINE_NAMES.split())
_BLOCK = frozenset(_BLOCK_NAMES.split())
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "title", "head"})
_TAG = re.compile(
    r"<(?P<close>/?)(?P<prefix>[A-Za-z][\w-]*:)?(?P<name>[A-Za-z][\w.-]*)"
    r"(?P<attributes>(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'|[^\s\"'<>=]+))*)\s*/?>"
)
# A second rendering of the same formula, or nothing meant to be read: dropped with its content.
_UNREAD = re.compile(
    r"<!--.{0,1000}?-->|<\?.{0,300}?\?>|<!\[CDATA\[|\]\]>"
    r"|<((?:\w+:)?(?:script|style|annotation|annotation-xml|object-id))\b[^>]{0,500}>.{0,2000}?</\1\s*>"
    r"|(?<=</mml:math>)\s*<((?:jats:)?tex-math)\b[^>]{0,500}>.{0,2000}?</\2\s*>"
    r"|<((?:jats:)?tex-math)\b[^>]{0,500}>.{0,2000}?</\3\s*>\s*(?=<mml:math)",
    re.S | re.I,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_EMPTY_HEADINGS = frozenset({"abstract", "summary", "abstract text", "main abstract", "graphical abstract", ""})
_NO_LABELS = _EMPTY_HEADINGS | {"unlabelled", "unlabeled", "unassigned"}
_MARK = "\x1e"  # a line break that a block tag asks for; "\x1d" is between a heading and its text
_AFTER_HEADING = "\x1d"
_BEFORE_TEXT = re.compile(f"{_AFTER_HEADING}[\\s{_MARK}]*")


def unescape(text: str) -> str:
    """Entities to characters, each once; only complete ones ("&amp;"), so that "?a=1&para=2" stays.

    What was escaped twice ("R&amp;amp;D", "&amp;lt;", common in Crossref) is unescaped twice: a literal
    "&lt;" is not something that titles and abstracts say.
    """
    if "&" not in text:
        return text
    once = _ENTITY.sub(lambda found: html.unescape(found.group()), text)
    if once != text and "&" in once and "&amp;" in text:
        return _ENTITY.sub(lambda found: html.unescape(found.group()), once)
    return once


def plain(html_text: str | None) -> str:
    """Text without markup: HTML or JATS in, plain text out.

    Args:
        html_text: text that may hold tags and entities. "p < 0.05" and "a<b and c>d" are not tags.

    Returns:
        The text. Paragraphs, list items and sections stand on lines of their own, a heading before its
        section as "HEADING: text". Line breaks of a text without block tags are kept.
    """
    if not html_text:
        return ""
    if "<" not in html_text and "&" not in html_text and "\n" not in html_text:
        return " ".join(html_text.split())
    text = html_text.replace(_MARK, " ").replace(_AFTER_HEADING, " ")
    if "<" in text or "&" in text:
        text = unescape(_tagless(text))
        if "<" in text:  # tags that had been escaped as text ("&lt;i&gt;E. coli&lt;/i&gt;")
            text = _tagless(text)
    rows = text.replace("\n", " ").split(_MARK) if _MARK in text else text.splitlines()
    # strip() also takes the mark of a heading that has no text after it
    tidied = (" ".join(row.strip().replace(_AFTER_HEADING, ": ").split()) for row in rows)
    return "\n".join(row for row in tidied if row)


def jats_abstract(xml: str | None) -> str:
    """An abstract from JATS (``jats:`` prefix or not), with section labels, without a heading "Abstract".

    Tolerant of what publishers deposit: broken XML is read as far as it goes, never refused.
    """
    rows = plain(xml).split("\n")
    while rows and rows[0].strip(" :.").lower() in _EMPTY_HEADINGS:
        rows.pop(0)
    if rows:
        rows[0] = re.sub(r"^(?:ABSTRACT|Abstract)\s*[:.\u2014\u2013]\s+(?=\S)", "", rows[0])
    return "\n".join(rows)


def inverted_index(index: Mapping[str, Sequence[int]] | None) -> str:
    """OpenAlex's ``abstract_inverted_index`` put back in order: {word: [positions]} in, text out.

    Several words may claim one position and positions may be missing; every word is kept.
    """
    if not index:
        return ""
    placed: list[tuple[int, int, str]] = []
    for order, (word, positions) in enumerate(index.items()):
        placed.extend((position, order, word) for position in positions if isinstance(position, int))
    return plain(" ".join(word for _, _, word in sorted(placed)))


def section(label: str | None, text: str) -> str:
    """One abstract section on one line: "LABEL: text", or the text alone where there is no label."""
    body = text.strip() if is_tidy(text) else " ".join(text.split())
    return _heading(label) + body if body and label else body


@lru_cache(maxsize=256)  # a few names come again and again
def _heading(label: str) -> str:
    """ "LABEL: "; "" for a label that says nothing."""
    head = " ".join(label.split()).rstrip(" :.").upper()
    return "" if head.lower() in _NO_LABELS else f"{head}: "


def first_text(value: Any) -> str:
    """The first text in what may be a string, a list of them, or None (Crossref's titles), made plain."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, Sequence):
        return next((text for item in value if (text := first_text(item))), "")
    return ""


def _tagless(text: str) -> str:
    """Tags replaced: inline ones by nothing, blocks by a mark for a line break, headings by labels."""
    text = _UNREAD.sub("", text)
    closed = {found.group("name").lower() for found in _TAG.finditer(text) if found.group("close")}
    headings: list[int] = []
    parts: list[str] = []
    last = 0
    for found in _TAG.finditer(text):
        name = found.group("name").lower()
        known = name in _INLINE or name in _BLOCK
        if not (known or found.group("prefix") or found.group("attributes") or name in closed):
            continue
        parts.append(text[last : found.start()])
        last = found.end()
        if name in _HEADINGS:
            if not found.group("close"):
                parts.append(_MARK)
                headings.append(len(parts))
            elif headings:
                start = headings.pop()
                label = " ".join("".join(parts[start:]).replace(_MARK, " ").split()).rstrip(" :.")
                del parts[start:]
                if label.lower() not in _EMPTY_HEADINGS:
                    parts.append(label.upper() + _AFTER_HEADING)
        elif name in _BLOCK:
            parts.append(_MARK)
    parts.append(text[last:])
    return _BEFORE_TEXT.sub(_AFTER_HEADING, "".join(parts))

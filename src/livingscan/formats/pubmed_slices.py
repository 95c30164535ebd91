"""Cuts a PubMed XML document into its articles, without parsing it as a whole.

Each article is found by its own tags and handed on as bytes. That has three ends: the raw text kept
with a record is the source's own, byte for byte; one damaged article costs one article and not the
rest of a file of 30,000; and no parser ever sees the document's DOCTYPE, so no entity can be declared
(bombs) or fetched from outside. Memory holds one article and one block.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from livingscan.errors import DataError

ITEMS = ("PubmedArticle", "PubmedBookArticle", "MedlineCitation", "DeleteCitation", "DeleteDocument")
LARGEST_ITEM = 64 << 20  # bytes; real articles with thousands of authors reach 5 MB
_BLOCK = 1 << 20

_ITEM = re.compile(rb"<(" + "|".join(ITEMS).encode() + rb")(?=[\s/>])[^>]*>")
_ROOT = re.compile(rb"<(?:PubmedArticleSet|PubmedBookArticleSet|MedlineCitationSet)\b")
# Parts of PubmedData that no field comes from, nearly half of all elements. Cut before parsing, kept in the raw text.
_UNREAD = re.compile(
    rb"<ReferenceList\b.*</ReferenceList>"
    rb"|<PubMedPubDate PubStatus=\"(?!entrez\"|pubmed\")[^>]*>.*?</PubMedPubDate>"
    rb"|<(Hour|Minute|PublicationStatus)>[^<]*</\1>",
    re.S,
)
_NAME = re.compile(rb"</?([A-Za-z_][\w.:-]*)")
_ENCODING = re.compile(rb"^<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)", re.S)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Slice:
    """One article (or list of deletions) as it stands in the document, in UTF-8.

    Attributes:
        name: of its element. raw: its bytes; a bare MedlineCitation takes the PubmedData after it along.
        line: where it starts, from 1.
        root: the start tag of the document's root, for namespaces declared there.
        whole: False where the article's end is missing.
    """

    name: str
    raw: bytes
    line: int
    root: bytes
    whole: bool = True


def slices(stream: BinaryIO) -> Iterator[Slice]:
    """Yield every article of a PubMed XML document in order.

    Args:
        stream: the document, uncompressed; in UTF-8 or in the encoding that it names.

    Raises:
        DataError: after everything readable has been yielded: the document is cut short, is not
            PubMed XML, declares entities, carries an error of the service, or holds stray text.
    """
    return _Cutter(stream).run()


def needed(raw: bytes) -> bytes:
    """An article without the parts that no field comes from (they stand at its end), on one line.

    Expat hands over a text line by line, and no field keeps a line break of the document.
    """
    raw = raw.replace(b"\n", b" ")
    start = raw.rfind(b"<PubmedData>")
    return raw if start < 0 else raw[:start] + _UNREAD.sub(b"", raw[start:])


class _Cutter:
    """Walks through the document; ``at`` is where in ``buffer`` it stands."""

    def __init__(self, stream: BinaryIO) -> None:
        self.blocks = _utf8_blocks(stream)
        self.buffer = b""
        self.at = 0
        self.line = 1
        self.root = b""
        self.open: list[bytes] = []  # wrapping elements not yet closed
        self.stray = b""
        self.items = 0

    def run(self) -> Iterator[Slice]:
        while (start := self._find(b"<")) >= 0:
            self._pass_over(start)
            if opening := _ITEM.match(self.buffer, self.at):
                yield self._item(opening)
            else:
                self._markup()
        self._pass_over(len(self.buffer))
        self._check_end()

    def _more(self) -> bool:
        """Read another block, dropping what lies behind; False at the end of the stream."""
        block = next(self.blocks, b"")
        self.buffer = self.buffer[self.at :] + block
        self.at = 0
        return bool(block)

    def _find(self, what: bytes, ahead: int = 0) -> int:
        """Where ``what`` next stands, reading on as needed; -1 if it doesn't."""
        while (found := self.buffer.find(what, self.at + ahead)) < 0:
            if len(self.buffer) - self.at > LARGEST_ITEM:
                raise DataError(
                    f"line {self.line}: no {what.decode()} within {LARGEST_ITEM:,} bytes; this is not read on"
                )
            ahead = max(ahead, len(self.buffer) - self.at - len(what) + 1)
            if not self._more():
                return -1
        return found

    def _go_to(self, end: int) -> None:
        self.line += self.buffer.count(b"\n", self.at, end)
        self.at = end

    def _pass_over(self, start: int) -> None:
        """Go to ``start``; anything but blanks on the way is stray text."""
        text = self.buffer[self.at : start].strip()
        if text and len(self.stray) < 200:
            self.stray += b" " + text[:200]
        self._go_to(start)

    def _markup(self) -> None:
        """Pass over a comment, declaration or wrapping tag; stay where an item's tag had not been read to its end."""
        while len(self.buffer) - self.at < 32 and self._more():
            pass
        for start, end in ((b"<!--", b"-->"), (b"<?", b"?>")):
            if self.buffer.startswith(start, self.at):
                return self._skip_to(end, len(start))
        if self.buffer[self.at : self.at + 9].upper() == b"<!DOCTYPE":
            return self._doctype()
        end_of_tag = self._find(b">")
        if end_of_tag < 0:
            return self._pass_over(len(self.buffer))
        if _ITEM.match(self.buffer, self.at):
            return None
        tag = self.buffer[self.at : end_of_tag + 1]
        name = _NAME.match(tag)
        if not name:
            return self._pass_over(end_of_tag + 1)
        if tag.startswith(b"</"):
            if self.open and self.open[-1] == name[1]:
                self.open.pop()
            else:
                self._pass_over(end_of_tag + 1)
        else:
            self.root = self.root or tag
            if not tag.endswith(b"/>"):
                self.open.append(name[1])
        return self._go_to(end_of_tag + 1)

    def _skip_to(self, end: bytes, ahead: int) -> None:
        found = self._find(end, ahead)
        self._go_to(found + len(end) if found >= 0 else len(self.buffer))

    def _doctype(self) -> None:
        """Pass over the DOCTYPE; one that brings declarations of its own is refused: no PubMed document does."""
        end = self._find(b">")
        if b"[" in self.buffer[self.at : end if end >= 0 else len(self.buffer)]:
            raise DataError(f"line {self.line}: the DOCTYPE declares entities of its own; such a document is refused")
        self._skip_to(b">", 0)

    def _item(self, opening: re.Match[bytes]) -> Slice:
        """The item that starts here; where its own end is missing, up to where the next one opens."""
        name, tag, line = opening[1], opening[0], self.line
        self.items += 1
        end, whole = (self.at + len(tag), True) if tag.endswith(b"/>") else self._end_of(name, len(tag))
        if name == b"MedlineCitation" and whole and not tag.endswith(b"/>"):
            end = self._with_data(end)
        raw = self.buffer[self.at : end]
        self._go_to(end)
        return Slice(name.decode(), raw, line, self.root, whole)

    def _end_of(self, name: bytes, ahead: int) -> tuple[int, bool]:
        """Where the item ends, and whether by its own end tag: one search finds that and a tag that opens another."""
        tail = name + b">"
        while (found := self._find(tail, ahead)) >= 0:
            if self.buffer.endswith(b"</", self.at, found):
                return found + len(tail), True
            if self.buffer.endswith(b"<", self.at, found):
                return found - 1, False
            ahead = found - self.at + len(tail)
        return len(self.buffer), False

    def _with_data(self, end: int) -> int:
        """The end of the PubmedData that follows a bare MedlineCitation, or else of the citation itself."""
        ahead = end - self.at
        self._find(b">", ahead)
        following = re.compile(rb"\s*<PubmedData\b").match(self.buffer, self.at + ahead)
        if not following:
            return self.at + ahead
        closing = b"</PubmedData>"
        found = self._find(closing, following.end() - self.at)
        return found + len(closing) if found >= 0 else self.at + ahead

    def _check_end(self) -> None:
        text = " ".join(self.stray.decode("utf-8", "replace").split())[:160]
        if text and not self.items:
            raise DataError(f"this is not PubMed XML, or an error of the service: “{text}”")
        if not self.root and not self.items:
            raise DataError("this is not PubMed XML: no element was found")
        if not self.items and not _ROOT.match(self.root):
            raise DataError(f"this is not PubMed XML: the root is {self.root[:60].decode('utf-8', 'replace')}")
        if self.open:
            raise DataError(f"the document is cut short: {self.open[0].decode()} is not closed (line {self.line})")
        if text:
            raise DataError(f"text that belongs to no article: “{text}”; what stands around it was read")


def _utf8_blocks(stream: BinaryIO) -> Iterator[bytes]:
    """The stream in blocks of UTF-8, without byte order mark, whatever encoding it names."""
    first = stream.read(_BLOCK)
    encoding = next((name for bom, name in _BOMS if first.startswith(bom)), "")
    if not encoding:
        declared = _ENCODING.match(first.lstrip()[:200])
        encoding = declared[1].decode().lower() if declared else "utf-8"
    if encoding in ("utf-8", "utf8", "us-ascii", "ascii"):
        yield first.removeprefix(codecs.BOM_UTF8)
        while block := stream.read(_BLOCK):
            yield block
        return
    try:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
    except LookupError:
        raise DataError(f"the document names an unknown encoding, {encoding!r}") from None
    block = first
    while block:
        yield decoder.decode(block).encode("utf-8", "replace")
        block = stream.read(_BLOCK)
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")

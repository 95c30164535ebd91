"""Captured answers of the services (JSON, XML, or a recording of several) to records.

Each is told by its content and handed to the ``parse`` of its source. An answer without records (an error, a
count, a list of ids, zero hits) gives a note in their place, so that nothing comes out empty without a word.
"""

from __future__ import annotations

import base64
import binascii
import importlib
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from livingscan.errors import DataError
from livingscan.formats import read_bytes
from livingscan.formats.opening import LARGEST_WHOLE, decode
from livingscan.harvest.answers import Verdict, glimpse, verdict_on
from livingscan.records import Fetched, Unreadable
from livingscan.sources.fields import dump

Parse = Callable[[str | bytes], Iterator[Fetched | Unreadable]]

SOURCES = (
    "pubmed",
    "europepmc",
    "openalex",
    "crossref",
    "semanticscholar",
    "doaj",
    "core",
    "eric",
    "biorxiv",
    "scopus",
    "wos",
    "lens",
    "clinicaltrials",
    "base",
)
# Answers that no live source reads: (module, function).
_OURS = {
    "clinicaltrials": ("livingscan.harvest.registers", "parse_clinicaltrials"),
    "base": ("livingscan.harvest.registers", "parse_base"),
    "esummary": ("livingscan.harvest.summaries", "parse_esummary"),
    "dublin core": ("livingscan.harvest.summaries", "parse_dublin_core"),
}


@dataclass(frozen=True, slots=True)
class Note:
    """What is said in place of records.

    Attributes:
        where: file, and which of its answers.
        text: one sentence.
        failed: the answer is an error or of an unknown kind; False: it is a good answer without records.
    """

    where: str
    text: str
    failed: bool = False


def is_payload(data: bytes) -> bool:
    """Whether bytes could be a service's answer: JSON or XML."""
    return decode(data[:4096]).lstrip()[:1] in {"{", "[", "<"}


def read_payload(data: bytes, where: str, source: str = "") -> Iterator[Fetched | Unreadable | Note]:
    """Read one captured answer, or a recording: a JSON list of {request, recorded_at, response}.

    Args:
        data: the captured bytes. where: what it is called in reports. source: its source, where that is known.

    Yields:
        Records, unreadable entries, and a note for each answer that has none.
    """
    text = decode(data)
    value = _json(text)
    if value is None and (rows := _json_lines(text)):
        for number, row in rows:
            held = _json(row)
            if held is None:
                yield Unreadable(f"{where}:{number}", "broken or cut JSON", row)
            else:
                yield from _read_body(row, held, f"{where}, line {number}", source)
        return
    if _is_recording(value):
        for number, exchange in enumerate(value, start=1):
            yield from _read_exchange(exchange, f"{where}, answer {number}", source)
        return
    yield from _read_body(text, value, where, source)


def _json(text: str) -> Any:
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _json_lines(text: str) -> list[tuple[int, str]]:
    """(line, text) of each answer or record where there is one JSON object a line; [] for any other text."""
    rows = [(number, row) for number, row in enumerate(text.split("\n"), start=1) if row.strip()]
    is_lines = len(rows) > 1 and all(row.lstrip().startswith("{") for _, row in rows) and _json(rows[0][1]) is not None
    return rows if is_lines else []


def _is_recording(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, dict) and isinstance(item.get("response"), dict) for item in value)
    )


def _read_exchange(exchange: Mapping[str, Any], where: str, source: str) -> Iterator[Fetched | Unreadable | Note]:
    response, request = exchange["response"], exchange.get("request")
    address = str(request.get("uri") or request.get("url") or "") if isinstance(request, dict) else ""
    try:
        parts = urlsplit(address)
        where += f" ({parts.netloc}{parts.path[:80]})" if parts.netloc else ""
    except ValueError:
        pass
    status = response.get("status")
    code = status.get("code") if isinstance(status, dict) else status
    body = _body(response.get("body"))
    if isinstance(code, int) and code >= 400:
        yield Note(where, f"the service refused: HTTP {code}, {glimpse(body)}", failed=True)
    elif not body.strip():
        yield Note(where, "the answer has no body", failed=True)
    else:
        text = decode(body)
        yield from _read_body(text, _json(text), where, source)


def _body(body: Any) -> bytes:
    """The bytes of a recorded body: as text, in base64, packed, or already taken apart."""
    if isinstance(body, dict) and body.keys() & {"string", "text", "base64_string"}:
        body = body.get("string") or body.get("text") or body.get("base64_string")
    if isinstance(body, dict | list):
        return json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
    if not isinstance(body, str):
        return b""
    packed = body.strip()
    if len(packed) > 16 and len(packed) % 4 == 0 and re.fullmatch(r"[A-Za-z0-9+/\s]+={0,2}", packed):
        try:
            data = base64.b64decode(packed, validate=False)
        except (ValueError, binascii.Error):
            data = b""
        if data[:2] in {b"\x1f\x8b", b"\x78\x9c"}:
            try:
                return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(data, LARGEST_WHOLE)
            except zlib.error:
                return b""
        if data.lstrip()[:1] in {b"{", b"[", b"<"}:
            return data
    return body.encode("utf-8", "surrogatepass")


def _read_body(text: str, value: Any, where: str, source: str) -> Iterator[Fetched | Unreadable | Note]:
    verdict = verdict_on(text, value)
    if source and not verdict.each:
        verdict = Verdict(source)
    if verdict.note:
        yield Note(where, verdict.note, verdict.failed)
        return
    if verdict.each:
        for position, item in enumerate(value, start=1):
            if item is not None:
                yield from _read_body(dump(item), item, f"{where}, item {position}", source or verdict.source)
        return
    if isinstance(value, dict) and not verdict.source:
        text = dump(value)  # a record of our own, which is read as one line
    count = 0
    try:
        items = parser_of(verdict.source)(text) if verdict.source else read_bytes(text.encode("utf-8"), where)
        for item in items:
            count += 1
            yield replace(item, where=f"{where}: {item.where}") if isinstance(item, Unreadable) else item
    except DataError as problem:
        message = str(problem).removeprefix(f"{where}: ")
        yield Unreadable(where, message, text[:10_000]) if count else Note(where, message, failed=True)
        return
    if not count:
        yield Note(where, f"a good answer of {verdict.source or 'a service'} with no record in it: zero hits")


def parser_of(source: str) -> Parse:
    """The reader of a source's answers.

    Raises:
        DataError: there is none.
    """
    module, function = _OURS.get(source, (f"livingscan.sources.{source}", "parse"))
    parse: Parse | None = getattr(importlib.import_module(module), function, None)
    if parse is None:
        raise DataError(f"answers of {source} cannot be read")
    return parse

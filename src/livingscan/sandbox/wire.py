"""Requests, responses and services: what stands between the HTTP server and one source's manners."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, TypeVar
from urllib.parse import parse_qs

from livingscan.sandbox.works import Corpus, Shelf

JSON_UTF8 = "application/json; charset=UTF-8"
XML_UTF8 = "text/xml; charset=UTF-8"


@dataclass(frozen=True)
class Request:
    """One request to one source.

    Attributes:
        method: "GET" or "POST". path: after the source's name, with its leading slash.
        query: the query string as sent. headers: names in lower case. body: as sent.
        url: the whole address, as the client wrote it.
        fault: what the service itself is to get wrong this time (see ``faults.INSIDE``).
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    url: str = ""
    fault: str | None = None

    @property
    def form(self) -> dict[str, list[str]]:
        """Arguments of the query string and, where the body is a form, of the body."""
        values = parse_qs(self.query, keep_blank_values=True)
        kind = self.headers.get("content-type", "")
        if self.body and "json" not in kind:
            for name, more in parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True).items():
                values.setdefault(name, []).extend(more)
        return values

    def arg(self, name: str, default: str = "") -> str:
        """The first value of an argument; names count in any case."""
        return next((values[0] for key, values in self.form.items() if key.lower() == name.lower()), default)

    def args(self, name: str) -> list[str]:
        """All values of an argument."""
        return [value for key, values in self.form.items() if key.lower() == name.lower() for value in values]

    def number(self, name: str, default: int) -> int:
        """An argument as a whole number; the default where it is missing or none."""
        text = self.arg(name)
        return int(text) if text.lstrip("-").isdigit() else default


@dataclass(frozen=True)
class Response:
    """One answer: status, headers beside the usual ones, body."""

    body: bytes = b""
    status: int = 200
    content_type: str = JSON_UTF8
    headers: tuple[tuple[str, str], ...] = ()


def json_response(value: Any, status: int = 200, headers: Iterable[tuple[str, str]] = ()) -> Response:
    """A JSON answer."""
    return Response(json.dumps(value, ensure_ascii=False).encode(), status, JSON_UTF8, tuple(headers))


def text_response(text: str, status: int = 200, content_type: str = "text/plain; charset=UTF-8") -> Response:
    """An answer in plain text, HTML or XML."""
    return Response(text.encode("utf-8", "xmlcharrefreplace"), status, content_type)


def not_found(path: str) -> Response:
    """What a web server says of a path it does not have."""
    return text_response(f"<html><body><h1>404 Not Found</h1><p>{path!r}</p></body></html>", 404, "text/html")


class Library:
    """The corpus on one day, its shelves built once and kept. Safe for many threads.

    Args:
        corpus: the literature.
        limits: per source, a lower cap than the live one, so that a small corpus can meet it.
    """

    def __init__(self, corpus: Corpus, limits: Mapping[str, int] | None = None) -> None:
        self.corpus = corpus
        self.limits = dict(limits or {})
        self._day = corpus.today
        self._shelves: dict[tuple[str, date], Shelf] = {}
        self._lock = threading.Lock()

    @property
    def day(self) -> date:
        """The day that counts as now. Setting it shows the literature as it stood then."""
        return self._day

    @day.setter
    def day(self, day: date) -> None:
        with self._lock:
            self._day = day
            self._shelves.clear()

    def shelf(self, source: str) -> Shelf:
        """What a source holds today."""
        with self._lock:
            key = (source, self._day)
            if key not in self._shelves:
                self._shelves[key] = self.corpus.shelf(source, self._day)
            return self._shelves[key]

    def limit(self, source: str, live: int) -> int:
        """How deep results can be paged: the live service's figure or a lower one asked for."""
        return min(live, self.limits.get(source, live))


T = TypeVar("T")


def page_of(request: Request, items: Sequence[T], start: int, size: int) -> Sequence[T]:
    """One page, or what a fault makes of it: the page before once more, or one record skipped."""
    if request.fault == "duplicated":
        start = max(0, start - size)
    if request.fault == "shifted":
        return [*items[:start], *items[start + 1 :]][start : start + size]
    return items[start : start + size]


def total_of(request: Request, items: Sequence[Any]) -> int:
    """How many there are, or what the source claims when it lies."""
    return len(items) + 7 if request.fault == "lying_total" else len(items)


class Service:
    """One source's interface. Subclasses say in their docstring what of the live one they keep."""

    name: ClassVar[str]

    def __init__(self, library: Library) -> None:
        self.library = library
        self.lock = threading.Lock()

    @property
    def shelf(self) -> Shelf:
        """What this source holds today."""
        return self.library.shelf(self.name)

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        raise NotImplementedError

    def backend_error(self, request: Request) -> Response | None:
        """The source's own words for a passing fault of its own; None where it has none."""
        return None

    def expire(self) -> None:
        """Forget every cursor, scroll and history, as live services do after minutes or hours."""

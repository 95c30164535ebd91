"""The sandbox's HTTP server: every source under its own path, on loopback alone."""

from __future__ import annotations

import html
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import unquote, urlsplit

from livingscan.sandbox.biorxiv import BioRxiv
from livingscan.sandbox.core import Core
from livingscan.sandbox.crossref import Crossref
from livingscan.sandbox.doaj import Doaj
from livingscan.sandbox.eric import Eric
from livingscan.sandbox.europepmc import EuropePMC
from livingscan.sandbox.faults import INSIDE, FaultPlan, deliver
from livingscan.sandbox.lens import Lens
from livingscan.sandbox.openalex import OpenAlex
from livingscan.sandbox.pubmed import PubMed
from livingscan.sandbox.scopus import Scopus
from livingscan.sandbox.semanticscholar import SemanticScholar
from livingscan.sandbox.wire import Library, Request, Response, Service, not_found, text_response
from livingscan.sandbox.works import Corpus
from livingscan.sandbox.wos import WebOfScience

SERVICES: tuple[type[Service], ...] = (
    PubMed,
    EuropePMC,
    OpenAlex,
    Crossref,
    SemanticScholar,
    Doaj,
    Core,
    Eric,
    BioRxiv,
    Scopus,
    WebOfScience,
    Lens,
)
_LARGEST_BODY = 4_000_000


class Sandbox:
    """A running sandbox.

    Attributes:
        url: its address, "http://127.0.0.1:PORT". corpus: what it serves.
        faults: the plan of things that go wrong; set it to None, or to another plan, at any time.
        requests: every request so far, as (source, path with query) in order of arrival.
    """

    def __init__(
        self, corpus: Corpus, port: int = 0, faults: FaultPlan | None = None, limits: Mapping[str, int] | None = None
    ) -> None:
        self.corpus = corpus
        self.library = Library(corpus, limits)
        self.services = {kind.name: kind(self.library) for kind in SERVICES}
        self.faults = faults
        self.requests: list[tuple[str, str]] = []
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), self)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def day(self) -> date:
        """The day that counts as now; setting it moves the literature through time."""
        return self.library.day

    @day.setter
    def day(self, day: date) -> None:
        self.library.day = day

    def expire(self, source: str | None = None) -> None:
        """Forget the cursors, scrolls and histories of one source, or of all."""
        for name, service in self.services.items():
            if source in (None, name):
                service.expire()

    def answer(self, request: Request) -> Response:
        """The answer to a request whose path begins with a source's name."""
        if request.path == "/":
            return text_response(self.page(), content_type="text/html; charset=UTF-8")
        name, _, rest = request.path.lstrip("/").partition("/")
        service = self.services.get(name)
        if service is None:
            return not_found(request.path)
        if request.fault == "backend" and (refusal := service.backend_error(request)) is not None:
            return refusal
        inner = Request(
            request.method, f"/{rest}", request.query, request.headers, request.body, request.url, request.fault
        )
        return service.handle(inner)

    def page(self) -> str:
        """What this is, in plain HTML."""
        rows = "".join(
            f"<tr><td>{name}</td><td>{len(self.library.shelf(name).records)}</td></tr>" for name in self.services
        )
        return (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Sandbox literature</title>'
            f"<h1>Sandbox literature</h1><p>{html.escape(self.corpus.title)}.</p>"
            "<p>This is a stand-in for twelve bibliographic services, for demonstrations and tests. Unless it serves "
            "a file of your own, every record in it is synthetic: no such study, author or journal exists.</p>"
            f"<table><caption>Records on {self.day}</caption><tr><th>Source</th><th>Records</th></tr>{rows}</table>"
            "</html>"
        )

    def note(self, source: str, path: str) -> None:
        """Keep note of a request."""
        with self._lock:
            self.requests.append((source, path))

    def track(self, connection: socket.socket, opened: bool) -> None:
        """Keep note of open connections, so that closing the sandbox ends them."""
        with self._lock:
            (self._open.add if opened else self._open.discard)(connection)

    def close(self) -> None:
        """Stop answering and end every connection. Safe to call twice."""
        self._server.shutdown()
        with self._lock:
            left = list(self._open)
        for connection in left:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._server.server_close()
        self._thread.join(5)

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve(
    corpus: Corpus, port: int = 0, faults: FaultPlan | None = None, limits: Mapping[str, int] | None = None
) -> Sandbox:
    """Start answering in threads of this process.

    Args:
        corpus: what to serve. port: 0 picks a free one. faults: what goes wrong, and when.
        limits: per source, a lower cap on how deep results can be paged than the live one.

    Returns:
        The running sandbox; close it, or use it in a ``with`` statement.

    Raises:
        OSError: the port is taken.
    """
    return Sandbox(corpus, port, faults, limits)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A restart must not wait for the last run's connections to time out.
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is its own affair."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "LivingscanSandbox/1"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def setup(self) -> None:
        """Take the connection."""
        super().setup()
        self.server.sandbox.track(self.connection, True)

    def finish(self) -> None:
        """Let the connection go."""
        self.server.sandbox.track(self.connection, False)
        with suppress(OSError):
            super().finish()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer(b"")

    def do_HEAD(self) -> None:
        """Answer a HEAD."""
        self._answer(b"")

    def do_POST(self) -> None:
        """Answer a POST."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > _LARGEST_BODY:
            deliver(self, text_response("Payload Too Large", 413), None, None)
            self.close_connection = True
            return
        self._answer(self.rfile.read(length))

    def _answer(self, body: bytes) -> None:
        sandbox = self.server.sandbox
        target = urlsplit(self.path)
        path = unquote(target.path)
        source = path.lstrip("/").partition("/")[0]
        sandbox.note(source, self.path)
        plan = sandbox.faults
        fault = plan.decide(source) if plan and source in sandbox.services else None
        headers = {name.lower(): value for name, value in self.headers.items()}
        inside = fault if fault in INSIDE else None
        request = Request(self.command, path, target.query, headers, body, self.path, inside)
        if fault == "expired":
            sandbox.expire(source)
        try:
            response = sandbox.answer(request)
        except Exception as error:  # a fault of the sandbox's own must not look like a dead server
            response = text_response(f"sandbox error: {type(error).__name__}: {error}", 500)
        deliver(self, response, fault, plan)

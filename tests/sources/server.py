"""A small HTTP server on loopback that answers as a test tells it, and remembers what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    """One request as it came in; ``params`` holds query and form together, first values only."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class Answer:
    """What to answer; ``raw`` True: ``body`` is the whole response from the status line on, then the line is cut."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bool = False
    drip: float = 0.0

    def data(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else self.body


@dataclass
class Server:
    url: str
    asked: list[Asked]


@contextmanager
def serve(answer: Callable[[Asked], Answer]) -> Iterator[Server]:
    """Serve ``answer`` on a free port for the length of a with block."""
    asked: list[Asked] = []
    stop = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            parts = urlsplit(self.path)
            query = parts.query
            if "form-urlencoded" in (self.headers.get("Content-Type") or ""):
                query += "&" + body.decode()
            params = {k: v[0] for k, v in parse_qs(query, keep_blank_values=True).items()}
            request = Asked(self.command, parts.path, params, {k.lower(): v for k, v in self.headers.items()}, body)
            asked.append(request)
            given = answer(request)
            data = given.data()
            if given.raw:
                self.close_connection = True
                self.send(data, given.drip)
                return
            self.send_response(given.status)
            headers = {"Content-Length": str(len(data)), **given.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.send(data, given.drip)

        def send(self, data: bytes, drip: float) -> None:
            """All at once, or a byte every ``drip`` seconds."""
            if not drip:
                self.wfile.write(data)
                return
            for byte in data:
                if stop.wait(drip):
                    return
                try:
                    self.wfile.write(bytes([byte]))
                except OSError:
                    return

        do_POST = do_GET  # noqa: N815

        def log_message(self, *args: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    server = Quiet(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Server(f"http://127.0.0.1:{server.server_port}", asked)
    finally:
        stop.set()
        server.shutdown()
        server.server_close()
        thread.join()


def in_turn(*answers: Answer) -> Callable[[Asked], Answer]:
    """Answer with each in turn, the last one over and over."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]

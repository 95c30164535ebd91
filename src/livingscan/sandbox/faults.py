"""What can go wrong between a client and a source, on demand or drawn from a seed."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from random import Random
from typing import Literal

from livingscan.sandbox.wire import Response, text_response

Fault = Literal[
    "throttled",  # 429 with Retry-After
    "throttled_silently",  # 429 without
    "server_error",  # 500
    "bad_gateway",  # 502, HTML
    "unavailable",  # 503
    "stall",  # nothing for a while, then the connection is closed
    "drip",  # the whole answer, very slowly
    "cut",  # the connection ends inside the body
    "truncated",  # half a body that claims to be whole
    "malformed",  # a body broken in the middle
    "empty",  # 200 and no body
    "wrong_type",  # the right body under the wrong content type
    "maintenance",  # 200 and a page for people
    "backend",  # the source's own error, inside HTTP 200 where it does so
    "duplicated",  # the page before comes again
    "shifted",  # records moved by one while paging: one is skipped
    "lying_total",  # the total is not what there is
    "expired",  # cursors and histories are forgotten
]
# The service itself must play these; the others happen on the way.
INSIDE: frozenset[Fault] = frozenset({"backend", "duplicated", "shifted", "lying_total", "expired"})
KINDS: tuple[Fault, ...] = (
    "throttled",
    "throttled_silently",
    "server_error",
    "bad_gateway",
    "unavailable",
    "stall",
    "drip",
    "cut",
    "truncated",
    "malformed",
    "empty",
    "wrong_type",
    "maintenance",
    "backend",
    "duplicated",
    "shifted",
    "lying_total",
    "expired",
)
_PASSING = "API rate limit exceeded"
_MAINTENANCE = (
    "<!DOCTYPE html><html><head><title>Scheduled maintenance</title></head><body><h1>We will be back soon</h1>"
    "<p>This service is temporarily unavailable due to maintenance.</p></body></html>"
)


class FaultPlan:
    """Decides, request by request, whether and how it goes wrong. Same plan and order, same faults.

    Args:
        seed: for faults drawn by chance. rate: share of requests that go wrong, 0 to 1.
        kinds: what may be drawn.
        listed: source -> one entry a request in order of arrival, None where it goes well; comes before chance.
        stall: seconds that a stalled or dripping answer takes. retry_after: seconds a 429 asks for.
        most: after so many faults everything goes well; None: no end.

    Attributes:
        met: (source, number of the request at that source, fault) so far.
    """

    def __init__(
        self,
        seed: int = 0,
        rate: float = 0.0,
        kinds: Sequence[Fault] = KINDS,
        listed: Mapping[str, Sequence[Fault | None]] | None = None,
        stall: float = 0.2,
        retry_after: int = 0,
        most: int | None = None,
    ) -> None:
        self.seed = seed
        self.rate = rate
        self.kinds = tuple(kinds)
        self.listed = {source: list(faults) for source, faults in (listed or {}).items()}
        self.stall = stall
        self.retry_after = retry_after
        self.most = most
        self.met: list[tuple[str, int, Fault]] = []
        self._seen: Counter[str] = Counter()
        self._lock = threading.Lock()

    def decide(self, source: str) -> Fault | None:
        """What happens to the next request of a source."""
        with self._lock:
            number = self._seen[source]
            self._seen[source] += 1
            fault = self._drawn(source, number)
            if fault and (self.most is None or len(self.met) < self.most):
                self.met.append((source, number, fault))
                return fault
            return None

    def _drawn(self, source: str, number: int) -> Fault | None:
        script = self.listed.get(source)
        if script is not None and number < len(script):
            return script[number]
        chance = Random(f"{self.seed}:{source}:{number}")  # noqa: S311 - made-up trouble, not a secret
        return chance.choice(self.kinds) if self.kinds and chance.random() < self.rate else None


def spoil(response: Response, fault: Fault | None, plan: FaultPlan | None) -> Response:
    """The answer as the fault leaves it, where it can still be sent whole."""
    retry = (("Retry-After", str(plan.retry_after if plan else 0)),)
    if fault == "throttled":
        body = text_response(f'{{"error":"{_PASSING}","count":"11"}}', 429, "application/json")
        return Response(body.body, 429, body.content_type, retry)
    if fault == "throttled_silently":
        return text_response('{"message":"Too Many Requests. Please wait and try again.","code":"429"}', 429)
    if fault == "server_error":
        return text_response('{"error":"Internal Server Error"}', 500, "application/json")
    if fault == "bad_gateway":
        return text_response("<html><body><h1>502 Bad Gateway</h1></body></html>", 502, "text/html")
    if fault == "unavailable":
        return text_response("This API is temporarily unavailable due to maintenance.", 503)
    if fault == "maintenance":
        return text_response(_MAINTENANCE, 200, "text/html; charset=UTF-8")
    if fault == "empty":
        return Response(b"", response.status, response.content_type, response.headers)
    if fault == "wrong_type":
        return Response(response.body, response.status, "text/html; charset=ISO-8859-1", response.headers)
    if fault == "truncated":
        half = response.body[: len(response.body) // 2]
        return Response(half, response.status, response.content_type, response.headers)
    if fault == "malformed":
        middle = len(response.body) // 2
        broken = response.body[:middle] + b'\x00<"]}&;' + response.body[middle + 7 :]
        return Response(broken, response.status, response.content_type, response.headers)
    return response


def deliver(handler: BaseHTTPRequestHandler, response: Response, fault: Fault | None, plan: FaultPlan | None) -> None:
    """Send an answer, with what goes wrong on the way.

    Args:
        handler: holds the connection. response: as the source would give it.
        fault: what goes wrong, or None. plan: for its durations.
    """
    pause = plan.stall if plan else 0.0
    if fault == "stall":
        time.sleep(pause)
        handler.close_connection = True
        return
    answer = spoil(response, fault, plan)
    with suppress(OSError):  # the client may have gone
        handler.send_response(answer.status)
        handler.send_header("Content-Type", answer.content_type)
        handler.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers:
            handler.send_header(name, value)
        if fault == "cut":
            handler.send_header("Connection", "close")
        handler.end_headers()
        if handler.command == "HEAD":
            return
        if fault == "cut":
            handler.wfile.write(answer.body[: len(answer.body) // 2])
            handler.close_connection = True
        elif fault == "drip":
            _drip(handler, answer.body, pause)
        else:
            handler.wfile.write(answer.body)
        handler.wfile.flush()


def _drip(handler: BaseHTTPRequestHandler, body: bytes, seconds: float) -> None:
    pieces = 8
    size = max(1, -(-len(body) // pieces))
    for start in range(0, len(body), size):
        handler.wfile.write(body[start : start + size])
        handler.wfile.flush()
        time.sleep(seconds / pieces)

"""The one way out: every request to a source goes through :class:`Http`.

What it holds for all of them: an even pace per host, also across processes; time-outs on connecting,
on silence and on the whole answer; a cap on the size of a body; cut bodies noticed; passing faults
asked again with backoff, jitter and the server's own Retry-After; a named user agent with a contact;
and no secret in a log, an exception or a representation.
"""

from __future__ import annotations

import io
import json as jsonlib
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from livingscan import __version__, clock
from livingscan.errors import FatalSourceError, RetriableSourceError, SourceError
from livingscan.settings import Settings
from livingscan.sources.deadline import DeadlineAdapter
from livingscan.sources.encoding import inflate, retry_after
from livingscan.sources.pace import Pace
from livingscan.sources.redact import RedactingFilter, is_secret, redact

log = logging.getLogger(__name__)
for _name in ("connection", "connectionpool", "response", "util.retry"):  # these print whole URLs
    logging.getLogger(f"urllib3.{_name}").addFilter(RedactingFilter())

T = TypeVar("T")
Params = Mapping[str, str | int | list[str]]

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PASSING = (408, 425, 429)  # with all of 5xx: asking again may help
_REDIRECTS = (301, 302, 303, 307, 308)
_CHUNK = 1 << 16
_LONGEST_BACKOFF = 60.0


@dataclass(frozen=True)
class Response:
    """An answer, read whole.

    Attributes:
        status: HTTP status. url: the address that answered, without secrets.
        headers: names in lower case. body: bytes, uncompressed.
    """

    status: int
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def text(self) -> str:
        """The body as text, in the charset it names or UTF-8; undecodable bytes become U+FFFD."""
        charset = "utf-8"
        _, _, found = self.headers.get("content-type", "").lower().partition("charset=")
        if found:
            charset = found.split(";")[0].strip(" \"'")
        try:
            return self.body.decode(charset, "replace")
        except LookupError:
            return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON (always UTF-8, RFC 8259).

        Raises:
            RetriableSourceError: it is something else, such as a maintenance page sent with status 200,
                or it stops in the middle.
        """
        try:
            return jsonlib.loads(self.body, strict=False)  # NCBI leaves line breaks inside strings
        except ValueError:
            raise RetriableSourceError(f"{self.url} sent {self.glimpse()} in place of JSON") from None

    def glimpse(self) -> str:
        """What the body looks like, in a few words fit for a message."""
        if not self.body.strip():
            return "an empty body"
        start = " ".join(self.body[:400].decode("utf-8", "replace").split())
        if start[:1] == "<" and "<html" in start.lower():
            return "an HTML page"
        return f"“{redact(start)[:120]}”"


class StatusError(FatalSourceError):
    """The server refused the request (4xx). ``response`` is there for the source to look into."""

    def __init__(self, message: str, response: Response) -> None:
        super().__init__(message)
        self.response = response


@dataclass
class Tally:
    """What asking cost, for the ledger.

    Attributes:
        requests: sent, retries included. retries: of those, asked again.
        throttled: answers that said "too fast" (429, or any with Retry-After).
        waited: seconds spent waiting, for pace and for retries. bytes: received, as sent over the wire.
        cost_usd: money the source says it charged (OpenAlex).
    """

    requests: int = 0
    retries: int = 0
    throttled: int = 0
    waited: float = 0.0
    bytes: int = 0
    cost_usd: float = 0.0

    def as_dict(self) -> dict[str, float]:
        """The figures by name."""
        return {**asdict(self), "waited": round(self.waited, 3), "cost_usd": round(self.cost_usd, 6)}


class Http:
    """Sends requests for one search at a time; see the module for what it holds.

    Args:
        contact_email: named in the user agent, so that a source can write before it blocks.
        pace_dir: folder through which processes share their pace; None: this process alone.
        attempts: how often one request is tried in all.
        backoff: seconds before the first retry, doubled each time, with jitter; None: 1 s, or 0.05 s
            on loopback.
        connect_timeout, read_timeout: seconds until connected; seconds of silence borne.
        total_timeout: seconds for one whole answer, against servers that drip.
        max_bytes: largest body accepted, uncompressed.
        max_wait: longest Retry-After, in seconds, that is waited for here; beyond it the error says
            when to come back.
        pace_loopback: keep the pace on loopback too (it is off, so that sandbox and demo are quick).
    """

    def __init__(
        self,
        contact_email: str = "",
        pace_dir: Path | None = None,
        *,
        attempts: int = 5,
        backoff: float | None = None,
        connect_timeout: float = 15.0,
        read_timeout: float = 90.0,
        total_timeout: float = 300.0,
        max_bytes: int = 256 << 20,
        max_wait: float = 120.0,
        pace_loopback: bool = False,
    ) -> None:
        self.tally = Tally()
        self._pace = Pace(pace_dir)
        self._attempts = attempts
        self._backoff = backoff
        self._timeout = (connect_timeout, read_timeout)
        self._total_timeout = total_timeout
        self._max_bytes = max_bytes
        self._max_wait = max_wait
        self._pace_loopback = pace_loopback
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, DeadlineAdapter(total_timeout))
        self._session.headers.clear()
        contact = f" (+mailto:{contact_email})" if contact_email else ""
        self._session.headers.update({"User-Agent": f"livingscan/{__version__}{contact}", "Accept-Encoding": "gzip"})

    @classmethod
    def from_settings(cls, settings: Settings, **options: Any) -> Http:
        """The way out as ``settings`` describe it; the pace is shared through its home folder."""
        return cls(settings.contact_email, settings.home / "pace", **options)

    def get(
        self,
        url: str,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        host_rate: float | None = None,
    ) -> Response:
        """GET ``url``. See :meth:`call`."""
        return self.call("GET", url, _as_is, params=params, headers=headers, host_rate=host_rate)

    def post(
        self,
        url: str,
        data: Params | None = None,
        json: Any = None,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        host_rate: float | None = None,
    ) -> Response:
        """POST form ``data`` or ``json`` to ``url``. See :meth:`call`."""
        return self.call("POST", url, _as_is, params, headers, host_rate, data=data, json=json)

    def download(self, url: str, into: Path, host_rate: float | None = None) -> Response:
        """GET ``url`` into a file, written anew at each try; its answer has no body. See :meth:`call`."""
        plain = {"Accept-Encoding": "identity"}  # what is packed on the way stays packed in the file
        return self.call("GET", url, _as_is, headers=plain, host_rate=host_rate, into=into)

    def call(
        self,
        method: str,
        url: str,
        read: Callable[[Response], T],
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        host_rate: float | None = None,
        *,
        data: Params | None = None,
        json: Any = None,
        into: Path | None = None,
    ) -> T:
        """Send a request and hand the answer to ``read``, trying again while faults look passing.

        Args:
            method: "GET" or "POST"; both only ever read, so both may be repeated.
            url: without query.
            read: makes something of the answer. Where it raises RetriableSourceError (an error inside
                a 200, a maintenance page), the request is tried again like any other.
            params, data, json: query, form and JSON body.
            headers: beside those every request has.
            host_rate: even pace for this host, requests a second; None: no pace.
            into: a file that the body of a good answer is written to as it comes, and not kept in memory.

        Returns:
            What ``read`` returned.

        Raises:
            RetriableSourceError: still failing after all attempts.
            StatusError: refused (4xx).
            FatalSourceError: an answer too large, in an unknown encoding, or redirected astray.
        """
        secrets = _secrets(params, data, headers)
        request = requests.Request(method, url, params=params, data=data, json=json, headers=dict(headers or {}))
        for attempt in range(1, self._attempts + 1):
            try:
                return read(self._follow(request, host_rate, secrets, into))
            except SourceError as problem:
                problem.args = (redact(str(problem), secrets),)  # bodies may echo what was asked
                if not isinstance(problem, RetriableSourceError):
                    raise
                failure = problem
            wait = self._wait_before_retry(failure, attempt, url)
            log.info("try %d of %d failed: %s; next in %.1f s", attempt, self._attempts, failure, wait)
            if attempt == self._attempts or wait > self._max_wait:
                break
            self.tally.retries += 1
            self.tally.waited += wait
            clock.sleep(wait)
        raise failure

    def _wait_before_retry(self, failure: RetriableSourceError, attempt: int, url: str) -> float:
        """Seconds to wait: doubled at each attempt, half of it jitter, never less than the server asks."""
        base = self._backoff
        if base is None:
            base = 0.05 if _is_loopback(url) else 1.0
        backoff: float = min(_LONGEST_BACKOFF, base * 2.0 ** (attempt - 1)) * random.uniform(0.5, 1.0)  # noqa: S311
        return max(backoff, failure.retry_after or 0.0)

    def _follow(
        self, request: requests.Request, host_rate: float | None, secrets: list[str], into: Path | None
    ) -> Response:
        """Send, and follow up to five redirects; secrets go to no other host and over nothing weaker."""
        for _ in range(6):
            response = self._send(request, host_rate, secrets, into)
            if response.status not in _REDIRECTS:
                return response
            here, there = urlsplit(request.url), urlsplit(urljoin(request.url, response.headers["location"]))
            if there.scheme not in ("http", "https") or (here.scheme == "https" and there.scheme == "http"):
                raise FatalSourceError(f"{here.netloc} redirects to {there.scheme}://, which is not followed")
            keep = request.headers
            if here.netloc != there.netloc:
                keep = {name: value for name, value in keep.items() if not is_secret(name)}
            method, body = request.method, (request.data, request.json)
            if response.status in (301, 302, 303) and method == "POST":
                method, body = "GET", (None, None)
            request = requests.Request(method, there.geturl(), headers=keep, data=body[0], json=body[1])
        raise FatalSourceError(f"{urlsplit(request.url).netloc} redirects without end")

    def _send(
        self, request: requests.Request, host_rate: float | None, secrets: list[str], into: Path | None
    ) -> Response:
        """One request, one whole answer; everything but a 2xx or 3xx raises."""
        host = urlsplit(request.url).netloc.rpartition("@")[2]
        if host_rate and (self._pace_loopback or not _is_loopback(request.url)):
            self.tally.waited += self._pace.wait(host, host_rate)
        self.tally.requests += 1
        deadline = clock.monotonic() + self._total_timeout
        fault = ""
        try:
            prepared = self._session.prepare_request(request)
            surroundings = self._session.merge_environment_settings(request.url, {}, True, None, None)
            if _is_loopback(request.url):
                surroundings["proxies"] = {}
            with self._session.send(prepared, timeout=self._timeout, allow_redirects=False, **surroundings) as answer:
                response = self._read(answer, host, deadline, secrets, into)
        except requests.exceptions.ConnectTimeout:
            fault = f"no connection within {self._timeout[0]:g} s"
        except requests.exceptions.Timeout:
            fault = f"no answer within {self._timeout[1]:g} s"
        except requests.exceptions.SSLError:
            fault = "the secure connection failed (certificate or protocol)"
        except requests.exceptions.ConnectionError as problem:
            fault = f"no connection ({_reason(problem)})"
        except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema, requests.exceptions.InvalidSchema):
            raise FatalSourceError(f"not an address: {redact(request.url, secrets)}") from None
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError):
            fault = "the answer was cut off"
        if fault:
            raise RetriableSourceError(f"{host}: {fault}")
        if response.status >= 400 or (response.status >= 300 and "location" not in response.headers):
            self._refuse(response, host, secrets)
        return response

    def _read(
        self, answer: requests.Response, host: str, deadline: float, secrets: list[str], into: Path | None
    ) -> Response:
        """The body, whole: a cut, a drip and a bomb are all noticed here."""
        encoding = answer.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in ("identity", "", "gzip", "x-gzip", "deflate"):
            raise FatalSourceError(f"{host} sent a body encoded as {encoding[:40]!r}, which was not asked for")
        kept = into is not None and answer.status_code == 200
        size = 0
        with into.open("wb") if into and kept else io.BytesIO() as sink:
            # read1 returns what has arrived, so a drip can't outlast the deadline; http.client and
            # urllib3 raise where fewer bytes come than Content-Length or the chunks announce.
            while piece := answer.raw.read1(_CHUNK, decode_content=False):
                size += len(piece)
                self.tally.bytes += len(piece)
                if size > self._max_bytes:
                    raise FatalSourceError(f"{host} sent more than {self._max_bytes:,} bytes in one answer")
                if clock.monotonic() > deadline:
                    raise RetriableSourceError(f"{host}: the answer was not complete after {self._total_timeout:g} s")
                sink.write(piece)
            body = sink.getvalue() if isinstance(sink, io.BytesIO) else b""
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if not size and answer.status_code == 200 and not {"content-length", "transfer-encoding"} & headers.keys():
            raise RetriableSourceError(f"{host}: the answer was cut off")  # http.client takes cut headers for whole
        if body and encoding not in ("identity", ""):
            body = inflate(body, self._max_bytes, host)
        return Response(answer.status_code, redact(answer.url.partition("?")[0], secrets), headers, body)

    def _refuse(self, response: Response, host: str, secrets: list[str]) -> NoReturn:
        """Raise what the status calls for."""
        after = retry_after(response.headers)
        message = redact(f"{host} answered {response.status}: {response.glimpse()}", secrets)
        if response.status == 429 or after is not None:
            self.tally.throttled += 1
        if response.status in _PASSING or response.status >= 500:
            if after and not (_is_loopback(response.url) and not self._pace_loopback):
                self._pace.hold(host, after)
            raise RetriableSourceError(message, after)
        raise StatusError(message, response)


def _as_is(response: Response) -> Response:
    return response


def _is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in _LOOPBACK


def _secrets(*mappings: Mapping[str, Any] | None) -> list[str]:
    """The values of secret parameters and headers, longest first, so that they can be struck out of any text."""
    found = [str(value) for mapping in mappings for name, value in (mapping or {}).items() if is_secret(name)]
    found += [value.partition(" ")[2] for value in found if " " in value]
    return sorted((value for value in found if value), key=len, reverse=True)


def _reason(problem: requests.exceptions.ConnectionError) -> str:
    """Why a connection failed, without the address (which may hold a key)."""
    text = repr(problem)
    for sign, words in (
        ("NameResolution", "the host's name is not known here"),
        ("refused", "refused"),
        ("reset", "reset"),
        ("unreachable", "network unreachable"),
        ("RemoteDisconnected", "closed without an answer"),
        ("ProxyError", "the proxy failed"),
        ("timed out", "timed out"),
    ):
        if sign.lower() in text.lower():
            return words
    return "broken"

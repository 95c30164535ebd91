from __future__ import annotations

import gzip
import logging
import subprocess
import sys
import threading
import time
import zlib
from pathlib import Path

import pytest

from livingscan import clock
from livingscan.errors import FatalSourceError, RetriableSourceError
from livingscan.settings import Settings
from livingscan.sources.encoding import retry_after
from livingscan.sources.http import Http, StatusError
from livingscan.sources.pace import Pace
from livingscan.sources.redact import redact, redact_mapping
from tests.sources.server import Answer, in_turn, serve

KEY = "k3y-that-nobody-may-see"


def http(**options: object) -> Http:
    return Http("who@example.org", None, **{"backoff": 0.001, **options})  # type: ignore[arg-type]


def test_gives_status_headers_and_body() -> None:
    with serve(in_turn(Answer("grüße", headers={"X-Thing": "1", "Content-Type": "text/plain; charset=utf-8"}))) as s:
        answer = http().get(s.url + "/a", params={"q": "é x"})
    assert (answer.status, answer.headers["x-thing"], answer.text()) == (200, "1", "grüße")
    assert s.asked[0].params == {"q": "é x"}
    assert s.asked[0].headers["user-agent"].startswith("livingscan/")
    assert "who@example.org" in s.asked[0].headers["user-agent"]


def test_names_its_charset_or_falls_back_to_utf8() -> None:
    latin = Answer("é".encode("latin-1"), headers={"Content-Type": "text/plain; charset=latin-1"})
    odd = Answer("é", headers={"Content-Type": "text/plain; charset=no-such"})
    with serve(in_turn(latin, odd)) as s:
        assert http().get(s.url).text() == "é"
        assert http().get(s.url).text() == "é"


def test_posts_forms_and_json() -> None:
    with serve(in_turn(Answer("{}"))) as s:
        http().post(s.url, data={"term": "x" * 20_000})
        http().post(s.url, json={"a": [1]})
    assert len(s.asked[0].params["term"]) == 20_000
    assert s.asked[1].body == b'{"a": [1]}'


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_asks_again_after_a_passing_fault(status: int) -> None:
    with serve(in_turn(Answer(status=status), Answer("late"))) as s:
        way = http()
        assert way.get(s.url).body == b"late"
    assert (way.tally.requests, way.tally.retries, way.tally.throttled) == (2, 1, int(status == 429))


def test_gives_up_in_the_end() -> None:
    with serve(in_turn(Answer("busy", status=503))) as s:
        with pytest.raises(RetriableSourceError, match=r"503.*busy"):
            http(attempts=3).get(s.url)
        assert len(s.asked) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_does_not_ask_again_when_refused(status: int) -> None:
    with serve(in_turn(Answer("no such thing", status=status))) as s:
        with pytest.raises(StatusError, match=f"{status}.*no such thing") as caught:
            http().get(s.url)
        assert len(s.asked) == 1
    assert caught.value.response.body == b"no such thing"
    assert isinstance(caught.value, FatalSourceError)


def test_waits_as_long_as_the_server_asks() -> None:
    with serve(in_turn(Answer(status=429, headers={"Retry-After": "0.3"}), Answer("ok"))) as s:
        way = http()
        start = time.monotonic()
        way.get(s.url)
        assert time.monotonic() - start >= 0.3
    assert way.tally.waited >= 0.3


def test_a_wait_too_long_is_handed_back() -> None:
    with serve(in_turn(Answer(status=503, headers={"Retry-After": "7200"}))) as s:
        with pytest.raises(RetriableSourceError) as caught:
            http().get(s.url)
        assert len(s.asked) == 1
    assert caught.value.retry_after == 7200


def test_reads_retry_after_as_seconds_or_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVINGSCAN_NOW", "2026-01-01T00:00:00Z")
    assert retry_after({"retry-after": "12"}) == 12
    assert retry_after({"retry-after": "Thu, 01 Jan 2026 00:00:30 GMT"}) == 30
    dated = {"retry-after": "Thu, 01 Jan 2026 05:00:30 GMT", "date": "Thu, 01 Jan 2026 05:00:10 GMT"}
    assert retry_after(dated) == 20
    assert retry_after({"retry-after": "Wed, 31 Dec 2025 00:00:00 GMT"}) == 0
    assert retry_after({"retry-after": "soon"}) is None
    assert retry_after({}) is None


CUT = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\nonly this",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nonly\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n" + gzip.compress(b"x" * 5000)[:-9],
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\nnot gzip at all",
    b"HTTP/1.1 200 OK\r\nContent-Le",
    b"",
    b"nonsense\r\n\r\n",
]


@pytest.mark.parametrize("cut", CUT)
def test_a_cut_or_damaged_answer_is_asked_for_again(cut: bytes) -> None:
    with serve(in_turn(Answer(cut, raw=True), Answer("whole"))) as s:
        way = http()
        assert way.get(s.url).body == b"whole"
        assert way.tally.retries == 1
    with serve(in_turn(Answer(cut, raw=True))) as s, pytest.raises(RetriableSourceError):
        http(attempts=2).get(s.url)


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("gzip", gzip.compress(b"ab") + gzip.compress(b"cd")),
        ("deflate", zlib.compress(b"abcd")),
        ("deflate", zlib.compress(b"abcd")[2:-4]),
        ("gzip", b""),
    ],
)
def test_uncompresses(encoding: str, data: bytes) -> None:
    with serve(in_turn(Answer(data, headers={"Content-Encoding": encoding}))) as s:
        assert http().get(s.url).body == (b"abcd" if data else b"")


def test_refuses_bombs_and_strange_encodings() -> None:
    bomb = gzip.compress(b"\0" * 5_000_000)
    with serve(in_turn(Answer(bomb, headers={"Content-Encoding": "gzip"}))) as s:
        with pytest.raises(FatalSourceError, match="more than 1,000,000 bytes"):
            http(max_bytes=1_000_000).get(s.url)
        assert len(s.asked) == 1
    with serve(in_turn(Answer(b"z" * 2_000_000))) as s, pytest.raises(FatalSourceError, match="more than"):
        http(max_bytes=1_000_000).get(s.url)
    with serve(in_turn(Answer(b"z", headers={"Content-Encoding": "br"}))) as s, pytest.raises(FatalSourceError):
        http().get(s.url)


def test_a_drip_ends_at_the_deadline() -> None:
    with serve(in_turn(Answer(b"x" * 500, drip=0.05))) as s:
        start = time.monotonic()
        with pytest.raises(RetriableSourceError, match="not complete after"):
            http(attempts=1, total_timeout=0.4, read_timeout=5).get(s.url)
        assert time.monotonic() - start < 4


def test_a_head_that_drips_ends_at_the_deadline() -> None:
    head = Answer(b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 500, raw=True, drip=0.05)
    with serve(in_turn(head)) as s, pytest.raises(RetriableSourceError):
        http(attempts=1, total_timeout=0.4, read_timeout=5).get(s.url)
    assert len(s.asked) == 1


def test_silence_ends_at_the_time_out() -> None:
    with serve(in_turn(Answer(b"xy", drip=1.0))) as s, pytest.raises(RetriableSourceError, match=r"no answer|cut off"):
        http(attempts=1, read_timeout=0.2).get(s.url)


def test_nobody_there() -> None:
    with serve(in_turn(Answer())) as s:
        gone = s.url
    with pytest.raises(RetriableSourceError, match=r"127\.0\.0\.1.*refused"):
        http(attempts=2).get(gone)


def test_an_address_that_is_none() -> None:
    with pytest.raises(FatalSourceError, match="not an address"):
        http().get("nowhere at all", params={"api_key": KEY})


def test_what_the_reader_finds_wrong_is_asked_for_again() -> None:
    with serve(in_turn(Answer("<html><body>Down for maintenance</body></html>"), Answer('{"a": 1}'))) as s:
        assert http().call("GET", s.url, lambda r: r.json()) == {"a": 1}
    with serve(in_turn(Answer(""))) as s, pytest.raises(RetriableSourceError, match="an empty body in place of JSON"):
        http(attempts=2).call("GET", s.url, lambda r: r.json())


def test_follows_redirects_but_takes_no_secret_elsewhere() -> None:
    with serve(in_turn(Answer("there"))) as other:
        location = other.url.replace("127.0.0.1", "localhost") + "/new"
        with serve(in_turn(Answer(status=302, headers={"Location": location}))) as s:
            answer = http().get(s.url, headers={"X-ELS-APIKey": KEY, "Accept": "application/json"})
    assert answer.body == b"there"
    assert "x-els-apikey" not in other.asked[0].headers
    assert other.asked[0].headers["accept"] == "application/json"


def test_a_redirect_on_the_same_host_keeps_headers_and_ends() -> None:
    with serve(in_turn(Answer(status=301, headers={"Location": "/b"}), Answer("b"))) as s:
        assert http().get(s.url + "/a", headers={"x-api-key": KEY}).body == b"b"
        assert (s.asked[1].path, s.asked[1].headers["x-api-key"]) == ("/b", KEY)
    again = Answer(status=301, headers={"Location": "/again"})
    with serve(in_turn(again)) as s, pytest.raises(FatalSourceError, match="without end"):
        http().get(s.url)


def test_no_secret_in_message_representation_or_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echo = f'{{"error": "bad key {KEY}", "apikey": "{KEY}x"}}'
    params = {"api_key": KEY, "email": "who@example.org", "term": "x"}
    seen = []
    for status in (403, 503):
        with serve(in_turn(Answer(echo, status=status))) as s:
            with pytest.raises((FatalSourceError, RetriableSourceError)) as caught:
                http(attempts=2).get(s.url, params=params, headers={"Authorization": f"Bearer {KEY}", "X-ApiKey": KEY})
            seen += [str(caught.value), repr(caught.value), repr(caught.value.__context__)]
    with serve(in_turn(Answer("{}"))) as s:
        way = http()
        seen.append(repr(way.get(s.url, params=params)))
        seen.append(repr(way.tally))
        gone = s.url
    with pytest.raises(RetriableSourceError) as caught:
        http(attempts=1).get(gone, params=params)
    seen += [str(caught.value), repr(caught.value.__context__), caplog.text]
    assert "GET /?" in caplog.text, "urllib3's own debug lines are there, redacted"
    assert not [text for text in seen if KEY in text or "who@example" in text]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("https://a.b/c?api_key=1&term=x", "https://a.b/c?api_key=***&term=x"),
        ("x?term=key+workers&apikey=abc", "x?term=key+workers&apikey=***"),
        ("https://me:pw@host/x", "https://***@host/x"),
        ("https://me:p@w@host/x", "https://***@host/x"),
        ("Authorization: Bearer abc.def", "Authorization: ***"),
        ('{"insttoken": "abc def"}', '{"insttoken": "***"}'),
        ("mailto=a@b.c", "mailto=***"),
        ("monkey=1&rows=2", "monkey=1&rows=2"),
    ],
)
def test_redacts(text: str, clean: str) -> None:
    assert redact(text) == clean


def test_redacts_mappings() -> None:
    assert redact_mapping({"X-ELS-APIKey": "a", "rows": 3}) == {"X-ELS-APIKey": "***", "rows": "3"}


def test_the_pace_is_even_and_does_not_burst(tmp_path: Path) -> None:
    with serve(in_turn(Answer("ok"))) as s:
        way = Http("", tmp_path, pace_loopback=True)
        start = clock.monotonic()
        moments = []
        for _ in range(5):
            way.get(s.url, host_rate=20)
            moments.append(clock.monotonic())
    assert all(at - start >= n / 20 for n, at in enumerate(moments))
    assert way.tally.waited > 0


def test_no_pace_on_loopback_unless_told() -> None:
    with serve(in_turn(Answer("ok"))) as s:
        way = http()
        for _ in range(3):
            way.get(s.url, host_rate=0.001)
    assert way.tally.waited == 0


def test_threads_share_one_pace(tmp_path: Path) -> None:
    moments: list[float] = []

    def go() -> None:
        for _ in range(4):
            Pace(tmp_path).wait("host", 40)
            moments.append(clock.monotonic())

    threads = [threading.Thread(target=go) for _ in range(3)]
    start = clock.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # The n-th request may leave no earlier than n slots after the start, however many ask at once.
    assert all(at - start >= n / 40 for n, at in enumerate(sorted(moments)))


def test_processes_share_one_pace(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\nfrom livingscan.sources.pace import Pace\n"
        "for _ in range(4):\n    Pace(pathlib.Path(sys.argv[1])).wait('host', 25)"
    )
    Pace(tmp_path).hold("host", 1.0)  # so that both have started when the first slot comes
    first = float((tmp_path / "host.next").read_text())
    running = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(2)]
    assert [process.wait(timeout=60) for process in running] == [0, 0]
    assert float((tmp_path / "host.next").read_text()) >= first + 8 / 25


def test_a_hold_reaches_everybody(tmp_path: Path) -> None:
    Pace(tmp_path).hold("host", 0.2)
    assert Pace(tmp_path).wait("host", 100) >= 0.15
    assert Pace(tmp_path).wait("other", 100) == 0


@pytest.mark.parametrize("left", ["", "garbage", "nan", "1e300"])
def test_a_pace_file_left_by_another_boot_holds_nobody_up(tmp_path: Path, left: str) -> None:
    (tmp_path / "host.next").write_text(left)
    assert Pace(tmp_path).wait("host", 100) == 0


def test_throttling_on_a_paced_host_holds_other_processes(tmp_path: Path) -> None:
    with serve(in_turn(Answer(status=429, headers={"Retry-After": "0.4"}))) as s:
        with pytest.raises(RetriableSourceError):
            Http("", tmp_path, attempts=1, pace_loopback=True).get(s.url, host_rate=100)
        start = clock.monotonic()
        with pytest.raises(RetriableSourceError):
            Http("", tmp_path, attempts=1, pace_loopback=True).get(s.url, host_rate=100)
        assert clock.monotonic() - start >= 0.3


def test_is_built_from_settings(tmp_path: Path) -> None:
    way = Http.from_settings(Settings(home=tmp_path, contact_email="me@example.org"), attempts=1)
    with serve(in_turn(Answer("ok"))) as s:
        way.get(s.url)
        assert "me@example.org" in s.asked[0].headers["user-agent"]
    assert way.tally.as_dict()["requests"] == 1

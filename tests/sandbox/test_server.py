"""The server and the process: what it says of itself, that it ends, that it keeps to itself."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import pytest
import requests

from livingscan.errors import DataError, UserError
from livingscan.sandbox import SOURCES, Corpus, Sandbox, corpus_from_file, counts, serve
from livingscan.sandbox.__main__ import main
from tests.shared import SHARED, needs_shared

RIS = """TY  - JOUR
TI  - A pilot of bedside handover
AU  - Example, Ann
PY  - 2020
AN  - 12345678
DO  - 10.5555/example.1
ER  -

TY  - RPRT
TI  - A grey report without any identifier
PY  - 2019
ER  -
"""


def test_its_page_says_what_it_is(web: requests.Session, sandbox: Sandbox) -> None:
    answer = web.get(sandbox.url, timeout=20)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "synthetic" in answer.text
    for source, number in counts(sandbox.corpus).items():
        assert f"<td>{source}</td><td>{number}</td>" in answer.text
    assert set(counts(sandbox.corpus)) == set(SOURCES) == set(sandbox.services)


def test_it_listens_on_loopback_alone(sandbox: Sandbox) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", sandbox.url)


def test_it_counts_requests(web: requests.Session, sandbox: Sandbox) -> None:
    web.get(f"{sandbox.url}/europepmc/search?query=x", timeout=20)
    assert sandbox.requests == [("europepmc", "/europepmc/search?query=x")]


def test_it_closes_with_a_connection_open(corpus: Corpus, web: requests.Session) -> None:
    sandbox = serve(corpus)
    web.get(sandbox.url, timeout=20)  # kept alive by the session
    sandbox.close()
    sandbox.close()
    with pytest.raises(requests.ConnectionError):
        web.get(sandbox.url, timeout=5)


def test_a_taken_port_is_an_error(sandbox: Sandbox, corpus: Corpus) -> None:
    with pytest.raises(OSError, match="in use"):
        serve(corpus, port=int(sandbox.url.rsplit(":", 1)[1]))


def test_many_clients_at_once(sandbox: Sandbox) -> None:
    """Shelves and indexes are built once, whoever comes first."""
    answers: list[int] = []

    def ask() -> None:
        with requests.Session() as session:
            session.trust_env = False
            found = session.get(f"{sandbox.url}/europepmc/search?query=NHS&format=json", timeout=30).json()
            answers.append(found["hitCount"])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(answers) == 8
    assert len(set(answers)) == 1


def test_the_process_prints_its_address_and_ends_on_sigterm(tmp_path: Path) -> None:
    file = tmp_path / "mine.ris"
    file.write_text(RIS)
    command = [sys.executable, "-m", "livingscan.sandbox", "--port", "0", "--corpus", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            address = re.search(r"http://127\.0\.0\.1:(\d+)", line)
            assert address, line
            assert "mine.ris" in line
            with socket.create_connection(("127.0.0.1", int(address[1])), timeout=10):
                process.send_signal(signal.SIGTERM)
                assert process.wait(20) == 0
            assert process.stderr is not None
            assert process.stderr.read() == ""
        finally:
            process.kill()


def test_a_port_that_is_taken_and_a_file_that_is_not_there(
    sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)  # pytest keeps its own Ctrl-C
    port = sandbox.url.rsplit(":", 1)[1]
    assert main(["--works", "60", "--port", port]) == 2
    assert "--port" in capsys.readouterr().err
    assert main(["--corpus", str(tmp_path / "none.ris")]) == 2
    assert "none.ris" in capsys.readouterr().err


def test_a_file_of_ones_own(tmp_path: Path, web: requests.Session) -> None:
    """Every record is found by any strategy; date windows still count; nothing is served twice."""
    file = tmp_path / "mine.ris"
    file.write_text(RIS)
    corpus = corpus_from_file(file, date(2026, 6, 30))
    assert len(corpus.works) == 2
    assert sum(counts(corpus).values()) == 2
    with serve(corpus) as sandbox:
        query = "TITLE:nothing AND ABSTRACT:ofthis"
        found = web.get(f"{sandbox.url}/europepmc/search", params={"query": query, "format": "json"}, timeout=20).json()
        assert found["hitCount"] == counts(corpus)["europepmc"]
        dated = f"({query}) AND CREATION_DATE:[2026-06-01 TO 2026-06-30]"
        none = web.get(f"{sandbox.url}/europepmc/search", params={"query": dated, "format": "json"}, timeout=20).json()
        assert none["hitCount"] == 0


def test_a_file_without_records(tmp_path: Path) -> None:
    empty = tmp_path / "empty.ris"
    empty.write_text("")
    with pytest.raises(DataError, match="empty"):
        corpus_from_file(empty)
    with pytest.raises(UserError, match=r"none\.ris"):
        corpus_from_file(tmp_path / "none.ris")


def test_a_file_that_ends_badly_serves_what_came_before(tmp_path: Path) -> None:
    file = tmp_path / "cut.xml"
    whole = "<PubmedArticle><MedlineCitation><PMID>{}</PMID><Article/></MedlineCitation></PubmedArticle>"
    file.write_text("<PubmedArticleSet>" + whole.format(11) + whole.format(12) + whole.format(13)[:40])
    assert counts(corpus_from_file(file))["pubmed"] == 2


@needs_shared
def test_pubmed_xml_is_served_back_as_it_is(web: requests.Session) -> None:
    """189 real records: all found under the review's own strategy, each in its own words."""
    corpus = corpus_from_file(SHARED / "topic" / "pubmed21n1298__topic_excerpt.xml.gz")
    assert counts(corpus)["pubmed"] == 189
    strategy = (Path(__file__).parents[2] / "review" / "strategies" / "pubmed.txt").read_text("utf-8")
    term = "\n".join(line for line in strategy.splitlines() if not line.startswith("#"))
    with serve(corpus) as sandbox:
        data = {"term": f'({term}) AND ("1800/01/01"[crdt] : "3000/12/31"[crdt])', "retmode": "json", "retmax": 999}
        found = web.post(f"{sandbox.url}/pubmed/esearch.fcgi", data=data, timeout=20).json()["esearchresult"]
        assert found["count"] == "189"
        assert len(set(found["idlist"])) == 189
        text = web.post(f"{sandbox.url}/pubmed/efetch.fcgi", data={"id": ",".join(found["idlist"])}, timeout=20).text
        for work in corpus.works:
            assert work.copies[0].raw in text

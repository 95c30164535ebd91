"""The search methods statement: all sixteen items, from the ledger, and nothing from outside gets out of its place."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from livingscan.harvest.files import import_file
from livingscan.harvest.prisma_s import MISSING, _code, _line, prisma_s
from livingscan.records import Fetched, Page, Promise, Window, make_record
from livingscan.store import Store, ledger
from livingscan.store.ledger import NoTally
from tests.harvest.ledgers import PROTOCOL, Past

TODAY = date(2026, 11, 23)
WEEK = timedelta(days=7)
EVIL = "``` </code>\n# Owned\n<script>alert(1)</script> [x](javascript:1) | a | ![i](http://e) *b* ~~~\n```"


def parsed(text: str) -> list[object]:
    return list(MarkdownIt("commonmark").enable("table").parse(text))


def test_sixteen_items_from_a_ledger_with_a_past(store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    past = Past(store, monkeypatch)
    past.search(TODAY - 2 * WEEK, past.records([TODAY - 3 * WEEK] * 7), strategy="an older text")
    past.search(TODAY - WEEK, past.records([TODAY - 2 * WEEK] * 5))
    past.search(TODAY, past.records([TODAY - WEEK] * 2), start=TODAY - 2 * WEEK)
    past.search(TODAY, start=TODAY, status="failed")
    past.search(TODAY, past.records([TODAY] * 3, "europepmc"), source="europepmc")
    file = tmp_path / "embase.ris"
    file.write_text("TY  - JOUR\nTI  - A paper from elsewhere\nPY  - 2020\nER  - \n")
    import_file(store, file, database="Embase", platform="Ovid", strategy="1 exp nhs/", searched_on=TODAY - WEEK)
    text = prisma_s(store, PROTOCOL, dedupe="livingscan 0.1.0")
    for number in range(1, 17):
        assert f"**{number}." in text or f"{number}. " in text, number
    assert PROTOCOL.strategy("pubmed").text in text
    assert PROTOCOL.strategy("europepmc").text in text
    assert "an older text" in text
    assert "(an earlier version)" in text
    assert "1 exp nhs/" in text
    assert "| PubMed | 2026-11-16 | 2026-11-23 | 2026-11-23 | 2026-11-23 | 2 complete, 1 failed |" in text
    assert "| PubMed | 5 | 14 |" in text
    assert "Embase (embase.ris) | 2026-11-16" in text
    assert "18 records" in text
    assert "livingscan 0.1.0" in text
    assert "it broke off" in text
    assert "Ayiku" in text
    assert "nvented literature" not in text
    # What the source made of the whole strategy, not of a later window of it.
    assert "since the beginning" in text
    assert "since 2026" not in text
    assert text.count(MISSING) >= 5
    levels = [token.tag for token in parsed(text) if token.type == "heading_open"]  # type: ignore[attr-defined]
    assert levels.count("h1") == 1


def test_a_header_that_was_mended_later_is_the_one_that_is_told(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    past = Past(sqlite_store, monkeypatch)
    text = PROTOCOL.strategy("pubmed")
    ledger.keep_strategy(sqlite_store, "pubmed", text.text, text.sha256, {"limits": "a slip of the pen"})
    past.search(TODAY, past.records([TODAY]))
    written = prisma_s(sqlite_store, PROTOCOL)
    assert "a slip of the pen" not in written
    assert text.header["limits"].split(";")[0] in written


def test_a_strategy_that_the_source_took_as_it_stands_is_printed_once(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    past = Past(sqlite_store, monkeypatch)
    past.at(TODAY)
    strategy = ledger.keep_strategy(sqlite_store, "pubmed", "nhs[tiab]\n  AND audit[tiab]", "ab" * 32, {})
    for start, read in ((None, "(nhs[tiab] AND audit[tiab]) AND all"), (TODAY, "(nhs[tiab] AND audit[tiab]) AND week")):
        search = ledger.begin(
            sqlite_store, kind="interface", source="pubmed", strategy_id=strategy, window=Window(start, TODAY)
        )
        ledger.promise(sqlite_store, search, Promise(0, read))
        ledger.finish(sqlite_store, search, "empty", "", NoTally())
    text = prisma_s(sqlite_store, PROTOCOL)
    assert text.count("audit[tiab]") == 1
    assert "Read by PubMed as it stands, in:\n\n```text\n([the strategy above]) AND all\n```" in text


def test_invented_literature_says_so(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    past = Past(sqlite_store, monkeypatch)
    record = make_record(source="pubmed", source_id="1", title="A paper", abstract="Staff. [Synthetic record.]")
    past.search(TODAY, [Fetched(record, "<raw/>")])
    assert "> **Invented literature.**" in prisma_s(sqlite_store, PROTOCOL)


def test_an_empty_ledger_is_written_up_too(sqlite_store: Store) -> None:
    text = prisma_s(sqlite_store, PROTOCOL)
    assert "Nothing has been searched yet." in text
    assert "Planned and not searched yet: PubMed, Europe PMC." in text
    assert "There is no search yet." in text


def test_text_from_outside_stays_text(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    past = Past(sqlite_store, monkeypatch)
    past.at(TODAY)
    strategy = ledger.keep_strategy(
        sqlite_store, "pubmed", EVIL, "ab" * 32, {"author": EVIL, "limits": EVIL, "filters": EVIL, "derived-from": EVIL}
    )
    search = ledger.begin(
        sqlite_store, kind="interface", source="pubmed", platform=EVIL, strategy_id=strategy, window=Window(None, TODAY)
    )
    ledger.promise(sqlite_store, search, Promise(0, EVIL.upper(), (EVIL,)))
    ledger.commit_page(sqlite_store, search, Page())
    ledger.finish(sqlite_store, search, "partial", EVIL, NoTally())
    text = prisma_s(sqlite_store, PROTOCOL, dedupe=EVIL)
    tokens = parsed(text)
    kinds = {token.type for token in tokens}  # type: ignore[attr-defined]
    inside = {child.type for token in tokens for child in (token.children or ())}  # type: ignore[attr-defined]
    assert not {"html_block", "html_inline"} & (kinds | inside)
    assert not {"link_open", "image"} & inside
    headings = [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]  # type: ignore[attr-defined]
    assert "Owned" not in headings
    fences = [token.content for token in tokens if token.type == "fence"]  # type: ignore[attr-defined]
    assert fences == [EVIL + "\n", EVIL.upper() + "\n"]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="`~\n\r #|<>[]()!*_-+&\\ab1.", max_size=60))
def test_no_text_leaves_its_code_block_or_its_line(text: str) -> None:
    tokens = parsed(f"{_code(text)}\n\nA note: {_line(text)}")
    assert [token.type for token in tokens if token.type != "inline"] == ["fence", "paragraph_open", "paragraph_close"]  # type: ignore[attr-defined]
    shown = "".join(child.content for child in tokens[2].children)  # type: ignore[attr-defined]
    assert re.sub(r"\s+", " ", shown).strip() == f"A note: {' '.join(text.split())}".strip()

"""Artifacts: text from outside stays text."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import report


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=120))
@settings(deadline=None)
def test_no_cell_holds_a_tag_or_a_link(text: str) -> None:
    cell = report.plain(text)
    assert not re.search(r"<\S", cell.replace("<\u200b", "< "))
    assert "](" not in cell
    assert "][" not in cell
    assert "\n" not in cell


@pytest.mark.parametrize(
    "text", ["When p < 0.05 [Review]: A & B", "<b>Bold</b> <img src=x onerror=alert(1)>", "[a](javascript:alert(1))"]
)
def test_the_text_itself_is_kept(text: str) -> None:
    assert report.plain(text).replace("\u200b", "") == text


def test_long_text_is_shortened_to_the_length_asked_for() -> None:
    assert report.plain("word " * 50, 20) == "word word word word…"


@pytest.mark.parametrize(
    ("url", "cell"),
    [
        ("https://example.org/a_(b)?x=1&y=%20", "[open](https://example.org/a_%28b%29?x=1&y=%20)"),
        ("javascript:alert(1)", ""),
        (
            "https://example.org/a) [x](javascript:alert(1)",
            "[open](https://example.org/a%29%20%5Bx%5D%28javascript:alert%281%29)",
        ),
        ("", ""),
    ],
)
def test_only_web_addresses_become_links(url: str, cell: str) -> None:
    row = {"title": "", "year": None, "source": "", "url": url, "flags": "", "added": "", "record": 1}
    assert report._record_row(row)["open"] == cell


def test_short_work_leaves_no_progress_artifact(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    monkeypatch.setattr(report, "create_progress_artifact", lambda *a, **k: made.append(a))
    tell = report.progress("search")
    for done in range(1, 101):
        tell(done, 100, "records")
    assert made == []


def test_long_work_tells_now_and_then_and_ends_at_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    told: list[tuple[float, str]] = []
    monkeypatch.setattr(report.clock, "monotonic", lambda: now)
    monkeypatch.setattr(
        report, "create_progress_artifact", lambda share, description: told.append((share, description)) or "id"
    )
    monkeypatch.setattr(
        report, "update_progress_artifact", lambda one, share, description: told.append((share, description))
    )
    tell = report.progress("search pubmed")
    for done in range(1, 101):
        now += 0.25
        tell(done, 100, "PubMed")
    assert told[0] == (12.0, "search pubmed: PubMed, 12 of 100")
    assert told[-1] == (100.0, "search pubmed: PubMed, 100 of 100")
    assert len(told) < 15

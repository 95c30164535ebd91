"""What is written is read back to the letter, whatever the records hold."""

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livingscan.formats import COLUMNS, TARGETS, detect, read_bytes, record_to_row, write_records
from livingscan.formats.rows import STATUS_KINDS, record_from_row
from livingscan.records import Fetched, StatusLink, make_record, record_to_dict
from livingscan.tidy import one_line

CHARACTERS = st.characters(exclude_categories=["Cs"])
# What each format must not trip over, mixed with arbitrary text.
TRAPS = st.sampled_from(
    ["TY  - JOUR", "ER  - ", "ER", "AB  - x", "a; b", '["x"]', "=1+1", "'=1", "+44", "-5", "@x", "\ttab", '"', "{",
     "&amp;", "<i>x</i>", "PMID- 1", "@article{x,", "%0 Book", "<1. >", "Provider: x", "MÃ¼ller", "AIM: a. METHODS: b.",
     "x     U2  - L1", "\r\n", "\u2028", "\u00a0", "\ufeff", "\x00", "N/A", "SEARCH QUERY", "----", "source", "＝1"]
)  # fmt: skip
TEXT = st.lists(st.one_of(TRAPS, st.text(CHARACTERS, max_size=12)), max_size=6).map("".join)
LINES = st.lists(TEXT, max_size=4).map("\n".join)
LINKS = st.builds(
    StatusLink,
    st.sampled_from(sorted(STATUS_KINDS)),
    st.one_of(st.just(""), st.just("pmid:1"), TEXT.map(one_line)),
)
RECORDS = st.builds(
    make_record,
    source=TEXT.map(lambda text: text or "ris"),
    source_id=TEXT,
    title=TEXT,
    abstract=LINES,
    authors=st.lists(TEXT, max_size=4),
    year=st.one_of(st.none(), st.integers(1500, 2099)),
    journal=TEXT,
    volume=TEXT,
    issue=TEXT,
    pages=TEXT,
    doi=st.sampled_from(["", "10.1000/abc", "10.1000/a(b)c;d"]),
    pmid=st.sampled_from(["", "123"]),
    pmcid=st.sampled_from(["", "PMC123"]),
    language=st.sampled_from(["", "eng", "eng;fre"]),
    publication_types=st.lists(TEXT, max_size=3),
    keywords=st.lists(TEXT, max_size=3),
    status_links=st.lists(LINKS, max_size=3),
    url=st.sampled_from(["", "https://example.org/a?b=1&c=2"]),
    entry_type=st.sampled_from(["", "article", "book", "thesis"]),
)


def written(records, to):
    stream = io.StringIO()
    assert write_records(records, stream, to) == len(records)
    return stream.getvalue()


@pytest.mark.parametrize("to", TARGETS)
@settings(max_examples=80, deadline=None)
@given(records=st.lists(RECORDS, min_size=1, max_size=4))
def test_records_are_read_back_to_the_letter(to, records):
    text = written(records, to)
    items = list(read_bytes(text.encode(), "file"))
    assert all(isinstance(item, Fetched) for item in items)
    assert [record_to_row(item.record) for item in items] == [record_to_row(record) for record in records]


@pytest.mark.parametrize("to", TARGETS)
def test_our_own_files_are_told_by_content(to):
    text = written([make_record(source="x", source_id="1", title="T", authors=["A, B"])], to)
    assert detect(text.encode()) == to


@settings(max_examples=100, deadline=None)
@given(record=RECORDS)
def test_rows_turn_back_into_records_and_have_exactly_our_columns(record):
    row = record_to_row(record)
    assert tuple(row) == COLUMNS
    assert record_to_row(record_from_row(json.loads(json.dumps(row)))) == row


@settings(max_examples=100, deadline=None)
@given(record=RECORDS)
def test_no_cell_of_a_csv_is_a_formula(record):
    (_, cells) = csv.reader(io.StringIO(written([record], "csv")))
    assert not [cell for cell in cells if cell[:1] in "=+-@\t\r\n＝＋－＠" and cell]


def test_what_a_spreadsheet_would_run_is_escaped_and_read_back():
    record = make_record(source="x", source_id="1", title='=HYPERLINK("http://x")', pages="-5", keywords=["@sum", "b"])
    text = written([record], "csv")
    assert "\"'=HYPERLINK(" in text
    (item,) = read_bytes(text.encode(), "file")
    assert record_to_row(item.record) == record_to_row(record)


def test_json_lines_may_hold_whole_records():
    record = make_record(source="x", source_id="1", title="T", mesh=["Humans"], issns=["1932-6203"], added=None)
    line = json.dumps(record_to_dict(record))
    (item,) = read_bytes(line.encode(), "file", name="jsonl")
    assert item.record == record


def test_broken_lines_of_json_are_kept_and_reported():
    good = json.dumps(record_to_row(make_record(source="x", source_id="1", title="T")))
    items = list(read_bytes(f'{good}\n{{"cut\n\n[1]\n{good}\n'.encode(), "file"))
    assert [isinstance(item, Fetched) for item in items] == [True, False, False, True]
    assert [item.where for item in items[1:3]] == ["file:2", "file:4"]


def test_a_record_of_ours_is_no_page_break():
    records = [make_record(source="search query", source_id="1")]
    (item,) = read_bytes(written(records, "csv").encode(), "file")
    assert isinstance(item, Fetched)
    assert item.record.source == "search query"

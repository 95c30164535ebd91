"""Invented records for the tests, by hand and by hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from livingscan.records import Fetched, Record, make_record


def fetched(source: str = "pubmed", source_id: str = "1", raw: str = "<raw/>", **fields: Any) -> Fetched:
    """A record with raw text; ``fields`` as for :func:`make_record`."""
    return Fetched(make_record(source=source, source_id=source_id, **fields), raw)


def tell(record: Record) -> str:
    """A record's title, for short assertions."""
    return record.title


words = st.text(st.characters(codec="utf-8"), max_size=30)
versions = st.builds(
    lambda source_id, title, version, doi: fetched(
        source_id=source_id, title=title, source_version=version, doi=doi, raw=title
    ),
    source_id=st.sampled_from("1234"),
    title=st.sampled_from(["a", "b", "c", "\u0000d", "\ud800"]),
    version=st.sampled_from(["", "1", "2"]),
    doi=st.sampled_from(["", "10.1000/a", "10.1000/b"]),
)

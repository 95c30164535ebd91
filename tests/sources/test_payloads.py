"""Real captured answers, as third parties recorded them, through each source's ``parse``."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterator

import pytest

from livingscan.records import Fetched
from tests.shared import SHARED, needs_shared
from tests.sources.test_records import PARSERS

# Records that each holds, counted in the payload's own form.
HELD = {
    "crossref/habanero__test_cursor_max.wire.json": 100,
    "crossref/fulltext__ft_search_preprints.wire.json": 6,
    "crossref/colrev__10.2196_22081.json": 1,
    "openalex/openalexPro__pro_request_search_biodiversity_AND_fiance.wire.json": 200,
    "semanticscholar/semanticscholar__test_search_paper_bulk_retrieval_sorted_results_desc.wire.json": 3027,
    "semanticscholar/semanticscholar__test_get_papers_not_found_warning.wire.json": 3,
    "doaj/jaod__jaod_article_search_params.wire.json": 32,
    "core/rcoreoa__core_advanced_search.wire.json": 30,
    "core/rcoreoa__core_search.wire.json": 20,
    "eric/colrev__blockchain.json": 1,
    "scopus/fulltext__ft_search_scopus.wire.json": 10,
    "wos/sul_pub__userquery_loadtimespan.wire.json": 36,
    "wos/sul_pub__medline_record_26776186.xml": 1,
    "wos/sul_pub__zero_hits.wire.json": 0,
    "lens/lens_scholarly_search_doc_sample.json": 1,
    "pubmed/sul_pub__efetch_list.wire.json": 4,
}


def bodies(name: str) -> Iterator[str]:
    """The bodies of a recording, some in base64; or the one body that the file is."""
    text = (SHARED / "payloads" / name).read_text(encoding="utf-8")
    for exchange in json.loads(text) if ".wire." in name else [{"response": {"body": text}}]:
        body = exchange["response"]["body"]
        yield base64.b64decode(body).decode() if body.startswith("eyJ") else body


@needs_shared
@pytest.mark.parametrize("name", sorted(HELD))
def test_reads_captured_answers(name: str) -> None:
    found = [item for body in bodies(name) for item in PARSERS[name.partition("/")[0]](body)]
    assert Counter(type(item) for item in found) == ({Fetched: HELD[name]} if HELD[name] else {})
    assert not [item for item in found if isinstance(item, Fetched) and "</" in item.record.title]


@needs_shared
def test_the_retraction_of_a_known_paper_is_seen() -> None:
    (body,) = bodies("transcribed/crossref_updated_by_wakefield.json")
    (found,) = PARSERS["crossref"](body)
    assert isinstance(found, Fetched)
    assert [link.kind for link in found.record.status_links] == ["corrected_by", "retracted_by"]

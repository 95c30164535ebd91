import json

import pytest

from livingscan.errors import DataError
from livingscan.records import Unreadable
from tests.formats.make import read, records

ITEMS = [
    {
        "id": "okafor2021",
        "type": "article-journal",
        "title": "Why <i>wards</i> stall",
        "author": [
            {"family": "Okafor", "given": "Ngozi"},
            {"family": "Berg", "given": "Jan", "non-dropping-particle": "van der"},
            {"literal": "NHS England"},
        ],
        "container-title": "Journal of Invented Care",
        "container-title-short": "J Inv Care",
        "volume": 12,
        "issue": "3",
        "page": "221-228",
        "issued": {"date-parts": [[2021, 3, 4]]},
        "DOI": "10.1000/ABC",
        "PMID": "7",
        "ISSN": "0028-0836",
        "URL": "https://example.org/1",
        "language": "en-GB",
        "abstract": "We asked.",
    },
    {
        "id": 2,
        "type": "book",
        "title": "A book",
        "issued": {"raw": "Spring 2010"},
        "editor": [{"family": "Ed", "given": "I"}],
    },
]


def test_fields():
    first, second = records(json.dumps(ITEMS, indent=1))
    assert first.title == "Why wards stall"
    assert first.authors == ("Okafor, Ngozi", "van der Berg, Jan", "NHS England")
    assert (first.journal, first.journal_abbreviation) == ("Journal of Invented Care", "J Inv Care")
    assert (first.volume, first.issue, first.pages, str(first.published)) == ("12", "3", "221-228", "2021-03-04")
    assert (first.doi, first.pmid, first.language, first.entry_type) == ("10.1000/abc", "7", "eng", "article")
    assert (second.year, second.authors, second.entry_type) == (2010, ("Ed, I",), "book")


def test_what_is_no_item_is_reported():
    items = read(json.dumps([ITEMS[0], {"x": 1}, "text"]))
    assert [isinstance(item, Unreadable) for item in items] == [False, True, True]


def test_broken_json_is_refused():
    with pytest.raises(DataError, match="broken or cut"):
        read(json.dumps(ITEMS)[:-5], name="csl_json")


def test_parts_of_names_keywords_and_items_with_little():
    people = [
        {"family": "Bell", "given": "Ann", "suffix": "III"},
        {"family": "Berg", "given": "Jan", "dropping-particle": "van"},
    ]
    first, second = records(
        json.dumps([{**ITEMS[0], "author": people, "keyword": "a, b"}, {"type": "webpage", "title": "W"}])
    )
    assert first.authors == ("Bell, Ann III", "Berg, Jan van")
    assert first.keywords == ("a", "b")
    assert second.title == "W"

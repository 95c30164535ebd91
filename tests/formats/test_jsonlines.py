import json

from tests.formats.make import record


def test_lines_of_other_programs():
    found = record(json.dumps({"title": "T", "authors": "Bell T; Fox AB", "keywords": "a; b", "year": 2020, "id": 1}))
    assert found.authors == ("Bell, T", "Fox, AB")
    assert found.keywords == ("a", "b")
    assert found.source == "jsonl"

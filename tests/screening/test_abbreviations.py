import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livingscan.screening.abbreviations import definitions, redefined

NHS = {"NHS": ("national health service*",)}


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("the National Health Service (NHS) is", [("NHS", "National Health Service")]),
        ("the Nurses' Health Study (NHS) cohort", [("NHS", "Nurses' Health Study")]),
        ("NHS (National Health Service) staff", [("NHS", "National Health Service")]),
        ("the United Kingdom [UK]", [("UK", "United Kingdom")]),
        ("quality improvement (QI; n = 3)", [("QI", "quality improvement")]),
        ("an NHS hospital (NHS) ward", []),
        ("a result (see above) and (2021)", []),
        ("one sentence. Then (XYZ) alone", []),
    ],
)
def test_definitions_are_found(text, pairs):
    found = definitions(text)
    assert [(d.short, d.long) for d in found] == pairs
    assert all(text[d.start : d.end] == d.long for d in found)


def test_only_a_different_meaning_voids_an_abbreviation():
    assert redefined("National Health Service (NHS)", NHS) == frozenset()
    assert redefined("Nurses' Health Study (NHS)", NHS) == {"NHS"}
    assert redefined("Danish National Health Service (NHS)", NHS, ("Danish national health service",)) == {"NHS"}
    assert redefined("no brackets NHS", NHS) == frozenset()


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="NHSnhs ().;[]-\n", max_size=60))
def test_any_text_is_survived(text):
    for found in definitions(text):
        assert text[found.start : found.end] == found.long

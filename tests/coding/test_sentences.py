import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livingscan.coding.sentences import sentences


def parts(text):
    return [(one.section, text[one.start : one.end]) for one in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two!  Three?", [("", "One."), ("", "Two!"), ("", "Three?")]),
        (
            "BACKGROUND: One. Two.\nRESULTS: Three.",
            [("background", "One."), ("background", "Two."), ("results", "Three.")],
        ),
        (
            "Background: One. Methods: Two. Results and discussion: Three.",
            [("background", "One."), ("methods", "Two."), ("results and discussion", "Three.")],
        ),
        ("Barriers (e.g. Time, i.e. Hours) rose.", [("", "Barriers (e.g. Time, i.e. Hours) rose.")]),
        (
            "Smith et al. Found it. Dr. Jones vs. Mr. Brown agreed.",
            [("", "Smith et al. Found it."), ("", "Dr. Jones vs. Mr. Brown agreed.")],
        ),
        ("In the U.K. Nurses left.", [("", "In the U.K. Nurses left.")]),
        ("P was 0.05. It was 3.5 times.", [("", "P was 0.05."), ("", "It was 3.5 times.")]),
        ('He said "never." Then "Yes." followed.', [("", 'He said "never."'), ("", 'Then "Yes." followed.')]),
        ("No full stop\nNext line", [("", "No full stop"), ("", "Next line")]),
        ("What worked: time. NHS: trusts.", [("", "What worked: time."), ("", "NHS: trusts.")]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences_and_their_headings(text, expected):
    assert parts(text) == expected


PIECES = st.sampled_from(
    ["RESULTS: ", "Methods: ", "A b. ", "e.g. ", "C", "\n", "? ", ".", '" ', "1.5 ", "(X) ", "é", "U.K. "]
)


@settings(deadline=None, max_examples=200)
@given(st.lists(PIECES | st.text(max_size=5), max_size=20).map("".join))
def test_sentences_are_in_order_without_overlap_and_lose_no_letter(text):
    found = sentences(text)
    at = 0
    left = ""
    for one in found:
        assert at <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == text[one.start : one.end].strip()
        left += text[at : one.start]
        at = one.end
    left += text[at:]
    # What stands in no sentence is blank or a heading.
    for word in left.replace(":", " ").split():
        assert word.lower() in " ".join(one.section for one in found) or text.rstrip().endswith(":")

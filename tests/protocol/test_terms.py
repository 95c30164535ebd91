import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livingscan.terms import BadTermError, Terms, compiled, term_pattern


def words(terms, text, unless=()):
    return [text[hit.start : hit.end] for hit in Terms(terms, unless).find_all(text)]


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("barrier*", "Barriers, and one BARRIER.", ["Barriers", "BARRIER"]),
        ("barrier", "barriers", []),
        ("organi?ation*", "organisations or organizations", ["organisations", "organizations"]),
        ("lack of ... time", "a lack of both staff time", ["lack of both staff time"]),
        ("lack of ... time", "a lack of time", ["lack of time"]),
        ("lack of ... time", "a lack of one two three four time", []),
        ("lack of ... time", "a lack of staff. The time", []),
        (
            "quality improvement",
            "Quality-improvement and quality\nimprovement",
            ["Quality-improvement", "quality\nimprovement"],
        ),
        ("NHS", "nhs NHS Nhs NHSX", ["NHS"]),
        ("Reading", "reading Reading READING", ["Reading", "READING"]),
        ("women's", "women\u2019s views", ["women\u2019s"]),
        ("U.K.", "the U.K. and", ["U.K."]),
        ("co design*", "co-designed", ["co-designed"]),
        ("/n\\s*=\\s*\\d+/", "(n = 12)", ["n = 12"]),
        ("Türkiye", "in Türkiye", ["Türkiye"]),
    ],
)
def test_a_term_finds_what_its_table_says(term, text, found):
    assert words([term], text) == found


def test_the_longest_term_at_a_place_is_taken_and_named():
    hit = Terms(["quality", "quality improvement*"]).find("A quality improvements scheme")
    assert hit is not None
    assert hit.term == "quality improvement*"


def test_what_lies_inside_an_unless_phrase_does_not_count():
    text = "New England, old England"
    hits = Terms(["England"], ["New England"]).find_all(text)
    assert [hit.start for hit in hits] == [text.rindex("England")]


@pytest.mark.parametrize("term", ["", "  ", "*ing", "/(/", "lack of ...", "... time"])
def test_a_term_that_cannot_be_understood_is_refused(term):
    with pytest.raises(BadTermError):
        term_pattern(term)


def test_a_list_is_made_ready_once():
    assert compiled(("a", "b")) is compiled(("a", "b"))


WORDS = [
    "NHS",
    "lack",
    "of",
    "time",
    "barriers",
    "quality",
    "improvement",
    "the",
    "UK",
    "co-design",
    "\u2013",
    "\n",
    "...",
]


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.sampled_from(WORDS), max_size=30),
    st.lists(st.sampled_from(["NHS", "lack of ... time", "barrier*", "co design", "q*", "of", "UK"]), unique=True),
)
def test_looking_up_by_first_letters_loses_nothing(text_words, terms):
    import re

    text = " ".join(text_words)
    hits = Terms(terms).find_all(text)
    for term in terms:
        for plain in re.finditer(term_pattern(term), text):
            assert any(hit.start == plain.start() and hit.end >= plain.end() for hit in hits)
    assert list(hits) == sorted(hits, key=lambda hit: hit.start)


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=200))
def test_any_text_can_be_searched(text):
    for hit in Terms(["a*", "NHS", "b ... c"]).find_all(text):
        assert 0 <= hit.start < hit.end <= len(text)

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livingscan.codebook import load_codebook
from livingscan.coding.suggest import suggest
from livingscan.records import make_record

CODEBOOK = load_codebook(Path(__file__).resolve().parents[2] / "review")


def record(abstract, title="A quality improvement project in NHS hospitals"):
    return make_record(source="test", source_id="1", title=title, abstract=abstract)


def found(abstract, title="A quality improvement project in NHS hospitals"):
    return {(one.theme, one.polarity) for one in suggest(record(abstract, title), CODEBOOK)}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Barriers were lack of time and poor leadership.", {("time", "barrier"), ("leadership", "barrier")}),
        ("Leadership was a major barrier.", {("leadership", "barrier")}),
        ("Facilitators included strong leadership.", {("leadership", "facilitator")}),
        (
            "Barriers were funding and training, while leadership was a facilitator.",
            {("org_funding", "barrier"), ("staff_skills", "barrier")},
        ),
        ("Barriers and facilitators included leadership.", {("leadership", "neutral")}),
        ("There were financial and technical barriers.", {("org_funding", "barrier"), ("usability", "barrier")}),
        ("Barriers to staff training were many.", set()),
        ("Barriers to staff training were money and leadership.", {("leadership", "barrier")}),
        ("Leadership was strong and staff were trained.", set()),
        ("It was hampered by staff turnover.", {("org_culture_stability", "barrier")}),
        ("Perverse incentives hindered progress.", {("incentives_funding", "barrier")}),
        ("Unclear roles made it hard.", {("role_demarcation", "barrier")}),
        ("Lack of money for training was named.", {("org_funding", "barrier")}),
        ("Waiting times were long and time to treatment rose.", set()),
        ("The blood-brain barrier limits leadership of drugs in time.", set()),
        ("Patients reported barriers to breastfeeding such as lack of time.", set()),
        ("We aimed to explore barriers such as lack of time.", set()),
        ("Lack of human resources was a barrier.", {("time", "barrier")}),
    ],
)
def test_what_a_sentence_says_of_themes(sentence, expected):
    assert found(sentence) == expected


def test_aims_and_methods_of_a_labelled_abstract_report_nothing():
    text = "{}: Lack of time was the main barrier."
    assert found(text.format("BACKGROUND")) == set()
    assert found(text.format("AIMS AND METHODS")) == found(text.format("RESULTS"))
    assert found(text.format("METHODS")) == set()
    assert found(text.format("RESULTS")) == {("time", "barrier")}
    assert found(text.format("CONCLUSIONS")) == {("time", "barrier")}


def test_phases_are_the_sentences_else_the_titles_else_none():
    def phases(abstract, title="A project in NHS hospitals"):
        return [one.phase for one in suggest(record(abstract, title), CODEBOOK)]

    assert phases("Lack of time was a barrier.") == [""]
    assert phases("During implementation, lack of time was a barrier.") == ["delivery"]
    assert phases("At the planning stage, lack of time was a barrier.") == ["development"]
    assert phases("Lack of time was a barrier to spread.") == ["dissemination"]
    assert phases("Lack of time hindered implementation and sustainability.") == ["delivery", "dissemination"]
    assert phases("Lack of time was a barrier.", "Implementing a checklist in NHS hospitals") == ["delivery"]
    assert phases("Lack of time was a barrier.", "Implementing and sustaining a checklist") == [""]


def test_a_title_alone_suggests_only_by_strong_cues():
    assert found("", "Lack of time and staff resistance in NHS hospitals") == {
        ("time", "barrier"),
        ("staff_resistance", "barrier"),
    }
    assert found("", "Barriers: leadership in NHS hospitals") == set()
    one = suggest(record("", "Lack of time in NHS hospitals"), CODEBOOK)[0]
    assert (one.field, one.basis, one.setting_group, one.level) == ("title", "title", "nhs", "organisational")


def test_a_theme_is_suggested_once_with_the_first_sentence_that_bears_it_out():
    text = "Lack of time was a barrier. Again, lack of time was a barrier."
    only = suggest(record(text), CODEBOOK)
    assert [(one.theme, one.quotation) for one in only] == [("time", "Lack of time was a barrier.")]


def test_a_text_that_lost_its_full_stops_suggests_nothing():
    assert found("barriers were lack of time and " * 200) == set()


SOME = """Barriers were | lack of time | leadership | training | , | . | facilitators | included | while | and
| RESULTS: | NHS | poor | was a barrier | to | implementation | patients | \u2019 | é | ( | )"""
WORDS = st.sampled_from([*SOME.replace("\n", " ").split(" | "), "\n"])


@settings(deadline=None, max_examples=200)
@given(
    st.lists(WORDS | st.text(max_size=4), max_size=40).map(" ".join),
    st.lists(WORDS, max_size=8).map(" ".join),
)
def test_every_suggestion_quotes_the_record(abstract, title):
    one = record(abstract, title)
    seen = set()
    for suggestion in suggest(one, CODEBOOK):
        text = getattr(one, suggestion.field)
        assert text[suggestion.start : suggestion.end] == suggestion.quotation
        assert suggestion.cue in suggestion.quotation
        assert suggestion.level == CODEBOOK.theme(suggestion.theme).level
        assert (suggestion.theme, suggestion.phase, suggestion.polarity) not in seen
        seen.add((suggestion.theme, suggestion.phase, suggestion.polarity))
    assert suggest(one, CODEBOOK) == suggest(one, CODEBOOK)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livingscan.formats.languages import language_code
from livingscan.formats.text import first_text, inverted_index, jats_abstract, plain, section, unescape


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("CO<sub>2</sub> and 10<sup>9</sup>/L", "CO2 and 109/L"),
        ("<i>E. coli</i> in wards", "E. coli in wards"),
        ("p < 0.05 and n > 3", "p < 0.05 and n > 3"),
        ("p<0.05 but q>1; <50 years", "p<0.05 but q>1; <50 years"),
        ("where a<b and c>d", "where a<b and c>d"),
        ("x<n>y", "x<n>y"),
        ("<Emphasis Type='Italic'>In vivo</Emphasis> x", "In vivo x"),
        ("<foo>kept</foo>", "kept"),
        ("R&amp;D &lt;i&gt;now&lt;/i&gt;", "R&D now"),
        ("R&amp;amp;D", "R&D"),
        ("p &amp;lt; 0.05", "p < 0.05"),
        ("p &lt; 0.05", "p < 0.05"),
        ("https://x.test/?a=1&para=2&copy=3", "https://x.test/?a=1&para=2&copy=3"),
        ("Caf&eacute; &#233; &#xe9; &nosuch;", "Café é é &nosuch;"),
        ("<h4>Background</h4>Text.<h4>Methods</h4>More.", "BACKGROUND: Text.\nMETHODS: More."),
        ("one\ntwo", "one\ntwo"),
        ("<p>one\n  two</p>\n<p>three</p>", "one two\nthree"),
        ("a<br/>b", "a\nb"),
        ("<script>alert(1)</script>safe", "safe"),
        ("<h4>Results</h4>", "RESULTS"),
        ("", ""),
        (None, ""),
    ],
)
def test_plain_text_keeps_every_letter_and_loses_the_markup(markup, text):
    assert plain(markup) == text


def test_jats_keeps_section_labels_and_drops_the_heading_abstract():
    xml = """<jats:title>Abstract</jats:title>
      <jats:sec><jats:title>Background:</jats:title>
        <jats:p>A <jats:italic>mixed</jats:italic> H<jats:sub>2</jats:sub>O
        text.</jats:p></jats:sec>
      <jats:sec><jats:title>Results</jats:title><jats:p>One.</jats:p><jats:p>Two &lt; 3.</jats:p></jats:sec>"""
    assert jats_abstract(xml) == "BACKGROUND: A mixed H2O text.\nRESULTS: One.\nTwo < 3."


def test_jats_reads_mathml_once():
    xml = (
        "<jats:p>about <jats:inline-formula><jats:alternatives><jats:tex-math>$$x^2$$</jats:tex-math>"
        "<mml:math><mml:msup><mml:mi>x</mml:mi><mml:mn>2</mml:mn></mml:msup></mml:math></jats:alternatives>"
        "</jats:inline-formula> here</jats:p>"
    )
    assert jats_abstract(xml) == "about x2 here"


@pytest.mark.parametrize("xml", ["<jats:p>Abstract</jats:p>", "<jats:title>Abstract</jats:title>", "", None])
def test_an_abstract_that_only_says_abstract_is_empty(xml):
    assert jats_abstract(xml) == ""


def test_jats_is_read_as_far_as_it_goes_when_broken():
    assert jats_abstract("<jats:p>cut <jats:italic>off") == "cut off"


def test_a_leading_label_abstract_goes():
    assert jats_abstract("<p>Abstract. We asked why.</p>") == "We asked why."
    assert jats_abstract("<p>Abstract thinking is hard.</p>") == "Abstract thinking is hard."


def test_the_inverted_index_is_put_back_in_order():
    assert inverted_index({"is": [1, 4], "This": [0], "what": [3], "it,": [2]}) == "This is it, what is"
    assert inverted_index({"far": [10**12], "near": [0]}) == "near far"
    assert inverted_index({"a": [0], "b": [0]}) == "a b"
    assert inverted_index(None) == ""


@given(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8), max_size=60))
def test_any_text_survives_its_inverted_index(words):
    index: dict[str, list[int]] = {}
    for position, word in enumerate(words):
        index.setdefault(word, []).append(position)
    assert inverted_index(index) == " ".join(words)


@given(st.text(st.characters(categories=["L", "N", "Po"], exclude_characters="<>&"), max_size=200))
def test_text_without_markup_comes_through_whole(text):
    assert plain(f"<p>{text}</p>") == text == plain(text)


@given(st.text(max_size=300))
def test_no_text_makes_it_fail(text):
    for function in (plain, jats_abstract, unescape, language_code):
        assert isinstance(function(text), str)


def test_sections_are_written_as_medline_prints_them():
    assert section("Background:", "We  asked.") == "BACKGROUND: We asked."
    assert section(None, "We asked.") == "We asked."
    assert section("UNLABELLED", "We asked.") == "We asked."
    assert section("Methods", "") == ""


def test_the_first_text_of_whatever_it_is():
    assert first_text(["", "A &amp; B"]) == "A & B"
    assert first_text("x") == "x"
    assert first_text(None) == ""


@pytest.mark.parametrize(
    ("given_text", "code"),
    [
        ("English", "eng"), ("en", "eng"), ("EN", "eng"), ("eng", "eng"), ("en-GB", "eng"), ("en_US", "eng"),
        ("deu", "ger"), ("ger", "ger"), ("German", "ger"), ("fra", "fre"), ("Français", "fre"),
        ("English; French", "eng;fre"), ("eng,spa", "eng;spa"), ("English and Welsh", "eng;wel"),
        ("English, English", "eng"), ("English, summary in French", "eng"), ("Scottish Gaelic", "gla"),
        ("Chinese (Simplified)", "chi"), ("Brazilian Portuguese", "por"), ("Norwegian Bokmål", "nob"),
        ("Inglês", "eng"), ("Francese", "fre"), ("Khmer", "khm"),
        ("Klingon", "klingon"), ("", ""), (None, ""), ("Multiple languages", "mul"),
    ],
)  # fmt: skip
def test_languages_become_medline_codes(given_text, code):
    assert language_code(given_text) == code

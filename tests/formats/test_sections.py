import pytest
from hypothesis import given
from hypothesis import strategies as st

from livingscan.formats.repair import repair
from livingscan.formats.sections import abstract_text


def test_labelled_runs_are_cut_into_sections():
    run = "BACKGROUND: We asked. METHODS: Talks; IT: used. RESULTS: ten. CONCLUSION: x."
    assert abstract_text(run) == "BACKGROUND: We asked.\nMETHODS: Talks; IT: used.\nRESULTS: ten.\nCONCLUSION: x."
    mixed = "Introduction: One. Method(s): Two. Results and conclusions: Three."
    assert abstract_text(mixed) == "Introduction: One.\nMethod(s): Two.\nResults and conclusions: Three."


@pytest.mark.parametrize("text", ["We found it: yes. It is the case: no.", "One label. Conclusion: only one.", ""])
def test_running_text_is_left_alone(text):
    assert abstract_text(text) == text


def test_no_letter_is_lost():
    text = "Aim: A. Design: B.METHODS: C. Results: D"
    assert abstract_text(text).replace("\n", "").replace(" ", "") == text.replace(" ", "")


@given(st.lists(st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=12), max_size=60))
def test_words_stay_in_order(words):
    text = " ".join(words).replace("<", "").replace("&", "")
    assert abstract_text(text).split() == text.split()


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        ("MartÃ­nez and FranÃ§ois", "Martínez and François"),
        ("wardsâ€™ culture", "wards’ culture"),
        ("Martínez", "Martínez"),
        ("“Â£5” for all", "“£5” for all"),
        ("Ça va? Ärzte, naïve, Ångström, 5 µg ± 2", "Ça va? Ärzte, naïve, Ångström, 5 µg ± 2"),
        ("Состояние рецепторного", "Состояние рецепторного"),
        ("플랫폼 노동시장", "플랫폼 노동시장"),
    ],
)
def test_mojibake_is_repaired_where_it_is_clear(bad, good):
    assert repair(bad) == good

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livingscan.protocol import load_protocol
from livingscan.records import StatusLink, make_record
from livingscan.screening.fields import field_text
from livingscan.screening.flags import arm, flags_for, likely_eligible, merge_flags, priority

PROTOCOL = load_protocol(Path(__file__).resolve().parents[2] / "review")


def record(**fields):
    return make_record(**({"source": "test", "source_id": "1"} | fields))


def flags(**fields):
    return {flag.kind: flag for flag in flags_for(record(**fields), PROTOCOL)}


def group(**fields):
    found = flags(**fields).get("setting_group")
    return found.value if found else ""


GOOD = {
    "title": "Barriers to a quality improvement project in NHS hospitals: an interview study",
    "abstract": "We interviewed 20 staff. Lack of time was the main barrier.",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We studied ten NHS trusts.", "nhs"),
        ("Staff of the National Health Service were interviewed.", "nhs"),
        ("Nurses in Scottish hospitals took part.", "nhs"),
        ("A survey of general practices in Northern Ireland.", "nhs"),
        ("Interviews in Birmingham hospitals.", "nhs"),
        ("A survey of firms in the UK.", "rest_of_uk"),
        ("Nurses' Health Study (NHS) participants in Boston.", "elsewhere"),
        ("Cells were fixed with N-hydroxysuccinimide (NHS) esters; NHS was removed.", ""),
        ("The New Hampshire Seacoast (NHS) clinics.", "elsewhere"),
        ("The Italian National Health Service (NHS) reimburses it; the NHS pays.", "elsewhere"),
        ("The Portuguese NHS was reformed.", "elsewhere"),
        ("Clinics in London, Ontario were visited.", "elsewhere"),
        ("Hospitals in Birmingham, Alabama took part.", "elsewhere"),
        ("University of Alabama at Birmingham clinics.", "elsewhere"),
        ("Primary care in New England.", "elsewhere"),
        ("Hospitals in New South Wales.", "elsewhere"),
        ("General practices in British Columbia.", "elsewhere"),
        ("A Dutch tool was tried in an NHS ward.", "nhs"),
        ("Hospitals in the UK and in the Netherlands.", "mixed"),
        ("Focus groups with Danish nurses.", "elsewhere"),
        ("Scores on the Edinburgh Postnatal Depression Scale.", ""),
        ("Northern Ireland health and social care trusts.", "nhs"),
        ("ultrasound (US) was used, and US was quick.", ""),
        ("Let us know.", ""),
        ("People of African Caribbean heritage.", ""),
        ("", ""),
    ],
)
def test_where_a_study_took_place(text, expected):
    assert group(title="A study", abstract=text) == expected


def test_care_homes_schools_and_the_like_are_the_rest_of_the_uk_unless_the_nhs_is_named():
    assert group(title="Medicines in care homes in England", abstract="Nurses were asked.") == "rest_of_uk"
    assert group(title="Medicines in care homes in England", abstract="NHS nurses were asked.") == "nhs"


def test_a_passing_mention_does_not_make_a_study_mixed():
    text = "Ten NHS trusts. The NHS was changing. NHS staff and NHS managers spoke. One had worked in Canada."
    assert group(title="Work in England", abstract=text) == "nhs"


def test_addresses_are_weaker_than_words_and_count_only_if_they_agree():
    title = "Barriers to implementing a checklist: an interview study"
    words = flags(title=title, abstract="In England.", affiliations=["Harvard, Boston, USA"])
    assert (words["nhs_setting"].value, words["nhs_setting"].field) == ("yes", "abstract")
    addresses = flags(title=title, abstract="In a hospital.", affiliations=["Leeds Teaching Hospitals NHS Trust, UK"])
    assert (addresses["nhs_setting"].value, addresses["nhs_setting"].field) == ("unclear", "affiliations")
    assert addresses["setting_group"].value == "nhs"
    both = flags(title=title, abstract="In a hospital.", affiliations=["Leeds, UK", "Toronto, Canada"])
    assert "nhs_setting" not in both
    town = flags(title=title, abstract="In a hospital.", affiliations=["School, Birmingham, AL 35294, USA"])
    assert town["setting_group"].value == "elsewhere"


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("barrier_content", "The blood-brain barrier was crossed.", None),
        ("barrier_content", "Skin barrier function improved.", None),
        ("barrier_content", "No barriers were reported.", None),
        ("barrier_content", "Barriers were reported.", "yes"),
        ("barrier_content", "It was hampered by turnover.", "yes"),
        ("barrier_content", "Antimicrobial resistance rose.", None),
        ("barrier_content", "Attitudes were surveyed.", "unclear"),
        ("improvement_initiative", "Image quality improvement by denoising.", None),
        ("improvement_initiative", "A quality-improvement collaborative.", "yes"),
        ("improvement_initiative", "Implementing the guideline.", "yes"),
        ("improvement_initiative", "An intervention.", "unclear"),
        ("empirical_data", "Semi-structured interviews.", "yes"),
        ("empirical_data", "Staff (n = 12) took part.", "yes"),
        ("empirical_data", "A scoping review.", "unclear"),
        ("empirical_data", "In this perspective, we look ahead.", "no"),
        ("empirical_data", "Hello.", None),
        ("reconfiguration", "The merger of two hospitals.", "yes"),
    ],
)
def test_criteria_by_their_words(kind, text, value):
    found = flags(title="Something", abstract=text).get(kind)
    assert (found.value if found else None) == value


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"title": "Editorial: time to act"}, "not_a_study.editorial"),
        ({"title": "Time to act", "publication_types": ["Journal Article", "Editorial"]}, "not_a_study.editorial"),
        ({"title": "Letter to the editor"}, "not_a_study.letter"),
        ({"title": "Erratum to: Time to act"}, "not_a_study.erratum"),
        ({"title": "Correction: Time to act"}, "not_a_study.erratum"),
        ({"title": "Comment on: Time to act"}, "not_a_study.comment"),
        ({"title": "Retraction: Time to act"}, "not_a_study.retraction notice"),
        ({"title": "Time to act: study protocol for a trial"}, "not_a_study.protocol"),
        ({"title": "Time to act: a protocol."}, "not_a_study.protocol"),
        ({"title": "Time to act", "publication_types": ["news"]}, "not_a_study.news"),
        ({"title": "Adherence to a sepsis protocol in two wards"}, None),
        ({"title": "Correction of hyponatraemia in wards"}, None),
        ({"title": "Response to treatment in 20 patients"}, None),
        ({"title": "Commentaries as a form of feedback"}, None),
        ({"title": "Perspectives of nurses: a qualitative study"}, None),
        ({"title": "Opinion leaders in practice change"}, None),
    ],
)
def test_what_is_no_study(fields, rule):
    found = flags(**fields).get("not_a_study")
    assert (found.rule.rsplit(":", 1)[0] if found else None) == rule or (found and found.rule.startswith(f"{rule}:"))


def test_standing_of_a_report():
    link = StatusLink("retracted_by", "pmid:5", "RetractionIn")
    assert flags(title="A", status_links=[link])["retracted"].quote == "retracted_by pmid:5 RetractionIn"
    assert flags(title="A", publication_types=["Retracted Publication"])["retracted"].field == "publication_types"
    assert flags(title="RETRACTED: A")["retracted"].field == "title"
    assert "retracted" not in flags(title="A", status_links=[StatusLink("retraction_of", "pmid:5")])
    assert "concern" in flags(title="A", status_links=[StatusLink("concern_by", "doi:10.1/x")])
    assert "retracted" not in flags(title="Patients who were retracted by surgeons")


def test_language_and_missing_abstract():
    assert flags(title="A", language="ger")["language"].quote == "ger"
    assert "language" not in flags(title="A", language="ger;eng")
    assert "language" not in flags(title="A", language="und")
    assert "language" not in flags(title="A")
    assert flags(title="A")["no_abstract"].quote == ""
    assert "no_abstract" not in flags(title="A", abstract="B")


def test_likely_eligible_needs_improvement_barriers_and_something_of_data():
    good = flags_for(record(**GOOD), PROTOCOL)
    assert arm(good) == "nhs"
    assert likely_eligible(good)
    abroad = flags_for(record(title=GOOD["title"].replace("NHS", "Canadian"), abstract=GOOD["abstract"]), PROTOCOL)
    assert arm(abroad) == "comparison"
    for change in (
        {"title": "Lack of time in NHS hospitals: an interview study"},
        {"title": "A quality improvement project in NHS hospitals: interviews", "abstract": "It went well."},
        {"title": "Editorial: " + GOOD["title"]},
        {"title": "RETRACTED: " + GOOD["title"]},
    ):
        assert not likely_eligible(flags_for(record(**(GOOD | change)), PROTOCOL))


def test_the_comparison_needs_health_care():
    abstract = "We interviewed 20 farmers. Lack of time was the main barrier to implementing it."
    assert arm(flags_for(record(title="A quality improvement project in potatoes", abstract=abstract), PROTOCOL)) == ""
    assert (
        arm(
            flags_for(
                record(title="A quality improvement project in wards", abstract=abstract + " Patients gained."),
                PROTOCOL,
            )
        )
        == "comparison"
    )


def test_a_report_says_what_any_of_its_records_says():
    full = flags_for(record(**GOOD), PROTOCOL)
    bare = flags_for(record(title=GOOD["title"], language="ger"), PROTOCOL)
    merged = {flag.kind: flag for flag in merge_flags([bare, full])}
    assert "no_abstract" not in merged
    assert "language" in merged
    assert merged["improvement_initiative"].value == "yes"
    assert {flag.kind for flag in merge_flags([bare])} == {flag.kind for flag in bare}
    assert merge_flags([]) == ()


def test_priority_orders_and_flags_that_speak_against_lower_it():
    def score(**fields):
        return priority(flags_for(record(**fields), PROTOCOL), PROTOCOL)

    best = score(**GOOD)
    abroad = score(title=GOOD["title"].replace("NHS", "Danish"), abstract=GOOD["abstract"])
    other = score(title="Crystals of salt", abstract="They grow in Denmark.")
    assert best > abroad > other
    assert score(**GOOD, language="ger") < best
    assert score(**GOOD, publication_types=["Editorial"]) < best
    bare = score(title="Reorganising a ward")
    assert score(title="Crystals of salt", abstract="They grow.") < bare < best


SOME = """NHS UK England (UK) New London, Ontario barrier barriers no blood-brain quality improvement
implementing interviews n = 12 Editorial: RETRACTED: study protocol Nurses' Health Study (NHS) lack of
time \u2019 é 日本 İ <b> [ ] ; ."""
WORDS = st.sampled_from([*SOME.split(), "\n"])
TEXT = st.lists(WORDS | st.text(max_size=6), max_size=25).map(" ".join)


@settings(deadline=None, max_examples=200)
@given(
    title=TEXT,
    abstract=TEXT,
    keywords=st.lists(TEXT, max_size=3),
    affiliations=st.lists(TEXT, max_size=3),
    types=st.lists(st.sampled_from(["Editorial", "Journal Article", "retracted publication"]) | TEXT, max_size=3),
    links=st.lists(st.builds(StatusLink, st.sampled_from(["retracted_by", "concern_by"]), TEXT, TEXT), max_size=2),
    language=st.sampled_from(["", "eng", "ger", "fre;ger", "und"]),
)
def test_every_flag_shows_the_very_words_it_rests_on(title, abstract, keywords, affiliations, types, links, language):
    one = record(
        title=title,
        abstract=abstract,
        keywords=keywords,
        affiliations=affiliations,
        publication_types=types,
        status_links=links,
        language=language,
    )
    found = flags_for(one, PROTOCOL)
    assert len({flag.kind for flag in found}) == len(found)
    for flag in found:
        assert field_text(one, flag.field)[flag.start : flag.end] == flag.quote
        assert flag.quote or flag.kind == "no_abstract"
        assert flag.rule
    assert found == flags_for(one, PROTOCOL)
    assert isinstance(priority(found, PROTOCOL), float)


def test_of_a_text_without_end_only_the_beginning_is_looked_at():
    endless = "NHS barrier (NHS) lack of " * 100_000
    found = {flag.kind: flag for flag in flags_for(record(title=endless, abstract=endless), PROTOCOL)}
    assert found["nhs_setting"].start == 0
    late = flags_for(record(title="A", abstract="x " * 100_000 + "NHS"), PROTOCOL)
    assert "nhs_setting" not in {flag.kind for flag in late}

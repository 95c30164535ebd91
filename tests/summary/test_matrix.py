from hypothesis import given, settings
from hypothesis import strategies as st

from livingscan.summary.matrix import Said, StudyFacts, count_tiers, group_of, headline_of, studies_naming, tier_of
from livingscan.summary.model import ANY, TIERS

THEMES = ["time", "leadership", "data_use"]
SAID = st.builds(
    Said,
    st.sampled_from(THEMES),
    st.sampled_from(["development", "delivery", "dissemination", ""]),
    st.sampled_from(["barrier", "facilitator", "neutral"]),
    st.sampled_from(["title", "abstract", "full-text"]),
)
STUDIES = st.lists(
    st.builds(
        lambda tier, group, said: (tier, group, tuple(said)),
        st.sampled_from(TIERS),
        st.sampled_from(["nhs", "rest_of_uk", "elsewhere", "mixed", ""]),
        st.lists(SAID, max_size=6),
    ),
    max_size=12,
).map(lambda rows: [StudyFacts(number, *row) for number, row in enumerate(rows)])


@settings(deadline=None, max_examples=200)
@given(STUDIES, st.randoms())
def test_counting(studies, random):
    tiers = count_tiers(studies)
    assert [tier.tier for tier in tiers] == list(TIERS)
    # Every study is in one tier and in one group of it.
    assert sum(tier.studies for tier in tiers) == len(studies)
    for tier in tiers:
        mine = [one for one in studies if one.tier == tier.tier]
        assert sum(tier.by_group.values()) == tier.studies == len(mine)
        for cell in tier.cells:
            members = [one for one in mine if one.group == cell.group]
            assert cell.of == len(members)
            for polarity in ("barrier", "facilitator", "neutral"):
                naming = [
                    one
                    for one in members
                    if any(
                        said.theme == cell.theme and said.polarity == polarity and cell.phase in (ANY, said.phase)
                        for said in one.said
                    )
                ]
                assert getattr(cell, polarity) == len(naming) <= cell.of
        for theme in THEMES:
            for group in ("nhs", "elsewhere", ""):
                phases = [
                    tier.cell(theme, phase, group).barrier for phase in ("development", "delivery", "dissemination", "")
                ]
                assert max(phases) <= tier.cell(theme, ANY, group).barrier <= sum(phases)
    # The order in which studies come, and how often one says a thing, does not matter.
    shuffled = [StudyFacts(one.study, one.tier, one.group, one.said * 2) for one in studies]
    random.shuffle(shuffled)
    assert count_tiers(shuffled) == tiers
    assert headline_of(tiers) == next((tier for tier in TIERS if any(one.tier == tier for one in studies)), "")


def test_an_empty_cell_is_none_of_those_there_are():
    tier = count_tiers([StudyFacts(1, "suggested", "nhs")])[1]
    assert (tier.cell("time", ANY, "nhs").barrier, tier.cell("time", ANY, "nhs").of) == (0, 1)
    assert tier.cell("time", ANY, "elsewhere").of == 0


def test_the_tier_of_a_study():
    def tier(*states, likely=False, passed=False, confirmed=False):
        return tier_of(states, likely=likely, passed=passed, confirmed=confirmed)

    assert tier("included", confirmed=True) == "confirmed"
    assert tier("included", "undecided", likely=True) == "suggested"
    assert tier("undecided", likely=True, confirmed=True) == "provisional"
    assert tier("undecided", passed=True) == "provisional"
    assert tier("undecided") is None
    assert tier("excluded", likely=True) is None
    assert tier("excluded", "undecided", likely=True) == "provisional"


def test_the_group_of_a_study():
    assert group_of([]) == ""
    assert group_of(["", "rest_of_uk", "nhs"]) == "nhs"
    assert group_of(["rest_of_uk"]) == "rest_of_uk"
    assert group_of(["elsewhere", "nhs"]) == "mixed"
    assert group_of(["mixed", "nhs"]) == "mixed"
    assert group_of(["elsewhere", ""]) == "elsewhere"


def test_a_study_that_names_two_themes_of_a_hypothesis_counts_once():
    said = (Said("time", "", "barrier", "abstract"), Said("data_use", "", "barrier", "abstract"))
    helps = (Said("time", "", "facilitator", "abstract"),)
    studies = [StudyFacts(1, "confirmed", "nhs", said), StudyFacts(2, "confirmed", "nhs", helps)]
    assert studies_naming(studies, "confirmed", "nhs", ["time", "data_use"]) == (1, 2)
    assert studies_naming(studies, "suggested", "nhs", ["time"]) == (0, 0)

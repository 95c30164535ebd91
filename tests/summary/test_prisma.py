from livingscan.screening.decisions import NO_FULL_TEXT, Place
from livingscan.store.summary_queries import FlowCounts
from livingscan.summary.prisma import LABELS, UNDER_WAY, flow

# The keys of the PRISMA2020 flow diagram tool's CSV, in its order (see DOMAIN of the project).
KEYS = """previous_studies previous_reports database_results database_specific_results register_results
register_specific_results website_results organisation_results citations_results duplicates excluded_automatic
excluded_other records_screened records_excluded dbr_sought_reports dbr_notretrieved_reports other_sought_reports
other_notretrieved_reports dbr_assessed dbr_excluded other_assessed other_excluded new_studies new_reports
total_studies total_reports""".split()


def test_every_key_of_the_tool_has_a_value():
    values = flow(FlowCounts({}, {}, 0, 0, 0), {}, {})
    assert list(LABELS) == KEYS
    assert list(values) == [*LABELS, *UNDER_WAY]
    assert all(value == 0 or value == "" for value in values.values())


def test_the_flow_adds_up():
    places = {
        1: Place("include", "include", "included"),
        2: Place("include", "include", "included"),
        3: Place("exclude", "", "excluded", "no empirical data"),
        4: Place("include", "exclude", "excluded", "no empirical data"),
        5: Place("include", "exclude", "excluded", NO_FULL_TEXT),
        6: Place("include", "", "undecided"),
        7: Place("unsure", "", "undecided"),
        8: Place("", "", "undecided"),
        9: Place("conflict", "", "undecided"),
        10: Place("include", "conflict", "undecided"),
    }
    studies = {number: 1 if number in (1, 2) else number for number in places}
    counts = FlowCounts({"pubmed": 10, "europepmc": 4}, {"CINAHL": 2, "pubmed": 1}, 16, 12, 11)
    values = flow(counts, places, studies, titles={"pubmed": "PubMed"})
    assert values["database_results"] == 17
    assert values["database_specific_results"] == "CINAHL, 2; PubMed, 11; europepmc, 4"
    assert values["duplicates"] == 4
    assert values["excluded_automatic"] == 0
    assert values["records_screened"] == 9
    assert values["records_excluded"] == 1
    assert values["dbr_sought_reports"] == 6
    assert values["dbr_notretrieved_reports"] == 1
    assert values["dbr_assessed"] == 4
    assert values["dbr_excluded"] == "no empirical data, 1"
    assert (values["new_studies"], values["new_reports"]) == (1, 2)
    assert (values["records_unresolved"], values["dbr_awaiting"], values["dbr_unresolved"]) == (2, 1, 1)
    screened = values["records_excluded"] + values["dbr_sought_reports"] + values["records_unresolved"]
    assert screened == values["records_screened"]
    assert values["dbr_assessed"] == 1 + values["total_reports"] + values["dbr_unresolved"]
    assert values["dbr_sought_reports"] == 1 + values["dbr_assessed"] + values["dbr_awaiting"]
    assert (values["total_studies"], values["total_reports"]) == (1, 2)
    later = flow(counts, places, studies, previous=(1, 1))
    assert (later["previous_studies"], later["new_studies"], later["total_studies"]) == (1, 0, 1)

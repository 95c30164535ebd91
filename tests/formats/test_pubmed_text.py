from livingscan.records import Unreadable
from tests.formats.make import read, records

ABSTRACTS = """
1. BMC Public Health. 2021 Aug 17;21(1):1556. doi: 10.1186/s12889-021-11623-w.

Barriers and facilitators to change by older wards: a scoping
review.

Wilson J(1), Heinsch M(2), Kay-Lambkin F(2)(3).

Author information:
(1)A Trust.
(2)A School.

BACKGROUND: Limited attention
has been paid.
METHODS: 1. Databases were searched.

© 2021. The Author(s).

DOI: 10.1186/s12889-021-11623-w
PMCID: PMC8369710
PMID: 34399716 [Indexed for MEDLINE]

Conflict of interest statement: None.


2. J Inv Care. 2020;1:2.

Second.

Bell T.

Erratum in
    J Inv Care. 2021;2:3. PMID: 77.

PMID: 34399717
"""

SUMMARY = """1: Smith JA, Jones B. Why wards stall. J Health Serv Res. 2020 Jan 5;12(3):34-40. doi: 10.1000/x. PMID: 12345678; PMCID: PMC123456.
2: WHO Group. Second title? BMJ. 2019;1:2. PMID: 12345679.
"""  # noqa: E501


def test_abstract_pages():
    first, second = records(ABSTRACTS)
    assert first.title == "Barriers and facilitators to change by older wards: a scoping review."
    assert first.authors == ("Wilson, J", "Heinsch, M", "Kay-Lambkin, F")
    assert (first.pmid, first.pmcid, first.doi) == ("34399716", "PMC8369710", "10.1186/s12889-021-11623-w")
    assert (first.journal, first.volume, first.issue, first.pages) == ("BMC Public Health", "21", "1", "1556")
    assert str(first.published) == "2021-08-17"
    assert first.abstract == "BACKGROUND: Limited attention has been paid.\nMETHODS: 1. Databases were searched."
    assert (first.source, first.source_id) == ("pubmed", "34399716")
    assert (second.pmid, second.authors) == ("34399717", ("Bell, T",))
    assert [(link.kind, link.target) for link in second.status_links] == [("corrected_by", "pmid:77")]


def test_summary_pages():
    first, second = records(SUMMARY)
    assert (first.title, first.authors) == ("Why wards stall.", ("Smith, JA", "Jones, B"))
    assert (first.journal, first.volume, first.issue, first.pages) == ("J Health Serv Res", "12", "3", "34-40")
    assert (first.pmid, first.pmcid, first.doi, first.year) == ("12345678", "PMC123456", "10.1000/x", 2020)
    assert second.title.endswith("Second title?")


def test_an_entry_without_a_pmid_is_reported():
    _, second = read(SUMMARY.replace("PMID: 12345679", "no id"))
    assert isinstance(second, Unreadable)

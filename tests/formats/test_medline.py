from livingscan.records import StatusLink
from tests.formats.make import record, records

ENTRY = """PMID- 30000001
OWN - NLM
STAT- MEDLINE
LR  - 20210109
IS  - 1878-0849 (Electronic)
VI  - 63
IP  - 2
DP  - 2020 Feb 3
TI  - Why improvement stalls: a study of wards in
      two hospitals.
PG  - 103-9
LID - S1769-7212(19)30059-X [pii]
LID - 10.1000/j.one.2019 [doi]
AB  - BACKGROUND: We asked why 5% of
      wards stall. METHODS: Interviews. RESULTS: Ten
      barriers. CONCLUSIONS: Many.
CI  - Copyright (c) 2020.
FAU - Okafor, Ngozi
AU  - Okafor N
AD  - A Trust, Leeds.
FAU - Smith, Jane A
AU  - Smith JA
CN  - Ward Study Group
LA  - eng
PT  - Journal Article
PT  - Retracted Publication
RIN - BMJ. 2021 Jan 1;372:n1. doi: 10.1136/bmj.n1. PMID: 33333333
EIN - BMJ. 2020;1:2
PL  - England
TA  - J Inv Care
JT  - Journal of invented care
MH  - *Quality Improvement/organization & administration/*trends
MH  - Humans
OT  - *barriers
PMC - PMC7026692
CRDT- 2019/03/29 06:00
EDAT- 2019/03/30 06:00
AID - 10.1000/j.one.2019 [doi]
SO  - J Inv Care. 2020 Feb 3;63(2):103-9. doi: 10.1000/j.one.2019.
"""


def test_every_field_of_an_article():
    found = record("\n" + ENTRY)
    assert (found.source, found.source_id, found.pmid, found.pmcid) == ("pubmed", "30000001", "30000001", "PMC7026692")
    assert found.title == "Why improvement stalls: a study of wards in two hospitals."
    assert found.abstract.split("\n") == [
        "BACKGROUND: We asked why 5% of wards stall.",
        "METHODS: Interviews.",
        "RESULTS: Ten barriers.",
        "CONCLUSIONS: Many.",
    ]
    assert found.authors == ("Okafor, Ngozi", "Smith, Jane A", "Ward Study Group")
    assert (found.year, str(found.published)) == (2020, "2020-02-03")
    assert (found.journal, found.journal_abbreviation) == ("Journal of invented care", "J Inv Care")
    assert (found.volume, found.issue, found.pages) == ("63", "2", "103-9")
    assert found.doi == "10.1000/j.one.2019"
    assert ("pii", "S1769-7212(19)30059-X") in found.other_ids
    assert found.mesh == (
        "Quality Improvement/organization & administration",
        "Quality Improvement/trends",
        "Humans",
    )
    assert found.keywords == ("barriers",)
    assert (str(found.added), str(found.revised)) == ("2019-03-29", "2021-01-09")
    assert found.url == "https://pubmed.ncbi.nlm.nih.gov/30000001/"


def test_retractions_and_corrections_are_links():
    assert record(ENTRY).status_links == (
        StatusLink("retracted_by", "pmid:33333333", "RetractionIn"),
        StatusLink("corrected_by", "BMJ. 2020;1:2", "ErratumIn"),
    )


def test_entries_are_cut_at_pmids_even_without_blank_lines():
    second = ENTRY.replace("30000001", "30000002")
    assert [found.pmid for found in records(ENTRY + second)] == ["30000001", "30000002"]
    assert [found.pmid for found in records(ENTRY + "\n\n" + second)] == ["30000001", "30000002"]


def test_a_blank_line_inside_an_entry_does_not_end_it():
    found = record(ENTRY.replace("CI  -", "\nCI  -"))
    assert found.authors == ("Okafor, Ngozi", "Smith, Jane A", "Ward Study Group")


def test_short_names_where_there_are_no_full_ones():
    assert record("PMID- 1\nTI  - T.\nAU  - Smith JA\nAU  - Bell T\nDP  - 1960\n").authors == ("Smith, JA", "Bell, T")


def test_eric_has_no_pmid():
    text = (
        "OWN - ERIC\nTI  - Paper title\nAU  - Smith, Tom\nOID - EJ1131633\nAID - http://dx.doi.org/10.1000/123\n"
        "LID - http://eric.ed.gov/?id=EJ1131633\nDP  - 2000\nLA  - English\n\n"
        "OWN - ERIC\nTI  - Second\nOID - EJ1131634\n"
    )
    first, second = records(text)
    assert (first.source, first.source_id, first.doi) == ("eric", "EJ1131633", "10.1000/123")
    assert first.url == "http://eric.ed.gov/?id=EJ1131633"
    assert second.title == "Second"


def test_a_chapter_of_a_book():
    found = record(
        "PMID- 3\nPB  - An Office\nDP  - 2012\nTI  - A chapter.\nBTI - The book\nCP  - 75\nPG  - 1-19\n"
        "AID - NBK608168 [bookaccession]\n"
    )
    assert (found.title, found.journal, found.entry_type, found.pages) == ("A chapter.", "The book", "chapter", "1-19")


def test_a_translated_title_keeps_the_original():
    found = record("PMID- 4\nTI  - [Why nothing changes].\nTT  - Warum sich nichts ändert.\nLA  - ger\n")
    assert found.title_original == "Warum sich nichts ändert."
    assert found.language == "ger"

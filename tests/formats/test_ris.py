from livingscan.records import Fetched, StatusLink, Unreadable
from tests.formats.make import read, record, records

PLAIN = """TY  - JOUR
AU  - Okafor, Ngozi
AU  - Smith JA
A2  - Editor, Not Author
TI  - Why improvement stalls on wards
T2  - Journal of Invented Care
J2  - J Inv Care
PY  - 2021
DA  - 2021/03/04/
VL  - 12
IS  - 3
SP  - 221
EP  - 228
SN  - 0028-0836
DO  - https://dx.doi.org/10.1000/ABC.1
UR  - https://example.org/paper
LA  - English
KW  - *Barriers
KW  - Culture
AB  - We asked staff why.
ER  - 
"""


def test_the_plain_case():
    found = record(PLAIN)
    assert found.title == "Why improvement stalls on wards"
    assert found.authors == ("Okafor, Ngozi", "Smith, JA")
    assert (found.year, str(found.published)) == (2021, "2021-03-04")
    assert (found.journal, found.journal_abbreviation) == ("Journal of Invented Care", "J Inv Care")
    assert (found.volume, found.issue, found.pages) == ("12", "3", "221-228")
    assert found.doi == "10.1000/abc.1"
    assert found.issns == ("0028-0836",)
    assert found.language == "eng"
    assert found.keywords == ("Barriers", "Culture")
    assert found.entry_type == "article"
    assert found.url == "https://example.org/paper"
    assert (found.source, found.source_id) == ("ris", "10.1000/abc.1")


def test_every_line_end_encoding_and_mark_gives_the_same_record():
    text = PLAIN.replace("Okafor", "Müller")
    want = record(text)
    assert want.authors[0] == "Müller, Ngozi"
    for variant in (
        text.replace("\n", "\r\n").encode(),
        text.replace("\n", "\r").encode(),
        b"\xef\xbb\xbf" + text.encode(),
        text.encode("utf-16"),
        text.encode("utf-16-le"),
        text.encode("utf-16-be"),
        text.encode("utf-32"),
        text.encode("cp1252"),
        text.encode("latin-1"),
        text.replace("Why", "W\x00hy").encode(),
        b"\n\n" + text.encode(),
    ):
        assert record(variant) == want


def test_a_file_of_two_encodings_keeps_every_letter():
    both = PLAIN.replace("Okafor", "Müller").encode() + PLAIN.replace("Okafor", "Göbel").encode("cp1252")
    assert [found.authors[0] for found in records(both)] == ["Müller, Ngozi", "Göbel, Ngozi"]


def test_mojibake_is_repaired_and_good_text_is_not_touched():
    assert record(PLAIN.replace("Okafor", "MÃ¼ller")).authors[0] == "Müller, Ngozi"
    for good in ("Âge et santé", "naïve “quotes” – dashes", "CO₂ ≥ 5 µg", "Ärzte in Ångström"):
        assert record(PLAIN.replace("Why improvement stalls on wards", good)).title == good


def test_cochrane_has_two_blanks_preambles_and_the_pmid_in_c3():
    text = """Record #3 of 18
Provider: John Wiley & Sons, Ltd.
Content: text/plain; charset="UTF-8"

TY  -  JOUR
AN  -  CN-00000001
A1  -  Bell, T
T1  -  One trial
PY  -  2011
C3  -  PUBMED 21314999
ER  -  

Record #4 of 18
Provider: John Wiley & Sons, Ltd.
Content: text/plain; charset="UTF-8"

TY  -  JOUR
AN  -  CN-00000002
T1  -  Another trial
ER  -  
"""
    first, second = records(text)
    assert (first.source, first.source_id, first.pmid) == ("cochrane", "CN-00000001", "21314999")
    assert first.authors == ("Bell, T",)
    assert second.source_id == "CN-00000002"


def test_ovid_numbers_dates_and_database():
    found = record(
        "2. \nTY  - JOUR\nDB  - APA PsycInfo <2021>\nID  - 2021-94054-001\nT1  - A title.\nA1  - Vasa, Roma A\n"
        "Y1  - 1989//\nN2  - Background: One. Method: Two. Results: Three.\nPT  - Journal, Peer Reviewed Journal\n"
        "M1  - Someone (2000). A cited work. https://dx.doi.org/10.1000/not-mine\nER  -\n"
    )
    assert (found.source, found.source_id) == ("psycinfo", "2021-94054-001")
    assert found.year == 1989
    assert found.abstract == "Background: One.\nMethod: Two.\nResults: Three."
    assert found.doi == ""
    assert found.publication_types == ("Journal", "Peer Reviewed Journal")


def test_a_preamble_names_the_database_of_what_follows():
    preamble = "Provider: American Psychological Association\nDatabase: PsycINFO\n\n"
    found = record(f"{preamble}TY  - JOUR\nPMID  - 33355555\nT1  - T\nER  -\n")
    assert (found.source, found.pmid) == ("psycinfo", "33355555")


def test_ebsco_keeps_the_doi_in_l3_and_the_accession_number_in_a_note():
    found = record(
        "TY  - JOUR\nT1  - Nursing and change.\nL3  - 10.1000/xyz\nDP  - EBSCOhost\nDB  - ccm\n"
        "AB  - It is hard.\n"
        "AB  - Copyright of Journal of X is the property of Y and its content may not be copied or emailed.\n"
        "N1  - Accession Number: 176404503; Smith, A 1; Affiliation: 1: Ward\n"
        "UR  - https://search.ebscohost.com/login.aspx?direct=true&db=ccm&AN=176404503&site=ehost-live\nER  - \n"
    )
    assert (found.source, found.source_id, found.doi) == ("cinahl", "176404503", "10.1000/xyz")
    assert found.abstract == "It is hard."


def test_embase_accession_pmid_and_dates_of_entry():
    found = record(
        "TY  - JOUR\nM3  - Article\nU2  - L2029880245\nC5  - 38773066\nDB  - Embase\nDB  - Medline\n"
        "U3  - 2024-05-28\nU4  - 2024-06-04\nT1  - T\nA1  - Yang, Z.\nLA  - English\n"
        "UR  - https://www.embase.com/search/results?subaction=viewrecord&id=L2029880245&from=export\nER  - \n"
    )
    assert (found.source, found.source_id, found.pmid) == ("embase", "L2029880245", "38773066")
    assert str(found.added) == "2024-05-28"
    assert found.publication_types == ("Article",)


def test_endnote_puts_one_value_a_line_and_tags_in_order():
    found = record(
        "TY  - JOUR\nAB  - Text.\nAN  - 21553931\nAU  - Tab, M.\nDA  - Jun\nDP  - NLM\nKW  - Animals\nHumans\n"
        "Disease Models, Animal\nPY  - 2011\nSN  - 0028-0836\nSP  - 349-69\nST  - T\nTI  - T\nID  - 369\nER  -\n"
    )
    assert (found.source, found.source_id, found.pmid) == ("pubmed", "21553931", "21553931")
    assert found.keywords == ("Animals", "Humans", "Disease Models, Animal")
    assert (found.pages, str(found.published)) == ("349-69", "2011-06")


def test_two_tags_on_one_line_as_rayyan_writes_them():
    found = record(
        "TY  - JOUR\nAN  - rayyan-42\nTI  - T\nUR  - https://x.test/1     U2  - L2029880245\n"
        "DO  - 10.1000/x     LK  - https://y.test?id=doi:10.1000%2Fx\nER  - \n"
    )
    assert (found.source, found.source_id) == ("rayyan", "rayyan-42")
    assert found.url == "https://x.test/1"
    assert found.doi == "10.1000/x"


def test_wrapped_lines_join_and_ended_lines_stay():
    wrapped = record(
        "TY  - JOUR\nTI  - A title that\n      goes on\n"
        "AB  - Barriers to the implementation of guidelines are many and\n"
        "      varied, but little is known of what the clinicians think in\n      their own words about them.\nER  - \n"
    )
    assert wrapped.title == "A title that goes on"
    assert "\n" not in wrapped.abstract
    lines = record(
        "TY  - JOUR\nTI  - T\nAB  - Background: We asked.\n   Methods: Interviews.\n   Results: Ten.\nER  - \n"
    )
    assert lines.abstract == "Background: We asked.\nMethods: Interviews.\nResults: Ten."


def test_text_that_looks_like_a_tag_is_text():
    found = record("TY  - JOUR\nTI  - T\nAB  - In short\nER then more, and\nTo - day we\nIn - depth talks\nER  -\n")
    assert found.abstract.split("\n") == ["In short", "ER then more, and", "To - day we", "In - depth talks"]


def test_missing_ends_and_missing_starts_cost_nothing():
    text = (
        "TY  - JOUR\nTI  - One\n\nTY  - JOUR\nTI  - Two\nER\n\nTY  - JOUR\nTI  - Three\nER  - \n\n"
        "TI  - Four without a type\nAU  - A, B\nER  - \n\nTY  - JOUR\nTI  - Five is cut o"
    )
    assert [found.title for found in records(text)] == [
        "One", "Two", "Three", "Four without a type", "Five is cut o",
    ]  # fmt: skip


def test_tags_after_the_end_belong_to_the_entry_before():
    trailer = "NL  - J X\n\nLink to it: https://ovidsp.ovid.com/o?D=psyc16&AN=1\n\n"
    text = f"TY  - JOUR\nTI  - One\nER  -\n{trailer}2.\nTY  - JOUR\nTI  - Two\nER  -\n"
    items = read(text)
    assert len(items) == 2
    assert isinstance(items[0], Fetched)
    assert "NL  - J X" in items[0].raw


def test_loose_habits_lower_case_one_blank_unknown_empty_and_repeated_tags():
    found = record("ty  - JOUR\nti  - Lower\nau  - A, B\nXX  - unknown\nVL  -\nSP  -\nTI  - Again\ner  - \n")
    assert (found.title, found.authors, found.volume) == ("Lower", ("A, B",), "")
    narrow = record("TY - JOUR\nTI - Narrow\nAU - A, B\nER -\n")
    assert (narrow.title, narrow.authors) == ("Narrow", ("A, B",))
    blank = record("TY  - JOUR\n\nTI  - Blank lines\n\nAU  - A, B\n\nER  - \n")
    assert blank.title == "Blank lines"


def test_an_entry_with_nothing_in_it_is_kept_and_reported():
    first, second = read("TY  - GEN\nER  -\n\nTY  - JOUR\nTI  - T\nER  -\n")
    assert isinstance(first, Unreadable)
    assert (first.where, first.raw) == ("file.txt:1", "TY  - GEN\nER  -")
    assert isinstance(second, Fetched)


def test_broken_text_between_entries_is_reported():
    items = read("TY  - JOUR\nTI  - T\nER  - \n\nTI: something broken\nAU: Nobody\n\nTY  - JOUR\nTI  - U\nER  - \n")
    assert [type(item) for item in items] == [Fetched, Unreadable, Fetched]
    assert items[1].where == "file.txt:5"


def test_entries_without_any_describing_field_do_not_share_an_id():
    first, second = records("TY  - GEN\nN1  - One\nER  -\nTY  - GEN\nN1  - Two\nER  -\n")
    assert first.source_id != second.source_id


def test_standing_is_told_by_title_and_type():
    retracted = record("TY  - JOUR\nTI  - RETRACTED: A claim\nER  -\n")
    assert retracted.status_links == (StatusLink("retracted_by", "", "title"),)
    assert retracted.title == "RETRACTED: A claim"
    noted = record("TY  - JOUR\nT1  - A trial. [Erratum appears in BMJ. 2010;340:c1. PMID: 123]\nER  -\n")
    assert noted.title == "A trial."
    assert noted.status_links == (StatusLink("corrected_by", "pmid:123", "ErratumIn"),)
    notice = record("TY  - JOUR\nTI  - Erratum: A trial\nM3  - Erratum\nER  -\n")
    assert [link.kind for link in notice.status_links] == ["correction_of"]


def test_a_chapter_stands_in_its_book_and_a_book_in_no_journal():
    chapter = record("TY  - CHAP\nTI  - The chapter\nT2  - The book\nA2  - Ed, Itor\nAU  - A, B\nER  -\n")
    assert (chapter.journal, chapter.entry_type, chapter.authors) == ("The book", "chapter", ("A, B",))
    book = record("TY  - BOOK\nTI  - The book\nT2  - The series\nA2  - Ed, Itor\nER  -\n")
    assert (book.journal, book.entry_type, book.authors) == ("", "book", ("Ed, Itor",))


def test_the_importer_knows_the_database_better_than_the_file():
    assert record(PLAIN, database="CINAHL (EBSCOhost)").source == "cinahl"
    assert record(PLAIN, database="King's Fund Library").source == "kingsfundlibrary"
    assert record(PLAIN, name="hmic").source == "hmic"


def entry(*lines: str) -> str:
    return "\n".join(["TY  - JOUR", "TI  - T", *lines, "ER  - ", ""])


def test_entities_are_no_marks_between_names_or_keywords():
    found = record(entry("AU  - M&uuml;ller, J&ouml;rg", "KW  - R&amp;D; wards"))
    assert found.authors == ("Müller, Jörg",)
    assert found.keywords == ("R&D", "wards")


def test_an_issue_in_the_tags_of_older_programs():
    assert record(entry("CP  - 8")).issue == "8"
    assert record(entry("M1  - Suppl 2")).issue == "Suppl 2"
    assert record(entry("M1  - 8", "IS  - 3")).issue == "3"
    assert record(entry("CP  - London", "M1  - (Okafor) A Trust, London")).issue == ""


def test_pages_that_are_none():
    assert record(entry("SP  - No", "EP  - Specified")).pages == ""
    assert record(entry("SP  - No Pagination Specified")).pages == ""
    assert record(entry("SP  - e123", "EP  - e130")).pages == "e123-e130"


def test_tags_without_a_blank_behind_the_dash():
    first, second = records("TY  -JOUR\nTI  -One\nAU  -Bell, T\nTY  -JOUR\nTI  -Two-fold\nYR  -2001\n")
    assert (first.title, first.authors) == ("One", ("Bell, T",))
    assert (second.title, second.year) == ("Two-fold", 2001)


def test_a_tag_with_one_blank_among_others_but_not_in_prose():
    found = record(entry("T2  - Journal", "T3 - Series", "AB  - We used", "T2 - weighted images."))
    assert found.journal == "Journal"
    assert "T2 - weighted images." in found.abstract


def test_what_ebsco_puts_into_a_note():
    found = record(
        entry(
            "M3  - Article",
            "DP  - EBSCOhost",
            "DB  - ccm",
            "N1  - Accession Number: 123456789. Language: German. Publication Type: Article; research.",
        )
    )
    assert (found.source, found.source_id, found.language) == ("cinahl", "123456789", "ger")
    assert found.publication_types == ("Article", "research")


def test_several_addresses_and_a_reports_own_number():
    found = record("TY  - RPRT\nTI  - T\nM1  - 12\nUR  - http://a.test/1; http://b.test/2\nER  - \n")
    assert (found.url, found.issue) == ("http://a.test/1", "")


def test_entries_that_only_blank_lines_part():
    first, second = records("TI  - One\nAU  - Bell, T\nPY  - 2020\n\nTI  - Two\nAU  - Fox, A\nPY  - 2019\n")
    assert (first.title, first.authors, first.year) == ("One", ("Bell, T",), 2020)
    assert (second.title, second.authors, second.year) == ("Two", ("Fox, A",), 2019)

from tests.formats.make import records

TEXT = """RT Journal Article
SR Electronic(1)
ID 2214991469
A1 Jones,Hannah
A1 Dorahy, Martin J.
T1 Why wards stall
JF Journal of Invented Care
JO J Inv Care
YR 2019
FD 2019/03/04
VO 12
IS 3
SP 221
OP 8
K1 Barriers
K1 Culture
AB We asked.
IT was hard.
SN 0028-0836
DO 10.1000/x
LA English
DB ProQuest Central
UL https://www.proquest.com/docview/2214991469

RT Book, Whole
A2 Editor, Ed
T1 A book
YR 2010
"""


def test_fields():
    first, second = records(TEXT)
    assert first.authors == ("Jones, Hannah", "Dorahy, Martin J.")
    assert (first.title, first.journal, first.journal_abbreviation) == (
        "Why wards stall",
        "Journal of Invented Care",
        "J Inv Care",
    )
    assert (first.year, str(first.published), first.volume, first.issue) == (2019, "2019-03-04", "12", "3")
    assert (first.pages, first.doi, first.language) == ("221-8", "10.1000/x", "eng")
    assert first.keywords == ("Barriers", "Culture")
    assert "IT was hard." in first.abstract
    assert (first.source, first.source_id) == ("proquest", "2214991469")
    assert (second.title, second.entry_type, second.authors, second.source) == (
        "A book",
        "book",
        ("Editor, Ed",),
        "refworks",
    )

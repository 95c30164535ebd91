from tests.formats.make import record, records

TAGGED = """<3001. >
VN  - Ovid Technologies
DB  - Embase
UI  - 621381829
ST  - CONFERENCE ABSTRACT
TI  - Culture and change in wards.
SO  - BMC Proceedings. Conference: 2nd Conference and School: Part 2. Spain. 12 (Supplement 3) (no pagination), 2018. Date of Publication: 2018.
AU  - Behan L.
AU  - Rubbo B.
IN  - (Behan, Rubbo) A Trust, Southampton
      (Rubbo) A School, Cork
MH  - adult
MH  - *quality of life
AB  - Background: One.
Method(s): Two.
Result(s): Three.
IS  - 0028-0836
DO  - http://dx.doi.org/10.1000/s1
LG  - English
PT  - Conference Abstract
YR  - 2018

<3002. >
VN  - Ovid Technologies
DB  - HMIC Health Management Information Consortium <1979 to 2024>
AN  - HT12345678
TI  - Getting change to stick.
CA  - King's Fund
AU  - Smith, Jane
SO  - London : King's Fund, 2010. 45p.
YR  - 2010
"""  # noqa: E501

LABELLED = """Database: Ovid MEDLINE(R) <1946 to 2020>
Search Strategy:
1     improvement.mp. (10)

<1>
Unique Identifier
  30000001
Title
  Getting change
  to stick.
Authors
  Smith JA. Bell T.
Authors Full Name
  Smith, Jane A; Bell, Tom
Source
  Health Service Journal. 110(5711):4-5, 2000 Jun 29.
Abstract
  We asked why.
Database
  Ovid MEDLINE(R) ALL
<2>
Unique Identifier
  30000002
Title
  Another.
"""


def test_tagged_text():
    first, second = records(TAGGED.replace("\n", "\r\n"))
    assert (first.source, first.source_id) == ("embase", "621381829")
    assert first.authors == ("Behan, L.", "Rubbo, B.")
    assert (first.journal, first.volume, first.issue) == ("BMC Proceedings", "12", "Supplement 3")
    assert first.abstract.split("\n") == ["Background: One.", "Method(s): Two.", "Result(s): Three."]
    assert first.keywords == ("adult", "quality of life")
    assert len(first.affiliations) == 2
    assert (first.doi, first.year) == ("10.1000/s1", 2018)
    assert (second.source, second.source_id, second.year) == ("hmic", "HT12345678", 2010)
    assert second.authors == ("Smith, Jane", "King's Fund")


def test_indented_tags():
    text = "\n".join("  " + line if "  - " in line else line for line in TAGGED.split("\n"))
    assert [found.title for found in records(text)] == ["Culture and change in wards.", "Getting change to stick."]


def test_whole_labels_with_indented_values():
    first, second = records(LABELLED)
    assert (first.source, first.pmid, first.title) == ("medline", "30000001", "Getting change to stick.")
    assert first.authors == ("Smith, Jane A", "Bell, Tom")
    assert (first.journal, first.volume, first.issue, first.pages) == ("Health Service Journal", "110", "5711", "4-5")
    assert (first.year, str(first.published)) == (2000, "2000-06-29")
    assert second.pmid == "30000002"


def test_an_entry_cut_off_is_read_as_far_as_it_goes():
    assert record("<1. >\nTI  - Cut o").title == "Cut o"


def test_reprint_medlars_has_no_numbers():
    first, second = records(
        "UI  - 98123456\nAU  - Bell T\nAU  - Fox A\nTI  - One\nSO  - J X. 3(4):10-20, 1998 Jan.\n\n"
        "UI  - 98123457\nAU  - Okafor N\nTI  - Two\n"
    )
    assert (first.source_id, first.title, first.authors) == ("98123456", "One", ("Bell, T", "Fox, A"))
    assert (first.journal, first.pages) == ("J X", "10-20")
    assert (second.title, second.authors) == ("Two", ("Okafor, N",))

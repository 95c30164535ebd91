from tests.formats.make import record, records

TEXT = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Li, W
   Dou, ZG
   NHS Grp
AF Li, Wei
   Dou, Zhiguo
TI Barriers to improvement in lakeshore
   hospitals
SO JOURNAL OF INVENTED CARE
LA English
DT Article; Early Access
DE Barriers; Culture
ID QUALITY IMPROVEMENT; NATIONAL-HEALTH
   SERVICE
AB Introduction: One.
   Outcomes: Two.
C1 [Li, Wei] A Univ, Leeds.
   [Dou, Zhiguo] B Univ, Hull.
SN 0028-0836
EI 1476-4687
J9 J INV CARE
JI J. Inv. Care
PD DEC 16
PY 2020
VL 6
IS 1
AR 1722034
DI 10.1000/20964129
PM 15170338
UT WOS:000514379300001
ER

PT J
AU Stillman, Andrew N. (a.stillman@example.org)
AN ZOOR15512090342
TI Woodpeckers.
SO Condor
BP 5
EP 9
PY 2019
UT ZOOREC:ZOOR15512090342
ER

EF
"""


def test_fields_and_continuation_lines():
    first, second = records("\ufeff" + TEXT)
    assert first.title == "Barriers to improvement in lakeshore hospitals"
    assert first.authors == ("Li, Wei", "Dou, Zhiguo")
    assert first.keywords == ("Barriers", "Culture", "QUALITY IMPROVEMENT", "NATIONAL-HEALTH SERVICE")
    assert first.abstract == "Introduction: One.\nOutcomes: Two."
    assert first.publication_types == ("Article", "Early Access")
    assert (first.source, first.source_id, first.pmid) == ("wos", "WOS:000514379300001", "15170338")
    assert (first.pages, str(first.published)) == ("1722034", "2020-12-16")
    assert first.issns == ("0028-0836", "1476-4687")
    assert len(first.affiliations) == 2
    assert (second.source, second.pages, second.authors) == ("zoorec", "5-9", ("Stillman, Andrew N.",))


def test_missing_ends_and_heads():
    text = TEXT.replace("ER\n", "").replace("FN Clarivate Analytics Web of Science\nVR 1.0\n", "").replace("EF\n", "")
    assert [found.title for found in records(text)] == [
        "Barriers to improvement in lakeshore hospitals",
        "Woodpeckers.",
    ]


def test_the_tab_delimited_export_has_the_same_tags():
    text = (
        "PT\tAU\tAF\tTI\tSO\tPY\tVL\tBP\tEP\tDI\tUT\n"
        "J\tLi, W; Dou, Z\tLi, Wei; Dou, Zhi\tA title\tJ CARE\t2020\t6\t1\t9\t10.1000/x\tWOS:000514379300001\n"
    )
    found = record(text)
    assert (found.source, found.title, found.authors) == ("wos", "A title", ("Li, Wei", "Dou, Zhi"))
    assert (found.pages, found.doi) == ("1-9", "10.1000/x")

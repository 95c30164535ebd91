import pytest

from livingscan.formats import identify


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.1000/ABC", "10.1000/abc"),
        ("doi: 10.1000/abc.", "10.1000/abc"),
        ("https://dx.doi.org/10.1000/abc", "10.1000/abc"),
        ("https://doi.org/10.1016/s1473-3099(20)30484-9", "10.1016/s1473-3099(20)30484-9"),
        ("https://www.scopus.com/inward/record.uri?eid=2-s2.0-1&doi=10.1038%2fs41467&md5=6", "10.1038/s41467"),
        ("https://x.test/link?sid=EMBASE&id=doi:10.1038%2Fs41467&atitle=x", "10.1038/s41467"),
        ("https://onlinelibrary.wiley.com/doi/abs/10.1111/gps.4444", "10.1111/gps.4444"),
        ("https://www.frontiersin.org/articles/10.3389/fnhum.2015.00001/full", "10.3389/fnhum.2015.00001"),
        ("https://link.springer.com/content/pdf/10.1007/s00405-021-06627-6.pdf", "10.1007/s00405-021-06627-6"),
        ("https://www.cochranelibrary.com/central/doi/10.1002/central/CN-00778158/full", ""),
        ("https://example.org/no-doi", ""),
        ("http://[bad", ""),
        ("not one", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_dois_in_every_dress(text, doi):
    assert identify.find_doi(text) == doi


@pytest.mark.parametrize(
    ("text", "pmid"),
    [
        ("21314913", "21314913"),
        ("PUBMED 21314913", "21314913"),
        ("PMID: 7", "7"),
        ("https://pubmed.ncbi.nlm.nih.gov/33523284/", "33523284"),
        ("http://www.ncbi.nlm.nih.gov/pubmed/33523284", "33523284"),
        ("http://europepmc.org/article/MED/33523284", "33523284"),
        ("22752652.0", "22752652"),
        ("0", ""),
        ("L2029880245", ""),
        ("https://example.org/123", ""),
    ],
)
def test_pmids(text, pmid):
    assert identify.find_pmid(text) == pmid


def test_pmcids():
    assert identify.find_pmcid("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC8382607") == "PMC8382607"
    assert identify.find_pmcid("PMC8") == "PMC8"
    assert identify.find_pmcid("none") == ""


def test_issns_and_isbns_are_checked():
    assert identify.find_issns("1932-6203 (electronic)\n03064530 (ISSN), 1234-5678") == ["1932-6203", "0306-4530"]
    assert identify.find_isbns("978-3-030-58167-1; 9783030581672") == ["9783030581671"]


@pytest.mark.parametrize(
    ("names", "source"),
    [
        (["Embase", "Medline"], "embase"),
        (["APA PsycInfo <2021>"], "psycinfo"),
        (["HMIC Health Management Information Consortium <1979 to May 2024>"], "hmic"),
        (["EBSCOhost", "ccm"], "cinahl"),
        (["CINAHL Plus with Full Text"], "cinahl"),
        (["aph", "EBSCOhost"], "ebsco"),
        (["Cochrane Central Register of Controlled Trials (CENTRAL)"], "cochrane"),
        (["Ovid MEDLINE(R) ALL <1946 to May 2024>"], "medline"),
        (["ERIC <1992 to June 2024>"], "eric"),
        (["ProQuest Dissertations & Theses Global"], "proquest"),
        (["Web of Science Core Collection"], "wos"),
        (["Applied Social Sciences Index & Abstracts (ASSIA)"], "assia"),
        (["Provider"], ""),
        (["COVID-19 things"], ""),
    ],
)
def test_databases_by_their_names(names, source):
    assert identify.source_of_database(names) == source


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.1000/a&amp;b", "10.1000/a&b"),
        ("10.1000%2Fabc%281%29", "10.1000/abc(1)"),
        ("https://doi.org/10.1000/abc?utm_source=x&utm_medium=y", "10.1000/abc"),
        ("https://doi.org/10.1000/abc#abstract", "10.1000/abc"),
        ("10.1002/(SICI)1097(1998)17:15<1661::AID>3.0.CO;2-2", "10.1002/(sici)1097(1998)17:15<1661::aid>3.0.co;2-2"),
    ],
)
def test_dois_with_entities_escapes_and_trackers(text, doi):
    assert identify.find_doi(text) == doi

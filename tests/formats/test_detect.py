import pytest

from livingscan.errors import DataError
from livingscan.formats import detect, list_formats

SAMPLES = {
    "ris": ["TY  - JOUR\nER  - \n", "\ufeff\n\n1.\nTY  -  JOUR\n", "Record #1 of 2\nProvider: X\n\nTY  - JOUR\n",
            "AU  - A, B\nTI  - T\nPY  - 2000\nER  - \n", "TY  - Journal Article\n"],
    "nbib": ["PMID- 123\nOWN - NLM\n", "\n\nOWN - ERIC\nTI  - T\n"],
    "wos": ["FN Clarivate Analytics Web of Science\nVR 1.0\nPT J\n", "PT J\nAU A\nTI T\n"],
    "ovid": ["<1. >\nVN  - Ovid\n", "Database: X\n\n<1>\nUnique Identifier\n  1\n", "  <12. >\n"],
    "refer": ["%0 Journal Article\n%A X\n", "%T Title\n%A X\n"],
    "bibtex": ["@article{a, title={x}}", "% comment\n\n@ARTICLE {PMID:1,\n", "@article{https://doi.org/10.1/x,\n"],
    "csv": ["Title,Authors,DOI\nA,B,10.1/x\n", '"SEARCH QUERY","x"\n-----\n\n"Title","Author Names","Source"\n',
            "title;abstract\nT;A\n", "PMID\tTitle\n1\tT\n", "title\nOnly titles\n"],
    "refworks": ["RT Journal Article\nSR Electronic(1)\nID 123\n", "\n\nRT Book, Whole\nT1 T\n"],
    "csl_json": ['[{"id": "x", "type": "book", "title": "T", "issued": {"date-parts": [[2020]]}}]',
                 '[\n  {\n    "id": "http://z.test/x",\n    "type": "article-journal",\n    "title": "T"\n  }\n]\n'],
    "jsonl": ['{"source": "x", "source_id": "1", "title": "T", "authors": []}\n'],
    "pubmed_text": ["1: Smith J. Title. BMJ. 2020;1(2):3. PMID: 123.\n", "1. BMJ. 2020 Jan;1:2.\n\nT\n\nPMID: 123\n"],
    "endnote_xml": ["<records><rec resultID='1'><header/></rec></records>",
                    '<?xml version="1.0"?><xml><records><record></record></records></xml>'],
    "pubmed_xml": ["<!-- x --><PubmedArticleSet></PubmedArticleSet>", '<?xml version="1.0"?>\n<MedlineCitationSet>'],
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in SAMPLES.items() for text in texts])
def test_every_format_is_told_by_its_content(name, text):
    assert detect(text.encode()) == name
    assert detect(text.encode("utf-16")) == name
    assert detect(text.replace("\n", "\r\n").encode()) == name


def test_all_formats_but_workbooks_have_a_sample():
    assert set(list_formats()) - {"xlsx"} == set(SAMPLES)


def test_prose_with_known_words_is_no_table():
    text = "Minutes of the meeting\nWe discussed the title, the abstract, and who does what.\n"
    with pytest.raises(DataError):
        detect(text.encode())


def test_ris_full_of_commas_is_no_table():
    keywords = "KW  - Title, abstract, keywords\nabstract\ntitle, doi, abstract\n"
    assert detect(("2. \nTY  - JOUR\n" + keywords * 20).encode()) == "ris"


@pytest.mark.parametrize("text", ["34399716\n34399717\n", "PMID: 34399716\r\n", "10.1000/x\n\n10.1000/y\n"])
def test_a_list_of_numbers_is_told_from_records(text):
    with pytest.raises(DataError, match="list of PMIDs or DOIs"):
        detect(text.encode())


def test_an_answer_of_openalex_is_no_csl():
    with pytest.raises(DataError, match="answers of services"):
        detect(b'{"id": "https://openalex.org/W1", "title": "T", "type": "article", "authorships": []}')


def test_entities_are_refused_before_anything_is_read():
    with pytest.raises(DataError, match="entities"):
        detect(b'<!DOCTYPE x [<!ENTITY a "b">]><PubmedArticleSet/>')

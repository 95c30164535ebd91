"""Whatever a file holds: no reader raises anything but a plain refusal, and none drops an entry without a word."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livingscan.errors import DataError
from livingscan.formats import detect, list_formats, read_bytes
from livingscan.records import Fetched, Unreadable

PIECES = st.sampled_from(
    ["TY  - JOUR\n", "TY  -\n", "ER  - \n", "ER\n", "TI  - A title\n", "AU  - Smith JA\n", "AB  - Text: more\n",
     "PMID- 12\n", "PMID: 12", "OWN - ERIC\n", "      wrapped\n", "<1. >\n", "<2>\n", "Title\n", "  value\n",
     "FN Clarivate\n", "PT J\n", "UT WOS:1\n", "%0 Book\n", "%T T\n", "@article{a,\n", "title = {x},\n", "}\n",
     "{", '"', "'", "Title,Authors,DOI\n", "RT Book\n", "T1 T\n", "<rec>", "</rec>",
     "a,b,10.1000/x\n", "a;b;c\n", "\t", ",", ";", "\n", "\n\n", "\r", "\x00", "\ufeff", "1. ", "2: ", "BMJ. 2020;1:2.",
     '{"source": "x", "title": "t", "authors": []}\n', "<xml><records>", "<record>", "</record>", "</records></xml>",
     "<titles><title>x</title></titles>", "<PubmedArticleSet>", "<PubmedArticle>", "<MedlineCitation><PMID>1</PMID>",
     "</MedlineCitation></PubmedArticle>", "<!DOCTYPE x [<!ENTITY a 'b'>]>", "&a;", "&amp;", "Ã¼", "=1+1", "\x1e\x1d"]
)  # fmt: skip
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=40).map("".join)
NAMES = sorted(set(list_formats()) - {"xlsx"})


def outcome(data, name=None):
    """Everything that comes out, or the one line of refusal."""
    try:
        return list(read_bytes(data, "file", name=name))
    except DataError as refusal:
        return [] if "\n" not in str(refusal) else [str(refusal)]


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_any_text_under_any_format(name, text):
    for item in outcome(text.encode("utf-8", "surrogatepass"), name):
        if isinstance(item, Unreadable):
            assert item.where.startswith("file")
            assert item.reason
        else:
            assert item.record.source
            assert item.record.source_id


@settings(max_examples=150, deadline=None)
@given(data=st.one_of(st.binary(max_size=400), TEXTS.map(lambda text: text.encode("utf-16", "surrogatepass"))))
def test_any_bytes(data):
    assert not [item for item in outcome(data) if not isinstance(item, Fetched | Unreadable)]
    with suppress(DataError):
        assert detect(data) in NAMES


ENTRIES = {
    "ris": ("TY  - JOUR\nTI  - Title {n}\nAU  - Smith J\nER  - \n", "TY  - JOUR"),
    "nbib": ("PMID- {n}\nTI  - Title {n}\nAU  - Smith J\n\n", "PMID-"),
    "wos": ("PT J\nAU Smith, J\nTI Title {n}\nUT WOS:{n}\nER\n\n", "PT J"),
    "ovid": ("<{n}. >\nVN  - Ovid\nTI  - Title {n}\nAU  - Smith J\n\n", ". >"),
    "refworks": ("RT Book\nT1 Title {n}\nA1 Smith, J\n\n", "RT Book"),
    "refer": ("%0 Book\n%T Title {n}\n%A Smith, J\n\n", "%0 Book"),
    "bibtex": ("@article{{k{n},\n title={{Title {n}}},\n author={{Smith, J}}\n}}\n", "@article"),
    "endnote_xml": ("<record><titles><title>Title {n}</title></titles></record>", "<record>"),
}
NOISE = st.sampled_from(["", "\n", "\n\n", " \n", "\ufeff", "\x00"])


@pytest.mark.parametrize("name", sorted(ENTRIES))
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_as_many_come_out_as_went_in(name, data):
    """Entries with noise between them and lines missing inside: records and reports together are as many."""
    form, mark = ENTRIES[name]
    count = data.draw(st.integers(1, 12))
    text = ""
    for number in range(1, count + 1):
        lines = form.format(n=number).split("\n")
        if len(lines) > 3 and data.draw(st.booleans()):
            del lines[data.draw(st.integers(1, len(lines) - 2))]
        text += "\n".join(lines) + data.draw(NOISE)
    if name == "endnote_xml":
        text = f"<xml><records>{text}</records></xml>"
    items = outcome(text.encode(), name)
    assert len(items) == text.count(mark) == count


@pytest.mark.parametrize("name", sorted(ENTRIES))
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_file_cut_anywhere_loses_at_most_its_last_entry(name, data):
    form, _ = ENTRIES[name]
    text = "".join(form.format(n=number) for number in range(1, 9))
    cut = text[: data.draw(st.integers(1, len(text)))]
    whole = cut.count(form.split("\n", maxsplit=1)[0].split("{")[0]) - 1
    found = [item for item in outcome(cut.encode(), name) if isinstance(item, Fetched)]
    assert len(found) >= max(0, min(whole, 7))


HOSTILE = [" ", "<script>", "<!--", "[Erratum in ", "a,", "1", " and ", "A. ", "http://ovid?", "{"]
SHELLS = {
    "ris": "TY  - JOUR\nTI  - {0}\nAU  - {0}\nAB  - {0}\nUR  - {0}\nDO  - {0}\nSP  - {0}\nKW  - {0}\nN1  - {0}\n",
    "bibtex": "@article{{a,\ntitle={{{0}}},\nauthor={{{0}}},\nyear={0}\n}}\n@x{{{0}",
    "csv": 'Title,Authors,Source,DOI,Keywords,Abstract\n"T {0}","{0}","{0}","{0}","{0}","{0}"\n',
    "endnote_xml": "<xml><records>{0}<record><titles><title>{0}</title></titles></record></records></xml>",
}


@pytest.mark.parametrize("name", sorted(SHELLS))
@pytest.mark.parametrize("piece", HOSTILE)
def test_long_hostile_values_come_to_an_end(name, piece):
    """A pattern that takes the square of a text's length would keep this from ending within the suite's time-out."""
    text = SHELLS[name].format(piece * (20_000 // len(piece)))
    assert outcome(text.encode(), name)

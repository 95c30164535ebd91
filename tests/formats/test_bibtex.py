import pytest

from livingscan.formats.latex import from_latex
from livingscan.records import Unreadable
from tests.formats.make import read, record, records

TEXT = r"""@string{jic = {Journal of Invented Care}}
@comment{nothing here @article{x, title={y}}}

@ARTICLE{Li2020,
author={Li, W. and M{\"u}ller, J. and {NHS England} and Tom van der Bell and others},
title={{Barriers} to 50\% of {NHS} improvement: a study of 10% more},
journal=jic,
year={2020}, volume={6}, number={1}, pages={376 -- 383},
month = mar,
doi={10.1000/2096\_4129},
issn={00280836},
keywords={one, two},
funding_details={a}, funding_details={b},
abstract={We asked.<h4>Methods</h4>Interviews.},
language={English},
document_type={Article},
source={Scopus},
url={https://www.scopus.com/inward/record.uri?eid=2-s2.0-85079532227&doi=10.1000%2f2096_4129},
}

@inproceedings{ WOS:000223334444221,
Author = {Writer, Julia},
Title = "In proceedings {"}quoted{"}",
Booktitle = {A BOOK},
Year = 2017,
Unique-ID = {WOS:000223334444221},
}
"""


def test_fields():
    first, second = records(TEXT)
    assert first.title == "Barriers to 50% of NHS improvement: a study of 10% more"
    assert first.authors == ("Li, W.", "Müller, J.", "NHS England", "van der Bell, Tom")
    assert (first.journal, first.year, str(first.published)) == ("Journal of Invented Care", 2020, "2020-03")
    assert (first.volume, first.issue, first.pages) == ("6", "1", "376-383")
    assert first.doi == "10.1000/2096_4129"
    assert first.keywords == ("one", "two")
    assert first.abstract == "We asked.\nMETHODS: Interviews."
    assert (first.source, first.source_id) == ("scopus", "2-s2.0-85079532227")
    assert (second.source, second.source_id) == ("wos", "WOS:000223334444221")
    assert (second.title, second.journal, second.entry_type) == ('In proceedings "quoted"', "A BOOK", "conference")


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("@article{a, title={x}, author={b}\n@article{c, title={z}}", ["x", "z"]),
        ("@article{a, title={x}} @article{b, title={y}}", ["x", "y"]),
        ("@article{k, title={x}}\n@article{k, title={y}}", ["x", "y"]),
        ("@article{, title={x}}", ["x"]),
        ("@article{title={x}, year=2000}", ["x"]),
        ("@article(k, title={x})", ["x"]),
        ("@article{doi:https://doi.org/10.1000/x.ch29, title={x}}", ["x"]),
        ("@article{k,\nKeywords = {a, b}, c}, d = more},\nTitle = {x},\n}", ["x"]),
        ("@article{k, title={cut of", ["cut of"]),
        ("@Article{k,\r\n\tTitle = {x},\r\n}", ["x"]),
    ],
)
def test_broken_entries_give_what_they_hold(text, titles):
    assert [found.title for found in records(text)] == titles


def test_an_entry_without_any_field_is_reported():
    (item,) = read("@article{onlyakey}")
    assert isinstance(item, Unreadable)
    assert item.source_id == "onlyakey"


def test_europe_pmc_keys_are_ids():
    found = record("@article {PMID:18888888,\n\tTitle = {T},\n\tURL = {https://europepmc.org/articles/PMC7777777},\n}")
    assert (found.source, found.pmid, found.pmcid) == ("europepmc", "18888888", "PMC7777777")


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"G{\"o}del, M\'{e}decins, na\"{\i}ve, \c{c}a", "Gödel, Médecins, naïve, ça"),
        (r"\v{S}, \o re, stra{\ss}e", "Š, øre, straße"),
        (r"\textit{in vivo} and \emph{NHS}", "in vivo and NHS"),
        (r"$\beta$ x and \alpha-synuclein", "β x and α-synuclein"),
        ("cost $5 and $6", "cost $5 and $6"),
        (r"R\&D at 5\% \_x\_ \{kept\}", "R&D at 5% _x_ {kept}"),
        ("10--12, a -- b", "10--12, a – b"),
    ],
)  # fmt: skip
def test_latex_becomes_plain_text(latex, text):
    assert from_latex(latex) == text


def test_biblatex_subtitles_and_eprints():
    found = record("@article{a, title={On wards}, subtitle={a study}, date={2020}, eprint={7}, eprinttype={pubmed}}")
    assert (found.title, found.pmid, found.year) == ("On wards: a study", "7", 2020)


@pytest.mark.parametrize(
    ("latex", "text"), [("CO$_2$ and 10$^{-3}$", "CO2 and 10-3"), ("$H_2O$", "H2O"), ("PM$_{2.5}$", "PM2.5")]
)
def test_raised_and_lowered_letters(latex, text):
    assert from_latex(latex) == text


def test_indented_lines_go_on_with_the_value():
    found = record("@article{a,\nTitle = {{A title\n   wraps}},\nAbstract = {{Short line\n   goes on.}},\n}\n")
    assert (found.title, found.abstract) == ("A title wraps", "Short line goes on.")

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livingscan.formats.dates import Citation, best_date, find_year, join_pages, parse_citation, parse_date, parse_day


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2024/04/03/", "2024-04-03"),
        ("1948/07//", "1948-07"),
        ("2019///", "2019"),
        ("2019/10//undefined", "2019-10"),
        ("2020 Feb 3", "2020-02-03"),
        ("1 Dec 2024", "2024-12-01"),
        ("September  1, 2021", "2021-09-01"),
        ("20240528", "2024-05-28"),
        ("2021/08/17 05:41", "2021-08-17"),
        ("4/3/2024", "2024-04-03"),
        ("2012-13-40", "2012"),
        ("2021-02-30", "2021-02"),
        ("Winter 2019", "2019"),
        ("2000 Dec 23-30", "2000-12"),
        ("Jan-Feb 2001", "2001"),
    ],
)
def test_printed_dates(text, date):
    assert str(parse_date(text)) == date


def test_what_is_no_date_is_none():
    assert parse_date("10 15") is None
    assert parse_date("") is None
    assert find_year("10 15") is None
    assert parse_day("2020 Feb") is None


def test_month_and_day_take_their_year_from_elsewhere():
    assert str(parse_date("SEP 22", 2010)) == "2010-09-22"
    assert str(best_date(["2010", "SEP 22", "2011-05-05"], 2010)) == "2010-09-22"


def test_more_than_a_date_is_kept_as_printed():
    found = parse_date("Winter 2019")
    assert found is not None
    assert found.text == "Winter 2019"


@pytest.mark.parametrize(
    ("start", "end", "pages"),
    [
        ("221", "228", "221-228"),
        ("221-228", "", "221-228"),
        ("349", "69", "349-69"),
        ("12", "12", "12"),
        ("e0815", "", "e0815"),
        ("376 -- 383", "", "376-383"),
        ("1309–1348", "", "1309-1348"),
        ("1279‐1297", "", "1279-1297"),
        ("pp. 3-4", "", "3-4"),
        ("No-Specified", "", ""),
        ("no pagination", "", ""),
        ("", "423", "423"),
    ],
)
def test_pages(start, end, pages):
    assert join_pages(start, end) == pages


@pytest.mark.parametrize(
    ("text", "citation"),
    [
        (
            "Eur J X. 2020 Feb;63(2):103640. doi: 10.1016/j.e. Epub 2019 Mar 25.",
            Citation("Eur J X", 2020, "63", "2", "103640", "2020 Feb"),
        ),
        ("Endoscopic US (2014) 3:3 (152-160). Date: 2014", Citation("Endoscopic US", 2014, "3", "3", "152-160")),
        ("HSJ. 110(5711):4-5, 2000 Jun 29.", Citation("HSJ", 2000, "110", "5711", "4-5", "2000 Jun 29")),
        ("London : King's Fund, 2010. 45p", Citation()),
    ],
)  # fmt: skip
def test_printed_citations(text, citation):
    assert parse_citation(text) == citation


@given(st.text(max_size=300))
def test_no_text_makes_them_fail(text):
    parse_date(text)
    parse_citation(text)
    assert isinstance(join_pages(text, text), str)


def test_the_source_line_of_hmic():
    found = parse_citation("Invented Care Journal; 2001; 111 (5767): 20-21")
    assert (found.journal, found.year, found.volume, found.issue) == ("Invented Care Journal", 2001, "111", "5767")
    assert found.pages == "20-21"

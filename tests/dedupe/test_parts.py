"""Titles, names, numbers and journals brought to comparable form."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livingscan.dedupe.fields import numbers_agree, word_counts
from livingscan.dedupe.item import Item
from livingscan.dedupe.journals import journal_likeness, journal_words
from livingscan.dedupe.names import parse_author, split_authors
from livingscan.dedupe.numbering import parse_pages, parse_volume
from livingscan.dedupe.prepare import prepare
from livingscan.dedupe.text import fold
from livingscan.dedupe.titles import numbers_in, parse_title


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Fi\u0161ar", "fisar"),
        ("FiÅ¡ar", "fisar"),
        ("M\u00fcller &amp; S\u00f8n", "muller  and  son"),
        ("&amp;lt;i&amp;gt;E. coli&amp;lt;/i&amp;gt;", "e. coli"),
        ("CO<sub>2</sub>", "co2"),
        ("TNF-\u03b1", "tnf-alpha"),
        (
            "\u0417\u0430\u0439\u043d\u044f\u0442\u0456\u0441\u0442\u044c",
            "\u0437\u0430\u0438\u043d\u044f\u0442\u0456\u0441\u0442\u044c",
        ),
    ],
)
def test_text_is_folded(written: str, plain: str) -> None:
    assert fold(written) == plain


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("Zuna, R E; Wang, S S", ("Zuna, R E", "Wang, S S")),
        ("Adeli K.Lewis G. F.", ("Adeli K.", "Lewis G. F.")),
        ("Pouzet B.Vilquin J. T.", ("Pouzet B.", "Vilquin J. T.")),
        ("Smith J, Jones K", ("Smith J", "Jones K")),
        ("Smith, J., Jones, K.", ("Smith, J.", "Jones, K.")),
        ("Jane Smith, Ken Jones", ("Jane Smith", "Ken Jones")),
        ("Smith, Jane and Jones, Ken", ("Smith, Jane", "Jones, Ken")),
        ("Smith, Jane", ("Smith, Jane",)),
        ("Ministry of Health and Social Care", ("Ministry of Health and Social Care",)),
        ("Smith J, et al.", ("Smith J",)),
        ("", ()),
    ],
)
def test_author_fields_are_split(field: str, names: tuple[str, ...]) -> None:
    assert split_authors(field) == names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("M\u00fcller, Jan", "Mueller J"),
        ("M\u00fcller, Jan", "M\ufffdller, J."),
        ("van der Berg, Ada", "Vander Berg A"),
        ("Marsh, Eleanor", "Eleanor Marsh"),
        ("Wright, T C Jr", "Wright Jr., T C"),
    ],
)
def test_names_agree_across_styles(one: str, other: str) -> None:
    left, right = parse_author(one), parse_author(other)
    assert left
    assert right
    assert (left.key, left.initial) == (right.key, right.initial)


def test_groups_and_nobody() -> None:
    group = parse_author("Sepsis Improvement Collaborative Group")
    assert group
    assert group.is_group
    assert parse_author("Anonymous") is None


@pytest.mark.parametrize(
    ("field", "first", "last"),
    [
        ("221-8", 221, 228),
        ("221-228", 221, 228),
        ("221--228", 221, 228),
        ("376 -- 383", 376, 383),
        ("06-Oct", 6, 10),
        ("Jan-13", 1, 13),
        ("S323", 323, 323),
        ("A94-A95", 94, 95),
        ("e0192222", 192222, 192222),
        ("817.e5-817.e14", 817, 817),
        ("iii-xi", -3, -11),
        ("Suppl-29", 0, 0),
        ("", 0, 0),
    ],
)
def test_pages(field: str, first: int, last: int) -> None:
    pages = parse_pages(field)
    assert (pages.first, pages.last) == (first, last)


@pytest.mark.parametrize(
    ("field", "parsed"),
    [("12", ("12", "")), ("29 (7)", ("29", "7")), ("1)", ("", "1")), ("9 (1) (no pagination)", ("9", "1")),
     ("38 (Supplement 1)", ("38", "1")), ("2016-October", ("", "")), ("", ("", ""))],
)  # fmt: skip
def test_volume(field: str, parsed: tuple[str, str]) -> None:
    assert parse_volume(field) == parsed


def test_a_year_or_an_article_number_in_the_wrong_place() -> None:
    p = prepare(Item("a", title="x", year=2016, volume="2016", issue="e0191240"))
    assert (p.volume, p.issue, p.pages.first) == ("", "", 191240)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Erratum to: Ward teams", "erratum"),
        ("Correction: Ward teams", "erratum"),
        ("Correction of hyponatraemia on the ward", ""),
        ("Ward teams (vol 12, pg 221, 2018)", "erratum"),
        ("Ward teams.[Erratum appears in J Improv. 2019 Jan;15(1):187]", ""),
        ("Ward teams in long corridors.[Erratum appears in J Impr", ""),
        ("Retraction: Ward teams", "retraction"),
        ("RETRACTED: Ward teams in long corridors", ""),
        ("Ward teams: reply", "reply"),
        ("Response to Marsh et al.", "reply"),
        ("Staff response to alarms", ""),
        ("Re: Ward teams", "comment"),
        ("Comment on: Ward teams", "comment"),
    ],
)
def test_kind_of_piece(title: str, kind: str) -> None:
    assert parse_title(title).kind == kind


def test_titles_lose_what_databases_add() -> None:
    plain = parse_title("Ward teams in long corridors").compact
    for written in ("Ward teams in long corridors. [Review] [33 refs]", "RETRACTED: Ward teams in long corridors",
                    "[Ward teams in long corridors].", "Ward teams in long corridors (Brief record)"):  # fmt: skip
        assert parse_title(written).compact == plain, written


def test_both_halves_of_a_bilingual_title_are_known() -> None:
    both = parse_title("Working in the platform economy [Arbeiten in der Plattformwirtschaft]")
    assert set(both.others) == {"workingintheplatformeconomy", "arbeiteninderplattformwirtschaft"}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("part ii of hba1c in 2003", ("1", "2", "2003")), ("type 2 diabetes", ("2",)), ("type ii diabetes", ("2",)),
     ("phase two trial", ("2",)), ("delays in theatres ii", ("2",)), ("delays in the theatres i", ("1",)),
     ("10 000 women", ("10000",)), ("plain words", ())],
)  # fmt: skip
def test_numbers_in_titles(text: str, numbers: tuple[str, ...]) -> None:
    assert numbers_in(text) == numbers


def test_numbers_agree() -> None:
    assert numbers_agree("1 2", "2 1") == 1
    assert numbers_agree("1", "1 2003") == 0.5
    assert numbers_agree("1 2003", "2 2003") == 0


@pytest.mark.parametrize(
    ("a", "b", "counts"),
    [
        ("tumour behaviour on wards", "tumor behavior on the ward", (0, 0)),
        ("screening among men in leeds", "screening among women in leeds", (1, 0)),
        ("care of hypertension", "care of hypotension", (1, 0)),
        ("inpatient falls", "outpatient falls", (1, 0)),
        ("intra epithelial change", "intraepithelial change", (0, 0)),
        ("ward rounds", "ward rounds a study of delay", (0, 2)),
    ],
)
def test_words_that_differ(a: str, b: str, counts: tuple[int, int]) -> None:
    assert word_counts(a, b) == counts
    assert word_counts(b, a) == counts


@pytest.mark.parametrize(
    ("a", "b", "low", "high"),
    [
        ("Current Opinion in Lipidology", "Curr Opin Lipidol", 0.95, 1),
        ("Obesity (Silver Spring)", "Obesity", 1, 1),
        ("Heart. Conference: Annual Meeting", "Heart", 1, 1),
        ("Journal of the National Cancer Institute", "J Natl Cancer Inst", 0.95, 1),
        ("International Conference on Information Systems", "ICIS 2013: Reshaping Society", 0.8, 0.95),
        ("Diabetes", "Diabetologia", 0, 0.6),
        ("European Journal of Immunology", "European Journal of Cancer", 0, 0.5),
        ("50th Annual Hawaii Conference", "Annual Hawaii Conference", 1, 1),
    ],
)
def test_journals(a: str, b: str, low: float, high: float) -> None:
    likeness = journal_likeness(journal_words(a), journal_words(b))
    assert low <= likeness <= high
    assert likeness == journal_likeness(journal_words(b), journal_words(a))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.text(max_size=60), st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_any_text_can_be_prepared(title: str, author: str, journal: str, volume: str, pages: str) -> None:
    p = prepare(Item("a", title=title, authors=split_authors(author), journal=journal, volume=volume, pages=pages))
    assert 0 <= p.title.weight <= 1
    assert all(author.key and author.family for author in p.authors)

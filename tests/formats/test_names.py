import pytest
from hypothesis import given
from hypothesis import strategies as st

from livingscan.formats.names import author, authors, is_collective


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Smith, Jane", ["Smith, Jane"]),
        ("Smith JA", ["Smith, JA"]),
        ("Smith J.A.", ["Smith, J.A."]),
        ("Smith RE.", ["Smith, RE"]),
        ("Brownstein C D", ["Brownstein, C D"]),
        ("van der Berg JA", ["van der Berg, JA"]),
        ("Smith JA Jr", ["Smith, JA Jr"]),
        ("KIM JW", ["KIM, JW"]),
        ("DE LA CRUZ J", ["DE LA CRUZ, J"]),
        ("A. Smith", ["Smith, A."]),
        ("Jalil N.-E.", ["Jalil, N.-E."]),
        ("Shannon,Claude E.", ["Shannon, Claude E."]),
        ("Tom Cruise", ["Tom Cruise"]),
        ("Age UK", ["Age UK"]),
        ("Deloitte LLP", ["Deloitte LLP"]),
        ("Bill and Melinda Gates Foundation", ["Bill and Melinda Gates Foundation"]),
        ("NHS England and NHS Improvement", ["NHS England and NHS Improvement"]),
        ("Li Wei", ["Li Wei"]),
        ("WHO Study Group", ["WHO Study Group"]),
        ("Department of Health and Social Care", ["Department of Health and Social Care"]),
        ("Griffin DK, Larkin DM, O'Connor RE.", ["Griffin, DK", "Larkin, DM", "O'Connor, RE"]),
        ("Yang Z., Jiang B., McNamara M.E.", ["Yang, Z.", "Jiang, B.", "McNamara, M.E."]),
        ("Achenbach, T., Rescorla, L.", ["Achenbach, T.", "Rescorla, L."]),
        ("Smith, J., Jones, B., & Doe, C.", ["Smith, J.", "Jones, B.", "Doe, C."]),
        ("Longrich, N.R.\n and Bardet, N.", ["Longrich, N.R.", "Bardet, N."]),
        ("Smith, Tom and Steward, Hugo", ["Smith, Tom", "Steward, Hugo"]),
        ("Barrett, Paul M; Willis, Katherine J; ", ["Barrett, Paul M", "Willis, Katherine J"]),
        ("Peñalver E, Álvarez-Parra S, NHS Group", ["Peñalver, E", "Álvarez-Parra, S", "NHS Group"]),
        ("['Marx, Karl', 'Lindgren, Astrid']", ["Marx, Karl", "Lindgren, Astrid"]),
        ("Wilson, Lauren N. (58975547800)", ["Wilson, Lauren N."]),
        ("Stillman, Andrew N. (a.b@example.org)", ["Stillman, Andrew N."]),
        ("Walsdorf, Neill B. [Inventor, Reprint Author]", ["Walsdorf, Neill B."]),
        ("Martínez, Ricardo N. 2", ["Martínez, Ricardo N."]),
        ("Adler D.G., et al.", ["Adler, D.G."]),
        ("[Anonymous]", []),
        ("[No authors listed]", []),
        ("", []),
    ],
)  # fmt: skip
def test_lists_of_authors(text, names):
    assert list(authors(text)) == names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Jane Smith", "Smith, Jane"),
        ("David De Roure", "De Roure, David"),
        ("Ludwig van Beethoven", "van Beethoven, Ludwig"),
        ("T.W. van der Vaart", "van der Vaart, T.W."),
        ("Martin Luther King Jr.", "King Jr., Martin Luther"),
        ("NHS Confederation", "NHS Confederation"),
        ("Plato", "Plato"),
    ],
)
def test_names_with_the_given_name_first(text, name):
    assert author(text, given_first=True) == name


def test_bodies_are_told_from_persons():
    assert is_collective("Royal College of Nursing")
    assert not is_collective("Nursing, Florence")


@given(st.text(max_size=200))
def test_no_text_makes_it_fail(text):
    assert all(name == name.strip() and name for name in authors(text))
    assert all(authors(text, given_first=True))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Bell T, Vandana, Fox AB, Okafor N", ("Bell, T", "Vandana", "Fox, AB", "Okafor, N")),
        ("Smith, John A, van der Doe, Jane", ("Smith, John A", "van der Doe, Jane")),
        ("Smith, John, Doe, Jane", ("Smith, John", "Doe, Jane")),
        ("Smith, John, Jr.", ("Smith, John, Jr.",)),
        ("M&uuml;ller, J", ("Müller, J",)),
    ],
)
def test_lists_that_only_commas_part(text, names):
    assert authors(text) == names


def test_two_given_names_of_which_one_is_an_initial():
    assert author("J. Steven Lovink", given_first=True) == "Lovink, J. Steven"
    assert author("J. van der Berg", given_first=True) == "van der Berg, J."
    assert author("J. García López") == "García López, J."


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Bell T, Fox AB; A Study Group.", ("Bell, T", "Fox, AB", "A Study Group.")),
        ("J Smith, A Doe", ("Smith, J", "Doe, A")),
        ("Dr. Ann Bell", ("Ann Bell",)),
        ("Bell, Ann, MD, PhD", ("Bell, Ann",)),
        ("Bell, Ann, PhD", ("Bell, Ann",)),
        ("Bell, MD", ("Bell, MD",)),
        ("LI Ming", ("LI Ming",)),
    ],
)
def test_lists_of_short_names_titles_and_degrees(text, names):
    assert authors(text) == names


def test_a_family_name_alone_is_not_turned_round():
    assert author("van der Berg", given_first=True) == "van der Berg"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Kaanders JHAM", "Kaanders, JHAM"),
        ("de Boer AGEM", "de Boer, AGEM"),
        ("Rudd AG", "Rudd, AG"),
        ("Grigoriev IV", "Grigoriev, IV"),
        ("Ivanov II", "Ivanov, II"),
        ("Age UK", "Age UK"),
        ("John Smith IV", "John Smith IV"),
    ],
)
def test_initials_that_look_like_something_else(text, name):
    assert author(text) == name

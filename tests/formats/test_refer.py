from tests.formats.make import records

TEXT = """%0 Journal Article
%T Change on wards
%A Guo, Wenbo
%A Straub, Detmar W.
%J J Inv Care
%D 2021
%8 September  1, 2021
%V 45
%N 3
%P 1309-1348
%R 10.1000/abc
%K barriers
culture
%X We asked.
%U https://example.org/13
%~ Embase
%M 12345678
%W Ovid

%T No type line here
%B Proceedings of X
%D 2021
"""


def test_fields_and_an_entry_without_a_type():
    first, second = records(TEXT)
    assert (first.title, first.journal, first.year) == ("Change on wards", "J Inv Care", 2021)
    assert first.authors == ("Guo, Wenbo", "Straub, Detmar W.")
    assert (first.volume, first.issue, first.pages, first.doi) == ("45", "3", "1309-1348", "10.1000/abc")
    assert str(first.published) == "2021-09-01"
    assert first.keywords == ("barriers", "culture")
    assert (first.source, first.source_id) == ("embase", "12345678")
    assert (second.source, second.title) == ("endnote", "No type line here")


def test_a_title_before_the_type_starts_each_entry():
    text = "%T One\n%0 Journal Article\n%A A, B\n%T Two\n%0 Book\n%T Three\n%D 2000\n"
    assert [found.title for found in records(text)] == ["One", "Two", "Three"]

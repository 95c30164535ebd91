import pytest

from livingscan.formats.status import implied_links, medline_links, noted_links
from livingscan.records import StatusLink


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("RETRACTED: A claim", "retracted_by"),
        ("Retracted article: A claim", "retracted_by"),
        ("A claim (Retracted article. See vol. 5, pg. 3, 2010)", "retracted_by"),
        ("WITHDRAWN: A claim", "retracted_by"),
        ("Retraction: A claim", "retraction_of"),
        ('Retraction notice to "A claim"', "retraction_of"),
        ("Expression of Concern: A claim", "concern_of"),
        ("Erratum", "correction_of"),
        ("Erratum to: A claim", "correction_of"),
        ("Correction to: A claim", "correction_of"),
        ("Author Correction: A claim", "correction_of"),
        ("Retraction of consent in trials", None),
        ("Retraction devices in surgery", None),
        ("Correction of refractive errors in schools", None),
        ("Corrections in prisons", None),
        ("Barriers to correction", None),
    ],
)
def test_titles_that_tell_their_standing(title, kind):
    assert [link.kind for link in implied_links(title, [], "", [])] == ([kind] if kind else [])


def test_a_withdrawn_cochrane_review_is_not_retracted():
    (link,) = implied_links("WITHDRAWN: An old review", [], "Cochrane Database of Systematic Reviews", [])
    assert link.kind == "other"


def test_types_that_tell_their_standing_and_links_already_known():
    types = ["Journal Article", "Retracted Publication", "Published Erratum"]
    assert [link.kind for link in implied_links("T", types, "", [])] == ["retracted_by", "correction_of"]
    known = [StatusLink("retracted_by", "pmid:1", "RetractionIn")]
    assert [link.kind for link in implied_links("RETRACTED: T", types, "", known)] == ["correction_of"]


def test_notes_behind_a_title():
    title, links = noted_links("A trial. [Retraction in BMJ. 2011;1:2. doi: 10.1136/x.]")
    assert (title, links) == ("A trial.", [StatusLink("retracted_by", "doi:10.1136/x", "RetractionIn")])
    assert noted_links("A title [in brackets]") == ("A title [in brackets]", [])


def test_medline_tags():
    assert medline_links("UOF", "Cochrane Database Syst Rev. 2010;(1):CD1. PMID: 20091592") == [
        StatusLink("update_of", "pmid:20091592", "UpdateOf")
    ]


@pytest.mark.parametrize(
    ("title", "types", "kind", "target"),
    [
        ("A claim (Retracted article. See vol. 5, pg. 3, 2010)", (), "retracted_by", "vol. 5, pg. 3, 2010"),
        ("A claim (Retraction of Vol 3, Pg 4, 2010)", ("Retraction",), "retraction_of", "Vol 3, Pg 4, 2010"),
        ("A claim (vol 12, pg 3, 2013)", ("Correction",), "correction_of", "vol 12, pg 3, 2013"),
        ("Correction to: A claim (Mar, 10.1000/X, 2013)", (), "correction_of", "doi:10.1000/x"),
    ],
)
def test_the_other_document_printed_behind_a_title(title, types, kind, target):
    (link,) = implied_links(title, types, "", ())
    assert (link.kind, link.target) == (kind, target)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("A claim [Retracted]", "retracted_by"),
        ("REMOVED: A claim", "retracted_by"),
        ("Statement of Retraction: A claim", "retraction_of"),
        ("Notice of withdrawal: A claim", "retraction_of"),
        ("Retraction and replacement of: A claim", "retraction_of"),
        ("Retraction for Bell et al., A claim", "retraction_of"),
        ("Addendum: A claim", "correction_of"),
    ],
)
def test_further_forms_of_titles(title, kind):
    assert [link.kind for link in implied_links(title, (), "", ())] == [kind]


@pytest.mark.parametrize("title", ["Withdrawal: a review", "A book (volume 3 of the series, 2013)", "Removed barriers"])
def test_titles_that_only_look_like_notices(title):
    assert implied_links(title, (), "", ()) == []

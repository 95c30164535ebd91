import base64
import json
import re

import pytest
from defusedxml.ElementTree import fromstring
from markdown_it import MarkdownIt

from livingscan.summary.chart import rows_of
from livingscan.summary.model import summary_from_dict, summary_to_dict
from livingscan.summary.render import chart_svg, prisma_rows, summary_json, summary_markdown, summary_table
from tests.summary.made import facts, summary

SVG = "{http://www.w3.org/2000/svg}"
MANY = [facts(n, "confirmed", "nhs", *(["time"] if n < 3 else [])) for n in range(12)] + [
    facts(n, "confirmed", "elsewhere", "nhs_culture") for n in range(20, 24)
]


def page(made):
    """The page as a browser would get it, without the chart."""
    text = re.sub(r"\(data:image[^)]*\)", "(chart)", summary_markdown(made))
    return text.replace("\u00a0", " ")


def test_the_page_says_what_it_counts_and_what_it_does_not_mean():
    text = page(summary(*MANY))
    assert "**Confirmed by people.**" in text
    assert "**16 studies:** 12 NHS, 4 elsewhere." in text
    assert "| Barrier | Any (N=12) | Development |" in text
    assert "| Lack of time | 3 (25%) | 0 | 3 | 0 | 0 |" in text
    assert "titles and abstracts alone; the counts of studies include 9 without a theme there." in text
    assert "The machine errs" not in text
    assert "not how important" in text
    assert "not thereby shown to be no barrier" in text
    assert "Protocol 1.0, codebook 1.0" in text
    assert "5 January 2026, 07:00 UTC" in text


def test_none_of_some_and_none_of_none_are_told_apart():
    text = page(summary(*MANY))
    assert "| Barrier | NHS (N=12) | Elsewhere (N=4) |" in text
    assert "| Lack of time | 3 (25%) 9–53% | 0 |" in text
    assert "| 0 | 4 |" in text  # four of four abroad: no percentage
    only_abroad = page(summary(facts(1, "confirmed", "elsewhere", "time")))
    assert "No study of this tier took place in the NHS." in only_abroad
    assert (
        "- *The NHS is busier.* Studies that name as a barrier lack of time: NHS, 1 of 2; elsewhere, 0 of 12."
        in only_abroad
    )


@pytest.mark.parametrize(
    ("tier", "words"),
    [
        ("confirmed", "**Confirmed by people.**"),
        ("suggested", "**Suggested by machine, in included studies.**"),
        ("provisional", "**Provisional: machine only, not yet screened to the end.**"),
    ],
)
def test_the_headline_is_the_highest_tier_that_has_data_and_says_which(tier, words):
    studies = [facts(1, tier, "nhs", "time"), facts(2, "provisional", "nhs", "time")]
    made = summary(*studies)
    assert made.headline == tier
    assert words in page(made)
    assert ("Of 40 suggestions" in page(made)) == (tier != "confirmed")
    assert f"| {tier.capitalize()} (above) |" in page(made)


def test_without_data_the_page_says_so_and_has_no_chart():
    made = summary()
    text = summary_markdown(made)
    assert "There is nothing to count yet" in text
    assert "No record has come in" in text
    known = summary(prisma=made.prisma | {"database_results": 4})
    assert "no record that waits to be screened is flagged" in summary_markdown(known)
    assert "data:image" not in text
    assert chart_svg(made) == ""
    assert summary_table(made) == []
    assert "4 reports wait to be screened" in text


def test_invented_literature_says_so_wherever_it_shows():
    made = summary(*MANY, synthetic=True)
    assert "**Invented literature.**" in page(made)
    assert "Invented literature." in chart_svg(made)
    assert "nvented" not in page(summary(*MANY))
    assert "nvented" not in chart_svg(summary(*MANY))


def test_full_texts_are_told_apart_from_abstracts():
    text = page(summary(facts(1, "confirmed", "nhs", "time"), facts(2, "confirmed", "nhs", "time", basis="full-text")))
    assert "titles and abstracts alone for 1 study, in full texts for 1." in text


def test_the_chart_is_a_picture_with_words_for_those_who_listen():
    svg = chart_svg(summary(*MANY))
    root = fromstring(svg)
    assert root.get("role") == "img"
    assert "NHS (12 studies) then Elsewhere (4 studies, too few for shares)" in root.find(f"{SVG}desc").text
    words = [element.text for element in root.iter(f"{SVG}text")]
    assert "NHS culture <&|*" in words
    assert "3 of 12 (25%)" in words
    assert "4 of 4" in words
    assert not {element.tag for element in root.iter()} & {f"{SVG}script", f"{SVG}image", f"{SVG}foreignObject"}
    assert words.index("Lack of time") < words.index("NHS culture <&|*")
    bars = [
        element for element in root.iter(f"{SVG}rect") if element.get("height") == "11" and element.get("rx") == "1.5"
    ]
    # Bars and whiskers belong to groups of ten and more.
    assert len(bars) == 2
    assert len([e for e in root.iter(f"{SVG}line") if e.get("stroke-width") == "1.2"]) == 2


def test_under_ten_studies_there_is_no_chart():
    made = summary(*MANY[:9], facts(20, "confirmed", "elsewhere", "time"))
    assert chart_svg(made) == ""
    assert "There is no chart" in page(made)
    assert "Most often reported" not in page(made)
    assert "%" not in re.sub("95%", "", page(made))


def test_a_tier_below_the_headline_is_shown_apart():
    below = [facts(n, "provisional", "rest_of_uk", "time") for n in range(30, 44)]
    text = page(summary(*MANY, *below, group_means={"rest_of_uk": "Outside the NHS."}))
    assert "**16 studies:** 12 NHS, 4 elsewhere." in text
    assert "Counted apart, further down: 14 studies (provisional)." in text
    assert "| Tier | Studies | NHS | Rest of the UK | Elsewhere |" in text
    assert "| Confirmed (above) | 16 | 12 | 0 | 4 |" in text
    assert "| Provisional | 14 | 0 | 14 | 0 |" in text
    assert "| Lack of time | 14 (100%) | 0 |" in text[text.index("### Provisional") :]
    assert text.count("](chart)") == 1  # neither NHS nor elsewhere there
    nhs = [facts(n, "provisional", "nhs", "time") for n in range(30, 44)]
    assert page(summary(*MANY, *nhs)).count("](chart)") == 2
    assert "Provisional: machine only" in chart_svg(summary(*MANY, *nhs), "provisional")


def test_the_chart_stands_in_the_page():
    made = summary(*MANY)
    found = re.search(r"\(data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)\)", summary_markdown(made))
    assert base64.b64decode(found[1]).decode() == chart_svg(made)
    assert [row.label for row in rows_of(made, made.tier("confirmed"), ("nhs",))] == [
        "Lack of time",
        "NHS culture <&|*",
    ]


def test_text_from_outside_stays_text():
    evil = "<script>alert(1)</script> | ![x](http://x.example/p.png) **b** `c`"
    made = summary(*MANY, prisma={"database_results": 3, "database_specific_results": evil})
    html = MarkdownIt("commonmark").enable("table").render(page(made))
    assert "<script" not in html
    assert "x.example/p.png&quot;" not in html
    assert '<img src="http' not in html
    assert "<td>NHS culture &lt;&amp;|*</td>" in html
    assert "alert(1)" in html
    # Every row of a table has as many cells as its head.
    for table in re.findall(r"<table>.*?</table>", html, re.S):
        rows = [len(re.findall(r"<t[hd]", row)) for row in re.findall(r"<tr>.*?</tr>", table, re.S)]
        assert len(set(rows)) == 1


def test_what_changed_is_told():
    before = summary(*MANY)
    same = summary(*MANY, before=before, hour=9)
    assert "Nothing has changed since 2026-01-05 07:00 UTC." in page(same)
    assert "This is the first summary" in page(before)
    more = summary(*MANY, facts(99, "confirmed", "nhs", "time"), before=before, hour=9, codebook_version="2.0+x")
    text = page(more)
    assert "- studies, confirmed: 17; before, 16" in text
    assert "- Lack of time (NHS, confirmed): 4 of 13 (31%); before, 3 of 12 (25%)" in text
    assert "- Records from databases: 17; before, 16" in text
    assert "the codebook is 2.0+x now" in text


def test_a_study_that_moved_to_another_tier_is_no_fall_of_its_themes():
    waiting = [facts(n, "provisional", "nhs", "time") for n in range(12)]
    before = summary(*waiting)
    screened = [facts(0, "suggested", "nhs", "time"), *waiting[1:]]
    text = page(summary(*screened, before=before, hour=9))
    assert "- studies, suggested: 1; before, 0" in text
    assert "- 2 counts of barriers differ only since their studies moved from one tier to another" in text
    assert "- Lack of time" not in text
    excluded = page(summary(*waiting[2:], before=before, hour=9))
    assert "- Lack of time (NHS, provisional): 10 of 10 (100%); before, 12 of 12 (100%)" in excluded


def test_rows_and_json():
    made = summary(*MANY, before=summary(*MANY[:5]))
    rows = summary_table(made)
    assert {"theme": "Lack of time", "phase": "Any", "group": "NHS", "barrier": 3, "of": 12}.items() <= rows[0].items()
    assert len(rows) == 2 * 2 * 5
    assert any(row["barrier"] == 0 and row["of"] == 12 for row in rows)
    assert [row["key"] for row in prisma_rows(made)][:3] == ["previous_studies", "previous_reports", "database_results"]
    assert len(prisma_rows(made)) == 26 + 3
    assert summary_from_dict(json.loads(json.dumps(summary_json(made)))) == made
    assert summary_from_dict(summary_to_dict(made)) == made

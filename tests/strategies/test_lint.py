"""What the linter says of broken strategies, and that it says nothing of good ones. All of them are invented here."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livingscan.errors import UserError
from livingscan.strategies.dialects import DIALECTS
from livingscan.strategies.lint import Finding, lint, lint_file

TODAY = date(2026, 11, 23)
HEADER = """# date: 2026-01-05
# author: A. Librarian
# limits: none
# filters: none
# derived-from: nothing
"""
REVIEW = Path(__file__).parents[2] / "review" / "strategies"


def found(source: str, text: str) -> tuple[Finding, ...]:
    return lint(source, HEADER + text, TODAY)


# source, strategy, rule, the words it should point at (a beginning of them)
BROKEN = [
    # brackets
    ("pubmed", "(barrier*[tiab] OR obstacle*[tiab] AND uk[tiab]", "bracket", "("),
    ("pubmed", "(barrier*[tiab] OR obstacle*[tiab])) AND uk[tiab]", "bracket", ")"),
    ("europepmc", 'TITLE_ABS:(barrier* OR "lack of time"', "bracket", "("),
    ("scopus", "TITLE-ABS-KEY(barrier* OR obstacle*", "bracket", "("),
    ("wos", "TS=(barrier* OR obstacle*))", "bracket", ")"),
    ("pubmed", "barrier*[tiab OR obstacle*[tiab]", "bracket", "[tiab"),
    ("pubmed", "barrier*tiab] OR obstacle*[tiab]", "bracket", "]"),
    ("scopus", "TITLE({quality improvement OR barrier*)", "bracket", "{"),
    ("pubmed", "() OR barrier*[tiab]", "empty", "("),
    ("wos", "TS=()", "empty", "("),
    # quotation marks
    ("pubmed", '"lack of time[tiab] OR "lack of support"[tiab]', "quote", '"lack of time'),
    ("pubmed", 'lack of time"[tiab] OR "lack of support"[tiab]', "quote", '"'),
    ("europepmc", 'TITLE_ABS:("roll out OR "scale up")', "quote", '"roll out'),
    ("openalex", '"quality improvement" AND ("NHS OR england)', "quote", '"NHS'),
    ("scopus", 'TITLE("quality improvement OR barrier*)', "quote", '"quality improvement'),
    ("pubmed", "\u201cquality improvement\u201d[tiab] OR barrier*[tiab]", "character", "\u201cquality"),
    ("wos", "TS=(\u201clack of time\u201d OR barrier*)", "character", "\u201clack"),
    ("europepmc", "TITLE:('quality OR barrier*)", "quote", "'quality"),
    ("lens", 'title:"" OR title:barrier*', "empty", '""'),
    # characters that look like others
    ("pubmed", "barrier*[tiab]\u00a0OR obstacle*[tiab]", "character", ""),
    ("pubmed", "NHS[tiab] OR evidence\u2013based[tiab]", "character", "\u2013based"),
    ("pubmed", "NHS[tiab] OR bar\u200brier[tiab]", "character", ""),
    # operators
    ("pubmed", "barrier*[tiab] or obstacle*[tiab]", "operator", "or"),
    ("pubmed", "barrier*[tiab] And obstacle*[tiab]", "operator", "And"),
    ("europepmc", "TITLE:(barrier* and nhs)", "operator", "and"),
    ("openalex", "barrier or obstacle", "operator", "or"),
    ("lens", "title:barrier* not abstract:blood", "operator", "not"),
    ("scopus", "TITLE(barrier* or obstacle*)", "operator", "or"),
    ("pubmed", "barrier*[tiab] OR OR obstacle*[tiab]", "operator", "OR"),
    ("pubmed", "barrier*[tiab] AND OR obstacle*[tiab]", "operator", "OR"),
    ("pubmed", "OR barrier*[tiab]", "operator", "OR"),
    ("pubmed", "barrier*[tiab] OR", "operator", "OR"),
    ("pubmed", "(barrier*[tiab] OR) AND nhs[tiab]", "operator", "OR"),
    ("wos", "TS=(OR barrier*)", "operator", "OR"),
    ("pubmed", "humans[mh] AND NOT animals[mh]", "operator", "NOT"),
    ("scopus", "TITLE(barrier*) NOT TITLE(blood)", "operator", "NOT"),
    ("wos", "TS=(barrier*) AND NOT TS=(blood)", "operator", "NOT"),
    ("semanticscholar", "barrier* OR obstacle*", "operator", "OR"),
    ("semanticscholar", "barrier* | | obstacle*", "operator", "|"),
    ("pubmed", "nhs[tiab] AND barrier*[tiab] OR obstacle*[tiab]", "mixed", "OR"),
    ("eric", "nhs OR england AND barriers", "mixed", "AND"),
    # nothing between two terms
    ("pubmed", "barrier*[tiab] obstacle*[tiab]", "adjacent", "obstacle*"),
    ("pubmed", "(nhs[tiab]) (barrier*[tiab])", "adjacent", "("),
    ("pubmed", "quality improvement OR nhs[tiab]", "adjacent", "improvement"),
    ("europepmc", 'TITLE:barrier* "lack of time"', "adjacent", '"lack of time"'),
    ("europepmc", "TITLE:quality improvement", "adjacent", "improvement"),
    ("scopus", "TITLE(quality improvement)", "adjacent", "improvement"),
    ("wos", "TS=(barrier*) TI=(nhs)", "adjacent", "TI="),
    ("openalex", '"scale up" "roll out"', "adjacent", '"roll out"'),
    ("semanticscholar", 'nhs "quality improvement"', "adjacent", '"quality'),
    # fields
    ("pubmed", "barrier*[tiba]", "field", "[tiba]"),
    ("pubmed", "barrier*[ti,ab]", "field", "[ti,ab]"),
    ("pubmed", "barrier*[tiab][mh]", "field", "[mh]"),
    ("pubmed", "nhs[tiab] OR [mh]", "field", "[mh]"),
    ("pubmed", '"Quality Improvement"[mh:noexplode]', "field", "[mh:noexplode]"),
    ("pubmed", "barrier*[tiab:noexp]", "field", "[tiab:noexp]"),
    ("europepmc", "TITEL:barrier*", "field", "TITEL:"),
    ("europepmc", "barrier*[tiab]", "field", "[tiab]"),
    ("europepmc", "TITLE: AND ABSTRACT:barrier*", "field", "TITLE:"),
    ("doaj", "bibjsn.title:barrier", "field", "bibjsn.title:"),
    ("core", "titel:barrier*", "field", "titel:"),
    ("eric", "titel:barriers", "field", "titel:"),
    ("lens", "titles:barrier*", "field", "titles:"),
    ("scopus", "TITLE-ABS-KEYS(barrier*)", "field", "TITLE-ABS-KEYS"),
    ("wos", "TX=(barrier*)", "field", "TX="),
    ("wos", "barrier* AND TS=(nhs)", "field", "barrier*"),
    ("openalex", "barrier[tiab]", "field", "[tiab]"),
    # wildcards
    ("pubmed", "imp*[tiab]", "wildcard", "imp*"),
    ("pubmed", "*proving[tiab]", "wildcard", "*proving"),
    ("pubmed", "organi?ation[tiab]", "wildcard", "organi?ation"),
    ("pubmed", "organi*ation[tiab]", "wildcard", "organi*ation"),
    ("pubmed", "implement$[tiab]", "wildcard", "implement$"),
    ("pubmed", '"new model* of care"[tiab]', "wildcard", "model*"),
    ("europepmc", 'TITLE:"care bundle*"', "wildcard", "bundle*"),
    ("europepmc", "TITLE:*vement", "wildcard", "*vement"),
    ("europepmc", "TITLE:organi?ation", "wildcard", "organi?ation"),
    ("openalex", "barrier* AND nhs", "wildcard", "barrier*"),
    ("doaj", "bibjson.title:barrier*", "wildcard", "barrier*"),
    ("semanticscholar", "organi*ation", "wildcard", "organi*ation"),
    ("wos", "TS=(im*)", "wildcard", "im*"),
    ("wos", "TS=(*ly)", "wildcard", "*ly"),
    ("scopus", "TITLE(implement$)", "wildcard", "implement$"),
    ("lens", 'title:"care bundle*"', "wildcard", "bundle*"),
    ("lens", "title:*ment", "wildcard", "*ment"),
    # proximity
    ("pubmed", '"implementation barriers"[mh:~3]', "proximity", "[mh:~3]"),
    ("pubmed", "implementation barriers[tiab:~3]", "proximity", "[tiab:~3]"),
    ("pubmed", '"implementation barrier*"[tiab:~3]', "proximity", "[tiab:~3]"),
    ("pubmed", '"barriers"[tiab:~3]', "proximity", "[tiab:~3]"),
    ("pubmed", '"implementation barriers"[tiab~3]', "proximity", "[tiab~3]"),
    ("pubmed", '"implementation barriers"[tiab:~]', "proximity", "[tiab:~]"),
    ("pubmed", "implement*[tiab] NEAR/3 barrier*[tiab]", "proximity", "NEAR/3"),
    ("scopus", "TITLE(implement* NEAR/3 barrier*)", "proximity", "NEAR/3"),
    ("scopus", "TITLE(implement* W/3 (barrier* AND staff))", "proximity", "AND"),
    ("wos", "TS=(implement* W/3 barrier*)", "proximity", "W/3"),
    ("wos", "TS=((quality AND care) NEAR/3 improv*)", "proximity", "AND"),
    ("doaj", 'bibjson.title:"quality care"~3', "proximity", "~3"),
    ("europepmc", "TITLE:barrier~1", "wildcard", "~1"),
    # another database's spelling
    ("pubmed", "(barrier* or obstacle*).ti,ab.", "foreign", ".ti,ab."),
    ("pubmed", "implement* adj3 barrier*", "foreign", "adj3"),
    ("pubmed", "nhs[tiab] AND #2", "foreign", "#2"),
    ("scopus", "TITLE(barrier*) AND #2", "foreign", "#2"),
    # too long
    ("eric", " OR ".join(f'"barrier number {n}"' for n in range(900)), "long", '"barrier number 0"'),
    ("openalex", " AND ".join(f'"barrier number {n}"' for n in range(400)), "long", '"barrier number 0"'),
    ("pubmed", f'"{"barrier " * 60}"[tiab]', "quote", '"barrier'),
    # the header
    ("pubmed", "barrier*[tiab]\n# filters: NICE\nOR nhs[tiab]", "header", "# filters"),
    ("pubmed", "", "empty", ""),
]


@pytest.mark.parametrize(("source", "text", "rule", "words"), BROKEN)
def test_each_fault_is_named_where_it_stands(source: str, text: str, rule: str, words: str) -> None:
    findings = [one for one in found(source, text) if one.rule == rule]
    assert findings, [one.rule for one in found(source, text)]
    assert any(one.words.startswith(words) for one in findings), [one.words for one in findings]
    for one in findings:
        assert one.source == source
        assert one.line >= 1
        assert one.reason
        assert one.advice


def test_a_fault_brings_no_swarm_of_others() -> None:
    """After most faults the walk goes on as the writer meant it."""
    swarms = {
        (source, text): findings
        for source, text, _, _ in BROKEN
        if len(findings := found(source, text)) > 3 and "#" not in text
    }
    assert swarms == {}


GOOD = [
    ("pubmed", '("Quality Improvement"[mh] OR quality improvement[tiab] OR "care bundle*"[ti]) AND UK[ad]'),
    ("pubmed", '"barriers implementation"[Title/Abstract:~4] AND ("2020/01/01"[crdt] : "2020/12/31"[crdt])'),
    ("pubmed", '"Nurses"[Mesh:NoExp] AND 2015:2020[dp] AND hasabstract AND english[la]'),
    ("pubmed", "(barrier*[ti] OR obstacle*[ti])\n  NOT (animals[mh] NOT humans[mh])"),
    ("pubmed", '"what\'s getting in the way?"[ti] OR "doctor’s role"[ti] OR "U.K."[tiab]'),
    ("pubmed", '"Evidence-Based Practice/organization and administration"[mh] OR nurs* [ti]'),
    ("europepmc", '(TITLE_ABS:(barrier* OR "lack of time") OR AFF:"Wales") AND (SRC:MED OR SRC:PPR) NOT SRC:PAT'),
    ("europepmc", "TITLE:barrier* AND CREATION_DATE:[2026-01-01 TO 2026-02-01] AND HAS_ABSTRACT:y"),
    ("europepmc", 'ABSTRACT:"quality care"~3 AND TITLE:nurs*'),
    ("openalex", '("quality improvement" OR audit) AND (barrier OR obstacle) NOT blood'),
    ("crossref", "NHS quality improvement and barriers or enablers"),
    ("crossref", '(NHS OR "health service") AND barrier*'),
    ("semanticscholar", '(NHS | "health service") + ("care bundle"~3 | barrier*) + -blood'),
    ("doaj", 'bibjson.abstract:("NHS" OR england) AND bibjson.title:(barrier OR barriers)'),
    ("core", 'title:(barrier OR barriers) AND abstract:"scale up" AND yearPublished>=2015'),
    ("eric", '(nhs OR "health service") AND title:barriers AND peerreviewed:T'),
    ("biorxiv", '(NHS OR "health service*") AND (barrier* OR obstacle*)'),
    ("scopus", "TITLE-ABS-KEY((quality OR care) W/3 improv*) AND PUBYEAR > 2014 AND NOT TITLE({blood flow})"),
    ("scopus", 'TITLE(organi?ation* PRE/2 change) OR (AFFILCOUNTRY("united kingdom") AND KEY("care bundle*"))'),
    ("wos", 'TS=((quality OR care) NEAR/3 improv*) AND CU=(England OR Scotland) NOT TI=("blood barrier")'),
    ("scopus", 'TITLE ( barrier* ) AND ( LIMIT-TO ( SUBJAREA , "MEDI" ) OR LIMIT-TO(SUBJAREA,"NURS") )'),
    ("wos", "TI=(organi?ation* OR behavio$r) AND PY=(2015-2020)"),
    ("lens", 'title:(barrier* OR organi?ation) AND abstract:"lack of time" AND year_published:[2015 TO 2020]'),
]


@pytest.mark.parametrize(("source", "text"), GOOD)
def test_a_good_strategy_raises_nothing(source: str, text: str) -> None:
    assert found(source, text) == ()


def test_every_source_of_the_protocol_has_a_spelling() -> None:
    assert {path.stem for path in REVIEW.glob("*.txt")} <= DIALECTS.keys()


@pytest.mark.parametrize("path", sorted(REVIEW.glob("*.txt")), ids=lambda path: path.stem)
def test_the_review_s_own_strategies_are_sound(path: Path) -> None:
    assert lint_file(path.stem, path, date(2099, 1, 1)) == ()


def test_line_and_column_are_those_of_the_file() -> None:
    (finding,) = found("pubmed", "nhs[tiab]\n  AND imp*[tiab]")
    assert (finding.line, finding.column) == (7, 7)


def test_advice_names_the_field_that_was_meant() -> None:
    (finding,) = found("europepmc", "TITEL:barrier*")
    assert "TITLE" in finding.advice


HEADERS = [
    ("# author: A\n# limits: none\n# filters: none\n# derived-from: nothing\n", "header date"),
    ("# date: 2026-01-05\n# limits: none\n# filters: none\n# derived-from: nothing\n", "header author"),
    (HEADER.replace("2026-01-05", "5 January 2026"), "header"),
    (HEADER.replace("2026-01-05", "2062-01-05"), "header"),
    (HEADER.replace("limits: none", "limits:"), "header"),
    (HEADER.replace("filters", "filtres"), "header"),
    (HEADER + "# date: 2026-02-01\n", "header"),
    ("", "header filters"),
]


@pytest.mark.parametrize(("header", "rule"), HEADERS)
def test_the_header_is_checked(header: str, rule: str) -> None:
    assert rule in [one.rule for one in lint("pubmed", header + "nhs[tiab]", TODAY)]


def test_a_header_may_run_over_several_lines() -> None:
    header = HEADER.replace("limits: none", "limits:\n#   none by language, date or type")
    assert lint("pubmed", header + "nhs[tiab]", TODAY) == ()


def test_line_ends_of_other_systems_change_nothing() -> None:
    text = HEADER + "(nhs[tiab]\nAND imp*[tiab])"
    assert lint("pubmed", text.replace("\n", "\r\n"), TODAY) == lint("pubmed", text, TODAY)
    assert lint("pubmed", "\ufeff" + text, TODAY) == lint("pubmed", text, TODAY)


def test_an_unknown_source_is_a_user_s_error() -> None:
    with pytest.raises(UserError, match="pubmed"):
        lint("pubmde", "x", TODAY)


def test_a_file_that_is_no_utf8_is_reported_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "pubmed.txt"
    path.write_bytes(HEADER.encode() + b"caf\xe9[tiab]")
    (finding,) = lint_file("pubmed", path, TODAY)
    assert (finding.line, "UTF-8" in finding.advice) == (6, True)
    with pytest.raises(UserError, match="cannot be read"):
        lint_file("pubmed", tmp_path / "none.txt", TODAY)


PIECES = [
    *'()"[]{}*?$|+-:/,\n\u201c\u200b',
    *(
        " AND ",
        " OR ",
        " NOT ",
        " NEAR/3 ",
        " W/3 ",
        "[tiab]",
        "nhs",
        "barrier*",
        "TITLE:",
        "TS=",
        "TITLE(",
        "~3",
        "#1",
    ),
]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(DIALECTS)), st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25))
def test_whatever_is_typed_brings_findings_and_never_an_error(source: str, pieces: list[str]) -> None:
    text = HEADER + "".join(pieces)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for one in lint(source, text, TODAY):
        assert 1 <= one.line <= len(lines)
        assert 1 <= one.column <= len(lines[one.line - 1]) + 1


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([one for one in GOOD if one[0] != "crossref"]), st.data())
def test_a_bracket_or_quote_taken_away_is_noticed(good: tuple[str, str], data: st.DataObject) -> None:
    source, text = good
    signs = [at for at, sign in enumerate(text) if sign in '()"']
    at = data.draw(st.sampled_from(signs or [0]))
    if signs:
        assert found(source, text[:at] + text[at + 1 :]), (source, text[:at] + "<HERE>" + text[at + 1 :])

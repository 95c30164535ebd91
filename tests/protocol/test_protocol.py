import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from livingscan import protocol as protocol_module
from livingscan import sources
from livingscan.errors import UserError
from livingscan.protocol import load_codebook, load_protocol, parse_strategy
from livingscan.reviewfiles import check_cron

REVIEW = Path(__file__).resolve().parents[2] / "review"


@pytest.fixture
def review(tmp_path):
    shutil.copytree(REVIEW, tmp_path / "review")
    return tmp_path / "review"


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_projects_own_protocol_and_codebook_are_sound():
    protocol = load_protocol(REVIEW)
    assert protocol.enabled_sources == ("pubmed", "europepmc")
    assert len(protocol.sources) == 12
    assert protocol.living.timezone == "Europe/London"
    assert protocol.schedule_of("pubmed") == protocol.living.steps["update-review"].cron
    assert protocol.merges("same")
    assert not protocol.merges("erratum_comment")
    codebook = load_codebook(REVIEW)
    assert len(codebook.themes) == 16
    assert [sum(t.reference_count for t in codebook.themes if t.level == level.id) for level in codebook.levels] == [
        4,
        4,
        16,
        9,
    ]
    known = [t for t in codebook.themes if all(t.reference.values())]
    assert {t.id for t in known} == {"management", "data_use", "time", "org_funding", "nhs_culture"}
    assert all(set(t.reference.values()) == {None} for t in codebook.themes if t not in known)


def test_every_source_has_a_strategy_with_a_header():
    protocol = load_protocol(REVIEW)
    seen = set()
    for name in protocol.sources:
        strategy = protocol.strategy(name)
        assert {"date", "author", "limits", "filters", "derived-from"} <= set(strategy.header), name
        assert strategy.text.count("(") == strategy.text.count(")"), name
        assert strategy.text.count('"') % 2 == 0, name
        assert "#" not in strategy.text, name
        seen.add(strategy.sha256)
    assert len(seen) == len(protocol.sources)


def test_the_protocol_knows_the_sources_there_are():
    assert tuple(protocol_module.SOURCES) == tuple(sources.SOURCES)


def test_a_strategy_is_one_line_and_its_hash_does_not_mind_layout(tmp_path):
    one = parse_strategy("x", "# date: 2026-01-05\n# limits: none\n#   at all\n\n(a\n  OR b)\n", tmp_path)
    two = parse_strategy("x", "# date: 2027-01-05\n(a OR b)", tmp_path)
    assert one.text == "(a OR b)"
    assert one.header == {"date": "2026-01-05", "limits": "none at all"}
    assert one.sha256 == two.sha256


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("protocol.yaml", "timezone: Europe/London", "timezone: Europe/Londres", "living.timezone"),
        ("protocol.yaml", 'cron: "0 5 * * 1"', 'cron: "0 25 * * 1"', "living.steps.update-review.cron"),
        ("protocol.yaml", "included_after: full-text", "included_after: later", "included_after"),
        ("protocol.yaml", "overlap_days: 7", "overlap: 7", "sources.pubmed.overlap_days: is missing"),
        (
            "protocol.yaml",
            "overlap_days: 7",
            "overlap_days: 7\n    overlap: 7",
            "sources.pubmed.overlap: is not a known key",
        ),
        (
            "protocol.yaml",
            "\n  pubmed:\n",
            "\n  pubmet:\n",
            "sources: pubmet is not known; choose from pubmed, europepmc",
        ),
        ("protocol.yaml", "strategy: pubmed.txt", "strategy: ../../../../etc/passwd", "sources.pubmed.strategy: ../"),
        ("protocol.yaml", "strategy: pubmed.txt", "strategy: /etc/passwd", "lies outside the review's folder"),
        ("protocol.yaml", "      - quality improvement*", '      - "*improvement"', "eligibility.1.terms.0"),
        ("protocol.yaml", "  - id: barrier_content", "  - id: barriers", "barrier_content is missing"),
        ("protocol.yaml", "question: >-", "title: twice\nquestion: >-", "line"),
        ("protocol.yaml", "languages_read: [eng]", "languages_read: [eng", "not valid YAML"),
        (
            "codebook.yaml",
            "level: initiative\n    label: Insufficient",
            "level: starter\n    label: Insufficient",
            "themes.evidence_base.level",
        ),
        ("codebook.yaml", "  - id: usability", "  - id: evidence_base", "evidence_base stands there twice"),
        ("codebook.yaml", "themes: [staff_skills]", "themes: [staff_skill]", "'staff_skill' is not a theme"),
        ("places.yaml", "  - NHSScotland", '  - "/(/"', "nhs.1"),
    ],
)
def test_what_is_wrong_is_said_with_file_key_and_remedy(review, file, old, new, words):
    change(review / file, old, new)
    with pytest.raises(UserError) as error:
        (load_codebook if file == "codebook.yaml" else load_protocol)(review)
    assert file in str(error.value)
    assert words in str(error.value)


def test_missing_files_are_named(review):
    (review / "places.yaml").unlink()
    with pytest.raises(UserError, match=r"places\.yaml is missing"):
        load_protocol(review)
    shutil.copy(REVIEW / "places.yaml", review)
    (review / "strategies" / "pubmed.txt").write_text("# date: 2026-01-05\n\n")
    protocol = load_protocol(review / "protocol.yaml")
    with pytest.raises(UserError, match="no search text"):
        protocol.strategy("pubmed")
    (review / "strategies" / "pubmed.txt").unlink()
    with pytest.raises(UserError, match=r"pubmed\.txt is missing"):
        protocol.strategy("pubmed")
    with pytest.raises(UserError, match="choose from pubmed"):
        protocol.strategy("medline")
    (review / "strategies" / "europepmc.txt").write_bytes(b"\xff\xfe\x00a")
    with pytest.raises(UserError, match="UTF-8"):
        protocol.strategy("europepmc")


def test_the_rules_version_changes_with_the_rules_alone(review):
    before = load_protocol(review).rules_version
    change(review / "protocol.yaml", "stop_when:\n      - No", "stop_when:\n      - Never. No")
    assert load_protocol(review).rules_version == before
    change(review / "places.yaml", "  - NHSScotland", "  - NHSScotland\n  - NHSX")
    assert load_protocol(review).rules_version != before


@pytest.mark.parametrize("line", ["0 5 * * 1", "*/15 6-18 1,15 jan-jun mon-fri", "", "0 0 31 12 7"])
def test_cron_lines_that_are_sound(line):
    assert check_cron(line) == line


@pytest.mark.parametrize(
    "line", ["0 5 * *", "60 5 * * 1", "0 5 * * 8", "0 5-3 * * 1", "*/0 5 * * 1", "a b c d e", "0 5 0 * 1"]
)
def test_cron_lines_that_are_not(line):
    with pytest.raises(ValueError, match=r"cron|number|backwards"):
        check_cron(line)


def test_loading_the_protocol_is_light():
    code = (
        "import sys, livingscan.protocol\n"
        "heavy = {'sqlalchemy', 'prefect', 'requests', 'numpy', 'Bio', 'pandas'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""`livingscan screen` as it is typed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from livingscan.cli.app import run
from livingscan.protocol import load_protocol
from livingscan.records import make_record
from livingscan.screening.step import flag_for_screening
from livingscan.store import open_store
from tests.screening.fill import fill

REVIEW = Path(__file__).resolve().parents[2] / "review"


@pytest.fixture
def review(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A review with two reports that wait, in a folder of its own."""
    url = f"sqlite:///{tmp_path / 'review.db'}"
    (tmp_path / "review.db").write_bytes(sqlite_template.read_bytes())
    monkeypatch.setenv("LIVINGSCAN_DATABASE_URL", url)
    monkeypatch.setenv("LIVINGSCAN_REVIEW", str(REVIEW))
    with open_store(url) as store:
        fill(
            store,
            [
                make_record(
                    source="x", source_id="1", title="Barriers to quality improvement in NHS wards: interviews"
                ),
                make_record(source="x", source_id="2", title="Salt"),
            ],
        )
        flag_for_screening(store, protocol=load_protocol(REVIEW))
    return tmp_path


@pytest.mark.parametrize("name", ["queue.csv", "queue.ris"])
def test_out_to_a_file_and_back(review: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = review / name
    assert run(["screen", "export", str(file), "--reviewer", "Jo", "--limit", "1"]) == 0
    assert "1 report written" in capsys.readouterr().out
    text = file.read_bytes().decode("utf-8-sig")
    assert "NHS wards" in text
    assert "Salt" not in text
    text = text.replace("title-abstract,,", "title-abstract,include,").replace("verdict:", "verdict: include")
    file.write_text(text, encoding="utf-8", newline="")
    assert run(["screen", "import", str(file)]) == 0
    assert "1 new, 0 changed, 0 known already, 0 without a verdict, 0 not taken" in capsys.readouterr().out
    assert run(["screen", "export", str(review / "done.csv"), "--reviewer", "Jo", "--what", "decided"]) == 0
    assert "include" in (review / "done.csv").read_text(encoding="utf-8-sig")
    assert run(["screen", "export", "-", "--reviewer", "Jo", "--what", "all"]) == 0
    out = capsys.readouterr().out
    assert out.count("title-abstract") == 2


def test_what_is_not_settled_is_told_wherever_the_queue_is(review: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = review / "mine.csv"
    file.write_text("record,verdict,reviewer\nx:1,include,Jo\nx:1,exclude,Kim\nx:2,unsure,Jo\n")
    assert run(["screen", "import", str(file)]) == 0
    assert "2 reports to settle" in capsys.readouterr().out
    run(["status"])
    assert "2  to settle" in capsys.readouterr().out
    assert run(["summary"]) == 0
    told = capsys.readouterr().out
    assert "2 reports to settle, reviewers are unsure or differ: `livingscan screen start --what unresolved`" in told
    assert run(["refresh"]) == 0
    assert "0 of them likely eligible, 2 to settle" in capsys.readouterr().out
    assert run(["screen", "export", "-", "--reviewer", "Lee", "--what", "unresolved"]) == 0
    told = capsys.readouterr().out
    assert "to settle: Jo: include; Kim: exclude" in told
    assert "to settle: Jo: unsure" in told
    assert "no empirical data" in told
    file.write_text("record,verdict,reviewer\nx:1,exclude,Jo\nx:2,include,Lee\n")
    assert run(["screen", "import", str(file)]) == 0
    told = capsys.readouterr().out
    assert "1 new, 1 changed, 0 known already" in told
    assert f"{file}, line 2: report 1: include before, exclude now, by Jo" in told
    assert run(["summary"]) == 0
    assert "settle" not in capsys.readouterr().out


def test_faults_are_told_by_line_and_the_rest_is_loaded(review: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = review / "mine.csv"
    file.write_text("record,verdict\nx:1,include\nx:2,perhaps\nx:9,include\n")
    assert run(["screen", "import", str(file), "--reviewer", "Jo"]) == 3
    told = capsys.readouterr()
    assert "1 new, 0 changed, 0 known already, 0 without a verdict, 2 not taken" in told.out
    assert f"{file}, line 3: verdict 'perhaps' is not one of include, exclude, unsure" in told.err
    assert f"{file}, line 4: there is no record 'x:9' in this review" in told.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["export", "queue.xlsx", "--reviewer", "Jo"], 2, "must end in .csv or .ris"),
        (["export", "no/such/folder/q.csv", "--reviewer", "Jo"], 2, "cannot be written"),
        (["import", "missing.csv"], 2, "no such file"),
        (["import", "other.csv"], 3, "first line must name"),
        (["import", "latin.csv"], 3, "not UTF-8"),
        (["start", "--reviewer", "Jo"], 2, "needs a terminal"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    review: Path,
    arguments: list[str],
    code: int,
    words: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = os.getcwd()
    monkeypatch.chdir(review)
    (review / "other.csv").write_text("a,b\n1,2\n")
    (review / "latin.csv").write_bytes("record,verdict\nJosé,include\n".encode("latin-1"))
    monkeypatch.setenv("LIVINGSCAN_MIGRATIONS", str(Path(here) / "migrations"))
    assert run(["screen", *arguments]) == code
    told = capsys.readouterr().err
    assert words in told
    assert "Traceback" not in told

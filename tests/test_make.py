"""`make clean` in a folder of its own: the demos' folders go, a real review stays unless it is named."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from livingscan.cli.running import LOCK, mark_invented

MAKEFILE = Path(__file__).resolve().parents[1] / "Makefile"
pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone in which two demos ran; nothing else is there yet."""
    shutil.copy(MAKEFILE, tmp_path)
    for name in ("demo", "demo-mine-0a1b2c3d"):
        home = tmp_path / ".livingscan" / name
        home.mkdir(parents=True)
        (home / "review.db").touch()
        mark_invented(home)
    return tmp_path


def make(clone: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """As a person calls it, not as the make that runs these tests would."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(["make", *words], cwd=clone, env=env, capture_output=True, text=True, check=False)


def test_what_the_demos_wrote_goes_with_the_environment(clone: Path) -> None:
    (clone / ".venv").mkdir()
    done = make(clone, "clean")
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "rm -rf .venv\n")
    assert [path.name for path in clone.iterdir()] == ["Makefile"]
    assert make(clone, "clean").returncode == 0  # on a fresh clone


@pytest.mark.parametrize("theirs", ["review.db", "inbox/export.ris", "demo-in-name-only/review.db"])
def test_a_real_review_is_kept_and_named(clone: Path, theirs: str) -> None:
    path = clone / ".livingscan" / theirs
    path.parent.mkdir(exist_ok=True)
    path.touch()
    done = make(clone, "clean")
    assert done.returncode == 0
    assert theirs.partition("/")[0] in done.stdout
    assert "make clean REVIEW=1" in done.stdout
    assert [one for one in (clone / ".livingscan").rglob("*") if one.is_file()] == [path]
    assert make(clone, "clean", "REVIEW=1").returncode == 0
    assert not (clone / ".livingscan").exists()


@pytest.mark.parametrize("place", [".", "demo"])
def test_nothing_is_removed_under_a_launcher_that_runs(clone: Path, place: str) -> None:
    lock = clone / ".livingscan" / place / LOCK
    lock.write_text(f'{{"pid": "{os.getpid()}", "kind": "demo"}}')
    done = make(clone, "clean", "REVIEW=1")
    assert done.returncode != 0
    assert done.stderr.startswith("livingscan runs in .livingscan")
    assert (clone / ".livingscan" / "demo" / "review.db").exists()
    lock.write_text("")  # it has ended
    assert make(clone, "clean").returncode == 0
    assert not (clone / ".livingscan" / "demo").exists()


def test_help_lists_what_the_documentation_asks_for(clone: Path) -> None:
    listed = make(clone, "help").stdout
    for target in ("demo", "run", "test", "check", "install", "clean"):
        assert f"\n{target} " in f"\n{listed}"

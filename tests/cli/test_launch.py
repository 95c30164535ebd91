"""`demo` and `run` hand over to the launcher; the demo's records and a real review's never meet."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.up import ROOT, command
from livingscan import __version__
from livingscan.cli.doctor import examine
from livingscan.cli.running import INVENTED, keep_apart, mark_invented
from livingscan.errors import UserError
from livingscan.settings import settings
from tests.cli.conftest import Said

Cli = Callable[..., Said]


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The command lines that the CLI becomes; the process itself stays as it is."""
    commands: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, arguments: commands.append(arguments[1:]))
    monkeypatch.setattr(os, "chdir", lambda _: None)
    return commands


def test_options_reach_the_launcher(cli: Cli, handed: list[list[str]], tmp_path: Path) -> None:
    corpus = tmp_path / "mine.ris"
    corpus.touch()
    cli("demo")
    cli("demo", "--once", "--port", "4321", "--corpus", str(corpus))
    cli("run", "--once")
    assert handed == [
        ["-m", "flows.up", "demo"],
        ["-m", "flows.up", "demo", "--once", "--port", "4321", "--corpus", str(corpus)],
        ["-m", "flows.up", "run", "--once"],
    ]


def test_a_home_is_meant_from_where_one_stands(
    cli: Cli, handed: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Path.cwd()
    cli("--home", "elsewhere", "run")
    assert os.environ["LIVINGSCAN_HOME"] == str(here / "elsewhere")
    assert len(handed) == 1


def test_a_corpus_that_is_not_there_is_said_at_once(cli: Cli, handed: list[list[str]], tmp_path: Path) -> None:
    assert cli("demo", "--corpus", str(tmp_path / "none.ris")).code == 2
    assert cli("demo", "--port", "99999").code == 2
    assert handed == []


def test_live_records_never_come_among_the_demos(tmp_path: Path, cli: Cli) -> None:
    keep_apart(tmp_path, "")
    mark_invented(tmp_path)
    keep_apart(tmp_path, "http://127.0.0.1:4280")
    with pytest.raises(UserError, match="holds the demo's records"):
        keep_apart(tmp_path, "")
    said = cli("--home", str(tmp_path), "update")
    assert said.code == 2
    assert "holds the demo's records" in said.err


def test_the_folder_of_a_running_demo_asks_its_literature(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVINGSCAN_SANDBOX_URL", "")  # so that what the command sets is taken back after the test
    monkeypatch.setenv("LIVINGSCAN_DATABASE_URL", "postgresql://me@127.0.0.1:9/review")
    (tmp_path / "up.lock").write_text(f'{{"pid": "{os.getpid()}", "sandbox": "http://127.0.0.1:4280"}}')
    assert cli("--home", str(tmp_path), "init").code == 0
    assert settings().sandbox_url == "http://127.0.0.1:4280"
    assert settings().database() == f"sqlite:///{tmp_path / 'review.db'}"


def test_who_ran_the_demo_is_told_where_it_lies(tmp_path: Path, cli: Cli) -> None:
    home = settings().home
    for name, day in (("demo", 1), ("demo-mine-0a1b2c3d", 2)):
        (home / name).mkdir(parents=True)
        mark_invented(home / name)
        os.utime(home / name / INVENTED, (day, day))
    said = cli("status")
    assert (said.code, said.err.count("\n")) == (4, 1)
    assert said.err.endswith(f"; the demo's is asked with `livingscan --home {home / 'demo-mine-0a1b2c3d'} ...`\n")
    settings.cache_clear()
    said = cli("--home", str(home / "demo"), "status")  # nothing in it yet, and no other demo in there
    assert "the demo's" not in said.err


def test_the_doctor_tells_starting_from_hanging(tmp_path: Path) -> None:
    lock = settings().home / "up.lock"
    lock.parent.mkdir()
    told = f'{{"pid": "{os.getpid()}", "ui": "http://127.0.0.1:9"'
    lock.write_text(told + "}")
    (found,) = [one for one in examine() if one.what == "prefect"]
    assert (found.verdict, "still starting" in found.found) == ("look", True)
    lock.write_text(told + ', "ready": "yes"}')
    (found,) = [one for one in examine() if one.what == "prefect"]
    assert (found.verdict, f"end process {os.getpid()}" in found.advice) == ("wrong", True)


def test_a_command_line_works_as_it_is_printed() -> None:
    words = shlex.split(command(ROOT / ".livingscan" / "demo", "--version"))
    assert words[1:] == ["--home", ".livingscan/demo", "--version"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"livingscan {__version__}\n")
    assert shlex.split(command(ROOT / ".livingscan", "status"))[1:] == ["status"]


def test_a_database_out_of_reach_is_one_line(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVINGSCAN_DATABASE_URL", "postgresql://me:secret@127.0.0.1:9/review")
    for word in ("init", "status", "update"):
        settings.cache_clear()
        said = cli(word)
        assert said.code == 4
        assert "cannot be reached" in said.err
        assert said.err.count("\n") == 1
        assert "secret" not in said.err

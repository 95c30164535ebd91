"""The command line as a whole: help that teaches, errors in one line, exit codes that tell errors apart."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from livingscan import __version__
from livingscan import settings as settings_module
from livingscan.cli import app, status
from livingscan.errors import DataError, LivingscanError, SourceError, StateError, UserError
from tests.cli.conftest import Said

Cli = Callable[..., Said]


def test_the_list_of_commands_names_each_with_a_line(cli: Cli) -> None:
    said = cli("--help")
    assert said.code == 0
    for name, command in app.COMMANDS.items():
        assert name in said.out
        assert command.help.split()[0] in said.out


@pytest.mark.parametrize("name", app.COMMANDS)
def test_every_command_explains_itself(cli: Cli, name: str) -> None:
    said = cli(name, "--help")
    assert said.code == 0
    words = " ".join(said.out.replace("│", " ").split())
    assert f"Usage: livingscan {name}" in words
    assert len(words) > 300


@pytest.mark.parametrize("name", ["demo", "run", "init", "doctor", "update", "import", "refresh", "status", "summary"])
def test_help_shows_how_by_example(cli: Cli, name: str) -> None:
    out = cli(name, "--help").out
    assert "Examples" in out
    assert f"livingscan {name}" in out.partition("Examples")[2]


def test_help_is_quick_to_load() -> None:
    code = (
        "import sys; from livingscan.cli.app import run; run(['--help']); "
        "print(*{'prefect', 'sqlalchemy', 'numpy', 'Bio', 'alembic', 'requests'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.split() == []


def test_no_command_imports_prefect() -> None:
    names = ", ".join(f"'{name}'" for name in app.COMMANDS)
    code = (
        f"import sys; from livingscan.cli.app import build; build([{names}]); import livingscan.cli.work; "
        "sys.exit('prefect' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_version(cli: Cli) -> None:
    assert cli("--version") == (0, f"livingscan {__version__}\n", "")


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["update", "--nonsense"], ["update", "--since", "soon"], ["import"]]
)
def test_asking_wrongly_is_two(cli: Cli, arguments: list[str]) -> None:
    said = cli(*arguments)
    assert said.code == 2
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("error", "code"),
    [(LivingscanError, 1), (UserError, 2), (DataError, 3), (StateError, 4), (SourceError, 5)],
)
def test_an_error_for_people_is_one_line(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, error: type[LivingscanError], code: int
) -> None:
    def broken() -> None:
        raise error("what, where, what to do")

    monkeypatch.setattr(status, "status", broken)
    assert cli("status") == (code, "", "livingscan: what, where, what to do\n")
    with pytest.raises(error):
        cli("status", "--debug")
    with pytest.raises(error):
        cli("--debug", "status")


def test_an_error_nobody_foresaw_asks_for_debug(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise KeyError("surprise")

    monkeypatch.setattr(status, "status", broken)
    said = cli("status")
    assert said.code == 1
    assert said.err.count("\n") == 1
    assert "KeyError: 'surprise'" in said.err
    assert "--debug" in said.err
    with pytest.raises(KeyError):
        cli("status", "--debug")


def test_a_full_disk_is_four() -> None:
    code = "from livingscan.cli import main; main()"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", code, "--help"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr.count("\n")) == (4, 1)
    assert "the disk is full; make room" in done.stderr


def test_no_control_character_passes_into_an_error(cli: Cli, tmp_path: Path) -> None:
    said = cli("--home", str(tmp_path / "\x1b[31mred"), "status")
    assert said.code == 4
    assert "[31mred" in said.err
    assert "\x1b" not in said.err


@pytest.mark.parametrize(
    ("home", "words"),
    [("{file}", "is not a folder: name another"), ("{file}/below", "Not a directory"), ("/proc/x", "name another")],
)
def test_a_home_that_cannot_be_is_one_line(cli: Cli, tmp_path: Path, home: str, words: str) -> None:
    (tmp_path / "file").write_text("")
    home = home.format(file=tmp_path / "file")
    said = cli("--home", home, "init")
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert home in said.err
    assert words in said.err


def test_settings_that_are_no_text_are_named(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_bytes(b"LIVINGSCAN_CONTACT_EMAIL=\xff@example.org\n")
    monkeypatch.setitem(settings_module.Settings.model_config, "env_file", tmp_path / ".env")
    said = cli("init")
    assert (said.code, said.err) == (
        2, f"livingscan: {tmp_path / '.env'} is not UTF-8 text (byte 25): save it as UTF-8\n"
    )  # fmt: skip


def test_an_interruption_is_130(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(status, "status", broken)
    assert cli("status").code == 130


def test_a_reader_that_has_had_enough_is_no_error() -> None:
    code = "from livingscan.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", code, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""


def test_paragraphs_are_reflowed_and_examples_kept() -> None:
    assert (
        app.reflowed("One\n    two.\n\n    Three\n    four.\n\n      five  six\n    ")
        == "One two.\n\nThree four.\n\n  five  six"
    )

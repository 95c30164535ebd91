"""The command `livingscan`: its options, its commands, and how errors reach a person.

Commands are imported when they are asked for, so that `livingscan --help` is quick.
"""

from __future__ import annotations

import errno
import importlib
import inspect
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from livingscan import __version__
from livingscan.errors import LivingscanError, NoDatabaseError, of_system
from livingscan.tidy import lines

EPILOG = "Start with `livingscan demo`. Each command explains itself: `livingscan COMMAND --help`."


@dataclass(frozen=True, slots=True)
class Command:
    """A command and where it lives.

    Attributes:
        module: the module under :mod:`livingscan.cli`, with a function ``name`` or a Typer ``app``.
        help: one line for the list of commands.
        panel: the part of the list that it stands in.
    """

    module: str
    help: str
    panel: str


START, KEEP, READ, FILES = "Begin", "Keep the review current", "See where it stands", "Work on files"
COMMANDS = {
    "demo": Command("launch", "The whole pipeline here, with invented literature; no keys, no network.", START),
    "run": Command("launch", "The whole pipeline against the live services, on the protocol's schedule.", START),
    "init": Command("init", "Make the database, or bring it to this version.", START),
    "doctor": Command("doctor", "Say what is wrong with this installation, and what to do about it.", START),
    "update": Command("update", "Ask the sources for what is new, and carry it through to the summaries.", KEEP),
    "import": Command("update", "Load a file exported from a database that has no open interface.", KEEP),
    "inbox": Command("inbox", "Load the files that wait in the inbox folder.", KEEP),
    "refresh": Command("refresh", "Link duplicates, flag and count anew, without asking any source.", KEEP),
    "screen": Command("screen", "Screen in the terminal; export and import decisions.", KEEP),
    "findings": Command("findings", "See what studies report, in their words; confirm and reject findings.", KEEP),
    "duplicates": Command("duplicates", "Look at duplicate links; confirm, correct and undo them.", KEEP),
    "retractions": Command("retractions", "Check what the review rests on for retractions and concerns.", KEEP),
    "lint": Command("lint", "Find what is broken in the search strategies.", KEEP),
    "status": Command("status", "How current the review is: sources, backlog, runs.", READ),
    "health": Command("health", "The sources' health: silence, floods, failures; sign-offs.", READ),
    "summary": Command("summary", "What gets in the way, so far.", READ),
    "release": Command("release", "Freeze the summary as a numbered release; list and show releases.", KEEP),
    "prisma-s": Command("prisma_s", "The search methods statement (PRISMA-S), from the ledger.", READ),
    "convert": Command("convert", "Read any export or captured answer, write normalised records.", FILES),
    "dedupe": Command("dedupe", "Link the duplicates in files, without any database.", FILES),
}


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"livingscan {__version__}")
        raise typer.Exit


def _options(
    home: Annotated[
        Path | None,
        typer.Option(help="The folder that everything is written to; default .livingscan, or LIVINGSCAN_HOME."),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which.")] = False,
) -> None:
    """A living review of what gets in the way of improvement in the NHS.

    It asks bibliographic sources for what is new, links duplicates, flags records for screening and
    keeps the summary of barriers current. Machines flag and suggest; people decide.
    """
    if home is not None:
        from livingscan.cli.running import running

        os.environ["LIVINGSCAN_HOME"] = str(home)
        # The folder of a demo that runs: its literature is asked, never the live services.
        if sandbox := (running(home) or {}).get("sandbox"):
            os.environ["LIVINGSCAN_SANDBOX_URL"] = sandbox
            os.environ["LIVINGSCAN_DATABASE_URL"] = ""


def build(asked: Sequence[str]) -> typer.Typer:
    """The command line, with the modules of those commands loaded whose names are among ``asked``.

    The others stand in the list of commands with their one line.
    """
    app = typer.Typer(
        name="livingscan", epilog=EPILOG, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode="rich"
    )
    app.callback(help=reflowed(_options.__doc__ or ""))(_options)
    for name, command in COMMANDS.items():
        if name not in asked:
            app.command(name, help=command.help, rich_help_panel=command.panel)(lambda: None)
            continue
        module = importlib.import_module(f"livingscan.cli.{command.module}")
        group = getattr(module, "app", None)
        if isinstance(group, typer.Typer):
            for one in group.registered_commands:
                one.help = one.help or reflowed(one.callback.__doc__ or "" if one.callback else "")
            app.add_typer(group, name=name, help=command.help, rich_help_panel=command.panel)
        else:
            function = getattr(module, "import_" if name == "import" else name.replace("-", "_"))
            app.command(name, help=reflowed(function.__doc__ or ""), rich_help_panel=command.panel)(function)
    return app


def reflowed(text: str) -> str:
    """A docstring with each paragraph on one line, as Typer wants it; indented lines (examples) stay as they are."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(one if one.startswith(" ") else " ".join(one.split()) for one in paragraphs)


def _demo(error: LivingscanError) -> str:
    """Where to look who ran the demo and asks for a review that is not there; "" otherwise."""
    from livingscan.cli.running import demo_of
    from livingscan.settings import settings

    demo = demo_of(settings().home) if isinstance(error, NoDatabaseError) else None
    return f"; the demo's is asked with `livingscan --home {demo} ...`" if demo else ""


def run(arguments: Sequence[str]) -> int:
    """Run the command line.

    Args:
        arguments: as typed, without the program's name.

    Returns:
        0 when all went well; 1 an error nobody foresaw; 2 asked wrongly; 3 unreadable data; 4 the
        database is not in the state needed; 5 a source failed; 130 interrupted.
    """
    debug = "--debug" in arguments
    typed = [word for word in arguments if word != "--debug"]  # it may stand anywhere
    try:
        return _invoke(typed)
    except KeyboardInterrupt:
        typer.echo("livingscan: interrupted", err=True)
        return 130
    except LivingscanError as error:
        if debug:
            raise
        _complain(f"{error}{_demo(error)}")
        return error.exit_code
    except BrokenPipeError:
        _silence()  # the reader has had enough (`| head`)
        return 0
    except Exception as error:
        if debug:
            raise
        if isinstance(error, OSError) and error.errno and (error.filename or error.errno == errno.ENOSPC):
            refused = of_system(error)
            if not error.filename:
                _silence()
            _complain(str(refused))
            return refused.exit_code
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        _complain(f"an error nobody foresaw ({what}); run it again with --debug, and report it")
        return 1


def _invoke(typed: Sequence[str]) -> int:
    """The command's exit code, once all that it said has been written."""
    try:
        build(typed)(args=typed, prog_name="livingscan")
    except SystemExit as done:
        code = done.code if isinstance(done.code, int) else int(done.code is not None)
    else:
        code = 0
    sys.stdout.flush()
    return code


def _complain(words: str) -> None:
    """Say what went wrong; what was typed or read may stand in it, so no control character passes."""
    typer.echo(f"livingscan: {lines(words)}", err=True)


def _silence() -> None:
    """Let no second complaint come when Python flushes what could not be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

"""`livingscan demo` and `livingscan run`: hand over to the launcher, which lives beside the flows."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

import livingscan
from livingscan.errors import UserError

Once = Annotated[bool, typer.Option("--once", help="Stop after the first update; exit code 0 only if it succeeded.")]
Port = Annotated[
    int | None, typer.Option(min=1, max=65535, help="Where Prefect's UI listens; default 4200, or the next free one.")
]


def demo(
    once: Once = False,
    corpus: Annotated[
        Path | None,
        typer.Option(help="Serve the sandbox from these records (RIS, nbib, PubMed XML, also .gz)."),
    ] = None,
    port: Port = None,
) -> None:
    """The whole pipeline on this machine, with invented literature; no keys, no network.

    Starts a small synthetic literature that answers like the real services, Prefect with its UI, and
    the first update; prints what happened and where to look; stays until Ctrl-C. A second demo goes
    on where the first was. Its data lie apart from the review's, in .livingscan/demo.

    [bold]Examples[/bold]

      livingscan demo

      livingscan demo --once

      livingscan demo --corpus my_export.ris
    """
    arguments = ["demo", *_common(once, port)]
    if corpus is not None:
        if not corpus.is_file():
            raise UserError(f"{corpus}: no such file")
        arguments += ["--corpus", str(corpus.absolute())]
    _hand_over(arguments)


def run(once: Once = False, port: Port = None) -> None:
    """The whole pipeline against the live services, on the protocol's schedule.

    Needs no key for PubMed and Europe PMC. Set LIVINGSCAN_CONTACT_EMAIL first, in the environment or
    .env: the services ask for it. A service out of reach is a failed search with its reason; the
    rest goes on, and the update ends as "completed with failures" (exit code 5 with --once).

    [bold]Examples[/bold]

      livingscan run

      livingscan run --once
    """
    _hand_over(["run", *_common(once, port)])


def _common(once: bool, port: int | None) -> list[str]:
    return (["--once"] if once else []) + (["--port", str(port)] if port else [])


def _hand_over(arguments: list[str]) -> NoReturn:
    """Become the launcher: one process less, and Ctrl-C reaches the right one."""
    root = Path(livingscan.__file__).resolve().parents[2]
    if not (root / "flows" / "up.py").is_file():
        raise UserError("the flows are not here: run this from a clone of the project, installed with `make install`")
    for name in ("LIVINGSCAN_HOME", "LIVINGSCAN_REVIEW"):
        if os.environ.get(name):  # as seen from where the person stands
            os.environ[name] = str(Path(os.environ[name]).absolute())
    os.chdir(root)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "flows.up", *arguments])  # noqa: S606  our own program

"""The command line as a function: arguments in, exit code and what was said out; and the sandbox to ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from livingscan.cli.app import run
from livingscan.sandbox import Sandbox, generate, serve
from livingscan.settings import settings


class Said(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    def call(*arguments: str) -> Said:
        capsys.readouterr()
        code = run(arguments)
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return call


@pytest.fixture(scope="session")
def _literature() -> Iterator[Sandbox]:
    with serve(generate(works=80)) as sandbox:
        yield sandbox


@pytest.fixture
def literature(_literature: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A small synthetic literature that the settings point to."""
    monkeypatch.setenv("LIVINGSCAN_SANDBOX_URL", _literature.url)
    settings.cache_clear()
    yield _literature
    _literature.faults = None

"""One small synthetic literature for all tests of the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
import requests

from livingscan.sandbox import Corpus, Sandbox, generate, serve
from livingscan.sandbox.wire import Library

TODAY = date(2026, 6, 30)


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return generate(seed=11, today=TODAY, works=500)


@pytest.fixture(scope="session")
def library(corpus: Corpus) -> Library:
    return Library(corpus)


@pytest.fixture
def sandbox(corpus: Corpus) -> Iterator[Sandbox]:
    with serve(corpus) as running:
        yield running


@pytest.fixture
def web() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session

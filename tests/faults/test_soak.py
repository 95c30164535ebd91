"""Whatever goes wrong on the way, a search never says complete with something missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from livingscan import sources
from tests.faults.soak import soak


@pytest.mark.slow
def test_no_silent_loss(sqlite_template: Path) -> None:
    result = soak(schedules=30, first=9000, works=100, template=sqlite_template, names=tuple(sources.SOURCES))
    assert result.silent == []
    assert result.unnamed == []
    assert result.crashed == []
    assert sum(result.faults.values()) > 10
    assert result.complete > 0

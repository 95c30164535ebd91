"""What a person can choose when starting a flow: the run forms in Prefect's UI are made from these.

Prefect takes the text under a field from the ``Args:`` of the flow's docstring.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from livingscan import clock
from livingscan.errors import UserError
from livingscan.harvest.windows import WindowKind, check_since
from livingscan.protocol import load_protocol

PROTOCOL = load_protocol()
SOURCES = list(PROTOCOL.enabled_sources)

if TYPE_CHECKING:
    SourceName = str
else:
    SourceName = Literal[tuple(SOURCES)]  # a list to pick from; the server refuses any other

SourceNames = Annotated[list[SourceName], Field(min_length=1)]


class Window(StrEnum):
    """Which records to ask a source for."""

    SINCE_LAST = "since the last complete search"
    SINCE_DATE = "since a date"
    FULL = "full reconciliation"

    @property
    def kind(self) -> WindowKind:
        """The same, as the harvest calls it."""
        kinds: dict[str, WindowKind] = {"SINCE_LAST": "since-last", "SINCE_DATE": "since-date", "FULL": "full"}
        return kinds[self.name]

    def words(self, since: date | None) -> str:
        """The window in a few words, for a run's name."""
        return f"since {since}" if since else str(self.value)

    def check(self, since: date | None) -> None:
        """Raise UserError unless a date is given for "since a date", and only for that; and one to begin on."""
        if (self is Window.SINCE_DATE) != (since is not None):
            raise UserError(f"the window {Window.SINCE_DATE.value!r} and a date go together: give both or neither")
        if since is not None:
            check_since(since, clock.today())

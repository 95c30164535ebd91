"""The time. Nothing else in the project asks the system what time it is."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime

FIXED_NOW = "LIVINGSCAN_NOW"


def now() -> datetime:
    """The present instant, in UTC, to the microsecond.

    ``LIVINGSCAN_NOW`` (ISO 8601) fixes it, so that a run can be repeated to the byte.
    """
    fixed = os.environ.get(FIXED_NOW)
    if fixed:
        at = datetime.fromisoformat(fixed)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return datetime.now(UTC)


def today() -> date:
    """Today's date in UTC: sources close their days in UTC or later."""
    return now().date()


def monotonic() -> float:
    """Seconds that never run backwards, for paces and time-outs."""
    return time.monotonic()


def sleep(seconds: float) -> None:
    """Wait."""
    if seconds > 0:
        time.sleep(seconds)

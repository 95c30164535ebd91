"""One tree of errors, named by what to do next.

Only :class:`UserError` is caused by what a person typed or handed over. Every one of them is
shown as a single line: what, where, and what to do. The exit code tells them apart.
"""

from __future__ import annotations

import errno


class LivingscanError(Exception):
    """Anything livingscan itself raises. The message is written for people."""

    exit_code = 1


class UserError(LivingscanError):
    """What was asked for cannot be done as asked: wrong option, missing file, unknown name."""

    exit_code = 2


class DataError(LivingscanError):
    """Data from outside cannot be read. The rest is still loaded; the raw text is kept."""

    exit_code = 3


class StateError(LivingscanError):
    """The database or a running process is not in the state that the step needs."""

    exit_code = 4


class NoDatabaseError(StateError):
    """There is no database yet, or nothing in it."""


class SourceError(LivingscanError):
    """A source did not do what it promised; the search ends partial or failed."""

    exit_code = 5


class RetriableSourceError(SourceError):
    """A passing fault: throttled, overloaded, cut off. Asking again later may succeed.

    Args:
        message: what happened, without secrets.
        retry_after: seconds the source asked us to wait, if it said so.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class FatalSourceError(SourceError):
    """A lasting fault: refused strategy, wrong key, unknown cursor, changed format. Asking again won't help."""


class ExpiredCursorError(FatalSourceError):
    """The place to go on from is no longer known to the source: the search starts over."""


class NotConfiguredError(SourceError):
    """The source needs a key that is not set: the search is *not run*, never an error of the whole."""


def of_system(error: OSError, what: object = "", *, tried: str = "read or written") -> LivingscanError:
    """What the operating system refused, as an error for people: a full disk is a state, the rest was asked wrongly.

    Args:
        error: as it was raised. what: the file or folder, where the error does not name it.
        tried: what could not be done with it.
    """
    where = what or error.filename or "the output"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StateError(f"{where}: cannot be {tried}: the disk is full; make room, then run the command again")
    return UserError(f"{where}: cannot be {tried}: {error.strerror}; name another place, or mend its rights")

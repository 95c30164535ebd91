"""A Dask cluster that shares the linking, for whoever runs one. Dask comes with the extra "dask" alone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from livingscan import __version__
from livingscan.dedupe.crew import Crew
from livingscan.errors import UserError

SECONDS = 10  # to wait for the scheduler


@contextmanager
def cluster(address: str, client: Callable[..., Any] | None = None) -> Iterator[Crew]:
    """The workers of the cluster at ``address``.

    Args:
        address: of its scheduler, as "tcp://host:8786".
        client: makes the client; None: Dask's own.

    Raises:
        UserError: Dask is not installed, nobody answers there, there is no worker, or one has another version of
            livingscan, which might judge otherwise.
    """
    try:
        from distributed import CancelledError, Client, KilledWorker
        from distributed.comm.core import CommClosedError
    except ImportError as error:
        raise UserError("a Dask cluster needs more packages: .venv/bin/pip install -e '.[dask]'") from error
    try:
        connected = (client or Client)(address, timeout=SECONDS)
    except (OSError, ValueError) as error:  # Dask's TimeoutError is an OSError
        raise UserError(f"no Dask scheduler answers at {address}: {error}") from error
    with _one_line_is_enough(), connected as at_work:
        versions = at_work.run(_version, on_error="return")
        others = sorted({found if isinstance(found, str) else "none" for found in versions.values()} - {__version__})
        if others or not versions:
            found = f"they have {', '.join(others)}" if others else "there are no workers"
            raise UserError(f"the Dask workers at {address} need livingscan {__version__}: {found}")
        try:
            yield Crew(at_work.get_executor(pure=False), sum(at_work.nthreads().values()))
        except (CancelledError, KilledWorker, CommClosedError) as error:
            lost = f"the Dask cluster at {address} was lost ({type(error).__name__})"
            raise UserError(f"{lost}; nothing is half done, run it again") from error


@contextmanager
def _one_line_is_enough() -> Iterator[None]:
    """Dask's client logs tracebacks when a scheduler goes away; we say it in one line."""
    logger = logging.getLogger("distributed.client")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _version() -> str:
    return __version__

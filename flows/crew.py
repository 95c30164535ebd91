"""Who shares the comparing of records: this process, or a Dask cluster where the settings name one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from livingscan.cli.dask import cluster
from livingscan.dedupe.crew import ALONE, Crew
from livingscan.errors import UserError
from livingscan.settings import settings


@contextmanager
def crew() -> Iterator[Crew]:
    """The workers of the cluster at LIVINGSCAN_DASK_SCHEDULER, through prefect-dask; without it, this process alone.

    Raises:
        UserError: there is no such cluster, or it cannot be used; see :func:`livingscan.cli.dask.cluster`.
    """
    address = settings().dask_scheduler
    if not address:
        yield ALONE
        return
    try:
        from prefect_dask.client import PrefectDaskClient
    except ImportError as error:
        raise UserError(
            "LIVINGSCAN_DASK_SCHEDULER is set: add the extra, .venv/bin/pip install -e '.[dask]'"
        ) from error
    with cluster(address, PrefectDaskClient) as found:
        yield found

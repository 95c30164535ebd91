"""Who shares the work: this process alone, processes beside it, or a cluster somewhere else.

All that is handed out is a pure function and its plain arguments, and answers come back in the order
of the parts, so that who did the work makes no difference to a single byte of the result.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, TypeVar

T = TypeVar("T")

AHEAD = 3  # parts handed out for each worker: none waits for work, and few wait in memory


@dataclass(frozen=True, slots=True)
class Crew:
    """Workers that share the work.

    Attributes:
        executor: what hands the work out: a process pool's, or a Dask client's
            (``client.get_executor(pure=False)``); None: this process does all.
        count: how many work at a time.
    """

    executor: Executor | None = None
    count: int = 1

    def each(self, function: Callable[..., T], parts: Iterable[tuple[Any, ...]]) -> Iterator[T]:
        """``function(*part)`` of each part, in the order of the parts."""
        if self.executor is None:
            for part in parts:
                yield function(*part)
            return
        waiting: deque[Future[T]] = deque()
        for part in parts:
            waiting.append(self.executor.submit(function, *part))
            if len(waiting) > AHEAD * self.count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


ALONE = Crew()


def cuts(whole: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """A sequence in parts of ``size``, the last one shorter."""
    return (whole[at : at + size] for at in range(0, len(whole), size))


@contextmanager
def processes(count: int) -> Iterator[Crew]:
    """``count`` processes beside this one; for 1, this one."""
    if count <= 1:
        yield ALONE
        return
    with ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=gc.disable) as pool:
        yield Crew(pool, count)

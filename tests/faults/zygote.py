"""A process that forks children to run an update and be killed in the middle of it.

Starting Python and importing everything costs seconds; a fork of a process that has done so costs
none. The children are real processes and are really killed: by themselves, with SIGKILL, at the
N-th statement or commit that they send to the database.

Orders come on standard input, one JSON object a line: {"url", "sandbox", "kill_at", "home"}.
For each a line goes out: {"signal": 9 or 0, "code": exit code, "points": statements and commits seen}.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from sqlalchemy import event

from livingscan import settings as settings_module
from livingscan.coding.step import suggest_findings
from livingscan.dedupe.step import deduplicate
from livingscan.harvest.runs import close_run, open_run
from livingscan.harvest.search import search_source
from livingscan.protocol import load_codebook, load_protocol
from livingscan.screening.step import flag_for_screening
from livingscan.store import open_store
from livingscan.summary.step import refresh_summaries

SOURCES = ("pubmed", "europepmc")


class Killer:
    """Counts what is sent to the database and ends the process at point ``at``."""

    def __init__(self, engine: Any, at: int) -> None:
        self.at, self.seen = at, 0
        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(engine, name, self._point)

    def _point(self, *_: Any) -> None:
        self.seen += 1
        if self.seen == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


def update(order: dict[str, Any], report: int) -> None:
    """One whole update, as `livingscan update` does it."""
    os.environ.update(
        LIVINGSCAN_DATABASE_URL=order["url"], LIVINGSCAN_SANDBOX_URL=order["sandbox"], LIVINGSCAN_HOME=order["home"]
    )
    settings_module.settings.cache_clear()
    settings = settings_module.settings()
    protocol, codebook = load_protocol(Path("review")), load_codebook(Path("review"))
    with open_store(order["url"]) as store:
        killer = Killer(store.engine, order["kill_at"])
        run = open_run(store, "update-review", "test")
        ok = True
        for name in SOURCES:
            ok &= search_source(store, name, protocol=protocol, settings=settings, run_id=run).ok
        deduplicate(store, run_id=run)
        flag_for_screening(store, protocol=protocol, run_id=run)
        suggest_findings(store, codebook=codebook, run_id=run)
        refresh_summaries(store, protocol=protocol, codebook=codebook, run_id=run)
        close_run(store, run, "completed" if ok else "completed with failures")
        os.write(report, str(killer.seen).encode())


def run(order: dict[str, Any]) -> dict[str, int]:
    """Fork, update, and see how the child ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 0
        try:
            os.close(reading)
            update(order, writing)
        except BaseException:
            traceback.print_exc()
            code = 1
        os._exit(code)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading) as stream:
        points = int(stream.read() or 0)
    return {"signal": os.WTERMSIG(status), "code": os.WEXITSTATUS(status), "points": points}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)

"""Serve the sandbox as a process of its own: ``python -m livingscan.sandbox --port 0``."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import date
from types import FrameType

from livingscan import clock
from livingscan.errors import LivingscanError
from livingscan.sandbox import FaultPlan, corpus_from_file, generate, serve


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop.

    Args:
        arguments: as on the command line; the process's own where None.

    Returns:
        Exit code: 0 after SIGTERM or SIGINT, 2 for a wrong argument, file or port.
    """
    parser = argparse.ArgumentParser(prog="python -m livingscan.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 picks a free one")
    parser.add_argument("--corpus", metavar="FILE", help="serve this file's records in place of synthetic ones")
    parser.add_argument("--seed", type=int, default=24, help="seed of the synthetic literature")
    parser.add_argument("--today", type=date.fromisoformat, help="the day that counts as now (YYYY-MM-DD)")
    parser.add_argument("--works", type=int, default=2000, help="how many synthetic works five years hold")
    parser.add_argument(
        "--faults", type=int, metavar="SEED", help="let one request in five go wrong, drawn from a seed"
    )
    chosen = parser.parse_args(arguments)
    stop = threading.Event()

    def ended(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ended)
    signal.signal(signal.SIGINT, ended)
    try:
        corpus = (
            corpus_from_file(chosen.corpus, chosen.today)
            if chosen.corpus
            else generate(chosen.seed, chosen.today, chosen.works)
        )
        plan = FaultPlan(chosen.faults, 0.2) if chosen.faults is not None else None
        sandbox = serve(corpus, chosen.port, plan)
    except LivingscanError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except OSError as error:
        sys.stderr.write(f"port {chosen.port} cannot be used: {error.strerror}. Choose another with --port.\n")
        return 2
    with sandbox:
        sys.stdout.write(f"{corpus.title}: {sandbox.url}\n")
        sys.stdout.flush()
        # A demo may run for days: the literature goes with the clock.
        while not stop.wait(60):
            if chosen.today is None and clock.today() != sandbox.day:
                sandbox.day = clock.today()
    return 0


if __name__ == "__main__":
    sys.exit(main())

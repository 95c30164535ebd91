"""The soak: seeded random faults over the sources; a search may fail, but may never lie.

    python -m tests.faults.soak --schedules 300

Every schedule draws a source, a rate and kinds of faults from its seed, and searches a fresh database
against the sandbox. It must end *complete* with exactly the corpus, or *partial*/*failed* with a reason
that names what is missing. "Silent" counts searches that say complete with something missing.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from livingscan import sandbox, sources
from livingscan.harvest.search import search_source
from livingscan.protocol import Protocol, load_protocol
from livingscan.sandbox import KINDS, FaultPlan, Sandbox
from livingscan.settings import Settings
from livingscan.store import ledger_queries, open_store


@dataclass
class Soak:
    """What became of the schedules."""

    schedules: int = 0
    complete: int = 0
    honest: int = 0
    again: int = 0
    silent: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    crashed: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    by_source: Counter[str] = field(default_factory=Counter)

    def table(self) -> str:
        """The figures, a line each."""
        met = ", ".join(f"{kind} {number}" for kind, number in self.faults.most_common())
        per = ", ".join(f"{name} {number}" for name, number in sorted(self.by_source.items()))
        return (
            f"schedules        {self.schedules}  ({per})\n"
            f"faults met       {sum(self.faults.values())}  ({met})\n"
            f"complete         {self.complete}\n"
            f"honest failures  {self.honest}\n"
            f"  whole at the next, undisturbed search  {self.again}\n"
            f"silent losses    {len(self.silent)}\n"
            f"no reason given  {len(self.unnamed)}\n"
            f"crashed          {len(self.crashed)}"
        )


class Soaker:
    """Runs schedules against one running sandbox."""

    def __init__(self, literature: Sandbox, template: Path, names: tuple[str, ...]) -> None:
        self.literature, self.template, self.names = literature, template, names
        self.protocol: Protocol = load_protocol(Path("review"))
        self.truth = {name: self._search(name, None)[1] for name in names}

    def _search(self, name: str, faults: FaultPlan | None, then_undisturbed: bool = False) -> tuple[str, set[str], str]:
        self.literature.faults = None
        self.literature.expire()
        self.literature.faults = faults
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(self.template, f"{folder}/review.db")
            settings = Settings(sandbox_url=self.literature.url, home=Path(folder))
            with open_store(f"sqlite:///{folder}/review.db") as store:
                outcome = search_source(store, name, protocol=self.protocol, settings=settings)
                if then_undisturbed and not outcome.ok:
                    self.literature.faults = None
                    outcome = search_source(store, name, protocol=self.protocol, settings=settings)
                return outcome.status, ledger_queries.stored_ids(store, name), outcome.reason

    def run(self, seed: int, result: Soak) -> None:
        """One schedule."""
        chance = Random(seed)
        name = chance.choice(self.names)
        kinds = chance.sample(KINDS, chance.randint(1, len(KINDS)))
        plan = FaultPlan(seed, rate=chance.choice((0.05, 0.2, 0.5)), kinds=kinds, stall=0.02)
        result.schedules += 1
        result.by_source[name] += 1
        try:
            status, ids, reason = self._search(name, plan)
            result.faults.update(fault for _, _, fault in plan.met)
            if status in ("complete", "empty"):
                result.complete += 1
                if not self.truth[name] <= ids:
                    result.silent.append(f"seed {seed}, {name}: {status} without {sorted(self.truth[name] - ids)[:5]}")
                return
            result.honest += 1
            if not reason:
                result.unnamed.append(f"seed {seed}, {name}: {status} without a reason")
            plan = FaultPlan(seed, rate=plan.rate, kinds=kinds, stall=0.02)
            status, ids, _ = self._search(name, plan, then_undisturbed=True)
            result.again += status in ("complete", "empty") and self.truth[name] <= ids
        except Exception as error:
            result.crashed.append(f"seed {seed}, {name}: {type(error).__name__}: {error}")


def soak(schedules: int, first: int, works: int, template: Path, names: tuple[str, ...]) -> Soak:
    """Run ``schedules`` seeds from ``first`` on."""
    result = Soak()
    with sandbox.serve(sandbox.generate(works=works, seed=5)) as literature:
        soaker = Soaker(literature, template, names)
        for seed in range(first, first + schedules):
            soaker.run(seed, result)
    return result


def main() -> None:
    """Soak, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schedules", type=int, default=300)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--works", type=int, default=150)
    parser.add_argument("--source", action="append", help="only these; all by default")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "review.db"
        with open_store(f"sqlite:///{template}") as store:
            store.migrate()
            with store.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        names = tuple(options.source or sources.SOURCES)
        result = soak(options.schedules, options.first, options.works, template, names)
    print(result.table())
    for line in [*result.silent, *result.unnamed, *result.crashed]:
        print(line)


if __name__ == "__main__":
    main()

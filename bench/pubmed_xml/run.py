"""PubMed XML to records, side by side: livingscan, a bare iterparse loop, Bio.Entrez, pubmed_parser.

    .venv/bin/python bench/pubmed_xml/run.py --peers PYTHON

Each contender reads the same file in a process of its own; its CPU seconds and peak memory are printed, and
how many times as fast it is as livingscan and as Bio.Entrez.read.
The file is made of real articles put one after the other: those of ../shared (a folder or a file of one's
own is named with --articles). Peers that are not installed are left out; `pip install -r
bench/pubmed_xml/peers.txt` into any environment, and name its Python with --peers.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("LIVINGSCAN_SHARED", HERE.parents[2] / "shared"))
CONTENDERS = ("livingscan", "bare ElementTree", "bare lxml", "Bio.Entrez.read", "pubmed_parser")
HEAD = (
    b'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January'
    b' 2019//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_190101.dtd">\n<PubmedArticleSet>\n'
)


def articles(places: list[Path]) -> list[bytes]:
    """Every PubmedArticle of the files that the bare loops can read (they bear no element missing)."""
    found: list[bytes] = []
    for place in places:
        for path in sorted([*place.rglob("*.xml.gz"), *place.rglob("*.xml")]) if place.is_dir() else [place]:
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            found += re.findall(rb"<PubmedArticle>.*?</PubmedArticle>", data, re.S)
    needed = (b"<JournalIssue", b"<MedlineJournalInfo>", b"<PubmedData>", b"<AuthorList", b"<PMID")
    return [article for article in found if all(sign in article for sign in needed)]


def write(path: Path, pool: list[bytes], count: int) -> None:
    """A file of ``count`` articles, those of the pool over and over."""
    with path.open("wb") as out:
        out.write(HEAD)
        for number in range(count):
            out.write(pool[number % len(pool)] + b"\n")
        out.write(b"</PubmedArticleSet>\n")


def measure(name: str, file: Path, python: str) -> dict[str, float] | None:
    """Records, CPU seconds and peak megabytes of one contender; None where it cannot run."""
    done = subprocess.run(
        [python, str(HERE / "contenders.py"), name, str(file)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(f"  {name}: not run ({(done.stderr.strip().splitlines() or ['?'])[-1][:100]})")
        return None
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, nargs="*", default=[SHARED / "topic", SHARED / "payloads/pubmed"])
    parser.add_argument("--count", type=int, default=3000, help="articles in the file")
    parser.add_argument("--large", type=int, default=0, help="a second file, for memory; livingscan alone (30000)")
    parser.add_argument("--rounds", type=int, default=3, help="the fastest of so many counts")
    parser.add_argument("--peers", default=sys.executable, help="a Python that has lxml, biopython and pubmed_parser")
    parser.add_argument("--out", type=Path, help="write the figures here as JSON")
    options = parser.parse_args()
    pool = articles([place for place in options.articles if place.exists()])
    if not pool:
        sys.exit(f"no articles found in {', '.join(map(str, options.articles))}")
    figures: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "articles.xml"
        write(file, pool, options.count)
        with gzip.open(f"{file}.gz", "wb", 1) as packed:
            packed.write(file.read_bytes())
        size = file.stat().st_size / 1e6
        print(f"{options.count:,} articles ({len(pool)} different ones), {size:.0f} MB; CPU of one core")
        for turn in range(options.rounds):
            for name in CONTENDERS if turn == 0 else tuple(figures):
                python = sys.executable if name in ("livingscan", "bare ElementTree") else options.peers
                found = measure(name, file, python)
                if found and found["seconds"] < figures.get(name, found)["seconds"] + 1e-9:
                    figures[name] = found
        own = figures["livingscan"]["seconds"]
        entrez = figures.get("Bio.Entrez.read", {}).get("seconds", 0.0)  # what most people use
        print(f"{'':18}{'records/s':>10}{'seconds':>9}{'peak MB':>9}{'of livingscan':>15}{'of Bio.Entrez':>15}")
        for name, row in figures.items():
            rate, ratio = row["records"] / row["seconds"], own / row["seconds"]
            beside = f"{entrez / row['seconds']:>14.2f}x" if entrez else f"{'-':>15}"
            print(f"{name:18}{rate:>10,.0f}{row['seconds']:>9.2f}{row['megabytes']:>9.0f}{ratio:>14.2f}x{beside}")
        if options.large:
            write(file, pool, options.large)
            large = measure("livingscan", file, sys.executable)
            if large:
                figures["livingscan, large"] = large
                size = file.stat().st_size / 1e6
                print(f"memory over {options.large:,} articles ({size:.0f} MB): {large['megabytes']:.0f} MB")
    if options.out:
        options.out.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()

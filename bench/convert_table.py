"""Every file of third parties' test data through `convert`: what it is, records, what could not be read.

    python bench/convert_table.py [FOLDER ...] [--markdown]

The folders default to exports, topic and payloads beside the checkout (LIVINGSCAN_SHARED). Exit code 1 where
anything but a plain refusal came out, or where an independent count finds more entries than were told of.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from livingscan import formats
from livingscan.cli.convert import read
from livingscan.errors import LivingscanError
from livingscan.records import Fetched, Unreadable

SHARED = Path(os.environ.get("LIVINGSCAN_SHARED", Path(__file__).resolve().parents[2] / "shared"))
MARKS = {
    "ris": r"^\ufeff?TY\s+-",
    "nbib": r"^PMID-",
    "wos": r"^PT ",
    "refer": r"^%T ",
    "bibtex": r"^@\w+\s*\{",
    "pubmed_xml": r"<(?:PubmedArticle|PubmedBookArticle)>",
}


def files(folders: list[Path]) -> Iterator[Path]:
    """Every data file, in order."""
    for folder in folders:
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".md")


def row(path: Path) -> tuple[str, int, int, str, bool]:
    """(what it is, records, unreadable, what is said, whether all is well)."""
    try:
        kind = formats.detect(path)
    except LivingscanError:
        kind = ""
    try:
        items = list(read(path))
    except LivingscanError as refusal:
        return kind or "refused", 0, 0, str(refusal).removeprefix(f"{path.name}: "), True
    except Exception as problem:
        return kind, 0, 0, f"TRACEBACK {type(problem).__name__}: {problem}", False
    records = [item.record for item in items if isinstance(item, Fetched)]
    bad = [item for item in items if isinstance(item, Unreadable)]
    notes = Counter(item.text for item in items if not isinstance(item, Fetched | Unreadable))
    sources = "+".join(sorted({record.source for record in records}))
    said = [f"{item.where}: {item.reason}" for item in bad[:2]]
    said += [f"{count} x {text}" if count > 1 else text for text, count in notes.items()]
    lost = kind in MARKS and path.suffix != ".gz" and len(items) < count(path, MARKS[kind])
    return kind or f"answer: {sources or '-'}", len(records), len(bad), "; ".join(said), not lost


def count(path: Path, mark: str) -> int:
    """Entries, counted without any reader of ours."""
    return len(re.findall(mark, path.read_text("utf-8", "replace").replace("\r\n", "\n"), re.M))


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--markdown", action="store_true")
    asked = parser.parse_args()
    folders = asked.folders or [SHARED / name for name in ("exports", "topic", "payloads")]
    start, total, well = time.process_time(), Counter[str](), True
    line = "| {} | {} | {} | {} | {} |" if asked.markdown else "{:64} {:28} {:>7} {:>10}  {}"
    print(line.format("file", "detected", "records", "unreadable", "said"))
    if asked.markdown:
        print("|---|---|--:|--:|---|")
    for path in files(folders):
        kind, records, bad, said, good = row(path)
        well &= good
        total.update(files=1, records=records, unreadable=bad, refused=kind == "refused")
        name = f"{path.parent.name}/{path.name}"
        print(line.format(name[-64:], kind, records, bad, ("" if good else "LOST ENTRIES ") + said[:150]))
    seconds = time.process_time() - start
    print(
        f"\n{total['files']} files, {total['records']:,} records, {total['unreadable']} unreadable entries,"
        f" {total['refused']} files that hold no records; {seconds:.0f} s of CPU;"
        f" {'all is well' if well else 'NOT WELL'}"
    )
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())

"""Records as JSON Lines, RIS or CSV, each of which :func:`livingscan.formats.read_file` reads back to the letter."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Sequence
from typing import Literal, TextIO

from livingscan.formats.ris_tags import OURS
from livingscan.formats.rows import COLUMNS, record_to_row
from livingscan.records import Record

Target = Literal["jsonl", "ris", "csv"]
TARGETS: tuple[Target, ...] = ("jsonl", "ris", "csv")

# A cell that starts so is a formula to Excel, LibreOffice or Google Sheets (OWASP, "CSV Injection"); the
# wide signs count in East Asian settings. The quote in front is what spreadsheets themselves put before text.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_TYPES = {
    "article": "JOUR",
    "preprint": "UNPB",
    "book": "BOOK",
    "chapter": "CHAP",
    "conference": "CPAPER",
    "thesis": "THES",
    "report": "RPRT",
    "dataset": "DATA",
}


def write_records(records: Iterable[Record], stream: TextIO, to: Target) -> int:
    """Write records.

    Args:
        records: any. stream: open for text; for CSV without newline translation (``newline=""``).
        to: "jsonl", one object a line; "ris"; "csv" with a header row.

    Returns:
        How many were written.
    """
    count = 0
    if to == "csv":
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(COLUMNS)
    for record in records:
        if to == "jsonl":
            stream.write(json.dumps(record_to_row(record), ensure_ascii=False) + "\n")
        elif to == "ris":
            stream.write(ris_entry(record))
        else:
            rows.writerow(csv_cells(record))
        count += 1
    return count


def ris_entry(record: Record) -> str:
    """One record as a RIS entry, with an empty line behind it.

    "DP  - livingscan" tells our own reader to take the values to the letter; other programs see plain RIS.
    """
    row = record_to_row(record)
    pairs: list[tuple[str, str]] = [("TY", _TYPES.get(record.entry_type, "JOUR" if record.journal else "GEN"))]
    pairs += [("AU", name) for name in row["authors"]]
    for tag, name in (
        ("TI", "title"),
        ("T2", "journal"),
        ("PY", "year"),
        ("VL", "volume"),
        ("IS", "issue"),
        ("SP", "pages"),
        ("DO", "doi"),
        ("C5", "pmid"),
        ("C2", "pmcid"),
        ("LA", "language"),
        ("AN", "source_id"),
        ("DB", "source"),
    ):
        pairs += [(tag, str(row[name]))] if row[name] else []
    pairs.append(("DP", OURS))
    pairs += [("M3", text) for text in row["publication_types"]]
    pairs += [("KW", text) for text in row["keywords"]]
    pairs += [("N1", f"Status: {link['kind']} {link['target']}".strip()) for link in row["status_links"]]
    pairs += [("UR", row["url"])] if row["url"] else []
    lines = [f"{tag}  - {value}" for tag, value in pairs]
    if row["abstract"]:
        # Further lines are indented, so that none of them can pass for a tag.
        lines.append("AB  - " + row["abstract"].replace("\n", "\n      "))
    return "\n".join([*lines, "ER  - ", "", ""])


def csv_cells(record: Record) -> list[str]:
    """One record as the cells of a CSV row; no cell can be taken for a formula."""
    row = record_to_row(record)
    links = [f"{link['kind']} {link['target']}".strip() for link in row["status_links"]]
    cells = []
    for name in COLUMNS:
        value = links if name == "status_links" else row[name]
        text = _joined(value) if isinstance(value, list) else "" if value is None else str(value)
        cells.append(f"'{text}" if _FORMULA.match(text) else text)
    return cells


def _joined(items: Sequence[str]) -> str:
    """A list in one cell: joined by semicolons, or as JSON where an item has one itself."""
    if any(";" in item for item in items) or (items and items[0].startswith('["')):
        return json.dumps(list(items), ensure_ascii=False)
    return "; ".join(items)

"""The queue and its decisions as a file: CSV for a spreadsheet, RIS for a reference manager, and back again.

What comes back is checked row by row: a row that cannot be taken is reported with its line, the others
are loaded, and a file that is loaded twice changes nothing the second time, whatever was decided in between.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TextIO

from livingscan import clock
from livingscan.errors import DataError, UserError
from livingscan.formats import table
from livingscan.formats.write import ris_entry
from livingscan.protocol import Protocol
from livingscan.screening.decisions import Stage, histories, newest
from livingscan.screening.queue import QueueItem, check_verdict, told
from livingscan.store import Store
from livingscan.store import screening_queries as rows
from livingscan.store.screening_queries import DecisionRow
from livingscan.tidy import one_line

Kind = Literal["csv", "ris"]
COLUMNS = (
    "report",
    "record",
    "title",
    "abstract",
    "authors",
    "year",
    "journal",
    "doi",
    "pmid",
    "url",
    "likely",
    "flags",
    "stage",
    "verdict",
    "reason",
    "note",
    "reviewer",
    "reasons to choose from",
)
# A cell that starts so is a formula to a spreadsheet (OWASP, "CSV Injection"); a quote before it makes it text.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
_RIS_LINE = re.compile(r"^([A-Z][A-Z0-9])  ?- ?(.*)$")
_OURS = re.compile(r"livingscan (report|record|stage|verdict|reason|note|reviewer): ?(.*)")
# Rayyan writes its verdicts into notes: RAYYAN-INCLUSION: {"Jo Smith"=>"Included"}
_RAYYAN = re.compile(r'RAYYAN-INCLUSION:\s*\{\s*"([^"]+)"\s*=>\s*"(Included|Excluded|Maybe)"')
_RAYYAN_WORDS = {"Included": "include", "Excluded": "exclude", "Maybe": "unsure"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file that came back: where it stood, and what it says."""

    line: int
    report: str
    record: str
    stage: str
    verdict: str
    reason: str
    note: str
    reviewer: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say of a row: its line, and what."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file.

    Attributes:
        added: verdicts on what their reviewer had not decided on. changed: those that take the place of an earlier one.
        known: those that hold already. undecided: rows without a verdict.
        stale: rows that repeat what their reviewer has taken back or replaced since; they are left alone.
        faults: rows that could not be taken.
    """

    added: int
    changed: tuple[Remark, ...]
    known: int
    stale: tuple[Remark, ...]
    undecided: int
    faults: tuple[Remark, ...]


def flag_words(item: QueueItem) -> str:
    """The flags of a report in one line, each with its words: "barrier_content yes (barriers)"."""
    return "; ".join(
        f"{flag.kind} {flag.value}" + (f" ({flag.quote})" if flag.quote else "")
        for flag in item.flags
        if flag.kind not in ("health_care", "nhs_setting")
    )


def _values(
    item: QueueItem, stage: str, decision: DecisionRow | None, reviewer: str, reasons: Sequence[str]
) -> dict[str, str]:
    record = item.record
    return {
        "report": str(item.report),
        "record": item.key,
        "title": record.title,
        "abstract": record.abstract,
        "authors": "; ".join(record.authors),
        "year": str(record.year or ""),
        "journal": record.journal,
        "doi": record.doi,
        "pmid": record.pmid,
        "url": record.url,
        "likely": "yes" if item.likely else "",
        "flags": flag_words(item),
        "stage": stage,
        "verdict": (decision.verdict or "") if decision else "",
        "reason": decision.reason if decision else "",
        "note": decision.note if decision else f"to settle: {told(item.said)}" if item.said else "",
        "reviewer": decision.reviewer if decision else reviewer,
        "reasons to choose from": "" if decision else "; ".join(reasons),
    }


def write_queue(
    stream: TextIO,
    entries: Iterable[tuple[QueueItem, DecisionRow | None]],
    *,
    to: Kind,
    stage: Stage,
    reviewer: str,
    reasons: Sequence[str] = (),
) -> int:
    """Write reports with their verdicts.

    Args:
        stream: open for text; for CSV without newline translation (``newline=""``).
        entries: reports, each with this reviewer's verdict or None.
        to: "csv" or "ris". stage: which verdicts these are. reviewer: whose.
        reasons: the protocol's reasons, told with entries without a verdict.

    Returns:
        How many were written.
    """
    count = 0
    table = csv.writer(stream, lineterminator="\r\n") if to == "csv" else None
    if table:
        table.writerow(COLUMNS)
    for item, decision in entries:
        values = _values(item, stage, decision, reviewer, reasons)
        count += 1
        if table:
            table.writerow([f"'{text}" if _FORMULA.match(text) else text for text in values.values()])
            continue
        ours = [
            f"N1  - livingscan {name}: {' '.join(values[name].split())}"
            for name in ("report", "record", "stage", "verdict", "reason", "note", "reviewer")
        ]
        ours.append(f"N1  - Flags: {' '.join(values['flags'].split())}")
        if values["reasons to choose from"]:
            ours.append(f"N1  - Reasons to choose from: {values['reasons to choose from']}")
        entry = ris_entry(item.record)
        at = entry.rindex("ER  - ")
        stream.write(entry[:at] + "\n".join(ours) + "\n" + entry[at:])
    return count


def read_rows(stream: TextIO) -> Iterator[Row]:
    """Read a file that came back, CSV or RIS as its first line says.

    Raises:
        DataError: it is neither, or lacks the columns that are needed.
    """
    lines = stream.read().lstrip("\ufeff").split("\n")
    first = next((line for line in lines if line.strip()), "")
    if _RIS_LINE.match(first):
        return _ris_rows(lines)
    return _csv_rows(lines)


def _csv_rows(lines: Sequence[str]) -> Iterator[Row]:
    head = next((line for line in lines if line.strip()), "")
    mark = max(",;\t", key=head.count)  # spreadsheets of some countries save with semicolons
    header: list[str] = []
    for row in table.rows_of(lines, mark):
        if not header:
            header = [name.strip().lower() for name in row.cells]
            if "verdict" not in header or not {"report", "record"} & set(header):
                break
            continue
        values = {
            name: (cell[1:] if _ESCAPED.match(cell) else cell).strip()
            for name, cell in zip(header, row.cells, strict=False)
        }
        if any(values.values()):
            yield _row(row.line, values)
    else:
        if header:
            return
    raise DataError(
        "this is no file of decisions: its first line must name the columns verdict and report (or record), "
        "as `livingscan screen export` writes them"
    )


def _ris_rows(lines: Sequence[str]) -> Iterator[Row]:
    values: dict[str, str] = {}
    start = 1
    for number, line in enumerate(lines, 1):
        found = _RIS_LINE.match(line)
        if found and found[1] == "TY":
            values, start = {}, number
        elif found and found[1] == "ER":
            yield _row(start, values)
            values = {}
        for ours in _OURS.finditer(line):
            values[ours[1]] = ours[2].strip()
        rayyan = _RAYYAN.search(line)
        if rayyan:
            values["verdict"] = _RAYYAN_WORDS[rayyan[2]]
            values["reviewer"] = values.get("reviewer") or rayyan[1]


def _row(line: int, values: dict[str, str]) -> Row:
    return Row(
        line,
        values.get("report", ""),
        values.get("record", ""),
        values.get("stage", "").lower() or "title-abstract",
        values.get("verdict", "").lower(),
        one_line(values.get("reason")),
        one_line(values.get("note")),
        one_line(values.get("reviewer")),
    )


def import_decisions(store: Store, protocol: Protocol, found: Iterable[Row], *, reviewer: str = "") -> Imported:
    """Load verdicts.

    Args:
        store: the review's database.
        protocol: its reasons for exclusion.
        found: from :func:`read_rows`.
        reviewer: who decided, for rows that name nobody.

    Returns:
        What came of it. A row without a verdict is left alone: it takes no earlier verdict back.
    """
    wanted = list(found)
    with store.write() as session:
        by_key = rows.records_by_key(session, {row.record for row in wanted if row.record})
        numbers = {int(row.report) for row in wanted if row.report.isdecimal() and len(row.report) < 19}
        members = rows.record_ids_of(session, numbers)
        reports = rows.report_of(session, by_key.values())
        earlier = rows.decisions(session, {*numbers, *reports.values()})
        stands = {place: newest(history) for place, history in histories(earlier).items()}
        ever = {_words(row) for row in earlier if row.verdict is not None}
        taken: list[_Taken] = []
        faults: list[Remark] = []
        for row in wanted:
            if row.verdict:
                who = (row.reviewer or reviewer).strip()
                wrong = check_verdict(protocol, row.stage, row.verdict, row.reason, who)
                placed = wrong or _place(row, by_key, reports, members)
                if isinstance(placed, str):
                    faults.append(Remark(row.line, placed))
                else:
                    taken.append(_Taken(row, who, *placed))
        contradicted = _contradictions(taken)
        added = known = 0
        changed: list[Remark] = []
        stale: list[Remark] = []
        for one in taken:
            row = one.row
            if row.line in contradicted:
                continue
            mine = stands.setdefault((one.report, row.stage), {})
            before = mine.get(one.who)
            at = clock.now()
            said = DecisionRow(
                0, one.report, one.record, row.stage, row.verdict, row.reason, row.note, one.who, None, at
            )
            if before and _words(before) == _words(said):
                known += 1
                continue
            now = f"{before.verdict} now" if before else "taken back"
            if _words(said) in ever:
                stale.append(
                    Remark(
                        row.line,
                        f"report {one.report}: {one.who} said {row.verdict} before, and it is {now}; the older word is "
                        "left alone (to go back to it, say so in the terminal or add a note)",
                    )
                )
                continue
            rows.add_decision(
                session, one.record, row.stage, row.verdict, reviewer=one.who, at=at, reason=row.reason, note=row.note
            )
            if before:
                changed.append(Remark(row.line, f"report {one.report}: {_shift(before, said)}, by {one.who}"))
            else:
                added += 1
            mine[one.who] = said
            ever.add(_words(said))
    faults += [Remark(line, words) for line, words in contradicted.items()]
    undecided = sum(not row.verdict for row in wanted)
    faults.sort(key=lambda fault: fault.line)
    return Imported(added, tuple(changed), known, tuple(stale), undecided, tuple(faults))


def _words(row: DecisionRow) -> tuple[object, ...]:
    """What a verdict says, of what and by whom, whenever it was made."""
    return row.report_id, row.stage, row.reviewer, row.verdict, row.reason, row.note


def _shift(before: DecisionRow, after: DecisionRow) -> str:
    if before.verdict != after.verdict:
        return f"{before.verdict} before, {after.verdict} now"
    return f"{after.verdict} as before, with another {'note' if before.reason == after.reason else 'reason'}"


@dataclass(frozen=True, slots=True)
class _Taken:
    """A row whose reviewer, report and record are known."""

    row: Row
    who: str
    report: int
    record: int


def _place(
    row: Row, by_key: Mapping[str, int], reports: Mapping[int, int], members: Mapping[int, int]
) -> tuple[int, int] | str:
    """The report and record that a row is about, or why there are none."""
    record_id = by_key.get(row.record)
    report = reports.get(record_id) if record_id is not None else None
    if row.record and report is None:
        return f"there is no record {row.record!r} in this review"
    if report is not None and record_id is not None:
        # The report may have been joined to another since the file was written: its record tells where it is.
        return report, record_id
    if not row.report:
        return "it names neither a report nor a record"
    if not row.report.isdecimal() or int(row.report) not in members:
        return f"there is no report {row.report!r} in this review"
    return int(row.report), members[int(row.report)]


def _contradictions(taken: Iterable[_Taken]) -> dict[int, str]:
    """Lines in which one reviewer says different things of one report, with the lines they contradict."""
    said: dict[tuple[int, str, str], list[Row]] = {}
    for one in taken:
        said.setdefault((one.report, one.row.stage, one.who), []).append(one.row)
    found: dict[int, str] = {}
    for (report, _, who), same in said.items():
        if len({(row.verdict, row.reason) for row in same}) > 1:
            told = ", ".join(f"{row.verdict} in line {row.line}" for row in same)
            found |= {
                row.line: f"{who} contradicts themselves on report {report} ({told}); neither is taken" for row in same
            }
    return found


def own_decisions(store: Store, stage: str, reviewer: str) -> dict[int, DecisionRow]:
    """The verdicts of one reviewer that hold at a stage, by report."""
    if not reviewer.strip():
        raise UserError("whose decisions? Give a name with --reviewer")
    with store.read() as session:
        said = histories(rows.decisions(session))
    found = {report: newest(history) for (report, at), history in sorted(said.items()) if at == stage}
    return {report: verdicts[reviewer] for report, verdicts in found.items() if reviewer in verdicts}

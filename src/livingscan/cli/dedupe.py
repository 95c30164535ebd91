"""`livingscan dedupe`: link the duplicates in files, without any database."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from livingscan.cli.output import whole
from livingscan.errors import DataError, LivingscanError, UserError

if TYPE_CHECKING:
    from livingscan.dedupe.cluster import Decided
    from livingscan.dedupe.engine import Result
    from livingscan.dedupe.item import Item

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
PAIR_COLUMNS = (
    "id_1", "id_2", "decision", "relation", "probability", "joined", "reasons",
    "title_1", "title_2", "authors_1", "authors_2", "published_1", "published_2", "doi_1", "doi_2",
)  # fmt: skip


def dedupe(
    files: Annotated[
        list[Path],
        typer.Argument(help="CSV with the columns id, title, ..., or any export; also .gz.", show_default=False),
    ],
    out: Annotated[Path, typer.Option(help="Write here, for each record: id,group_id.", show_default=False)],
    explain: Annotated[
        Path | None, typer.Option(help="Write here every pair that was linked or came near, with the reasons.")
    ] = None,
    queue: Annotated[
        Path | None, typer.Option(help="Write here the few pairs that a person should look at, likeliest first.")
    ] = None,
    decisions: Annotated[
        Path | None,
        typer.Option(
            help="What people said: CSV with id_1, id_2, decision (same, version, part, erratum_comment or "
            "different), such as the queue with its decisions filled in. They go before any score."
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; by default as many as there are cores where it pays.")
    ] = None,
    dask: Annotated[
        str, typer.Option(help="Share the work with this Dask cluster, tcp://host:8786.", show_default=False)
    ] = "",
) -> None:
    """Link the duplicates in files: records that are copies of one report get one group_id.

    A preprint and its article, a conference abstract and its paper, an erratum and what it corrects are told apart,
    never merged; --explain shows them with their relation. Where a record's id is taken by an earlier file, its own
    file's name goes before it (B.nbib:30689646).

    The exit code is 0 when the groups were written, 2 for a wrong option, file or id, 3 when nothing could be read.
    """
    try:
        _dedupe(files, out, explain, queue, decisions, workers, dask)
    except LivingscanError as error:
        typer.echo(f"livingscan: {error}", err=True)
        raise typer.Exit(error.exit_code) from None


def _dedupe(
    files: Sequence[Path],
    out: Path,
    explain: Path | None,
    queue: Path | None,
    decisions: Path | None,
    workers: int | None,
    dask: str,
) -> None:
    from livingscan.cli.dask import cluster
    from livingscan.dedupe.engine import find_duplicates
    from livingscan.dedupe.files import read_items
    from livingscan.dedupe.pairs import CROWD
    from livingscan.numbers import count
    from livingscan.pause import collector_paused

    begun = time.perf_counter()
    targets = [path for path in (out, explain, queue) if path is not None]
    if len({path.resolve() for path in targets}) != len(targets):
        raise UserError("two outputs have the same name; give each its own file")
    unreadable: list[str] = []
    with collector_paused():
        items = list(read_items(files, lambda entry: unreadable.append(f"{entry.where}: {entry.reason}")))
    if not items:
        raise DataError(f"{files[0]}: no records in it")
    decided = read_decisions(decisions, {item.id for item in items}) if decisions else []
    with cluster(dask) if dask else nullcontext() as crew:
        result = find_duplicates(items, decided, workers=workers, crew=crew)
    with ExitStack() as opened:
        _write_groups(opened.enter_context(whole(out)), result)
        if explain:
            _write_pairs(opened.enter_context(whole(explain)), result, range(len(result.left)), items)
        if queue:
            _write_pairs(opened.enter_context(whole(queue)), result, result.queue.tolist(), items)
    for line in unreadable:
        typer.echo(f"not read: {line}", err=True)
    groups = len(set(result.groups.values()))
    typer.echo(
        f"{count(len(items), 'record')}, {count(groups, 'report')}, {count(len(items) - groups, 'duplicate')}. For a "
        f"person: {count(len(result.queue), 'pair')}, about {result.expected_yield:.1f} of them duplicates. "
        f"{time.perf_counter() - begun:.1f} s."
    )
    if result.crowded:
        typer.echo(
            f"{result.crowded} records have a key that more than {CROWD} share: under such keys only records alike in "
            "everything were compared",
            err=True,
        )
    for conflict in result.conflicts:
        typer.echo(
            f"decisions contradict each other: {conflict.a} and {conflict.b} stay apart ({conflict.why})", err=True
        )


def safe_cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return "'" + text if text.startswith(_FORMULA) else text


def _write_groups(file: TextIO, result: Result) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("id", "group_id"))
    writer.writerows((name, result.groups[name]) for name in result.ids)


def _write_pairs(file: TextIO, result: Result, places: Iterable[int], items: Sequence[Item]) -> None:
    import numpy as np

    by_id = {item.id: item for item in items}
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(PAIR_COLUMNS)
    for link in result.explaining(np.array(list(places), dtype=np.int64)):
        a, b = by_id[link.a], by_id[link.b]
        joined = "yes" if result.groups[link.a] == result.groups[link.b] else "no"
        reasons = "; ".join(link.reasons) + (f"; not joined: {link.blocked}" if link.blocked else "")
        cells = (
            link.a, link.b, "", link.relation, f"{link.probability:.4f}", joined, reasons, a.title[:300], b.title[:300],
            "; ".join(a.authors)[:300], "; ".join(b.authors)[:300], _published(a), _published(b), a.doi, b.doi,
        )  # fmt: skip
        writer.writerow([safe_cell(cell) for cell in cells])


def _published(item: Item) -> str:
    volume = f"{item.volume}({item.issue})" if item.issue else item.volume
    return ", ".join(part for part in (item.journal, str(item.year or ""), volume, item.pages) if part)[:300]


def read_decisions(path: Path, known: set[str]) -> list[Decided]:
    """People's decisions from a CSV file; rows without one are passed over, the last word on a pair holds.

    Args:
        path: CSV with the columns id_1, id_2 and decision.
        known: the ids there are.

    Raises:
        UserError: an unknown decision or id, or a missing column; the message names the line.
    """
    from livingscan.dedupe.cluster import Decided, pair_key
    from livingscan.dedupe.relate import RELATIONS
    from livingscan.formats.opening import encoding_of, head_of, open_bytes, text_of

    found: dict[tuple[str, str], Decided] = {}
    with open_bytes(path) as stream:
        reader = csv.DictReader(text_of(stream, encoding_of(head_of(stream))))
        if not {"id_1", "id_2", "decision"} <= set(reader.fieldnames or ()):
            raise UserError(f"{path}: needs the columns id_1, id_2 and decision in its first line")
        for row in reader:
            said = (row["decision"] or "").strip().lower()
            if not said:
                continue
            a, b = (_as_written(row[name] or "", known) for name in ("id_1", "id_2"))
            verdict = next((relation for relation in RELATIONS if relation == said), None)
            if verdict is None:
                raise UserError(
                    f"{path}, line {reader.line_num}: {said[:40]!r} is no decision; use {', '.join(RELATIONS)}"
                )
            unknown = next((name for name in (a, b) if name not in known), None)
            if unknown is not None or a == b:
                raise UserError(
                    f"{path}, line {reader.line_num}: {(unknown or a)[:80]!r} is no other record of these files"
                )
            found[pair_key(a, b)] = Decided(a, b, verdict)
    return list(found.values())


def _as_written(name: str, known: set[str]) -> str:
    """An id as it was before :func:`safe_cell` guarded it."""
    return name[1:] if name not in known and name.startswith("'") and name[1:] in known else name


if __name__ == "__main__":
    typer.run(dedupe)

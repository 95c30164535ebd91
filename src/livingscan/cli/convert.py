"""`livingscan convert`: any export or captured answer of a service, as normalised records."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TextIO

import typer

from livingscan import formats
from livingscan.cli.output import whole
from livingscan.errors import DataError, UserError
from livingscan.formats.opening import LARGEST_WHOLE, open_bytes
from livingscan.harvest import payloads
from livingscan.records import Fetched, Record, Unreadable


@dataclass(slots=True)
class Tally:
    """What came of a file.

    Attributes:
        records, unreadable: entries read, and entries that could not be.
        empty: answers that are good and hold no record. failed: answers that are errors or unknown.
    """

    records: int = 0
    unreadable: int = 0
    empty: int = 0
    failed: int = 0

    @property
    def exit_code(self) -> int:
        """0 when something was read or there was rightly nothing to read; 3 when nothing could be read."""
        return 0 if self.records or (self.empty and not self.unreadable and not self.failed) else DataError.exit_code


def _list_formats(asked: bool) -> None:
    if asked:
        for name, what in formats.list_formats().items():
            typer.echo(f"{name:12} {what}")
        typer.echo(f"answers of   {', '.join(payloads.SOURCES)}")
        raise typer.Exit


def convert(
    file: Annotated[Path, typer.Argument(help="An export, or a captured answer of a service; also .gz or zipped.")],
    to: Annotated[formats.Target, typer.Option(help="What to write.")] = "jsonl",
    source: Annotated[
        str,
        typer.Option("--from", metavar="NAME", help="Its format or source, where the content does not tell."),
    ] = "",
    out: Annotated[Path | None, typer.Option(help="Write here; otherwise to standard output.")] = None,
    _list: Annotated[
        bool, typer.Option("--list", callback=_list_formats, is_eager=True, help="Say what can be read, and stop.")
    ] = False,
) -> None:
    """Read any export or payload, write normalised records.

    The format is told by content: RIS, nbib, Ovid, Web of Science, EndNote, BibTeX, CSV, Excel, PubMed XML,
    JSON Lines; and the JSON or XML that PubMed, Europe PMC, OpenAlex, Crossref and the other services answer.

    Every record has the same fields: source, source_id, title, abstract, authors, year, journal, volume, issue,
    pages, doi, pmid, pmcid, language, publication_types, keywords, status_links, url.

    What cannot be read is named on standard error with file, line and reason. The exit code is 0 when records were
    read or there were rightly none (zero hits), 2 for a wrong option or file, 3 when nothing could be read.

    Examples:

      livingscan convert cinahl.ris > records.jsonl

      livingscan convert embase.csv --to ris --out embase-clean.ris
    """
    if not file.is_file():
        raise UserError(f"{file}: no such file" if not file.exists() else f"{file}: is not a file")
    tally = Tally()
    items = read(file, source)
    first = next(items, None)  # errors of the whole file come before anything is written
    with _output(out) as output:
        formats.write_records(_told(_chained(first, items), tally), output.stream, to)
    if output.closed:
        return  # how many there are is not known
    typer.echo(_summary(file.name, tally), err=True)
    if tally.exit_code:
        raise typer.Exit(tally.exit_code)


def read(path: Path, name: str = "") -> Iterator[Fetched | Unreadable | payloads.Note]:
    """Every entry of a file or captured answer.

    Args:
        path: the file. name: a format, a source of answers, or a database; "": told by content.

    Raises:
        UserError: no such file, or no such name. DataError: nothing we read fits.
    """
    try:
        known = name in formats.list_formats() or (not name and bool(formats.detect(path)))
        refusal: DataError | None = None
    except DataError as problem:
        known, refusal = False, problem
    if known:
        any_read = False
        for item in formats.read_file(path, name=name or None):
            any_read = True
            yield item
        if not any_read:
            yield payloads.Note(path.name, "a good file with no entry in it")
        return
    with open_bytes(path, LARGEST_WHOLE) as stream:
        is_payload = payloads.is_payload(stream.peek(4096)[:4096])
        data = stream.read() if is_payload and (name in payloads.SOURCES or not name or refusal) else b""
    if data:
        yield from payloads.read_payload(data, path.name, name if name in payloads.SOURCES else "")
    elif refusal:
        raise refusal
    else:
        yield from formats.read_file(path, name=name)


def _told(items: Iterator[Fetched | Unreadable | payloads.Note], tally: Tally) -> Iterator[Record]:
    """The records; all else is told on standard error, and counted."""
    for item in items:
        if isinstance(item, Fetched):
            tally.records += 1
            yield item.record
            if item.cut:
                typer.echo(f"cut off: entry {tally.records} has no end, the file may be broken off there", err=True)
        elif isinstance(item, Unreadable):
            tally.unreadable += 1
            typer.echo(f"unreadable: {item.where}: {item.reason}", err=True)
        else:
            tally.failed += item.failed
            tally.empty += not item.failed
            typer.echo(f"no records: {item.where}: {item.text}", err=True)


def _chained(
    first: Fetched | Unreadable | payloads.Note | None, rest: Iterator[Fetched | Unreadable | payloads.Note]
) -> Iterator[Fetched | Unreadable | payloads.Note]:
    if first is not None:
        yield first
    yield from rest


def _summary(name: str, tally: Tally) -> str:
    parts = [f"{tally.records} record{'' if tally.records == 1 else 's'}", f"{tally.unreadable} unreadable"]
    if tally.empty:
        parts.append(f"{tally.empty} answer{'' if tally.empty == 1 else 's'} without records")
    if tally.failed:
        parts.append(f"{tally.failed} error{'' if tally.failed == 1 else 's'} in place of records")
    return f"{name}: {', '.join(parts)}"


@dataclass(slots=True)
class Output:
    """Where the records go; ``closed``: the reader had enough before the end."""

    stream: TextIO
    closed: bool = False


@contextmanager
def _output(out: Path | None) -> Iterator[Output]:
    """Standard output, or a file that appears only when it is whole."""
    if out is None:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8", errors="replace", newline="\n")
        output = Output(sys.stdout)
        try:
            yield output
            sys.stdout.flush()
        except BrokenPipeError:  # the reader has had enough (`| head`)
            output.closed = True
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    with whole(out) as stream:
        yield Output(stream)


if __name__ == "__main__":
    from livingscan.cli.app import run

    sys.exit(run(["convert", *sys.argv[1:]]))

"""Any files as items: our own table of records, or whatever a database or reference manager exports."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

from livingscan import formats
from livingscan.dedupe.item import Item, item_from_record
from livingscan.dedupe.table import NEEDED, columns_in, is_head, read_table
from livingscan.errors import DataError
from livingscan.formats.headers import source_of_headers
from livingscan.formats.opening import decode, head_of, open_bytes
from livingscan.records import Unreadable


def read_items(paths: Sequence[Path], unreadable: Callable[[Unreadable], None]) -> Iterator[Item]:
    """The records of several files, each in any format that we read.

    Args:
        paths: the files. A CSV file with the columns ``id`` and ``title`` is read as our own table
            (:func:`livingscan.dedupe.table.read_table`), all else by :mod:`livingscan.formats`.
        unreadable: told of each entry that could not be read.

    Yields:
        Items. Those of our own table keep their ids; others are called by their source's id, with
        "#2" ... behind it where a file has an entry twice. An id that an earlier file has taken, as where two
        exports of one database overlap, gets its own file's name before it: "second.nbib:30689646".

    Raises:
        UserError: no such file, a missing column, one id twice in a table of ours. DataError: a file cannot be
            read at all.
    """
    owner: dict[str, Path] = {}
    for path in paths:
        for item in _read(path, unreadable):
            if owner.get(item.id, path) is not path:
                item = replace(item, id=_free(f"{path.name}:{item.id}", owner))
            owner[item.id] = path
            yield item


def _free(name: str, taken: Container[str]) -> str:
    """The name, with a number behind it where two files are called the same."""
    return next(free for n in count(1) if (free := name if n == 1 else f"{name}#{n}") not in taken)


def _read(path: Path, unreadable: Callable[[Unreadable], None]) -> Iterator[Item]:
    if _is_own_table(path):
        yield from read_table(path)
        return
    times: dict[str, int] = {}
    for entry in formats.read_file(path):
        if isinstance(entry, Unreadable):
            unreadable(entry)
            continue
        name = entry.record.source_id
        times[name] = times.get(name, 0) + 1
        yield item_from_record(name if times[name] == 1 else f"{name}#{times[name]}", entry.record)


def _is_own_table(path: Path) -> bool:
    """Whether to read a file as our own table: by its columns, or as CSV that is no database's export."""
    with open_bytes(path) as stream:
        try:
            text = decode(head_of(stream))
        except DataError:
            return False
    first = next(filter(is_head, text.split("\n")), "")
    header = columns_in(first[:20_000])[1]
    if set(NEEDED) <= set(header):
        return True
    name = path.name.lower().removesuffix(".gz")
    return name.endswith((".csv", ".tsv")) and not source_of_headers(header)

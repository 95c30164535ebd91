"""The watched folder: a librarian drops a file, it is imported once and moved away.

``inbox/export.ris``                   the database is told from what is in the file
``inbox/Embase via Ovid/export.ris``   or from the sub-folder: a database, and what it was searched through
``inbox/export.ris.about``             or from a note beside it, one "key: value" a line: database, platform,
                                       strategy, searched on (2026-11-01); it wins over the others

An imported file goes to ``inbox/done/``; one that cannot be read to ``inbox/unreadable/``, with a .txt beside it
that says why. A file that is still being copied is left alone: it must be two seconds old, by the time of its
last change and by the time the file system gives (which a copy with preserved dates cannot set back), or be
unchanged since the last look. A process that is killed leaves the file where it was; the next look finds that
it was imported, and moves it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from livingscan import clock
from livingscan.errors import DataError, StateError, UserError
from livingscan.harvest.databases import EBSCO, another_database, database_of
from livingscan.harvest.files import import_file, imported_before
from livingscan.progress import Progress, no_progress
from livingscan.tidy import one_line

if TYPE_CHECKING:
    from livingscan.store import Store
    from livingscan.store.ledger_queries import SearchOutcome

DONE, UNREADABLE, NOTE = "done", "unreadable", ".about"
SETTLE_SECONDS = 2.0
_EMPTY_SECONDS = 60.0  # an empty file may be the beginning of a copy
_HALF_COPIED = (".part", ".partial", ".crdownload", ".download", ".tmp", ".temp", ".swp", ".filepart", ".!ut")
Look = tuple[int, int]  # size in bytes, time of the last change in nanoseconds
Status = Literal["imported", "imported before", "unreadable", "waiting"]


@dataclass(frozen=True, slots=True)
class Told:
    """What was searched, as told by note, sub-folder or content."""

    database: str = ""
    platform: str = ""
    strategy: str = ""
    searched_on: date | None = None


@dataclass(frozen=True, slots=True)
class InboxOutcome:
    """What became of one file.

    Attributes:
        file: its path below the inbox. status: as above; "waiting" files are looked at again.
        reason: why it waits or cannot be read, or what was noticed. search: the search in the ledger.
        moved_to: its new path below the inbox.
    """

    file: str
    status: Status
    reason: str = ""
    search: SearchOutcome | None = None
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class InboxScan:
    """One look at the inbox; ``looks`` is handed to the next one as ``before``."""

    outcomes: tuple[InboxOutcome, ...] = ()
    looks: Mapping[str, Look] = field(default_factory=dict)

    @property
    def imported(self) -> tuple[InboxOutcome, ...]:
        """Files that brought something new into the ledger."""
        return tuple(one for one in self.outcomes if one.status == "imported")


def scan_inbox(
    store: Store,
    folder: Path,
    *,
    before: Mapping[str, Look] | None = None,
    settle_seconds: float = SETTLE_SECONDS,
    run_id: int | None = None,
    progress: Progress = no_progress,
) -> InboxScan:
    """Look into the inbox once: import what is ready, move it away, leave the rest.

    Args:
        store: the review's database.
        folder: the inbox; made if it is not there.
        before: ``looks`` of the look before, if there was one in this process.
        settle_seconds: how long a file must have been left alone.
        run_id: the run that the searches belong to.
        progress: told after each file.

    Raises:
        StateError: the folder or a file in it cannot be read or moved by this user.
    """
    looks: dict[str, Look] = {}
    outcomes: list[InboxOutcome] = []
    try:
        with store.lock("inbox"):
            files = files_in(folder)
            for number, path in enumerate(files, 1):
                outcome = _one(store, folder, path, dict(before or {}), looks, settle_seconds, run_id)
                if outcome:
                    outcomes.append(outcome)
                progress(number, len(files), path.name)
    except OSError as error:
        raise _out_of_reach(folder, error) from error
    return InboxScan(tuple(outcomes), looks)


def files_in(folder: Path) -> list[Path]:
    """The files that a look into the inbox would find, in the order of their names; the folder is made if need be.

    Raises:
        StateError: the folder cannot be read or made by this user.
    """
    try:
        for name in (DONE, UNREADABLE):
            (folder / name).mkdir(parents=True, exist_ok=True)
        return _candidates(folder)
    except OSError as error:
        raise _out_of_reach(folder, error) from error


def _out_of_reach(folder: Path, error: OSError) -> StateError:
    return StateError(f"{error.filename or folder}: the inbox cannot be worked on: {error.strerror}")


def _candidates(folder: Path) -> list[Path]:
    """The files of the inbox and of its sub-folders, one level deep."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink() and path.name not in (DONE, UNREADABLE) and path.name[0] != ".":
            found += sorted(path.iterdir())
        else:
            found.append(path)
    return [path for path in found if path.is_file() and not path.is_symlink() and not _is_passing(path.name)]


def _is_passing(name: str) -> bool:
    """Whether a name is that of a hidden, half-copied or accompanying file."""
    return name.startswith((".", "~$")) or name.endswith("~") or name.lower().endswith((*_HALF_COPIED, NOTE))


def _one(
    store: Store,
    folder: Path,
    path: Path,
    before: Mapping[str, Look],
    looks: dict[str, Look],
    settle_seconds: float,
    run_id: int | None,
) -> InboxOutcome | None:
    key = str(path.relative_to(folder))
    note = path.with_name(path.name + NOTE)
    try:
        waits = _waits(path, key, before, looks, settle_seconds)
        if not waits and note.is_file():
            waits = _waits(note, key + NOTE, before, looks, settle_seconds)
    except FileNotFoundError:
        return None  # taken away while we looked
    if waits:
        return InboxOutcome(key, "waiting", waits)
    try:
        known = imported_before(store, path) is not None
        if path.stat().st_size == 0:
            raise DataError("the file is empty")
        told = _told(folder, path, note)
        remark = another_database(path, told.database)
        outcome = import_file(
            store,
            path,
            database=told.database,
            platform=told.platform,
            strategy=told.strategy,
            searched_on=told.searched_on,
            run_id=run_id,
        )
    except FileNotFoundError:
        return None
    except (DataError, UserError) as error:
        if not path.exists():
            return None
        reason = str(error)
        return InboxOutcome(key, "unreadable", reason, moved_to=_put_away(folder, path, UNREADABLE, reason))
    if not outcome.ok:
        reason = f"{outcome.reason} ({outcome.fetched:,} records before that were loaded)"
        moved = _put_away(folder, path, UNREADABLE, reason)
        return InboxOutcome(key, "unreadable", reason, outcome, moved)
    moved = _put_away(folder, path, DONE, _remarks(outcome) if outcome.unreadable else "")
    return InboxOutcome(key, "imported before" if known else "imported", outcome.reason or remark, outcome, moved)


def _waits(path: Path, key: str, before: Mapping[str, Look], looks: dict[str, Look], settle_seconds: float) -> str:
    """Why a file is not touched yet, or ""."""
    state = path.stat()
    look = (state.st_size, state.st_mtime_ns)
    now = clock.now().timestamp()
    age = now - max(state.st_ctime, state.st_mtime if state.st_mtime <= now else 0.0)
    unchanged = before.get(key) == look
    looks[key] = look
    if state.st_size == 0:
        return "" if age >= _EMPTY_SECONDS else "it is still empty"
    return "" if unchanged or age >= settle_seconds else "it may still be being copied"


# --- what was searched -----------------------------------------------------------------------------


def _told(folder: Path, path: Path, note: Path) -> Told:
    told = read_note(note) if note.is_file() else Told()
    database, platform = told.database, told.platform
    if not database and path.parent != folder:
        database, _, through = path.parent.name.partition(" via ")
        platform = platform or one_line(through)
    database = one_line(database) or database_of(path)
    if not platform and database in ("EBSCO", *EBSCO.values()):
        platform = "EBSCOhost"
    return Told(database, platform, told.strategy, told.searched_on)


def read_note(path: Path) -> Told:
    """Read the note beside a file: "database", "platform", "strategy", "searched on", one a line.

    A line without a key goes on with the one above, so that a strategy may be long.

    Raises:
        UserError: an unknown key, or a date that is none; with file and line.
    """
    values: dict[str, str] = {}
    last = ""
    for number, row in enumerate(path.read_text(encoding="utf-8-sig", errors="replace").splitlines(), 1):
        found = (
            re.match(r"\s*([A-Za-z][A-Za-z _-]{2,20}?)\s*:\s*(.*)", row) if not row.startswith((" ", "\t")) else None
        )
        name = re.sub(r"[ _-]+", " ", found[1].lower()) if found else ""
        if found and name in ("database", "platform", "strategy", "searched on", "date"):
            last = "searched on" if name == "date" else name
            values[last] = found[2].strip()
        elif last == "strategy" and row.strip():
            values[last] = f"{values[last]}\n{row.strip()}".strip()
        elif row.strip() and not row.startswith("#"):
            raise UserError(
                f"{path.name}, line {number}: not understood; write database, platform, strategy or searched on, "
                "a colon, and what it was"
            )
    searched_on = None
    if values.get("searched on"):
        try:
            searched_on = date.fromisoformat(values["searched on"])
        except ValueError as error:
            raise UserError(f"{path.name}: {values['searched on']!r} is no date; write it like 2026-11-01") from error
    return Told(
        one_line(values.get("database", "")),
        one_line(values.get("platform", "")),
        values.get("strategy", ""),
        searched_on,
    )


# --- putting away ----------------------------------------------------------------------------------


def _remarks(outcome: SearchOutcome) -> str:
    return (
        f"Records loaded: {outcome.fetched:,}, new among them: {outcome.new:,}. Entries that could not be read: "
        f"{outcome.unreadable:,}; their text is kept in search {outcome.search_id} of the ledger."
    )


def _put_away(folder: Path, path: Path, where: str, words: str) -> str:
    """Move a file with its note; write ``words`` beside it first. Returns the new path below the inbox."""
    home = folder / where / path.parent.relative_to(folder)
    home.mkdir(parents=True, exist_ok=True)
    target = home / path.name
    number = 1
    while target.exists():
        number += 1
        target = home / f"{path.stem} ({number}){path.suffix}"
    if words:
        target.with_name(target.name + ".txt").write_text(words + "\n", encoding="utf-8")
    note = path.with_name(path.name + NOTE)
    if note.is_file():
        os.replace(note, target.with_name(target.name + NOTE))
    os.replace(path, target)
    return str(target.relative_to(folder))

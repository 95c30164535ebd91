"""Files that a command writes: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from livingscan.errors import of_system


@contextmanager
def whole(path: Path) -> Iterator[TextIO]:
    """A text file that appears under its name when all was written, or not at all.

    A link is followed. What is there and no regular file (a pipe, ``/dev/stdout``) is written to as it is.

    Raises:
        UserError: it cannot be written. StateError: the disk is full.
    """
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():
            with target.open("w", encoding="utf-8", errors="replace", newline="") as file:
                yield file
            return
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    except OSError as problem:
        raise of_system(problem, path, tried="written") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="") as file:
            yield file
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except OSError as problem:
        raise of_system(problem, path, tried="written") from None
    finally:
        Path(name).unlink(missing_ok=True)

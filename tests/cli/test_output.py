"""What a command writes is whole or not there; what is no regular file stays what it is."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from livingscan.cli.output import whole
from livingscan.errors import UserError


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("before")

    def broken_off() -> None:
        with whole(path) as file:
            file.write("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken_off()
    assert path.read_text() == "before"
    with whole(path) as file:
        file.write("all")
    assert (path.read_text(), os.listdir(tmp_path)) == ("all", ["out.csv"])


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("before")
    (tmp_path / "link.csv").symlink_to("real.csv")
    with whole(tmp_path / "link.csv") as file:
        file.write("all")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "all"


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()))
    reader.start()
    with whole(pipe) as file:
        file.write("all")
    reader.join(10)
    assert got == ["all"]
    assert pipe.is_fifo()


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be written"), whole(tmp_path / "none" / "out.csv"):
        pass

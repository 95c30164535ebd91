import gzip
import io
import os
import random
import zipfile

import pytest

from livingscan.errors import DataError, UserError
from livingscan.formats import detect, opening, read_bytes, read_file
from livingscan.records import Fetched, Unreadable

RIS = "TY  - JOUR\nTI  - Größe\nER  - \n"


@pytest.fixture
def save(tmp_path):
    def saved(data, name="export.bin"):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return saved


def zipped(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return stream.getvalue()


def titles(path):
    return [item.record.title for item in read_file(path) if isinstance(item, Fetched)]


def test_packed_files_are_unpacked(save):
    assert titles(save(gzip.compress(RIS.encode()))) == ["Größe"]
    assert titles(save(zipped(export_ris=RIS))) == ["Größe"]


def test_an_archive_of_several_files_is_not_guessed_at(save):
    with pytest.raises(DataError, match="archive of 2 files"):
        titles(save(zipped(a_ris=RIS, b_ris=RIS)))


def test_a_packed_file_cut_off_keeps_what_came_before(save):
    noise = random.Random(1).randbytes(300_000).hex()
    entries = "".join(f"TY  - JOUR\nTI  - {noise[at : at + 3000]}\nER  - \n" for at in range(0, 600_000, 3000))
    packed = gzip.compress(entries.encode())
    items = list(read_file(save(packed[: len(packed) - 3000])))
    assert sum(isinstance(item, Fetched) for item in items) > 150
    assert isinstance(items[-1], Unreadable)
    assert "damaged or cut off" in items[-1].reason


def test_what_unpacks_to_too_much_is_refused(save, monkeypatch):
    monkeypatch.setattr(opening, "LARGEST_CONTENT", 1 << 20)
    bomb = save(gzip.compress((RIS + "x" * (3 << 20)).encode()))
    with pytest.raises(DataError, match="unpacks to more than 1 MB"), opening.open_bytes(bomb, 1 << 20) as stream:
        stream.read()
    lines = save(gzip.compress((RIS * 60_000).encode()))
    with opening.open_bytes(lines, 1 << 20) as stream, pytest.raises(DataError, match="unpacks"):
        list(opening.lines_of(stream, "lines"))


def test_a_line_without_end_is_no_text(monkeypatch):
    monkeypatch.setattr(opening, "LARGEST_LINE", 1000)
    items = list(read_bytes((RIS + "TY  - JOUR\nTI  - " + "x" * 2000).encode(), "file"))
    assert isinstance(items[0], Fetched)
    assert "not a text" in items[-1].reason


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\n\n \n", "empty"),
        (b"\x00" * 500, "holds no text"),
        (b"%PDF-1.7 x", "PDF"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "old Excel"),
        (b"\x89PNG\r\n", "picture"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (b"<svg></svg>", "XML of an unknown kind"),
        (b"Dear all, please find the records attached.", "no known format fits"),
        (b'{"a": 1}', "JSON"),
        (b"PK\x03\x04broken", "damaged"),
        (gzip.compress(b""), "empty"),
        (b"\x1f\x8b\x08broken", "damaged"),
    ],
)
def test_what_is_not_read_is_named_in_one_line(save, data, said):
    path = save(data, "thing.ris")
    for attempt in (detect, lambda it: list(read_file(it))):
        with pytest.raises(DataError, match=said) as told:
            attempt(path)
        assert "\n" not in str(told.value)
        assert "thing.ris" in str(told.value)


def test_missing_files_and_folders(tmp_path):
    with pytest.raises(UserError, match="no such file"):
        detect(tmp_path / "nosuch.ris")
    with pytest.raises(UserError, match="folder"):
        list(read_file(tmp_path))


def test_names_that_are_neither_format_nor_source(save):
    with pytest.raises(UserError, match="neither a format"):
        list(read_file(save(RIS), name="nonsense"))


def test_a_forced_format_that_finds_nothing_says_so(save):
    with pytest.raises(DataError, match="no entry that could be read as bibtex"):
        list(read_file(save(RIS), name="bibtex"))


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("ä".encode(), "utf-8"),
        ("\ufeffä".encode(), "utf-8-sig"),
        ("TY  - JOUR".encode("utf-16"), "utf-16"),
        ("TY  - JOUR".encode("utf-16-le"), "utf-16-le"),
        ("TY  - JOUR".encode("utf-16-be"), "utf-16-be"),
        ("TY  - JOUR".encode("utf-32"), "utf-32"),
        (b"caf\xe9", "utf-8"),
    ],
)
def test_encodings(data, encoding):
    assert opening.encoding_of(data) == encoding


def test_bytes_that_are_no_utf8_are_windows_1252():
    assert opening.decode(b"caf\xe9 \x93quoted\x94 \x96 \xe2\x82\xac") == "café “quoted” – €"


def test_a_pipe_is_refused_and_never_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.ris")
    with pytest.raises(UserError, match="a pipe or device"), opening.open_bytes(tmp_path / "pipe.ris"):
        pass

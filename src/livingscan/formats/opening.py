"""A file of any encoding, line end and compression, as lines of text or as a capped stream of bytes."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from livingscan.errors import DataError, UserError

LARGEST_CONTENT = 2 << 30  # bytes after decompression; a PubMed baseline file has about 0.2 GB
LARGEST_WHOLE = 256 << 20  # bytes of a format that can't be read piece by piece
LARGEST_LINE = 16 << 20  # characters; a longer "line" is no text
_HEAD = 1 << 17

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file; open it there and save it as .xlsx or CSV"),
    (b"%PDF", "a PDF; export the records as RIS, CSV or XML instead"),
    (b"SQLite format 3", "a database; export the records from the program that made it"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"BZh", "a bzip2 archive; unpack it first"),
    (b"\xfd7zXZ", "an xz archive; unpack it first"),
)


def _cp1252(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8 are read as Windows-1252, one by one: whole files or single letters."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(bytes([byte]).decode("cp1252", "replace") for byte in wrong), error.end


codecs.register_error("livingscan-cp1252", _cp1252)


class Capped(io.RawIOBase):
    """A stream of bytes that refuses to go beyond a size: what a small archive unpacks to may be endless."""

    def __init__(self, stream: BinaryIO, name: str, limit: int) -> None:
        self._stream = stream
        self._name = name
        self._left = limit
        self._limit = limit

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read on; DataError past the limit or where the compressed data is damaged."""
        read = getattr(self._stream, "read1", self._stream.read)  # gives what there is before damage is met
        try:
            data = read(len(buffer))
        except (zlib.error, gzip.BadGzipFile, EOFError, zipfile.BadZipFile) as problem:
            raise DataError(f"{self._name}: the compressed data is damaged or cut off ({problem})") from None
        self._left -= len(data)
        if self._left < 0:
            raise DataError(f"{self._name}: unpacks to more than {self._limit >> 20} MB; split it and try again")
        buffer[: len(data)] = data
        return len(data)


@contextmanager
def open_bytes(path: Path, limit: int = LARGEST_CONTENT) -> Iterator[io.BufferedReader]:
    """Open a file, unpacked if it is gzip or a zip archive of one file.

    Args:
        path: the file. limit: bytes that it may unpack to.

    Raises:
        UserError: there is no such file, or it can't be opened.
        DataError: while reading: too big, or damaged.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise UserError(f"{path}: is not a file but a pipe or device; write it to a file first")
    try:
        raw = path.open("rb")
    except FileNotFoundError:
        raise UserError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise UserError(f"{path}: is a folder, not a file") from None
    except OSError as problem:
        raise UserError(f"{path}: cannot be opened: {problem.strerror}") from None
    with ExitStack() as opened:
        opened.enter_context(raw)
        start = raw.read(4)
        raw.seek(0)
        stream: BinaryIO = raw
        if start[:2] == b"\x1f\x8b":
            stream = cast(BinaryIO, gzip.GzipFile(fileobj=raw))
        elif start == b"PK\x03\x04":
            member = single_member(raw, path.name)
            if member:
                archive = opened.enter_context(zipfile.ZipFile(raw))
                stream = cast(BinaryIO, opened.enter_context(archive.open(member)))
            else:
                raw.seek(0)
        yield io.BufferedReader(Capped(stream, path.name, limit), _HEAD)


def single_member(raw: BinaryIO, name: str) -> str:
    """The one file in a zip archive; "" for an Excel workbook, which is an archive too.

    Raises:
        DataError: the archive is damaged, protected, or holds several files.
    """
    try:
        entries = [entry for entry in zipfile.ZipFile(raw).infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as problem:
        raise DataError(f"{name}: the archive is damaged ({problem})") from None
    if any(entry.filename in {"[Content_Types].xml", "mimetype"} for entry in entries):
        return ""
    entries = [entry for entry in entries if not entry.filename.startswith("__MACOSX/")]
    if len(entries) != 1:
        raise DataError(f"{name}: an archive of {len(entries)} files; unpack it and import them one by one")
    if entries[0].flag_bits & 1:
        raise DataError(f"{name}: the archive is protected by a password; unpack it first")
    return entries[0].filename


def head_of(stream: io.BufferedReader) -> bytes:
    """The first bytes of a stream, which is left at its start."""
    return stream.peek(_HEAD)[:_HEAD]


def refuse_foreign(head: bytes, name: str) -> None:
    """Say what a file is that holds no records we could read.

    Raises:
        DataError: it is such a file, or empty.
    """
    if not head.strip(b"\x00\r\n\t \xef\xbb\xbf\xff\xfe"):
        raise DataError(f"{name}: the file is empty" if not head.strip(b"\r\n\t ") else f"{name}: holds no text")
    for magic, what in _FOREIGN:
        if head.startswith(magic):
            raise DataError(f"{name}: is {what}")


def encoding_of(head: bytes) -> str:
    """The encoding of a text: by its mark, by where its NUL bytes are, else UTF-8 (with cp1252 for what is not)."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    sample = head[:2000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > len(sample) // 5 and even < odd // 10:
        return "utf-16-le"
    if even > len(sample) // 5 and odd < even // 10:
        return "utf-16-be"
    return "utf-8"


def decode(data: bytes) -> str:
    """Bytes as text, whatever their encoding; NUL bytes and marks are dropped, line ends become "\\n"."""
    encoding = encoding_of(data)
    errors = "livingscan-cp1252" if encoding.startswith("utf-8") else "replace"
    text = data.decode(encoding, errors)
    return re.sub(r"\r\n?", "\n", text).replace("\x00", "").replace("\ufeff", "")


def text_of(stream: io.BufferedReader, encoding: str, errors: str = "") -> io.TextIOWrapper:
    """A stream of bytes as a stream of text with "\\n" at the end of lines.

    Args:
        stream: of bytes. encoding: its name. errors: what becomes of bytes that do not fit (``codecs``); left
            out, they are taken for Windows-1252 in UTF-8 and replaced in others.
    """
    errors = errors or ("livingscan-cp1252" if encoding.startswith("utf-8") else "replace")
    return io.TextIOWrapper(stream, encoding=encoding, errors=errors, newline=None)


def lines_of(stream: io.BufferedReader, name: str = "") -> Iterator[str]:
    """The lines of a text without their ends, NUL bytes and marks; read as they are asked for.

    Raises:
        DataError: a line is longer than any text has.
    """
    text = text_of(stream, encoding_of(head_of(stream)))
    number = 0
    while line := text.readline(LARGEST_LINE):
        number += 1
        if len(line) >= LARGEST_LINE:
            raise DataError(f"{name}:{number}: a line of more than {LARGEST_LINE >> 20} million characters: not a text")
        yield line.rstrip("\n").replace("\x00", "").replace("\ufeff", "")

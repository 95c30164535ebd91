"""Text as records hold it: single blanks, no control characters. Nearly all text is so already, and soon told."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_SPACE = re.compile(r"[ \t\r\f\v\x85\u00a0\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
# with soft hyphens and other signs that only say where a line may break
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b\u2060\ufeff\ud800-\udfff]")
_UNPRINTABLE_ASCII = bytes([*range(32), 127])


def is_tidy(text: str) -> bool:
    """Whether a long text has nothing to tidy but blanks at its ends; nearly every text has not.

    Printable text holds no character that the patterns look for. For ASCII that is seen four times as fast in bytes.
    """
    if "  " in text:
        return False
    return len(text.encode().translate(None, _UNPRINTABLE_ASCII)) == len(text) if text.isascii() else text.isprintable()


def one_line(text: str | None) -> str:
    """Text on one line, single blanks, no control characters."""
    if not text:
        return ""
    if text.isprintable() and "  " not in text:  # tidy, as above
        return _composed(text.strip())
    return _composed(_SPACE.sub(" ", _CONTROL.sub("", text).replace("\n", " ")).strip())


def _composed(text: str) -> str:
    """Letters with their accents as one character each (NFC): "e" with an acute accent behind it is "é"."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def lines(text: str | None) -> str:
    """Text that keeps its line breaks, each line tidied, empty ones dropped."""
    if not text:
        return ""
    rows = text.split("\n")
    if is_tidy("".join(rows)):
        return _composed("\n".join(filter(None, map(str.strip, rows))))
    tidied = (_SPACE.sub(" ", row).strip() for row in _CONTROL.sub("", text).splitlines())
    return _composed("\n".join(filter(None, tidied)))


def each_one_line(values: Iterable[str | None]) -> list[str]:
    """:func:`one_line` of every value that has text; one look at all of them together mostly does."""
    texts = [value for value in values if value]
    together = "".join(texts)
    if not is_tidy(together):
        return list(map(one_line, texts))
    if together.isascii():  # nothing to compose either
        return list(map(str.strip, texts))
    return [_composed(text.strip()) for text in texts]

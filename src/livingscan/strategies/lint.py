"""Check a strategy file: its header, its syntax as its source spells it, its length."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from urllib.parse import quote

from livingscan.errors import UserError
from livingscan.strategies.dialects import DIALECTS, Dialect
from livingscan.strategies.findings import Finding, Report
from livingscan.strategies.header import check_header
from livingscan.strategies.lexer import Lexer, Token, straighten
from livingscan.strategies.syntax import Walk

__all__ = ["Finding", "lint", "lint_file"]


def lint(source: str, text: str, today: date) -> tuple[Finding, ...]:
    """Find what is broken in a strategy.

    Args:
        source: short name of the source, which decides on the spelling.
        text: the whole file, header included.
        today: the present day; a strategy cannot be of a later one.

    Returns:
        The findings in the order of the text; none for a good strategy.

    Raises:
        UserError: no such source.
    """
    dialect = DIALECTS.get(source)
    if dialect is None:
        raise UserError(f"no spelling is known for {source!r}; known are {', '.join(DIALECTS)}")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    report = Report(source, text)
    begin = check_header(text, report, today)
    plain = straighten(text, report, begin)
    if not plain[begin:].strip():
        report.add("empty", begin, begin, "below the header lines there is no search text", "write the strategy there")
        return report.findings()
    _late_comments(plain, begin, report)
    blanked = _without_comments(plain, begin)
    tokens = Lexer(blanked, begin, dialect, report).tokens()
    Walk(tokens, dialect, report).run()
    _check_length(blanked, begin, dialect, tokens, report)
    return report.findings()


def lint_file(source: str, path: Path, today: date) -> tuple[Finding, ...]:
    """Find what is broken in a strategy file; as :func:`lint`. UserError also if it cannot be read."""
    try:
        return lint(source, path.read_bytes().decode("utf-8"), today)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return (Finding(source, line, 1, "character", "", "the file is not UTF-8 text", "save it as UTF-8"),)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from error


_LATE = re.compile(r"^[ \t]*#(?!\d).*$", re.M)


def _late_comments(text: str, begin: int, report: Report) -> None:
    """A "#" line below the header would be sent to the source."""
    for found in _LATE.finditer(text, begin):
        report.add(
            "header",
            found.start(),
            found.end(),
            "a # line below the header is not a remark: it would be sent as search text",
            "move it up, or delete it",
        )


def _without_comments(text: str, begin: int) -> str:
    return text[:begin] + _LATE.sub(lambda found: " " * len(found.group()), text[begin:])


def _check_length(text: str, begin: int, dialect: Dialect, tokens: list[Token], report: Report) -> None:
    """A strategy that goes into an address must fit into one, or be one that livingscan can cut."""
    if dialect.longest is None:
        return
    body = " ".join(text[begin:].split())
    size = len(quote(body, safe=""))
    if dialect.pieces:
        size -= _spare(tokens)
    if size > dialect.longest:
        start = begin + len(text[begin:]) - len(text[begin:].lstrip())
        report.add(
            "long",
            start,
            start + 60,
            f"{size:,} bytes as an address; {dialect.title} takes {dialect.longest:,}"
            + (", and no list joined by OR is left that could be cut" if dialect.pieces else ""),
            "shorten it, or keep to the commonest terms",
        )


def _spare(tokens: list[Token]) -> int:
    """Bytes that cutting saves at most: of each outer list joined by OR all but its longest term."""
    spare, depth = 0, 0
    part: list[int] = []
    joined = False
    for token in [*tokens, Token("close", ")", 0, 0)]:
        if token.kind == "open":
            depth += 1
        elif token.kind == "close":
            depth -= 1
            if depth <= 0:
                spare += sum(part) - max(part) if joined and part else 0
                part, joined = [], False
        elif depth == 1 and token.kind == "operator" and token.text == "OR":
            joined = True
        elif depth >= 1:
            part.append(len(quote(token.text, safe="")) + 12)
    return spare

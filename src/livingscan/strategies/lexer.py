"""A strategy as tokens with their places; what cannot be a token is reported and stepped over."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from livingscan.strategies.dialects import Dialect
from livingscan.strategies.findings import Report

Kind = Literal["phrase", "word", "open", "close", "tag", "brace", "field", "operator", "near", "range", "slop"]


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` as written, ``text == whole[start:end]``; a phrase without its quotation marks."""

    kind: Kind
    text: str
    start: int
    end: int


_CURLY = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u02ba\uff02"
_CURLY_SINGLE = "\u2018\u201a\u201b\u2039\u203a"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_PLAIN = {
    **dict.fromkeys(map(ord, _CURLY), '"'),
    **dict.fromkeys(map(ord, _CURLY_SINGLE), "'"),
    **dict.fromkeys(map(ord, _INVISIBLE), " "),
    **dict.fromkeys(map(ord, "\u00a0\u2007\u202f\u3000"), " "),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-"),
    ord("\u2019"): "'",
    ord("\uff08"): "(",
    ord("\uff09"): ")",
    ord("\uff0a"): "*",
    ord("\u2217"): "*",
    ord("\uff1a"): ":",
}
_ODD = (
    (re.compile(f"[{_CURLY}]"), "curly quotation marks", 'write straight ones: "'),
    (
        re.compile(f"(?<!\\w)[{_CURLY_SINGLE}\u2019](?=\\w)"),
        "a curly single quotation mark",
        'write a straight double one: "',
    ),
    (re.compile(f"[{_INVISIBLE}]"), "an invisible character", "delete it, or type the line anew"),
    (re.compile("[\u00a0\u2007\u202f\u3000]"), "a blank that is no blank (no-break space)", "type a plain blank"),
    (re.compile("[\u2010\u2011\u2012\u2013\u2014\u2212]"), "a dash that is no hyphen", "write a plain hyphen: -"),
    (re.compile("[\uff08\uff09\uff0a\u2217\uff1a]"), "a look-alike of a bracket or sign", "type it on the keyboard"),
)


def straighten(text: str, report: Report, begin: int) -> str:
    """The text with typographic signs made plain, as long as before; each kind is reported once a line.

    Args:
        text: the whole file. report: takes the findings. begin: where the strategy begins.
    """
    for pattern, what, advice in _ODD:
        seen: set[int] = set()
        for found in pattern.finditer(text, begin):
            line = text.count("\n", 0, found.start())
            if line not in seen:
                seen.add(line)
                end = re.compile(r"[\s()]|$").search(text, found.end())
                report.add(
                    "character",
                    found.start(),
                    end.start() if end else found.end(),
                    f"{what} that no source reads as meant",
                    advice,
                )
    return text.translate(_PLAIN)


_BOOLEAN = re.compile(r"\s(?:AND|OR|NOT)\s|\[\w[\w/ :~-]*\]|^\s*[()]|[()]\s*$")
_BREAK = re.compile(r"\s+(?:AND|OR|NOT)\b|\[|\(|\)|\n")
_WORD = {
    "tag": re.compile(r'[^\s()\[\]"]+'),
    "colon": re.compile(r'[^\s()\[\]{}":~^]+'),
    "call": re.compile(r'[^\s()\[\]{}",]+'),
    "equals": re.compile(r'[^\s()\[\]{}"=]+'),
    "bare": re.compile(r'[^\s()\[\]"]+'),
}
_FIELD = {
    "colon": re.compile(r"([A-Za-z_][\w.]*)\s?:(?!\s*$)"),
    "call": re.compile(r"([A-Za-z][\w-]*)(?=\s*\()"),
    "equals": re.compile(r"([A-Za-z]{2,5})\s?="),
}
_COMPARED = re.compile(r"([A-Za-z][\w.-]*)\s*(?:[<>]=?|=|\s(?:AFT|BEF|IS)\s)\s*\"?[\w/.-]+\"?")
_NEAR = re.compile(r"(?:NEAR|ONEAR|PRE|ADJ|W|N)/\d+\b|\b(?:NEAR|SAME|ADJ\d*|[NW]\d{1,2})(?=[\s)])", re.I)
_SLOP = re.compile(r"~[\d.]*|\^[\d.]+")


class Lexer:
    """Cuts a straightened text into tokens.

    Args:
        text: the whole file, straightened. begin: where the strategy begins.
        dialect: the source's spelling. report: takes what is wrong with quotation marks.
    """

    def __init__(self, text: str, begin: int, dialect: Dialect, report: Report) -> None:
        self._text = text
        self._at = begin
        self._dialect = dialect
        self._report = report
        self._tokens: list[Token] = []

    def tokens(self) -> list[Token]:
        """All tokens, in order."""
        while self._at < len(self._text):
            sign = self._text[self._at]
            if sign.isspace():
                self._at += 1
            elif sign == '"':
                self._phrase()
            elif sign == "(":
                self._put("open", self._at + 1)
            elif sign == ")":
                self._put("close", self._at + 1)
            elif sign == "[":
                self._square()
            elif sign == "{" and self._dialect.style in ("call", "colon"):
                self._brace()
            else:
                self._rest()
        return self._tokens

    def _put(self, kind: Kind, end: int, text: str | None = None) -> None:
        self._tokens.append(Token(kind, self._text[self._at : end] if text is None else text, self._at, end))
        self._at = end

    def _phrase(self) -> None:
        """A phrase; where its closing mark is missing, what follows must not be taken for the phrase."""
        close = self._text.find('"', self._at + 1)
        inside = self._text[self._at + 1 : close] if close >= 0 else ""
        if close >= 0 and not _BOOLEAN.search(inside) and "\n\n" not in inside and len(inside) <= 300:
            self._put("phrase", close + 1, inside)
            return
        before, after = self._text[self._at - 1 : self._at], self._text[self._at + 1 : self._at + 2]
        closing = (before.isalnum() or before == "*") and not after.isalnum()
        if closing or (close >= 0 and re.match(r"\s+(?:AND|OR|NOT)\s|\s*[()]\s*(?:AND|OR|NOT|[()]|$)|\[", inside)):
            self._report.add(
                "quote",
                self._at,
                self._at + 1,
                "a quotation mark closes here that was never opened",
                "put one before the phrase, or delete this one",
            )
            self._at += 1
            return
        stop = _BREAK.search(self._text, self._at + 1)
        end = stop.start() if stop else len(self._text)
        self._report.add(
            "quote",
            self._at,
            end,
            "a quotation mark opens here and is not closed: what follows would be read as part of the phrase",
            "close it behind the last word of the phrase",
        )
        self._put("phrase", max(end, self._at + 1), self._text[self._at + 1 : end])

    def _square(self) -> None:
        close = self._text.find("]", self._at)
        inside = self._text[self._at + 1 : close] if close >= 0 else ""
        if close < 0 or "\n" in inside or "[" in inside or '"' in inside:
            stop = _BREAK.search(self._text, self._at + 1)
            end = stop.start() if stop else len(self._text)
            self._report.add(
                "bracket", self._at, end, "a square bracket opens here and is not closed", "close it with ]"
            )
            self._put("tag", max(end, self._at + 1), self._text[self._at + 1 : end].strip())
            return
        span = re.fullmatch(r"\s*\S+\s+TO\s+\S+\s*", inside)
        self._put("range" if span else "tag", close + 1, inside)

    def _brace(self) -> None:
        close = self._text.find("}", self._at)
        if close < 0:
            self._report.add(
                "bracket", self._at, self._at + 20, "a curly bracket opens here and is not closed", "close it"
            )
            close = len(self._text) - 1
        inside = self._text[self._at + 1 : close]
        self._put("range" if re.fullmatch(r"\s*\S+\s+TO\s+\S+\s*", inside) else "brace", close + 1, inside)

    def _rest(self) -> None:
        style, text, at = self._dialect.style, self._text, self._at
        if (slop := _SLOP.match(text, at)) and at and not text[at - 1].isspace():
            self._put("slop", slop.end())
            return
        if self._dialect.symbols and text[at] in "+|":
            self._put("operator", at + 1)
            return
        if self._dialect.symbols and text[at] == "-" and (at == 0 or not text[at - 1].isalnum()):
            self._put("operator", at + 1)
            return
        if (near := _NEAR.match(text, at)) and (near.group().isupper() or "/" in near.group()):
            self._put("near", near.end())
            return
        if style in ("call", "colon") and (compared := _COMPARED.match(text, at)) and self._dialect.knows(compared[1]):
            self._put("word", compared.end())
            return
        pattern = _FIELD.get(style)
        field = pattern.match(text, at) if pattern else None
        if field and field[1].upper() not in ("AND", "OR", "NOT") and self._names_field(field):
            self._put("field", field.end(), field[1])
            return
        word = _WORD[style].match(text, at)
        if word is None:
            if text[at] in "]}":
                self._report.add(
                    "bracket", at, at + 1, f"{text[at]} closes here what was never opened", "delete it, or open it"
                )
            elif text[at] not in ",":
                self._report.add(
                    "character", at, at + 1, f"{text[at]!r} stands alone and means nothing here", "delete it"
                )
            self._at += 1
            return
        self._put("operator" if word.group() in ("AND", "OR", "NOT") else "word", word.end())

    def _names_field(self, found: re.Match[str]) -> bool:
        """Scopus: "word (" names a field only where it is a known one; "word(" always means to."""
        touches = self._text[found.end() : found.end() + 1] == "("
        return self._dialect.style != "call" or touches or self._dialect.knows(found[1])

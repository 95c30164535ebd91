"""One boolean query language with many spellings: a parser for what the sources understand.

It reads a useful part of each source's own syntax, described by a :class:`Dialect`: PubMed's
``word[tag]``, Lucene's ``FIELD:(a OR b)``, Scopus' ``TITLE-ABS-KEY(...)``, Web of Science's
``TS=(...)``, Semantic Scholar's ``+ | -``. The result is a small tree that an
:class:`~livingscan.sandbox.index.Index` answers with sets of positions.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from livingscan.sandbox.index import FENCE, Index, fold
from livingscan.sandbox.nodes import Both, Dated, Either, Everything, Hits, Near, Node, Phrase, Without, chain


class QueryError(Exception):
    """The query cannot be read; the message says why. ``unknown_field`` names a field that does not exist."""

    def __init__(self, message: str, unknown_field: str = "") -> None:
        super().__init__(message)
        self.unknown_field = unknown_field


# --- the spellings ------------------------------------------------------------------------------

STANDARD_ORDER = {"near": 4, "not": 3, "and": 2, "or": 1}
SCOPUS_ORDER = {"near": 4, "or": 3, "and": 2, "not": 1}
LEFT_TO_RIGHT = {"near": 2, "not": 1, "and": 1, "or": 1}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one source spells its queries.

    Attributes:
        style: "tag" (``x[ti]``), "colon" (``TI:x``), "call" (``TI(x)``), "equals" (``TI=x``), or "words"
            where fields cannot be named.
        default: fields of a word without one. fields: known names (lower case) and what they search.
        dates: names of date fields and which date they mean.
        whole: names whose value must be a whole list entry. flags: bare words that mean something.
        order: how tightly the operators bind. implicit: what stands between words without an operator.
        wildcards: the signs allowed. symbols: ``+ | -`` are operators.
        lower_case: operators count in lower case too. lenient: an unknown field name is plain text.
    """

    style: str
    default: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()
    flags: Mapping[str, Node] = field(default_factory=dict)
    order: Mapping[str, int] = field(default_factory=lambda: STANDARD_ORDER)
    implicit: str = "and"
    wildcards: str = "*"
    symbols: bool = False
    lower_case: bool = False
    lenient: bool = False
    resolve: Callable[[str, str], Node | None] | None = None


_LEX = re.compile(
    r"""(?P<space>\s+)
    | (?P<near>\b(?:NEAR|W|PRE|N)/(?P<distance>\d+)\b)
    | (?P<phrase>"(?P<inside>[^"]*)"(?:~(?P<slop>\d+))?)
    | (?P<brace>\{(?P<exact>[^{}]*)\}(?!\s*\())
    | (?P<bracket>\[(?P<tag>[^\[\]]*)\])
    | (?P<open>\()
    | (?P<close>\))
    | (?P<compare><=|>=|=|<|>|:)
    | (?P<symbol>[+|-](?=[^\s)])|\|)
    | (?P<word>[^\s()\[\]{}"<>=:|]+)
    | (?P<other>.)""",
    re.X,
)
_OPERATORS = {"AND": "and", "OR": "or", "NOT": "not", "NEAR": "near", "SAME": "near"}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    number: int | None = None


def _tokens(text: str, dialect: Dialect) -> Iterator[_Token]:
    if text.count('"') % 2:
        raise QueryError("a quotation mark is not closed")
    for found in _LEX.finditer(text.replace("\u201c", '"').replace("\u201d", '"')):
        kind = found.lastgroup or ""
        # lastgroup names the outermost group that closed last; inner groups carry the values.
        if found["space"]:
            continue
        if found["near"]:
            ordered = "ordered" if found["near"].startswith("PRE") else ""
            yield _Token("near", ordered, int(found["distance"]))
        elif found["phrase"]:
            yield _Token("phrase", found["inside"], int(found["slop"]) if found["slop"] else None)
        elif found["brace"]:
            yield _Token("phrase", found["exact"])
        elif found["bracket"]:
            yield _Token("bracket", found["tag"])
        elif found["symbol"] and not dialect.symbols:
            if found["symbol"] in "+-" and dialect.style == "colon":
                yield _Token("not" if found["symbol"] == "-" else "plus", found["symbol"])
        elif found["symbol"]:
            yield _Token({"+": "and", "|": "or", "-": "minus"}[found["symbol"]], found["symbol"])
        elif found["word"]:
            word = found["word"]
            if dialect.symbols and word in "+-":
                yield _Token("and" if word == "+" else "minus", word)
                continue
            operator = _OPERATORS.get(word.upper() if dialect.lower_case else word)
            if operator == "near":
                yield _Token("near", "", 15)
            elif operator and not dialect.symbols:
                yield _Token(operator, word)
            else:
                yield _Token("word", word)
        elif found["other"]:
            raise QueryError(f"{found['other']!r} stands alone")
        else:
            yield _Token(kind, found.group())


def parse(text: str, dialect: Dialect) -> Node:
    """Read a query.

    Args:
        text: the query as sent to the source.
        dialect: the source's spelling.

    Returns:
        A node; ``node.hits(index)`` gives the positions found.

    Raises:
        QueryError: empty, unbalanced, an operator without its side, an unknown field, a wildcard
            that the source does not have.
    """
    tokens = list(_tokens(text, dialect))
    if not tokens:
        raise QueryError("the query is empty")
    depth = 0
    for token in tokens:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth < 0:
            raise QueryError("a parenthesis closes that was never opened")
    if depth:
        raise QueryError("a parenthesis is not closed")
    reader = _Reader(tokens, dialect)
    node = reader.expression(0, None)
    if reader.at < len(tokens):
        raise QueryError(f"{tokens[reader.at].text!r} is not expected there")
    return node


_MOST_ANSWERS = 200


def find(text: str, dialect: Dialect, index: Index) -> Hits:
    """What a query finds, kept for the next page of the same walk.

    Args:
        text: the query. dialect: its spelling, one that lives as long as the module. index: where to look.

    Returns:
        Positions in ``index.records``.

    Raises:
        QueryError: as :func:`parse`.
    """
    key = (text, id(dialect))
    known = index.answers.get(key)
    if known is None:
        known = parse(text, dialect).hits(index)
        if len(index.answers) >= _MOST_ANSWERS:
            index.answers.clear()
        index.answers[key] = known
    return known


class _Reader:
    """A precedence-climbing reader over the tokens of one query."""

    def __init__(self, tokens: list[_Token], dialect: Dialect) -> None:
        self.tokens = tokens
        self.dialect = dialect
        self.at = 0

    def peek(self, ahead: int = 0) -> _Token | None:
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else None

    def kind(self, ahead: int = 0) -> str:
        token = self.peek(ahead)
        return token.kind if token else ""

    def take(self) -> _Token:
        token = self.peek()
        if token is None:
            raise QueryError("the query ends where something should follow")
        self.at += 1
        return token

    def expression(self, least: int, name: str | None) -> Node:
        left = self.unary(name)
        while (token := self.peek()) is not None and token.kind != "close":
            kind = token.kind if token.kind in ("and", "or", "not", "near", "minus") else self.dialect.implicit
            kind = "not" if kind == "minus" else kind
            power = self.dialect.order[kind]
            if power <= least:
                break
            distance, ordered = 0, False
            if token.kind in ("and", "or", "not", "near", "minus"):
                self.take()
                distance, ordered = token.number or 0, token.text == "ordered"
                if kind == "and" and self.kind() in ("not", "minus"):  # AND NOT, + -
                    self.take()
                    kind, power = "not", self.dialect.order["not"]
            right = self.expression(power, name)
            left = self.joined(kind, left, right, distance, ordered)
        return left

    @staticmethod
    def joined(kind: str, left: Node, right: Node, distance: int, ordered: bool) -> Node:
        if kind == "near":
            return Near(left, right, distance, ordered)
        if kind == "or":
            return Either(left, right)
        return Without(left, right) if kind == "not" else Both(left, right)

    def unary(self, name: str | None) -> Node:
        if self.kind() in ("not", "minus"):
            self.take()
            return Without(Everything(), self.unary(name))
        if self.kind() == "plus" or (self.dialect.symbols and self.kind() == "and"):
            self.take()
        return self.atom(name)

    def atom(self, name: str | None) -> Node:
        token = self.take()
        if token.kind == "open":
            return self.group(name)
        if token.kind not in ("word", "phrase"):
            raise QueryError(f"{token.text!r} stands where a word should")
        if self.dialect.style == "tag":
            return self.tagged(token)
        if token.kind == "word" and (named := self.named(token)) is not None:
            return named
        return self.text_node(token.text, name, token.kind == "phrase", token.number)

    def group(self, name: str | None) -> Node:
        if self.kind() == "close":
            raise QueryError("a pair of parentheses is empty")
        node = self.expression(0, name)
        if self.take().kind != "close":
            raise QueryError("a parenthesis is not closed")
        if self.dialect.style == "tag" and self.kind() == "bracket":
            return _refield(node, self.fields_of(self.take().text), self.dialect)
        return node

    # PubMed: the tag follows, a range has a tag on either side or at its end.
    def tagged(self, token: _Token) -> Node:
        parts = [token.text]
        while token.kind == "word" and self.kind() == "word":
            parts.append(self.take().text)
        tag = self.take().text if self.kind() == "bracket" else ""
        if self.kind() == "compare" and self.peek() == _Token("compare", ":"):
            self.take()
            high = self.take().text
            tag = self.take().text if self.kind() == "bracket" else tag
            return self.date_node(tag, parts[0], high)
        known = tag.split(":")[0].strip().lower()
        if known in self.dialect.dates:
            return self.date_node(tag, parts[0], parts[0])
        if not tag and " ".join(parts).lower() in self.dialect.flags:
            return self.dialect.flags[" ".join(parts).lower()]
        slop = re.fullmatch(r"[^:]+:~(\d+)", tag)
        if tag or token.kind == "phrase":
            return self.text_node(" ".join(parts), tag or None, True, int(slop[1]) if slop else None)
        node: Node = self.text_node(parts[0], None, False, None)
        for part in parts[1:]:
            node = Both(node, self.text_node(part, None, False, None))
        return node

    # The others: the field's name comes first.
    def named(self, token: _Token) -> Node | None:
        style, lowered = self.dialect.style, token.text.lower()
        if style == "words":
            return None
        if style == "call":
            if self.kind() == "open" and (lowered in self.dialect.fields or not self.dialect.lenient):
                self.take()
                self.fields_of(lowered)
                return self.group(lowered)
            if self.kind() == "compare" or (self.kind() == "word" and self.peek_text() in ("AFT", "BEF", "IS")):
                return self.compared(token.text)
            return None
        if self.kind() != "compare" or (style == "equals" and self.peek_text() != "="):
            return self.dialect.flags.get(lowered)
        if self.dialect.lenient and lowered not in self.dialect.fields and lowered not in self.dialect.dates:
            return None
        if self.peek_text() not in (":", "=") or lowered in self.dialect.dates:
            return self.compared(token.text)
        self.take()
        if self.kind() == "open":
            self.take()
            self.fields_of(lowered)
            return self.group(lowered)
        value = self.take()
        return self.text_node(value.text, lowered, value.kind == "phrase", value.number)

    def peek_text(self) -> str:
        token = self.peek()
        return token.text if token else ""

    def compared(self, name: str) -> Node:
        sign, value = self.take().text, self.take()
        if value.kind == "open":  # PY=(2015-2020)
            value = self.take()
            if self.take().kind != "close":
                raise QueryError(f"{name} takes one date or one span of dates")
        text = value.text.strip()
        if sign in (">", "AFT"):
            return self.date_node(name, text, "", after=True)
        if sign in ("<", "BEF"):
            return self.date_node(name, "", text, after=True)
        if sign in (">=", "<="):
            return self.date_node(name, *((text, "") if sign == ">=" else ("", text)))
        span = re.fullmatch(r"(\S+)\s+TO\s+(\S+)", text) or re.fullmatch(r"(\d{4})-(\d{4})", text)
        return self.date_node(name, span[1], span[2]) if span else self.date_node(name, text, text)

    def date_node(self, name: str, low: str, high: str, after: bool = False) -> Node:
        kind = self.dialect.dates.get(name.split(":")[0].strip().lower())
        if kind is None:
            raise QueryError(f"{name!r} is not a date field", unknown_field=name)
        first, last = day_of(low, False), day_of(high, True)
        if after:  # strictly later or earlier: "> 2014" begins with 2015
            first, last = (day_of(low, True) if low else None), (day_of(high, False) if high else None)
            first = date.fromordinal(first.toordinal() + 1) if first else None
            last = date.fromordinal(last.toordinal() - 1) if last else None
        return Dated(kind, first, last)

    def fields_of(self, name: str | None) -> tuple[str, ...]:
        if name is None:
            return self.dialect.default
        known = name.split(":")[0].strip().lower()
        if known not in self.dialect.fields:
            raise QueryError(f"there is no field {name!r}", unknown_field=name)
        return self.dialect.fields[known]

    def text_node(self, text: str, name: str | None, quoted: bool, slop: int | None) -> Node:
        if self.dialect.resolve and (node := self.dialect.resolve((name or "").lower(), text)) is not None:
            return node
        fields = self.fields_of(name)
        if text.strip() == "*" and not name:
            return Everything()
        allowed = set(self.dialect.wildcards)
        for sign in "*?":
            if sign in text and sign not in allowed and (sign == "*" or not quoted):
                raise QueryError(f"the wildcard {sign!r} is not allowed here")
        known = (name or "").split(":")[0].strip().lower()
        return Phrase(_terms(text, self.dialect.wildcards), fields, known in self.dialect.whole, slop)


def _terms(text: str, wildcards: str) -> tuple[str, ...]:
    """A phrase as folded words that keep their wildcards."""
    signs = "".join(sign for sign in wildcards if sign in "*?$")
    plain = fold(text).replace(FENCE, " ").replace("'s ", " ")
    return tuple(word for word in re.findall(rf"[a-z0-9{re.escape(signs)}]+", plain) if word.strip(signs))


def _refield(node: Node, fields: tuple[str, ...], dialect: Dialect) -> Node:
    """The same tree, searched in other fields: ``(a OR b)[ti]``."""
    if isinstance(node, Phrase):
        return Phrase(node.terms, fields, node.whole, node.slop) if node.fields == dialect.default else node
    if isinstance(node, Near):
        return Near(_refield(node.left, fields, dialect), _refield(node.right, fields, dialect), node.distance, False)
    if isinstance(node, Both | Either):
        first, *others = (_refield(part, fields, dialect) for part in chain(node))
        for part in others:
            first = type(node)(first, part)
        return first
    if isinstance(node, Without):
        return Without(_refield(node.left, fields, dialect), _refield(node.right, fields, dialect))
    return node


def day_of(text: str, last: bool) -> date | None:
    """The first or last day that a date text means: "2026", "2026/01", "2026-01-07", "20260107".

    Args:
        text: the date; "" and "*" mean an open end.
        last: the last day of a month or year in place of the first.

    Raises:
        QueryError: not a date.
    """
    tidy = text.strip().strip('"')
    if tidy in ("", "*", "MAX", "MIN"):
        return None
    found = re.fullmatch(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?(?:T.*)?", tidy) or re.fullmatch(
        r"(\d{4})(\d{2})(\d{2})", tidy
    )
    if not found:
        raise QueryError(f"{text!r} is not a date")
    year, month, day = int(found[1]), found[2], found[3]
    try:
        if year >= 3000:
            return date(2999, 12, 31)
        at_month = int(month) if month else (12 if last else 1)
        at_day = int(day) if day else (monthrange(year, at_month)[1] if last else 1)
        return date(year, at_month, at_day)
    except ValueError as error:
        raise QueryError(f"{text!r} is not a date") from error

"""Boolean strategies: cut into pieces that a source can take, and matched here where a source can't search.

Understood: ``AND``, ``OR``, ``NOT`` in capitals, brackets, "phrases", words with ``*`` at the end; words side
by side stand for AND. ``NOT`` binds before AND before OR.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from livingscan.errors import FatalSourceError, UserError

_TOKEN = re.compile(r'\s*(?:(?P<open>\()|(?P<close>\))|"(?P<phrase>[^"]*)"|(?P<word>[^\s()"]+))')


@dataclass(frozen=True)
class Term:
    """A word or phrase as it is written; ``quoted`` tells which."""

    text: str
    quoted: bool

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds the term in lower-case text: blanks match blanks and hyphens, ``*`` any ending."""
        words = [re.escape(word).replace(r"\*", r"\w*") for word in re.split(r"[\s\-]+", self.text.lower()) if word]
        return re.compile(r"(?<!\w)" + r"[\s\-]+".join(words) + r"(?!\w)")

    def __str__(self) -> str:
        return f'"{self.text}"' if self.quoted else self.text


@dataclass(frozen=True)
class Group:
    """Several nodes joined by one operator: "AND", "OR", or "NOT" (of one node)."""

    operator: str
    nodes: tuple[Node, ...]

    def __str__(self) -> str:
        if self.operator == "NOT":
            return f"NOT {_bracketed(self.nodes[0])}"
        return f" {self.operator} ".join(_bracketed(node) for node in self.nodes)


Node = Term | Group


def _bracketed(node: Node) -> str:
    return f"({node})" if isinstance(node, Group) and node.operator != "NOT" else str(node)


def parse(strategy: str) -> Node:
    """The strategy as a tree.

    Raises:
        UserError: brackets or quotes that don't close, an operator without its side, nothing at all.
    """
    tokens = list(_tokens(strategy))
    if not tokens:
        raise UserError("the strategy is empty")
    node, rest = _either(tokens)
    if rest:
        raise UserError(f"the strategy has a bracket too many, before {' '.join(text for _, text in rest[:6])!r}")
    return node


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    text = text.replace("\u201c", '"').replace("\u201d", '"').rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise UserError(f"the strategy has a quotation mark that is not closed: {text[at : at + 40]!r}")
        at = found.end()
        kind = found.lastgroup or ""
        if kind == "word" and found["word"] in ("AND", "OR", "NOT"):
            kind = "operator"
        yield kind, found[found.lastgroup or 0]


_Tokens = list[tuple[str, str]]


def _either(tokens: _Tokens) -> tuple[Node, _Tokens]:
    node, tokens = _both(tokens)
    nodes = [node]
    while tokens and tokens[0] == ("operator", "OR"):
        node, tokens = _both(tokens[1:])
        nodes.append(node)
    return (nodes[0] if len(nodes) == 1 else Group("OR", tuple(nodes))), tokens


def _both(tokens: _Tokens) -> tuple[Node, _Tokens]:
    node, tokens = _one(tokens)
    nodes = [node]
    while tokens and tokens[0][0] != "close" and tokens[0] != ("operator", "OR"):
        if tokens[0] == ("operator", "AND"):
            tokens = tokens[1:]
        node, tokens = _one(tokens)
        nodes.append(node)
    return (nodes[0] if len(nodes) == 1 else Group("AND", tuple(nodes))), tokens


def _one(tokens: _Tokens) -> tuple[Node, _Tokens]:
    if not tokens:
        raise UserError("the strategy ends after an operator or an opening bracket")
    kind, text = tokens[0]
    if kind in ("word", "phrase"):
        return Term(text, kind == "phrase"), tokens[1:]
    if (kind, text) == ("operator", "NOT"):
        node, tokens = _one(tokens[1:])
        return Group("NOT", (node,)), tokens
    if kind == "open":
        node, tokens = _either(tokens[1:])
        if not tokens or tokens[0][0] != "close":
            raise UserError("the strategy has a bracket that is not closed")
        return node, tokens[1:]
    raise UserError(f"the strategy has {text!r} where a word should stand")


def matches(node: Node, text: str) -> bool:
    """Whether a text, in lower case, meets the strategy."""
    if isinstance(node, Term):
        return bool(node.pattern.search(text))
    if node.operator == "NOT":
        return not matches(node.nodes[0], text)
    return (any if node.operator == "OR" else all)(matches(each, text) for each in node.nodes)


def words(node: Node) -> list[str]:
    """Every word of the strategy that a record may have (not those under NOT), each once, in order."""
    if isinstance(node, Term):
        return list(dict.fromkeys(word for word in re.split(r"[\s\-]+", node.text.replace("*", "")) if word))
    if node.operator == "NOT":
        return []
    return list(dict.fromkeys(word for each in node.nodes for word in words(each)))


def has_operators(strategy: str) -> bool:
    """Whether a strategy is more than a row of words."""
    return any(kind != "word" for kind, _ in _tokens(strategy))


def split(strategy: str, fits: Callable[[str], bool]) -> list[str]:
    """Strategies that each fit and together find exactly what the whole one finds.

    The longest OR list that every record must meet is halved, over and over.

    Args:
        strategy: to be cut. fits: whether a piece is small enough for the source.

    Raises:
        FatalSourceError: there is no list left to halve. UserError: the strategy is broken.
    """
    strategy = " ".join(strategy.split())
    if fits(strategy):
        return [strategy]
    return _split(parse(strategy), fits)


def _split(node: Node, fits: Callable[[str], bool]) -> list[str]:
    if fits(str(node)):
        return [str(node)]
    sides = node.nodes if isinstance(node, Group) and node.operator == "AND" else (node,)
    lists = [side for side in sides if isinstance(side, Group) and side.operator == "OR"]
    if not lists:
        raise FatalSourceError("the strategy is too long for this source and has no OR list that could be cut")
    longest = max(lists, key=lambda side: len(str(side)))
    middle = len(longest.nodes) // 2
    pieces = []
    for half in (longest.nodes[:middle], longest.nodes[middle:]):
        smaller: Node = half[0] if len(half) == 1 else Group("OR", half)
        replaced = tuple(smaller if side is longest else side for side in sides)
        pieces += _split(replaced[0] if len(replaced) == 1 else _and(replaced), fits)
    return pieces


def _and(nodes: tuple[Node, ...]) -> Node:
    """The nodes joined by AND, those that are AND groups themselves taken apart."""
    flat: list[Node] = []
    for node in nodes:
        flat += node.nodes if isinstance(node, Group) and node.operator == "AND" else (node,)
    return Group("AND", tuple(flat))

"""The grammar that all sources share: groups, operators and the terms between them.

A walk over the tokens that goes on after a fault, so that one run names all of them.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import Literal

from livingscan.strategies import terms
from livingscan.strategies.dialects import Dialect
from livingscan.strategies.findings import Report
from livingscan.strategies.lexer import Token

Last = Literal["none", "operand", "operator"]
_OVID = re.compile(r"\.(?:ti|ab|tw|mp|kw|kf|hw|pt|af|sh|fs|jn|in|cp|sh|rw|id|tm|ot)(?:,\w\w)*\.?$")
_OVID_NEAR = re.compile(r"adj\d*$", re.I)
_LINE = re.compile(r"#?\d+$|or/\d[\d,-]*$|and/\d[\d,-]*$")
NEVER = "is not searched for as a term there"


@dataclass(slots=True)
class _Group:
    """What a pair of brackets holds so far."""

    start: Token | None = None
    fielded: bool = False
    beside_near: bool = False
    listed: bool = False  # LIMIT-TO(SUBJAREA, "MEDI"): its parts stand side by side
    last: Last = "none"
    operator: Token | None = None
    operators: list[Token] = field(default_factory=list)


class Walk:
    """One walk over the tokens of a strategy.

    Args:
        tokens: as the lexer cut them. dialect: the source's spelling. report: takes the findings.
    """

    def __init__(self, tokens: list[Token], dialect: Dialect, report: Report) -> None:
        self._tokens = tokens
        self._dialect = dialect
        self._report = report
        self._at = 0
        self._stack = [_Group()]
        self._field: Token | None = None  # a field's name that waits for its term
        self._plain = dialect.ranks and not any(
            token.kind in ("operator", "phrase", "open", "close") for token in tokens
        )

    def run(self) -> None:
        """Walk to the end."""
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            getattr(self, f"_on_{token.kind}")(token)
        while len(self._stack) > 1:
            group = self._stack[-1]
            if group.start:
                self._say("bracket", group.start, "this bracket is never closed", "close it with ) where its list ends")
            self._leave(None)
        self._end_of_group(self._stack[0], None)
        if self._field:
            self._say("field", self._field, "a field without a term", "write the term behind it")

    # --- brackets

    def _on_open(self, token: Token) -> None:
        top = self._stack[-1]
        if self._field is None:
            self._begin_operand(token)
        near = top.operator is not None and top.operator.kind == "near"
        listed = self._field is not None and self._field.text.lower() in ("limit-to", "exclude")
        self._stack.append(_Group(token, top.fielded or self._field is not None, near, listed))
        self._field = None

    def _on_close(self, token: Token) -> None:
        if self._field:
            self._say("field", self._field, "a field without a term", "write the term behind it")
            self._field = None
        if len(self._stack) == 1:
            self._say("bracket", token, "this bracket closes what was never opened", "delete it, or open it before")
            return
        self._leave(token)
        following = self._peek()
        if following and following.kind == "word" and _OVID.match(following.text):
            self._at += 1
            self._foreign(following, "Ovid's field codes")
        elif self._dialect.style == "tag":
            self._tag_behind(None)

    def _leave(self, close: Token | None) -> None:
        group = self._stack.pop()
        following = self._peek()
        self._end_of_group(group, close)
        near = group.beside_near or bool(following and following.kind == "near")
        bad = next((one for one in group.operators if one.text.upper() in ("AND", "NOT")), None)
        if near and bad and self._dialect.near:
            self._say(
                "proximity",
                bad,
                f"{self._dialect.title} refuses {bad.text} inside a term of a proximity search",
                "take it out: only OR may stand there",
            )
        self._stack[-1].last = "operand"

    def _end_of_group(self, group: _Group, close: Token | None) -> None:
        if group.last == "none" and (group.start or not self._tokens):
            if group.start and close:
                self._say("empty", group.start, "a pair of brackets with nothing in it", "delete it, or fill it")
        elif group.last == "operator" and group.operator:
            self._say(
                "operator",
                group.operator,
                f"{group.operator.text} has nothing behind it",
                "delete it, or write what should follow",
            )
        names = [one.text.upper() for one in group.operators]
        if "OR" in names and len(set(names)) > 1:
            odd = next(
                one for one in group.operators if one.text.upper() != names[0] and "OR" in (one.text.upper(), names[0])
            )
            self._say(
                "mixed",
                odd,
                "AND and OR stand side by side without brackets: the sources disagree which of them goes first",
                "put brackets round what belongs together",
            )

    # --- operators

    def _on_operator(self, token: Token) -> None:
        if self._dialect.symbols:
            self._symbol(token)
            return
        self._operator(token)

    def _symbol(self, token: Token) -> None:
        if token.text in ("AND", "OR", "NOT"):
            sign = {"AND": "+", "OR": "|", "NOT": "-"}[token.text]
            self._say(
                "operator",
                token,
                f"{self._dialect.title} reads {token.text} as a word, not as an operator",
                f"write {sign} in its place",
            )
        names = {"+": "AND", "|": "OR", "-": "NOT"}
        name = names.get(token.text, token.text)
        top = self._stack[-1]
        if name == "NOT" and top.last != "operator":
            name = "AND"
        elif name == "NOT":
            return
        self._operator(Token("operator", name, token.start, token.end), shown=token)

    def _operator(self, token: Token, shown: Token | None = None) -> None:
        top, shown = self._stack[-1], shown or token
        if self._field:
            self._say("field", self._field, "a field without a term", "write the term behind it")
            self._field = None
        if top.last == "none":
            if token.text.upper() != "NOT" or not top.start or self._dialect.and_not != "either":
                self._say(
                    "operator",
                    shown,
                    f"{shown.text} has nothing before it",
                    "delete it, or write what should stand before it",
                )
        elif top.last == "operator" and top.operator:
            if token.text.upper() == "NOT" and top.operator.text.upper() == "AND":
                if self._dialect.and_not == "NOT":
                    self._say("operator", shown, f"{self._dialect.title} writes NOT, not AND NOT", "delete the AND")
                top.operators[-1:] = [token]
                top.operator = token
                return
            self._say(
                "operator",
                shown,
                f"two operators follow each other: {top.operator.text} {shown.text}",
                "delete one of them",
            )
            return
        elif token.text.upper() == "NOT" and self._dialect.and_not == "AND NOT":
            self._say(
                "operator", shown, f"{self._dialect.title} writes AND NOT; NOT alone is no operator", "write AND NOT"
            )
        top.last, top.operator = "operator", token
        top.operators.append(token)

    def _on_near(self, token: Token) -> None:
        top, following = self._stack[-1], self._peek()
        between = (
            top.last == "operand" and following is not None and following.kind in ("word", "phrase", "open", "brace")
        )
        if not between and not self._dialect.near:
            self._on_word(Token("word", token.text, token.start, token.end))
            return
        if not self._dialect.near:
            what = (
                f"write proximity as {self._dialect.near_words}"
                if self._dialect.near_words
                else "list the phrases with OR"
            )
            self._say("proximity", token, f"{self._dialect.title} does not know {token.text}", what)
        elif not self._dialect.near.fullmatch(token.text):
            self._say(
                "proximity",
                token,
                f"{self._dialect.title} does not know {token.text}",
                f"write {self._dialect.near_words}",
            )
        elif not between:
            self._say("operator", token, f"{token.text} needs a term on either side", "write the one that lacks")
        top.last, top.operator = "operator", token

    # --- terms

    def _begin_operand(self, token: Token) -> None:
        """A term, group or field begins: an operator should stand before it, unless it is the first."""
        top = self._stack[-1]
        if top.last == "operand" and not self._plain and not top.listed:
            signs = "| or +" if self._dialect.symbols else "OR or AND"
            self._say(
                "adjacent",
                token,
                "no operator stands between this and the term before it: most sources then take AND",
                f'write {signs} between them, or put a phrase in "quotation marks"',
            )
        top.last = "operand"

    def _on_field(self, token: Token) -> None:
        if not self._dialect.knows(token.text):
            close = difflib.get_close_matches(token.text.lower(), sorted(self._dialect.fields), n=1, cutoff=0.6)
            meant = close[0].upper() if close and token.text.isupper() else "".join(close)
            what = f"did you mean {meant}?" if meant else "see its help for the names"
            self._say("field", token, f"{self._dialect.title} knows no field {token.text}", what)
        self._begin_operand(token)
        self._field = token
        following = self._peek()
        if following and following.kind in ("operator", "near", "close", "field"):
            return
        if following and following.kind != "open" and self._dialect.style == "call":
            self._field = None

    def _on_phrase(self, token: Token) -> None:
        if not token.text.strip():
            self._say("empty", token, "a phrase with nothing in it", "delete it, or fill it")
        if len(token.text) > 300:
            self._say("long", token, "a phrase of more than 300 characters finds nothing", "shorten it")
        self._term([token])

    def _on_brace(self, token: Token) -> None:
        if self._dialect.style != "call":
            self._say(
                "character",
                token,
                f"{self._dialect.title} does not know curly brackets",
                "write a phrase in quotation marks",
            )
        self._term([token])

    def _on_word(self, token: Token) -> None:
        if self._lower_operator(token):
            return
        if _OVID_NEAR.match(token.text) and self._stack[-1].last == "operand":
            self._foreign(token, "Ovid's proximity")
            self._stack[-1].last, self._stack[-1].operator = "operator", token
            return
        words = [token]
        while (following := self._peek()) and following.kind == "word" and self._dialect.style in ("tag", "bare"):
            if self._is_lower_operator(following) or _OVID_NEAR.match(following.text):
                break
            if self._dialect.style == "tag" and (":" in (following.text, token.text)):
                break
            words.append(following)
            self._at += 1
        self._term(words)

    def _term(self, words: list[Token]) -> None:
        top = self._stack[-1]
        first = words[0]
        if self._dialect.style == "tag" and first.text == ":":  # a range: "a"[dp] : "b"[dp]
            top.last = "operator"
            top.operator = first
            return
        if self._field is None:
            self._begin_operand(first)
        fielded = top.fielded or self._field is not None
        self._field = None
        for word in words:
            terms.check(word, self._dialect, self._report)
            if _OVID.search(word.text):
                self._foreign(word, "Ovid's field codes")
            elif _LINE.match(word.text) and (word.text.startswith("#") or "/" in word.text):
                self._foreign(word, "a reference to a line of a search history")
        if self._dialect.needs_field and not fielded and not re.match(r"\w{2,5}\s?[<>=]", first.text):
            self._say(
                "field",
                first,
                f"{self._dialect.title} refuses a term outside a field",
                "put it in one: TS=(...), TI=(...)",
            )
        tagged = self._dialect.style == "tag" and self._tag_behind(first if len(words) == 1 else None)
        if len(words) > 1 and not tagged and not self._plain:
            top.last = "operand"
            self._begin_operand(words[1])

    def _on_slop(self, token: Token) -> None:
        before = self._tokens[self._at - 2] if self._at > 1 else None
        if self._dialect.style in ("tag", "call", "equals") or (self._dialect.title == "DOAJ"):
            self._say("proximity", token, f"{self._dialect.title} does not know {token.text}", "delete it")
        elif token.text.startswith("~") and before and before.kind == "word":
            self._say(
                "wildcard",
                token,
                f"{token.text} behind a word asks for similar spellings",
                "delete it, or quote a phrase",
            )

    def _on_range(self, token: Token) -> None:
        if self._field is None:
            self._say("field", token, "a range without a field", "write the field's name and a colon before it")
            self._begin_operand(token)
        self._field = None

    # --- PubMed's tags

    def _tag_behind(self, term: Token | None) -> bool:
        """Take the tag that stands behind a term or group, if one does."""
        following = self._peek()
        if not following or following.kind != "tag":
            return False
        self._at += 1
        terms.check_tag(following, term, self._dialect, self._report)
        while (again := self._peek()) and again.kind == "tag":
            self._at += 1
            self._say("field", again, "a second field tag behind one term", "keep one; join two fields by OR")
        return True

    def _on_tag(self, token: Token) -> None:
        if self._dialect.style == "tag":
            self._say("field", token, "a field tag without a term before it", "write the term before it")
            terms.check_tag(token, None, self._dialect, self._report)
            self._stack[-1].last = "operand"
            return
        known = terms.looks_like_a_tag(token.text)
        reason = f"[{token.text}] is PubMed's way to name a field; {self._dialect.title} does not know it"
        self._say(
            "field",
            token,
            reason if known else f"{self._dialect.title} does not know square brackets here",
            self._own_field(),
        )

    # --- helpers

    def _own_field(self) -> str:
        return {
            "colon": "write the field's name and a colon before the term",
            "call": "write FIELD(term)",
            "equals": "write FIELD=(term)",
        }.get(self._dialect.style, "delete it: this source has no fields")

    def _is_lower_operator(self, token: Token) -> bool:
        return token.text.lower() in ("and", "or", "not") and not token.text.isupper()

    def _lower_operator(self, token: Token) -> bool:
        """An operator in small letters, where a term stands on either side."""
        if not self._is_lower_operator(token) or self._plain:
            return False
        if self._stack[-1].last == "none" and self._peek() is not None and self._peek().kind == "word":  # type: ignore[union-attr]
            return False
        if self._dialect.any_case:
            reason = (
                f"{token.text} in small letters is read as an operator by {self._dialect.title}, but looks like a word"
            )
        else:
            reason = f"{token.text} in small letters is a word to {self._dialect.title}, not an operator"
        upper = token.text.upper()
        sign = {"AND": "+", "OR": "|", "NOT": "-"}[upper] if self._dialect.symbols else upper
        self._say("operator", token, reason, f"write {sign}")
        self._operator(Token("operator", upper, token.start, token.end))
        return True

    def _foreign(self, token: Token, what: str) -> None:
        self._say(
            "foreign",
            token,
            f"{token.text} is {what}; {self._dialect.title} does not know it",
            "write it as this source does",
        )

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _say(self, rule: str, token: Token, reason: str, advice: str) -> None:
        self._report.add(rule, token.start, token.end, reason, advice)

"""Single terms: wildcards, and PubMed's field tags."""

from __future__ import annotations

import difflib
import re

from livingscan.strategies.dialects import (
    PUBMED_FIELDS,
    PUBMED_FLAGS,
    PUBMED_NO_EXPLOSION,
    PUBMED_PROXIMITY,
    Dialect,
)
from livingscan.strategies.findings import Report
from livingscan.strategies.lexer import Token

_SIGNS = {"*": "any ending", "?": "one letter", "$": "one letter or none", "#": "one letter"}
_EVERYTHING = "*"


def looks_like_a_tag(text: str) -> bool:
    """Whether the text between square brackets is one of PubMed's field tags."""
    return text.split(":")[0].strip().lower() in PUBMED_FIELDS


def check(token: Token, dialect: Dialect, report: Report) -> None:
    """Check the wildcards of a word or phrase.

    Args:
        token: the word, phrase, or exact phrase in curly brackets.
        dialect: the source's spelling. report: takes the findings.
    """
    phrase = token.kind == "phrase"
    offset = token.start + (1 if phrase or token.kind == "brace" else 0)
    words = list(re.finditer(r"\S+", token.text))
    if not words or (token.text.strip() == _EVERYTHING and not phrase):
        return
    if token.kind == "word" and token.text[0] == "'" and not dialect.symbols:
        report.add(
            "quote", token.start, token.end, "single quotation marks make no phrase", 'write straight double ones: "'
        )
    if dialect.style == "colon" and not phrase and token.kind == "word" and token.text.startswith("/"):
        report.add(
            "character",
            token.start,
            token.end,
            "a slash begins a regular expression here",
            "put the term in quotation marks",
        )
    for number, word in enumerate(words):
        last = number == len(words) - 1
        for sign in re.finditer(r"[*?$#]", word.group()):
            place = _place(word.group(), sign.start(), phrase)
            if place:
                _check_sign(
                    sign.group(),
                    word.group(),
                    place,
                    offset + word.start(),
                    dialect,
                    report,
                    in_phrase=phrase or token.kind == "brace",
                    last=last,
                )


def _place(word: str, at: int, phrase: bool) -> str:
    """Where in the word a sign stands: "start", "end", "inside"; "" where it is punctuation or money."""
    sign = word[at]
    before, after = word[:at], word[at + 1 :]
    letters_before = bool(re.search(r"\w", before))
    letters_after = bool(re.match(r"[*?$]*\w", after))
    if sign == "#" and not (letters_before and letters_after):
        return ""
    if sign == "$" and (not letters_before or re.match(r"\d", after)):
        return ""
    if sign == "?" and phrase and not letters_after:
        return ""  # "... who cares?"
    if not letters_before:
        return "start"
    return "inside" if letters_after else "end"


def _check_sign(
    sign: str, word: str, place: str, at: int, dialect: Dialect, report: Report, *, in_phrase: bool, last: bool
) -> None:
    def say(reason: str, advice: str) -> None:
        report.add("wildcard", at, at + len(word), reason, advice)

    if sign not in dialect.wildcards:
        known = ", ".join(f"{one} ({_SIGNS[one]})" for one in dialect.wildcards)
        say(
            f"{dialect.title} has no wildcard {sign}",
            f"it knows {known}" if known else "write the endings out, joined by OR; single words are often stemmed",
        )
        return
    bare = re.sub(r"[^\w*?$]", "", word)
    before = len(re.split(r"[*?$]", bare)[0])
    after = len(re.split(r"[*?$]", bare)[-1])
    if place == "start" and not dialect.at_start:
        say(f"{dialect.title} has no wildcard at the start of a word", "write the beginnings out, joined by OR")
    elif place == "start" and after < dialect.least:
        say(
            f"{dialect.title} wants at least {dialect.least} letters behind a wildcard at the start of a word",
            "write more of the word",
        )
    elif place == "inside" and not dialect.in_word:
        say(f"{dialect.title} has wildcards only at the end of a word", "write the spellings out, joined by OR")
    elif place != "start" and before < dialect.least:
        say(f"{dialect.title} wants at least {dialect.least} letters before a wildcard", "write more of the word")
    elif in_phrase and dialect.in_phrase == "nowhere":
        say(f"{dialect.title} has no wildcards inside a phrase", "write the phrases out, joined by OR")
    elif in_phrase and dialect.in_phrase == "end" and not last:
        say(
            f"{dialect.title} takes a wildcard only at the last word of a phrase",
            "write the phrases out, joined by OR",
        )


def check_tag(tag: Token, term: Token | None, dialect: Dialect, report: Report) -> None:
    """Check one of PubMed's field tags against the term it stands behind.

    Args:
        tag: the tag. term: the single word or phrase before it; None for several words or a group.
        dialect: PubMed's. report: takes the findings.
    """
    text = tag.text.strip()
    name, colon, suffix = text.lower().partition(":")
    name, suffix = name.strip(), suffix.strip()
    if "~" in name:
        name, _, _ = name.partition("~")
        report.add(
            "proximity", tag.start, tag.end, "a colon lacks before the ~", f'write "two words"[{name.strip()}:~3]'
        )
        name, colon = name.strip(), ""
    if not dialect.knows(name):
        pieces = re.split(r"[,;+]| and ", name)
        if len(pieces) > 1 and all(dialect.knows(piece) for piece in pieces):
            report.add(
                "field",
                tag.start,
                tag.end,
                f"PubMed takes one field a tag, not [{text}]",
                "write [tiab] for title and abstract, or join two tagged terms by OR",
            )
            return
        close = difflib.get_close_matches(name, sorted(PUBMED_FIELDS), n=1, cutoff=0.6)
        report.add(
            "field",
            tag.start,
            tag.end,
            f"PubMed knows no field [{text}]: it would ignore the tag and search everywhere",
            f"did you mean [{close[0]}]?" if close else "see the PubMed User Guide for the tags",
        )
        return
    if colon:
        _check_suffix(tag, name, suffix, term, report)
    if term and term.kind == "word" and term.text.lower() in PUBMED_FLAGS:
        report.add("field", tag.start, tag.end, f"{term.text} takes no field tag", "delete the tag")


def _check_suffix(tag: Token, name: str, suffix: str, term: Token | None, report: Report) -> None:
    def say(reason: str, advice: str) -> None:
        report.add("proximity" if "~" in suffix else "field", tag.start, tag.end, reason, advice)

    if suffix in ("noexp", "exp"):
        if name not in PUBMED_NO_EXPLOSION:
            say(f"[{tag.text}]: only subject headings can be exploded or not", f"write [{name}]")
        return
    distance = re.fullmatch(r"~\s*(\d{1,4})", suffix)
    if not distance:
        say(f"PubMed does not know what stands behind the colon in [{tag.text}]", "write [tiab:~3] or [mh:noexp]")
    elif name not in PUBMED_PROXIMITY:
        say(
            f"PubMed has proximity in title, title/abstract and affiliation, not in [{name}]",
            "write [tiab:~N], [ti:~N] or [ad:~N]",
        )
    elif int(distance[1]) > 1000:
        say("a distance of more than 1,000 words means nothing", "write a smaller number")
    elif term is None or term.kind != "phrase":
        say("proximity needs its words in one pair of quotation marks", f'write "two words"[{tag.text}]')
    elif len(term.text.split()) < 2:
        say("proximity needs two words or more", f"write [{name}] for a single word")
    elif "*" in term.text:
        say(
            "PubMed ignores the proximity where the phrase holds a wildcard",
            "write the words out, one phrase for each ending",
        )

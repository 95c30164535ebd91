"""Author lists as databases write them, brought to one form.

"Zuna, R E; Wang, S S", "Adeli K.Lewis G. F." (separators lost), "Smith J, Jones K", "Smith, J., Jones, K.",
"Jane Smith; Ken Jones", "Smith, Jane and Jones, Ken", "World Health Organization".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from livingscan.dedupe.text import fold, words

_RUN_TOGETHER = re.compile(
    r"(?<=[^\W\d_]\.)(?=[^\W\d_a-z][^\W\d_.\s]|(?:de|van|von|da|di|del|la|le|el|ten|ter)\b ?[A-Z])"
)
_ET_AL = re.compile(r"[,;\s]*\b(?:et\.? al\b\.?|and others)[.\s]*$", re.I)
_INITIALS = re.compile(r"(?:[^\W\d_](?:[.\s-]+|$)){1,5}|[A-ZÀ-ÖØ-Þ]{1,4}")
_AND = re.compile(r"\s+(?:and|&)\s+")
_SUFFIX = frozenset({"jr", "sr", "ii", "iii", "iv", "2nd", "3rd", "md", "phd", "dr", "prof"})
_CORPORATE = re.compile(
    r"\b(?:group|committee|collaborat\w*|consortium|network|organi[sz]ation|department|ministry|society|association|"
    r"institute|foundation|council|university|trust|federation|commission|office|agency|centre|center|team|board|"
    r"unit|service|college|academy|panel|investigators|task force|nhs|nice|study|trial|project|programme)\b",
    re.I,
)
_NOBODY = frozenset({"", "anonymous", "anon", "no authors listed", "unknown", "na", "n a", "nan", "none"})
_VOWELS = re.compile(r"[aeiouyhj]+")
_DOUBLED = re.compile(r"(.)\1+")


@dataclass(frozen=True, slots=True)
class Author:
    """One author in comparable form.

    Attributes:
        family: family name in folded letters, nothing between them ("vanderberg"); the whole
            name, words joined, for a group.
        initial: first letter of the first given name, or "".
        key: the family name's consonants ("vndrbrg"): the same over most transliterations, accents
            lost or damaged, and doubled letters. A name without consonants keeps its vowels.
        parts: the keys of all words of the name longer than two letters, given names among them:
            for names whose parts were swapped.
        is_group: a committee, an organisation ...
    """

    family: str
    initial: str
    key: str
    parts: tuple[str, ...] = ()
    is_group: bool = False


def _looks_initials(text: str) -> bool:
    return bool(_INITIALS.fullmatch(text.strip()))


def _by_commas(parts: list[str]) -> list[str]:
    """Names out of comma-separated parts: "A B, C D" or "Family, Given, Family, Given"."""
    if len(parts) == 1:
        return parts
    if len(parts) % 2 == 0 and all(_looks_initials(part) for part in parts[1::2]):
        return [f"{family}, {given}" for family, given in zip(parts[::2], parts[1::2], strict=True)]
    if all(" " in part for part in parts):
        return parts
    if len(parts) == 2:
        return [f"{parts[0]}, {parts[1]}"]
    if len(parts) == 3 and parts[2].lower().strip(". ") in _SUFFIX:
        return [f"{parts[0]}, {parts[1]}"]
    return parts


def split_authors(text: str) -> tuple[str, ...]:
    """The names in an author field, in order, each as it was written.

    Args:
        text: the field, whatever its separators.

    Returns:
        The names; "et al." is dropped.
    """
    text = _ET_AL.sub("", text.strip())
    if not text:
        return ()
    if ";" in text:
        names = text.split(";")
    elif "|" in text or "\n" in text:
        names = re.split(r"[|\n]", text)
    elif _AND.search(text) and (text.count(",") <= len(_AND.findall(text)) + 1) and not _CORPORATE.search(text):
        names = _AND.split(text)
    elif "," in text:
        names = _by_commas([part.strip() for part in _AND.sub(", ", text).split(",") if part.strip()])
    elif _CORPORATE.search(text):
        names = [text]
    else:
        names = _RUN_TOGETHER.split(text)
    return tuple(name for part in names if (name := part.strip(" ,;")))


def consonants(letters: str) -> str:
    """The consonant skeleton of a folded word: "mueller", "muller", "m ller" -> "mllr" less doubles: "mlr"."""
    if not letters.isascii():
        return letters
    return _DOUBLED.sub(r"\1", _VOWELS.sub("", letters)) or letters


@lru_cache(maxsize=200_000)
def parse_author(name: str) -> Author | None:
    """One name in comparable form; None for "Anonymous" and the like.

    Args:
        name: "Family, Given", "Family G. H.", "Given Family" or a group's name.
    """
    folded = fold(name)
    joined = " ".join(words(folded))
    if joined in _NOBODY:
        return None
    if _CORPORATE.search(joined):
        whole = joined.replace(" ", "")
        return Author(whole, "", consonants(whole), (), True)
    given = ""
    if "," in name:
        head, _, tail = name.partition(",")
        family = "".join([w for w in words(fold(head)) if w not in _SUFFIX])
        given = "".join([w for w in words(fold(tail)) if w not in _SUFFIX][:1])
    else:
        tokens = [t for t in name.replace(".", ". ").split() if t.lower().strip(".") not in _SUFFIX]
        lower = [t.islower() for t in tokens]
        last = len(tokens)
        while last > 1 and _looks_initials(tokens[last - 1]):
            last -= 1
        if last < len(tokens):  # Family G. H.
            family, given = "".join(words(fold(" ".join(tokens[:last])))), fold(tokens[last])[:1]
        elif len(tokens) > 1:  # Given Family, with particles such as "van der"
            first = len(tokens) - 1
            while first > 1 and lower[first - 1]:
                first -= 1
            family, given = "".join(words(fold(" ".join(tokens[first:])))), fold(tokens[0])[:1]
        else:
            family = "".join(words(folded))
    if not family:
        family, given = joined.replace(" ", ""), ""
    if not family:
        return None
    parts = tuple(consonants(w) for w in words(folded) if len(w) > 2 and w not in _SUFFIX)
    return Author(family, given[:1], consonants(family), parts)

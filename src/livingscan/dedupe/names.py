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
_GROUP_WORDS = frozenset(
    "group groups committee collaborative collaboration collaborators consortium network organization organisation "
    "department ministry society association institute institutes foundation council university trust federation "
    "commission office agency centre center team board unit service services college academy panel investigators "
    "force nhs study trial project programme".split()
)
_NOBODY = frozenset({"", "anonymous", "anon", "no authors listed", "unknown", "na", "n a", "nan", "none"})
_VOWELS = str.maketrans("", "", "aeiouyhj")
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
        is_group: a committee, an organisation ...
    """

    family: str
    initial: str
    key: str
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
    is_given = [_looks_initials(part) for part in parts]
    if sum(is_given) * 5 >= len(parts) * 2:  # "Family, G. H., Family, G., A Group"
        names: list[str] = []
        for part, given, after_given in zip(parts, is_given, [True, *is_given], strict=False):
            if given and not after_given:
                names[-1] += f", {part}"
            else:
                names.append(part)
        return names
    return parts


def split_authors(text: str) -> tuple[str, ...]:
    """The names in an author field, in order, each as it was written.

    Args:
        text: the field, whatever its separators.

    Returns:
        The names; "et al." is dropped.
    """
    text = text.strip()
    if "al" in text[-6:] or "others" in text[-10:]:
        text = _ET_AL.sub("", text)
    if not text:
        return ()
    if ";" in text:
        names = text.split(";")
    elif "|" in text or "\n" in text:
        names = re.split(r"[|\n]", text)
    elif _AND.search(text) and (text.count(",") <= len(_AND.findall(text)) + 1) and not _names_group(text):
        names = _AND.split(text)
    elif "," in text:
        names = _by_commas([part.strip() for part in _AND.sub(", ", text).split(",") if part.strip()])
    elif _names_group(text):
        names = [text]
    else:
        names = _RUN_TOGETHER.split(text)
    return tuple(name for part in names if (name := part.strip(" ,;")))


def _names_group(text: str) -> bool:
    return not _GROUP_WORDS.isdisjoint(words(text.lower()))


def consonants(letters: str) -> str:
    """The consonant skeleton of a folded word: "mueller", "muller", "mller" -> "mlr"."""
    if not letters.isascii():
        return letters
    return _DOUBLED.sub(r"\1", letters.translate(_VOWELS)) or letters


@lru_cache(maxsize=50_000)
def parse_author(name: str) -> Author | None:
    """One name in comparable form; None for "Anonymous" and the like.

    Args:
        name: "Family, Given", "Family G. H.", "Given Family" or a group's name.
    """
    folded = fold(name)
    all_words = words(folded)
    joined = " ".join(all_words)
    if joined in _NOBODY:
        return None
    if len(all_words) > 2 and not _GROUP_WORDS.isdisjoint(all_words):
        whole = joined.replace(" ", "")
        return Author(whole, "", consonants(whole), True)
    head, comma, tail = folded.partition(",")
    if comma:
        family = "".join([w for w in words(head) if w not in _SUFFIX])
        given = next((w for w in words(tail) if w not in _SUFFIX), "")
    else:
        family, given = _without_comma(name) if len(all_words) > 1 else (joined, "")
    if not family:
        family, given = joined.replace(" ", ""), ""
    return Author(family, given[:1], consonants(family)) if family else None


def _without_comma(name: str) -> tuple[str, str]:
    """(family, given) of "Family G. H." or "Given van der Family"."""
    tokens = [t for t in name.replace(".", ". ").split() if t.lower().strip(".") not in _SUFFIX]
    last = len(tokens)
    while last > 1 and _looks_initials(tokens[last - 1]):
        last -= 1
    if last < len(tokens):
        return "".join(words(fold(" ".join(tokens[:last])))), fold(tokens[last])
    first = len(tokens) - 1
    while first > 1 and tokens[first - 1].islower():
        first -= 1
    return "".join(words(fold(" ".join(tokens[first:])))), fold(tokens[0]) if first > 0 else ""


@lru_cache(maxsize=50_000)
def name_parts(name: str) -> tuple[str, ...]:
    """The keys of all words of a name longer than two letters: for names whose parts were swapped."""
    return tuple([consonants(w) for w in words(fold(name)) if len(w) > 2 and w not in _SUFFIX])

"""Single fields compared, where they differ: words of titles, numbers, names, status links."""

from __future__ import annotations

import re
from itertools import pairwise

from rapidfuzz import fuzz

from livingscan.dedupe.columns import Columns
from livingscan.dedupe.names import consonants, name_parts, parse_author
from livingscan.dedupe.text import GREEK_NAMES, SIGN, telling_words

VARIANT = 77  # from this likeness on, two words count as spellings of one ("tumour", "tumor")
VARIANT_SIGNS = 97  # the same for a run of Chinese or Japanese signs, which may be a whole title
_OPPOSITES = (
    ("hyper", "hypo"), ("pre", "post"), ("intra", "extra"), ("intra", "inter"), ("in", "out"), ("anti", "pro"),
    ("micro", "macro"), ("mono", "poly"), ("uni", "bi"), ("sys", "dias"), ("m", "p"), ("over", "under"),
    ("endo", "exo"), ("short", "long"), ("high", "low"), ("", "non"), ("", "un"), ("", "in"), ("", "im"),
    ("", "dis"), ("", "pre"), ("", "re"), ("", "fe"), ("", "anti"),
    ("", "ir"), ("", "il"), ("", "ab"), ("", "a"), ("", "sub"), ("", "multi"),
)  # fmt: skip
HOPELESS = 6  # each title has more words of its own than this: spelling cannot be why
_VERSION_LINKS = frozenset(
    {"updated_by", "update_of", "republished_as", "republished_from", "preprint_of", "has_preprint"}
)


# Words that make of a title that of another report of the same study.
_TURNING = frozenset(
    "protocol protocols rationale design pilot preliminary interim update updated followup follow comment comments "
    "commentary reply response editorial letter discussion invited appendix "
    "supplement summary abridged executive part".split()
)


def turns(a: str, b: str) -> bool:
    """True where one of two titles, as folded words, has a word such as "protocol" or "update" that the other lacks."""
    return not _TURNING.isdisjoint(set(a.split()) ^ set(b.split()))


def word_counts(a: str, b: str) -> tuple[float, float]:
    """(swapped, extra) telling words of two titles; spelling variants and joined words count as the same.

    Args:
        a, b: titles as folded words.

    Returns:
        How many words each has that the other lacks: the lesser count, and what the greater has more.
    """
    left, right = telling_words(_parted(a)), telling_words(_parted(b))
    only_left = [w for w in dict.fromkeys(left) if w not in right]
    only_right = [w for w in dict.fromkeys(right) if w not in left]
    if min(len(only_left), len(only_right)) > HOPELESS:
        low, high = sorted((len(only_left), len(only_right)))
        return float(low), float(high - low)
    pairs_a, pairs_b = _joined_pairs(a), _joined_pairs(b)
    rest_left = _without_variants(only_left, only_right, pairs_a, pairs_b)
    rest_right = _without_variants(only_right, only_left, pairs_b, pairs_a)
    low, high = sorted((rest_left, rest_right))
    return float(low), float(high - low)


_RUNS = re.compile(r"[a-z]+|\d+")


def _parted(text: str) -> list[str]:
    """Words, short ones of letters and digits taken apart: "11c", "c 11" and "c11" are one isotope."""
    return [
        run
        for word in text.split()
        for run in ([word] if len(word) > 6 or word.isalpha() or word.isdigit() else _RUNS.findall(word) or [word])
    ]


def _joined_pairs(text: str) -> dict[str, tuple[str, str]]:
    """Neighbouring words written as one: "intra epithelial" -> {"intraepithelial": ("intra", "epithelial")}."""
    split = text.split()
    return {x + y: (x, y) for x, y in pairwise(split)}


def _without_variants(
    mine: list[str], others: list[str], my_pairs: dict[str, tuple[str, str]], other_pairs: dict[str, tuple[str, str]]
) -> int:
    """How many of my words the other title has in no spelling."""
    in_one_word = {w for other in others if other in my_pairs for w in my_pairs[other]}
    return sum(w not in other_pairs and w not in in_one_word and not _has_variant(w, others) for w in mine)


def _has_variant(word: str, others: list[str]) -> bool:
    if word.isdigit():
        return False
    if len(word) == 1 or word in GREEK_NAMES:  # "b blockers" where the Greek letter was lost
        return any(
            word != other and word[0] == other[0] and {len(word), len(other)} > {1}
            for other in others
            if word in GREEK_NAMES or other in GREEK_NAMES
        )
    least = VARIANT if word.isascii() or not SIGN.search(word) else VARIANT_SIGNS
    return any(
        (
            fuzz.ratio(word, other, score_cutoff=least)
            or (len(word) > 3 < len(other) and (word.startswith(other) or other.startswith(word)))
        )
        and not _opposed(word, other)
        for other in others
        if not other.isdigit()
    )


def _opposed(a: str, b: str) -> bool:
    """True for words that look alike and mean opposite things: "hypertension", "hypotension"."""
    return any(
        a.startswith(x) and b.startswith(y) and a[len(x) :] == b[len(y) :]
        for one, other in _OPPOSITES
        for x, y in ((one, other), (other, one))
    )


def numbers_agree(a: str, b: str) -> float:
    """1 where two titles hold the same numbers, 0.5 where one has more, 0 where each has one the other lacks."""
    rest_a, rest_b = a.split(), b.split()
    for number in a.split():
        if number in rest_b:
            rest_b.remove(number)
            rest_a.remove(number)
    if not rest_a and not rest_b:
        return 1.0
    return 0.0 if rest_a and rest_b else 0.5


FEW = 3  # authors; in shorter lists one more or less is chance


def authors_between(a: str, b: str) -> bool:
    """True where the longer author list has all of the shorter and others between them.

    A list that was cut short is the beginning of the other. One that lacks somebody in its midst is most
    often that of another report of the same study: a conference abstract and its paper.

    Args:
        a, b: authors' keys, one blank between.
    """
    short, long = sorted((a.split(), b.split()), key=len)
    if len(short) < FEW or len(short) == len(long) or long[: len(short)] == short:
        return False
    rest = iter(long)
    return all(key in rest for key in short)


def author_share(
    a: str, b: str, names_a: tuple[str, ...], names_b: tuple[str, ...], again: bool
) -> tuple[float, float]:
    """(share of the shorter author list found in the other, shorter length over longer); -1: cannot be told.

    Args:
        a, b: authors' keys, one blank between.
        names_a, names_b: the names as written, for lists that hardly agree: family and given names
            may be swapped there, or a group named in place of its members.
        again: whether to look at those; worth it only where something else agrees.
    """
    keys_a, keys_b = a.split(), b.split()
    left, right = set(keys_a), set(keys_b)
    low, high = sorted((len(keys_a), len(keys_b)))
    share = len(left & right) / min(len(left), len(right))
    if share > 0.5 or not again:
        return share, low / high
    if share == 0 and _has_group(names_a) != _has_group(names_b):
        return -1.0, -1.0
    parts_a, parts_b = _parts(names_a), _parts(names_b)
    found = [_found(parts_a, parts_b)] if len(keys_a) <= len(keys_b) else []
    found += [_found(parts_b, parts_a)] if len(keys_b) <= len(keys_a) else []
    return max(share, 0.9 * max(found)), low / high


def _has_group(names: tuple[str, ...]) -> bool:
    return any(author.is_group for name in names if (author := parse_author(name)))


def _parts(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [(*name_parts(name), author.key) for name in names if (author := parse_author(name))]


def _found(short: list[tuple[str, ...]], long: list[tuple[str, ...]]) -> float:
    named = {part for parts in long for part in parts}
    return sum(not named.isdisjoint(parts) for parts in short) / len(short)


def first_author_likeness(a: str, b: str, names_a: tuple[str, ...], names_b: tuple[str, ...]) -> float:
    """Likeness of two first authors, 0 to 1; -1 where one is a group and the other is not.

    Args:
        a, b: "family initial".
        names_a, names_b: all names as written.
    """
    (family_a, initial_a), (family_b, initial_b) = a.rsplit(" ", 1), b.rsplit(" ", 1)
    if family_a == family_b or (consonants(family_a) == consonants(family_b) and family_a[0] == family_b[0]):
        likeness = 1.0
    else:
        likeness = fuzz.ratio(family_a, family_b) / 100
    if initial_a and initial_b and initial_a != initial_b:
        likeness *= 0.8
    if likeness >= 0.8:
        return likeness
    first_a, first_b = _first(names_a), _first(names_b)
    if first_a[1] != first_b[1]:
        return -1.0
    return likeness if set(first_a[0]).isdisjoint(first_b[0]) else 0.8


def _first(names: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """(parts, whether a group) of the first name that is anybody's."""
    return next((name_parts(name), author.is_group) for name in names if (author := parse_author(name)))


def linked(c: Columns, a: int, b: int) -> float:
    """1 where one of two rows names the other as a version of it, 0 as what it corrects, retracts or comments on.

    Returns:
        -1 where neither names the other.
    """
    for one, other in ((a, b), (b, a)):
        names = {f"doi:{c.doi[other]}", f"pmid:{c.pmid[other]}", f"pmcid:PMC{c.pmcid[other]}"} - {
            "doi:",
            "pmid:0",
            "pmcid:PMC0",
        }
        for kind, target in c.links[one]:
            if target.lower().replace("pmcid:pmc", "pmcid:PMC") in names:
                return 1.0 if kind in _VERSION_LINKS else 0.0
    return -1.0

"""Is it the same journal? Full titles, abbreviations and acronyms compared word by word."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import fuzz

from livingscan.dedupe.text import STOP_WORDS, fold, words

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_CONFERENCE = re.compile(r"(?<=\w)[.:] ?conference(?: publication)?:.*$", re.S)  # as Embase writes it
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)?")
_COMMON = 0.3  # what a word counts that half of all journals have in their names
_COMMON_WORDS = frozenset(
    "journal journals annals archives archive research review reviews international national american european british "
    "canadian australian asian world global proceedings transactions conference annual meeting symposium workshop "
    "science sciences studies letters reports bulletin advances current opinion supplement suppl medicine medical "
    "clinical official society association zeitschrift revue revista rivista acta open online new part series".split()
)


@lru_cache(maxsize=100_000)
def journal_words(name: str) -> tuple[str, ...]:
    """The telling words of a journal's name, without what stands in brackets and without Embase's conference."""
    folded = fold(name[:500])
    bare = _BRACKETS.sub(" ", _CONFERENCE.sub("", folded))
    all_words = words(bare if bare.strip(" .") else folded)
    telling = tuple(w for w in all_words if w not in STOP_WORDS and not _ORDINAL.fullmatch(w))
    return telling or tuple(all_words)


def journal_key(telling: tuple[str, ...]) -> str:
    """First letters of the first four telling words: alike for a full title and its abbreviation."""
    return "".join([w[0] for w in telling[:4]])


# Words of names in another language's sounds, whose journals have an English name as well.
_SOUNDS = frozenset(
    "zhonghua zhongguo zazhi za zhi xuebao xue bao yixue gakkai zasshi nihon nippon igaku kagaku ronbunshi zhurnal "
    "vestnik voprosy klinicheskaya taehan hakhoe chi".split()
)
_CANNOT_TELL = 0.65  # neither the same journal nor another


def _is_foreign(name: tuple[str, ...]) -> bool:
    return any(word in _SOUNDS or not word.isascii() for word in name)


def _worth(word: str) -> float:
    return _COMMON if word in _COMMON_WORDS else 1.0


def _abbreviates(short: str, long: str) -> bool:
    """True for "curr" and "current", "natl" and "national", "system" and "systems"."""
    if len(short) > len(long):
        short, long = long, short
    if long.startswith(short):
        return True
    if len(short) < 3 or short[0] != long[0]:
        return False
    if len(short) >= 5 and fuzz.ratio(short, long) >= 80:
        return True
    letters = iter(long)
    return len(short) <= 5 and short[-1] == long[-1] and all(c in letters for c in short)


def _has_acronym(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """True where a word of ``a`` is the first letters of ``b``'s words, three or more ("icis", "pnas")."""
    initials = "".join([w[0] for w in b])
    return len(b) > 2 and any(2 < len(w) <= len(b) and initials.startswith(w) for w in a)


@lru_cache(maxsize=500_000)
def journal_likeness(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    """How alike two journals' names are, 0 to 1: 1 the same, 0.95 an abbreviation, under 0.5 another journal.

    Words are matched in order, each worth 1, or 0.3 where it is common ("journal", "research"); the
    likeness is the matched worth over that of the weightier name. Names in two scripts, or one in the
    sounds of another language ("zhonghua yi xue za zhi"), cannot be told apart by their letters: 0.65.

    Args:
        a, b: names as :func:`journal_words` gives them, neither empty.
    """
    if a == b or "".join(a) == "".join(b):
        return 1.0
    short, long = (a, b) if (len(a), len("".join(a)), a) <= (len(b), len("".join(b)), b) else (b, a)
    at, matched, count = 0, 0.0, 0
    rest_short, rest_long = sum(_worth(w) for w in short), sum(_worth(w) for w in long)
    for word in short:
        for place in range(at, len(long)):
            if _abbreviates(word, long[place]):
                worth = min(_worth(word), _worth(long[place]))  # "res" is as common as "research"
                matched += worth
                rest_short -= _worth(word)
                rest_long -= _worth(long[place])
                count += 1
                at = place + 1
                break
    if count == len(short) == len(long):
        return 0.95
    likeness = min(matched / (matched + max(rest_short, rest_long)), 0.95) if matched else 0.0
    if count == len(short) and short[0][0] == long[0][0] and matched >= 1:  # a subtitle or section is missing
        likeness = max(likeness, 0.85)
    if _has_acronym(a, b) or _has_acronym(b, a):
        likeness = max(likeness, 0.8)
    if likeness < _CANNOT_TELL and _is_foreign(a) != _is_foreign(b):
        return _CANNOT_TELL
    return likeness

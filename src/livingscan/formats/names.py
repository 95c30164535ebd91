"""Author names as files write them, to "Family, Given". Collective authors stay as they are."""

from __future__ import annotations

import ast
import re

from livingscan.formats.text import plain, unescape
from livingscan.tidy import one_line

_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĖĘĚĜĞĢĤĦĨĪĬĮİĴĶĹĻĽŁŃŅŇŌŎŐŒŔŖŘŚŜŞŠŢŤŨŪŬŮŰŲŴŶŸŹŻŽ"
# "JA", "J.A.", "J-P", "Yu.": one word of initials. A whole set is one to three of them and may end in "Jr".
_ONE = rf"(?:[{_UPPER}]{{1,3}}(?:-[{_UPPER}])?|(?:[{_UPPER}][a-z]?\.-?){{1,4}}[{_UPPER}]?)"
_INITIALS = re.compile(rf"(?:{_ONE}(?:\s{_ONE}){{0,2}}|[{_UPPER}]{{4}})(?:\s(?:Jr|Sr|II|III|IV|2nd|3rd)\.?)?")
_FAMILY_INITIALS = re.compile(rf"(?P<family>\S{{2,}}.*?|\S)\s+(?P<given>{_INITIALS.pattern})")
_INITIALS_FAMILY = re.compile(
    rf"(?P<given>(?:[{_UPPER}][a-z]?\.[\s-]?){{1,4}})\s*(?P<family>(?:[a-z]+\s){{0,3}}[{_UPPER}][^\s.]+(?:\s\S+)?)"
)
_TITLE = re.compile(r"(?:Dr|Prof|Professor|Mrs?|Ms|Sir|Dame)\.?\s+(?=\S+\s\S)")
# "J Smith": one letter by itself is an initial; two ("LI Ming") may be a family name.
_LETTERS_FAMILY = re.compile(rf"(?P<given>[{_UPPER}](?:\s[{_UPPER}])?)\s(?P<family>[{_UPPER}][^\W\d_.]*[a-z][^\s.]*)")
# Degrees behind a name; the second kind may be initials ("Smith, MD") unless given names stand before it.
_DEGREES = re.compile(
    r"(?:,\s*(?:Ph\.?D|M\.?Sc|B\.?Sc|D\.?Phil|Pharm\.?D|Ed\.?D|DrPH|MBBS|MBChB)\.?)+$"
    r"|(?P<name>^[^,]+,[^,]+?)(?:,\s*(?:M\.?D|M\.?P\.?H|M\.?A|B\.?A|M\.?B\.?A|R\.?N|Ph\.?D|M\.?Sc|FRC[PS]|MRC[PS])\.?)+$"
)
_SUFFIX = re.compile(r"(?:Jr|Sr|II|III|IV)\.?")
_COLLECTIVE = re.compile(
    r"\b(?:academy|action|agency|alliance|association|authority|board|bureau|cent(?:er|re)|clinic|club|collaborat\w*"
    r"|college|commission|committee|company|confederation|consortium|consult\w*|corporation|council|department"
    r"|development|directorate|editors|executive|federation|forum|foundation|fund|group|health|healthcare|hospitals?|inc"
    r"|initiative|institute|institution|investigators?|laboratory|limited|llc|ltd|ministry|network|nhs|office"
    r"|organi[sz]ation|panel|partnership|programme?|project|research|royal|school|secretariat|service|services"
    r"|society|study|task ?force|team|trial|trialists|trust|union|unit|university|who|working party)\b",
    re.I,
)
_PARTICLE = re.compile(
    r"van|von|der|den|de|del|della|di|da|dos|das|do|du|la|le|el|al|bin|ibn|ben|ter|ten|zu|af|st"
    r"|Van|Von|Der|Den|De|Del|Della|Di|Da|Dos|Du|La|Le"
)
_AFTER_NAME = re.compile(
    r"\s*(?:\([^()]*(?:@|\d{5})[^()]*\)|\[[^\[\]]*\]|<[^<>]*@[^<>]*>|;?\s*ORCID.*|https?://orcid\.org/\S+"
    r"|[*†‡§]+|(?:,?\s+\d{1,2}(?:\s*,\s*\d{1,2})*))\s*$",
    re.I,
)
_LONGEST = 300  # characters of a name; what is longer is none, and is left as it stands
# What ends in capitals and is no person: "Age UK", "Deloitte LLP".
_NO_INITIALS = frozenset({"UK", "USA", "EU", "NHS", "LLP", "PLC", "LTD", "INC", "LLC", "GMBH"})
_NOBODY = re.compile(
    r"\[?\(?(?:anon(?:ymous)?\.?|no authors?(?: listed| name available)?|not available|unknown|n/?a|none|null|nan"
    r"|et\.? al\.?|others|\.+|-)\)?\]?",
    re.I,
)


def is_collective(name: str) -> bool:
    """Whether a name is that of a body ("NHS England", "PRISMA Group") rather than of a person."""
    return "," not in name and bool(_COLLECTIVE.search(name))


def author(name: str, *, given_first: bool = False) -> str:
    """One author's name as "Family, Given", or as it stands where the two can't be told apart.

    Args:
        name: as printed: "Smith, Jane", "Smith JA", "Smith J.A.", "Brownstein C D", "WHO Study Group".
        given_first: the source writes "Jane Smith".

    Returns:
        The name; "" for what stands for nobody ("[Anonymous]", "et al.").
    """
    text = one_line(plain(name))
    if len(text) > _LONGEST:
        return text
    while (cut := _AFTER_NAME.sub("", text)) != text and cut:
        text = cut
    text = text.strip(" ;,*")
    if not text or _NOBODY.fullmatch(text):
        return ""
    text = _without_degrees(_TITLE.sub("", text))
    if "," in text:
        family, _, given = text.partition(",")
        if not family.strip():
            return given.strip()
        return ", ".join(part for part in (family.strip(), given.strip(" ,")) if part)
    if is_collective(text):
        return text
    text = re.sub(rf"(\s[{_UPPER}]{{2,3}})\.$", r"\1", text)
    found = _FAMILY_INITIALS.fullmatch(text)
    if not found and not (given_first and text.count(" ") > 1):  # "J. Steven Lovink" has one family name
        found = _INITIALS_FAMILY.fullmatch(text) or _LETTERS_FAMILY.fullmatch(text)
    if found and _are_initials(found["family"], found["given"].strip(), given_first):
        return f"{found['family']}, {found['given'].strip()}"
    if given_first and " " in text:
        words = text.split()
        start = len(words) - 1
        if _SUFFIX.fullmatch(words[-1]) and start > 1:
            start -= 1
        while start > 0 and _PARTICLE.fullmatch(words[start - 1]):
            start -= 1
        if start == 0:  # a family name alone: "van der Berg"
            return text
        return f"{' '.join(words[start:])}, {' '.join(words[:start])}"
    return text


def _are_initials(family: str, given: str, given_first: bool) -> bool:
    """Whether the capitals beside a family name are initials: not in "John Smith IV", "Age UK", "ANN BELL"."""
    if given in _NO_INITIALS:
        return False
    if _SUFFIX.fullmatch(given):  # but "Grigoriev IV", "Ivanov II"
        return given in {"II", "IV"} and not given_first and _is_family(family)
    longest = max(len(word) for word in re.split(r"[\s.-]+", given))
    return longest <= (2 if given_first else 3) or not family.isupper()


def _without_degrees(text: str) -> str:
    return _DEGREES.sub(lambda found: found["name"] or "", text)


def authors(text: str, *, given_first: bool = False) -> tuple[str, ...]:
    """All authors of one cell or field, whatever stands between them.

    Args:
        text: "A, B; C, D", "A B|C D", "A, B and C, D", "Smith J, Doe A.", one a line, or a Python or JSON list.
        given_first: names are written "Jane Smith".
    """
    return tuple(name for part in split_names(text) if (name := author(part, given_first=given_first)))


def split_names(text: str) -> list[str]:
    """A list of names cut into its names; one name stays one."""
    text = unescape(text.strip())
    if not text:
        return []
    listed = literal_list(text)
    if listed is not None:
        return listed
    text = "\n".join(row.strip().removeprefix("and ") for row in text.split("\n"))
    for mark in (";", "|", "\n"):
        if mark in text:
            parts = [name for chunk in text.split(mark) for part in _by_and(chunk) for name in _of_short_names(part)]
            return [part for part in parts if part.strip()]
    parts = _by_and(text)
    if len(parts) > 1:
        return parts
    glued = re.split(r"(?<=[^\W\d_]\.)(?=[^\W\d_][^\W\d_.])", text)  # "Adeli K.Lewis G. F."
    if len(glued) > 1 and all(_FAMILY_INITIALS.fullmatch(part.strip(" ,")) for part in glued):
        return glued
    return _by_comma(text)


def literal_list(text: str) -> list[str] | None:
    """A list of strings as Python or JSON prints it, or None where the text is something else ("[Anonymous]")."""
    if not (text[:1] == "[" and text[-1:] == "]"):
        return None
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else None


def _by_and(text: str) -> list[str]:
    """Names joined by "and" or "&", where both sides look like persons."""
    parts = re.split(r"\s(?:and|AND|&)\s+|,\s?(?:and|&)\s+", " ".join(text.split()))
    if len(parts) < 2 or any(len(part) > _LONGEST for part in parts):
        return [text]
    if all("," in part or _FAMILY_INITIALS.fullmatch(part.strip(" .,")) for part in parts if part.strip()):
        return [piece for part in parts for piece in (_by_comma(part) if part.count(",") > 1 else [part])]
    if any(_COLLECTIVE.search(part) for part in parts):
        return [text]
    # "Tom Cruise, Ann Bell and Jo Poe"
    return [piece for part in parts for piece in part.split(",")] if all(" " in p.strip() for p in parts) else [text]


def _of_short_names(text: str) -> list[str]:
    """ "Bell T, Fox AB" as two: PubMed puts a semicolon only before bodies ("Bell T, Fox AB; A Study Group.")."""
    parts = [part.strip() for part in text.split(",")]
    short = sum(bool(_FAMILY_INITIALS.fullmatch(part)) for part in parts)
    all_named = all(_FAMILY_INITIALS.fullmatch(part) or is_collective(part) for part in parts)
    return parts if short and len(parts) > 1 and all_named else [text]


def _is_family(text: str) -> bool:
    *particles, name = text.split()
    return bool(name) and all(_PARTICLE.fullmatch(word) for word in particles)


def _by_comma(text: str) -> list[str]:
    """A list whose only mark is the comma, which also stands inside "Family, Given"."""
    text = _without_degrees(text)
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) < 2 or any(len(part) > _LONGEST for part in parts):
        return [text]
    # PubMed closes a list with a full stop, which is no part of "Larkin DM, O'Connor RE."
    last = parts[-1] if parts[-2].endswith(".") else parts[-1].rstrip(".")
    named = [part for part in (*parts[:-1], last) if not _NOBODY.fullmatch(part)]
    if all(_FAMILY_INITIALS.fullmatch(part) or is_collective(part) for part in named) and any(
        _FAMILY_INITIALS.fullmatch(part) for part in named
    ):
        return named
    initialled = sum(bool(_FAMILY_INITIALS.fullmatch(part)) for part in named)
    if initialled * 2 > len(named) > 2:  # among them a body or a single name: "Bell T, Vandana, Fox AB"
        return named
    in_pairs = len(parts) > 2 and len(parts) % 2 == 0
    if in_pairs and all(_INITIALS.fullmatch(part) for part in parts[1::2]):
        return [f"{family}, {given}" for family, given in zip(parts[::2], parts[1::2], strict=True)]
    # "Smith, John A, Doe, Jane": a family name of one word, or with its particle, before each given name
    if in_pairs and all(_is_family(part) for part in parts[::2]) and not all(" " in part for part in parts):
        return [f"{family}, {given}" for family, given in zip(parts[::2], parts[1::2], strict=True)]
    if all(_LETTERS_FAMILY.fullmatch(part) or _INITIALS_FAMILY.fullmatch(part) for part in named):
        return named
    if len(parts) > 2 and all(" " in part for part in parts):
        return parts
    return [text]

"""A title taken apart: what it says, in which languages, which number in a series, and what kind of piece it heads."""

from __future__ import annotations

import re
from dataclasses import dataclass

from livingscan.dedupe.numbering import roman
from livingscan.dedupe.text import SIGN, STOP_WORDS, fold, telling_words, words

_RETRACTED = re.compile(
    r"^\W*(?:retracted(?: article| paper)?|withdrawn|removed)\s*[:.\-\])]+\s*|"
    r"[(\[\s]*\b(?:retracted article|retracted paper)\b.*$|\W+\(?retracted\)?\W*$"
)
_BEFORE = re.compile(r"^\W{0,2}(?:\[(?:pdf|html|book|citation|doc|[bc])\]\s*)+")  # Google Scholar's marks
_CODE = re.compile(r"^(?:abstract|poster|paper)\s+(?=\S*\d)[\w.\-]+\s*[:.|]\s*")  # "Abstract P3-05: ..."
# What databases add behind a title: Ovid's "[Review] [33 refs]", "[Erratum appears in ...]" (on the paper itself),
# DARE's "(Provisional abstract)", the version of F1000's journals.
_ADDED = re.compile(
    r"[\s.]*\[(?:review|version \d+[^\[\]]*|\d+ refs?|see comments?|corrected|letter|editorial|abstract|"
    r"(?:published )?(?:erratum|corrections?|retraction) appears? in\b.*|(?:comment|summary) in\b.*|"
    r"(?:in |article in )?(?:english|french|german|spanish|portuguese|italian|russian|polish|dutch|turkish|danish|"
    r"swedish|norwegian|hungarian|czech|japanese|chinese|korean|arabic|persian|hebrew))\][\s.]*$|"
    r"[\s.]*\[(?:published )?(?:erratum|corrections?|retraction) appears? in\b.*$|"  # cut off before its bracket closes
    r"[\s.]*\((?:(?:provisional|structured) abstract|brief record|review|preprint)\)[\s.]*$"
)
_NOTICES = (
    (
        "erratum",
        re.compile(
            r"^\W*(?:erratum|errata|corrigend(?:um|a)|addendum|author correction|publisher(?:'s)? correction|"
            r"corrections?(?= ?(?:to\b|:|\[|\.|$)))|[(\[]\W*(?:erratum|corrigendum|correction)\b|"
            r"\W(?:erratum|corrigendum)\W*$|[:.]\W*(?:(?:erratum|corrigendum) (?:to|for)\b|"
            r"correction to (?:the article|\S+(?: et al| and \S+| & \S+)? \((?:19|20)\d\d\)|\S+ et al))|"
            # as Web of Science has it: "(vol 12, pg 221, 2018)", "(Jul, 10.5555/x.1, 2025)"
            r"\((?:vol|[a-z]{3,9}) ?\S*,? (?:p(?:g|age|\.)? ?|10\.\d{4,9}/|[a-z]?\d)\S*,? (?:19|20)\d\d\)\W*$"
        ),
    ),
    (
        "retraction",
        re.compile(r"^\W*(?:retraction(?: notice| note)?(?= ?(?:to\b|of\b|:|\[|\.|-|$))|notice of retraction|"
                   r"expression of concern)|[(\[]\W*retraction of\b"),
    ),
    (
        "reply",
        re.compile(r"^\W*(?:(?:the )?authors?'? (?:reply|response)|(?:in )?reply\b|response to\b|in response\b|"
                   r"response (?:by|from) .{2,80} to (?:the )?letter|rejoinder\b)|"
                   r"[:.\-(\[]\W*(?:(?:the )?authors?'? )?(?:reply|response|rejoinder)\W*$|"
                   r"[:.\-(\[]\W*(?:(?:a )?reply|(?:a )?response|rejoinder) to\b"),
    ),
    (
        "comment",
        re.compile(r"^\W*(?:(?:editorial |invited )?comment(?:s|ary)?(?= ?(?:on\b|:|\[|$))|re ?:|discussion of\b|"
                   r"letter (?:by|from) .{2,80} regarding\b)|"
                   r"[:.\-(\[]\W*(?:(?:invited )?comment(?:ary)?|editorial comment)\W*$|"
                   r"[:.\-(\[]\W*(?:a )?comment(?:ary)? on\b"),
    ),
)  # fmt: skip
_NOTICE_WORDS = re.compile(  # one quick look before those patterns
    r"errat|corrige|correction|addendum|retract|concern|reply|response|rejoinder|comment|\bre ?:|discussion|\(vol |"
    r"letter|, ?10\.\d"
)
_GENERIC = frozenset(
    "editorial editorials editor editors note notes introduction foreword preface guest special issue section volume "
    "contents table index letter letters comments comment commentary reply response news announcement erratum errata "
    "correction corrigendum book review reviews abstract abstracts obituary announcements message president "
    "presidents page conclusion conclusions afterword discussion summary report reports annual meeting conference "
    "proceedings international poster oral presentation presentations session acknowledgement acknowledgements "
    "reviewers masthead cover correspondence interview viewpoint perspective opinion research highlights highlight "
    "journal club case records new books received association society issues about remarks opening "
    "closing welcome".split()
)
_NUMBERED = (
    r"(?:part|phase|type|grade|stage|study|chapter|section|volume|class|group|paper|article|report|no|number|pt)"
)
_PART = re.compile(rf"\b({_NUMBERED})s? (one|two|three|four|five|six|seven|eight|nine|ten|[ivx]+|[a-h]|\d+)\b")
_COUNT = {w: str(n) for n, w in enumerate("one two three four five six seven eight nine ten".split(), 1)}
_DIGITS = re.compile(r"\d+")
_THOUSANDS = re.compile(r"(?<=\d) (?=000\b)")
_ROMANS = frozenset("ii iii iv vi vii viii ix xi xii xiii xiv".split())
_BRACKETED = re.compile(r"^(.*\S)\s*\[([^\[\]]{12,})\]\W*$|^(.*\S)\s*\(([^()]{12,})\)\W*$", re.S)
_SPLIT = re.compile(r"\s[=/]\s|\s\|\s")


@dataclass(frozen=True, slots=True)
class Title:
    """A title in comparable form.

    Attributes:
        text: folded words, one blank between them; markers such as "RETRACTED:" left out.
        compact: the same without blanks.
        telling: its words without function words.
        others: further forms of it, compact: the half before or in brackets, the original title.
        numbers: numbers in it, Roman and spelt-out ones after "part", "phase" ... included, sorted.
        language: "en" or "xx" (a language other than English, or another script) as far as its small words
            tell, "translated" where brackets say so, else "".
        kind: "" or "erratum", "retraction" (the notice), "reply", "comment".
        weight: how well it tells one paper from another: 0 ("Editorial"), 3/8 (three telling words) to 1 (eight).
    """

    text: str = ""
    compact: str = ""
    telling: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    language: str = ""
    kind: str = ""
    weight: float = 0.0

    @property
    def is_generic(self) -> bool:
        """Too short or too common to tell one paper from another."""
        return self.weight == 0


_ENGLISH = frozenset(
    "the of and in for with on to from by at an is are among between during using its their how what".split()
)
_FOREIGN = frozenset(
    "der die das und von des den dem bei mit ein eine einer im zur zum fur nach auf zwischen uber wie le la les du et "
    "en un une dans pour sur chez au aux par avec entre el los las del y una con por para como sus il lo gli della "
    "dei di nel nella sulla per tra che da dos das uma na em ao um het een van voor bij och av den til ved na w z "
    "oraz".split()
)


def language_of(all_words: list[str]) -> str:
    """ "en", "xx" (another language or script) or "" (cannot be told), by the title's small words."""
    english = sum(w in _ENGLISH for w in all_words)
    foreign = sum(w in _FOREIGN for w in all_words)
    if sum(not w.isascii() for w in all_words) > len(all_words) / 2:
        return "xx"
    if english == foreign or max(english, foreign) < 2:
        return "en" if english > foreign == 0 else ""
    return "en" if english > foreign else "xx"


def _number(text: str) -> str:
    if text in _COUNT:
        return _COUNT[text]
    if text.isdigit():
        return text.lstrip("0") or "0"
    value = roman(text)
    return str(value) if value else text


def numbers_in(text: str) -> tuple[str, ...]:
    """The numbers in folded words, sorted: "part ii of hba1c in 2003" -> ("1", "2", "2003")."""
    parts = []

    def keep(found: re.Match[str]) -> str:
        parts.append(_number(found.group(2)))
        return " "

    rest = _PART.sub(keep, text)
    found = [d.lstrip("0") or "0" for d in _DIGITS.findall(_THOUSANDS.sub("", rest))] if _DIGITS.search(rest) else []
    rest_words = rest.split()
    found += [str(roman(w)) for w in rest_words if w in _ROMANS]
    if len(rest_words) > 3 and rest_words[-1] in ("i", "v", "x"):  # "...: I" and "...: II"
        found.append(str(roman(rest_words[-1])))
    return tuple(sorted(parts + found))


def _without_journal(all_words: list[str], journal: tuple[str, ...]) -> str:
    """The title, compact, where the journal's name stands behind it; else ""."""
    if len(journal) < 2 or len(all_words) < len(journal) + 4 or all_words[-1] != journal[-1]:
        return ""
    at = len(all_words)
    for word in reversed(journal):
        at -= 1
        while at and all_words[at] in STOP_WORDS and word not in STOP_WORDS:
            at -= 1
        if all_words[at] != word:
            return ""
    while at and all_words[at - 1] in STOP_WORDS:
        at -= 1
    return "".join(all_words[:at])


def parse_title(title: str, original: str = "", journal: tuple[str, ...] = ()) -> Title:
    """Take a title apart.

    Args:
        title: as the source gives it, bracketed translations and markers included.
        original: the title in the document's own language, where the source has it apart.
        journal: the telling words of the journal's name: in a title they tell nothing more.
    """
    folded = fold(title).strip()
    if not folded:
        return Title()
    if folded[0] in "[(":
        folded = _BEFORE.sub("", folded) or folded
    if "retracted" in folded or "withdrawn" in folded or "removed" in folded:
        folded = _RETRACTED.sub("", folded).strip() or folded
    if "[" in folded or folded[-1] in ") .":
        while (shorter := _ADDED.sub("", folded)) != folded and shorter:
            folded = shorter
    kind = ""
    if _NOTICE_WORDS.search(folded):
        kind = next((name for name, pattern in _NOTICES if pattern.search(folded)), "")
    is_translation = folded[0] == "[" and folded.rstrip(". ")[-1] == "]"
    if is_translation:
        folded = folded.strip("[]. ")
    others = []
    if folded[-1] in "])." and ("[" in folded or "(" in folded):
        halves = _BRACKETED.match(folded)
        if halves:
            before, inside = (halves[1], halves[2]) if halves[1] else (halves[3], halves[4])
            if len(inside.split()) >= 3 and len(before.split()) >= 2:
                others += ["".join(words(before)), "".join(words(inside))]
    if " = " in folded or " / " in folded or " | " in folded:
        others += [compact for half in _SPLIT.split(folded) if len(compact := "".join(words(half))) >= 20]
    if original:
        others.append("".join(words(fold(original))))
    if folded.startswith(("abstract", "poster", "paper")) and (code := _CODE.match(folded)):
        others.append("".join(words(folded[code.end() :])))
    all_words = words(folded)
    if journal and (shorter := _without_journal(all_words, journal)):
        others.append(shorter)
    text = " ".join(all_words)
    telling = telling_words(all_words)
    compact = "".join(all_words)
    size, signs = len(compact), 0
    if not compact.isascii():
        signs = len(SIGN.findall(compact))  # one such sign is about half a word, and three letters
        size += 2 * signs
    common = sum(w in _GENERIC or w.isdigit() for w in telling)
    if common and journal:  # "Remarks from the editor of MIS Quarterly"
        common = sum(w in _GENERIC or w in journal or w.isdigit() for w in telling)
    own = len(telling) - common + signs // 2
    return Title(
        text=text,
        compact=compact,
        telling=tuple(telling),
        others=tuple(o for o in dict.fromkeys(others) if o and o != compact),
        numbers=numbers_in(text),
        language="translated" if is_translation else language_of(all_words),
        kind=kind,
        weight=0.0 if own < 3 or size < 18 else min(own, 8) / 8,
    )

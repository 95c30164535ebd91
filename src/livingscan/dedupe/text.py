"""Plain comparable text: what two databases would both have written, had they agreed on typing.

Everything here is content-only and deterministic: the same text gives the same result in every process.
"""

from __future__ import annotations

import html
import re
import unicodedata

import ftfy

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho",
    "σ": "sigma", "ς": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
GREEK_NAMES = frozenset(_GREEK.values())
_LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
_MARKS = {"“": '"', "”": '"', "‘": "'", "’": "'", "ʼ": "'", "`": "'", "´": "'", "—": "-", "–": "-", "‐": "-", "‑": "-"}
_FOLD = str.maketrans({**_LETTERS, **_MARKS, "µ": "mu", "\ufffd": None, "®": " ", "™": " ", "©": " "})

_MOJIBAKE = re.compile(
    "[ÃÂâÄÅÎÏÐ][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122]"
)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_GREEK_LETTER = re.compile("[α-ω]")
_LOST = re.compile(r"(?<=[^\W\d_])\?(?=[a-z])")  # a letter that an export could not write: "M?ller"
_BETA = re.compile(r"(?<![a-zäöü])ß")  # not in "Straße": the Greek letter, badly copied ("PPARß", "17ß", "ß cells")
SIGN = re.compile("[\u3041-\u30ff\u3400-\u9fff]")  # Chinese and Japanese, which leave no blanks between words
_WORD = re.compile(r"[^\W_]+")

STOP_WORDS = frozenset(
    "a an and the of in on for with to from by at as is are be or vs versus using use between into via its their "
    "de la le les des du et en un une der die das und von zur zum el los las del y e o da do".split()
)


def fold(text: str) -> str:
    """Lower case, accents, HTML entities, tags and typographic signs taken off; Greek letters spelt out.

    Args:
        text: any text, damaged encoding included ("FiÅ¡ar", "&amp;lt;i&amp;gt;").

    Returns:
        The folded text. Letters of scripts without a Latin base (Cyrillic, Chinese ...) stay as they are.
    """
    if "&" in text:
        text = html.unescape(html.unescape(text)).replace("&", " and ")
    if "<" in text:
        text = _TAG.sub("", text)
    if "?" in text:
        text = _LOST.sub("", text)
    if text.isascii():
        return text.lower()
    if _MOJIBAKE.search(text):
        text = ftfy.fix_encoding(text)
    if "ß" in text:
        text = _BETA.sub("β", text)
    text = unicodedata.normalize("NFKD", text.lower().translate(_FOLD))
    text = "".join([c for c in text if not unicodedata.combining(c)])
    if _GREEK_LETTER.search(text):
        text = _GREEK_LETTER.sub(lambda found: _GREEK.get(found.group(), found.group()), text)
    return text


def words(folded: str) -> list[str]:
    """The runs of letters and digits of a folded text, in order."""
    return _WORD.findall(folded)


def telling_words(all_words: list[str]) -> list[str]:
    """The words that tell titles apart: function words left out."""
    return [w for w in all_words if w not in STOP_WORDS]

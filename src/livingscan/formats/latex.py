"""LaTeX in BibTeX values to plain text: accents, special letters, escapes. Unescaped "%" stays what it is."""

from __future__ import annotations

import re
import unicodedata

_ACCENTS = {
    "'": "\u0301",
    "`": "\u0300",
    "^": "\u0302",
    '"': "\u0308",
    "~": "\u0303",
    "=": "\u0304",
    ".": "\u0307",
    "u": "\u0306",
    "v": "\u030c",
    "H": "\u030b",
    "c": "\u0327",
    "k": "\u0328",
    "d": "\u0323",
    "b": "\u0331",
    "r": "\u030a",
    "t": "\u0361",
}
_LETTERS = {
    "ss": "ß",
    "ae": "æ",
    "AE": "Æ",
    "oe": "œ",
    "OE": "Œ",
    "aa": "å",
    "AA": "Å",
    "o": "ø",
    "O": "Ø",
    "l": "ł",
    "L": "Ł",
    "i": "ı",
    "j": "ȷ",
    "dh": "ð",
    "DH": "Ð",
    "th": "þ",
    "TH": "Þ",
    "ng": "ŋ",
    "copyright": "©",
    "pounds": "£",
    "S": "§",
    "P": "¶",
    "dag": "†",
    "ddag": "‡",
    "ldots": "…",
    "dots": "…",
    "textendash": "–",
    "textemdash": "—",
    "textquoteright": "’",
    "textquoteleft": "‘",
    "textquotedblleft": "“",
    "textquotedblright": "”",
    "textquotesingle": "'",
    "textregistered": "®",
    "texttrademark": "™",
    "textdegree": "°",
    "textpm": "±",
    "pm": "±",
    "times": "×",
    "cdot": "·",
    "geq": "≥",
    "ge": "≥",
    "leq": "≤",
    "le": "≤",
    "neq": "≠",
    "approx": "≈",
    "sim": "~",
    "infty": "∞",
    "mu": "μ",
    "textmu": "µ",
    "textless": "<",
    "textgreater": ">",
    "textbackslash": "\\",
    "textasciitilde": "~",
    "textunderscore": "_",
    "textbar": "|",
    "euro": "€",
    "texteuro": "€",
    "circ": "°",
}
_ACCENT = re.compile(
    r"\\(?:(?P<sign>['`^\"~=.])\s*|(?P<letter>[uvHcdbrkt])(?=[\s{\\])\s*)(?:\{(?P<braced>\\?[A-Za-z])\}|(?P<bare>\\?[A-Za-z]))"
)
_COMMAND = re.compile(r"\\(?P<name>[A-Za-z]+)(?:\s*\{\}|\s(?=\s*[A-Za-z])|)")
_FORMATTING = re.compile(
    r"\\(?:text(?:it|bf|rm|sc|tt|sf|sl|up|normal|super|subscript|superscript)|emph|mathrm|mathit|mathbf|mbox|url|href|underline|ensuremath)\b\s*"
)
_MATH = re.compile(
    r"(?<!\\)(?:(?<!\w)\$([^$\n]{0,200}[\\^_][^$\n]{0,200}|[A-Za-z])\$|(?<=\w)\$([_^\\][^$\n]{0,200})\$)"
)
_RAISED = re.compile(r"(?<!\\)[_^](?=[\w{+\-−\\])")
_ESCAPED = re.compile(r"\\([&%$#_{}])")


def from_latex(text: str) -> str:
    """A BibTeX value as plain text.

    Args:
        text: without its delimiters; "G{\\"o}del {NHS} 50\\% \\textit{in vivo}".

    Returns:
        "Gödel NHS 50% in vivo". A command that is not known goes, what it was given stays.
    """
    text = _MATH.sub(lambda found: _RAISED.sub("", found[1] or found[2]) + "{}", text)
    if "\\" in text:
        text = _FORMATTING.sub("", text)
        text = _ESCAPED.sub(lambda found: {"{": "\ue000", "}": "\ue001"}.get(found[1], found[1]), text)
        text = _ACCENT.sub(_accented, text)
        text = re.sub(r"\\\\(?:\s|$)", " ", text)
        text = _COMMAND.sub(_command, text)
        text = re.sub(r"\\[,;:!\s-]", lambda found: "" if found[0] in {"\\!", "\\-"} else " ", text)
    text = text.replace("{", "").replace("}", "").replace("\ue000", "{").replace("\ue001", "}")
    text = text.replace("---", "—").replace("``", "“").replace("''", "”")
    text = re.sub(r"(?<![-\w])--(?![-\w])|(?<=[A-Za-z])--(?=[A-Za-z])", "–", text)
    return re.sub(r"(?<!\w)~|~(?!\w)|(?<=[A-Za-z.])~(?=[A-Za-z])", " ", text)


def _accented(found: re.Match[str]) -> str:
    letter = (found["braced"] or found["bare"]).lstrip("\\")
    return unicodedata.normalize("NFC", letter + _ACCENTS[found["sign"] or found["letter"]])


def _command(found: re.Match[str]) -> str:
    name = found["name"]
    if name in _LETTERS:
        return _LETTERS[name]
    case = "CAPITAL" if name[0].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {case} LETTER {name.upper()}")
    except KeyError:
        return ""

"""What kind of document an entry is, from the words that files use for it."""

from __future__ import annotations

import re
from collections.abc import Iterable

# RIS and Reference Manager codes (EndNote's and Zotero's tables of reference types).
_CODES: dict[str, str] = {
    "article": "JOUR EJOUR JFULL ABST INPR MGZN NEWS JA",
    "preprint": "PREPRINT PRPT",
    "book": "BOOK EBOOK EDBOOK WHOLE SER CLSWK BK",
    "chapter": "CHAP ECHAP ENCYC DICT BC",
    "conference": "CONF CPAPER CP",
    "thesis": "THES DISS",
    "report": "RPRT GOVDOC STAND GRANT LEGAL REP",
    "dataset": "DATA AGGR DBASE",
    "other": (
        "GEN MISC BLOG WEB ELEC ICOMM PAMP UNPB UNPD HEAR HEARING BILL UNBILL CASE STAT PAT MAP MULTI MUSIC SOUND VIDEO"
        " SLIDE ART ADVS COMP COMPUTER CHART EQUA FIGURE MANSCPT ANCIENT PCOMM MPCT CTLG DEBATE INTV LETT SPEECH"
    ),
}
_BY_CODE = {code: kind for kind, codes in _CODES.items() for code in codes.split()}

_WORDS: tuple[tuple[str, str], ...] = (
    (r"preprint|posted.content|working ?paper|submitted ?version", "preprint"),
    (r"book ?section|book ?chapter|in ?book|in ?collection|chapter|encyclopedia ?article|reference.entry", "chapter"),
    (r"thesis|dissertation|theses", "thesis"),
    (r"conference|proceeding|meeting abstract|poster", "conference"),
    (r"data ?set|database", "dataset"),
    (r"report|guideline|government|standard|white ?paper|technical|monograph series", "report"),
    (r"\bbook\b|monograph|edited ?book|\bebook\b|booklet|proceedings volume", "book"),
    (
        r"article|journal|review|editorial|letter|comment|erratum|correction|note|short survey|periodical|newspaper"
        r"|magazine|trial|research support|clinical|case reports?|in press|peer.?reviewed|abstract|study",
        "article",
    ),
)
_KINDS = tuple((re.compile(pattern, re.I), kind) for pattern, kind in _WORDS)
_PREPRINT_SERVER = re.compile(
    r"^(?:(?:med|bio|psy|soc|chem|eco|ed|os)?\s?r?xiv|medrxiv.*|biorxiv.*|arxiv.*|psyarxiv.*|socarxiv.*"
    r"|research square.*|ssrn.*|preprints(?:\.org)?|authorea.*|osf preprints.*)$",
    re.I,
)


def entry_type(code: str, types: Iterable[str] = (), journal: str = "") -> str:
    """The kind of document, as in :attr:`livingscan.records.Record.entry_type`.

    Args:
        code: the file's own type ("JOUR", "journalArticle", "inproceedings", "Journal Article").
        types: publication types, asked where the code says nothing.
        journal: a preprint server's name overrules.

    Returns:
        One of the kinds, "" where nothing is said.
    """
    if _PREPRINT_SERVER.match(journal.strip()):
        return "preprint"
    known = _BY_CODE.get(code.strip().upper())
    if known and known != "other":
        return known
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", code)
    for text in (spaced, *types):
        for pattern, kind in _KINDS:
            if pattern.search(text):
                return kind
    return known or ("other" if code.strip() else "")

"""Which database an exported file comes from, as far as its content tells."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from pathlib import Path

from livingscan import formats
from livingscan.formats.identify import PLATFORMS, source_of_database
from livingscan.records import Fetched

_LOOKED_INTO = 50  # entries that are asked for their database
_MOST_AGREE = 0.8
# What our readers call a source that is a format or a reference manager, not a database.
_NO_DATABASE = frozenset(
    {*formats.list_formats(), "file", "endnote", "zotero", "mendeley", "citavi", "rayyan", "covidence", "eppi"}
    | {"abstrackr", "refworks", "asreview"}
)
_TITLES = {
    "embase": "Embase",
    "cinahl": "CINAHL",
    "psycinfo": "APA PsycInfo",
    "hmic": "HMIC",
    "cochrane": "Cochrane CENTRAL",
    "medline": "MEDLINE",
    "pubmed": "PubMed",
    "eric": "ERIC",
    "scopus": "Scopus",
    "wos": "Web of Science",
    "lens": "Lens",
    "openalex": "OpenAlex",
    "europepmc": "Europe PMC",
    "googlescholar": "Google Scholar",
    "proquest": "ProQuest",
    "ebsco": "EBSCO",
    "bni": "British Nursing Index",
    "amed": "AMED",
    "assia": "ASSIA",
}

# EBSCOhost's short names of what it hosts, as exports carry them.
EBSCO = {
    "aph": "Academic Search Premier",
    "a9h": "Academic Search Complete",
    "asn": "Academic Search Ultimate",
    "bth": "Business Source Complete",
    "buh": "Business Source Premier",
    "hch": "Health Source: Nursing/Academic Edition",
    "sih": "SocINDEX with Full Text",
    "ehh": "Education Research Complete",
}
_ALIKE = {"pubmed": "medline"}  # the one holds the other: either name is right


def database_of(path: Path) -> str:
    """The database that a file's first entries agree on, as people call it; "" where they name none."""
    entries = [entry for entry in islice(formats.read_file(path), _LOOKED_INTO) if isinstance(entry, Fetched)]
    names = Counter(entry.record.source for entry in entries)
    if not names:
        return ""
    name, count = names.most_common(1)[0]
    if name in _NO_DATABASE or count < _MOST_AGREE * len(entries):
        return ""
    printed = {re.sub(r"\s*<.*", "", entry.record.database) for entry in entries if entry.record.source == name}
    one = printed.pop() if len(printed) == 1 else ""
    return EBSCO.get(one.lower()) or _TITLES.get(name) or one or name


def another_database(path: Path, database: str) -> str:
    """In words, that a file's entries name another database than the person who imports it; "" if they do not.

    Names that we do not know, and those of platforms, are not compared.

    Args:
        path: a file that can be read. database: as the person calls it.
    """
    own = database_of(path)
    content, said = (_ALIKE.get(name, name) for name in map(source_of_database, ([own], [database])))
    if not content or not said or content == said or {content, said} & PLATFORMS:
        return ""
    return f"{path.name}: its entries say {own}, it is counted as {database}"

"""What the tags of a RIS entry mean, and which program wrote them."""

from __future__ import annotations

import re

from livingscan.formats.draft import Draft
from livingscan.formats.entries import Entry, flowing, joined
from livingscan.formats.rows import record_from_row
from livingscan.records import Record

OURS = "livingscan"  # in DP: written by us, read back to the letter

# tag -> fields. The order of the tags is the order in which a field's values are preferred.
_MEANING: dict[str, tuple[str, ...]] = {
    "TY": ("kind",),
    "TI": ("title",),
    "T1": ("title",),
    "CT": ("title",),
    "BT": ("book_title",),
    "TT": ("original_title",),
    "ST": ("short_title",),
    "AB": ("abstract",),
    "N2": ("abstract",),
    "AU": ("author",),
    "A1": ("author",),
    "ED": ("editor",),
    "A2": ("editor",),
    "PY": ("year",),
    "Y1": ("year", "date"),
    "YR": ("year",),
    "DA": ("date",),
    "PD": ("date",),
    "JF": ("journal",),
    "T2": ("journal",),
    "JO": ("journal",),
    "JA": ("journal_abbreviation",),
    "J2": ("journal_abbreviation",),
    "JI": ("journal_abbreviation",),
    "J1": ("journal_abbreviation",),
    "J9": ("journal_abbreviation",),
    "T3": ("series",),
    "VL": ("volume",),
    "VO": ("volume",),
    "IS": ("issue",),
    "SP": ("start",),
    "EP": ("end",),
    "PG": ("pages",),
    "C7": ("article_number",),
    "AR": ("article_number",),
    "SN": ("serial",),
    "NS": ("serial",),
    "BN": ("serial",),
    "ISSN": ("serial",),
    "ISBN": ("serial",),
    "DO": ("doi",),
    "DI": ("doi",),
    "DOI": ("doi",),
    "L3": ("maybe_doi", "more_link"),
    "C6": ("maybe_doi",),
    "UR": ("link",),
    "L1": ("more_link",),
    "L2": ("more_link",),
    "LK": ("more_link",),
    "PMID": ("pmid",),
    "PM": ("pmid",),
    "PMCID": ("pmcid",),
    "C2": ("maybe_pmid",),
    "C3": ("maybe_pmid",),
    "AN": ("accession", "maybe_doi"),
    "U2": ("maybe_accession",),
    "ID": ("maybe_accession", "maybe_doi"),
    "DB": ("database",),
    "DP": ("provider",),
    "LA": ("language",),
    "LANG": ("language",),
    "KW": ("keyword",),
    "AD": ("affiliation",),
    "PB": ("publisher",),
    "PU": ("publisher",),
    "PT": ("publication_type",),
    "N1": ("note",),
    "RN": ("note",),
    "U1": ("note",),
}
TAGS = frozenset(_MEANING)
_BOOKISH = frozenset({"CHAP", "ECHAP", "CPAPER", "CONF", "ENCYC", "DICT", "SER", "BOOK", "EBOOK", "EDBOOK"})
_PERIODICALS = frozenset({"JOUR", "EJOUR", "JFULL", "MGZN", "NEWS", "ABST", "INPR", ""})
_WHOLE_BOOKS = frozenset({"BOOK", "EBOOK", "EDBOOK", "WHOLE", "THES", "RPRT"})
_LINES_COUNT = frozenset(
    {"KW", "AD", "DB", "SN", "AU", "A1", "A2", "AB", "N2", "N1", "UR", "L1", "L2", "LK", "C1", "PT"}
)


# An issue, where older programs write it: CP and M1 may hold a place, a number of figures or anything else.
_NUMBER = re.compile(r"\d{1,4}(?:[-/–]\d{1,4})?|(?:\d{1,4}[ ,]*)?suppl\.?(?:ement)?(?: ?\d{1,4})?", re.I)


def draft_of(entry: Entry, software: str) -> Draft:
    """The entry's fields by meaning.

    Args:
        entry: of a RIS file.
        software: which program wrote the file, or "".
    """
    draft = Draft()
    values: dict[str, list[str]] = {}
    for tag, parts in entry.fields:
        values.setdefault(tag, []).append(joined(parts) if tag in _LINES_COUNT else flowing(parts))
    kind = "".join(values.get("TY", [])).upper()
    for tag, meanings in _MEANING.items():
        for meaning in meanings if tag in values else ():
            draft.add(meaning, *values[tag])
    if kind in _WHOLE_BOOKS:
        _retitle_book(draft, values, kind)
    if "IS" not in values:
        tags = ("CP", "M1") if kind in _PERIODICALS else ("CP",)
        numbers = [text for tag in tags for text in values.get(tag, ()) if _NUMBER.fullmatch(text.strip())]
        draft.add("issue", *numbers)
    _by_database(draft, values, software)
    if software:
        draft.add("software", software)
    return draft


def _retitle_book(draft: Draft, values: dict[str, list[str]], kind: str) -> None:
    """T2 of a whole book is its series, not a journal."""
    if "T2" in values and "JF" not in values and kind != "THES":
        draft.values.pop("journal", None)
        draft.add("series", *values["T2"])


def _by_database(draft: Draft, values: dict[str, list[str]], software: str) -> None:
    """Tags that mean something else from one database to the next."""
    databases = " ".join(draft.all("database", "provider")).lower()
    if "scopus" in databases:
        draft.add("pmid", *(text for text in values.get("C2", ()) if re.fullmatch(r"\d{5,9}", text.strip())))
    numbers = [text for text in values.get("C5", ()) if re.fullmatch(r"\d{1,9}", text.strip())]
    if numbers and ("embase" in databases or "medline" in databases):
        draft.add("pmid", *numbers)
    if re.search(r"psyc|eric", databases):  # Ovid puts several types into one tag
        draft.values["publication_type"] = [
            kind for text in draft.all("publication_type") for kind in text.split(", ") if kind
        ]
    embase = [text for text in values.get("U2", ()) if re.fullmatch(r"L\d{6,}", text.strip())]
    if embase:
        draft.ids.append(("embase", embase[0].strip()))
        draft.add("added", *values.get("U3", ()), *values.get("U4", ()))
        draft.add("affiliation", *values.get("M1", ()))
    if software == "openalex":
        draft.add("affiliation", *values.get("C1", ()))
    if re.search(r"\bnlm\b|pubmed|medline", databases):
        draft.add("pmid", *(text for text in values.get("AN", ()) if re.fullmatch(r"\d{1,9}", text.strip())))
    for text in values.get("AN", ()):
        if ";" in text:  # ProQuest: "2214991469; 51887", its own number first
            draft.values["accession"] = [text.split(";")[0].strip(), *draft.all("accession")[1:]]
    for text in values.get("M3", ()):
        if re.match(r"\s*(?:doi|https?:|10\.\d)", text, re.I):
            draft.add("maybe_doi", text)
        elif not text.strip().isdigit():
            draft.add("publication_type", text)
    for text in values.get("N1", ()):
        found = re.search(r"\bAccession Number:\s*([\w.-]+)", text)
        if found:
            draft.add("accession", found.group(1).rstrip("."))
            draft.add("language", *([] if "LA" in values else re.findall(r"\bLanguage: ([^.;]+)", text)))
            draft.add("publication_type", *re.findall(r"\bPublication Type: ([^.]+)", text))
        for embase_number in re.findall(r"^L\d{7,}$", text, re.M):
            draft.ids.append(("embase", embase_number))


_SIGNATURES: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (name, tag, re.compile(pattern, re.I))
    for name, tag, pattern in (
        ("rayyan", "AN", r"^rayyan-\d+"),
        ("rayyan", "N1", r"RAYYAN-(?:INCLUSION|LABELS|EXCLUSION)"),
        ("eppi", "KW", r"^eppi-reviewer"),
        ("refworks", "ID", r"^RefID:"),
        ("citavi", "M4", r"^Citavi"),
        ("dimensions", "AN", r"^pub\.\d{8,}"),
        ("cochrane", "AN", r"^CN-\d{8}"),
        ("wos", "AN", r"^WOS:"),
        ("lens", "ID", r"^\d{3}-\d{3}-\d{3}-\d{3}-\d{2}[\dX]$"),
        ("mdpi", "DO", r"^10\.3390/"),
    )
)


def software_of(entry: Entry) -> str:
    """The program or service whose habits an entry shows, or ""."""
    tags = [tag for tag, _ in entry.fields]
    for name, tag, pattern in _SIGNATURES:
        if any(found == tag and any(pattern.search(part) for part in parts) for found, parts in entry.fields):
            if name == "mdpi" and ("EJOUR" not in entry.raw[:30]):
                continue
            return name
    known = set(tags)
    if {"NS", "PG", "PD"} <= known:
        return "covidence"
    if tags[-1:] == ["ID"] and "ST" in known and _sorted(tags[1:-1]):
        return "endnote"
    if tags[1:2] in (["ID"], ["DB"]) and re.search(r"(?:^|\n)Y1  - \d{4}//\n", entry.raw):
        return "ovid"
    once = list(dict.fromkeys(tags))
    scholar = ["TY", "T1", "A1", "JO", "VL", "IS", "SP", "EP", "SN", "Y1", "PB"]
    if (
        once[:3] == scholar[:3]
        and "PB" in known
        and known <= set(scholar)
        and once == [t for t in scholar if t in known]
    ):
        return "googlescholar"
    if "C1" in known and re.search(r"(?:^|\n)AU  - .*\nC1  - ", entry.raw):
        return "openalex"
    return ""


def _sorted(tags: list[str]) -> bool:
    """EndNote sorts its tags, but for a few that it writes last."""
    return len(tags) > 4 and tags == sorted(tags)


def own_record(entry: Entry) -> Record | None:
    """The record of an entry that livingscan wrote itself, to the letter; None for any other."""
    values: dict[str, list[str]] = {}
    for tag, parts in entry.fields:
        values.setdefault(tag, []).append("\n".join(part.strip() for part in parts))
    if values.get("DP") != [OURS]:
        return None

    def first(tag: str) -> str:
        return next(iter(values.get(tag, ())), "")

    links = []
    for text in values.get("N1", ()):
        found = re.fullmatch(r"Status: (\w+) ?(.*)", text, re.S)
        if found:
            links.append({"kind": found[1], "target": found[2]})
    row = {
        "source": first("DB"),
        "source_id": first("AN"),
        "title": first("TI"),
        "abstract": first("AB"),
        "authors": values.get("AU", []),
        "year": first("PY"),
        "journal": first("T2"),
        "volume": first("VL"),
        "issue": first("IS"),
        "pages": first("SP"),
        "doi": first("DO"),
        "pmid": first("C5"),
        "pmcid": first("C2"),
        "language": first("LA"),
        "publication_types": values.get("M3", []),
        "keywords": values.get("KW", []),
        "status_links": links,
        "url": first("UR"),
    }
    return record_from_row(row)

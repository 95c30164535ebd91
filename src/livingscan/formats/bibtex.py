"""BibTeX as databases and reference managers write it, with all its breaks.

``bibtexparser`` refuses an entry for a field given twice or one brace too many (Scopus and EBSCO write
both) and leaves out repeated keys; here such an entry is read line by line instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from livingscan.formats.draft import Draft, Origin
from livingscan.formats.entries import Entry
from livingscan.formats.latex import from_latex
from livingscan.records import Fetched, Unreadable

_START = re.compile(r"^[^\S\n]*@\s*(?P<type>[A-Za-z]+)\s*(?P<open>[{(])", re.M)
_BEFORE_ENTRY = re.compile(r"^[^@]{0,2000}?(?=@\s*[A-Za-z]+\s*[{(])")
_NEXT = re.compile(r"[})]\s*(?=@\s*[A-Za-z]+\s*[{(])")
_NAME = re.compile(r"[\s,]*(?P<name>[A-Za-z][^\s={},\"#%'()]*(?:[^\S\n]+\w+)?)\s*=\s*")
_FIELD_LINE = re.compile(
    r"^[^\S\n]{0,40},?[^\S\n]{0,4}(?P<name>[A-Za-z][\w:.-]*(?:[^\S\n]\w+)?)\s*=\s*(?=[{\"\w])", re.M
)
_NOT_ENTRIES = frozenset({"comment", "preamble", "string"})
_MEANING: dict[str, tuple[str, ...]] = {
    "title": ("title",),
    "booktitle": ("book_title",),
    "maintitle": ("book_title",),
    "shorttitle": ("short_title",),
    "journal": ("journal",),
    "journaltitle": ("journal",),
    "journal-iso": ("journal_abbreviation",),
    "shortjournal": ("journal_abbreviation",),
    "abbrev_source_title": ("journal_abbreviation",),
    "series": ("series",),
    "year": ("year",),
    "date": ("date",),
    "volume": ("volume",),
    "number": ("issue",),
    "issue": ("issue",),
    "pages": ("pages",),
    "page": ("pages",),
    "art_number": ("article_number",),
    "article-number": ("article_number",),
    "articleno": ("article_number",),
    "eid": ("article_number",),
    "issn": ("serial",),
    "eissn": ("serial",),
    "isbn": ("isbn",),
    "doi": ("doi",),
    "pmid": ("pmid",),
    "pubmed_id": ("pmid",),
    "pmcid": ("pmcid",),
    "pmc": ("pmcid",),
    "url": ("link",),
    "howpublished": ("more_link",),
    "unique-id": ("accession",),
    "accession_number": ("accession",),
    "language": ("language",),
    "langid": ("language",),
    "keywords": ("keyword",),
    "keyword": ("keyword",),
    "author_keywords": ("keyword",),
    "keywords-plus": ("keyword",),
    "abstract": ("abstract",),
    "affiliation": ("affiliation",),
    "publisher": ("publisher",),
    "school": ("publisher",),
    "institution": ("publisher",),
    "document_type": ("publication_type",),
    "type": ("publication_type",),
    "note": ("note",),
    "annote": ("note",),
    "source": ("database",),
    "database": ("database",),
}


def entries(lines: Iterable[str]) -> Iterator[Entry]:
    """Cut the text into entries: at each "@type{" that starts a line or follows a closing brace."""
    entry: Entry | None = None
    for number, line in enumerate(lines, start=1):
        pieces = _NEXT.split(line)
        for index, piece in enumerate(pieces):
            text = piece + ("}" if index < len(pieces) - 1 else "")
            if entry is None:
                text = _BEFORE_ENTRY.sub("", text)
            if _START.match(text):
                if entry is not None:
                    yield entry
                entry = Entry(number)
            if entry is not None:
                entry.keep(text)
    if entry is not None:
        yield entry


def read(lines: Iterable[str], origin: Origin) -> Iterator[Fetched | Unreadable]:
    """Read BibTeX.

    Args:
        lines: of the text. origin: the file.

    Yields:
        Every entry as a record, or as Unreadable with file, line and reason.
    """
    strings: dict[str, str] = {}
    for entry in entries(lines):
        raw = entry.raw
        start = _START.match(raw)
        kind = start["type"].lower() if start else ""
        if start is None or kind in _NOT_ENTRIES:
            if start is not None and kind == "string":
                strings.update((name.lower(), value) for name, value in _fields(raw[start.end() :], strings))
            continue
        body = raw[start.end() :]
        key, rest = _split_key(body)
        fields = _fields(rest, strings)
        if entry.too_large or not fields:
            reason = "the entry is larger than any record" if entry.too_large else "no field can be read in the entry"
            yield Unreadable(f"{origin.where}:{entry.line}", reason, raw, key)
            continue
        yield _draft(kind, key, fields).finish(origin, raw, entry.line)


def _split_key(body: str) -> tuple[str, str]:
    """(citation key, what follows it); a key may be missing."""
    found = re.search(r"[,={\"}]", body[:400])
    if found and found.group() in ",}":
        return body[: found.start()].strip(), body[found.end() :] if found.group() == "," else ""
    return "", body


def _fields(body: str, strings: dict[str, str]) -> list[tuple[str, str]]:
    """The fields after the key: as the grammar has it, or, where that fails, line by line."""
    strict = _strict_fields(body, strings)
    return strict if strict is not None else _loose_fields(body)


def _strict_fields(body: str, strings: dict[str, str]) -> list[tuple[str, str]] | None:
    """(name, value) pairs, or None where the entry doesn't keep to BibTeX's grammar."""
    fields: list[tuple[str, str]] = []
    at = 0
    while found := _NAME.match(body, at):
        value, at = _value(body, found.end(), strings)
        if value is None:
            return None
        fields.append((found["name"], value))
        rest = re.compile(r"\s*([,})]|$)").match(body, at)
        if not rest:
            return None
    return fields if re.fullmatch(r"[\s,]*[})]?", body[at:].rstrip()) else None


def _value(body: str, at: int, strings: dict[str, str]) -> tuple[str | None, int]:
    """(value, where it ends): braced, quoted, bare, or several joined by "#". None: no end was found."""
    parts: list[str] = []
    while True:
        part, at = _atom(body, at, strings)
        if part is None:
            return None, at
        parts.append(part)
        joint = re.compile(r"\s*#\s*").match(body, at)
        if not joint:
            return "".join(parts), at
        at = joint.end()


def _atom(body: str, at: int, strings: dict[str, str]) -> tuple[str | None, int]:
    if at < len(body) and body[at] in '{"':
        end = _closing(body, at)
        return (None, at) if end is None else (body[at + 1 : end], end + 1)
    bare = re.compile(r"[^\s,{}\"#=]+").match(body, at)
    if not bare:
        return None, at
    return strings.get(bare.group().lower(), bare.group()), bare.end()


def _closing(body: str, at: int) -> int | None:
    """Where the brace or quote that opens at ``at`` closes."""
    quoted = body[at] == '"'
    depth = 0
    for found in re.compile(r'\\.|[{}"]', re.S).finditer(body, at + 1):
        sign = found.group()
        if sign == "{":
            depth += 1
        elif sign == "}":
            if not quoted and depth == 0:
                return found.start()
            depth -= 1
        elif sign == '"' and quoted and depth <= 0:
            return found.start()
    return None


def _loose_fields(body: str) -> list[tuple[str, str]]:
    """Each line that starts "name = " starts a field; its value goes on to the next such line."""
    starts = list(_FIELD_LINE.finditer(body))
    fields: list[tuple[str, str]] = []
    for index, found in enumerate(starts):
        last = index == len(starts) - 1
        value = body[found.end() : None if last else starts[index + 1].start()].strip()
        if last:
            value = value[:-1].rstrip() if value.count("}") > value.count("{") and value[-1:] in "})" else value
        value = value.rstrip(", \n")
        if value[:1] in '{"':
            value = value[1:]
            value = value[:-1] if value[-1:] in '}"' else value
        fields.append((found["name"], value))
    return fields


def _draft(kind: str, key: str, fields: list[tuple[str, str]]) -> Draft:
    draft = Draft()
    draft.add("kind", kind)
    values: dict[str, list[str]] = {}
    for name, value in fields:
        values.setdefault(name.lower().replace(" ", "_").replace("\xa0", "_"), []).append(value)
    for name, meanings in _MEANING.items():
        for text in values.get(name, ()):
            # an indented line goes on with the one before, as Web of Science wraps them
            plain = from_latex(re.sub(r"\n[ \t]{2,}", " ", text))
            for meaning in meanings:
                draft.add(meaning, plain)
    for name in ("author", "editor"):
        field = "one_author" if name == "author" else name
        draft.add(field, *(person for text in values.get(name, ()) for person in _persons(text)))
    draft.given_first = True
    draft.values["keyword"] = [
        text if ";" in text else "; ".join(text.split(",")) for text in draft.values.get("keyword", ())
    ]
    for text in values.get("subtitle", ())[:1]:
        title = draft.first("title")
        draft.values["title"] = [f"{title}{' ' if title[-1:] in ':?!.' else ': '}{from_latex(text)}" if title else text]
    if any(kind.lower() in {"pubmed", "pmid"} for kind in values.get("eprinttype", ())):
        draft.add("pmid", *values.get("eprint", ()))
    for text in values.get("month", ()):
        draft.add("date", f"{from_latex(text)} {draft.first('year')}")
    if key.startswith("WOS:"):
        draft.add("accession", key)
    if re.match(r"(?:PMID|PPR|PMC|AGR|ETH|HIR|CTX):", key):
        draft.add("database", "Europe PMC")
        draft.add("pmid", *([key] if key.startswith("PMID:") else []))
        draft.add("maybe_accession", key.partition(":")[2])
    return draft


def _persons(text: str) -> list[str]:
    """Names joined by "and"; a whole name in braces is a body, whose words are not turned round."""
    names = re.split(r"\s+and\s+(?![^{}]*\})", " ".join(text.split()))
    return [
        f"{from_latex(name)}," if re.fullmatch(r"\{[^{}]*\}", name) else from_latex(name)
        for name in names
        if name.strip().lower() != "others"
    ]

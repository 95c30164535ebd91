"""PubMed XML (efetch answers, baseline and update files) to records.

Fields follow NLM's element descriptions (nlm.nih.gov/bsd/licensee/elements_descriptions.html).
Mixed content is read whole (``itertext``): ``.text`` would lose everything after an ``<i>`` or ``<sub>``.
``Record.added`` is History/PubMedPubDate "entrez", the day the citation entered PubMed, which the
MEDLINE format prints as CRDT; where it is missing, "pubmed", then DateCreated of older files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError

from livingscan.formats.pubmed_dates import day_of, published
from livingscan.formats.pubmed_slices import Slice, slices
from livingscan.formats.pubmed_trees import several, trees
from livingscan.formats.text import section
from livingscan.pause import collector_paused
from livingscan.records import Fetched, Record, StatusKind, StatusLink, Unreadable, make_record, normalise_doi

# RefType of CommentsCorrections, seen from the record that carries it. "Cites" (older files) is a
# reference list, no status. A retracted and republished paper *is* retracted, so it gets both links.
LINKS: dict[str, tuple[StatusKind, ...]] = {
    "RetractionIn": ("retracted_by",),
    "RetractionOf": ("retraction_of",),
    "PartialRetractionIn": ("retracted_by",),
    "PartialRetractionOf": ("retraction_of",),
    "ExpressionOfConcernIn": ("concern_by",),
    "ExpressionOfConcernFor": ("concern_of",),
    "ErratumIn": ("corrected_by",),
    "ErratumFor": ("correction_of",),
    "UpdateIn": ("updated_by",),
    "UpdateOf": ("update_of",),
    "CommentIn": ("commented_by",),
    "CommentOn": ("comment_on",),
    "RepublishedIn": ("republished_as",),
    "RepublishedFrom": ("republished_from",),
    "ReprintIn": ("republished_as",),
    "ReprintOf": ("republished_from",),
    "CorrectedandRepublishedIn": ("corrected_by", "republished_as"),
    "CorrectedandRepublishedFrom": ("correction_of", "republished_from"),
    "RetractedandRepublishedIn": ("retracted_by", "republished_as"),
    "RetractedandRepublishedFrom": ("retraction_of", "republished_from"),
    "SummaryForPatientsIn": ("summary_for_patients",),
    "OriginalReportIn": ("other",),
    "AssociatedDataset": ("other",),
    "AssociatedPublication": ("other",),
}
# Publication types that say *that* there is such a link, where none is given.
IMPLIED: dict[str, StatusKind] = {
    "Retracted Publication": "retracted_by",
    "Retraction of Publication": "retraction_of",
    "Retraction Notice": "retraction_of",
    "Expression of Concern": "concern_of",
    "Published Erratum": "correction_of",
}
_ENTRY_TYPES = {"Preprint": "preprint", "Academic Dissertation": "thesis", "Dataset": "dataset"}
_ID_KINDS = {"mid": "nihms", "pii": "pii", "bookaccession": "bookaccession", "sici": "sici", "pmcpid": "pmcpid"}


@dataclass(frozen=True, slots=True)
class DeletedIds:
    """PMIDs that PubMed says it has deleted (DeleteCitation at the end of an update file)."""

    ids: tuple[str, ...]


def read(stream: BinaryIO) -> Iterator[Fetched | Unreadable | DeletedIds]:
    """Read a PubMed XML document, article by article, in memory that doesn't grow.

    Args:
        stream: the document, uncompressed: PubmedArticleSet of any DTD year, books included, or a
            set of bare MedlineCitation.

    Yields:
        Fetched, with the article's own XML as raw text; Unreadable for an article that is damaged
        (it costs no other); DeletedIds. One PMID may come in several versions, each by itself.

    Raises:
        DataError: after all that was readable: cut short, not PubMed XML, declares entities.
    """
    for pieces in several(slices(stream)):
        with collector_paused():  # the articles' trees set it off, and hold nothing for it
            items = [_item(piece, tree) for piece, tree in zip(pieces, trees(pieces), strict=True)]
        yield from items


def _item(piece: Slice, root: Element | ParseError) -> Fetched | Unreadable | DeletedIds:
    raw = piece.raw.decode("utf-8", "replace")
    if isinstance(root, ParseError):
        reason = f"damaged XML: {root}" if piece.whole else f"the end of {piece.name} is missing"
        return Unreadable(f"line {piece.line}", reason, raw, _pmid_in(piece.raw), cut=not piece.whole)
    if piece.name.startswith("Delete"):
        return DeletedIds(tuple(found for child in root.iter("PMID") if (found := _text(child).strip())))
    record = _book(root) if piece.name == "PubmedBookArticle" else _article(root)
    if record is None:
        return Unreadable(f"line {piece.line}", f"{piece.name} without a PMID", raw)
    return Fetched(record, raw)


def _pmid_in(raw: bytes) -> str:
    found = re.search(rb"<PMID[^>]*>\s*(\d{1,9})\s*<", raw)
    return found[1].decode() if found else ""


def _text(element: Element | None) -> str:
    """All text of an element, inline markup and MathML included; "" for None."""
    if element is None:
        return ""
    if len(element) == 0:
        return element.text or ""
    return "".join(element.itertext())


def _article(root: Element) -> Record | None:
    citation = root.find("MedlineCitation")
    pmid = citation.find("PMID") if citation is not None else None
    number = _text(pmid).strip()
    if citation is None or pmid is None or not number:
        return None
    article = citation.find("Article")
    if article is None:
        article = Element("Article")
    data = root.find("PubmedData")
    journal = article.find("Journal")
    if journal is None:
        journal = Element("Journal")
    issue = journal.find("JournalIssue")
    info = citation.find("MedlineJournalInfo")
    types = tuple(map(_text, _in(article, "PublicationTypeList")))
    abbreviation = _text(journal.find("ISOAbbreviation")) or _child(info, "MedlineTA")
    title, original = _titles(article)
    authors, places = _authors(_in(article, "AuthorList"))
    return make_record(
        source="pubmed",
        source_id=number,
        source_version=_version(pmid),
        title=title,
        title_original=original,
        abstract=_abstract(article.find("Abstract")) or _other_abstract(citation),
        authors=authors,
        published=published(None if issue is None else issue.find("PubDate"), article.find("ArticleDate")),
        journal=_text(journal.find("Title")) or abbreviation,
        journal_abbreviation=abbreviation,
        issns=(_text(journal.find("ISSN")), _child(info, "ISSNLinking")),
        volume=_child(issue, "Volume"),
        issue=_child(issue, "Issue"),
        pages=_pages(article),
        **_identifiers(number, article, citation, data),
        language=";".join(_text(found).strip() for found in article.findall("Language")),
        entry_type=next((_ENTRY_TYPES[name] for name in types if name in _ENTRY_TYPES), "article"),
        publication_types=types,
        keywords=[_text(found) for held in citation.findall("KeywordList") for found in held],
        mesh=_mesh(citation),
        affiliations=places or map(_text, article.findall("Affiliation")),  # the latter until 1987
        status_links=_links(citation, types),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{number}/",
        added=_added(data, citation),
        revised=day_of(citation.find("DateRevised")),
    )


def _book(root: Element) -> Record | None:
    """A PubmedBookArticle: a book, or a chapter whose "journal" is the book."""
    document = root.find("BookDocument")
    pmid = document.find("PMID") if document is not None else None
    number = _text(pmid).strip()
    if document is None or pmid is None or not number:
        return None
    book = document.find("Book")
    if book is None:
        book = Element("Book")
    chapter, original = _titles(document)
    book_title = _text(book.find("BookTitle"))
    types = tuple(_text(found) for found in document.iterfind("PublicationType"))
    is_chapter = bool(chapter.strip()) and chapter.strip() != book_title.strip()
    own = [found for found in document.findall("AuthorList") if found.get("Type") != "editors"]
    lists = own or [found for found in book.findall("AuthorList") if found.get("Type") != "editors"]
    authors, places = _authors(lists[0] if lists else _in(book, "AuthorList"))
    return make_record(
        source="pubmed",
        source_id=number,
        source_version=_version(pmid),
        title=chapter if is_chapter else book_title,
        title_original=original,
        abstract=_abstract(document.find("Abstract")) or _other_abstract(document),
        authors=authors,
        published=published(book.find("PubDate"), document.find("ContributionDate")),
        journal=book_title if is_chapter else "",
        isbns=[re.sub(r"[^0-9Xx]", "", _text(found)) for found in book.iterfind("Isbn")],
        volume=_text(book.find("Volume")),
        pages=_pages(document),
        publisher=_text(book.find("Publisher/PublisherName")),
        **_identifiers(number, document, document, root.find("PubmedBookData"), book),
        language=";".join(_text(found).strip() for found in document.iterfind("Language")),
        entry_type="chapter" if is_chapter else "book",
        publication_types=types,
        keywords=[_text(found) for held in document.findall("KeywordList") for found in held],
        affiliations=places,
        status_links=_links(document, types),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{number}/",
        added=_added(root.find("PubmedBookData"), document),
        revised=day_of(document.find("DateRevised")),
    )


def _child(element: Element | None, name: str) -> str:
    return "" if element is None else _text(element.find(name))


def _in(element: Element | None, name: str) -> Iterable[Element]:
    """The children of a list element; nothing where there is no such list."""
    found = None if element is None else element.find(name)
    return () if found is None else found


def _version(pmid: Element) -> str:
    """The version of the PMID where it is not the first: only a few journals ever had more."""
    version = pmid.get("Version", "1").strip()
    return "" if version == "1" else version


def _titles(article: Element) -> tuple[str, str]:
    """(title, title in the document's own language)."""
    title = _text(article.find("ArticleTitle"))
    original = _text(article.find("VernacularTitle"))
    if original and title.strip(" [].").lower() in ("", "not available"):
        return original, ""
    return title, original


def _abstract(abstract: Element | None) -> str:
    """Sections one a line, "LABEL: text"."""
    parts = [part for part in abstract if part.tag == "AbstractText"] if abstract is not None else ()
    return "\n".join(section(part.get("Label"), _text(part)) for part in parts)


def _other_abstract(citation: Element) -> str:
    """The abstract that somebody other than the journal gave, or one in another language: English first."""
    found = citation.findall("OtherAbstract")
    found.sort(key=lambda other: other.get("Language", "eng") != "eng")
    return next((text for other in found if (text := _abstract(other)).strip()), "")


def _authors(authors: Iterable[Element]) -> tuple[list[str], list[str]]:
    """Names and affiliations. A name is "Family, Given Suffix", as MEDLINE's FAU prints it.

    Names marked as wrong (ValidYN="N") are left out: the right one stands beside them.
    """
    names: list[str] = []
    places: list[str] = []
    for author in authors:
        if author.get("ValidYN") == "N":
            continue
        family = given = suffix = collective = ""
        initials: Element | None = None
        for part in author:
            tag = part.tag
            if tag == "LastName":
                family = _text(part)
            elif tag in ("ForeName", "FirstName"):
                given = _text(part)
            elif tag == "Initials":
                initials = part
            elif tag == "AffiliationInfo":
                places.append(_text(part.find("Affiliation")))
            elif tag == "Affiliation":  # before 2015
                places.append(_text(part))
            elif tag == "Suffix":
                suffix = " " + _text(part)
            elif tag == "CollectiveName":
                collective = _text(part)
        given = given or _text(initials)
        if collective:
            names.append(collective)
        elif family or given:
            names.append(f"{family}, {given}{suffix}" if family and given else f"{family or given}{suffix}")
    return names, places


def _pages(article: Element) -> str:
    pages = article.find("Pagination")
    if pages is None:
        return ""
    printed = _text(pages.find("MedlinePgn"))
    if printed:
        return printed
    start, end = _text(pages.find("StartPage")), _text(pages.find("EndPage"))
    return f"{start}-{end}" if end and end != start else start


def _identifiers(
    pmid: str, article: Element, citation: Element, data: Element | None, book: Element | None = None
) -> dict[str, object]:
    """Every identifier of the article itself (those of its references lie deeper), by field."""
    dois: list[str] = []
    others: list[tuple[str, str]] = []
    pmcid = ""
    for parent in (article, book) if book is not None else (article,):
        for place in parent.findall("ELocationID"):
            if place.get("ValidYN") == "N":
                continue
            kind = place.get("EIdType")
            if kind == "doi":
                dois.append(_text(place))
            elif kind == "pii":
                others.append(("pii", _text(place)))
    for holder in (data, article):
        for item in _in(holder, "ArticleIdList"):
            kind, value = item.get("IdType", ""), _text(item)
            if kind == "doi":
                dois.append(value)
            elif kind == "pmc":
                pmcid = pmcid or value
            elif kind in _ID_KINDS:
                others.append((_ID_KINDS[kind], value))
    for item in citation.findall("OtherID"):
        value = _text(item).split(" ")[0]
        if value.startswith("PMC"):
            pmcid = pmcid or value
        elif value.startswith("NIHMS"):
            others.append(("nihms", value))
    good = list(dict.fromkeys(doi for text in dois if (doi := normalise_doi(text))))
    others += [("doi", doi) for doi in good[1:]]
    return {"pmid": pmid, "doi": good[0] if good else "", "pmcid": pmcid, "other_ids": others}


def _mesh(citation: Element) -> list[str]:
    """ "Descriptor" or "Descriptor/qualifier", then the supplementary names."""
    terms = []
    for heading in _in(citation, "MeshHeadingList"):
        descriptor = _child(heading, "DescriptorName")
        qualifiers = [f"{descriptor}/{_text(found)}" for found in heading.findall("QualifierName")]
        terms += qualifiers or [descriptor]
    return terms + [_text(found) for found in _in(citation, "SupplMeshList")]


def _links(citation: Element, types: tuple[str, ...]) -> list[StatusLink]:
    """Links to other documents; a type such as "Retracted Publication" counts where no link is given."""
    links = []
    for item in _in(citation, "CommentsCorrectionsList"):
        kind = item.get("RefType", "")
        if kind == "Cites":
            continue
        pmid = _child(item, "PMID").strip()
        target = f"pmid:{pmid}" if pmid else " ".join(_child(item, "RefSource").split())
        links += [StatusLink(name, target, kind) for name in LINKS.get(kind, ("other",))]
        if kind == "UpdateIn" and "Preprint" in types:
            links.append(StatusLink("preprint_of", target, kind))
    seen = {link.kind for link in links}
    links += [StatusLink(IMPLIED[name], "", name) for name in types if name in IMPLIED and IMPLIED[name] not in seen]
    return links


def _added(data: Element | None, citation: Element) -> date | None:
    days = {found.get("PubStatus"): found for found in _in(data, "History")}
    return day_of(days.get("entrez")) or day_of(days.get("pubmed")) or day_of(citation.find("DateCreated"))

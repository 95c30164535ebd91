"""Writes a record as a PubmedArticle, after NLM's DTD of 2019 to 2025."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from html import escape

from livingscan.records import Record
from livingscan.sandbox.index import entered

HEAD = (
    '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>\n'
)
TAIL = "</PubmedArticleSet>"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
REF_TYPES = {
    "retracted_by": "RetractionIn",
    "retraction_of": "RetractionOf",
    "concern_by": "ExpressionOfConcernIn",
    "concern_of": "ExpressionOfConcernFor",
    "corrected_by": "ErratumIn",
    "correction_of": "ErratumFor",
    "updated_by": "UpdateIn",
    "update_of": "UpdateOf",
    "preprint_of": "UpdateIn",
    "has_preprint": "UpdateOf",
    "comment_on": "CommentOn",
    "commented_by": "CommentIn",
    "republished_from": "RepublishedFrom",
    "republished_as": "RepublishedIn",
}
_TYPE_UI = {
    "Journal Article": "D016428",
    "Published Erratum": "D016425",
    "Retraction of Publication": "D016440",
    "Retracted Publication": "D016441",
    "Expression of Concern": "D000075742",
    "Editorial": "D016421",
    "Comment": "D016420",
    "Letter": "D016422",
    "Review": "D016454",
    "Systematic Review": "D000078182",
    "Randomized Controlled Trial": "D016449",
    "English Abstract": "D004740",
    "Preprint": "D000076942",
}
_CATEGORY = {
    "OBJECTIVE": "OBJECTIVE", "AIMS": "OBJECTIVE", "METHODS": "METHODS", "DESIGN AND METHODS": "METHODS",
    "METHODS AND ANALYSIS": "METHODS", "RESULTS": "RESULTS", "FINDINGS": "RESULTS", "CONCLUSION": "CONCLUSIONS",
    "CONCLUSIONS": "CONCLUSIONS",
}  # fmt: skip
LABELLED = re.compile(r"([A-Z][A-Z ,&/-]{2,60}): (.*)", re.S)
_ITALIC = re.compile(r"(Staphylococcus aureus|in vitro)")


def marked_up(text: str) -> str:
    """Escaped text with species and Latin in italics, as journals set them."""
    return _ITALIC.sub(r"<i>\1</i>", escape(text, quote=False))


def _ui(text: str) -> str:
    return f"D99{int(sha256(text.encode()).hexdigest()[:6], 16) % 10**6:06d}"


def _day(tag: str, day: date, attributes: str = "", clock: str = "") -> str:
    parts = f"<Year>{day.year}</Year><Month>{day.month:02d}</Month><Day>{day.day:02d}</Day>"
    return f"<{tag}{attributes}>{parts}{clock}</{tag}>"


def _when(record: Record) -> str:
    when = record.published
    if when is None:
        return f"<PubDate><Year>{record.year}</Year></PubDate>" if record.year else "<PubDate></PubDate>"
    if when.text:
        return f"<PubDate><MedlineDate>{escape(when.text)}</MedlineDate></PubDate>"
    month = f"<Month>{MONTHS[when.month - 1]}</Month>" if when.month else ""
    day = f"<Day>{when.day:02d}</Day>" if when.day else ""
    return f"<PubDate><Year>{when.year}</Year>{month}{day}</PubDate>"


def _journal(record: Record) -> str:
    volume = f"<Volume>{escape(record.volume)}</Volume>" if record.volume else ""
    issue = f"<Issue>{escape(record.issue)}</Issue>" if record.issue else ""
    issn = f'<ISSN IssnType="Electronic">{record.issns[0]}</ISSN>' if record.issns else ""
    short = record.journal_abbreviation or record.journal
    return (
        f'<Journal>{issn}<JournalIssue CitedMedium="Internet">{volume}{issue}{_when(record)}</JournalIssue>'
        f"<Title>{escape(record.journal, quote=False)}</Title>"
        f"<ISOAbbreviation>{escape(short, quote=False)}</ISOAbbreviation></Journal>"
    )


def _abstract(record: Record) -> str:
    if not record.abstract:
        return ""
    parts = []
    for line in record.abstract.splitlines():
        label = LABELLED.fullmatch(line)
        if label:
            kind = _CATEGORY.get(label[1], "BACKGROUND")
            named = f' Label="{escape(label[1])}" NlmCategory="{kind}"'
            parts.append(f"<AbstractText{named}>{marked_up(label[2])}</AbstractText>")
        else:
            parts.append(f"<AbstractText>{marked_up(line)}</AbstractText>")
    return f"<Abstract>{''.join(parts)}</Abstract>"


def _authors(record: Record) -> str:
    if not record.authors:
        return ""
    found = []
    for number, name in enumerate(record.authors):
        family, comma, given = name.partition(", ")
        if not comma:
            found.append(f'<Author ValidYN="Y"><CollectiveName>{escape(name)}</CollectiveName></Author>')
            continue
        letters = "".join(part[0] for part in given.replace("-", " ").split() if part)
        mine = record.affiliations if number == 0 else record.affiliations[-1:] if number == 1 else ()
        places = "".join(f"<AffiliationInfo><Affiliation>{escape(a)}</Affiliation></AffiliationInfo>" for a in mine)
        found.append(
            f'<Author ValidYN="Y"><LastName>{escape(family)}</LastName><ForeName>{escape(given)}</ForeName>'
            f"<Initials>{escape(letters)}</Initials>{places}</Author>"
        )
    return f'<AuthorList CompleteYN="Y">{"".join(found)}</AuthorList>'


def _corrections(record: Record, cite: Callable[[str], str]) -> str:
    found = []
    for link in record.status_links:
        kind, _, value = link.target.partition(":")
        source = escape(cite(link.target) or link.target)
        pmid = f'<PMID Version="1">{value}</PMID>' if kind == "pmid" else ""
        name = REF_TYPES.get(link.kind, "AssociatedPublication")
        found.append(
            f'<CommentsCorrections RefType="{name}"><RefSource>{source}</RefSource>{pmid}</CommentsCorrections>'
        )
    return f"<CommentsCorrectionsList>{''.join(found)}</CommentsCorrectionsList>" if found else ""


def _headings(record: Record) -> str:
    if not record.mesh:
        return ""
    found = "".join(
        f'<MeshHeading><DescriptorName UI="{_ui(term)}" MajorTopicYN="{"Y" if n == 0 else "N"}">'
        f"{escape(term, quote=False)}</DescriptorName></MeshHeading>"
        for n, term in enumerate(record.mesh)
    )
    return f"<MeshHeadingList>{found}</MeshHeadingList>"


def _keywords(record: Record) -> str:
    if not record.keywords:
        return ""
    words = "".join(f'<Keyword MajorTopicYN="N">{escape(word, quote=False)}</Keyword>' for word in record.keywords)
    return f'<KeywordList Owner="NOTNLM">{words}</KeywordList>'


def _history(record: Record) -> str:
    """The record's dates.

    "entrez" is the day it was added ([crdt]); "pubmed" is [edat], which NLM sets back to the
    publication date where a citation came more than a year late.
    """
    added, first = record.added, entered(record)
    if added is None or first is None:
        return ""
    number, early = int(record.pmid or 0), "<Hour>6</Hour><Minute>0</Minute>"
    minute = f"<Hour>{5 + number % 14}</Hour><Minute>{number % 60}</Minute>"
    found = _day("PubMedPubDate", first, ' PubStatus="pubmed"', early)
    if record.mesh:
        found += _day("PubMedPubDate", record.revised or added, ' PubStatus="medline"', early)
    found += _day("PubMedPubDate", added, ' PubStatus="entrez"', minute)
    return f"<History>{found}</History>"


def _status(record: Record) -> str:
    if record.mesh:
        return "MEDLINE"
    return ("PubMed-not-MEDLINE", "In-Process", "Publisher")[int(record.pmid or 0) % 3]


def article(record: Record, cite: Callable[[str], str] = lambda target: "") -> str:
    """One PubmedArticle.

    Args:
        record: a record with a PMID.
        cite: gives the printed citation of a link's target ("pmid:1"), or "".

    Returns:
        The element as text, on lines of its own.
    """
    pages = f"<Pagination><MedlinePgn>{escape(record.pages)}</MedlinePgn></Pagination>" if record.pages else ""
    doi = f'<ELocationID EIdType="doi" ValidYN="Y">{escape(record.doi)}</ELocationID>' if record.doi else ""
    languages = "".join(f"<Language>{code}</Language>" for code in (record.language or "eng").split(";"))
    types = "".join(
        f'<PublicationType UI="{_TYPE_UI.get(kind) or _ui(kind)}">{escape(kind)}</PublicationType>'
        for kind in record.publication_types or ("Journal Article",)
    )
    vernacular = (
        f"<VernacularTitle>{marked_up(record.title_original)}</VernacularTitle>" if record.title_original else ""
    )
    title = marked_up(record.title)
    if record.title_original:  # a translated title stands in brackets, its full stop behind them
        title = f"[{title.rstrip('.')}]."
    linking = f"<ISSNLinking>{record.issns[-1]}</ISSNLinking>" if record.issns else ""
    short = escape(record.journal_abbreviation or record.journal, quote=False)
    ids = [("pubmed", record.pmid), ("doi", record.doi), ("pmc", record.pmcid)]
    listed = "".join(f'<ArticleId IdType="{kind}">{escape(value)}</ArticleId>' for kind, value in ids if value)
    revised = _day("DateRevised", record.revised) if record.revised else ""
    completed = _day("DateCompleted", record.revised) if record.mesh and record.revised else ""
    model = "Electronic" if record.pages.startswith("e") else "Print-Electronic"
    return (
        f'<PubmedArticle>\n<MedlineCitation Status="{_status(record)}" Owner="NLM">'
        f'<PMID Version="{record.source_version or 1}">{record.pmid}</PMID>{completed}{revised}\n'
        f'<Article PubModel="{model}">{_journal(record)}<ArticleTitle>{title}</ArticleTitle>{pages}{doi}\n'
        f"{_abstract(record)}\n{_authors(record)}{languages}<PublicationTypeList>{types}</PublicationTypeList>"
        f"{vernacular}</Article>\n<MedlineJournalInfo><Country>England</Country><MedlineTA>{short}</MedlineTA>"
        f"{linking}</MedlineJournalInfo>{_corrections(record, cite)}{_headings(record)}{_keywords(record)}"
        f"</MedlineCitation>\n<PubmedData>{_history(record)}<PublicationStatus>ppublish</PublicationStatus>"
        f"<ArticleIdList>{listed}</ArticleIdList></PubmedData>\n</PubmedArticle>\n"
    )

"""Identifiers where files hide them, and the database an export came from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qs, unquote, urlsplit

from livingscan.records import DOI, normalise_doi, normalise_issn, normalise_pmcid, normalise_pmid

_DOI_TAIL = re.compile(
    r"(?:/(?:full(?:text)?|abstract|abs|pdf|epdf|html|meta|summary|references|figures|tables|download|pdfft|v\d+)"
    r"|\.(?:pdf|html?|xml|full|abstract))+$",
    re.I,
)
_DOI_HOST = re.compile(r"^(?:(?:www|dx)\.)?doi\.org$", re.I)
_LABELLED_DOI = re.compile(r"\bdoi\s*[:=]?\s*(10\.\d{4,9}/\S+)", re.I)
_PUBMED_URL = re.compile(
    r"(?:ncbi\.nlm\.nih\.gov/(?:m/)?pubmed|pubmed\.ncbi\.nlm\.nih\.gov|europepmc\.org/(?:article|abstract)/MED)/(\d{1,9})\b",
    re.I,
)
_PMC_URL = re.compile(r"/(?:pmc/)?articles/(PMC\d+)", re.I)
_LABELLED_PMID = re.compile(r"\b(?:PMID|PubMed(?:\s?ID)?|MEDLINE(?:\s?PMID)?)\s*[:#=]?\s*(\d{1,9})\b", re.I)
_ISSN = re.compile(r"(?<![\d-])(\d{4}-?\d{3}[\dXx])(?![\d-])")
_ISBN = re.compile(r"(?<![\d-])((?:97[89][ -]?)?(?:\d[ -]?){9}[\dXx])(?![\d-])")
# These DOIs name a database's entry, not the document.
_ENTRY_DOI = re.compile(r"^10\.1002/central/", re.I)


def find_doi(text: str | None) -> str:
    """The DOI in a field that is meant to hold one: bare, labelled, or as an address. "" if there is none."""
    value = (text or "").strip()
    if not value:
        return ""
    if "://" in value or value.lower().startswith("www."):
        return doi_of_url(value)
    labelled = _LABELLED_DOI.search(value)
    return _checked(normalise_doi(labelled.group(1) if labelled else value))


def doi_of_url(url: str | None) -> str:
    """The DOI that a link carries: doi.org, ``?doi=``, ``id=doi:``, or a publisher's path. "" if none."""
    value = (url or "").strip()
    try:
        parts = urlsplit(value)
        query = parse_qs(parts.query)
    except ValueError:
        return ""
    if _DOI_HOST.match(parts.netloc):
        # a tracker's "?utm_source=x" or "#abstract" is no part of the name
        return _checked(normalise_doi(re.sub(r"[?&][A-Za-z_]+=\S*$|#[A-Za-z]\S*$", "", value)))
    for name in ("doi", "id", "rft_id", "query"):
        for held in query.get(name, ()):
            if name == "doi" or "doi" in held.lower():
                found = _checked(normalise_doi(re.sub(r"^info:doi/", "", held)))
                if found:
                    return found
    path = DOI.search(unquote(parts.path))
    return _checked(normalise_doi(_DOI_TAIL.sub("", path.group()))) if path else ""


def labelled_doi(text: str) -> str:
    """A DOI in running text, taken only where it is called one ("doi: 10.1/x")."""
    found = _LABELLED_DOI.search(text)
    return _checked(normalise_doi(found.group(1))) if found else ""


def find_pmid(text: str | None) -> str:
    """The PMID in a field: digits alone, labelled ("PUBMED 21314913"), or in a PubMed address."""
    value = (text or "").strip()
    found = _PUBMED_URL.search(value)
    if found:
        return normalise_pmid(found.group(1))
    if "://" in value:
        return ""
    if value.endswith(".0"):  # a number that a spreadsheet made of it
        value = value[:-2]
    return normalise_pmid(value) or labelled_pmid(value)


def labelled_pmid(text: str) -> str:
    """A PMID in running text, taken only where it is called one ("PMID: 123")."""
    found = _LABELLED_PMID.search(text)
    return normalise_pmid(found.group(1)) if found else ""


def find_pmcid(text: str | None) -> str:
    """The PMCID in a field or an address."""
    value = (text or "").strip()
    if normalise_pmcid(value):
        return normalise_pmcid(value)
    found = _PMC_URL.search(value) or re.search(r"\b(PMC\s?\d{3,})\b", value, re.I)
    return normalise_pmcid(found.group(1)) if found else ""


def find_issns(text: str) -> list[str]:
    """Every ISSN with a right check digit in a text that may also say "(electronic)" or hold ISBNs."""
    return [issn for found in _ISSN.finditer(text) if (issn := normalise_issn(found.group(1)))]


def find_isbns(text: str) -> list[str]:
    """Every ISBN with a right check digit."""
    return [isbn for found in _ISBN.finditer(text) if (isbn := normalise_isbn(found.group(1)))]


def normalise_isbn(text: str) -> str:
    """An ISBN as 10 or 13 digits if its check digit holds (ISO 2108); "" if not."""
    digits = re.sub(r"[^0-9Xx]", "", text).upper()
    if re.fullmatch(r"97[89]\d{10}", digits):
        return digits if sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(digits)) % 10 == 0 else ""
    if re.fullmatch(r"\d{9}[\dX]", digits):
        total = sum((10 if d == "X" else int(d)) * weight for d, weight in zip(digits, range(10, 0, -1), strict=True))
        return digits if total % 11 == 0 else ""
    return ""


def _checked(doi: str) -> str:
    return "" if _ENTRY_DOI.match(doi) else doi


# What an export calls its database, or the database's code on its platform, and our short name for it.
_DATABASES: tuple[tuple[str, str], ...] = (
    (r"cinahl|^(?:ccm|c8h|cin20|rzh|jlh|c9h|cul)$", "cinahl"),
    (r"embase|^emed\d*|^emez|^oemez|^emcr", "embase"),
    (r"psyc\s?info|psychinfo|^(?:psyh|psyc\w{0,4})$", "psycinfo"),
    (r"psyc\s?articles|^pdh$", "psycarticles"),
    (r"health management information consortium|\bhmic\b", "hmic"),
    (r"cochrane|central register of controlled|^cctr|^central$|^coch$", "cochrane"),
    (r"^eric\d*\b|education resources information", "eric"),
    (r"pubmed|^nlm$", "pubmed"),
    (r"medline|^(?:mnh|cmedm|mdc|med\d*|medall|ppez\w*|medl|medp|pmoz|prem\w*)$", "medline"),
    (r"scopus", "scopus"),
    (r"zoological record|^zoorec", "zoorec"),
    (r"web of (?:science|knowledge)|science citation index|\b(?:sci|ssci|a&hci|esci|cpci|bkci)\b|^wos", "wos"),
    (r"\bassia\b|applied social sciences index", "assia"),
    (r"\bamed\b|allied and complementary medicine", "amed"),
    (r"british nursing (?:index|database)|^bni$", "bni"),
    (r"global health|^(?:cagh|aghth?)$", "globalhealth"),
    (r"cab (?:abstracts|direct)|^caba", "cab"),
    (r"biosis", "biosis"),
    (r"social policy (?:and|&) practice|^spap$", "spp"),
    (r"lens\.org|^(?:the )?lens$", "lens"),
    (r"openalex", "openalex"),
    (r"dimensions", "dimensions"),
    (r"google scholar", "googlescholar"),
    (r"europe\s?pmc", "europepmc"),
    (r"crossref", "crossref"),
    (r"clinicaltrials", "clinicaltrials"),
    (r"rayyan", "rayyan"),
    (r"covidence", "covidence"),
    (r"eppi", "eppi"),
    (r"proquest|dissertations|ptsdpubs|^ibss$|abi.?inform|sociological abstracts", "proquest"),
    (r"ebsco|^(?:aph|a9h|asn|asx|bth|buh|bsu|bsx|sih|sxi|hch|hxh|nfh|eue|ehh|awh|lhh|qrh)$", "ebsco"),
    (r"\bovid", "ovid"),
    (r"zotero", "zotero"),
    (r"mendeley", "mendeley"),
    (r"endnote", "endnote"),
)
# Named by no export, but by people who import one.
INTERFACES = frozenset({"biorxiv", "medrxiv", "doaj", "core", "semanticscholar"})
_KNOWN = tuple((re.compile(pattern, re.I), name) for pattern, name in _DATABASES)
# These host databases, or hold what came from them: they are named only where the database is not known.
PLATFORMS = frozenset({"ebsco", "proquest", "ovid", "zotero", "mendeley", "endnote"})
_PLATFORM_LINK = re.compile(r"ebsco(?:host)?\.com\S*?[?&]db=(\w+)|ovid\S*?[?&]D=(\w+)")

_HOSTS: tuple[tuple[str, str], ...] = (
    ("embase.com", "embase"),
    ("scopus.com", "scopus"),
    ("webofscience.com", "wos"),
    ("webofknowledge.com", "wos"),
    ("cochranelibrary.com/central", "cochrane"),
    ("lens.org", "lens"),
    ("app.dimensions.ai", "dimensions"),
    ("openalex.org", "openalex"),
    ("search.ebscohost.com", "ebsco"),
    ("ebsco.com", "ebsco"),
    ("proquest.com", "proquest"),
    ("ovidsp.", "ovid"),
    ("eric.ed.gov", "eric"),
    ("pubmed.ncbi.nlm.nih.gov", "pubmed"),
    ("ncbi.nlm.nih.gov/pubmed", "pubmed"),
    ("europepmc.org", "europepmc"),
)


def source_of_database(names: Iterable[str]) -> str:
    """Our short name for the database that an export names, or "".

    Args:
        names: what the file says: a database's title ("APA PsycInfo <2021>"), its code on a platform
            ("c8h"), or its provider ("EBSCOhost"). The first that is known wins; a platform is taken
            only where no database is known.
    """
    found = ""
    for text in names:
        name = next((name for pattern, name in _KNOWN if pattern.search(text.strip())), "")
        if name and name not in PLATFORMS:
            return name
        found = found or name
    return found


def source_of_url(urls: Iterable[str]) -> str:
    """Our short name for the database whose own page an address is, or ""."""
    for url in urls:
        for host, name in _HOSTS:
            if host in url.lower():
                return name
    return ""


def source_of_platform_link(urls: Iterable[str]) -> str:
    """Our short name for the database that a link into EBSCO or Ovid asks for ("&db=c8h", "&D=psyc16"), or ""."""
    codes = (code for url in urls for found in _PLATFORM_LINK.finditer(url) for code in found.groups() if code)
    return source_of_database(codes)


_ACCESSIONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("embase", re.compile(r"embase\.com\S*[?&]id=(L\d+)", re.I)),
    ("scopus", re.compile(r"[?&]eid=(2-s2\.0-\d+)", re.I)),
    ("scopus", re.compile(r"scopus\.com\S*[?&]eid=(\d{8,})", re.I)),
    ("wos", re.compile(r"\b((?:WOS|KJD|SCIELO|RSCI|MEDLINE|BIOSIS|ZOOREC|CABI|INSPEC):[A-Z0-9]+)")),
    ("proquest", re.compile(r"proquest\.com\S*/docview/(\d+)", re.I)),
    ("ebsco", re.compile(r"ebsco(?:host)?\.com\S*[?&]AN=([\w.-]+)", re.I)),
    ("lens", re.compile(r"lens\.org/(?:lens/\S*/)?(\d{3}-\d{3}-\d{3}-\d{3}-\d{2}[\dX])", re.I)),
    ("dimensions", re.compile(r"dimensions\.ai/details/publication/(pub\.\d+)", re.I)),
    ("openalex", re.compile(r"openalex\.org/(W\d+)", re.I)),
    ("cochrane", re.compile(r"\b(CN-\d{8})\b")),
    ("eric", re.compile(r"eric\.ed\.gov/\?id=(E[DJ]\d+)", re.I)),
)


def accessions_of_url(url: str) -> list[tuple[str, str]]:
    """(database, accession number) pairs that a database's link carries."""
    return [(kind, found.group(1)) for kind, pattern in _ACCESSIONS if (found := pattern.search(url))]


# Databases that EBSCO hosts: its accession numbers are theirs.
# Accession numbers that name their database by their form.
TELLING = frozenset({"rayyan", "cochrane", "wos", "zoorec", "psycinfo", "eric"})
ON_EBSCO = frozenset({"ebsco", "cinahl", "psycinfo", "psycarticles", "eric", "medline", "amed", "bni", "globalhealth"})

_ACCESSION_KINDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"L\d{6,}", "embase"),
        (r"CN-\d{8}|(?:CD|MR)\d{6}", "cochrane"),
        (r"WOS:[A-Z0-9]+", "wos"),
        (r"ZOOREC:[A-Z0-9]+", "zoorec"),
        (r"2-s2\.0-\d+", "scopus"),
        (r"rayyan-\d+", "rayyan"),
        (r"pub\.\d+", "dimensions"),
        (r"(?:19|20)\d\d-\d{5}-\d{3}", "psycinfo"),
        (r"E[DJ]\d{5,}", "eric"),
        (r"\d{3}-\d{3}-\d{3}-\d{3}-\d{2}[\dX]", "lens"),
        (r"(?:https?://openalex\.org/)?W\d{5,}", "openalex"),
    )
)


def accession_kind(text: str) -> str:
    """The database whose accession numbers look like this ("CN-00778158" is Cochrane's), or ""."""
    return next((kind for pattern, kind in _ACCESSION_KINDS if pattern.fullmatch(text.strip())), "")


def looks_like_accession(text: str) -> bool:
    """Whether an entry's id is a database's number and not a reference manager's row or citation key."""
    return bool(accession_kind(text) or re.fullmatch(r"\d{7,}|[A-Z]{1,6}\d{6,}", text.strip()))

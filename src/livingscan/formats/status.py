"""What a title, a publication type or a tag says about the standing of a document."""

from __future__ import annotations

import re
from collections.abc import Iterable

from livingscan.formats.identify import labelled_doi, labelled_pmid
from livingscan.formats.pubmed_xml import IMPLIED, LINKS
from livingscan.records import StatusKind, StatusLink, normalise_doi
from livingscan.tidy import one_line

# Tags of the MEDLINE format and the RefType that PubMed XML has for the same
# (https://pubmed.ncbi.nlm.nih.gov/help/#pubmed-format).
MEDLINE_TAGS: dict[str, str] = {
    "CIN": "CommentIn",
    "CON": "CommentOn",
    "CRI": "CorrectedandRepublishedIn",
    "CRF": "CorrectedandRepublishedFrom",
    "DDIN": "AssociatedDataset",
    "DRIN": "AssociatedPublication",
    "ECI": "ExpressionOfConcernIn",
    "ECF": "ExpressionOfConcernFor",
    "EIN": "ErratumIn",
    "EFR": "ErratumFor",
    "ORI": "OriginalReportIn",
    "PRIN": "PartialRetractionIn",
    "PROF": "PartialRetractionOf",
    "RIN": "RetractionIn",
    "ROF": "RetractionOf",
    "RPI": "RepublishedIn",
    "RPF": "RepublishedFrom",
    "RRI": "RetractedandRepublishedIn",
    "RRF": "RetractedandRepublishedFrom",
    "SPIN": "SummaryForPatientsIn",
    "UIN": "UpdateIn",
    "UOF": "UpdateOf",
}

_TITLE_FORMS: tuple[tuple[str, StatusKind], ...] = (
    (r"^\W*(?:this article has been )?retracted(?: article| paper| chapter)?\s*[:.)\]–—-]", "retracted_by"),
    (r"[(\[]\s*retracted(?: (?:article|paper|publication|chapter)\b[^)\]]*)?[)\]]\W*$", "retracted_by"),
    (r"^\W*removed\s*[:.–—-](?!\w)", "retracted_by"),
    (r"^\W*(?:statement of retraction|(?:notice of withdrawal|withdrawal notice)\b)", "retraction_of"),
    (r"^\W*retraction (?:and replacement\b|for [^,:]{2,80}\bet al\b)", "retraction_of"),
    (r"^\W*(?:addendum\s*[:.–—-](?!\w)|addendum to\b|correction for [^,:]{2,80}\bet al\b)", "correction_of"),
    (
        r"^\W*(?:notice of retraction\b|(?:editorial )?retraction(?: (?:notice|note|statement)\b| to\b"
        r"| (?:of|for)\s*[:“\"'‘]|\s*[:.–—-](?!\w)))",
        "retraction_of",
    ),
    (r"^\W*(?:editorial |notice of |note of )?expressions? of concern\b", "concern_of"),
    (
        r"^\W*(?:(?:corrigendum|corrigenda|erratum|errata)\b|(?:author |publisher(?:'s|’s)? |editorial )?correction"
        r"(?: (?:notice|note)\b| to\b| (?:for|of|in|on)\s*[:“\"'‘]|\s*[:.–—-](?!\w)|\s*$))",
        "correction_of",
    ),
)
_TITLES = tuple((re.compile(pattern, re.I), kind) for pattern, kind in _TITLE_FORMS)
# Web of Science names the other document behind the title: "(Retracted article. See vol. 3, pg. 4, 2013)".
_PRINTED = re.compile(
    r"\((?:[^()]{0,60}?[\s.,])?(?P<where>vol(?:ume|\.)?\s*\S[^()]{0,120}?\b(?:1[89]|20)\d\d)\.?\)\W*$", re.I
)
_PRINTED_DOI = re.compile(r"\([^()]{0,60}?(?P<doi>10\.\d{4,9}/[^\s,()]+)[^()]{0,40}\)\W*$")
_WITHDRAWN = re.compile(r"^\W*withdrawn\s*[:.)\]–—-]", re.I)
# Ovid prints these behind the title.
_NOTED = re.compile(
    r"\s*\[(?P<what>erratum|retraction|expression of concern|update|comment|republished|summary for patients)\w*"
    r"\s+(?P<side>appears in|in|of|for|from)\b:?\s*(?P<target>[^\]]{0,600})\]",
    re.I,
)
_NOTED_KINDS: dict[tuple[str, bool], str] = {
    ("erratum", True): "ErratumIn",
    ("erratum", False): "ErratumFor",
    ("retraction", True): "RetractionIn",
    ("retraction", False): "RetractionOf",
    ("expression of concern", True): "ExpressionOfConcernIn",
    ("expression of concern", False): "ExpressionOfConcernFor",
    ("update", True): "UpdateIn",
    ("update", False): "UpdateOf",
    ("comment", True): "CommentIn",
    ("comment", False): "CommentOn",
    ("republished", True): "RepublishedIn",
    ("republished", False): "RepublishedFrom",
    ("summary for patients", True): "SummaryForPatientsIn",
    ("summary for patients", False): "OriginalReportIn",
}
_TYPES: tuple[tuple[re.Pattern[str], StatusKind], ...] = (
    (re.compile(r"^retracted\b|^article in press - retracted|^withdrawn publication", re.I), "retracted_by"),
    (re.compile(r"^retraction\b", re.I), "retraction_of"),
    (re.compile(r"^expression of concern", re.I), "concern_of"),
    (re.compile(r"^(?:published )?(?:erratum|errata|corrigendum|correction)\b(?!al)", re.I), "correction_of"),
)


def target_of(text: str) -> str:
    """A printed reference as the target of a link: "pmid:1" or "doi:10.1/x" where it names one, else itself."""
    value = one_line(text)
    pmid = labelled_pmid(value)
    if pmid:
        return f"pmid:{pmid}"
    doi = labelled_doi(value)
    return f"doi:{doi}" if doi else value


def medline_links(tag: str, value: str) -> list[StatusLink]:
    """The links that one tag of the MEDLINE format makes ("EIN - Lancet. 2020;395:30. PMID: 31929014")."""
    name = MEDLINE_TAGS[tag]
    return [StatusLink(kind, target_of(value), name) for kind in LINKS[name]]


def noted_links(title: str) -> tuple[str, list[StatusLink]]:
    """A title without Ovid's notes ("[Erratum appears in BMJ. 2010;340:c1]"), and the links they make."""
    links: list[StatusLink] = []
    for found in _NOTED.finditer(title):
        name = _NOTED_KINDS[found["what"].lower(), found["side"].lower() in {"appears in", "in"}]
        links += [StatusLink(kind, target_of(found["target"]), name) for kind in LINKS[name]]
    return (_NOTED.sub("", title).strip() if links else title), links


def _printed_target(title: str) -> str:
    """The other document, where Web of Science prints it behind the title; else ""."""
    doi = _PRINTED_DOI.search(title)
    if doi:
        return f"doi:{normalise_doi(doi['doi'])}"
    printed = _PRINTED.search(title)
    return printed["where"] if printed else ""


def implied_links(title: str, types: Iterable[str], journal: str, known: Iterable[StatusLink]) -> list[StatusLink]:
    """Links from the title's form and the publication types; most only say *that* there is something.

    Args:
        title: "RETRACTED: ..." and the like.
        types: publication types.
        journal: a withdrawn Cochrane review is out of date, not retracted.
        known: links already there, with a target; their kinds are not repeated.
    """
    found: list[tuple[StatusKind, str]] = []
    for name in types:
        kind = IMPLIED.get(name) or next((kind for pattern, kind in _TYPES if pattern.match(name)), None)
        if kind:
            found.append((kind, name))
    found += [(kind, "title") for pattern, kind in _TITLES if pattern.search(title)]
    if _WITHDRAWN.match(title):
        found.append(("other" if "cochrane" in journal.lower() else "retracted_by", "title: withdrawn"))
    seen = {link.kind for link in known}
    target = _printed_target(title)
    links: list[StatusLink] = []
    for kind, note in found:
        if kind not in seen:
            seen.add(kind)
            links.append(StatusLink(kind, target, note))
    return links

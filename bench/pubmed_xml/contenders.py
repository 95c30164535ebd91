"""One contender of the bench, run in a process of its own: prints records, CPU seconds and peak megabytes.

The bare loops read the very fields that livingscan reads, into a dictionary, with nothing checked,
normalised, resumed, kept raw or told of: what an experienced person would write in an afternoon.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any


def text(element: Any) -> str:
    return "".join(element.itertext()) if element is not None else ""


def day(element: Any) -> str:
    if element is None:
        return ""
    return "-".join(element.findtext(name) or "" for name in ("Year", "Month", "Day"))


def fields(root: Any) -> dict[str, Any]:
    """The same fields as livingscan, straight off an ElementTree or lxml element."""
    citation = root.find("MedlineCitation")
    article = citation.find("Article")
    data = root.find("PubmedData")
    journal = article.find("Journal")
    issue = journal.find("JournalIssue")
    date = issue.find("PubDate")
    info = citation.find("MedlineJournalInfo")
    pmid = citation.find("PMID")
    abstract = [
        (part.get("Label"), text(part))
        for path in ("Article/Abstract/AbstractText", "OtherAbstract/AbstractText")
        for part in citation.findall(path)
    ]
    authors = []
    places = []
    for author in article.findall("AuthorList/Author"):
        name = [author.findtext(part) for part in ("LastName", "ForeName", "Initials", "Suffix")]
        authors.append(text(author.find("CollectiveName")) or name)
        places += [text(place) for place in author.findall("AffiliationInfo/Affiliation")]
    return {
        "pmid": pmid.text,
        "version": pmid.get("Version"),
        "title": text(article.find("ArticleTitle")),
        "vernacular": text(article.find("VernacularTitle")),
        "abstract": "\n".join(f"{label}: {body}" if label else body for label, body in abstract),
        "authors": authors,
        "affiliations": places,
        "published": {part.tag: part.text for part in date} if date is not None else {},
        "journal": text(journal.find("Title")),
        "abbreviation": text(journal.find("ISOAbbreviation")) or info.findtext("MedlineTA"),
        "issns": [journal.findtext("ISSN"), info.findtext("ISSNLinking")],
        "volume": issue.findtext("Volume"),
        "issue": issue.findtext("Issue"),
        "pages": article.findtext("Pagination/MedlinePgn"),
        "elocations": [(e.get("EIdType"), e.get("ValidYN"), e.text) for e in article.findall("ELocationID")],
        "ids": [(e.get("IdType"), e.text) for e in data.findall("ArticleIdList/ArticleId")] if data is not None else [],
        "other_ids": [text(each) for each in citation.findall("OtherID")],
        "languages": [text(each) for each in article.findall("Language")],
        "types": [text(each) for each in article.findall("PublicationTypeList/PublicationType")],
        "keywords": [text(each) for each in citation.findall("KeywordList/Keyword")],
        "mesh": [
            (text(each.find("DescriptorName")), [text(part) for part in each.findall("QualifierName")])
            for each in citation.findall("MeshHeadingList/MeshHeading")
        ],
        "supplementary": [text(each) for each in citation.findall("SupplMeshList/SupplMeshName")],
        "links": [
            (each.get("RefType"), text(each.find("RefSource")), each.findtext("PMID"))
            for each in citation.findall("CommentsCorrectionsList/CommentsCorrections")
        ],
        "revised": day(citation.find("DateRevised")),
        "history": {each.get("PubStatus"): day(each) for each in data.findall("History/PubMedPubDate")}
        if data is not None
        else {},
    }


def livingscan(path: str) -> Iterator[Any]:
    from livingscan.formats.pubmed_xml import read

    with open(path, "rb") as stream:
        yield from read(stream)


def bare_elementtree(path: str) -> Iterator[Any]:
    from xml.etree.ElementTree import iterparse

    events = iterparse(path, events=("start", "end"))
    _, root = next(events)
    for event, element in events:
        if event == "end" and element.tag == "PubmedArticle":
            yield fields(element)
            root.clear()


def bare_lxml(path: str) -> Iterator[Any]:
    from lxml.etree import iterparse  # type: ignore[import-not-found,unused-ignore]

    for _, element in iterparse(path, events=("end",), tag="PubmedArticle", resolve_entities=False, load_dtd=False):
        yield fields(element)
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def entrez(path: str) -> Iterator[Any]:
    from Bio import Entrez

    with open(path, "rb") as stream:
        yield from Entrez.read(stream)["PubmedArticle"]


def pubmed_parser(path: str) -> Iterator[Any]:
    import pubmed_parser as peer  # type: ignore[import-not-found,unused-ignore]

    yield from peer.parse_medline_xml(path + ".gz", author_list=True, reference_list=False)  # takes nothing else


RUN: dict[str, Callable[[str], Iterator[Any]]] = {
    "livingscan": livingscan,
    "bare ElementTree": bare_elementtree,
    "bare lxml": bare_lxml,
    "Bio.Entrez.read": entrez,
    "pubmed_parser": pubmed_parser,
}

if __name__ == "__main__":
    name, path = sys.argv[1:3]
    for _ in RUN[name](path):  # imports and caches are warm before the clock starts
        break
    start = time.process_time()
    count = sum(1 for _ in RUN[name](path))
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    print(json.dumps({"records": count, "seconds": round(seconds, 3), "megabytes": round(peak)}))

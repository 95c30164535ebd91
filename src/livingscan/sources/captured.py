"""Captured answers of the sources, read from files: what a service once said, as records.

A capture is either the body of one answer, or a list of exchanges
``{"request": {"method", "uri", "body"}, "response": {"status", "headers", "body"}}`` as recorders write them.
Of such a list, errors and answers that hold no records (counts, lists of ids) are passed over.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from livingscan.errors import DataError
from livingscan.records import Fetched, Unreadable
from livingscan.sources import (
    biorxiv,
    core,
    crossref,
    doaj,
    eric,
    europepmc,
    lens,
    openalex,
    pubmed,
    scopus,
    semanticscholar,
    wos,
)
from livingscan.sources.fields import load, mapping, string, within

_BASE64 = re.compile(r"[A-Za-z0-9+/\s]{40,}={0,2}")
Parser = Callable[[str | bytes], Iterator[Fetched | Unreadable]]

PARSERS: dict[str, Parser] = {
    "pubmed": pubmed.parse,
    "europepmc": europepmc.parse,
    "openalex": openalex.parse,
    "crossref": crossref.parse,
    "semanticscholar": semanticscholar.parse,
    "doaj": doaj.parse,
    "core": core.parse,
    "eric": eric.parse,
    "biorxiv": biorxiv.parse,
    "scopus": scopus.parse,
    "wos": wos.parse,
    "lens": lens.parse,
}
_HOSTS = {
    "eutils.ncbi.nlm.nih.gov": "pubmed",
    "www.ebi.ac.uk": "europepmc",
    "api.openalex.org": "openalex",
    "api.crossref.org": "crossref",
    "api.semanticscholar.org": "semanticscholar",
    "doaj.org": "doaj",
    "core.ac.uk": "core",
    "api.core.ac.uk": "core",
    "api.ies.ed.gov": "eric",
    "api.biorxiv.org": "biorxiv",
    "api.medrxiv.org": "biorxiv",
    "api.elsevier.com": "scopus",
    "wos-api.clarivate.com": "wos",
    "search.webofknowledge.com": "wos",
    "api.lens.org": "lens",
}


def read_capture(data: bytes, source: str = "") -> Iterator[Fetched | Unreadable]:
    """Read a captured answer, or a list of captured exchanges.

    Args:
        data: the file, uncompressed.
        source: short name of the source; "": told from the addresses, or from the answer's own form.

    Raises:
        DataError: no source is known to answer so; or, after everything readable, no answer held records.
    """
    exchanges = _exchanges(data)
    if exchanges is None:
        name = source or recognise(data)
        if name not in PARSERS:
            raise DataError("no source that is known here answers like this; name it with --from")
        yield from PARSERS[name](data)
        return
    answered = False
    last = "it holds no answers"
    for exchange in exchanges:
        name = source or _HOSTS.get(urlsplit(string(within(exchange, "request", "uri"))).hostname or "", "")
        status = within(exchange, "response", "status")
        if name not in PARSERS or (isinstance(status, int) and status >= 400):
            last = f"an answer of status {status} from {name or 'an unknown source'}"
            continue
        try:
            yield from PARSERS[name](_body(exchange))
            answered = True
        except DataError as problem:
            last = str(problem)
    if not answered:
        raise DataError(f"no answer in it holds records; the last: {last}")


def recognise(body: bytes) -> str:
    """The source whose answer this looks like; "" where none is known to answer so."""
    head = body[:4000].lstrip()
    if head[:1] == b"<":
        signs = (
            (b"<PubmedArticleSet", "pubmed"),
            (b"<PubmedArticle", "pubmed"),
            (b"<MedlineCitation", "pubmed"),
            (b"<eSearchResult", "pubmed"),
            (b"<eFetchResult", "pubmed"),
            (b"<responseWrapper", "europepmc"),
            (b"xrpc42", "wos"),
            (b"<REC", "wos"),
            (b"wokmws", "wos"),
        )
        return next((name for sign, name in signs if sign in head), "")
    try:
        answer = load(body)
    except DataError:
        return "wos" if b'"Records":<records' in head else ""
    return _recognise_json(answer)


def _recognise_json(answer: Any) -> str:
    if isinstance(answer, list):
        found = next((each for each in answer if isinstance(each, dict)), {})
        return _recognise_json(found) if found else ""
    top = mapping(answer)
    if "resultList" in top or "errCode" in top:
        return "europepmc"
    if "search-results" in top:
        return "scopus"
    if "docs" in mapping(top.get("response")):
        return "eric"
    if "collection" in top and "messages" in top:
        return "biorxiv"
    if mapping(top.get("message")).keys() & {"items", "DOI"} or ("DOI" in top and "container-title" in top):
        return "crossref"
    first = _first(top)
    for key, name in (
        ("lens_id", "lens"),
        ("bibjson", "doaj"),
        ("abstract_inverted_index", "openalex"),
        ("paperId", "semanticscholar"),
        ("_source", "core"),
        ("oaiIds", "core"),
        ("repositoryDocument", "core"),
    ):
        if key in first:
            return name
    if "results" in top and "meta" in top:
        return "openalex"
    return "core" if "totalHits" in top else ""


def _first(top: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first entry of an answer, or the answer itself where it is one."""
    for name in ("data", "results"):
        held = top.get(name)
        if isinstance(held, list) and held:
            return mapping(next((each for each in held if each), {}))
        if isinstance(held, dict):
            return held
    return top


def _exchanges(data: bytes) -> list[Mapping[str, Any]] | None:
    """The exchanges of a recording; None where it is none."""
    if data.lstrip()[:1] != b"[":
        return None
    try:
        value = load(data)
    except DataError:
        return None
    found: list[Mapping[str, Any]]
    found = [each for each in value if isinstance(each, dict) and "request" in each and "response" in each]
    return found if found and len(found) == len(value) else None


def _body(exchange: Mapping[str, Any]) -> str:
    """The body of an answer; some recorders keep it in base64."""
    body = within(exchange, "response", "body")
    if not isinstance(body, str):
        return json.dumps(body)
    if _BASE64.fullmatch(body.strip()):
        with suppress(ValueError):
            return base64.b64decode(body).decode("utf-8")
    return body

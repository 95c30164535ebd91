"""Each source's own copy of a work: what it leaves out, abbreviates, dates differently or gets wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from livingscan.records import StatusKind, StatusLink
from livingscan.sandbox.base import (
    MARK,
    Base,
    abstract,
    changes,
    common,
    dated,
    finish,
    hexed,
    indexed,
    links,
    marked,
    names,
    short_pages,
    title_case,
)
from livingscan.sandbox.works import Copy, later

# What a record lacks until the paper is in an issue.
_ISSUE = ("volume", "issue", "pages", "year", "published")


def _without(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in names}


def _versions(found: tuple[StatusLink, ...]) -> tuple[StatusLink, ...]:
    """PubMed calls a preprint an earlier version of its article."""
    kinds: dict[str, StatusKind] = {"has_preprint": "update_of", "preprint_of": "updated_by"}
    return tuple(replace(link, kind=kinds.get(link.kind, link.kind)) for link in found)


def pubmed(base: Base, rng: Random) -> Copy:
    """PubMed: title with full stop, abbreviated pages, MeSH for two in three."""
    added = indexed(base, rng, 1, 30)
    revised, early = changes(base, added, "pmid")
    title = base.draft.title if base.draft.title.endswith(("?", "!")) else f"{base.draft.title}."
    types = (*base.draft.types, "Retracted Publication") if base.retracted else base.draft.types
    fields = common(base) | {
        "source": "pubmed",
        "source_id": base.pmid,
        "title": title,
        "title_original": base.draft.title_original,
        "abstract": abstract(base.draft),
        "published": dated(base.printed or base.online, rng.choice(("month", "day", "month"))),
        "pages": short_pages(base.pages),
        "pmid": base.pmid,
        "pmcid": base.pmcid,
        "publication_types": types,
        "mesh": base.draft.mesh if rng.random() < 0.65 else (),
        "issns": (base.journal.electronic_issn, base.journal.print_issn) if base.journal else (),
        "status_links": _versions(links(base, None, "pmid")),
        "url": f"https://pubmed.ncbi.nlm.nih.gov/{base.pmid}/",
    }
    if early is not None and "title" in early:
        early |= {"title": title}
    return finish(fields, added, revised, early)


def europepmc(base: Base, rng: Random) -> Copy:
    """Europe PMC: PubMed's records a day or two later, preprints, and a few of its own."""
    if base.form == "preprint":
        kind, identifier, added = "PPR", f"PPR{9_900_000 + base.number}", later(base.online, rng.randint(1, 3))
    elif base.pmid:
        kind, identifier, added = "MED", base.pmid, later(indexed(base, rng, 2, 32), 1)
    else:
        kind, identifier, added = "PMC", base.pmcid, indexed(base, rng, 5, 40)
    revised, early = changes(base, added, "pmid")
    title = base.draft.title if base.draft.title.endswith(("?", "!")) else f"{base.draft.title}."
    shown = marked(base, title)
    types = (*base.draft.types, "Retracted Publication") if base.retracted else base.draft.types
    fields = common(base) | {
        "source": "europepmc",
        "source_id": f"{kind}:{identifier}",
        "title": shown,
        "abstract": "" if kind == "PMC" or rng.random() < 0.02 else abstract(base.draft),
        "authors": names(base, "short" if rng.random() < 0.15 else "full"),
        "published": dated(base.printed or base.online, "day"),
        "pages": short_pages(base.pages),
        "pmid": base.pmid,
        "pmcid": base.pmcid,
        "publication_types": ("Preprint",) if kind == "PPR" else types,
        "mesh": base.draft.mesh if kind == "MED" and rng.random() < 0.65 else (),
        "status_links": links(base, None, "pmid"),
        "url": f"https://europepmc.org/article/{kind}/{identifier}",
    }
    if early is not None and "title" in early:
        early |= {"title": title}
    return finish(fields, added, revised, early)


def openalex(base: Base, rng: Random) -> Copy:
    """OpenAlex: year of first publication, abstracts without labels and missing for one in five."""
    added = later(base.online, rng.randint(3, 40))
    revised, early = changes(base, added, "doi")
    fields = common(base) | {
        "source": "openalex",
        "source_id": f"W99{base.number:08d}",
        "title": title_case(base.draft.title) if rng.random() < 0.1 else base.draft.title,
        "abstract": "" if rng.random() < 0.2 else abstract(base.draft, labels=False),
        "authors": names(base, "full"),
        "year": base.online.year,
        "published": dated(base.online, "day"),
        "pmid": base.pmid,
        "pmcid": base.pmcid,
        "publication_types": (_openalex_type(base),),
        "keywords": (*base.draft.keywords[:2], MARK),
        "status_links": tuple(link for link in links(base, None, "doi") if link.kind == "retracted_by"),
        "url": f"https://openalex.org/W99{base.number:08d}",
    }
    if rng.random() < 0.05:
        fields |= {"volume": "", "issue": ""}
    if early is not None:
        early = _without(early, "title", "year", "published", "publication_types")
    return finish(fields, added, revised, early)


def _openalex_type(base: Base) -> str:
    kind = base.draft.truth.kind
    forms = {"preprint": "preprint", "thesis": "dissertation", "report": "report"}
    kinds = {"editorial": "editorial", "notice": "retraction", "erratum": "erratum", "review": "review"}
    return forms.get(base.form) or kinds.get(kind, "article")


def crossref(base: Base, rng: Random) -> Copy:
    """Crossref: what publishers deposit; an abstract for half, no keywords, registered before it appears."""
    added = later(base.online, -rng.randint(0, 5))
    revised, early = changes(base, added, "doi")
    title = title_case(base.draft.title) if rng.random() < 0.15 else base.draft.title
    fields = common(base) | {
        "source": "crossref",
        "source_id": base.doi,
        "title": marked(base, title),
        "abstract": abstract(base.draft) if rng.random() < 0.5 else "",
        "year": base.online.year,
        "published": dated(base.online, rng.choice(("day", "day", "month", "year"))),
        "publication_types": ("posted-content" if base.form == "preprint" else "journal-article",),
        "keywords": (),
        "language": "",
        "affiliations": base.affiliations if rng.random() < 0.4 else (),
        "status_links": links(base, None, "doi"),
        "url": f"https://doi.org/{base.doi}",
    }
    if early is not None:
        early = _without(early, "year", "published", "publication_types")
        if "title" in early:
            early |= {"title": title}
    return finish(fields, added, revised, early)


def semanticscholar(base: Base, rng: Random) -> Copy:
    """Semantic Scholar: no abstract for one in four, initials for a third, the journal's short name for some."""
    added = later(base.online, rng.randint(5, 60))
    paper = f"99999999{hexed(f's2:{base.number}', 32)}"
    fields = common(base) | {
        "source": "semanticscholar",
        "source_id": paper,
        # Where there is neither DOI nor abstract nothing would say that the record is synthetic.
        "abstract": "" if base.doi and rng.random() < 0.25 else abstract(base.draft, labels=False),
        "authors": names(base, "dotted" if rng.random() < 0.33 else "full"),
        "journal": "" if not base.journal else rng.choice((base.journal.title, base.journal.abbreviation)),
        "journal_abbreviation": "",
        "issns": (),
        "issue": "",
        "publisher": "",
        "published": dated(base.online, "day") if rng.random() < 0.8 else None,
        "pmid": base.pmid,
        "publication_types": ("Review",) if base.draft.truth.kind == "review" else ("JournalArticle",),
        "keywords": (),
        "language": "",
        "affiliations": (),
        "url": f"https://www.semanticscholar.org/paper/{paper}",
    }
    return finish(fields, added, added, None)


def doaj(base: Base, rng: Random) -> Copy:
    """DOAJ: open access journals; month and year; the abstract as one block."""
    added = later(base.online, rng.randint(10, 90))
    fields = common(base) | {
        "source": "doaj",
        "source_id": hexed(f"doaj:{base.number}", 32),
        "abstract": abstract(base.draft, labels=False),
        "published": dated(base.online, "month"),
        "year": base.online.year,
        "journal_abbreviation": "",
        "publication_types": (),
        "url": f"https://doi.org/{base.doi}" if base.doi else "",
    }
    return finish(fields, added, later(added, rng.randint(0, 40)), None)


def core(base: Base, rng: Random) -> Copy:
    """CORE: repository copies, theses and reports; some titles in capitals, journals often missing."""
    added = later(base.online, rng.randint(20, 200))
    title = base.draft.title.upper() if rng.random() < 0.03 else base.draft.title
    fields = common(base) | {
        "source": "core",
        "source_id": str(990_000_000 + base.number),
        "title": title,
        "abstract": "" if rng.random() < 0.15 else abstract(base.draft, labels=False),
        "year": base.online.year,
        "published": dated(base.online, "day"),
        "journal": "" if rng.random() < 0.5 or not base.journal else base.journal.title,
        "journal_abbreviation": "",
        "issns": (),
        "volume": "",
        "issue": "",
        "pages": "",
        "publication_types": (),
        "keywords": (),
        "affiliations": (),
        "pmid": base.pmid if rng.random() < 0.3 else "",
        "url": f"https://core.ac.uk/works/{990_000_000 + base.number}",
    }
    return finish(fields, added, later(added, rng.randint(0, 90)), None)


def eric(base: Base, rng: Random) -> Copy:
    """ERIC: education; only a year, descriptors as keywords."""
    added = later(base.online, rng.randint(60, 200))
    accession = f"{'EJ' if base.journal else 'ED'}99{base.number:05d}"
    fields = common(base) | {
        "source": "eric",
        "source_id": accession,
        "abstract": abstract(base.draft, labels=False),
        "published": dated(base.online, "year"),
        "year": base.online.year,
        "journal_abbreviation": "",
        "volume": "",
        "issue": "",
        "pages": "",
        "publication_types": ("Journal Articles" if base.journal else "Dissertations/Theses", "Reports - Research"),
        "keywords": (*(word.capitalize() for word in base.draft.keywords), MARK),
        "affiliations": (),
        "other_ids": (("eric", accession),),
        "url": f"https://eric.ed.gov/?id={accession}",
    }
    return finish(fields, added, added, None)


def biorxiv(base: Base, rng: Random) -> Copy:
    """medRxiv: the preprint, with the article's DOI once there is one."""
    added = base.online
    revised, early = changes(base, added, "doi")
    fields = common(base) | {
        "source": "biorxiv",
        "source_id": base.doi,
        "abstract": abstract(base.draft),
        "authors": names(base, "dotted"),
        "published": dated(base.online, "day"),
        "publication_types": ("Preprint",),
        "keywords": ("health systems and quality improvement",),
        "affiliations": base.affiliations[:1],
        "status_links": links(base, None, "doi"),
        "url": f"https://www.medrxiv.org/content/{base.doi}v1",
    }
    return finish(fields, added, revised, early)


def scopus(base: Base, rng: Random) -> Copy:
    """Scopus: initials, cover date, author keywords."""
    added = indexed(base, rng, 10, 60)
    revised, early = changes(base, added, "doi")
    identifier = f"2-s2.0-99{base.number:09d}"
    fields = common(base) | {
        "source": "scopus",
        "source_id": identifier,
        "title": marked(base, base.draft.title),
        "abstract": abstract(base.draft, labels=False),
        "authors": names(base, "dotted"),
        "published": dated(base.printed or base.online, "day"),
        "journal_abbreviation": "",
        "pmid": base.pmid,
        "publication_types": ("Editorial",) if base.draft.truth.kind == "editorial" else ("Article",),
        "other_ids": (("scopus", identifier),),
        "url": f"https://www.scopus.com/record/display.uri?eid={identifier}",
    }
    if early is not None:
        early = {name: value for name, value in early.items() if name in _ISSUE}
    return finish(fields, added, revised, early or None)


def wos(base: Base, rng: Random) -> Copy:
    """Web of Science: journal names in capitals, some titles in title case."""
    added = indexed(base, rng, 20, 90)
    identifier = f"WOS:0099{base.number:011d}"
    fields = common(base) | {
        "source": "wos",
        "source_id": identifier,
        "title": title_case(base.draft.title) if rng.random() < 0.1 else base.draft.title,
        "abstract": abstract(base.draft, labels=False),
        "published": dated(base.printed or base.online, "month"),
        "journal": base.journal.title.upper() if base.journal else "",
        "pmid": base.pmid,
        "publication_types": ("Editorial Material",) if base.draft.truth.kind == "editorial" else ("Article",),
        "other_ids": (("wos", identifier),),
        "url": f"https://www.webofscience.com/wos/woscc/full-record/{identifier}",
    }
    return finish(fields, added, added, None)


def lens(base: Base, rng: Random) -> Copy:
    """Lens: a union of Crossref, PubMed and OpenAlex."""
    added = later(base.online, rng.randint(7, 45))
    digits = f"{990_000_000_000 + base.number:015d}"
    identifier = f"{digits[0:3]}-{digits[3:6]}-{digits[6:9]}-{digits[9:12]}-{digits[12:15]}"
    fields = common(base) | {
        "source": "lens",
        "source_id": identifier,
        "abstract": "" if rng.random() < 0.1 else abstract(base.draft, labels=False),
        "published": dated(base.online, "day"),
        "year": base.online.year,
        "journal_abbreviation": "",
        "pmid": base.pmid,
        "pmcid": base.pmcid,
        "mesh": base.draft.mesh if base.pmid and rng.random() < 0.5 else (),
        "status_links": tuple(link for link in links(base, None, "doi") if link.kind == "retracted_by"),
        "other_ids": (("lens", identifier),),
        "url": f"https://www.lens.org/lens/scholar/article/{identifier}",
    }
    return finish(fields, added, later(added, rng.randint(0, 60)), None)


MAKERS: dict[str, Callable[[Base, Random], Copy]] = {
    "pubmed": pubmed,
    "europepmc": europepmc,
    "openalex": openalex,
    "crossref": crossref,
    "semanticscholar": semanticscholar,
    "doaj": doaj,
    "core": core,
    "eric": eric,
    "biorxiv": biorxiv,
    "scopus": scopus,
    "wos": wos,
    "lens": lens,
}


def holders(base: Base, rng: Random) -> list[str]:
    """Which sources hold the work."""
    if base.form == "preprint":
        always, chances = ["biorxiv", "europepmc", "crossref", "openalex"], {"semanticscholar": 0.8, "lens": 0.8}
    elif base.form in ("thesis", "report"):
        always, chances = ["core"], {"openalex": 0.7, "lens": 0.3, "semanticscholar": 0.3}
    else:
        always = ["pubmed", "europepmc"] if base.pmid else (["europepmc"] if base.pmcid else [])
        chances = {
            "openalex": 0.95, "semanticscholar": 0.8, "scopus": 0.7, "wos": 0.5, "lens": 0.85, "core": 0.3,
        }  # fmt: skip
        if base.doi:
            always = [*always, "crossref"]
        if base.journal and base.journal.open_access:
            chances["doaj"] = 0.7
        if base.draft.field == "education":
            chances["eric"] = 0.9
        elif "capability" in base.draft.keywords or "leadership" in base.draft.title:
            chances["eric"] = 0.5
    found = [*always, *(name for name, chance in chances.items() if rng.random() < chance)]
    return found or ["openalex"]


def copy_of(base: Base, source: str, seed: str) -> Copy:
    """One source's copy; the same seed, work and source always give the same copy."""
    rng = Random(f"{seed}:{base.number}:{source}")  # noqa: S311 - a made-up literature, not a secret
    return MAKERS[source](base, rng)

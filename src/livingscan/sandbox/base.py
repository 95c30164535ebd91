"""A work before any source has it, and the ways in which sources rewrite it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Any

from livingscan.records import PartialDate, Record, StatusLink
from livingscan.sandbox.bank_people import Journal
from livingscan.sandbox.prose import Draft
from livingscan.sandbox.works import Copy, later

MARK = "synthetic record"


@dataclass(frozen=True, slots=True)
class Base:
    """A work before any source has it.

    Attributes:
        number: running number, unique. form: "article", "preprint", "thesis" or "report".
        authors: (family, given names). collective: a group author, or "".
        online, printed: publication days; ``printed`` None: never in an issue, or not apart.
        pages: full form ("123-131"). doi, pmid, pmcid: "" where it has none.
        late: days by which bibliographic databases are late with it.
        links: (link, day it became known, the other's DOI) to retraction notices, errata, preprints.
        retracted: the day it was retracted.
    """

    number: int
    draft: Draft
    form: str
    authors: tuple[tuple[str, str], ...]
    collective: str
    affiliations: tuple[str, ...]
    journal: Journal | None
    online: date
    printed: date | None
    volume: str
    issue: str
    pages: str
    doi: str
    pmid: str = ""
    pmcid: str = ""
    late: int = 0
    links: tuple[tuple[StatusLink, date, str], ...] = ()
    retracted: date | None = None


def initials(given: str) -> str:
    """Given names as initials: "Anna Kate" -> "AK"."""
    return "".join(part[0] for part in given.replace("-", " ").split() if part)


def short_pages(pages: str) -> str:
    """A page range as MEDLINE prints it: "123-131" -> "123-31"."""
    first, dash, last = pages.partition("-")
    if not dash or len(first) != len(last):
        return pages
    same = next((n for n, (a, b) in enumerate(zip(first, last, strict=True)) if a != b), len(last) - 1)
    return f"{first}-{last[same:]}"


def title_case(title: str) -> str:
    """Each Main Word with a Capital."""
    small = {"a", "an", "the", "of", "in", "to", "and", "for", "from", "at", "on", "or", "as", "is"}
    return " ".join(w if n and w in small else w[:1].upper() + w[1:] for n, w in enumerate(title.split(" ")))


def hexed(seed: str, length: int) -> str:
    """So many hex digits that only depend on the seed."""
    return hashlib.sha256(seed.encode()).hexdigest()[:length]


def abstract(draft: Draft, labels: bool = True) -> str:
    """The abstract, one labelled section a line, or as one block of text."""
    if labels:
        return "\n".join(f"{label}: {text}" if label else text for label, text in draft.sections)
    return " ".join(f"{label.capitalize()} {text}" if label else text for label, text in draft.sections)


def names(base: Base, how: str) -> tuple[str, ...]:
    """The authors; ``how`` is full (Family, Given), short (Family, GG) or dotted (Family, G.G.)."""
    forms: dict[str, Callable[[str], str]] = {
        "full": lambda given: given,
        "short": initials,
        "dotted": lambda given: ".".join(initials(given)) + ".",
    }
    people = tuple(f"{family}, {forms[how](given)}" for family, given in base.authors)
    return (*people, base.collective) if base.collective else people


def links(base: Base, day: date | None, form: str) -> tuple[StatusLink, ...]:
    """Links known by ``day`` (all where None), their targets as "pmid" or "doi" where the work has such."""
    found = []
    for link, known, doi in base.links:
        if day is None or known <= day:
            found.append(replace(link, target=f"doi:{doi}") if form == "doi" and doi else link)
    return tuple(found)


def common(base: Base) -> dict[str, Any]:
    """The fields that most sources share."""
    draft = base.draft
    year = (base.printed or base.online).year
    return {
        "title": draft.title,
        "authors": names(base, "full"),
        "year": year,
        "journal": base.journal.title if base.journal else "",
        "journal_abbreviation": base.journal.abbreviation if base.journal else "",
        "issns": (base.journal.print_issn, base.journal.electronic_issn) if base.journal else (),
        "volume": base.volume,
        "issue": base.issue,
        "pages": base.pages,
        "publisher": base.journal.publisher if base.journal else "",
        "doi": base.doi,
        "language": draft.language,
        "entry_type": base.form,
        "publication_types": draft.types,
        "keywords": tuple(dict.fromkeys((*draft.keywords, MARK))),
        "affiliations": base.affiliations,
    }


def dated(day: date, precision: str) -> PartialDate:
    """A day cut to "year", "month" or "day"."""
    return PartialDate(day.year, day.month if precision != "year" else None, day.day if precision == "day" else None)


def finish(fields: dict[str, Any], added: date, revised: date, early: dict[str, Any] | None) -> Copy:
    """The copy, with its earlier state where an issue or a link came later than the record."""
    revised = max(added, revised)
    # Not by make_record: what we write is tidy already (a test holds that), and it would take most of the time.
    record = Record(**fields, added=added, revised=revised)
    if early is None or revised <= added:
        return Copy(record)
    before = Record(**{**fields, **early}, added=added, revised=added)
    return Copy(record, None if replace(before, revised=revised) == record else before)


def changes(base: Base, added: date, form: str) -> tuple[date, dict[str, Any] | None]:
    """When a record was last changed, and the fields as they stood before."""
    early: dict[str, Any] = {}
    days = [added]
    if base.printed and base.printed > added:
        days.append(later(base.printed, 4))
        early |= {"volume": "", "issue": "", "pages": "", "year": base.online.year}
        early["published"] = dated(base.online, "day")
    known = [day for _, day, _ in base.links if day > added]
    if known:
        days.append(later(max(known), 3))
        early |= {"status_links": links(base, added, form)}
    if base.retracted and base.retracted > added:
        early |= {"publication_types": base.draft.types, "title": base.draft.title}
    return max(days), early or None


def marked(base: Base, title: str) -> str:
    """The title as publishers mark it once the paper is retracted."""
    return f"RETRACTED: {title}" if base.retracted else title


def indexed(base: Base, rng: Random, low: int, high: int) -> date:
    """The day a bibliographic database added it: ``low`` to ``high`` days after, unless it was late."""
    return later(base.online, base.late or rng.randint(low, high))

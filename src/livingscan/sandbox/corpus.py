"""The seeded generator: about 2,000 synthetic works over five years, and more as time goes on.

Works are written month by month from a fixed first month, each month from its own seed, so that the
same seed always tells the same story: what was visible yesterday is unchanged today, and tomorrow
adds to it. A record shows from the day its source added it.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random

from livingscan import clock
from livingscan.records import StatusKind, StatusLink
from livingscan.sandbox.bank_people import (
    COLLECTIVES,
    DEPARTMENTS,
    FAMILIES,
    GIVENS,
    JOURNALS,
    PLACES,
)
from livingscan.sandbox.base import Base
from livingscan.sandbox.copies import copy_of, holders
from livingscan.sandbox.prose import CLOSING, Draft, Kind, Truth
from livingscan.sandbox.works import SOURCES, Copy, Corpus, Work, later
from livingscan.sandbox.writing import write

FIRST_MONTH = date(2021, 11, 1)
MONTHS = 60
WORKS = 2000
# Real PMIDs stand near 43 million in 2026: those from 90 million on are plainly ours.
FIRST_PMID = 90_000_000
_PMIDS_A_DAY = 100
_DAY_ZERO = date(2000, 1, 1)


def generate(seed: int = 24, today: date | None = None, works: int = WORKS) -> Corpus:
    """The synthetic literature.

    Args:
        seed: same seed, same works. today: the day that counts as now; the clock's where None.
        works: how many works five years hold.

    Returns:
        The corpus up to ``today``; works whose records come later are in it and not yet visible.
    """
    when = today or clock.today()
    # A clock set to before the story begins gets five years of its own.
    first = FIRST_MONTH if later(FIRST_MONTH, 365) <= when else date(when.year - MONTHS // 12, when.month, 1)
    author = _Author(str(seed))
    made: list[Work] = []
    # One month ahead: Crossref registers a paper some days before it appears.
    months = (when.year - first.year) * 12 + when.month - first.month + 2
    for month in range(months):
        start = date(first.year + (first.month - 1 + month) // 12, (first.month - 1 + month) % 12 + 1, 1)
        # Spread a total that is no multiple of 60 evenly over the months.
        count = (month + 1) * works // MONTHS - month * works // MONTHS
        made.extend(author.month(start, count))
    title = f"A synthetic literature, made by livingscan from seed {seed}"
    return Corpus(tuple(made), when, title)


@dataclass(frozen=True, slots=True)
class _Notice:
    """A kind of notice: how paper and notice link, its type, how its title opens, what it says."""

    kind: Kind
    away: StatusKind
    back: StatusKind
    type: str
    opening: str
    text: str


NOTICES = {
    "retraction": _Notice(
        "notice",
        "retracted_by",
        "retraction_of",
        "Retraction of Publication",
        "Retraction",
        "The editors have retracted this article at the authors' request after errors in the data.",
    ),
    "concern": _Notice(
        "concern",
        "concern_by",
        "concern_of",
        "Expression of Concern",
        "Expression of concern",
        "The editors are looking into questions about the data and will report.",
    ),
    "erratum": _Notice("erratum", "corrected_by", "correction_of", "Published Erratum", "Correction", ""),
}


@dataclass
class _Author:
    """Writes month after month and remembers what must not be used twice."""

    seed: str
    number: int = 0
    titles: set[str] = field(default_factory=set)
    pmids: Counter[int] = field(default_factory=Counter)

    def month(self, start: date, count: int) -> list[Work]:
        """The works first published in one month, with the notices that belong to them."""
        rng = Random(f"{self.seed}:{start.isoformat()}")  # noqa: S311 - a made-up literature, not a secret
        made: list[Work] = []
        while len(made) < count:
            online = start.replace(day=rng.randint(1, monthrange(start.year, start.month)[1]))
            made.extend(self.family(rng, online))
        return made

    def family(self, rng: Random, online: date) -> list[Work]:
        """One work, or a few that belong together: preprint and article, paper and notice."""
        base = self.base(rng, self.fresh(rng), online)
        kind = base.draft.truth.kind
        if kind in ("study", "abroad") and rng.random() < 0.09:
            return self.preprinted(rng, base)
        if kind == "study" and base.pmid and base.doi and rng.random() < 0.03:
            fate = rng.choice(("retraction", "retraction", "concern", "erratum", "erratum"))
            return self.noted(rng, base, fate)
        return [self.finished(rng, base)]

    def fresh(self, rng: Random) -> Draft:
        """A draft whose title was not used before."""
        for _ in range(40):
            draft = write(rng)
            if draft.title not in self.titles:
                break
        self.titles.add(draft.title)
        return draft

    def base(self, rng: Random, draft: Draft, online: date, form: str = "") -> Base:
        """A draft with authors, a journal, dates and identifiers."""
        self.number += 1
        chance = rng.random()
        if not form:
            grey = draft.truth.kind in ("study", "education", "no_barriers") and chance < 0.06
            form = ("thesis" if chance < 0.03 else "report") if grey else "article"
        journal = rng.choice([j for j in JOURNALS if j.field == draft.field]) if form == "article" else None
        apart = journal is not None and not journal.open_access and rng.random() < 0.55
        printed = later(online, rng.randint(30, 280)) if apart else None
        authors, collective, affiliations = self.people(rng, draft)
        late = rng.randint(200, 700) if journal and rng.random() < 0.06 else 0
        has_doi = journal is not None and rng.random() < 0.95
        pmid = ""
        if journal and rng.random() < 0.82:
            pmid = self.pmid(later(online, late or 15))
        issue = printed or online
        first_page = rng.randint(1, 940)
        paged = f"e{rng.randint(100, 99999)}" if journal and journal.open_access else f"{first_page}-"
        return Base(
            number=self.number,
            draft=draft,
            form=form,
            authors=authors,
            collective=collective,
            affiliations=affiliations,
            journal=journal,
            online=online,
            printed=printed,
            volume=str(journal.first_volume + issue.year - FIRST_MONTH.year) if journal else "",
            issue=str((issue.month + 1) // 2) if journal and not journal.open_access else "",
            pages=f"{paged}{first_page + rng.randint(3, 14)}" if paged.endswith("-") and journal else paged.strip("-"),
            doi=f"10.5555/livingscan.{journal.code}.{online.year}.{self.number:05d}" if journal and has_doi else "",
            pmid=pmid,
            pmcid=f"PMC{9_900_000 + self.number}" if journal and journal.open_access and rng.random() < 0.8 else "",
            late=late,
        )

    def pmid(self, day: date) -> str:
        """A PMID that grows with the day, as PubMed's do."""
        place = (day - _DAY_ZERO).days * _PMIDS_A_DAY
        self.pmids[place] += 1
        return str(FIRST_PMID + place + self.pmids[place])

    def people(self, rng: Random, draft: Draft) -> tuple[tuple[tuple[str, str], ...], str, tuple[str, ...]]:
        """Authors, a collective author for a few, and affiliations."""
        count = rng.choice((1, 2)) if draft.truth.kind == "editorial" else rng.choice((2, 3, 3, 4, 4, 5, 6, 7, 9))
        people: list[tuple[str, str]] = []
        for _ in range(count):
            given = rng.choice(GIVENS)
            if rng.random() < 0.35:
                given += f" {rng.choice('ABCDEFGHJKLMNPRSTW')}"
            people.append((rng.choice(FAMILIES), given))
        collective = rng.choice(COLLECTIVES) if rng.random() < 0.03 else ""
        if draft.university:
            places = [f"{rng.choice(DEPARTMENTS)}, {draft.university}, {draft.country}."]
        else:
            town = rng.choice([place for place, nation in PLACES if nation == draft.nation])
            places = [f"{rng.choice(DEPARTMENTS)}, University of {town}, {town}, {draft.nation}, UK."]
            if rng.random() < 0.6:
                kind = {"England": "NHS Foundation Trust", "Scotland": "NHS Board"}.get(draft.nation, "Health Board")
                places.append(f"{town} {kind}, {town}, {draft.nation}, United Kingdom.")
        return tuple(people), collective, tuple(places)

    def finished(self, rng: Random, base: Base, study: str = "") -> Work:
        """The work with a copy for every source that holds it."""
        copies = [copy_of(base, source, self.seed) for source in holders(base, rng)]
        if base.pmid and base.draft.truth.kind == "study" and rng.random() < 0.006:
            copies.append(self.twin(base, rng))
        key = f"work-{base.number:05d}"
        return Work(key, study or key, base.draft.truth, tuple(copies))

    def twin(self, base: Base, rng: Random) -> Copy:
        """A second PubMed record of the same paper, made by mistake and deleted within the year."""
        copy = copy_of(replace(base, pmid=self.pmid(later(base.online, 20))), "pubmed", self.seed)
        added = copy.record.added or base.online
        return Copy(replace(copy.record, revised=added), deleted=later(added, rng.randint(40, 300)))

    def preprinted(self, rng: Random, article: Base) -> list[Work]:
        """A preprint, and the article that most become, with a title and an author list that moved on."""
        number = self.number + 1
        doi = f"10.5555/livingscan.preprint.{article.online:%Y.%m.%d}.{number}"
        preprint = replace(
            article, number=number, form="preprint", journal=None, printed=None, volume="", issue="", pages="",
            pmid="", pmcid="", doi=doi, late=0, collective="", authors=article.authors[:-1] or article.authors,
        )  # fmt: skip
        self.number = number
        if rng.random() < 0.3 or not article.doi:
            return [self.finished(rng, preprint)]
        appeared = later(article.online, rng.randint(90, 400))
        draft = article.draft
        if rng.random() < 0.5:
            draft = replace(draft, title=draft.title.replace("Barriers", "Obstacles").replace("lessons", "findings"))
        pmid = self.pmid(later(appeared, 15)) if article.pmid else ""
        article = replace(article, draft=draft, online=appeared, printed=None, late=0, pmid=pmid)
        preprint = replace(
            preprint, links=((StatusLink("preprint_of", f"doi:{article.doi}"), later(appeared, 10), article.doi),)
        )
        link = StatusLink("has_preprint", f"doi:{doi}")
        article = replace(article, links=((link, article.online, doi),))
        first = self.finished(rng, preprint)
        return [first, self.finished(rng, article, first.study)]

    def noted(self, rng: Random, base: Base, fate: str) -> list[Work]:
        """A paper and the notice about it: retraction, expression of concern or erratum."""
        notice_of = NOTICES[fate]
        day = later(base.online, base.late + rng.randint(90, 420))
        draft = replace(
            base.draft,
            title=f"{notice_of.opening}: {base.draft.title}",
            sections=(("", f"{notice_of.text} {CLOSING}"),) if notice_of.text else (),
            types=(notice_of.type,),
            truth=Truth(notice_of.kind),
            mesh=(),
        )
        notice = self.base(rng, draft, day, form="article")
        notice = replace(
            notice,
            journal=base.journal,
            authors=base.authors[:1],
            printed=None,
            collective="",
            late=0,
            pmid=self.pmid(later(day, 15)),
            doi=f"{base.doi.rsplit('.', 2)[0]}.{day.year}.{notice.number:05d}",
        )
        there, back = StatusLink(notice_of.away, f"pmid:{notice.pmid}"), StatusLink(notice_of.back, f"pmid:{base.pmid}")
        paper = replace(base, links=((there, day, notice.doi),), retracted=day if notice_of.kind == "notice" else None)
        return [self.finished(rng, paper), self.finished(rng, replace(notice, links=((back, day, base.doi),)))]


def counts(corpus: Corpus, day: date | None = None) -> dict[str, int]:
    """How many records each source holds on a day.

    Args:
        corpus: the literature. day: its ``today`` where None.

    Returns:
        source name -> number of records.
    """
    when = day or corpus.today
    held = Counter(copy.record.source for work in corpus.works for copy in work.copies if copy.on(when) is not None)
    return {source: held[source] for source in SOURCES}

"""An invented literature as several databases would return it, with the truth about which records are copies.

    python bench/dedupe/invent.py FOLDER --papers 2000 [--seed 7]

writes FOLDER/records.csv and FOLDER/truth.csv. All names, titles and texts are made of invented words.
What it holds beside plain copies: records without journal, volume, pages or abstract (as open interfaces
return them), records without DOI, damaged letters, HTML, cut and added subtitles, translated titles, initials,
online-first years, page styles; and beside them, what must NOT be merged: preprints, conference abstracts under
the DOI of their supplement, errata, replies, numbered parts, editorials, annual reports, other papers of the same
title or the same first words.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

COLUMNS = "id title authors year journal volume number pages doi abstract isbn url source entrytype pmid pmcid language".split()
_ONSETS = "b bl br c ch cl cr d dr f fl fr g gl gr h j k kl kr l m n p pl pr qu r s sc sch sh sk sl sn sp st str t th tr v w z".split()
_VOWELS = "a e i o u ai au ea ei ie io ou".split()
_ENDS = "n r s t l m nd nt rt st ng ck x th ve ne le ry sis tion ment ity ism osis".split()
_FUNCTION = "of in and for the with on from among to".split()
_FOREIGN_FUNCTION = "der und von im bei mit zur fur".split()
_DESIGNS = (
    "a qualitative study", "a cross-sectional survey", "a systematic review", "results of a randomised trial",
    "a mixed methods evaluation", "a cohort study", "an interview study", "lessons from practice", "a case series",
)  # fmt: skip
_SERVERS = ("medRxiv", "bioRxiv", "SSRN", "Research Square")
_ACCENTS = {"a": "á", "e": "é", "o": "ö", "u": "ü", "c": "ç", "n": "ñ"}


@dataclass(frozen=True, slots=True)
class Paper:
    """One report: what is true of it, before any database writes it down."""

    group: str
    title: str
    subtitle: str
    foreign: str
    authors: tuple[tuple[str, str], ...]
    year: int
    journal: str
    volume: int
    issue: int
    first: int
    last: int
    doi: str
    pmid: str
    abstract: str
    kind: str = "article"


class Inventor:
    """Makes papers and their records, the same for the same seed."""

    def __init__(self, seed: int, words: int = 6000, families: int = 12000) -> None:
        self.random = random.Random(seed)
        self.words = self._vocabulary(words, 2)
        self.foreign = self._vocabulary(words // 2, 3)
        self.families = [w.capitalize() for w in self._vocabulary(families, 2)]
        self.given = [w.capitalize() for w in self._vocabulary(900, 2)]
        self.journals = [self._journal() for _ in range(800)]
        self.serial = 0

    def _vocabulary(self, count: int, longest: int) -> list[str]:
        r, found = self.random, set()
        while len(found) < count:
            syllables = r.randint(1, longest)
            found.add("".join(r.choice(_ONSETS) + r.choice(_VOWELS) for _ in range(syllables)) + r.choice(_ENDS))
        ordered = sorted(found)
        r.shuffle(ordered)
        return ordered

    def _journal(self) -> str:
        r = self.random
        start = r.choice(
            ("Journal of", "Annals of", "International Journal of", "European", "Archives of", "Current", "BMC")
        )
        return f"{start} {r.choice(self.words).capitalize()} " + r.choice(
            ("Research", "Medicine", "Policy", "Science", "Care")
        )

    def _some(self, words: list[str], count: int) -> list[str]:
        """Words with the frequencies of a language: a few are everywhere."""
        size, r = len(words), self.random.random
        return [words[int(size * r() ** 2)] for _ in range(count)]

    def phrase(self, low: int, high: int, words: list[str] | None = None, small: list[str] = _FUNCTION) -> str:
        """A run of words with function words between."""
        chosen = self._some(words or self.words, self.random.randint(low, high))
        out = [chosen[0]]
        for word in chosen[1:]:
            if self.random.random() < 0.35:
                out.append(self.random.choice(small))
            out.append(word)
        return " ".join(out)

    def people(self) -> tuple[tuple[str, str], ...]:
        """One to twelve authors."""
        r = self.random
        count = min(12, 1 + int(r.expovariate(0.25)))
        return tuple(
            (self._some(self.families, 1)[0], " ".join(r.choice(self.given) for _ in range(1 + (r.random() < 0.4))))
            for _ in range(count)
        )

    def paper(self) -> Paper:
        """A new paper."""
        r = self.random
        self.serial += 1
        first = r.randint(1, 1800)
        return Paper(
            group=f"g{self.serial}",
            title=self.phrase(4, 9).capitalize(),
            subtitle=r.choice(_DESIGNS) if r.random() < 0.5 else (self.phrase(2, 4) if r.random() < 0.3 else ""),
            foreign=self.phrase(5, 9, self.foreign, _FOREIGN_FUNCTION).capitalize() if r.random() < 0.05 else "",
            authors=self.people(),
            year=r.randint(1985, 2026),
            journal=r.choice(self.journals),
            volume=r.randint(1, 120),
            issue=r.randint(1, 12),
            first=first,
            last=first + r.randint(1, 18),
            doi=f"10.{r.randint(1000, 1400)}/{r.choice('abcdefgh')}.{self.serial}.{r.randint(10, 99)}",
            pmid=str(1_000_000 + self.serial),
            abstract=". ".join(self.phrase(8, 16).capitalize() for _ in range(r.randint(4, 9))) + ".",
        )

    def relatives(self, paper: Paper) -> list[Paper]:
        """Other reports that look like this one: each a group of its own."""
        r, found = self.random, []

        def other(**changes: object) -> None:
            self.serial += 1
            changes.setdefault("doi", f"10.{r.randint(1000, 1400)}/x.{self.serial}")
            found.append(replace(paper, group=f"g{self.serial}", pmid=str(1_000_000 + self.serial), **changes))  # type: ignore[arg-type]

        chance = r.random()
        later = paper.last + r.randint(20, 300)
        if chance < 0.03:
            other(journal=r.choice(_SERVERS), year=paper.year - r.randint(0, 1), volume=0, issue=0, first=0, last=0,
                  doi=f"10.1101/{paper.year}.01.02.{self.serial:08d}", kind="preprint")  # fmt: skip
        elif chance < 0.06:
            other(journal=r.choice(self.journals), year=paper.year - r.randint(0, 1), volume=r.randint(1, 120),
                  first=r.randint(1, 900), last=0, doi=f"10.1000/suppl.{r.randint(1, 40)}", kind="conference")  # fmt: skip
        elif chance < 0.07:
            other(title=f"{r.choice(('Erratum to', 'Correction', 'Corrigendum'))}: {paper.title}", issue=paper.issue % 12 + 1,
                  first=later, last=later, abstract="", kind="erratum")  # fmt: skip
        elif chance < 0.08:
            other(title=f"{paper.title}: {r.choice(('reply', 'a comment', 'authors response'))}", subtitle="", authors=self.people(),
                  first=later, last=later + 1, abstract="")  # fmt: skip
        elif chance < 0.1:
            found.append(replace(paper, title=f"{paper.title}. Part 1"))
            other(
                title=f"{paper.title}. Part 2", first=paper.last + 1, last=paper.last + 12, abstract=self.phrase(40, 80)
            )
        elif chance < 0.12:
            title = r.choice(("Editorial", "Introduction", "Book review", "In this issue", "Letter to the editor"))
            for volume in r.sample(range(1, 61), 3):
                other(title=title, subtitle="", authors=paper.authors[:1], year=1960 + volume, volume=volume,
                      issue=r.randint(1, 12), first=1, last=r.randint(1, 3), abstract="")  # fmt: skip
        elif chance < 0.13:
            for year in (2016, 2017, 2018):
                other(
                    title=f"Annual report {year}: {paper.title}",
                    year=year,
                    volume=year - 1990,
                    first=r.randint(1, 40),
                    last=99,
                )
        elif chance < 0.14:
            other(authors=self.people(), year=paper.year - r.randint(3, 15), journal=r.choice(self.journals), volume=r.randint(1, 90),
                  first=r.randint(1, 999), last=1000, abstract=self.phrase(60, 90))  # fmt: skip
        elif chance < 0.16:
            words = paper.title.split()
            other(title=" ".join([*words[:-2], *self._some(self.words, 2)]), first=paper.last + 1, last=paper.last + 9,
                  abstract=self.phrase(60, 90))  # fmt: skip
        elif chance < 0.17:  # another abstract of the same supplement: one DOI for all
            other(title=self.phrase(5, 9).capitalize(), subtitle="", first=paper.last + 2, last=0, doi=paper.doi,
                  abstract=self.phrase(60, 90), kind="conference")  # fmt: skip
        return found

    def records(self, paper: Paper) -> Iterator[dict[str, str]]:
        """The paper as one to five databases have it."""
        makers = [self.pubmed, self.europepmc, self.openalex, self.crossref, self.embase, self.scopus]
        count = self.random.choices((1, 2, 3, 4, 5), (55, 20, 12, 8, 5))[0]
        for maker in self.random.sample(makers, count):
            row = maker(paper)
            row["group_id"] = paper.group
            yield row

    def _row(self, paper: Paper, source: str, **fields: object) -> dict[str, str]:
        row = {
            "source": source, "year": str(paper.year), "journal": paper.journal, "doi": paper.doi,
            "volume": str(paper.volume or ""), "number": str(paper.issue or ""), "abstract": paper.abstract,
            "entrytype": "preprint" if paper.kind == "preprint" else "article",
        }  # fmt: skip
        if paper.kind == "conference":
            row |= {"number": "Suppl 1", "pages": f"S{paper.first}", "entrytype": "conference"}
        elif paper.first:
            row["pages"] = f"{paper.first}-{paper.last}"
        return row | {key: str(value) for key, value in fields.items()}

    def _full_title(self, paper: Paper) -> str:
        return f"{paper.title}: {paper.subtitle}" if paper.subtitle else paper.title

    def _initials(self, paper: Paper) -> str:
        return "; ".join(f"{family}, {''.join(g[0] for g in given.split())}" for family, given in paper.authors)

    def pubmed(self, paper: Paper) -> dict[str, str]:
        """Full, pages cut short, foreign titles translated in brackets."""
        title = f"[{self._full_title(paper)}]." if paper.foreign else self._full_title(paper) + "."
        row = self._row(paper, "pubmed", title=title, pmid=paper.pmid)
        row["authors"] = "; ".join(f"{family}, {given}" for family, given in paper.authors)
        if paper.kind not in ("conference", "preprint") and len(str(paper.first)) == len(str(paper.last)) > 2:
            row["pages"] = (
                f"{paper.first}-{str(paper.last)[-2:]}" if paper.first // 100 == paper.last // 100 else row["pages"]
            )
        if self.random.random() < 0.15:
            row["doi"] = ""
        return row

    def europepmc(self, paper: Paper) -> dict[str, str]:
        """Full names run into initials; PMID."""
        row = self._row(
            paper, "europepmc", title=self._full_title(paper), pmid=paper.pmid, authors=self._initials(paper)
        )
        return row | ({"abstract": ""} if self.random.random() < 0.2 else {})

    def openalex(self, paper: Paper) -> dict[str, str]:
        """Given names first; often neither journal nor volume nor pages; sometimes the foreign title."""
        row = self._row(
            paper,
            "openalex",
            title=paper.foreign if paper.foreign and self.random.random() < 0.5 else self._full_title(paper),
        )
        row["authors"] = "; ".join(f"{given} {family}" for family, given in paper.authors)
        if self.random.random() < 0.5:
            row |= {"journal": "", "volume": "", "number": "", "pages": "", "abstract": ""}
        elif self.random.random() < 0.5:
            row["abstract"] = ""
        return row

    def crossref(self, paper: Paper) -> dict[str, str]:
        """Title without subtitle at times, the year of online publication, HTML, no abstract."""
        title = paper.title if self.random.random() < 0.3 else self._full_title(paper)
        words = title.split()
        if self.random.random() < 0.2:
            words[self.random.randrange(len(words))] = f"<i>{words[-1]}</i>" if len(words) == 1 else "&amp;"
            title = title if "&amp;" in words else " ".join(words)
        row = self._row(paper, "crossref", title=title.title() if self.random.random() < 0.3 else title, abstract="")
        row["doi"] = row["doi"].upper()
        row["authors"] = "; ".join(f"{family}, {given}" for family, given in paper.authors)
        if self.random.random() < 0.25 and paper.kind == "article":
            row["year"] = str(paper.year - 1)
        return row

    def embase(self, paper: Paper) -> dict[str, str]:
        """Initials, accents lost or damaged, DOI missing at times, abbreviated journal."""
        row = self._row(paper, "embase", title=self._full_title(paper), authors=self._damaged(self._initials(paper)))
        row["journal"] = " ".join(w[: max(4, len(w) // 2)] for w in paper.journal.split() if w != "of")
        if self.random.random() < 0.4:
            row["doi"] = ""
        return row

    def scopus(self, paper: Paper) -> dict[str, str]:
        """Both titles, names run together, no abstract at times."""
        title = self._full_title(paper) + (f" [{paper.foreign}]" if paper.foreign else "")
        authors = "".join(f"{family} {'. '.join(g[0] for g in given.split())}." for family, given in paper.authors)
        row = self._row(paper, "scopus", title=self._typo(title), authors=authors)
        return row | ({"abstract": ""} if self.random.random() < 0.3 else {})

    def _damaged(self, text: str) -> str:
        r = self.random
        if r.random() < 0.8:
            return text
        place = r.randrange(len(text))
        letter = _ACCENTS.get(text[place], text[place])
        return text[:place] + (letter if r.random() < 0.5 else letter.encode().decode("latin-1")) + text[place + 1 :]

    def _typo(self, text: str) -> str:
        if self.random.random() < 0.93 or len(text) < 12:
            return text
        place = self.random.randrange(3, len(text) - 2)
        return text[:place] + text[place + 1 :]


def invent(papers: int, seed: int, part: int = 0) -> Iterator[dict[str, str]]:
    """Rows with the columns of :data:`COLUMNS` and ``group_id``, in an order that tells nothing.

    ``part``: other papers by the same people in the same journals, so that several processes can invent one literature.
    """
    inventor = Inventor(seed)
    if part:
        inventor.random.seed(f"{seed} {part}")
        inventor.serial = part * 100_000
    waiting: list[dict[str, str]] = []
    number = 0
    for _ in range(papers):
        paper = inventor.paper()
        relatives = inventor.relatives(paper)
        if relatives and relatives[0].group == paper.group:  # numbered parts: the first takes the paper's place
            paper, relatives = relatives[0], relatives[1:]
        for report in (paper, *relatives):
            waiting.extend(inventor.records(report))
        if len(waiting) > 5000:
            inventor.random.shuffle(waiting)
            for row in waiting[2500:]:
                number += 1
                yield row | {"id": f"r{number:08d}"}
            del waiting[2500:]
    for row in waiting:
        number += 1
        yield row | {"id": f"r{number:08d}"}


def write(folder: Path, papers: int, seed: int, most: int = 2**62) -> int:
    """Write records.csv and truth.csv; the number of records."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    records, truth = folder / "records.csv", folder / "truth.csv"
    with records.open("w", newline="", encoding="utf-8") as to, truth.open("w", encoding="utf-8") as labels:
        rows = csv.DictWriter(to, COLUMNS, restval="", extrasaction="ignore")
        rows.writeheader()
        labels.write("id,group_id\n")
        for row in invent(papers, seed):
            rows.writerow(row)
            labels.write(f"{row['id']},{row['group_id']}\n")
            count += 1
            if count == most:
                break
    return count


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("folder", type=Path)
    ask.add_argument("--papers", type=int, default=2000)
    ask.add_argument("--seed", type=int, default=7)
    options = ask.parse_args()
    print(write(options.folder, options.papers, options.seed), "records")


if __name__ == "__main__":
    main()

"""Labelled sets as other sources would have written them: fields lost, styles changed; and what the linker makes of it.

    python bench/dedupe/degrade.py SET_DIR [SET_DIR ...] [--only NAME ...] [--bib-python PYTHON] [--keep FOLDER]

A set is a folder with records.csv(.gz) and truth.csv. Each degradation strikes every second record or, where its name
says so, all, by a fixed draw; the truth stays as it was, so a copy that nothing tells apart any longer counts as
left. Printed: removals (right / wrong / left) summed over the sets. --keep writes the degraded tables, to read.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import random
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from livingscan.dedupe.engine import find_duplicates
from livingscan.dedupe.item import item_from_row
from livingscan.dedupe.names import split_authors

Row = dict[str, str]
Change = Callable[[Row, random.Random], None]
HERE = Path(__file__).parent
_GIVEN = "Ada Ben Carla Dmitri Elin Femi Greta Hugo Ines Jan Kofi Lea Mio Nils Olga Pia Quinn Rosa Sven Tova".split()


def without(*names: str) -> Change:
    def change(row: Row, _: random.Random) -> None:
        for name in names:
            row[name] = ""

    return change


def _parted(row: Row) -> list[tuple[str, str]]:
    """(family, initials) of each author."""
    parts = []
    for name in split_authors(row["authors"]):
        if "," in name:
            family, _, given = name.partition(",")
        else:
            tokens = name.split()
            last = len(tokens)
            while last > 1 and len(tokens[last - 1].strip(".")) <= 2:
                last -= 1
            family, given = " ".join(tokens[:last]), " ".join(tokens[last:])
        initials = "".join([w[0].upper() for w in re.findall(r"[^\W\d_]+", given)])
        parts.append((family.strip(), initials))
    return parts


def _full(initials: str) -> str:
    """Initials as given names: the first spelt out, always the same for a letter."""
    if not initials:
        return ""
    first = next((g for g in _GIVEN if g[0] == initials[0]), initials[0] + "an")
    return " ".join([first, *(i + "." for i in initials[1:])])


def first_last(row: Row, _: random.Random) -> None:
    row["authors"] = "; ".join(f"{_full(i)} {f}".strip() for f, i in _parted(row))


def comma_list(row: Row, _: random.Random) -> None:
    row["authors"] = ", ".join(f"{f} {i}".strip() for f, i in _parted(row))


def last_comma_initials(row: Row, _: random.Random) -> None:
    row["authors"] = ", ".join(f"{f}, {''.join(x + '.' for x in i)}" if i else f for f, i in _parted(row))


def ands(row: Row, _: random.Random) -> None:
    row["authors"] = " and ".join(f"{f}, {_full(i)}".strip(" ,") for f, i in _parted(row))


def first_author_only(row: Row, _: random.Random) -> None:
    row["authors"] = "; ".join(f"{f}, {i}".strip(" ,") for f, i in _parted(row)[:1])


def et_al(row: Row, _: random.Random) -> None:
    parts = _parted(row)
    row["authors"] = ", ".join(f"{f} {i}".strip() for f, i in parts[:3]) + (", et al." if len(parts) > 3 else "")


def surnames(row: Row, _: random.Random) -> None:
    row["authors"] = ", ".join(f for f, _ in _parted(row))


def capitals(row: Row, _: random.Random) -> None:
    row["title"] = row["title"].upper()


def markup(row: Row, r: random.Random) -> None:
    """A word in italics, an ampersand as an entity, letters damaged."""
    words = row["title"].split()
    if words:
        at = r.randrange(len(words))
        words[at] = f"<i>{words[at]}</i>" if r.random() < 0.5 else f"&lt;em&gt;{words[at]}&lt;/em&gt;"
    title = " ".join(words).replace(" and ", " &amp; ").replace("-", "\u2010").replace("'", "\u2019")
    row["title"] = title.encode().decode("cp1252", "replace") if r.random() < 0.3 else title


def in_brackets(row: Row, _: random.Random) -> None:
    row["title"] = f"[{row['title'].strip(' .')}]."


def with_journal(row: Row, _: random.Random) -> None:
    row["title"] = f"{row['title'].strip(' .')}. {row['journal'] or row.get('booktitle', '')}".strip()


def no_subtitle(row: Row, _: random.Random) -> None:
    head = re.split(r"[:?] |\. ", row["title"])[0]
    row["title"] = head if len(head.split()) >= 3 else row["title"]


def cut_title(row: Row, _: random.Random) -> None:
    title = row["title"]
    row["title"] = title[:80].rsplit(" ", 1)[0] + "..." if len(title) > 90 else title


def pages(row: Row, r: random.Random) -> None:
    found = re.fullmatch(r"(\d+)\s*-+\s*(\d+)", row["pages"].strip())
    if not found:
        return
    first, last = found.groups()
    same = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), 0)
    styles = [first, f"{first}--{last}", f"pp. {first}-{last}", f"{first}\u2013{last}"]
    row["pages"] = r.choice([*styles, f"{first}-{last[same:]}"] if len(first) == len(last) else styles)


def year_off(row: Row, r: random.Random) -> None:
    if row["year"].isdigit():
        row["year"] = str(int(row["year"]) + r.choice((-1, 1)))


def abbreviated(row: Row, _: random.Random) -> None:
    small = {"of", "the", "and", "in", "for", "&", "on"}
    words = [w for w in row["journal"].split() if w.lower() not in small]
    if len(words) > 1:
        row["journal"] = " ".join(w if len(w) <= 5 else w[: 4 if len(w) < 9 else 5] for w in words)


def doi_style(row: Row, r: random.Random) -> None:
    doi = row["doi"].strip()
    if doi:
        doi = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", doi, flags=re.I)
        row["doi"] = r.choice(
            (f"https://doi.org/{doi}", f"http://dx.doi.org/{doi.upper()}", f"doi:{doi}", f"DOI: {doi}.",
             doi.replace("/", "%2F"), f"{doi};", f" {doi.upper()} ")
        )  # fmt: skip


def doi_in_url(row: Row, _: random.Random) -> None:
    if row["doi"]:
        row["url"], row["doi"] = f"https://doi.org/{row['doi']}", ""


def interface(row: Row, r: random.Random) -> None:
    """As one of five interfaces would return the record."""
    kind = r.randrange(5)
    if kind == 0:  # given names first, place often unknown
        first_last(row, r)
        if r.random() < 0.6:
            without("journal", "booktitle", "volume", "number", "pages", "abstract")(row, r)
    elif kind == 1:  # title without subtitle, year of online publication, DOI in capitals, no abstract
        if r.random() < 0.3:
            no_subtitle(row, r)
        if r.random() < 0.3:
            year_off(row, r)
        markup(row, r)
        row["doi"] = row["doi"].upper()
        row["abstract"] = ""
    elif kind == 2:  # abbreviated journal, initials, pages cut short, trailing period
        comma_list(row, r)
        abbreviated(row, r)
        pages(row, r)
        row["title"] += "."
    elif kind == 3:  # neither place nor abstract, and only the year and the DOI as an address
        without("journal", "booktitle", "volume", "number", "pages", "abstract")(row, r)
        doi_in_url(row, r)
    else:
        et_al(row, r)
        without("number", "abstract")(row, r)
        if r.random() < 0.5:
            row["doi"] = ""


PLACE = ("journal", "booktitle", "volume", "number", "pages")
HALF: dict[str, Change] = {
    "no place, no abstract": without(*PLACE, "abstract"),
    "no place, abstract, DOI": without(*PLACE, "abstract", "doi"),
    "no abstract": without("abstract"),
    "no pages": without("pages"),
    "no journal": without("journal", "booktitle"),
    "no volume, number": without("volume", "number"),
    "no DOI": without("doi"),
    "no authors": without("authors"),
    "no year": without("year"),
    "title, authors": without(*PLACE, "abstract", "doi", "year"),
    "title, year, DOI": without(*PLACE, "abstract", "authors"),
    "title, year": without(*PLACE, "abstract", "authors", "doi"),
    "Given Family; ...": first_last,
    "Family GH, ...": comma_list,
    "Family, G.H., ...": last_comma_initials,
    "Family, Given and ...": ands,
    "first author only": first_author_only,
    "three authors, et al.": et_al,
    "surnames only": surnames,
    "TITLE": capitals,
    "title with markup": markup,
    "[title].": in_brackets,
    "title. journal": with_journal,
    "title without subtitle": no_subtitle,
    "title cut...": cut_title,
    "page styles": pages,
    "year off by one": year_off,
    "journal abbreviated": abbreviated,
    "DOI styles": doi_style,
    "DOI in url": doi_in_url,
    "interfaces": interface,
}
ALL: dict[str, Change] = {
    "all: no place, no abstract": without(*PLACE, "abstract"),
    "all: title, authors, year": without(*PLACE, "abstract", "doi"),
    "all: no DOI": without("doi"),
    "all: interfaces": interface,
}


def degraded(rows: list[Row], name: str) -> Iterator[Row]:
    """The rows of a set, degraded; the same each time."""
    change = HALF.get(name) or ALL.get(name)
    for row in rows:
        r = random.Random(f"{name} {row['id']}")
        row = dict(row)
        if change and (name in ALL or r.random() < 0.5):
            change(row, r)
        yield row


def rows_of(folder: Path) -> list[Row]:
    path = next(p for p in (folder / "records.csv.gz", folder / "records.csv") if p.exists())
    csv.field_size_limit(2**31 - 1)
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8", newline="") as file:  # type: ignore[operator]
        return [{"url": "", "number": "", "booktitle": "", **row} for row in csv.DictReader(file)]


def removals(truth: dict[str, str], groups: dict[str, str]) -> tuple[int, int, int]:
    """(right, wrong, left) of a partition against the truth."""
    cells = len({(truth[name], groups[name]) for name in truth})
    return len(truth) - cells, cells - len(set(groups.values())), cells - len(set(truth.values()))


def write(rows: list[Row], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def by_bib_dedupe(python: Path, rows: list[Row], scratch: Path) -> dict[str, str]:
    write(rows, scratch / "records.csv")
    command = [python, HERE / "peer_bib_dedupe.py", scratch / "records.csv", scratch / "out.csv"]
    subprocess.run([str(part) for part in command], check=True, capture_output=True)
    with (scratch / "out.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["group_id"] for row in csv.DictReader(file)}


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("sets", nargs="+", type=Path)
    ask.add_argument("--only", nargs="*", default=[])
    ask.add_argument("--bib-python", type=Path)
    ask.add_argument("--keep", type=Path)
    ask.add_argument("--each", action="store_true", help="a line for each set as well")
    options = ask.parse_args()
    names = options.only or ["nothing", *HALF, *ALL]
    sets = {folder.name: rows_of(folder) for folder in options.sets}
    truths = {
        f.name: dict(line.split(",") for line in (f / "truth.csv").read_text("utf-8").split()[1:]) for f in options.sets
    }
    print(f"{'degradation':30}{'livingscan':>22}{'asked':>7}{'bib-dedupe':>22}")
    with tempfile.TemporaryDirectory() as scratch:
        for name in names:
            ours, theirs, asked = [0, 0, 0], [0, 0, 0], 0
            parts = []
            for set_name, rows in sets.items():
                worse = list(degraded(rows, name))
                found = find_duplicates([item_from_row(row) for row in worse], workers=1)
                asked += len(found.queue)
                mine = removals(truths[set_name], found.groups)
                ours = [a + b for a, b in zip(ours, mine, strict=True)]
                parts.append(f"{set_name[:6]} {mine[1]}/{mine[2]}")
                if options.keep:
                    options.keep.mkdir(parents=True, exist_ok=True)
                    write(worse, options.keep / (re.sub(r"\W+", "_", f"{set_name} {name}") + ".csv"))
                if options.bib_python:
                    peer = by_bib_dedupe(options.bib_python, worse, Path(scratch))
                    theirs = [a + b for a, b in zip(theirs, removals(truths[set_name], peer), strict=True)]
            shown = "{:8} /{:4} /{:5}".format
            print(f"{name:30}{shown(*ours):>22}{asked:7}{shown(*theirs) if options.bib_python else '':>22}"
                  + ("   " + ", ".join(parts) if options.each else ""), flush=True)  # fmt: skip


if __name__ == "__main__":
    main()

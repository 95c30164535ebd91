"""Known items: studies that a good search must find, and the rule for a changed strategy.

Recall is looked up in the store (what the present strategy has found) or asked of the source itself: is the
paper in the source at all, and does the strategy find it there? Only papers that a source holds count.
A changed strategy is accepted when it loses none of the known items that the one before it finds.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rapidfuzz import fuzz

from livingscan import sources
from livingscan.errors import UserError
from livingscan.progress import Progress, no_progress
from livingscan.records import Window, normalise_doi, normalise_pmid
from livingscan.reviewfiles import read_text
from livingscan.sources.http import Http
from livingscan.store import health_queries, known_queries
from livingscan.tidy import one_line

if TYPE_CHECKING:
    from livingscan.protocol import Protocol
    from livingscan.settings import Settings
    from livingscan.store import Store

COLUMNS = ("title", "authors", "year", "journal", "doi", "pmid", "arm", "status", "note")
_ALIKE = 93.0  # of 100; titles that agree so far are the same, cf. punctuation and spelling
_WORDS = 6  # long words of a title that are looked for
_SMALL = frozenset({"from", "have", "into", "that", "their", "these", "they", "this", "those", "what", "when", "with"})


@dataclass(frozen=True, slots=True)
class KnownItem:
    """A study that a good search must find; ``doi`` and ``pmid`` normalised, "" where they are not known."""

    title: str
    authors: str = ""
    year: int | None = None
    doi: str = ""
    pmid: str = ""
    arm: str = ""


@dataclass(frozen=True, slots=True)
class Recall:
    """Which known items a strategy finds in a source.

    Attributes:
        source: short name. basis: "store" or "asked".
        found, missing: titles of items. not_held: items that the source does not have (asked only).
        note: why there is no figure, "" where there is one.
    """

    source: str
    basis: Literal["store", "asked"]
    found: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    not_held: tuple[str, ...] = ()
    note: str = ""

    @property
    def share(self) -> float | None:
        """Found of those that count, 0 to 1; None where none counts."""
        whole = len(self.found) + len(self.missing)
        return len(self.found) / whole if whole else None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Whether a changed strategy may take the place of the one before, and which items it loses and gains."""

    accepted: bool
    lost: tuple[str, ...]
    gained: tuple[str, ...]
    reason: str


def load_known_items(path: Path) -> tuple[KnownItem, ...]:
    """Read the list of known items.

    Args:
        path: a CSV file in UTF-8 with a header; "title" is needed, the others of COLUMNS may be empty.

    Raises:
        UserError: the file is missing, has no such column, or a row cannot be right; with its line.
    """
    text = read_text(path, "list there the studies that a good search must find, or leave the test out")
    reader = csv.DictReader(text.splitlines(), strict=True)
    items = []
    try:
        if "title" not in (reader.fieldnames or ()):
            raise UserError(f"{path}: the first line must name the columns: {', '.join(COLUMNS)}")
        for row in reader:
            items.append(_item(row, f"{path}, line {reader.line_num}"))
    except csv.Error as error:
        raise UserError(f"{path}, line {reader.line_num}: not valid CSV: {error}") from error
    return tuple(items)


def _item(row: dict[str, str | None], where: str) -> KnownItem:
    def value(name: str) -> str:
        return one_line(row.get(name) or "")

    title, year, doi, pmid = value("title"), value("year"), value("doi"), value("pmid")
    if not title:
        raise UserError(f"{where}: the title is empty")
    if year and not re.fullmatch(r"\d{4}", year):
        raise UserError(f"{where}: {year!r} is no year")
    for text, normal, what in ((doi, normalise_doi(doi), "DOI"), (pmid, normalise_pmid(pmid), "PMID")):
        if text and not normal:
            raise UserError(f"{where}: {text!r} is no {what}")
    return KnownItem(
        title, value("authors"), int(year) if year else None, normalise_doi(doi), normalise_pmid(pmid), value("arm")
    )


# --- from the store --------------------------------------------------------------------------------


def recall_in_store(store: Store, protocol: Protocol, items: Sequence[KnownItem]) -> tuple[Recall, ...]:
    """Which known items the present strategies have found, for each enabled source.

    Args:
        store: the review's database. protocol: names the sources. items: what to look for.
    """
    history = health_queries.searches(store)
    strategies = health_queries.strategy_ids(store)
    found = []
    for name in protocol.enabled_sources:
        strategy_id = strategies.get((name, protocol.strategy(name).sha256))
        good = [row for row in history.get(name, []) if row.good and row.strategy_id == strategy_id]
        first_full = next((row.id for row in good if row.full), None)
        if strategy_id is None or first_full is None:
            note = "the present strategy has not been searched completely yet"
            found.append(Recall(name, "store", note=note))
            continue
        hit = _in_store(store, name, strategy_id, first_full, items)
        found.append(
            Recall(
                name,
                "store",
                tuple(item.title for item in items if item in hit),
                tuple(item.title for item in items if item not in hit),
            )
        )
    return tuple(found)


def _in_store(
    store: Store, source: str, strategy_id: int, first_full: int, items: Sequence[KnownItem]
) -> set[KnownItem]:
    ids = {(kind, value) for item in items for kind, value in (("doi", item.doi), ("pmid", item.pmid)) if value}
    carried = known_queries.with_identifiers(store, source, strategy_id, first_full, ids) if ids else set()
    hit = {item for item in items if {("doi", item.doi), ("pmid", item.pmid)} & carried}
    rest = [item for item in items if item not in hit]
    rows = [long_words(item.title) for item in rest]
    for candidate in known_queries.with_words(store, source, strategy_id, first_full, [row for row in rows if row]):
        hit |= {item for item in rest if same_paper(item, candidate.title, candidate.year)}
    return hit


def long_words(title: str) -> list[str]:
    """The longest words of a title, in their order, at most six; plain letters and digits."""
    words = [word for word in re.findall(r"[a-z0-9]+", title.lower()) if len(word) > 3 and word not in _SMALL]
    longest = sorted(sorted(range(len(words)), key=lambda at: -len(words[at]))[:_WORDS])
    return [words[at] for at in longest]


def same_paper(item: KnownItem, title: str, year: int | None) -> bool:
    """Whether a record's title and year are those of a known item; a subtitle may lack, a year be off by one."""
    if item.year and year and abs(item.year - year) > 1:
        return False
    ours, theirs = (" ".join(re.findall(r"\w+", text.casefold())) for text in (item.title, title))
    shorter, longer = sorted((ours, theirs), key=len)
    if len(shorter.split()) >= 4 and longer.startswith(shorter + " "):
        return True
    return ours == theirs or fuzz.ratio(ours, theirs) >= _ALIKE


# --- from the source -------------------------------------------------------------------------------


def _quoted(text: str) -> str:
    return '"' + " ".join(re.findall(r"[\w'\u2019-]+", text)) + '"'


def _words_in(tag: str) -> Callable[[str], str]:
    """Every long word of a title, each in a field: a phrase need not be in PubMed's phrase index."""
    return lambda title: "(" + " AND ".join(f"{word}[{tag}]" for word in long_words(title)) + ")"


# How each source is asked for one paper: by DOI, by PMID, by title; "" where it cannot be.
_CLAUSES: dict[str, tuple[str, str, Callable[[str], str]]] = {
    "pubmed": ('"{}"[aid]', "{}[uid]", _words_in("ti")),
    "europepmc": ('DOI:"{}"', "(EXT_ID:{} AND SRC:MED)", lambda title: f"TITLE:{_quoted(title)}"),
    "openalex": ("", "", _quoted),
    "semanticscholar": ("", "", _quoted),
    "doaj": ('doi:"{}"', "", lambda title: f"bibjson.title:{_quoted(title)}"),
    "core": ('doi:"{}"', "", lambda title: f"title:{_quoted(title)}"),
    "eric": ("", "", lambda title: f"title:{_quoted(title)}"),
    "scopus": ('DOI("{}")', "PMID({})", lambda title: f"TITLE({_quoted(title)})"),
    "wos": ('DO=("{}")', "PMID=({})", lambda title: f"TI=({_quoted(title)})"),
    "lens": ('doi:"{}"', "pmid:{}", lambda title: f"title:{_quoted(title)}"),
}


def clause(source: str, item: KnownItem) -> str:
    """What a source is asked for, to find this paper alone; "" where it cannot be asked for one paper."""
    if source not in _CLAUSES:
        return ""
    doi, pmid, title = _CLAUSES[source]
    parts = [doi.format(item.doi) if doi and item.doi else "", pmid.format(item.pmid) if pmid and item.pmid else ""]
    if not any(parts) and long_words(item.title):
        parts.append(title(item.title))
    parts = [part for part in parts if part]
    return f"({' OR '.join(parts)})" if len(parts) > 1 else "".join(parts)


def ask(
    source: str,
    strategy: str,
    items: Sequence[KnownItem],
    settings: Settings,
    progress: Progress = no_progress,
) -> Recall:
    """Ask a source which known items a strategy finds in it; two counts for each item, no records.

    Args:
        source: short name.
        strategy: the text as run.
        items: what to look for.
        settings: keys, contact, and where the source answers.
        progress: told after each item.

    Raises:
        UserError: no such source. SourceError: it did not answer, or needs a key.
    """
    if source not in _CLAUSES:
        return Recall(source, "asked", note="this source cannot be asked for a single paper")
    http = Http.from_settings(settings)
    joined = "+" if source == "semanticscholar" else "AND"

    def count(text: str) -> int:
        return sources.create(source, http, text, settings).promise(Window()).count or 0

    found, missing, not_held = [], [], []
    for number, item in enumerate(items, 1):
        alone = clause(source, item)
        if not alone or not count(alone):
            not_held.append(item.title)
        elif count(f"({strategy}) {joined} {alone}"):
            found.append(item.title)
        else:
            missing.append(item.title)
        progress(number, len(items), item.title)
    return Recall(source, "asked", tuple(found), tuple(missing), tuple(not_held))


def judge_change(before: Recall, after: Recall) -> Acceptance:
    """The rule for a changed strategy: it may lose none of the known items that the one before it finds.

    Args:
        before, after: the recall of the old and of the new strategy, on the same items and source.
    """
    lost = tuple(title for title in before.found if title not in after.found)
    gained = tuple(title for title in after.found if title not in before.found)
    if lost:
        return Acceptance(
            False, lost, gained, f"loses {len(lost)} of {len(before.found)} known items: {'; '.join(lost)}"
        )
    return Acceptance(True, lost, gained, f"finds all {len(before.found)} known items that the one before found")

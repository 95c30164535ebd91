"""A corpus from a person's own file, in place of the synthetic one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from livingscan import clock
from livingscan.errors import DataError, UserError
from livingscan.formats import read_file
from livingscan.records import Fetched, Record
from livingscan.sandbox.works import Copy, Corpus, Work

_FIRST_ID = 980_000_000


def corpus_from_file(path: str | Path, today: date | None = None) -> Corpus:
    """Serve the records of any file that livingscan can read.

    Every record is found: the review's strategy is ignored, since the file need not fit it; date
    windows still count. PubMed serves all records that have a PMID, from the file's own XML where
    it is PubMed XML; Europe PMC serves all the others, and nothing twice.

    Args:
        path: RIS, nbib, PubMed XML and whatever else ``livingscan.formats`` reads, also .gz.
        today: the day that counts as now; the clock's where None.

    Returns:
        The corpus.

    Raises:
        UserError: no file there, or no record could be read from it.
        DataError: it is no file of records, or an empty one.
    """
    when = today or clock.today()
    copies: dict[tuple[str, str], Copy] = {}
    try:
        for number, item in enumerate(read_file(Path(path))):
            if isinstance(item, Fetched):
                copy = _copy(item, number, when)
                name = (copy.record.source, copy.record.source_id)
                # One PMID may stand in a file in several versions; PubMed serves the last.
                if name not in copies or _version(copy) >= _version(copies[name]):
                    copies[name] = copy
    except DataError:
        # A file that ends badly still serves what could be read before.
        if not copies:
            raise
    if not copies:
        raise UserError(f"no record could be read from {path}: nothing to serve. Try: livingscan convert {path}")
    works = tuple(Work(f"file-{n:06d}", f"file-{n:06d}", None, (copy,)) for n, copy in enumerate(copies.values()))
    return Corpus(works, when, f"{len(works)} records from {Path(path).name}", ignore_text=True)


def _version(copy: Copy) -> int:
    text = copy.record.source_version
    return int(text) if text.isdigit() else 1


def _copy(item: Fetched, number: int, today: date) -> Copy:
    record = item.record
    added, revised = _days(record, number, today)
    if record.pmid:
        raw = item.raw if item.raw.lstrip().startswith("<Pubmed") else ""
        return Copy(replace(record, source="pubmed", source_id=record.pmid, added=added, revised=revised), raw=raw)
    # Europe PMC's PMC ids are unique there; others get one that is plainly made up.
    identifier = record.pmcid or f"SBX{_FIRST_ID + number}"
    kind = "PMC" if record.pmcid else "AGR"
    return Copy(replace(record, source="europepmc", source_id=f"{kind}:{identifier}", added=added, revised=revised))


def _days(record: Record, number: int, today: date) -> tuple[date, date]:
    """When the record was added and revised: as the file says, else in its year, never after today."""
    guess = date(record.year, 1, 1) + timedelta(days=number % 300) if record.year else today - timedelta(days=365)
    added = min(record.added or guess, today)
    return added, max(added, min(record.revised or added, today))

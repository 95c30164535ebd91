"""Real exports of real databases: as many entries come out as an independent count finds, and none is unreadable."""

import csv
import gzip
import re
from collections import Counter

import openpyxl
import pytest
from Bio import Medline

from livingscan.formats import detect, read_file
from livingscan.records import Fetched, Unreadable, normalise_doi, normalise_issn, normalise_pmid
from tests.shared import SHARED, needs_shared

FILES = sorted(
    path
    for folder in ("exports", "topic")
    for path in (SHARED / folder).rglob("*")
    if path.is_file() and path.suffix != ".md"
)
# Two of its 61 entries are a type and an end; a table has a line that is no entry.
UNREADABLE = {"asreview__baseline_reference_types.ris": 2}
MARKS = {
    "ris": r"^\ufeff?TY\s+-",
    "nbib": r"^(?:PMID-|OWN - ERIC)",
    "wos": r"^PT ",
    "refer": r"^%T ",
    "bibtex": r"^@\w+\s*\{",
}


def count(path, format_name):
    """The entries of a file, counted without any reader of ours."""
    if format_name == "xlsx":
        rows = [[cell for cell in row if cell] for row in openpyxl.load_workbook(path).active.values]
        header = next(index for index, row in enumerate(rows) if len(row) > 4)
        return sum(len(row) > 1 for row in rows[header + 1 :])
    data = path.read_bytes()
    if format_name == "pubmed_xml":
        return gzip.decompress(data).count(b"<PubmedArticle>")
    text = data.decode("utf-8-sig")
    if format_name == "csv":
        mark = max(",;\t", key=text[:3000].count)
        rows = [
            [cell for cell in row if cell.strip()] for row in csv.reader(text.splitlines(keepends=True), delimiter=mark)
        ]
        header = next(index for index, row in enumerate(rows) if len(row) >= 2 and row[0] != "SEARCH QUERY")
        return sum(bool(row) for row in rows[header + 1 :]) - text.count("\ncitations that are not yet labeled")
    found = re.findall(MARKS[format_name], text.replace("\r\n", "\n"), re.M)
    return len(found) if format_name != "nbib" else len([mark for mark in found if mark == "PMID-"]) or len(found)


@needs_shared
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_entry_is_lost(path):
    format_name = detect(path)
    items = list(read_file(path))
    bad = [item for item in items if isinstance(item, Unreadable)]
    assert len(items) == count(path, format_name)
    assert len(bad) == UNREADABLE.get(path.name, 0), bad


@needs_shared
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_fields_are_what_they_are_called(path):
    for item in read_file(path):
        if isinstance(item, Unreadable):
            continue
        found = item.record
        assert found.source
        assert found.source_id
        assert normalise_doi(found.doi) == found.doi
        assert normalise_pmid(found.pmid) == found.pmid
        assert [normalise_issn(issn) for issn in found.issns] == list(found.issns)
        assert "\n" not in found.title
        assert not re.search(r"</?(?:i|b|sup|sub|p|h4)>|&(?:amp|lt|gt|quot);", found.title + found.abstract)
        assert all(re.fullmatch(r"[a-z]{3}", code) for code in found.language.split(";") if code)
        assert not [name for name in found.authors if re.search(r"[;|@]|\d{5}", name)]
        assert item.raw


@needs_shared
def test_nbib_agrees_with_biopython():
    """Bio.Medline is another reader of the same format: every field that both have says the same."""
    compared = 0
    for path in FILES:
        if detect(path) != "nbib":
            continue
        with path.open(encoding="utf-8-sig") as stream:
            theirs = {entry["PMID"]: entry for entry in Medline.parse(stream) if "PMID" in entry}
        for item in read_file(path):
            assert isinstance(item, Fetched)
            found = item.record
            if found.pmid not in theirs:
                continue
            entry = theirs[found.pmid]
            compared += 1
            assert found.title == " ".join(entry["TI"].split())
            assert found.abstract.split() == entry.get("AB", "").split()
            assert sorted(found.authors) == sorted([*entry.get("FAU", ()), *entry.get("CN", ())])
            assert found.journal == entry.get("JT", entry.get("BTI", [""])[0])
            assert list(found.publication_types) == entry["PT"]
            assert found.language == ";".join(entry["LA"])
            assert (
                f"{found.doi} [doi]" in " ".join([*entry.get("AID", ()), entry.get("LID", "")]).lower() or not found.doi
            )
    assert compared > 150


@needs_shared
def test_the_same_paper_gives_the_same_fields_from_every_export():
    """One set of papers went through Embase, EndNote, Mendeley, Rayyan, Covidence, EPPI-Reviewer and Zotero."""
    folder = SHARED / "exports" / "asreview_formatting"
    names = [
        "embase.ris", "embase.csv", "embase.xlsx", "excel.csv", "endnote.ris", "mendeley.ris", "rayyan.ris",
        "rayyan.csv", "covidence_endnote.ris", "covidence_zotero.ris", "covidence.csv", "zotero.ris", "zotero.csv",
        "refworks.ris", "eppireviewer.ris",
    ]  # fmt: skip
    papers = Counter()
    for name in names:
        for item in read_file(folder / f"baseline_{name}"):
            assert isinstance(item, Fetched)
            found = item.record
            first = found.authors[0].split(",")[0]
            papers[found.doi, found.title.lower().strip("."), found.year, first, found.volume] += 1
    assert len(papers) == len({title for _, title, *_ in papers}) == 12
    assert sum(papers.values()) == 10 * len(names)

import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from livingscan.errors import DataError
from livingscan.formats import detect, read_file, workbook
from livingscan.records import Fetched, Unreadable


@pytest.fixture
def save(tmp_path):
    def made(*sheets, name="book.xlsx"):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets:
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        path = tmp_path / name
        book.save(path)
        return path

    return made


def records(path):
    return [item.record for item in read_file(path) if isinstance(item, Fetched)]


def test_a_title_row_before_the_header_numbers_dates_and_formulas(save):
    path = save(
        (
            "records",
            [
                ["My export"],
                [],
                ["Lens ID", "Title", "Date Published", "Publication Year", "Volume", "PMID", "Author/s", "Abstract"],
                ["000-463-679-101-319", "T", date(2012, 7, 3), 2012.0, 15, 22752652, "Ann Bell", "=1+1"],
                ["000-463-679-101-320", "U", datetime(2013, 1, 2), 2013, 16, None, None, None],
            ],
        )
    )
    assert detect(path) == "xlsx"
    first, second = records(path)
    assert (first.source, first.year, first.volume, first.pmid) == ("lens", 2012, "15", "22752652")
    assert str(first.published) == "2012-07-03"
    assert first.abstract == "=1+1"
    assert first.authors == ("Bell, Ann",)
    assert str(second.published) == "2013-01-02"


def test_every_sheet_with_records_is_read_and_others_are_passed_over(save):
    path = save(
        ("Notes", [["Exported by a librarian"], ["on some day"]]),
        ("A", [["Title", "DOI"], ["One", "10.1000/1"]]),
        ("B", [["Title", "DOI"], ["Two", "10.1000/2"], ["Too many", "10.1000/3", "cells"]]),
    )
    items = list(read_file(path))
    assert [item.record.title for item in items if isinstance(item, Fetched)] == ["One", "Two"]
    (bad,) = (item for item in items if isinstance(item, Unreadable))
    assert bad.where == "book.xlsx [B]:3"


def test_a_workbook_without_records_says_so(save):
    with pytest.raises(DataError, match="no sheet has a row of column headers"):
        list(read_file(save(("A", [["Budget", "2024"], ["Tea", 5]]))))


def test_a_workbook_under_any_name(save):
    path = save(("A", [["Title", "DOI"], ["One", "10.1000/1"]]), name="export.csv")
    assert [found.title for found in records(path)] == ["One"]


def test_a_bomb_is_refused(save, monkeypatch):
    path = save(("A", [["Title", "DOI"], ["One", "x" * 30_000]]))
    monkeypatch.setattr(workbook, "LARGEST_WHOLE", 20_000)
    with pytest.raises(DataError, match="unpacks to more than"):
        list(read_file(path))


def test_entities_inside_are_refused(save, tmp_path):
    path = save(("A", [["Title", "DOI"], ["One", "10.1000/1"]]))
    evil = tmp_path / "evil.xlsx"
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(evil, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename.endswith(("sheet1.xml", "sharedStrings.xml")):
                head, mark, rest = data.partition(b"?>")
                data = head + mark + bomb.encode() + rest if mark else bomb.encode() + data
            new.writestr(entry, data)
    with pytest.raises(DataError, match="damaged"):
        list(read_file(evil))


def test_damage_is_told_in_one_line(save, tmp_path):
    whole = save(("A", [["Title", "DOI"], ["One", "10.1000/1"]])).read_bytes()
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError) as told:
        list(read_file(cut))
    assert "\n" not in str(told.value)

"""What is read, and what is said of what cannot be read."""

import csv
import gzip
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from livingscan.cli.dedupe import read_decisions, safe_cell
from livingscan.dedupe.files import read_items
from livingscan.dedupe.table import read_table
from livingscan.errors import UserError

HEAD = "id,title,authors,year,journal,volume,number,pages,doi,abstract\n"
ROWS = (
    'r1,Ward rounds in long corridors of district hospitals,"Marsh, E; Okafor, C",2018,Wards,12,3,221-8,10.5555/w.1,\n'
    'r2,Ward rounds in long corridors of district hospitals,"Marsh, Eleanor; Okafor, Chidi",2018,,,,,10.5555/W.1,\n'
    'r3,Falls at night on surgical wards: an audit of staffing,"Sato, K",2011,Ward Care,5,1,9-14,,\n'
    'r4,=Falls at night on surgical wards,"Sato, K",2011,,,,,,\n'
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "records.csv"
    path.write_text(HEAD + ROWS, "utf-8")
    return path


def run(*arguments: object) -> Result:
    import typer

    from livingscan.cli.dedupe import dedupe

    app = typer.Typer()
    app.command()(dedupe)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_record_gets_a_group(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "groups.csv"
    result = run(table, "--out", out)
    assert result.exit_code == 0, result.output
    assert [(row["id"], row["group_id"]) for row in rows(out)][:3] == [("r1", "r1"), ("r2", "r1"), ("r3", "r3")]
    assert "4 records" in result.output


def test_pairs_are_explained_and_no_cell_is_a_formula(table: Path, tmp_path: Path) -> None:
    explained, queue = tmp_path / "pairs.csv", tmp_path / "queue.csv"
    assert run(table, "--out", tmp_path / "g.csv", "--explain", explained, "--queue", queue).exit_code == 0
    pairs = {(row["id_1"], row["id_2"]): row for row in rows(explained)}
    assert pairs["r1", "r2"]["relation"] == "same"
    assert pairs["r1", "r2"]["joined"] == "yes"
    assert "same DOI" in pairs["r1", "r2"]["reasons"]
    assert pairs["r3", "r4"]["title_2"].startswith("'=Falls")
    assert not [
        cell
        for row in [*rows(explained), *rows(queue)]
        for cell in row.values()
        if cell.startswith(("=", "+", "-", "@"))
    ]


def test_decisions_are_taken_from_a_filled_in_queue(table: Path, tmp_path: Path) -> None:
    said = tmp_path / "said.csv"
    said.write_text("id_1,id_2,decision\nr1,r2,different\nr3,r1,same\nr3,r4,\n", "utf-8")
    out = tmp_path / "groups.csv"
    assert run(table, "--out", out, "--decisions", said).exit_code == 0
    group = {row["id"]: row["group_id"] for row in rows(out)}
    assert group["r1"] != group["r2"]
    assert group["r3"] == group["r1"]


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        ("", 3, "the file is empty"),
        ("id,titel\n1,a\n", 2, "no column called title (found: id, titel)"),
        ("nr,title\n1,a\n", 2, "no column called id"),
        ("id,title\n1,a\n2,b\n1,c\n", 2, "line 4: the id '1' occurs a second time"),
        ("id,title\n1,a\n,b\n", 2, "line 3: this row has no id"),
        ("id,title\n", 3, "no records in it"),
    ],
)
def test_bad_input_is_one_clear_line_and_leaves_nothing(tmp_path: Path, content: str, code: int, says: str) -> None:
    path, out = tmp_path / "bad.csv", tmp_path / "out.csv"
    path.write_text(content, "utf-8")
    out.write_text("what was here before", "utf-8")
    result = run(path, "--out", out)
    assert result.exit_code == code
    message = result.stderr.strip()
    assert says in message
    assert "\n" not in message
    assert "bad.csv" in message
    assert out.read_text("utf-8") == "what was here before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.csv", "out.csv"]


def test_a_cut_off_archive(table: Path, tmp_path: Path) -> None:
    path = tmp_path / "records.csv.gz"
    path.write_bytes(gzip.compress(table.read_bytes())[:-20])
    result = run(path, "--out", tmp_path / "out.csv")
    assert result.exit_code == 3
    assert "damaged or cut off" in result.stderr
    assert not (tmp_path / "out.csv").exists()


def test_no_such_file_and_no_such_folder(table: Path, tmp_path: Path) -> None:
    assert "no such file" in run(tmp_path / "none.csv", "--out", tmp_path / "o.csv").stderr
    assert "cannot be written" in run(table, "--out", tmp_path / "none" / "o.csv").stderr
    assert "same name" in run(table, "--out", tmp_path / "o.csv", "--queue", tmp_path / "o.csv").stderr


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "records.csv"
    path.write_bytes("id,title\n1,Köln\n".encode(encoding))
    assert [item.title for item in read_table(path)] == ["Köln"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_nul_and_line_breaks_in_cells(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "records.csv"
    path.write_bytes(separator.join(("id", "title", "year")).encode() + b"\r\n" + separator.join(
        ('"1"', '"Ward\x00 rounds\r\nat night"', "2018a")).encode() + b"\r\n\r\n")  # fmt: skip
    items = list(read_table(path))
    assert [(item.id, item.title.split(), item.year) for item in items] == [
        ("1", ["Ward", "rounds", "at", "night"], 2018)
    ]


def test_a_title_of_two_megabytes_is_no_problem(tmp_path: Path) -> None:
    path, out = tmp_path / "records.csv", tmp_path / "out.csv"
    path.write_text("id,title\n1," + "word " * 400_000 + "\n2," + "x" * 2_000_000 + "\n", "utf-8")
    assert run(path, "--out", out).exit_code == 0
    assert len(rows(out)) == 2


def test_other_formats_are_read(tmp_path: Path) -> None:
    path = tmp_path / "export.ris"
    entry = "TY  - JOUR\nTI  - Ward rounds in long corridors of hospitals\nAU  - Marsh, Eleanor\nPY  - 2018\n{}ER  - \n"
    path.write_text(entry.format("DO  - 10.5555/w.1\nJO  - Ward Care\n") + entry.format("DO  - 10.5555/w.1\n"), "utf-8")
    items = list(read_items([path], lambda entry: pytest.fail(entry.reason)))
    assert len({item.id for item in items}) == 2
    out = tmp_path / "out.csv"
    assert run(path, "--out", out).exit_code == 0
    assert len({row["group_id"] for row in rows(out)}) == 1


def test_overlapping_files_keep_their_records_apart_and_link_them(table: Path, tmp_path: Path) -> None:
    twin = tmp_path / "again"
    twin.mkdir()
    for folder in (tmp_path, twin):
        (folder / "other.csv").write_text(
            'id,title,authors,year\nr1,Ward,Lind,2001\nnew,Corridors of care and their time,"Marsh, Eleanor",2002\n',
            "utf-8",
        )
    out = tmp_path / "o.csv"
    assert run(table, tmp_path / "other.csv", twin / "other.csv", "--out", out).exit_code == 0
    group = {row["id"]: row["group_id"] for row in rows(out)}
    assert {"r1", "other.csv:r1", "other.csv:r1#2", "new", "other.csv:new"} <= set(group)
    assert group["new"] == group["other.csv:new"]
    assert group["r1"] != group["other.csv:r1"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("r1,r2,perhaps", "'perhaps' is no decision"),
        ("r1,r9,same", "'r9' is no other record"),
        ("r1,r1,same", "'r1' is no other record"),
    ],
)
def test_unknown_decisions_are_refused(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "said.csv"
    path.write_text(f"id_1,id_2,decision\n{line}\n", "utf-8")
    with pytest.raises(UserError, match="line 2") as caught:
        read_decisions(path, {"r1", "r2"})
    assert says in str(caught.value)


def test_cells_are_guarded() -> None:
    assert safe_cell("=1+1") == "'=1+1"
    assert safe_cell("plain") == "plain"


@pytest.mark.parametrize(
    "rows_written",
    [
        '2,"unclosed,2002\n3,Third,2003\n4,Fourth,2004\n',  # to the end of the file
        '2,"unclosed,2002\n3,"Third, again",2003\n4,Fourth,2004\n',  # to the next row's quote
    ],
)
def test_a_quote_that_is_never_closed_costs_no_other_row(tmp_path: Path, rows_written: str) -> None:
    path = tmp_path / "records.csv"
    path.write_text('id,title,year\n1,"First, of\ntwo lines",2001\n' + rows_written, "utf-8")
    items = list(read_table(path))
    assert [item.id for item in items] == ["1", "2", "3", "4"]
    assert [item.title.split(",")[0] for item in items] == ["First", "unclosed", "Third", "Fourth"]
    assert items[0].title == "First, of\ntwo lines"


def test_a_line_for_excel_before_the_header(tmp_path: Path) -> None:
    path = tmp_path / "records.csv"
    path.write_text("sep=;\nid;title\n1;Ward\n1;Again\n", "utf-8")
    result = run(path, "--out", tmp_path / "out.csv")
    assert "line 4: the id '1' occurs a second time" in result.stderr

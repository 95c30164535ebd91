import csv
import io
import json
import subprocess
import sys

import pytest

from livingscan.formats import COLUMNS
from tests.shared import SHARED, needs_shared

RIS = "TY  - JOUR\nTI  - Why wards stall\nAU  - Okafor, Ngozi\nPY  - 2020\nDO  - 10.1000/x\nER  - \n"


@pytest.fixture
def convert(tmp_path, capfdbinary):
    """Runs `livingscan convert` on a text; gives (exit code, what was written, what was said)."""
    from livingscan.cli.app import run

    def converted(data, *options, name="export.txt"):
        path = tmp_path / name
        if data is not None:
            path.write_bytes(data if isinstance(data, bytes) else data.encode())
        code = run(["convert", str(path), *options])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return converted


def test_one_json_object_a_line_with_exactly_our_columns(convert):
    code, out, err = convert(RIS + RIS.replace("Why", "How"))
    assert code == 0
    rows = [json.loads(line) for line in out.splitlines()]
    assert [tuple(row) for row in rows] == [COLUMNS, COLUMNS]
    assert rows[0]["title"] == "Why wards stall"
    assert rows[0]["year"] == 2020
    assert rows[0]["authors"] == ["Okafor, Ngozi"]
    assert "export.txt: 2 records, 0 unreadable" in err


def test_every_target(convert):
    code, out, _ = convert(RIS, "--to", "csv")
    header, row = csv.reader(io.StringIO(out))
    assert (code, tuple(header)) == (0, COLUMNS)
    assert row[header.index("title")] == "Why wards stall"
    code, out, _ = convert(RIS, "--to", "ris")
    assert (code, out.startswith("TY  - JOUR\n"), out.count("ER  - ")) == (0, True, 1)


def test_a_file_is_written_whole_or_not_at_all(convert, tmp_path):
    target = tmp_path / "out.jsonl"
    code, out, _ = convert(RIS, "--out", str(target))
    assert (code, out) == (0, "")
    assert json.loads(target.read_text())["doi"] == "10.1000/x"
    target.unlink()
    assert convert("no records here at all", "--out", str(target))[0] == 3
    assert not target.exists()
    assert convert(RIS, "--out", str(tmp_path / "no" / "folder.jsonl"))[0] == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export.txt"]


def test_what_cannot_be_read_is_named_with_file_and_line_and_the_rest_is_written(convert):
    code, out, err = convert("TY  - GEN\nER  - \n\n" + RIS)
    assert code == 0
    assert len(out.splitlines()) == 1
    assert "unreadable: export.txt:1: the entry is empty" in err
    assert "1 record, 1 unreadable" in err


@pytest.mark.parametrize(
    ("data", "options", "code", "said"),
    [
        (None, (), 2, "no such file"),
        (RIS, ("--from", "nonsense"), 2, "neither a format"),
        (RIS, ("--to", "pdf"), 2, "pdf"),
        ("", (), 3, "empty"),
        ("Dear all,", (), 3, "no known format fits"),
        ("TY  - GEN\nER  - \n", (), 3, "1 unreadable"),
        ('{"errCode": 404, "errMsg": "Invalid"}', (), 3, "Invalid"),
        ('{"unknown": 1}', (), 3, "unknown kind"),
        ('{"esearchresult": {"count": "5", "idlist": ["1"]}}', (), 0, "no records"),
        ('{"hitCount": 0, "resultList": {"result": []}}', (), 0, "zero hits"),
        ("<eInfoResult><DbInfo/></eInfoResult>", (), 0, "einfo"),
        ("<PubmedArticleSet></PubmedArticleSet>", (), 0, "no entry"),
        ("Title,Authors,DOI\n", (), 0, "no entry"),
        ("<html><body>Down for maintenance</body></html>", (), 3, "web page"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><PubmedArticleSet/>', (), 3, "entities"),
    ],
)
def test_exit_codes_and_what_is_said(convert, data, options, code, said):
    got, out, err = convert(data, *options)
    assert (got, out) == (code, "")
    assert said in err
    assert "Traceback" not in err


def test_answers_of_services_and_recordings(convert):
    answer = {"status": "ok", "message-type": "work", "message": {"DOI": "10.1000/x", "title": ["A <i>title</i>"]}}
    code, out, _ = convert(json.dumps(answer))
    assert (code, json.loads(out)["source"], json.loads(out)["title"]) == (0, "crossref", "A title")
    recording = [
        {"request": {"uri": "https://api.test/x"}, "response": {"status": 200, "body": json.dumps(answer)}},
        {"request": {"uri": "https://api.test/x"}, "response": {"status": 503, "body": "later"}},
    ]
    code, out, err = convert(json.dumps(recording))
    assert (code, len(out.splitlines())) == (0, 1)
    assert "HTTP 503" in err
    assert "1 error in place of records" in err


def test_format_and_source_can_be_named(convert):
    assert json.loads(convert(RIS, "--from", "cinahl")[1])["source"] == "cinahl"
    assert json.loads(convert(RIS, "--from", "ris")[1])["source"] == "ris"
    work = json.dumps({"DOI": "10.1000/x", "title": ["T"]})
    assert json.loads(convert(work, "--from", "crossref")[1])["source"] == "crossref"


def test_the_list_of_formats_needs_no_file(capsys):
    from livingscan.cli.app import run

    assert run(["convert", "--list"]) == 0
    out = capsys.readouterr().out
    assert "nbib" in out
    assert "crossref" in out


def test_it_runs_as_a_module_and_bears_a_reader_that_stops(tmp_path):
    path = tmp_path / "many.ris"
    path.write_text(RIS * 3000)
    command = [sys.executable, "-m", "livingscan.cli.convert", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read().decode()
        process.wait(60)
    assert json.loads(first)["title"] == "Why wards stall"
    assert said == ""  # above all no number of records: nobody has read to the end
    assert process.returncode == 0


@needs_shared
def test_real_records_of_this_subject(capfd):
    from livingscan.cli.app import run

    assert run(["convert", str(SHARED / "topic" / "pubmed21n1298__topic_excerpt.xml.gz")]) == 0
    out, err = capfd.readouterr()
    assert len(out.splitlines()) == 189
    assert "189 records, 0 unreadable" in err

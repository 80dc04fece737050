"""`levytool export`: files and their manifest in a folder, once; the same again on demand."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.cli.shell import Shell
from tests.desk.spending import book_of
from tests.exports.batches import rows_of

SETTINGS = (
    "[consortium.exports]\nocid_prefix = 'ocds-a1b2c3'\n"
    "[consortium.accounts]\n'1100' = '610'\n'2000' = '810'\n"
)


@pytest.fixture
def spent(shell: Shell) -> Shell:
    """Two returns accepted in March."""
    lines = ({"Invoice": "A1"}, {"Invoice": "A2", "Contractor": "BEECH", "Member": "ALDER"})
    shell.done("spend", "import", shell.file("march.csv", *lines), "--accept")
    return shell


def export(shell: Shell, kind: str, *words: str, period: str = "2014-03", into: str = "out"):
    return shell.done("export", kind, "--period", period, "--into", into, "-O", "json", *words)


def test_the_files_are_listed_and_the_manifest_proves_them(spent: Shell) -> None:
    ran = export(spent, "xero-journal")
    (row,) = ran.json
    assert row | {"sha256": ""} == {
        "export": "X-000001",
        "status": "exported",
        "kind": "xero-journal",
        "file": "X-000001-xero-journal-2014-03-001.csv",
        "sha256": "",
        "entries": 2,
        "lines": 4,
        "debit": "2.00",
        "credit": "2.00",
    }
    manifest = json.loads(Path("out/manifest.json").read_text(encoding="utf-8"))
    assert [file["file"] for file in manifest["files"]] == [row["file"]]
    data = Path("out", row["file"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == row["sha256"] == manifest["files"][0]["sha256"]
    assert sorted(path.name for path in Path("out").iterdir()) == [row["file"], "manifest.json"]
    assert "X-000001: 2 entries of 2014-03 for xero; out has it" in ran.err


def test_a_second_export_finds_nothing_new_and_the_first_is_written_again(spent: Shell) -> None:
    export(spent, "sage")
    before = {path.name: path.read_bytes() for path in Path("out").iterdir()}
    second = export(spent, "sage", into="elsewhere")
    assert second.json == []
    assert "nothing new in 2014-03 since X-000001" in second.err
    assert not Path("elsewhere").exists()
    again = spent.done("export", "sage", "--again", "X-000001", "--into", "again", "-O", "json")
    assert again.json[0]["status"] == "again"
    assert {path.name: path.read_bytes() for path in Path("again").iterdir()} == before
    listed = spent.done("export", "list", "-O", "json").json
    assert [(row["export"], row["kind"], row["entries"]) for row in listed] == [
        ("X-000001", "sage", 2)
    ]


def test_a_dry_run_writes_nothing_and_marks_nothing(spent: Shell) -> None:
    ran = export(spent, "gl07", "--dry-run")
    assert ran.json[0]["status"] == "dry-run"
    assert "nothing was written\ndry run: nothing was stored" in ran.err
    assert not Path("out").exists()
    assert spent.done("export", "list", "-O", "json").json == []


def test_a_folder_that_holds_another_export_is_refused_before_anything_is_marked(
    spent: Shell,
) -> None:
    export(spent, "sage")
    ran = spent.run("export", "gl07", "--period", "2014-03", "--into", "out")
    assert ran.code == 2
    assert ran.errors == ["error: out holds X-000001; name another folder for X-000002: --into DIR"]
    assert len(spent.done("export", "list", "-O", "json").json) == 1
    Path("out/manifest.json").write_text("[", encoding="utf-8")
    assert spent.run("export", "gl07", "--period", "2014-03", "--into", "out").code == 2
    ran = spent.run("export", "gl07", "--period", "2014-03", "--into", "march.csv")
    assert (ran.code, "is a file" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--into", "out"], 2, "say --period"),
        (["--period", "2014-03", "--again", "X-000001", "--into", "out"], 2, "say --period"),
        (["--again", "X-000009", "--into", "out"], 2, "there is no export 'X-000009'"),
        (["--period", "2014-13", "--into", "out"], 2, "2014-13"),
    ],
)
def test_wrong_usage_is_told(spent: Shell, words: list[str], code: int, said: str) -> None:
    ran = spent.run("export", "hledger", *words)
    assert (ran.code, said in ran.err) == (code, True)


def test_the_books_own_codes_stand_in_the_files(spent: Shell) -> None:
    book = Path("book.toml")
    book.write_text(book_of(settings=SETTINGS), encoding="utf-8")
    spent.done("book", "apply", "book.toml", "--yes")
    assert "accounts" in spent.done("book", "show").out
    (row,) = export(spent, "xero-journal").json
    text = Path("out", row["file"]).read_text(encoding="utf-8")
    assert {row["*AccountCode"] for row in rows_of(text)} == {"610", "810"}


def test_open_data_needs_the_publishers_prefix(spent: Shell) -> None:
    ran = spent.run("export", "open-data", "--period", "2014-03", "--into", "open")
    assert (ran.code, "ocid_prefix" in ran.errors[0]) == (3, True)
    Path("book.toml").write_text(book_of(settings=SETTINGS), encoding="utf-8")
    spent.done("book", "apply", "book.toml", "--yes")
    assert len(export(spent, "open-data", "--dry-run", into="open").json) == 2
    assert not Path("open").exists()
    rows = export(spent, "open-data", into="open").json
    assert [(row["file"], row["net"]) for row in rows] == [
        ("open-data-2014-03.json", "200.00"),
        ("open-data-2014-03.csv", "200.00"),
    ]
    before = {path.name: path.read_bytes() for path in Path("open").iterdir()}
    export(spent, "open-data", into="open")
    assert {path.name: path.read_bytes() for path in Path("open").iterdir()} == before
    package = json.loads(before["open-data-2014-03.json"])
    assert [release["ocid"] for release in package["releases"]] == ["ocds-a1b2c3-REGEN"]
    nothing = export(spent, "open-data", period="2013-01", into="void")
    assert (nothing.json, Path("void").exists()) == ([], False)

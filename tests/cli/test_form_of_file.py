"""The ending of `-o` chooses the form; what contradicts it is a wrong call."""

import json

import pytest

from tests.cli.shell import Shell
from tests.cli.test_output import at_terminal

STATEMENT = ("statement", "member", "SALIX", "--period", "2014-03")
REPORT = ("reconcile", "report", "--period", "2014-03")
BEGINNINGS = {
    "a.pdf": b"%PDF",
    "a.HTML": b"<!",
    "a.htm": b"<!",
    "a.xlsx": b"PK",
    "a.json": b"{",
    "a.txt": b"A consortium",
}


@pytest.mark.parametrize("file", BEGINNINGS)
def test_a_statement_is_what_its_file_is_called(file: str, shell: Shell) -> None:
    shell.done(*STATEMENT, "-o", file)
    written = (shell.folder / file).read_bytes()
    assert written.lstrip().upper().startswith(BEGINNINGS[file].upper())


@pytest.mark.parametrize("file", ["report.html", "report.xlsx"])
def test_so_is_the_report(file: str, shell: Shell) -> None:
    shell.run(*REPORT, "-o", file)
    assert (shell.folder / file).read_bytes()[:2] in (b"<!", b"PK")


def test_and_a_document(shell: Shell) -> None:
    shell.done("spend", "import", shell.file("a.csv", {}), "--accept")
    shell.done("levy", "document", "INV-000001", "-o", "one.html")
    assert (shell.folder / "one.html").read_text().startswith("<!")
    ran = shell.run("levy", "document", "INV-000001", "-o", "one.xlsx")
    assert (ran.code, len(ran.errors)) == (2, 1)
    assert "one.xlsx would be xlsx; this is written as text, html, json, pdf" in ran.err
    assert not (shell.folder / "one.xlsx").exists()


@pytest.mark.parametrize(
    "words",
    [
        (*STATEMENT, "--format", "pdf", "-o", "x.html"),
        (*STATEMENT, "-o", "x.html", "--format", "pdf"),
        (*REPORT, "-O", "text", "-o", "x.csv"),
        ("pot", "list", "-O", "json", "-o", "x.csv"),
        ("pot", "list", "-o", "x.md", "-O", "plain"),
        ("dashboard", "-o", "x.pdf"),
        ("pot", "list", "-o", "x.xlsx"),
        ("pot", "list", "-O", "csv", "-o", "x.PDF"),
        ("levy", "documents", "-o", "x.pdf"),
        (*STATEMENT, "-o", "x.docx"),
        ("book", "show", "-o", "x.html"),
        ("spend", "import", "book.toml", "--errors", "x.xlsx"),
        ("bank", "payments", "--into", "x.xls"),
        ("return", "amend", "R-000001", "--row", "2", "--drop", "--into", "x.xlsx"),
    ],
)
def test_a_name_of_another_form_is_a_wrong_call(words: tuple[str, ...], shell: Shell) -> None:
    ran = shell.run(*words)
    assert (ran.code, ran.out, len(ran.errors)) == (2, "", 1)
    assert "would be" in ran.err or "was asked for" in ran.err
    assert not list(shell.folder.glob("x.*"))


def test_a_table_is_what_its_file_is_called(shell: Shell) -> None:
    for file in ("p.json", "p.csv", "p.md", "p.txt", "p.out", "p"):
        shell.done("pot", "list", "-o", file)
    assert json.loads((shell.folder / "p.json").read_text())[0]["billed"] == "0.00"
    assert (shell.folder / "p.csv").read_text().startswith("member,billed,")
    assert (shell.folder / "p.md").read_text().startswith("|")
    assert (shell.folder / "p.txt").read_bytes() == (shell.folder / "p.out").read_bytes()


def test_the_refusal_names_what_can_be_written(shell: Shell) -> None:
    ran = shell.run("pot", "list", "-o", "p.xlsx")
    assert "p.xlsx would be xlsx; this is written as table, plain, markdown, csv, json" in ran.err
    assert "name it p.txt or p.md or p.csv or p.json" in ran.err


@pytest.mark.parametrize(
    "words",
    [
        ("dashboard",),
        (*STATEMENT, "--format", "html"),
        (*STATEMENT, "--format", "html", "--final"),
        (*STATEMENT, "--format", "xlsx", "--final"),
        (*REPORT, "--format", "html"),
        ("levy", "document", "INV-000001", "-O", "html"),
    ],
)
def test_what_no_person_reads_is_not_poured_over_a_terminal(
    words: tuple[str, ...], shell: Shell
) -> None:
    shell.done("spend", "import", shell.file("a.csv", {}), "--accept")
    with shell.monkeypatch.context() as patch:
        terminal = at_terminal(patch)
        ran = shell.run(*words)
    assert (ran.code, terminal.getvalue(), len(ran.errors)) == (2, "", 1)
    assert "name a file: -o FILE." in ran.err
    assert shell.done("statement", "list", "-O", "json").json == []
    assert "--final" in words or "xlsx" in words or shell.run(*words).out.startswith("<!")


def test_a_form_that_is_given_goes_anywhere_else(shell: Shell) -> None:
    shell.done("pot", "list", "-O", "json", "-o", "pots.txt")
    assert json.loads((shell.folder / "pots.txt").read_text())
    shell.done(*STATEMENT, "--format", "pdf", "-o", "/dev/null")

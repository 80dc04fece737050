"""`levytool statement member`: forms, files, one for each member, and what it refuses."""

import csv
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from levytool.cli import statement_pool
from levytool.cli.main import run_with
from tests.desk.consortium import Books, book_text

Say = Callable[..., tuple[int, str, str]]
AWKWARD = "=cmd|' /C calc'!A0 <b>& Sons</b>"


@pytest.fixture
def kept(books) -> Books:
    """Books in which SALIX, whose name is awkward, has spent and BIRCH has not."""
    kept = books(book_text().replace("'Salix Homes'", f'"{AWKWARD}"'))
    kept.spend(("2014-03-31", "SALIX", "120000.00"), ("2014-03-31", "ALDER", "300.00"))
    return kept


@pytest.fixture
def say(kept: Books, capsys: pytest.CaptureFixture[str]) -> Say:
    """Give a `statement member` command its words; gives exit code, output and errors."""

    def called(*words: str) -> tuple[int, str, str]:
        code = run_with(["--ledger", kept.ledger.place, "statement", "member", *words])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return called


def test_it_is_plain_text_unless_another_form_is_asked_for(say: Say) -> None:
    code, text, errors = say("SALIX", "--period", "2014-03")
    assert (code, errors) == (0, "")
    assert text == say("SALIX", "--period", "2014-03", "--format", "text")[1]
    assert "Billed" in text and "£1,200.00" in text


@pytest.mark.parametrize(
    "words",
    [
        ("member", "SALIX"),
        ("contractor", "BROOKS"),
        ("consortium",),
        ("member", "--all", "--into", "made"),
        ("contractor", "--all", "--into", "made"),
    ],
)
def test_that_a_period_is_not_over_is_said_once_and_with_its_day(
    kept: Books,
    words: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    said, shown_on = [], {}
    for today in ("2014-04-12", "2014-04-29", "2014-04-30"):
        monkeypatch.setenv("LEVYTOOL_TODAY", today)
        asked = ("--ledger", kept.ledger.place, "statement", *words, "--period", "2014-04")
        assert run_with(asked) == 0
        shown = capsys.readouterr()
        said.append([line for line in shown.err.splitlines() if "not over" in line])
        shown_on[today] = shown.out
    note = "2014-04 is not over: this is as at {} Apr 2014; it can be issued from 1 May 2014 on"
    assert said == [[note.format(12)], [note.format(29)], []]
    if "--all" not in words:
        assert "As at 12 April 2014" in shown_on["2014-04-12"]


@pytest.mark.parametrize("flag", ["--format", "--output-format", "-O"])
def test_format_goes_by_three_names(say: Say, flag: str) -> None:
    code, text, _ = say("SALIX", "--period", "2014-03", flag, "json")
    said = json.loads(text)
    assert code == 0
    wanted = {
        *("member", "period", "opening_balance", "movements", "closing_balance", "levy"),
        *("opportunities", "schemes", "ageing", "spend_by_framework", "hash"),
    }
    assert wanted <= said.keys()
    assert (said["member"], said["period"], said["levy"]["billed"]) == (
        "SALIX",
        "2014-03",
        "1200.00",
    )


@pytest.mark.parametrize("form", ["text", "html", "csv", "json"])
def test_every_form_of_any_period_comes_out_the_same_each_time(
    say: Say, form: str, tmp_path: Path
) -> None:
    into = tmp_path / "statement"
    for member in ("SALIX", "BIRCH"):
        for period in ("2014-03", "2013-Q4", "FY2013", "2014-01..2014-12"):
            asked = (member, "--period", period, "--format", form)
            code, text, _ = say(*asked)
            assert code == 0 and text
            assert say(*asked, "-o", str(into))[:2] == (0, "")
            assert into.read_text(encoding="utf-8") == text


def test_an_awkward_name_stays_a_name(say: Say) -> None:
    rows = list(csv.reader(io.StringIO(say("SALIX", "--period", "2014-03", "-O", "csv")[1])))
    (cell,) = {cell for row in rows for cell in row if AWKWARD in cell}
    assert cell == f"'{AWKWARD}"
    page = say("SALIX", "--period", "2014-03", "-O", "html")[1]
    assert "<b>& Sons" not in page and "&lt;b&gt;&amp; Sons" in page


def test_a_financial_year_begins_when_the_book_says(
    books, capsys: pytest.CaptureFixture[str]
) -> None:
    january = books(book_text().replace("[consortium]", "[consortium]\nfinancial_year_starts = 1"))
    asked = ("statement", "member", "SALIX", "--period", "FY2014", "-O", "json")
    assert run_with(["--ledger", january.ledger.place, *asked]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["period"], said["as_at"]) == ("2014-01..2014-12", "2014-12-31")


def test_the_page_is_in_the_accent_of_the_book(books, capsys: pytest.CaptureFixture[str]) -> None:
    green = books(book_text().replace("[consortium]", '[consortium]\naccent = "#146b3a"'))
    asked = ("statement", "member", "SALIX", "--period", "2014-03", "--format", "html")
    code = run_with(["--ledger", green.ledger.place, *asked])
    assert code == 0 and "--accent: #146b3a" in capsys.readouterr().out


def test_all_writes_one_for_each_member_and_a_manifest(say: Say, tmp_path: Path) -> None:
    into = tmp_path / "made" / "here"
    words = ("--all", "--into", str(into), "--period", "FY2013", "--format", "html")
    assert say(*words)[:2] == (0, "")
    manifest = json.loads((into / "manifest.json").read_text(encoding="utf-8"))
    files = {item["member"]: item for item in manifest["statements"]}
    assert list(files) == ["ALDER", "BIRCH", "SALIX"]
    assert {path.name for path in into.iterdir()} == {
        "manifest.json",
        *(item["file"] for item in files.values()),
    }
    for member, item in files.items():
        data = (into / item["file"]).read_bytes()
        assert item["sha256"] == hashlib.sha256(data).hexdigest()
        assert data.decode() == say(member, "--period", "FY2013", "-O", "html")[1]
        said = json.loads(say(member, "--period", "FY2013", "-O", "json")[1])
        assert item["closing_balance"] == said["closing_balance"]
    before = {path.name: path.read_bytes() for path in into.iterdir()}
    assert say(*words)[0] == 0
    assert {path.name: path.read_bytes() for path in into.iterdir()} == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("SALIXX", "--period", "2014-03"), "did you mean SALIX?"),
        (("SALIX", "--period", "March"), "not a period"),
        (("SALIX", "--period", "2014-03", "--known-on", "soon"), "not a day"),
        (("--period", "2014-03"), "name one member"),
        (("SALIX", "--all", "--into", "x", "--period", "2014-03"), "name one member"),
        (("--all", "--period", "2014-03"), "--into"),
        (("SALIX", "--period", "2014-03", "-o", "no/such/folder/x"), "no folder"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(say: Say, words: tuple[str, ...], told) -> None:
    code, text, errors = say(*words)
    assert (code, text) == (2, "")
    assert errors.startswith("error: ") and told in errors and errors.count("\n") == 1


@pytest.mark.parametrize("place", ["taken", "taken/below"])
@pytest.mark.parametrize("final", [(), ("--final",)])
def test_a_folder_that_is_a_file_is_refused_before_anything_is_done(
    say: Say, kept: Books, place: str, final: tuple[str, ...]
) -> None:
    taken = kept.folder / "taken"
    taken.write_text("mine", encoding="utf-8")
    words = ("--all", "--into", str(kept.folder / place), "--period", "2014-03", *final)
    assert say(*words) == (2, "", f"error: {taken} is a file; name a folder with --into DIR\n")
    assert taken.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("form", ["pdf", "xlsx"])
def test_files_of_bytes_come_out_the_same_each_time(say: Say, form: str, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for into in (first, second):
        asked = ("SALIX", "--period", "2014-03", "--format", form, "-o", str(into))
        assert say(*asked) == (0, "", "")
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes().startswith(b"%PDF" if form == "pdf" else b"PK")


def test_many_processes_write_what_one_would(
    say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statement_pool, "WORTH_IT", 2)
    written = []
    for cores in (1, 2):
        monkeypatch.setattr(statement_pool, "cores", lambda count=cores: count)
        into = tmp_path / str(cores)
        words = ("--all", "--into", str(into), "--period", "FY2013", "--format", "xlsx")
        assert say(*words)[0] == 0
        written.append({path.name: path.read_bytes() for path in sorted(into.iterdir())})
    assert written[0] == written[1]
    assert len(written[0]) == 4


@pytest.mark.parametrize("words", [("contractor", "BROOKS"), ("consortium",)])
def test_every_kind_comes_in_every_form(
    kept: Books, capsys: pytest.CaptureFixture[str], tmp_path: Path, words: tuple[str, ...]
) -> None:
    for form in ("text", "html", "pdf", "xlsx", "csv", "json"):
        into = tmp_path / f"statement.{form}"
        asked = ("statement", *words, "--period", "2014-Q1", "--format", form, "-o", str(into))
        assert run_with(["--ledger", kept.ledger.place, *asked]) == 0
        assert into.stat().st_size > 500
    assert capsys.readouterr().out == ""


def test_all_contractors_have_a_manifest(
    kept: Books, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ("statement", "contractor", "--all", "--into", str(tmp_path), "--period", "2014-03")
    assert run_with(["--ledger", kept.ledger.place, *words]) == 0
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    by_code = {item["contractor"]: item for item in manifest["statements"]}
    assert by_code["BROOKS"]["opening_balance"] == "0.00"
    assert by_code["BROOKS"]["closing_balance"] != "0.00"
    assert set(by_code["BROOKS"]) == {
        *("contractor", "file", "sha256", "opening_balance", "closing_balance"),
    }
    assert capsys.readouterr().out == ""

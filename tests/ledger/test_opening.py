"""What is a ledger, what is none, and that what is none is left as it was."""

import sqlite3
from pathlib import Path

import pytest

from levytool.cli.main import run_with
from tests.desk.spending import empty_ledger

CapSys = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def other_program(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE things (name TEXT)")
    connection.close()


def alembics_other_program(path: Path) -> None:
    other_program(path)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
    connection.close()


def newer(path: Path) -> None:
    path.write_bytes(empty_ledger())
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()


def text_file(path: Path) -> None:
    path.write_text("Invoice,Date,Net\nA1,2014-03-05,100.00\n" * 100)


@pytest.mark.parametrize(
    ("make", "said"),
    [(other_program, "is not a ledger"), (alembics_other_program, "is not a ledger"),
     (newer, "was written by a newer levytool"), (text_file, "is not a ledger")],
)  # fmt: skip
@pytest.mark.parametrize("command", [["check"], ["init"], ["spend", "list"]])
def test_what_is_no_ledger_of_ours_is_refused_and_left_alone(
    make, said: str, command: list[str], tmp_path: Path, capsys: CapSys
) -> None:
    path = tmp_path / "other.db"
    make(path)
    before = path.read_bytes()
    assert run_with(["--ledger", "other.db", *command]) == 3
    told = capsys.readouterr()
    if command == ["init"] and make is other_program:
        said = "holds a database that is not a ledger"
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert told.err.startswith("error: other.db ")
    assert said in told.err
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["other.db"]


@pytest.mark.parametrize("command", [["check"], ["return", "list"], ["levy", "documents"]])
def test_where_there_is_no_ledger_none_is_made(
    command: list[str], tmp_path: Path, capsys: CapSys
) -> None:
    assert run_with(command) == 2
    assert capsys.readouterr().err == (
        "error: there is no ledger at levytool.db; make one with: levytool init\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_cannot_be_made_where_there_is_no_folder(capsys: CapSys) -> None:
    assert run_with(["--ledger", "nowhere/books.db", "init"]) == 2
    assert capsys.readouterr().err.startswith("error: nowhere/books.db cannot be opened")


def test_making_a_ledger_twice_is_making_it_once(tmp_path: Path, capsys: CapSys) -> None:
    assert run_with(["init"]) == 0
    assert "levytool.db: a new ledger" in capsys.readouterr().err
    before = (tmp_path / "levytool.db").read_bytes()
    assert run_with(["init"]) == 0
    assert "levytool.db: a ledger is there already" in capsys.readouterr().err
    assert (tmp_path / "levytool.db").read_bytes() == before


def test_the_ledger_is_named_before_the_noun_or_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_with(["--ledger", "one.db", "init"]) == 0
    monkeypatch.setenv("LEVYTOOL_LEDGER", "two.db")
    assert run_with(["init"]) == 0
    assert run_with(["--ledger", "one.db", "check"]) == 0
    assert {path.suffix for path in tmp_path.iterdir()} >= {".db"}
    assert {path.stem for path in tmp_path.glob("*.db")} == {"one", "two"}


def test_a_ledger_lets_readers_and_a_writer_work_side_by_side(tmp_path: Path) -> None:
    assert run_with(["init"]) == 0
    with sqlite3.connect(tmp_path / "levytool.db") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()

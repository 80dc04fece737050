"""What `--ledger` names: files, URLs, and passwords that no message shows."""

import os
import sys
from pathlib import Path
from unittest import mock

import pytest
from sqlalchemy.engine import make_url

from levytool.cli.main import run_with
from levytool.ledger.database.places import shown, url_of
from levytool.problems import UsageError

SECRET = "s3cr3t"


@pytest.mark.parametrize(
    "place",
    [
        f"postgresql+psycopg://ada:{SECRET}@db.example/books",
        f"postgresql+psycopg://db.example/books?password={SECRET}&user=ada",
        f"postgresql+psycopg://db.example/books?sslpassword={SECRET}",
        f"postgresql://ada:{SECRET}@db.example:port/books",
        f"postgresql://ada:{SECRET}@at@db.example:port/books",
        f"mysql://ada:{SECRET}@db.example/books",
        f"://ada:{SECRET}@db.example",
    ],
)
def test_no_password_is_shown(place: str) -> None:
    assert SECRET not in shown(place)
    assert "db.example" in shown(place)


def test_a_path_is_shown_as_it_was_given() -> None:
    assert shown("books of 2025?.db") == "books of 2025?.db"


def test_a_path_may_hold_what_a_url_would_read_otherwise() -> None:
    assert url_of("100% ?a=b#c.db").database == "100% ?a=b#c.db"


def test_a_url_without_a_driver_gets_ours() -> None:
    assert url_of("postgresql://db.example/books").drivername == "postgresql+psycopg"


@pytest.mark.parametrize("place", ["mysql://h/books", "postgres://h/books", "://", "a://b:c/d"])
def test_other_urls_are_refused_with_one_to_write_instead(place: str) -> None:
    with pytest.raises(UsageError, match=r"postgresql\+psycopg://USER@HOST/DATABASE"):
        url_of(place)


def _refusal(place: str, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What is said of a ledger that cannot be opened: exit 2, one line, and no password."""
    given = run_with(["--ledger", place, *(words or ("check",))])
    printed = capsys.readouterr()
    assert given == 2, printed.err
    assert printed.out == ""
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1
    assert SECRET not in printed.err
    return printed.err


@pytest.mark.parametrize("words", [("check",), ("init",)])
def test_a_server_that_is_down_is_told_in_one_line(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("psycopg")
    place = f"postgresql+psycopg://ada:{SECRET}@/books?host={tmp_path}"
    said = _refusal(place, capsys, *words)
    assert "cannot be opened" in said
    assert "Is the server running" in said


def test_a_missing_driver_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    said = _refusal(f"postgresql+psycopg://ada:{SECRET}@db.example/books", capsys)
    assert "-m pip install 'levytool[postgres]'" in said


def test_a_missing_sqlite_file_is_not_made_by_looking(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in (str(tmp_path / "none.db"), f"sqlite:///{tmp_path / 'none.db'}"):
        assert "make one with: levytool init" in _refusal(place, capsys)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_ledger(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "cannot be opened" in _refusal(str(tmp_path), capsys)
    assert "cannot be opened" in _refusal(str(tmp_path), capsys, "init")


def test_a_wrong_password_is_told_without_it(
    postgres_ledger: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A role without a right to connect stands for it: the test server asks for no password."""
    import psycopg

    plain = make_url(postgres_ledger).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False)) as connection:
        connection.execute("CREATE ROLE levytool_clerk NOLOGIN")
        connection.commit()
        try:
            place = make_url(postgres_ledger).set(username="levytool_clerk", password=SECRET)
            said = _refusal(place.render_as_string(hide_password=False), capsys)
        finally:
            connection.execute("DROP ROLE levytool_clerk")
    assert 'role "levytool_clerk" is not permitted to log in' in said


def test_a_database_that_is_missing_is_named(
    postgres_ledger: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place = make_url(postgres_ledger).set(database="no_such_books")
    said = _refusal(place.render_as_string(hide_password=False), capsys)
    assert 'database "no_such_books" does not exist' in said


def test_an_empty_database_wants_init_first(
    postgres_ledger: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "make one with: levytool init" in _refusal(postgres_ledger, capsys)


def test_a_database_of_something_else_is_left_alone(
    postgres_ledger: str, capsys: pytest.CaptureFixture[str]
) -> None:
    import psycopg

    plain = make_url(postgres_ledger).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False)) as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
    for words in (["init"], ["check"]):
        assert run_with(["--ledger", postgres_ledger, *words]) == 3
        assert "not a ledger; choose another place" in capsys.readouterr().err


def test_who_may_not_make_tables_is_told_so(
    postgres_ledger: str, capsys: pytest.CaptureFixture[str]
) -> None:
    import psycopg

    plain = make_url(postgres_ledger).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False)) as connection:
        connection.execute("CREATE ROLE levytool_reader LOGIN")
        connection.commit()
        try:
            place = make_url(postgres_ledger).set(username="levytool_reader")
            said = _refusal(place.render_as_string(hide_password=False), capsys, "init")
        finally:
            connection.execute("DROP ROLE levytool_reader")
    assert "permission denied for schema public" in said


def test_a_database_that_cannot_hold_every_text_is_refused(
    postgres_ledger: str, capsys: pytest.CaptureFixture[str]
) -> None:
    import psycopg

    plain = make_url(postgres_ledger).set(drivername="postgresql")
    place = make_url(postgres_ledger)
    latin = f"{place.database}_latin1"
    with psycopg.connect(
        plain.render_as_string(hide_password=False), autocommit=True
    ) as connection:
        create = f"CREATE DATABASE {latin} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"
        connection.execute(create.encode())
        try:
            url = place.set(database=latin).render_as_string(hide_password=False)
            said = _refusal(url, capsys, "init")
        finally:
            connection.execute(f"DROP DATABASE {latin} WITH (FORCE)".encode())
    assert "keeps text as LATIN1" in said


def test_the_place_in_the_environment_is_shown_without_its_password_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("psycopg")
    place = f"postgresql+psycopg://ada:{SECRET}@/books?host={tmp_path}"
    with mock.patch.dict(os.environ, {"LEVYTOOL_LEDGER": place}):
        assert run_with(["check"]) == 2
        assert run_with(["--help"]) == 0
    printed = capsys.readouterr()
    assert SECRET not in printed.err + printed.out

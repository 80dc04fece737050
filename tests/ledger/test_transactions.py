"""One writer at a time, on either database; what a reader sees stays as it was."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from levytool.acting import acting_from
from levytool.cli.main import run_with
from levytool.ledger.database import migrate, series, transactions
from levytool.ledger.database.opening import create_ledger, open_ledger
from levytool.ledger.database.transactions import Ledger
from levytool.ledger.journal import acts
from levytool.ledger.journal.posting import broken_links
from levytool.problems import InputRejected, LevytoolError, RuleRefused
from tests.month import SAMPLE

ACTING = acting_from({"LEVYTOOL_USER": "ada", "LEVYTOOL_TODAY": "2025-05-09"})


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a ledger may be made, on each database."""
    if request.param == "sqlite":
        return str(tmp_path / "books.db")
    return str(request.getfixturevalue("postgres_ledger"))


@pytest.fixture
def ledger(place: str) -> Iterator[Ledger]:
    opened, _made = create_ledger(place)
    yield opened
    opened.close()


@pytest.fixture
def on_postgresql(postgres_ledger: str) -> Iterator[Ledger]:
    opened, _made = create_ledger(postgres_ledger)
    yield opened
    opened.close()


def _subjects(ledger: Ledger) -> list[str]:
    with ledger.reading() as connection:
        return [act.subject for act in acts.acts_of(connection, "test")]


def test_what_is_written_stays_and_a_dry_run_leaves_nothing(ledger: Ledger) -> None:
    with ledger.writing() as connection:
        acts.record(connection, ACTING, "test", "kept")
    with ledger.writing(dry_run=True) as connection:
        acts.record(connection, ACTING, "test", "tried")
    with pytest.raises(RuleRefused, match="no"), ledger.writing() as connection:
        acts.record(connection, ACTING, "test", "refused")
        raise RuleRefused("no")
    assert _subjects(ledger) == ["kept"]
    with ledger.writing() as connection:
        assert acts.record(connection, ACTING, "test", "next") == 2


def test_a_writer_waits_for_the_one_before_and_sees_all_of_it(ledger: Ledger, place: str) -> None:
    """Each adds what it saw: had they overlapped, two would have seen the same."""
    writers, times = 3, 8
    start = threading.Barrier(writers)

    def add() -> None:
        own = open_ledger(place)
        start.wait()
        for _ in range(times):
            with own.writing() as connection:
                seen = len(acts.acts_of(connection, "test"))
                acts.record(connection, ACTING, "test", str(seen))
        own.close()

    threads = [threading.Thread(target=add) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _subjects(ledger) == [str(number) for number in range(writers * times)]


def test_a_reader_sees_one_state_of_the_books_and_waits_for_nobody(ledger: Ledger) -> None:
    with ledger.reading() as reading:
        assert acts.acts_of(reading, "test") == []
        with ledger.writing() as connection:
            acts.record(connection, ACTING, "test", "later")
            assert acts.acts_of(reading, "test") == []
        assert acts.acts_of(reading, "test") == []
    assert _subjects(ledger) == ["later"]


def test_who_waits_too_long_is_told_to_try_again(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "BUSY_TIMEOUT_MS", 20)
    monkeypatch.setattr("levytool.ledger.database.opening.BUSY_TIMEOUT_MS", 20)
    ledger, _made = create_ledger(place)
    refused = pytest.raises(RuleRefused, match="written by someone else; try again")
    with ledger.writing(), refused, ledger.writing():
        pass
    with ledger.writing() as connection:
        acts.record(connection, ACTING, "test", "afterwards")
    assert _subjects(ledger) == ["afterwards"]
    ledger.close()


def test_a_full_disk_is_told_and_leaves_the_books_as_they_were(tmp_path: Path) -> None:
    full, _made = create_ledger(str(tmp_path / "books.db"))
    told = r"no room is left on the disk of .*books\.db, and nothing was stored; make room"
    with pytest.raises(LevytoolError, match=told), full.writing() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 4}")
        for number in range(10_000):
            acts.record(connection, ACTING, "test", f"act {number}")
    assert _subjects(full) == []
    full.close()


def test_a_writer_whose_ledger_was_migrated_meanwhile_stops(ledger: Ledger) -> None:
    with ledger.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(InputRejected, match="newer levytool"), ledger.writing():
        pass
    with pytest.raises(InputRejected, match="newer levytool"):
        create_ledger(make_url(ledger.engine.url).render_as_string(hide_password=False))


def test_a_migration_waits_for_the_writer(
    on_postgresql: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transactions, "BUSY_TIMEOUT_MS", 20)
    with on_postgresql.writing(), pytest.raises(DBAPIError, match="lock timeout"):
        migrate.upgrade(on_postgresql.engine)
    migrate.upgrade(on_postgresql.engine)


def test_a_deadlock_with_a_stranger_leaves_the_books_as_they_were(on_postgresql: Ledger) -> None:
    """Levytool's writers cannot lock each other out; somebody's own SQL can. The stranger is told
    never to give way, so that it is the writer who must."""
    holds, goes_on = threading.Event(), threading.Event()

    def stranger() -> None:
        with on_postgresql.engine.connect() as connection:
            connection.execute(text("SET LOCAL deadlock_timeout = '1h'"))
            connection.execute(text("LOCK TABLE act IN ACCESS EXCLUSIVE MODE"))
            holds.set()
            goes_on.wait()
            connection.execute(text("SELECT * FROM alembic_version FOR UPDATE"))

    thread = threading.Thread(target=stranger)
    thread.start()
    holds.wait()
    with (
        pytest.raises(RuleRefused, match="nothing was stored; give the command again"),
        on_postgresql.writing() as connection,
    ):
        series.allot(connection, series.ENTRY, 7)
        connection.execute(text("SET LOCAL deadlock_timeout = '10ms'"))
        goes_on.set()
        _wait_for_a_waiter(on_postgresql)
        acts.record(connection, ACTING, "test", "in between")
    thread.join()
    with on_postgresql.writing() as connection:
        assert series.allot(connection, series.ENTRY, 1) == 1
        acts.record(connection, ACTING, "test", "again")
    assert _subjects(on_postgresql) == ["again"]


def _wait_for_a_waiter(ledger: Ledger) -> None:
    with ledger.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        while not connection.scalar(text("SELECT COUNT(*) FROM pg_locks WHERE NOT granted")):
            pass


@pytest.mark.parametrize(
    "words",
    [
        ("explain", "R-99999999999999999999/1"),
        ("bank", "identify", "B-99999999999999999999", "--as", "vat"),
        (
            *("opportunity", "record", "--framework", "PLANNED", "--member", "FELLGATE", "--type"),
            *("job", "--starts", "2025-05-12", "--weeks", "99999999999999999999"),
        ),
        (
            *("scheme", "propose", "X", "--member", "FELLGATE", "--title", "X", "--places", "1"),
            "--budget=99999999999999999999.00",
        ),
    ],
)
def test_a_number_that_no_column_holds_is_wrong_usage(
    words: tuple[str, ...],
    place: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LEVYTOOL_LEDGER", place)
    monkeypatch.setenv("LEVYTOOL_TODAY", "2025-05-09")
    monkeypatch.setenv("LEVYTOOL_USER", "ada")
    assert (
        run_with(["init"]) == run_with(["book", "apply", str(SAMPLE / "book.toml"), "--yes"]) == 0
    )
    capsys.readouterr()
    assert run_with(list(words)) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_lost_connection_is_told_in_a_line(on_postgresql: Ledger) -> None:
    told = pytest.raises(LevytoolError, match="was lost; look whether it is done")
    with told, on_postgresql.writing() as connection:
        own = connection.scalar(text("SELECT pg_backend_pid()"))
        with on_postgresql.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
        acts.record(connection, ACTING, "test", "never")
    assert _subjects(on_postgresql) == []


_OFFICER = """
import sys
from levytool.cli.main import run_with
month, *files = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
for file in files:
    layout = [] if "office" in file else ["--layout", file.rsplit("/")[-1].partition(".")[0]]
    code = run_with(["spend", "import", file, *layout, "--accept", "-O", "json"])
    if code:
        sys.exit(code)
"""


def _officer(place: str, month: str) -> "subprocess.Popen[str]":
    """A process that imports a month's files once it is told to start."""
    files = [str(path) for path in sorted((SAMPLE / "returns" / month).iterdir())]
    environment = {
        "LEVYTOOL_LEDGER": place,
        "LEVYTOOL_TODAY": "2025-07-09",
        "LEVYTOOL_USER": month,
    }
    return subprocess.Popen(
        [sys.executable, "-c", _OFFICER, month, *files],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_officers_at_once_leave_whole_books(
    place: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LEVYTOOL_LEDGER", place)
    monkeypatch.setenv("LEVYTOOL_TODAY", "2025-07-09")
    assert (
        run_with(["init"]) == run_with(["book", "apply", str(SAMPLE / "book.toml"), "--yes"]) == 0
    )
    officers = [_officer(place, month) for month in ("2025-04", "2025-05")]
    for officer in officers:
        assert officer.stdout is not None and officer.stdout.readline() == "ready\n"
    for officer in officers:
        assert officer.stdin is not None
        officer.stdin.write("go\n")
        officer.stdin.flush()
    for officer in officers:
        _out, err = officer.communicate()
        assert officer.returncode == 0, err
    capsys.readouterr()
    assert run_with(["check", "-O", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"]
    ledger = open_ledger(place)
    with ledger.reading() as connection:
        assert broken_links(connection) == []
        for table in ("journal_entry", "levy_return", "document", "import_file"):
            numbers = [row[0] for row in connection.execute(text(f"SELECT id FROM {table}"))]
            assert sorted(numbers) == list(range(1, len(numbers) + 1))
        users = [row[0] for row in connection.execute(text("SELECT accepted_by FROM levy_return"))]
    ledger.close()
    assert {"2025-04", "2025-05"} == set(users)


def test_who_loses_the_race_to_make_a_ledger_finds_it_there(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade = migrate.upgrade

    def overtaken(engine: Engine) -> None:
        upgrade(engine)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE levy_return (id BIGINT)"))

    monkeypatch.setattr(migrate, "upgrade", overtaken)
    ledger, made = create_ledger(place)
    assert not made
    assert _subjects(ledger) == []
    ledger.close()


def test_text_is_ordered_by_code_point_on_every_server(on_postgresql: Ledger) -> None:
    """A test server may know no other order than ours, so the columns themselves are looked at."""
    with on_postgresql.reading() as connection:
        others = connection.execute(
            text(
                "SELECT table_name, column_name FROM information_schema.columns "
                "WHERE table_schema = 'public' AND data_type = 'text' "
                "AND collation_name IS DISTINCT FROM 'C'"
            )
        ).all()
        columns = connection.scalar(
            text("SELECT COUNT(*) FROM information_schema.columns WHERE collation_name = 'C'")
        )
    assert others == []
    assert columns

"""An import that is killed or interrupted leaves the books as they were; the next one works."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.desk.spending import Spending

LINES = 60_000
LEVYTOOL = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "from levytool.cli.main import run; run()"
)
"""Interruptible even where the tests run in the background, which ignores Ctrl-C."""

Waits = Callable[["Importing"], None]


class Importing:
    """A process that imports a file, and what can be seen of it from outside."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.path = folder / "books.db"
        environment = os.environ | {"LEVYTOOL_TODAY": "2014-04-10", "LEVYTOOL_USER": "ann"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", LEVYTOOL, "--ledger", str(self.path), "spend", "import", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def ended(self) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err

    def is_writing(self) -> bool:
        """Whether it holds the books' lock."""
        connection = sqlite3.connect(self.path, timeout=0, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        finally:
            connection.close()
        return False

    def until(self, seen: Callable[[], bool]) -> None:
        """Wait until something is seen, or the process has ended."""
        while not seen() and self.process.poll() is None:
            time.sleep(0.002)


def as_it_reads(importing: Importing) -> None:
    importing.until(lambda: Path(f"{importing.path}-shm").exists())


def as_it_begins_to_write(importing: Importing) -> None:
    importing.until(importing.is_writing)


def as_it_commits(importing: Importing) -> None:
    log = Path(f"{importing.path}-wal")
    importing.until(lambda: log.exists() and log.stat().st_size > 2_000_000)


MOMENTS = [as_it_reads, as_it_begins_to_write, as_it_commits]


def is_whole(books: Spending) -> bool:
    """Whether the file came in as a whole."""
    return books.rows("SELECT COUNT(*) FROM declaration_line") == [(LINES + 1,)]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that takes long enough to be interrupted."""
    path = tmp_path_factory.mktemp("file") / "large.csv"
    rows = (
        f"I{n},{n % 27 + 1:02d}/{n % 12 + 1:02d}/2013,{('SALIX', 'ALDER')[n % 2]},"
        f"{n % 977}.{n % 100:02d},BROOKS,REGEN,a description of some length number {n}\n"
        for n in range(LINES)
    )
    with path.open("w") as stream:
        stream.write("Invoice,Date,Member,Net,Contractor,Framework,Description\n")
        stream.writelines(rows)
    return path


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Spending]:
    made = Spending(tmp_path)
    made.accepted({"Net": "10"})
    made.ledger.close()
    yield made
    made.ledger.close()


@pytest.mark.parametrize("wait", MOMENTS)
def test_a_killed_import_leaves_the_books_as_they_were(
    wait: Waits, books: Spending, file: Path
) -> None:
    before = books.dump()
    importing = Importing(books.folder, str(file), "--accept")
    wait(importing)
    importing.process.kill()
    importing.ended()
    assert books.dump() == before or (wait is as_it_commits and is_whole(books))
    books.accepted({"Invoice": "B", "Contractor": "BEECH"})


@pytest.mark.parametrize("wait", MOMENTS)
def test_an_interrupted_import_says_so_in_a_line_and_leaves_the_books_as_they_were(
    wait: Waits, books: Spending, file: Path
) -> None:
    before = books.dump()
    importing = Importing(books.folder, str(file), "--accept", "-O", "json")
    wait(importing)
    importing.process.send_signal(signal.SIGINT)
    code, out, err = importing.ended()
    if code == 0 and wait is as_it_commits:  # too late: it was done
        assert is_whole(books)
        return
    assert (code, out) == (130, "")
    assert err == "error: interrupted; what was under way was not stored\n"
    assert books.dump() == before or (wait is as_it_commits and is_whole(books))


def test_after_a_kill_the_same_file_is_imported_whole(books: Spending, file: Path) -> None:
    importing = Importing(books.folder, str(file), "--accept")
    as_it_begins_to_write(importing)
    importing.process.kill()
    importing.ended()
    code, out, _err = Importing(books.folder, str(file), "--accept", "-O", "json").ended()
    told = json.loads(out)
    assert (code, told["status"], told["rows"]["accepted"]) == (0, "accepted", LINES)
    assert len(told["returns"]) == 12
    ((count, total),) = books.rows("SELECT COUNT(*), SUM(net_pence) FROM declaration_line")
    assert count == LINES + 1
    assert total == 1000 + sum(n % 977 * 100 + n % 100 for n in range(LINES))
    books.prove()


def test_two_imports_of_the_same_file_at_once_store_it_once(books: Spending) -> None:
    path = books.file(*({"Invoice": f"I{n}", "Date": "2014-02-03"} for n in range(2_000)))
    both = [Importing(books.folder, str(path), "--accept", "-O", "json") for _ in range(2)]
    ended = [importing.ended() for importing in both]
    assert [code for code, _out, _err in ended] == [0, 0], ended
    assert {json.loads(out)["status"] for _code, out, _err in ended} == {"accepted", "seen-before"}
    assert len(books.rows("SELECT 1 FROM declaration_line")) == 2_001
    books.prove()


WHILE_IT_LOADS = """
import sys

class Interrupting:
    def find_spec(self, name, *_rest):
        if name == "typer":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupting())
from levytool.cli.start import run
run()
"""


def test_an_interruption_while_python_loads_is_one_line_too() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", WHILE_IT_LOADS, "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (130, "")
    assert ended.stderr == "error: interrupted; what was under way was not stored\n"


def test_the_console_command_starts_behind_that_guard() -> None:
    project = Path(__file__).parents[2] / "pyproject.toml"
    scripts = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["scripts"]
    assert scripts == {"levytool": "levytool.cli.start:run"}

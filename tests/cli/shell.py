"""Commands as they are typed in a folder, and what they print."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from levytool.cli.main import run_with
from tests.desk.spending import Spending, rows_text


class Ran(NamedTuple):
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which holds one JSON document and nothing else."""
        return json.loads(self.out)

    @property
    def errors(self) -> list[str]:
        """The lines that say what is wrong."""
        return [line for line in self.err.splitlines() if line.startswith("error: ")]


class Shell:
    """Runs commands in a folder that holds a ledger with a book in force."""

    def __init__(
        self,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        book: str | None = None,
    ) -> None:
        self.folder = folder
        self.monkeypatch, self._capsys = monkeypatch, capsys
        self.books = Spending(folder, book)
        monkeypatch.chdir(folder)
        self.set(LEVYTOOL_LEDGER="books.db", LEVYTOOL_TODAY="2014-04-10", LEVYTOOL_USER="ann")

    def set(self, **environment: str) -> None:
        """Set variables of the environment."""
        for name, value in environment.items():
            self.monkeypatch.setenv(name, value)

    def file(self, name: str, *lines: dict[str, Any]) -> str:
        """A spend file of these lines; gives its name."""
        (self.folder / name).write_text(rows_text(*lines), encoding="utf-8")
        return name

    def run(self, *words: str) -> Ran:
        """Run a command."""
        self._capsys.readouterr()
        code = run_with(list(words))
        return Ran(code, *self._capsys.readouterr())

    def done(self, *words: str) -> Ran:
        """Run a command that must end well."""
        ran = self.run(*words)
        assert ran.code == 0, ran.err
        return ran

"""The sample data through the commands an officer types: the books prove after every step."""

import json
from pathlib import Path

import pytest

from levytool.cli.main import run_with
from levytool.money import parse_pounds

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"


class Officer:
    """Gives commands in a folder of its own and reads what they print."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def on(self, day: str) -> None:
        self._monkeypatch.setenv("LEVYTOOL_TODAY", day)

    def run(self, *words: str, code: int = 0) -> str:
        self._capsys.readouterr()
        given = run_with(list(words))
        printed = self._capsys.readouterr()
        assert given == code, printed.err
        return printed.out

    def json(self, *words: str) -> list[dict[str, str]]:
        return json.loads(self.run(*words, "-O", "json"))

    def accept(self, month: str) -> None:
        for path in sorted((SAMPLE / "returns" / month).iterdir()):
            layout = [] if path.stem == "framework-office" else ["--layout", path.stem]
            self.run("spend", "import", str(path), *layout, "--accept")


@pytest.fixture
def officer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Officer:
    """An officer in an empty folder, with the sample book in force."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEVYTOOL_USER", "ada")
    officer = Officer(monkeypatch, capsys)
    officer.on("2025-05-09")
    officer.run("init")
    officer.run("book", "apply", str(SAMPLE / "book.toml"), "--yes")
    return officer


def test_a_bank_month_proves_once_every_line_is_explained(officer: Officer) -> None:
    officer.accept("2025-04")
    officer.on("2025-06-02")
    officer.run("bank", "import", str(SAMPLE / "bank" / "2025-05.csv"))
    officer.run("check")
    unexplained = {
        line["description"]: line["line"]
        for line in officer.json("bank", "list", "--open")
        if line["state"] == "unidentified"
    }
    officer.run("bank", "identify", unexplained["ACCOUNT CHARGES"], "--as", "charge")
    officer.run("check")
    officer.run("bank", "identify", unexplained["CREDIT INTEREST"], "--as", "interest")
    denholt = unexplained["DENHOLT & DISTRICT , LEVY"]
    officer.run("bank", "identify", denholt, "--as", "receipt", "--party", "DENHOLT")
    officer.run("check")
    balances = {row["account"]: row["balance"] for row in officer.json("ledger", "balances")}
    assert balances.get("2900", "0.00") == "0.00"
    assert balances["1200"] == "16916.84"


def test_the_year_owes_opportunities_and_leaves_a_surplus(officer: Officer) -> None:
    months = sorted(path.name for path in (SAMPLE / "returns").iterdir())
    for month in months:
        officer.accept(month)
    officer.on("2026-06-01")
    for path in sorted((SAMPLE / "bank").iterdir()):
        officer.run("bank", "import", str(path))
    officer.run("pot", "release", "--period", "2026-05")
    officer.run("check")
    due = json.loads(officer.run("opportunity", "due", "-O", "json"))
    assert sum(row["due"] for row in due["rows"]) == 20
    pots = officer.json("pot", "list")
    assert len(pots) == 6
    assert all(parse_pounds(row["released"]) > 500_000 for row in pots)


def test_the_same_files_again_change_nothing(officer: Officer) -> None:
    officer.accept("2025-04")
    documents = officer.json("levy", "documents")
    officer.accept("2025-04")
    assert officer.json("levy", "documents") == documents

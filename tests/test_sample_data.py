"""The sample files are what their generator writes, and stay small."""

import importlib.util
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from levytool.bank.reading import read_statement_file
from levytool.book.read import read_book
from levytool.book.records import Book
from levytool.desk.book.check_book import check_text
from levytool.intake.lines import Findings
from levytool.intake.options import ReadOptions
from levytool.intake.reading import SpendFile
from levytool.money import parse_pounds
from levytool.periods import Month

FOLDER = Path(__file__).resolve().parents[1] / "sample_data"
BY_HAND = {
    ".gitattributes",
    "README.md",
    "book.toml",
    "generate.py",
    "generate_bank.py",
    "opening.toml",
}


def _kept(folder: Path) -> dict[str, Path]:
    """The folder's files by their path in it, without what Python and the linters leave there."""
    return {
        str(path.relative_to(folder)): path
        for path in folder.rglob("*")
        if path.is_file() and not {"__pycache__", ".mypy_cache", ".ruff_cache"} & set(path.parts)
    }


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"sample_data_{name}", FOLDER / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    return _script("generate")


def test_generating_again_gives_the_committed_bytes(generator: ModuleType, tmp_path: Path) -> None:
    generator.main(tmp_path)
    again = _kept(tmp_path)
    committed = {
        name: path
        for name, path in _kept(FOLDER).items()
        if name not in BY_HAND and not name.startswith("bank/")
    }
    assert sorted(again) == sorted(committed)
    changed = [name for name in again if again[name].read_bytes() != committed[name].read_bytes()]
    assert changed == [], "run: python sample_data/generate.py"


def test_the_bank_paid_what_the_tool_bills(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEVYTOOL_TODAY", "2026-04-09")
    committed = {
        name: path.read_bytes() for name, path in _kept(FOLDER).items() if name.startswith("bank/")
    }
    made = _script("generate_bank").files()
    assert made.keys() == committed.keys()
    changed = [name for name in made if made[name] != committed[name]]
    assert changed == [], "run: python sample_data/generate_bank.py"


def test_the_folder_stays_under_a_megabyte() -> None:
    assert sum(path.stat().st_size for path in _kept(FOLDER).values()) < 1_000_000


def test_the_readme_counts_what_there_is(generator: ModuleType) -> None:
    lines = [line for declared in generator.year().values() for line in declared]
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"{len(lines):,} lines" in readme
    assert f"£{sum(line.net_pence for line in lines) / 100_000_000:.1f}m" in readme


def test_the_book_has_neither_errors_nor_warnings() -> None:
    book, found = check_text((FOLDER / "book.toml").read_text(encoding="utf-8"), "book.toml")
    assert book is not None
    assert (found.errors, found.warnings) == ((), ())


def _read(path: Path, book: Book, **options: Any) -> tuple[list[int], Findings]:
    """The net pence of a file's good lines, and what else was found in it."""
    spend = SpendFile(path, book, ReadOptions(layout=book.layouts.get(path.stem), **options))
    net_pence = [pence for chunk in spend.chunks() for pence in chunk.net_pence]
    return net_pence, spend.findings


@pytest.fixture(scope="module")
def book() -> Book:
    read, problems = read_book((FOLDER / "book.toml").read_text(encoding="utf-8"))
    assert read is not None, problems
    return read


@pytest.mark.parametrize("month", [f"{2025 + m // 12}-{m % 12 + 1:02d}" for m in range(3, 15)])
def test_every_awkward_layout_is_read_to_the_penny(
    generator: ModuleType, book: Book, month: str
) -> None:
    declared = [
        line
        for (_, first_day), lines in generator.year().items()
        if f"{first_day:%Y-%m}" == month
        for line in lines
    ]
    read = []
    for path in sorted((FOLDER / "returns" / month).iterdir()):
        net_pence, findings = _read(path, book)
        assert findings.problems == []
        assert [t for t in findings.stated_totals if t.stated_pence != t.rows_pence] == []
        read += net_pence
    assert sorted(read) == sorted(line.net_pence for line in declared)


def test_members_ledgers_are_read_whole(book: Book) -> None:
    for path in sorted((FOLDER / "ledgers").iterdir()):
        net_pence, findings = _read(path, book, role="member-ledger")
        assert findings.problems == []
        assert len(net_pence) > 80


def test_the_bad_rows_are_bad_in_eight_ways(book: Book) -> None:
    net_pence, findings = _read(FOLDER / "bad" / "several-bad-rows.csv", book)
    assert net_pence == [421_000, -12_000]
    assert [problem.code for problem in findings.problems] == [
        "not-a-number",
        "not-a-date",
        "missing",
        "unknown-member",
        "unknown-contractor",
        "unknown-lot",
        "not-appointed",
        "date-outside-framework",
    ]


def test_the_bank_goes_on_from_the_balance_that_the_opening_brings() -> None:
    opening = tomllib.loads((FOLDER / "opening.toml").read_text(encoding="utf-8"))
    after = Month.of(opening["as_at"]).plus(1)
    statement = read_statement_file(FOLDER / "bank" / f"{after}.csv").statements[0]
    assert statement.opening_pence == parse_pounds(opening["bank"][0]["balance"])

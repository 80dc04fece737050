"""Imports point down, rules stay pure, and starting up stays light."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter import cli as import_linter

from tests.source_tree import ROOT, called_name, modules_of

HEAVY = {
    "alembic",
    "jinja2",
    "pydantic",
    "python_calamine",
    "sqlalchemy",
    "sqlmodel",
    "textual",
    "xlsxwriter",
}
VALUES = {"accounts", "journal", "money", "periods", "problems", "text"}
CLOCKS = {"date.today", "datetime.now", "datetime.today", "datetime.utcnow", "time.time"}
OPENERS = {"create_engine", "sqlalchemy.create_engine", "sqlite3.connect", "psycopg.connect"}


def test_imports_point_down(capsys: pytest.CaptureFixture[str]) -> None:
    code = import_linter.lint_imports(
        config_filename=str(ROOT / "pyproject.toml"), no_cache=True, is_debug_mode=False
    )
    assert code == 0, capsys.readouterr().out


def _imported(tree: ast.Module) -> set[str]:
    """The modules that a module names in its imports, wherever they stand in it."""
    named: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            named |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return named


def test_rules_take_only_the_books_records_and_values() -> None:
    values = {f"levytool.{name}" for name in VALUES}
    allowed = ("levytool.rules", "levytool.book.records", *values)
    others = {
        (path, name)
        for path, tree in modules_of("rules")
        for name in _imported(tree)
        if name.startswith("levytool.") and not name.startswith(allowed)
        if name not in {"levytool.book", "levytool"}
    }
    assert others == set()


PARTS = ("rules", "book", "intake", "bank", "reconcile", "statements", "exports")


@pytest.mark.parametrize("part", PARTS)
def test_today_comes_in_as_an_argument(part: str) -> None:
    asked = [
        f"{path}:{node.lineno}"
        for path, tree in modules_of(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called_name(node) in CLOCKS
    ]
    assert asked == []


def test_one_module_opens_the_database() -> None:
    opening = {
        path
        for path, tree in modules_of()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called_name(node) in OPENERS
    }
    assert opening == {"ledger/database/opening.py"}


def test_only_the_ledger_talks_to_the_database() -> None:
    """An officer's act carries a connection from one call of the ledger to the next, no more."""
    known = {
        (path, name)
        for path, tree in modules_of()
        if not path.startswith("ledger/")
        for name in _imported(tree)
        if name.split(".")[0] in {"sqlalchemy", "sqlmodel", "sqlite3", "psycopg"}
    }
    assert {name for _, name in known} <= {"sqlalchemy", "sqlalchemy.Connection"}
    assert {path for path, _ in known if not path.startswith("desk/")} == set()


def _loaded_by(arguments: list[str], folder: Path) -> set[str]:
    """The top-level modules that are loaded once a command has run."""
    program = (
        "import json, sys\n"
        "from levytool.cli.main import run_with\n"
        f"code = run_with({arguments!r})\n"
        "names = sorted({name.partition('.')[0] for name in sys.modules})\n"
        "sys.stderr.write('\\n' + json.dumps([code, names]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True, cwd=folder
    )
    code, names = json.loads(done.stderr.splitlines()[-1])
    assert code == 0
    return set(names)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_loads_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    assert _loaded_by(arguments, tmp_path) & HEAVY == set()

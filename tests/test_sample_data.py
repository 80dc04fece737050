"""The sample files are what their generator writes, and stay small."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from levytool.book.check import check_text

FOLDER = Path(__file__).resolve().parents[1] / "sample_data"
BY_HAND = {".gitattributes", "README.md", "book.toml", "generate.py"}


def _kept(folder: Path) -> dict[str, Path]:
    """The folder's files by their path in it, without what Python and the linters leave there."""
    return {
        str(path.relative_to(folder)): path
        for path in folder.rglob("*")
        if path.is_file() and not {"__pycache__", ".mypy_cache", ".ruff_cache"} & set(path.parts)
    }


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sample_data_generate", FOLDER / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generating_again_gives_the_committed_bytes(generator: ModuleType, tmp_path: Path) -> None:
    generator.main(tmp_path)
    again = _kept(tmp_path)
    committed = {name: path for name, path in _kept(FOLDER).items() if name not in BY_HAND}
    assert sorted(again) == sorted(committed)
    changed = [name for name in again if again[name].read_bytes() != committed[name].read_bytes()]
    assert changed == [], "run: python sample_data/generate.py"


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

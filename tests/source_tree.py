"""The project's own files, read once for the tests of the house."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "levytool"


@cache
def committed_files() -> tuple[Path, ...]:
    """Every file git keeps, and that is still there."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


@cache
def python_files() -> tuple[Path, ...]:
    """Every Python file git keeps."""
    return tuple(path for path in committed_files() if path.suffix == ".py")


def modules_of(*packages: str) -> Iterator[tuple[str, ast.Module]]:
    """Path and syntax tree of each module of the package, or of the named parts of it."""
    places = [PACKAGE / name for name in packages] or [PACKAGE]
    for place in places:
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            yield str(path.relative_to(PACKAGE)), parsed(path)


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def called_name(call: ast.Call) -> str:
    """What a call names, dots and all: `date.today`; '' for anything that is no plain name."""
    return dotted(call.func)


def dotted(node: ast.expr) -> str:
    """A plain name with its dots, '' where it is something else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return ""

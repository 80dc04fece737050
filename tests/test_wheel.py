"""The wheel alone, with the run-time packages alone, in another folder: a month works."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.source_tree import ROOT, committed_files


def _run(*arguments: str | Path, folder: Path) -> str:
    """Run a command in a folder, with no setting of this checkout in reach; give its output."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [str(argument) for argument in arguments],
        cwd=folder,
        env=kept,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _run(
        *(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT),
        folder=folder,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The levytool command of an environment that holds the wheel and what it needs to run."""
    environment = tmp_path_factory.mktemp("installed") / "venv"
    _run(sys.executable, "-m", "venv", environment, folder=wheel.parent)
    programs = environment / "bin"
    _run(
        *(programs / "python", "-m", "pip", "--disable-pip-version-check", "install"),
        *("--quiet", "--constraint", ROOT / "constraints.txt", wheel),
        folder=wheel.parent,
    )
    return programs / "levytool"


# One group: with several workers, the wheel is still built and installed once.
pytestmark = pytest.mark.xdist_group("wheel")


def test_the_wheel_holds_migrations_and_sample_data(wheel: Path) -> None:
    held = {
        name
        for name in zipfile.ZipFile(wheel).namelist()
        if name.startswith(("levytool/_migrations/", "levytool/_sample_data/"))
    }
    kept = {
        path.relative_to(ROOT).as_posix()
        for path in committed_files()
        if path.relative_to(ROOT).parts[0] in {"migrations", "sample_data"}
    }
    assert kept and held == {f"levytool/_{name}" for name in kept}


def test_the_installed_tool_runs_a_month_from_anywhere(installed: Path, tmp_path: Path) -> None:
    _run(installed, "demo", "--into", "month", folder=tmp_path)
    (ledger,) = (tmp_path / "month").rglob("*.db")
    _run(installed, "--ledger", ledger, "check", folder=tmp_path)

"""`-o FILE`: what cannot be written is refused before anything is stored."""

from pathlib import Path

import pytest

from levytool.cli.export_files import place_for
from levytool.cli.main import run_with
from levytool.problems import UsageError
from tests.month import SAMPLE

needs_proc = pytest.mark.skipif(
    not Path("/proc/self").exists(), reason="there is no folder that takes no file, /proc"
)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("nowhere/changes.json", "there is no folder nowhere"),
        (".", "name a file for -o"),
        pytest.param("/proc/changes.json", "/proc takes no file (", marks=needs_proc),
    ],
)
def test_an_act_whose_output_cannot_be_written_is_not_done(
    place: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_with(["init"]) == 0
    capsys.readouterr()
    assert run_with(["book", "apply", str(SAMPLE / "book.toml"), "--yes", "-o", place]) == 2
    refused = capsys.readouterr().err
    assert refused.startswith("error: ")
    assert said in refused
    assert run_with(["book", "show"]) == 2
    assert "has no book yet" in capsys.readouterr().err


@needs_proc
@pytest.mark.parametrize(
    "words",
    [
        ("book", "show", "-o", "/proc/book.toml"),
        ("statement", "consortium", "--period", "2025-04", "-o", "/proc/a.html"),
        ("statement", "member", "--all", "--period", "2025-04", "--into", "/proc"),
        ("statement", "member", "--all", "--period", "2025-04", "--into", "/proc/new/folder"),
        ("spend", "import", "sample.csv", "--errors", "/proc/bad.csv"),
        ("demo", "--into", "/proc/demo"),
    ],
    ids=" ".join,
)
def test_a_folder_that_takes_no_file_is_one_clear_error(
    words: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sample.csv").write_text("Date,Net\n", encoding="utf-8")
    assert run_with(["init"]) == 0
    assert run_with(["book", "apply", str(SAMPLE / "book.toml"), "--yes"]) == 0
    capsys.readouterr()
    assert run_with(list(words)) == 2
    [refused] = capsys.readouterr().err.splitlines()
    assert refused.startswith("error: /proc takes no file (")
    assert "; name another " in refused
    assert "unexpected" not in refused


@needs_proc
def test_an_export_is_not_made_for_a_folder_that_takes_no_file() -> None:
    with pytest.raises(UsageError, match=r"/proc takes no file \(.*; name another with --into DIR"):
        place_for(Path("/proc/new"), "X-000001")


def test_trying_a_folder_leaves_nothing_and_a_device_is_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_with(["init"]) == 0
    before = sorted(tmp_path.iterdir())
    assert run_with(["check", "-o", "/dev/null"]) == 0
    assert run_with(["return", "accept", "R-000009", "-o", "rows.csv"]) == 2
    assert sorted(tmp_path.iterdir()) == before

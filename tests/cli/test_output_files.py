"""`-o FILE`: what cannot be written is refused before anything is stored."""

from pathlib import Path

import pytest

from levytool.cli.main import run_with
from tests.month import SAMPLE


@pytest.mark.parametrize(
    ("place", "said"),
    [("nowhere/changes.json", "there is no folder nowhere"), (".", "name a file for -o")],
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

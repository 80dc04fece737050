"""A FILE that is a pipe or a device is refused before anything waits for it or finds it empty."""

import os
from pathlib import Path

import pytest

from levytool.cli.main import run_with

READERS = (
    ("bank", "import", "FILE"),
    ("spend", "import", "FILE"),
    ("book", "draft", "FILE"),
    ("reconcile", "bank", "--remittance", "FILE"),
    ("return", "correct", "R-000001", "FILE"),
)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
@pytest.mark.parametrize("words", READERS)
def test_a_pipe_is_no_file(
    words: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("FILE")
    # Somebody holds it open, so that to read it would end.
    held = os.open("FILE", os.O_RDWR | os.O_NONBLOCK)
    try:
        assert run_with(list(words)) == 2
    finally:
        os.close(held)
    assert "FILE is no file: put what comes through it into one" in capsys.readouterr().err


def test_a_file_that_stands_for_the_input_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("spend.csv").write_text("Contractor,Member,Date,Net\nA,B,01/05/2025,1.00\n")
    Path("link.csv").symlink_to("spend.csv")
    assert run_with(["book", "draft", "link.csv"]) == 0
    assert "no file" not in capsys.readouterr().err

"""A folder to type commands in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.shell import Shell


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    """Commands in a folder with a ledger; whatever they did, the books must still prove."""
    made = Shell(tmp_path, monkeypatch, capsys)
    yield made
    made.books.prove()
    made.books.ledger.close()

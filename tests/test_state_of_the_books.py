"""Whatever a command does to the books, their mark is another one; what only reads leaves it."""

import sqlite3
from pathlib import Path

import pytest

from levytool.ledger.database.opening import open_to_read
from levytool.ledger.database.state import state_of
from tests import month

pytestmark = pytest.mark.xdist_group("month")


class Watch:
    """Looks at a ledger before and after each command: its mark, and what SQLite says of it."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.raw: sqlite3.Connection | None = None
        self.seen: list[tuple[str, bool, bool]] = []
        self.last: tuple[str, int] | None = None

    def look(self) -> tuple[str, int] | None:
        if not self.place.exists():
            return None
        if self.raw is None:
            self.raw = sqlite3.connect(self.place)
        (version,) = self.raw.execute("PRAGMA data_version").fetchone()
        ledger = open_to_read(str(self.place))
        try:
            with ledger.reading() as connection:
                return state_of(connection), version
        finally:
            ledger.close()

    def after(self, command: str) -> None:
        now = self.look()
        if self.last is not None and now is not None:
            marks, versions = zip(self.last, now, strict=True)
            self.seen.append((command, marks[0] != marks[1], versions[0] != versions[1]))
        self.last = now


def test_a_mark_changes_with_the_books_and_only_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch(tmp_path / "books.db")
    give = month.run

    def run(command: str) -> month.Told:
        told = give(command)
        watch.after(command)
        return told

    monkeypatch.setattr(month, "run", run)
    month.keep_month(tmp_path, str(watch.place))
    unseen = [command for command, mark, stored in watch.seen if stored and not mark]
    restless = [command for command, mark, stored in watch.seen if mark and not stored]
    assert (unseen, restless) == ([], [])
    assert sum(mark for _, mark, _ in watch.seen) > 60

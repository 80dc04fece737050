"""Two months by the commands of a day's work come out the same on both databases, to the byte."""

import json
from pathlib import Path

import pytest

from tests.month import Month, Told, keep_month

pytestmark = pytest.mark.xdist_group("month")


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Month:
    folder = tmp_path_factory.mktemp("sqlite")
    return keep_month(folder, str(folder / "books.db"))


def _last(month: Month, command: str) -> Told:
    return [told for told in month.told if told.command.startswith(command)][-1]


def test_every_command_ends_as_the_story_says(on_sqlite: Month) -> None:
    given = [
        (told.command, told.code, told.err if told.code != code else "")
        for told, code in zip(on_sqlite.told, on_sqlite.expected, strict=True)
    ]
    expected = [
        (told.command, code, "")
        for told, code in zip(on_sqlite.told, on_sqlite.expected, strict=True)
    ]
    assert given == expected


def test_the_story_reaches_what_it_is_told_for(on_sqlite: Month) -> None:
    assert json.loads(_last(on_sqlite, "check").out)["ok"]
    kinds = {row["kind"] for row in json.loads(_last(on_sqlite, "ledger journal").out)}
    assert {
        *("document", "bank-line", "receipt", "allocation", "reversal", "refund", "payment"),
        *("set-off", "write-off", "vat-relief", "late-interest"),
        *("provision", "opportunity-paid", "waiver", "release", "pot-transfer", "commitment"),
        *("match-funding-agreed", "match-funding-received", "drawdown", "scheme-closed"),
        *("vat-paid", "bank-charge", "interest"),
    } <= kinds
    assert {"draft.toml", "to-mend.csv", "statements/manifest.json"} <= set(on_sqlite.files)


def test_postgresql_prints_and_writes_the_same_bytes(
    on_sqlite: Month, postgres_ledger: str, tmp_path: Path
) -> None:
    on_postgresql = keep_month(tmp_path, postgres_ledger)
    for there, here in zip(on_postgresql.told, on_sqlite.told, strict=True):
        assert there == here
    assert on_postgresql.files == on_sqlite.files

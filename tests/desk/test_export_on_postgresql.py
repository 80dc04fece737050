"""Exports come out the same on both databases, to the byte."""

import pytest

from levytool.desk.month_end.export_entries import (
    Status,
    export_again,
    export_entries,
    list_exports,
)
from levytool.exports.formats import FORMATS
from levytool.ledger.spend.open_spend import published_spend
from levytool.periods import Month, Period
from tests.desk.consortium import Books, book_text

YEAR = Period(Month(2014, 1), Month(2014, 12))

pytestmark = pytest.mark.xdist_group("export")


def told(folder, place=""):
    """A short story's exports, and what is said of them afterwards."""
    books = Books(folder, book_text(), place)
    books.spend(("2014-03-05", "SALIX", "1000.00"), ("2014-03-06", "ALDER", "-5.00"))
    first = [export_entries(books.office(), kind, YEAR) for kind in FORMATS]
    books.bank("12.00", "a payment for INV-000001")
    later = [export_entries(books.office(), kind, YEAR) for kind in FORMATS]
    made = [exported for exported in (*first, *later) if exported.files]
    again = [
        export_again(books.office(), made[0].rows[0]["kind"], made[0].number, lambda _n: None),
        export_again(books.office(), made[-1].rows[0]["kind"], made[-1].number, lambda _n: None),
    ]
    with books.reading() as connection:
        spend = published_spend(connection, YEAR)
    rows = list_exports(books.office())
    books.ledger.close()
    return first, later, again, rows, spend


def test_both_databases_give_the_same_files(tmp_path, postgres_ledger):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    on_sqlite = told(here)
    assert told(there, postgres_ledger) == on_sqlite
    assert {exported.status for exported in on_sqlite[0]} == {Status.EXPORTED, Status.NOTHING_NEW}

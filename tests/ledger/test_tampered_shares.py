"""What members' shares say of levy settled and of provision is proved against what was posted."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from levytool.desk.audit.books_beside import books_beside
from levytool.desk.audit.check_books import check_books
from levytool.desk.audit.reconcile_ledger import reconcile_ledger
from levytool.desk.levy.write_off import write_off
from tests.desk.banked import RETAINED, Bank
from tests.desk.consortium import Books, book_text

MARCH = "2014-03-05"
SHARE = "UPDATE allocation_share SET {} WHERE allocation_id = {}"


def made(folder: Path, funded: str) -> Path:
    """Books in which one invoice is paid, one partly, the rest of it written off; no triggers."""
    books = Books(folder, book_text(funded=funded, framework=RETAINED))
    for net in ("600000.00", "10000.00"):
        books.spend((MARCH, "SALIX", net), (MARCH, "ALDER", "400000.00"))
    bank = Bank(books)
    bank.bring((10, 1_200_000, "INV-000001"), (11, 100_000, "INV-000002"))
    for user in ("ann", "ben"):
        write_off(books.office(user), "INV-000002", None, "in liquidation")
    assert [check.name for check in check_books(books.office()) if not check.ok] == []
    books.ledger.close()
    with sqlite3.connect(folder / "books.db") as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
    connection.close()
    return folder


@pytest.fixture(scope="module", params=["received", "billed"])
def settled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of such books."""
    return made(tmp_path_factory.mktemp(request.param), request.param)


@pytest.fixture(scope="module")
def received(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Such books whose pots are funded by what is received."""
    return made(tmp_path_factory.mktemp("received"), "received")


def tampered(folder: Path, to: Path, statement: str) -> Books:
    """A copy of the books that this statement has changed."""
    shutil.copy(folder / "books.db", to / "books.db")
    with sqlite3.connect(to / "books.db") as connection:
        assert connection.execute(statement).rowcount
    connection.close()
    return Books(to)


def failed(books: Books) -> dict[str, str]:
    """The proofs of `check` that fail, and the differences of `reconcile ledger` by row."""
    return {check.name: check.detail for check in check_books(books.office()) if not check.ok}


@pytest.mark.parametrize(
    "change",
    [
        SHARE.format("net_pence = net_pence + 100", 1),
        SHARE.format("net_pence = net_pence - 1", 2),
        SHARE.format("net_pence = net_pence + 100", 3),
        "DELETE FROM allocation_share WHERE allocation_id = 1 AND member = 'ALDER'",
        "UPDATE allocation SET net_pence = net_pence + 1 WHERE id = 1",
        "INSERT INTO allocation_share VALUES (1, 'BIRCH', 5, 0)",
    ],
)
def test_net_that_was_settled_otherwise_is_found(
    settled: Path, tmp_path: Path, change: str
) -> None:
    books = tampered(settled, tmp_path, change)
    assert [*failed(books)] == ["levy settled = shares"]
    rows, wrong = books_beside(books.office())
    row = next(row for row in rows if row["name"] == "Levy settled")
    named = {found["entry"] for found in row["differences"]}
    assert named == {problem.message.split()[0] for problem in wrong}
    assert len(named) == 1 and named.pop().startswith("E-")
    books.ledger.close()


@pytest.mark.parametrize(
    "change",
    [
        SHARE.format("retained_pence = retained_pence + 100", 1),
        SHARE.format("net_pence = 1000000 - net_pence", 1),
        SHARE.format("member = 'BIRCH'", 1) + " AND member = 'ALDER'",
    ],
)
def test_shares_are_what_the_entry_moved_member_by_member(
    received: Path, tmp_path: Path, change: str
) -> None:
    books = tampered(received, tmp_path, change)
    (told,) = failed(books).values()
    assert told.startswith("E-") and "retained" in told
    _rows, wrong = books_beside(books.office())
    assert {problem.code for problem in wrong} == {"shares-differ"}
    books.ledger.close()


def test_a_movement_of_provision_is_what_its_members_bear(settled: Path, tmp_path: Path) -> None:
    change = "UPDATE provision_movement SET amount_pence = amount_pence + 100 WHERE id = 1"
    books = tampered(settled, tmp_path, change)
    assert [*failed(books)] == ["2110 = provision by layer"]
    (row,) = (row for row in reconcile_ledger(books.office()) if row["account"] == "2110")
    assert (row["difference"], len(row["differences"])) == ("-1.00", 1)
    assert row["differences"][0]["entry"].startswith("E-")
    books.ledger.close()

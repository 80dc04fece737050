"""What is stored cannot change unseen: the database refuses it, and `check` finds it if it does."""

import sqlite3
from pathlib import Path

import pytest

from levytool.ledger.database.tables import APPEND_ONLY
from tests.desk.spending import Spending, book_of, empty_ledger, framework

BANDED = (
    "payer = 'contractor'\nper = 'contractor-year'\nmode = 'whole'\n"
    "bands = [{ up_to = '1000.00', rate = '2%' }, { rate = '1%' }]"
)
KEPT = "payer = 'member'\nby = ['work']\nrates = [{ when = ['*'], rate = '1.5%' }]"
FIELDS = {
    "journal_entry": "id posted effective period reporting_period kind narrative reference "
    "posted_by facts_digest reverses previous_hash hash",
    "journal_transfer": "entry_id position debit_account debit_dimension credit_account "
    "credit_dimension amount_pence",
    "declaration_line": "return_id line_no member_id file_id row_no date net_pence base_pence "
    "rate_ppm member_pays levy_micropence true_up_micropence levy_share_pence lot call_off invoice "
    "credits description kept key_hash",
    "document": "number kind payer_kind payer return_id framework period net_pence vat_pence "
    "entry_id",
    "accepted_spend": "return_id member_id call_off base_pence",
    "levy_return": "contractor_id framework_id period state lines net_pence levy_micropence "
    "levy_pence lines_digest effective",
}
NOT_PROVED = {
    "document": "id date due vat_rate_ppm",
    "levy_return": "id supplement staged_at staged_by accepted_at accepted_by corrects reason",
}
"""Fields that nothing else says a second time; triggers and unique indexes keep most of them."""


@pytest.fixture(scope="module")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of books with accepted returns of every kind of rule, credits and true-ups."""
    text = book_of(
        framework(), framework(KEPT, code="KEPT"), framework(BANDED, code="BANDED"),
        settings="vat = [{ from = 2011-01-04, rate = '20%' }]",
    )  # fmt: skip
    books = Spending(tmp_path_factory.mktemp("books"), text)
    books.accepted(
        {"Net": "100", "Lot": "1", "Description": "Roof", "Call-off": "C"},
        {"Net": "-10", "Credits": "A1", "Invoice": "CN", "Member": "ALDER"},
        {"Net": "250", "Framework": "KEPT", "Work": "planned"},
        {"Net": "999", "Framework": "BANDED", "Date": "2014-04-03"},
    )
    books.accepted({"Net": "999", "Framework": "BANDED", "Date": "2014-05-03"})
    books.bring({"Invoice": "S", "Contractor": "BEECH"})
    books.prove()
    books.ledger.close()
    with sqlite3.connect(books.path) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            connection.execute(f"DROP TRIGGER {name}")
    connection.close()
    return books.path


def columns_of(path: Path, table: str) -> list[str]:
    with sqlite3.connect(path) as connection:
        return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def failed(folder: Path, source: Path, *statements: str) -> dict[str, str]:
    """The proofs that fail once these statements have changed a copy of the books."""
    (folder / "books.db").write_bytes(source.read_bytes())
    with sqlite3.connect(folder / "books.db") as connection:
        changed = sum(connection.execute(statement).rowcount for statement in statements)
    connection.close()
    assert changed, "the statements change something"
    books = Spending(folder)
    found = books.failed_checks()
    books.ledger.close()
    return found


def changed(column: str, value: object) -> str:
    """Another value that the column can hold, as SQL."""
    if isinstance(value, int) or value is None:
        return f"COALESCE({column}, 0) + 1"
    if column in ("date", "effective"):
        return f"date({column}, '+1 day')"
    if column in ("period", "reporting_period"):
        return "'2013-01'"
    if column == "state":
        return "'rejected'"
    if column == "kind":
        return "'other'" if value == "document" else "'credit-note'"
    if column == "payer_kind":
        return "'other'"
    if column.endswith("_account"):
        return "'4200'"
    return f"{column} || 'X'"


CASES = [(table, column) for table, names in FIELDS.items() for column in names.split()]


@pytest.mark.parametrize(("table", "column"), CASES)
def test_a_changed_field_is_found(table: str, column: str, accepted: Path, tmp_path: Path) -> None:
    key = {"declaration_line": "return_id, line_no", "accepted_spend": "return_id, member_id"}
    order = key.get(table, columns_of(accepted, table)[0])
    with sqlite3.connect(accepted) as connection:
        ((value, first),) = connection.execute(
            f"SELECT {column}, rowid FROM {table} ORDER BY {order} LIMIT 1"
            if table not in ("journal_transfer", "accepted_spend")
            else f"SELECT {column}, 0 FROM {table} ORDER BY {order} LIMIT 1"
        )
    one = f"rowid = {first}"
    if table == "journal_transfer":
        one = "entry_id = 1 AND position = 1"
    elif table == "accepted_spend":
        one = f"({order}) = (SELECT {order} FROM {table} ORDER BY {order} LIMIT 1)"
    new = changed(column, value)
    if column in ("id", "entry_id", "position", "number", "line_no", "return_id", "member_id"):
        new = f"{column} + 100000" if column != "number" else "'INV-000777'"
    assert failed(tmp_path, accepted, f"UPDATE {table} SET {column} = {new} WHERE {one}")


@pytest.mark.parametrize("table", [*FIELDS])
def test_every_field_is_either_proved_or_said_not_to_be(table: str, accepted: Path) -> None:
    proved, not_proved = FIELDS[table].split(), NOT_PROVED.get(table, "").split()
    assert sorted(proved + not_proved) == sorted(columns_of(accepted, table))


@pytest.mark.parametrize(
    "statements",
    [
        ("DELETE FROM journal_entry WHERE id = 2",),
        ("DELETE FROM journal_entry WHERE id = (SELECT MAX(id) FROM journal_entry)",
         "DELETE FROM journal_transfer WHERE entry_id = (SELECT MAX(entry_id) "
         "FROM journal_transfer)"),
        ("DELETE FROM journal_transfer WHERE entry_id = 1 AND position = 2",),
        ("INSERT INTO journal_transfer VALUES (1, 9, '4100', 'REGEN', '4200', '', 5)",),
        ("INSERT INTO journal_transfer VALUES (999, 1, '4100', 'REGEN', '4200', '', 5)",),
        ("INSERT INTO journal_transfer VALUES (0, 1, '4100', 'REGEN', '4200', '', 5)",),
        ("UPDATE journal_transfer SET position = 3 - position WHERE entry_id = 99",
         "UPDATE journal_transfer SET position = position + 10 WHERE entry_id = 1"),
        ("DELETE FROM document WHERE number = 'INV-000001'",),
        ("DELETE FROM document WHERE id = (SELECT MAX(id) FROM document)",),
        ("DELETE FROM declaration_line WHERE return_id = 1 AND line_no = 1",),
        ("DELETE FROM accepted_spend WHERE return_id = 1 AND member_id = 3",),
        ("INSERT INTO accepted_spend SELECT return_id, member_id, 'X', 0 FROM accepted_spend "
         "LIMIT 1",),
        ("UPDATE declaration_line SET file_id = 3 - file_id WHERE file_id < 3",),
        ("UPDATE series SET next_number = next_number + 1 WHERE name = 'entry'",),
        ("UPDATE series SET next_number = next_number + 1 WHERE name = 'INV'",),
        ("DELETE FROM import_file WHERE id = 1",),
    ],
)  # fmt: skip
def test_what_is_lost_or_slipped_in_is_found(
    statements: tuple[str, ...], accepted: Path, tmp_path: Path
) -> None:
    assert failed(tmp_path, accepted, *statements)


def test_lines_changed_together_with_their_returns_digest_are_found(
    accepted: Path, tmp_path: Path
) -> None:
    """The journal has the digest too, inside the chain."""
    found = failed(
        tmp_path,
        accepted,
        "UPDATE declaration_line SET row_no = row_no + 1 WHERE return_id = 1",
        "UPDATE levy_return SET lines_digest = 'made to fit' WHERE id = 1",
    )
    assert "R-000001" in found["levy recomputed"]


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("act", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"])
def test_the_database_refuses_to_change_what_only_grows(
    table: str, act: str, tmp_path: Path
) -> None:
    path = tmp_path / "books.db"
    path.write_bytes(empty_ledger())
    names = columns_of(path, table)
    with sqlite3.connect(path) as connection:
        ones = ", ".join("1" * len(names))
        connection.execute(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({ones})")
        with pytest.raises(sqlite3.IntegrityError, match=f"{table} is append-only"):
            connection.execute(act.format(table, names[0]))
    connection.close()


@pytest.mark.parametrize(
    ("table", "column"),
    [("declaration_line", "net_pence"), ("document", "net_pence"), ("levy_return", "levy_pence"),
     ("journal_transfer", "amount_pence"), ("bank_line", "amount_pence")],
)  # fmt: skip
@pytest.mark.parametrize("value", ["'abc'", "1.5", "x'31'"])
def test_pence_are_whole_numbers_to_the_database_too(
    table: str, column: str, value: str, tmp_path: Path
) -> None:
    path = tmp_path / "books.db"
    path.write_bytes(empty_ledger())
    names = columns_of(path, table)
    values = ", ".join(value if name == column else "1" for name in names)
    with (
        sqlite3.connect(path) as connection,
        pytest.raises(sqlite3.IntegrityError, match="CHECK"),
    ):
        connection.execute(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})")
    connection.close()

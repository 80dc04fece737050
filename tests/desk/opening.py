"""Opening files for tests: one that brings something of everything, and its parts to alter."""

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import text

from levytool.book.toml import bare_or_quoted, quoted
from levytool.desk.month_end.open_books import Opened, open_books
from tests.desk.banked import received_book
from tests.desk.consortium import Books
from tests.desk.spending import Spending

RETAINED = "retained = '10%'\ncontractors = [ { code = 'BROOKS' }, { code = 'BEECH' } ]"
BOOK = received_book(
    framework=RETAINED, opportunities="unit_cost = [{ from = 2012-04-01, cost = '2500.00' }]"
)
LATER = "2014-05-09"

FILE: dict[str, Any] = {
    "as_at": date(2014, 3, 31),
    "trial_balance": {
        "debit": {"1100": "1640.00", "1200": "31950.00", "1300": "500.00"},
        "credit": {
            "2000": "1366.67",
            "2100": "1000.00",
            "2110": "2500.00",
            "2200": "4000.00",
            "2300": "8700.00",
            "2400": "900.00",
            "2500": "123.33",
            "2900": "7.00",
            "2910": "50.00",
            "3000": "3000.00",
            "4100": "12443.00",
        },
    },
    "documents": [
        {
            "number": "LV-101",
            "payer": "Brooks Roofing",
            "framework": "REGEN",
            "period": "2014-02",
            "date": date(2014, 3, 8),
            "due": date(2014, 4, 5),
            "net": "1500.00",
            "vat": "300.00",
            "paid": "100.00",
            "members": {"SALIX": "1000.00", "ALDER": "500.00"},
        },
        {
            "number": "LV-C7",
            "kind": "credit-note",
            "payer": "BEECH",
            "framework": "REGEN",
            "period": "2014-01",
            "date": date(2014, 2, 8),
            "due": date(2014, 3, 8),
            "net": "50.00",
            "vat": "10.00",
            "members": {"BIRCH": "50.00"},
        },
    ],
    "bank": [{"account": "main", "balance": "31950.00"}],
    "receipts": [
        {"payer": "BEECH", "amount": "50.00", "text": "BEECH ROOFING"},
        {"amount": "7.00", "text": "CASH"},
    ],
    "pots": [
        {
            "member": "SALIX",
            "balance": "4000.00",
            "cohorts": {"2013-01": "1000.00", "2013-06": "3000.00"},
        }
    ],
    "provisions": [
        {
            "framework": "REGEN",
            "member": "SALIX",
            "balance": "2500.00",
            "layers": [{"places": 1, "unit_cost": "2500.00"}],
        }
    ],
    "schemes": [
        {
            "code": "PLACE",
            "title": "A place to start",
            "members": ["SALIX"],
            "area": "E08000006",
            "budget": "10000.00",
            "places": 3,
            "balance": "8700.00",
            "commitments": [
                {
                    "member": "SALIX",
                    "committed": "9000.00",
                    "drawn": "1300.00",
                    "cohorts": {"2012-10": "6000.00", "2012-12": "3000.00"},
                }
            ],
            "match_funding": [{"funder": "The Fund", "agreed": "1000.00", "received": "500.00"}],
        }
    ],
    "balances": [
        {"account": "2100", "of": "SALIX", "credit": "1000.00"},
        {"account": "2400", "of": "Trainers", "credit": "900.00"},
        {"account": "2500", "credit": "123.33"},
        {"account": "4100", "of": "REGEN", "credit": "12443.00"},
    ],
    "spend": [
        {
            "framework": "REGEN",
            "member": "SALIX",
            "contractor": "BROOKS",
            "spend": "1400000.00",
            "delivered": 2,
            "verified": 1,
        },
    ],
}


def altered(*changes: tuple[Any, ...]) -> dict[str, Any]:
    """The file with some values set: each change is a path and the value at its end; None takes
    the thing out."""
    file = deepcopy(FILE)
    for *path, last, value in changes:
        place: Any = file
        for step in path:
            place = place[step]
        if value is None:
            del place[last]
        elif isinstance(place, list) and last == len(place):
            place.append(value)
        else:
            place[last] = value
    return file


def as_toml(file: dict[str, Any]) -> str:
    """An opening file as TOML."""
    tops = [f"{key} = {_value(value)}" for key, value in file.items() if not _is_tables(value)]
    blocks = [
        f"\n[[{key}]]\n" + "\n".join(f"{name} = {_value(item)}" for name, item in table.items())
        for key, tables in file.items()
        if _is_tables(tables)
        for table in tables
    ]
    return "\n".join([*tops, *blocks]) + "\n"


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        inner = ", ".join(f"{bare_or_quoted(key)} = {_value(item)}" for key, item in value.items())
        return "{ " + inner + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int) else quoted(value)


class Opening(Spending):
    """Books that are opened from a file."""

    def __init__(self, folder: Path, book: str = BOOK, place: str = "") -> None:
        self.path = folder / "books.db"
        Books.__init__(self, folder, book, place)

    def open(
        self, file: dict[str, Any] | str = FILE, *, today: str = LATER, dry_run: bool = False
    ) -> Opened:
        """Open the books from a file."""
        path = self.folder / "opening.toml"
        path.write_text(file if isinstance(file, str) else as_toml(file), encoding="utf-8")
        return open_books(self.office(today=today, dry_run=dry_run), path)

    def balances(self, rows: list[dict[str, Any]]) -> dict[tuple[str, str], str]:
        """Balances as `ledger balances` gives them, by account and dimension, without zeros."""
        return {
            (row["account"], row["dimension"]): row["balance"]
            for row in rows
            if row["balance"] != "0.00"
        }

    def hashes(self) -> list[str]:
        """The chain of the journal, link by link."""
        with self.reading() as connection:
            return list(connection.scalars(text("SELECT hash FROM journal_entry ORDER BY id")))

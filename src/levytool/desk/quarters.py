"""How a person reads the period of a return: the quarter, where its framework's are quarterly.

A quarterly return is kept, and named to scripts, under its quarter's last month: what they read
they may hand back to `--period`.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from levytool.desk.book_in_force import book_in_force
from levytool.desk.office import Office
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.ledger.parties import registers
from levytool.periods import Month
from levytool.rules.expected import period_named

Row = dict[str, Any]


def with_quarters(office: Office, rows: Iterable[Row], asked: AsKnown = NOW) -> Iterator[Row]:
    """The same rows for a person, each of a `framework` and a reporting `period`."""
    with office.reading() as connection:
        has_book = registers.book_text(connection) is not None
        frameworks = book_in_force(connection, asked).frameworks if has_book else {}
    names: dict[tuple[str, str], str] = {}
    for row in rows:
        key = row["framework"], row["period"]
        if key not in names:
            names[key] = period_named(frameworks[key[0]], Month.parse(key[1]))
        yield row | {"period": names[key]}

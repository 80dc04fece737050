"""What two returns' lines do not have in common, found by the database."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

_FACTS = (
    "date",
    "member_id",
    "lot",
    "call_off",
    "invoice",
    "credits",
    "description",
    "kept",
    "net_pence",
    "base_pence",
    "rate_ppm",
    "member_pays",
)


class OddLine(NamedTuple):
    """A line that only one of two returns has. `rate_ppm` is None where it is charged by bands."""

    line_no: int
    date: str
    member_id: int
    lot: str
    call_off: str
    invoice: str
    credits: str
    description: str
    kept: str
    net_pence: int
    base_pence: int
    rate_ppm: int | None
    member_pays: int
    levy_micropence: int


def odd_lines(
    connection: Connection, old_id: int, new_id: int
) -> tuple[list[OddLine], list[OddLine]]:
    """Lines of the old return that the new one lacks, and lines that only the new one has.

    In line order. Equal lines count one for one; the hash, which leads the comparison, makes it
    quick and decides nothing.
    """
    facts = ", ".join(_FACTS)
    own = f"SELECT {{}} AS side, key_hash, line_no, levy_micropence, {facts} FROM declaration_line"
    rows = connection.execute(
        text(
            f"SELECT SUM(side), MIN(line_no), MIN(levy_micropence), {facts} FROM ("
            f"{own.format(-1)} WHERE return_id = :old UNION ALL "
            f"{own.format(1)} WHERE return_id = :new) l "
            f"GROUP BY key_hash, {facts} HAVING SUM(side) <> 0"
        ),
        {"old": old_id, "new": new_id},
    )
    removed: list[OddLine] = []
    added: list[OddLine] = []
    for row in rows:
        values: list[Any] = list(row[3:])
        values[0] = values[0].isoformat() if isinstance(values[0], date) else values[0]
        line = OddLine._make((row[1], *values, row[2]))
        (added if row[0] > 0 else removed).extend([line] * abs(row[0]))
    return sorted(removed), sorted(added)

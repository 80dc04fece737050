"""Bank lines set against each other: money that came in and went out again, and was nobody's.

One entry stands for both lines, 2900 against 2900; each has an identification of its own by it,
whose subject is the other line.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from levytool.ledger.bank.bank_lines import (
    Identified,
    StoredBankLine,
    identifications,
    line_id_of,
    line_number,
)

CONTRA = "contra"


def of_both(
    line: StoredBankLine, other: StoredBankLine, pence: int, entry_id: int
) -> list[Identified]:
    """What both lines are found to be by one entry."""
    return [
        Identified(one.id, CONTRA, "", against.number, pence, entry_id)
        for one, against in ((line, other), (other, line))
    ]


def with_other_sides(connection: Connection, found: Sequence[Identified]) -> list[Identified]:
    """What lines are found to be, and of each contra among it the other line's side."""
    entries = {item.entry_id for item in found if item.kind == CONTRA}
    others = {line_id_of(item.subject) for item in found if item.kind == CONTRA}
    sides = [
        item
        for line_id in sorted(others)
        for item in identifications(connection, line_id)
        if item.entry_id in entries and item not in found
    ]
    return [*found, *sides]


def receipts_of_nobody(connection: Connection) -> dict[int, list[str]]:
    """The numbers of lines of money in of which nothing is identified, by their amount in pence."""
    query = text(
        "SELECT id, amount_pence FROM bank_line WHERE amount_pence > 0 AND COALESCE((SELECT "
        "SUM(i.amount_pence) FROM bank_identification i WHERE i.bank_line_id = bank_line.id), 0) "
        "= 0 ORDER BY id"
    )
    found: dict[int, list[str]] = {}
    for line_id, pence in connection.execute(query):
        found.setdefault(pence, []).append(line_number(line_id))
    return found

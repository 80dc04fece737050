"""Lines on days that an earlier file of their account covers: where a line that came twice in
other words is to be looked for."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, text

from levytool.ledger.bank.bank_lines import line_number
from levytool.ledger.bank.files_told import files_told
from levytool.ledger.bank.withdrawals import standing
from levytool.ledger.database.days import day_of


class LaterLines(NamedTuple):
    """The lines of one file, by number, that came on such days, and the pence of each."""

    file: str
    numbers: tuple[str, ...]
    amounts: tuple[int, ...]

    @property
    def pence(self) -> int:
        """What they come to."""
        return sum(self.amounts)


class _Span(NamedTuple):
    """A file, and the first and last day of what it tells: of the lines it brought, or the later
    one of a balance it states."""

    file_id: int
    name: str
    first: date
    last: date


def later_lines(connection: Connection, account: str, until: date) -> list[LaterLines]:
    """Of each file the lines, booked by `until`, on days that an earlier file had lines around."""
    spans = _spans(connection, account)
    found = []
    for place, span in enumerate(spans):
        around = [one for one in spans[:place] if one.first <= span.last and span.first <= one.last]
        if around and (lines := _lines(connection, account, span, around, until)):
            numbers = tuple(line_number(line_id) for line_id, _pence in lines)
            found.append(LaterLines(span.name, numbers, tuple(pence for _id, pence in lines)))
    return found


def _spans(connection: Connection, account: str) -> list[_Span]:
    """The files of an account in the order they came."""
    query = text(
        "SELECT f.id, f.name, MIN(b.booked), MAX(b.booked) FROM bank_line b "
        "JOIN import_file f ON f.id = b.file_id WHERE b.account = :account "
        f"AND {standing(connection)} GROUP BY f.id, f.name ORDER BY f.id"
    )
    rows = connection.execute(query, {"account": account})
    until = {
        file.file_id: max((span.stated for span in file.spans.get(account, ())), default=date.min)
        for file in files_told(connection)
    }
    return [
        _Span(row[0], row[1], day_of(row[2]), max(day_of(row[3]), until[row[0]])) for row in rows
    ]


def _lines(
    connection: Connection, account: str, span: _Span, around: Sequence[_Span], until: date
) -> list[tuple[int, int]]:
    """The number and the pence of each line of a file within the days of others."""
    within = " OR ".join(f"booked BETWEEN '{one.first}' AND '{one.last}'" for one in around)
    query = text(
        "SELECT id, amount_pence FROM bank_line b WHERE account = :account AND file_id = :file "
        f"AND booked <= :until AND ({within}) AND {standing(connection)} ORDER BY id"
    )
    values = {"account": account, "file": span.file_id, "until": until.isoformat()}
    return [(row[0], row[1]) for row in connection.execute(query, values)]

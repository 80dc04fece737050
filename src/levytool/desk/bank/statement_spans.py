"""The statements of a file that state balances, as its import keeps them (read again by
`ledger.bank.files_told`)."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from levytool.bank.statement import BankStatement


def spans_of(
    account: str, statements: Sequence[BankStatement], opened: date | None
) -> Iterator[dict[str, Any]]:
    """Each statement of an account that states balances: what it opens and closes with, in pence,
    the first and the last day of its lines, and the day its closing balance is of.

    One without lines has that day alone. Where the books were `opened` at the end of a day, it
    begins with the balance then: the lines by that day are in what was brought in.
    """
    for statement in statements:
        opening, closing = statement.opening_pence, statement.closing_pence
        if opening is None or closing is None:
            continue
        lines = [line for line in statement.lines if opened is None or line.booked > opened]
        days = [line.booked for line in lines]
        on = statement.until or max((line.booked for line in statement.lines), default=None)
        if on is None or (opened is not None and on < opened):
            continue
        rows = [line.row for line in lines]
        yield {
            "account": account,
            "opening": closing - sum(line.amount_pence for line in lines),
            "closing": closing,
            "first": min(days, default=on).isoformat(),
            "last": max(days, default=on).isoformat(),
            "until": None if statement.until is None else statement.until.isoformat(),
            "lines": len(lines),
            "rows": [min(rows, default=0), max(rows, default=0)],
        }

"""The statements of a file that state balances, as its import keeps them (read again by
`ledger.bank.files_told`)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from levytool.bank.statement import BankStatement, StatementLine


def spans_of(
    account: str, statements: Sequence[BankStatement], opened: date | None
) -> Iterator[dict[str, Any]]:
    """Each statement of an account that states balances: what it opens and closes with, in pence,
    the first and the last day of its lines, the day its closing balance is of, and the
    balance at the end of each day before the last.

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
        before, *by_day = _by_day(lines, closing)
        yield {
            "account": account,
            "opening": before[1],
            "closing": closing,
            "first": min(days, default=on).isoformat(),
            "last": max(days, default=on).isoformat(),
            "until": None if statement.until is None else statement.until.isoformat(),
            "lines": len(lines),
            "rows": [min(rows, default=0), max(rows, default=0)],
            "by_day": [[day.isoformat(), pence] for day, pence in by_day[:-1]],
        }


def _by_day(lines: Sequence[StatementLine], closing_pence: int) -> list[tuple[date, int]]:
    """The balance at the end of each day with lines; the one before them all goes first."""
    days = defaultdict[date, int](int)
    for line in lines:
        days[line.booked] += line.amount_pence
    found = [(date.min, closing_pence - sum(days.values()))]
    for day in sorted(days):
        found.append((day, found[-1][1] + days[day]))
    return found

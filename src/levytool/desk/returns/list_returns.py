"""The returns there are and those that are owed, as rows (contract, `return list`)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from levytool.book.records import Book
from levytool.desk.book_in_force import book_in_force
from levytool.desk.office import Office
from levytool.ledger.documents.default_charges import standing_charges
from levytool.ledger.documents.documents import numbers_by_return
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.ledger.journal.opened import opened_until
from levytool.ledger.parties import registers
from levytool.ledger.spend import returns
from levytool.ledger.spend.returns import StoredReturn
from levytool.money import format_pence
from levytool.periods import Month, Period
from levytool.rules.due_dates import due_date
from levytool.rules.expected import (
    MONTHS_LOOKED_BACK,
    OVERDUE,
    OwedReturn,
    days_overdue,
    expected_since,
    last_ended,
    owed_returns,
)

HELD = frozenset({*returns.RECEIVED, returns.EXCUSED})
"""The states of a return that leave nothing owed for its period."""

CHASED = (
    "contractor",
    "name",
    "email",
    "framework",
    "title",
    "period",
    "due",
    "state",
    "days_overdue",
    "two_in_three_months",
    "two_consecutive",
)
"""The columns of the chase list."""

Row = dict[str, Any]


def list_returns(office: Office, period: Period | None = None, asked: AsKnown = NOW) -> list[Row]:
    """Every return and what is expected for every period ended, or those of a reporting period.

    In order of period; within one, returns by number, then what is owed by framework and
    contractor. A ledger without a book expects nothing. As known on a day, returns are in the state
    they were in, and owed as of that day.
    """
    with office.reading() as connection:
        found = returns.find_returns(connection, period=looked_at(period), asked=asked)
        documents = numbers_by_return(connection, period, asked)
        charged = standing_charges(connection, period, asked)
        has_book = registers.book_text(connection) is not None
        book = book_in_force(connection, asked) if has_book else None
        opened = opened_until(connection, asked)
    rows = [
        return_row(stored, documents.get(stored.id, []))
        for stored in found
        if period is None or stored.period in period
    ]
    if book is not None:
        owed = find_owed(book, found, period, asked.day(office.acting.today), opened)
        rows += [_owed_row(one, charged.get(one[:3])) for one in owed]
    return sorted(rows, key=itemgetter("period"))


def with_days_overdue(rows: Sequence[Row], today: date) -> list[Row]:
    """The same rows for a person: with the days since the due date of what is overdue."""
    days = {due: days_overdue(date.fromisoformat(due), today) for due in {r["due"] for r in rows}}
    return [
        row | {"days_overdue": days[row["due"]] if row["state"] == OVERDUE else None}
        for row in rows
    ]


def chase_list(office: Office, period: Period | None = None) -> list[Row]:
    """Who owes which return, with the contractor's name and e-mail, ready for a mail merge.

    In order of contractor, framework and period.
    """
    with office.reading() as connection:
        book = book_in_force(connection)
        found = returns.find_returns(connection, period=looked_at(period))
        opened = opened_until(connection)
    owed = find_owed(book, found, period, office.acting.today, opened)
    return [_chased(book, one) for one in sorted(owed)]


def find_owed(
    book: Book,
    found: Iterable[StoredReturn],
    period: Period | None,
    today: date,
    opened: Month | None = None,
) -> list[OwedReturn]:
    """What is owed for a reporting period; without one, for every period ended by today.

    `found` are the returns of the period and of the months that its flags look back to. Where an
    opening file began the books, nothing is owed up to `opened`, the month before them.
    """
    frameworks = [book.frameworks[code] for code in sorted(book.frameworks)]
    first = expected_since(frameworks)
    if first is None:
        return []
    if opened is not None:
        first = max(first, opened.plus(1))
    if period is None:
        last = last_ended(today)
        if first > last:
            return []
        period = Period(first, last)
    held = {one.key for one in found if one.state in HELD}
    return owed_returns(frameworks, period, held, today, opened)


def looked_at(period: Period | None) -> Period | None:
    """A period and the months before it that its flags look back to; None for all."""
    if period is None:
        return None
    return Period(period.first.plus(-MONTHS_LOOKED_BACK), period.last)


@lru_cache(maxsize=1_000)
def _period_and_due(period: Month) -> tuple[str, str]:
    return str(period), due_date(period).isoformat()


def return_row(stored: StoredReturn, documents: Sequence[str]) -> Row:
    """One return as scripts read it."""
    period, due = _period_and_due(stored.period)
    return {
        "return": stored.number,
        "contractor": stored.contractor,
        "framework": stored.framework,
        "period": period,
        "supplement": stored.supplement,
        "state": stored.state,
        "due": due,
        "lines": stored.lines,
        "net": format_pence(stored.net_pence),
        "levy": format_pence(stored.levy_pence),
        "documents": documents,
    }


def return_rows(connection: Connection, return_ids: Sequence[int]) -> list[Row]:
    """The returns of those ids, in order of period and number, as scripts read them."""
    numbers: Mapping[int, Sequence[str]] = numbers_by_return(connection)
    found = returns.find_returns(connection, ids=return_ids)
    return [return_row(stored, numbers.get(stored.id, [])) for stored in found]


def _owed_row(owed: OwedReturn, charge: str | None) -> Row:
    """A return that is owed, with its default charge as its document."""
    period, due = _period_and_due(owed.period)
    nothing = format_pence(0)
    return {
        "return": None,
        "contractor": owed.contractor,
        "framework": owed.framework,
        "period": period,
        "supplement": 0,
        "state": owed.state,
        "due": due,
        "lines": 0,
        "net": nothing,
        "levy": nothing,
        "documents": [] if charge is None else [charge],
    }


def _chased(book: Book, owed: OwedReturn) -> Row:
    contractor, framework = book.contractors[owed.contractor], book.frameworks[owed.framework]
    facts = (contractor.code, contractor.name, contractor.email, framework.code, framework.title)
    flags = (owed.two_in_three_months, owed.two_consecutive)
    when = (
        str(owed.period),
        owed.due.isoformat(),
        owed.state,
        owed.days_overdue,
    )
    return dict(zip(CHASED, (*facts, *when, *flags), strict=True))

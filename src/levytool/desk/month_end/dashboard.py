"""Gathering the consortium at a glance, all of it from one state of the books."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection

from levytool.book.records import Book
from levytool.desk.audit.check_books import check_books
from levytool.desk.book_in_force import book_in_force
from levytool.desk.month_end.close_period import list_periods
from levytool.desk.month_end.consortium_statement import consortium_statement
from levytool.desk.month_end.obstacles import not_compared, obstacles, unproved
from levytool.desk.office import Office
from levytool.desk.reconcile.reconcile_spend import match_books
from levytool.desk.returns.list_returns import find_owed
from levytool.ledger.database.transactions import only_read_from_here
from levytool.ledger.journal.opened import opened_until
from levytool.ledger.spend import returns
from levytool.periods import Month, Period
from levytool.reconcile.spend import Findings
from levytool.rules.expected import OVERDUE, period_named
from levytool.statements.dashboard import Dashboard, OpenMonth, OverdueReturn


def dashboard(office: Office) -> Dashboard:
    """The consortium today: its financial year so far, what is overdue, what keeps it open."""
    today = office.acting.today
    with office.reading() as connection:
        # Every part reads this one snapshot.
        looking = replace(office, trial=connection)
        book = book_in_force(connection)
        matched = match_books(connection)
        month = _oldest_open(looking, matched)
        found = None if month is None else _open_month(connection, looking, book, month, matched)
        # Matching spend made temporary tables; nothing after it writes anything at all.
        only_read_from_here(connection)
        return Dashboard(
            today,
            consortium_statement(looking, year_so_far(book, Month.of(today)), matched=matched),
            tuple(_overdue(connection, book, office)),
            found,
        )


def year_so_far(book: Book, month: Month) -> Period:
    """The financial year that a month lies in, up to that month."""
    since = (month.month - book.consortium.financial_year_starts) % 12
    return Period(month.plus(-since), month)


def _oldest_open(office: Office, matched: Findings) -> Month | None:
    rows = list_periods(office, matched)
    opened = (row["period"] for row in rows if row["state"] == "open")
    return next((Month.parse(period) for period in opened), None)


def _open_month(
    connection: Connection, office: Office, book: Book, month: Month, matched: Findings
) -> OpenMonth:
    in_the_way = obstacles(connection, office, book, month, matched)
    return OpenMonth(
        month,
        (*in_the_way, *unproved(check_books(office))),
        not_compared(connection, month, matched),
        month.plus(1).first_day if month.last_day >= office.acting.today else None,
    )


def _overdue(connection: Connection, book: Book, office: Office) -> Iterator[OverdueReturn]:
    found = returns.find_returns(connection)
    for owed in find_owed(book, found, None, office.acting.today, opened_until(connection)):
        if owed.state == OVERDUE:
            framework = book.frameworks[owed.framework]
            yield OverdueReturn(
                owed.contractor,
                book.contractors[owed.contractor].name,
                owed.framework,
                period_named(framework, owed.period),
                owed.due,
                owed.days_overdue,
            )

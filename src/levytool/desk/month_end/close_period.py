"""Closing a month to posting, opening it again, and which months are closed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from levytool.acting import Acting, is_same_person
from levytool.desk.audit.check_books import check_books
from levytool.desk.book_in_force import book_in_force
from levytool.desk.four_eyes import Asked, Status, agreed_proposal, record_done
from levytool.desk.month_end.obstacles import (
    SpendOfMonths,
    balances_apart,
    nothing_to_match,
    obstacles,
    spend_of,
    unexplained_lines,
    unproved,
)
from levytool.desk.office import Office
from levytool.desk.reconcile.reconcile_spend import match_books, reconcile_part
from levytool.desk.returns.list_returns import find_owed
from levytool.ledger.bank.bank_balances import BankBalance
from levytool.ledger.journal import acts
from levytool.ledger.journal.closing import CLOSE, REOPEN, MonthAct, closed_months, month_acts
from levytool.ledger.parties import registers
from levytool.ledger.spend import returns
from levytool.ledger.spend.covered import ledgers_span
from levytool.ledger.spend.returns import RECEIVED, STAGED
from levytool.ledger.spend.spend_sides import declared_sum
from levytool.money import format_pence
from levytool.periods import Month, Period
from levytool.problems import RuleRefused
from levytool.reconcile.never_compared import NeverCompared, never_compared_json
from levytool.reconcile.since_closing import Total, totals_of, totals_without_ledgers
from levytool.reconcile.spend import Asked as SpendAsked
from levytool.reconcile.spend import Findings
from levytool.reconcile.spend_told import left_json, members_of, missing_json

TOTALS = "totals"
"""The fact of a closing that says what the month's spend came to then."""


def close_period(office: Office, month: Month) -> dict[str, Any]:
    """Close a month: nothing posts in it any more. Closing a closed month does nothing.

    Gives with it the members whose declared spend is not compared, since they sent no ledger of the
    months that its lines are dated in (`missing_ledgers`): that explains it, since a late ledger
    must not hold up everyone's books; how much that is, and of it accepted (`never_compared`); what
    people joined and explained, with more left than is tolerated; and which months before it are
    open still (`earlier_open`).
    Raises RuleRefused with all that stands in the way: returns that are missing or only staged,
    money and differences nobody has explained, proofs that fail; and for a month that has not
    ended.
    """
    unsound = unproved(check_books(office))
    with office.writing() as connection:
        matched = None if nothing_to_match(connection) else match_books(connection)
        spend = spend_of(connection, Period(month, month), matched)
        told = {
            "not_compared": members_of(spend.not_compared[month]),
            "missing_ledgers": missing_json(spend.not_compared[month]),
            "never_compared": never_compared_json(spend.never_compared[month]),
            "left_in_joins": [left_json(item) for item in spend.explained_joins[month]],
            "earlier_open": [str(earlier) for earlier in _open_before(connection, month)],
        }
        if month in closed_months(connection):
            return _row(month, "closed", Status.DONE_BEFORE) | told
        if month.last_day >= office.acting.today:
            raise RuleRefused(
                f"{month} has not ended; it can be closed from {month.plus(1).first_day} on"
            )
        book = book_in_force(connection)
        in_the_way = obstacles(connection, office, book, month, matched) + unsound
        if in_the_way:
            raise RuleRefused(f"{month} stays open", tuple(in_the_way))
        kept = {TOTALS: _totals(connection, month, matched)}
        acts.record(connection, office.acting, CLOSE, str(month), kept)
    return _row(month, "closed", Status.DONE) | told


def _open_before(connection: Connection, month: Month) -> list[Month]:
    """The months before that have returns and are open."""
    closed = closed_months(connection)
    periods = {stored.period for stored in returns.find_returns(connection)}
    return sorted(period for period in periods if period < month and period not in closed)


def totals_kept(connection: Connection, month: Month) -> dict[str, list[int]]:
    """Lines and pence of what a month came to when it was last closed; none that earlier versions
    closed."""
    kept: dict[str, list[int]] = acts.acts_of(connection, CLOSE, str(month))[-1].facts.get(
        TOTALS, {}
    )
    return kept


def _totals(connection: Connection, month: Month, matched: Findings | None) -> dict[str, Total]:
    """What the month's spend comes to, to be told apart later from what it comes to then."""
    only = Period(month, month)
    if matched is None:
        return totals_without_ledgers(declared_sum(connection, only, None))
    return totals_of(reconcile_part(connection, SpendAsked(only), matched))


def reopen_period(office: Office, month: Month, reason: str) -> dict[str, Any]:
    """Open a closed month again: the first user proposes, a second one agrees.

    `proposed_otherwise` names who else proposed it with another reason, and that reason. Raises
    RuleRefused for a month that never was closed: that is a slip, not a repeat.
    """
    with office.writing() as connection:
        closed = closed_months(connection)
        if month not in closed:
            if not acts.acts_of(connection, CLOSE, str(month)):
                raise RuleRefused(
                    f"{month} is open and was never closed: there is nothing to open again; "
                    "see: levytool period status"
                )
            return _row(month, "open", Status.DONE_BEFORE)
        if closed.until is not None and month <= closed.until:
            raise RuleRefused(
                f"{month} lies before these books, which were opened after {closed.until}; "
                f"what belongs to it posts in {closed.until.plus(1)} or later"
            )
        asked = Asked(
            REOPEN, str(month), {"reason": reason, "closing": _closing(connection, month)}
        )
        proposal = agreed_proposal(connection, office.acting, asked)
        if proposal is None:
            others = _proposed_otherwise(connection, office.acting, asked)
            return _row(month, "closed", Status.PROPOSED) | {"proposed_otherwise": others}
        record_done(connection, office.acting, asked, proposal=proposal)
    return _row(month, "open", Status.DONE)


def _proposed_otherwise(
    connection: Connection, acting: Acting, asked: Asked
) -> list[dict[str, str]]:
    """Others' proposals to reopen the month after this closing, with the reasons they gave."""
    return [
        {"user": act.user, "reason": act.facts["reason"]}
        for act in acts.acts_of(connection, asked.act, asked.subject)
        if act.state == acts.PROPOSED
        and act.facts["closing"] == asked.facts["closing"]
        and act.facts["reason"] != asked.facts["reason"]
        and not is_same_person(act.user, acting.user)
    ]


def _closing(connection: Connection, month: Month) -> int:
    """Which closing it is: a month closed again needs to be agreed on again."""
    return acts.acts_of(connection, CLOSE, str(month))[-1].id


def list_periods(office: Office, matched: Findings | None = None) -> list[dict[str, Any]]:
    """Every month that has a return, a closing or something in its way, in order: how many returns
    stand for it, how many are only staged or missing, and above the book's tolerance the bank lines
    booked in it and the spend differences that nobody has explained, as `close_period` counts them
    and `reconcile spend`; and the members whose declared spend is not compared, with the months of
    the ledgers that are missing. Closing counts the
    lines of earlier months too (`unexplained_earlier`), which stand under their own months.
    `bank_differs` are the bank accounts that by its end hold other than the books have.

    `acts` are who closed it and opened it again, when and why, and who waits for a second person.
    Books that began in the middle have the last month before them too, which is closed for good.
    `matched` saves matching the spend once more, where that is done already.
    """
    with office.reading() as connection:
        closed = closed_months(connection)
        found = returns.find_returns(connection)
        returned = Counter(stored.period for stored in found if stored.state in RECEIVED)
        staged = Counter(stored.period for stored in found if stored.state == STAGED)
        missing: Counter[Month] = Counter()
        spend = SpendOfMonths({}, {}, {}, {})
        lines: Counter[Month] = Counter()
        tolerance = 0
        if registers.book_text(connection) is not None:
            book = book_in_force(connection)
            owed = find_owed(book, found, None, office.acting.today, closed.until)
            missing = Counter(one.period for one in owed)
            tolerance = book.consortium.tolerance_pence
            spend = _spend(connection, returned, matched)
            waiting = unexplained_lines(connection, tolerance)
            lines = Counter(Month.of(line.booked) for line, _rest in waiting)
        before = () if closed.until is None else (closed.until,)
        acted = month_acts(connection)
        differences = [month for month, found in spend.unexplained.items() if found]
        known = {*returned, *missing, *lines, *differences, *closed.closed, *before}
        shown = sorted(known.union(act.month for act in acted))
        apart = {month: balances_apart(connection, tolerance, month) for month in shown}
    return [
        {
            "period": str(month),
            "state": "closed" if month in closed else "open",
            "returns": returned[month],
            "staged": staged[month],
            "missing": missing[month],
            "unexplained": lines[month],
            "differences": len(spend.unexplained.get(month, ())),
            "not_compared": list(members_of(spend.not_compared.get(month, ()))),
            "missing_ledgers": missing_json(spend.not_compared.get(month, ())),
            "never_compared": never_compared_json(spend.never_compared.get(month, NeverCompared())),
            "left_in_joins": [left_json(item) for item in spend.explained_joins.get(month, ())],
            "unexplained_earlier": 0 if month in closed else _before(lines, month),
            "bank_differs": [_apart(one) for one in apart[month]],
            "acts": [_act(act) for act in acted if act.month == month],
        }
        for month in shown
    ]


def _apart(found: BankBalance) -> dict[str, str]:
    """A bank account that differs, with the day as at which it does."""
    return {
        "account": found.account,
        "on": found.on.isoformat(),
        "books": format_pence(found.books_pence),
        "bank": format_pence(found.bank_pence),
        "missing": format_pence(found.missing_pence),
    }


def _act(act: MonthAct) -> dict[str, str]:
    return {key: value for key, value in asdict(act).items() if key != "month"}


def _before(lines: Counter[Month], month: Month) -> int:
    return sum(count for booked, count in lines.items() if booked < month)


def _spend(
    connection: Connection, returned: Iterable[Month], matched: Findings | None
) -> SpendOfMonths:
    """What waits of spend in each month of the returns and the members' ledgers."""
    span = ledgers_span(connection)
    # Lines of quarterly returns are recorded in the quarter's last month, after their dates.
    months = [*returned, *(() if span is None else (span.first, span.last.quarter_end()))]
    if not months:
        return SpendOfMonths({}, {}, {}, {})
    return spend_of(connection, Period(min(months), max(months)), matched)


def _row(month: Month, state: str, status: Status) -> dict[str, Any]:
    return {"period": str(month), "state": state, "status": status.value}

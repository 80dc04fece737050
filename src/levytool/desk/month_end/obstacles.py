"""What stands in the way of closing a month (domain §3.6): all of it, each with what to do."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection

from levytool.book.records import Book
from levytool.desk.audit.check_books import Check
from levytool.desk.bank.balances_told import bank_differs
from levytool.desk.bank.list_bank import open_pence
from levytool.desk.office import Office
from levytool.desk.reconcile.decisions import DECIDE
from levytool.desk.reconcile.reconcile_spend import reconcile_part
from levytool.desk.returns.list_returns import find_owed, looked_at
from levytool.ledger.bank.bank_balances import BankBalance, bank_balances
from levytool.ledger.bank.bank_lines import StoredBankLine, find_lines, identified_by_line
from levytool.ledger.journal import acts
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.spend import returns
from levytool.ledger.spend.covered import ledgers_asked_for, ledgers_span
from levytool.ledger.spend.returns import STAGED
from levytool.ledger.spend.spend_sides import declared_sum
from levytool.money import display_pence
from levytool.periods import Month, Period
from levytool.problems import Problem
from levytool.reconcile.never_compared import NeverCompared, never_compared
from levytool.reconcile.spend import Asked, Difference, Findings
from levytool.rules.matching.decisions import MATCH, REJECT, STATUS
from levytool.rules.matching.reasons import MemberMonth


@dataclass(frozen=True, slots=True)
class Obstacle(Problem):
    """What stands in a month's way. `pence` is its net, signed, where it is of money; `reason` is
    that of a spend difference."""

    pence: int | None = None
    reason: str = ""


def unproved(checks: list[Check]) -> list[Problem]:
    """Proofs of the books that fail, control accounts among them."""
    return [
        Problem("check-failed", f"{check.name}: {check.detail}", "see: levytool check")
        for check in checks
        if not check.ok
    ]


def obstacles(
    connection: Connection,
    office: Office,
    book: Book,
    month: Month,
    matched: Findings | None = None,
    *,
    own_lines: bool = False,
) -> list[Problem]:
    """What keeps a month open beside the proofs: returns that are missing or only staged, and
    above the book's tolerance money that no statement brought, money and spend differences that
    nobody has explained.

    `matched` saves matching the spend once more, where that is done already. `own_lines`: of bank
    lines only those booked in the month, as a list of months counts them; else earlier ones too.
    """
    tolerance = book.consortium.tolerance_pence
    return [
        *_staged(connection, month),
        *_missing(connection, office, book, month),
        *_unexplained(connection, tolerance, month, own_lines=own_lines),
        *_not_in_the_books(connection, tolerance, month),
        *_not_explained(connection, month, matched),
    ]


def not_compared(
    connection: Connection, month: Month, matched: Findings | None = None
) -> tuple[MemberMonth, ...]:
    """The ledgers that are not there to have what is declared for a month, and nobody recorded:
    those that `reconcile spend` names, each the month of the lines' dates and the member. `matched`
    as above."""
    return spend_of(connection, Period(month, month), matched).not_compared[month]


def _staged(connection: Connection, month: Month) -> Iterator[Problem]:
    found = returns.find_returns(connection, period=Period(month, month), states=(STAGED,))
    for stored in found:
        yield Problem(
            "staged-return",
            f"{stored.number} of {stored.contractor} for {stored.framework} is only staged",
            f"accept or reject it: levytool return accept {stored.number}",
        )


def _missing(connection: Connection, office: Office, book: Book, month: Month) -> Iterator[Problem]:
    only = Period(month, month)
    found = returns.find_returns(connection, period=looked_at(only))
    opened = closed_months(connection).until
    for owed in find_owed(book, found, only, office.acting.today, opened):
        who = f"--contractor {owed.contractor} --framework {owed.framework} --period {month}"
        yield Problem(
            "return-missing",
            f"{owed.contractor} has sent no return for {owed.framework}, {month}",
            f"import it, or: levytool return nil {who}, or: levytool return excuse {who} "
            "--reason WHY",
        )


def _unexplained(
    connection: Connection, tolerance_pence: int, month: Month, *, own_lines: bool
) -> Iterator[Problem]:
    """Bank lines booked by the end of the month with more in suspense than is tolerated."""
    for line, rest in unexplained_lines(connection, tolerance_pence):
        if line.booked <= month.last_day and (not own_lines or line.booked >= month.first_day):
            yield Obstacle(
                "not-identified",
                f"nobody has said what {display_pence(rest)} of {line.number} is ({line.booked}, "
                f"{line.description or line.reference})",
                "see what it may be: levytool reconcile bank; or say what it is: "
                f"levytool bank identify {line.number} --as …",
                pence=rest if line.amount_pence > 0 else -rest,
            )


def _not_in_the_books(
    connection: Connection, tolerance_pence: int, month: Month
) -> Iterator[Problem]:
    """Bank accounts that by the end of the month hold other than what their lines come to."""
    for found in balances_apart(connection, tolerance_pence, month):
        yield bank_differs(connection, found)


def balances_apart(connection: Connection, tolerance_pence: int, month: Month) -> list[BankBalance]:
    """Bank accounts that by the end of a month differ from the bank by more than is tolerated."""
    found = bank_balances(connection, month.last_day)
    return [one for one in found if abs(one.missing_pence) > tolerance_pence]


def _not_explained(
    connection: Connection, month: Month, matched: Findings | None
) -> Iterator[Problem]:
    """Spend differences of the month that nobody has explained."""
    for item in spend_of(connection, Period(month, month), matched).unexplained[month]:
        decision, told = item.decision, _described(item)
        if decision is not None and item.status == STATUS[MATCH]:
            yield Obstacle(
                "difference-open",
                f"{item.id} was joined by {decision.user} without a word why, and something is "
                f"left: {told}",
                f"say why: levytool reconcile decide {item.id} --note WHY, or --reason REASON; or "
                f"take it back: levytool reconcile decide {item.id} --undo",
                pence=item.net_difference_pence,
                reason=item.reason,
            )
            continue
        if decision is None or decision.verb != REJECT:
            yield Obstacle(
                "difference-open",
                f"nobody has decided about {item.id}: {told}",
                f"levytool reconcile decide {item.id} --accept --note WHY, or --match ID, or: "
                "levytool reconcile review",
                pence=item.net_difference_pence,
                reason=item.reason,
            )
            continue
        note = f" ({decision.note})" if decision.note else ""
        yield Obstacle(
            "difference-open",
            f"{item.id} was rejected by {decision.user}{note} and is not put right: {told}",
            "correct the return, or import the ledger that puts it right; or, where it is "
            f"explained after all: levytool reconcile decide {item.id} --accept --note WHY",
            pence=item.net_difference_pence,
            reason=item.reason,
        )


class SpendOfMonths(NamedTuple):
    """By month the spend differences above the tolerance that nobody has explained, as `reconcile
    spend` has them (open, rejected and not put right, or joined without a word why), the ledgers
    that are not there to have lines of it (month and member), above the tolerance what people
    joined and explained, and how much is not compared."""

    unexplained: dict[Month, list[Difference]]
    not_compared: dict[Month, tuple[MemberMonth, ...]]
    explained_joins: dict[Month, list[Difference]]
    never_compared: dict[Month, NeverCompared]


def spend_of(
    connection: Connection, period: Period, matched: Findings | None = None
) -> SpendOfMonths:
    """What closing the months of a period has to say of their spend."""
    months = tuple(period.months())
    if matched is None and nothing_to_match(connection):
        declared = {month: ledgers_asked_for(connection, Period(month, month)) for month in months}
        without = {month: tuple(sorted(ledgers)) for month, ledgers in declared.items()}
        return SpendOfMonths(
            _by_month(months, ()),
            without,
            _by_month(months, ()),
            {month: _all_declared(connection, month) for month in months},
        )
    found = reconcile_part(connection, Asked(period), matched)
    without_ledger = found.not_compared()
    return SpendOfMonths(
        _by_month(months, found.above_tolerance),
        {month: tuple(without_ledger.get(str(month), ())) for month in months},
        _by_month(months, found.explained_joins),
        {month: never_compared(own) for month, own in _by_month(months, found.left_out).items()},
    )


def _all_declared(connection: Connection, month: Month) -> NeverCompared:
    """What is declared of a month, where no ledger is there and nobody has decided anything."""
    declared = declared_sum(connection, Period(month, month), None)
    return NeverCompared(declared.lines, declared.net_pence)


def _by_month(
    months: Iterable[Month], differences: Iterable[Difference]
) -> dict[Month, list[Difference]]:
    """Differences by the months that they have lines in."""
    found: dict[Month, list[Difference]] = {month: [] for month in months}
    for item in differences:
        for month in {Month.parse(line.period) for line in item.lines} & found.keys():
            found[month].append(item)
    return found


def nothing_to_match(connection: Connection) -> bool:
    """Whether no ledger lies beside what was declared, and nobody has said anything of it."""
    return not acts.acts_of(connection, DECIDE) and ledgers_span(connection) is None


def _described(found: Difference) -> str:
    """`undeclared, £44.00, BROOKS for SALIX, 2014-03-05, invoice B9`."""
    line = found.lines[0]
    net = display_pence(found.net_difference_pence)
    if not found.net_difference_pence:
        net += f" net and {display_pence(found.at_stake_pence)} at stake"
    told = f"{found.reason}, {net}, {line.contractor} for "
    invoice = f", invoice {line.invoice}" if line.invoice else ""
    return f"{told}{line.member}, {line.date}{invoice}"


def unexplained_lines(
    connection: Connection, tolerance_pence: int
) -> Iterator[tuple[StoredBankLine, int]]:
    """Bank lines with more in suspense (2900) than is tolerated, and how much of each, in pence."""
    known = identified_by_line(connection)
    for line in find_lines(connection):
        rest = open_pence(line, known.get(line.id, ()))
        if rest > tolerance_pence:
            yield line, rest

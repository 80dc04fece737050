"""Opportunities due, delivered and carried, scope by scope (domain §3.4)."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection

from levytool.book.records import Book
from levytool.desk.book_in_force import book_in_force
from levytool.desk.brokerage.obligations import described, opportunity_rules, spend_by_key
from levytool.desk.office import Office
from levytool.ledger.funds.opportunities import place_counts
from levytool.ledger.journal.as_known import NOW, AsKnown
from levytool.money import format_pence
from levytool.rules.opportunities import (
    OpportunityRow,
    ScopeKey,
    format_exact,
    opportunity_rows,
    rounding_difference,
)


@dataclass(frozen=True, slots=True)
class ObligationsDue:
    """What every scope owes and has had, and the places waived by obligation."""

    rows: tuple[OpportunityRow, ...]
    waived: dict[ScopeKey, int]

    @property
    def rounding_difference(self) -> int:
        """Opportunities that flooring scope by scope leaves unasked for."""
        return rounding_difference(self.rows)

    def outstanding(self, row: OpportunityRow) -> Fraction:
        """Opportunities due of one scope that were neither delivered nor waived."""
        return max(Fraction(0), row.outstanding - self.waived.get(row.key, 0))


def obligations_due(connection: Connection, book: Book, asked: AsKnown = NOW) -> ObligationsDue:
    """The obligations of every framework in the book that owes opportunities, in order of code."""
    rules = opportunity_rules(book)
    spend = spend_by_key(connection, rules, asked)
    places = place_counts(connection, rules, asked)
    rows: list[OpportunityRow] = []
    for framework, rule in sorted(rules.items()):
        of_framework = {key: count for key, count in places.items() if key.framework == framework}
        rows += opportunity_rows(
            rule,
            {key: pence for key, pence in spend.items() if key.framework == framework},
            {key: Fraction(count.delivered) for key, count in of_framework.items()},
            {key: Fraction(count.verified) for key, count in of_framework.items()},
        )
    waived = {key: count.waived for key, count in places.items()}
    return ObligationsDue(tuple(rows), waived)


def opportunity_due(office: Office, asked: AsKnown = NOW) -> tuple[dict[str, Any], list[str]]:
    """What is due by scope and the rounding difference across scopes (contract).

    Beside it a remark on each scope that has had more than it owes, since nothing is clawed back,
    and one where no framework of the book owes any.
    """
    with office.reading() as connection:
        book = book_in_force(connection, asked)
        due = obligations_due(connection, book, asked)
    found = {
        "rows": [_row(row, due) for row in due.rows],
        "rounding_difference": due.rounding_difference,
    }
    remarks = [
        f"{described(row.key)}: {format_exact(row.over_delivered)} over-delivered"
        for row in due.rows
        if row.over_delivered
    ]
    if not opportunity_rules(book):
        remarks.append(
            "no framework of the book has an opportunities rule, so none falls due; add "
            "[frameworks.opportunities] to one that should have"
        )
    return found, remarks


def _row(row: OpportunityRow, due: ObligationsDue) -> dict[str, Any]:
    """One scope as scripts read it; a code that the scope does not count by is None."""
    by_call_off = row.scope == "call-off"
    return {
        "scope": row.scope,
        "framework": row.key.framework,
        "member": row.key.member or None,
        "call_off": row.key.call_off if by_call_off else None,
        "contractor": row.key.contractor or None,
        "spend": format_pence(row.spend_pence),
        "due_exact": format_exact(row.due_exact),
        "due": row.due,
        "delivered": _count(row.delivered),
        "verified": _count(row.verified),
        "outstanding": _count(due.outstanding(row)),
        "carried": format_exact(row.carried),
    }


def _count(count: Fraction) -> int | str:
    return count.numerator if count.denominator == 1 else format_exact(count)

"""Opportunities as rows, and what an act on one gives back."""

from typing import Any

from levytool.book.records import Book
from levytool.desk.book_in_force import book_in_force
from levytool.desk.brokerage.obligations import opportunity_rules
from levytool.desk.four_eyes import Status
from levytool.desk.given import code_of
from levytool.desk.office import Office
from levytool.ledger.funds.opportunities import StoredOpportunity, find_opportunities
from levytool.rules.opportunities import qualifies


def list_opportunities(
    office: Office, *, framework: str | None = None, member: str | None = None
) -> list[dict[str, Any]]:
    """Every opportunity recorded, or a framework's or a member's, in order of number.

    Raises UsageError for a framework or member that the book has not.
    """
    with office.reading() as connection:
        book = book_in_force(connection)
        framework_code = code_of(book, "framework", framework) if framework else None
        member_code = code_of(book, "member", member) if member else None
        return [
            opportunity_row(book, stored)
            for stored in find_opportunities(connection)
            if framework_code in (None, stored.framework) and member_code in (None, stored.member)
        ]


def opportunity_row(book: Book, stored: StoredOpportunity) -> dict[str, Any]:
    """One opportunity as scripts read it; `counts`: long enough to count towards what is due."""
    rule = opportunity_rules(book).get(stored.framework)
    state = "verified" if stored.verified else "recorded"
    return {
        "opportunity": stored.number,
        "framework": stored.framework,
        "member": stored.member,
        "contractor": stored.contractor or None,
        "call_off": stored.call_off or None,
        "type": stored.type,
        "starts": stored.starts.isoformat(),
        "weeks": stored.weeks,
        "hours": stored.hours,
        "evidence": stored.evidence,
        "counts": rule is not None and qualifies(stored.weeks, rule.qualifying_weeks),
        "state": "paid" if stored.paid else state,
        "recorded_by": stored.recorded_by,
    }


def acted_row(book: Book, stored: StoredOpportunity, status: Status) -> dict[str, Any]:
    """One opportunity after an act on it, with what became of the act."""
    return {**opportunity_row(book, stored), "status": status.value}

"""Recording a training or employment place, and verifying it by a second person (domain §3.4)."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from levytool.acting import is_same_person
from levytool.book.records import Book, OpportunityRule
from levytool.desk import four_eyes
from levytool.desk.book_in_force import book_in_force
from levytool.desk.brokerage.list_opportunities import acted_row
from levytool.desk.brokerage.obligations import spend_by_key
from levytool.desk.four_eyes import Asked, Status
from levytool.desk.given import code_of
from levytool.desk.office import Office
from levytool.ledger.funds import opportunities
from levytool.ledger.funds.opportunities import NewOpportunity, get_opportunity
from levytool.problems import RuleRefused, UsageError

TYPES = ("apprenticeship", "job", "work placement", "training")


@dataclass(frozen=True, slots=True)
class Place:
    """A place as an officer gives it. Parties are as written; what does not apply is ''."""

    framework: str
    member: str
    type: str
    starts: date
    weeks: int
    contractor: str = ""
    call_off: str = ""
    hours: int | None = None
    evidence: str = ""


def record_opportunity(office: Office, place: Place, reference: str = "") -> dict[str, Any]:
    """Record a place under a new number.

    Raises UsageError for a party or type there is not, or a code missing that the framework counts
    by; RuleRefused where the framework owes no opportunities.
    """
    with office.writing() as connection:
        book = book_in_force(connection)
        new = _checked(connection, book, place)
        asked = Asked(opportunities.RECORD, "", new._asdict(), reference)
        found = four_eyes.done_already(connection, asked)
        if found is not None:
            stored = get_opportunity(connection, found.subject)
            return acted_row(book, stored, Status.DONE_BEFORE)
        number = opportunities.add_opportunity(connection, office.acting, new)
        four_eyes.record_done(connection, office.acting, replace(asked, subject=number))
        return acted_row(book, get_opportunity(connection, number), Status.DONE)


def verify_opportunity(office: Office, number: str) -> dict[str, Any]:
    """Verify a place. Raises RuleRefused for the user who recorded it."""
    with office.writing() as connection:
        book = book_in_force(connection)
        stored = get_opportunity(connection, number)
        if stored.verified:
            return acted_row(book, stored, Status.DONE_BEFORE)
        if is_same_person(stored.recorded_by, office.acting.user):
            raise four_eyes.refused_alone(stored.recorded_by, f"recorded {stored.number}")
        asked = Asked(opportunities.VERIFY, stored.number)
        four_eyes.record_done(connection, office.acting, asked)
        return acted_row(book, get_opportunity(connection, number), Status.DONE)


def _checked(connection: Connection, book: Book, place: Place) -> NewOpportunity:
    framework = code_of(book, "framework", place.framework)
    rule = book.frameworks[framework].opportunities
    if rule is None:
        raise RuleRefused(
            f"{framework} owes no opportunities; give it [frameworks.opportunities] in the book"
        )
    kind = " ".join(place.type.replace("-", " ").casefold().split())
    if kind not in TYPES:
        raise UsageError(f"--type is {place.type!r}; write one of {', '.join(TYPES)}")
    if place.weeks < 1:
        raise UsageError(f"--weeks is {place.weeks}; give the planned length, such as 52")
    if place.hours is not None and place.hours < 0:
        raise UsageError(f"--hours is {place.hours}; give 0 or more")
    member = code_of(book, "member", place.member)
    contractor = code_of(book, "contractor", place.contractor) if place.contractor else ""
    new = NewOpportunity(
        framework,
        member,
        contractor,
        place.call_off.strip(),
        kind,
        place.starts.isoformat(),
        place.weeks,
        place.hours,
        " ".join(place.evidence.split()),
    )
    return _with_what_counts(connection, new, rule)


def _with_what_counts(
    connection: Connection, new: NewOpportunity, rule: OpportunityRule
) -> NewOpportunity:
    """The place with every code that the framework counts by, or a UsageError for a missing one.

    The contractor of a call-off is taken from its spend, where only one has declared any.
    """
    if rule.scope == "call-off":
        if not new.call_off:
            raise UsageError(f"{new.framework} counts by call-off; give --call-off")
        if not new.contractor:
            spend = spend_by_key(connection, [new.framework])
            wanted = (new.member, new.call_off)
            found = {key.contractor for key in spend if (key.member, key.call_off) == wanted}
            if len(found) == 1:
                new = new._replace(contractor=found.pop())
    if rule.scope in ("call-off", "contractor") and not new.contractor:
        raise UsageError(f"{new.framework} counts by {rule.scope}; give --contractor")
    return new

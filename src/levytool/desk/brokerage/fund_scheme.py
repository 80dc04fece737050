"""Match funding: another funder's money, agreed for a scheme (domain §3.5)."""

from typing import Any

from sqlalchemy import Connection

from levytool.book.names import fold
from levytool.desk import four_eyes
from levytool.desk.book_in_force import book_in_force
from levytool.desk.brokerage.list_schemes import acted_row, get_scheme, refuse_unless_approved
from levytool.desk.four_eyes import Asked, Status
from levytool.desk.given import positive_pence, words
from levytool.desk.office import Office
from levytool.ledger.funds import schemes
from levytool.ledger.funds.schemes import NewSchemeMovement, funds_by_scheme
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.journal.posting import post
from levytool.money import format_pence
from levytool.problems import UsageError
from levytool.rules.dates import act_date
from levytool.rules.postings import Occasion, match_funding_agreed


def fund_scheme(
    office: Office, scheme: str, funder: str, pence: int, reference: str = ""
) -> dict[str, Any]:
    """Record match funding agreed. It can be drawn on once a bank line has brought it.

    `same_before`: the user did the same today, without a reference that tells the two apart.
    Raises UsageError for an unknown scheme or a funder that is a member, RuleRefused for a scheme
    that is not approved.
    """
    positive_pence(pence, "--amount")
    with office.writing() as connection:
        book = book_in_force(connection)
        stored = get_scheme(connection, scheme)
        name = _known_spelling(connection, words(funder, "--funder"))
        if name.upper() in book.members:
            raise UsageError(
                f"{name} is a member; its money comes from its pot: "
                f"levytool scheme commit {stored.code} --member {name.upper()}"
            )
        asked = Asked(schemes.FUND, stored.code, {"funder": name, "pence": pence}, reference)
        if four_eyes.done_already(connection, asked):
            return _row(connection, asked, Status.DONE_BEFORE)
        refuse_unless_approved(stored, "match funding")
        effective = act_date(office.acting.today, closed_months(connection))
        entry = match_funding_agreed(Occasion(effective), stored.code, name, pence)
        entry_id = post(connection, office.acting, [entry]).first_id
        movement = NewSchemeMovement(
            stored.code, schemes.FUNDER, name, "agree", pence, 0, "", reference, entry_id
        )
        schemes.add_scheme_movements(connection, [movement])
        again = four_eyes.done_today(connection, office.acting, asked)
        four_eyes.record_done(connection, office.acting, asked, entry_id=entry_id)
        return _row(connection, asked, Status.DONE, same_before=again)


def _known_spelling(connection: Connection, name: str) -> str:
    """The funder's name as it was first written, so that one funder has one account."""
    for sources in funds_by_scheme(connection).values():
        for source in sources:
            if source.source_kind == schemes.FUNDER and fold(source.source) == fold(name):
                return source.source
    return name


def _row(
    connection: Connection, asked: Asked, status: Status, *, same_before: bool = False
) -> dict[str, Any]:
    row = acted_row(connection, asked.subject, status)
    given = {"funder": asked.facts["funder"], "amount": format_pence(asked.facts["pence"])}
    return {**given, **row, "same_before": same_before}

"""Moving money between two members' pots, by agreement or merger and by two people (§3.5)."""

from typing import Any

from levytool.desk import four_eyes
from levytool.desk.book_in_force import book_in_force
from levytool.desk.brokerage.available import refuse_unavailable
from levytool.desk.four_eyes import Asked, Status
from levytool.desk.given import code_of, positive_pence
from levytool.desk.office import Office
from levytool.journal import Kind
from levytool.ledger.funds.pots import (
    add_pot_movements,
    cohorts_by_member,
    expired_keys,
    movements_of,
)
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.journal.posting import post
from levytool.money import format_pence
from levytool.periods import Month
from levytool.problems import UsageError
from levytool.rules.brokerage import transfer_pot as move_cohorts
from levytool.rules.dates import act_date
from levytool.rules.postings import Occasion, pot_transferred

TRANSFER = "pot transfer"


def transfer_pot(
    office: Office, from_member: str, to_member: str, pence: int, reference: str = ""
) -> dict[str, Any]:
    """Propose a transfer, or carry out the one that somebody else proposed; cohorts keep dates.

    Raises UsageError for an unknown member or one and the same, RuleRefused where the pot has less
    available or the same user asks again.
    """
    with office.writing() as connection:
        book = book_in_force(connection)
        giver, taker = code_of(book, "member", from_member), code_of(book, "member", to_member)
        if giver == taker:
            raise UsageError(f"--from and --to are both {giver}; name two members")
        facts = {"to": taker, "pence": positive_pence(pence, "--amount")}
        asked = Asked(TRANSFER, giver, facts, reference)
        if four_eyes.done_already(connection, asked):
            return _row(giver, taker, pence, Status.DONE_BEFORE)
        pots = cohorts_by_member(connection)
        refuse_unavailable(connection, book, giver, pots.get(giver, ()), pence)
        proposal = four_eyes.agreed_proposal(connection, office.acting, asked)
        if proposal is None:
            return _row(giver, taker, pence, Status.PROPOSED)
        effective = act_date(office.acting.today, closed_months(connection))
        moved = move_cohorts(
            pots[giver],
            pots.get(taker, ()),
            pence,
            Month.of(effective),
            expired_keys(connection, taker),
        )
        entry = pot_transferred(Occasion(effective), giver, taker, pence)
        entry_id = post(connection, office.acting, [entry]).first_id
        kind = Kind.POT_TRANSFER
        left = movements_of(moved.taken, giver, kind, entry_id, out=True, other_member=taker)
        came = movements_of(moved.placed, taker, kind, entry_id, other_member=giver)
        add_pot_movements(connection, left + came)
        four_eyes.record_done(
            connection, office.acting, asked, entry_id=entry_id, proposal=proposal
        )
        return _row(giver, taker, pence, Status.DONE)


def _row(giver: str, taker: str, pence: int, status: Status) -> dict[str, Any]:
    return {
        "from": giver,
        "to": taker,
        "amount": format_pence(pence),
        "status": status.value,
    }

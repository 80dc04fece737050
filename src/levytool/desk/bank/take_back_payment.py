"""Taking back what a place was to be paid, while the bank has not paid it (domain §3.5).

A correction is a reversal: the layer of the provision holds the place again, and it can be paid for
anew. It stands here since only the bank's lines and the payment runs say what is paid.
"""

from typing import Any

from sqlalchemy import Connection

from levytool.desk.bank.unpaid import require_unpaid
from levytool.desk.book_in_force import book_in_force
from levytool.desk.brokerage.list_opportunities import acted_row
from levytool.desk.four_eyes import Status
from levytool.desk.given import words
from levytool.desk.levy.allocating import reverse_entries
from levytool.desk.office import Office
from levytool.ledger.funds import opportunities
from levytool.ledger.funds.opportunities import StoredOpportunity, get_opportunity
from levytool.ledger.journal import acts
from levytool.ledger.journal.acts import StoredAct
from levytool.money import format_pence
from levytool.problems import RuleRefused


def take_back_payment(office: Office, number: str, reason: str) -> dict[str, Any]:
    """Reverse what is owed for a place, exactly: to the provision it came from and the levy fund.

    Doing it twice does it once. Raises RuleRefused where nothing was to be paid, where the bank has
    paid it, or where it waits in a payment run.
    """
    reason = words(reason, "--reason")
    with office.writing() as connection:
        book = book_in_force(connection)
        stored = get_opportunity(connection, number)
        done = acts.acts_of(connection, opportunities.PAY, stored.number)
        if not done:
            raise RuleRefused(
                f"{stored.number} is not paid for; there is nothing to take back "
                "(see: levytool opportunity list)"
            )
        paid, status = done[-1], Status.DONE_BEFORE
        if stored.paid:
            gross_pence = paid.facts["net_pence"] + paid.facts["vat_pence"]
            require_unpaid(connection, stored.number, paid.facts["payee"], gross_pence)
            _reverse(connection, office, stored, paid, reason)
            stored, status = get_opportunity(connection, number), Status.DONE
        return {
            "payee": paid.facts["payee"],
            "amount": format_pence(paid.facts["net_pence"]),
            "vat": format_pence(paid.facts["vat_pence"]),
            **acted_row(book, stored, status),
        }


def _reverse(
    connection: Connection, office: Office, stored: StoredOpportunity, paid: StoredAct, reason: str
) -> None:
    assert paid.entry_id is not None
    entry_id = reverse_entries(connection, office.acting, [paid.entry_id])[paid.entry_id]
    opportunities.restore_provision(connection, paid.entry_id, entry_id)
    acts.record(
        connection,
        office.acting,
        opportunities.TAKE_BACK,
        stored.number,
        {"entry": paid.entry_id, "reason": reason},
        entry_id=entry_id,
    )

"""Taking back what a place was to be paid, while the bank has not paid it (domain §3.5).

A correction is a reversal: the layer of the provision holds the place again, and it can be paid for
anew. It stands here since only the bank's lines and the payment runs say what is paid.
"""

from typing import Any

from sqlalchemy import Connection

from levytool.accounts import Account
from levytool.desk.bank.pay_creditors import waiting_payments
from levytool.desk.book_in_force import book_in_force
from levytool.desk.brokerage.list_opportunities import acted_row
from levytool.desk.four_eyes import Status
from levytool.desk.given import words
from levytool.desk.levy.allocating import reverse_entries
from levytool.desk.office import Office
from levytool.ledger.bank.bank_lines import find_lines, identifications
from levytool.ledger.funds import opportunities
from levytool.ledger.funds.opportunities import StoredOpportunity, get_opportunity
from levytool.ledger.journal import acts
from levytool.ledger.journal.acts import StoredAct
from levytool.ledger.journal.balances import credit_balances
from levytool.money import display_pence, format_pence
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
            _require_unpaid(connection, stored, paid)
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


def _require_unpaid(connection: Connection, stored: StoredOpportunity, paid: StoredAct) -> None:
    payee = paid.facts["payee"]
    pence = paid.facts["net_pence"] + paid.facts["vat_pence"]
    owed_pence = credit_balances(connection, Account.CREDITORS).get(payee, 0)
    if pence > owed_pence:
        raise RuleRefused(
            f"{display_pence(pence)} for {stored.number} is not owed to {payee} any more: the bank "
            f"has paid {_paid_by(connection, payee)}"
        )
    waiting = [payment for payment in waiting_payments(connection) if payment.payee == payee]
    if pence > owed_pence - sum(payment.pence for payment in waiting):
        raise RuleRefused(
            f"{display_pence(pence)} for {stored.number} waits in a payment run; if the bank was "
            f"not told to pay it: levytool bank payments --withdraw {waiting[-1].reference}"
        )


def _paid_by(connection: Connection, payee: str) -> str:
    """The bank line that last paid the payee, and what to do where it was something else."""
    lines = {item.id: item.number for item in find_lines(connection) if item.amount_pence < 0}
    found = [
        lines[item.bank_line_id]
        for item in identifications(connection)
        if item.party == payee and item.bank_line_id in lines
    ]
    if not found:
        return "it (see: levytool bank payable)"
    instead = f"levytool bank identify {found[-1]} --as … --instead"
    return f"it, last by {found[-1]}; if that line is something else: {instead}"

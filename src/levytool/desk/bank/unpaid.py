"""Whether what a payee was to be paid is still owed, by the bank's lines and the payment runs.

Money to a payee is not told apart: it is owed as long as no less than it is owed in all.
"""

from sqlalchemy import Connection

from levytool.accounts import Account
from levytool.desk.bank.pay_creditors import waiting_payments
from levytool.ledger.bank.bank_lines import find_lines, identifications
from levytool.ledger.journal.balances import credit_balances
from levytool.money import display_pence
from levytool.problems import RuleRefused


def require_unpaid(connection: Connection, what: str, payee: str, pence: int) -> None:
    """Raise RuleRefused where the bank has paid it, or where it waits in a payment run."""
    owed_pence = credit_balances(connection, Account.CREDITORS).get(payee, 0)
    if pence > owed_pence:
        raise RuleRefused(
            f"{display_pence(pence)} for {what} is not owed to {payee} any more: the bank "
            f"has paid {_paid_by(connection, payee)}"
        )
    waiting = [payment for payment in waiting_payments(connection) if payment.payee == payee]
    if pence > owed_pence - sum(payment.pence for payment in waiting):
        raise RuleRefused(
            f"{display_pence(pence)} for {what} waits in a payment run; if the bank was "
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

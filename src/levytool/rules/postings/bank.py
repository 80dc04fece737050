"""What a bank line, what it is found to be, opening balances and a reversal post (domain §3.5).

Only the bank import posts to 1200: everything else is identified out of suspense (2900).
"""

from collections.abc import Mapping
from functools import cache

from levytool.accounts import Account
from levytool.journal import Entry, Kind, Leg, transfer
from levytool.rules.postings.occasion import Occasion, entry

_BANK_LINE = Kind.BANK_LINE.value


@cache
def _bank_and_suspense(bank_account: str) -> tuple[Leg, Leg]:
    return Leg(Account.BANK, bank_account), Leg(Account.SUSPENSE, bank_account)


def bank_line(on: Occasion, bank_account: str, pence: int) -> Entry:
    """A line of a bank statement: 1200 to 2900 for money in, 2900 to 1200 (negative) for out."""
    bank, suspense = _bank_and_suspense(bank_account)
    # By position, which takes a third of the time: a statement has a hundred thousand of them.
    return Entry(
        _BANK_LINE,
        on.effective,
        on.narrative or f"Bank line of {bank_account}",
        transfer(bank, suspense, pence),
        on.reference,
        on.reporting_period,
        on.facts_digest,
    )


def receipt_identified(on: Occasion, bank_account: str, payer: str, pence: int) -> Entry:
    """A bank line found to be a payer's: 2900 to 2910."""
    unallocated = Leg(Account.UNALLOCATED_RECEIPTS, payer)
    moves = transfer(Leg(Account.SUSPENSE, bank_account), unallocated, pence)
    return entry(on, Kind.RECEIPT, f"Receipt of {payer}", "", moves)


def payment_identified(on: Occasion, bank_account: str, payee: str, pence: int) -> Entry:
    """A bank line out found to pay a creditor: 2400 to 2900. `pence` is what was paid, positive."""
    moves = transfer(Leg(Account.CREDITORS, payee), Leg(Account.SUSPENSE, bank_account), pence)
    return entry(on, Kind.PAYMENT, f"Payment to {payee}", "", moves)


def overpayment_refunded(on: Occasion, payer: str, pence: int) -> Entry:
    """An unallocated receipt owed back to its payer: 2910 to 2400, paid by a later bank line."""
    creditor = Leg(Account.CREDITORS, payer)
    moves = transfer(Leg(Account.UNALLOCATED_RECEIPTS, payer), creditor, pence)
    return entry(on, Kind.REFUND, f"Overpayment of {payer} to be refunded", "", moves)


def vat_paid(on: Occasion, bank_account: str, pence: int) -> Entry:
    """VAT paid over, 2500 to 2900; negative for VAT repaid."""
    moves = transfer(Leg(Account.VAT_CONTROL), Leg(Account.SUSPENSE, bank_account), pence)
    return entry(on, Kind.VAT_PAID, "VAT paid over" if pence >= 0 else "VAT repaid", "", moves)


def bank_charged(on: Occasion, bank_account: str, pence: int, payee: str = "") -> Entry:
    """A bank charge, or where a payee is named a running cost, 6100 to 2900; negative for one given
    back."""
    told = f"Running cost paid to {payee}" if payee else f"Bank charge of {bank_account}"
    moves = transfer(Leg(Account.BANK_CHARGES), Leg(Account.SUSPENSE, bank_account), pence)
    return entry(on, Kind.BANK_CHARGE, told, "", moves)


def interest_received(on: Occasion, bank_account: str, pence: int) -> Entry:
    """Bank interest, 2900 to 4200."""
    moves = transfer(Leg(Account.SUSPENSE, bank_account), Leg(Account.OTHER_INCOME), pence)
    return entry(on, Kind.INTEREST, f"Interest on {bank_account}", "", moves)


def lines_set_against(on: Occasion, account_in: str, account_out: str, pence: int) -> Entry:
    """A bank line in and one out that nobody else has to do with: 2900 to 2900.

    Of one bank account it moves nothing; of two it is money moved between them.
    """
    moves = transfer(Leg(Account.SUSPENSE, account_in), Leg(Account.SUSPENSE, account_out), pence)
    return entry(on, Kind.CONTRA, "Bank lines set against each other", "", moves)


def opening_balances(on: Occasion, balances_pence: Mapping[Leg, int]) -> Entry:
    """Balances brought forward (debit positive), each account against 3000, in order of account."""
    opening = Leg(Account.OPENING_BALANCES)
    moves = [
        item
        for leg in sorted(balances_pence, key=lambda leg: (leg.account, leg.dimension))
        for item in transfer(leg, opening, balances_pence[leg])
    ]
    return entry(on, Kind.OPENING, "Opening balances", "", moves)


def reversal(on: Occasion, original: Entry, number: int) -> Entry:
    """The exact reversal of a posted entry, `number` being the one the ledger gave it.

    It keeps the original's reference and reporting period unless the occasion names others.
    """
    return Entry(
        kind=Kind.REVERSAL.value,
        effective=on.effective,
        narrative=on.narrative or f"Reversal: {original.narrative}",
        transfers=tuple(item.reversed() for item in original.transfers),
        reference=on.reference or original.reference,
        reporting_period=on.reporting_period or original.reporting_period,
        facts_digest=on.facts_digest,
        reverses=number,
    )

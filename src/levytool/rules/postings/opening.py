"""What an opening file posts: each account against 3000 (domain §3.5, the last row of the table).

The balances are posted by `bank.opening_balances`. A document has an entry of its own, in full,
and a second one for what was paid of it before, so that it is settled from here on like any other.
Its VAT was accounted for in the books before: only the balance of 2500 is brought.
"""

from collections.abc import Mapping

from levytool.accounts import Account
from levytool.journal import Entry, Kind, Leg, transfer
from levytool.rules.postings.occasion import Occasion, entry, per_code

OPENING = Leg(Account.OPENING_BALANCES)


def opening_document(
    on: Occasion, payer: str, levy: Account, net_pence: Mapping[str, int], vat_pence: int
) -> Entry:
    """A document as it was raised: 1100 to `levy` (2000, or 2100 where it was funded on billing)
    by member. All amounts are negative for a credit note."""
    debtor = Leg(Account.LEVY_DEBTORS, payer)
    shares = per_code(levy, debtor, {code: -pence for code, pence in net_pence.items()})
    vat = transfer(debtor, OPENING, vat_pence)
    return entry(on, Kind.OPENING, f"Open document of {payer} brought in", "", shares, vat)


def opening_paid(
    on: Occasion, payer: str, levy: Account, net_pence: Mapping[str, int], gross_pence: int
) -> Entry:
    """What was paid of a document before: 1100, and with it what no longer waits in 2000."""
    cash = transfer(OPENING, Leg(Account.LEVY_DEBTORS, payer), gross_pence)
    waited = levy is Account.LEVY_BILLED_NOT_RECEIVED
    shares = per_code(levy, OPENING, net_pence) if waited else ()
    return entry(on, Kind.OPENING, f"Paid before by {payer}", "", cash, shares)

"""Entries made of transfers: an unbalanced entry cannot be written down.

A transfer moves a non-negative number of pence from one account to another: one debit, one
credit. An entry is what one event posts, with its two dates. These are values; `ledger.posting`
stores them and links them into the hash chain.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from levytool.accounts import Account
from levytool.periods import Month


class Kind(StrEnum):
    """What an entry stands for: one kind an event of the table in domain §3.5."""

    DOCUMENT = "document"
    DEFAULT_CHARGE = "default-charge"
    BANK_LINE = "bank-line"
    RECEIPT = "receipt"
    ALLOCATION = "allocation"
    SET_OFF = "set-off"
    LATE_INTEREST = "late-interest"
    WRITE_OFF = "write-off"
    VAT_RELIEF = "vat-relief"
    REFUND = "refund"
    PROVISION = "provision"
    WAIVER = "waiver"
    OPPORTUNITY_PAID = "opportunity-paid"
    RELEASE = "release"
    COMMITMENT = "commitment"
    MATCH_FUNDING_AGREED = "match-funding-agreed"
    MATCH_FUNDING_RECEIVED = "match-funding-received"
    DRAWDOWN = "drawdown"
    PAYMENT = "payment"
    SCHEME_CLOSED = "scheme-closed"
    POT_TRANSFER = "pot-transfer"
    EXPIRY = "expiry"
    LAPSED_RESTORED = "lapsed-restored"
    VAT_PAID = "vat-paid"
    BANK_CHARGE = "bank-charge"
    INTEREST = "interest"
    CONTRA = "contra"
    OPENING = "opening"
    REVERSAL = "reversal"


class Leg(NamedTuple):
    """An account with the dimension its balance is kept by ('' where it has none)."""

    account: Account
    dimension: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """`amount_pence` (never negative) debited to one leg and credited to the other."""

    debit: Leg
    credit: Leg
    amount_pence: int

    def __post_init__(self) -> None:
        if self.amount_pence < 0:
            raise ValueError(f"a transfer of {self.amount_pence} pence: swap its legs instead")

    def reversed(self) -> "Transfer":
        """The transfer that undoes this one."""
        return Transfer(self.credit, self.debit, self.amount_pence)


class Entry(NamedTuple):
    """What one event posts. `reference` names what it belongs to: a document, a scheme, a return.

    `effective` lies in the posting period; `reporting_period` is the month that the spend belongs
    to, or a bank line that came after its month was closed, where there is one. `facts_digest` is a
    SHA-256 (hex) of sub-ledger facts the entry stands for, so that the hash chain covers them too.
    `reverses` is the entry this one undoes.
    """

    kind: str
    effective: date
    narrative: str
    transfers: tuple[Transfer, ...]
    reference: str = ""
    reporting_period: Month | None = None
    facts_digest: str = ""
    reverses: int | None = None


def transfer(debit: Leg, credit: Leg, amount_pence: int) -> tuple[Transfer, ...]:
    """A transfer of a signed amount: none for zero, legs swapped for a negative one."""
    if amount_pence == 0:
        return ()
    if amount_pence > 0:
        return (Transfer(debit, credit, amount_pence),)
    return (Transfer(credit, debit, -amount_pence),)


def balances(transfers: Iterable[Transfer]) -> dict[Leg, int]:
    """Debit minus credit of every leg the transfers touch, in pence."""
    totals: dict[Leg, int] = {}
    for item in transfers:
        totals[item.debit] = totals.get(item.debit, 0) + item.amount_pence
        totals[item.credit] = totals.get(item.credit, 0) - item.amount_pence
    return totals

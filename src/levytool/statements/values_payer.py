"""What a payer of levy owes, as immutable values, whoever it is: a contractor or a member.

Amounts are pence.
"""

from dataclasses import dataclass
from datetime import date

from levytool.periods import Month


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A levy document that was raised, signed: a credit note's amounts are negative."""

    number: str
    framework: str
    reporting_period: Month
    day: date
    due: date
    net_pence: int
    vat_pence: int
    received_pence: int
    written_off_pence: int

    @property
    def gross_pence(self) -> int:
        return self.net_pence + self.vat_pence

    @property
    def outstanding_pence(self) -> int:
        return self.gross_pence - self.received_pence - self.written_off_pence


@dataclass(frozen=True, slots=True)
class Owed:
    """What a payer owes at one moment, and what that is made of.

    Open documents (1100) less what of its receipts is set against none (2910) and what is owed to
    it and not paid yet (2400): a refund above all.
    """

    documents_pence: int = 0
    unallocated_pence: int = 0
    owed_back_pence: int = 0

    @property
    def total_pence(self) -> int:
        return self.documents_pence - self.unallocated_pence - self.owed_back_pence


@dataclass(frozen=True, slots=True)
class BankedLater:
    """Money that the bank had in the period and that counts from a day after it, on which it was
    entered."""

    booked: date
    entered: date
    amount_pence: int

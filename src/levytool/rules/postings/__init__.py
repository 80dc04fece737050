"""Events to journal entries, one function an event of the table in domain §3.5.

Each takes the occasion and the event's own facts in pence and returns one balanced entry. Amounts
may be negative where an event has an opposite; a leg of nothing is left out.
"""

from levytool.journal import Kind
from levytool.rules.postings.bank import (
    bank_charged,
    bank_line,
    interest_received,
    lines_set_against,
    opening_balances,
    overpayment_refunded,
    payment_identified,
    receipt_identified,
    reversal,
    vat_paid,
)
from levytool.rules.postings.funds import (
    committed,
    drawn_down,
    lapsed_restored,
    match_funding_agreed,
    match_funding_received,
    obligation_waived,
    opportunity_paid,
    pot_expired,
    pot_transferred,
    provision_changed,
    scheme_closed,
    surplus_released,
)
from levytool.rules.postings.levy import (
    Settled,
    default_charged,
    document_accepted,
    documents_settled,
    late_interest_charged,
    late_interest_written_off,
    receipt_allocated,
    vat_relieved,
    written_off,
)
from levytool.rules.postings.occasion import Occasion, scheme_leg
from levytool.rules.postings.opening import (
    opening_document,
    opening_paid,
)

__all__ = [
    "Kind",
    "Occasion",
    "Settled",
    "bank_charged",
    "bank_line",
    "committed",
    "default_charged",
    "document_accepted",
    "documents_settled",
    "drawn_down",
    "interest_received",
    "lapsed_restored",
    "late_interest_charged",
    "late_interest_written_off",
    "lines_set_against",
    "match_funding_agreed",
    "match_funding_received",
    "obligation_waived",
    "opening_balances",
    "opening_document",
    "opening_paid",
    "opportunity_paid",
    "overpayment_refunded",
    "payment_identified",
    "pot_expired",
    "pot_transferred",
    "provision_changed",
    "receipt_allocated",
    "receipt_identified",
    "reversal",
    "scheme_closed",
    "scheme_leg",
    "surplus_released",
    "vat_paid",
    "vat_relieved",
    "written_off",
]

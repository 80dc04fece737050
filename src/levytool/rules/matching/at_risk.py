"""How much levy is at risk as nobody has declared it, invoice by invoice (domain §3.6)."""

from collections.abc import Hashable, Sequence

from levytool.rules.matching.invoices import invoice_key
from levytool.rules.matching.lines import SpendLine, place


def bill_of(line: SpendLine) -> Hashable:
    """The invoice that a line counts to: its member, contractor and number; of a credit that names
    the invoice it is for, that one. A line without a number is one by itself."""
    named = invoice_key(line.credits) if line.net_pence < 0 else ()
    key = named or invoice_key(line.invoice)
    return (line.member, line.contractor, key) if key else place(line)


def shares_at_risk(levies: Sequence[tuple[Hashable, int | None]]) -> list[int | None]:
    """What each undeclared line has of the levy at risk, from its invoice (see `bill_of`) and its
    levy effect, in micropence.

    An invoice's credits are taken off its other lines, the first ones first, and off nothing else,
    as no credit of one invoice declares another: so an invoice comes to its lines' sum, and never
    below nil. None where no rate is known.
    """
    credited: dict[Hashable, int] = {}
    for bill, levy in levies:
        if levy is not None and levy < 0:
            credited[bill] = credited.get(bill, 0) - levy
    shares: list[int | None] = []
    for bill, levy in levies:
        if levy is None:
            shares.append(None)
            continue
        taken_off = min(max(levy, 0), credited.get(bill, 0))
        credited[bill] = credited.get(bill, 0) - taken_off
        shares.append(max(levy, 0) - taken_off)
    return shares

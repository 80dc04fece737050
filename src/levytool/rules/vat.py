"""VAT on a document: on top of the levy, half-up, by its tax point (domain §3.2)."""

from collections.abc import Sequence
from datetime import date

from levytool.money import PPM_PER_UNIT, half_up
from levytool.periods import Dated, in_force
from levytool.rules.shares import share_document, share_in_proportion


def vat_rate_ppm(schedule: Sequence[Dated[int | None]], tax_point: date) -> int | None:
    """The rate in force on the day a document is raised; None: outside the scope, which a rate of 0
    is not. Before the schedule begins a document is outside the scope.

    A correction does not ask: it keeps the rate of the original.
    """
    return in_force(schedule, tax_point)


def vat_pence(net_pence: int, rate_ppm: int | None) -> int:
    """VAT on a document's net, half-up (ties away from zero), so that a credit note mirrors its
    invoice. Outside the scope (None) and at 0 there is none."""
    return 0 if rate_ppm is None else half_up(net_pence * rate_ppm, PPM_PER_UNIT)


def vat_by_line(
    net_pence: Sequence[int], rate_ppm: int | None, document_vat_pence: int
) -> list[int]:
    """A document's VAT over its lines, which sum to it: each line's own at the document's rate, and
    only the pence of rounding go by largest remainder, ties in line order.

    A negative line takes its VAT off, as finance systems work it out line by line. VAT that is no
    rounding of the lines' at the rate, as earlier books may have charged, is shared out in
    proportion. Raises ValueError where nothing has a net or a rate and there is VAT.
    """
    exact = [net * (rate_ppm or 0) for net in net_pence]
    is_rounding = abs(document_vat_pence * PPM_PER_UNIT - sum(exact)) < PPM_PER_UNIT
    share = share_document if is_rounding else share_in_proportion
    return share(exact, document_vat_pence)

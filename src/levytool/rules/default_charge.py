"""What a contractor is charged for a return that is overdue (domain §3.3, *default charge*)."""

from datetime import date

from levytool.book.records import Framework
from levytool.money import half_up
from levytool.periods import Month, Period
from levytool.rules.expected import first_month_of
from levytool.rules.levy import block_in_force

LEAST_PENCE = 500_00
MONTHS_AVERAGED = 6


def default_charge_pence(charged_pence: int) -> int:
    """The higher of the average monthly charge and £500, half-up, without VAT.

    `charged_pence` is the net of what was charged for the six months before, credit notes taken
    off and default charges left out. A month without a charge counts in the average.
    """
    return max(half_up(charged_pence, MONTHS_AVERAGED), LEAST_PENCE)


def months_averaged(framework: Framework, period: Month) -> Period:
    """The six months before the reporting period whose charges are averaged."""
    first = first_month_of(framework, period)
    return Period(first.plus(-MONTHS_AVERAGED), first.plus(-1))


def charges_default(framework: Framework, on: date) -> bool:
    """Whether the framework charges for a missing return: it says so, and the contractor pays its
    levy on that day."""
    block = block_in_force(framework.levy, on)
    return framework.default_charge and block is not None and block.payer == "contractor"

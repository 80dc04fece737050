"""The rate of spend whose levy rule is not told: the highest that its contractor can have there.

A line that nobody declared may leave out what its framework's rates go by, above all the lot. What
it may be is then what the book allows: the lots that its contractor is appointed to on the day. Of
the rates that are left the highest is at risk (domain §3.6: undeclared spend is levy at risk).
"""

from collections.abc import Collection, Mapping
from datetime import date

from levytool.book.records import Appointment, Framework
from levytool.rules.levy import Charge, LevyFinder, fold_cell

LOT = "lot"


def highest_charge(
    framework: Framework,
    finder: LevyFinder,
    contractor: str,
    on: date,
    told: Mapping[str, str],
) -> Charge | None:
    """The charge with the highest rate that a contractor's line of that date can have.

    `finder` is the framework's, `told` what the line says, by folded name. A lot that the framework
    does not have says nothing. None: no rate is in force for any such line.
    """
    lots = frozenset(map(fold_cell, framework.lots))
    if lots and LOT in told and fold_cell(told[LOT]) not in lots:
        told = {name: cell for name, cell in told.items() if name != LOT}
    possible = lots_of(framework, contractor, on)
    choices = {LOT: possible} if possible else {}
    return max(finder.charges_open_to(on, told, choices), key=_rate_ppm, default=None)


def lots_of(framework: Framework, contractor: str, on: date) -> Collection[str]:
    """The lots that a contractor is appointed to on a day. Empty: any, for it is appointed to none
    by the book, or the framework has none."""
    held = appointed_on(framework, contractor, on)
    if any(not appointment.lots for appointment in held):
        return tuple(framework.lots)
    return tuple(dict.fromkeys(lot for appointment in held for lot in appointment.lots))


def appointed_on(framework: Framework, contractor: str, on: date) -> list[Appointment]:
    """The appointments that a contractor holds by name on a day."""
    return [
        appointment
        for appointment in framework.appointments or ()
        if appointment.contractor == contractor
        and (appointment.since is None or appointment.since <= on)
        and (appointment.until is None or on <= appointment.until)
    ]


def _rate_ppm(charge: Charge) -> int:
    """A charge by bands is the only one of its block."""
    return charge.rate_ppm or 0

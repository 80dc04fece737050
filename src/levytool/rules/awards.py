"""The levy that an award would give, to be shown beside what its spend gives (domain §3.2).

A framework of the Procurement Act 2023 may charge a fixed percentage of the estimated value of a
contract awarded (section 45(7)). This is that percentage: the rule in force on the day the call-off
starts, for what the book says of it; minimum and maximum are of documents and left out.
"""

from levytool.book.records import CallOff, Framework
from levytool.money import PPM_PER_UNIT, half_up
from levytool.rules.bands import banded_levy
from levytool.rules.levy import LevyFinder, document_pence


def award_levy_pence(framework: Framework, call_off: CallOff, sector: str) -> int | None:
    """The levy on an award, rounded as the rule rounds a document; `sector` is the member's.

    None where no rule covers it, or its rate depends on more than the one call-off (bands of a
    year).
    """
    facts = {
        "lot": call_off.lot,
        "sector": sector,
        "member": call_off.member,
        "contractor": call_off.contractor,
        "framework": framework.code,
        "call_off": call_off.code,
    }
    charge = LevyFinder(framework).charge(call_off.starts or framework.starts, facts)
    if charge is None:
        return None
    block = charge.block
    if charge.rate_ppm is not None:
        exact = call_off.award_pence * charge.rate_ppm
    elif block.per == "call-off" and block.mode is not None:
        exact = banded_levy(block.bands, block.mode, call_off.award_pence)
    else:
        return None
    return document_pence([exact], block.rounding).document_pence


def share_spent_ppm(spend_pence: int, award_pence: int) -> int | None:
    """Spend as a share of the award, to the hundredth of a percent, half-up; None of no award."""
    if not award_pence:
        return None
    step = PPM_PER_UNIT // 10_000
    return step * half_up(spend_pence * 10_000, award_pence)

"""What a receipt moves from levy billed (2000) to the levy fund (2100), and what is retained.

Domain §3.5, *Part payments*. A document's open amounts are signed: a credit note's are negative,
and what is set against it is negative too. Maps are of net pence by member.
"""

from collections.abc import Mapping

from levytool.money import PPM_PER_UNIT, half_up
from levytool.rules.splits import split_signed_by_code


def net_moved(open_net_pence: int, receipt_pence: int, open_gross_pence: int) -> int:
    """The net part of a payment: half-up(open net x receipt / open gross); the last takes all.

    Raises ValueError for a receipt of the other sign or of more than is open: the rest of an
    overpayment stays in 2910 and never reaches a document.
    """
    if receipt_pence * open_gross_pence < 0 or abs(receipt_pence) > abs(open_gross_pence):
        raise ValueError(f"{receipt_pence}p against a document with {open_gross_pence}p open")
    if receipt_pence == 0:
        return 0
    return half_up(open_net_pence * abs(receipt_pence), abs(open_gross_pence))


def part_payment(
    receipt_pence: int, open_gross_pence: int, open_net_pence: Mapping[str, int]
) -> dict[str, int]:
    """Net pence that a payment moves from 2000 to 2100, by member, in order of code.

    Shared by each member's still-open net on this document, largest remainder, ties by code; the
    payment that settles the document moves every member's rest. Raises ValueError as `net_moved`.
    """
    moved = net_moved(sum(open_net_pence.values()), receipt_pence, open_gross_pence)
    if receipt_pence == open_gross_pence:
        return {member: open_net_pence[member] for member in sorted(open_net_pence)}
    return split_signed_by_code(moved, open_net_pence)


def retained_pence(share_ppm: int, credited_pence: int, posted_pence: int) -> int:
    """What is now retained (2100 to 4100) of one member's net on one document.

    Half-up(share x net credited to 2100 so far, this credit included) less what has been posted:
    worked out over the whole, so that part payments retain what one payment would have.
    """
    return half_up(share_ppm * credited_pence, PPM_PER_UNIT) - posted_pence


def reaching_pence(
    share_ppm: int, open_net_pence: int, credited_pence: int, posted_pence: int
) -> int:
    """The part of a member's open net on a document (2000) that will reach 2100 and stay there.

    It is the open net less what paying it will retain. `credited_pence` and `posted_pence` are as
    in `retained_pence`, before that payment.
    """
    credited_in_the_end = credited_pence + open_net_pence
    return open_net_pence - retained_pence(share_ppm, credited_in_the_end, posted_pence)


def retained_by_member(
    share_ppm: int,
    moved_pence: Mapping[str, int],
    credited_pence: Mapping[str, int],
    posted_pence: Mapping[str, int],
) -> dict[str, int]:
    """What each member's move to 2100 retains now. The last two are what came before it."""
    return {
        member: retained_pence(
            share_ppm, credited_pence.get(member, 0) + moved, posted_pence.get(member, 0)
        )
        for member, moved in moved_pence.items()
    }

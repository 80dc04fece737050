"""Amounts of bank formats that are made for machines: digits and one decimal sign."""

import re

from levytool.intake.amounts import LARGEST_PENCE

_AMOUNT = re.compile(r"([+-]?)([0-9]{0,15})(?:[.,]([0-9]*))?")


def exact_pence(text: str) -> int | None:
    """The signed pence of an amount such as `8.85`, `-200` or `12,5`.

    None for anything else, for a fraction of a penny, and for more than any statement holds.
    """
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        return None
    sign, whole, decimals = match.groups("")
    if not (whole or decimals) or len(decimals.rstrip("0")) > 2:
        return None
    pence = int(whole + decimals[:2].ljust(2, "0"))
    if pence > LARGEST_PENCE:
        return None
    return -pence if sign == "-" else pence

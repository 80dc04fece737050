"""Splits kept by code: among members, contractors or the sources of a scheme (domain §3.5).

The arithmetic is that of `shares`; here each part has a code, and ties go by code.
"""

from collections.abc import Mapping

from levytool.rules.shares import largest_remainder, share_in_proportion


def split_by_code(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """`total` over non-negative weights by largest remainder, ties by code, in order of code.

    £100.00 over A, B and C at 1:1:1 is 33.34, 33.33, 33.33. Raises ValueError where a weight is
    negative, or where nothing has a weight and there is something to split.
    """
    codes = sorted(weights)
    return dict(zip(codes, largest_remainder(total, [weights[c] for c in codes]), strict=True))


def split_signed_by_code(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """`total` over weights of either sign, where `total` has the sign of their sum or is zero.

    A document of A +100, B -20 paid by half moves A +50, B -10. Raises ValueError where there is
    something to split and every weight is zero.
    """
    codes = sorted(weights)
    if total == 0:
        return dict.fromkeys(codes, 0)
    return dict(zip(codes, share_in_proportion([weights[c] for c in codes], total), strict=True))

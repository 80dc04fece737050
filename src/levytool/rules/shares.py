"""Splitting whole pence without losing or making any: largest remainder (domain §3.2, §3.5).

Every split here gives each part the floor (toward minus infinity) of its exact amount and hands
out what is left one by one to the largest fractions, ties in order, so the parts always sum to the
whole. Negative wholes follow the same rule: -£100.00 over 1:1:1 is -33.33, -33.33, -33.34.
"""

from collections.abc import Sequence
from itertools import repeat

from levytool.money import MICROPENCE_PER_PENNY
from levytool.text import counted


def largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """`total`, which may be negative, over non-negative `weights`: £100.00 over 1:1:1 is
    33.34, 33.33, 33.33.

    Ties go to the first. The result stands in the order of the weights and sums to `total`. Raises
    ValueError where a weight is negative, or where nothing has a weight and there is something to
    split.
    """
    if weights and min(weights) < 0:
        raise ValueError("a split takes weights of zero or more: leave the negative ones out")
    whole = sum(weights)
    if not whole:
        if total:
            raise ValueError(f"nothing has a weight, so {total} cannot be split")
        return [0] * len(weights)
    return _hand_out([total * weight for weight in weights], whole, total)


def share_document(exact_micropence: Sequence[int], document_pence: int) -> list[int]:
    """The document's pence over its lines: the floor of each line's exact pence, the pence left one
    each to the largest fractions, ties in line order (domain §3.2).

    `document_pence` is the lines' levy rounded by either method, with no minimum or maximum
    applied; every share is then less than a penny from its line's exact levy. Raises ValueError
    where `document_pence` is further off than any rounding of these lines can be.
    """
    return _hand_out(exact_micropence, MICROPENCE_PER_PENNY, document_pence)


def share_in_proportion(exact_micropence: Sequence[int], document_pence: int) -> list[int]:
    """The pence of a document that a minimum or maximum changed, over its lines in proportion to
    their exact levy, largest remainder, ties in line order (domain §3.2).

    Negative lines keep their sign: +8, -2 charged at a minimum of 12 is +16, -4. Where the lines
    sum to nothing or to the other sign, so that no such proportion exists (only truncation can
    bring that about), each line keeps its exact levy and bears the difference by its absolute size.
    Raises ValueError where every line is zero and the document is not.
    """
    whole = sum(exact_micropence)
    if whole and whole * document_pence >= 0:
        sign = 1 if whole > 0 else -1
        scaled = [sign * document_pence * exact for exact in exact_micropence]
        return _hand_out(scaled, abs(whole), document_pence)
    size = sum(map(abs, exact_micropence))
    if not size:
        if document_pence:
            raise ValueError(f"no line has a levy, so {document_pence}p cannot be shared")
        return [0] * len(exact_micropence)
    gap_micropence = document_pence * MICROPENCE_PER_PENNY - whole
    scaled = [exact * size + gap_micropence * abs(exact) for exact in exact_micropence]
    return _hand_out(scaled, size * MICROPENCE_PER_PENNY, document_pence)


def _hand_out(scaled: Sequence[int], denominator: int, total: int) -> list[int]:
    """`total` over parts whose exact amounts are `scaled / denominator`.

    Runs once a document over up to 100,000 lines, so it sorts the bare fractions and finds the
    smallest one that still gets a penny; sorting pairs of fraction and position is far slower.
    """
    shares = [amount // denominator for amount in scaled]
    left = total - sum(shares)
    if not left:
        return shares
    fractions = [amount % denominator for amount in scaled]
    if not 0 < left <= len(fractions):
        raise ValueError(f"{total} is not a rounding of the sum of {counted(len(shares), 'part')}")
    ranked = sorted(fractions, reverse=True)
    least = ranked[left - 1]
    if left == len(ranked) or ranked[left] < least:
        return [
            share + 1 if fraction >= least else share
            for share, fraction in zip(shares, fractions, strict=True)
        ]
    ties = left - ranked.index(least)
    shares = [
        share + 1 if fraction > least else share
        for share, fraction in zip(shares, fractions, strict=True)
    ]
    at = -1
    for _ in repeat(None, ties):
        at = fractions.index(least, at + 1)
        shares[at] += 1
    return shares

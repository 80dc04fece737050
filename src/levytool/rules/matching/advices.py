"""Receipts of which the payer wrote what they are for: as it wrote it, and where it wrote amiss.

A number that was mistyped is read only beside an amount: one document, one slip away, of a payer
that the receipt may be of, with just that much open. Where another number would do as well a person
looks at it (domain §3.6, *Bank*).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from levytool.rules.document_numbers import one_slip
from levytool.rules.matching.open_items import (
    NOTHING,
    Found,
    Open,
    OpenItem,
    OpenReceipt,
    Placed,
    Remitted,
    match_of,
)

REMITTANCE = "remittance"
OVERPAID = "remittance-overpaid"
MISTYPED = "number-mistyped"
OWN_REFERENCE = "remittance-amount"

OF_ADVICES = frozenset({REMITTANCE, OVERPAID, MISTYPED, OWN_REFERENCE})
"""Rules by which an advice is followed."""


def by_remittance(receipt: OpenReceipt, open_: Open, remitted: Remitted) -> Found:
    """The payer said what its payment is for, and all of it fits what is open.

    In doubt where another payer may be meant, or where a number may be a slip of the pen.
    """
    told = remitted.get(receipt.number)
    items = _items(told, open_)
    if not told or not items or not all(_fits(open_, *line) for line in told):
        return NOTHING
    if sum(pence for _number, pence in told) > receipt.pence:
        return NOTHING
    payer = items[0].payer
    exactly = all(open_.pence[number] == pence for number, pence in told)
    allowed = receipt.may_be(payer) or (exactly and not receipt.payer)
    certain = allowed and not _slipped(receipt, open_, payer, told)
    return match_of(receipt, payer, REMITTANCE, told), certain


def by_overpaid_remittance(receipt: OpenReceipt, open_: Open, remitted: Remitted) -> Found:
    """The payer said what its payment is for, and it is more than is open there: what is left
    stays the payer's, an unallocated receipt."""
    told = remitted.get(receipt.number)
    items = _items(told, open_)
    if not told or not items or any(pence > 0 >= open_.pence[number] for number, pence in told):
        return NOTHING
    if not all(pence > 0 or _fits(open_, number, pence) for number, pence in told):
        return NOTHING
    if sum(pence for _number, pence in told) > receipt.pence:
        return NOTHING
    payer = items[0].payer
    placed = [(number, min(pence, open_.pence[number])) for number, pence in told]
    certain = receipt.may_be(payer) and not _slipped(receipt, open_, payer, told)
    return match_of(receipt, payer, OVERPAID, placed), certain


def _items(told: Sequence[Placed] | None, open_: Open) -> list[OpenItem]:
    """The documents an advice names, all of one payer; else none."""
    items = [open_.items[number] for number, _pence in told or () if number in open_.items]
    return items if told and len(items) == len(told) and _one_payer(items) else []


def _one_payer(items: Sequence[OpenItem]) -> bool:
    return len({item.payer for item in items}) == 1


def _fits(open_: Open, number: str, pence: int) -> bool:
    """Whether so much is open on a document. A credit note comes off whole."""
    left = open_.pence[number]
    return pence == left != 0 or 0 < pence <= left


def _slipped(receipt: OpenReceipt, open_: Open, payer: str, told: Sequence[Placed]) -> bool:
    """Whether a line may mean another document: its own is another payer's, or not all paid."""
    return any(
        open_.slips_of(number, receipt.payers or {payer}, pence)
        for number, pence in told
        if open_.pence[number] != pence or not receipt.may_be(payer)
    )


def by_mistyped_number(receipt: OpenReceipt, open_: Open, remitted: Remitted) -> Found:
    """A number that was written is no document's that is meant, but one slip away from one.

    By an advice, or by the one number that the receipt's text names. Certain where just one of the
    payers that it may be of has the documents, and each line could be no other.
    """
    told = remitted.get(receipt.number)
    if told is None and len(receipt.named) == 1:
        told = [(receipt.named[0], receipt.pence)]
    if not told or not any(number for number, _pence in told):
        return NOTHING
    return _read(receipt, open_, told)


def by_own_reference(receipt: OpenReceipt, open_: Open, remitted: Remitted) -> Found:
    """An advice with references of the payer's own: its amounts tell the documents.

    A single amount tells only where the payer is known; among several, what the other lines say.
    """
    told = remitted.get(receipt.number)
    if not told or all(number for number, _pence in told):
        return NOTHING
    if len(told) == 1 and not receipt.known_payer:
        return NOTHING
    return _read(receipt, open_, told)


@dataclass(slots=True)
class _Reading:
    """An advice as one payer could mean it."""

    payer: str
    documents: list[Placed]
    rule: str
    certain: bool


def _read(receipt: OpenReceipt, open_: Open, told: Sequence[Placed]) -> Found:
    if sum(pence for _number, pence in told) != receipt.pence:
        return NOTHING
    readings = list(_readings(receipt, open_, told))
    if not readings:
        return NOTHING
    first = readings[0]
    match = match_of(receipt, first.payer, first.rule, first.documents)
    return match, len(readings) == 1 and first.certain


def _readings(receipt: OpenReceipt, open_: Open, told: Sequence[Placed]) -> Iterator[_Reading]:
    for payer in sorted(receipt.payers):
        sound = [
            (number, pence)
            for number, pence in told
            if number in open_.items and open_.items[number].payer == payer
        ]
        amiss = [line for line in told if line not in sound]
        # A number of a payer that it may be of, which does not fit, was paid twice or on account.
        of_others = [open_.items[number] for number, _pence in amiss if number in open_.items]
        if (
            not amiss
            or not all(_fits(open_, *line) for line in sound)
            or any(item.payer in receipt.payers for item in of_others)
        ):
            continue
        # One payer may pay for another: then what is written is right as it stands.
        as_written = any(open_.pence.get(number) == pence for number, pence in amiss)
        reading = _Reading(payer, list(sound), OWN_REFERENCE, certain=not as_written)
        if all(_take(receipt, open_, reading, *line) for line in amiss):
            yield reading


def _take(receipt: OpenReceipt, open_: Open, reading: _Reading, number: str, pence: int) -> bool:
    """Add to a reading the document that a line stands for; False where there is none."""
    used = {taken for taken, _pence in reading.documents}
    free = [item for item in open_.of(reading.payer) if item.number not in used]
    near = [item for item in free if not number or one_slip(item.number, number)]
    fitting = [item for item in near if open_.pence[item.number] == pence]
    if not fitting and number and number not in open_.items and receipt.known_payer:
        # Less than is open: only where no other document has just that, which is likelier meant.
        if any(open_.pence[item.number] == pence for item in free):
            return False
        fitting = [item for item in near if 0 < pence < open_.pence[item.number]]
    if not fitting:
        return False
    reading.certain &= len(fitting) == 1
    if number:
        reading.rule = MISTYPED
        meant = open_.slips_of(number, receipt.payers, pence)
        reading.certain &= meant <= {fitting[0].number}
    reading.documents.append((fitting[0].number, pence))
    return True

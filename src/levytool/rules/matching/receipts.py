"""Which documents a receipt pays: the rules in their order, each with a name (domain §3.6, *Bank*).

A rule that is certain makes a match; one that is not makes a suggestion, which a person takes up
or leaves. What is open is used once: a match takes its documents from those that come after.
Receipts go by day and number, documents by day and number, so that ties end the same way always.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from levytool.rules.matching.receipt_sums import one_sum

REMITTANCE = "remittance"
DOCUMENT_NUMBER = "document-number"
AMOUNT = "amount"
ACCOUNT_CLEARED = "account-cleared"
SUM = "sum"
PART_PAYMENT = "part-payment"
OVERPAYMENT = "overpayment"
AMOUNT_ALONE = "amount-alone"

Placed = tuple[str, int]
"""A document's number and what of a receipt goes to it; negative for a credit note."""


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A document with something open on it; `pence` is negative for a credit note."""

    number: str
    payer: str
    pence: int
    day: date


@dataclass(frozen=True, slots=True)
class OpenReceipt:
    """A receipt, or what is left of one.

    `payer` is whose it was identified to be, '' where nobody has; `named` are the documents that
    its text names and `parties` the parties. `pence` is what there is to place. A person took
    allocations of a `disputed` one back: nothing of it matches by itself again.
    """

    number: str
    pence: int
    day: date
    payer: str = ""
    named: tuple[str, ...] = ()
    parties: frozenset[str] = frozenset()
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class ReceiptMatch:
    """What a rule makes of a receipt. `left_pence` stays with the payer (2910)."""

    receipt: str
    payer: str
    rule: str
    documents: tuple[Placed, ...]
    left_pence: int


@dataclass(frozen=True, slots=True)
class ReceiptMatching:
    """Matches and suggestions; of a receipt with neither nothing is known."""

    matches: tuple[ReceiptMatch, ...]
    suggestions: tuple[ReceiptMatch, ...]


class _Open:
    """What is open on documents as receipts are placed against them."""

    def __init__(self, items: Iterable[OpenItem]) -> None:
        self.items = {item.number: item for item in items}
        self.pence = {number: item.pence for number, item in self.items.items()}
        self._by_payer: dict[str, list[OpenItem]] = {}
        for item in sorted(self.items.values(), key=_age):
            self._by_payer.setdefault(item.payer, []).append(item)
        self._alike: dict[int, list[OpenItem]] = {}

    def of(self, payer: str) -> list[OpenItem]:
        """A payer's documents with something open, oldest first."""
        return [item for item in self._by_payer.get(payer, ()) if self.pence[item.number]]

    def alike(self, pence: int) -> list[OpenItem]:
        """Documents of any payer with just that much open."""
        if not self._alike:
            for number, item in self.items.items():
                self._alike.setdefault(self.pence[number], []).append(item)
        return self._alike.get(pence, [])

    def take(self, match: ReceiptMatch) -> None:
        """What a match places is open no longer."""
        for number, pence in match.documents:
            self.pence[number] -= pence
        self._alike = {}


def _age(item: OpenItem) -> tuple[date, str]:
    return item.day, item.number


def payer_denied(parties: Collection[str], payer: str, receipt_pence: int, open_pence: int) -> bool:
    """Whether a receipt may not be the payer's of the documents it names: its text names other
    parties, and its amount is not what is open. Either alone proves nothing."""
    return bool(parties) and payer not in parties and receipt_pence != open_pence


def place(
    receipt_pence: int, items: Sequence[OpenItem], open_pence: Mapping[str, int]
) -> tuple[Placed, ...]:
    """How a payment goes to documents: credit notes come off in full, then the oldest first, as
    far as the money goes."""
    usable = receipt_pence
    placed = []
    for item in sorted(items, key=lambda item: (open_pence[item.number] > 0, _age(item))):
        pence = open_pence[item.number]
        pence = pence if pence < 0 else min(pence, usable)
        if pence:
            usable -= pence
            placed.append((item.number, pence))
    return tuple(placed)


def match_receipts(
    receipts: Iterable[OpenReceipt],
    items: Iterable[OpenItem],
    remitted: Mapping[str, Sequence[Placed]] | None = None,
) -> ReceiptMatching:
    """Match receipts to open documents. `remitted` is what payers wrote of receipts, by number."""
    open_ = _Open(items)
    waiting = sorted(receipts, key=lambda receipt: (receipt.day, receipt.number))
    told = remitted or {}
    matches: list[ReceiptMatch] = []
    for rule in _CERTAIN:
        still = []
        for receipt in waiting:
            match, certain = rule(receipt, open_, told)
            if match is not None and certain and not receipt.disputed:
                open_.take(match)
                matches.append(match)
            else:
                still.append(receipt)
        waiting = still
    # Suggested is what fits when all that is certain has been taken.
    suggested = [
        next(
            (
                match
                for rule in (*_CERTAIN, *_SUGGESTING)
                if (match := rule(receipt, open_, told)[0])
            ),
            None,
        )
        for receipt in waiting
    ]
    return ReceiptMatching(tuple(matches), tuple(match for match in suggested if match))


Found = tuple[ReceiptMatch | None, bool]
_NOTHING: Found = (None, False)


def _match(
    receipt: OpenReceipt, payer: str, rule: str, documents: Sequence[Placed]
) -> ReceiptMatch:
    left = receipt.pence - sum(pence for _number, pence in documents)
    return ReceiptMatch(receipt.number, payer, rule, tuple(documents), left)


def _payer(receipt: OpenReceipt) -> str:
    """Whose the receipt is: as identified, else the one party that its text names."""
    if receipt.payer:
        return receipt.payer
    return next(iter(receipt.parties)) if len(receipt.parties) == 1 else ""


def by_remittance(
    receipt: OpenReceipt, open_: _Open, remitted: Mapping[str, Sequence[Placed]]
) -> Found:
    """The payer said what its payment is for. Certain where all of it fits what is open."""
    told = remitted.get(receipt.number)
    if not told:
        return _NOTHING
    payers = {open_.items[number].payer for number, _pence in told if number in open_.items}
    fits = all(
        number in open_.items
        and 0 < abs(pence) <= abs(open_.pence[number])
        and (pence < 0) == (open_.items[number].pence < 0)
        for number, pence in told
    )
    if len(payers) != 1 or not fits or sum(pence for _number, pence in told) > receipt.pence:
        return _NOTHING
    payer = next(iter(payers))
    return _match(receipt, payer, REMITTANCE, told), receipt.payer in ("", payer)


def by_document_number(
    receipt: OpenReceipt, open_: _Open, _remitted: Mapping[str, Sequence[Placed]]
) -> Found:
    """Its text names documents of one payer. In doubt where text and amount both deny the payer.

    Part and over payments match too: what is left over stays with the payer. A credit note comes
    off only where invoices are named with it.
    """
    items = [open_.items[number] for number in receipt.named if number in open_.items]
    items = [item for item in items if open_.pence[item.number]]
    payers = {item.payer for item in items}
    if len(payers) != 1 or all(item.pence < 0 for item in items):
        return _NOTHING
    payer = next(iter(payers))
    documents = place(receipt.pence, items, open_.pence)
    if not documents:
        return _NOTHING
    match = _match(receipt, payer, DOCUMENT_NUMBER, documents)
    open_pence = sum(open_.pence[item.number] for item in items)
    denied = payer_denied(receipt.parties, payer, receipt.pence, open_pence)
    return match, receipt.payer == payer or (not receipt.payer and not denied)


def by_amount(
    receipt: OpenReceipt, open_: _Open, _remitted: Mapping[str, Sequence[Placed]]
) -> Found:
    """The payer has a document of just this amount open; of several the oldest is paid."""
    payer = _payer(receipt)
    for item in open_.of(payer):
        if open_.pence[item.number] == receipt.pence:
            return _match(receipt, payer, AMOUNT, [(item.number, receipt.pence)]), True
    return _NOTHING


def by_account(
    receipt: OpenReceipt, open_: _Open, _remitted: Mapping[str, Sequence[Placed]]
) -> Found:
    """The receipt is all that the payer owes, its credit notes taken off."""
    payer = _payer(receipt)
    items = open_.of(payer)
    if len(items) < 2 or sum(open_.pence[item.number] for item in items) != receipt.pence:
        return _NOTHING
    documents = place(receipt.pence, items, open_.pence)
    return _match(receipt, payer, ACCOUNT_CLEARED, documents), True


def by_sum(receipt: OpenReceipt, open_: _Open, _remitted: Mapping[str, Sequence[Placed]]) -> Found:
    """Some of the payer's documents, credit notes among them, sum to the receipt exactly.

    A match where only one set does and chance hardly makes one; else a suggestion.
    """
    payer = _payer(receipt)
    items = open_.of(payer)
    chosen, certain = one_sum([open_.pence[item.number] for item in items], receipt.pence)
    if not chosen:
        return _NOTHING
    documents = place(receipt.pence, [items[index] for index in chosen], open_.pence)
    return _match(receipt, payer, SUM, documents), certain


def by_part(receipt: OpenReceipt, open_: _Open, _remitted: Mapping[str, Sequence[Placed]]) -> Found:
    """The payer paid less or more than it owes: a suggestion, oldest document first."""
    payer = _payer(receipt)
    items = [item for item in open_.of(payer) if item.pence > 0]
    if not items:
        return _NOTHING
    owed = sum(open_.pence[item.number] for item in items)
    rule = OVERPAYMENT if receipt.pence > owed else PART_PAYMENT
    return _match(receipt, payer, rule, place(receipt.pence, items, open_.pence)), False


def by_amount_alone(
    receipt: OpenReceipt, open_: _Open, _remitted: Mapping[str, Sequence[Placed]]
) -> Found:
    """Nobody knows the payer, but one document alone is open for just this amount: suggested."""
    if _payer(receipt):
        return _NOTHING
    alike = [
        item
        for item in open_.alike(receipt.pence)
        if not receipt.parties or item.payer in receipt.parties
    ]
    if len(alike) != 1:
        return _NOTHING
    documents = [(alike[0].number, receipt.pence)]
    return _match(receipt, alike[0].payer, AMOUNT_ALONE, documents), False


_CERTAIN = (by_remittance, by_document_number, by_amount, by_account, by_sum)
_SUGGESTING = (by_part, by_amount_alone)

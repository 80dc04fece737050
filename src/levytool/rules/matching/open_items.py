"""What is open between payers and the consortium: receipts on one side, documents on the other.

The values that the rules of `receipts` and `advices` share (domain §3.6, *Bank*).
"""

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from levytool.rules.document_numbers import one_slip

Placed = tuple[str, int]
"""A document's number and what of a receipt goes to it; negative for a credit note."""

Remitted = Mapping[str, Sequence[Placed]]
"""What payers wrote of receipts, by a receipt's number; '' stands for a reference of the payer's
own, which is no document number."""


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A document and what is open on it; `pence` is negative for a credit note, 0 where settled.

    `was_pence` is what was open on it before each thing that was set against it.
    """

    number: str
    payer: str
    pence: int
    day: date
    was_pence: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenReceipt:
    """A receipt, or what is left of one.

    `payer` is whose it was identified to be, '' where nobody has; `named` are the documents that
    its text names, `parties` the parties, and `perhaps` those whose names its text may be short
    for. `pence` is what there is to place. A person took allocations of a `disputed` one back,
    or the bank the money itself: nothing of it matches by itself.
    """

    number: str
    pence: int
    day: date
    payer: str = ""
    named: tuple[str, ...] = ()
    parties: frozenset[str] = frozenset()
    disputed: bool = False
    perhaps: frozenset[str] = frozenset()

    @property
    def known_payer(self) -> str:
        """Whose it is: as identified, else the one party that its text names; else ''."""
        if self.payer:
            return self.payer
        return next(iter(self.parties)) if len(self.parties) == 1 else ""

    @property
    def payers(self) -> frozenset[str]:
        """Whose it may be, by all that is known; none where nothing is."""
        return frozenset((self.payer,)) if self.payer else self.parties or self.perhaps

    def may_be(self, payer: str) -> bool:
        """Whether nothing that is known of it speaks against a payer."""
        return not self.payers or payer in self.payers


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


Found = tuple[ReceiptMatch | None, bool]
"""What a rule finds, and whether it is certain of it."""

NOTHING: Found = (None, False)


class Open:
    """What is open on documents as receipts are placed against them."""

    def __init__(self, items: Iterable[OpenItem]) -> None:
        self.items = {item.number: item for item in sorted(items, key=_age)}
        self.pence = {number: item.pence for number, item in self.items.items()}
        self._by_payer: dict[str, list[OpenItem]] = {}
        for item in self.items.values():
            self._by_payer.setdefault(item.payer, []).append(item)
        self._alike: dict[int, list[OpenItem]] = {}
        self._before: dict[int, list[OpenItem]] = {}
        for item in self.items.values():
            self._alike.setdefault(item.pence, []).append(item)
            for pence in {item.pence, *item.was_pence}:
                self._before.setdefault(pence, []).append(item)

    def of(self, payer: str) -> list[OpenItem]:
        """A payer's documents with something open, oldest first."""
        return [item for item in self._by_payer.get(payer, ()) if self.pence[item.number]]

    def alike(self, pence: int) -> list[OpenItem]:
        """Documents of any payer with just that much open, oldest first."""
        return self._alike.get(pence, [])

    def take(self, match: ReceiptMatch) -> None:
        """What a match places is open no longer."""
        for number, pence in match.documents:
            item = self.items[number]
            alike = self._alike[self.pence[number]]
            del alike[bisect_left(alike, _age(item), key=_age)]
            self.pence[number] -= pence
            insort(self._alike.setdefault(self.pence[number], []), item, key=_age)

    def slips_of(self, number: str, payers: Collection[str], pence: int) -> set[str]:
        """The other documents of these payers that a number may be a slip of the pen for: one slip
        away, with just this much open now, or before another receipt took it, be it long ago: a
        doubt stays one whatever is paid next."""
        alike = (*self.alike(pence), *self._before.get(pence, ())) if pence else ()
        return {
            item.number for item in alike if item.payer in payers and one_slip(item.number, number)
        }


def _age(item: OpenItem) -> tuple[date, str]:
    return item.day, item.number


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


def match_of(
    receipt: OpenReceipt, payer: str, rule: str, documents: Sequence[Placed]
) -> ReceiptMatch:
    """A match; what is not placed on documents is left."""
    left = receipt.pence - sum(pence for _number, pence in documents)
    return ReceiptMatch(receipt.number, payer, rule, tuple(documents), left)

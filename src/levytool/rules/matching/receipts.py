"""Which documents a receipt pays: the rules in their order, each with a name (domain §3.6, *Bank*).

A rule that is certain makes a match; one that is not makes a suggestion, which a person takes up
or leaves. What is open is used once: a match takes its documents from those that come after.
Receipts go by day and number, documents by day and number, so that ties end the same way always.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from levytool.rules.matching.advices import (
    by_mistyped_number,
    by_overpaid_remittance,
    by_own_reference,
    by_remittance,
)
from levytool.rules.matching.open_items import (
    NOTHING,
    Found,
    Open,
    OpenItem,
    OpenReceipt,
    ReceiptMatch,
    ReceiptMatching,
    Remitted,
    match_of,
    place,
)
from levytool.rules.matching.receipt_sums import CHANCE, less_credits, one_sum

DOCUMENT_NUMBER = "document-number"
NUMBER_CREDITS = "document-number-credits"
AMOUNT = "amount"
ACCOUNT_CLEARED = "account-cleared"
SUM = "sum"
SHORT_NAME = "amount-short-name"
PART_PAYMENT = "part-payment"
OVERPAYMENT = "overpayment"
AMOUNT_ALONE = "amount-alone"

Rule = Callable[[OpenReceipt, Open, Remitted], Found]


def payer_denied(parties: Collection[str], payer: str, receipt_pence: int, open_pence: int) -> bool:
    """Whether a receipt may not be the payer's of the documents it names: its text names other
    parties, and its amount is not what is open. Either alone proves nothing."""
    return bool(parties) and payer not in parties and receipt_pence != open_pence


def match_receipts(
    receipts: Iterable[OpenReceipt],
    items: Iterable[OpenItem],
    remitted: Remitted | None = None,
) -> ReceiptMatching:
    """Match receipts to open documents. `remitted` is what payers wrote of receipts, by number."""
    open_ = Open(items)
    waiting = sorted(receipts, key=lambda receipt: (receipt.day, receipt.number))
    told = remitted or {}
    matches: list[ReceiptMatch] = []
    for rule in _CERTAIN:
        rivals = _claimed(rule, waiting, open_, told) if rule in _ALONE else Counter()
        still = []
        for receipt in waiting:
            match, certain = rule(receipt, open_, told)
            if (
                match is not None
                and certain
                and not receipt.disputed
                and not any(rivals[number] > 1 for number, _pence in match.documents)
            ):
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


def _claimed(
    rule: Rule, waiting: Iterable[OpenReceipt], open_: Open, told: Remitted
) -> Counter[str]:
    """How many receipts a rule would place on each document."""
    found = (rule(receipt, open_, told)[0] for receipt in waiting)
    return Counter(number for match in found if match for number, _pence in match.documents)


def _as_written(receipt: OpenReceipt, told: Remitted, match: ReceiptMatch) -> bool:
    """Whether the payer wrote of no document, or of just these; settled and unknown ones count."""
    advised = {line for line in told.get(receipt.number, ()) if line[0]}
    named = set(receipt.named)
    return (not advised or advised == set(match.documents)) and (
        not named or named == {number for number, _pence in match.documents}
    )


def by_document_number(receipt: OpenReceipt, open_: Open, _remitted: Remitted) -> Found:
    """Its text names documents of one payer. In doubt where text and amount both deny the payer,
    where another document, whose number is one slip away, would make the amount exact, and where
    one that it names was paid already: it may have been meant for that.

    Part and over payments match too: what is left over stays with the payer. A credit note comes
    off only where invoices are named with it; where those that nobody named would make the amount
    exact, `by_number_less_credits` says what is paid.
    """
    items = _named(receipt, open_)
    if not items or _credits_off(receipt, items, open_)[0]:
        return NOTHING
    documents = place(receipt.pence, items, open_.pence)
    if not documents:
        return NOTHING
    match = match_of(receipt, items[0].payer, DOCUMENT_NUMBER, documents)
    return match, _is_as_named(receipt, items, open_)


def by_number_less_credits(receipt: OpenReceipt, open_: Open, _remitted: Remitted) -> Found:
    """It is all that is open on the documents its text names, less credit notes of their payer
    that it does not name.

    A match where only one set of them makes the amount and chance hardly does; else a suggestion.
    """
    items = _named(receipt, open_)
    credits, certain = _credits_off(receipt, items, open_)
    if not credits:
        return NOTHING
    documents = place(receipt.pence, [*items, *credits], open_.pence)
    match = match_of(receipt, items[0].payer, NUMBER_CREDITS, documents)
    return match, certain and _is_as_named(receipt, items, open_)


def _named(receipt: OpenReceipt, open_: Open) -> list[OpenItem]:
    """The open documents that its text names, invoices of one payer among them; else none.

    Whose money it is does not turn on who has paid since: settled ones tell the payer as well.
    """
    items = [open_.items[number] for number in receipt.named if number in open_.items]
    of_one = len({item.payer for item in items}) == 1
    items = [item for item in items if open_.pence[item.number]]
    return items if of_one and any(item.pence > 0 for item in items) else []


def _credits_off(
    receipt: OpenReceipt, items: Sequence[OpenItem], open_: Open
) -> tuple[list[OpenItem], bool]:
    """Credit notes nobody named that make the named documents just the receipt, and whether that
    is certain."""
    named_pence = sum(open_.pence[item.number] for item in items)
    if not items or named_pence <= receipt.pence:
        return [], False
    credits = [
        item
        for item in open_.of(items[0].payer)
        if item.pence < 0 and item.number not in receipt.named
    ]
    off = [open_.pence[item.number] for item in credits]
    places, certain = less_credits(named_pence, off, receipt.pence)
    return [credits[place] for place in places], certain


def _is_as_named(receipt: OpenReceipt, items: Sequence[OpenItem], open_: Open) -> bool:
    """Whether nothing speaks against the documents that it names being those it pays."""
    payer = items[0].payer
    open_pence = sum(open_.pence[item.number] for item in items)
    denied = not receipt.payer and payer_denied(receipt.payers, payer, receipt.pence, open_pence)
    may_be_other = receipt.pence != open_pence or not receipt.may_be(payer)
    slip = may_be_other and any(
        open_.slips_of(
            item.number,
            receipt.payers | {payer},
            receipt.pence - open_pence + open_.pence[item.number],
        )
        for item in items
    )
    paid_since = any(number in open_.items and not open_.pence[number] for number in receipt.named)
    return receipt.payer in ("", payer) and not denied and not slip and not paid_since


def by_amount(receipt: OpenReceipt, open_: Open, remitted: Remitted) -> Found:
    """The payer has a document of just this amount open; of several the oldest is paid.

    In doubt where the payer wrote of another document: it may have paid that one twice.
    """
    payer = receipt.known_payer
    for item in open_.of(payer):
        if open_.pence[item.number] == receipt.pence:
            match = match_of(receipt, payer, AMOUNT, [(item.number, receipt.pence)])
            return match, _as_written(receipt, remitted, match)
    return NOTHING


def by_account(receipt: OpenReceipt, open_: Open, remitted: Remitted) -> Found:
    """The receipt is all that the payer owes, its credit notes taken off."""
    payer = receipt.known_payer
    items = open_.of(payer)
    if len(items) < 2 or sum(open_.pence[item.number] for item in items) != receipt.pence:
        return NOTHING
    documents = place(receipt.pence, items, open_.pence)
    match = match_of(receipt, payer, ACCOUNT_CLEARED, documents)
    return match, _as_written(receipt, remitted, match)


def by_sum(receipt: OpenReceipt, open_: Open, remitted: Remitted) -> Found:
    """Some of the payer's documents, credit notes among them, sum to the receipt exactly.

    A match where only one set does and chance hardly makes one; else a suggestion.
    """
    payer = receipt.known_payer
    items = open_.of(payer)
    chosen, certain = one_sum([open_.pence[item.number] for item in items], receipt.pence)
    if not chosen:
        return NOTHING
    documents = place(receipt.pence, [items[index] for index in chosen], open_.pence)
    match = match_of(receipt, payer, SUM, documents)
    return match, certain and _as_written(receipt, remitted, match)


def by_short_name(receipt: OpenReceipt, open_: Open, remitted: Remitted) -> Found:
    """Its text may be short for several payers' names, and of all that is open in the books just
    one document has this amount, one of theirs.

    In doubt where so many are open that chance may make the amount.
    """
    if receipt.payer or receipt.parties:
        return NOTHING
    alike = open_.alike(receipt.pence)
    fitting = [item for item in alike if item.payer in receipt.perhaps]
    if not fitting:
        return NOTHING
    payer = fitting[0].payer
    match = match_of(receipt, payer, SHORT_NAME, [(fitting[0].number, receipt.pence)])
    looked_at = sum(len(open_.of(each)) for each in receipt.perhaps)
    certain = len(alike) == 1 and looked_at * CHANCE <= receipt.pence
    return match, certain and _as_written(receipt, remitted, match)


def by_doubtful_payer(receipt: OpenReceipt, open_: Open, remitted: Remitted) -> Found:
    """Of the payers that it may be of, by its text, just one owes just this in all, or else in a
    sum that chance hardly makes: a suggestion, since the payer is only perhaps."""
    if receipt.known_payer:
        return NOTHING
    for rule in (by_account, by_sum):
        tried = [
            rule(replace(receipt, payer=payer), open_, remitted) for payer in sorted(receipt.payers)
        ]
        fitting = [match for match, certain in tried if match is not None and certain]
        if fitting:
            return (fitting[0] if len(fitting) == 1 else None), False
    return NOTHING


def by_part(receipt: OpenReceipt, open_: Open, _remitted: Remitted) -> Found:
    """The payer, or the only one whose name the text may be short for, paid less or more than it
    owes: a suggestion, oldest document first."""
    payer = next(iter(receipt.payers)) if len(receipt.payers) == 1 else ""
    items = [item for item in open_.of(payer) if item.pence > 0]
    if not items:
        return NOTHING
    owed = sum(open_.pence[item.number] for item in items)
    rule = OVERPAYMENT if receipt.pence > owed else PART_PAYMENT
    return match_of(receipt, payer, rule, place(receipt.pence, items, open_.pence)), False


def by_amount_alone(receipt: OpenReceipt, open_: Open, _remitted: Remitted) -> Found:
    """Nobody knows the payer, but one document alone is open for just this amount: suggested."""
    if receipt.known_payer:
        return NOTHING
    alike = [
        item
        for item in open_.alike(receipt.pence)
        if not receipt.parties or item.payer in receipt.parties
    ]
    if len(alike) != 1:
        return NOTHING
    documents = [(alike[0].number, receipt.pence)]
    return match_of(receipt, alike[0].payer, AMOUNT_ALONE, documents), False


_CERTAIN: tuple[Rule, ...] = (
    by_remittance,
    by_overpaid_remittance,
    by_document_number,
    by_number_less_credits,
    by_mistyped_number,
    by_own_reference,
    by_amount,
    by_account,
    by_sum,
    by_short_name,
)
_ALONE = (by_number_less_credits, by_mistyped_number, by_own_reference, by_short_name)
"""Rules that are certain only of documents that no other receipt would go to by them."""

_SUGGESTING: tuple[Rule, ...] = (by_doubtful_payer, by_part, by_amount_alone)

"""Receipts that name their documents: identified as the payer's and allocated, oldest first."""

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from levytool.book.names import BankNames
from levytool.desk.levy.allocating import Allocating, OpenDocument, Placed
from levytool.ledger.bank.bank_lines import StoredBankLine
from levytool.ledger.documents.credited import credited_by, stands_for
from levytool.ledger.documents.documents import StoredDocument, find_documents
from levytool.money import display_pence, format_pence
from levytool.rules.document_numbers import document_numbers, one_slip, words_beside
from levytool.rules.matching.receipt_sums import less_credits
from levytool.rules.matching.receipts import DOCUMENT_NUMBER, payer_denied

TO_DECIDE = "see levytool reconcile bank, or allocate it: levytool bank allocate LINE DOCUMENT"
"""What to do with a receipt that a person decides."""


@dataclass(frozen=True, slots=True)
class Match:
    """What became of one receipt that names documents; `left_pence` stays the payer's.

    Where nothing was placed there are no `documents`, and `unplaced` says why.
    """

    receipt: str
    payer: str
    documents: tuple[Placed, ...]
    left_pence: int
    unplaced: str = ""

    def as_json(self) -> dict[str, Any]:
        """As `reconcile bank` shows a match (contract)."""
        return {
            "receipt": self.receipt,
            "rule": DOCUMENT_NUMBER,
            "party": self.payer,
            "documents": [
                {"number": item.document, "amount": format_pence(item.pence)}
                for item in self.documents
            ],
            "unallocated": format_pence(self.left_pence),
        }


def match_by_number(
    connection: Connection,
    allocating: Allocating,
    lines: Sequence[tuple[StoredBankLine, int]],
    wanted: Callable[[StoredBankLine], date],
) -> tuple[list[Match], list[str]]:
    """Identify and allocate the receipts whose text names documents of one payer.

    `lines` come with what of each is not identified yet; `wanted` gives the day to post on. Also
    returns, in words, the receipts that a person decides: those that name documents of several
    payers, those that another party paid, by their text, and that are not what is open, those that
    are just what is open on a document whose number is one slip away, and those that credit notes
    which they do not name make exact: which, and of which receipt, `reconcile bank` tells.
    A credit note is only taken off when invoices are named with it.
    """
    named = {line.id: document_numbers(line.text) for line, _open in lines if line.amount_pence > 0}
    if not any(named.values()):
        return [], []
    by_number = {document.number: document for document in find_documents(connection)}
    names = BankNames(allocating.book)
    beside = _Beside(allocating, by_number.values())
    matches: list[Match] = []
    undecided: list[str] = []
    for line, open_pence in lines:
        numbers = named.get(line.id, ())
        stored = [by_number[number] for number in numbers if number in by_number]
        payers = sorted({document.payer for document in stored})
        if len(payers) > 1:
            undecided.append(f"{line.number} names documents of {', '.join(payers)}")
        if len(payers) != 1:
            continue
        payer, day = payers[0], wanted(line)
        documents = allocating.documents(stored)
        pence = open_pence or allocating.left(line).get(payer, 0)
        if told := _credits_off(line, pence, documents, beside):
            undecided.append(told)
            continue
        if open_pence:
            doubt = _doubt(line, open_pence, documents, names) or _slip(
                line, open_pence, documents, _parties(line, names), beside
            )
            if doubt:
                undecided.append(doubt)
                continue
            allocating.identify(line, payer, open_pence, day)
        placed: list[Placed] = []
        if any(document.sign > 0 for document in stored):
            placed = allocating.allocate(line, documents, day)
        left = allocating.left(line).get(payer, 0)
        why = "" if placed else f"{line.number} names {_unplaced(connection, stored, left)}"
        matches.append(Match(line.number, payer, tuple(placed), left, why))
    return matches, undecided


def _unplaced(connection: Connection, stored: Sequence[StoredDocument], left_pence: int) -> str:
    """The documents that a receipt names, and why its money is on none of them."""
    told = []
    for document in stored:
        credit, stands = credited_by(connection, document), stands_for(connection, document)
        if credit:
            place = f", and {stands} stands in its place" if stands else ""
            told.append(f"{document.number}, which {credit} credited{place}")
        elif all(other.sign < 0 for other in stored):
            told.append(f"{document.number} and no invoice")
        else:
            told.append(f"{document.number}, on which nothing is open")
    left = f"{display_pence(left_pence)} of {stored[0].payer} is allocated to nothing"
    return f"{'; '.join(told)}: {left}"


def parties_named(text: str, names: BankNames) -> frozenset[str]:
    """The parties that a bank line's text names beside documents."""
    return frozenset[str]().union(*map(names.named, words_beside(text)))


def parties_perhaps(text: str, names: BankNames) -> frozenset[str]:
    """The parties whose names a bank line's text may be short for."""
    return frozenset[str]().union(*map(names.perhaps, words_beside(text)))


def _doubt(
    line: StoredBankLine, pence: int, documents: Sequence[OpenDocument], names: BankNames
) -> str:
    """Why the receipt may not be the documents' payer's: its text and its amount both deny it."""
    payer = documents[0].stored.payer
    open_pence = sum(item.stored.sign * item.open_pence for item in documents)
    others = _parties(line, names)
    if not payer_denied(others, payer, pence, open_pence):
        return ""
    numbers = ", ".join(item.stored.number for item in documents)
    return (
        f"{line.number} of {display_pence(pence)} is by its text from {' or '.join(sorted(others))}"
        f", but {numbers} is of {payer} with {display_pence(open_pence)} open"
    )


def _parties(line: StoredBankLine, names: BankNames) -> frozenset[str]:
    """The parties that a line's text names, else those whose names it may be short for."""
    return parties_named(line.text, names) or parties_perhaps(line.text, names)


class _Beside:
    """The documents of each payer, to look for those that may be meant."""

    def __init__(self, allocating: Allocating, documents: Iterable[StoredDocument]) -> None:
        self._allocating = allocating
        self._by_payer: dict[str, list[StoredDocument]] = {}
        for document in documents:
            self._by_payer.setdefault(document.payer, []).append(document)

    def credits_of(self, payer: str, but: Sequence[OpenDocument]) -> list[OpenDocument]:
        """The payer's credit notes with something open, without those given."""
        named = {item.stored.id for item in but}
        notes = [
            document
            for document in self._by_payer.get(payer, ())
            if document.sign < 0 and document.id not in named
        ]
        return [item for item in self._allocating.documents(notes) if item.open_pence]

    def open_as(self, number: str, payer: str, pence: int) -> str:
        """The payer's document with just this much open, one slip away; or ''."""
        near = [
            document
            for document in self._by_payer.get(payer, ())
            if one_slip(document.number, number)
        ]
        for document in self._allocating.documents(near) if pence else ():
            if document.stored.sign * document.open_pence == pence:
                return document.stored.number
        return ""


def _credits_off(
    line: StoredBankLine, pence: int, documents: Sequence[OpenDocument], beside: _Beside
) -> str:
    """Why credit notes that it does not name may be taken off: less them it is all that is open."""
    named = [item for item in documents if item.open_pence]
    open_pence = sum(item.stored.sign * item.open_pence for item in named)
    if not 0 < pence < open_pence:
        return ""
    credits = beside.credits_of(named[0].stored.payer, named)
    places, _certain = less_credits(open_pence, [-item.open_pence for item in credits], pence)
    if not places:
        return ""
    numbers = ", ".join(item.stored.number for item in named)
    off = ", ".join(credits[place].stored.number for place in places)
    return (
        f"{line.number} of {display_pence(pence)} names {numbers} with "
        f"{display_pence(open_pence)} open, just that less {off}"
    )


def _slip(
    line: StoredBankLine,
    pence: int,
    documents: Sequence[OpenDocument],
    parties: Set[str],
    beside: _Beside,
) -> str:
    """Why a number may be mistyped: another, one slip away, makes the amount exact."""
    payer = documents[0].stored.payer
    whole = sum(item.stored.sign * item.open_pence for item in documents)
    if pence == whole and (payer in parties or not parties):
        return ""
    for item in documents:
        wanted = pence - whole + item.stored.sign * item.open_pence
        for other in sorted(parties | {payer}):
            meant = beside.open_as(item.stored.number, other, wanted)
            if meant:
                return (
                    f"{line.number} of {display_pence(pence)} names {item.stored.number}, "
                    f"but just {display_pence(wanted)} is open on {meant}"
                )
    return ""

"""What a bank line of money out may be, by what the books owe, and the command that says so.

It only suggests. A payee is told by the reference of a payment run, or by name and amount.
"""

import re
import shlex
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import Connection

from levytool.book.names import BankNames
from levytool.book.records import Book, Contractor, Member
from levytool.book.short_names import WholeNames
from levytool.desk.bank.bounced import WENT_BACK, AllocatedReceipts
from levytool.desk.bank.match_receipts import parties_named, parties_perhaps
from levytool.desk.bank.pay_creditors import waiting_payments
from levytool.ledger.bank.bank_lines import StoredBankLine, get_line
from levytool.ledger.bank.contras import receipts_of_nobody
from levytool.ledger.bank.creditors import creditor_items, references_in, still_owed
from levytool.ledger.bank.receipts import refunds, unallocated
from levytool.money import display_pence, format_pence
from levytool.rules.payments import open_items

_OF_THE_BANK = re.compile(r"\b(charges?|fees?|commission)\b", re.IGNORECASE)


class Way(NamedTuple):
    """What a line may be: why, and the command that identifies it so (perhaps with words).
    `goes_back` is the receipt, nobody's yet, that the line says it takes back; '' for none."""

    because: str
    command: str
    goes_back: str = ""


class MoneyOut:
    """What is owed and what payers have left, for one look at lines of money out."""

    def __init__(self, connection: Connection, book: Book) -> None:
        self._connection = connection
        self._receipts = AllocatedReceipts(connection)
        self._names = BankNames(book)
        self._waiting = waiting_payments(connection)
        self._open = _open(connection)
        self._left: dict[str, int] = {}
        for by_payer in unallocated(connection).values():
            for payer, pence in by_payer.items():
                self._left[payer] = self._left.get(payer, 0) + pence
        parties: list[Contractor | Member] = [*book.members.values(), *book.contractors.values()]
        called = {party.code: (party.code, party.name, *party.aliases) for party in parties}
        called |= {payee: (payee,) for payee in self._open if payee not in called}
        self._called = WholeNames(called)

    def way(self, line: StoredBankLine, pence: int) -> Way:
        """What `pence` of the line, a magnitude, may be."""
        named = self._named(line.text)
        found = (
            self._quoted(line, pence)
            or self._bounced(line, pence, named)
            or self._owed(line, pence, named)
            or self._refund(line, pence, named)
        )
        if found:
            return found
        identify = f"levytool bank identify {line.number}"
        if not named and _OF_THE_BANK.search(line.text):
            return Way("it calls itself a charge of the bank", f"{identify} --as charge")
        if came := self._came_in(pence, named):
            return Way(
                f"it is just what {came.number} brought, which is nobody's",
                f"{identify} --as contra --against {came.number} if it went back",
                came.number if self._says_so(line, came, named) else "",
            )
        party = next(iter(named)) if len(named) == 1 else ""
        owed = f"nothing that fits is owed to {party}" if party else "it fits nothing that is owed"
        given = shlex.quote(party) if party else "P"
        return Way(
            owed,
            f"{identify} --as payment --party {given} once what it pays is recorded, --as refund "
            f"--party {given} for money given back, --as charge for the bank's own fees, "
            f"--as charge --party {given} for what the consortium costs to run",
        )

    def _quoted(self, line: StoredBankLine, pence: int) -> Way | None:
        """The payment of a run that the line quotes, where it waits."""
        quoted = references_in(line.text)
        fit = [item for item in self._waiting if item.reference in quoted]
        if len(fit) != 1:
            return None
        item = fit[0]
        told = f"it quotes {item.reference}, {display_pence(item.pence)} to {item.payee}"
        if item.pence != pence:
            told += f", not {display_pence(pence)}"
        return Way(told, _payment(line, pence, item.pence))

    def _bounced(self, line: StoredBankLine, pence: int, named: frozenset[str]) -> Way | None:
        """The receipt that the line takes back: what it paid is owed again."""
        receipt = self._receipts.taken_back_by(line, pence, named)
        if receipt is None or pence in self._open.get(receipt.payer, ()):
            return None
        party = shlex.quote(receipt.payer)
        commands = [f"levytool bank unallocate {receipt.number}"]
        if self._left.get(receipt.payer, 0) > 0:  # else it has only this to give back
            commands.append(f"levytool bank refund {receipt.number}")
        commands.append(f"levytool bank identify {line.number} --as refund --party {party}")
        paid = ", ".join(receipt.documents)
        return Way(
            f"it is just what {receipt.number} of {receipt.payer} brought, which paid {paid}: "
            "taken back, that is owed again",
            ", then ".join(commands),
        )

    def _owed(self, line: StoredBankLine, pence: int, named: frozenset[str]) -> Way | None:
        """The one payee that it names, else that is owed just this: in all or for one thing."""
        just = [payee for payee, items in self._open.items() if pence in (sum(items), *items)]
        just += [item.payee for item in self._waiting if item.pence == pence]
        called = named & self._open.keys()
        is_of_nobody = not named and not _OF_THE_BANK.search(line.text)
        fit = set(just) & called or called or (set(just) if is_of_nobody else set())
        if len(fit) != 1:
            return None
        (payee,) = fit
        owed_pence = sum(self._open[payee])
        if payee not in just and pence > owed_pence and self._holds(payee, pence - owed_pence):
            return None
        what = f"{payee} is owed {display_pence(owed_pence)}"
        if pence != owed_pence and payee in just:
            what += f", {display_pence(pence)} of it for one thing"
        kind = "refund" if payee in self._owed_refunds else "payment"
        return Way(what, _payment(line, pence, owed_pence, payee, kind))

    def _refund(self, line: StoredBankLine, pence: int, named: frozenset[str]) -> Way | None:
        """The one payer that it names, whose receipts have as much left to give back."""
        fit = [
            payer for payer in named if self._holds(payer, pence - sum(self._open.get(payer, ())))
        ]
        if len(fit) != 1:
            return None
        (payer,) = fit
        return Way(
            f"{display_pence(self._left[payer])} of {payer}'s receipts is allocated to nothing",
            f"levytool bank identify {line.number} --as refund --party {shlex.quote(payer)}",
        )

    def _came_in(self, pence: int, named: frozenset[str]) -> StoredBankLine | None:
        """The one line of money in that is nobody's, of just this and of no other party."""
        alike = self._of_nobody.get(pence, [])
        if len(alike) != 1:
            return None
        receipt = get_line(self._connection, alike[0])
        of = self._named(receipt.text)
        return receipt if not named or not of or named & of else None

    def _says_so(
        self, line: StoredBankLine, receipt: StoredBankLine, named: frozenset[str]
    ) -> bool:
        """Whether a line later than the receipt says that it went back, or names its party."""
        is_told = bool(WENT_BACK.search(line.text) or named & self._named(receipt.text))
        return receipt.booked <= line.booked and is_told

    @cached_property
    def _owed_refunds(self) -> set[str]:
        """The payees that are owed refunds alone, none of which is in a payment run."""
        recorded = {refund.entry_id for refund in refunds(self._connection)}
        owed = [item for item, pence in still_owed(creditor_items(self._connection)) if pence]
        otherwise = {item.payee for item in owed if item.entry_id not in recorded}
        return {item.payee for item in owed} - otherwise - {item.payee for item in self._waiting}

    @cached_property
    def _of_nobody(self) -> dict[int, list[str]]:
        return receipts_of_nobody(self._connection)

    def _holds(self, payer: str, pence: int) -> bool:
        return 0 < pence <= self._left.get(payer, 0)

    def _named(self, text: str) -> frozenset[str]:
        """The parties and payees whose names stand in a text, whole; else that it may be short
        for."""
        found = parties_named(text, self._names) | self._called.within(text)
        return frozenset(found or parties_perhaps(text, self._names))


def _open(connection: Connection) -> dict[str, list[int]]:
    """What is open to each payee that is owed anything, thing by thing, in pence."""
    owed: dict[str, list[int]] = {}
    paid = Counter[str]()
    for item in creditor_items(connection):
        if item.pence > 0:
            owed.setdefault(item.payee, []).append(item.pence)
        else:
            paid[item.payee] -= item.pence
    found = {payee: open_items(items, paid[payee]) for payee, items in owed.items()}
    return {payee: [*filter(None, left)] for payee, left in found.items() if any(left)}


def _payment(
    line: StoredBankLine, pence: int, owed_pence: int, payee: str = "", kind: str = "payment"
) -> str:
    """The command; where the line is of more than is owed, for as much of it."""
    command = f"levytool bank identify {line.number} --as {kind}"
    if payee:
        command += f" --party {shlex.quote(payee)}"
    return f"{command} --amount {format_pence(owed_pence)}" if pence > owed_pence else command


def ways(
    connection: Connection, book: Book, payments: Mapping[StoredBankLine, int]
) -> dict[str, Way]:
    """What each line of money out may be, by its number; `payments` has what of it is open."""
    if not payments:
        return {}
    told = MoneyOut(connection, book)
    return {line.number: told.way(line, pence) for line, pence in payments.items()}

"""Receipts beside documents: what is matched, what would be, and what nobody has explained.

It shows; with `apply` what the rules are certain of is done. What a person took back is never
matched again by itself.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from levytool.bank.remittance import RemittedLine, read_remittance
from levytool.book.names import BankNames
from levytool.desk.bank.advised import Advised, OfLine, misfits_of, refused
from levytool.desk.bank.bank_accounts import account_named
from levytool.desk.bank.list_bank import open_pence
from levytool.desk.bank.match_receipts import parties_named, parties_perhaps
from levytool.desk.bank.money_out import Way, ways
from levytool.desk.book_in_force import book_in_force
from levytool.desk.levy.allocating import Allocating
from levytool.desk.office import Office
from levytool.ledger.bank.bank_lines import (
    RECEIPT,
    Identified,
    StoredBankLine,
    find_lines,
    identified_by_line,
    lines_unknown_again,
)
from levytool.ledger.bank.receipts import unallocated
from levytool.ledger.documents.allocations import (
    cash_allocated,
    lines_ever_allocated,
    settled_in_turn,
)
from levytool.ledger.documents.documents import StoredDocument, find_documents
from levytool.ledger.documents.own_making import replaced
from levytool.ledger.journal import acts
from levytool.money import display_pence, format_pence
from levytool.periods import Month, Period
from levytool.problems import InputRejected, UsageError
from levytool.rules.document_numbers import document_numbers
from levytool.rules.matching.open_items import (
    OpenItem,
    OpenReceipt,
    ReceiptMatch,
    ReceiptMatching,
)
from levytool.rules.matching.receipts import DOCUMENT_NUMBER, match_receipts

MATCH_ACT = "bank match"
"""Keeps the rule of a match that the line's own text does not tell."""

BY_HAND = "by-hand"

LAST_MONTH = Month(9999, 12)

CERTAIN = "certain"
"""State of a match that is not in the books yet, unlike one that is allocated."""


@dataclass(frozen=True, slots=True)
class BankReconciliation:
    """What stands matched in the books or is certain, and what is open on either side.

    `open_payments` is money out that nobody has identified, `remarks` what there is to say of an
    advice beside the rows.
    """

    matched: list[dict[str, Any]]
    open_receipts: list[dict[str, Any]]
    open_payments: list[dict[str, Any]]
    open_documents: list[dict[str, Any]]
    suggestions: list[dict[str, Any]]
    remarks: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether a bank line or a document waits for somebody; one not due yet waits for nobody.

        What is certain waits too: until it is applied its receipt is placed nowhere.
        """
        return bool(self.certain or self.open_receipts or self.open_payments or self.due_documents)

    @property
    def certain(self) -> list[dict[str, Any]]:
        """Matches that the rules are certain of and nobody has applied."""
        return [row for row in self.matched if row["state"] == CERTAIN]

    @property
    def due_documents(self) -> list[dict[str, Any]]:
        """Open documents whose due date has passed, credit notes among them."""
        return [row for row in self.open_documents if row["days_overdue"]]

    def as_json(self) -> dict[str, Any]:
        """The shape that scripts rely on (contract, *Reconciling*); `open_payments` is added, since
        it too makes the exit code."""
        return {
            "matched": self.matched,
            "open_receipts": self.open_receipts,
            "open_documents": self.open_documents,
            "suggestions": self.suggestions,
            "open_payments": self.open_payments,
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines are looked at, and what a payer wrote of one of them.

    `receipt` is the line that the advice is of; where it is '' the amount tells.
    """

    account: str | None = None
    period: Period | None = None
    remittance: Path | None = None
    receipt: str = ""


def reconcile_bank(office: Office, asked: Asked, *, apply: bool = False) -> BankReconciliation:
    """Lay receipts beside documents; with `apply` allocate what is certain.

    Raises InputRejected for a remittance advice that does not fit, UsageError for one whose
    receipt cannot be told, and for an account that the book lacks.
    """
    advice = _advice(asked.remittance) if asked.remittance else []
    if not apply:
        with office.reading() as connection:
            return _Bank(connection, office, asked, advice).shown()
    with office.writing() as connection:
        found = _Bank(connection, office, asked, advice)
        found.apply()
        return replace(_Bank(connection, office, asked, []).shown(), remarks=found.remarks)


def _advice(path: Path) -> list[RemittedLine]:
    lines, problems = read_remittance(path)
    if problems:
        raise InputRejected(f"nothing of {path.name} was used", tuple(problems))
    return lines


class _Bank:
    """The receipts and documents of one look at the books."""

    def __init__(
        self,
        connection: Connection,
        office: Office,
        asked: Asked,
        advice: Sequence[RemittedLine],
    ) -> None:
        self._connection, self._office = connection, office
        self._book = book_in_force(connection)
        account_named(self._book.consortium, asked.account)
        found = find_lines(connection, account=asked.account, booked=asked.period)
        self._lines = {line.number: line for line in found if line.amount_pence > 0}
        self._identified = identified_by_line(connection)
        self._payments = self._unidentified_payments(found)
        later = self._payments_later(asked)
        self._ways = ways(connection, self._book, self._payments | later)
        self._documents = {item.number: item for item in find_documents(connection)}
        self._allocated = cash_allocated(connection)
        self.receipts = self._open_receipts()
        advised = self._advised(asked, advice) if advice else None
        settled = settled_in_turn(connection)
        items = [
            _item(document, settled.get(number, ())) for number, document in self._documents.items()
        ]
        self.found: ReceiptMatching = match_receipts(
            self.receipts.values(), items, advised.remitted if advised else {}
        )
        # What does not fit as it is written may yet be told by the rules.
        self.remarks = advised.remarks(self.found) if advised else ()

    def _unidentified_payments(self, lines: Iterable[StoredBankLine]) -> dict[StoredBankLine, int]:
        """Money out of which some has no purpose yet, and how much of it."""
        payments = {line: self._unidentified(line) for line in lines if line.amount_pence < 0}
        return {line: pence for line, pence in payments.items() if pence}

    def _payments_later(self, asked: Asked) -> dict[StoredBankLine, int]:
        """Money out of the months after the period, of just what a receipt of it brought: a later
        month's line may say that it went back."""
        if asked.period is None:
            return {}
        after = Period(asked.period.last.plus(1), LAST_MONTH)
        brought = {line.amount_pence for line in self._lines.values()}
        lines = find_lines(self._connection, account=asked.account, booked=after)
        payments = self._unidentified_payments(lines)
        return {line: pence for line, pence in payments.items() if pence in brought}

    def _open_receipts(self) -> dict[str, OpenReceipt]:
        """What of each line is not placed: unidentified, or left of a payer's receipt."""
        left = unallocated(self._connection)
        # What a person took back and left unknown is as one whose allocation was taken back.
        touched = lines_ever_allocated(self._connection) | lines_unknown_again(self._connection)
        gone_back = {way.goes_back for way in self._ways.values()}
        names = BankNames(self._book)
        found = {}
        for line in self._lines.values():
            waiting = {p: pence for p, pence in left.get(line.id, {}).items() if pence > 0}
            unidentified = self._unidentified(line)
            if not waiting and not unidentified:
                continue
            # Money of several payers in one line is for a person to part.
            payer = next(iter(waiting)) if len(waiting) == 1 and not unidentified else ""
            single = bool(payer) or not waiting
            found[line.number] = OpenReceipt(
                line.number,
                unidentified + sum(waiting.values()),
                line.booked,
                payer,
                document_numbers(line.text),
                parties_named(line.text, names),
                disputed=line.id in touched
                or line.number in gone_back
                or not single
                or _is_other(self._identified.get(line.id, [])),
                perhaps=parties_perhaps(line.text, names),
            )
        return found

    def _unidentified(self, line: StoredBankLine) -> int:
        return open_pence(line, self._identified.get(line.id, []))

    def _advised(self, asked: Asked, lines: Sequence[RemittedLine]) -> Advised:
        """The advice and the receipt that it is of. Raises where no receipt can be its."""
        assert asked.remittance is not None
        file = asked.remittance.name
        misfits = list(misfits_of(file, lines, self._documents))
        total = sum(line.pence for line in lines)
        try:
            receipt = self._receipt_of(asked, total)
        except UsageError:
            if misfits:
                raise refused(file, misfits) from None
            raise
        if total > receipt.pence:
            if misfits:
                raise refused(file, misfits)
            raise InputRejected(
                f"{file} is for {display_pence(total)}, but "
                f"{display_pence(receipt.pence)} of {receipt.number} is not allocated"
            )
        line = self._lines[receipt.number]
        known = OfLine(
            unallocated(self._connection, line.id).get(line.id, {}),
            self._unidentified(line),
            line.amount_pence,
        )
        return Advised(file, lines, receipt, known, self._documents)

    def _receipt_of(self, asked: Asked, total_pence: int) -> OpenReceipt:
        if asked.receipt:
            number = asked.receipt.upper()
            if number not in self.receipts:
                raise UsageError(f"nothing is open on {number}; see: levytool bank list --open")
            return self.receipts[number]
        fitting = [item for item in self.receipts.values() if item.pence == total_pence]
        if len(fitting) != 1:
            told = ", ".join(item.number for item in fitting) or "none"
            raise UsageError(
                f"receipts of {display_pence(total_pence)} that are open: {told}; name the one "
                "that the advice is of with --receipt"
            )
        return fitting[0]

    def apply(self) -> None:
        """Allocate what is certain, today, and keep the rules that the texts do not tell."""
        allocating = Allocating(self._connection, self._office.acting, self._book)
        today = self._office.acting.today
        for match in self.found.matches:
            line = self._lines[match.receipt]
            if not self.receipts[match.receipt].payer:
                allocating.identify(line, match.payer, self.receipts[match.receipt].pence, today)
            # What the payer took off comes first: it is part of what there is to pay with.
            for number, pence in sorted(match.documents, key=lambda placed: placed[1] > 0):
                document = allocating.documents([self._documents[number]])
                allocating.allocate(line, document, today, pence if pence > 0 else None)
        allocating.finish()
        for match in self.found.matches:
            if match.rule != DOCUMENT_NUMBER:
                numbers = [number for number, _pence in match.documents]
                facts = {"rule": match.rule, "documents": numbers}
                acts.record(self._connection, self._office.acting, MATCH_ACT, match.receipt, facts)

    def shown(self) -> BankReconciliation:
        """What stands, what is certain, what is open, what is suggested."""
        certain = {match.receipt for match in self.found.matches}
        today = self._office.acting.today
        return BankReconciliation(
            [*self._standing(), *(_match_row(match, CERTAIN) for match in self.found.matches)],
            [
                _receipt_row(self._lines[receipt.number], receipt, today)
                for receipt in self.receipts.values()
                if receipt.number not in certain
            ],
            [
                _payment_row(line, pence, today, self._ways[line.number])
                for line, pence in self._payments.items()
            ],
            self._open_documents(today),
            [_match_row(match, "suggested") for match in self.found.suggestions],
            self.remarks,
        )

    def _standing(self) -> list[dict[str, Any]]:
        """What is allocated already, with the rule that did it."""
        rules = {act.subject: act.facts for act in acts.acts_of(self._connection, MATCH_ACT)}
        rows = []
        for line in self._lines.values():
            by_document = self._allocated.get(line.id)
            if not by_document:
                continue
            documents = [(number, pence) for (number, _payer), pence in by_document.items()]
            numbers = [number for number, _pence in documents]
            rule = BY_HAND
            if self._all_told(numbers, document_numbers(line.text)):
                rule = DOCUMENT_NUMBER
            elif self._all_told(numbers, rules.get(line.number, {}).get("documents", ())):
                rule = rules[line.number]["rule"]
            payers = sorted({payer for _number, payer in by_document})
            left = self.receipts[line.number].pence if line.number in self.receipts else 0
            match = ReceiptMatch(line.number, ", ".join(payers), rule, tuple(documents), left)
            rows.append(_match_row(match, "allocated"))
        return rows

    def _all_told(self, numbers: Iterable[str], told: Collection[str]) -> bool:
        return bool(told) and all(self._is_told(number, told) for number in numbers)

    def _is_told(self, number: str, told: Collection[str]) -> bool:
        """Whether a document is told, or one that it replaced as its return was corrected: its
        receipt went over to it."""
        if number in told:
            return True
        before = replaced(self._connection, self._documents[number])
        return any(self._is_told(earlier, told) for earlier in before)

    def _open_documents(self, today: date) -> list[dict[str, Any]]:
        """Documents with something open once all that is certain is allocated."""
        placed: dict[str, int] = {}
        for match in self.found.matches:
            for number, pence in match.documents:
                placed[number] = placed.get(number, 0) + abs(pence)
        return [
            _document_row(
                document, document.outstanding_pence - placed.get(document.number, 0), today
            )
            for document in self._documents.values()
            if document.outstanding_pence > placed.get(document.number, 0)
        ]


def _is_other(identified: Sequence[Identified]) -> bool:
    """Whether a part of the line was found to be something else than a receipt."""
    return any(item.kind != RECEIPT for item in identified)


def _item(document: StoredDocument, settled_pence: Sequence[int]) -> OpenItem:
    pence = document.sign * document.outstanding_pence
    was_pence = tuple(accumulate(reversed(settled_pence), initial=pence))[1:]
    return OpenItem(document.number, document.payer, pence, document.day, was_pence)


def _match_row(match: ReceiptMatch, state: str) -> dict[str, Any]:
    return {
        "receipt": match.receipt,
        "rule": match.rule,
        "state": state,
        "party": match.payer,
        "documents": [
            {"number": number, "amount": format_pence(pence)} for number, pence in match.documents
        ],
        "unallocated": format_pence(match.left_pence),
    }


def _receipt_row(line: StoredBankLine, receipt: OpenReceipt, today: date) -> dict[str, Any]:
    return {
        "receipt": line.number,
        "party": receipt.payer or None,
        "open": format_pence(receipt.pence),
        **_line_row(line, today),
    }


def _payment_row(
    line: StoredBankLine, unidentified_pence: int, today: date, way: Way
) -> dict[str, Any]:
    """Money out, negative, that nobody has said the purpose of, and what it may be."""
    open_ = format_pence(-unidentified_pence)
    told = {"because": way.because, "command": way.command}
    return {"payment": line.number, "open": open_, **_line_row(line, today), **told}


def _line_row(line: StoredBankLine, today: date) -> dict[str, Any]:
    return {
        "account": line.account,
        "date": line.booked.isoformat(),
        "amount": format_pence(line.amount_pence),
        "text": line.text.strip(" |"),
        "days": (today - line.booked).days,
    }


def _document_row(document: StoredDocument, open_: int, today: date) -> dict[str, Any]:
    return {
        "number": document.number,
        "kind": document.kind,
        "payer": document.payer,
        "date": document.day.isoformat(),
        "due": document.due.isoformat(),
        "outstanding": format_pence(open_),
        "days_overdue": max(0, (today - document.due).days),
    }

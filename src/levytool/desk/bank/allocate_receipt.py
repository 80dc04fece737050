"""Allocating receipts to documents, and setting credit notes off."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from levytool.book.names import BankNames
from levytool.desk.bank.identify_line import UNKNOWN
from levytool.desk.bank.list_bank import Told, bank_rows, line_rows, open_pence
from levytool.desk.bank.match_receipts import TO_DECIDE, match_by_number, parties_named
from levytool.desk.book_in_force import book_in_force
from levytool.desk.four_eyes import Status
from levytool.desk.given import positive_pence
from levytool.desk.levy.allocating import Allocating, OpenDocument
from levytool.desk.levy.list_documents import document_row
from levytool.desk.levy.write_off import write_off
from levytool.desk.office import Office
from levytool.ledger.bank.bank_lines import (
    StoredBankLine,
    find_lines,
    get_standing_line,
    identifications,
    identified_by_line,
    lines_unknown_again,
)
from levytool.ledger.documents.allocations import Allocated, lines_ever_allocated, live_allocations
from levytool.ledger.documents.documents import StoredDocument, get_document
from levytool.money import display_pence
from levytool.problems import RuleRefused, UsageError
from levytool.rules.document_numbers import document_numbers
from levytool.text import printable

_ALREADY = "is allocated so already; nothing to do"


def allocate_any(
    office: Office, what: str, documents: Sequence[str], amount_pence: int | None = None
) -> Told:
    """Allocate a bank line or set off a credit note; with nothing named, every receipt that can.

    Raises UsageError for an amount without the documents it is for.
    """
    if amount_pence is not None:
        positive_pence(amount_pence, "--amount")
        if not documents or _is_document(what):
            raise UsageError("--amount needs a bank line and the documents that it is for")
    if not what:
        return allocate_by_number(office)
    if _is_document(what):
        if not documents:
            raise UsageError(f"name the invoices that {what} is to be set against")
        return set_off(office, what, documents)
    return allocate_receipt(office, what, documents, amount_pence)


def allocate_and_write_off(
    office: Office, what: str, documents: Sequence[str], amount_pence: int | None = None
) -> Told:
    """Allocate a receipt, and write off what little is then open on the documents named.

    At most the book's `match_tolerance` a document. As every write-off it takes two people: the
    first user's call allocates and proposes, the same call by another writes off. All or nothing.
    Raises RuleRefused where more is left open.
    """
    if not what or not documents or _is_document(what):
        raise UsageError("--write-off-difference needs a bank line and its documents")
    with office.writing() as connection:
        inner = replace(office, trial=connection)
        told = allocate_any(inner, what, documents, amount_pence)
        most = book_in_force(connection).consortium.match_tolerance_pence
        given_up = list[str]()
        for number in dict.fromkeys(documents):
            document = get_document(connection, number)
            if document.outstanding_pence > most:
                raise RuleRefused(
                    f"{display_pence(document.outstanding_pence)} is open on {document.number}, "
                    f"more than the book's match_tolerance of {display_pence(most)}; a debt is "
                    f"given up by: levytool levy write-off {document.number}"
                )
            if document.sign > 0 and document.outstanding_pence:
                done = write_off(inner, document.number, None, f"difference of {what.upper()}")
                given_up.append(_given_up(document, done["status"]))
        # That all was allocated before is no answer to what this call does.
        said = [one for one in told.said if not (given_up and one.endswith(_ALREADY))]
        return Told(told.rows, (*said, *given_up))


def _given_up(document: StoredDocument, status: str) -> str:
    """What became of the write-off of what is open on a document."""
    pence = display_pence(document.outstanding_pence)
    if status == Status.PROPOSED:
        return (
            f"{document.number}: to write off {pence} is proposed; it is done once another user "
            "gives the same command"
        )
    return f"{document.number}: {pence} is written off"


def _is_document(what: str) -> bool:
    return bool(document_numbers(what))


def allocate_receipt(
    office: Office, number: str, documents: Sequence[str], amount_pence: int | None = None
) -> Told:
    """Set a bank line's money against documents of one payer, oldest first, as far as it goes.

    A line that nobody has identified becomes the payer's receipt. `amount_pence` is the most of
    the line to use. Without documents, those that its text names. Doing it twice does it once.
    Raises RuleRefused where the line is no receipt of that payer, or has too little left.
    """
    with office.writing() as connection:
        line = get_standing_line(connection, number)
        if line.amount_pence <= 0:
            raise RuleRefused(
                f"{line.number} is money out; documents are settled by receipts "
                "(money back to a payer: levytool bank refund)"
            )
        if not documents:
            return _by_number(connection, office, [line])
        stored = [get_document(connection, document) for document in dict.fromkeys(documents)]
        payer = _one_payer(stored)
        standing = live_allocations(connection, line_id=line.id)
        if amount_pence is not None and _did_this(standing, stored, amount_pence):
            return Told(line_rows(connection, number), (f"{line.number} {_ALREADY}",))
        allocating = Allocating(connection, office.acting, book_in_force(connection))
        whose = _identify_rest(connection, office, allocating, line, payer)
        opened = allocating.documents(stored)
        left = allocating.left(line).get(payer, 0)
        if not _can_settle(line, opened, left, amount_pence):
            if not {item.document_id for item in standing} & {item.id for item in stored}:
                raise _nothing_left(line, opened, left)
            return Told(line_rows(connection, number), (f"{line.number} {_ALREADY}",))
        placed = allocating.allocate(line, opened, office.acting.today, amount_pence)
        allocating.finish()
        said = [f"{item.document}: {display_pence(item.pence)}" for item in placed]
        return Told(line_rows(connection, number), (*whose, *said))


def allocate_by_number(office: Office) -> Told:
    """Allocate every receipt that names documents and was never allocated.

    For invoices that were raised after the bank line came in. What a person took back stays so.
    """
    with office.writing() as connection:
        touched = lines_ever_allocated(connection) | lines_unknown_again(connection)
        lines = [
            line
            for line in find_lines(connection)
            if line.amount_pence > 0 and line.id not in touched
        ]
        return _by_number(connection, office, lines)


def set_off(office: Office, note_number: str, invoices: Sequence[str]) -> Told:
    """Set a credit note against invoices of the same payer, oldest first; no cash moves.

    Doing it twice does it once. Raises RuleRefused for documents of another kind or payer.
    """
    with office.writing() as connection:
        stored = [get_document(connection, number) for number in (note_number, *invoices)]
        _one_payer(stored)
        if stored[0].sign > 0 or any(document.sign < 0 for document in stored[1:]):
            raise RuleRefused("a credit note is set against invoices: name it first, then them")
        allocating = Allocating(connection, office.acting, book_in_force(connection))
        note = allocating.documents(stored[:1])[0]
        moved = [
            (invoice.stored.number, allocating.set_off(note, invoice, office.acting.today))
            for invoice in allocating.documents(stored[1:])
        ]
        allocating.finish()
        rows = [document_row(get_document(connection, item.number)) for item in stored]
        said = [f"{number}: {display_pence(pence)}" for number, pence in moved if pence]
        return Told(rows, tuple(said) or ("nothing is open on both sides; nothing to do",))


def _by_number(connection: Connection, office: Office, lines: Sequence[StoredBankLine]) -> Told:
    identified = identified_by_line(connection)
    waiting = [(line, open_pence(line, identified.get(line.id, []))) for line in lines]
    allocating = Allocating(connection, office.acting, book_in_force(connection))
    matches, undecided = match_by_number(
        connection, allocating, waiting, lambda line: office.acting.today
    )
    allocating.finish()
    numbers = {match.receipt for match in matches}
    touched = [line for line in lines if line.number in numbers]
    said = [
        f"{match.receipt}: {match.payer}, " + ", ".join(item.document for item in match.documents)
        for match in matches
        if not match.unplaced
    ]
    undecided += [match.unplaced for match in matches if match.unplaced]
    if not matches and not undecided:
        said.append("no receipt names a document; name them: levytool bank allocate LINE DOCUMENT")
    return Told(
        bank_rows(connection, touched), (*said, *(f"{doubt}; {TO_DECIDE}" for doubt in undecided))
    )


def _one_payer(documents: Sequence[StoredDocument]) -> str:
    payers = {document.payer: document.number for document in documents}
    if len(payers) > 1:
        told = ", ".join(f"{number} is of {payer}" for payer, number in payers.items())
        raise RuleRefused(f"documents of one payer at a time: {told}")
    return documents[0].payer


def _did_this(
    standing: Sequence[Allocated], stored: Sequence[StoredDocument], amount_pence: int
) -> bool:
    """Whether just this amount of the line stands against just these documents."""
    sign = {document.id: document.sign for document in stored}
    signed = [sign[a.document_id] * a.amount_pence for a in standing if a.document_id in sign]
    return bool(signed) and sum(signed) == amount_pence


def _identify_rest(
    connection: Connection,
    office: Office,
    allocating: Allocating,
    line: StoredBankLine,
    payer: str,
) -> tuple[str, ...]:
    """What is unidentified of the line becomes the payer's, unless the payer has money there.

    Gives whose it is now, beside what the bank says of it: a document may be another's.
    """
    left = allocating.left(line)
    if payer in left:
        return ()
    rest = open_pence(line, identifications(connection, line.id))
    if not rest:
        whose = " and ".join(sorted(left)) or "something else"
        raise RuleRefused(
            f"{line.number} is identified as {whose}, not as a receipt of {payer}; put it right "
            f"first: levytool bank identify {line.number} --as receipt --party {payer} --instead"
        )
    allocating.identify(line, payer, rest, office.acting.today)
    told = f"{line.number} ({printable(line.text.strip(' |'))}) is {payer}'s receipt now"
    named = parties_named(line.text, BankNames(allocating.book))
    if not named or payer in named:
        return (told,)
    return (
        f"{told}, though its text names {' and '.join(sorted(named))}; to undo: levytool bank "
        f"unallocate {line.number}, then levytool bank identify {line.number} --as {UNKNOWN}",
    )


def _can_settle(
    line: StoredBankLine, opened: Sequence[OpenDocument], left_pence: int, wanted: int | None
) -> bool:
    """Whether there is a document with something open, and money or a credit to settle it."""
    if wanted is not None and wanted > left_pence > 0:
        raise RuleRefused(
            f"{line.number} has {display_pence(left_pence)} left, not {display_pence(wanted)}"
        )
    credits = sum(item.open_pence for item in opened if item.stored.sign < 0)
    return left_pence + credits > 0 and any(item.open_pence for item in opened)


def _nothing_left(
    line: StoredBankLine, opened: Sequence[OpenDocument], left_pence: int
) -> RuleRefused:
    if left_pence > 0:
        numbers = ", ".join(item.stored.number for item in opened)
        return RuleRefused(f"nothing is open on {numbers}; see: levytool levy documents")
    return RuleRefused(
        f"nothing is left of the receipt {line.number}; take an allocation back first: "
        f"levytool bank unallocate {line.number}"
    )

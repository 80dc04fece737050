"""Correcting a return: what it posted is reversed exactly, and a new one takes its place.

Domain §3.2 (*Correction*) and §3.5 (*Correcting a (part-)paid return*), in one transaction. A full
credit note over the book's `four_eyes_over` takes two people (contract, *Approvals*).
"""

import dataclasses
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from levytool.acting import is_same_person
from levytool.book.records import Book
from levytool.desk.book_in_force import book_in_force
from levytool.desk.four_eyes import Asked, Status, refused_alone
from levytool.desk.levy.accept_return import Acceptor, Replacing
from levytool.desk.levy.provide import AddedSpend, provide
from levytool.desk.office import Office
from levytool.desk.returns.billed_anew import due_anew
from levytool.desk.returns.came_free import Left, came_free
from levytool.desk.returns.left_behind import left_behind
from levytool.desk.returns.list_returns import return_rows
from levytool.desk.returns.return_differences import difference_rows, line_differences
from levytool.desk.returns.reverse_return import Reversed, documents_of, reverse_return
from levytool.desk.returns.settle_again import PayersLine, Replacement, settle_again
from levytool.desk.spend.declared import check_booked, known_returns
from levytool.desk.spend.file_lines import FileLines
from levytool.desk.spend.import_outcome import ImportOptions
from levytool.desk.spend.import_spend import (
    NewLines,
    Progress,
    ReadFile,
    accept_and_store,
    charge_named,
    outcome_of,
    read_options,
    read_spend,
    store_file,
)
from levytool.desk.spend.imported_before import DECLARATION
from levytool.desk.spend.staging import stage_returns
from levytool.desk.spend.worth_a_look import once_posted, worth_a_look
from levytool.intake.reading import SpendFile
from levytool.ledger.bank.bank_lines import line_id_of, line_number
from levytool.ledger.bank.receipts import unallocated
from levytool.ledger.database.bulk import update_rows
from levytool.ledger.documents.allocations import lines_ever_allocated
from levytool.ledger.documents.documents import CREDIT_NOTE, StoredDocument
from levytool.ledger.journal import acts
from levytool.ledger.journal.acts import StoredAct
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.journal.entries import last_entry
from levytool.ledger.parties import registers
from levytool.ledger.spend import returns
from levytool.ledger.spend.returns import CORRECT, NewReturn, ReturnKey, StoredReturn
from levytool.money import display_pence
from levytool.periods import Period
from levytool.problems import InputRejected, Problem, RuleRefused
from levytool.processes import collector_at_rest
from levytool.rules.dates import correction_date
from levytool.rules.vat import vat_rate_ppm

NIL_FACTS = {"nil": True}


@dataclass(frozen=True, slots=True)
class CorrectionOptions:
    """What `return correct` was told beside the file."""

    layout: str | None = None
    member: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """What became of a correction: the return as a row, and what changes line by line.

    The row is the new return's, or where nothing was done that of the one which stands.
    """

    status: Status
    rows: list[dict[str, Any]]
    differences: list[dict[str, Any]] = field(default_factory=list)
    said: tuple[str, ...] = ()
    warnings: Sequence[Problem] = ()


class _TakenBack(Exception):
    """Rolls the transaction back: the correction was only tried, or changes nothing."""

    def __init__(self, correction: Correction) -> None:
        super().__init__()
        self.correction = correction


Replace = Callable[["_Correcting"], StoredReturn]
"""Puts the new return in the place of the one that was reversed, accepted or nil."""


def correct_return(
    office: Office,
    number: str,
    path: Path,
    options: CorrectionOptions,
    progress: Progress | None = None,
) -> Correction:
    """Replace an accepted or nil return by what a file says; its parties and period stay.

    The same file again does nothing, nor does one that says what the return says. Raises
    InputRejected for a file that spend import would reject, and RuleRefused for a return that is
    not in force, or by whom a second person must be.
    """
    with office.reading() as connection:
        book = book_in_force(connection)
        stored = returns.get_return(connection, number)
        told = ImportOptions(
            layout=options.layout,
            framework=stored.framework,
            contractor=stored.contractor,
            member=options.member,
            period=stored.period,
            corrects=stored.number,
        )
        source = SpendFile(path, book, read_options(book, told), progress)
        earlier = returns.live_file(connection, source.sha256, DECLARATION, told.constants())
        if earlier is not None:
            again = [item["return"] for item in json.loads(earlier.outcome)["returns"]]
            ids = [returns.return_id_of(name) for name in again]
            said = f"{path.name} corrected {stored.number} before"
            return Correction(Status.DONE_BEFORE, return_rows(connection, ids), said=(said,))
        refuse_uncorrectable(connection, stored)
    asked = Asked(CORRECT, stored.number, {"sha256": source.sha256, "as": told.constants()})
    with FileLines() as lines, collector_at_rest():
        found = read_spend(source, book, lines)
        return _carry_out(
            office,
            book,
            stored,
            asked,
            lambda correcting: correcting.by_file(found, told, options.reason, progress),
        )


def correct_to_nil(office: Office, number: str, reason: str = "") -> Correction:
    """Replace an accepted return by a nil one. Doing it twice does it once.

    Raises RuleRefused as `correct_return` does.
    """
    with office.reading() as connection:
        book = book_in_force(connection)
        stored = returns.get_return(connection, number)
        by = [item for item in returns.find_returns(connection) if item.corrects == stored.id]
        if any(item.reason == reason or not reason for item in by if not item.lines):
            return Correction(Status.DONE_BEFORE, return_rows(connection, [item.id for item in by]))
        refuse_uncorrectable(connection, stored)
        if stored.state == returns.NIL:
            rows = return_rows(connection, [stored.id])
            return Correction(Status.DONE_BEFORE, rows, said=(f"{stored.number} is nil",))
    asked = Asked(CORRECT, stored.number, NIL_FACTS)
    return _carry_out(office, book, stored, asked, lambda correcting: correcting.by_nil(reason))


def refuse_uncorrectable(connection: Connection, stored: StoredReturn) -> None:
    """Only what is in force is corrected, and nothing may wait to be accepted beside it."""
    beside = _beside(connection, stored)
    if stored.state == returns.CORRECTED:
        by = next(item for item in beside if item.corrects == stored.id)
        raise RuleRefused(
            f"{stored.number} was corrected by {by.number}; correct that one: "
            f"levytool return correct {by.number} FILE"
        )
    if stored.state == returns.STAGED:
        raise RuleRefused(
            f"{stored.number} is staged and nothing of it is billed yet; to put another file in "
            f"its place: levytool return reject {stored.number}, and import that"
        )
    if stored.state not in returns.IN_FORCE:
        raise RuleRefused(
            f"{stored.number} is {stored.state}; only a return in force is corrected "
            "(see: levytool return list)"
        )
    for item in beside:
        if item.state == returns.STAGED:
            raise RuleRefused(
                f"{item.number} is staged for the same period; accept or reject it first: "
                f"levytool return accept {item.number}"
            )


def _beside(connection: Connection, stored: StoredReturn) -> list[StoredReturn]:
    """Every return of the same contractor, framework and period, in whatever state."""
    found = returns.find_returns(connection, period=Period(stored.period, stored.period))
    same = (stored.contractor_id, stored.framework_id)
    return [item for item in found if (item.contractor_id, item.framework_id) == same]


def _carry_out(
    office: Office, book: Book, stored: StoredReturn, asked: Asked, replace: Replace
) -> Correction:
    try:
        with office.writing() as connection:
            _still_so(connection, book, stored)
            correcting = _Correcting(connection, office, book, stored)
            new = replace(correcting)
            correction = correcting.told(new)
            if not correction.differences and correcting.comes_to_the_same(new):
                said = f"{stored.number} says the same already"
                raise _TakenBack(Correction(Status.DONE_BEFORE, [], said=(said,)))
            proposal = None
            if correcting.needs_second(new):
                proposal = correcting.proposal(asked)
                if proposal is None and not office.dry_run:
                    raise _TakenBack(correction)
            correcting.record(asked, new, proposal)
            if office.dry_run:
                return correction
            return dataclasses.replace(
                correction, warnings=once_posted(connection, correction.warnings)
            )
    except _TakenBack as taken:
        correction = taken.correction
    if correction.status is Status.DONE_BEFORE:
        with office.reading() as connection:
            rows = return_rows(connection, [stored.id])
        return Correction(Status.DONE_BEFORE, rows, said=correction.said)
    with office.writing() as connection:
        acts.record(
            connection, office.acting, CORRECT, stored.number, asked.facts, state=acts.PROPOSED
        )
        rows = return_rows(connection, [stored.id])
    return Correction(
        Status.PROPOSED, rows, correction.differences, correction.said, correction.warnings
    )


def _still_so(connection: Connection, book: Book, stored: StoredReturn) -> None:
    """What was read before the books were locked must hold now that they are."""
    if returns.get_return(connection, stored.number) != stored:
        raise RuleRefused(f"{stored.number} was changed meanwhile; look at it and try again")
    if registers.book_text(connection) != book.text:
        raise RuleRefused("the book was changed meanwhile; try again")
    refuse_uncorrectable(connection, stored)


class _Correcting:
    """One correction on its way, in the transaction that holds the books."""

    def __init__(
        self, connection: Connection, office: Office, book: Book, stored: StoredReturn
    ) -> None:
        self._connection = connection
        self._acting = office.acting
        self._book = book
        self._old = stored
        today = office.acting.today
        closed = closed_months(connection)
        self._effective = correction_date(stored.period, closed, today, stored.effective)
        self._gone = Reversed((), ())
        self._left_before: Left = {}
        self._opposites: list[StoredDocument] = []
        self._receipts: list[PayersLine] = []
        self._warnings: list[Problem] = []

    def needs_second(self, new: StoredReturn) -> bool:
        """Whether it raises a credit note over the book's `four_eyes_over`, to reverse the return
        or of the new one."""
        limit_pence = self._book.consortium.four_eyes_over_pence
        raised = (*self._opposites, *documents_of(self._connection, new))
        return any(item.sign < 0 and item.net_pence > limit_pence for item in raised)

    def proposal(self, asked: Asked) -> StoredAct | None:
        """The proposal of another user that is carried out now. Raises RuleRefused for one's
        own."""
        found = acts.open_proposal(self._connection, CORRECT, asked.subject, asked.facts)
        if found is not None and is_same_person(found.user, self._acting.user):
            raise refused_alone(found.user, "proposed this correction")
        return found

    def by_file(
        self, found: ReadFile, told: ImportOptions, reason: str, progress: Progress | None
    ) -> StoredReturn:
        """Accept what a file says in place of the return."""
        connection, lines = self._connection, found.lines
        self._take_out()
        known = known_returns(connection, lines)
        booked = check_booked(
            connection, lines, known, supplement=False, reject_repeated=False, corrects=self._old
        )
        booked.refused = charge_named(connection, found, known) | booked.refused
        outcome = outcome_of(found, booked, told)
        if outcome.status == "rejected":
            raise InputRejected(
                f"nothing of {outcome.file} was stored; mend the rows and give the command again",
                tuple(outcome.problems),
            )
        if not len(lines):
            raise InputRejected(
                f"{outcome.file} has no lines; a return of none is replaced with: "
                f"levytool return correct {self._old.number} --nil"
            )
        outcome.warnings += worth_a_look(
            connection, outcome.file, lines, known, booked.refused, self._acting.today
        )
        self._warnings = outcome.warnings
        staged = stage_returns(
            connection, self._acting, lines, known, booked.refused, self._old, reason
        )
        file_id = returns.allot_file(connection)
        replacing = Replacing(self._effective, self._vat_rate_ppm())
        acceptor = Acceptor(connection, self._acting, self._book, replacing)
        new = NewLines(lines, known, staged, file_id)
        accepted = accept_and_store(connection, acceptor, new, progress)
        self._settle(acceptor.added, accepted)
        [stored] = returns.find_returns(connection, ids=[item.id for item in accepted])
        outcome.status, outcome.returns = "accepted", [stored]
        outcome.net_pence, outcome.levy_pence = stored.net_pence, stored.levy_pence
        store_file(connection, self._acting, file_id, outcome, told)
        return stored

    def by_nil(self, reason: str) -> StoredReturn:
        """Put a nil return in place of the return."""
        self._take_out()
        old = self._old
        number = returns.allot_returns(self._connection, 1)
        key = ReturnKey(old.contractor_id, old.framework_id, str(old.period))
        new = NewReturn(key, old.supplement, returns.NIL, corrects=old.id, reason=reason)
        returns.add_returns(self._connection, self._acting, [new], number)
        update_rows(
            self._connection,
            "levy_return",
            ("accepted_at", "accepted_by", "effective"),
            ("id",),
            [(self._acting.posted, self._acting.user, self._effective.isoformat(), number)],
        )
        self._settle(AddedSpend(self._book), [])
        return returns.find_returns(self._connection, ids=[number])[0]

    def comes_to_the_same(self, new: StoredReturn) -> bool:
        """Whether the new return says of itself what the old one said."""
        old = self._old
        return (new.state, new.lines, new.net_pence) == (old.state, old.lines, old.net_pence)

    def told(self, new: StoredReturn) -> Correction:
        """What the correction comes to."""
        connection, old = self._connection, self._old
        found = line_differences(connection, old, new)
        counts = dict.fromkeys(("changed", "removed", "added"), 0)
        for item in found:
            counts[item.change] += 1
        lines = ", ".join(f"{count:,} {name}" for name, count in counts.items())
        said = [
            f"{old.number} to {new.number}: {lines}; "
            f"net {_from_to(old.net_pence, new.net_pence)}; "
            f"levy {_from_to(old.levy_pence, new.levy_pence)}; "
            f"it posts on {self._effective.isoformat()}"
        ]
        raised = documents_of(connection, new)
        said += [_raised(item) for item in (*self._opposites, *raised)]
        said += due_anew(self._gone.documents, raised)
        said += came_free(connection, self._left_before)
        return Correction(
            Status.DONE,
            return_rows(connection, [new.id]),
            difference_rows(connection, found),
            tuple(said),
            [*self._warnings, *left_behind(connection, self._gone)],
        )

    def record(self, asked: Asked, new: StoredReturn, proposal: StoredAct | None) -> None:
        """Store that it was done, by whom it was proposed, the receipts that are its own, and the
        last entry: later ones are none of its documents' making."""
        facts = dict(asked.facts) | {
            "by": new.number,
            "receipts": [[line_number(line), payer] for line, payer in self._receipts],
            acts.UNTIL: last_entry(self._connection),
        }
        if proposal is not None:
            facts[acts.CARRIES_OUT] = proposal.id
        acts.record(self._connection, self._acting, CORRECT, self._old.number, facts)

    def _take_out(self) -> None:
        old = self._old
        self._left_before = unallocated(self._connection)
        self._gone = reverse_return(
            self._connection, self._acting, self._book, old, self._effective
        )
        before = {document.id for document in self._gone.documents}
        now = documents_of(self._connection, old)
        self._opposites = [document for document in now if document.id not in before]

    def _vat_rate_ppm(self) -> int | None:
        """The rate of what is corrected, however many corrections ago; else that of today."""
        documents, stored = self._gone.documents, self._old
        while not documents and stored.corrects is not None:
            [stored] = returns.find_returns(self._connection, ids=[stored.corrects])
            documents = documents_of(self._connection, stored)
        if documents:
            return documents[0].vat_rate_ppm
        return vat_rate_ppm(self._book.consortium.vat, self._acting.today)

    def _settle(self, added: AddedSpend, accepted: Sequence[StoredReturn]) -> None:
        """Provide once for the whole change, and set the same cash against what is new."""
        provide(
            self._connection,
            self._acting,
            self._book,
            added,
            corrected=[self._old],
            on=self._effective,
        )
        new = [item for stored in accepted for item in documents_of(self._connection, stored)]
        replacement = Replacement(self._gone, self._opposites, new, self._earlier_receipts())
        self._receipts = settle_again(self._connection, self._acting, self._book, replacement)

    def _earlier_receipts(self) -> list[PayersLine]:
        """Receipts that settled what the return itself had replaced.

        One that was set against the return, and is no more, was taken back by a person: it is
        left alone.
        """
        if self._old.corrects is None:
            return []
        before = returns.return_number(self._old.corrects)
        done = [
            act
            for act in acts.acts_of(self._connection, CORRECT, before)
            if act.facts.get("by") == self._old.number
        ]
        ids = [document.id for document in self._gone.documents]
        touched = lines_ever_allocated(self._connection, ids)
        live = {item.bank_line_id for item in self._gone.freed if item.document_id in ids}
        receipts = [(line_id_of(line), payer) for line, payer in done[-1].facts["receipts"]]
        return [item for item in receipts if item[0] not in touched or item[0] in live]


def _from_to(before_pence: int, after_pence: int) -> str:
    change = after_pence - before_pence
    sign = "+" if change > 0 else ""
    return (
        f"{display_pence(before_pence)} to {display_pence(after_pence)} "
        f"({sign}{display_pence(change)})"
    )


def _raised(document: StoredDocument) -> str:
    kind = "credit note" if document.kind == CREDIT_NOTE else "invoice"
    gross = display_pence(document.gross_pence)
    return f"{kind} {document.number} to {document.payer}: {gross}"

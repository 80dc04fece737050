"""A contractor's statement, told in sections."""

from collections.abc import Iterator
from datetime import date

from levytool.money import display_pence
from levytool.statements import words
from levytool.statements.parts_balance import as_issued, movements_table
from levytool.statements.parts_levy import ageing_section, returns_section, spend_section
from levytool.statements.parts_places import places_section
from levytool.statements.sections import (
    Column,
    Figure,
    Grid,
    Named,
    Place,
    Section,
    Statement,
    Table,
)
from levytool.statements.values_parties import ContractorStatement


def contractor_in_sections(own: ContractorStatement) -> Statement:
    """The statement as every form is written from it."""
    told = own.told
    billed = sum(line.billed_pence for line in own.spend)
    return Statement(
        kind="contractor",
        title="Contractor statement",
        issuer=told.issuer,
        subject=told.recipient,
        period=told.period,
        as_at=told.as_at,
        known_on=told.known_on,
        status="draft",
        basis=told.basis,
        key_figures=(
            Figure("opening_balance", "Owed at opening", own.opening_pence),
            Figure("spend", "Spend declared", sum(line.spend_pence for line in own.spend)),
            Figure("billed", "Levy on it, before VAT", billed),
            Figure("closing_balance", "Owed at closing", own.closing_pence),
        ),
        held=_held(own),
        sections=(
            _account(own),
            _documents(own),
            ageing_section(
                *(own.aged_payers, own.open_documents, "Open documents by days past due, with VAT"),
                empty="No levy document that this contractor pays is open.",
                after=words.dated_later(_days_of_others(own), told.period),
            ),
            spend_section(own.spend, own.earlier, "member", words.who_pays(own.members_pay)),
            returns_section(own.returns, "Every return of the period", "Returns", of_one=True),
            places_section(
                own.opportunities,
                "Due on all spend to date, and what was provided",
                tuple(map(words.shared_words, own.shared)),
            ),
        ),
    )


def _held(own: ContractorStatement) -> str:
    waiting, back = own.closing.unallocated_pence, own.closing.owed_back_pence
    parts = []
    if waiting:
        parts.append(f"{display_pence(waiting)} of what was paid is not yet set against a document")
    if back:
        parts.append(f"{display_pence(back)} is owed back to the contractor and not paid yet")
    if not parts:
        return ""
    taken = "and is" if len(parts) == 1 else "; both are"
    said = " and ".join(parts) + (", " if len(parts) == 1 else "") + taken
    return f"At {words.day_words(own.told.as_at)} {said} taken off what is owed."


def _days_of_others(own: ContractorStatement) -> Iterator[date]:
    """The dates of open documents that are not told of in the list of documents."""
    listed = {document.number for document in own.documents}
    return (item.day for item in own.open_documents if item.number not in listed)


def _account(own: ContractorStatement) -> Section:
    movements = movements_table(
        "From what was owed at opening to what is owed at closing",
        own.movements,
        brought=(as_issued("Owed at opening", own.told.follows), own.opening_pence),
        total="Owed at closing",
    )
    waiting = tuple(one.unallocated_pence for one in (own.opening, own.closing))
    unallocated = Grid(
        "unallocated",
        "Paid, and not yet set against a document",
        "Receipts",
        (Column("opening", "At opening", "money"), Column("closing", "At closing", "money")),
        (Named("", "Not yet allocated", waiting),),
        "Unallocated",
        on_page=False,
    )
    return Section("movements", "Account", (movements, _owed(own), unallocated))


def _owed(own: ContractorStatement) -> Grid:
    """What is owed in its parts, signed so that they add up to it."""
    both = (own.opening, own.closing)
    rows = (
        Named("documents", "Open documents, with VAT", tuple(o.documents_pence for o in both)),
        Named(
            "unallocated",
            "Paid, and not yet set against one",
            tuple(-one.unallocated_pence for one in both),
        ),
        Named(
            "owed_back",
            "Owed back to the contractor, not paid yet",
            tuple(-one.owed_back_pence for one in both),
        ),
    )
    columns = (
        Column("opening.{}", "At opening", "money", sums=True),
        Column("closing.{}", "At closing", "money", sums=True),
    )
    return Grid("owed", "What is owed, in its parts", "Part", columns, rows, "Owed", total="Owed")


def _documents(own: ContractorStatement) -> Section:
    table = Table(
        "documents",
        "Invoices and credit notes of the period’s movements, with what has been paid on them",
        (
            Column("number", "Document", place="name"),
            Column("framework", "Framework", place="small"),
            Column("period", "For", "month", "small"),
            Column("date", "Date", "day"),
            Column("due", "Due", "day"),
            Column("net", "Net", "money", sums=True),
            Column("vat", "VAT", "money", sums=True),
            Column("gross", "Gross", "money", sums=True, of="net + vat"),
            Column("received", "Received", "money", sums=True),
            Column("written_off", "Written off", "money", "data", sums=True),
            Column(
                *("outstanding", "Outstanding", "money"),
                sums=True,
                of="gross - received - written_off",
            ),
        ),
        tuple(
            (
                *(d.number, d.framework, d.reporting_period, d.day, d.due),
                *(d.net_pence, d.vat_pence, d.gross_pence),
                *(d.received_pence, d.written_off_pence, d.outstanding_pence),
            )
            for d in own.documents
        ),
        "Documents",
        total="All documents",
    )
    places: dict[str, Place] = {"number": "name", "framework": "small", "written_off": "column"}
    return Section(
        "documents",
        "Levy documents",
        (table, table.apart("Of these, written off", places)),
        after=words.dated_later((item.day for item in own.documents), own.told.period),
        nothing="No document is booked in this period.",
    )

"""The sections of a statement that tell what a payer of levy was charged, paid and owes."""

from levytool.periods import Period
from levytool.statements import words
from levytool.statements.parts_balance import as_issued, movements_table
from levytool.statements.sections import Column, Grid, Named, Place, Section, Table
from levytool.statements.values import PayerAccount
from levytool.statements.values_payer import DocumentLine


def account_movements(account: PayerAccount, follows: str, key: str = "movements") -> Table:
    """What moved what is owed; `follows` is the issued statement that it opens with."""
    return movements_table(
        "From what was owed at opening to what is owed at closing",
        account.movements,
        brought=(as_issued("Owed at opening", follows), account.opening.total_pence),
        total="Owed at closing",
        key=key,
    )


def owed_grid(account: PayerAccount, payer: str) -> Grid:
    """What is owed in its parts, signed so that they add up to it; `payer` is the kind of party."""
    both = (account.opening, account.closing)
    rows = (
        Named("documents", "Open documents, with VAT", tuple(o.documents_pence for o in both)),
        Named(
            "unallocated",
            "Paid, and not yet set against one",
            tuple(-one.unallocated_pence for one in both),
        ),
        Named(
            "owed_back",
            f"Owed back to the {payer}, not paid yet",
            tuple(-one.owed_back_pence for one in both),
        ),
    )
    columns = (
        Column("opening.{}", "At opening", "money", sums=True),
        Column("closing.{}", "At closing", "money", sums=True),
    )
    return Grid("owed", "What is owed, in its parts", "Part", columns, rows, "Owed", total="Owed")


def paid_later(account: PayerAccount) -> tuple[str, ...]:
    """What is said of payments that the bank had and that were entered after the period."""
    return words.banked_later(account.banked, "Payment")


def documents_section(
    documents: tuple[DocumentLine, ...], period: Period, title: str = "Levy documents"
) -> Section:
    """The documents that the movements post, with VAT and what became of them."""
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
            for d in documents
        ),
        "Documents",
        total="All documents",
    )
    places: dict[str, Place] = {"number": "name", "framework": "small", "written_off": "column"}
    return Section(
        "documents",
        title,
        (table, table.apart("Of these, written off", places)),
        after=words.dated_later((item.day for item in documents), period),
        nothing="No document is booked in this period.",
    )

"""What the reconciliation report tells of the bank."""

from datetime import date

from levytool.reconcile.report import OpenLine, ReconciliationReport
from levytool.statements.sections import Column, Section, Table

AS_NOW = "As the books stand now, whatever the period; ages are as at its end."

_ACCOUNT = Column("account", "Account", place="data")
_OF_OPEN_LINES = (
    Column("text", "Text"),
    Column("date", "Date", "day"),
    Column("days", "Days", "count"),
    Column("open", "Open", "money", sums=True),
)


def bank_section(told: ReconciliationReport) -> Section:
    """Receipts whose documents are certain, open lines of the bank, and open documents."""
    documents = Table(
        "open_documents",
        "Documents not settled; credit notes negative",
        (
            Column("number", "Document", place="name"),
            Column("kind", "Kind", place="data"),
            Column("payer", "Payer", place="small"),
            Column("date", "Date", "day"),
            Column("due", "Due", "day"),
            Column("days_overdue", "Days overdue", "count"),
            Column("outstanding", "Open", "money", sums=True),
        ),
        tuple(
            (
                *(item.number, item.kind, item.payer, item.day, item.due, item.days_overdue),
                item.open_pence,
            )
            for item in told.documents
        ),
        "Documents",
        total="All open documents",
    )
    return Section(
        "bank",
        "Receipts beside documents",
        (_certain(told), _open_receipts(told), _open_payments(told), documents),
        notes=(AS_NOW,),
        nothing="Every receipt is placed and every document settled.",
    )


def _certain(told: ReconciliationReport) -> Table:
    return Table(
        "certain_receipts",
        "Receipts whose documents a rule is certain of, to be allocated: reconcile bank --apply",
        (
            Column("receipt", "Receipt", place="name"),
            Column("party", "Party", place="small"),
            Column("rule", "Rule"),
            Column("documents", "Documents", "texts"),
            Column("allocates", "Allocates", "money", sums=True),
        ),
        tuple(
            (item.line, item.party, item.rule, item.documents, item.allocates_pence)
            for item in told.certain
        ),
        "Certain",
        total="All to be allocated",
    )


def _of_line(item: OpenLine) -> tuple[str, date, int, int]:
    return item.text, item.day, item.days, item.open_pence


def _open_receipts(told: ReconciliationReport) -> Table:
    party = Column("party", "Party", place="small")
    return Table(
        "open_receipts",
        "Receipts not set against a document",
        (Column("receipt", "Receipt", place="name"), _ACCOUNT, party, *_OF_OPEN_LINES),
        tuple((item.line, item.account, item.party, *_of_line(item)) for item in told.receipts),
        "Receipts",
        total="All open receipts",
    )


def _open_payments(told: ReconciliationReport) -> Table:
    return Table(
        "open_payments",
        "Money out that nobody has identified",
        (Column("payment", "Payment", place="name"), _ACCOUNT, *_OF_OPEN_LINES),
        tuple((item.line, item.account, *_of_line(item)) for item in told.payments),
        "Payments",
        total="All open payments",
    )

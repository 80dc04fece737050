"""What of a member's pot may be committed or transferred: never more than it answers for (§3.5)."""

from collections import defaultdict

from sqlalchemy import Connection

from levytool.accounts import Account
from levytool.book.records import Book
from levytool.ledger.documents.allocations import levy_of
from levytool.ledger.documents.documents import find_documents
from levytool.ledger.journal.balances import credit_balances
from levytool.periods import in_force
from levytool.problems import RuleRefused
from levytool.rules.brokerage import Cohort, pot_pence
from levytool.rules.receipts import reaching_pence
from levytool.rules.surplus import available_pence, commitment_problem


def refuse_unavailable(
    connection: Connection, book: Book, member: str, pot: tuple[Cohort, ...], amount_pence: int
) -> None:
    """Raise RuleRefused where an amount is more than a member's pot has available."""
    fund_pence = credit_balances(connection, Account.LEVY_FUND).get(member, 0)
    reaching = reaching_fund(connection, book).get(member, 0)
    available = available_pence(pot_pence(pot), fund_pence, reaching)
    problem = commitment_problem(member, amount_pence, available)
    if problem is not None:
        raise RuleRefused(f"{problem.message}; {problem.hint}")


def reaching_fund(connection: Connection, book: Book) -> dict[str, int]:
    """The part of each member's 2000 that will reach 2100 once it is paid, in pence.

    Document by document, net of what paying it will retain. Nothing waits in 2000 for a document
    that was funded on billing.
    """
    open_documents = [d for d in find_documents(connection) if d.outstanding_pence]
    levy = levy_of(connection, open_documents)
    reaching: dict[str, int] = defaultdict(int)
    for document in open_documents:
        found = levy[document.id]
        if found.funded_on == "billed":
            continue
        schedule = book.frameworks[document.framework].retained
        share_ppm = in_force(schedule, document.period.last_day) or 0
        for member, net_pence in found.net_pence.items():
            reaching[member] += reaching_pence(
                share_ppm,
                net_pence - found.settled_pence.get(member, 0),
                found.credited_pence(member),
                found.retained_pence.get(member, 0),
            )
    return dict(reaching)

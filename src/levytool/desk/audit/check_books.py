"""Proving the books: every sub-ledger against the journal, and the journal against itself."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from levytool.book.records import Book
from levytool.desk.audit.recompute_levy import recompute_levy
from levytool.desk.audit.reconcile_ledger import prove_account
from levytool.desk.book_in_force import book_in_force
from levytool.desk.brokerage.obligations import described, opportunity_rules, spend_by_key
from levytool.desk.office import Office
from levytool.ledger.funds.opportunities import PlaceCounts, place_counts, provision_layers
from levytool.ledger.funds.participants import altered_records
from levytool.ledger.journal.balances import balances
from levytool.ledger.journal.entries import entry_number
from levytool.ledger.journal.opened import opened_until
from levytool.ledger.journal.posting import prove_chain
from levytool.ledger.proofs import proofs
from levytool.ledger.proofs.control_accounts import CONTROL_ACCOUNTS, ControlAccount
from levytool.ledger.proofs.settled_levy import settled_levy
from levytool.ledger.reports.issued_statements import altered_statements
from levytool.ledger.spend.member_ledgers import unlike_ledgers
from levytool.money import format_pence
from levytool.rules.opportunities import ScopeKey, by_scope, whole_due
from levytool.rules.provision import provided_places
from levytool.text import counted

SHOWN = 3
"""Differences named in a check's detail; the number of all of them stands beside."""


Proof = Callable[..., tuple[bool, str]]
"""Whether something holds, and in words what was found."""


@dataclass(frozen=True, slots=True)
class Check:
    """One proof: its name, whether it holds, and in words what it found."""

    name: str
    ok: bool
    detail: str

    def as_json(self) -> dict[str, Any]:
        """The row that scripts read."""
        return {"name": self.name, "ok": self.ok, "detail": self.detail}


def check_books(office: Office) -> list[Check]:
    """Every proof, in order. A ledger without a book has nothing to prove but its journal."""
    with office.reading() as connection:
        found = [_tried(name, prove, connection) for name, prove in PROOFS.items()]
        if proofs.has_accepted(connection) or opened_until(connection) is not None:
            book = book_in_force(connection)
            found += [_tried(name, prove, connection, book) for name, prove in BY_THE_BOOK.items()]
    return found


def _tried(name: str, prove: Proof, *given: Any) -> Check:
    """A proof; where what is stored makes no sense to it, that is what it found."""
    try:
        return Check(name, *prove(*given))
    except (LookupError, TypeError, ValueError) as error:
        return Check(name, False, f"what is stored makes no sense: {type(error).__name__} {error}")


def _trial_balance(connection: Connection) -> tuple[bool, str]:
    rows = balances(connection)
    total = sum(row.balance_pence for row in rows)
    debit = sum(row.debit_pence for row in rows)
    return total == 0, f"debits {format_pence(debit)}, difference {format_pence(total)}"


def _chain(connection: Connection) -> tuple[bool, str]:
    chain = prove_chain(connection)
    if chain.broken:
        return False, _told([link.told for link in chain.broken])
    return True, f"{counted(chain.numbered, 'entry')} linked"


def _levy(connection: Connection) -> tuple[bool, str]:
    found = proofs.levy_of_returns(connection)
    wrong = [one.wrong for one in found if one.wrong]
    if wrong:
        return False, _told(wrong)
    return True, f"{format_pence(sum(one.posted_pence for one in found))} on all three sides"


def _settled_levy(connection: Connection) -> tuple[bool, str]:
    parts = settled_levy(connection)
    wrong = [
        f"{entry_number(part.entry_id)} {part.member}".rstrip()
        + f": {_of_levy(part.posted_pence, part.posted_retained_pence)} against "
        + _of_levy(part.shares_pence, part.shares_retained_pence)
        for part in parts
        if part.differs
    ]
    if wrong:
        return False, _told(wrong)
    return True, f"{format_pence(sum(part.posted_pence for part in parts))} on both sides"


def _of_levy(pence: int, retained_pence: int) -> str:
    return f"{format_pence(pence)}, retained {format_pence(retained_pence)}"


def _nothing(differences: Callable[..., list[str]]) -> Proof:
    """The proof that there are no differences, which are told in words."""

    def prove(*given: Any) -> tuple[bool, str]:
        told = differences(*given)
        return not told, _told(told) if told else "they agree"

    return prove


def _told(differences: list[str]) -> str:
    more = len(differences) - SHOWN
    text = "; ".join(differences[:SHOWN])
    return f"{text}; and {more:,} more" if more > 0 else text


def _control(control: ControlAccount) -> Proof:
    """The proof that an account is the sum of its items, entry by entry."""

    def prove(connection: Connection) -> tuple[bool, str]:
        proof = prove_account(connection, control)
        if proof.differences:
            return False, _told(
                [
                    f"{entry_number(entry_id)} {dimension}: {format_pence(posted)} against "
                    f"{format_pence(of_items)}"
                    for (entry_id, dimension), (posted, of_items) in proof.differences.items()
                ]
            )
        return True, f"{format_pence(proof.posted_pence)} on both sides"

    return prove


def _opportunities(connection: Connection, book: Book) -> tuple[bool, str]:
    """Every obligation's provision is what its spend, places paid and places waived ask for."""
    rules = opportunity_rules(book)
    spend = spend_by_key(connection, rules)
    layers = provision_layers(connection, sorted(rules))
    places = place_counts(connection, rules)
    wrong: list[str] = []
    due_in_all = 0
    for code, rule in rules.items():
        own = {key: pence for key, pence in spend.items() if key.framework == code}
        scoped: dict[ScopeKey, int] = defaultdict(int, by_scope(rule.scope, own))
        held = [key for key in layers if key.framework == code]
        for key in sorted(scoped.keys() | set(held)):
            counts = places.get(key, PlaceCounts())
            due = whole_due(scoped[key], rule.per_million)
            due_in_all += due
            wanted = max(0, due - counts.paid - counts.waived)
            protected = max(wanted, counts.verified - counts.paid)
            provided = provided_places(layers.get(key, ()))
            # A place verified and not yet paid keeps its provision when due falls below it.
            if not wanted <= provided <= max(wanted, protected):
                wrong.append(f"{described(key)}: {provided} provided for, {wanted} wanted")
    if wrong:
        return False, _told(wrong)
    return True, f"{due_in_all:,} due, all provided for"


PROOFS: dict[str, Proof] = {
    "trial balance nil": _trial_balance,
    "hash chain whole": _chain,
    "document numbers without gaps": _nothing(proofs.missing_numbers),
    **{f"{c.account.value} = {c.items}": _control(c) for c in CONTROL_ACCOUNTS},
    "lines = documents = postings": _levy,
    "levy settled = shares": _settled_levy,
    "corrected = taken back": _nothing(proofs.uncancelled_returns),
    "documents = their entries": _nothing(proofs.unlike_entries),
    "files = lines": _nothing(proofs.unlike_files),
    "members' ledgers = lines": _nothing(unlike_ledgers),
    "accepted spend = lines": _nothing(proofs.unequal_spend),
    "statements = as issued": _nothing(altered_statements),
    "participants = as recorded": _nothing(altered_records),
}
BY_THE_BOOK: dict[str, Proof] = {
    "levy recomputed": _nothing(recompute_levy),
    "opportunities recomputed": _opportunities,
}

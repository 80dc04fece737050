"""Proving the books: every sub-ledger against the journal, and the journal against itself."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from levytool.accounts import Account
from levytool.book.records import Book
from levytool.desk.audit.recompute_levy import recompute_levy
from levytool.desk.book_in_force import book_in_force
from levytool.desk.brokerage.obligations import described, opportunity_rules, spend_by_key
from levytool.desk.office import Office
from levytool.ledger import proofs
from levytool.ledger.balances import balances, credit_balances
from levytool.ledger.opportunities import PlaceCounts, place_counts, provision_layers
from levytool.ledger.posting import broken_links
from levytool.money import format_pence
from levytool.rules.opportunities import ScopeKey, by_scope, whole_due
from levytool.rules.provision import provided_places

SHOWN = 3
"""Differences named in a check's detail; the number of all of them stands beside."""


Proof = Callable[..., tuple[bool, str]]
"""Whether something holds, and in words what was found."""

Sides = Callable[[Connection], tuple[Mapping[str, int], Mapping[str, int]]]


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
        if proofs.has_accepted(connection):
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
    broken = broken_links(connection)
    count = proofs.entry_count(connection)
    return not broken, _told(broken) if broken else f"{count:,} entries linked"


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


def _same(sides: Sides) -> Proof:
    """The proof that two sides agree, in pence by dimension."""
    return lambda connection: _compared(*sides(connection))


def _compared(left: Mapping[str, int], right: Mapping[str, int]) -> tuple[bool, str]:
    differences = [
        f"{key or 'total'}: {format_pence(left.get(key, 0))} against "
        f"{format_pence(right.get(key, 0))}"
        for key in sorted(left.keys() | right.keys())
        if left.get(key, 0) != right.get(key, 0)
    ]
    if differences:
        return False, _told(differences)
    return True, f"{format_pence(sum(left.values()))} on both sides"


def _debits(connection: Connection, account: Account) -> dict[str, int]:
    return {key: -pence for key, pence in credit_balances(connection, account).items()}


SUB_LEDGERS: dict[str, Sides] = {
    "1100 = open documents": lambda c: (
        _debits(c, Account.LEVY_DEBTORS),
        proofs.open_documents(c),
    ),
    "2050 = default charges": lambda c: (
        credit_balances(c, Account.DEFAULT_CHARGES),
        proofs.default_charges(c),
    ),
    "1200 = bank lines": lambda c: (_debits(c, Account.BANK), proofs.bank_lines(c)),
    "2900 = lines not identified": lambda c: (
        credit_balances(c, Account.SUSPENSE),
        proofs.unidentified_lines(c),
    ),
    "2110 = provision by layer": lambda c: (
        credit_balances(c, Account.OPPORTUNITY_PROVISION),
        proofs.provision(c),
    ),
    "2200 = cohorts": lambda c: (credit_balances(c, Account.BROKERAGE_POT), proofs.cohorts(c)),
    "2300 = schemes by source": lambda c: (
        credit_balances(c, Account.SCHEME_FUNDS),
        proofs.scheme_funds(c),
    ),
}


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
    **{name: _same(sides) for name, sides in SUB_LEDGERS.items()},
    "lines = documents = postings": _nothing(proofs.unequal_returns),
    "corrected = taken back": _nothing(proofs.uncancelled_returns),
    "documents = their entries": _nothing(proofs.unlike_entries),
    "files = lines": _nothing(proofs.unlike_files),
    "accepted spend = lines": _nothing(proofs.unequal_spend),
}
BY_THE_BOOK: dict[str, Proof] = {
    "levy recomputed": _nothing(recompute_levy),
    "opportunities recomputed": _opportunities,
}

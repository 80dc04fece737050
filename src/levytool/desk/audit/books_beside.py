"""The books' own proofs in two columns, as `reconcile ledger` ends with (domain §3.6): levy of the
lines, the documents and the postings; what settlements moved of it; the trial balance; the chain of
hashes."""

from collections.abc import Callable, Iterator

from sqlalchemy import Connection

from levytool.desk.audit.proof_rows import Row, difference_row, proof_row
from levytool.desk.office import Office
from levytool.ledger.journal.balances import balances
from levytool.ledger.journal.entries import entry_number
from levytool.ledger.journal.posting import prove_chain
from levytool.ledger.proofs.proofs import ReturnLevy, levy_of_returns
from levytool.ledger.proofs.settled_levy import settled_levy
from levytool.money import format_pence
from levytool.problems import Problem


def books_beside(
    office: Office, progress: Callable[[int, int], None] | None = None
) -> tuple[list[Row], list[Problem]]:
    """The proofs as rows like those of the control accounts, and what to say of each that fails.

    They are the ones of `check`. `progress(done, total)` tells of the entries.
    """
    with office.reading() as connection:
        found = [
            *_levy(connection),
            *_settled(connection),
            _trial_balance(connection),
            _chain(connection, progress),
        ]
    return [row for row, _ in found], [problem for _, wrong in found for problem in wrong]


def _levy(connection: Connection) -> Iterator[tuple[Row, list[Problem]]]:
    """Accepted returns: what was posted beside their lines, and beside their documents."""
    found = levy_of_returns(connection)
    posted = sum(one.posted_pence for one in found)
    lines = [(one, one.lines_pence) for one in found]
    documents = [(one, one.documents_pence) for one in found]
    wrong = [
        Problem("levy-differs", one.wrong, f"see: levytool explain {one.number}")
        for one in found
        if one.wrong
    ]
    yield _levy_row("levy of the lines", posted, lines), wrong
    yield _levy_row("levy of the documents", posted, documents), []


def _levy_row(made_of: str, posted_pence: int, sides: list[tuple[ReturnLevy, int]]) -> Row:
    return proof_row(
        "Levy posted",
        posted_pence,
        sum(pence for _, pence in sides),
        made_of,
        differences=[
            difference_row(one.number, format_pence(one.posted_pence), format_pence(pence))
            for one, pence in sides
            if pence != one.posted_pence
        ],
    )


def _settled(connection: Connection) -> Iterator[tuple[Row, list[Problem]]]:
    """What receipts, set-offs and write-offs moved of the levy beside the members' shares of it."""
    parts = settled_levy(connection)
    net = [(part, part.posted_pence, part.shares_pence) for part in parts]
    kept = [(part, part.posted_retained_pence, part.shares_retained_pence) for part in parts]
    for name, sides in (("Levy settled", net), ("Levy settled, retained", kept)):
        differing = [
            difference_row(
                entry_number(part.entry_id), format_pence(posted), format_pence(shares), part.member
            )
            for part, posted, shares in sides
            if posted != shares
        ]
        row = proof_row(
            name,
            sum(posted for _, posted, _ in sides),
            sum(shares for _, _, shares in sides),
            "members' shares",
            differences=differing,
        )
        yield row, [_unlike_shares(found) for found in differing]


def _unlike_shares(found: Row) -> Problem:
    """An entry that settled otherwise than its members' shares say."""
    told = f"{found['entry']} settles {found['ledger']} {found['dimension']}".rstrip()
    told += f", its members' shares say {found['items']}"
    return Problem("shares-differ", told, f"see: levytool explain {found['entry']}")


def _trial_balance(connection: Connection) -> tuple[Row, list[Problem]]:
    rows = balances(connection)
    debits = sum(row.debit_pence for row in rows)
    credits = sum(row.credit_pence for row in rows)
    row = proof_row("Trial balance, debits", debits, credits, "credits")
    if debits == credits:
        return row, []
    told = f"debits {row['ledger']}, credits {row['items']}"
    return row, [Problem("trial-balance", told, "see: levytool ledger balances")]


def _chain(
    connection: Connection, progress: Callable[[int, int], None] | None
) -> tuple[Row, list[Problem]]:
    chain = prove_chain(connection, progress)
    broken = dict.fromkeys(link.entry_id for link in chain.broken)
    row = proof_row(
        "Hash chain, entries",
        chain.numbered,
        chain.whole,
        "whole links",
        differences=[difference_row(entry_number(entry_id), "1", "0") for entry_id in broken],
        told=int,
    )
    return row, [Problem("chain-broken", link.told, "see: levytool check") for link in chain.broken]

"""Posted entries read back as values, so that they can be reversed exactly."""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, text

from levytool.accounts import Account
from levytool.journal import Entry, Leg, Transfer
from levytool.ledger.database.days import day_of
from levytool.periods import Month


def entry_number(entry_id: int) -> str:
    """How a journal entry is called, and what `explain` takes for it: `E-000001`."""
    return f"E-{entry_id:06d}"


def entries_by_id(connection: Connection, ids: Iterable[int]) -> dict[int, Entry]:
    """The entries of those numbers, with their transfers, in order of number."""
    wanted = {"ids": sorted(set(ids))}
    transfers: dict[int, list[Transfer]] = {}
    rows = connection.execute(
        text(
            "SELECT entry_id, debit_account, debit_dimension, credit_account, credit_dimension, "
            "amount_pence FROM journal_transfer WHERE entry_id IN :ids ORDER BY entry_id, position"
        ).bindparams(bindparam("ids", expanding=True)),
        wanted,
    )
    for number, debit, debit_code, credit, credit_code, pence in rows:
        moved = Transfer(
            Leg(Account(debit), debit_code), Leg(Account(credit), credit_code), int(pence)
        )
        transfers.setdefault(number, []).append(moved)
    found = connection.execute(
        text(
            "SELECT id, kind, effective, narrative, reference, reporting_period, facts_digest, "
            "reverses FROM journal_entry WHERE id IN :ids ORDER BY id"
        ).bindparams(bindparam("ids", expanding=True)),
        wanted,
    )
    return {
        row.id: Entry(
            kind=row.kind,
            effective=day_of(row.effective),
            narrative=row.narrative,
            transfers=tuple(transfers.get(row.id, ())),
            reference=row.reference,
            reporting_period=Month.parse(row.reporting_period) if row.reporting_period else None,
            facts_digest=row.facts_digest,
            reverses=row.reverses,
        )
        for row in found
    }


def entries_of_nothing(connection: Connection, return_number: str) -> list[int]:
    """The entries of a return's documents that came to nothing: they go by the return's number."""
    query = text(
        "SELECT id FROM journal_entry WHERE kind = 'document' AND reference = :number ORDER BY id"
    )
    return list(connection.scalars(query, {"number": return_number}))

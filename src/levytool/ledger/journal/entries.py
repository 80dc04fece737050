"""Posted entries read back as values, so that they can be reversed exactly."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, text

from levytool.accounts import Account
from levytool.journal import Entry, Leg, Transfer
from levytool.ledger.database import series
from levytool.ledger.database.days import day_of
from levytool.periods import Month


def entry_number(entry_id: int) -> str:
    """How a journal entry is called, and what `explain` takes for it: `E-000001`."""
    return series.numbered("E", entry_id)


def last_entry(connection: Connection) -> int:
    """The number of the last entry that is posted; 0 before the first."""
    return int(connection.scalar(text("SELECT MAX(id) FROM journal_entry")) or 0)


def entries_by_id(connection: Connection, ids: Iterable[int]) -> dict[int, Entry]:
    """The entries of those numbers, with their transfers, in order of number."""
    return entries_where(connection, "e.id IN :ids", {"ids": sorted(set(ids))})


def entries_where(
    connection: Connection, where: str, values: Mapping[str, object]
) -> dict[int, Entry]:
    """Entries by number, with their transfers, in order: those that an SQL condition on
    `journal_entry e` holds of. Of its values, a list stands for all that are in it."""
    binds: list[BindParameter[Any]] = [
        bindparam(name, value, expanding=isinstance(value, list)) for name, value in values.items()
    ]
    transfers: dict[int, list[Transfer]] = {}
    rows = connection.execute(
        text(
            "SELECT t.entry_id, t.debit_account, t.debit_dimension, t.credit_account, "
            "t.credit_dimension, t.amount_pence FROM journal_transfer t JOIN journal_entry e "
            f"ON e.id = t.entry_id WHERE {where} ORDER BY t.entry_id, t.position"
        ).bindparams(*binds)
    )
    for number, debit, debit_code, credit, credit_code, pence in rows:
        legs = Leg(Account(debit), debit_code), Leg(Account(credit), credit_code)
        transfers.setdefault(number, []).append(Transfer(*legs, int(pence)))
    found = connection.execute(
        text(
            "SELECT e.id, e.kind, e.effective, e.narrative, e.reference, e.reporting_period, "
            f"e.facts_digest, e.reverses FROM journal_entry e WHERE {where} ORDER BY e.id"
        ).bindparams(*binds)
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

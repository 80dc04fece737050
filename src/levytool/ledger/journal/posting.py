"""Storing entries: numbers, the closed-period guard, and the hash chain.

Each entry's hash covers the hash before it and all its own stored fields with its transfers, so
that no stored posting can change unseen (domain §3.5; architecture, *Every entry has two dates*).
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from levytool.acting import Acting
from levytool.journal import Entry, Leg
from levytool.ledger.database import series
from levytool.ledger.database.bulk import insert_rows
from levytool.ledger.database.days import day_text
from levytool.ledger.journal.closing import closed_months
from levytool.periods import Month
from levytool.problems import RuleRefused

GENESIS = "0" * 64

_quoted = json.encoder.encode_basestring_ascii
"""A JSON string: the chain is over JSON, written by hand since there are so many links."""

_ENTRY_COLUMNS = (
    "id",
    "posted",
    "effective",
    "period",
    "reporting_period",
    "kind",
    "narrative",
    "reference",
    "posted_by",
    "facts_digest",
    "reverses",
    "previous_hash",
    "hash",
)
_TOLD_EVERY = 5_000
"""Entries proved between two words of how far it is."""

_TRANSFER_COLUMNS = (
    "entry_id",
    "position",
    "debit_account",
    "debit_dimension",
    "credit_account",
    "credit_dimension",
    "amount_pence",
)


@dataclass(frozen=True, slots=True)
class Posted:
    """The ids the entries got, in the order they were given."""

    first_id: int
    count: int

    @property
    def ids(self) -> range:
        return range(self.first_id, self.first_id + self.count)


def chain_hash(
    previous_hash: str, fields: Sequence[Any], transfers: Sequence[Sequence[Any]]
) -> str:
    """SHA-256 (hex) of the hash before, the entry's own fields and its transfers, as JSON.

    Both are in the order of their tables' columns.
    """
    number, posted, effective, period, reporting, *words = fields
    kind, narrative, reference, user, facts, undoes = words
    # Numbers by their repr: a text that was smuggled into such a column hashes to something else.
    own = (
        f"{number!r},{_when_json(posted, effective, period, reporting, kind)},"
        f"{_quoted(narrative)},{_quoted(reference)},{_quoted(user)},{_quoted(facts)},"
        f"{'null' if undoes is None else repr(undoes)}"
    )
    moves = [
        f"[{position!r},{_legs_json(debit, of_debit, credit, of_credit)},{pence!r}]"
        for position, debit, of_debit, credit, of_credit, pence in transfers
    ]
    body = f"[{_quoted(previous_hash)},[{own}],[{','.join(moves)}]]"
    return hashlib.sha256(body.encode()).hexdigest()


@lru_cache(maxsize=1_000)
def _when_json(posted: str, effective: str, period: str, reporting: str | None, kind: str) -> str:
    """What many links have in common, in JSON."""
    told = "null" if reporting is None else _quoted(reporting)
    return f"{_quoted(posted)},{_quoted(effective)},{_quoted(period)},{told},{_quoted(kind)}"


@lru_cache(maxsize=10_000)
def _legs_json(*legs: str) -> str:
    return ",".join(map(_quoted, legs))


def post(connection: Connection, acting: Acting, entries: Sequence[Entry]) -> Posted:
    """Post entries in order. All their numbers are in a row.

    Raises RuleRefused when an effective date lies in a closed month: callers choose dates by
    `rules.dates`, this is the last guard.
    """
    first_id = series.allot(connection, series.ENTRY, len(entries))
    if not entries:
        return Posted(0, 0)
    _refuse_closed(connection, entries)
    previous = (
        connection.scalar(
            text("SELECT hash FROM journal_entry WHERE id = :id"), {"id": first_id - 1}
        )
        or GENESIS
    )
    months = {day: (day.isoformat(), str(Month.of(day))) for day in {e.effective for e in entries}}
    entry_rows: list[tuple[Any, ...]] = []
    transfer_rows: list[tuple[Any, ...]] = []
    for entry_id, entry in enumerate(entries, first_id):
        transfers = [
            (position, *_stored(item.debit), *_stored(item.credit), item.amount_pence)
            for position, item in enumerate(entry.transfers, 1)
        ]
        fields = (
            entry_id,
            acting.posted,
            *months[entry.effective],
            str(entry.reporting_period) if entry.reporting_period else None,
            entry.kind,
            entry.narrative,
            entry.reference,
            acting.user,
            entry.facts_digest,
            entry.reverses,
        )
        link = chain_hash(previous, fields, transfers)
        entry_rows.append((*fields, previous, link))
        transfer_rows += [(entry_id, *item) for item in transfers]
        previous = link
    insert_rows(connection, "journal_entry", _ENTRY_COLUMNS, entry_rows)
    insert_rows(connection, "journal_transfer", _TRANSFER_COLUMNS, transfer_rows)
    return Posted(first_id, len(entries))


@lru_cache(maxsize=10_000)
def _stored(leg: Leg) -> tuple[str, str]:
    """A leg as it is stored: the hundred thousand entries of a statement have two between them."""
    return str(leg.account), leg.dimension


def _refuse_closed(connection: Connection, entries: Iterable[Entry]) -> None:
    closed = closed_months(connection)
    if not closed:
        return
    for entry in entries:
        month = Month.of(entry.effective)
        if month in closed:
            raise RuleRefused(
                f"{month} is closed and takes no posting; reopen it with: "
                f"levytool period reopen {month} --reason …"
            )


def stored_entries(connection: Connection) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Every stored entry row with its transfers, in order: what the chain is proved over."""
    transfers = connection.execute(
        text(
            "SELECT entry_id, position, debit_account, debit_dimension, credit_account, "
            "credit_dimension, amount_pence FROM journal_transfer ORDER BY entry_id, position"
        )
    )
    waiting = next(transfers, None)
    entries = connection.execute(
        text(f"SELECT {', '.join(_ENTRY_COLUMNS)} FROM journal_entry ORDER BY id")
    )
    for entry in entries:
        own: list[Any] = []
        while waiting is not None and waiting[0] <= entry.id:
            if waiting[0] == entry.id:
                own.append(tuple(waiting)[1:])
            waiting = next(transfers, None)
        yield entry, tuple(own)


class BrokenLink(NamedTuple):
    """Where the chain does not hold: the entry, and in words what is wrong."""

    entry_id: int
    told: str


class Chain(NamedTuple):
    """How many entries were numbered, how many of them are there and hold, and what is broken."""

    numbered: int
    whole: int
    broken: list[BrokenLink]


def broken_links(connection: Connection) -> list[str]:
    """Where the chain does not hold, in words; empty when it is whole and without gaps."""
    return [link.told for link in prove_chain(connection).broken]


def prove_chain(
    connection: Connection, progress: Callable[[int, int], None] | None = None
) -> Chain:
    """Go along the chain, entry by entry; `progress(done, total)` tells how far.

    A chain cut off at its end still holds link by link: the series of entry numbers tells.
    """
    broken: list[BrokenLink] = []
    given = series.last_given(connection, series.ENTRY)
    previous, expected_id, whole = GENESIS, 1, 0
    for entry, transfers in stored_entries(connection):
        fields = [day_text(value) for value in tuple(entry)[:-2]]
        before = len(broken)
        if entry.id != expected_id:
            broken.append(BrokenLink(expected_id, f"entry {expected_id} is missing"))
        if entry.previous_hash != previous:
            told = f"entry {entry.id} does not follow the entry before it"
            broken.append(BrokenLink(entry.id, told))
        if chain_hash(entry.previous_hash, fields, transfers) != entry.hash:
            broken.append(BrokenLink(entry.id, f"entry {entry.id} is not what was posted"))
        whole += len(broken) == before
        previous, expected_id = entry.hash, entry.id + 1
        if progress is not None and not entry.id % _TOLD_EVERY:
            progress(entry.id, given)
    if given != expected_id - 1:
        told = f"{given} entries were numbered, the last that is there is {expected_id - 1}"
        broken.append(BrokenLink(min(given + 1, expected_id), told))
    strays = connection.scalars(
        text(
            "SELECT DISTINCT entry_id FROM journal_transfer WHERE NOT EXISTS "
            "(SELECT 1 FROM journal_entry e WHERE e.id = entry_id) ORDER BY entry_id"
        )
    )
    broken += [
        BrokenLink(number, f"transfers belong to entry {number}, which is missing")
        for number in strays
    ]
    return Chain(given, whole, broken)

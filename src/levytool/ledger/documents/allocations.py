"""What is set against documents: receipts, and credit notes against invoices.

One row settles one document. `amount_pence` is positive for either kind of document; the net and
the retained share by member are signed as they move: 2000 to 2100 is positive, so a credit note's
are negative. They are kept in billed mode too, where nothing moves, so that levy received is told
in either. Rows that reverse others carry their opposites, and hang on the reversing entry.

A credit note set against an invoice makes two rows on one entry: the invoice's names the note and
holds the amount that settles both, the note's names the invoice and holds no amount.

A write-off names neither a line nor a document: nothing came. Its net never reached 2100, and its
retained part, in billed mode alone, is what 4100 gave back.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, text

from levytool.accounts import Account
from levytool.book.records import FundedOn
from levytool.ledger.database import series
from levytool.ledger.database.bulk import insert_rows, rows_by_ids
from levytool.ledger.database.days import day_of
from levytool.ledger.documents.documents import IS_WRITE_OFF, StoredDocument

BEFORE_OPENING = 0
"""Stands for the bank line of what was paid before the books were opened: it is in none of them."""

IS_BY_BANK = f"a.bank_line_id <> {BEFORE_OPENING}"
"""The SQL condition that an allocation `a` used the money of a bank line."""


@dataclass(frozen=True, slots=True)
class Share:
    """A member's part of an allocation: net levy, and what of it was retained."""

    net_pence: int
    retained_pence: int = 0


@dataclass(frozen=True, slots=True)
class Allocated:
    """One allocation, by its document, and what is set against it: a bank line, a document, or
    nothing where it is written off."""

    document_id: int
    amount_pence: int
    shares: Mapping[str, Share]
    entry_id: int
    bank_line_id: int | None = None
    credit_document_id: int | None = None

    @property
    def is_write_off(self) -> bool:
        return self.bank_line_id is None and self.credit_document_id is None

    @property
    def net_pence(self) -> int:
        return sum(share.net_pence for share in self.shares.values())


@dataclass(frozen=True, slots=True)
class DocumentLevy:
    """A document's levy by member as it was posted, and what of it has been settled so far.

    All signed as the document is: a credit note's are negative. `funded_on` is the mode it was
    posted in, `effective` the day. `settled_pence` includes what was written off, which
    `written_off` tells apart with what 4100 gave back of it; `retained_pence` does not.
    """

    effective: date
    funded_on: FundedOn
    net_pence: Mapping[str, int]
    settled_pence: Mapping[str, int] = field(default_factory=dict)
    retained_pence: Mapping[str, int] = field(default_factory=dict)
    written_off: Mapping[str, Share] = field(default_factory=dict)

    def credited_pence(self, member: str) -> int:
        """What of a member's net has been paid or set off: what is retained is a share of it."""
        return self.settled_pence.get(member, 0) - self.written_off.get(member, Share(0)).net_pence


def store_allocations(connection: Connection, allocated: Sequence[Allocated]) -> None:
    """Store allocations with their shares."""
    first_id = series.allot(connection, "allocation", len(allocated))
    insert_rows(
        connection,
        "allocation",
        (
            "id",
            "document_id",
            "bank_line_id",
            "credit_document_id",
            "amount_pence",
            "net_pence",
            "entry_id",
        ),
        [
            (
                number,
                item.document_id,
                item.bank_line_id,
                item.credit_document_id,
                item.amount_pence,
                item.net_pence,
                item.entry_id,
            )
            for number, item in enumerate(allocated, first_id)
        ],
    )
    insert_rows(
        connection,
        "allocation_share",
        ("allocation_id", "member", "net_pence", "retained_pence"),
        [
            (number, member, share.net_pence, share.retained_pence)
            for number, item in enumerate(allocated, first_id)
            for member, share in sorted(item.shares.items())
        ],
    )


def live_allocations(
    connection: Connection, *, line_id: int | None = None, document_id: int | None = None
) -> list[Allocated]:
    """Allocations that stand, all or of one bank line or touching one document, in order."""
    where = []
    values: dict[str, int] = {}
    if line_id is not None:
        where.append("a.bank_line_id = :line")
        values["line"] = line_id
    if document_id is not None:
        where.append("(a.document_id = :document OR a.credit_document_id = :document)")
        values["document"] = document_id
    rows = connection.execute(
        text(
            "SELECT a.id, a.document_id, a.amount_pence, a.entry_id, a.bank_line_id, "
            "a.credit_document_id, s.member, s.net_pence, s.retained_pence "
            "FROM allocation a JOIN journal_entry e ON e.id = a.entry_id AND e.reverses IS NULL "
            "LEFT JOIN allocation_share s ON s.allocation_id = a.id "
            "WHERE NOT EXISTS (SELECT 1 FROM allocation t JOIN journal_entry r "
            "ON r.id = t.entry_id WHERE t.document_id = a.document_id "
            "AND r.reverses = a.entry_id) "
            + "".join(f"AND {condition} " for condition in where)
            + "ORDER BY a.id, s.member"
        ),
        values,
    ).all()
    shares: dict[int, dict[str, Share]] = {}
    for row in rows:
        of_allocation = shares.setdefault(row[0], {})
        if row[6] is not None:
            of_allocation[row[6]] = Share(row[7], row[8])
    first_of = {row[0]: row for row in reversed(rows)}
    return [
        Allocated(first_of[number][1], first_of[number][2], shares[number], *first_of[number][3:6])
        for number in sorted(shares)
    ]


def lines_ever_allocated(
    connection: Connection, document_ids: Sequence[int] | None = None
) -> frozenset[int]:
    """Bank lines that something was allocated from, to these documents or to any, taken back
    since or not."""
    query = f"SELECT DISTINCT a.bank_line_id FROM allocation a WHERE {IS_BY_BANK}"
    if document_ids is None:
        return frozenset(connection.scalars(text(query)))
    rows = rows_by_ids(connection, f"{query} AND a.document_id IN :ids", document_ids)
    return frozenset(row[0] for row in rows)


def ever_allocated_from(connection: Connection, line_id: int) -> frozenset[int]:
    """Documents that a bank line's money was ever allocated to, taken back since or not."""
    query = "SELECT DISTINCT document_id FROM allocation WHERE bank_line_id = :line"
    return frozenset(connection.scalars(text(query), {"line": line_id}))


def ever_set_against(connection: Connection, document_id: int) -> frozenset[int]:
    """Documents that a document was ever set against, taken back since or not."""
    query = "SELECT DISTINCT document_id FROM allocation WHERE credit_document_id = :document"
    return frozenset(connection.scalars(text(query), {"document": document_id}))


def cash_allocated(
    connection: Connection, line_id: int | None = None
) -> dict[int, dict[tuple[str, str], int]]:
    """By bank line: (document number, payer) and what of the line's money went to it.

    Signed: a credit note that the payer took off its payment is negative.
    """
    where = IS_BY_BANK if line_id is None else "a.bank_line_id = :line"
    rows = connection.execute(
        text(
            "SELECT a.bank_line_id, d.number, d.payer, CAST(SUM(CASE WHEN d.kind = 'invoice' "
            "THEN a.amount_pence ELSE -a.amount_pence END) AS BIGINT) FROM allocation a "
            f"JOIN document d ON d.id = a.document_id WHERE {where} "
            "GROUP BY a.bank_line_id, d.number, d.payer, d.id "
            "HAVING SUM(a.amount_pence) <> 0 ORDER BY a.bank_line_id, d.id"
        ),
        {} if line_id is None else {"line": line_id},
    )
    found: dict[int, dict[tuple[str, str], int]] = {}
    for row in rows:
        found.setdefault(row[0], {})[row[1], row[2]] = row[3]
    return found


def settled_in_turn(connection: Connection) -> dict[str, list[int]]:
    """By document number what was set against it and taken back (negative), in order; of a credit
    note the opposite, as it is signed."""
    rows = connection.execute(
        text(
            "SELECT number, CASE WHEN kind = 'invoice' THEN amount_pence ELSE -amount_pence END "
            "FROM (SELECT a.id, d.number, d.kind, a.amount_pence FROM allocation a "
            "JOIN document d ON d.id = a.document_id "
            "UNION ALL SELECT a.id, d.number, d.kind, a.amount_pence FROM allocation a "
            "JOIN document d ON d.id = a.credit_document_id) AS settled "
            "WHERE amount_pence <> 0 ORDER BY id"
        )
    )
    found: dict[str, list[int]] = {}
    for number, pence in rows:
        found.setdefault(number, []).append(pence)
    return found


def levy_of(connection: Connection, documents: Sequence[StoredDocument]) -> dict[int, DocumentLevy]:
    """The levy of documents by member, from the entries that posted them, by document id."""
    posted = _posted_levy(connection, [document.entry_id for document in documents])
    document_ids = [document.id for document in documents]
    paid = _settled_levy(connection, document_ids, f"NOT {IS_WRITE_OFF}")
    written_off = _settled_levy(connection, document_ids, IS_WRITE_OFF)
    found = {}
    for document in documents:
        effective, funded_on, net = posted[document.entry_id]
        by_member, lost = paid.get(document.id, {}), written_off.get(document.id, {})
        settled = Counter({member: share.net_pence for member, share in by_member.items()})
        settled.update({member: share.net_pence for member, share in lost.items()})
        found[document.id] = DocumentLevy(
            effective,
            funded_on,
            net,
            settled,
            {member: share.retained_pence for member, share in by_member.items()},
            lost,
        )
    return found


def _posted_levy(
    connection: Connection, entry_ids: Sequence[int]
) -> dict[int, tuple[date, FundedOn, dict[str, int]]]:
    """By entry: its day, the mode, and the net that went from the debtor to each member's levy."""
    debtors = Account.LEVY_DEBTORS.value
    levy: dict[str, FundedOn] = {
        Account.LEVY_BILLED_NOT_RECEIVED.value: "received",
        Account.LEVY_FUND.value: "billed",
    }
    query = (
        "SELECT e.id, e.effective, t.debit_account, t.debit_dimension, t.credit_account, "
        "t.credit_dimension, t.amount_pence FROM journal_entry e "
        "JOIN journal_transfer t ON t.entry_id = e.id WHERE e.id IN :ids ORDER BY e.id, t.position"
    )
    found: dict[int, tuple[date, FundedOn, dict[str, int]]] = {}
    for row in rows_by_ids(connection, query, entry_ids):
        entry_id, effective, debit, debit_code, credit, credit_code, pence = row
        day = day_of(effective)
        _day, funded_on, net = found.setdefault(entry_id, (day, "received", {}))
        if debit == debtors and credit in levy:
            funded_on, member, signed = levy[credit], credit_code, pence
        elif credit == debtors and debit in levy:
            funded_on, member, signed = levy[debit], debit_code, -pence
        else:
            continue
        net[member] = net.get(member, 0) + signed
        found[entry_id] = (day, funded_on, net)
    return found


def _settled_levy(
    connection: Connection, document_ids: Sequence[int], condition: str
) -> dict[int, dict[str, Share]]:
    query = (
        "SELECT a.document_id, s.member, CAST(SUM(s.net_pence) AS BIGINT), "
        "CAST(SUM(s.retained_pence) AS BIGINT) FROM allocation a "
        "JOIN allocation_share s ON s.allocation_id = a.id "
        f"WHERE a.document_id IN :ids AND {condition} "
        "GROUP BY a.document_id, s.member ORDER BY a.document_id, s.member"
    )
    found: dict[int, dict[str, Share]] = {}
    for row in rows_by_ids(connection, query, document_ids):
        found.setdefault(row[0], {})[row[1]] = Share(row[2], row[3])
    return found

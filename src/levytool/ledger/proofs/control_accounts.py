"""What stands behind each control account: the items of its sub-ledger, entry by entry.

A control account's balance is the sum of its items, so the journal and the sub-ledger can be laid
beside each other to the entry (domain §3.6, *Ledger*).
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, text

from levytool.accounts import Account
from levytool.ledger.bank.bank_lines import RECEIPT, line_number
from levytool.ledger.bank.receipts import REFUND_ACT, REFUND_TAKEN_BACK
from levytool.ledger.bank.withdrawals import WITHDRAWN
from levytool.ledger.documents.allocations import IS_BY_BANK
from levytool.ledger.documents.documents import NO_RETURN
from levytool.ledger.journal import acts


class ItemPart(NamedTuple):
    """What one entry did to one item: pence, positive on the account's own side."""

    entry_id: int
    dimension: str
    item: str
    pence: int


Parts = Callable[[Connection], Iterable[ItemPart]]


@dataclass(frozen=True, slots=True)
class ControlAccount:
    """An account, what its items are, and how they are read.

    `is_debit`: its own side is the debit.
    """

    account: Account
    items: str
    is_debit: bool
    parts: Parts


def _named(
    sql: str, name: Callable[[int], str] = str
) -> Callable[[Connection], Iterator[ItemPart]]:
    """Read the parts by a query of entry, dimension, item and pence."""

    def read(connection: Connection) -> Iterator[ItemPart]:
        for entry_id, dimension, item, pence in connection.execute(text(sql)):
            yield ItemPart(int(entry_id), dimension, name(item), int(pence))

    return read


_SIGN = "CASE d.kind WHEN 'invoice' THEN 1 ELSE -1 END"

_documents = _named(
    f"SELECT d.entry_id, d.payer, d.number, {_SIGN} * (d.net_pence + d.vat_pence) FROM document d "
    f"UNION ALL SELECT a.entry_id, d.payer, d.number, -({_SIGN}) * a.amount_pence "
    "FROM allocation a JOIN document d ON d.id = a.document_id "
    f"UNION ALL SELECT a.entry_id, d.payer, d.number, -({_SIGN}) * a.amount_pence "
    "FROM allocation a JOIN document d ON d.id = a.credit_document_id WHERE a.amount_pence <> 0"
)

_default_charges = _named(
    f"SELECT d.entry_id, d.framework, d.number, {_SIGN} * d.net_pence FROM document d "
    f"WHERE d.return_id = {NO_RETURN}"
)

_LINES = "SELECT entry_id, account, id, amount_pence FROM bank_line "
_LESS_IDENTIFIED = (
    "UNION ALL SELECT i.entry_id, l.account, l.id, "
    "-i.amount_pence * CASE WHEN l.amount_pence < 0 THEN -1 ELSE 1 END "
    "FROM bank_identification i JOIN bank_line l ON l.id = i.bank_line_id"
)

_bank = _named(f"{_LINES}{_LESS_IDENTIFIED} AND i.kind = '{WITHDRAWN}'", line_number)

_suspense = _named(f"{_LINES}{_LESS_IDENTIFIED}", line_number)

_receipts = _named(
    "SELECT i.entry_id, i.party, i.bank_line_id, i.amount_pence FROM bank_identification i "
    f"WHERE i.kind = '{RECEIPT}' "
    f"UNION ALL SELECT a.entry_id, d.payer, a.bank_line_id, -({_SIGN}) * a.amount_pence "
    f"FROM allocation a JOIN document d ON d.id = a.document_id WHERE {IS_BY_BANK}",
    line_number,
)


def _unallocated(connection: Connection) -> Iterator[ItemPart]:
    """Receipts identified, less what was allocated and what is owed back to the payer."""
    yield from _receipts(connection)
    for act in acts.acts_of(connection, REFUND_ACT):
        if act.state == acts.DONE and act.entry_id is not None:
            pence = -act.facts["amount_pence"]
            yield ItemPart(act.entry_id, act.facts["party"], act.subject, pence)
    for act in acts.acts_of(connection, REFUND_TAKEN_BACK):
        if act.entry_id is not None:
            pence = act.facts["amount_pence"]
            yield ItemPart(act.entry_id, act.facts["party"], act.subject, pence)


def _provision(connection: Connection) -> Iterator[ItemPart]:
    """Layers of the obligations, by the members that bear them; what these do not come to of a
    movement is of no member."""
    rows = connection.execute(
        text(
            "SELECT entry_id, amount_pence, framework, member, call_off, contractor, by_member "
            "FROM provision_movement"
        )
    )
    for entry_id, amount_pence, *scope, by_member in rows:
        item = "/".join(part for part in scope if part)
        shared = json.loads(by_member)
        for member, pence in shared.items():
            yield ItemPart(int(entry_id), member, item, pence)
        if amount_pence != (total := sum(shared.values())):
            yield ItemPart(int(entry_id), "", item, amount_pence - total)


_match_funding = _named(
    "SELECT entry_id, source, scheme, "
    "CASE kind WHEN 'draw' THEN 0 ELSE amount_pence - received_pence END "
    "FROM scheme_movement WHERE source_kind = 'funder'"
)

_pots = _named("SELECT entry_id, member, cohort, amount_pence FROM pot_movement")

_schemes = _named(
    "SELECT entry_id, scheme || '/' || source, scheme || '/' || source, amount_pence "
    "FROM scheme_movement"
)

CONTROL_ACCOUNTS = (
    ControlAccount(Account.LEVY_DEBTORS, "open documents", True, _documents),
    ControlAccount(Account.BANK, "bank lines", True, _bank),
    ControlAccount(Account.MATCH_FUNDING_DEBTORS, "match funding agreed", True, _match_funding),
    ControlAccount(Account.DEFAULT_CHARGES, "default charges", False, _default_charges),
    ControlAccount(Account.OPPORTUNITY_PROVISION, "provision by layer", False, _provision),
    ControlAccount(Account.BROKERAGE_POT, "cohorts", False, _pots),
    ControlAccount(Account.SCHEME_FUNDS, "schemes by source", False, _schemes),
    ControlAccount(Account.SUSPENSE, "lines not identified", False, _suspense),
    ControlAccount(Account.UNALLOCATED_RECEIPTS, "receipts not allocated", False, _unallocated),
)


def posted_by_entry(connection: Connection, control: ControlAccount) -> dict[tuple[int, str], int]:
    """What each entry posted to the account, by entry and dimension, on the account's own side."""
    rows = connection.execute(
        text(
            "SELECT entry_id, dimension, CAST(SUM(pence) AS BIGINT) FROM ("
            "SELECT entry_id, debit_dimension AS dimension, amount_pence AS pence "
            "FROM journal_transfer WHERE debit_account = :account UNION ALL "
            "SELECT entry_id, credit_dimension, -amount_pence "
            "FROM journal_transfer WHERE credit_account = :account) AS legs "
            "GROUP BY entry_id, dimension"
        ),
        {"account": control.account.value},
    )
    sign = 1 if control.is_debit else -1
    return {(int(entry_id), dimension): sign * int(pence) for entry_id, dimension, pence in rows}

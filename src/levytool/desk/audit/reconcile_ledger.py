"""Control accounts beside their sub-ledgers (domain §3.6, contract `reconcile ledger`)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from levytool.accounts import CHART, Account
from levytool.desk.audit.proof_rows import Row, difference_row, proof_row
from levytool.desk.bank.balances_told import bank_differs, bank_remarks
from levytool.desk.office import Office
from levytool.ledger.bank.bank_balances import BankBalance, bank_balances
from levytool.ledger.journal.entries import entry_number
from levytool.ledger.proofs.control_accounts import (
    CONTROL_ACCOUNTS,
    ControlAccount,
    posted_by_entry,
)
from levytool.money import format_pence
from levytool.problems import Problem, UsageError


@dataclass(frozen=True, slots=True)
class ControlProof:
    """One account proved: what the journal and the items come to, in pence by dimension, the
    items that are open, and what single entries posted otherwise than their items say.

    `differences` maps entry and dimension to (posted, items).
    """

    control: ControlAccount
    posted: Mapping[str, int]
    of_items: Mapping[str, int]
    open_items: Mapping[tuple[str, str], int]
    differences: Mapping[tuple[int, str], tuple[int, int]]

    @property
    def posted_pence(self) -> int:
        """The account's balance in the journal, on its own side."""
        return sum(self.posted.values())

    @property
    def items_pence(self) -> int:
        """What its items come to."""
        return sum(self.of_items.values())


def prove_account(connection: Connection, control: ControlAccount) -> ControlProof:
    """Lay an account's postings beside the items of its sub-ledger, entry by entry."""
    posted = posted_by_entry(connection, control)
    by_entry: dict[tuple[int, str], int] = defaultdict(int)
    by_item: dict[tuple[str, str], int] = defaultdict(int)
    for entry_id, dimension, item, pence in control.parts(connection):
        by_entry[entry_id, dimension] += pence
        by_item[dimension, item] += pence
    differences = {
        key: (posted.get(key, 0), by_entry.get(key, 0))
        for key in sorted(posted.keys() | by_entry.keys())
        if posted.get(key, 0) != by_entry.get(key, 0)
    }
    return ControlProof(
        control,
        _by_dimension(posted),
        _by_dimension(by_entry),
        {key: pence for key, pence in sorted(by_item.items()) if pence},
        differences,
    )


def _by_dimension(by_entry: Mapping[tuple[int, str], int]) -> dict[str, int]:
    totals: dict[str, int] = defaultdict(int)
    for (_entry_id, dimension), pence in by_entry.items():
        totals[dimension] += pence
    return totals


def reconcile_ledger(office: Office) -> list[Row]:
    """Every control account in two columns, journal and items, with the entries that differ."""
    with office.reading() as connection:
        return [_row(prove_account(connection, control)) for control in CONTROL_ACCOUNTS]


def banks_beside(office: Office) -> tuple[list[Row], list[Problem]]:
    """1200 beside the balance that each bank stated last, in the same columns, and where the two
    differ; an account whose statements give no balances has no row."""
    with office.reading() as connection:
        found = bank_balances(connection)
        differing = [bank_differs(connection, bank) for bank in found if bank.missing_pence]
    return [_bank_row(bank) for bank in found], differing


def banks_in_doubt(office: Office, until: date | None = None) -> list[Problem]:
    """What of the banks' balances, up to a day, nothing proves and somebody should look at."""
    with office.reading() as connection:
        return bank_remarks(connection, until)


def told_account(found: BankBalance) -> str:
    """The bank account and the day, as a report names them."""
    return f"{CHART[Account.BANK].name}, {found.account}, {found.on}"


def told_balance(found: BankBalance) -> str:
    """What 1200 is laid beside, in words."""
    beyond = f"; {format_pence(found.beyond_pence)} of the day beyond it" * bool(found.beyond_pence)
    if not found.before_pence:
        return f"stated balance{beyond}"
    stated, before = format_pence(found.bank_pence), format_pence(found.before_pence)
    return f"stated balance {stated} less {before} held before{beyond}"


def _bank_row(found: BankBalance) -> Row:
    told, made_of = told_account(found), told_balance(found)
    account = Account.BANK.value
    return proof_row(told, found.books_pence, found.stated_pence, made_of, account=account)


def account_items(office: Office, code: str) -> list[Row]:
    """The open items that one control account's balance is made of; they sum to it.

    Raises UsageError for an account that is no control account.
    """
    found = [control for control in CONTROL_ACCOUNTS if control.account.value == code]
    if not found:
        known = ", ".join(control.account.value for control in CONTROL_ACCOUNTS)
        raise UsageError(f"{code} is no control account; name one of {known}")
    with office.reading() as connection:
        proof = prove_account(connection, found[0])
    return [
        {"dimension": dimension, "item": item, "amount": format_pence(pence)}
        for (dimension, item), pence in proof.open_items.items()
    ]


def _row(proof: ControlProof) -> Row:
    control = proof.control
    return proof_row(
        CHART[Account(control.account)].name,
        proof.posted_pence,
        proof.items_pence,
        control.items,
        account=control.account.value,
        open_items=len(proof.open_items),
        differences=[
            difference_row(
                entry_number(entry_id), format_pence(posted), format_pence(of_items), dimension
            )
            for (entry_id, dimension), (posted, of_items) in proof.differences.items()
        ],
    )

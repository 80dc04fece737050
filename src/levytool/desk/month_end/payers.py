"""The accounts of those that pay levy: what each was charged, paid and owes in a period."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from functools import cached_property

from sqlalchemy import Connection

from levytool.accounts import Account
from levytool.desk.month_end.carried import Before, of_prior_period
from levytool.desk.month_end.snapshot import Snapshot
from levytool.ledger.bank.bank_lines import RECEIPT, FoundLater, found_later
from levytool.ledger.documents.documents import StoredDocument, find_documents
from levytool.ledger.journal.as_known import AsKnown
from levytool.ledger.journal.balances import credit_balances
from levytool.ledger.reports.statement_facts import BalanceChange, balance_changes
from levytool.statements.balance import entry_movements
from levytool.statements.carried import closing_owed
from levytool.statements.values import Movement, PayerAccount
from levytool.statements.values_payer import BankedLater, DocumentLine, Owed

ACCOUNT = (Account.LEVY_DEBTORS, Account.UNALLOCATED_RECEIPTS, Account.CREDITORS)
"""What a payer owes, what it has paid that is not set against anything, and what is owed to it."""


class PayerAccounts:
    """The accounts of every payer over the period of one snapshot."""

    def __init__(self, connection: Connection, shared: Snapshot) -> None:
        self._connection, self._shared = connection, shared
        self._closing = self._balances(shared.asked)

    def _balances(self, asked: AsKnown) -> dict[Account, dict[str, int]]:
        return {account: credit_balances(self._connection, account, asked) for account in ACCOUNT}

    # Read once somebody pays: of a consortium whose contractors pay, no member's statement needs it
    @cached_property
    def _opening(self) -> dict[Account, dict[str, int]]:
        eve = self._shared.period.first.first_day - timedelta(days=1)
        return self._balances(AsKnown(eve, self._shared.asked.known_on))

    @cached_property
    def _changes(self) -> dict[str, list[BalanceChange]]:
        found: dict[str, list[BalanceChange]] = {}
        shared = self._shared
        for change in balance_changes(self._connection, shared.period, shared.asked, ACCOUNT):
            found.setdefault(change.dimension, []).append(change)
        return found

    @cached_property
    def _banked(self) -> list[FoundLater]:
        return banked_later(self._connection, self._shared, RECEIPT)

    def pays(self, code: str) -> bool:
        """Whether levy was ever charged to a party by then, or paid by it."""
        return any(code in self._closing[account] for account in ACCOUNT[:2])

    def raised(self, code: str, kind: str) -> list[StoredDocument]:
        """The documents addressed to a payer of that kind, a contractor or a member."""
        found = find_documents(self._connection, payer=code, asked=self._shared.asked)
        return [item for item in found if item.payer_kind == kind]

    def account_of(
        self, code: str, raised: Iterable[StoredDocument], before: Before | None
    ) -> PayerAccount:
        """A payer's account; it opens with what the issued statement `before` closed with."""
        told = None if before is None else closing_owed(before.kept)
        late: list[BalanceChange] = []
        if before is not None and told is not None:
            changes = before.late(self._connection, self._shared.asked, ACCOUNT)
            late = [change for change in changes if change.dimension == code]
        changes = self._changes.get(code, [])
        posted = {change.entry_id for change in (*late, *changes)}
        return PayerAccount(
            opening=_owed(self._opening, code) if told is None else told,
            closing=_owed(self._closing, code),
            movements=of_prior_period(_owed_more(late)) + _owed_more(changes),
            documents=tuple(
                DocumentLine(
                    *(item.number, item.framework, item.period, item.day, item.due),
                    *(item.sign * item.net_pence, item.sign * item.vat_pence),
                    *(item.sign * item.received_pence, item.sign * item.written_off_pence),
                )
                for item in raised
                if item.entry_id in posted
            ),
            banked=tuple(
                BankedLater(item.booked, item.entered, item.amount_pence)
                for item in self._banked
                if item.party == code
            ),
        )


def banked_later(connection: Connection, shared: Snapshot, kind: str) -> list[FoundLater]:
    """Money in that the bank had by the period's end, and that was entered after it."""
    known = AsKnown(known_on=shared.asked.known_on)
    return found_later(connection, kind, shared.period.last.last_day, known)


def _owed(held: dict[Account, dict[str, int]], code: str) -> Owed:
    """What a payer owes, by the balances of its account."""
    debtors, unallocated, creditors = (held[account].get(code, 0) for account in ACCOUNT)
    return Owed(-debtors, unallocated, creditors)


def _owed_more(changes: Iterable[BalanceChange]) -> tuple[Movement, ...]:
    """Movements of what is owed: positive where that is more."""
    return tuple(
        replace(item, amount_pence=-item.amount_pence) for item in entry_movements(changes)
    )

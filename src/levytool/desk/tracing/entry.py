"""An entry as posted, with its transfers: what the modules about entries share."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from levytool.accounts import Account
from levytool.desk.tracing.thing import OpenBooks, Parts
from levytool.journal import Transfer
from levytool.ledger.journal.entries import entry_number
from levytool.ledger.proofs.explained import PostedEntry


@dataclass(frozen=True, slots=True)
class PostedThing:
    """An entry and its transfers."""

    stored: PostedEntry
    transfers: tuple[Transfer, ...]

    @property
    def number(self) -> int:
        """Its number in the journal."""
        return self.stored.number

    @property
    def ref(self) -> str:
        """How it is called in explanations."""
        return entry_number(self.number)

    def moved(self, account: Account) -> dict[str, int]:
        """What the entry did to an account by dimension: credit positive, in pence."""
        found: Counter[str] = Counter()
        for item in self.transfers:
            if item.credit.account == account:
                found[item.credit.dimension] += item.amount_pence
            if item.debit.account == account:
                found[item.debit.dimension] -= item.amount_pence
        return {dimension: pence for dimension, pence in sorted(found.items()) if pence}


Neighbours = Callable[[OpenBooks, PostedThing], Iterable[Parts]]
"""What made an entry, or what came of it."""

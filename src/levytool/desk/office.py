"""Where the officer's acts are done: an open ledger and who is acting."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from levytool.acting import Acting
from levytool.ledger.database.transactions import Ledger


@dataclass(frozen=True, slots=True)
class Office:
    """An open ledger, who acts, and whether what they do is only tried (`--dry-run`).

    `trial` is the transaction that several acts share while they are tried one after another.
    """

    ledger: Ledger
    acting: Acting
    dry_run: bool = False
    trial: Connection | None = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot of the books."""
        if self.trial is not None:
            yield self.trial
            return
        with self.ledger.reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction; rolled back at the end of a dry run."""
        if self.trial is not None:
            with self.trial.begin_nested():
                yield self.trial
            return
        with self.ledger.writing(dry_run=self.dry_run) as connection:
            yield connection

    @contextmanager
    def trying_several(self) -> Iterator["Office"]:
        """An office in which each act sees what those before it did, even when all is only tried:
        so a dry run of several acts ends as they would."""
        if not self.dry_run or self.trial is not None:
            yield self
            return
        with self.ledger.writing(dry_run=True) as connection:
            yield replace(self, trial=connection)

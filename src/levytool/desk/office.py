"""Where the officer's acts are done: an open ledger and who is acting."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from levytool.acting import Acting
from levytool.ledger.transactions import Ledger


@dataclass(frozen=True, slots=True)
class Office:
    """An open ledger, who acts, and whether what they do is only tried (`--dry-run`)."""

    ledger: Ledger
    acting: Acting
    dry_run: bool = False

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot of the books."""
        with self.ledger.reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction; rolled back at the end of a dry run."""
        with self.ledger.writing(dry_run=self.dry_run) as connection:
            yield connection

"""Which months are closed: the latest of the closings and reopenings that were acted, and all that
lie before books that an opening file began."""

from collections.abc import Container
from dataclasses import dataclass

from sqlalchemy import Connection, text

from levytool.ledger.journal.opened import opened_until
from levytool.periods import Month

CLOSE = "period close"
REOPEN = "period reopen"


@dataclass(frozen=True, slots=True)
class ClosedMonths(Container[Month]):
    """The months that take no posting: those that were closed, and every one up to the cut-off."""

    closed: frozenset[Month]
    until: Month | None = None

    def __contains__(self, month: object) -> bool:
        if not isinstance(month, Month):
            return False
        return month in self.closed or (self.until is not None and month <= self.until)

    def __bool__(self) -> bool:
        return bool(self.closed) or self.until is not None


def closed_months(connection: Connection) -> ClosedMonths:
    """The months that take no posting."""
    rows = connection.execute(
        text(
            "SELECT subject, act FROM act WHERE act IN (:close, :reopen) AND state = 'done' "
            "ORDER BY id"
        ),
        {"close": CLOSE, "reopen": REOPEN},
    )
    latest: dict[str, str] = {str(subject): str(act) for subject, act in rows}
    closed = frozenset(Month.parse(subject) for subject, act in latest.items() if act == CLOSE)
    return ClosedMonths(closed, opened_until(connection))

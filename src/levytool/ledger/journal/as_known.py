"""Which state of the books a report is asked for: as at one day, as known on another.

Domain §3.5, *As at, as known*: `as_at` asks by effective date, `known_on` by the moment of posting.
A moment is kept in UTC, so a day ends at midnight UTC for everybody, whatever their clocks say, and
what was known on a day that is over never changes. This module alone turns the question into SQL.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class AsKnown:
    """The last effective day and the last day of posting that count; None: every day does."""

    as_at: date | None = None
    known_on: date | None = None

    @property
    def done_by(self) -> date:
        """The last day of what is dated by when it was done alone, such as a place verified."""
        return min(self.as_at or date.max, self.known_on or date.max)

    def day(self, today: date) -> date:
        """The day from which it is asked: today, or the day that was known, if that is past."""
        return min(today, self.known_on or today)

    def entry(self, entry: str = "e") -> str:
        """The SQL condition that a journal entry counts, by the name it has in the query."""
        return f"{self.effective(f'{entry}.effective')} AND {self.known(f'{entry}.posted')}"

    def effective(self, column: str) -> str:
        """The SQL condition that a day, by effective date, counts."""
        return "1 = 1" if self.as_at is None else f"{column} <= '{self.as_at}'"

    def known(self, column: str) -> str:
        """The SQL condition that a moment had come."""
        return "1 = 1" if self.known_on is None else f"substr({column}, 1, 10) <= '{self.known_on}'"

    def done(self, column: str) -> str:
        """The SQL condition that a moment had come by which something without an effective date
        was done."""
        return f"substr({column}, 1, 10) <= '{self.done_by}'"


NOW = AsKnown()
"""The books as they stand, with everything that is posted (domain §3.5: without `--as-at`)."""

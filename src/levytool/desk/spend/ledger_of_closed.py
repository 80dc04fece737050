"""That a member's ledger comes, or is taken back, when months of its lines are closed.

It posts nothing and leaves them closed, but what was filed then was laid beside other lines.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from levytool.desk.spend.import_outcome import CLOSED_MONTH
from levytool.ledger.journal.closing import closed_months
from levytool.ledger.spend import member_ledgers
from levytool.problems import Problem
from levytool.text import counted

NAMED = 3
"""How many months are named."""


def lines_in_closed(connection: Connection, ledger_id: int) -> dict[str, int]:
    """How many lines a ledger has in each month that was closed. Those before books that an opening
    file began were never filed here."""
    closed = {str(month) for month in closed_months(connection).closed}
    if not closed:
        return {}
    by_month = member_ledgers.lines_by_month(connection, ledger_id)
    return {month: lines for month, lines in sorted(by_month.items()) if month in closed}


def came_late(lines: Mapping[str, int], file: str) -> list[Problem]:
    """The warning that lines of a file are of closed months; none where none are."""
    if not lines:
        return []
    count, months = sum(lines.values()), list(lines)
    message = f"{_which(count, months)}, and what was filed did not have {_them(count)}"
    return [Problem(CLOSED_MONTH, message, _what_now(months), file)]


def taken_back(count: int, months: Sequence[str]) -> str:
    """What it means that lines of closed months are taken back; '' where none are."""
    if not months:
        return ""
    had = f"but what was filed may have had {_them(count)}"
    return f"{_which(count, months)}, {had}; {_what_now(months)}"


def _which(count: int, months: Sequence[str]) -> str:
    more = f" and {len(months) - NAMED} more" if len(months) > NAMED else ""
    return (
        f"{counted(count, 'line')} {'is' if count == 1 else 'are'} of "
        f"{', '.join(months[:NAMED])}{more}, which {'is' if len(months) == 1 else 'are'} closed: "
        "nothing is posted there"
    )


def _them(count: int) -> str:
    return "it" if count == 1 else "them"


def _what_now(months: Sequence[str]) -> str:
    return (
        "what is unexplained there now: levytool period status; to open "
        f"{'the' if len(months) == 1 else 'a'} month: "
        f"levytool period reopen {months[0]} --reason WHY"
    )

"""The levy that was settled, as entries posted it and as the members' shares have it (domain §3.5).

What a receipt, a set-off or a write-off settles is stored twice: as transfers from 2000 and 2100,
and as each member's share of the allocation, of which statements and later settlements are told.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, text

from levytool.accounts import Account
from levytool.ledger.documents.allocations import BEFORE_OPENING
from levytool.ledger.documents.documents import IS_WRITE_OFF


class SettledPart(NamedTuple):
    """What one entry settled of a member's levy and what of that was retained, in pence: as it
    posted them, and as the shares have them. Of what an entry does not post (billed mode moves
    nothing), what its allocations say stands beside their shares, of no member."""

    entry_id: int
    member: str
    posted_pence: int
    shares_pence: int
    posted_retained_pence: int = 0
    shares_retained_pence: int = 0

    @property
    def differs(self) -> bool:
        """Whether the two are not the same."""
        return (self.posted_pence, self.posted_retained_pence) != (
            self.shares_pence,
            self.shares_retained_pence,
        )


# A write-off posts the net less what 4100 gives back of it, in one sum from the debtor. What was
# retained of a payment before the opening stands in the balance of 4100 that was brought.
_SHARES = f"""
    SELECT a.entry_id, s.member, 0 AS posted, 0 AS posted_kept,
        CASE WHEN {IS_WRITE_OFF} THEN s.net_pence - s.retained_pence ELSE s.net_pence END AS net,
        CASE WHEN {IS_WRITE_OFF} OR a.bank_line_id = {BEFORE_OPENING} THEN 0
            ELSE s.retained_pence END AS kept, 0 AS moves
    FROM allocation a JOIN allocation_share s ON s.allocation_id = a.id
"""
_POSTED = """
    SELECT t.entry_id, t.{side}_dimension,
        CASE WHEN t.{side}_account = :billed OR t.{other}_account = :debtors
            THEN {sign} t.amount_pence ELSE 0 END,
        CASE WHEN t.{other}_account = :retained THEN {sign} t.amount_pence ELSE 0 END, 0, 0, 1
    FROM (SELECT DISTINCT entry_id FROM allocation) a
    CROSS JOIN journal_transfer t
    WHERE t.entry_id = a.entry_id AND t.{side}_account IN (:billed, :fund)
"""
_BOTH = f"""
    SELECT entry_id, member, CAST(SUM(posted) AS BIGINT), CAST(SUM(net) AS BIGINT),
        CAST(SUM(posted_kept) AS BIGINT), CAST(SUM(kept) AS BIGINT), MAX(moves)
    FROM ({_SHARES} UNION ALL {_POSTED.format(side="debit", other="credit", sign="")}
        UNION ALL {_POSTED.format(side="credit", other="debit", sign="-")}) AS sides
    GROUP BY entry_id, member ORDER BY entry_id, member
"""
_ALLOCATIONS = """
    SELECT a.entry_id, a.net_pence, COALESCE(CAST(SUM(s.net_pence) AS BIGINT), 0)
    FROM allocation a LEFT JOIN allocation_share s ON s.allocation_id = a.id
    GROUP BY a.id, a.entry_id, a.net_pence ORDER BY a.id
"""


def settled_levy(connection: Connection) -> list[SettledPart]:
    """Every entry that settles levy beside the shares of its allocations, member by member."""
    posted = list(_posted(connection))
    moving = {part.entry_id for part in posted}
    wrong = {part.entry_id for part in posted if part.differs}
    said = [
        SettledPart(entry_id, "", net_pence, shares_pence)
        for entry_id, net_pence, shares_pence in connection.execute(text(_ALLOCATIONS))
        if entry_id not in moving or (net_pence != shares_pence and entry_id not in wrong)
    ]
    return sorted([*posted, *said])


def _posted(connection: Connection) -> Iterator[SettledPart]:
    """The parts of entries that move levy."""
    rows = connection.execute(
        text(_BOTH),
        {
            "billed": Account.LEVY_BILLED_NOT_RECEIVED.value,
            "fund": Account.LEVY_FUND.value,
            "debtors": Account.LEVY_DEBTORS.value,
            "retained": Account.LEVY_RETAINED.value,
        },
    )
    by_entry: dict[int, list[tuple[SettledPart, int]]] = defaultdict(list)
    for *part, moves in rows:
        by_entry[part[0]].append((SettledPart(*part), moves))
    for parts in by_entry.values():
        if any(moves for _, moves in parts):
            yield from (part for part, _ in parts)

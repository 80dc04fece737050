"""The reporting periods that lines of either side stand in, or stood, found by what they say."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, text

from levytool.ledger.parties import registers
from levytool.ledger.spend.spend_keys import IN_FORCE
from levytool.periods import Month

_DECLARED = (
    f"SELECT DISTINCT r.period, r.state IN {IN_FORCE} FROM declaration_line l "
    "JOIN levy_return r ON r.id = l.return_id "
    "WHERE l.member_id = :member AND l.key_hash = :key"
)
_RECORDED = (
    "SELECT DISTINCT l.period, m.state = 'live' FROM member_line l "
    "JOIN member_ledger m ON m.id = l.ledger_id "
    "WHERE l.member_id = :member AND l.key_hash = :key"
)


class MonthsOfLine(NamedTuple):
    """The months that lines of one key stand in: of those in force, and of those that were, in a
    return that was corrected or rejected, or in a ledger that was withdrawn."""

    in_force: frozenset[Month]
    gone: frozenset[Month]

    @property
    def latest(self) -> frozenset[Month]:
        """Where they stand, else where they stood."""
        return self.in_force or self.gone


def months_of_lines(
    connection: Connection,
    declared: Iterable[tuple[str, int]],
    recorded: Iterable[tuple[str, int]],
) -> frozenset[Month]:
    """The months of lines in force, named by member and key hash. Those that say the same share a
    key: of two alike in two months both months are given."""
    found = (
        *months_of_keys(connection, declared, declared=True).values(),
        *months_of_keys(connection, recorded, declared=False).values(),
    )
    return frozenset(month for months in found for month in months.in_force)


def months_of_keys(
    connection: Connection, keys: Iterable[tuple[str, int]], *, declared: bool
) -> dict[tuple[str, int], MonthsOfLine]:
    """The months of the lines of one side, by member and key hash."""
    ids = registers.register(connection, registers.MEMBER).ids
    query = text(_DECLARED if declared else _RECORDED)
    found = {}
    for member, key_hash in set(keys):
        months: tuple[set[Month], set[Month]] = set(), set()
        values = {"member": ids.get(member, 0), "key": key_hash}
        for period, in_force in connection.execute(query, values):
            months[0 if in_force else 1].add(Month.parse(period))
        found[member, key_hash] = MonthsOfLine(*map(frozenset, months))
    return found

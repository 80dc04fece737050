"""The reporting periods that lines of either side stand in, found by what they say."""

from collections.abc import Iterable

from sqlalchemy import Connection, text

from levytool.ledger.parties import registers
from levytool.ledger.spend.spend_keys import IN_FORCE
from levytool.periods import Month

_DECLARED = (
    "SELECT DISTINCT r.period FROM declaration_line l JOIN levy_return r ON r.id = l.return_id "
    f"WHERE l.member_id = :member AND l.key_hash = :key AND r.state IN {IN_FORCE}"
)
_RECORDED = (
    "SELECT DISTINCT l.period FROM member_line l JOIN member_ledger m ON m.id = l.ledger_id "
    "WHERE l.member_id = :member AND l.key_hash = :key AND m.state = 'live'"
)


def months_of_lines(
    connection: Connection,
    declared: Iterable[tuple[str, int]],
    recorded: Iterable[tuple[str, int]],
) -> frozenset[Month]:
    """The months of lines in force, named by member and key hash. Those that say the same share a
    key: of two alike in two months both months are given."""
    ids = registers.register(connection, registers.MEMBER).ids
    found = {
        period
        for query, keys in ((_DECLARED, declared), (_RECORDED, recorded))
        for member, key_hash in set(keys)
        if member in ids
        for period in connection.scalars(text(query), {"member": ids[member], "key": key_hash})
    }
    return frozenset(map(Month.parse, found))

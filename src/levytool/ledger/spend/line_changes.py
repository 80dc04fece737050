"""What two returns' lines do not have in common, found by the database."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, text


class OddLine(NamedTuple):
    """A line that only one of two returns has. `rate_ppm` is None where it is charged by bands."""

    line_no: int
    date: str
    member_id: int
    lot: str
    call_off: str
    invoice: str
    credits: str
    description: str
    kept: str
    net_pence: int
    base_pence: int
    rate_ppm: int | None
    member_pays: int
    levy_micropence: int


_SUSPECTS = """
    INSERT INTO odd_line SELECT key_hash FROM (
        SELECT -1 AS side, {columns} FROM declaration_line WHERE return_id = :old
        UNION ALL SELECT 1, {columns} FROM declaration_line WHERE return_id = :new
    ) l GROUP BY key_hash HAVING SUM(side) <> 0 OR SUM(side * net_pence) <> 0
        OR SUM(side * base_pence) <> 0 OR SUM(side * COALESCE(rate_ppm, -1)) <> 0
        OR SUM(side * member_pays) <> 0{texts}
"""
_NUMBERS = "key_hash, net_pence, base_pence, rate_ppm, member_pays"
_TEXTS = ("lot", "credits", "kept")


def odd_lines(
    connection: Connection, old_id: int, new_id: int
) -> tuple[list[OddLine], list[OddLine]]:
    """Lines of the old return that the new one lacks, and lines that only the new one has.

    In line order; equal lines count one for one. The hash of what a line declares picks out those
    that may differ, and only they are read and compared.
    """
    connection.execute(text("DROP TABLE IF EXISTS odd_line"))
    connection.execute(text("CREATE TEMP TABLE odd_line (key_hash BIGINT PRIMARY KEY)"))
    returns = {"old": old_id, "new": new_id}
    differing = _differing_texts(connection, returns)
    suspects = _SUSPECTS.format(
        columns=", ".join((_NUMBERS, *differing)),
        texts="".join(f" OR MIN({name}) <> MAX({name})" for name in differing),
    )
    connection.execute(text(suspects), returns)
    sides = [_suspect_lines(connection, return_id) for return_id in (old_id, new_id)]
    counts = [Counter(map(_facts, lines)) for lines in sides]
    return _beyond(sides[0], counts[1]), _beyond(sides[1], counts[0])


def _differing_texts(connection: Connection, returns: dict[str, int]) -> list[str]:
    """The texts that are not the same on every line of both returns: sorting with the others costs
    as much as all the rest."""
    ends = ", ".join(f"MIN({name}), MAX({name})" for name in _TEXTS)
    both = text(f"SELECT {ends} FROM declaration_line WHERE return_id IN (:old, :new)")
    found = connection.execute(both, returns).one()
    return [name for place, name in enumerate(_TEXTS) if found[2 * place] != found[2 * place + 1]]


def _suspect_lines(connection: Connection, return_id: int) -> list[OddLine]:
    columns = ", ".join(f"l.{name}" for name in OddLine._fields)
    rows = connection.execute(
        text(
            f"SELECT {columns} FROM declaration_line l JOIN odd_line o ON o.key_hash = l.key_hash "
            "WHERE l.return_id = :number ORDER BY l.line_no"
        ),
        {"number": return_id},
    )
    found = (list(row) for row in rows)
    return [OddLine(line[0], str(line[1]), *line[2:]) for line in found]


def _facts(line: OddLine) -> tuple[Any, ...]:
    """What makes two lines equal: all but their number and, as bands may change it, their levy."""
    return line[1:-1]


def _beyond(lines: Iterable[OddLine], others: Counter[tuple[Any, ...]]) -> list[OddLine]:
    """The lines that have no equal on the other side, once each equal has been taken."""
    left = others.copy()
    found = []
    for line in lines:
        facts = _facts(line)
        if left[facts]:
            left[facts] -= 1
        else:
            found.append(line)
    return found

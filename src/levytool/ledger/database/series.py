"""Gap-free numbers, allotted in the transaction that uses them, and how they are written."""

from sqlalchemy import Connection, text

from levytool.problems import UsageError

ENTRY = "entry"
RETURN = "return"
FILE = "file"
INVOICE = "INV"
CREDIT_NOTE = "CN"
STATEMENT = "ST"


def allot(connection: Connection, series: str, count: int = 1) -> int:
    """The first of `count` numbers in a row, from 1 on.

    The row of the series stays locked until the transaction ends, and a rollback gives the
    numbers back: so none is skipped and none is given twice.
    """
    if count == 0:
        return 0
    found = connection.scalar(
        text(
            "UPDATE series SET next_number = next_number + :count WHERE name = :name "
            "RETURNING next_number"
        ),
        {"count": count, "name": series},
    )
    if found is None:
        connection.execute(
            text("INSERT INTO series (name, next_number) VALUES (:name, :next)"),
            {"name": series, "next": 1 + count},
        )
        return 1
    return int(found) - count


def last_given(connection: Connection, series: str) -> int:
    """The last number that was allotted; 0 before the first."""
    found = connection.scalar(
        text("SELECT next_number FROM series WHERE name = :name"), {"name": series}
    )
    return int(found or 1) - 1


def numbered(letters: str, number: int) -> str:
    """How the books write a number: `R-000001`."""
    return f"{letters}-{number:06d}"


def number_in(written: str, letters: str, thing: str, see: str) -> int:
    """The number behind `R-000001`, in any case, or behind its digits alone.

    Raises UsageError for anything else: it says that it is not `thing`, and to `see` the command
    that lists what there is.
    """
    digits = written.upper().removeprefix(f"{letters}-")
    if not (digits.isascii() and digits.isdecimal()):
        raise UsageError(
            f"{written!r} is not {thing}; write it as {numbered(letters, 1)} (see: {see})"
        )
    return int(digits)

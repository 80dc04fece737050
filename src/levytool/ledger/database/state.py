"""A mark of the state that the books are in: as long as it is the same, nothing was done in them.

Whatever an officer does leaves a row behind or changes what a row is (a return, a file, a ledger):
numbers that only grow and rows counted by their state tell every two states apart, and are found
without reading the books.
"""

from sqlalchemy import Connection, text

_GROWING = (
    "book_version",
    "journal_entry",
    "act",
    "import_file",
    "levy_return",
    "bank_line",
    "bank_identification",
    "allocation",
    "opportunity",
    "member_ledger",
    "finance_export",
    "issued_statement",
)
_WITH_STATES = ("import_file", "levy_return", "member_ledger")

_MARK = " UNION ALL ".join(
    [f"SELECT '{table}' AS what, MAX(id) AS so_far FROM {table}" for table in _GROWING]
    + [
        f"SELECT '{table} ' || state, COUNT(*) FROM {table} GROUP BY state"
        for table in _WITH_STATES
    ]
    + ["SELECT 'series ' || name, next_number FROM series"]
    + ["SELECT 'scheme', COUNT(*) FROM scheme"]
)


def state_of(connection: Connection) -> str:
    """The mark of the state that the connection sees."""
    return ";".join(sorted(f"{what} {so_far}" for what, so_far in connection.execute(text(_MARK))))

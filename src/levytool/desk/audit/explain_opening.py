"""Tracing what was there when the books were opened to the opening file and its line."""

from sqlalchemy import Connection

from levytool.desk.audit.trace import Trace, told
from levytool.ledger.opened import opening_file


def opening_trace(connection: Connection, name: str = "") -> tuple[Trace, ...]:
    """The opening file and the line of what it brought under `name`, such as `pot SALIX/2025-03`.

    Nothing where these books began with nothing, or the file brought no such thing.
    """
    file = opening_file(connection)
    if file is None or (name and name not in file.rows):
        return ()
    facts = told(
        name=file.name,
        sha256=file.sha256,
        line=file.rows.get(name, ""),
        opened=f"{file.opened_at[:10]} by {file.opened_by}",
    )
    return (Trace("opening file", "", facts),)

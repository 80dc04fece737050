"""Which months are closed: the latest of the closings and reopenings that were acted."""

from sqlalchemy import Connection, text

from levytool.periods import Month

CLOSE = "period close"
REOPEN = "period reopen"


def closed_months(connection: Connection) -> frozenset[Month]:
    """The months that take no posting."""
    rows = connection.execute(
        text(
            "SELECT subject, act FROM act WHERE act IN (:close, :reopen) AND state = 'done' "
            "ORDER BY id"
        ),
        {"close": CLOSE, "reopen": REOPEN},
    )
    latest: dict[str, str] = {str(subject): str(act) for subject, act in rows}
    return frozenset(Month.parse(subject) for subject, act in latest.items() if act == CLOSE)

"""Members' own purchase ledgers: which files were recorded, and taking a wrong one back."""

from typing import Any

from levytool.desk.office import Office
from levytool.desk.spend.ledger_of_closed import lines_in_closed
from levytool.ledger.journal import acts
from levytool.ledger.spend import member_ledgers, returns
from levytool.ledger.spend.member_ledgers import StoredLedger
from levytool.money import format_pence

WITHDRAW = "spend withdraw"


def list_ledgers(office: Office) -> list[dict[str, Any]]:
    """Every file that was recorded, by number."""
    with office.reading() as connection:
        return [_row(ledger) for ledger in member_ledgers.find_ledgers(connection)]


def withdraw_ledger(office: Office, number: str, reason: str) -> list[dict[str, Any]]:
    """Take a file back. A second time nothing is done. `closed` has the closed months whose lines
    it takes back, `closed_lines` how many: they stay closed. Raises UsageError where there is none.
    """
    closed: dict[str, int] = {}
    with office.writing() as connection:
        ledger = member_ledgers.get_ledger(connection, number)
        if ledger.state == member_ledgers.LIVE:
            closed = lines_in_closed(connection, ledger.id)
            member_ledgers.withdraw(connection, ledger.id)
            returns.drop_files(connection, [ledger.file_id])
            acts.record(
                connection, office.acting, WITHDRAW, ledger.number, {"reason": reason.strip()}
            )
        told = {"closed": list(closed), "closed_lines": sum(closed.values())}
        return [_row(member_ledgers.get_ledger(connection, number)) | told]


def _row(ledger: StoredLedger) -> dict[str, Any]:
    return {
        "ledger": ledger.number,
        "file": ledger.file,
        "state": ledger.state,
        "lines": ledger.lines,
        "net": format_pence(ledger.net_pence),
        "first": ledger.first_day.isoformat(),
        "last": ledger.last_day.isoformat(),
        "recorded_by": ledger.recorded_by,
    }

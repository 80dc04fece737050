"""Declaration lines as rows (contract, `spend list`), streamed from the ledger."""

from collections.abc import Iterator
from typing import Any

from levytool.desk.book_in_force import book_in_force
from levytool.desk.given import code_of
from levytool.desk.office import Office
from levytool.ledger.parties import registers
from levytool.ledger.spend import returns
from levytool.ledger.spend.lines import lines_of
from levytool.ledger.spend.returns import StoredReturn
from levytool.money import format_line_levy, format_pence, format_percent
from levytool.periods import Period

_COLUMNS = (
    "line_no",
    "row_no",
    "date",
    "member_id",
    "lot",
    "call_off",
    "invoice",
    "net_pence",
    "rate_ppm",
    "levy_micropence",
    "levy_share_pence",
)


def list_spend(
    office: Office,
    *,
    return_number: str | None = None,
    member: str | None = None,
    period: Period | None = None,
) -> Iterator[dict[str, Any]]:
    """Lines of staged and accepted returns; a corrected or rejected one's only by its number.

    `rate` is None for a line charged by bands, `levy_share` None while its return is staged.
    Raises UsageError for a return or member that is not there.
    """
    with office.reading() as connection:
        members = registers.register(connection, registers.MEMBER)
        wanted = None
        if member is not None:
            wanted = members.ids[code_of(book_in_force(connection), "member", member)]
        if return_number is not None:
            chosen = [returns.get_return(connection, return_number)]
        else:
            states = (returns.STAGED, returns.ACCEPTED)
            chosen = returns.find_returns(connection, period=period, states=states)
        by_id = {stored.id: stored for stored in chosen}
        for return_id, lines in lines_of(connection, list(by_id), _COLUMNS):
            stored = by_id[return_id]
            for line in lines:
                if wanted is None or line[3] == wanted:
                    yield _row(stored, members.codes[line[3]], line)


def _row(stored: StoredReturn, member: str, line: tuple[Any, ...]) -> dict[str, Any]:
    line_no, row_no, day, _member, lot, call_off, invoice, net, rate_ppm, levy, share = line
    return {
        "return": stored.number,
        "line": line_no,
        "row": row_no,
        "date": day,
        "period": str(stored.period),
        "member": member,
        "contractor": stored.contractor,
        "framework": stored.framework,
        "lot": lot,
        "call_off": call_off,
        "invoice": invoice,
        "net": format_pence(net),
        "rate": None if rate_ppm is None else format_percent(rate_ppm),
        "levy": format_line_levy(levy),
        "levy_share": None if share is None else format_pence(share),
    }

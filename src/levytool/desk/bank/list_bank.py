"""Bank lines as rows: what each is, and what of it nobody has explained."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from levytool.desk.bank.bank_accounts import account_named
from levytool.desk.book_in_force import book_in_force
from levytool.desk.office import Office
from levytool.ledger.bank.bank_lines import (
    Identified,
    StoredBankLine,
    find_lines,
    get_line,
    identified_by_line,
    receipts_not_identified,
)
from levytool.ledger.bank.contras import CONTRA
from levytool.ledger.bank.receipts import refunds, unallocated
from levytool.ledger.bank.withdrawals import WITHDRAWN, withdrawn_by
from levytool.ledger.documents.allocations import cash_allocated
from levytool.money import format_pence
from levytool.periods import Period
from levytool.problems import UsageError

UNIDENTIFIED = "unidentified"
PART_IDENTIFIED = "part-identified"
UNALLOCATED = "unallocated"
EXPLAINED = "explained"


@dataclass(frozen=True, slots=True)
class Told:
    """What an act on bank lines gives back: the rows it touched, and what there is to say."""

    rows: list[dict[str, Any]]
    said: tuple[str, ...] = ()


def list_bank(
    office: Office,
    *,
    account: str | None = None,
    period: Period | None = None,
    only_open: bool = False,
    withdrawn: bool = False,
) -> list[dict[str, Any]]:
    """Bank lines, all or of an account or of the months they were booked in, in order.

    `only_open` leaves out those that are explained to the last penny; `withdrawn` asks for those
    that were taken back, which are left out else. Raises UsageError for an account that the book
    does not have, or for both.
    """
    if only_open and withdrawn:
        raise UsageError("a line that is withdrawn is not open; give --open or --withdrawn")
    with office.reading() as connection:
        if account is not None:
            account = account_named(book_in_force(connection).consortium, account)[0].name
        found = find_lines(connection, account=account, booked=period, withdrawn=withdrawn)
        rows = bank_rows(connection, found)
    return [row for row in rows if not only_open or row["state"] != EXPLAINED]


def open_receipts(office: Office) -> int:
    """How many receipts are not explained to the last penny."""
    with office.reading() as connection:
        left = unallocated(connection)
        placed_in_part = {line for line, parts in left.items() if sum(parts.values())}
        return len(placed_in_part.union(receipts_not_identified(connection)))


def line_rows(connection: Connection, number: str) -> list[dict[str, Any]]:
    """The row of one line."""
    line = get_line(connection, number)
    return bank_rows(connection, [line], line.id)


def open_pence(line: StoredBankLine, identified: Iterable[Identified]) -> int:
    """What of a line nobody has identified, as a magnitude: its part of 2900."""
    return abs(line.amount_pence) - sum(item.amount_pence for item in identified)


def bank_rows(
    connection: Connection, lines: Iterable[StoredBankLine], line_id: int | None = None
) -> list[dict[str, Any]]:
    """Lines as scripts read them; `line_id` where they are but one."""
    identified = identified_by_line(connection, line_id)
    allocated = cash_allocated(connection, line_id)
    left = unallocated(connection, line_id)
    gone = withdrawn_by(connection)
    refunded = Counter[str]()
    for refund in refunds(connection):
        refunded[refund.line] += refund.amount_pence
    return [
        _row(
            line,
            identified.get(line.id, []),
            [number for number, _payer in allocated.get(line.id, ())],
            sum(left.get(line.id, {}).values()),
            refunded[line.number],
            gone=line.id in gone,
        )
        for line in lines
    ]


def _with_whom(item: Identified) -> str:
    """Whose a part of a line is; of a contra the line that it is set against."""
    return item.subject if item.kind == CONTRA else item.party


def _row(
    line: StoredBankLine,
    identified: list[Identified],
    documents: list[str],
    left_pence: int,
    refunded_pence: int,
    *,
    gone: bool,
) -> dict[str, Any]:
    unidentified = open_pence(line, identified)
    if gone:
        state = WITHDRAWN
    elif unidentified:
        state = PART_IDENTIFIED if identified else UNIDENTIFIED
    else:
        state = UNALLOCATED if left_pence else EXPLAINED
    sign = -1 if line.amount_pence < 0 else 1
    balance = line.balance_pence
    return {
        "line": line.number,
        "account": line.account,
        "date": line.booked.isoformat(),
        "amount": format_pence(line.amount_pence),
        "balance": None if balance is None else format_pence(balance),
        "description": line.description,
        "reference": line.reference,
        "state": state,
        "as": WITHDRAWN if gone else ", ".join(dict.fromkeys(item.kind for item in identified)),
        "party": ", ".join(dict.fromkeys(filter(None, map(_with_whom, identified)))),
        "documents": documents,
        "unidentified": format_pence(sign * unidentified),
        "unallocated": format_pence(left_pence),
        "refunded": format_pence(refunded_pence),
    }

"""Members' own purchase ledgers and their lines: what was recorded, and from which row."""

import re

from levytool.desk.tracing.thing import Form, OpenBooks, Thing
from levytool.desk.tracing.trace import pounds, told
from levytool.ledger.parties import registers
from levytool.ledger.spend import member_ledgers
from levytool.money import display_pence
from levytool.problems import UsageError
from levytool.text import counted


def _find_line(books: OpenBooks, match: re.Match[str]) -> Thing:
    ledger = member_ledgers.get_ledger(books.connection, f"M-{match[1]}")
    line = member_ledgers.line_at(books.connection, ledger.id, int(match[2]))
    if line is None:
        raise UsageError(
            f"{ledger.number} has no line {int(match[2])}; it has {ledger.lines:,} "
            "(see: levytool spend ledgers)"
        )
    parties = registers.all_codes(books.connection)
    member = parties[line["member_id"]]
    facts = told(
        member=member,
        contractor=parties[line["contractor_id"]],
        framework=parties.get(line["framework_id"], ""),
        period=line["period"],
        lot=line["lot"],
        call_off=line["call_off"],
        date=str(line["date"]),
        invoice=line["invoice"],
        credits=line["credits"],
        description=line["description"],
        kept=line["kept"],
        net=pounds(line["net_pence"]),
        file=ledger.file,
        row=line["row_no"],
        state=ledger.state,
    )
    what = " ".join(part for part in (member, str(line["date"]), line["invoice"]) if part)
    return Thing(
        "line of a member's ledger",
        f"{ledger.number}/{line['line_no']}",
        f"{what}, net {display_pence(line['net_pence'])}",
        facts,
    )


def _find_ledger(books: OpenBooks, match: re.Match[str]) -> Thing:
    ledger = member_ledgers.get_ledger(books.connection, f"M-{match[1]}")
    return Thing(
        "member's ledger",
        ledger.number,
        f"{ledger.file}, {ledger.state}: {counted(ledger.lines, 'line')}, net "
        f"{display_pence(ledger.net_pence)}",
        told(
            file=ledger.file,
            state=ledger.state,
            lines=ledger.lines,
            net=pounds(ledger.net_pence),
            first_day=ledger.first_day,
            last_day=ledger.last_day,
            recorded_at=ledger.recorded_at,
            recorded_by=ledger.recorded_by,
        ),
    )


FORMS = (
    Form("M-000004/9", "a line of a member's own ledger", r"M-(\d+)/(\d+)", _find_line),
    Form("M-000004", "a file of a member's own ledger", r"M-(\d+)", _find_ledger),
)

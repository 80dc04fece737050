"""What the books say of a file's lines that is no reason to refuse them, but worth a look.

Warnings (contract, *Importing spend*): `period-closed`, `duplicate-invoice`, `sudden-change`; and
`after-today`, `credits-unknown`, `credits-too-much`. An invoice with several lines in one file is
ordinary; one that another file has declared is not.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from levytool.desk.spend.credits_named import doubtful_credits
from levytool.desk.spend.declared import KnownReturns
from levytool.desk.spend.file_lines import FileLines
from levytool.ledger.journal.closing import ClosedMonths, closed_months
from levytool.ledger.spend import returns
from levytool.ledger.spend.lines import Invoiced, invoiced_before
from levytool.ledger.spend.returns import StoredReturn
from levytool.money import display_pence
from levytool.periods import Month
from levytool.problems import Problem

MONTHS_ENOUGH = 3
"""Fewer accepted months say little of what is usual: they have no median to compare with."""

SUDDEN_CHANGE = "sudden-change"
PERIOD_CLOSED = "period-closed"

TIMES = 3
"""A month changes suddenly when it is over so many times the contractor's median month."""


def worth_a_look(
    connection: Connection,
    file: str,
    lines: FileLines,
    known: KnownReturns,
    refused: Collection[int],
    today: date,
) -> list[Problem]:
    """Warnings of a file in order: closed periods, changed returns, days to come, then invoices
    by row, then credit notes by row."""
    found = [
        *_periods_closed(connection, lines, refused),
        *_sudden_changes(lines, known, refused),
        *_after_today(lines, refused, today),
        *_duplicate_invoices(connection, lines, known, refused),
        *doubtful_credits(connection, lines, known, refused),
    ]
    return [replace(problem, file=file) for problem in found]


def _periods_closed(
    connection: Connection, lines: FileLines, refused: Collection[int]
) -> Iterator[Problem]:
    """Reporting periods that take no posting, where a line of them is taken."""
    closed = closed_months(connection)
    taken = {
        Month.parse(codes[2])
        for codes, number in lines.returns.items()
        if any(position not in refused for position in lines.positions[number])
    }
    for period in sorted(taken):
        if period in closed:
            yield _period_closed(period, closed, "will post", _before_posting(period, closed))


def once_posted(connection: Connection, warnings: Sequence[Problem]) -> list[Problem]:
    """The same warnings once the lines are accepted: what a closed period asks to be done before
    that is too late."""
    closed = closed_months(connection)
    hint = "leave it so: what is posted stays where it is"
    return [
        replace(_period_closed(Month.parse(one.value), closed, "are posted", hint), file=one.file)
        if one.code == PERIOD_CLOSED
        else one
        for one in warnings
    ]


def _period_closed(period: Month, closed: ClosedMonths, post: str, hint: str) -> Problem:
    month = period
    while month in closed:
        month = month.plus(1)
    return Problem(
        code=PERIOD_CLOSED,
        value=str(period),
        message=f"{period} is closed: its lines {post} in {month}, the first open month after it, "
        "and stay reported under their own",
        hint=hint,
    )


def _before_posting(period: Month, closed: ClosedMonths) -> str:
    if closed.until is not None and period <= closed.until:
        return "it lies before these books, so leave it so"
    reopen = f"levytool period reopen {period} --reason …"
    return f"leave it so; to post in {period} itself it must be open before acceptance: {reopen}"


def _sudden_changes(
    lines: FileLines, known: KnownReturns, refused: Collection[int]
) -> Iterator[Problem]:
    """Months far above the median of the contractor's accepted ones before, on that framework.

    A month's net is all that stands for it once the file is in. Nil months are no measure.
    """
    history: dict[tuple[int, int], dict[Month, int]] = {}
    for key, standing in known.in_force.items():
        accepted = [stored for stored in standing if stored.state == returns.ACCEPTED]
        if accepted:
            by_period = history.setdefault((key.contractor_id, key.framework_id), {})
            by_period[Month.parse(key.period)] = _net(accepted)
    if not history:
        return
    for codes, number in sorted(lines.returns.items(), key=lambda item: item[0]):
        key = known.key_of(codes)
        period = Month.parse(codes[2])
        by_period = history.get((key.contractor_id, key.framework_id), {})
        earlier = sorted(net for month, net in by_period.items() if month < period)
        kept = [p for p in lines.positions[number] if p not in refused]
        if len(earlier) < MONTHS_ENOUGH or not kept:
            continue
        net = sum(lines.net_pence[position] for position in kept)
        net += _net(known.staged.get(key, [])) + _net(known.in_force.get(key, []))
        twice_median = earlier[(len(earlier) - 1) // 2] + earlier[len(earlier) // 2]
        if twice_median > 0 and 2 * net > TIMES * twice_median:
            yield Problem(
                code=SUDDEN_CHANGE,
                value=display_pence(net),
                message=f"{codes[0]} declares {display_pence(net)} on {codes[1]} for {period}, "
                f"over {TIMES} times its median month of {display_pence(twice_median // 2)} "
                f"({len(earlier)} accepted before)",
                hint="ask the contractor if that is right",
            )


def is_sudden_of(message: str, stored: StoredReturn) -> bool:
    """Whether the message of a sudden change is of this return: it names whose month it is."""
    whose = f" on {stored.framework} for {stored.period}, over "
    return message.startswith(f"{stored.contractor} declares ") and whose in message


def _net(standing: Collection[StoredReturn]) -> int:
    return sum(stored.net_pence for stored in standing)


def _after_today(lines: FileLines, refused: Collection[int], today: date) -> Iterator[Problem]:
    """Lines dated on a day to come: nothing can have been invoiced on it yet."""
    to_come = {number: day for day, number in lines.dates.items() if day > today.isoformat()}
    if not to_come:
        return
    for position, number in enumerate(lines.date_of):
        if number in to_come and position not in refused:
            yield Problem(
                code="after-today",
                row=lines.rows[position],
                value=to_come[number],
                message=f"the line is dated after today, {today}",
                hint="check its date: nothing can have been invoiced on a day to come",
            )


def _duplicate_invoices(
    connection: Connection, lines: FileLines, known: KnownReturns, refused: Collection[int]
) -> Iterator[Problem]:
    """Invoices that a line of an earlier file has too, and credits of its number and amount."""
    contractors = {
        key.contractor_id for standing in (known.staged, known.in_force) for key in standing
    }
    ids = [known.contractors[codes[0]] for codes in lines.returns]
    if contractors.isdisjoint(ids):
        return

    def invoiced() -> Iterator[Invoiced]:
        for texts in lines.texts():
            for position, invoice in zip(texts.positions, texts.invoices, strict=True):
                contractor = ids[lines.return_of[position]]
                net_pence = lines.net_pence[position]
                if invoice and contractor in contractors and net_pence:
                    yield Invoiced(position, contractor, invoice, min(net_pence, 0))

    for position, invoice, return_id, line_no in invoiced_before(connection, invoiced()):
        if position not in refused:
            is_credit = lines.net_pence[position] < 0
            what, once = ("credit", "credited") if is_credit else ("invoice", "billed")
            yield Problem(
                code="duplicate-invoice",
                row=lines.rows[position],
                value=invoice,
                message=f"this {what} was declared before, as "
                f"{returns.return_number(return_id)}/{line_no}",
                hint=f"make sure that it is not {once} twice",
            )

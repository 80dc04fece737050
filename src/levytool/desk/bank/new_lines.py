"""Which lines of a file no earlier one brought, and what there is to say of the others."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from levytool.bank.ofx_reader import OFX
from levytool.bank.statement import BankStatement, StatementFile
from levytool.desk.bank.parts_of_a_day import balances_before, told_apart
from levytool.desk.bank.recognise_lines import recognise
from levytool.ledger.bank import bank_lines
from levytool.ledger.bank.bank_lines import KnownLine, NewBankLine
from levytool.ledger.journal.opened import opened_until
from levytool.problems import Problem
from levytool.text import counted


class NewLines(NamedTuple):
    """The lines of an account that no earlier file brought, in their order; what there is to say;
    and of the lines in the books on the file's days those that the file does not have."""

    lines: list[NewBankLine]
    warnings: list[Problem]
    not_in_file: tuple[KnownLine, ...] = ()


def new_lines(
    connection: Connection,
    file: StatementFile,
    told: list[NewBankLine],
    statements: Sequence[BankStatement],
    again: Collection[int],
    account: str,
) -> NewLines:
    """What is new of an account's lines, as `told` in its `statements`; of those `again` are the
    places of statements that overlap others of the file."""
    lines, warnings = _after_opening(connection, file.name, told, account)
    if not lines:
        return NewLines([], warnings)
    days = [line.booked for line in lines]
    known = bank_lines.known_lines(connection, account, min(days), max(days))
    if not known:
        return NewLines(lines, warnings)
    found = recognise([line.content for line in lines], file.format, known)
    if found.by_content and file.format != OFX:
        before = balances_before(statements, again)
        apart = told_apart(connection, lines, before, found)
        warnings += _like_known(file.name, account, len(apart.doubtful))
        found = recognise([line.content for line in lines], file.format, known, apart.others)
    if found.by_day_and_amount:
        warnings.append(
            Problem(
                "known-by-amount",
                f"{counted(found.by_day_and_amount, 'line')} of {account} came before in a file of "
                "another format, with the same day and amount and in other words: left out",
                "look at levytool bank list if two payments of one day and amount were meant",
                file=file.name,
            )
        )
    return NewLines([lines[position] for position in found.new], warnings, found.left)


def _like_known(file: str, account: str, count: int) -> list[Problem]:
    """Says how many lines were left out that the balances contradict to be those in the books."""
    if not count:
        return []
    message = (
        f"{counted(count, f'line of {account} is', f'lines of {account} are')} like one of the day "
        "in the books, and the balances tell otherwise: left out"
    )
    hint = (
        "import a statement of the whole day: an equal line counts as often as it stands there, "
        "whatever came before"
    )
    return [Problem("like-known", message, hint, file=file)]


def _after_opening(
    connection: Connection, file: str, lines: list[NewBankLine], account: str
) -> tuple[list[NewBankLine], list[Problem]]:
    """The lines booked after the books were opened: those before are in the balance brought in."""
    opened = opened_until(connection)
    if opened is None:
        return lines, []
    later = [line for line in lines if line.booked > opened.last_day]
    if len(later) == len(lines):
        return lines, []
    message = (
        f"{counted(len(lines) - len(later), 'line')} of {account} booked by {opened.last_day}: "
        "in the balance that was brought in, so left out"
    )
    hint = "nothing, if that balance was the bank's own"
    return later, [Problem("before-opening", message, hint, file=file)]

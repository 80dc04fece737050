"""New lines that are like lines in the books which their file does not have: perhaps they came
before, and the bank calls them otherwise now (OFX with new FITIDs, another layout of a CSV).

Nothing is left out for it, since two equal receipts of one day are both real. It is said where the
balances of either file prove nothing; else `bank_balances` tells it.
"""

import shlex
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

from sqlalchemy import Connection

from levytool.bank.ofx_reader import OFX
from levytool.bank.statement import BankStatement, StatementFile
from levytool.desk.bank.new_lines import NewLines
from levytool.ledger.bank.bank_lines import (
    KnownLine,
    LineContent,
    NewBankLine,
    file_of_lines,
    ids_by_row,
    line_number,
)
from levytool.ledger.bank.files_told import FileTold, files_told
from levytool.ledger.bank.withdrawals import name_of_file
from levytool.money import display_pence
from levytool.problems import Problem
from levytool.text import counted

_FEW = 5
_AT_ONCE = 50
"""So many lines are named in a command that takes them back."""


class Like(NamedTuple):
    """A new line and the one in the books that it may be: in the same words or in others."""

    line: NewBankLine
    held: KnownLine
    same_words: bool


def lines_like(lines: Sequence[NewBankLine], held: Iterable[KnownLine]) -> list[Like]:
    """Which new lines are like lines that their file does not have, each of which is used once.

    Alike are two of one day, amount and text, whatever the bank calls them; or of one day and
    amount, where the bank does not give both a reference.
    """
    held = list(held)
    days = {one.content[:2] for one in held}
    lines = [line for line in lines if (line.booked, line.amount_pence) in days]
    by_words = defaultdict[LineContent, deque[KnownLine]](deque)
    for one in held:
        by_words[_nameless(one.content)].append(one)
    found, others = dict[int, Like](), list[int]()
    for at, line in enumerate(lines):
        if alike := by_words.get(_nameless(line.content)):
            found[at] = Like(line, alike.popleft(), same_words=True)
        else:
            others.append(at)
    by_amount = defaultdict[tuple[object, ...], deque[KnownLine]](deque)
    for one in chain.from_iterable(by_words.values()):
        by_amount[_day_and_amount(one.content)].append(one)
    for at in others:
        line = lines[at]
        for named in (False,) if line.servicer_reference else (False, True):
            if alike := by_amount.get((line.booked, line.amount_pence, named)):
                found[at] = Like(line, alike.popleft(), same_words=False)
                break
    return [found[at] for at in sorted(found)]


def _nameless(content: LineContent) -> LineContent:
    """What the bank says of a line but its reference."""
    return content._replace(servicer_reference="")


def _day_and_amount(content: LineContent) -> tuple[object, ...]:
    """Day and amount, and whether the bank gives a reference."""
    return content.booked, content.amount_pence, bool(content.servicer_reference)


def perhaps_held(
    connection: Connection,
    file: StatementFile,
    file_id: int,
    statements: Sequence[BankStatement],
    new: NewLines,
) -> list[Problem]:
    """What an import has to say of such lines of an account, once they are stored. `statements` are
    the account's in the file."""
    found = lines_like(new.lines, new.not_in_file)
    if not found:
        return []
    account, days = found[0].line.account, [like.line.booked for like in found]
    file_of = file_of_lines(connection, account, min(days), max(days))
    files = {told.file_id: told for told in files_told(connection)}
    silent = [one for one in statements if file.format == OFX or one.opening_pence is None]
    rows = {line.row for one in silent for line in one.lines}
    alike = [
        like
        for like in found
        if like.line.row in rows or not _proves(files.get(file_of[like.held.line_id]), account)
    ]
    if not alike:
        return []
    numbers = {row: line_number(one) for row, one in ids_by_row(connection, file_id).items()}
    named = counted(
        len(alike),
        f"new line of {account} is like a line",
        f"new lines of {account} are like lines",
    )
    message = f"{named} in the books that the file does not have: " + ", ".join(
        _paired([like for like in alike if like.same_words is same], numbers, words)
        for same, words in (
            (True, "in all but the bank's reference"),
            (False, "in day and amount, in other words"),
        )
        if any(like.same_words is same for like in alike)
    )
    last = files.get(max(file_of[like.held.line_id] for like in alike))
    message += _told_by_closings(connection, statements, last, new, alike) or (
        "; no balance proves that it is another"
        if len(alike) == 1
        else "; no balance proves that they are others"
    )
    if len(alike) == len(numbers):
        given = f"--file {shlex.quote(file.name)}"
    else:
        given = " ".join(numbers[like.line.row] for like in alike[:_AT_ONCE])
        given += "…" if len(alike) > _AT_ONCE else ""
    hint = (
        "compare them with the bank; what came twice is taken back: levytool bank withdraw "
        f"{given} --reason TEXT"
    )
    return [Problem("perhaps-held", message, hint, file=file.name)]


def _proves(told: FileTold | None, account: str) -> bool:
    """Whether a file's balances prove what lines of an account it has; no file brought a line of
    the opening balances."""
    if told is None or told.format == OFX:
        return False
    return bool(told.undated or told.spans.get(account))


def _paired(alike: Sequence[Like], numbers: dict[int, str], words: str) -> str:
    """`2 in all but the bank's reference (B-000003 like B-000001, B-000004 like B-000002)`."""
    pairs = [
        f"{numbers[like.line.row]} like {line_number(like.held.line_id)}" for like in alike[:_FEW]
    ]
    more = ["…"] if len(alike) > _FEW else []
    return f"{len(alike):,} {words} ({', '.join([*pairs, *more])})"


def _told_by_closings(
    connection: Connection,
    statements: Sequence[BankStatement],
    last: FileTold | None,
    new: NewLines,
    alike: Sequence[Like],
) -> str:
    """That the closing balances of this file and of the `last` that has such lines are apart by
    just what the other new lines come to: then the lines are the same. Else ''."""
    if last is None or len(statements) != 1 or statements[0].closing_pence is None:
        return ""
    spans = last.spans.get(alike[0].line.account, ())
    if len(spans) != 1:
        return ""
    others_pence = sum(line.amount_pence for line in new.lines)
    others_pence -= sum(like.line.amount_pence for like in alike)
    if statements[0].closing_pence - spans[0].closing_pence != others_pence:
        return ""
    was, now = display_pence(spans[0].closing_pence), display_pence(statements[0].closing_pence)
    came = "it: it came before" if len(alike) == 1 else "them: they came before"
    rest = f"the {display_pence(others_pence)} of the other new lines"
    before = name_of_file(connection, last.file_id)
    return (
        f"; the balance went from {was} in {before} to {now} in this file by "
        f"{rest if others_pence else 'nothing'}, without {came}"
    )

"""What every file for a finance system is made from: entries, and the names the system has.

Domain §3.10. An export is a batch of whole journal entries. A format takes a batch and gives files,
and problems where it cannot say something: no figure is ever bent to fit.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from levytool.accounts import CHART, Account
from levytool.book.records import Book, ExportSettings
from levytool.journal import Leg, Transfer
from levytool.ledger.journal.entries import entry_number
from levytool.ledger.reports.finance_exports import PostedEntry
from levytool.periods import Period
from levytool.problems import Problem

_IN_ASCII = str.maketrans({"–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "£": "GBP "})


@dataclass(frozen=True, slots=True)
class Batch:
    """The entries of one export, in order, and the book that was in force.

    `declared` are the accounts that earlier exports to the same system have declared, for the
    systems that want that once.
    """

    number: str
    kind: str
    period: Period
    entries: tuple[PostedEntry, ...]
    book: Book
    declared: frozenset[str] = frozenset()

    @property
    def settings(self) -> ExportSettings:
        return self.book.consortium.exports

    def file_name(self, ending: str, part: int | None = None) -> str:
        """`X-000001-sage-2014-03.csv`; the parts of a divided export are numbered."""
        suffix = "" if part is None else f"-{part:03d}"
        return f"{self.number}-{self.kind}-{period_name(self.period)}{suffix}.{ending}"


@dataclass(frozen=True, slots=True)
class ExportFile:
    """One file of an export. `entries` that it holds or begins, its `lines`, what they move."""

    name: str
    text: str
    entries: int
    lines: int
    debit_pence: int
    credit_pence: int


class Written(NamedTuple):
    """The files of a batch; with problems there is nothing to be handed over."""

    files: tuple[ExportFile, ...]
    problems: tuple[Problem, ...] = ()


class JournalLine(NamedTuple):
    """One side of an entry on one leg: pence, positive for a debit."""

    leg: Leg
    pence: int


def journal_lines(transfers: Iterable[Transfer]) -> list[JournalLine]:
    """What transfers debit and credit each leg, a line a side, in the order they are met.

    Debits are not set against credits, so that both turnovers stay what the trial balance says.
    """
    sums: dict[tuple[Leg, bool], int] = {}
    for item in transfers:
        for leg, is_debit in ((item.debit, True), (item.credit, False)):
            sums[leg, is_debit] = sums.get((leg, is_debit), 0) + item.amount_pence
    return [
        JournalLine(leg, pence if is_debit else -pence)
        for (leg, is_debit), pence in sums.items()
        if pence
    ]


def turnover_pence(lines: Iterable[JournalLine]) -> int:
    """What the lines debit, which is what they credit."""
    return sum(line.pence for line in lines if line.pence > 0)


def account_code(settings: ExportSettings, account: Account) -> str:
    """What the finance system calls an account: its code in the book, else our own."""
    return settings.accounts.get(account.value, account.value)


def account_name(account: Account) -> str:
    """What an account is called here."""
    return CHART[account].name


def dimension_parts(leg: Leg) -> tuple[str, ...]:
    """What the account is kept by: of scheme funds (2300) the scheme, and then their source."""
    if leg.account is Account.SCHEME_FUNDS:
        return tuple(leg.dimension.split("/", 1))
    return (leg.dimension,) if leg.dimension else ()


def said(text: str) -> str:
    """A text on one line with single spaces and nothing that cannot be seen, as a cell holds it."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())


def in_ascii(text: str) -> str:
    """The text in ASCII on one line: it is the same whatever an importer takes a file's encoding
    for, and as wide in bytes as in characters."""
    spread = unicodedata.normalize("NFKD", said(text).translate(_IN_ASCII))
    kept = "".join(c for c in spread if not unicodedata.combining(c))
    return kept.encode("ascii", "replace").decode()


def shortened(text: str, length: int) -> str:
    """A description that fits, in ASCII; figures and references are never cut."""
    text = in_ascii(text)
    return text if len(text) <= length else text[: length - 3] + "..."


def day_first(day: date) -> str:
    """A date as British importers read it: 31/03/2014."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def period_name(period: Period) -> str:
    """A period as part of a file's name."""
    return str(period).replace("..", "-to-")


def cannot_say(posted: PostedEntry, message: str, hint: str) -> Problem:
    """A problem of one entry that a format has no way to say."""
    return Problem("cannot-say", f"{entry_number(posted.id)}: {message}", hint)


def too_long_codes(
    lines: Iterable[JournalLine], settings: ExportSettings, longest: int
) -> list[Problem]:
    """A problem for each account whose code the system has no room for."""
    codes = {line.leg.account: account_code(settings, line.leg.account) for line in lines}
    return [
        Problem(
            "cannot-say",
            f"account {account.value} is called {code!r}, and a code has {longest} characters",
            f"shorten it in the book: [consortium.accounts] {account.value} = …",
        )
        for account, code in sorted(codes.items())
        if len(code) > longest
    ]


def in_files(sizes: Sequence[int], most: int) -> list[range]:
    """Which things, in order, go into each file so that their sizes stay within `most`.

    None is divided: one that is larger than `most` has a file of its own.
    """
    files: list[range] = []
    first = total = 0
    for position, size in enumerate(sizes):
        if position > first and total + size > most:
            files.append(range(first, position))
            first, total = position, 0
        total += size
    if first < len(sizes):
        files.append(range(first, len(sizes)))
    return files

"""What there is to say of a bank's own balance beside the books: that they differ and why that may
be, and what an account held before its first line."""

import shlex
from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import Connection

from levytool.ledger.bank.bank_balances import OFX, BankBalance, bank_balances
from levytool.ledger.bank.files_told import files_told
from levytool.ledger.bank.later_lines import LaterLines, later_lines
from levytool.money import display_pence
from levytool.problems import Problem
from levytool.text import counted

MISSING = "import the statement that is missing"
_FEW = 5


def bank_differs(connection: Connection, found: BankBalance, file: str = "") -> Problem:
    """What to say of a bank account that has another balance than the books."""
    return Problem("bank-differs", _apart(found, "the bank says"), _causes(connection, found), file)


def _apart(found: BankBalance, says: str) -> str:
    message = (
        f"by {found.on} the books have {display_pence(found.books_pence)} in {found.account}, "
        f"{says} {display_pence(found.bank_pence)}"
    )
    if found.before_pence:
        message += (
            f", {display_pence(found.before_pence)} of it from before the first line in these "
            f"books: {display_pence(abs(found.missing_pence))} apart"
        )
    return message


def bank_remarks(connection: Connection, until: date | None = None) -> list[Problem]:
    """What keeps no month open and somebody should look at, up to a day: lines that no balance
    follows on the day of the last, and what OFX files state where the books have another balance.
    """
    proved = bank_balances(connection, until)
    remarks = [_beyond(connection, one) for one in proved if one.beyond_pence]
    told = {one.account for one in proved if one.missing_pence}
    stating = {
        account for file in files_told(connection) if file.format == OFX for account in file.spans
    }
    for found in bank_balances(connection, until, accounts=sorted(stating - told), of_ofx=True):
        if found.missing_pence:
            hint = (
                f"{_causes(connection, found)}; it keeps nothing open, as an OFX balance may be of "
                "another day: a statement as camt, MT940 or CSV with balances tells"
            )
            remarks.append(
                Problem("ofx-differs", _apart(found, "with its OFX files the bank says"), hint)
            )
    return remarks


def _beyond(connection: Connection, found: BankBalance) -> Problem:
    message = (
        f"{display_pence(found.beyond_pence)} of {found.on} in {found.account} is beyond the "
        f"{display_pence(found.bank_pence)} that the bank stated: nothing proves it"
    )
    later = later_lines(connection, found.account, found.on)
    said = " and ".join(_named(one) for one in later) or "levytool bank list"
    hint = (
        f"look whether it came before in other words: {said}; what came twice is taken back with "
        "levytool bank withdraw; a statement of the days after proves the rest"
    )
    return Problem("beyond-balance", message, hint)


def _causes(connection: Connection, found: BankBalance) -> str:
    """A statement is missing, or lines came twice: where any may have, they are named.

    To take a receipt back where the books have less than the bank would set them further apart.
    """
    later = [
        one
        for one in later_lines(connection, found.account, found.on)
        if any(pence * found.missing_pence < 0 for pence in one.amounts)
    ]
    for one in later:
        if one.pence == -found.missing_pence:
            return (
                f"just that is what comes of {_named(one)}, on days that an earlier file had "
                "brought: look whether they came before in other words, and take back what did: "
                f"levytool bank withdraw {_given(one)} --reason TEXT"
            )
    if not later:
        return MISSING
    said = " and ".join(_named(one) for one in later)
    return (
        f"{MISSING}, or look whether lines came twice in other words: {said}, on days that an "
        "earlier file had brought, and take back what did: levytool bank withdraw LINE… --reason "
        "TEXT (docs/bank.md, lines that came twice)"
    )


def _given(later: LaterLines) -> str:
    """The lines as they are given on the command line; of many the first."""
    few = later.numbers[:_FEW]
    return " ".join(few) + ("…" if len(few) < len(later.numbers) else "")


def _named(later: LaterLines) -> str:
    """`3 lines of oct.csv (B-000022 to B-000024)`."""
    first, last = later.numbers[0], later.numbers[-1]
    numbers = first if first == last else f"{first} to {last}"
    return f"{counted(len(later.numbers), 'line')} of {later.file} ({numbers})"


def balances_of(connection: Connection, accounts: Collection[str]) -> dict[str, BankBalance]:
    """How accounts stand by the balance that their bank stated last."""
    return {one.account: one for one in bank_balances(connection, accounts=accounts)}


def told_after_import(
    connection: Connection,
    file: str,
    accounts: Collection[str],
    before: Mapping[str, BankBalance],
    gapped: Collection[str],
) -> list[Problem]:
    """What an import has to say of the balances of its accounts, which stood as `before`.

    A gap that the import told (`gapped`) is the difference already.
    """
    told = []
    for name, found in balances_of(connection, accounts).items():
        was_before = before[name].before_pence if name in before else 0
        if found.before_pence and found.before_pence != was_before:
            told.append(_held_before(found, file))
        if found.missing_pence and name not in gapped:
            told.append(bank_differs(connection, found, file))
    return told


def of_another_account(file: str) -> str:
    """What to do where a statement was imported into the wrong account."""
    return (
        "if it is of another account, take it back: levytool bank withdraw --file "
        f"{shlex.quote(file)} --reason TEXT"
    )


def _held_before(found: BankBalance, file: str) -> Problem:
    """Said once: when it is first known, and when an earlier statement makes it another."""
    return Problem(
        "held-before",
        f"{found.account} held {display_pence(found.before_pence)} before its first line in these "
        "books, and 1200 is without it",
        "import the statements before, or, where the books begin here, bring it into a new ledger "
        f"with levytool ledger open (docs/starting-in-the-middle.md); {of_another_account(file)}",
        file=file,
    )

"""Which of the book's bank accounts a statement is of."""

import re
from collections.abc import Sequence

from levytool.bank.statement import BankStatement
from levytool.book.records import BankAccount, Consortium
from levytool.problems import Problem, UsageError

DEFAULT_ACCOUNT = BankAccount("main")
"""The account of a book that lists none: it takes any statement."""


def account_named(consortium: Consortium, name: str | None) -> tuple[BankAccount, ...]:
    """The accounts that may be meant: the one named, else all. Raises UsageError."""
    accounts = consortium.bank_accounts or (DEFAULT_ACCOUNT,)
    if name is None:
        return accounts
    found = tuple(item for item in accounts if item.name.casefold() == name.casefold())
    if not found:
        there = ", ".join(item.name for item in accounts)
        raise UsageError(f"the book has no bank account {name!r}; it has: {there}")
    return found


def accounts_of(
    statements: Sequence[BankStatement], accounts: Sequence[BankAccount], file: str
) -> tuple[list[BankAccount], list[Problem]]:
    """The account of each statement, and what is wrong where one is of none of them, once.

    An account without a number takes any statement. Raises UsageError where several could be
    meant and none was named. A file may hold several statements of one account.
    """
    found: list[BankAccount] = []
    problems: list[Problem] = []
    stated_as: dict[BankAccount, str] = {}
    for statement in statements:
        fitting = _fitting(statement, accounts)
        if len(fitting) > 1:
            names = ", ".join(item.name for item in fitting)
            raise UsageError(f"{file} could be of {names}; name the account with --account")
        if not fitting:
            problems.append(_of_no_account(statement, accounts, file))
            continue
        if stated_as.setdefault(fitting[0], statement.account) != statement.account:
            problems.append(_two_of_one(statement, fitting[0], file))
        found += fitting
    return found, [*dict.fromkeys(problems)]


def _fitting(statement: BankStatement, accounts: Sequence[BankAccount]) -> list[BankAccount]:
    if not statement.account:
        return list(accounts)
    numbered = [item for item in accounts if item.number and _is_of(statement.account, item)]
    return numbered or [item for item in accounts if not item.number]


def _is_of(stated: str, account: BankAccount) -> bool:
    """Whether what a statement calls its account is this one.

    Its digits end in the account number; digits before those end in the sort code, as in an IBAN.
    """
    digits, number = _digits(stated), _digits(account.number)
    if not digits.endswith(number):
        return False
    before, sort_code = digits[: len(digits) - len(number)], _digits(account.sort_code)
    return not before or not sort_code or before.endswith(sort_code)


def _digits(text: str) -> str:
    return "".join(re.findall(r"[0-9]", text))


def _of_no_account(statement: BankStatement, accounts: Sequence[BankAccount], file: str) -> Problem:
    there = ", ".join(
        " ".join(part for part in (item.name, item.sort_code, item.number) if part)
        for item in accounts
    )
    return Problem(
        "unknown-account",
        f"the statement is of account {statement.account}, the book has: {there}",
        "import the statement of that account, or add this one to bank_accounts in the book",
        file=file,
        value=statement.account,
    )


def _two_of_one(statement: BankStatement, account: BankAccount, file: str) -> Problem:
    return Problem(
        "unknown-account",
        f"the file has statements of several accounts, and {account.name} would take them all",
        "give the accounts their numbers in the book, or export each account by itself",
        file=file,
        value=statement.account,
    )

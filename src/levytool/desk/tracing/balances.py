"""Balances of accounts: the entries that add up to them."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from levytool.accounts import CHART, Account
from levytool.desk.tracing.thing import Form, OpenBooks, Part, Parts, Thing, parts_of, total
from levytool.desk.tracing.trace import pounds, told
from levytool.ledger.journal.entries import entry_number
from levytool.ledger.proofs import traced_money
from levytool.money import display_pence
from levytool.problems import UsageError

DEBIT_SIDE = ("1", "6")
"""What the codes of accounts begin with whose balances are debits: what is owed, held and spent."""


def _find(books: OpenBooks, match: re.Match[str]) -> Thing | None:
    code, dimension, day = match[1], match[2] or "", match[3]
    if code not in {one.value for one in Account}:
        return None
    as_at = _day(day)
    if not dimension:
        of_all = traced_money.dimensions_of(books.connection, code)
        if any(of_all):
            return _account(books, Account(code), of_all, day, as_at)
    for spelt in dict.fromkeys((dimension, dimension.upper())):
        ever = traced_money.account_postings(books.connection, code, spelt, date.max.isoformat())
        if ever:
            break
    else:
        raise UsageError(
            f"nothing was ever posted to {f'{code}/{dimension}'.removesuffix('/')}; "
            "see: levytool ledger balances"
        )
    until = ever
    if day:
        until = traced_money.account_postings(books.connection, code, spelt, as_at.isoformat())
    ref = f"{code}/{spelt}" if spelt else code
    sign = _sign(code)
    posted = [Part(entry_number(one.entry_id), sign * one.pence) for one in until if one.pence]
    held = sum(part.pence or 0 for part in posted)
    said = "debit" if sign > 0 else "credit"
    name = CHART[Account(code)].name
    return Thing(
        "balance",
        f"{ref}@{day}" if day else ref,
        f"{name} of {spelt}".removesuffix(" of ") + f": {display_pence(held)} in {said}"
        + (f" as at {day}" if day else ""),
        told(account=f"{code} {name}", by=spelt, balance=pounds(held), side=said, as_at=day,
             entries=len(posted)),
        because=lambda: _entries(posted, held),
    )  # fmt: skip


def _account(
    books: OpenBooks, account: Account, dimensions: Sequence[str], day: str | None, as_at: date
) -> Thing:
    """All of an account: what each of its dimensions holds."""
    code, sign, name = account.value, _sign(account.value), CHART[account].name
    until = f"@{day}" if day else ""
    parts = []
    for dimension in dimensions:
        posted = traced_money.account_postings(books.connection, code, dimension, as_at.isoformat())
        held = sign * sum(one.pence for one in posted)
        if posted:
            parts.append(Part(f"{code}/{dimension}{until}", held))
    whole, side = total(parts), "debit" if sign > 0 else "credit"
    return Thing(
        "balance",
        f"{code}{until}",
        f"{name}, all of it: {display_pence(whole)} in {side}" + (f" as at {day}" if day else ""),
        told(account=f"{code} {name}", balance=pounds(whole), side=side, as_at=day,
             balances=len(parts)),
        because=lambda: parts_of(f"by {CHART[account].dimension}", parts, whole,
                                 "levytool ledger balances"),
    )  # fmt: skip


def _sign(code: str) -> int:
    return 1 if code.startswith(DEBIT_SIDE) else -1


def _entries(posted: list[Part], held: int) -> Iterable[Parts]:
    return parts_of("entries, the latest first", reversed(posted), held, "levytool ledger journal")


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text) if text else date.max
    except ValueError as error:
        raise UsageError(f"{text!r} is not a day; write it as 2014-03-31") from error


FORMS = (
    Form("2200/SALIX", "the balance of an account, all of it as 2200 (@2014-03-31: as at a day)",
         r"(\d{4})(?:/(.+?))?(?:@(\d{4}-\d{2}-\d{2}))?", _find),
)  # fmt: skip

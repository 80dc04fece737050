"""Balances of accounts: the entries that add up to them."""

import re
from collections.abc import Iterable
from datetime import date

from levytool.accounts import CHART, Account
from levytool.desk.tracing.thing import Form, OpenBooks, Part, Parts, Thing, parts_of
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
    for spelt in dict.fromkeys((dimension, dimension.upper())):
        ever = traced_money.account_postings(books.connection, code, spelt, date.max.isoformat())
        if ever:
            break
    else:
        raise UsageError(
            f"nothing was ever posted to {code}/{dimension}; see: levytool ledger balances"
        )
    until = ever
    if day:
        until = traced_money.account_postings(books.connection, code, spelt, as_at.isoformat())
    ref = f"{code}/{spelt}" if spelt else code
    sign = 1 if code.startswith(DEBIT_SIDE) else -1
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


def _entries(posted: list[Part], held: int) -> Iterable[Parts]:
    return parts_of("entries, the latest first", reversed(posted), held, "levytool ledger journal")


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text) if text else date.max
    except ValueError as error:
        raise UsageError(f"{text!r} is not a day; write it as 2014-03-31") from error


FORMS = (
    Form("2200/SALIX", "the balance of an account (@2014-03-31: as at a day)",
         r"(\d{4})(?:/(.+?))?(?:@(\d{4}-\d{2}-\d{2}))?", _find),
)  # fmt: skip

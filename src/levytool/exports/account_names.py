"""What accounts are called in plain-text accounting: `Liabilities:2200-Brokerage-pot:SALIX`.

hledger and beancount have the same names, so that one set of books can be read by either. A part of
a name is letters, digits and hyphens and begins with a capital or a digit; a text that has to be
changed for that gets a mark of its own, so that two that differ never share a name.
"""

import hashlib
import re
from functools import lru_cache

from levytool.accounts import Account
from levytool.book.records import ExportSettings
from levytool.exports.batch import account_code, account_name, dimension_parts
from levytool.journal import Leg

ROOTS = {
    "1": "Assets",
    "2": "Liabilities",
    "3": "Equity",
    "4": "Income",
    "5": "Equity",
    "6": "Expenses",
}
"""Lapsed funds (5100) are kept, not spent: restricted equity."""

MARK_LENGTH = 8

_PLAIN = re.compile(r"[A-Z0-9][A-Za-z0-9-]*", re.ASCII)
_MARKED = re.compile(r".*-[0-9a-f]{8}", re.ASCII)
_OTHER = re.compile(r"[^A-Za-z0-9-]+", re.ASCII)


def plain_name(settings: ExportSettings, leg: Leg) -> str:
    """The full name of a leg's account."""
    account = Account(leg.account)
    own = _part(f"{account_code(settings, account)}-{_words(account_name(account))}")
    parts = [ROOTS[account.value[0]], own]
    parts += [_part(text) for text in dimension_parts(leg)]
    return ":".join(parts)


def _words(text: str) -> str:
    return _OTHER.sub("-", text).strip("-")


@lru_cache(maxsize=10_000)
def _part(text: str) -> str:
    if _PLAIN.fullmatch(text) and not _MARKED.fullmatch(text):
        return text
    readable = _words(text)
    readable = readable[:1].upper() + readable[1:]
    mark = hashlib.sha256(text.encode()).hexdigest()[:MARK_LENGTH]
    return f"{readable}-{mark}" if readable else f"X-{mark}"

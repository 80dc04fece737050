"""Whether an opening file balances and agrees with itself, as problems in one pass (domain §3.5).

Each account's total must be what its details come to, and the trial balance must be nil.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from levytool.accounts import CHART, Account
from levytool.book.records import Book
from levytool.journal import Leg
from levytool.money import display_pence
from levytool.periods import Month
from levytool.problems import Problem
from levytool.rules.opening.figures import (
    DETAILED,
    Opening,
    OpeningDocument,
    OpeningScheme,
    detailed_balances,
    opening_balances,
)
from levytool.rules.vat import vat_rate_ppm
from levytool.text import counted

OUT_OF_BALANCE = "out-of-balance"
TOTAL_DIFFERS = "total-differs"
NOT_SENSIBLE = "not-sensible"

_OURS = re.compile(r"(INV|CN)[^A-Z]|(INV|CN|PAY|[RBOEDM])[^A-Z0-9]*[0-9]+", re.IGNORECASE)
_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9._/-]{0,17}", re.ASCII)
_MEND = "correct the one that is wrong"


def opening_problems(opening: Opening, book: Book) -> list[Problem]:
    """Everything that keeps an opening file from being posted, in order of its lines."""
    checks: tuple[Callable[[Opening, Book], Iterable[Problem]], ...] = (
        _cut_off,
        _trial_balance,
        _accounts,
        _controls,
        _documents,
        _pots,
        _provisions,
        _schemes,
        _receipts,
        _spend,
    )
    found = [problem for check in checks for problem in check(opening, book)]
    return sorted(found, key=lambda problem: problem.row or 0)


def _cut_off(opening: Opening, _book: Book) -> Iterator[Problem]:
    if opening.as_at != opening.until.last_day:
        yield Problem(
            NOT_SENSIBLE,
            f"as_at is {opening.as_at}, within a month",
            f"bring the balances of a month's last day, such as {opening.until.last_day}",
            row=opening.row,
        )


def _trial_balance(opening: Opening, _book: Book) -> Iterator[Problem]:
    difference = sum(opening.trial_balance.values())
    if difference and "trial_balance" not in opening.unclear:
        side = "debits" if difference > 0 else "credits"
        yield Problem(
            OUT_OF_BALANCE,
            f"the trial balance is out: {side} are {display_pence(abs(difference))} more",
            'find what is missing; a difference meant for 3000 is stated there: "3000" = "…"',
            row=opening.row,
        )


def _accounts(opening: Opening, book: Book) -> Iterator[Problem]:
    """The total of each account against what the file gives in detail."""
    detail: Counter[Account] = Counter()
    for leg, pence in opening_balances(opening, book).items():
        detail[leg.account] += pence
    for account in sorted(detail.keys() | opening.trial_balance.keys()):
        stated, found = opening.trial_balance.get(account, 0), detail[account]
        if account is Account.OPENING_BALANCES or stated == found:
            continue
        if account in opening.unclear_accounts:
            continue
        yield Problem(
            TOTAL_DIFFERS,
            f"{account.value} {CHART[account].name}: the trial balance has {_side(stated)}, "
            f"its details come to {_side(found)}, a difference of "
            f"{display_pence(abs(stated - found))}",
            _MEND,
            row=opening.account_rows.get(account, opening.row),
        )


def _controls(opening: Opening, book: Book) -> Iterator[Problem]:
    """Balances stated of accounts that follow from details, by what each account is kept by."""
    details = detailed_balances(opening, book)
    controlled = {one.account for one in opening.balances} & DETAILED - opening.unclear_accounts
    stated = {Leg(one.account, one.of): one for one in opening.balances}
    legs = {leg for leg in details.keys() | stated.keys() if leg.account in controlled}
    for leg in sorted(legs, key=lambda leg: (leg.account, leg.dimension)):
        one = stated.get(leg)
        said, found = one.debit_pence if one else 0, details.get(leg, 0)
        if said != found:
            yield Problem(
                TOTAL_DIFFERS,
                f"{leg.account.value} of {leg.dimension}: stated as {_side(said)}, the details "
                f"come to {_side(found)}, a difference of {display_pence(abs(said - found))}",
                _MEND,
                row=one.row if one else opening.row,
            )
    for leg, times in Counter(Leg(one.account, one.of) for one in opening.balances).items():
        if times > 1:
            yield _twice(f"the balance of {leg.account.value} {leg.dimension}", stated[leg].row)


def _documents(opening: Opening, book: Book) -> Iterator[Problem]:
    for document in opening.documents:
        for message, hint in _wrong_in(document, opening, book):
            yield Problem(NOT_SENSIBLE, f"{document.number}: {message}", hint, row=document.row)
    yield from _repeated(((d.number, d.row) for d in opening.documents), "document")


def _wrong_in(document: OpeningDocument, opening: Opening, book: Book) -> Iterator[tuple[str, str]]:
    if _OURS.match(document.number):
        yield "looks like a number of levytool's own", "write it as OLD-" + document.number
    elif not _NUMBER.fullmatch(document.number):
        yield (
            "a number is 1 to 18 capital letters, digits and . _ / -",
            "write it so that a payer can quote it",
        )
    shares = sum(document.members.values())
    if shares != document.net_pence:
        yield (
            f"the members' shares come to {display_pence(shares)}, its net is "
            f"{display_pence(document.net_pence)}, a difference of "
            f"{display_pence(abs(shares - document.net_pence))}",
            _MEND,
        )
    if not document.net_pence:
        yield "its net is nothing", "leave it out"
    elif document.paid_pence >= document.gross_pence:
        yield (
            f"paid {display_pence(document.paid_pence)} of "
            f"{display_pence(document.gross_pence)}: nothing is open",
            "leave it out; what was paid too much is one of the [[receipts]]",
        )
    if document.day > opening.as_at or document.period > opening.until:
        yield f"it is of {document.day}, {document.period}, after {opening.as_at}", "leave it out"
    if document.due < document.day:
        yield f"it is due on {document.due}, before its date {document.day}", _MEND
    if document.vat_pence and not vat_rate_ppm(book.consortium.vat, document.day):
        yield f"it has VAT, and the book charges none on {document.day}", "set vat in the book"


def _pots(opening: Opening, _book: Book) -> Iterator[Problem]:
    for pot in opening.pots:
        held = sum(cohort.pence for cohort in pot.cohorts)
        if held != pot.balance_pence:
            yield _sum_differs(f"the pot of {pot.member}", pot.balance_pence, held, pot.row)
        yield from _later(
            (c.month for c in pot.cohorts), opening, f"the pot of {pot.member}", pot.row
        )
    yield from _repeated(((pot.member, pot.row) for pot in opening.pots), "pot")


def _provisions(opening: Opening, _book: Book) -> Iterator[Problem]:
    for provision in opening.provisions:
        name = f"the provision of {'/'.join(filter(None, provision.key))}"
        for layer in provision.layers:
            held, cost = sum(p for _, p in layer.by_member), layer.places * layer.unit_cost_pence
            if held != cost:
                what = f"{name}, layer {layer.number}: {counted(layer.places, 'place')}"
                yield _sum_differs(what, cost, held, provision.row)
        held = sum(pence for layer in provision.layers for _, pence in layer.by_member)
        if held != provision.balance_pence:
            yield _sum_differs(name, provision.balance_pence, held, provision.row)
    keys = (("/".join(filter(None, one.key)), one.row) for one in opening.provisions)
    yield from _repeated(keys, "provision")


def _schemes(opening: Opening, _book: Book) -> Iterator[Problem]:
    for scheme in opening.schemes:
        left = sum(scheme.left().values())
        if left != scheme.balance_pence:
            yield _sum_differs(f"scheme {scheme.code}", scheme.balance_pence, left, scheme.row)
        committed = sum(one.committed_pence for one in scheme.commitments)
        if committed > scheme.budget_pence:
            yield Problem(
                NOT_SENSIBLE,
                f"scheme {scheme.code}: {display_pence(committed)} is committed, its budget is "
                f"{display_pence(scheme.budget_pence)}",
                _MEND,
                row=scheme.row,
            )
        yield from _sources(scheme, opening)
    yield from _repeated(((one.code, one.row) for one in opening.schemes), "scheme")


def _sources(scheme: OpeningScheme, opening: Opening) -> Iterator[Problem]:
    for one in scheme.commitments:
        name = f"scheme {scheme.code}, {one.member}"
        taken = sum(cohort.pence for cohort in one.cohorts)
        if taken != one.committed_pence:
            yield _sum_differs(f"{name}: committed", one.committed_pence, taken, one.row)
        yield from _later((c.month for c in one.cohorts), opening, name, one.row)
        if one.drawn_pence > one.committed_pence:
            yield Problem(NOT_SENSIBLE, f"{name}: more drawn than committed", _MEND, row=one.row)
        if one.member not in scheme.members:
            hint = "add it to the scheme's members"
            yield Problem(NOT_SENSIBLE, f"{name} is not a member of it", hint, row=one.row)
    for match in scheme.match_funding:
        if not match.drawn_pence <= match.received_pence <= match.agreed_pence:
            message = (
                f"scheme {scheme.code}, {match.funder}: drawn is at most what was received, "
                "received at most what was agreed"
            )
            yield Problem(NOT_SENSIBLE, message, _MEND, row=match.row)
    sources = [(one.member, one.row) for one in scheme.commitments]
    sources += [(one.funder, one.row) for one in scheme.match_funding]
    yield from _repeated(sources, f"source of scheme {scheme.code}")


def _receipts(opening: Opening, _book: Book) -> Iterator[Problem]:
    known = {one.account for one in opening.bank}
    for receipt in opening.receipts:
        if receipt.account not in known and "bank" not in opening.unclear:
            message = f"no balance of the bank account {receipt.account} is brought"
            hint = f'add [[bank]] account = "{receipt.account}"'
            yield Problem(NOT_SENSIBLE, message, hint, row=receipt.row)
    yield from _repeated(((one.account, one.row) for one in opening.bank), "bank account")


def _spend(opening: Opening, _book: Book) -> Iterator[Problem]:
    for one in opening.spend:
        if one.verified > one.delivered:
            message = f"{counted(one.verified, 'place')} verified, {one.delivered} delivered"
            yield Problem(NOT_SENSIBLE, message, _MEND, row=one.row)
    keys = (("/".join(one.key), one.row) for one in opening.spend)
    yield from _repeated(keys, "spend")


def _later(months: Iterable[Month], opening: Opening, name: str, row: int) -> Iterator[Problem]:
    for month in months:
        if month > opening.until:
            message = f"{name} has a cohort of {month}, after {opening.as_at}"
            yield Problem(NOT_SENSIBLE, message, _MEND, row=row)


def _repeated(named: Iterable[tuple[str, int]], what: str) -> Iterator[Problem]:
    met: set[str] = set()
    for name, row in named:
        if name in met:
            yield _twice(f"{what} {name}", row)
        met.add(name)


def _twice(what: str, row: int) -> Problem:
    return Problem("duplicate", f"{what} stands there twice", "put them together", row=row)


def _sum_differs(what: str, stated_pence: int, found_pence: int, row: int) -> Problem:
    return Problem(
        TOTAL_DIFFERS,
        f"{what}: stated as {display_pence(stated_pence)}, the parts come to "
        f"{display_pence(found_pence)}, a difference of "
        f"{display_pence(abs(stated_pence - found_pence))}",
        _MEND,
        row=row,
    )


def _side(debit_pence: int) -> str:
    if not debit_pence:
        return "nothing"
    return f"{display_pence(abs(debit_pence))} {'debit' if debit_pence > 0 else 'credit'}"

"""What the figures of a member's statement are made of, part by part of the statement."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from levytool.accounts import Account
from levytool.desk.brokerage.obligations import described
from levytool.desk.month_end.carried import issued_before, since
from levytool.desk.tracing.thing import OpenBooks, Part, Parts, parts_of, refs, rest
from levytool.ledger.journal.as_known import AsKnown
from levytool.ledger.journal.entries import entry_number
from levytool.ledger.proofs import traced_money
from levytool.ledger.proofs.explained import book_versions
from levytool.ledger.reports import statement_facts
from levytool.ledger.reports.flows import Flow
from levytool.ledger.reports.issued_statements import issued_statement
from levytool.ledger.spend.returns import return_number
from levytool.money import parse_pounds
from levytool.periods import Period
from levytool.rules.opportunities import ScopeKey
from levytool.statements.levy import ACCOUNTS, NOTHING, sums_by_member
from levytool.statements.values import MemberStatement

Told = Iterable[Parts]

FLOWS = {
    "billed": "billed_pence",
    "received": "received_pence",
    "written_off": "written_off_pence",
    "funded": "funded_pence",
    "retained": "retained_pence",
    "provision": "provided_pence",
    "opportunity_overruns": "overruns_pence",
    "released": "released_pence",
    "other": "other_pence",
}
"""The figures of the levy's way by the name of the sum they are told from."""

HELD = {
    "unpaid": Account.LEVY_BILLED_NOT_RECEIVED,
    "fund": Account.LEVY_FUND,
    "provision": Account.OPPORTUNITY_PROVISION,
}
"""What an account held at the opening and the closing, by the figure's name."""


@dataclass(frozen=True, slots=True)
class Said:
    """A statement, with its figures as scripts read them."""

    member: str
    period: Period
    statement: MemberStatement
    figures: dict[str, Any]

    @property
    def ref(self) -> str:
        """How it is called in explanations."""
        return f"statement:{self.member}:{self.period}"

    @property
    def first_day(self) -> date:
        """The first day of the period."""
        return self.period.first.first_day

    @property
    def eve(self) -> date:
        """The day the opening balance stood on."""
        return self.first_day - timedelta(days=1)

    def at(self, keys: tuple[str, ...]) -> Any:
        """What stands at a path."""
        found: Any = self.figures
        for key in keys:
            found = found[int(key)] if isinstance(found, list) else found[key]
        return found

    def pence(self, keys: tuple[str, ...]) -> int:
        """The amount that stands at a path, in pence."""
        return parse_pounds(str(self.at(keys)))


def opening_balance(books: OpenBooks, said: Said, keys: tuple[str, ...]) -> Told:
    """The balances that stood before the first day, or what was issued of them."""
    if said.statement.follows:
        yield from _issued(said)
        return
    yield from _balances(books, said, said.eve, said.pence(keys))


def closing_balance(_books: OpenBooks, said: Said, keys: tuple[str, ...]) -> Told:
    """What the statement opened with, and each movement since."""
    opening = Part(f"{said.ref}:opening_balance", said.pence(("opening_balance",)))
    moved = [Part(one.reference, one.amount_pence) for one in said.statement.movements]
    yield from parts_of("opening balance and movements", [opening, *moved], said.pence(keys))


def prior_periods(_books: OpenBooks, said: Said, keys: tuple[str, ...]) -> Told:
    """What was posted into months of an issued statement since it was issued."""
    late = [one for one in said.statement.movements if one.is_prior]
    parts = [Part(one.reference, one.amount_pence) for one in late]
    yield from parts_of("posted since", parts, said.pence(keys))


def split(books: OpenBooks, said: Said, keys: tuple[str, ...]) -> Told:
    """One side of the balance at one end of the period: the pot, or the schemes."""
    if keys[1] == "opening" and said.statement.follows:
        yield from _issued(said)
        return
    day = said.eve if keys[1] == "opening" else said.period.last.last_day
    only = Account.BROKERAGE_POT if keys[2] == "uncommitted" else Account.SCHEME_FUNDS
    yield from _balances(books, said, day, said.pence(keys), only)


def _issued(said: Said) -> Told:
    """What an issued statement closed with, this one opens with."""
    yield from refs("as it was issued in", said.statement.follows)


def _balances(
    books: OpenBooks, said: Said, day: date, pence: int, only: Account | None = None
) -> Told:
    parts = []
    for ref in traced_money.money_accounts_of(books.connection, said.member):
        code, _slash, dimension = ref.partition("/")
        if only in (None, Account(code)):
            posted = traced_money.account_postings(
                books.connection, code, dimension, day.isoformat()
            )
            if posted:
                parts.append(Part(f"{ref}@{day}", -sum(one.pence for one in posted)))
    yield from parts_of("in the pot and in schemes", parts, pence)


def movement(_books: OpenBooks, said: Said, keys: tuple[str, ...]) -> Told:
    """The entry that moved the balance."""
    row = said.at(keys[:2])
    pence = parse_pounds(row["amount"])
    yield from parts_of("moved by", [Part(row["reference"], pence)], pence)


def cohort(books: OpenBooks, said: Said, keys: tuple[str, ...]) -> Told:
    """The cohorts that entered in the month of a line."""
    month = said.at(keys[:2])["cohort"]
    yield from refs("cohorts of that month", *(
        f"{said.member}/{key}"
        for key, _left in traced_money.cohorts_of(books.connection, said.member)
        if key.partition("+")[0] == month
    ))  # fmt: skip


def levy(books: OpenBooks, said: Said, keys: tuple[str, ...]) -> Told:
    """A flow of the levy entry by entry, or what an account held on a day."""
    name = keys[-1]
    if name in FLOWS:
        first, until, after = said.first_day, said.period.last.last_day, 0
        if keys[1] == "to_date":
            first = date.min
        elif keys[1] == "prior_periods":
            first, until, after = date.min, said.eve, _last_known(books, said)
        parts = _flow(books, said, FLOWS[name], (first, until), after)
        yield from parts_of("entries", parts, said.pence(keys), "levytool ledger journal")
        return
    account, _underline, when = name.rpartition("_")
    if account in HELD and when == "opening" and said.statement.follows:
        yield from _issued(said)
    elif account in HELD:
        day = said.eve if when == "opening" else said.period.last.last_day
        yield from _held(books, said, HELD[account], day, said.pence(keys))
    elif name in ("surplus", "deficit"):
        yield from _beyond_reserve(said, keys)
    else:
        yield from refs("set by", f"book:{book_versions(books.connection)[-1].number}")


def _last_known(books: OpenBooks, said: Said) -> int:
    """The last entry that the issued statement before this one knows of."""
    _series, _dash, number = said.statement.follows.partition("-")
    made = issued_statement(books.connection, int(number))
    return made.last_entry_id if made else 0


def _flow(
    books: OpenBooks, said: Said, name: str, between: tuple[date, date], after: int
) -> list[Part]:
    days = (between[0].isoformat(), between[1].isoformat())
    codes = [account.value for account in ACCOUNTS]
    by_entry: dict[int, int] = {}
    moved = traced_money.member_transfers(books.connection, said.member, codes, *days)
    for one in moved:
        sums = sums_by_member([Flow._make(one[1:])], {}).get(said.member, NOTHING)
        by_entry[one.entry_id] = by_entry.get(one.entry_id, 0) + getattr(sums.flow, name)
    if name == "received_pence":
        for entry_id, pence in traced_money.settled_by_entry(books.connection, said.member, *days):
            by_entry[entry_id] = by_entry.get(entry_id, 0) + pence
    return [
        Part(entry_number(number), pence)
        for number, pence in by_entry.items()
        if pence and number > after
    ]


def _held(books: OpenBooks, said: Said, account: Account, day: date, pence: int) -> Told:
    ref = f"{account.value}/{said.member}"
    if ref in traced_money.accounts_of(books.connection, said.member):
        yield from parts_of("balance", [Part(f"{ref}@{day}", pence)], pence)


def _beyond_reserve(said: Said, keys: tuple[str, ...]) -> Told:
    """The fund less the reserve, or the other way about; nothing where it is below zero."""
    if said.pence(keys):
        sign = 1 if keys[-1] == "surplus" else -1
        parts = [
            Part(f"{said.ref}:levy.fund_closing", sign * said.pence(("levy", "fund_closing"))),
            *rest(-sign * said.pence(("levy", "reserve")), "the member's reserve"),
        ]
        yield from parts_of("levy fund less reserve", parts, said.pence(keys))


def opportunity(books: OpenBooks, said: Said, keys: tuple[str, ...]) -> Told:
    """The obligation of a line, and the returns whose spend it counts."""
    row = said.at(keys[:2])
    key = ScopeKey(row["framework"], row["member"], row["call_off"], row["contractor"])
    if tuple(key) in traced_money.obligations_of(books.connection, key.framework):
        yield from refs("of the obligation", f"provision:{described(key)}")
    if keys[2] == "spend":
        spend = traced_money.spend_by_return(books.connection, *key)
        parts = [Part(return_number(number)) for number, _pence in spend]
        yield from parts_of("levyable spend of", parts, see="levytool return list")


def scheme(_books: OpenBooks, said: Said, keys: tuple[str, ...]) -> Told:
    """The scheme of a line."""
    return refs("of the scheme", said.at(keys[:2])["scheme"])


def ageing(_books: OpenBooks, said: Said, keys: tuple[str, ...]) -> Told:
    """The open documents of an age, all or of a payer."""
    column, payer = keys[-1], ""
    if keys[1] == "payers":
        payer = said.at(keys[:3])["payer"]
    if column not in (*_AGES, "total"):
        yield from refs("open documents of", f"contractor:{payer}")
        return
    place = None if column == "total" else list(_AGES).index(column)
    parts = [
        Part(one.number, one.outstanding_pence)
        for one in said.statement.open_documents
        if payer in ("", one.payer) and place in (None, _age(one.days_overdue))
    ]
    yield from parts_of("open documents", parts, said.pence(keys), "levytool levy documents")


_AGES = ("current", "1-30", "31-60", "61-90", "90+")


def _age(days_overdue: int) -> int:
    return sum(days_overdue > days for days in (0, 30, 60, 90))


def open_document(_books: OpenBooks, said: Said, keys: tuple[str, ...]) -> Told:
    """The document that is open."""
    row = said.at(keys[:2])
    pence = parse_pounds(row["outstanding"])
    yield from parts_of("outstanding on", [Part(row["number"], pence)], pence)


def spend(books: OpenBooks, said: Said, keys: tuple[str, ...]) -> Told:
    """The returns that a line of spend is the sum of, less those that were taken back."""
    row = said.at(keys[:2])
    place = tuple(row[name] for name in ("framework", "lot", "call_off", "contractor"))
    groups = [
        group
        for group in _groups(books, said)
        if (group.framework, group.lot, group.call_off, group.contractor) == place
    ]
    yield from _of_returns(groups, said, keys)


def earlier(books: OpenBooks, said: Said, keys: tuple[str, ...]) -> Told:
    """The returns of an earlier reporting period that took effect in this one."""
    row = said.at(keys[:2])
    groups = [
        group
        for group in _groups(books, said)
        if (str(group.reporting_period), group.framework) == (row["period"], row["framework"])
    ]
    yield from _of_returns(groups, said, keys)


def _groups(books: OpenBooks, said: Said) -> list[statement_facts.SpendGroup]:
    asked = AsKnown(said.period.last.last_day)
    before = issued_before(books.connection, "member", said.member, said.period, asked)
    return statement_facts.spend_in(
        books.connection, said.member, said.period, asked, since(before)
    )


def _of_returns(
    groups: Iterable[statement_facts.SpendGroup], said: Said, keys: tuple[str, ...]
) -> Told:
    spend, billed = Counter[int](), Counter[int]()
    for group in groups:
        spend[group.return_id] += group.sign * group.net_pence
        billed[group.return_id] += group.sign * group.levy_pence
    by_return = {"spend": spend, "billed": billed}.get(keys[2])
    if by_return is None:
        parts = [Part(return_number(number)) for number in spend]
        yield from parts_of("of the returns", parts, see="levytool return list")
        return
    parts = [Part(return_number(number), pence) for number, pence in by_return.items()]
    yield from parts_of("of the returns", parts, said.pence(keys), "levytool return list")

"""Random histories: what the officers of a consortium do, one act after another, as days go by.

    @given(HISTORY)
    def test_…(blank_history, steps):
        history = started(blank_history, folder)      # a copy of a ledger with a book in force
        for step in steps:
            done = history.tell(step)                 # what was done, None where nothing could be

Steps are drawn without knowing the books: `pick` chooses among what there is when a step is told,
and what a rule refuses is not done. Acts that need two people are done by both. `ACTS` names every
act there is; `steps(*acts)` draws from fewer.
"""

from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st

from levytool.desk.bank.allocate_receipt import allocate_any
from levytool.desk.bank.identify_line import LineKind, Said, identify_line
from levytool.desk.bank.list_bank import list_bank
from levytool.desk.bank.pay_creditors import list_payable, list_runs, make_run, withdraw
from levytool.desk.bank.refund_receipt import refund_receipt
from levytool.desk.bank.take_back_draw import take_back_draw
from levytool.desk.bank.unallocate_receipt import unallocate_any
from levytool.desk.book.apply_book import apply_book
from levytool.desk.brokerage.close_scheme import close_scheme
from levytool.desk.brokerage.commit_to_scheme import commit_to_scheme
from levytool.desk.brokerage.draw_scheme import draw_scheme
from levytool.desk.brokerage.fund_scheme import fund_scheme
from levytool.desk.brokerage.list_opportunities import list_opportunities
from levytool.desk.brokerage.list_schemes import list_schemes
from levytool.desk.brokerage.pay_opportunity import pay_opportunity
from levytool.desk.brokerage.propose_scheme import approve_scheme, propose_scheme
from levytool.desk.brokerage.record_opportunity import (
    Place,
    record_opportunity,
    verify_opportunity,
)
from levytool.desk.brokerage.release_surplus import release_surplus
from levytool.desk.brokerage.transfer_pot import transfer_pot
from levytool.desk.levy.list_documents import list_documents
from levytool.desk.levy.write_off import write_off
from levytool.desk.month_end.close_period import close_period, reopen_period
from levytool.desk.returns.charge_defaults import charge_defaults
from levytool.desk.returns.excuse_return import excuse_return
from levytool.desk.returns.list_returns import list_returns
from levytool.desk.returns.settle_returns import accept_named, declare_nil, reject_return
from levytool.desk.spend.import_outcome import ImportOptions
from levytool.desk.spend.import_spend import import_spend
from levytool.money import format_pence, parse_pounds
from levytool.periods import Month, Period
from levytool.problems import InputRejected, RuleRefused
from tests.desk.consortium import TODAY
from tests.desk.correcting import Returns

MEMBERS = ("ALDER", "BIRCH", "SALIX")
CONTRACTORS = ("BEECH", "BROOKS")
FRAMEWORKS = ("REGEN", "WARM")
FUNDER = "City Trust"
FIRST_DAY = date.fromisoformat(TODAY)

ACTS = (
    *("declare", "declare", "declare", "correct", "correct_to_nil", "stage", "accept", "reject"),
    *("declare_nil", "excuse", "charge_default"),
    *("receive", "receive", "set_off", "unallocate", "refund", "write_off"),
    *("release", "release", "transfer"),
    *("propose", "commit", "commit", "fund", "receive_funding", "draw", "draw_back"),
    *("close_scheme", "record", "verify", "pay_place", "run_payments", "withdraw_run", "pay_out"),
    *("apply_book", "close_month", "reopen_month"),
)


class Step(NamedTuple):
    """One act to be tried, after some days. `back`: how many months ago what it is about lies."""

    act: str
    days: int
    back: int
    member: str
    contractor: str
    framework: str
    pence: int
    pick: int


def steps(*acts: str) -> st.SearchStrategy[Step]:
    """Steps of these acts; of all there are without any."""
    return st.builds(
        Step,
        act=st.sampled_from(acts or ACTS),
        days=st.sampled_from((0, 0, 1, 1, 3, 9, 27)),
        back=st.integers(0, 2),
        member=st.sampled_from(MEMBERS),
        contractor=st.sampled_from(CONTRACTORS),
        framework=st.sampled_from(FRAMEWORKS),
        pence=st.integers(1, 200_000),
        pick=st.integers(0, 7),
    )


HISTORY = st.lists(steps(), min_size=4, max_size=24)


def book_of(version: int = 0, funded: str = "received", since: date = FIRST_DAY) -> str:
    """The book as its versions go: names, titles and reserves change, and costs from a day on."""
    members = "".join(
        f"[[members]]\ncode = '{code}'\nname = '{code.title()} Homes {version}'\n"
        for code in MEMBERS
    )
    contractors = "".join(
        f"[[contractors]]\ncode = '{code}'\nname = '{code.title()} Roofing {version}'\n"
        for code in CONTRACTORS
    )
    appointed = ", ".join(f"{{ code = '{code}' }}" for code in CONTRACTORS)
    later = f", {{ from = {since}, cost = '{version + 4}.00' }}" if version else ""
    frameworks = "".join(
        f"[[frameworks]]\ncode = '{code}'\ntitle = 'Works {version}'\nstarts = 2013-12-01\n"
        f"retained = '7.5%'\nreserve = '{version}.00'\ndefault_charge = true\n"
        f"contractors = [{appointed}]\n[[frameworks.levy]]\nfrom = 2013-12-01\n"
        f"payer = '{payer}'\nrate = '1.37%'\n[frameworks.opportunities]\nper_million = 150\n"
        f"unit_cost = [{{ from = 2013-12-01, cost = '3.33' }}{later}]\n"
        for code, payer in zip(FRAMEWORKS, ("contractor", "member"), strict=True)
    )
    return (
        f"[consortium]\nname = 'A consortium {version}'\npots_funded_on = '{funded}'\n"
        "vat = [{ from = 2011-01-04, rate = '20%' }]\nfour_eyes_over = '1000000.00'\n"
        f"bank_accounts = [{{ name = 'main' }}]\n{members}{contractors}{frameworks}"
    )


BEGINNING = tuple(
    Step(act, 0, 0, member, "BROOKS", "REGEN", 200_000, pick)
    for act, member, pick in (
        ("declare", "ALDER", 2),
        ("receive", "ALDER", 7),
        ("receive", "ALDER", 7),
        ("release", "ALDER", 0),
        ("propose", "ALDER", 0),
        ("commit", "ALDER", 0),
        ("fund", "ALDER", 0),
        ("receive_funding", "ALDER", 0),
        ("draw", "ALDER", 0),
        ("record", "BIRCH", 1),
    )
)
"""What has been done before the first day ends: without it most histories never reach a scheme."""


def blank_history(
    folder: Path, funded: str = "received", beginning: tuple[Step, ...] = BEGINNING
) -> Path:
    """The ledger that histories begin from, with the book in force; made once, then copied."""
    history = History(Returns(folder, book_of(funded=funded)), funded)
    for step in beginning:
        assert history.tell(step) is not None, step
    history.finish()
    return history.path


def started(blank: Path, folder: Path, funded: str = "received") -> "History":
    """A history at its beginning, in a folder of its own."""
    return History(Returns.copied(blank, folder), funded)


class History:
    """Books and the day it is in them. Each act gives what it did, or None where there was
    nothing to do it to."""

    def __init__(self, books: Returns, funded: str = "received") -> None:
        self.books, self.funded = books, funded
        self.today = FIRST_DAY
        self._version = self._told = 0

    @property
    def path(self) -> Path:
        """The ledger's file."""
        return self.books.folder / "books.db"

    def tell(self, step: Step) -> Any:
        """Let the days pass and do the act; None where it could not be done."""
        self.today += timedelta(days=step.days)
        self._told += 1
        with suppress(RuleRefused, InputRejected):
            return getattr(self, f"_{step.act}")(step)
        return None

    def finish(self) -> None:
        """Prove the books and close them."""
        self.books.prove()
        self.books.ledger.close()

    def office(self, user: str = "ann") -> Any:
        """An officer at work today."""
        return self.books.office(user, self.today.isoformat())

    def _month(self, step: Step) -> Month:
        return Month.of(self.today).plus(-step.back)

    def _lines(self, step: Step) -> list[tuple[str, str, str, str]]:
        """A few lines of a month: invoices, and sometimes a credit note."""
        month, told = self._month(step), self._told
        lines = []
        for number in range(1 + step.pick % 3):
            member = MEMBERS[(MEMBERS.index(step.member) + number) % len(MEMBERS)]
            pence = step.pence * (number + 1) * (-1 if number == 2 else 100)
            lines.append((f"I{told}-{number}", f"{month}-02", member, format_pence(pence)))
        return lines

    def _import(self, step: Step, *, accept: bool) -> list[str] | None:
        path = self.books.write(self._lines(step))
        options = ImportOptions(accept=accept, contractor=step.contractor, framework=step.framework)
        outcome = import_spend(self.office(), path, options)
        return [stored.number for stored in outcome.returns] or None

    def _declare(self, step: Step) -> Any:
        return self._import(step, accept=True)

    def _stage(self, step: Step) -> Any:
        return self._import(step, accept=False)

    def _return(self, step: Step, *states: str) -> str | None:
        rows = list_returns(self.office())
        return _picked(step, [row["return"] for row in rows if row["state"] in states])

    def _accept(self, step: Step) -> Any:
        number = self._return(step, "staged")
        return number and accept_named(self.office(), [number], None, None)

    def _reject(self, step: Step) -> Any:
        number = self._return(step, "staged", "excused")
        return number and reject_return(self.office(), number)

    def _correct(self, step: Step) -> Any:
        number = self._return(step, "accepted", "nil")
        today = self.today.isoformat()
        return number and self.books.correct(number, *self._lines(step), today=today)

    def _correct_to_nil(self, step: Step) -> Any:
        number = self._return(step, "accepted")
        return number and self.books.correct(number, today=self.today.isoformat())

    def _declare_nil(self, step: Step) -> Any:
        return declare_nil(self.office(), step.contractor, step.framework, self._month(step))

    def _excuse(self, step: Step) -> Any:
        month = self._month(step)
        return excuse_return(self.office(), step.contractor, step.framework, month, "a reason")

    def _charge_default(self, step: Step) -> Any:
        month = self._month(step).plus(-1)
        return charge_defaults(self.office(), Period(month, month), step.contractor).rows or None

    def _open(self, kind: str, *payers: str) -> list[dict[str, Any]]:
        rows = [row for row in list_documents(self.office()) if row["outstanding"] != "0.00"]
        return [r for r in rows if r["kind"] == kind and r["payer"] in (payers or (r["payer"],))]

    def _invoice(self, step: Step, *payers: str) -> str | None:
        return _picked(step, [row["number"] for row in self._open("invoice", *payers)])

    def _receive(self, step: Step) -> Any:
        """A payment for an invoice, of some of it or too much, or from somebody for nothing yet."""
        invoice = self._invoice(step)
        words = f"payment {self._told}"
        pounds = format_pence(step.pence * (step.pick + 1) // 10 + 1)
        line = self.books.bank(pounds, words, self.today.isoformat())
        if invoice is None:
            identify_line(self.office(), line, Said(LineKind.RECEIPT, step.contractor))
        else:
            allocate_any(self.office(), line, [invoice])
        return line

    def _set_off(self, step: Step) -> Any:
        notes = {row["number"]: row["payer"] for row in self._open("credit-note")}
        note = _picked(step, list(notes))
        invoice = note and self._invoice(step, notes[note])
        return invoice and allocate_any(self.office(), note, [invoice])

    def _line(self, step: Step, column: str) -> str | None:
        found = [r["line"] for r in list_bank(self.office()) if r[column] not in ([], "0.00", None)]
        return _picked(step, found)

    def _unallocate(self, step: Step) -> Any:
        line = self._line(step, "documents")
        return line and unallocate_any(self.office(), line, [])

    def _refund(self, step: Step) -> Any:
        line = self._line(step, "unallocated")
        return line and refund_receipt(self.office(), line, None, f"refund {self._told}")

    def _write_off(self, step: Step) -> Any:
        invoice = self._invoice(step)
        if invoice is None:
            return None
        write_off(self.office("ann"), invoice, None, "gone away")
        return write_off(self.office("bob"), invoice, None, "gone away")

    def _release(self, step: Step) -> Any:
        return release_surplus(self.office(), self._month(step))

    def _transfer(self, step: Step) -> Any:
        giver = MEMBERS[(MEMBERS.index(step.member) + 1) % len(MEMBERS)]
        for user in ("ann", "bob"):
            told = transfer_pot(self.office(user), giver, step.member, step.pence // 900 + 1)
        return told

    def _propose(self, _step: Step) -> Any:
        code = f"S{self._told}"
        facts = {"title": code, "budget_pence": 10**9, "places": 1}
        propose_scheme(self.office(), code, members=MEMBERS, **facts)
        return approve_scheme(self.office("bob"), code)

    def _scheme(self, step: Step, *, funded: bool = False) -> str | None:
        found = [row for row in list_schemes(self.office()) if row["state"] == "approved"]
        wanted = [row for row in found if not funded or row["match_funding"] != "0.00"]
        return _picked(step, [row["scheme"] for row in wanted])

    def _commit(self, step: Step) -> Any:
        scheme, pence = self._scheme(step), step.pence // 500 + 1
        return scheme and commit_to_scheme(self.office(), scheme, step.member, pence)

    def _fund(self, step: Step) -> Any:
        scheme = self._scheme(step)
        return scheme and fund_scheme(self.office(), scheme, FUNDER, step.pence)

    def _receive_funding(self, step: Step) -> Any:
        scheme = self._scheme(step, funded=True)
        if scheme is None:
            return None
        pounds = format_pence(step.pence // 3 + 1)
        self.books.match_funding(scheme, FUNDER, pounds, self.today.isoformat())
        return scheme

    def _draw(self, step: Step) -> Any:
        scheme = self._scheme(step)
        facts = {"net_pence": step.pence // 600 + 1, "payee": "A college"}
        reference = f"draw {self._told}"
        return scheme and draw_scheme(self.office(), scheme, reference=reference, **facts)

    def _draw_back(self, step: Step) -> Any:
        drawn = self.books.drawn()
        if not drawn:
            return None
        return take_back_draw(self.office(), *drawn[step.pick % len(drawn)], "wrong")

    def _close_scheme(self, step: Step) -> Any:
        scheme = self._scheme(step)
        return scheme and close_scheme(self.office(), scheme)

    def _record(self, step: Step) -> Any:
        weeks = 52 if step.pick else 20
        place = Place(
            step.framework, step.member, "apprenticeship", self.today, weeks, step.contractor
        )
        return record_opportunity(self.office(), place)

    def _place(self, step: Step, state: str) -> str | None:
        rows = list_opportunities(self.office())
        return _picked(step, [row["opportunity"] for row in rows if row["state"] == state])

    def _verify(self, step: Step) -> Any:
        place = self._place(step, "recorded")
        return place and verify_opportunity(self.office("bob"), place)

    def _pay_place(self, step: Step) -> Any:
        place = self._place(step, "verified")
        facts = {"net_pence": step.pence % 900 + 1, "payee": "A college", "vat_pence": step.pick}
        return place and pay_opportunity(self.office(), place, **facts)

    def _run_payments(self, _step: Step) -> Any:
        return make_run(self.office()).rows or None

    def _withdraw_run(self, step: Step) -> Any:
        run = _picked(step, [row["run"] for row in list_runs(self.office())])
        return run and withdraw(self.office(), run)

    def _pay_out(self, step: Step) -> Any:
        """The bank pays a creditor what is owed."""
        owed: dict[str, int] = {}
        for row in list_payable(self.office()):
            owed[row["payee"]] = owed.get(row["payee"], 0) + parse_pounds(row["open"])
        payee = _picked(step, [payee for payee, pence in owed.items() if pence > 0])
        if payee is None:
            return None
        pounds = format_pence(-owed[payee])
        line = self.books.bank(pounds, f"paid out {self._told}", self.today.isoformat())
        return identify_line(self.office(), line, Said(LineKind.PAYMENT, payee))

    def _apply_book(self, _step: Step) -> Any:
        path = self.books.folder / "book.toml"
        since = Month.of(self.today).plus(1).first_day
        path.write_text(book_of(self._version + 1, self.funded, since), encoding="utf-8")
        applied = apply_book(self.office(), path)
        self._version += 1
        return applied

    def _close_month(self, step: Step) -> Any:
        """Close a month that has ended: what is staged is accepted first, what is owed excused."""
        month = self._month(step).plus(-1)
        for row in list_returns(self.office(), Period(month, month)):
            if row["state"] == "staged":
                accept_named(self.office(), [row["return"]], None, None)
            elif row["return"] is None:
                excuse_return(self.office(), row["contractor"], row["framework"], month, "none")
        return close_period(self.office(), month)

    def _reopen_month(self, step: Step) -> Any:
        for user in ("ann", "bob"):
            told = reopen_period(self.office(user), self._month(step).plus(-1), "a late one")
        return told


def _picked(step: Step, found: list[str]) -> str | None:
    return found[step.pick % len(found)] if found else None

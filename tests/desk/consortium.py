"""A small consortium in a ledger of its own, for tests of the officer's acts."""

import json
import shutil
import tempfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from sqlalchemy import text

from levytool.accounts import Account
from levytool.acting import Acting
from levytool.desk.bank.identify_line import LineKind, Said, identify_line
from levytool.desk.bank.import_bank import import_bank
from levytool.desk.book_in_force import apply_text
from levytool.desk.office import Office
from levytool.desk.spend.import_outcome import ImportOptions
from levytool.desk.spend.import_spend import import_spend
from levytool.ledger.database.opening import create_ledger
from levytool.ledger.funds.pots import cohorts_by_member
from levytool.ledger.funds.schemes import DRAW, funds_by_scheme
from levytool.ledger.journal import acts
from levytool.ledger.journal.balances import balances, credit_balances
from levytool.ledger.journal.closing import CLOSE
from levytool.ledger.journal.posting import broken_links

TODAY = "2014-04-10"


def acting(user="ann", today=TODAY):
    """Who acts, on a fixed day."""
    return Acting(user, date.fromisoformat(today), f"{today}T00:00:00.000000Z")


def book_text(
    *,
    funded="billed",
    opportunities="unit_cost = [{ from = 2012-04-01, cost = '2500.00' }]",
    framework="",
    more="",
):
    """A book of SALIX, ALDER and BIRCH, BROOKS and BEECH, and the framework REGEN at 1%."""
    members = "".join(
        f"[[members]]\ncode = '{code}'\nname = '{code.title()} Homes'\n"
        for code in ("ALDER", "BIRCH", "SALIX")
    )
    contractors = "".join(
        f"[[contractors]]\ncode = '{code}'\nname = '{code.title()} Roofing Ltd'\n"
        for code in ("BEECH", "BROOKS")
    )
    owed = f"[frameworks.opportunities]\n{opportunities}\n" if opportunities is not None else ""
    return f"""
[consortium]
name = "A consortium"
pots_funded_on = "{funded}"
bank_accounts = [{{ name = "main" }}]
vat = [{{ from = 2011-01-04, rate = "20%" }}]
{members}{contractors}
[[frameworks]]
code = "REGEN"
title = "Regeneration works"
starts = 2012-04-01
{framework}
[[frameworks.levy]]
from = 2012-04-01
payer = "contractor"
rate = "1%"
{owed}{more}"""


@cache
def empty_ledger() -> bytes:
    """The file of a ledger that was just made: migrating takes longer than most tests."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        ledger, _made = create_ledger(str(path))
        ledger.close()
        return path.read_bytes()


class Books:
    """A ledger with a book in force, and ways to bring money into it."""

    def __init__(self, folder: Path, book: str | None = None, place: str = ""):
        self.folder = folder
        file = folder / "books.db"
        is_new = not place and not file.exists()
        if is_new:
            file.write_bytes(empty_ledger())
        self.ledger, made = create_ledger(place or str(file))
        self._files = 0
        if made or is_new or book:
            with self.office().writing() as connection:
                apply_text(connection, acting(), book or book_text())

    @classmethod
    def copied(cls, file, folder):
        """The same in a copy of a ledger's file."""
        shutil.copy(file, folder / "books.db")
        return cls(folder)

    def office(self, user="ann", today=TODAY, **settings):
        """An officer at work."""
        return Office(self.ledger, acting(user, today), **settings)

    def spend(self, *lines, today=TODAY):
        """Accept spend: lines of (date, member, net), then contractor, call-off and framework."""
        self._files += 1
        path = self.folder / f"spend-{self._files}.csv"
        rows = ["Invoice,Date,Member,Net,Contractor,Call-off,Framework"]
        for number, line in enumerate(lines):
            filled = (*line, *("BROOKS", "", "REGEN")[len(line) - 3 :])
            rows.append(",".join((f"F{self._files}-{number}", *map(str, filled))))
        path.write_text("\n".join(rows), encoding="utf-8")
        options = ImportOptions(accept=True, supplement=True)
        outcome = import_spend(self.office(today=today), path, options)
        assert outcome.status == "accepted", outcome.problems

    def bank(self, pounds, words, today=TODAY):
        """Import a bank line of that day; one that names documents is allocated to them."""
        self._files += 1
        path = self.folder / f"bank-{self._files}.csv"
        path.write_text(f"Date,Description,Amount\n{today},{words},{pounds}\n", encoding="utf-8")
        outcome = import_bank(self.office(today=today), path)
        assert outcome.status == "imported", outcome.problems
        return f"B-{self._line():06d}"

    def _line(self):
        with self.reading() as connection:
            return connection.scalar(text("SELECT MAX(id) FROM bank_line"))

    def match_funding(self, scheme, funder, pounds, today=TODAY):
        """Let a funder's money arrive."""
        line = self.bank(pounds, f"match funding {self._files}", today)
        said = Said(LineKind.MATCH_FUNDING, funder, scheme)
        identify_line(self.office(today=today), line, said)

    def close(self, *months):
        """Let no more postings into these months."""
        with self.office().writing() as connection:
            for month in months:
                acts.record(connection, acting(), CLOSE, month)

    @contextmanager
    def reading(self):
        """A connection to look at the books."""
        with self.ledger.reading() as connection:
            yield connection

    def balance(self, account, dimension=""):
        """Credit less debit of one account, in pence."""
        with self.reading() as connection:
            return credit_balances(connection, Account(account)).get(dimension, 0)

    def cohorts(self, member):
        """What is left of a member's cohorts: the month and the pence of each."""
        with self.reading() as connection:
            pot = cohorts_by_member(connection).get(member, ())
        return [(str(cohort.month), cohort.pence) for cohort in pot if cohort.pence]

    def drawn(self):
        """The scheme and reference of every drawdown, taken back or not."""
        with self.reading() as connection:
            return [(act.subject, act.reference) for act in acts.acts_of(connection, DRAW)]

    def entries(self):
        """How much has been posted."""
        with self.reading() as connection:
            return connection.scalar(text("SELECT COUNT(*) FROM journal_entry"))

    def prove(self):
        """The sub-ledgers agree with the journal, nothing has gone below zero, no link is broken.

        2200 = Σ cohorts, 2300 = Σ scheme movements, 2110 = Σ provision.
        """
        with self.reading() as connection:
            of_ledger = {
                account: Counter(credit_balances(connection, account))
                for account in (
                    Account.BROKERAGE_POT,
                    Account.SCHEME_FUNDS,
                    Account.OPPORTUNITY_PROVISION,
                )
            }
            pots, provision, schemes = Counter(), Counter(), Counter()
            for member, cohorts in cohorts_by_member(connection).items():
                assert all(cohort.pence >= 0 for cohort in cohorts)
                pots[member] = sum(cohort.pence for cohort in cohorts)
            for code, sources in funds_by_scheme(connection).items():
                for source in sources:
                    assert 0 <= source.drawable_pence <= source.balance_pence
                    schemes[f"{code}/{source.source}"] = source.balance_pence
            rows = connection.execute(
                text("SELECT by_member, amount_pence FROM provision_movement")
            )
            for by_member, amount_pence in rows:
                shares = json.loads(by_member)
                assert sum(shares.values()) == amount_pence
                provision.update(shares)
            assert of_ledger == {
                Account.BROKERAGE_POT: pots,
                Account.SCHEME_FUNDS: schemes,
                Account.OPPORTUNITY_PROVISION: provision,
            }
            assert all(pence >= 0 for kept in of_ledger.values() for pence in kept.values())
            assert sum(row.balance_pence for row in balances(connection)) == 0
            assert broken_links(connection) == []


def tried(office):
    """The same officer, only trying."""
    return replace(office, dry_run=True)

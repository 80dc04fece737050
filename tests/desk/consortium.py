"""A small consortium in a ledger of its own, for tests of the officer's acts."""

import json
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import text

from levytool.accounts import Account
from levytool.acting import Acting
from levytool.desk.allocating import OpenDocument
from levytool.desk.book_in_force import apply_text, book_in_force
from levytool.desk.import_spend import ImportOptions, import_spend
from levytool.desk.office import Office
from levytool.ledger import acts
from levytool.ledger.allocations import Allocated, levy_of, store_allocations
from levytool.ledger.balances import balances, credit_balances
from levytool.ledger.closing import CLOSE
from levytool.ledger.documents import get_document
from levytool.ledger.opening import create_ledger
from levytool.ledger.posting import broken_links, post
from levytool.ledger.pots import cohorts_by_member
from levytool.ledger.schemes import funds_by_scheme
from levytool.periods import in_force
from levytool.rules.postings import Occasion, receipt_allocated

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


class Books:
    """A ledger with a book in force, and ways to bring money into it."""

    def __init__(self, folder: Path, book: str | None = None, place: str | None = None):
        self.folder = folder
        self.ledger, _made = create_ledger(place or str(folder / "books.db"))
        self._files = 0
        with self.office().writing() as connection:
            apply_text(connection, acting(), book or book_text())

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

    def receive(self, number, gross_pence, today=TODAY):
        """Let a payer's money settle that much of a document."""
        with self.office().writing() as connection:
            stored = get_document(connection, number)
            book = book_in_force(connection)
            retained = book.frameworks[stored.framework].retained
            levy = levy_of(connection, [stored])[stored.id]
            share_ppm = in_force(retained, stored.period.last_day) or 0
            document = OpenDocument(stored, levy, share_ppm)
            shares = document.settle(gross_pence)
            occasion = Occasion(date.fromisoformat(today), reference=number)
            settled = document.posting(shares)
            entry = receipt_allocated(occasion, stored.payer, stored.sign * gross_pence, settled)
            entry_id = post(connection, acting(today=today), [entry]).first_id
            allocated = Allocated(stored.id, gross_pence, shares, entry_id)
            store_allocations(connection, [allocated])

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

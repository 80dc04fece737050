"""Books with a bank: statements imported, lines told, and what must always hold of them."""

import re
from collections import Counter
from datetime import date

from levytool.accounts import Account
from levytool.desk.bank.allocate_receipt import allocate_any
from levytool.desk.bank.identify_line import identify_line, said_of, unidentify_line
from levytool.desk.bank.import_bank import import_bank
from levytool.desk.bank.list_bank import list_bank
from levytool.desk.bank.unallocate_receipt import unallocate_any
from levytool.desk.levy.list_documents import list_documents
from levytool.ledger.bank.receipts import unallocated
from levytool.ledger.journal.balances import balances, credit_balances
from levytool.ledger.journal.posting import broken_links
from levytool.money import parse_pounds
from tests.bank.exports import export
from tests.desk.consortium import TODAY, book_text

RETAINED = "retained = '10%'"


def received_book(accounts="", **settings):
    """A book whose pots are funded by what is received; 10% is retained, nothing is due.

    `accounts` is TOML of its bank accounts; without any there is the one called main.
    """
    given = {"funded": "received", "opportunities": None, "framework": RETAINED} | settings
    text = re.sub(r"bank_accounts = .*\n", "", book_text(**given))
    return text.replace("[consortium]", f"[consortium]\n{accounts}") if accounts else text


class Bank:
    """A bank whose statements are imported into books."""

    def __init__(self, books):
        self.books = books
        self._files = 0

    def write(self, lines, **settings):
        """A statement file of lines of (day of March 2014 or a date, pence, text)."""
        self._files += 1
        path = self.books.folder / f"bank-{self._files}.csv"
        dated = [
            (on if isinstance(on, date) else date(2014, 3, on), pence, text)
            for on, pence, text in lines
        ]
        path.write_text(export(dated, **settings), encoding="utf-8")
        return path

    def bring(self, *lines, today=TODAY, match=True, account=None, dry_run=False, **settings):
        """Import a statement of these lines."""
        office = self.books.office(today=today, dry_run=dry_run)
        return import_bank(office, self.write(lines, **settings), account, match=match)

    def identify(self, line, kind, party="", **settings):
        """Say what a line is."""
        today, user = settings.pop("today", TODAY), settings.pop("user", "ann")
        scheme, amount = settings.pop("scheme", ""), settings.pop("amount", None)
        instead, against = settings.pop("instead", False), settings.pop("against", "")
        said = said_of(kind, party, scheme, amount, instead=instead, against=against)
        return identify_line(self.books.office(user, today), line, said)

    def unidentify(self, line):
        """Let a line be nobody's again."""
        return unidentify_line(self.books.office(), line)

    def allocate(self, line="", *documents, amount=None, today=TODAY):
        """Allocate a line, or set a credit note off."""
        return allocate_any(self.books.office(today=today), line, documents, amount)

    def unallocate(self, line, *documents, today=TODAY):
        """Take an allocation or a set-off back."""
        return unallocate_any(self.books.office(today=today), line, documents)

    def rows(self, **settings):
        """The bank's lines by number."""
        return {row["line"]: row for row in list_bank(self.books.office(), **settings)}

    def open(self):
        """What is outstanding on each document, signed, in pence."""
        return {
            row["number"]: parse_pounds(row["outstanding"])
            * (1 if row["kind"] == "invoice" else -1)
            for row in list_documents(self.books.office())
        }

    def of(self, account):
        """An account's balances that are not zero, credit positive."""
        with self.books.reading() as connection:
            found = credit_balances(connection, Account(account))
        return {dimension: pence for dimension, pence in found.items() if pence}

    def everything(self):
        """Every balance that is not zero."""
        with self.books.reading() as connection:
            return {row[:2]: row.balance_pence for row in balances(connection) if row.balance_pence}

    def prove(self):
        """1200 is the bank's own balance, 2900 what nobody explained, 2910 item by item, and 1100
        the open documents; the chain is whole."""
        rows = self.rows().values()
        in_bank, in_suspense, owed = Counter(), Counter(), Counter()
        for row in rows:
            in_bank[row["account"]] -= parse_pounds(row["amount"])
            in_suspense[row["account"]] += parse_pounds(row["unidentified"])
        for row in list_documents(self.books.office()):
            sign = 1 if row["kind"] == "invoice" else -1
            owed[row["payer"]] -= sign * parse_pounds(row["outstanding"])
        held = Counter()
        with self.books.reading() as connection:
            for by_payer in unallocated(connection).values():
                assert all(pence >= 0 for pence in by_payer.values())
                held.update(by_payer)
            assert broken_links(connection) == []
        assert self.of("1200") == {name: pence for name, pence in in_bank.items() if pence}
        assert self.of("2900") == {name: pence for name, pence in in_suspense.items() if pence}
        assert self.of("2910") == {payer: pence for payer, pence in held.items() if pence}
        assert self.of("1100") == {payer: pence for payer, pence in owed.items() if pence}

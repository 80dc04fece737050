"""Books in which returns are corrected, and what stands in them afterwards."""

from levytool.accounts import Account
from levytool.desk.audit.check_books import check_books
from levytool.desk.levy.list_documents import list_documents
from levytool.desk.returns.correct_return import CorrectionOptions, correct_return, correct_to_nil
from levytool.desk.returns.list_returns import list_returns
from levytool.desk.spend.import_outcome import ImportOptions
from levytool.desk.spend.import_spend import import_spend
from levytool.ledger.journal.balances import credit_balances
from tests.desk.consortium import TODAY, Books, book_text

HEADER = "Invoice,Date,Member,Net,Call-off"


def received_text(**settings):
    """A book whose pots are funded by what is received; 10% is retained, nothing is due."""
    given = {"funded": "received", "opportunities": None, "framework": "retained = '10%'"}
    return book_text(**(given | settings))


class Returns(Books):
    """A contractor's returns, written as lines of (invoice, date, member, net, call-off)."""

    def write(self, lines):
        """A file of lines; what a line leaves out is blank."""
        self._files += 1
        path = self.folder / f"return-{self._files}.csv"
        rows = [",".join(map(str, (*line, *("", "", "", "", "")[len(line) :]))) for line in lines]
        path.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
        return path

    def declare(self, *lines, today=TODAY, contractor="BROOKS", framework="REGEN", **settings):
        """Accept a return; gives its number."""
        options = ImportOptions(accept=True, contractor=contractor, framework=framework, **settings)
        outcome = import_spend(self.office(today=today), self.write(lines), options)
        assert outcome.status == "accepted", outcome.problems
        return outcome.returns[-1].number

    def correct(self, number, *lines, today=TODAY, user="ann", reason="", dry_run=False):
        """Correct a return by a file of these lines; by none, to nil."""
        office = self.office(user, today, dry_run=dry_run)
        if not lines:
            return correct_to_nil(office, number, reason)
        options = CorrectionOptions(reason=reason)
        return correct_return(office, number, self.write(lines), options)

    def numbers(self, kind=""):
        """Documents by number: their net, gross and what is outstanding."""
        return {
            row["number"]: (row["net"], row["gross"], row["outstanding"])
            for row in list_documents(self.office())
            if kind in ("", row["kind"])
        }

    def states(self):
        """Each return's state."""
        rows = list_returns(self.office())
        return {row["return"]: row["state"] for row in rows if row["return"]}

    def of(self, *accounts):
        """Balances that are not zero, credit positive, by account and dimension."""
        with self.reading() as connection:
            return {
                (account, dimension): pence
                for account in accounts
                for dimension, pence in credit_balances(connection, Account(account)).items()
                if pence
            }

    def prove(self):
        """Everything that `check` proves."""
        assert [check for check in check_books(self.office()) if not check.ok] == []
        super().prove()

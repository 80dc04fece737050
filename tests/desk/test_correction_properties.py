"""However a return came to say what it says, the books are those of one that always said so."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levytool.desk.bank.allocate_receipt import allocate_any
from levytool.desk.bank.identify_line import LineKind, Said, identify_line
from levytool.desk.four_eyes import Status
from levytool.desk.returns.list_returns import list_returns
from levytool.money import format_pence
from tests.desk.correcting import Returns, received_text

MONTHS = ("2014-01", "2014-02", "2014-03")
BALANCES = ("1100", "2000", "2100", "2110", "2500", "2910", "4100")
RETURN = st.tuples(st.sampled_from(MONTHS), st.booleans())
LINES = st.lists(
    st.tuples(st.sampled_from(["ALDER", "BIRCH", "SALIX"]), st.integers(-80_000, 300_000)),
    max_size=3,
)
STEP = st.one_of(
    st.tuples(st.just("declare"), RETURN, LINES),
    st.tuples(st.just("declare"), RETURN, LINES),
    st.tuples(st.just("pay"), RETURN, st.integers(1, 6_000)),
    st.tuples(st.just("close"), st.sampled_from(MONTHS), st.none()),
)
HISTORY = st.lists(STEP, min_size=3, max_size=12)
SETTINGS = {
    "framework": "retained = '7.5%'",
    "opportunities": "per_million = 1500\nunit_cost = [{ from = 2012-04-01, cost = '3.33' }]",
}
BIG = "four_eyes_over = '1000000.00'"


class Story:
    """Books in which each return may be declared, corrected and paid, and what it says at last."""

    def __init__(self, books: Returns):
        self.books = books
        self.numbers: dict[tuple[str, bool], str] = {}
        self.says: dict[tuple[str, bool], list[tuple[str, int]]] = {}
        self.paid: list[tuple[tuple[str, bool], int]] = []

    def lines(self, which, said):
        month, late = which
        return [
            (f"{month}-{late}-{number}", f"{month}-05", member, format_pence(pence))
            for number, (member, pence) in enumerate(said)
        ]

    def declare(self, which, said):
        """Declare a return, or correct it: by no lines, to nil."""
        lines = self.lines(which, said)
        if which in self.numbers:
            told = self.books.correct(self.numbers[which], *lines)
            assert told.status in (Status.DONE, Status.DONE_BEFORE)
            self.numbers[which] = told.rows[0]["return"]
        elif lines:
            self.numbers[which] = self.books.declare(*lines, supplement=True)
        else:
            return
        self.says[which] = said

    def invoice(self, which):
        """The invoice of a return as it stands, with something open on it."""
        for row in list_returns(self.books.office()):
            if row["return"] is not None and row["return"] == self.numbers.get(which):
                documents = self.books.numbers("invoice")
                found = [
                    n for n in row["documents"] if documents.get(n, ("", "", "0.00"))[2] != "0.00"
                ]
                return found[0] if found else None
        return None

    def pay(self, which, pence):
        """The payer's money for a return; what it does not need stays with the payer."""
        line = self.books.bank(format_pence(pence), f"payment {len(self.paid)}")
        office = self.books.office()
        identify_line(office, line, Said(LineKind.RECEIPT, "BROOKS"))
        self.paid.append((which, pence))
        if invoice := self.invoice(which):
            allocate_any(office, line, [invoice])


@pytest.fixture(scope="module", params=["received", "billed"])
def template(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("template")
    book = received_text(funded=request.param, **SETTINGS).replace(
        "[consortium]", f"[consortium]\n{BIG}"
    )
    book = book.replace('rate = "1%"', 'rate = "1.37%"')
    Returns(folder, book).ledger.close()
    return folder / "books.db"


def opened(template, folder):
    folder.mkdir()
    return Returns.copied(template, folder)


@given(HISTORY)
@settings(max_examples=20)
def test_corrected_books_are_those_in_which_only_the_last_word_was_ever_said(template, history):
    with tempfile.TemporaryDirectory() as folder:
        story = Story(opened(template, Path(folder) / "told"))
        for what, which, facts in history:
            if what == "declare":
                story.declare(which, facts)
            elif what == "close":
                story.books.close(which)
            elif story.invoice(which):
                story.pay(which, facts)
        story.books.prove()
        plain = Story(opened(template, Path(folder) / "plain"))
        for which, said in story.says.items():
            plain.declare(which, said)
        for which, pence in story.paid:
            plain.pay(which, pence)
        assert story.books.of(*BALANCES) == plain.books.of(*BALANCES)
        for books in (story.books, plain.books):
            books.ledger.close()

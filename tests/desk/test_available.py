"""What will reach the levy fund is foretold to the penny, whatever is billed, credited and paid."""

import tempfile
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from levytool.desk.book_in_force import book_in_force
from levytool.desk.brokerage.available import reaching_fund
from levytool.ledger.documents.documents import find_documents
from tests.desk.consortium import Books, book_text

MEMBERS = ("ALDER", "SALIX")
NET = st.decimals("-90000", "250000", places=2)
LINES = st.lists(st.tuples(st.sampled_from(MEMBERS), NET), min_size=1, max_size=3)
PENCE = st.integers(1, 400_000)


def pounds(pence):
    return f"{pence // 100}.{pence % 100:02d}"


def funds(books):
    return {member: books.balance("2100", member) for member in MEMBERS}


@given(st.lists(LINES, min_size=1, max_size=3), st.lists(PENCE, max_size=2))
@settings(max_examples=15)
def test_the_fund_ends_up_with_what_was_reaching_it(returns, receipts):
    with tempfile.TemporaryDirectory() as folder:
        settled = {"opportunities": None, "funded": "received", "framework": "retained = '7.5%'"}
        books = Books(Path(folder), book_text(**settled))
        try:
            for lines in returns:
                books.spend(*[("2014-03-31", member, net) for member, net in lines])
            with books.reading() as connection:
                numbers = " ".join(document.number for document in find_documents(connection))
            for place, pence in enumerate(receipts):
                books.bank(pounds(pence), f"{numbers} {place}")
            with books.reading() as connection:
                reaching = reaching_fund(connection, book_in_force(connection))
                documents = find_documents(connection)
            before = funds(books)
            left = sum(document.sign * document.outstanding_pence for document in documents)
            assume(left > 0)
            books.bank(pounds(left), f"{numbers} last")
            assert books.balance("2000", "ALDER") == books.balance("2000", "SALIX") == 0
            assert funds(books) == {
                member: before[member] + reaching.get(member, 0) for member in MEMBERS
            }
            books.prove()
        finally:
            books.ledger.close()

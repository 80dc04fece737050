"""The books that tests of the officer's acts are done in."""

import pytest

from tests.desk.banked import Bank
from tests.desk.consortium import Books
from tests.desk.spending import Spending


@pytest.fixture
def books(tmp_path):
    """Makes the books of a small consortium; whatever is done in them must still prove."""
    yield from _made(Books, tmp_path)


@pytest.fixture
def spending(tmp_path):
    """Makes books that spend files come into; whatever is done in them must still prove."""
    yield from _made(Spending, tmp_path)


@pytest.fixture
def fresh(template, tmp_path_factory):
    """Makes banks, each on a copy of the module's `template`, the file of a ledger."""
    made = []

    def make():
        made.append(Books.copied(template, tmp_path_factory.mktemp("books")))
        return Bank(made[-1])

    yield make
    for books in made:
        books.ledger.close()


def _made(kind, folder):
    made = []

    def make(book=None):
        made.append(kind(folder, book))
        return made[-1]

    yield make
    for one in made:
        one.prove()
        one.ledger.close()

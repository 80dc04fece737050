"""The books that tests of the officer's acts are done in."""

import pytest

from tests.desk.consortium import Books


@pytest.fixture
def books(tmp_path):
    """Makes the books of a small consortium; whatever is done in them must still prove."""
    made = []

    def make(book=None):
        made.append(Books(tmp_path, book))
        return made[-1]

    yield make
    for one in made:
        one.prove()
        one.ledger.close()

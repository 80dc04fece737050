"""A credit above the book's `four_eyes_over` leaves the house by two people."""

from dataclasses import replace

import pytest

from levytool.desk.four_eyes import Status
from levytool.desk.returns.settle_returns import accept_named
from levytool.desk.spend.import_outcome import ImportOptions
from levytool.desk.spend.import_spend import import_spend
from levytool.problems import RuleRefused
from tests.desk.correcting import Returns, received_text

BROOKS = ImportOptions(accept=True, contractor="BROOKS", framework="REGEN")
LARGE = ("N1", "2014-03-05", "SALIX", "-500001.00")
SMALL = ("N1", "2014-03-05", "SALIX", "-500000.00")


@pytest.fixture
def kept(tmp_path):
    books = Returns(tmp_path, received_text())
    yield books
    books.prove()
    books.ledger.close()


def test_who_staged_a_large_credit_does_not_accept_it(kept):
    path = kept.write([LARGE])
    import_spend(kept.office(), path, replace(BROOKS, accept=False))
    with pytest.raises(RuleRefused, match=r"credit note of £5,000\.01, .* ann staged it"):
        accept_named(kept.office(), ["R-000001"], None, None)
    assert kept.states() == {"R-000001": "staged"}
    with pytest.raises(RuleRefused, match="let another user accept it"):
        import_spend(kept.office(), path, BROOKS)
    accept_named(kept.office("bob"), ["R-000001"], None, None)
    assert list(kept.numbers()) == ["CN-000001"]


def test_a_file_is_not_imported_and_its_large_credit_accepted_at_once(kept):
    with pytest.raises(RuleRefused, match="spend import without --accept"):
        import_spend(kept.office(), kept.write([LARGE]), BROOKS)
    assert kept.states() == {}


def test_a_credit_of_the_limit_itself_takes_one_person(tmp_path):
    books = Returns(tmp_path, received_text())
    books.declare(SMALL)
    assert books.numbers() == {"CN-000001": ("5000.00", "6000.00", "6000.00")}
    books.ledger.close()


def test_a_correction_to_a_large_credit_takes_two(kept):
    kept.declare(("N1", "2014-03-05", "SALIX", "100.00"))
    assert kept.correct("R-000001", LARGE).status is Status.PROPOSED
    assert kept.states() == {"R-000001": "accepted"}
    assert kept.correct("R-000001", LARGE, dry_run=True, user="bob").status is Status.DONE
    with pytest.raises(RuleRefused, match="ann proposed this correction"):
        kept.correct("R-000001", LARGE)
    assert kept.correct("R-000001", LARGE, user="bob").status is Status.DONE

"""What a correction says of invoices that it replaces by ones for no more: they are due anew."""

import pytest

from tests.desk.banked import Bank
from tests.desk.correcting import Returns, received_text

MEMBER_PAID = received_text().replace('payer = "contractor"', 'payer = "member"')
FIRST = [("A1", "2014-03-05", "ALDER", "1000.00"), ("A2", "2014-03-06", "SALIX", "2000.00")]
LATER = "2014-07-01"
SAID = "due on 2014-07-29, not 2014-05-08; ageing and late interest count from the new day"


@pytest.fixture
def kept(tmp_path):
    """A return of two members that pay its levy, accepted on 10 April and due on 8 May."""
    books = Returns(tmp_path, MEMBER_PAID)
    books.declare(*FIRST)
    return books


def of_dues(told):
    return [line for line in told.said if "billed anew" in line]


@pytest.mark.parametrize(
    ("salix", "payers"),
    [("2100.00", "1 payer is"), ("1900.00", "2 payers are")],
    ids=["one as before, one more", "one as before, one less"],
)
@pytest.mark.parametrize("dry_run", [True, False], ids=["tried", "done"])
def test_who_owes_no_more_than_before_is_counted_with_both_days(kept, salix, payers, dry_run):
    again = (FIRST[0], ("A2", "2014-03-06", "SALIX", salix))
    told = kept.correct("R-000001", *again, today=LATER, dry_run=dry_run)
    assert of_dues(told) == [f"{payers} billed anew for no more than before: {SAID}"]


def test_the_new_documents_are_due_by_their_own_terms(kept):
    kept.correct("R-000001", FIRST[0], ("A2", "2014-03-06", "SALIX", "1.00"), today=LATER)
    with kept.reading() as connection:
        rows = connection.exec_driver_sql(
            "SELECT DISTINCT due FROM document WHERE return_id = 2"
        ).all()
    assert rows == [("2014-07-29",)]


def test_what_is_paid_is_due_no_more(kept):
    bank = Bank(kept)
    bank.bring((28, 1_200, "ALDER INV-000001"), (29, 2_400, "SALIX INV-000002"))
    told = kept.correct("R-000001", FIRST[0], ("A2", "2014-03-06", "SALIX", "1.00"), today=LATER)
    assert of_dues(told) == []


def test_a_correction_on_the_same_day_or_to_more_or_nil_says_nothing(kept):
    more = [(*line[:3], "9000.00") for line in FIRST]
    assert of_dues(kept.correct("R-000001", *FIRST[:1], ("A3", *FIRST[1][1:]), dry_run=True)) == []
    assert of_dues(kept.correct("R-000001", *more, today=LATER, dry_run=True)) == []
    assert of_dues(kept.correct("R-000001", today=LATER)) == []

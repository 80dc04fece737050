"""A receipt that the bank takes back: the documents it paid are owed again, and nothing is left."""

from datetime import date

import pytest

from levytool.desk.audit.check_books import check_books
from levytool.desk.bank.reconcile_bank import Asked, reconcile_bank
from levytool.desk.bank.refund_receipt import refund_receipt
from levytool.desk.brokerage.list_pots import list_pots
from levytool.desk.month_end.member_statement import member_statement
from levytool.periods import parse_period
from levytool.problems import RuleRefused
from tests.desk.banked import Bank, received_book

BOUNCED = date(2014, 3, 24)


@pytest.fixture
def bank(books):
    """INV-000001 of £120.00 and INV-000002 of £12,000.00, both of BROOKS."""
    made = books(received_book())
    made.spend(("2014-03-05", "SALIX", "10000.00"))
    made.spend(("2014-03-06", "SALIX", "1000000.00"))
    bank = Bank(made)
    yield bank
    bank.prove()
    assert all(check.ok for check in check_books(made.office()))


def test_a_bounced_receipt_leaves_the_books_as_if_it_had_never_come(bank):
    before = bank.everything()
    bank.bring((20, 12_000, "INV-000001"), (BOUNCED, -12_000, "unpaid INV-000001"))
    assert bank.open()["INV-000001"] == 0
    bank.unallocate("B-000001")
    bank.identify("B-000002", "refund", "BROOKS")
    assert bank.everything() == before
    assert bank.open()["INV-000001"] == 12_000
    assert {row["state"] for row in bank.rows().values()} == {"explained"}


def test_the_fund_the_retained_share_and_the_ageing_follow(bank):
    bank.bring((20, 12_000, "INV-000001"), (BOUNCED, -12_000, "unpaid"))
    assert bank.of("2100") == {"SALIX": 9_000}
    bank.unallocate("B-000001")
    bank.identify("B-000002", "refund", "BROOKS")
    assert bank.of("2100") == bank.of("4100") == bank.of("2910") == bank.of("2400") == {}
    office = bank.books.office()
    assert {row["member"]: row["received"] for row in list_pots(office)}["SALIX"] == "0.00"
    told = member_statement(office, "SALIX", parse_period("2014-03..2014-04"))
    assert told.aged.total_pence == 1_010_000


def test_what_has_bounced_may_be_paid_again(bank):
    bank.bring((20, 12_000, "INV-000001"), (BOUNCED, -12_000, "unpaid"))
    bank.unallocate("B-000001")
    bank.identify("B-000002", "refund", "BROOKS")
    bank.bring((26, 12_000, "INV-000001 once more"), opening_pence=0)
    assert bank.open()["INV-000001"] == 0
    assert bank.rows()["B-000001"]["documents"] == []


def test_a_part_of_a_payment_for_several_documents_bounces_whole(bank):
    bank.bring((20, 1_212_000, "INV-000001 INV-000002"), (BOUNCED, -1_212_000, "unpaid"))
    bank.unallocate("B-000001")
    refund_receipt(bank.books.office("ann"), "B-000001")
    with pytest.raises(RuleRefused, match="second person"):
        bank.identify("B-000002", "refund", "BROOKS")
    refund_receipt(bank.books.office("ben"), "B-000001")
    bank.identify("B-000002", "refund", "BROOKS")
    assert bank.open() == {"INV-000001": 12_000, "INV-000002": 1_200_000}
    assert bank.of("2400") == bank.of("2910") == bank.of("2900") == {}


def test_a_bounce_is_not_taken_for_a_refund_while_the_receipt_is_allocated(bank):
    bank.bring((20, 12_000, "INV-000001"), (BOUNCED, -12_000, "unpaid"))
    with pytest.raises(RuleRefused, match="is left of BROOKS's receipts"):
        bank.identify("B-000002", "refund", "BROOKS")


def test_the_refusal_names_the_receipt_that_bounced_and_what_to_do(bank):
    bank.bring(
        (19, 100, "INV-000002"), (20, 12_000, "INV-000001"), (BOUNCED, -12_000, "unpaid INV-000001")
    )
    with pytest.raises(RuleRefused, match="first: levytool bank unallocate B-000002, then this"):
        bank.identify("B-000003", "refund", "BROOKS")
    bank.unallocate("B-000002")
    bank.identify("B-000003", "refund", "BROOKS")


def test_where_the_receipt_cannot_be_told_the_refusal_says_how_to_find_it(bank):
    bank.bring((19, 12_100, "INV-000002"), (BOUNCED, -12_000, "unpaid INV-000001"))
    with pytest.raises(RuleRefused, match=r"bank unallocate LINE, then this \(B-000001 is BROOKS"):
        bank.identify("B-000002", "refund", "BROOKS")
    with pytest.raises(RuleRefused, match="see: levytool bank list --open"):
        bank.identify("B-000002", "refund", "BEECH")


def _next(bank, number):
    """What `reconcile bank` says of a line of money out: the commands, and why."""
    found = reconcile_bank(bank.books.office(), Asked())
    (row,) = (row for row in found.open_payments if row["payment"] == number)
    return row["command"], row["because"]


@pytest.mark.parametrize("words", ["RETURNED INV-000001", "unpaid, BROOKS ROOFING LTD"])
def test_the_hint_frees_what_the_receipt_paid_though_the_payer_has_other_money(bank, words):
    bank.bring((19, 1_300_000, "INV-000002"), (20, 12_000, "INV-000001"), (BOUNCED, -12_000, words))
    assert _next(bank, "B-000003") == (
        "levytool bank unallocate B-000002, then levytool bank refund B-000002, then levytool bank "
        "identify B-000003 --as refund --party BROOKS",
        "it is just what B-000002 of BROOKS brought, which paid INV-000001: taken back, that is "
        "owed again",
    )
    bank.unallocate("B-000002")
    refund_receipt(bank.books.office(), "B-000002")
    bank.identify("B-000003", "refund", "BROOKS")
    assert bank.open()["INV-000001"] == 12_000
    rows = bank.rows()
    assert (rows["B-000001"]["unallocated"], rows["B-000002"]["unallocated"]) == (
        "1000.00",
        "0.00",
    )


def test_without_other_money_the_hint_is_to_free_it_and_say_that_it_went_back(bank):
    bank.bring((20, 12_000, "INV-000001"), (BOUNCED, -12_000, "unpaid INV-000001"))
    assert _next(bank, "B-000002")[0] == (
        "levytool bank unallocate B-000001, then levytool bank identify B-000002 --as refund "
        "--party BROOKS"
    )


@pytest.mark.parametrize(
    "words", ["BROOKS ROOFING LTD", "overpaid, BROOKS ROOFING LTD", "BROOKS ROOFING LTD INV-000002"]
)
def test_money_given_back_that_says_no_such_thing_is_a_refund(bank, words):
    bank.bring((19, 1_300_000, "INV-000002"), (20, 12_000, "INV-000001"), (BOUNCED, -12_000, words))
    assert (
        _next(bank, "B-000003")[0] == "levytool bank identify B-000003 --as refund --party BROOKS"
    )


@pytest.mark.parametrize("text", ["UNPAID DD", "BROOKS ROOFING", "RETURNED BROOKS ROOFING"])
def test_a_receipt_that_went_back_before_anybody_placed_it_pays_nothing_by_itself(bank, text):
    bank.bring((20, 12_000, "BROOKS ROOFING"), (BOUNCED, -12_000, text))
    found = reconcile_bank(bank.books.office(), Asked(), apply=True)
    assert found.matched == []
    assert [row["receipt"] for row in found.suggestions] == ["B-000001"]
    assert bank.open()["INV-000001"] == 12_000
    (payment,) = found.open_payments
    assert payment["command"].endswith("B-000002 --as contra --against B-000001 if it went back")


def test_a_receipt_that_went_back_a_month_later_is_not_certain_in_its_own_month(bank):
    bank.bring((20, 12_000, "BROOKS ROOFING"), (date(2014, 4, 2), -12_000, "UNPAID BROOKS ROOFING"))
    for period in ("2014-03", "2014-03..2014-04"):
        asked = Asked(period=parse_period(period))
        found = reconcile_bank(bank.books.office(), asked, apply=True)
        assert found.matched == []
        assert [row["receipt"] for row in found.suggestions] == ["B-000001"]
    march = reconcile_bank(bank.books.office(), Asked(period=parse_period("2014-03")))
    assert march.open_payments == []


@pytest.mark.parametrize(
    ("receipt_day", "text"), [(20, "SOMEBODY ELSE"), (20, "BEECH ROOFING"), (26, "BROOKS ROOFING")]
)
def test_other_money_out_of_the_same_amount_casts_no_doubt(bank, receipt_day, text):
    bank.bring((min(receipt_day, 24), 1, "EARLIER"))
    lines = sorted([(receipt_day, 12_000, "BROOKS ROOFING"), (24, -12_000, text)])
    bank.bring(*lines, opening_pence=1)
    found = reconcile_bank(bank.books.office(), Asked())
    assert [row["rule"] for row in found.matched] == ["amount"]

"""Owing unallocated receipts back to their payer, and paying that."""

import pytest

from levytool.desk.audit.check_books import check_books
from levytool.desk.audit.reconcile_ledger import reconcile_ledger
from levytool.desk.bank.pay_creditors import make_run, withdraw
from levytool.desk.bank.reconcile_bank import Asked, reconcile_bank
from levytool.desk.bank.refund_receipt import refund_receipt
from levytool.desk.brokerage.draw_scheme import draw_scheme
from levytool.desk.brokerage.fund_scheme import fund_scheme
from levytool.desk.brokerage.propose_scheme import approve_scheme, propose_scheme
from levytool.problems import RuleRefused, UsageError
from tests.desk.banked import Bank, received_book


@pytest.fixture
def bank(books):
    """A bank that holds £60.00 and £6,000.00 of BROOKS (B-000001, -2) and paid £50.00 out."""
    bank = Bank(books(received_book()))
    bank.bring((3, 6_000, "A"), (4, 600_000, "B"), (5, -5_000, "C"))
    bank.identify("B-000001", "receipt", "BROOKS")
    bank.identify("B-000002", "receipt", "BROOKS")
    yield bank
    bank.prove()


def refund(bank, line, amount=None, reference="", user="ann"):
    """Owe a receipt back."""
    return refund_receipt(bank.books.office(user), line, amount, reference)


def test_a_refund_is_owed_until_the_bank_has_paid_it(bank):
    row = refund(bank, "B-000001", 5_000).rows[0]
    assert (row["unallocated"], bank.of("2400")) == ("10.00", {"BROOKS": 5_000})
    bank.identify("B-000003", "refund", "BROOKS")
    assert bank.of("2400") == bank.of("2900") == {}
    assert bank.of("2910") == {"BROOKS": 601_000}


def test_a_refund_may_be_paid_as_any_payment_is(bank):
    refund(bank, "B-000001", 5_000)
    bank.identify("B-000003", "payment", "BROOKS")
    assert bank.of("2400") == {}
    assert bank.of("2910") == {"BROOKS": 601_000}


def test_the_refund_and_the_reconciliation_name_one_command_for_its_payment(bank):
    (told,) = refund(bank, "B-000001", 5_000).said[1:]
    (waiting,) = reconcile_bank(bank.books.office(), Asked()).open_payments
    assert told.endswith("levytool bank identify LINE --as refund --party BROOKS")
    assert waiting["command"] == "levytool bank identify B-000003 --as refund --party BROOKS"


def test_either_word_for_the_payment_of_a_refund_posts_the_same_and_once(bank):
    refund(bank, "B-000001", 5_000)
    before = bank.books.entries()
    bank.identify("B-000003", "refund", "BROOKS")
    as_refund, posted = bank.everything(), bank.books.entries()
    assert posted == before + 1
    bank.identify("B-000003", "payment", "BROOKS", instead=True)
    assert (bank.everything(), bank.books.entries()) == (as_refund, posted + 2)


def test_a_refund_that_nobody_recorded_is_recorded_with_its_payment(bank):
    refund(bank, "B-000001", 1_000)
    bank.identify("B-000003", "refund", "Brooks Roofing Ltd")
    assert bank.of("2400") == {}
    assert bank.rows()["B-000001"]["unallocated"] == "10.00"
    assert bank.of("2910") == {"BROOKS": 601_000}


def test_the_whole_rest_is_refunded_once(bank):
    refund(bank, "B-000001")
    posted = bank.books.entries()
    assert refund(bank, "B-000001").said == ("B-000001 is refunded already; nothing to do",)
    assert bank.books.entries() == posted


def test_without_a_reference_each_refund_is_a_new_one(bank):
    refund(bank, "B-000001", 1_000)
    refund(bank, "B-000001", 1_000)
    assert bank.of("2400") == {"BROOKS": 2_000}


def test_a_reference_makes_a_repeat_do_nothing(bank):
    refund(bank, "B-000001", 1_000, "once")
    assert "done already" in refund(bank, "B-000001", 1_000, "once").said[0]
    assert bank.of("2400") == {"BROOKS": 1_000}
    with pytest.raises(RuleRefused, match="belongs to another"):
        refund(bank, "B-000001", 2_000, "once")


@pytest.mark.parametrize("amount", [6_001, None])
def test_only_what_is_unallocated_is_refunded(bank, amount):
    line = "B-000001" if amount else "B-000003"
    with pytest.raises(RuleRefused, match="is an unallocated receipt"):
        refund(bank, line, amount)
    with pytest.raises(UsageError, match="more than"):
        refund(bank, line, 0)


def test_a_large_refund_needs_a_second_person(bank):
    told = refund(bank, "B-000002")
    assert told.said[0].startswith("proposed: a refund of £6,000.00 to BROOKS")
    assert bank.of("2400") == {}
    with pytest.raises(RuleRefused, match="second person"):
        refund(bank, "B-000002")
    refund(bank, "B-000002", user="ben")
    assert bank.of("2400") == {"BROOKS": 600_000}


def test_a_large_payment_back_is_not_recorded_by_one_person_alone(bank):
    bank.bring((6, -550_000, "D"), opening_pence=601_000)
    with pytest.raises(RuleRefused, match="needs a second person"):
        bank.identify("B-000004", "refund", "BROOKS")
    refund(bank, "B-000002", 550_000)
    refund(bank, "B-000002", 550_000, user="ben")
    bank.identify("B-000004", "refund", "BROOKS")
    assert bank.of("2910") == {"BROOKS": 56_000}


def test_more_than_the_payer_has_is_not_paid_back(bank):
    with pytest.raises(RuleRefused, match=r"£0.00 is left of BEECH's receipts, not £50.00"):
        bank.identify("B-000003", "refund", "BEECH")


def test_a_receipt_of_two_payers_is_refunded_by_name(bank):
    bank.bring((7, 1_000, "E"), opening_pence=601_000)
    bank.identify("B-000004", "receipt", "BROOKS", amount=400)
    bank.identify("B-000004", "receipt", "BEECH")
    with pytest.raises(RuleRefused, match="money of BEECH and BROOKS"):
        refund(bank, "B-000004")


def test_a_refund_that_is_not_paid_is_taken_back_and_the_receipt_given_to_another(bank):
    before = bank.everything()
    refund(bank, "B-000001", 5_000)
    assert bank.rows()["B-000001"]["refunded"] == "50.00"
    with pytest.raises(RuleRefused, match="bank unallocate B-000001"):
        bank.identify("B-000001", "receipt", "BEECH", instead=True)
    told = bank.unallocate("B-000001")
    assert told.said == ("the refund of £50.00 to BROOKS is taken back: it is owed no longer",)
    assert (told.rows[0]["refunded"], told.rows[0]["unallocated"]) == ("0.00", "60.00")
    assert bank.everything() == before
    posted = bank.books.entries()
    assert bank.unallocate("B-000001").said == ("B-000001: nothing is allocated there",)
    assert bank.books.entries() == posted
    bank.identify("B-000001", "receipt", "BEECH", instead=True)
    assert bank.of("2910") == {"BROOKS": 600_000, "BEECH": 6_000}
    refund(bank, "B-000001")
    assert bank.of("2400") == {"BEECH": 6_000}


def test_only_the_refund_is_taken_back_where_that_is_asked(bank):
    bank.books.spend(("2014-03-05", "SALIX", "1000.00"))
    bank.allocate("B-000001", "INV-000001")
    refund(bank, "B-000001")
    assert bank.unallocate("B-000001", "refund").rows[0]["documents"] == ["INV-000001"]
    refund(bank, "B-000001")
    assert bank.unallocate("B-000001", "INV-000001").rows[0]["refunded"] == "48.00"
    assert bank.of("2400") == {"BROOKS": 4_800}


def test_a_refund_that_the_bank_has_paid_stands(bank):
    refund(bank, "B-000001", 5_000)
    bank.identify("B-000003", "refund", "BROOKS")
    posted = bank.books.entries()
    (said,) = bank.unallocate("B-000001").said
    assert said == "the refund of £50.00 to BROOKS is paid: it stands"
    assert bank.books.entries() == posted
    with pytest.raises(RuleRefused, match=r"paid by B-000003; .* bank identify B-000003"):
        bank.identify("B-000001", "receipt", "BEECH", instead=True)
    bank.unidentify("B-000003")
    assert "taken back" in bank.unallocate("B-000001").said[0]
    assert bank.of("2400") == {}


def draw(bank, pence):
    """Owe BROOKS, who trains for a scheme too, this much from it."""
    officer = bank.books.office()
    propose_scheme(officer, "S", members=["SALIX"], title="S", budget_pence=pence, places=1)
    approve_scheme(bank.books.office("bob"), "S")
    fund_scheme(officer, "S", "City Trust", pence, "f-1")
    bank.books.match_funding("S", "City Trust", f"{pence / 100:.2f}")
    draw_scheme(officer, "S", net_pence=pence, payee="BROOKS", reference="d-1")


def test_a_refund_that_was_paid_is_not_open_for_what_is_owed_its_payee_since(bank):
    refund(bank, "B-000001", 5_000)
    bank.identify("B-000003", "payment", "BROOKS")
    draw(bank, 5_000)
    assert bank.of("2400") == {"BROOKS": 5_000}
    assert bank.unallocate("B-000001").said == (
        "the refund of £50.00 to BROOKS is paid: it stands",
    )
    bank.bring((7, -5_000, "REFUND"), opening_pence=606_000)
    last = list(bank.rows())[-1]
    bank.identify(last, "refund", "BROOKS")
    assert (bank.of("2400"), bank.of("2910")) == ({"BROOKS": 5_000}, {"BROOKS": 596_000})


def test_a_refund_paid_by_name_leaves_what_was_owed_its_payee_before(bank):
    draw(bank, 5_000)
    refund(bank, "B-000001", 5_000)
    bank.identify("B-000003", "refund", "BROOKS")
    assert bank.unallocate("B-000001").said == (
        "the refund of £50.00 to BROOKS is paid: it stands",
    )
    assert bank.of("2400") == {"BROOKS": 5_000}


def test_a_refund_that_waits_in_a_payment_run_stands_until_that_is_withdrawn(bank):
    refund(bank, "B-000001", 5_000)
    run = make_run(bank.books.office()).number
    (said,) = bank.unallocate("B-000001").said
    assert said.endswith(f"waits in a payment run: levytool bank payments --withdraw {run}-1")
    assert bank.of("2400") == {"BROOKS": 5_000}
    withdraw(bank.books.office(), f"{run}-1")
    bank.unallocate("B-000001")
    assert bank.of("2400") == {}


def test_a_reference_is_not_used_again_after_its_refund_was_taken_back(bank):
    refund(bank, "B-000001", 1_000, "once")
    bank.unallocate("B-000001")
    assert "was taken back" in refund(bank, "B-000001", 1_000, "once").said[0]
    assert bank.of("2400") == {}
    refund(bank, "B-000001", 1_000, "twice")
    assert bank.of("2400") == {"BROOKS": 1_000}


def test_a_refund_taken_back_leaves_the_proofs_whole(bank):
    refund(bank, "B-000001", 1_000)
    bank.unallocate("B-000001")
    assert all(check.ok for check in check_books(bank.books.office()))
    assert {row["difference"] for row in reconcile_ledger(bank.books.office())} == {"0.00"}


@pytest.mark.parametrize(
    ("today", "said"),
    [
        ("2014-04-02", "dated 2014-04-02, the day it is done, not the day of the bank line"),
        ("2014-03-01", "dated 2014-03-03, the day of the bank line, which is later"),
    ],
)
def test_a_refund_says_in_which_period_it_falls_and_why(bank, today, said):
    told = refund_receipt(bank.books.office(today=today), "B-000001")
    assert f"{said}: it counts in {today[:7]}" in told.said[0]


def test_a_refund_after_the_close_says_so(bank):
    bank.books.close("2014-04")
    told = refund_receipt(bank.books.office(today="2014-04-02"), "B-000001")
    assert "dated 2014-05-01, the first day that is open: it counts in 2014-05" in told.said[0]

"""Saying what bank lines are: out of suspense, to where each belongs."""

import pytest
from sqlalchemy import text

from levytool.accounts import Account
from levytool.desk.bank.reconcile_bank import Asked, reconcile_bank
from levytool.journal import Leg
from levytool.ledger.funds.schemes import (
    FUNDER,
    NewSchemeMovement,
    add_scheme_movements,
    funds_by_scheme,
)
from levytool.ledger.journal.posting import post
from levytool.problems import RuleRefused, UsageError
from levytool.rules.postings import Occasion, match_funding_agreed, opening_balances
from tests.desk.banked import Bank, received_book
from tests.desk.consortium import acting


@pytest.fixture
def bank(books):
    """A bank with £100.00 in (B-000001) and £40.00 out (B-000002), neither explained."""
    bank = Bank(books(received_book()))
    bank.bring((3, 10_000, "SOMEBODY"), (4, -4_000, "SOMETHING"))
    yield bank
    bank.prove()


def owe(bank, payee, pence):
    """Let the consortium owe a payee money."""
    entry = opening_balances(Occasion(acting().today), {Leg(Account.CREDITORS, payee): -pence})
    with bank.books.office().writing() as connection:
        post(connection, acting(), [entry])


def agree(bank, scheme, funder, pence):
    """Let a funder agree money for a scheme."""
    with bank.books.office().writing() as connection:
        entry = match_funding_agreed(Occasion(acting().today), scheme, funder, pence)
        entry_id = post(connection, acting(), [entry]).first_id
        movement = NewSchemeMovement(scheme, FUNDER, funder, "agree", pence, 0, "", "", entry_id)
        add_scheme_movements(connection, [movement])


def funder(bank, scheme):
    """The money of a scheme's only funder."""
    with bank.books.reading() as connection:
        return funds_by_scheme(connection)[scheme][0]


@pytest.mark.parametrize("party", ["BROOKS", "brooks", "Brooks Roofing Limited", "Brooks Roofing"])
def test_a_receipt_is_known_by_its_payers_code_or_name(bank, party):
    row = bank.identify("b-000001", "receipt", party).rows[0]
    assert (row["state"], row["party"], row["unallocated"]) == ("unallocated", "BROOKS", "100.00")
    assert (bank.of("2900"), bank.of("2910")) == ({"main": -4_000}, {"BROOKS": 10_000})


def test_a_member_may_be_the_payer(bank):
    bank.identify("B-000001", "receipt", "SALIX")
    assert bank.of("2910") == {"SALIX": 10_000}


@pytest.mark.parametrize(
    ("line", "kind", "account", "balance"),
    [
        ("B-000001", "interest", "4200", 10_000),
        ("B-000001", "vat", "2500", 10_000),
        ("B-000001", "charge", "6100", 10_000),
        ("B-000002", "vat", "2500", -4_000),
        ("B-000002", "charge", "6100", -4_000),
    ],
)
def test_interest_vat_and_charges_go_to_their_accounts(bank, line, kind, account, balance):
    row = bank.identify(line, kind).rows[0]
    assert (row["state"], row["as"]) == ("explained", kind)
    assert bank.of(account) == {"": balance}


def test_a_payment_meets_what_its_payee_is_owed(bank):
    owe(bank, "Salix Training", 4_000)
    assert bank.identify("B-000002", "payment", "SALIX TRAINING").rows[0]["party"] == (
        "Salix Training"
    )
    assert (bank.of("2400"), bank.of("2900")) == ({}, {"main": 10_000})


def test_a_payee_is_never_paid_more_than_it_is_owed(bank):
    owe(bank, "Salix Training", 3_999)
    with pytest.raises(RuleRefused, match=r"owed £39.99, not £40.00"):
        bank.identify("B-000002", "payment", "Salix Training")
    with pytest.raises(UsageError, match="the books have: 'Salix Training'"):
        bank.identify("B-000002", "payment", "Salix Tuition")


def test_a_payment_that_comes_back_is_owed_again(bank):
    owe(bank, "Salix Training", 4_000)
    bank.identify("B-000002", "payment", "Salix Training")
    bank.identify("B-000001", "payment", "Salix Training", amount=4_000)
    assert bank.of("2400") == {"Salix Training": 4_000}


def test_match_funding_arrives_for_its_scheme(bank):
    agree(bank, "ROOFS", "City Fund", 15_000)
    bank.identify("B-000001", "match-funding", scheme="ROOFS")
    assert (bank.of("1300"), bank.of("2300")) == (
        {"City Fund": -5_000},
        {"ROOFS/City Fund": 15_000},
    )
    assert (funder(bank, "ROOFS").received_pence, funder(bank, "ROOFS").owed_pence) == (
        10_000,
        5_000,
    )
    bank.identify("B-000001", "interest", instead=True)
    assert (funder(bank, "ROOFS").received_pence, bank.of("1300")) == (0, {"City Fund": -15_000})


def test_no_more_match_funding_arrives_than_was_agreed(bank):
    agree(bank, "ROOFS", "City Fund", 9_999)
    with pytest.raises(RuleRefused, match=r"owes £99.99 for ROOFS, not £100.00"):
        bank.identify("B-000001", "match-funding", "City Fund", scheme="ROOFS")
    with pytest.raises(UsageError, match="--scheme"):
        bank.identify("B-000001", "match-funding", "City Fund")
    with pytest.raises(UsageError, match="no money was agreed"):
        bank.identify("B-000001", "match-funding", "City Fund", scheme="WALLS")
    with pytest.raises(UsageError, match="the books have: 'City Fund'"):
        bank.identify("B-000001", "match-funding", "Town Fund", scheme="ROOFS")


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("B-000002", "receipt"),
        ("B-000002", "match-funding"),
        ("B-000002", "interest"),
        ("B-000001", "refund"),
    ],
)
def test_money_of_the_wrong_direction_is_refused_with_what_it_may_be(bank, line, kind):
    with pytest.raises(RuleRefused, match="--as"):
        bank.identify(line, kind, "BROOKS", scheme="ROOFS")


@pytest.mark.parametrize(
    ("line", "kind", "party", "said"),
    [
        ("B-000009", "interest", "", "there is no bank line B-000009"),
        ("X-1", "interest", "", "write it as B-000001"),
        ("B-000001", "gift", "", "none of: receipt, payment"),
        ("B-000001", "receipt", "", "--party P"),
        ("B-000001", "receipt", "Broks", "did you mean BROOKS"),
        ("B-000002", "payment", "Nobody", "the books have: nobody"),
    ],
)
def test_what_is_not_there_is_told(bank, line, kind, party, said):
    with pytest.raises(UsageError, match=said):
        bank.identify(line, kind, party)


def test_a_line_may_be_several_things(bank):
    row = bank.identify("B-000001", "receipt", "BROOKS", amount=6_000).rows[0]
    assert (row["state"], row["unidentified"]) == ("part-identified", "40.00")
    bank.identify("B-000001", "receipt", "BEECH", amount=3_000)
    row = bank.identify("B-000001", "interest").rows[0]
    assert (row["as"], row["party"]) == ("receipt, interest", "BROOKS, BEECH")
    assert bank.of("2910") == {"BEECH": 3_000, "BROOKS": 6_000}
    assert bank.of("4200") == {"": 1_000}


def test_no_more_is_identified_than_there_is(bank):
    with pytest.raises(RuleRefused, match=r"£100.00 of B-000001 is unidentified, not £100.01"):
        bank.identify("B-000001", "interest", amount=10_001)


@pytest.mark.parametrize("amount", [None, 2_500])
def test_saying_it_twice_says_it_once(bank, amount):
    bank.identify("B-000001", "receipt", "BROOKS", amount=amount)
    posted = bank.books.entries()
    told = bank.identify("B-000001", "receipt", "BROOKS", amount=amount)
    assert told.said == ("B-000001 is identified so already; nothing to do",)
    assert bank.books.entries() == posted


def test_a_line_that_is_explained_is_not_explained_again(bank):
    bank.identify("B-000001", "receipt", "BROOKS")
    with pytest.raises(RuleRefused, match=r"identified as receipt of BROOKS; .* --instead"):
        bank.identify("B-000001", "interest")


def test_what_a_line_was_said_to_be_can_be_taken_back(bank):
    bank.identify("B-000001", "receipt", "BROOKS", amount=6_000)
    bank.identify("B-000001", "interest")
    bank.identify("B-000001", "receipt", "BEECH", instead=True)
    assert (bank.of("2910"), bank.of("4200")) == ({"BEECH": 10_000}, {})
    posted = bank.books.entries()
    bank.identify("B-000001", "receipt", "BEECH", instead=True)
    assert bank.books.entries() == posted


def test_an_allocated_receipt_is_not_taken_back(bank):
    bank.books.spend(("2014-03-05", "SALIX", 5_000))
    bank.allocate("B-000001", "INV-000001")
    with pytest.raises(RuleRefused, match="bank unallocate B-000001"):
        bank.identify("B-000001", "receipt", "BEECH", instead=True)


def test_identifying_is_an_act_of_today(bank):
    bank.identify("B-000001", "interest", today="2014-05-06")
    with bank.books.reading() as connection:
        days = list(connection.scalars(text("SELECT effective FROM journal_entry ORDER BY id")))
    assert [str(day) for day in days] == ["2014-03-03", "2014-03-04", "2014-05-06"]


def test_nothing_is_dated_before_the_line_it_explains(bank):
    bank.bring((30, 500, "LATE"), opening_pence=6_000, today="2014-03-30")
    bank.identify("B-000003", "interest", today="2014-03-29")
    with bank.books.reading() as connection:
        day = connection.scalar(text("SELECT MAX(effective) FROM journal_entry"))
    assert str(day) == "2014-03-30"


def test_a_line_becomes_unknown_again_and_nothing_is_deleted(bank):
    bank.identify("B-000001", "receipt", "BROOKS", amount=4_000)
    bank.identify("B-000001", "interest")
    posted = bank.books.entries()
    told = bank.unidentify("B-000001")
    assert (told.rows[0]["state"], told.rows[0]["party"]) == ("unidentified", "")
    assert told.said == ("B-000001 is nobody's again: £100.00 waits in suspense",)
    assert (bank.of("2900"), bank.of("2910")) == ({"main": 6_000}, {})
    assert bank.books.entries() == posted + 2
    assert bank.unidentify("B-000001").said == ("B-000001 is nobody's; nothing to do",)
    assert bank.books.entries() == posted + 2


def test_a_line_in_use_becomes_unknown_once_that_is_taken_back(bank):
    bank.books.spend(("2014-03-05", "SALIX", "1000.00"))
    bank.allocate("B-000001", "INV-000001")
    with pytest.raises(RuleRefused, match="bank unallocate B-000001"):
        bank.unidentify("B-000001")
    bank.unallocate("B-000001")
    bank.unidentify("B-000001")
    assert bank.of("2910") == {}


def test_what_a_person_made_unknown_is_not_identified_by_itself_again(books):
    bank = Bank(books(received_book()))
    bank.bring((20, 1_200, "INV-000001"), match=False)
    bank.identify("B-000001", "receipt", "BROOKS")
    bank.unidentify("B-000001")
    bank.books.spend(("2014-03-05", "SALIX", "1000.00"))
    assert bank.allocate().rows == []
    found = reconcile_bank(bank.books.office(), Asked(), apply=True)
    assert (found.matched, [row["receipt"] for row in found.suggestions]) == ([], ["B-000001"])
    bank.allocate("B-000001")
    assert bank.open() == {"INV-000001": 0}
    bank.prove()

"""Verified places paid for from their provision, and obligations waived (domain §3.5)."""

from datetime import date

import pytest

from levytool.desk.brokerage.list_opportunities import list_opportunities
from levytool.desk.brokerage.opportunity_due import opportunity_due
from levytool.desk.brokerage.pay_opportunity import pay_opportunity
from levytool.desk.brokerage.record_opportunity import Place, record_opportunity, verify_opportunity
from levytool.desk.brokerage.release_surplus import release_surplus
from levytool.desk.brokerage.waive_obligation import waive_obligation
from levytool.desk.tracing.explain import explain
from levytool.periods import Month
from levytool.problems import RuleRefused, UsageError
from tests.desk.consortium import book_text, tried

PAYEE = "Beech Roofing"
COSTS = (
    "unit_cost = [{ from = 2012-04-01, cost = '2500.00' }, { from = 2014-02-01, cost = '3000' }]"
)


def deliver(books, count=1, verified=True, **given):
    """Places recorded by ann and verified by bob; gives their numbers."""
    settings = {"framework": "REGEN", "member": "SALIX", "type": "job", "weeks": 52}
    place = Place(**(settings | {"starts": date(2014, 5, 1)} | given))
    numbers = []
    for _ in range(count):
        numbers.append(record_opportunity(books.office("ann"), place)["opportunity"])
        if verified:
            verify_opportunity(books.office("bob"), numbers[-1])
    return numbers


def pay(books, number, pounds, **given):
    settings = {"net_pence": pounds * 100, "payee": PAYEE} | given
    return pay_opportunity(books.office(), number, **settings)


@pytest.fixture
def two_layers(books):
    """£1m in January sets £5,000 aside for SALIX, £0.5m in February £3,000 more."""
    books = books(book_text(opportunities=COSTS))
    books.spend(("2014-01-31", "SALIX", "1000000.00"))
    books.spend(("2014-02-28", "SALIX", "500000.00"))
    assert (books.balance("2110", "SALIX"), books.balance("2100", "SALIX")) == (800000, 700000)
    return books


def test_a_payment_uses_the_oldest_layer_and_owes_the_payee_with_vat(two_layers):
    (number,) = deliver(two_layers)
    row = pay(two_layers, number, 2500, vat_pence=50000)
    assert (row["state"], row["status"]) == ("paid", "done")
    assert two_layers.balance("2110", "SALIX") == 550000
    assert two_layers.balance("2100", "SALIX") == 700000
    assert two_layers.balance("2400", "Beech Roofing") == 300000
    assert two_layers.balance("2500") == 300000 - 50000


def test_a_saving_goes_back_and_an_overrun_is_charged(two_layers):
    cheap, dear = deliver(two_layers, 2)
    pay(two_layers, cheap, 2000)
    assert two_layers.balance("2100", "SALIX") == 750000
    pay(two_layers, dear, 2700)
    assert two_layers.balance("2100", "SALIX") == 730000
    assert two_layers.balance("2110", "SALIX") == 300000


def test_with_no_layer_left_the_levy_fund_is_charged(two_layers):
    for number in deliver(two_layers, 4):
        pay(two_layers, number, 2500)
    assert two_layers.balance("2110", "SALIX") == 0
    assert two_layers.balance("2100", "SALIX") == 700000 + 50000 - 250000


def test_what_was_paid_is_not_set_aside_again(two_layers):
    for number in deliver(two_layers, 2):
        pay(two_layers, number, 2500)
    two_layers.spend(("2014-03-31", "SALIX", "500000.00"))
    assert two_layers.balance("2110", "SALIX") == 300000 + 300000


def test_an_unverified_place_is_not_paid_for(two_layers):
    (number,) = deliver(two_layers, verified=False)
    before = two_layers.entries()
    with pytest.raises(RuleRefused, match="O-000001 is not verified; another user than ann"):
        pay(two_layers, number, 2500)
    assert two_layers.entries() == before


def test_a_place_is_paid_for_once(two_layers):
    (number,) = deliver(two_layers)
    pay(two_layers, number, 2500, reference="inv-9")
    assert pay(two_layers, number, 2500, reference="inv-9")["status"] == "done-before"
    with pytest.raises(RuleRefused, match="O-000001 is paid for already"):
        pay(two_layers, number, 2500)
    with pytest.raises(RuleRefused, match="inv-9 belongs to another opportunity pay"):
        pay(two_layers, number, 2600, reference="inv-9")
    assert two_layers.balance("2400", "Beech Roofing") == 250000


def test_a_place_too_short_to_count_is_not_paid_from_levy(two_layers):
    (number,) = deliver(two_layers, weeks=26)
    with pytest.raises(RuleRefused, match="planned for 26 weeks and does not count"):
        pay(two_layers, number, 500)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"net_pence": 0}, r"--amount is £0.00"),
        ({"vat_pence": -1}, r"--vat is -£0.01"),
        ({"payee": "  "}, "--payee is empty"),
    ],
)
def test_a_payment_says_how_much_and_to_whom(two_layers, given, said):
    (number,) = deliver(two_layers)
    with pytest.raises(UsageError, match=said):
        pay(two_layers, number, 1, **given)
    with pytest.raises(UsageError, match="no opportunity O-000009; see: levytool opportunity list"):
        pay(two_layers, "O-000009", 1)


def test_trying_to_pay_stores_nothing(two_layers):
    (number,) = deliver(two_layers)
    before = two_layers.entries()
    settings = {"net_pence": 250000, "payee": "Beech Roofing"}
    assert pay_opportunity(tried(two_layers.office()), number, **settings)["state"] == "paid"
    assert two_layers.entries() == before
    assert list_opportunities(two_layers.office())[0]["state"] == "verified"


def test_at_a_wider_scope_members_bear_an_unprovided_place_by_their_spend(books):
    books = books(book_text(opportunities="scope = 'framework'"))
    books.spend(("2014-01-31", "ALDER", "300000.00"), ("2014-01-31", "SALIX", "100000.00"))
    (number,) = deliver(books)
    pay(books, number, 1000)
    assert books.balance("2100", "ALDER") == 300000 - 75000
    assert books.balance("2100", "SALIX") == 100000 - 25000


def test_without_any_spend_the_member_itself_bears_its_place(books):
    books = books()
    (number,) = deliver(books)
    pay(books, number, 1000)
    assert books.balance("2100", "SALIX") == -100000


@pytest.fixture
def ended(books):
    """REGEN ended in March with £7,500 provided for SALIX's three places, one of them verified."""
    books = books(book_text(framework="ends = 2014-03-31"))
    books.spend(("2014-01-31", "SALIX", "1500000.00"))
    deliver(books)
    return books


def waive(books, user, **given):
    return waive_obligation(books.office(user), "REGEN", **({"member": "SALIX"} | given))


def test_an_obligation_is_waived_by_two_people_and_its_provision_goes_back(ended):
    assert waive(ended, "ann")["status"] == "proposed"
    assert ended.balance("2110", "SALIX") == 750000
    with pytest.raises(RuleRefused, match="ann proposed this"):
        waive(ended, "ann")
    assert waive(ended, "bob") == {
        "framework": "REGEN",
        "member": "SALIX",
        "call_off": None,
        "contractor": None,
        "places": 2,
        "given_back": "5000.00",
        "status": "done",
    }
    assert ended.balance("2110", "SALIX") == 250000
    assert waive(ended, "ann")["status"] == "done-before"
    assert waive(ended, "bob")["places"] == 0


def test_what_was_waived_is_neither_outstanding_nor_set_aside_again(ended):
    waive(ended, "ann")
    waive(ended, "bob")
    (row,) = opportunity_due(ended.office())[0]["rows"]
    assert (row["due"], row["delivered"], row["outstanding"]) == (3, 1, 0)
    ended.spend(("2014-03-31", "SALIX", "1.00"))
    assert ended.balance("2110", "SALIX") == 250000
    pay(ended, "O-000001", 2500)
    assert ended.balance("2110", "SALIX") == 0


def test_a_running_framework_is_not_waived(books):
    for framework in ("", "ends = 2014-04-10"):
        made = books(book_text(framework=framework))
        with pytest.raises(RuleRefused, match=r"REGEN (has no end|ends 2014-04-10); what it owes"):
            waive(made, "ann")


@pytest.mark.parametrize(
    ("scope", "given", "said"),
    [
        ("framework-member", {"member": ""}, "counts by framework-member; give --member"),
        ("framework-member", {"contractor": "BEECH"}, "give --member$"),
        ("framework", {}, "counts by framework; give no further code"),
        ("call-off", {}, "give --member and --call-off and --contractor"),
    ],
)
def test_just_one_obligation_is_waived(books, scope, given, said):
    made = books(book_text(opportunities=f"scope = '{scope}'", framework="ends = 2014-03-31"))
    with pytest.raises(UsageError, match=said):
        waive(made, "ann", **given)


def test_what_a_waived_obligation_carried_is_no_longer_held_back(books):
    """£350,000 owes 0.7 of a place: nothing is provided, and £1,750 of levy held back."""
    exact = "provide = 'exact'\nunit_cost = [{ from = 2012-04-01, cost = '2500' }]"
    books = books(book_text(opportunities=exact, framework="ends = 2014-03-31"))
    books.spend(("2014-03-31", "SALIX", "350000.00"))
    held = release_surplus(books.office(), Month(2014, 3))[2]
    assert (held["released"], held["held_back"]) == ("1750.00", "1750.00")
    entries = books.entries()
    assert [waive(books, user)["status"] for user in ("ann", "bob")] == ["proposed", "done"]
    assert waive(books, "ann")["status"] == "done-before"
    assert books.entries() == entries
    freed = release_surplus(books.office(), Month(2014, 3))[2]
    assert (freed["released"], freed["held_back"]) == ("1750.00", "0.00")


def test_a_framework_that_owes_nothing_has_nothing_to_waive(books):
    with pytest.raises(RuleRefused, match="REGEN owes no opportunities; there is nothing to waive"):
        waive(books(book_text(opportunities=None)), "ann")


def test_a_payment_is_explained_with_its_payee_and_who_bore_it(two_layers):
    cheap, dear = deliver(two_layers, 2)
    row = pay(two_layers, cheap, 2000, vat_pence=40000)
    assert (row["payee"], row["amount"], row["vat"]) == ("Beech Roofing", "2000.00", "400.00")
    pay(two_layers, dear, 2700)
    paid = [dict(explain(two_layers.office(), n).facts) for n in (cheap, dear)]
    met = {"from provision": "2000.00", "saved, back to levy fund": "500.00"}
    assert paid[0].items() >= (met | {"payee": "Beech Roofing", "net": "2000.00"}).items()
    assert paid[0]["vat"] == "400.00"
    assert (paid[1]["from provision"], paid[1]["charged to levy fund"]) == ("2500.00", "200.00")

"""A scheme's drawdown is taken back while the bank has not paid it (domain §3.5)."""

from datetime import date

import pytest

from levytool.accounts import Account
from levytool.desk.audit.check_books import check_books
from levytool.desk.bank.pay_creditors import list_payable, make_run, withdraw
from levytool.desk.bank.take_back_draw import take_back_draw
from levytool.desk.brokerage.list_schemes import show_scheme
from levytool.desk.levy.vat_summary import vat_figures, vat_summary
from levytool.desk.month_end.snapshot import snapshot, still_committed
from levytool.desk.tracing.explain import explain
from levytool.ledger.funds.schemes import funds_by_scheme
from levytool.ledger.journal.as_known import AsKnown
from levytool.ledger.journal.balances import credit_balances
from levytool.money import format_pence
from levytool.periods import Month, Period
from levytool.problems import RuleRefused, UsageError
from tests.desk.banked import Bank
from tests.desk.consortium import tried
from tests.desk.test_schemes import approve_scheme, close, commit, draw, fund, money, pot, propose
from tests.desk.test_schemes import funded as funded
from tests.desk.tracing import assert_whole, under

PAYEE = "Firstcoach CIC"
OLDEST = "SALIX's share, from the oldest money committed"
MOVED = (Account.SCHEME_FUNDS, Account.CREDITORS, Account.VAT_CONTROL, Account.BROKERAGE_POT)
APRIL = Period(Month(2014, 4), Month(2014, 4))


def take_back(books, reference="D-1", reason="the wrong amount", scheme="WARDENS", **office):
    return take_back_draw(books.office(**office), scheme, reference, reason)


def standing(books):
    """Everything that a drawdown moves: accounts, sources, commitments by age, pots."""
    with books.reading() as connection:
        held = [credit_balances(connection, account) for account in MOVED]
        facts = snapshot(connection, APRIL, None, date(2014, 5, 1))
        ages = [still_committed(facts, member) for member in ("ALDER", "SALIX")]
        funds = funds_by_scheme(connection)
    balances = [{key: pence for key, pence in one.items() if pence} for one in held]
    return balances, ages, funds, money(books), pot(books), pot(books, "ALDER")


@pytest.fixture
def shared(funded):
    """£4,400 of SALIX's from two cohorts, £1,000 of ALDER's, £200 of a funder's £500 received."""
    commit(funded, 4400)
    commit(funded, 1000, "ALDER")
    fund(funded, 500)
    funded.match_funding("WARDENS", "City Trust", "200.00")
    return funded


@pytest.mark.parametrize("pence", [1, 100_001, 450_000, 560_000])
def test_a_drawdown_that_is_taken_back_leaves_everything_as_it_was(shared, pence):
    before = standing(shared)
    draw(shared, pence, vat_pence=2_001)
    assert standing(shared) != before
    row = take_back(shared)
    assert (row["scheme"], row["payee"], row["status"]) == ("WARDENS", PAYEE, "done")
    assert (row["drawn"], row["remaining"]) == ("0.00", "5600.00")
    assert standing(shared) == before
    assert list_payable(shared.office()) == []
    figures = vat_figures(vat_summary(shared.office(), APRIL))
    assert (figures["input"]["drawdowns"], figures["other"]) == ("0.00", "0.00")
    assert [check for check in check_books(shared.office()) if not check.ok] == []
    shared.prove()


def test_an_earlier_drawdown_is_taken_back_from_under_a_later_one(shared):
    draw(shared, 500_000, "D-1")
    draw(shared, 60_000, "D-2")
    take_back(shared, "D-1")
    assert money(shared)[2] == "600.00"
    owed = [(row["payee"], row["open"]) for row in list_payable(shared.office())]
    assert owed == [(PAYEE, "600.00")]
    with shared.reading() as connection:
        facts = snapshot(connection, APRIL, None, date(2014, 5, 1))
        (salix,) = [one for one in facts.funds["WARDENS"] if one.source == "SALIX"]
        held = {str(one.month): one.pence for one in still_committed(facts, "SALIX")}
    assert held == {"2014-02": 400_000 - salix.drawn_pence, "2014-03": 40_000}
    used = under(explain(shared.office(), "WARDENS/D-2"), OLDEST)
    assert used == [("SALIX/2014-02", format_pence(salix.drawn_pence))]
    take_back(shared, "D-2")
    assert money(shared)[2:] == ["0.00", "5600.00"]
    shared.prove()


def test_the_right_amount_is_drawn_under_another_reference(shared):
    draw(shared, 100_000, "D-1")
    take_back(shared)
    again = draw(shared, 100_000, "D-1")
    assert (again["status"], again["taken_back"], again["drawn"]) == ("done-before", True, "0.00")
    right = draw(shared, 10_000, "D-2")
    assert (right["status"], right["taken_back"], right["drawn"]) == ("done", False, "100.00")
    assert shared.balance("2400", PAYEE) == 10_000


def test_another_amount_under_its_reference_is_refused_with_the_way_back(shared):
    draw(shared, 100_000)
    back = "levytool scheme draw WARDENS --reference D-1 --reverse --reason …"
    with pytest.raises(RuleRefused, match=f"belongs to another scheme draw.*{back}"):
        draw(shared, 10_000)
    take_back(shared)
    with pytest.raises(RuleRefused, match=r"give this one a reference of its own$"):
        draw(shared, 10_000)


def test_taking_back_twice_is_taking_back_once_and_trying_stores_nothing(shared):
    draw(shared, 100_000)
    entries = shared.entries()
    assert take_back_draw(tried(shared.office()), "WARDENS", "D-1", "wrong")["status"] == "done"
    assert shared.entries() == entries
    take_back(shared)
    entries = shared.entries()
    assert take_back(shared, reason="again", scheme="wardens")["status"] == "done-before"
    assert shared.entries() == entries
    close(shared)
    assert take_back(shared)["status"] == "done-before"


def test_only_what_was_drawn_is_taken_back(shared):
    with pytest.raises(UsageError, match="no drawdown of WARDENS 'D-1'; there is none yet; see"):
        take_back(shared)
    with pytest.raises(UsageError, match="--reason is empty"):
        take_back(shared, reason=" ")
    with pytest.raises(UsageError, match="--reference is empty"):
        take_back(shared, "")
    with pytest.raises(UsageError, match="no scheme 'WARDNS'"):
        take_back(shared, scheme="WARDNS")
    draw(shared, 100_000)
    with pytest.raises(UsageError, match="'d-1'; did you mean D-1\\? See: levytool bank payable"):
        take_back(shared, "d-1")
    propose(shared, "OTHER")
    approve_scheme(shared.office("bob"), "OTHER")
    other = "D-1 is a drawdown of WARDENS: levytool scheme draw WARDENS --reference D-1 --reverse"
    with pytest.raises(RuleRefused, match=other):
        take_back(shared, scheme="OTHER")


def test_what_a_closed_scheme_drew_stands(shared):
    draw(shared, 100_000)
    close(shared)
    with pytest.raises(RuleRefused, match="WARDENS is closed"):
        take_back(shared)


def test_what_the_bank_has_paid_stands(shared):
    bank = Bank(shared)
    draw(shared, 100_000)
    bank.bring((date(2014, 4, 11), -100_000, "BACS"), today="2014-04-12")
    line = max(bank.rows())
    bank.identify(line, "payment", PAYEE)
    with pytest.raises(RuleRefused, match=rf"{line}; .*bank identify {line} --as …") as refused:
        take_back(shared)
    assert "£1,000.00 for D-1 of WARDENS is not owed to Firstcoach CIC" in str(refused.value)


def test_a_drawdown_in_a_payment_run_is_withdrawn_from_it_first(shared):
    draw(shared, 100_000)
    run = make_run(shared.office())
    with pytest.raises(RuleRefused, match=f"bank payments --withdraw {run.number}-1"):
        take_back(shared)
    withdraw(shared.office(), run.number)
    assert take_back(shared)["status"] == "done"


def test_a_closed_month_keeps_its_drawdown_and_the_next_takes_it_back(shared):
    draw(shared, 100_000)
    shared.close("2014-04")
    take_back(shared)
    with shared.reading() as connection:
        drawn = [
            sum(one.drawn_pence for one in funds_by_scheme(connection, AsKnown(day))["WARDENS"])
            for day in (date(2014, 4, 30), date(2014, 5, 1))
        ]
    assert drawn == [100_000, 0]
    shared.prove()


def test_a_drawdown_is_known_as_it_was_before_it_was_taken_back(shared):
    draw(shared, 100_000)
    take_back(shared, today="2014-04-12")
    with shared.reading() as connection:
        then, now = (
            sum(one.drawn_pence for one in funds_by_scheme(connection, asked)["WARDENS"])
            for asked in (AsKnown(known_on=date(2014, 4, 11)), AsKnown())
        )
    assert (then, now) == (100_000, 0)


def test_it_is_explained_who_took_a_drawdown_back_and_why(shared):
    draw(shared, 100_000)
    take_back(shared, today="2014-04-12")
    drawn = explain(shared.office(), "WARDENS/D-1")
    assert dict(drawn.facts)["taken back"] == "2014-04-12 by ann: the wrong amount"
    ((back, _none),) = under(drawn, "reversed by")
    reversal = explain(shared.office(), back)
    assert dict(reversal.facts)["why"] == "the wrong amount"
    assert under(reversal, "takes back") == [(drawn.ref, None)]
    spent = under(explain(shared.office(), "WARDENS"), "drawn and given back by")
    assert [pounds for _ref, pounds in spent] == ["1000.00", "-1000.00", "5900.00"]
    assert show_scheme(shared.office(), "WARDENS")[1][0]["drawn"] == "0.00"
    assert_whole(shared)

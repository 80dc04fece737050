"""Money that the bank had in a period and that was entered after it is told in a sentence."""

from collections.abc import Iterator
from datetime import date

import pytest

from levytool.desk.brokerage.fund_scheme import fund_scheme
from levytool.desk.month_end.contractor_statement import contractor_statement
from levytool.desk.month_end.member_statement import member_statement
from levytool.desk.month_end.scheme_statement import scheme_statement
from levytool.desk.month_end.statements import KINDS
from levytool.periods import parse_period
from levytool.statements.forms import Form
from levytool.statements.values_payer import BankedLater
from tests.desk.banked import Bank
from tests.desk.consortium import Books
from tests.desk.correcting import Returns, received_text
from tests.statements.read_back import said_by, squeezed
from tests.statements.test_member_pays import MEMBER_PAYS
from tests.statements.test_member_statement import STORY_BOOK, story

MARCH, APRIL, MAY = (parse_period(f"2014-0{month}") for month in (3, 4, 5))
PAID = BankedLater(date(2014, 4, 20), date(2014, 5, 2), 7_200)


@pytest.fixture
def owing(tmp_path) -> Iterator[Returns]:
    """BROOKS owes £72.00, which the bank has on 20 April; nobody knows whose it is until 2 May."""
    books = Returns(tmp_path, received_text())
    books.declare(("A", "2014-03-06", "SALIX", "6000.00"), today="2014-03-31")
    assert books.bank("72.00", "who is this", "2014-04-20") == "B-000001"
    yield books
    books.ledger.close()


def banked(books: Returns, period=APRIL, known_on: date | None = None):
    office = books.office(today="2014-06-30")
    return contractor_statement(office, "BROOKS", period, known_on).account.banked


def test_a_payment_identified_after_the_period_is_told_with_both_days(owing: Returns) -> None:
    assert banked(owing) == ()
    Bank(owing).identify("B-000001", "receipt", "BROOKS", today="2014-05-02")
    assert banked(owing) == (PAID,)
    assert banked(owing, MARCH) == banked(owing, MAY) == ()
    assert banked(owing, parse_period("2014-04..2014-05")) == ()
    other = contractor_statement(owing.office(today="2014-06-30"), "BEECH", APRIL)
    assert other.account.banked == ()


def test_what_was_taken_back_is_not_told_nor_what_the_period_had_already(owing: Returns) -> None:
    bank = Bank(owing)
    bank.identify("B-000001", "receipt", "BROOKS", today="2014-04-22")
    assert banked(owing) == ()
    bank.identify("B-000001", "receipt", "BEECH", today="2014-05-02", instead=True)
    bank.identify("B-000001", "receipt", "BROOKS", today="2014-05-03", instead=True)
    assert banked(owing) == (), "April tells it among its movements"
    other = contractor_statement(owing.office(today="2014-06-30"), "BEECH", APRIL)
    assert other.account.banked == ()


def test_what_was_not_known_yet_on_a_day_is_not_told(owing: Returns) -> None:
    Bank(owing).identify("B-000001", "receipt", "BROOKS", today="2014-05-02")
    assert banked(owing, known_on=date(2014, 5, 1)) == ()
    assert banked(owing, known_on=date(2014, 5, 2)) == (PAID,)


@pytest.mark.parametrize("form", ["text", "html", "pdf"])
def test_the_page_says_it(owing: Returns, form: Form) -> None:
    Bank(owing).identify("B-000001", "receipt", "BROOKS", today="2014-05-02")
    told = KINDS["contractor"].statement(owing.office(today="2014-06-30"), "BROOKS", APRIL, None)
    said = "Payment of £72.00 was in the bank on 20 Apr 2014 and entered on 2 May 2014"
    assert squeezed(said) in squeezed(said_by(told, form))


def test_a_member_that_pays_is_told_too(tmp_path) -> None:
    books = Returns(tmp_path, MEMBER_PAYS)
    books.declare(("A", "2014-03-06", "SALIX", "6000.00"), today="2014-03-31")
    line = books.bank("72.00", "who is this", "2014-04-20")
    Bank(books).identify(line, "receipt", "SALIX", today="2014-05-02")
    own = member_statement(books.office(today="2014-06-30"), "SALIX", APRIL)
    assert own.account is not None and own.account.banked == (PAID,)
    books.ledger.close()


def test_match_funding_that_was_entered_later_is_told_by_its_scheme(tmp_path) -> None:
    books = story(Books(tmp_path, STORY_BOOK))
    fund_scheme(books.office(), "WORK", "Lottery", 50_000)
    line = books.bank("500.00", "GRANT 12", "2014-04-15")
    Bank(books).identify(line, "match-funding", "Lottery", scheme="WORK", today="2014-05-02")
    office = books.office(today="2014-06-30")
    (found,) = scheme_statement(office, "WORK", APRIL).banked
    assert found == BankedLater(date(2014, 4, 15), date(2014, 5, 2), 50_000)
    assert scheme_statement(office, "WORK", MAY).banked == ()
    page = said_by(KINDS["scheme"].statement(office, "WORK", APRIL, None), "text")
    said = "Match funding of £500.00 was in the bank on 15 Apr 2014 and entered on 2 May 2014"
    assert squeezed(said) in squeezed(page)
    books.ledger.close()

"""A member that pays its own levy is told its account with VAT, as a contractor is."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from levytool.desk.bank.pay_creditors import list_payable
from levytool.desk.bank.refund_receipt import refund_receipt
from levytool.desk.month_end.issue_statement import issue_statement
from levytool.desk.month_end.member_statement import member_statement, member_statements
from levytool.desk.month_end.statements import KINDS
from levytool.periods import parse_period
from levytool.statements.differences import differences
from levytool.statements.forms import Form
from levytool.statements.kept import kept_text, statement_kept
from levytool.statements.member import member_in_sections
from levytool.statements.said import said
from levytool.statements.values_payer import Owed
from tests.desk.banked import Bank
from tests.desk.correcting import Returns, received_text
from tests.statements.read_back import said_by, sheets, squeezed

MARCH, APRIL, MAY = (parse_period(f"2014-0{month}") for month in (3, 4, 5))
MEMBER_PAYS = received_text().replace('payer = "contractor"', 'payer = "member"')


@pytest.fixture
def paid(tmp_path) -> Iterator[Returns]:
    """SALIX owes £1,200.00 for March, pays £1,985.60 in April, and is owed back £785.60 in May."""
    books = Returns(tmp_path, MEMBER_PAYS)
    books.declare(("A", "2014-03-06", "SALIX", "100000.00"), today="2014-03-31")
    line = books.bank("1985.60", "INV-000001", "2014-04-20")
    refund_receipt(books.office(today="2014-05-02"), line, None)
    yield books
    books.ledger.close()


def test_what_a_member_paid_too_much_is_told_until_it_is_paid_back(paid: Returns) -> None:
    office = paid.office(today="2014-06-30")
    found = [member_statement(office, "SALIX", period).account for period in (MARCH, APRIL, MAY)]
    assert [(own.opening, own.closing) for own in found] == [
        (Owed(), Owed(120_000)),
        (Owed(120_000), Owed(0, 78_560)),
        (Owed(0, 78_560), Owed(0, 0, 78_560)),
    ]
    assert [[item.amount_pence for item in own.movements] for own in found] == [
        *([120_000], [-198_560], []),
    ]
    (document,) = found[0].documents
    assert (document.number, document.net_pence, document.vat_pence) == (
        *("INV-000001", 100_000, 20_000),
    )
    (owed,) = list_payable(office)
    assert (owed["payee"], owed["open"]) == ("SALIX", "785.60")
    back = paid.bank("-785.60", "SALIX refund", "2014-06-03")
    Bank(paid).identify(back, "payment", "SALIX", today="2014-06-03")
    june = member_statement(office, "SALIX", parse_period("2014-06")).account
    assert (june.opening, june.closing) == (Owed(0, 0, 78_560), Owed())


@pytest.mark.parametrize("form", ["text", "html", "pdf", "csv", "json"])
def test_what_is_owed_back_to_a_member_is_told_in_every_form(paid: Returns, form: Form) -> None:
    told = KINDS["member"].statement(paid.office(today="2014-06-30"), "SALIX", MAY, None)
    assert "785.6" in squeezed(said_by(told, form))


def test_a_workbook_has_the_account_too(paid: Returns, tmp_path) -> None:
    told = KINDS["member"].statement(paid.office(today="2014-06-30"), "SALIX", MAY, None)
    assert sheets(told, tmp_path)["Owed"][6][2] == pytest.approx(-785.60)


def test_the_parts_are_told_to_scripts_as_a_contractors_are(paid: Returns) -> None:
    told = said(KINDS["member"].statement(paid.office(today="2014-06-30"), "SALIX", MAY, None))
    assert told["owed"] == {
        "opening": {"documents": "0.00", "unallocated": "-785.60", "owed_back": "0.00"},
        "closing": {"documents": "0.00", "unallocated": "0.00", "owed_back": "-785.60"},
    }
    assert told["closing_balance"] == "0.00", "of its pot"


def test_only_members_that_pay_have_an_account(paid: Returns) -> None:
    told = {own.recipient.code: own for own in member_statements(paid.office(), MARCH)}
    assert {code for code, own in told.items() if own.account is not None} == {"SALIX"}
    assert not {"owed", "account", "documents"} & said(member_in_sections(told["ALDER"])).keys()


def test_an_account_opens_with_what_the_issued_statement_closed_with(paid: Returns) -> None:
    for user in ("ann", "bob"):
        issue_statement(paid.office(user, "2014-05-03"), "member", "SALIX", APRIL)
    paid.correct("R-000001", ("A", "2014-03-06", "SALIX", "50000.00"), today="2014-05-15")
    own = member_statement(paid.office(today="2014-06-30"), "SALIX", MAY).account
    moved = [(item.amount_pence, item.is_prior) for item in own.movements]
    assert own.opening == Owed(0, 78_560)
    assert own.closing.total_pence == own.opening.total_pence + sum(pence for pence, _ in moved)
    assert (60_000, True) in moved and (-120_000, True) in moved


def test_what_was_issued_before_members_had_accounts_agrees_and_is_carried_on(
    paid: Returns, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = KINDS["member"].statement(paid.office(today="2014-06-30"), "SALIX", APRIL, None)
    sections = tuple(one for one in now.sections if one.key not in ("account", "documents"))
    before = statement_kept(kept_text(replace(now, sections=sections)))
    assert len(sections) == len(now.sections) - 2
    assert differences(before, now) == ()
    monkeypatch.setattr("levytool.statements.member._account", lambda told: ())
    for user in ("ann", "bob"):
        issue_statement(paid.office(user, "2014-05-03"), "member", "SALIX", APRIL)
    monkeypatch.undo()
    own = member_statement(paid.office(today="2014-06-30"), "SALIX", MAY).account
    assert (own.opening, own.closing) == (Owed(0, 78_560), Owed(0, 0, 78_560))

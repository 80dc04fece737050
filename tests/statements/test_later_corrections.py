"""What statements say of months whose return was corrected after they were over, and of money that
is owed back: each part agrees with the account, which closes with what it opened with and its
movements.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levytool.accounts import Account
from levytool.desk.bank.pay_creditors import list_payable
from levytool.desk.bank.refund_receipt import refund_receipt
from levytool.desk.month_end.contractor_statement import contractor_statement
from levytool.desk.month_end.issue_statement import issue_statement
from levytool.desk.month_end.statements import KINDS
from levytool.ledger.journal.as_known import AsKnown
from levytool.ledger.journal.balances import credit_balances
from levytool.money import format_pence
from levytool.periods import Month, parse_period
from levytool.problems import LevytoolError
from levytool.statements.carried import closing_owed
from levytool.statements.contractor import contractor_in_sections
from levytool.statements.differences import differences
from levytool.statements.forms import Form
from levytool.statements.said import said
from levytool.statements.values_payer import Owed
from tests.desk.banked import Bank
from tests.desk.correcting import Returns, received_text
from tests.statements.read_back import said_by, squeezed

MARCH, APRIL, MAY = map(parse_period, ("2014-03", "2014-04", "2014-05"))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Returns]:
    """March's return, accepted and paid in April with £30.00 too much, corrected in May to less;
    £53.02 of what is left is owed back, £50.00 of it paid in June."""
    books = Returns(tmp_path_factory.mktemp("books"), received_text())
    number = books.declare(("A1", "2014-03-06", "SALIX", "9000.00"), ("A2", "2014-03-08", "ALDER",
                           "1000.00"), today="2014-04-04")  # fmt: skip
    books.bank("150.00", "INV-000001", "2014-04-20")
    books.correct(
        number,
        ("A1", "2014-03-06", "SALIX", "5000.00"),
        ("A2", "2014-03-08", "ALDER", "1000.00"),
        today="2014-05-15",
    )
    refund_receipt(books.office(today="2014-05-20"), "B-000001", 5_302)
    bank = Bank(books)
    bank.bring((date(2014, 6, 3), -5_000, "BACS"), today="2014-06-05")
    bank.identify("B-000002", "refund", "BROOKS", today="2014-06-05")
    yield books
    books.ledger.close()


def on(told: Returns, words: str, kind: str = "contractor", code: str = "BROOKS"):
    """A statement as told in August."""
    return KINDS[kind].statement(told.office(today="2014-08-20"), code, parse_period(words), None)


def test_the_documents_of_a_month_are_those_that_its_movements_post(told: Returns) -> None:
    march = said(on(told, "2014-03"))
    assert [item["number"] for item in march["documents"]] == [
        *("INV-000001", "CN-000001", "INV-000002"),
    ]
    assert [item["amount"] for item in march["movements"]] == ["120.00", "-120.00", "72.00"]
    assert said(on(told, "2014-04"))["documents"] == said(on(told, "2014-05"))["documents"] == []


@pytest.mark.parametrize("form", ["text", "html"])
def test_documents_dated_after_the_period_are_explained_once(told: Returns, form: Form) -> None:
    def page(*asked: str) -> str:
        return squeezed(said_by(on(told, *asked), form))

    three = squeezed(
        "3 of these documents are dated after 31 Mar 2014: a document is dated the day"
    )
    assert page("2014-03").count(three) == 1
    two = squeezed("2 of these documents are dated after 30 Apr 2014")
    assert page("2014-04").count(two) == 1
    assert squeezed("dated after") not in page("2014-05")
    assert page("2014-04", "member", "SALIX").count(two) == 1
    assert squeezed("dated after") not in page("2014-05", "member", "SALIX")


def test_each_part_of_what_is_owed_is_told_and_they_add_up(told: Returns) -> None:
    office = told.office(today="2014-08-20")
    found = {
        month: contractor_statement(office, "BROOKS", parse_period(f"2014-{month:02}"))
        for month in range(3, 8)
    }
    assert {month: own.account.closing for month, own in found.items()} == {
        3: Owed(7_200),
        4: Owed(-4_800, 3_000),
        5: Owed(0, 2_498, 5_302),
        6: Owed(0, 2_498, 302),
        7: Owed(0, 2_498, 302),
    }
    assert [own.account.closing.total_pence for own in found.values()] == [
        7_200,
        -7_800,
        -7_800,
        -2_800,
        -2_800,
    ]
    assert [[item.amount_pence for item in own.account.movements] for own in found.values()] == [
        *([12_000, -12_000, 7_200], [-15_000], [], [5_000], []),
    ]
    (owed,) = list_payable(office)
    assert owed["open"] == format_pence(found[7].account.closing.owed_back_pence) == "3.02"


@pytest.mark.parametrize("form", ["text", "html", "pdf", "csv"])
def test_what_is_owed_back_is_told_in_every_form(told: Returns, form: Form) -> None:
    page = squeezed(said_by(on(told, "2014-05"), form))
    assert "53.02" in page and "24.98" in page and "78.00" in page


def test_what_is_owed_back_is_told_to_scripts(told: Returns) -> None:
    found = said(on(told, "2014-05"))
    assert found["owed"]["closing"] == {
        "documents": "0.00",
        "unallocated": "-24.98",
        "owed_back": "-53.02",
    }
    assert found["unallocated"] == {"opening": "30.00", "closing": "24.98"}
    assert found["closing_balance"] == "-78.00"


def test_only_what_there_is_is_told_in_a_sentence(told: Returns) -> None:
    own = contractor_statement(told.office(), "BROOKS", MARCH)
    held = {
        parts: contractor_in_sections(
            replace(own, account=replace(own.account, closing=Owed(0, *parts)))
        ).held
        for parts in ((0, 0), (500, 0), (0, 302), (500, 302))
    }
    assert held == {
        (0, 0): "",
        (500, 0): "At 31 Mar 2014 £5.00 of what was paid is not yet set against a document, and "
        "is taken off what is owed.",
        (0, 302): "At 31 Mar 2014 £3.02 is owed back to the contractor and not paid yet, and is "
        "taken off what is owed.",
        (500, 302): "At 31 Mar 2014 £5.00 of what was paid is not yet set against a document and "
        "£3.02 is owed back to the contractor and not paid yet; both are taken off what is owed.",
    }


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    Returns(folder, received_text()).ledger.close()
    return folder / "books.db"


STEPS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.one_of(
            st.tuples(st.just("pay"), st.integers(1, 900)),
            st.tuples(st.just("refund"), st.integers(1, 400)),
            st.tuples(st.just("repay"), st.integers(1, 400)),
            st.tuples(st.just("correct"), st.integers(-20_000, 90_000)),
        ),
    ),
    max_size=7,
)


@given(st.integers(1, 90_000), STEPS)
@settings(max_examples=15)
def test_every_part_agrees_with_the_account_whatever_happened(template, first, steps) -> None:
    """Its ends are the ledger's, its movements lead from one to the other, the documents open make
    its first part, and those told of are the ones that the movements post."""
    with tempfile.TemporaryDirectory() as folder:
        books = Returns.copied(template, Path(folder))
        number = books.declare(
            ("F", "2014-03-05", "SALIX", format_pence(first)), today="2014-04-02"
        )
        month, receipts = Month(2014, 4), []
        for later, (what, pence) in steps:
            month = month.plus(later)
            today = month.last_day.isoformat()
            number = act(books, what, pence, today, number, receipts)
        office = books.office(today="2015-06-01")
        every = [
            contractor_statement(office, "BROOKS", parse_period(f"2014-03..{month.plus(1)}")),
            *(
                contractor_statement(
                    office, "BROOKS", parse_period(str(Month(2014, 3).plus(later)))
                )
                for later in range(7)
            ),
        ]
        for own in every:
            agrees(books, own)
        for one, following in pairwise(every[1:]):
            assert one.account.closing == following.account.opening
        books.ledger.close()


def act(books: Returns, what: str, pence: int, today: str, number: str, receipts: list[str]) -> str:
    """One step of a history; what the books refuse does nothing. Gives the return's number."""
    try:
        match what:
            case "pay":
                last = list(books.numbers("invoice"))[-1:]
                words = f"payment {books.entries()} {''.join(last)}"
                receipts.append(books.bank(format_pence(pence), words, today))
            case "refund" if receipts:
                refund_receipt(books.office(today=today), receipts[-1], pence)
            case "repay":
                line = books.bank(format_pence(-pence), f"BACS {books.entries()}", today)
                Bank(books).identify(line, "refund", "BROOKS", today=today)
            case "correct":
                line = ("F", "2014-03-05", "SALIX", format_pence(pence))
                number = books.correct(number, line, today=today).rows[0]["return"]
    except LevytoolError:
        return number
    return number


def agrees(books: Returns, own) -> None:
    """What must hold of every contractor's statement."""
    period = own.told.period
    asked = AsKnown(period.last.last_day)
    accounts = (Account.LEVY_DEBTORS, Account.UNALLOCATED_RECEIPTS, Account.CREDITORS)
    with books.reading() as connection:
        debtors, unallocated, creditors = (
            credit_balances(connection, account, asked).get("BROOKS", 0) for account in accounts
        )
    assert own.account.closing == Owed(-debtors, unallocated, creditors)
    moved = sum(item.amount_pence for item in own.account.movements)
    assert own.account.opening.total_pence + moved == own.account.closing.total_pence
    assert (
        sum(item.outstanding_pence for item in own.open_documents)
        == own.account.closing.documents_pence
    )
    assert (
        sum(item.aged.total_pence for item in own.aged_payers)
        == own.account.closing.documents_pence
    )
    posted = [
        item.amount_pence
        for item in own.account.movements
        if item.narrative.startswith(BY_DOCUMENT)
    ]
    assert [item.gross_pence for item in own.account.documents] == posted
    opened = own.account.opening.documents_pence == own.account.opening.total_pence == 0
    if opened:
        left = sum(item.outstanding_pence for item in own.account.documents)
        assert left == own.account.closing.documents_pence


BY_DOCUMENT = ("Levy of", "CN-", "INV-")


def test_a_documents_own_date_names_no_figure(told: Returns) -> None:
    """An issued statement that had no such column still agrees with the books."""
    now = on(told, "2014-04")

    def without(part):
        if getattr(part, "key", "") != "open_documents":
            return part
        rows = tuple(row[:-1] for row in part.rows)
        return replace(part, columns=part.columns[:-1], rows=rows)

    sections = (replace(one, parts=tuple(map(without, one.parts))) for one in now.sections)
    assert differences(replace(now, sections=tuple(sections)), now) == ()


def test_a_statement_opens_with_the_parts_that_the_issued_one_closed_with(tmp_path: Path) -> None:
    """And the correction made since stands in it, movements and documents alike."""
    books = Returns(tmp_path, received_text())
    number = books.declare(("A", "2014-03-06", "SALIX", "9000.00"), today="2014-04-04")
    books.bank("150.00", "INV-000001", "2014-04-20")
    for user in ("ann", "bob"):
        issue_statement(books.office(user, "2014-05-01"), "contractor", "BROOKS", APRIL)
    books.correct(number, ("A", "2014-03-06", "SALIX", "5000.00"), today="2014-05-15")
    own = contractor_statement(books.office(today="2014-08-20"), "BROOKS", MAY)
    assert (own.account.opening, own.account.closing) == (Owed(0, 4_200), Owed(0, 9_000))
    assert [(item.amount_pence, item.is_prior) for item in own.account.movements] == [
        *((-10_800, True), (6_000, True)),
    ]
    assert (
        own.account.opening.total_pence + sum(item.amount_pence for item in own.account.movements)
        == own.account.closing.total_pence
    )
    assert [(item.number, item.gross_pence) for item in own.account.documents] == [
        *(("CN-000001", -10_800), ("INV-000002", 6_000)),
    ]
    again = contractor_statement(books.office(today="2014-08-20"), "BROOKS", APRIL)
    assert again.account.closing == Owed(-4_800, 4_200), (
        "as the books have April now, beside what is issued"
    )
    books.ledger.close()


def test_a_statement_issued_before_the_parts_were_told_is_carried_whole(tmp_path: Path) -> None:
    books = Returns(tmp_path, received_text())
    books.declare(("A", "2014-03-06", "SALIX", "9000.00"), today="2014-04-04")
    kept = KINDS["contractor"].statement(books.office(), "BROOKS", MARCH, None)
    sections = (
        replace(one, parts=tuple(part for part in one.parts if getattr(part, "key", "") != "owed"))
        for one in kept.sections
    )
    without = replace(kept, sections=tuple(sections))
    assert without != kept
    assert closing_owed(kept) == closing_owed(without) == Owed(10_800)
    books.ledger.close()

"""Spend lines from what the ledger sums: corrections, shares of what was paid, rates and ages."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.ledger.reports.statement_facts import MemberDocument, SpendGroup, TouchedReturn
from levytool.periods import Month
from levytool.statements.spend import (
    aged_payers,
    alike,
    earlier_spend,
    open_documents,
    spend_lines,
)
from levytool.statements.values import Aged, OpenDocument
from tests.books import make_book

MARCH, APRIL = Month(2014, 3), Month(2014, 4)
BOOK = make_book(members=("SALIX",), contractors=("BROOKS", "BEECH"))


def group(return_id: int = 1, sign: int = 1, pence: int = 1_000, **given) -> SpendGroup:
    """A return's spend of 100 times `pence`, charged at 1%."""
    made = SpendGroup(
        return_id,
        sign,
        reporting_period=MARCH,
        framework="REGEN",
        contractor="BROOKS",
        payer_kind="contractor",
        lot="",
        call_off="",
        net_pence=100 * pence,
        levy_micropence=pence * 1_000_000,
        levy_pence=pence,
        lowest_ppm=10_000,
        highest_ppm=10_000,
    )
    return made._replace(**given)


def document(return_id: int, billed_pence: int, settled_pence: int = 0, **given) -> MemberDocument:
    made = MemberDocument(
        f"INV-{return_id:06d}",
        "contractor",
        "BROOKS",
        return_id,
        "REGEN",
        MARCH,
        date(2014, 3, 31),
        date(2014, 4, 28),
        billed_pence,
        settled_pence,
    )
    return made._replace(**given)


def test_a_correction_in_a_later_period_shows_the_difference() -> None:
    groups = [group(1, -1, 1_000), group(2, 1, 700)]
    documents = [document(1, 1_000, 1_000), document(1, -1_000, -1_000), document(2, 700, 400)]
    (line,) = spend_lines(groups, documents, BOOK)
    assert (line.spend_pence, line.levy_pence, line.billed_pence) == (-30_000, -300, -300)
    assert (line.received_pence, line.outstanding_pence) == (-600, 300)
    (earlier,) = earlier_spend(groups, APRIL)
    assert (earlier.reporting_period, earlier.spend_pence, earlier.billed_pence) == (
        *(MARCH, -30_000, -300),
    )


def test_a_place_that_a_correction_left_as_it_was_has_no_line() -> None:
    same = [group(number, sign, 500, call_off="SAME") for number, sign in ((1, -1), (2, 1))]
    changed = [group(1, -1, 1_000), group(2, 1, 700)]
    (line,) = spend_lines([*same, *changed], [], BOOK)
    assert (line.call_off, line.spend_pence) == ("", -30_000)
    nil = [group(3, 1, 0, call_off="NIL")]
    assert [line.call_off for line in spend_lines(nil, [], BOOK)] == ["NIL"], "declared, of nothing"


def test_a_return_corrected_within_the_period_is_not_shown() -> None:
    wrong = [group(1, sign, 1_000, call_off="WRONG", lowest_ppm=99) for sign in (1, -1)]
    (line,) = spend_lines([*wrong, group(2)], [], BOOK)
    assert (line.call_off, line.spend_pence, line.rates_ppm) == ("", 100_000, (10_000,))
    assert earlier_spend(wrong, APRIL) == ()


def test_what_was_paid_on_a_return_since_corrected_counts_until_its_cash_has_moved() -> None:
    """The correction belongs to its return's month; its cash moves on the day that it is made."""
    groups = [group(1, 1, 1_000), group(1, -1, 1_000, lowest_ppm=99), group(2, 1, 700)]
    before = [document(1, 1_000, 1_000), document(1, -1_000), document(2, 700)]
    (line,) = spend_lines(groups, before, BOOK)
    assert (line.spend_pence, line.rates_ppm) == (70_000, (10_000,))
    assert (line.received_pence, line.outstanding_pence) == (1_000, -300)
    after = [document(1, 1_000, 1_000), document(1, -1_000, -1_000), document(2, 700, 700)]
    (line,) = spend_lines(groups, after, BOOK)
    assert (line.received_pence, line.outstanding_pence) == (700, 0)


def test_what_was_paid_on_spend_that_no_longer_stands_has_a_line_of_its_own() -> None:
    groups = [group(1, sign, 1_000, call_off="WRONG") for sign in (1, -1)]
    (line,) = spend_lines(groups, [document(1, 1_000, 400), document(1, -1_000)], BOOK)
    assert (line.call_off, line.spend_pence, line.billed_pence, line.rates_ppm) == (
        *("WRONG", 0, 0, (10_000,)),
    )
    assert (line.received_pence, line.outstanding_pence) == (400, -400)


def test_what_was_paid_is_shared_in_proportion_and_in_full_at_the_end() -> None:
    groups = [group(pence=200, call_off="A"), group(pence=100, call_off="B")]
    half = spend_lines(groups, [document(1, 300, 100)], BOOK)
    assert [(line.call_off, line.received_pence) for line in half] == [("A", 67), ("B", 33)]
    whole = spend_lines(groups, [document(1, 300, 300)], BOOK)
    assert [line.outstanding_pence for line in whole] == [0, 0]


def test_a_document_of_the_member_and_one_of_the_contractor_are_told_apart() -> None:
    groups = [group(pence=200, call_off="A"), group(pence=200, call_off="B", payer_kind="member")]
    documents = [document(1, 200, 50), document(1, 200, 80, payer_kind="member")]
    lines = spend_lines(groups, documents, BOOK)
    assert [line.received_pence for line in lines] == [50, 80]


def touched(return_id: int, sign: int = 1, period: Month = APRIL, by="BROOKS") -> TouchedReturn:
    return TouchedReturn(return_id, sign, period, "REGEN", by)


def test_returns_are_alike_where_nothing_or_all_of_their_documents_is_received() -> None:
    returns = [touched(number) for number in range(1, 10)]
    documents = [
        *(document(1, 300), document(2, 500), document(2, -500)),
        *(document(3, 300, 300), document(4, 0)),
        *(document(5, 300, 100), document(6, 300, 300, written_off_pence=300)),
        *(document(7, 300), document(7, 20, 20, payer_kind="member")),
        *(document(8, 300), document(8, 20, payer_kind="member")),
    ]
    found = alike(returns, documents, APRIL)
    assert found.told_with == {1: 1, 2: 1, 3: 3, 4: 3, 5: 5, 6: 6, 7: 1, 8: 8, 9: 3}
    assert found.unpaid == {(1, "contractor"), (8, "contractor"), (8, "member")}
    assert [one.return_id for one in found.documents] == [5, 6]


def test_returns_of_another_contractor_sign_or_earlier_period_are_not_alike() -> None:
    returns = [
        *(touched(1), touched(2, by="BEECH"), touched(3, -1), touched(4, period=MARCH)),
        *(touched(5, 1), touched(5, -1), touched(6, period=APRIL.plus(1))),
    ]
    found = alike(returns, [], APRIL)
    assert found.told_with == {1: 1, 2: 2, 3: 3, 4: 4, 6: 1}


def test_a_return_that_no_longer_stands_is_told_apart_while_it_holds_what_was_paid() -> None:
    returns = [touched(number, sign) for number in (1, 2, 3) for sign in (1, -1)]
    documents = [
        *(document(1, 300, 300), document(1, -300)),
        *(document(2, 300, 300), document(2, -300, -300), document(3, 300), document(3, -300)),
    ]
    found = alike(returns, documents, APRIL)
    assert (found.told_with, found.unpaid) == ({1: 1}, frozenset())
    assert [one.return_id for one in found.documents] == [1, 1]


def test_of_an_unpaid_return_nothing_is_received_whatever_it_comes_to() -> None:
    groups = [group(1, pence=500, call_off="A"), group(1, pence=-500, call_off="B")]
    lines = spend_lines(groups, [], BOOK, {(1, "contractor")})
    assert [line.outstanding_pence for line in lines] == [500, -500]


@pytest.mark.parametrize(
    ("lowest", "highest", "rates"),
    [(10_000, 10_000, (10_000,)), (10_000, 20_000, (10_000, 20_000)), (None, 10_000, ())],
)
def test_rates_are_those_charged(lowest: int | None, highest: int, rates) -> None:
    (line,) = spend_lines([group(lowest_ppm=lowest, highest_ppm=highest)], [], BOOK)
    assert line.rates_ppm == rates


def test_names_come_from_the_book_and_codes_stand_in() -> None:
    known, unknown = spend_lines([group(), group(2, contractor="GONE")], [], BOOK)
    assert (known.contractor_name, known.framework_title) == (
        *("Brooks Roofing Ltd", "Regeneration works"),
    )
    assert unknown.contractor_name == "GONE"


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-(10**9), 10**9)), min_size=1))
def test_exact_levy_is_shared_out_to_the_penny(charged: list[tuple[int, int]]) -> None:
    groups = [
        group(number, levy_micropence=micropence, call_off=f"CO-{place}")
        for number, (place, micropence) in enumerate(charged, 1)
    ]
    lines = spend_lines(groups, [], BOOK)
    exact = sum(micropence for _, micropence in charged)
    assert abs(sum(line.levy_pence for line in lines) * 1_000_000 - exact) <= 500_000
    for line in lines:
        own = sum(m for place, m in charged if f"CO-{place}" == line.call_off)
        assert abs(line.levy_pence * 1_000_000 - own) < 1_000_000


@pytest.mark.parametrize(
    ("days", "place"),
    [(-3, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (900, 4)],
)
def test_ages_turn_on_the_day(days: int, place: int) -> None:
    due = date(2014, 4, 28)
    as_at = date.fromordinal(due.toordinal() + days)
    (item,) = open_documents([document(1, 500, 100)], as_at)
    assert (item.days_overdue, item.outstanding_pence) == (days, 400)
    (payer,) = aged_payers([item], {"BROOKS": "Brooks"})
    parts = [0] * 5
    parts[place] = 400
    assert (payer.payer_name, payer.aged) == ("Brooks", Aged(*parts))


def test_credits_lessen_what_their_payer_owes_and_settled_documents_are_left_out() -> None:
    documents = [document(1, 500), document(2, -200), document(3, 90, 90)]
    found = open_documents(documents, date(2014, 4, 1))
    assert [item.outstanding_pence for item in found] == [500, -200]
    assert all(isinstance(item, OpenDocument) for item in found)
    other = replace(found[0], payer="ALDER")
    payers = aged_payers([*found, other], {})
    assert [(item.payer, item.aged.total_pence) for item in payers] == [
        ("ALDER", 500),
        ("BROOKS", 300),
    ]


def test_lines_that_make_nothing_of_their_document_leave_nothing_outstanding() -> None:
    """The member's part of an invoice to its contractor may come to nothing."""
    groups = [group(1, 1, 500, call_off="A"), group(1, 1, -500, call_off="B")]
    lines = spend_lines(groups, [document(1, 0)], BOOK)
    assert [line.received_pence for line in lines] == [500, -500]
    assert [line.written_off_pence for line in lines] == [0, 0]
    assert [line.outstanding_pence for line in lines] == [0, 0]

"""A sitting reads again only what a decision can have moved, and so must never differ from the
books as they are read anew."""

import random

import pytest

from levytool.desk.reconcile.decide import Order
from levytool.desk.reconcile.sitting import (
    also_suggested,
    begin_sitting,
    decide_in,
    is_choice,
    offer,
    standing_in,
    take_back_in,
    told_lines,
)
from levytool.desk.spend.member_ledgers import withdraw_ledger
from levytool.periods import parse_period
from levytool.problems import UsageError
from tests.desk.reconciling import reconcile, record

MARCH = parse_period("2014-03")


@pytest.fixture
def books(spending):
    """Lines that differ, stand alone, fit more than one other, and lie in another month."""
    made = spending()
    made.accepted(
        {},
        {"Invoice": "A2", "Net": "40.00"},
        {"Invoice": "JOB-1", "Net": "7.00"},
        {"Invoice": "JOB-2", "Net": "7.00"},
        {"Invoice": "C1", "Net": "300.00"},
    )
    record(
        made,
        {"Net": "103.00"},
        {"Invoice": "B9", "Net": "44.00"},
        {"Invoice": "X1", "Net": "7.00"},
        {"Invoice": "X2", "Net": "7.00"},
        {"Invoice": "C1", "Net": "360.00"},
        {"Invoice": "OLD", "Net": "5.00", "Date": "2014-02-05"},
    )
    return made


def as_read(sitting):
    """What a sitting shows."""
    return sitting.pending, sitting.at_risk_pence, sitting.undeclared_pence, sitting.effect_pence


@pytest.mark.parametrize("seed", range(6))
def test_after_any_decisions_a_sitting_is_as_the_books_are(books, seed):
    chance = random.Random(seed)
    sitting = begin_sitting(books.office(), MARCH)
    made = []
    for _ in range(12):
        verb = chance.choice(["accept", "reject", "note", "match", "undo"])
        if verb == "undo" and made:
            sitting = take_back_in(books.office(), sitting, *made.pop())
        elif sitting.pending and verb != "undo":
            chosen = chance.choice(sitting.pending)
            found = offer(sitting, chosen, 5)
            if verb == "match" and not found.lines:
                continue
            if verb == "accept" and is_choice(sitting, chosen):
                verb = "match"  # only the line that is meant can be named
            known_as = found.id if verb == "match" else chosen.id
            others = (chance.choice(found.lines).reference,) if verb == "match" else ()
            before = standing_in(sitting, known_as)
            sitting = decide_in(books.office(), sitting, Order(known_as, verb, others, "why"))
            made.append((known_as, before))
        assert as_read(sitting) == as_read(begin_sitting(books.office(), MARCH))
    while made:
        sitting = take_back_in(books.office(), sitting, *made.pop())
    assert {row["status"] for row in reconcile(books)["differences"]} == {"open"}


def test_what_waits_since_its_join_is_gone_is_decided_and_taken_back(books):
    sitting = begin_sitting(books.office(), MARCH)
    alone = next(item for item in sitting.pending if item.lines[0].invoice == "A2")
    order = Order(alone.id, "match", ("M-000001/2",), "their number")
    sitting = decide_in(books.office(), sitting, order)
    assert sitting.named(alone.id) is None
    withdraw_ledger(books.office(), "M-000001", "came again")
    record(books, {"Net": "103.00"})
    sitting = before = begin_sitting(books.office(), MARCH)
    sitting = decide_in(books.office(), sitting, Order(alone.id, "note", note="asked"))
    assert sitting.named(alone.id).decision.note == "asked"
    stood = standing_in(sitting, alone.id)
    sitting = decide_in(books.office(), sitting, Order(alone.id, "accept"))
    assert sitting.named(alone.id) is None
    sitting = take_back_in(books.office(), sitting, alone.id, stood)
    assert len(sitting.pending) == len(before.pending)
    assert as_read(sitting) == as_read(begin_sitting(books.office(), MARCH))


def test_what_waits_is_of_the_period_and_member_that_are_asked_for(books):
    sitting = begin_sitting(books.office(), MARCH, "salix")
    assert len(sitting.pending) == len(begin_sitting(books.office(), MARCH).pending)
    assert begin_sitting(books.office(), MARCH, "ALDER").pending == ()
    (old,) = begin_sitting(books.office(), parse_period("2014-02")).pending
    assert (old.reason, old.days_old, old.net_difference_pence) == ("undeclared", 64, 5_00)
    with pytest.raises(UsageError):
        begin_sitting(books.office(), MARCH, "NOBODY")


def test_lines_are_told_with_the_rows_of_their_files(books):
    sitting = begin_sitting(books.office(), MARCH)
    amount = next(item for item in sitting.pending if item.reason == "VAT included")
    told = [(each.reference, *each.row) for each in told_lines(books.office(), amount)]
    assert told == [("R-000001/5", "file-1.csv", 6), ("M-000001/5", "file-2.csv", 6)]
    assert amount.why == "invoice number"


def test_the_likeliest_partner_stands_first(books):
    books.accepted({"Contractor": "BEECH", "Invoice": "Z1", "Net": "44.00"})
    sitting = begin_sitting(books.office(), MARCH)
    undeclared = next(item for item in sitting.pending if item.lines[0].invoice == "B9")
    offered = [told.reference for told in offer(sitting, undeclared, 9).lines]
    assert offered[0] == "R-000001/2" and offered[-1] == "R-000002/1"
    assert offer(sitting, undeclared, 1).lines[0].reference == "R-000001/2"


def test_a_choice_offers_its_own_lines_and_joins_those_picked(books):
    sitting = begin_sitting(books.office(), MARCH)
    choice = next(item for item in sitting.pending if is_choice(sitting, item))
    found = offer(sitting, choice, 9)
    assert [told.line for told in found.lines] == list(choice.recorded)
    assert found.left_pence == -7_00
    alone = sitting.named(found.id)
    assert alone is not None and choice in also_suggested(sitting, alone)
    order = Order(found.id, "match", (found.lines[1].reference,))
    assert sitting.named(choice.id) is not None
    sitting = decide_in(books.office(), sitting, order)
    assert sitting.named(choice.id) is None

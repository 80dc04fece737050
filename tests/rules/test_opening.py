"""What an opening file's figures come to, worked out without a ledger."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.accounts import Account
from levytool.book.records import Book, Consortium, Framework, OpportunityRule
from levytool.journal import Leg
from levytool.periods import Dated, Month
from levytool.rules.opening.checks import opening_problems
from levytool.rules.opening.figures import (
    Opening,
    OpeningBalance,
    OpeningBank,
    OpeningDocument,
    OpeningProvision,
    OpeningReceipt,
    OpeningSpend,
    detailed_balances,
    opening_balances,
    waiting_levy,
)
from levytool.rules.opening.obligations import obligation_problems
from levytool.rules.opportunities import ScopeKey
from levytool.rules.provision import Layer

DAY = date(2014, 3, 31)
REGEN = Framework(
    "REGEN",
    "Works",
    date(2012, 4, 1),
    retained=(Dated(date.min, 100_000),),
    opportunities=OpportunityRule(),
)
BOOK = Book(Consortium("A", vat=(Dated(date.min, 200_000),)), {}, {}, {"REGEN": REGEN}, {})
INVOICE = OpeningDocument(
    number="OLD-1",
    kind="invoice",
    payer_kind="contractor",
    payer="BROOKS",
    framework="REGEN",
    period=Month(2014, 2),
    day=date(2014, 3, 8),
    due=date(2014, 4, 5),
    net_pence=10_000,
    vat_pence=2_000,
    paid_pence=6_000,
    members={"ALDER": 3_333, "SALIX": 6_667},
    row=7,
)


def test_what_was_paid_is_shared_as_any_part_payment_is():
    assert INVOICE.open_pence == 6_000
    assert INVOICE.settled() == {"ALDER": 1_667, "SALIX": 3_333}
    assert INVOICE.retained(BOOK) == {"ALDER": 167, "SALIX": 333}
    assert waiting_levy(BOOK, [INVOICE]) == {"ALDER": 1_666, "SALIX": 3_334}


def test_a_credit_note_has_every_sign_turned():
    note = replace(INVOICE, kind="credit-note", members={"ALDER": 3_000, "SALIX": 7_000})
    assert note.open_pence == -6_000
    assert note.settled() == {"ALDER": -1_500, "SALIX": -3_500}
    assert waiting_levy(BOOK, [note]) == {"ALDER": -1_500, "SALIX": -3_500}


def test_nothing_waits_for_a_receipt_where_pots_are_funded_on_billing():
    consortium = replace(BOOK.consortium, pots_funded_on=(Dated(date.min, "billed"),))
    billed = replace(BOOK, consortium=consortium)
    assert waiting_levy(billed, [INVOICE]) == {}
    assert INVOICE.retained(billed) == {}


def test_receipts_are_in_the_banks_balance_and_stand_with_their_payers():
    opening = Opening(
        DAY,
        bank=(OpeningBank("main", 500, 1),),
        receipts=(
            OpeningReceipt("main", "BROOKS", 30, "", 2),
            OpeningReceipt("main", "", 20, "", 3),
        ),
        balances=(
            OpeningBalance(Account.CREDITORS, "Coach", -450, 4),
            OpeningBalance(Account.SUSPENSE, "main", -20, 5),
        ),
    )
    details = {
        Leg(Account.BANK, "main"): 500,
        Leg(Account.UNALLOCATED_RECEIPTS, "BROOKS"): -30,
        Leg(Account.SUSPENSE, "main"): -20,
    }
    assert detailed_balances(opening, BOOK) == details
    # A balance of an account that has details is a control of them, and counts no second time.
    assert opening_balances(opening, BOOK) == details | {Leg(Account.CREDITORS, "Coach"): -450}


@given(
    st.dictionaries(st.sampled_from("ABCDE"), st.integers(0, 10**8), min_size=1),
    st.integers(0, 10**8),
    st.integers(0, 10**9),
    st.sampled_from(["invoice", "credit-note"]),
)
def test_what_is_paid_and_what_waits_make_up_the_document(members, vat, paid, kind):
    net = sum(members.values())
    document = replace(
        INVOICE,
        kind=kind,
        members=members,
        net_pence=net,
        vat_pence=vat,
        paid_pence=paid % (net + vat) if net + vat else 0,
    )
    together = Counter(document.settled())
    together.update(waiting_levy(BOOK, [document]))
    assert {m: p for m, p in together.items() if p} == {
        m: p for m, p in document.levy().items() if p
    }
    gross = document.sign * (net + vat)
    assert document.open_pence + document.sign * document.paid_pence == gross


@given(st.integers(0, 5 * 10**8), st.integers(0, 12), st.integers(0, 12))
def test_provision_is_what_is_due_and_not_yet_verified(spend_pence, verified, places):
    key = ScopeKey("REGEN", "SALIX")
    layer = Layer(1, places, 250_000, (("SALIX", places * 250_000),))
    opening = Opening(
        DAY,
        provisions=(OpeningProvision(key, places * 250_000, (layer,), 3),),
        spend=(
            OpeningSpend(ScopeKey("REGEN", "SALIX", "", "BROOKS"), spend_pence, 12, verified, 4),
        ),
    )
    wanted = max(0, 2 * spend_pence // 100_000_000 - verified)
    problems = obligation_problems(opening, BOOK)
    assert [one.code for one in problems] == ([] if wanted == places else ["provision-differs"])
    assert all(f"{wanted} to be provided for, not {places}" in one.message for one in problems)


@pytest.mark.parametrize(
    ("totals", "said"),
    [
        ({Account.BANK: 500, Account.OPENING_BALANCES: -500}, []),
        ({Account.BANK: 500, Account.OPENING_BALANCES: -499}, ["debits are £0.01 more"]),
        (
            {Account.BANK: 499, Account.OPENING_BALANCES: -499},
            ["has £4.99 debit, its details come to £5.00 debit, a difference of £0.01"],
        ),
        ({}, ["has nothing, its details come to £5.00 debit, a difference of £5.00"]),
    ],
)
def test_the_trial_balance_and_each_account_must_agree(totals, said):
    opening = Opening(DAY, totals, bank=(OpeningBank("main", 500, 2),))
    messages = [one.message for one in opening_problems(opening, BOOK)]
    assert len(messages) == len(said)
    assert all(part in message for part, message in zip(said, messages, strict=True))

"""Every event posts what the table of domain §3.5 says, and nothing else."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.accounts import CHART, Account
from levytool.journal import Leg, balances
from levytool.periods import Month
from levytool.rules import postings
from levytool.rules.postings import Occasion, Settled
from levytool.rules.postings.occasion import between_codes
from levytool.rules.provision import PlacePayment

ON = Occasion(date(2014, 3, 31), reference="X-1", reporting_period=Month(2014, 3))
NETS = {"A": 60_00, "B": 40_00}


def posted(entry):
    """Balances (debit positive) as `code:dimension`."""
    return {
        f"{leg.account.value}:{leg.dimension}": pence
        for leg, pence in balances(entry.transfers).items()
        if pence
    }


EVENTS = {
    "return accepted, received mode": (
        postings.document_accepted(ON, "BROOKS", "REGEN", NETS, 20_00, "received", 100_000),
        {"1100:BROOKS": 120_00, "2000:A": -60_00, "2000:B": -40_00, "2500:": -20_00},
    ),
    "return accepted, billed mode": (
        postings.document_accepted(ON, "BROOKS", "REGEN", NETS, 20_00, "billed", 100_000),
        {
            "1100:BROOKS": 120_00,
            "2100:A": -54_00,
            "2100:B": -36_00,
            "4100:REGEN": -10_00,
            "2500:": -20_00,
        },
    ),
    "credit note, billed mode": (
        postings.document_accepted(ON, "BROOKS", "REGEN", {"A": -50}, -10, "billed", 100_000),
        {"1100:BROOKS": -60, "2100:A": 45, "4100:REGEN": 5, "2500:": 10},
    ),
    "zero document": (
        postings.document_accepted(
            ON, "BROOKS", "REGEN", {"A": 7, "B": -3, "C": -4}, 0, "received"
        ),
        {"2000:A": -7, "2000:B": 3, "2000:C": 4},
    ),
    "zero document of one debtor": (
        postings.document_accepted(ON, "BROOKS", "REGEN", {"A": 3, "B": 4, "C": -7}, 0, "received"),
        {"2000:A": -3, "2000:B": -4, "2000:C": 7},
    ),
    "zero document, billed mode": (
        postings.document_accepted(
            ON, "BROOKS", "REGEN", {"A": 70, "B": -70}, 0, "billed", 100_000
        ),
        {"2100:A": -63, "2100:B": 63},
    ),
    "default charge": (
        postings.default_charged(ON, "BROOKS", "REGEN", 500_00, 100_00),
        {"1100:BROOKS": 600_00, "2050:REGEN": -500_00, "2500:": -100_00},
    ),
    "bank line in": (postings.bank_line(ON, "main", 5), {"1200:main": 5, "2900:main": -5}),
    "bank line out": (postings.bank_line(ON, "main", -5), {"1200:main": -5, "2900:main": 5}),
    "receipt identified": (
        postings.receipt_identified(ON, "main", "BROOKS", 5),
        {"2900:main": 5, "2910:BROOKS": -5},
    ),
    "receipt allocated, received mode": (
        postings.receipt_allocated(ON, "BROOKS", 120, Settled("REGEN", {"A": 100}, {"A": 10})),
        {
            "2910:BROOKS": 120,
            "1100:BROOKS": -120,
            "2000:A": 100,
            "2100:A": -90,
            "4100:REGEN": -10,
        },
    ),
    "receipt allocated, billed mode": (
        postings.receipt_allocated(ON, "BROOKS", 120),
        {"2910:BROOKS": 120, "1100:BROOKS": -120},
    ),
    "credit note set against an invoice": (
        postings.documents_settled(
            ON,
            "BROOKS",
            Settled("REGEN", {"A": 100}, {"A": 10}),
            Settled("ROOFS", {"B": -100}, {"B": -5}),
        ),
        {
            "2000:A": 100,
            "2100:A": -90,
            "4100:REGEN": -10,
            "2000:B": -100,
            "2100:B": 95,
            "4100:ROOFS": 5,
        },
    ),
    "write-off, received mode": (
        postings.written_off(ON, "BROOKS", "REGEN", NETS, 20_00, "received"),
        {"2000:A": 60_00, "2000:B": 40_00, "6200:": 20_00, "1100:BROOKS": -120_00},
    ),
    "write-off, billed mode": (
        postings.written_off(ON, "BROOKS", "REGEN", {"A": 100}, 20, "billed", {"A": 10}),
        {"2100:A": 90, "4100:REGEN": 10, "6200:": 20, "1100:BROOKS": -120},
    ),
    "opportunities newly due": (
        postings.provision_changed(ON, {"A": 5, "B": -3}),
        {"2100:A": 5, "2110:A": -5, "2100:B": -3, "2110:B": 3},
    ),
    "obligation waived": (
        postings.obligation_waived(ON, {"A": 5}),
        {"2110:A": 5, "2100:A": -5},
    ),
    "opportunity paid with a saving": (
        postings.opportunity_paid(ON, "COLLEGE", PlacePayment(None, {"A": 80}, {}, {"A": 20}), 16),
        {"2110:A": 100, "2100:A": -20, "2500:": 16, "2400:COLLEGE": -96},
    ),
    "opportunity paid with an overrun": (
        postings.opportunity_paid(ON, "COLLEGE", PlacePayment(None, {"A": 100}, {"A": 30}, {})),
        {"2110:A": 100, "2100:A": 30, "2400:COLLEGE": -130},
    ),
    "surplus released": (
        postings.surplus_released(ON, "A", 5),
        {"2100:A": 5, "2200:A": -5},
    ),
    "committed": (
        postings.committed(ON, "S1", "A", 5),
        {"2200:A": 5, "2300:S1/A": -5},
    ),
    "match funding agreed": (
        postings.match_funding_agreed(ON, "S1", "ESF", 5),
        {"1300:ESF": 5, "2300:S1/ESF": -5},
    ),
    "match funding received": (
        postings.match_funding_received(ON, "S1", "ESF", "main", 5),
        {"2900:main": 5, "1300:ESF": -5},
    ),
    "drawdown": (
        postings.drawn_down(ON, "S1", "PARTNER", {"A": 60, "ESF": 40}, 20),
        {"2300:S1/A": 60, "2300:S1/ESF": 40, "2500:": 20, "2400:PARTNER": -120},
    ),
    "payment identified": (
        postings.payment_identified(ON, "main", "PARTNER", 5),
        {"2400:PARTNER": 5, "2900:main": -5},
    ),
    "scheme closed": (
        postings.scheme_closed(ON, "S1", {"A": 1}, {"ESF": 2}, {"ESF": 4}),
        {"2300:S1/A": 1, "2200:A": -1, "2300:S1/ESF": 6, "1300:ESF": -2, "2400:ESF": -4},
    ),
    "pot transferred": (
        postings.pot_transferred(ON, "A", "B", 5),
        {"2200:A": 5, "2200:B": -5},
    ),
    "expiry": (postings.pot_expired(ON, "A", 5), {"2200:A": 5, "5100:A": -5}),
    "lapsed money restored": (
        postings.lapsed_restored(ON, "A", 5),
        {"5100:A": 5, "2200:A": -5},
    ),
    "refund of an overpayment": (
        postings.overpayment_refunded(ON, "BROOKS", 5),
        {"2910:BROOKS": 5, "2400:BROOKS": -5},
    ),
    "VAT paid over": (postings.vat_paid(ON, "main", 5), {"2500:": 5, "2900:main": -5}),
    "VAT repaid": (postings.vat_paid(ON, "main", -5), {"2500:": -5, "2900:main": 5}),
    "bank charge": (postings.bank_charged(ON, "main", 5), {"6100:": 5, "2900:main": -5}),
    "bank interest": (postings.interest_received(ON, "main", 5), {"2900:main": 5, "4200:": -5}),
    "lines of two accounts set against each other": (
        postings.lines_set_against(ON, "main", "saver", 5),
        {"2900:main": 5, "2900:saver": -5},
    ),
    "opening balances": (
        postings.opening_balances(
            ON, {Leg(Account.BROKERAGE_POT, "A"): -7, Leg(Account.BANK, "main"): 9}
        ),
        {"1200:main": 9, "2200:A": -7, "3000:": -2},
    ),
}


@pytest.mark.parametrize(("entry", "legs"), EVENTS.values(), ids=EVENTS.keys())
def test_an_event_posts_its_row_of_the_table(entry, legs):
    assert posted(entry) == legs


@pytest.mark.parametrize("entry", [entry for entry, _ in EVENTS.values()], ids=EVENTS.keys())
def test_an_entry_carries_its_occasion_and_keeps_each_account_by_its_dimension(entry):
    assert (entry.effective, entry.reporting_period) == (ON.effective, ON.reporting_period)
    assert (entry.reference, entry.reverses) == ("X-1", None)
    assert entry.narrative
    for item in entry.transfers:
        assert item.amount_pence > 0
        for leg in (item.debit, item.credit):
            assert bool(leg.dimension) == bool(CHART[leg.account].dimension)


def test_only_the_bank_import_and_opening_balances_touch_the_bank():
    touching = {
        name
        for name, (entry, _) in EVENTS.items()
        if any(leg.account is Account.BANK for leg in balances(entry.transfers))
    }
    assert touching == {"bank line in", "bank line out", "opening balances"}


@pytest.mark.parametrize("entry", [entry for entry, _ in EVENTS.values()], ids=EVENTS.keys())
def test_a_reversal_undoes_an_entry_exactly_and_names_it(entry):
    later = Occasion(date(2014, 5, 31))
    undone = postings.reversal(later, entry, 17)
    assert not any(balances((*entry.transfers, *undone.transfers)).values())
    assert (undone.reverses, undone.effective) == (17, later.effective)
    assert (undone.reference, undone.reporting_period) == ("X-1", Month(2014, 3))
    assert undone.narrative == f"Reversal: {entry.narrative}"


def test_an_occasions_own_narrative_and_reference_stand():
    entry = postings.committed(Occasion(date(2014, 3, 31), narrative="As agreed"), "S1", "A", 5)
    assert (entry.narrative, entry.reference, entry.kind) == ("As agreed", "S1", "commitment")


def test_a_zero_document_leaves_the_payer_alone():
    entry, _ = EVENTS["zero document"]
    assert {leg.account for leg in balances(entry.transfers)} == {Account.LEVY_BILLED_NOT_RECEIVED}
    assert sum(item.amount_pence for item in entry.transfers) == 7


def test_amounts_that_do_not_cancel_cannot_move_between_members_alone():
    with pytest.raises(ValueError, match="sum to zero"):
        between_codes(Account.LEVY_FUND, {"A": 5, "B": -4})


def test_a_nil_expiry_moves_nothing():
    assert postings.pot_expired(ON, "A", 0).transfers == ()


AMOUNTS = st.dictionaries(st.sampled_from("ABCDE"), st.integers(-(10**9), 10**9))
SIGNED = st.integers(-(10**9), 10**9)


@given(AMOUNTS, SIGNED, st.sampled_from(["received", "billed"]), st.integers(0, 10**6))
def test_a_document_and_its_full_credit_note_cancel(nets, vat, funded_on, share):
    vat = vat if sum(nets.values()) else 0
    invoice = postings.document_accepted(ON, "P", "F", nets, vat, funded_on, share)
    negated = {member: -pence for member, pence in nets.items()}
    note = postings.document_accepted(ON, "P", "F", negated, -vat, funded_on, share)
    assert not any(balances((*invoice.transfers, *note.transfers)).values())


@given(AMOUNTS, SIGNED, st.sampled_from(["received", "billed"]), st.integers(0, 10**6))
def test_a_document_credits_each_member_with_its_own_net(nets, vat, funded_on, share):
    vat = vat if sum(nets.values()) else 0
    entry = postings.document_accepted(ON, "P", "F", nets, vat, funded_on, share)
    totals = balances(entry.transfers)
    assert totals.get(Leg(Account.LEVY_DEBTORS, "P"), 0) == sum(nets.values()) + vat
    assert totals.get(Leg(Account.VAT_CONTROL), 0) == -vat
    levy = Account.LEVY_FUND if funded_on == "billed" else Account.LEVY_BILLED_NOT_RECEIVED
    kept = -totals.get(Leg(Account.LEVY_RETAINED, "F"), 0)
    assert -sum(pence for leg, pence in totals.items() if leg.account is levy) == (
        sum(nets.values()) - kept
    )
    assert funded_on == "billed" or kept == 0
    if funded_on == "received":
        assert all(totals.get(Leg(levy, m), 0) == -pence for m, pence in nets.items())


def test_a_pound_of_levy_is_followed_from_the_invoice_to_the_partners_bank_account():
    vat = 20_00
    entries = [
        postings.document_accepted(ON, "BROOKS", "REGEN", {"A": 100_00}, vat, "received"),
        postings.bank_line(ON, "main", 120_00),
        postings.receipt_identified(ON, "main", "BROOKS", 120_00),
        postings.receipt_allocated(
            ON, "BROOKS", 120_00, Settled("REGEN", {"A": 100_00}, {"A": 10_00})
        ),
        postings.provision_changed(ON, {"A": 25_00}),
        postings.surplus_released(ON, "A", 65_00),
        postings.committed(ON, "S1", "A", 65_00),
        postings.drawn_down(ON, "S1", "PARTNER", {"A": 50_00}, 10_00),
        postings.bank_line(ON, "main", -60_00),
        postings.payment_identified(ON, "main", "PARTNER", 60_00),
        postings.scheme_closed(ON, "S1", {"A": 15_00}, {}, {}),
    ]
    totals = balances(item for entry in entries for item in entry.transfers)
    assert {
        f"{leg.account.value}:{leg.dimension}": pence for leg, pence in totals.items() if pence
    } == {
        "1200:main": 60_00,
        "2500:": -10_00,
        "4100:REGEN": -10_00,
        "2110:A": -25_00,
        "2200:A": -15_00,
    }

"""Part payments and what they retain (domain §3.5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.money import half_up
from levytool.rules.receipts import (
    net_moved,
    part_payment,
    reaching_pence,
    retained_by_member,
    retained_pence,
)
from levytool.rules.vat import vat_pence

NETS = st.dictionaries(st.sampled_from("ABCD"), st.integers(-(10**7), 10**7), min_size=1)


def test_a_payment_moves_its_net_part_half_up():
    assert net_moved(100_00, 60_00, 120_00) == 50_00
    assert net_moved(1, 1, 2) == 1
    assert net_moved(-1, -1, -2) == -1


def test_a_part_payment_is_shared_by_what_each_member_still_has_open():
    assert part_payment(60_00, 120_00, {"B": 25_00, "A": 75_00}) == {"A": 37_50, "B": 12_50}


def test_the_last_payment_takes_every_members_rest():
    assert part_payment(1, 1, {"B": -2, "A": 3}) == {"A": 3, "B": -2}


def test_the_last_payment_settles_members_whose_open_nets_cancel():
    """What is left to pay may be VAT alone; the members' shares are settled with it."""
    assert part_payment(1, 1, {"A": 3, "B": -3}) == {"A": 3, "B": -3}
    assert part_payment(1, 2, {"A": 3, "B": -3}) == {"A": 0, "B": 0}


@pytest.mark.parametrize("receipt", [120_01, -1])
def test_no_payment_reaches_beyond_what_is_open(receipt):
    with pytest.raises(ValueError, match="open"):
        net_moved(100_00, receipt, 120_00)


@given(
    st.lists(st.integers(1, 10**7), max_size=6),
    NETS,
    st.sampled_from([None, 0, 50_000, 200_000]),
    st.integers(0, 1_000_000),
)
def test_part_payments_in_any_split_sum_to_the_whole(wanted, nets, vat_ppm, share_ppm):
    """Net by member, and what is retained of it, come out as one payment would have them."""
    net = sum(nets.values())
    open_gross = net + vat_pence(net, vat_ppm)
    open_net, credited, posted = dict(nets), dict.fromkeys(nets, 0), dict.fromkeys(nets, 0)
    sign = 1 if open_gross > 0 else -1
    for pence in (*wanted, abs(open_gross)):
        receipt = sign * min(pence, abs(open_gross))
        if not receipt:
            break
        moved = part_payment(receipt, open_gross, open_net)
        assert sum(moved.values()) == net_moved(sum(open_net.values()), receipt, open_gross)
        retained = retained_by_member(share_ppm, moved, credited, posted)
        for member, pence in moved.items():
            open_net[member] -= pence
            credited[member] += pence
            posted[member] += retained[member]
            assert posted[member] == half_up(share_ppm * credited[member], 1_000_000)
        open_gross -= receipt
    if net:
        assert credited == nets
        assert posted == {m: half_up(share_ppm * pence, 1_000_000) for m, pence in nets.items()}


@given(st.data(), st.dictionaries(st.sampled_from("ABCD"), st.integers(1, 10**6), min_size=1))
def test_a_member_never_gets_more_than_it_has_open(data, nets):
    gross = sum(nets.values())
    receipt = data.draw(st.integers(0, gross))
    moved = part_payment(receipt, gross, nets)
    assert all(0 <= moved[member] <= nets[member] for member in nets)


def test_retained_is_worked_out_over_everything_credited_so_far():
    first = retained_pence(100_000, 4, 0)
    second = retained_pence(100_000, 8, first)
    assert (first, second) == (0, 1)
    assert retained_pence(100_000, 0, first + second) == -1


def test_a_reversal_of_part_of_the_net_gives_back_its_retained_share():
    assert retained_by_member(100_000, {"A": -50}, {"A": 100}, {"A": 10}) == {"A": -5}


def test_what_will_reach_the_fund_is_net_of_what_paying_it_retains():
    assert reaching_pence(100_000, 50_00, 50_00, 5_00) == 45_00
    assert reaching_pence(0, -20_00, 0, 0) == -20_00


@given(st.integers(0, 10**6), *[st.integers(-(10**7), 10**7)] * 2)
def test_what_will_reach_the_fund_is_what_the_last_payment_leaves_there(share, credited, opened):
    posted = retained_pence(share, credited, 0)
    reaching = reaching_pence(share, opened, credited, posted)
    before, after = (
        credited - posted,
        credited + opened - retained_pence(share, credited + opened, 0),
    )
    assert before + reaching == after

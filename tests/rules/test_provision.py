"""Layers of opportunity provision (domain §3.5)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.rules.opportunities import due, due_exact
from levytool.rules.provision import (
    Layer,
    give_back,
    held_back_pence,
    layers_of,
    pay_place,
    provided_places,
    provision_change,
    share_by_spend,
    waive,
)

SALIX = {"SALIX": 1}


def change(layers, due, paid=0, protected=0, cost=2_500_00, spend=SALIX, waived=0):
    return provision_change(layers, due, paid, protected, cost, spend, waived)


def after(layers, changed):
    return layers_of((*layers, *changed.changes))


def test_newly_due_places_are_set_aside_at_the_unit_cost_in_force():
    first = change((), 2)
    assert first.changes == (Layer(1, 2, 2_500_00, (("SALIX", 5_000_00),)),)
    layers = after((), first)
    second = change(layers, 3, cost=3_000_00)
    assert second.changes == (Layer(2, 1, 3_000_00, (("SALIX", 3_000_00),)),)
    assert second.moves == {"SALIX": 3_000_00}


def two_layers():
    layers = after((), change((), 2, cost=100))
    return after(layers, change(layers, 5, cost=200))


def test_when_due_falls_the_newest_layers_go_back():
    changed = change(two_layers(), 1)
    assert [(c.number, c.places) for c in changed.changes] == [(2, -3), (1, -1)]
    assert changed.moves == {"SALIX": -700}
    assert after(two_layers(), changed)[0] == Layer(1, 1, 100, (("SALIX", 100),))


def test_a_place_verified_and_not_yet_paid_keeps_its_provision():
    changed = change(two_layers(), 1, protected=4)
    assert [(c.number, c.places) for c in changed.changes] == [(2, -1)]


def test_asking_again_changes_nothing():
    layers = after(two_layers(), change(two_layers(), 1, protected=4))
    assert change(layers, 1, protected=4).changes == ()
    assert change(layers, 1, protected=4).places == 0


def test_when_due_rises_again_only_what_is_above_paid_or_provided_is_set_aside():
    layers = after(two_layers(), change(two_layers(), 1, protected=3))
    assert provided_places(layers) == 3
    assert change(layers, 3).changes == ()
    assert change(layers, 4, cost=300).moves == {"SALIX": 300}
    assert change(layers, 4, paid=1).changes == ()


def test_a_new_layer_never_takes_the_number_of_an_emptied_one():
    emptied = after(two_layers(), change(two_layers(), 0))
    assert provided_places(emptied) == 0
    (again,) = change(emptied, 1, cost=300).changes
    assert again.number == 3


def test_a_payment_uses_the_oldest_layer_and_gives_its_saving_back():
    paid = pay_place(two_layers(), 80, SALIX)
    assert paid.change == Layer(1, -1, 100, (("SALIX", -100),))
    assert (paid.from_provision, paid.saved, paid.charged) == ({"SALIX": 80}, {"SALIX": 20}, {})


def test_an_overrun_is_charged_to_the_fund():
    paid = pay_place(two_layers(), 130, SALIX)
    assert (paid.from_provision, paid.saved, paid.charged) == ({"SALIX": 100}, {}, {"SALIX": 30})


def test_an_overrun_is_borne_by_those_who_provided_the_layer():
    layers = after((), change((), 1, cost=100, spend={"A": 3, "B": 1}))
    assert pay_place(layers, 140, {"C": 1}).charged == {"A": 30, "B": 10}


def test_with_no_layer_left_all_of_it_is_charged_to_the_fund():
    emptied = after(two_layers(), change(two_layers(), 0))
    paid = pay_place(emptied, 130, {"B": 1, "A": 1})
    assert (paid.change, paid.from_provision, paid.saved) == (None, {}, {})
    assert paid.charged == {"A": 65, "B": 65}


def test_a_layer_of_no_cost_charges_its_payment_to_the_fund():
    free = after((), change((), 1, cost=0))
    paid = pay_place(free, 90, SALIX)
    assert paid.change == Layer(1, -1, 0, ())
    assert paid.charged == {"SALIX": 90}


def test_a_negative_cost_is_refused():
    with pytest.raises(ValueError, match="cannot cost"):
        pay_place(two_layers(), -1, SALIX)


def test_more_than_is_provided_cannot_go_back():
    with pytest.raises(ValueError, match="5 provided"):
        give_back(two_layers(), 6)


def test_a_waiver_gives_back_all_but_what_is_verified_and_is_not_set_aside_again():
    layers = two_layers()
    waived = waive(layers, protected_places=1)
    assert waived.places == -4
    assert waived.moves == {"SALIX": -700}
    left = after(layers, waived)
    assert change(left, 5, protected=1, waived=4).changes == ()
    assert change(left, 6, protected=1, waived=4, cost=200).moves == {"SALIX": 200}


def test_a_wider_obligation_is_borne_by_members_in_proportion_to_their_spend():
    spend = {"C": 1, "A": 1, "B": 1, "D": -5}
    changed = change((), 1, cost=100_00, spend=spend)
    assert changed.moves == {"A": 33_34, "B": 33_33, "C": 33_33}
    assert share_by_spend(100, {"A": -1, "B": 2}) == {"B": 100}


def test_what_leaves_a_shared_layer_goes_back_the_way_it_came():
    layers = after((), change((), 3, cost=100, spend={"A": 2, "B": 1}))
    paid = pay_place(layers, 40, {"A": 1})
    assert paid.change == Layer(1, -1, 100, (("A", -67), ("B", -33)))
    assert paid.from_provision == {"A": 27, "B": 13}
    assert paid.saved == {"A": 40, "B": 20}


@pytest.mark.parametrize(
    ("spend_pence", "held"), [(160_000_000, 500_00), (50_000_000, 0), (-1_000_000, 0)]
)
def test_exact_provision_holds_back_the_part_million(spend_pence, held):
    exact = due_exact(spend_pence, 2)
    assert held_back_pence(exact, due(exact), 2_500_00) == held


def test_what_is_held_back_is_rounded_half_up():
    assert held_back_pence(Fraction(3, 2), 1, 1) == 1


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("due"), st.integers(0, 12), st.integers(0, 999)),
        st.tuples(st.just("verify"), st.integers(1, 3), st.just(0)),
        st.tuples(st.just("pay"), st.just(1), st.integers(0, 1500)),
    ),
    max_size=20,
)
SPEND = st.dictionaries(st.sampled_from("ABC"), st.integers(1, 10**9), min_size=1)


@given(STEPS, SPEND)
def test_provision_always_covers_what_is_due_and_no_penny_is_lost(steps, spend):
    """Against a plain count of places: provided >= due - paid, and pence = places x cost."""
    layers, paid, verified, owed = (), 0, 0, 0
    set_aside = used = 0
    for step, count, pence in steps:
        if step == "verify":
            verified += count
        elif step == "due":
            owed = count
            protected = verified - paid
            before = provided_places(layers)
            changed = change(layers, owed, paid, protected, pence, spend)
            layers = after(layers, changed)
            set_aside += sum(changed.moves.values())
            kept = max(owed - paid, min(before, protected), 0)
            assert provided_places(layers) == kept
        elif verified > paid:
            payment = pay_place(layers, pence, spend)
            paid += 1
            met = sum(payment.from_provision.values())
            assert met + sum(payment.charged.values()) == pence
            if payment.change is not None:
                layers = layers_of((*layers, payment.change))
                used += met + sum(payment.saved.values())
        assert all(pence >= 0 for layer in layers for _, pence in layer.by_member)
        held = sum(pence for layer in layers for _, pence in layer.by_member)
        assert held == sum(layer.places * layer.unit_cost_pence for layer in layers)
        assert held == set_aside - used

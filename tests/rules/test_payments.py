"""What is open to a payee, and which payments of a run still wait for the bank."""

from hypothesis import example, given
from hypothesis import strategies as st

from levytool.rules.payments import Instructed, Paid, not_yet_paid, open_items, payable_pence

PENCE = st.integers(1, 500)


def test_payments_settle_the_oldest_first():
    assert open_items([500, 300, 200], 600) == [0, 200, 200]
    assert open_items([500], 900) == [0]
    assert open_items([500], -100) == [500]


def test_a_bank_line_settles_the_oldest_payment_of_its_amount():
    runs = [Instructed("A", 100, 1), Instructed("A", 50, 1), Instructed("A", 50, 1)]
    assert not_yet_paid(runs, [Paid("A", 50, 2)]) == [True, False, True]
    assert not_yet_paid(runs, [Paid("A", 50, 2), Paid("A", 50, 3)]) == [True, False, False]


def test_one_line_may_pay_all_that_waits():
    runs = [Instructed("A", 100, 1), Instructed("A", 50, 2)]
    assert not_yet_paid(runs, [Paid("A", 150, 3)]) == [False, False]


def test_another_amount_an_earlier_line_or_another_payee_settles_none():
    runs = [Instructed("A", 100, 5)]
    for paid in (
        Paid("A", 99, 6),
        Paid("A", 101, 6),
        Paid("A", 100, 5),
        Paid("A", 100, 4),
        Paid("B", 100, 6),
    ):
        assert not_yet_paid(runs, [paid]) == [True]


def test_nothing_is_payable_while_as_much_waits():
    assert payable_pence(100, 100) == payable_pence(100, 200) == payable_pence(-5, 0) == 0
    assert payable_pence(100, 30) == 70


@given(st.lists(PENCE), st.integers(0, 3_000))
def test_open_items_sum_to_what_is_owed(credits, paid):
    left = open_items(credits, paid)
    assert sum(left) == max(0, sum(credits) - paid)
    assert all(0 <= open_ <= pence for open_, pence in zip(left, credits, strict=True))


STEPS = st.sampled_from([10, 3, "run", "bank", "hand"])


@given(st.lists(STEPS, max_size=30))
@example([10, "run", 10, 10, "hand", "run"])
def test_however_it_goes_nothing_is_paid_twice(steps):
    """Debts, runs, the bank paying runs one by one, and payments by hand of what no run has."""
    owed = paid_out = 0
    runs, paid, sent = [], [], []
    for entry, step in enumerate(steps):
        waits = not_yet_paid(runs, paid)
        waiting = sum(item.pence for item, wait in zip(runs, waits, strict=True) if wait)
        free = payable_pence(owed - paid_out, waiting)
        if isinstance(step, int):
            owed += step
        elif step == "run" and free:
            runs.append(Instructed("A", free, entry))
            sent.append(free)
        elif step == "bank" and sent:
            paid_out += sent[0]
            paid.append(Paid("A", sent.pop(0), entry))
        elif step == "hand" and free > 1 and free - 1 not in (*sent, sum(sent)):
            paid_out += free - 1
            paid.append(Paid("A", free - 1, entry))
        assert paid_out + sum(sent) <= owed

"""Transfers balance by being what they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.accounts import CHART, Account
from levytool.journal import Leg, Transfer, balances, transfer

LEGS = st.builds(Leg, st.sampled_from(Account), st.sampled_from(["", "SALIX", "BROOKS"]))
TRANSFERS = st.lists(st.builds(Transfer, LEGS, LEGS, st.integers(0, 10**9)))


def test_a_transfer_is_never_negative() -> None:
    with pytest.raises(ValueError, match="swap its legs instead"):
        Transfer(Leg(Account.BANK), Leg(Account.SUSPENSE), -1)


@given(TRANSFERS)
def test_whatever_is_moved_balances(transfers: list[Transfer]) -> None:
    assert sum(balances(transfers).values()) == 0


@given(TRANSFERS)
def test_a_reversal_undoes_what_was_moved(transfers: list[Transfer]) -> None:
    undone = [item.reversed() for item in transfers]
    assert set(balances([*transfers, *undone]).values()) <= {0}


@given(LEGS, LEGS, st.integers(-(10**9), 10**9))
def test_a_signed_amount_swaps_the_legs_and_nothing_is_left_out(
    debit: Leg, credit: Leg, pence: int
) -> None:
    moved = transfer(debit, credit, pence)
    assert len(moved) == (1 if pence else 0)
    wanted = pence if debit != credit else 0
    assert balances(moved).get(debit, 0) == wanted


def test_every_account_has_a_name_and_its_dimension() -> None:
    assert CHART.keys() == set(Account)
    assert all(info.name for info in CHART.values())
    assert CHART[Account.LEVY_DEBTORS].dimension == "payer"
    assert CHART[Account.SCHEME_FUNDS].dimension == "scheme/source"

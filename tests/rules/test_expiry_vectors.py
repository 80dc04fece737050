"""Expiry against the published behaviour of a public funds system, where its cases are at hand.

Every case is either run or listed in `NOT_RUN` with the reason; a case that is neither fails.
"""

import json
from datetime import date
from decimal import Decimal

import pytest

from levytool.periods import Dated, Month
from levytool.rules.brokerage import Cohort
from levytool.rules.expiry import Expiry, fifo_expiry
from tests.shared_data import SHARED, needs_shared

FILE = SHARED / "vectors" / "das_expiry.json"
UNITS = 10**5
"""The cases carry five decimals; levytool's amounts are whole pence, so they are scaled."""

NOT_RUN = {
    "late_adjustment": "year-to-date returns amended after the year end: a correction here is a "
    "full reversal and a new return in an open period (domain §3.2), and repeats are seen-before",
    "top_up": "a government top-up on declared levy: nothing is added to a pot but surplus",
    "transfer_allowance": "a yearly ceiling on transfers between accounts: a pot transfer here "
    "needs a second person instead, and is held to what is available (domain §3.5)",
}


def cases():
    return json.loads(FILE.read_text("utf-8")) if FILE.is_file() else []


def of_kind(kind):
    return [pytest.param(case, id=case["id"]) for case in cases() if case["kind"] == kind]


def amounts(flows):
    if "each_month" in flows:
        month, flows = Month.parse(flows["from"]), dict(flows)
        last = Month.parse(flows["to"])
        spread = {}
        while month <= last:
            spread[month] = int(flows["each_month"]) * UNITS
            month = month.plus(1)
        return spread
    return {Month.parse(month): int(Decimal(text) * UNITS) for month, text in flows.items()}


def lives_of(data):
    if "expiry_months" in data:
        return (Dated(date.min, data["expiry_months"]),)
    change = Month.parse(data["policy_change_month"]).first_day
    return (Dated(date.min, data["old_expiry_months"]), Dated(change, data["new_expiry_months"]))


@needs_shared
def test_every_case_is_run_or_has_a_reason_not_to_be():
    run = {"fifo_expiry", "policy_change", "closed_form_expiry"}
    assert {case["kind"] for case in cases()} == run | NOT_RUN.keys()


@needs_shared
@pytest.mark.parametrize("case", of_kind("fifo_expiry"))
def test_what_lapses_month_by_month(case):
    data = case["input"]
    life = data["expiry_months"]
    posted = [
        Expiry(Cohort(due.plus(-life), pence), due)
        for due, pence in amounts(data["already_expired"]).items()
    ]
    got = fifo_expiry(amounts(data["funds_in"]), amounts(data["funds_out"]), lives_of(data), posted)
    want = case.get("correct", case["expect"])
    assert {e.due: e.cohort.pence for e in got} == amounts(want["expiry_by_month"])
    assert sum(e.cohort.pence for e in got) == int(Decimal(want["total"]) * UNITS)


def by_pool(case):
    """What lapses by due month, of cohorts before the change of life and from it on."""
    data = case["input"]
    change = Month.parse(data["policy_change_month"])
    got = fifo_expiry(
        amounts(data["funds_in"]),
        amounts(data["funds_out"]),
        lives_of(data),
        through=Month.parse(data["as_at"]),
    )
    return {
        pool: {e.due: e.cohort.pence for e in got if (e.cohort.month >= change) == newer}
        for pool, newer in (("long_term", False), ("short_term", True))
    }


@needs_shared
@pytest.mark.parametrize("case", of_kind("policy_change"))
def test_what_lapses_on_either_side_of_a_change_of_life(case):
    pools = by_pool(case)
    checked = 0
    for name, want in case["expect"].items():
        pool, _, figure = name.partition("_term")
        lapsed = pools[f"{pool}_term"]
        if figure == "_count":
            assert len(lapsed) == want
        elif figure == "_last":
            assert str(max(lapsed)) == want
        elif figure.startswith("_has_"):
            assert (Month.parse(figure.removeprefix("_has_")) in lapsed) is want
        else:
            for key, value in want.items():
                assert figure_of(lapsed, key) == value
        checked += 1
    assert checked


def figure_of(lapsed, key):
    match key:
        case "count":
            return len(lapsed)
        case "first":
            return str(min(lapsed))
        case "last":
            return str(max(lapsed))
        case "total":
            return str(sum(lapsed.values()) // UNITS)
    return str(lapsed[Month.parse(key)] // UNITS)


@needs_shared
@pytest.mark.parametrize("case", of_kind("closed_form_expiry"))
def test_running_each_month_in_turn(case):
    data, posted = case["input"], ()
    for text in data["run_months"]:
        month = Month.parse(text)
        posted = fifo_expiry(
            amounts(data["funds_in"]),
            amounts(data["funds_out"]),
            lives_of(data),
            posted,
            through=month,
        )
        assert {e.due: e.cohort.pence for e in posted}[month] == (amounts(case["expect"])[month])

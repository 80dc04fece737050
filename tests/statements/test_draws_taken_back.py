"""A drawdown that is taken back is a line of its own in statements, and drawn is told net of it."""

import pytest

from levytool.desk.bank.take_back_draw import take_back_draw
from levytool.desk.month_end.consortium_statement import consortium_statement
from levytool.desk.month_end.member_statement import member_statement
from levytool.desk.month_end.scheme_statement import scheme_statement
from levytool.periods import parse_period
from levytool.statements.member import member_in_sections
from levytool.statements.said import said
from levytool.statements.scheme import scheme_in_sections
from tests.desk.test_schemes import commit, draw
from tests.desk.test_schemes import funded as funded

LATER = "2016-01-01"


@pytest.fixture
def drawn(funded):
    """£750 of SALIX's and £250 of ALDER's: £80 taken back in April, £20 in May, £4 left."""
    commit(funded, 750)
    commit(funded, 250, "ALDER")
    for reference, pence in (("D-1", 8_000), ("D-2", 2_000), ("D-3", 400)):
        draw(funded, pence, reference)
    take_back_draw(funded.office(today="2014-04-20"), "WARDENS", "D-1", "wrong")
    take_back_draw(funded.office(today="2014-05-03"), "WARDENS", "D-2", "wrong")
    return funded


def test_a_scheme_lists_it_with_its_sign(drawn):
    office = drawn.office(today=LATER)
    april, may = (
        said(scheme_in_sections(scheme_statement(office, "WARDENS", parse_period(month))))
        for month in ("2014-04", "2014-05")
    )
    lines = [(row["reference"], row["source"], row["amount"]) for row in april["drawdowns"]]
    assert lines == [
        ("D-1", "ALDER", "20.00"), ("D-1", "SALIX", "60.00"),
        ("D-2", "ALDER", "5.00"), ("D-2", "SALIX", "15.00"),
        ("D-3", "ALDER", "1.00"), ("D-3", "SALIX", "3.00"),
        ("D-1", "ALDER", "-20.00"), ("D-1", "SALIX", "-60.00"),
    ]  # fmt: skip
    assert [(row["reference"], row["amount"]) for row in may["drawdowns"]] == [
        ("D-2", "-5.00"), ("D-2", "-15.00"),
    ]  # fmt: skip
    for found, in_period, to_date in (
        (april, ["-6.00", "-18.00"], "24.00"),
        (may, ["5.00", "15.00"], "4.00"),
    ):
        assert [row["drawn"] for row in found["source_movements"]] == in_period
        assert {row["other"] for row in found["source_movements"]} == {"0.00"}
        assert found["drawn"] == to_date
    assert [row["drawn"] for row in may["sources"]] == ["1.00", "3.00"]


def test_a_member_is_told_what_was_drawn_net_of_it(drawn):
    office = drawn.office(today=LATER)
    april, may = (
        said(member_in_sections(member_statement(office, "SALIX", parse_period(month))))
        for month in ("2014-04", "2014-05")
    )
    assert [(row["kind"], row["amount"]) for row in april["movements"]] == [
        ("drawdown", "-60.00"), ("drawdown", "-15.00"), ("drawdown", "-3.00"),
        ("drawdown", "60.00"),
    ]  # fmt: skip
    assert (april["drawn"], may["drawn"]) == ("-18.00", "15.00")
    assert (april["closing_balance"], may["closing_balance"]) == ("11982.00", "11997.00")
    ((row),) = may["movements"]
    assert row["narrative"].startswith("Reversal: Drawdown of scheme WARDENS")
    assert [row["committed"] for row in april["cohorts"]] == ["732.00", "0.00"]
    assert [row["committed"] for row in may["cohorts"]] == ["747.00", "0.00"]


def test_the_consortium_is_told_what_was_drawn_net_of_it(drawn):
    found = consortium_statement(drawn.office(today=LATER), parse_period("2014-04"))
    pots = {line.member: (line.drawn_pence, line.other_pence) for line in found.pots}
    assert (pots["SALIX"], pots["ALDER"]) == ((-1_800, 0), (-600, 0))
    assert dict(found.moved) == {"Drawn by scheme": -2_400}

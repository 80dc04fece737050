"""From levy billed to a member's pot: release, its second time, deficits, transfers (§3.5)."""

from datetime import date

import pytest

from levytool.desk.brokerage.list_pots import list_pots
from levytool.desk.brokerage.release_surplus import left_in_funds, release_surplus
from levytool.desk.brokerage.transfer_pot import transfer_pot
from levytool.desk.tracing.explain import explain
from levytool.ledger.journal.as_known import AsKnown
from levytool.periods import Month
from levytool.problems import RuleRefused, UsageError
from tests.desk.consortium import book_text, tried
from tests.desk.tracing import under

MARCH, APRIL = Month(2014, 3), Month(2014, 4)
EXACT = "provide = 'exact'\nunit_cost = [{ from = 2012-04-01, cost = '2500' }]"
COLUMNS = [
    "member",
    "billed",
    "received",
    "retained",
    "provision",
    "surplus",
    "deficit",
    "released",
    "pot",
    "committed",
    "drawn",
    "expired",
]


def release(books, period=MARCH, **given):
    return {row["member"]: row for row in release_surplus(books.office(**given), period)}


def pots(books, **given):
    return {row["member"]: row for row in list_pots(books.office(), AsKnown(**given))}


def figures(row):
    """What is not nothing of a row."""
    return {name: text for name, text in row.items() if text not in ("0.00", row["member"])}


def transfer(books, user, giver="SALIX", taker="ALDER", pence=1000, reference=""):
    return transfer_pot(books.office(user), giver, taker, pence, reference)


@pytest.fixture
def billed(books):
    """SALIX spent £1.49m, ALDER £0.7m: £14,900 and £7,000, 10% retained, £100 in reserve."""
    books = books(book_text(framework="retained = '10%'\nreserve = '100.00'"))
    books.spend(("2014-03-31", "SALIX", "1490000.00"), ("2014-03-31", "ALDER", "700000.00"))
    return books


@pytest.fixture
def received(books):
    """The same spend, whose pots wait for the money."""
    books = books(book_text(funded="received", framework="retained = '10%'\nreserve = '100.00'"))
    books.spend(("2014-03-31", "SALIX", "1490000.00"), ("2014-03-31", "ALDER", "700000.00"))
    return books


def test_levy_billed_becomes_surplus_beyond_provision_and_reserve(billed):
    found = pots(billed)
    assert list(found["SALIX"]) == COLUMNS
    assert figures(found["SALIX"]) == {
        "billed": "14900.00",
        "retained": "1490.00",
        "provision": "5000.00",
        "surplus": "8310.00",
    }
    assert figures(found["BIRCH"]) == {}


def test_release_moves_the_whole_surplus_of_every_member(billed):
    rows = release(billed)
    assert {code: row["released"] for code, row in rows.items()} == {
        "ALDER": "3700.00",
        "BIRCH": "0.00",
        "SALIX": "8310.00",
    }
    assert rows["SALIX"]["date"] == "2014-03-31"
    assert (rows["SALIX"]["surplus"], rows["SALIX"]["pot"]) == ("0.00", "8310.00")
    assert figures(pots(billed)["SALIX"]) == {
        "billed": "14900.00",
        "retained": "1490.00",
        "provision": "5000.00",
        "released": "8310.00",
        "pot": "8310.00",
    }
    assert billed.cohorts("SALIX") == [("2014-03", 831000)]


def test_releasing_twice_releases_once(billed):
    release(billed)
    entries = billed.entries()
    assert {row["released"] for row in release(billed).values()} == {"0.00"}
    assert billed.entries() == entries


def test_what_a_release_shows_is_of_its_own_day(billed):
    billed.spend(("2014-04-05", "SALIX", "100.00"))
    row = release(billed)["SALIX"]
    assert (row["date"], row["surplus"], row["pot"]) == ("2014-03-31", "0.00", "8310.00")
    row = release(billed, APRIL)["SALIX"]
    assert (row["date"], row["released"], row["pot"]) == ("2014-04-10", "0.90", "8310.90")
    row = release(billed)["SALIX"]
    assert (row["released"], row["pot"]) == (
        "0.00",
        pots(billed, as_at=MARCH.last_day)["SALIX"]["pot"],
    )
    february = release(billed, Month(2014, 2))["SALIX"]
    assert (february["date"], february["pot"]) == ("2014-02-28", "0.00")


def test_trying_to_release_stores_nothing(billed):
    entries = billed.entries()
    rows = release_surplus(tried(billed.office()), MARCH)
    assert rows == release_surplus(tried(billed.office()), MARCH)
    assert rows[2]["pot"] == "8310.00"
    assert billed.entries() == entries


def test_a_second_release_in_an_open_month_tops_its_cohort_up(billed):
    release(billed)
    billed.spend(("2014-03-31", "SALIX", "10000.00", "BEECH"))
    assert release(billed)["SALIX"]["deficit"] == "2410.00"  # the third place fell due
    billed.spend(("2014-03-31", "SALIX", "490000.00", "BEECH"))
    assert release(billed)["SALIX"]["released"] == "2000.00"
    assert billed.cohorts("SALIX") == [("2014-03", 1031000)]


def test_each_month_has_a_cohort_of_its_own(billed):
    release(billed)
    billed.spend(("2014-04-05", "SALIX", "100.00"))
    assert release(billed)["SALIX"]["released"] == "0.00"
    rows = release(billed, APRIL)
    assert (rows["SALIX"]["released"], rows["SALIX"]["date"]) == ("0.90", "2014-04-10")
    assert billed.cohorts("SALIX") == [("2014-03", 831000), ("2014-04", 90)]


def test_one_release_takes_what_earlier_months_left(billed):
    billed.spend(("2014-04-05", "SALIX", "100.00"))
    assert release(billed, APRIL)["SALIX"]["released"] == "8310.90"
    assert {row["released"] for row in release(billed).values()} == {"0.00"}


def test_a_closed_month_releases_into_the_first_open_one_and_only_once(billed):
    billed.spend(("2014-04-05", "SALIX", "100.00"))
    billed.close("2014-03")
    rows = release(billed)
    assert (rows["SALIX"]["released"], rows["SALIX"]["date"]) == ("8310.00", "2014-04-10")
    assert billed.cohorts("SALIX") == [("2014-04", 831000)]
    assert release(billed)["SALIX"]["released"] == "0.00"
    assert release(billed, APRIL)["SALIX"]["released"] == "0.90"


def test_a_month_that_has_not_begun_is_not_released(billed):
    with pytest.raises(RuleRefused, match="2014-05 has not begun"):
        release(billed, Month(2014, 5))


def test_a_deficit_is_carried_and_never_takes_the_pot_back(billed):
    release(billed)
    billed.spend(("2014-04-05", "SALIX", "-100000.00"))
    row = pots(billed)["SALIX"]
    assert (row["deficit"], row["pot"], row["surplus"]) == ("900.00", "8310.00", "0.00")
    assert release(billed, APRIL)["SALIX"]["released"] == "0.00"
    billed.spend(("2014-04-06", "SALIX", "150000.00"))
    assert release(billed, APRIL)["SALIX"]["released"] == "0.00"  # the third place takes £2,500
    assert pots(billed)["SALIX"]["deficit"] == "2050.00"


def test_credits_after_the_month_leave_no_deficit_to_a_late_release(billed):
    billed.spend(("2014-04-05", "SALIX", "-100000.00"))
    assert release(billed)["SALIX"]["released"] == "7410.00"


def test_the_part_million_is_held_back_where_the_book_says_exact(books):
    exact = books(book_text(opportunities=EXACT))
    exact.spend(("2014-03-31", "SALIX", "1490000.00"))
    row = release(exact)["SALIX"]
    assert (row["held_back"], row["part_million"]) == ("2450.00", "2450.00")
    assert (row["released"], row["surplus"]) == ("7450.00", "2450.00")
    assert release(exact)["SALIX"]["released"] == "0.00"


def test_the_part_million_is_only_shown_where_the_book_says_whole(billed):
    row = release(billed)["SALIX"]
    assert (row["held_back"], row["part_million"]) == ("0.00", "2450.00")


def test_at_a_wider_scope_what_is_held_back_is_shared_by_spend(books):
    exact = books(book_text(opportunities=f"scope = 'framework'\n{EXACT}"))
    exact.spend(("2014-03-31", "SALIX", "300000.00"), ("2014-03-31", "ALDER", "100000.00"))
    rows = release(exact)
    assert {code: row["held_back"] for code, row in rows.items()} == {
        "ALDER": "500.00",
        "BIRCH": "0.00",
        "SALIX": "1500.00",
    }


def test_only_levy_that_was_paid_becomes_surplus(received):
    assert figures(pots(received)["SALIX"]) == {
        "billed": "14900.00",
        "provision": "5000.00",
        "deficit": "5100.00",
    }
    assert release(received)["SALIX"]["released"] == "0.00"
    received.bank("13140.00", "INV-000001")  # half of £21,900 with its VAT
    row = figures(pots(received)["SALIX"])
    assert row == {
        "billed": "14900.00",
        "received": "7450.00",
        "retained": "745.00",
        "provision": "5000.00",
        "surplus": "1605.00",
    }
    assert release(received)["SALIX"]["released"] == "0.00"  # it came in April
    assert release(received, APRIL)["SALIX"]["released"] == "1605.00"
    received.bank("13140.00", "INV-000001 rest")
    assert release(received, APRIL)["SALIX"]["released"] == "6705.00"
    assert figures(pots(received)["SALIX"]) == {
        "billed": "14900.00",
        "received": "14900.00",
        "retained": "1490.00",
        "provision": "5000.00",
        "released": "8310.00",
        "pot": "8310.00",
    }


def test_what_came_in_after_the_month_is_told_with_the_month_that_releases_it(received):
    assert left_in_funds(received.office(), MARCH) is None
    received.bank("13140.00", "INV-000001")
    assert release(received)["SALIX"]["surplus"] == "0.00"
    received.close("2014-03")
    assert (release(received)["SALIX"]["released"], release(received)["SALIX"]["surplus"]) == (
        "0.00",
        "1605.00",
    )
    left = left_in_funds(received.office(), MARCH)
    assert (left.later_pence, left.month) == (160_500 + 55_000, APRIL)
    assert (left.held_back_pence, left.used_pence) == (0, 0)
    release(received, APRIL)
    assert left_in_funds(received.office(), MARCH) is None


def test_what_is_held_back_for_part_of_a_place_is_told(books):
    exact = books(book_text(opportunities=EXACT))
    exact.spend(("2014-03-31", "SALIX", "1490000.00"))
    release(exact)
    left = left_in_funds(exact.office(), MARCH)
    assert (left.later_pence, left.held_back_pence, left.used_pence) == (0, 245_000, 0)


def test_what_later_credits_have_used_is_told(books):
    billed = books(book_text())
    billed.spend(("2014-03-31", "SALIX", "10000.00"))
    billed.spend(("2014-04-05", "SALIX", "-10000.00"))
    row = release(billed)["SALIX"]
    assert (row["released"], row["surplus"]) == ("0.00", "100.00")
    left = left_in_funds(billed.office(), MARCH)
    assert (left.later_pence, left.held_back_pence, left.used_pence) == (0, 0, 10_000)


def test_levy_received_is_told_in_billed_mode_too(billed):
    billed.bank("13140.00", "INV-000001")
    assert pots(billed)["SALIX"]["received"] == "7450.00"
    assert pots(billed)["ALDER"]["received"] == "3500.00"


def test_pots_are_listed_as_at_and_as_known(billed):
    release(billed)
    billed.spend(("2014-04-05", "SALIX", "100.00"), today="2014-04-20")
    march = date(2014, 3, 31)
    assert pots(billed, as_at=march)["SALIX"]["billed"] == "14900.00"
    assert pots(billed)["SALIX"]["billed"] == "14901.00"
    assert pots(billed, known_on=date(2014, 4, 10))["SALIX"]["billed"] == "14900.00"
    assert figures(pots(billed, as_at=march, known_on=date(2014, 4, 9))["SALIX"]) == {}


def test_a_transfer_takes_two_people_and_keeps_the_cohorts_months(billed):
    release(billed)
    billed.spend(("2014-04-05", "SALIX", "100.00"))
    release(billed, APRIL)
    assert transfer(billed, "ann", pence=831050)["status"] == "proposed"
    assert billed.cohorts("ALDER") == [("2014-03", 370000)]
    with pytest.raises(RuleRefused, match="ann proposed this"):
        transfer(billed, "ann", pence=831050)
    assert transfer(billed, "bob", pence=831050) == {
        "from": "SALIX",
        "to": "ALDER",
        "amount": "8310.50",
        "status": "done",
    }
    assert billed.cohorts("SALIX") == [("2014-04", 40)]
    assert billed.cohorts("ALDER") == [("2014-03", 1201000), ("2014-04", 50)]
    assert pots(billed)["ALDER"]["released"] == "3700.00"


def test_a_transfer_sent_twice_under_one_reference_moves_once(billed):
    release(billed)
    for user, status in (("ann", "proposed"), ("ann", "proposed"), ("bob", "done")):
        assert transfer(billed, user, reference="t-1")["status"] == status
    for user in ("ann", "bob"):
        assert transfer(billed, user, reference="t-1")["status"] == "done-before"
    assert pots(billed)["SALIX"]["pot"] == "8300.00"


def test_a_transfer_needs_two_members_and_the_money(billed):
    release(billed)
    with pytest.raises(
        RuleRefused, match=r"SALIX has £8,310.00 available in its pot, not £8,310.01"
    ):
        transfer(billed, "ann", pence=831001)
    with pytest.raises(UsageError, match="--from and --to are both SALIX"):
        transfer(billed, "ann", taker="Salix Homes")
    with pytest.raises(UsageError, match=r"no member 'SALX'; did you mean SALIX\?"):
        transfer(billed, "ann", giver="SALX")
    with pytest.raises(UsageError, match=r"--amount is £0.00"):
        transfer(billed, "ann", pence=0)


def test_a_pot_answers_for_the_deficit_of_its_levy_fund(billed):
    release(billed)
    billed.spend(("2014-04-05", "SALIX", "-100000.00"))
    with pytest.raises(RuleRefused, match=r"SALIX has £7,510.00 available"):
        transfer(billed, "ann", pence=751001)
    assert transfer(billed, "ann", pence=751000)["status"] == "proposed"


def fund_parts(books, release):
    """What a release is made of: words or reference, and pence."""
    (fund,) = explain(books.office(), release).because
    parts = [(step.title if not step.ref else step.ref, step.pence) for step in fund.because]
    assert sum(pence for _name, pence in parts) == fund.pence
    return parts


def release_of(books, cohort):
    """The entry that put a cohort into its pot."""
    return explain(books.office(), cohort).because[0].because[0].ref


def test_what_a_release_left_in_the_fund_is_explained(books):
    settings = {"opportunities": EXACT, "framework": "reserve = '100.00'"}
    books = books(book_text(**settings))
    books.spend(("2014-03-31", "SALIX", "1490000.00"))
    release(books)
    (left, billed, *provided) = fund_parts(books, release_of(books, "SALIX/2014-03"))
    assert left == (
        "left in the fund: £100.00 the reserve and £2,450.00 held back for a part-million",
        -255_000,
    )
    assert billed == ("E-000001", 1_490_000)
    assert sum(pence for _ref, pence in provided) == -500_000


def test_what_one_release_left_is_what_the_next_begins_with(billed):
    billed.spend(("2014-04-02", "SALIX", "100.00"))
    release(billed)
    release(billed, APRIL)
    (before, left, *april) = fund_parts(billed, release_of(billed, "SALIX/2014-04"))
    assert before == (release_of(billed, "SALIX/2014-03"), 10_000)
    assert left == ("left in the fund: £100.00 the reserve", -10_000)
    assert sum(pence for _ref, pence in april) == 90


def test_levy_dated_after_a_released_month_goes_by_the_release_of_its_own(billed):
    billed.spend(("2014-04-02", "SALIX", "100.00"))
    release(billed)
    march = release_of(billed, "SALIX/2014-03")
    (left, *_parts) = fund_parts(billed, march)
    assert left == ("left in the fund: £100.00 the reserve", -10_000)
    release(billed, APRIL)
    april = release_of(billed, "SALIX/2014-04")
    for ref, _pence in fund_parts(billed, april)[2:]:
        went = under(explain(billed.office(), ref), "in the levy fund until the next release")
        assert [there for there, _pence in went] == [april]

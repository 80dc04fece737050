"""A member's statement told from real books: its figures are the ledger's own."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from unittest import mock

import pytest

from levytool.desk.brokerage.close_scheme import close_scheme
from levytool.desk.brokerage.commit_to_scheme import commit_to_scheme
from levytool.desk.brokerage.draw_scheme import draw_scheme
from levytool.desk.brokerage.fund_scheme import fund_scheme
from levytool.desk.brokerage.propose_scheme import approve_scheme, propose_scheme
from levytool.desk.brokerage.release_surplus import release_surplus
from levytool.desk.brokerage.transfer_pot import transfer_pot
from levytool.desk.month_end.member_statement import member_statement, member_statements
from levytool.desk.returns.settle_returns import declare_nil
from levytool.desk.spend.import_outcome import ImportOptions
from levytool.desk.spend.import_spend import import_spend
from levytool.desk.tracing.explain import explain
from levytool.periods import Month, parse_period
from levytool.problems import UsageError
from levytool.statements.member import member_in_sections
from levytool.statements.render_json import render_json
from levytool.statements.values import (
    Aged,
    MemberStatement,
    MonthEnd,
    OpportunityLine,
    ReturnNote,
    Split,
)
from tests.desk.consortium import TODAY, Books, book_text
from tests.desk.correcting import Returns

MEMBERS = ("ALDER", "BIRCH", "SALIX")
MARCH, APRIL = Month(2014, 3), Month(2014, 4)
NO_PLACES = "per_million = 0"


def statement(
    books: Books, member: str = "SALIX", period: str = "2014-03", known_on=None, today=TODAY
):
    return member_statement(books.office(today=today), member, parse_period(period), known_on)


def propose(books: Books, *members: str, code: str = "WORK", today: str = "2014-04-10") -> None:
    propose_scheme(
        books.office("ann", today),
        code,
        members=members,
        title="Into work",
        budget_pence=10_000_000,
        places=4,
    )
    approve_scheme(books.office("bob", today), code)


STORY_BOOK = book_text(funded="received", opportunities=NO_PLACES, framework="retained = '10%'")


def story(told: Books) -> Books:
    """March: SALIX spends £100,000 and ALDER £50,000, billed in one document of £1,500 and VAT.

    Half is paid in April, when what it brings is released, committed and drawn on.
    """
    told.spend(
        ("2014-03-31", "SALIX", "100000.00", "BROOKS", "CO-1", "REGEN"),
        ("2014-03-31", "ALDER", "50000.00", "BROOKS", "CO-2", "REGEN"),
        today="2014-03-31",
    )
    told.bank("900.00", "INV-000001", today="2014-04-02")
    release_surplus(told.office(today="2014-04-10"), APRIL)
    propose(told, "SALIX", "ALDER")
    commit_to_scheme(told.office(), "WORK", "SALIX", 30_000)
    commit_to_scheme(told.office(), "WORK", "ALDER", 10_000)
    draw_scheme(told.office(), "WORK", net_pence=20_000, payee="Trainers", reference="D1")
    return told


@pytest.fixture
def told(books) -> Books:
    """The books of the story."""
    return story(books(STORY_BOOK))


def test_march_has_levy_billed_and_nothing_more(told: Books) -> None:
    march = statement(told)
    assert (march.opening, march.closing, march.movements) == (Split(), Split(), ())
    assert march.levy.period.billed_pence == march.levy.unpaid_closing_pence == 100_000
    (line,) = march.spend
    assert (line.framework, line.call_off, line.contractor) == ("REGEN", "CO-1", "BROOKS")
    assert (line.spend_pence, line.rates_ppm, line.levy_pence) == (10_000_000, (10_000,), 100_000)
    assert (line.billed_pence, line.received_pence, line.outstanding_pence) == (100_000, 0, 100_000)
    assert march.aged == Aged(current_pence=100_000)


def test_obligations_are_added_up_only_where_they_are_the_members_own(told: Books) -> None:
    """What counts all members' spend cannot be added to what counts this member's."""
    march = statement(told)
    own, other = (
        OpportunityLine(
            *(code, "Works", "framework-member", "", "", 100_000, Fraction(3), 3),
            *(Fraction(0), Fraction(0), Fraction(3), Fraction(0), Fraction(0), 0, "SALIX"),
        )
        for code in ("REGEN", "WORKS")
    )
    wide = replace(other, scope="framework", member="")
    for lines, total in (((own, other), "All obligations"), ((own, wide), ""), ((wide, wide), "")):
        page = member_in_sections(replace(march, opportunities=lines))
        [section] = [found for found in page.sections if found.key == "opportunities"]
        assert section.parts[-1].total == total


def test_april_goes_from_receipt_to_release_to_scheme(told: Books) -> None:
    april = statement(told, period="2014-04")
    assert april.levy.period.billed_pence == 0
    assert april.levy.period.received_pence == 50_000
    assert april.levy.period.retained_pence == 5_000
    assert april.levy.period.released_pence == april.released_pence == 45_000
    assert april.drawn_pence == 15_000
    assert [(m.kind, m.amount_pence) for m in april.movements] == [
        ("release", 45_000),
        ("drawdown", -15_000),
    ]
    assert [(m.kind, m.amount_pence) for m in april.commitments] == [("commitment", 30_000)]
    traced = [explain(told.office(), m.reference) for m in april.movements + april.commitments]
    assert [dict(trace.facts)["kind"] for trace in traced] == ["release", "drawdown", "commitment"]
    assert (april.opening, april.closing) == (Split(), Split(15_000, 15_000))
    (cohort,) = april.cohorts
    assert (cohort.entered, cohort.age_months) == (APRIL, 0)
    assert (cohort.uncommitted_pence, cohort.committed_pence) == (15_000, 15_000)
    (scheme,) = april.schemes
    assert (scheme.committed_pence, scheme.drawn_pence) == (30_000, 15_000)
    assert (scheme.all_committed_pence, scheme.all_drawn_pence) == (40_000, 20_000)
    assert (scheme.remaining_pence, scheme.cost_per_place_pence) == (15_000, 2_500_000)
    assert april.spend == () and april.aged.total_pence == 50_000


def test_a_year_is_its_months_together(told: Books) -> None:
    march, april = statement(told), statement(told, period="2014-04")
    both = statement(told, period="2014-03..2014-04")
    assert both.movements == march.movements + april.movements
    assert (both.opening, both.closing) == (march.opening, april.closing)
    assert both.levy.period == april.levy.to_date
    assert statement(told, period="FY2014").opening == april.opening


def test_what_was_paid_later_is_told_as_at_the_end_of_the_period(told: Books) -> None:
    told.bank("900.00", "INV-000001 rest", today="2014-05-20")
    assert statement(told).spend[0].received_pence == 0
    assert statement(told, period="2014-03..2014-05").spend[0].outstanding_pence == 0
    assert statement(told, period="2014-05").aged_payers == ()


def test_known_on_tells_the_books_as_they_stood(told: Books) -> None:
    before = statement(told, period="2014-04", known_on=date(2014, 4, 1))
    assert before.levy.period.received_pence == 0
    assert (before.closing, before.movements, before.schemes) == (Split(), (), ())
    early = statement(told, known_on=date(2014, 3, 30))
    assert (early.spend, early.aged_payers, early.levy.to_date.billed_pence) == ((), (), 0)


def test_a_transfer_and_a_closed_scheme_move_as_they_should(told: Books) -> None:
    transfer_pot(told.office("ann"), "SALIX", "ALDER", 5_000)
    transfer_pot(told.office("bob"), "SALIX", "ALDER", 5_000)
    close_scheme(told.office(today="2014-05-06"), "WORK")
    april, may = statement(told, period="2014-04"), statement(told, period="2014-05")
    assert april.movements[-1].kind == "transfer"
    assert april.movements[-1].amount_pence == -5_000
    assert statement(told, "ALDER", "2014-04").movements[-1].amount_pence == 5_000
    assert april.schemes[0].state == "approved" and may.schemes[0].state == "closed"
    assert may.movements == ()
    assert [(m.kind, m.amount_pence) for m in may.commitments] == [("scheme-closed", -15_000)]
    assert may.opening.total_pence == may.closing.total_pence == 25_000
    assert may.closing.committed_pence == 0 == may.cohorts[0].committed_pence


def test_places_are_told_exactly_and_whole(books) -> None:
    two = books()
    two.spend(("2014-03-31", "SALIX", "1499999.99"), ("2014-03-31", "ALDER", "400000.00"))
    (line,) = statement(two).opportunities
    assert line.due_exact == Fraction(149_999_999 * 2, 100_000_000)
    assert (line.due, line.delivered, line.outstanding) == (2, 0, 2)
    assert line.part_million_pence == 250_000


def test_a_wider_scope_is_shown_whole_to_each_member_that_spends_in_it(books) -> None:
    wide = books(book_text(opportunities="scope = 'framework'"))
    wide.spend(("2014-03-31", "SALIX", "700000.00"), ("2014-03-31", "ALDER", "700000.00"))
    assert statement(wide).opportunities == statement(wide, "ALDER").opportunities
    assert statement(wide).opportunities[0].due == 2
    assert statement(wide, "BIRCH").opportunities == ()


def test_late_spend_is_shown_with_the_period_it_belongs_to(books) -> None:
    late = books()
    late.close("2014-03")
    late.spend(("2014-03-15", "SALIX", "1000.00"), today="2014-04-10")
    april = statement(late, period="2014-04")
    assert april.spend[0].spend_pence == 100_000
    (earlier,) = april.earlier
    assert (earlier.reporting_period, earlier.framework) == (MARCH, "REGEN")
    assert (earlier.spend_pence, earlier.billed_pence) == (100_000, 1_000)
    assert statement(late).spend == ()


def test_levy_under_a_minimum_is_told_beside_what_was_billed(books) -> None:
    least = books(book_text(opportunities=NO_PLACES).replace('"1%"', '"1%"\nminimum = "50.00"'))
    least.spend(("2014-03-31", "SALIX", "300.00"), ("2014-03-31", "ALDER", "700.00"))
    (line,) = statement(least).spend
    assert (line.levy_pence, line.billed_pence) == (300, 1_500)


def test_a_document_of_nothing_is_settled_from_the_start(books) -> None:
    nothing = books(book_text(funded="received", opportunities=NO_PLACES))
    nothing.spend(("2014-03-31", "SALIX", "1000.00"), ("2014-03-31", "ALDER", "-1000.00"))
    for member, pence in (("SALIX", 1_000), ("ALDER", -1_000)):
        told = statement(nothing, member)
        assert (told.spend[0].billed_pence, told.spend[0].outstanding_pence) == (pence, 0)
        assert told.levy.period.received_pence == told.levy.period.funded_pence == pence
        assert told.aged_payers == ()


def test_every_member_is_told_alike_alone_and_together(told: Books) -> None:
    together = list(member_statements(told.office(), parse_period("2014-04")))
    assert [item.recipient.code for item in together] == list(MEMBERS)
    assert together == [statement(told, code, "2014-04") for code in MEMBERS]


def test_a_name_or_alias_names_the_member(told: Books) -> None:
    assert statement(told, "salix homes ltd").recipient.code == "SALIX"
    with pytest.raises(UsageError, match="there is no member 'SALIXX'; did you mean SALIX"):
        statement(told, "SALIXX")


def test_postgresql_gives_the_same_bytes(told: Books, postgres_ledger: str, tmp_path: Path) -> None:
    other = Books(tmp_path, STORY_BOOK, postgres_ledger)
    try:
        assert _everything(story(other)) == _everything(told)
    finally:
        other.ledger.close()


def _everything(books: Books) -> list[str]:
    """More of a story, told in JSON for every member, a month and a year, now and then."""
    books.spend(("2014-05-02", "SALIX", "2500.00"), ("2014-05-03", "BIRCH", "-40.00"))
    books.spend(("2014-05-09", "SALIX", "81.30", "BEECH", "CO-9", "REGEN"), today="2014-06-02")
    fund_scheme(books.office(), "WORK", "Lottery", 50_000)
    return [
        render_json(member_in_sections(item))
        for period in ("2014-04", "2014-05", "FY2014")
        for known_on in (None, date(2014, 5, 31))
        for item in member_statements(books.office(), parse_period(period), known_on)
    ]


def test_returns_still_to_come_are_named_once_their_month_is_over(books) -> None:
    appointed = "contractors = [{ code = 'BROOKS' }, { code = 'BEECH', until = 2014-04-30 }]"
    due = books(book_text(framework=appointed))
    due.spend(("2014-03-03", "SALIX", "100.00"), today="2014-03-31")
    due.spend(("2014-03-03", "SALIX", "100.00", "BEECH", "", "REGEN"), today="2014-03-31")
    assert told_of(statement(due, period="2014-01..2014-03")) == [
        *(("BEECH", 1, "missing", 52), ("BROOKS", 1, "missing", 52)),
        *(("BEECH", 2, "missing", 24), ("BROOKS", 2, "missing", 24)),
    ]
    due.bank("1.00", "something", today="2014-06-01")
    spring = statement(due, period="2014-03..2014-06", today="2014-06-01")
    assert told_of(spring) == [
        *(("BEECH", 4, "missing", 24), ("BROOKS", 4, "missing", 24), ("BROOKS", 5, "expected", 0)),
    ]
    declare_nil(due.office(today="2014-05-09"), "BROOKS", "REGEN", Month(2014, 4))
    stage(due, "2014-05-20", today="2014-06-02")
    later = statement(due, period="2014-03..2014-06", today="2014-06-02")
    assert told_of(later) == [
        *(("BEECH", 4, "missing", 25), ("BROOKS", 4, "late", 1), ("BROOKS", 5, "staged", 0)),
    ]
    assert later.returns[2] == ReturnNote(
        *("BROOKS", "Brooks Roofing Ltd", "REGEN", Month(2014, 5), "staged"),
        *(date(2014, 6, 6), 0, date(2014, 6, 2)),
    )
    assert statement(due, "ALDER", "2014-03..2014-06", today="2014-06-02").returns == ()
    known = statement(due, period="2014-05", known_on=date(2014, 6, 9))
    assert told_of(known) == [("BROOKS", 5, "staged", 0)]
    known = statement(due, period="2014-05", known_on=date(2014, 6, 1))
    assert told_of(known) == [("BROOKS", 5, "expected", 0)]


def told_of(told: MemberStatement) -> list[tuple[str, int, str, int]]:
    """Contractor, month, state and days late of each return noted."""
    return [
        (note.contractor, note.reporting_period.month, note.state, note.days_late)
        for note in told.returns
    ]


def test_the_balance_is_told_month_by_month_for_a_year(told: Books) -> None:
    (april,) = statement(told, period="2014-04").month_ends
    assert april == MonthEnd(APRIL, Split(15_000, 15_000))
    year = statement(told, period="FY2013").month_ends
    assert [item.split for item in year] == [Split()] * 12
    close_scheme(told.office(today="2014-06-06"), "WORK")
    longer = statement(told, period="2014-03..2014-06").month_ends
    assert [item.split.committed_pence for item in longer] == [0, 15_000, 15_000, 0]
    assert [item.split.total_pence for item in longer] == [0, 30_000, 30_000, 30_000]


def test_a_period_that_has_not_ended_is_told_as_at_today(told: Books) -> None:
    """No debt is as old as on a day to come, and no balance has stood in months to come."""
    year = statement(told, period="FY2014", today="2014-04-12")
    assert year.as_at == date(2014, 4, 12)
    assert year.aged == Aged(current_pence=50_000)
    assert [item.month for item in year.month_ends] == [APRIL]
    assert [cohort.age_months for cohort in year.cohorts] == [0]
    for longer in ("2014-04", "2014-04..2014-05", "FY2014"):
        assert statement(told, period=longer, today="2014-04-12").as_at == year.as_at, longer
    told.spend(("2014-06-02", "SALIX", "100.00"), today="2014-04-12")
    ahead = statement(told, period="FY2014", today="2014-04-12")
    assert ahead.as_at == date(2014, 6, 30), "what is posted for a month to come counts"
    assert statement(told, period="2014-04", today="2014-04-12").as_at == year.as_at
    assert [item.month.month for item in ahead.month_ends] == [4, 5, 6]
    known = statement(told, period="FY2014", known_on=date(2014, 4, 9), today="2014-04-12")
    assert known.as_at == date(2014, 4, 9) and known.released_pence == 0
    over = statement(told, period="FY2014", today="2015-04-01")
    assert over.as_at == date(2015, 3, 31) and over.aged.over_90_days_pence
    assert statement(told, period="FY2014", today="2016-01-01") == over


def stage(books: Books, day: str, today: str) -> None:
    """Import a line of BROOKS without accepting it."""
    path = books.folder / "staged.csv"
    path.write_text(
        f"Invoice,Date,Member,Net,Contractor,Framework\nS1,{day},SALIX,5.00,BROOKS,REGEN\n",
        encoding="utf-8",
    )
    assert import_spend(books.office(today=today), path, ImportOptions()).status == "staged"


@pytest.mark.parametrize("on", ["SQLite", "PostgreSQL"])
def test_a_statement_of_many_lines_sums_returns_that_are_alike_to_the_same(
    on: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    place = "" if on == "SQLite" else request.getfixturevalue("postgres_ledger")
    told = Returns(tmp_path, STORY_BOOK, place)
    first = told.declare(
        ("A1", "2014-03-05", "SALIX", "4000.00", "CO-1"),
        ("A2", "2014-03-06", "SALIX", "700.00", "CO-2"),
        today="2014-03-31",
    )
    told.declare(
        ("B1", "2014-03-05", "SALIX", "900.00", "CO-1"),
        ("B2", "2014-03-06", "SALIX", "31.07", "CO-3"),
        ("B3", "2014-03-06", "ALDER", "500.00", "CO-4"),
        today="2014-03-31",
        contractor="BEECH",
    )
    for day, call_off in (("2014-04-03", "CO-1"), ("2014-05-03", "CO-2"), ("2014-06-03", "CO-1")):
        told.declare((f"C{day}", day, "SALIX", "250.00", call_off), today="2014-06-10")
    told.bank("5.00", "INV-000002", today="2014-04-12")
    told.correct(first, ("A1", "2014-03-05", "SALIX", "3000.00", "CO-2"), today="2014-04-20")
    again = ("B1", "2014-03-05", "SALIX", "800.00", "CO-1")
    told.correct("R-000002", again, today="2014-07-02")
    for period in ("2014-03", "2014-04", "2014-04..2014-06", "FY2013", "2014-03..2014-06"):
        short = statement(told, period=period)
        with mock.patch(f"{member_statement.__module__}.MANY_LINES", 0):
            assert statement(told, period=period) == short
        assert short.spend
    told.prove()

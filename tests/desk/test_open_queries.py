"""Statements tell what is open between declarations and members' own ledgers (domain §3.9)."""

from datetime import date

import pytest

from levytool.desk.four_eyes import Status
from levytool.desk.month_end.consortium_statement import consortium_statement
from levytool.desk.month_end.dashboard import dashboard
from levytool.desk.month_end.issue_statement import issue_statement
from levytool.desk.month_end.member_statement import member_statement, member_statements
from levytool.desk.month_end.statements import KINDS, consortium
from levytool.desk.month_end.verify_statement import verify_statement
from levytool.desk.reconcile import reconcile_spend as reconciling
from levytool.desk.reconcile.decide import Order, decide
from levytool.desk.reconcile.reconcile_spend import reconcile_spend
from levytool.desk.spend.member_ledgers import withdraw_ledger
from levytool.desk.tracing.explain import explain
from levytool.periods import Month, parse_period
from levytool.statements.forms import written
from levytool.statements.said import said
from levytool.statements.values import Queries, QueryLine
from tests.desk.reconciling import reconcile, record

MARCH = parse_period("2014-03")
SPRING = parse_period("2014-03..2014-04")
ALDER = {"Member": "ALDER"}


def queries(books, member="SALIX", period=MARCH, known_on=None):
    """What a member's statement tells."""
    return member_statement(books.office(), member, period, known_on).queries


@pytest.fixture
def open_books(spending):
    """SALIX sent a ledger of March that differs, ALDER sent none; both have spend declared."""
    made = spending()
    made.accepted({}, {"Invoice": "A2"}, {"Invoice": "A3", "Net": "40.00"}, ALDER)
    record(made, {"Net": "107.01"}, {"Invoice": "A2"}, {"Invoice": "Z9", "Net": "12.00"})
    return made


@pytest.fixture
def matchings(monkeypatch):
    """How often the books were matched."""
    found = []
    match = reconciling.match_books

    def counted(connection):
        found.append(connection)
        return match(connection)

    monkeypatch.setattr(reconciling, "match_books", counted)
    return found


def test_differences_are_summed_by_reason(open_books):
    assert queries(open_books) == Queries(
        "compared",
        (
            QueryLine("undeclared", 1, 1_200, 12_000_000),
            QueryLine("over-declared", 1, -4_000, -40_000_000),
            QueryLine("amount", 1, 701, 7_010_000),
        ),
    )


def test_a_member_without_a_ledger_is_not_compared_and_nothing_is_matched(open_books, matchings):
    assert queries(open_books, "ALDER") == queries(open_books, "BIRCH") == Queries("no ledger")
    withdraw_ledger(open_books.office(), "M-000001", "the wrong year")
    assert queries(open_books) == Queries("no ledger")
    list(member_statements(open_books.office(), MARCH))
    consortium_statement(open_books.office(), MARCH)
    assert not matchings


def test_all_members_and_the_consortium_are_told_alike_of_one_matching(open_books, matchings):
    record(open_books, ALDER | {"Net": "99.00"})
    office = open_books.office()
    together = {one.recipient.code: one.queries for one in member_statements(office, MARCH)}
    assert len(matchings) == 1
    assert together == {code: queries(open_books, code) for code in ("ALDER", "BIRCH", "SALIX")}
    whole = consortium_statement(office, MARCH).queries
    assert {one.member: one.queries for one in whole} == together


def test_the_dashboard_matches_the_spend_once(open_books, matchings):
    dashboard(open_books.office())
    assert not matchings  # its own call is by its own name


@pytest.mark.parametrize("period", [MARCH, SPRING, parse_period("FY2013", 4)])
def test_what_is_told_is_what_reconciling_has_waiting(open_books, period):
    open_books.accepted({"Date": "2014-04-02", "Invoice": "B1"}, ALDER | {"Date": "2014-04-03"})
    record(open_books, {"Date": "2014-04-02", "Invoice": "B1", "Net": "1.00"})
    record(open_books, ALDER | {"Net": "90.00"}, {"Member": "BIRCH", "Invoice": "A3", "Net": "40"})
    for code in ("ALDER", "BIRCH", "SALIX"):
        waiting = reconcile_spend(open_books.office(), period, code).waiting
        lines = queries(open_books, code, period).lines
        assert sum(line.count for line in lines) == len(waiting) > 0
        assert {line.reason for line in lines} == {item.reason for item in waiting}
        net = sum(item.net_difference_pence for item in waiting)
        assert sum(line.net_pence for line in lines) == net
        levy = sum(item.levy_effect_micropence for item in waiting)
        assert sum(line.levy_micropence for line in lines) == levy


def test_a_line_of_two_members_is_told_of_both(spending):
    made = spending()
    made.accepted({})
    record(made, {"Member": "ALDER"})
    record(made, {"Invoice": "other", "Net": "5.00"})
    for code in ("ALDER", "SALIX"):
        assert "wrong member" in {line.reason for line in queries(made, code).lines}


def test_months_without_a_ledger_are_named_beside_those_that_have_one(open_books):
    open_books.accepted({"Date": "2014-04-02", "Invoice": "B1"})
    told = queries(open_books, period=SPRING)
    assert told.without_ledger == (Month(2014, 4),)
    assert [line.count for line in told.lines] == [1, 1, 1]
    office = open_books.office()
    page = written(KINDS["member"].statement(office, "SALIX", SPRING, None), "text").data
    assert "Not compared, as no ledger of them was imported: Apr 2014." in page
    whole = " ".join(written(consortium(office, SPRING, None), "text").data.split())
    assert "Not compared, as none of their ledgers was imported: ALDER, BIRCH." in whole
    assert "Compared for some months only: SALIX." in whole


def test_lines_of_a_ledger_that_only_runs_over_are_told(spending):
    made = spending()
    made.accepted({})
    early = [{"Date": "2014-02-10", "Invoice": f"Y{number}"} for number in range(10)]
    record(made, *early, {"Invoice": "Z", "Net": "7.77"})
    assert queries(made) == Queries(
        "compared", (QueryLine("undeclared", 1, 777, 7_770_000),), (Month(2014, 3),)
    )


def test_nothing_open_is_one_sentence(spending):
    made = spending()
    made.accepted({})
    record(made, {})
    assert queries(made) == Queries("compared")
    for statement in (
        KINDS["member"].statement(made.office(), "SALIX", MARCH, None),
        consortium(made.office(), MARCH, None),
    ):
        (section,) = (one for one in statement.sections if one.key == "queries")
        assert section.nothing.startswith("Nothing is open between contractors’ declarations and ")
        assert not section.notes and not section.after
        assert said(statement)["open_queries"] == []


def test_as_known_on_a_day_they_are_not_told(open_books, matchings):
    known_on = date(2014, 4, 10)
    assert queries(open_books, known_on=known_on) == Queries("as known")
    statement = consortium(open_books.office(), MARCH, known_on)
    assert "Open queries are not told as known on a past day" in written(statement, "text").data
    assert {row["why"] for row in said(statement)["not_compared"]} == {"as known"}
    assert not matchings


def test_a_figure_of_them_is_explained_by_the_command_that_lists_them(open_books):
    figure = "statement:SALIX:2014-03:open_queries.0.net_difference"
    facts = dict(explain(open_books.office(), figure).facts)
    assert facts["value"] == "12.00"
    assert facts["listed by"] == "levytool reconcile spend --period 2014-03 --member SALIX"


def answer(books):
    """Say of every difference that it is explained."""
    rows = reconcile(books, member="SALIX")["differences"]
    decide(books.office(), [Order(row["id"], "accept", note="seen") for row in rows])


def test_an_answered_query_is_open_no_more_and_a_rejected_one_still_is(open_books):
    (first, *_rest) = reconcile(open_books, member="SALIX")["differences"]
    decide(open_books.office(), [Order(first["id"], "reject", note="wrong")])
    assert sum(line.count for line in queries(open_books).lines) == 3
    answer(open_books)
    assert queries(open_books) == Queries("compared")


@pytest.mark.parametrize(("kind", "code"), [("member", "SALIX"), ("consortium", "")])
def test_two_people_approve_figures_whatever_is_answered_meanwhile(open_books, kind, code):
    issue_statement(open_books.office("ann"), kind, code, MARCH)
    answer(open_books)
    done = issue_statement(open_books.office("bob"), kind, code, MARCH)
    assert done.status is Status.DONE


@pytest.mark.parametrize(("kind", "code"), [("member", "SALIX"), ("consortium", "")])
def test_an_issued_statement_still_agrees_when_its_queries_are_answered(open_books, kind, code):
    issue_statement(open_books.office("ann"), kind, code, MARCH)
    issued = issue_statement(open_books.office("bob"), kind, code, MARCH).statement
    assert said(issued)["open_queries"]
    data = written(issued, "html").raw
    answer(open_books)
    record(open_books, ALDER | {"Net": "90.00"})
    found = verify_statement(open_books.office(), "file", data)
    assert found.is_as_issued and not found.differences


def test_they_are_told_alike_on_postgresql(postgres_ledger, open_books, tmp_path):
    other = type(open_books)(tmp_path, None, postgres_ledger)
    try:
        other.accepted({}, {"Invoice": "A2"}, {"Invoice": "A3", "Net": "40.00"}, ALDER)
        record(other, {"Net": "107.01"}, {"Invoice": "A2"}, {"Invoice": "Z9", "Net": "12.00"})
        assert [queries(other, code) for code in ("ALDER", "SALIX")] == [
            queries(open_books, code) for code in ("ALDER", "SALIX")
        ]
    finally:
        other.ledger.close()

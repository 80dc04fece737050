"""What the books have already: lines declared before, returns in force, staged ones to join."""

import sqlite3

import pytest

from levytool.desk.returns.settle_returns import accept_named, declare_nil
from levytool.periods import Month, Period
from levytool.problems import RuleRefused, UsageError
from tests.desk.spending import book_of, codes, framework

MARCH = Month(2014, 3)
SAME = {"Invoice": "A1", "Call-off": "C1", "Description": "Roof"}


@pytest.mark.parametrize("accept", [True, False])
def test_a_line_of_another_file_is_declared_once(spending, accept):
    books = spending()
    books.bring(SAME, accept=accept)
    again = books.bring(SAME, {"Invoice": "A2"}, supplement=True)
    assert codes(again) == [("already-declared", 2)]
    assert again.problems[0].value == "A1"
    assert "R-000001 already has this line" in again.problems[0].message


@pytest.mark.parametrize(
    "other",
    [{"Contractor": "BEECH"}, {"Framework": "PLANT"}, {"Call-off": "C2"}, {"Member": "ALDER"},
     {"Invoice": "A9"}, {"Date": "2014-03-06"}, {"Net": "100.01"}, {"Description": "Wall"}],
)  # fmt: skip
def test_a_line_that_differs_in_one_of_the_eight_is_another(spending, other):
    books = spending(book_of(framework(), framework(code="PLANT")))
    books.bring(SAME)
    assert books.bring(SAME | other).status == "staged"


@pytest.mark.parametrize("other", [{"Lot": "1"}, {"Member": "Salix Homes", "Date": "05/03/14"}])
def test_a_line_that_differs_in_nothing_else_is_the_same(spending, other):
    books = spending()
    books.bring(SAME)
    assert codes(books.bring(SAME | other)) == [("already-declared", 2)]


def test_a_period_in_force_takes_no_further_file(spending):
    books = spending()
    books.accepted({"Invoice": "A1"})
    before = books.dump()
    refused = books.bring({"Invoice": "A2"}, {"Invoice": "A3", "Contractor": "BEECH"})
    assert codes(refused) == [("return-exists", 2)]
    assert "return correct R-000001 FILE" in refused.problems[0].hint
    assert "--supplement" in refused.problems[0].hint
    assert books.dump() == before
    partly = books.bring({"Invoice": "A2"}, {"Invoice": "A3", "Contractor": "BEECH"}, partial=True)
    assert [item.contractor for item in partly.returns] == ["BEECH"]


def test_a_file_of_several_months_is_not_offered_whole_as_the_correction_of_one(spending):
    """A correction takes every row for its return's month, so April's would become March's."""
    books = spending()
    books.accepted({"Invoice": "A1"})
    april = {"Invoice": "A3", "Date": "2014-04-02"}
    (problem,) = books.bring({"Invoice": "A2"}, april).problems
    assert (problem.code, problem.hint) == (
        "return-exists",
        "bring late lines beside it with --supplement; to replace it, give its rows of 2014-03 "
        "in a file of their own to: levytool return correct R-000001 FILE",
    )
    (alone,) = books.bring({"Invoice": "A2"}).problems
    assert alone.hint.startswith("replace it with: levytool return correct R-000001 FILE; or ")


def test_late_lines_stand_beside_what_is_in_force(spending):
    books = spending()
    books.accepted({"Invoice": "A1"})
    outcome = books.bring(
        {"Invoice": "A2"}, {"Invoice": "A3", "Contractor": "BEECH"}, supplement=True
    )
    assert [(item.contractor, item.supplement) for item in outcome.returns] == [
        ("BEECH", 0),
        ("BROOKS", 1),
    ]
    books.accept("R-000002", "R-000003")
    books.accepted({"Invoice": "A4"}, supplement=True)
    assert [(row["return"], row["supplement"]) for row in books.returns()] == [
        ("R-000001", 0),
        ("R-000002", 0),
        ("R-000003", 1),
        ("R-000004", 2),
    ]


def test_lines_join_the_staged_return_of_another_file(spending):
    books = spending()
    books.bring({"Invoice": "A1", "Net": "0.50"})
    outcome = books.bring({"Invoice": "A2", "Net": "0.50"}, {"Contractor": "BEECH"})
    assert [(item.number, item.lines) for item in outcome.returns] == [
        ("R-000001", 2),
        ("R-000002", 1),
    ]
    assert outcome.as_json()["net"] == "100.50"
    assert [(line["line"], line["row"], line["invoice"]) for line in books.lines()][:2] == [
        (1, 2, "A1"),
        (2, 2, "A2"),
    ]
    books.accept("R-000001")
    # Half a penny each: rounded once, on the document.
    assert books.documents() == [("INV-000001", "BROOKS", "0.01")]


def test_accepting_a_file_accepts_the_return_that_it_joins(spending):
    books = spending()
    books.bring({"Invoice": "A1", "Net": "1000"})
    outcome = books.accepted({"Invoice": "A2", "Net": "500"}, {"Contractor": "BEECH"})
    assert [(item.number, item.state) for item in outcome.returns] == [
        ("R-000001", "accepted"),
        ("R-000002", "accepted"),
    ]
    assert sorted(books.documents()) == [
        ("INV-000001", "BEECH", "1.00"),
        ("INV-000002", "BROOKS", "15.00"),
    ]
    assert outcome.as_json()["net"] == "600.00"
    assert outcome.as_json()["levy"] == "6.00"


def test_a_rejected_return_frees_its_lines_and_its_file(spending):
    books = spending()
    path = books.file({"Invoice": "A1"})
    books.bring(path=path)
    (row,) = books.reject("R-000001")
    assert (row["state"], row["documents"]) == ("rejected", [])
    assert books.reject("R-000001")[0]["state"] == "rejected"
    assert books.lines() == []
    assert len(books.lines(return_number="R-000001")) == 1
    again = books.bring(path=path)
    assert (again.status, again.returns[0].number) == ("staged", "R-000002")


def test_what_stays_of_a_file_is_not_declared_twice_when_it_comes_again(spending):
    books = spending()
    path = books.file({"Invoice": "A1"}, {"Invoice": "A2", "Contractor": "BEECH"})
    books.bring(path=path)
    books.reject("R-000002")
    assert codes(books.bring(path=path)) == [("already-declared", 3)]
    partly = books.bring(path=path, partial=True)
    assert [(item.number, item.contractor) for item in partly.returns] == [("R-000003", "BROOKS")]


def test_rejecting_a_return_of_two_files_frees_both(spending):
    books = spending()
    paths = [books.file({"Invoice": "A1"}), books.file({"Invoice": "A2"})]
    for path in paths:
        books.bring(path=path)
    books.reject("R-000001")
    assert [books.bring(path=path).status for path in paths] == ["staged", "staged"]
    assert books.returns()[-1]["lines"] == 2


def test_what_is_in_force_is_not_rejected_and_what_is_rejected_not_accepted(spending):
    books = spending()
    books.accepted({})
    with pytest.raises(RuleRefused, match="corrected, not rejected"):
        books.reject("R-000001")
    books.bring({"Contractor": "BEECH"})
    books.reject("R-000002")
    with pytest.raises(RuleRefused, match="R-000002 is rejected; only a staged return"):
        books.accept("R-000001", "R-000002")


def test_accepting_twice_is_accepting_once(spending):
    books = spending()
    books.bring({})
    first = books.accept("R-000001")
    before = books.dump()
    assert books.accept("r-1", "R-000001") == first
    assert books.dump() == before


def test_a_whole_period_is_accepted_and_no_other(spending):
    books = spending()
    books.bring({}, {"Date": "2014-02-01"}, {"Contractor": "BEECH"})
    rows = accept_named(books.office(), [], Period(MARCH, MARCH), None).rows
    assert [(row["return"], row["period"]) for row in rows] == [
        ("R-000002", "2014-03"),
        ("R-000003", "2014-03"),
    ]
    assert [row["state"] for row in books.returns()] == ["staged", "accepted", "accepted"]


@pytest.mark.parametrize("wrong", ["R-000009", "INV-1", "", "R-"])
def test_a_return_that_is_none_is_a_wrong_call(spending, wrong):
    books = spending()
    with pytest.raises(UsageError, match="return list"):
        books.accept(wrong)


def test_a_nil_return_stands_for_its_period(spending):
    books = spending()
    (row,) = declare_nil(books.office(), "brooks", "Works of regen", MARCH).rows
    assert (row["return"], row["state"], row["lines"], row["levy"]) == (
        "R-000001",
        "nil",
        0,
        "0.00",
    )
    assert declare_nil(books.office(), "BROOKS", "REGEN", MARCH).rows == [row]
    assert codes(books.bring({})) == [("return-exists", 2)]
    assert books.bring({}, supplement=True).returns[0].supplement == 1


def test_a_nil_return_cannot_stand_beside_spend(spending):
    books = spending(book_of(framework(settings="returns = 'quarterly'")))
    books.bring({})
    with pytest.raises(RuleRefused, match="R-000001 of BROOKS for REGEN, 2014-Q1 is staged"):
        declare_nil(books.office(), "BROOKS", "REGEN", Month(2014, 1))
    (row,) = declare_nil(books.office(), "BEECH", "REGEN", Month(2014, 1)).rows
    assert row["period"] == "2014-03"


@pytest.mark.parametrize(
    ("contractor", "framework_code", "said"),
    [("NOBODY", "REGEN", "contractor"), ("BROOKS", "NOTHING", "framework")],
)
def test_a_nil_return_of_nobody_is_a_wrong_call(spending, contractor, framework_code, said):
    books = spending()
    with pytest.raises(UsageError, match=said):
        declare_nil(books.office(), contractor, framework_code, MARCH)


def test_the_database_refuses_a_second_return_in_force_and_a_second_staged_one(spending):
    books = spending()
    books.accepted({})
    books.bring({"Date": "2014-04-01"})
    connection = sqlite3.connect(books.path)
    for return_id in (1, 2):
        columns = [row[1] for row in connection.execute("PRAGMA table_info(levy_return)")]
        names = ", ".join(columns[1:])
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            connection.execute(
                f"INSERT INTO levy_return (id, {names}) SELECT 99, {names} FROM levy_return "
                f"WHERE id = {return_id}"
            )
    connection.close()

"""What is worth a look though it is taken: closed periods, invoices met before, sudden changes."""

import pytest

from levytool.desk.returns.correct_return import CorrectionOptions, correct_return
from levytool.desk.returns.settle_returns import declare_nil
from levytool.desk.spend.doubts import ImportDoubts, summed
from levytool.ledger.spend import returns
from levytool.periods import Month
from tests.desk.spending import book_of, framework, warned


def test_a_closed_period_is_warned_of_once_and_posts_in_the_open_one(spending):
    books = spending()
    books.close("2014-03", "2014-04")
    path = books.file({}, {"Invoice": "A2"}, {"Contractor": "BEECH"})
    (foretold,) = books.bring(path=path, accept=True, dry_run=True).warnings
    assert (foretold.code, foretold.row, foretold.value) == ("period-closed", None, "2014-03")
    assert "its lines will post in 2014-05, the first open month" in foretold.message
    assert "levytool period reopen 2014-03" in foretold.hint
    (warning,) = books.bring(path=path, accept=True).warnings
    assert (warning.code, warning.file) == (foretold.code, foretold.file)
    assert "its lines are posted in 2014-05, the first open month" in warning.message
    assert warning.hint == "leave it so: what is posted stays where it is"
    assert books.rows("SELECT DISTINCT effective, period, reporting_period FROM journal_entry") == [
        ("2014-05-31", "2014-05", "2014-03")
    ]


def test_a_file_seen_before_foretells_no_posting(spending):
    books = spending()
    books.close("2014-03")
    path = books.file({})
    assert [code for code, _ in warned(books.bring(path=path))] == ["period-closed"]
    again = books.bring(path=path, accept=True)
    assert (again.status, again.warnings) == ("seen-before", [])


def test_a_closed_period_that_no_line_is_taken_for_is_not_warned_of(spending):
    books = spending()
    books.bring({})
    books.close("2014-03")
    outcome = books.bring({}, {"Date": "2014-04-01", "Invoice": "A2"}, partial=True)
    assert (outcome.rejected, warned(outcome)) == (1, [])


def test_an_invoice_of_an_earlier_file_is_warned_of(spending):
    books = spending()
    books.bring({"Invoice": "A1"}, {"Invoice": "A2"})
    outcome = books.bring(
        {"Invoice": "B1", "Net": "1"},
        {"Invoice": "A2", "Net": "2"},
        {"Invoice": "A2", "Net": "3", "Date": "2014-05-01"},
        {"Invoice": "A2", "Net": "4", "Contractor": "BEECH"},
        today="2014-06-02",
    )
    assert warned(outcome) == [("duplicate-invoice", 3), ("duplicate-invoice", 4)]
    assert "R-000001/2" in outcome.warnings[0].message
    assert outcome.status == "staged"


def test_an_invoice_of_several_lines_and_its_credit_are_ordinary(spending):
    books = spending()
    assert warned(books.bring({"Net": "5"}, {"Net": "6"}, {"Net": "-5"})) == []
    assert warned(books.bring({"Net": "-6"})) == []
    books.reject("R-000001")
    assert warned(books.bring({"Net": "7"})) == []


def test_a_credit_of_an_earlier_files_number_and_amount_is_warned_of(spending):
    books = spending()
    books.bring({"Net": "50"}, {"Invoice": "C1", "Net": "-50.50"}, {"Invoice": "C2", "Net": "0"})
    outcome = books.bring(
        {"Invoice": "C1", "Net": "-50.50", "Date": "2014-05-01"},
        {"Invoice": "C1", "Net": "-50.49", "Date": "2014-05-01"},
        {"Invoice": "C1", "Net": "50.50", "Date": "2014-05-01"},
        {"Invoice": "C2", "Net": "-1", "Date": "2014-05-01"},
        {"Invoice": "C2", "Net": "0", "Date": "2014-05-01"},
        {"Invoice": "C1", "Net": "-50.50", "Contractor": "BEECH"},
        today="2014-06-02",
    )
    assert warned(outcome) == [("duplicate-invoice", 2)]
    (warning,) = outcome.warnings
    assert warning.message == "this credit was declared before, as R-000001/2"
    assert warning.hint == "make sure that it is not credited twice"


def test_a_line_that_is_refused_is_not_warned_of_as_well(spending):
    books = spending()
    books.bring({})
    outcome = books.bring({}, {"Invoice": "A2"}, partial=True)
    assert warned(outcome) == []


def months(*nets):
    """Lines of accepted months before 2014-03, the latest of them last."""
    first = 3 - len(nets)
    dates = [f"{2014 + (first + n - 1) // 12}-{(first + n - 1) % 12 + 1:02d}-05" for n in range(99)]
    return [{"Date": day, "Net": str(net)} for day, net in zip(dates, nets, strict=False)]


@pytest.mark.parametrize(
    ("earlier", "net", "sudden"),
    [
        ((500, 9000, 1000), "3000", False),
        ((500, 9000, 1000), "3000.01", True),
        ((500, 9000, 1000), "0.01", False),
        ((100, 1000, 1000.01, 9000), "3000.01", False),
        ((100, 1000, 1000.01, 9000), "3000.02", True),
        ((1, 1, 1, 1, 1000, 1000, 1000, 1000, 1000), "3000", False),
        ((1, 1, 1, 1, 1000, 1000, 1000, 1000, 1000), "3000.01", True),
        ((1000, 1000), "100000", False),
        ((-5, -5, -5), "100000", False),
    ],
)
def test_a_month_over_three_times_the_median_month_is_warned_of(spending, earlier, net, sudden):
    books = spending()
    books.accepted(*months(*earlier), {"Date": "2014-04-01", "Net": "90000"})
    outcome = books.bring({"Invoice": "B", "Net": net}, {"Invoice": "C", "Contractor": "BEECH"})
    assert warned(outcome) == ([("sudden-change", None)] if sudden else [])
    assert [w["code"] for w in outcome.as_json()["warnings"]] == ["sudden-change"] * sudden


def test_a_sudden_change_names_the_median_and_how_many_months_made_it(spending):
    books = spending()
    books.accepted(*months(500, 9000, 1000))
    (warning,) = books.bring({"Invoice": "B", "Net": "3000.01"}).warnings
    assert warning.message == (
        "BROOKS declares £3,000.01 on REGEN for 2014-03, over 3 times its median month of "
        "£1,000.00 (3 accepted before)"
    )


def test_only_accepted_months_before_on_the_same_framework_are_compared_with(spending):
    books = spending(book_of(framework(), framework(code="HEAT")))
    books.accepted(*months(100, 100))
    books.accepted({"Date": "2013-06-01", "Framework": "HEAT"})
    books.accepted({"Date": "2013-06-01", "Contractor": "BEECH"})
    declare_nil(books.office(), "BROOKS", "REGEN", Month(2013, 6))
    books.bring({"Date": "2013-07-01", "Invoice": "S"})
    assert warned(books.bring({"Invoice": "B", "Net": "100000"})) == []


def test_lines_that_join_a_staged_return_count_with_it(spending):
    books = spending()
    books.accepted(*months(100, 100, 100))
    assert warned(books.bring({"Invoice": "B", "Net": "200"})) == []
    assert warned(books.bring({"Invoice": "C", "Net": "100"})) == []
    assert warned(books.bring({"Invoice": "D", "Net": "0.01"})) == [("sudden-change", None)]


def test_invoices_are_compared_within_a_contractor_across_its_returns(spending):
    books = spending(book_of(framework(), framework(code="HEAT")))
    books.accepted({"Invoice": "A1"})
    books.accepted({"Invoice": "a2", "Date": "2014-04-01"})
    outcome = books.bring(
        {"Invoice": "A1", "Date": "2014-05-01", "Net": "1"},
        {"Invoice": "A1", "Framework": "HEAT", "Net": "2"},
        {"Invoice": "A1", "Contractor": "BEECH"},
        {"Invoice": "", "Date": "2014-05-02"},
        today="2014-06-02",
    )
    assert warned(outcome) == [("duplicate-invoice", 2), ("duplicate-invoice", 3)]
    told = outcome.as_json()["warnings"]
    assert [(one["code"], one["row"], one["value"]) for one in told] == [
        ("duplicate-invoice", 2, "A1"),
        ("duplicate-invoice", 3, "A1"),
    ]


def test_a_line_dated_after_today_is_warned_of_and_taken(spending):
    books = spending()
    outcome = books.bring(
        {"Invoice": "1", "Date": "2014-04-09"},
        {"Invoice": "2", "Date": "2014-04-10"},
        {"Invoice": "3", "Date": "2014-04-11"},
        {"Invoice": "4", "Date": "2014-12-03"},
        today="2014-04-10",
    )
    assert (outcome.status, outcome.accepted) == ("staged", 4)
    found = [(w.code, w.row, w.value) for w in outcome.warnings]
    assert found == [("after-today", 4, "2014-04-11"), ("after-today", 5, "2014-12-03")]
    assert outcome.warnings[0].message == "the line is dated after today, 2014-04-10"


def test_a_refused_line_dated_after_today_is_only_refused(spending):
    outcome = spending().bring(
        {"Invoice": "1"},
        {"Invoice": "1"},
        {"Invoice": "2", "Date": "2014-12-03"},
        {"Invoice": "2", "Date": "2014-12-03"},
        partial=True,
        reject_repeated=True,
        today="2014-04-10",
    )
    assert [p.row for p in outcome.problems] == [3, 5]
    assert [(w.code, w.row) for w in outcome.warnings if w.code != "repeated"] == [
        ("after-today", 4)
    ]


def test_lines_dated_outside_the_reporting_period_are_warned_of(spending):
    quarterly = framework(code="HEAT", settings="returns = 'quarterly'")
    books = spending(book_of(framework(), quarterly))
    outcome = books.bring(
        {"Invoice": "1", "Date": "2014-02-28"},
        {"Invoice": "2", "Date": "2014-03-01"},
        {"Invoice": "3", "Date": "2014-04-01"},
        {"Invoice": "4", "Date": "2014-01-01", "Framework": "HEAT"},
        {"Invoice": "5", "Date": "2013-12-31", "Framework": "HEAT"},
        period=Month(2014, 3),
    )
    assert outcome.status == "staged"
    assert warned(outcome) == [("outside-period", row) for row in (2, 4, 6)]
    told = outcome.as_json()["warnings"]
    assert [one["value"] for one in told] == ["2014-02-28", "2014-04-01", "2013-12-31"]


def test_a_file_that_is_refused_says_nothing_of_what_its_lines_would_do(spending):
    books = spending()
    books.close("2014-03")
    outcome = books.bring({}, {"Net": "x"})
    assert (outcome.status, outcome.warnings) == ("rejected", [])


def test_a_credit_of_an_invoice_that_nobody_declared_is_warned_of(spending):
    books = spending()
    books.bring({"Invoice": "A1"}, accept=True)
    late = {"supplement": True, "accept": True}
    outcome = books.bring(
        {"Invoice": "C1", "Net": "-1", "Credits": "A1"},
        {"Invoice": "B1", "Net": "9"},
        {"Invoice": "C2", "Net": "-9", "Credits": "B1"},
        {"Invoice": "C3", "Net": "-1", "Credits": "A9"},
        {"Invoice": "C4", "Net": "-1", "Credits": "A1", "Contractor": "BEECH"},
        **late,
    )
    assert warned(outcome) == [("credits-unknown", 5), ("credits-unknown", 6)]
    assert outcome.warnings[0].value == "A9"
    assert "no line of BROOKS on REGEN has the invoice" in outcome.warnings[0].message
    books.prove()


def test_credits_of_more_than_their_invoice_are_warned_of(spending):
    """Those of earlier files count too, a return that was taken back does not."""
    books = spending()
    books.bring({"Invoice": "A1"}, {"Invoice": "C1", "Net": "-60", "Credits": "A1"}, accept=True)
    path = books.file({"Invoice": "C2", "Net": "-40", "Credits": "A1"})
    assert warned(books.bring(path=path, supplement=True)) == []
    more = books.file({"Invoice": "C3", "Net": "-0.01", "Credits": "A1"})
    outcome = books.bring(path=more, supplement=True)
    assert warned(outcome) == [("credits-too-much", 2)]
    assert "come to £100.01, more than its £100.00" in outcome.warnings[0].message
    books.reject("R-000002")
    assert warned(books.bring(path=more, supplement=True)) == []


def test_a_correction_does_not_count_the_credits_that_it_takes_back(spending):
    books = spending()
    lines = {"Invoice": "A1"}, {"Invoice": "C1", "Net": "-60", "Credits": "A1"}
    books.bring(*lines, accept=True)
    corrected = books.file(*lines, {"Invoice": "A2", "Net": "1"})
    told = correct_return(books.office(), "R-000001", corrected, CorrectionOptions())
    assert [warning.code for warning in told.warnings] == []


def test_a_net_that_its_vat_and_gross_belie_is_told_again_when_the_return_is_looked_at(spending):
    books = spending()
    wrong = {"Net": "120.00", "VAT": "20.00", "Gross": "120.00"}
    brought = books.bring(wrong, wrong | {"Invoice": "A2", "Contractor": "BEECH"})
    assert (brought.status, warned(brought)) == ("staged", [("gross-differs", None)])
    with books.office().reading() as connection:
        stored = returns.get_return(connection, "R-000001")
        (doubt,) = ImportDoubts(connection).of(stored)
    assert summed([doubt]) == "gross-differs"
    assert "row 2 (£120.00 + £20.00, gross £120.00: £20.00 apart)" in doubt.problem.message

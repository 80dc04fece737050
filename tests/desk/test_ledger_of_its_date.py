"""A declared line is compared where its member sent a ledger of the month of its date, whichever
period it was declared for."""

from calendar import monthrange

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levytool.cli.main import run_with
from levytool.desk.month_end.close_period import close_period, list_periods
from levytool.desk.month_end.member_statement import member_statement
from levytool.desk.month_end.reconciliation_report import reconciliation_report
from levytool.desk.reconcile.decide import Order, decide
from levytool.desk.reconcile.reconcile_spend import reconcile_spend
from levytool.desk.spend.member_ledgers import withdraw_ledger
from levytool.periods import Period, parse_period
from levytool.problems import RuleRefused
from levytool.reconcile.report_sections import report_in_sections
from levytool.reconcile.spend import Difference, SpendReconciliation
from levytool.reconcile.spend_told import summary
from levytool.rules.matching.lines import SpendLine
from levytool.statements.forms import written
from tests.desk.reconciling import reconcile, record
from tests.desk.spending import FLAT, book_of, framework

MAY, JUNE = parse_period("2014-05"), parse_period("2014-06")
Q5 = {"Invoice": "Q-5", "Date": "2014-05-20", "Net": "500.00"}
QUARTERLY = book_of(
    framework(
        FLAT,
        settings="returns = 'quarterly'\nends = 2029-03-31\n"
        "contractors = [{ code = 'BROOKS', from = 2014-04-01 }]",
    ),
    settings="tolerance = '0.00'",
)
MISSING = [{"period": "2014-05", "member": "SALIX"}]


@pytest.fixture
def books(spending):
    """BROOKS declares for the second quarter what is dated in May, for SALIX."""
    made = spending(QUARTERLY)
    made.accepted(Q5, {"Invoice": "Q-4", "Date": "2014-05-21"})
    return made


def test_a_ledger_of_the_month_of_its_date_denies_a_quarters_line(books):
    record(books, {"Invoice": "Q-4", "Date": "2014-05-21"})
    found = reconcile(books, "2014-06")
    assert [(row["reason"], row["compared"], row["waits"]) for row in found["differences"]] == [
        ("over-declared", True, True)
    ]
    assert found["not_compared"] == []
    with pytest.raises(RuleRefused) as refused:
        close_period(books.office(today="2014-08-01"), JUNE.first)
    assert [p.code for p in refused.value.problems] == ["difference-open"]
    # The statement of June knows that May's ledger has its lines.
    assert member_statement(books.office(), "SALIX", JUNE, None).queries.compared == "compared"
    (known_as,) = [row["id"] for row in found["differences"]]
    (row,) = decide(books.office(), [Order(known_as, "accept")])
    assert row["never_compared"] is None


def test_a_ledger_of_the_period_alone_does_not_deny_an_earlier_months_line(books, capsys):
    record(books, {"Invoice": "Q-9", "Date": "2014-06-13", "Net": "77.00"})
    found = reconcile_spend(books.office(), JUNE)
    assert {item.declared[0].invoice for item in found.left_out} == {"Q-4", "Q-5"}
    words = "not compared, as no ledger of 2014-05 was imported: SALIX"
    assert any(line.startswith(words + ";") for line in summary(found))
    row = {row["period"]: row for row in list_periods(books.office())}["2014-06"]
    assert (row["not_compared"], row["missing_ledgers"]) == (["SALIX"], MISSING)
    text = " ".join(
        written(
            report_in_sections(reconciliation_report(books.office(), JUNE)), "text"
        ).data.split()
    )
    assert "in 2 lines is not compared: no ledger of 2014-05 was imported." in text
    assert f"N{words[1:]}." in text
    queries = member_statement(books.office(), "SALIX", JUNE, None).queries
    assert queries.without_ledger == (MAY.first,)
    known_as = found.left_out[0].id
    assert run_with(["--ledger", str(books.path), "reconcile", "decide", known_as, "--accept"]) == 0
    assert "it sent no ledger of 2014-05; import it" in capsys.readouterr().err


def test_closing_names_the_month_whose_ledger_is_missing(books, capsys, monkeypatch):
    record(books, {"Invoice": "Q-9", "Date": "2014-06-13", "Net": "77.00", "Member": "ALDER"})
    (other,) = [item.id for item in reconcile_spend(books.office(), JUNE).waiting]
    decide(books.office(), [Order(other, "accept", note="known")])
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-08-01")
    assert run_with(["--ledger", str(books.path), "period", "close", "2014-06"]) == 0
    told = capsys.readouterr().err
    assert "not compared, as no ledger of 2014-05 was imported: SALIX; 2 of the over-decl" in told
    assert run_with(["--ledger", str(books.path), "reconcile", "spend", "--period", "2014-06"]) == 5
    assert "error: 1 member sent no ledger of 2014-05;" in capsys.readouterr().err


def test_where_nothing_was_ever_recorded_the_same_months_are_named(books):
    """Without any ledger nothing is matched; it says what matching would."""
    record(books, {"Date": "2013-01-05"})
    matched = {row["period"]: row for row in list_periods(books.office())}["2014-06"]
    withdraw_ledger(books.office(), "M-000001", "the wrong year")
    row = {row["period"]: row for row in list_periods(books.office())}["2014-06"]
    assert row["missing_ledgers"] == matched["missing_ledgers"] == MISSING
    assert row["never_compared"] == matched["never_compared"]


def test_a_line_declared_late_is_compared_by_its_date(spending):
    made = spending()
    made.accepted(Q5, period=JUNE.first)
    record(made, {"Invoice": "Z-1", "Date": "2014-06-12"})
    assert reconcile(made, "2014-06")["not_compared"] == ["SALIX"]
    record(made, {"Invoice": "Z-2", "Date": "2014-05-12"})
    assert reconcile(made, "2014-06")["not_compared"] == []


months = st.integers(1, 6).map(lambda month: f"2014-{month:02d}")
drawn = st.tuples(months, months, st.sampled_from(("ALDER", "SALIX")))


@given(
    st.lists(drawn, max_size=8),
    st.frozensets(st.tuples(months, st.sampled_from(("ALDER", "SALIX")))),
)
def test_only_its_date_and_its_member_decide_whether_a_line_is_compared(lines, without):
    found = SpendReconciliation(Period(MAY.first, JUNE.first), None, *[None] * 2)  # type: ignore[list-item]
    found.differences = [over_declared(*line, n) for n, line in enumerate(lines)]
    found.no_ledger = without
    for item, (_period, month, member) in zip(found.differences, lines, strict=True):
        assert found.is_compared(item) == ((month, member) not in without)
    told = found.not_compared()
    assert {(period, *one) for period, missing in told.items() for one in missing} == {
        line for line in lines if line[1:] in without
    }
    assert all(list(missing) == sorted(set(missing)) for missing in told.values())


def over_declared(period, month, member, number):
    day = monthrange(2014, int(month[5:]))[1]
    line = SpendLine(
        *(100, day, period, f"A{number}", "", "REGEN", "", "", "", ""),
        *(f"{month}-{day}", member, "BROOKS", 0, 1, number),
    )
    return Difference(f"D-{number}", "over-declared", "", (line,), (), -100, None, "REGEN")

"""A statement opens with what the one issued before closed with; late changes are its lines."""

import io
import json
from datetime import date
from unittest import mock

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from levytool.desk.brokerage.commit_to_scheme import commit_to_scheme
from levytool.desk.brokerage.propose_scheme import approve_scheme, propose_scheme
from levytool.desk.brokerage.release_surplus import release_surplus
from levytool.desk.month_end.issue_statement import issue_statement
from levytool.desk.month_end.statements import KINDS, statement_of_kind
from levytool.desk.returns.correct_return import CorrectionOptions, correct_return
from levytool.desk.tracing.explain import explain
from levytool.money import parse_pounds
from levytool.periods import Month, Period
from levytool.problems import UsageError
from levytool.statements.forms import written
from levytool.statements.said import said
from levytool.statements.sections import Table
from tests.desk.histories import MEMBERS, blank_history, started, steps

MARCH = Period(Month(2014, 3), Month(2014, 3))
APRIL = Period(Month(2014, 4), Month(2014, 4))


@pytest.fixture
def kept(books):
    """Books whose March was issued for SALIX, with £1,200 released to its pot."""
    made = books()
    made.spend(("2014-03-31", "SALIX", "120000.00"), today="2014-03-31")
    release_surplus(made.office(today="2014-03-31"), MARCH.last)
    _issue(made.office, "member", "SALIX", MARCH, "2014-04-10")
    return made


def _issue(office, kind, code, period, today):
    issue_statement(office("ann", today), kind, code, period)
    return issue_statement(office("bob", today), kind, code, period).statement


def _next(books, period=APRIL, today="2014-05-02", known_on=None):
    return statement_of_kind(books.office(today=today), "member", "SALIX", period, known_on)


def _late(books):
    """A further return of March, and its surplus released in March, after that was issued."""
    books.spend(("2014-03-31", "SALIX", "5000.00"), today="2014-04-12")
    release_surplus(books.office(today="2014-04-12"), MARCH.last)


def test_without_late_changes_there_are_no_lines_of_prior_periods(kept):
    told = said(_next(kept))
    assert (told["opening_balance"], told["movements"]) == ("1200.00", [])
    assert "prior_periods" not in told and "prior_periods" not in told["levy"]


def test_a_late_change_is_a_line_of_its_own_in_the_next_statement(kept):
    _late(kept)
    told = said(_next(kept))
    assert told["opening_balance"] == "1200.00"
    assert [(row["kind"], row["date"], row["amount"]) for row in told["movements"]] == [
        ("prior-period", "2014-03-31", "50.00")
    ]
    assert told["movements"][0]["narrative"].startswith("Prior period: ")
    assert (told["closing_balance"], told["released"]) == ("1250.00", "0.00")
    assert told["prior_periods"] == "50.00"
    prior = told["levy"]["prior_periods"]
    assert (prior["billed"], prior["released"], told["levy"]["billed"]) == (
        "50.00",
        "50.00",
        "0.00",
    )


def test_the_page_says_which_statement_the_opening_balance_was_issued_in(kept):
    movements = next(p for p in _next(kept).data if isinstance(p, Table) and p.key == "movements")
    assert movements.brought == ("Opening balance, as issued in ST-000001", 120_000)


@pytest.mark.parametrize("form", ["text", "html", "csv", "json", "xlsx"])
def test_every_form_shows_the_line(kept, form):
    _late(kept)
    data = written(_next(kept), form).raw
    told = _cells(data) if form == "xlsx" else data.decode()
    assert "Prior period: Surplus of SALIX released" in told
    assert "Prior periods" in told or form in ("csv", "json")


def _cells(data):
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets = map(book.get_sheet_by_name, book.sheet_names)
    return " ".join(str(cell) for sheet in sheets for row in sheet.to_python() for cell in row)


def test_a_late_commitment_is_a_line_too(kept):
    office = kept.office(today="2014-04-12")
    propose_scheme(office, "S", members=("SALIX",), title="S", budget_pence=10**6, places=1)
    approve_scheme(kept.office("bob", "2014-04-12"), "S")
    commit_to_scheme(kept.office(today="2014-03-31"), "S", "SALIX", 7_00)
    told = said(_next(kept))
    assert [(row["kind"], row["amount"]) for row in told["commitments"]] == [
        ("prior-period", "7.00")
    ]
    assert told["split"]["opening"] == {"uncommitted": "1200.00", "committed": "0.00"}
    assert told["split"]["closing"] == {"uncommitted": "1193.00", "committed": "7.00"}


def test_the_statement_after_the_next_tells_it_no_more(kept):
    _late(kept)
    _issue(kept.office, "member", "SALIX", APRIL, "2014-05-02")
    told = said(_next(kept, Period(Month(2014, 5), Month(2014, 5)), "2014-06-02"))
    assert (told["opening_balance"], told["movements"]) == ("1250.00", [])


def test_what_was_known_before_it_was_issued_is_told_without_it(kept):
    _late(kept)
    before = said(_next(kept, known_on=date(2014, 4, 9)))
    assert (before["opening_balance"], before["movements"]) == ("1200.00", [])
    known = said(_next(kept, known_on=date(2014, 4, 11)))
    assert (known["opening_balance"], known["movements"]) == ("1200.00", [])
    assert said(_next(kept, known_on=date(2014, 4, 12)))["movements"][0]["kind"] == "prior-period"


def test_across_months_that_were_not_issued_nothing_is_carried(kept):
    _late(kept)
    told = said(_next(kept, Period(Month(2014, 5), Month(2014, 5)), "2014-06-02"))
    assert (told["opening_balance"], told["movements"]) == ("1250.00", [])


@pytest.fixture(scope="module", params=["received", "billed"])
def blank(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("blank")
    return blank_history(folder, request.param), request.param


BACK = steps("declare", "declare", "release", "release", "correct", "receive", "transfer")
SUBJECTS = (
    *(("member", code) for code in MEMBERS),
    *(("contractor", "BROOKS"), ("scheme", "S5"), ("consortium", "")),
)
HISTORY = st.lists(
    st.tuples(st.one_of(steps(), BACK, BACK), st.sampled_from((None, None, *SUBJECTS))),
    min_size=6,
    max_size=20,
)
"""What officers do, mostly what may reach into months that are over, and statements on the way."""


@pytest.fixture(scope="module", autouse=True)
def figures_alone():
    """What is proved here are figures: no form is written of them."""
    with mock.patch("levytool.statements.forms.every_form", return_value=()):
        yield


@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(HISTORY)
def test_every_next_statement_opens_with_what_was_issued_and_its_lines_sum(
    blank, tmp_path_factory, told
):
    path, funded = blank
    history = started(path, tmp_path_factory.mktemp("history"), funded)
    issued = {}
    for step, subject in told:
        history.tell(step)
        if subject is not None:
            _issue_next(history, issued, subject)
    for subject in SUBJECTS:
        _proves(history, issued, subject)
    history.finish()


def _issue_next(history, issued, subject):
    """Issue the months that have ended and were not issued yet, and prove each."""
    while True:
        month = _month_after(issued, subject)
        if month.last_day >= history.today:
            return
        _proves(history, issued, subject)
        period = Period(month, month)
        statement = _issue(lambda user, _day: history.office(user), *subject, period, "")
        issued[subject] = (month, statement)


def _month_after(issued, subject):
    first = Month(2014, 4) if subject[0] == "scheme" else Month(2014, 2)
    return issued[subject][0].plus(1) if subject in issued else first


def _proves(history, issued, subject):
    month = _month_after(issued, subject)
    statement = statement_of_kind(history.office(), *subject, Period(month, month), None)
    before = said(issued[subject][1]) if subject in issued else None
    now = said(statement)
    if before:
        assert now["opening_balance"] == before["closing_balance"]
    for table in statement.data:
        if isinstance(table, Table) and table.brought:
            _foots(table, now)
    if subject[0] == "member":
        assert not before or now["split"]["opening"] == before["split"]["closing"]
    if subject[0] == "consortium":
        for row in now["pots"]:
            parts = (row[key] for key in ("opening", "released", "drawn", "other"))
            assert sum(map(parse_pounds, parts)) == parse_pounds(row["closing"])
        pence = sum(parse_pounds(row["opening"]) for row in now["pots"])
        assert pence == parse_pounds(now["opening_balance"])
    if before and "levy" in now:
        _walks(before["levy"], now["levy"])
    if "levy" in now:
        _tells_all_that_was_billed(now)


def _foots(table, now):
    """A walk from a balance brought forward comes to the balance at its end."""
    ends = {
        "levy_fund": lambda: (now["levy"]["fund_closing"],),
        "account": lambda: now["owed"]["closing"].values(),
    }
    closing = ends.get(table.key, lambda: (now["closing_balance"],))()
    amount = table.place_of("amount")
    assert table.totals[amount] == sum(map(parse_pounds, closing))


def _walks(before, now):
    """What was issued, what changed of it since, and this period come to the figures to date."""
    for name in ("unpaid", "fund", "provision"):
        assert now[f"{name}_opening"] == before[f"{name}_closing"]
    prior = now.get("prior_periods", {})
    for key in ("billed", "received", "funded", "released", "retained", "provision"):
        walked = (before["to_date"][key], prior.get(key, "0.00"), now[key])
        assert sum(map(parse_pounds, walked)) == parse_pounds(now["to_date"][key])


def _tells_all_that_was_billed(now):
    """Spend is told with what was billed on it: of the period, and of those before since issued."""
    billed = (now["levy"]["billed"], now["levy"].get("prior_periods", {}).get("billed", "0.00"))
    told = sum(parse_pounds(row["billed"]) for row in now["spend_by_framework"])
    assert told == sum(map(parse_pounds, billed))


def test_late_spend_of_an_issued_month_is_told_in_the_next_statement(kept):
    """The month was still open: it had stood in neither, with what was billed on it in the next."""
    kept.spend(("2014-03-31", "SALIX", "5000.00"), today="2014-04-12")
    kept.spend(("2014-04-03", "SALIX", "300.00"), today="2014-04-30")
    told = said(_next(kept))
    assert [(row["spend"], row["billed"]) for row in told["spend_by_framework"]] == [
        ("5300.00", "53.00")
    ]
    assert [(row["period"], row["spend"]) for row in told["earlier_periods"]] == [
        ("2014-03", "5000.00")
    ]
    _issue(kept.office, "member", "SALIX", APRIL, "2014-05-02")
    after = said(_next(kept, Period(Month(2014, 5), Month(2014, 5)), "2014-06-02"))
    assert after["spend_by_framework"] == []


def test_a_correction_of_an_issued_month_is_told_by_its_difference(kept):
    path = kept.folder / "again.csv"
    path.write_text("Invoice,Date,Member,Net\nF1-0,2014-03-31,SALIX,90000.00\n", encoding="utf-8")
    correct_return(kept.office(today="2014-04-12"), "R-000001", path, CorrectionOptions())
    told = said(_next(kept))
    assert sum(parse_pounds(row["spend"]) for row in told["spend_by_framework"]) == -3_000_000


def test_every_figure_of_the_next_statement_is_explained(kept):
    _late(kept)
    office = kept.office(today="2014-05-02")
    opening = explain(office, "statement:SALIX:2014-04:opening_balance").as_json()
    assert [step["ref"] for step in opening["because"][0]["because"]] == ["ST-000001"]
    for figure in (
        "levy.prior_periods.billed",
        "levy.prior_periods.released",
        "closing_balance",
        "prior_periods",
    ):
        told = explain(office, f"statement:SALIX:2014-04:{figure}").as_json()
        parts = [step["amount"] for step in told["because"][0]["because"]]
        value = dict(told["facts"])["value"]
        assert sum(map(parse_pounds, parts)) == parse_pounds(value) > 0
    held = explain(office, "statement:SALIX:2014-04:levy.fund_opening").as_json()
    assert held["because"][0]["because"][0]["ref"] == "ST-000001"


def test_an_issued_statement_is_explained_by_its_number(kept):
    _issue(kept.office, "member", "SALIX", APRIL, "2014-05-02")
    told = explain(kept.office(), "st-000002").as_json()
    assert told["facts"]["approved by"] == "bob"
    assert "ST-000001" in {step["ref"] for part in told["because"] for step in part["because"]}
    before = explain(kept.office(), "ST-000001").as_json()
    assert "ST-000002" in json.dumps(before["became"])
    with pytest.raises(UsageError, match="statement list"):
        explain(kept.office(), "ST-000009")


def test_a_draft_of_a_period_that_was_issued_names_what_was_issued(kept):
    desk = kept.office(today="2014-05-02")
    draft = statement_of_kind(desk, "member", "SALIX", MARCH, None)
    together = list(KINDS["member"].statements(desk, MARCH, None))
    words = "ST-000001 was issued for this period and stands; this draft tells it anew."
    assert said(draft)["issued_as"] == "ST-000001"
    for form in ("text", "html"):
        assert words in " ".join(str(written(draft, form).data).split())
    assert [one.issued_as for one in together] == [
        "ST-000001" if one.subject.code == "SALIX" else "" for one in together
    ]
    earlier = statement_of_kind(desk, "member", "SALIX", MARCH, date(2014, 4, 1))
    assert "issued_as" not in said(earlier) and "issued_as" not in said(_next(kept))
    kept_one = issue_statement(desk, "member", "SALIX", MARCH).statement
    assert kept_one.issued_as == "" and words not in str(written(kept_one, "text").data)

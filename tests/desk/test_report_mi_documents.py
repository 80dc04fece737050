"""The document and state cases of Crown Commercial Service's Report MI, from file to document.

Its corrections have tests of their own. Rows of type `order` are left out: only what was invoiced
is levied.
"""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from levytool.desk.book_in_force import apply_text
from levytool.desk.levy.list_documents import list_documents
from levytool.desk.returns.list_returns import list_returns
from levytool.desk.returns.settle_returns import accept_named, declare_nil
from levytool.desk.spend.import_outcome import ImportOptions
from levytool.desk.spend.import_spend import import_spend
from levytool.periods import Month
from levytool.problems import RuleRefused, UsageError
from tests.desk.spending import book_of, framework
from tests.shared_data import SHARED, needs_shared

pytestmark = needs_shared

LEFT_OUT = {
    "document-21": "the two rows' stored levies are of no one rate",
    "state-09": "an import is done before the command ends; a killed one leaves nothing",
    "state-15": "no two returns wait for one period: lines join the one that is staged",
}
"""Cases without a counterpart, and why."""


def cases(kind: str) -> dict[str, dict[str, Any]]:
    path = SHARED / "vectors" / "report_mi.json"
    if not path.is_file():
        return {}
    found = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    return {case["id"]: case for case in found if case["kind"] == kind}


DOCUMENTS, STATES = cases("document"), cases("state")
OF_ROWS = [
    pytest.param(case, id=name)
    for name, case in DOCUMENTS.items()
    if name not in {*LEFT_OUT, "document-09", "document-19"}
]


def truncating(rate: str, code: str = "REGEN") -> str:
    return framework(f"payer = 'contractor'\nrate = '{rate}%'\nrounding = 'truncate'", code=code)


def nets_of(part: dict[str, Any]) -> list[Decimal]:
    """The invoiced nets of a case at 1%, from its rows or from the levy it states."""
    if "rows" in part:
        return [Decimal(row["total"]) for row in part["rows"] if row.get("type") != "order"]
    return [Decimal(part["levy_total"]) * 100]


@pytest.mark.parametrize("case", OF_ROWS)
def test_a_file_raises_the_document_that_its_levy_comes_to(spending, case):
    books = spending(book_of(truncating("1")))
    period = case["input"].get("period", "2014-03")
    nets = nets_of(case["input"])
    expect = case["expect"]
    rows = [
        {"Net": f"{net:.2f}", "Date": f"{period}-01", "Invoice": f"I{number}"}
        for number, net in enumerate(nets)
    ]
    books.bring(*rows)
    if expect.get("auto_submitted") is False:  # a draft there: here another person accepts it
        with pytest.raises(RuleRefused, match="let another user accept it"):
            books.accept("R-000001")
    accept_named(books.office("bob"), ["R-000001"], None, None)
    amounts = [
        expect[name]
        for name in ("amount", "amount_on_invoice", "exported_levy", "levy_total")
        if name in expect
    ]
    amount = Decimal(amounts[0]) if amounts else Decimal(0)
    rows = list_documents(books.office())
    # A document of nothing is not raised, whatever Report MI does.
    assert [Decimal(row["net"]) for row in rows] == ([amount] if amount else [])
    kinds = {"credit_adjustment": "credit-note", "invoice": "invoice"}
    if amount and "document" in expect:
        assert rows[0]["kind"] == kinds[expect["document"]]
    spend = expect.get("spend", expect.get("spend_total"))
    if spend is not None:
        assert Decimal(books.returns()[0]["net"]) == Decimal(spend)
    assert books.returns()[0]["period"] == period


def test_a_nil_return_raises_no_document(spending):
    books = spending(book_of(truncating("1")))
    assert DOCUMENTS["document-09"]["expect"] == {"document": None}
    declare_nil(books.office(), "BROOKS", "REGEN", Month(2014, 3))
    assert books.documents() == []


def test_the_sums_of_two_sectors_are_cut_one_by_one(spending):
    case = DOCUMENTS["document-19"]
    sectors = {"central_government": "CENTRAL", "wider_public_sector": "WIDER"}
    rate = case["rule"]["percent"]
    books = spending(book_of(*(truncating(rate, code) for code in sectors.values())))
    lines = [
        {"Framework": code, "Net": net, "Invoice": f"{code}{number}"}
        for sector, code in sectors.items()
        for number, net in enumerate(case["input"][sector])
    ]
    books.accepted(*lines)
    found = {row["framework"]: row for row in books.returns()}
    for sector, code in sectors.items():
        expect = case["expect"][sector]
        assert (found[code]["net"], found[code]["levy"]) == (expect["sales"], expect["levy"])


APPOINTED = "contractors = [{ code = 'BROOKS' }, { code = 'BEECH' }]"


def states(books, today):
    """The state of each contractor's return for July 2018, by the day it is asked on."""
    rows = list_returns(books.office(today=today))
    return {row["contractor"]: row["state"] for row in rows if row["period"] == "2018-07"}


def test_what_is_owed_is_expected_until_its_due_date_and_overdue_after_it(spending):
    books = spending(book_of(framework(settings=APPOINTED)))
    due = date.fromisoformat(STATES["state-19"]["input"]["due"])
    assert STATES["state-01"]["expect"] == {"state": "unstarted"}
    assert states(books, "2018-08-01") == {"BROOKS": "expected", "BEECH": "expected"}
    assert STATES["state-19"]["input"]["today"] == due.isoformat()
    assert states(books, due.isoformat())["BROOKS"] == "expected"
    assert STATES["state-17"]["expect"] == {"overdue": False}
    assert states(books, due.replace(day=due.day + 1).isoformat())["BROOKS"] == "overdue"


def test_sound_rows_wait_to_be_accepted(spending):
    assert STATES["state-03"]["expect"] == {"state": "in_review"}
    books = spending()
    assert books.bring({}).returns[0].state == "staged"


def test_rules_that_change_under_a_file_stop_it(spending):
    assert "failed" in STATES["state-05"]["expect"]["state"]
    books = spending()

    def change(_done, _total):
        with books.office().writing() as connection:
            apply_text(connection, books.office().acting, book_of(truncating("2")))

    with pytest.raises(RuleRefused, match="the book was changed"):
        import_spend(books.office(), books.file({}), ImportOptions(accept=True), change)
    assert books.returns() == []


def test_what_was_refused_is_never_charged(spending):
    assert "refused" in STATES["state-07"]["expect"]["error"]
    books = spending()
    assert books.bring({"Net": "x"}, accept=True).status == "rejected"
    with pytest.raises(UsageError, match="there is no return R-000001"):
        books.accept("R-000001")


def test_a_nil_return_is_complete_and_says_who_and_when(spending):
    case = STATES["state-11"]
    books = spending(book_of(framework(settings=APPOINTED)))
    (row,) = declare_nil(books.office(today="2018-08-01"), "BROOKS", "REGEN", Month(2018, 7)).rows
    assert (row["state"], row["lines"]) == ("nil", case["expect"]["rows"])
    ((by, at),) = books.rows("SELECT staged_by, staged_at FROM levy_return")
    assert by == "ann"
    assert at.startswith("2018-08-01T")
    # Of two that are owed only the one that was named is settled.
    assert STATES["state-13"]["expect"] == {"A": "unstarted", "B": "completed"}
    assert states(books, "2018-08-01") == {"BROOKS": "nil", "BEECH": "expected"}


def test_every_case_is_tried_or_left_out_with_a_reason():
    tried = {"state-01", "state-03", "state-05", "state-07", "state-11", "state-13", "state-17",
             "state-19"}  # fmt: skip
    assert tried | {name for name in LEFT_OUT if name.startswith("state")} == set(STATES)
    assert {name for name in LEFT_OUT if name.startswith("document")} <= set(DOCUMENTS)

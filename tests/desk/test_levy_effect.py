"""What spend is worth in levy where its ledger does not say what the rate goes by (domain §3.6)."""

import csv
import io
import json
from html import unescape

import pytest
from python_calamine import CalamineWorkbook

from levytool.cli.review_texts import row
from levytool.desk.month_end.close_period import list_periods
from levytool.desk.month_end.member_statement import member_statement
from levytool.desk.month_end.reconciliation_report import reconciliation_report
from levytool.desk.month_end.statements import KINDS
from levytool.desk.reconcile.decide import Order
from levytool.desk.reconcile.known_lines import Known
from levytool.desk.reconcile.reconcile_spend import match_books, reconcile_spend
from levytool.desk.reconcile.review import start_review
from levytool.desk.reconcile.sitting import begin_sitting
from levytool.desk.reconcile.unlike import what_sets_apart
from levytool.desk.tracing.explain import explain
from levytool.periods import parse_period
from levytool.reconcile.report_sections import report_in_sections
from levytool.reconcile.spend_told import difference_rows, summary
from levytool.statements.forms import written
from tests.desk.reconciling import reconcile, record
from tests.desk.spending import FLAT, book_of, framework

MARCH = parse_period("2014-03")
LOTS = "lots = { '1' = 'Doors', '2' = 'Windows' }"
BY_LOT = (
    "payer = 'contractor'\nby = ['lot']\n"
    "rates = [{ when = ['1'], rate = '1.5%' }, { when = ['2'], rate = '2%' }]"
)
NO_LOT = {"Framework": "DOORS", "Net": "1000.00"}
FORMS = ("text", "html", "json", "csv", "xlsx")
UNRATED = (
    "the levy leaves out 1 difference, £1,000.00 net: no rate is known for what its lines say; "
    "put the appointment or the rate into the book"
)


def doors(appointments="", rates=BY_LOT):
    """A framework of two lots, and who is appointed to them."""
    return framework(rates, code="DOORS", settings=f"{LOTS}\n{appointments}")


def appointed(*lots, more=""):
    """BROOKS on some lots."""
    return f"contractors = [{{ code = 'BROOKS', lots = {list(lots)} }}{more}]"


def effects(books):
    """Reason and levy effect of each difference."""
    return [(d["reason"], d["levy_effect"]) for d in reconcile(books)["differences"]]


@pytest.mark.parametrize(
    ("appointments", "levy"),
    [
        (appointed("1"), "15.0000"),
        (appointed("1", "2"), "20.0000"),
        (appointed(), "20.0000"),
        ("", "20.0000"),
        ("contractors = [{ code = 'BEECH', lots = ['1'] }]", "20.0000"),
        (
            appointed("1", more=", { code = 'BROOKS', lots = ['2'], from = 2014-04-01 }"),
            "15.0000",
        ),
    ],
)
def test_undeclared_spend_without_a_lot_has_the_highest_rate_it_can_have(
    spending, appointments, levy
):
    books = spending(book_of(doors(appointments)))
    record(books, NO_LOT)
    assert effects(books) == [("undeclared", levy)]
    assert reconcile(books)["undeclared"]["levy"] == levy[:-2]


def test_a_lot_that_the_ledger_tells_has_its_own_rate(spending):
    books = spending(book_of(doors(appointed("1", "2"))))
    record(books, NO_LOT | {"Lot": "1"})
    assert effects(books) == [("undeclared", "15.0000")]


def test_of_several_frameworks_the_highest_that_the_contractor_can_have_counts(spending):
    """As REGEN at 1.75% has a rate whatever the lot, DOORS had counted for nothing beside it."""
    regen = framework("payer = 'contractor'\nrate = '1.75%'")
    books = spending(book_of(regen, doors(appointed("2"))))
    books.accepted({}, {"Invoice": "A2", "Framework": "DOORS", "Lot": "2"})
    named = {"Invoice": "A2", "Framework": "DOORS"}
    record(books, {}, named, {"Invoice": "A3", "Framework": None, "Net": "5000.00"})
    assert effects(books) == [("undeclared", "100.0000")]


def test_where_no_framework_it_declares_on_has_a_rate_one_that_it_may_work_on_counts(spending):
    later = "from = 2014-04-01\n" + FLAT
    books = spending(book_of(framework(later, code="LATER"), doors(appointed("1"))))
    books.accepted({"Framework": "LATER", "Date": "2014-04-02"}, today="2014-05-10")
    record(books, NO_LOT | {"Framework": None, "Invoice": "Z9"})
    assert effects(books) == [("undeclared", "15.0000")]


def test_a_contractor_whose_appointment_is_over_has_the_rate_of_where_it_may_work(spending):
    over = "contractors = [{ code = 'BROOKS', until = 2014-02-28 }]"
    dear = framework("payer = 'contractor'\nrate = '9%'", code="DEAR", settings=over)
    books = spending(book_of(dear, doors(appointed("1"))))
    record(books, NO_LOT | {"Framework": None})
    assert effects(books) == [("undeclared", "15.0000")]


def test_a_rate_by_sector_is_the_members_own(spending):
    rates = (
        "payer = 'contractor'\nby = ['sector', 'lot']\nrates = [{ when = ['housing', '*'], "
        "rate = '1%' }, { when = ['council', '1'], rate = '3%' }, "
        "{ when = ['council', '2'], rate = '4%' }]"
    )
    books = spending(book_of(doors(appointed("1"), rates)))
    record(books, NO_LOT, NO_LOT | {"Member": "ALDER"})
    assert sorted(effects(books)) == [("undeclared", "10.0000"), ("undeclared", "30.0000")]


def test_a_wrong_framework_has_its_own_lots_not_those_of_the_declaration(spending):
    books = spending(book_of(framework(settings=LOTS), doors(appointed("2"))))
    books.accepted({"Net": "1000.00", "Lot": "1"})
    record(books, NO_LOT)
    assert effects(books) == [("wrong framework", "10.0000")]


def test_a_declaration_without_a_lot_counts_as_it_was_charged(spending):
    any_lot = BY_LOT.replace("['1']", "['*']")
    books = spending(book_of(doors(appointed("1", "2"), any_lot)))
    books.accepted(NO_LOT)
    record(books, NO_LOT | {"Net": "1100.00"})
    assert effects(books) == [("amount", "1.5000")]


@pytest.fixture
def unrated(spending):
    """BROOKS on lot 1 at 1.5%; BEECH may work on no framework at all, and sold SALIX something."""
    books = spending(book_of(doors(appointed("1"))))
    record(books, NO_LOT | {"Contractor": "BEECH", "Framework": None}, NO_LOT)
    return books


def test_that_no_rate_is_known_is_told_and_no_levy_of_nothing(unrated):
    found = reconcile_spend(unrated.office(), MARCH)
    assert effects(unrated) == [("undeclared", None), ("undeclared", "15.0000")]
    assert reconcile(unrated)["undeclared"] == {"count": 2, "net": "2000.00", "levy": "15.00"}
    assert [item["levy_effect"] for item in difference_rows(found, every=True)] == [
        None,
        "15.0000",
    ]
    assert UNRATED in summary(found)


def test_every_place_that_tells_a_levy_effect_says_that_no_rate_is_known(unrated):
    desk = unrated.office()
    (known_as,) = (d["id"] for d in reconcile(unrated)["differences"] if d["levy_effect"] is None)
    assert start_review(desk, MARCH).waiting[0].title == (
        "undeclared: SALIX, BEECH, £1,000.00, levy effect no rate known"
    )
    pending = next(item for item in begin_sitting(desk, MARCH).pending if item.id == known_as)
    assert "no rate known" in [cell.plain for cell in row(pending, 20)]
    told = explain(desk, known_as)
    assert dict(told.facts)["levy effect"] == "no rate known"
    assert "levy effect no rate known" in told.title


def test_the_report_says_it_in_every_form(unrated):
    told = reconciliation_report(unrated.office(), MARCH)
    assert told.at_risk_pence == 1_500
    forms = {form: written(report_in_sections(told), form).data for form in FORMS}
    for form in ("text", "html"):
        words = " ".join(unescape(forms[form]).split())
        assert f"{UNRATED[0].upper()}{UNRATED[1:]}." in words
    rows = json.loads(forms["json"])["differences"]
    assert [row["levy_effect"] for row in rows] == [None, "15.0000"]
    cells = list(csv.DictReader(io.StringIO(forms["csv"])))
    at_risk = {row["contractor"]: row["levy_at_risk"] for row in cells if row["levy_at_risk"]}
    assert at_risk == {"BROOKS": "15.0000"}
    assert [row["levy_effect"] for row in cells if row["section"] == "differences"] == [
        "",
        "15.0000",
    ]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(forms["xlsx"])).get_sheet_by_name(
        "Differences"
    )
    assert [row[7] for row in sheet.to_python()[4:6]] == ["", 15.0]


def test_a_statement_says_how_many_queries_have_no_levy_told(unrated):
    told = member_statement(unrated.office(), "SALIX", MARCH)
    (line,) = told.queries.lines
    assert (line.count, line.levy_micropence, line.unrated) == (2, 1_500_000_000, 1)
    page = " ".join(written(KINDS["member"].told(told), "text").data.split())
    assert "1 item without a known rate is not in the levy effect." in page


def test_what_no_rate_is_known_for_keeps_its_month_open_by_its_net(unrated):
    (march,) = (row for row in list_periods(unrated.office()) if row["period"] == "2014-03")
    assert march["differences"] == 2


def test_lines_that_a_person_joins_are_told_apart_without_a_rate(spending):
    books = spending(book_of(framework(), doors("contractors = [{ code = 'BEECH' }]", LATER)))
    books.accepted({"Net": "1000.00"})
    record(books, NO_LOT | {"Invoice": "Z9", "Net": "900.00", "Contractor": "BEECH"})
    declared, recorded = (
        next(d["id"] for d in reconcile(books)["differences"] if d["reason"] == reason)
        for reason in ("over-declared", "undeclared")
    )
    with books.office().reading() as connection:
        matched = match_books(connection)
    apart = what_sets_apart(Known(None, matched), Order(declared, "match", (recorded,)))
    left = "net difference -£100.00, levy effect no rate known"
    assert str(apart).endswith(f"{left}, and without a note it waits")


LATER = "from = 2014-04-01\n" + FLAT

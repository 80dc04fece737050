"""Levy documents end to end: who pays, what rule, what rounding, and how each is shared out."""

import pytest

from levytool.accounts import Account
from levytool.desk.levy.list_documents import list_documents
from tests.desk.spending import FLAT, book_of, codes, framework

MEMBER_PAYS = "payer = 'member'\nrate = '1%'"
MINIMUM = "payer = 'contractor'\nrate = '1%'\nminimum = '10.00'\nmaximum = '50.00'"
TRUNCATE = "payer = 'contractor'\nrate = '1.5%'\nrounding = 'truncate'"
BANDS = (
    "payer = 'contractor'\nper = 'contractor-year'\nmode = '{mode}'\n"
    "bands = [{{ up_to = '1000.00', rate = '2%' }}, {{ rate = '1%' }}]"
)
KEYS = ["number", "kind", "payer", "framework", "period", "date", "due", "net", "vat", "gross",
        "received", "outstanding"]  # fmt: skip


def shares(books, **chosen):
    return [line["levy_share"] for line in books.lines(**chosen)]


def test_a_document_is_told_as_the_contract_says(spending):
    vat = "vat = [{ from = 2011-01-04, rate = '20%' }]\nterms_days = 30"
    books = spending(book_of(settings=vat))
    books.accepted({"Net": "1000"}, {"Contractor": "BEECH", "Net": "-1000"})
    rows = list_documents(books.office())
    for row in rows:
        # Beside what the contract names stands what was written off.
        assert row.pop("written_off") == "0.00"
    assert [list(row) for row in rows] == [KEYS, KEYS]
    assert rows[1] == {
        "number": "INV-000001",
        "kind": "invoice",
        "payer": "BROOKS",
        "framework": "REGEN",
        "period": "2014-03",
        "date": "2014-04-10",
        "due": "2014-05-10",
        "net": "10.00",
        "vat": "2.00",
        "gross": "12.00",
        "received": "0.00",
        "outstanding": "12.00",
    }
    assert {key: rows[0][key] for key in ("number", "kind", "net", "vat", "outstanding")} == {
        "number": "CN-000001",
        "kind": "credit-note",
        "net": "10.00",
        "vat": "2.00",
        "outstanding": "12.00",
    }
    assert books.balance(Account.LEVY_DEBTORS, "BEECH") == 1200


def test_a_member_paid_return_raises_one_document_for_each_member(spending):
    books = spending(book_of(framework(MEMBER_PAYS)))
    books.accepted({"Net": "50"}, {"Member": "ALDER", "Net": "50"}, {"Invoice": "B", "Net": "25"})
    assert books.documents() == [("INV-000001", "ALDER", "0.50"), ("INV-000002", "SALIX", "0.75")]
    assert books.balance(Account.LEVY_DEBTORS, "SALIX") == -75


def test_each_members_document_is_rounded_by_itself(spending):
    books = spending(book_of(framework(MEMBER_PAYS)))
    outcome = books.accepted({"Net": "0.50"}, {"Member": "ALDER", "Net": "0.50"})
    assert [net for _number, _payer, net in books.documents()] == ["0.01", "0.01"]
    assert outcome.as_json()["levy"] == "0.02"


def test_payers_may_mix_in_one_return(spending):
    mixed = framework(
        "payer = 'contractor'\nrate = '1%'", "from = 2014-03-16\npayer = 'member'\nrate = '2%'"
    )
    books = spending(book_of(mixed))
    books.accepted(
        {"Net": "100", "Date": "2014-03-15"},
        {"Net": "100", "Date": "2014-03-16"},
        {"Net": "100", "Date": "2014-03-16", "Member": "BIRCH"},
    )
    assert books.documents() == [
        ("INV-000001", "BROOKS", "1.00"),
        ("INV-000002", "BIRCH", "2.00"),
        ("INV-000003", "SALIX", "2.00"),
    ]
    assert shares(books) == ["1.00", "2.00", "2.00"]


def test_the_invoice_date_picks_the_rate_and_not_the_period(spending):
    raised = framework(
        "payer = 'contractor'\nrate = '1%'", "from = 2014-03-10\npayer = 'contractor'\nrate = '2%'"
    )
    books = spending(book_of(raised))
    books.accepted({"Date": "2014-03-09", "Net": "100"}, {"Date": "2014-03-10", "Net": "100"})
    assert [line["rate"] for line in books.lines()] == ["1%", "2%"]
    assert books.documents() == [("INV-000001", "BROOKS", "3.00")]


@pytest.mark.parametrize(
    ("funded", "account"),
    [("received", Account.LEVY_FUND), ("billed", Account.LEVY_FUND)],
)
def test_a_document_of_nothing_has_no_number_but_moves_its_members_shares(
    spending, funded, account
):
    books = spending(book_of(settings=f"pots_funded_on = '{funded}'"))
    books.accepted({"Net": "100"}, {"Net": "-100", "Member": "ALDER"})
    assert books.documents() == []
    assert books.returns()[0]["documents"] == []
    assert (books.balance(account, "SALIX"), books.balance(account, "ALDER")) == (100, -100)
    assert books.balance(Account.LEVY_DEBTORS, "BROOKS") == 0
    assert books.balance(Account.LEVY_BILLED_NOT_RECEIVED, "SALIX") == 0
    assert shares(books) == ["1.00", "-1.00"]
    books.accepted({"Date": "2014-02-01", "Net": "100"})
    assert [number for number, _payer, _net in books.documents()] == ["INV-000001"]


def test_spend_of_nothing_is_accepted_and_billed_to_nobody(spending):
    books = spending()
    books.accepted({"Net": "0.00"}, {"Net": "0.49", "Invoice": "B"})
    assert books.documents() == []
    assert books.returns()[0]["state"] == "accepted"


def test_a_negative_return_is_a_credit_note(spending):
    books = spending()
    books.accepted({"Net": "-150"}, {"Net": "50", "Member": "ALDER"})
    assert books.documents() == [("CN-000001", "BROOKS", "-1.00")]
    assert shares(books) == ["-1.50", "0.50"]


@pytest.mark.parametrize(
    ("net", "levy"),
    [("500", "10.00"), ("2000", "20.00"), ("9000", "50.00"), ("-9000", "-50.00"), ("-500", "-5.00"),
     ("1000", "10.00"), ("5000", "50.00")],
)  # fmt: skip
def test_minimum_and_maximum_bound_a_document(spending, net, levy):
    books = spending(book_of(framework(MINIMUM)))
    books.accepted({"Net": net})
    assert [amount for _number, _payer, amount in books.documents()] == [levy]


def test_a_minimum_is_never_charged_on_nothing(spending):
    books = spending(book_of(framework(MINIMUM)))
    books.accepted({"Net": "100"}, {"Net": "-100", "Invoice": "B"})
    assert books.documents() == []


def test_a_minimum_is_shared_out_in_proportion(spending):
    books = spending(book_of(framework(MINIMUM)))
    books.accepted({"Net": "100"}, {"Net": "200", "Member": "ALDER"}, {"Net": "33", "Invoice": "C"})
    assert shares(books) == ["3.00", "6.01", "0.99"]
    assert books.balance(Account.LEVY_BILLED_NOT_RECEIVED, "ALDER") == 601


def test_truncation_cuts_each_line_and_then_the_document(spending):
    books = spending(book_of(framework(TRUNCATE)))
    books.accepted(
        {"Net": "801.50"},
        {"Net": "428.95", "Invoice": "B"},
        {"Net": "-428.95", "Contractor": "BEECH"},
    )
    assert books.documents() == [("CN-000001", "BEECH", "-6.43"), ("INV-000001", "BROOKS", "18.45")]


def test_the_pence_of_a_document_go_to_the_largest_remainders_in_line_order(spending):
    books = spending()
    books.accepted(*({"Net": "0.50", "Invoice": f"A{n}"} for n in range(5)))
    assert books.documents() == [("INV-000001", "BROOKS", "0.03")]
    assert shares(books) == ["0.01", "0.01", "0.01", "0.00", "0.00"]


def test_a_credit_has_the_rate_of_the_line_it_names_in_the_same_file(spending):
    raised = framework(
        "payer = 'contractor'\nrate = '1%'", "from = 2014-03-10\npayer = 'member'\nrate = '2%'"
    )
    books = spending(book_of(raised))
    books.accepted(
        {"Invoice": "CN1", "Date": "2014-03-20", "Net": "-10", "Credits": "A1"},
        {"Invoice": "A1", "Date": "2014-03-09", "Net": "100"},
        {"Invoice": "CN2", "Date": "2014-03-20", "Net": "-10"},
        {"Invoice": "CN3", "Date": "2014-03-20", "Net": "-10", "Credits": "UNKNOWN"},
    )
    assert [line["rate"] for line in books.lines()] == ["1%", "1%", "2%", "2%"]
    assert books.documents() == [("INV-000001", "BROOKS", "0.90"), ("CN-000001", "SALIX", "-0.40")]


@pytest.mark.parametrize("accept", [True, False])
def test_a_credit_has_the_rate_of_the_line_it_names_in_an_earlier_file(spending, accept):
    raised = framework(
        "payer = 'contractor'\nrate = '1%'", "from = 2014-03-01\npayer = 'contractor'\nrate = '2%'"
    )
    books = spending(book_of(raised))
    books.bring({"Invoice": "A1", "Date": "2014-02-09", "Net": "100"}, accept=accept)
    books.bring({"Invoice": "A1", "Date": "2014-02-09", "Contractor": "BEECH"}, accept=accept)
    books.accepted({"Invoice": "CN1", "Net": "-10", "Credits": "A1"})
    (credit,) = [line for line in books.lines() if line["invoice"] == "CN1"]
    assert (credit["rate"], credit["levy"]) == ("1%", "-0.1000")


def test_a_credit_of_a_rejected_line_has_its_own_dates_rate(spending):
    raised = framework(
        "payer = 'contractor'\nrate = '1%'", "from = 2014-03-01\npayer = 'contractor'\nrate = '2%'"
    )
    books = spending(book_of(raised))
    books.bring({"Invoice": "A1", "Date": "2014-02-09", "Net": "100"})
    books.reject("R-000001")
    books.accepted({"Invoice": "CN1", "Net": "-10", "Credits": "A1"})
    assert books.lines()[0]["rate"] == "2%"


BY_LOT = "payer = 'contractor'\nby = ['lot']\nrates = [{ when = ['1'], rate = '3%' }]"


@pytest.mark.parametrize("rounding", ["", "from = 2014-06-01\nminimum = '1.00'\n" + FLAT])
def test_a_credit_that_no_rule_covers_has_the_rate_of_the_line_it_names(spending, rounding):
    since = "from = 2014-01-01\n"
    books = spending(book_of(framework(since + BY_LOT, *([rounding] if rounding else []))))
    refused = books.bring(
        {"Invoice": "A1", "Lot": "1"},
        {"Invoice": "CN1", "Net": "-10", "Credits": "A1"},
        {"Invoice": "CN2", "Net": "-10", "Credits": "NOTHING"},
        {"Invoice": "A2", "Lot": "9"},
    )
    assert codes(refused) == [("no-rate", 4), ("no-rate", 5)]
    books.accepted({"Invoice": "A1", "Lot": "1"}, {"Invoice": "CN1", "Net": "-10", "Credits": "A1"})
    books.accepted({"Invoice": "CN3", "Net": "-5", "Credits": "A1"}, supplement=True)
    books.accepted({"Invoice": "CN4", "Net": "-5", "Credits": "A1", "Date": "2013-12-31"})
    assert [line["rate"] for line in books.lines()] == ["3%"] * 4
    assert books.returns()[0]["period"] == "2013-12"


def test_a_credit_without_the_columns_of_a_base_is_still_refused(spending):
    books = spending(book_of(framework(BY_LOT + "\nbase = 'Labour'")))
    outcome = books.bring(
        {"Lot": "1", "Labour": "5"}, {"Invoice": "CN", "Credits": "A1", "Labour": "5"}
    )
    assert codes(outcome) == [("no-rate", 3)]


def test_a_base_may_be_the_sum_of_named_columns(spending):
    base = "payer = 'contractor'\nrate = '1%'\nbase = ['Labour', 'Materials']"
    books = spending(book_of(framework(base)))
    line = {"Net": "1000", "Labour": "300.05", "Materials": "£200.00"}
    books.accepted(line, line | {"Invoice": "B", "Labour": "-1"})
    assert [line["levy"] for line in books.lines()] == ["5.0005", "1.9900"]
    assert books.documents() == [("INV-000001", "BROOKS", "6.99")]


def test_a_blank_in_a_base_is_refused_and_not_charged_on_nothing(spending):
    base = "payer = 'contractor'\nrate = '1%'\nbase = 'Labour'"
    books = spending(book_of(framework(base)))
    outcome = books.bring({"Labour": "1"}, {"Labour": ""}, {"Labour": "x"})
    assert codes(outcome) == [("missing", 3), ("not-a-number", 4)]


def test_rates_vary_by_columns_by_lot_and_by_the_members_sector(spending):
    table = (
        "payer = 'contractor'\nby = ['sector', 'lot', 'work type']\nrates = ["
        "{ when = ['housing', '1', 'planned'], rate = '1%' },"
        "{ when = ['housing', '1', '*'], rate = '2%' },"
        "{ when = ['housing', '*', '*'], rate = '3%' },"
        "{ when = ['council', '*', '*'], rate = '4%' }]"
    )
    lots = "lots = { '1' = 'Roofs', '2' = 'Kitchens' }"
    books = spending(book_of(framework(table, settings=lots)))
    given = [
        ("ALDER", "1", "Planned"),
        ("ALDER", "Roofs", "urgent"),
        ("ALDER", "2", "planned"),
        ("SALIX", "1", "planned"),
    ]
    books.accepted(
        *(
            {"Member": m, "Lot": lot, "Work type": work, "Invoice": f"{m}{lot}{work}"}
            for m, lot, work in given
        )
    )
    assert [line["rate"] for line in books.lines()] == ["1%", "2%", "3%", "4%"]


def test_a_line_that_no_row_of_the_rates_covers_is_refused(spending):
    table = "payer = 'contractor'\nby = ['lot']\nrates = [{ when = ['1'], rate = '1%' }]"
    books = spending(book_of(framework(table)))
    outcome = books.bring({"Lot": "1"}, {"Lot": "2"}, {"Lot": ""})
    assert codes(outcome) == [("no-rate", 3), ("no-rate", 4)]
    assert "with lot '2'" in outcome.problems[0].message


@pytest.mark.parametrize("mode", ["marginal", "whole"])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
@pytest.mark.parametrize("at_once", [True, False])
def test_banded_returns_come_to_the_same_in_any_order(spending, mode, order, at_once):
    books = spending(book_of(framework(BANDS.format(mode=mode))))
    months = [("2014-04-01", "700"), ("2014-05-01", "600"), ("2014-06-01", "-100")]
    files = [books.file({"Date": day, "Net": net}) for day, net in months]
    for place in order:
        books.bring(path=files[place], accept=at_once)
    if not at_once:
        for row in books.returns():
            books.accept(row["return"])
    total = 1000 * 2 + 200 * 1 if mode == "marginal" else 1200 * 1
    assert sum(int(net.replace(".", "")) for _n, _p, net in books.documents()) == total
    assert books.rows("SELECT SUM(levy_micropence) FROM declaration_line") == [(total * 10**6,)]
    assert [line["rate"] for line in books.lines()] == [None] * 3


def test_a_true_up_is_kept_apart_on_the_line(spending):
    books = spending(book_of(framework(BANDS.format(mode="whole"))))
    books.accepted({"Date": "2014-04-01", "Net": "900"})
    books.accepted({"Date": "2014-05-01", "Net": "300"}, {"Date": "2014-05-02", "Net": "100"})
    # 1% of 1,300 less the 18.00 charged on the first 900: the 400 bear 4.00 and give 9.00 back.
    assert books.documents() == [
        ("INV-000001", "BROOKS", "18.00"),
        ("CN-000001", "BROOKS", "-5.00"),
    ]
    assert books.rows(
        "SELECT levy_micropence, true_up_micropence FROM declaration_line "
        "ORDER BY return_id, line_no"
    ) == [(1800 * 10**6, 0), (-375 * 10**6, -675 * 10**6), (-125 * 10**6, -225 * 10**6)]


def test_bands_accumulate_by_call_off_and_by_financial_year(spending):
    by_call_off = BANDS.format(mode="marginal").replace("contractor-year", "call-off")
    books = spending(book_of(framework(by_call_off)))
    books.accepted(
        {"Call-off": "C1", "Net": "800"},
        {"Call-off": "C2", "Net": "800", "Invoice": "B"},
        {"Call-off": "C1", "Net": "800", "Invoice": "C"},
    )
    assert [line["levy"] for line in books.lines()] == ["16.0000", "16.0000", "10.0000"]


def test_what_is_retained_goes_to_running_costs_when_the_levy_reaches_the_fund(spending):
    settings = "pots_funded_on = 'billed'"
    books = spending(book_of(framework(settings="retained = '10%'"), settings=settings))
    books.accepted({"Net": "1000"}, {"Net": "500", "Member": "ALDER"})
    assert books.balance(Account.LEVY_RETAINED, "REGEN") == 150
    assert books.balance(Account.LEVY_FUND, "SALIX") == 900


@pytest.mark.parametrize("levy", [FLAT, MEMBER_PAYS, TRUNCATE, MINIMUM])
def test_what_is_staged_foretells_what_is_billed(spending, levy):
    mixed = f"from = 2014-03-04\n{levy}"
    books = spending(book_of(framework(FLAT, mixed)))
    nets = ("0.50", "-0.35", "12.34", "100.99")
    lines = [
        {"Net": net, "Member": member, "Invoice": f"{member}{net}", "Date": f"2014-03-{day:02d}"}
        for net in nets
        for day, member in enumerate(("ALDER", "BIRCH", "SALIX"), 3)
    ]
    staged = [books.bring(*part) for part in (lines[:5], lines[5:])]
    foretold = books.returns()[0]["levy"]
    assert sum(outcome.levy_pence for outcome in staged) == int(foretold.replace(".", ""))
    assert books.accept("R-000001")[0]["levy"] == foretold


@pytest.mark.parametrize("levy", [[], [MEMBER_PAYS], [TRUNCATE], [MINIMUM]])
def test_staged_then_accepted_is_the_same_books_as_accepted_at_once(tmp_path, levy):
    from tests.desk.spending import Spending

    text = book_of(
        framework(*levy), framework(BANDS.format(mode="whole"), code="BANDED"), framework(code="Z")
    )
    lines = [
        {"Framework": code, "Invoice": f"{code}{n}", "Net": net, "Date": day, "Member": member}
        for code in ("BANDED", "REGEN", "Z")
        for n, (net, day, member) in enumerate(
            [("1234.56", "2014-02-03", "SALIX"), ("-7.77", "2014-03-03", "ALDER"),
             ("950.45", "2014-03-09", "BIRCH"), ("-1.11", "2014-03-09", "SALIX")]
        )
    ]  # fmt: skip
    lines.append({"Framework": "REGEN", "Credits": "REGEN0", "Net": "-3", "Invoice": "CN"})
    found = []
    for way in ("at once", "staged first"):
        (tmp_path / way).mkdir()
        books = Spending(tmp_path / way, text)
        path = books.file(*lines)
        books.bring(path=path, accept=way == "at once")
        books.bring(path=path, accept=True)
        tables = ("journal_entry", "journal_transfer", "document", "levy_return", "accepted_spend")
        found.append(
            [books.rows(f"SELECT * FROM {table} ORDER BY 1, 2, 3") for table in tables]
            + [books.rows("SELECT * FROM declaration_line ORDER BY return_id, line_no")]
        )
        books.prove()
        books.ledger.close()
    assert found[0][0], "something was posted"
    assert found[0] == found[1]

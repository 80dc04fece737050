"""What is filed: one value, and every form of it says the same."""

import csv
import io
import json
import re
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from python_calamine import CalamineWorkbook

from levytool.cli.main import run_with
from levytool.desk.month_end.close_period import close_period
from levytool.desk.month_end.reconciliation_report import reconciliation_report
from levytool.desk.reconcile.decide import Order, decide
from levytool.desk.reconcile.reconcile_spend import reconcile_spend
from levytool.desk.reconcile.sitting import begin_sitting
from levytool.money import display_pence
from levytool.periods import Month, parse_period
from levytool.reconcile.report_sections import report_in_sections
from levytool.reconcile.spend_told import as_json, summary
from levytool.statements.forms import written
from levytool.statements.said import said
from tests.desk.consortium import Books
from tests.desk.reconciling import reconcile, record

FORMS = ("text", "html", "xlsx", "csv", "json")


class Cells(HTMLParser):
    """The words of a page, cell by cell, without the small print beneath them."""

    def __init__(self, text):
        super().__init__()
        self.rows, self._inside = [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self._inside = True
            self.rows[-1].append("")
        if ("class", "small") in attrs:
            self._inside = False

    def handle_endtag(self, tag):
        if tag in ("th", "td"):
            self._inside = False
            self.rows[-1][-1] = self.rows[-1][-1].strip()

    def handle_data(self, data):
        if self._inside:
            self.rows[-1][-1] += data


@pytest.fixture
def books(spending):
    """BROOKS and BEECH declare; SALIX has A1 dearer, and B8 and B9 that nobody declared."""
    made = spending()
    made.accepted({}, {"Invoice": "A2", "Net": "40.00"}, {"Contractor": "BEECH", "Net": "7.00"})
    record(
        made,
        {"Net": "103.00"},
        {"Invoice": "B8", "Net": "1234.57"},
        {"Invoice": "B9", "Net": "44.00", "Contractor": "BEECH"},
    )
    return made


def report(books, period="2014-03"):
    return reconciliation_report(books.office(), parse_period(period))


def forms_of(books):
    """Each form of the report of March 2014."""
    statement = report_in_sections(report(books))
    return {form: written(statement, form).data for form in FORMS}


def test_the_headline_is_levy_at_risk_from_undeclared_spend(books):
    found = reconcile(books)
    told = said(report_in_sections(report(books)))
    assert (told["undeclared_net"], told["levy_at_risk"]) == ("1278.57", "12.79")
    assert found["undeclared"] == {"count": 2, "net": "1278.57", "levy": "12.79"}


def test_every_difference_stands_in_it_as_the_reconciliation_has_it(books):
    rows = {row["id"]: row for row in said(report_in_sections(report(books)))["differences"]}
    found = {row["id"]: row for row in reconcile(books)["differences"]}
    assert rows.keys() == found.keys() and len(rows) == 5
    for known_as, row in rows.items():
        shared = row.keys() & found[known_as].keys()
        assert {"reason", "member", "net_difference", "levy_effect", "declared"} <= shared
        for key in shared:
            assert (row[key] or None) == (found[known_as][key] or None)


def test_contractors_and_reasons_come_to_the_items(books):
    told = said(report_in_sections(report(books)))
    assert [(row["contractor"], row["levy_at_risk"]) for row in told["by_contractor"]] == [
        ("BROOKS", "12.3457"),
        ("BEECH", "0.4400"),
    ]
    for rows in (told["by_contractor"], told["by_reason"]):
        assert sum(row["differences"] for row in rows) == len(told["differences"])
        for key in ("net_difference", "levy_effect"):
            items = sum(Decimal(row[key]) for row in told["differences"])
            assert sum(Decimal(row[key]) for row in rows) == items


def test_all_forms_have_the_same_figures(books):
    forms = forms_of(books)
    told = json.loads(forms["json"])
    wanted = sorted(
        (row["id"], Decimal(row["net_difference"]), Decimal(row["levy_effect"]), row["status"])
        for row in told["differences"]
    )
    rows = list(csv.DictReader(io.StringIO(forms["csv"])))
    of_csv = [row for row in rows if row["section"] == "differences"]
    assert wanted == sorted(
        (row["id"], Decimal(row["net_difference"]), Decimal(row["levy_effect"]), row["status"])
        for row in of_csv
    )
    page = {row[0]: row for row in Cells(forms["html"]).rows if row[0].startswith("D-")}
    plain = [line.split() for line in forms["text"].splitlines()]
    book = CalamineWorkbook.from_filelike(io.BytesIO(forms["xlsx"]))
    head, *sheet = book.get_sheet_by_name("Differences").to_python()[3:]
    of_sheet = {row[0]: dict(zip(head, row, strict=True)) for row in sheet}
    for known_as, net, levy, status in wanted:
        assert page[known_as][2:] == [_pounds(net), _pounds(levy), status]
        (at,) = (n for n, words in enumerate(plain) if words[:1] == [known_as])
        assert [_pounds(net), _pounds(levy), status] in (plain[at + n][-3:] for n in (0, 1, 2))
        cells = of_sheet[known_as]
        assert (cells["Difference"], cells["Levy effect"]) == (float(net), float(levy))
    headline = "£12.79"
    assert headline in forms["text"] and headline in forms["html"]
    assert told["levy_at_risk"] == "12.79"
    summary = book.get_sheet_by_name("Statement").to_python()
    assert ["Levy at risk", 12.79] in [row[:2] for row in summary]


def test_sheets_foot_to_the_exact_levy(books):
    book = CalamineWorkbook.from_filelike(io.BytesIO(forms_of(books)["xlsx"]))
    for name, column, total in (
        ("Contractors", "Levy at risk", 12.7857),
        ("Reasons", "Levy effect", 12.3457),
        ("Differences", "Levy effect", 12.3457),
    ):
        head, *rows, last = book.get_sheet_by_name(name).to_python()[3:]
        place = head.index(column)
        assert last[place] == total == round(sum(row[place] for row in rows), 4)


def _pounds(amount):
    return f"{'-' if amount < 0 else ''}£{abs(amount):,}"


def test_the_same_books_give_the_same_bytes(books):
    before = forms_of(books)
    again = Books(books.folder)
    assert forms_of(again) == before
    again.ledger.close()


def test_who_decided_what_and_when_stands_in_it(books):
    first, second = (row["id"] for row in reconcile(books)["differences"][:2])
    decide(books.office("tom"), [Order(first, "accept", (), "= not <ours>")])
    decide(books.office("eve"), [Order(second, "reject")])
    decide(books.office("eve"), [Order(second, "undo")])
    decide(books.office("eve"), [Order(second, "note", (), "asked")])
    told = said(report_in_sections(report(books)))
    assert [
        (row["id"], row["decided_by"], row["decision"], row["note"]) for row in told["decisions"]
    ] == [
        (first, "tom", "accept", "= not <ours>"),
        (second, "eve", "reject", ""),
        (second, "eve", "undo", ""),
        (second, "eve", "note", "asked"),
    ]
    assert told["decisions"][0]["decided_at"] == "2014-04-10T00:00:00Z"
    assert "= not &lt;ours&gt;" in forms_of(books)["html"]
    assert said(report_in_sections(report(books, "2014-02")))["decisions"] == []


def test_what_is_accepted_of_undeclared_spend_is_told_beside_the_headline(books):
    """The headline is all of it (domain §3.6); who says what a line is has explained that line."""
    before = report_in_sections(report(books))
    assert said(before)["by_decision"] == [] and "accepted" not in before.held
    ids = {row["invoice"]: row["id"] for row in reconcile(books)["differences"]}
    decide(books.office("tom"), [Order(ids["B8"], "accept", (), "", "duplicate")])
    decide(books.office("tom"), [Order(ids["A2"], "reject")])
    after = report_in_sections(report(books))
    assert " Of the undeclared 1 line is accepted: £1,234.57, levy £12.35 " in after.held
    assert "(£1,234.57 as duplicate)." in after.held
    told = said(after)
    assert told["levy_at_risk"] == "12.79"
    assert {
        (row["reason"], row["status"], row["decided_reason"]): row["levy_effect"]
        for row in told["by_decision"]
    } == {
        ("undeclared", "accepted", "duplicate"): "12.3457",
        ("undeclared", "open", ""): "0.4400",
        ("over-declared", "open", ""): "-0.0700",
        ("over-declared", "rejected", ""): "-0.4000",
        ("amount", "open", ""): "0.0300",
    }
    listed = {row["id"]: row["decided_reason"] for row in told["differences"]}
    assert listed.pop(ids["B8"]) == "duplicate" and set(listed.values()) == {""}


def test_a_line_accepted_as_what_it_was_found_to_be_has_no_other_reason(books):
    ids = {row["invoice"]: row["id"] for row in reconcile(books)["differences"]}
    decide(books.office("tom"), [Order(ids["B8"], "accept", (), "", "undeclared")])
    decide(books.office("tom"), [Order(ids["B9"], "accept", (), "an old job")])
    told = report_in_sections(report(books))
    assert "Of the undeclared 2 lines are accepted: £1,278.57, levy £12.79." in told.held


def test_a_rejected_suggestion_is_told_though_it_is_listed_no_more(spending):
    books = spending()
    books.accepted({"Invoice": "INV-4471", "Net": "500.00", "Description": "Roof at 4 Elm Road"})
    record(books, {"Invoice": "INV-4417", "Net": "510.00", "Description": "Roof at 4 Elm Road"})
    (suggestion,) = reconcile(books)["suggestions"]
    decide(books.office("tom"), [Order(suggestion["id"], "reject", (), "two roofs")])
    assert reconcile(books)["suggestions"] == []
    (told,) = said(report_in_sections(report(books)))["decisions"]
    assert (told["id"], told["note"]) == (suggestion["id"], "two roofs")


def test_bank_and_ledger_stand_beside_it(books):
    books.bank("9.99", "nobody knows", "2014-03-20")
    told = said(report_in_sections(report(books)))
    (receipt,) = told["open_receipts"]
    assert (receipt["receipt"], receipt["open"], receipt["days"]) == ("B-000001", "9.99", 11)
    debtors = next(row for row in told["control_accounts"] if row["account"] == "1100")
    owed = sum(Decimal(row["outstanding"]) for row in told["open_documents"])
    assert debtors["ledger"] == debtors["items"] == str(owed)
    assert all(row["difference"] == "0.00" for row in told["control_accounts"])


def test_money_out_that_nobody_has_identified_stands_in_it_with_its_age(books):
    books.bank("-7.50", "ACCOUNT CHARGES", "2014-03-20")
    told = said(report_in_sections(report(books)))
    (payment,) = told["open_payments"]
    assert (payment["payment"], payment["open"], payment["days"]) == ("B-000001", "-7.50", 11)
    assert told["open_receipts"] == []


def test_it_says_what_closing_waits_for_and_then_who_closed(books):
    told = said(report_in_sections(report(books)))
    (month,) = told["months"]
    assert (told["status"], month["state"], month["in_the_way"]) == ("open", "open", 5)
    assert {row["code"] for row in told["in_the_way"]} == {"difference-open"}
    decide(
        books.office(),
        [Order(row["id"], "accept") for row in reconcile(books)["differences"]],
    )
    close_period(books.office("tom"), Month(2014, 3))
    told = said(report_in_sections(report(books)))
    (month,) = told["months"]
    assert told["status"] == "closed" and told["in_the_way"] == []
    assert (month["closed_by"], month["closed_at"]) == ("tom", "2014-04-10T00:00:00Z")
    ahead = said(report_in_sections(report(books, "2014-03..2014-05")))
    assert [row["state"] for row in ahead["months"]] == ["closed", "not ended", "not ended"]


def test_what_no_ledger_lies_beside_reads_not_compared_in_every_form(books):
    books.accepted({"Invoice": "A7", "Member": "ALDER"}, supplement=True)
    (line,) = (row for row in reconcile(books)["differences"] if row["member"] == "ALDER")
    forms = forms_of(books)
    told = json.loads(forms["json"])
    of = {row["id"]: row["status"] for row in told["differences"]}
    assert of.pop(line["id"]) == "not compared"
    assert set(of.values()) == {"open"}
    waiting = sum(row["waiting"] for row in told["by_reason"])
    assert list(of.values()).count("open") == waiting == 5
    listed = csv.DictReader(io.StringIO(forms["csv"]))
    of_csv = {row["id"]: row["status"] for row in listed if row["section"] == "differences"}
    assert of_csv[line["id"]] == "not compared"
    page = {row[0]: row for row in Cells(forms["html"]).rows}
    assert page[line["id"]][-1] == "not compared"
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(forms["xlsx"])).get_sheet_by_name(
        "Differences"
    )
    assert sum("not compared" in row for row in sheet.to_python()) == 1
    plain = forms["text"]
    assert "compared" in plain[plain.index(line["id"]) :][:300]


def test_text_keeps_within_eighty_columns(books):
    assert max(map(len, forms_of(books)["text"].splitlines())) <= 80


@pytest.mark.parametrize("form", FORMS)
def test_the_command_writes_each_form(books, form, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-04-10")
    words = ["reconcile", "report", "--period", "2014-03", "--format", form]
    into = tmp_path / "report"
    assert run_with(["--ledger", str(books.path), *words, "-o", str(into)]) == 0
    expected = forms_of(books)[form]
    raw = expected.encode() if isinstance(expected, str) else expected
    assert into.read_bytes() == raw
    assert capsys.readouterr().out == ""


def test_books_without_a_ledger_or_spend_have_a_report_too(spending):
    books = spending()
    told = said(report_in_sections(report(books)))
    assert told["levy_at_risk"] == "0.00" and told["differences"] == []
    text = written(report_in_sections(report(books)), "text").data
    assert re.search(r"Every item\n-+\nNothing differs\.", text)


def test_both_sides_foot_in_lines_as_in_pounds(spending):
    books = spending()
    books.accepted(
        {"Invoice": "T1", "Net": "100.00"},
        {"Invoice": "T2", "Net": "40.00"},
        {"Invoice": "OVER", "Net": "9.00"},
    )
    record(
        books,
        {"Invoice": "P1", "Net": "60.00"},
        {"Invoice": "P2", "Net": "40.00"},
        {"Invoice": "T2", "Net": "40.00"},
        {"Invoice": "B8", "Net": "7.00"},
    )
    report = reconciliation_report(books.office(), parse_period("2014-03"))
    found = reconcile(books)
    alone = {True: 0, False: 0}
    for row in found["differences"]:
        if not (row["declared"] and row["recorded"]):
            alone[bool(row["declared"])] += len(row["declared"]) + len(row["recorded"])
    sums = report.spend
    assert sums.declared_lines - sums.matched.declared_lines == alone[True] > 0
    assert sums.recorded_lines - sums.matched.recorded_lines == alone[False] > 0
    told = json.loads(written(report_in_sections(report), "json").data)
    # T1 is two lines of the ledger: one match, and not one line on each side.
    assert (told["spend"]["matched_lines"], told["spend"]["matched_recorded_lines"]) == (2, 3)


CREDITED = [
    # A credit of another invoice declares nothing; one of the invoice itself takes its levy off.
    ({"Invoice": "C1", "Net": "-910.00"}, "-320.00", "-3.20", "-910.00", "-9.10", "5.90"),
    ({"Invoice": "b-8", "Net": "-910.00"}, "-320.00", "-3.20", "-910.00", "-9.10", "0.00"),
    ({"Invoice": "B8", "Net": "-590.00"}, "0.00", "0.00", "-590.00", "-5.90", "0.00"),
    (
        {"Invoice": "C1", "Credits": "B8", "Net": "-150.00"},
        *("440.00", "4.40", "-150.00", "-1.50", "4.40"),
    ),
]


@pytest.mark.parametrize(("credit", "net", "levy", "credits", "on_credits", "at_risk"), CREDITED)
def test_a_credit_takes_off_what_is_at_risk_of_its_own_invoice_alone_in_every_form(
    spending, credit, net, levy, credits, on_credits, at_risk
):
    books = spending()
    books.accepted({})
    record(books, {}, {"Invoice": "B8", "Net": "590.00"}, credit)
    statement = report_in_sections(report(books))
    told = said(statement)
    assert (told["undeclared_net"], told["undeclared_levy"]) == (net, levy)
    assert (told["undeclared_invoices"], told["undeclared_invoices_levy"]) == ("590.00", "5.90")
    assert (told["undeclared_credits"], told["undeclared_credits_levy"]) == (credits, on_credits)
    assert told["levy_at_risk"] == at_risk
    head = [(figure.label, figure.pence) for figure in statement.key_figures[-2:]]
    assert head == [("Undeclared spend", 59_000), ("Levy at risk", pence(at_risk))]
    assert statement.held.startswith(
        "1 recorded line has no declaration: £590.00 of spend, and £5.90 of levy at the rates in "
        f"force; 1 credit has none either: {pounds(credits)}, levy {pounds(on_credits)}. With "
        f"credits taken off it is {pounds(net)}, levy {pounds(levy)}; invoice by invoice, each "
        f"with its own credits taken off, {pounds(at_risk)} of levy is at risk. 2 of 2"
    )
    forms = {form: written(statement, form).data for form in FORMS}
    rows = CalamineWorkbook.from_filelike(io.BytesIO(forms["xlsx"])).get_sheet_by_name("Statement")
    assert ["Levy at risk", float(at_risk)] in [row[:2] for row in rows.to_python()]
    assert re.search(rf"Levy at risk +£{at_risk}\n", forms["text"])
    assert f"£{at_risk}" in forms["html"]
    cells = list(csv.DictReader(io.StringIO(forms["csv"])))
    (by_contractor,) = (row["levy_at_risk"] for row in cells if row["section"] == "by_contractor")
    assert by_contractor == f"{at_risk}00"
    found = reconcile_spend(books.office(), parse_period("2014-03"))
    assert as_json(found)["levy_at_risk"] == at_risk
    (words,) = (text for text in summary(found) if text.startswith("undeclared 2"))
    assert words.endswith(f"; levy at risk £{at_risk}")
    assert begin_sitting(books.office(), parse_period("2014-03")).undeclared_pence == pence(at_risk)


def pence(text):
    return round(Decimal(text) * 100)


def pounds(text):
    return display_pence(pence(text))


def test_over_declared_credits_are_told_apart_from_invoices(spending):
    """An invoice and a credit of one size that no member has are not nothing."""
    books = spending()
    books.accepted({}, {"Invoice": "B8", "Net": "590.00"}, {"Invoice": "C1", "Net": "-590.00"})
    record(books, {})
    found = reconcile_spend(books.office(), parse_period("2014-03"))
    apart = "invoices 1: £590.00, levy £5.90, credits 1: -£590.00, levy -£5.90"
    assert f"over-declared 2: £0.00, levy £0.00; of these {apart}" in list(summary(found))
    credits = as_json(found)["over_declared_credits"]
    assert credits == {"count": 1, "net": "-590.00", "levy": "-5.90"}
    statement = report_in_sections(report(books))
    assert [(figure.label, figure.pence) for figure in statement.key_figures[2:5]] == [
        ("Over-declared credits", -59_000),
        ("Over-declared, credits taken off", 0),
        ("Over-declared spend", 59_000),
    ]
    (reasons,) = (part for part in statement.sections if part.key == "reasons")
    assert reasons.after == (f"Of the over-declared: {apart}.",)


def test_the_headline_has_what_is_over_declared(spending):
    books = spending()
    books.accepted({}, {"Invoice": "B8", "Net": "590.00"})
    record(books, {})
    (figure,) = report_in_sections(report(books)).key_figures[2:3]
    assert (figure.key, figure.label, figure.pence) == (
        ("over_declared_net", "Over-declared spend", 59_000)
    )


def test_levy_at_risk_is_one_sum_wherever_it_is_called_that(spending):
    """The page, its table and the review's top line have what the headline has; the table's spend
    has the credits taken off, and says so."""
    books = spending()
    books.accepted({})
    record(books, {}, {"Invoice": "B8", "Net": "590.00"}, {"Invoice": "C1", "Net": "-910.00"})
    statement = report_in_sections(report(books))
    page = written(statement, "text").data
    assert re.findall(r"Levy at risk +(£.*)", page) == ["£5.90"]
    (table,) = (part.parts[0] for part in statement.sections if part.key == "contractors")
    assert [(column.key, column.label) for column in table.columns[-2:]] == [
        ("undeclared", "Undeclared, credits off"),
        ("levy_at_risk", "Levy at risk"),
    ]
    assert [row[-2:] for row in table.rows] == [(-32_000, 590_000_000)]
    sitting = begin_sitting(books.office(), parse_period("2014-03"))
    assert (sitting.at_risk_pence, sitting.undeclared_pence) == (590, 590)


def test_the_words_of_a_reconciliation_tell_undeclared_credits_apart(spending):
    books = spending()
    books.accepted({})
    record(books, {}, {"Invoice": "B8", "Net": "590.00"}, {"Invoice": "C1", "Net": "-910.00"})
    found = reconcile_spend(books.office(), parse_period("2014-03"))
    assert (
        "undeclared 2: -£320.00, levy -£3.20; of these invoices 1: £590.00, levy £5.90, "
        "credits 1: -£910.00, levy -£9.10; levy at risk £5.90"
    ) in list(summary(found))
    told = as_json(found)
    assert told["undeclared"] == {"count": 2, "net": "-320.00", "levy": "-3.20"}
    assert told["undeclared_credits"] == {"count": 1, "net": "-910.00", "levy": "-9.10"}

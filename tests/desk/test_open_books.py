"""Starting in the middle: what an opening file brings, and what is done with it from there."""

import json
import re
import sqlite3
from datetime import date
from hashlib import sha256

import pytest

from levytool.desk.brokerage.close_scheme import close_scheme
from levytool.desk.brokerage.draw_scheme import draw_scheme
from levytool.desk.brokerage.list_pots import list_pots
from levytool.desk.brokerage.list_schemes import list_schemes
from levytool.desk.brokerage.opportunity_due import opportunity_due
from levytool.desk.brokerage.release_surplus import release_surplus
from levytool.desk.levy.list_documents import list_documents
from levytool.desk.levy.show_document import show_document
from levytool.desk.levy.vat_summary import vat_summary
from levytool.desk.month_end.close_period import reopen_period
from levytool.desk.month_end.member_statement import member_statement
from levytool.desk.returns.excuse_return import excuse_return
from levytool.desk.returns.list_returns import chase_list, list_returns
from levytool.desk.tracing.explain import explain
from levytool.ledger.journal.as_known import AsKnown
from levytool.periods import Month, Period
from levytool.problems import InputRejected, RuleRefused
from levytool.statements.figures import figures
from levytool.statements.member import member_in_sections
from tests.desk.banked import Bank
from tests.desk.opening import BOOK, FILE, LATER, Opening, altered, as_toml

APRIL = Period(Month(2014, 4), Month(2014, 4))
MARCH = Month(2014, 3)
STATED = {
    ("1100", "BROOKS"): "1700.00",
    ("1100", "BEECH"): "-60.00",
    ("1200", "main"): "31950.00",
    ("1300", "The Fund"): "500.00",
    ("2000", "SALIX"): "-944.45",
    ("2000", "ALDER"): "-472.22",
    ("2000", "BIRCH"): "50.00",
    ("2100", "SALIX"): "-1000.00",
    ("2110", "SALIX"): "-2500.00",
    ("2200", "SALIX"): "-4000.00",
    ("2300", "PLACE/SALIX"): "-7700.00",
    ("2300", "PLACE/The Fund"): "-1000.00",
    ("2400", "Trainers"): "-900.00",
    ("2500", ""): "-123.33",
    ("2900", "main"): "-7.00",
    ("2910", "BEECH"): "-50.00",
    ("3000", ""): "-3000.00",
    ("4100", "REGEN"): "-12443.00",
}


def _day(month, day):
    return date(2014, month, day)


@pytest.fixture
def books(tmp_path):
    """Books that are opened; whatever is done in them must still prove."""
    made = Opening(tmp_path)
    yield made
    made.prove()
    made.ledger.close()


def test_every_balance_stands_as_the_file_states_it(books):
    opened = books.open()
    assert opened.status == "opened"
    assert books.balances(opened.rows) == STATED


def test_a_dry_run_shows_the_balances_and_stores_nothing(books):
    before = books.dump()
    opened = books.open(dry_run=True)
    assert (opened.status, books.balances(opened.rows)) == ("dry-run", STATED)
    assert books.dump() == before


def test_the_same_file_again_does_nothing(books):
    books.open()
    before = books.dump()
    again = books.open(today="2014-06-02")
    assert (again.status, books.balances(again.rows)) == ("seen-before", STATED)
    assert books.dump() == before


def test_another_file_is_refused_once_the_books_are_open(books):
    books.open()
    with pytest.raises(RuleRefused, match="opened from opening"):
        books.open(altered(("schemes", 0, "title", "Another")))


def test_a_ledger_with_postings_is_refused(books):
    books.spend(("2014-04-03", "SALIX", "100.00"))
    with pytest.raises(RuleRefused, match="1 posting already"):
        books.open()


def test_documents_keep_their_numbers_and_our_series_begins_at_one(books):
    books.open()
    books.spend(("2014-04-03", "SALIX", "100.00"), today=LATER)
    rows = {row["number"]: row for row in list_documents(books.office())}
    assert list(rows) == ["LV-101", "LV-C7", "INV-000001"]
    brought = rows["LV-101"]
    assert (brought["gross"], brought["received"], brought["outstanding"]) == (
        "1800.00",
        "100.00",
        "1700.00",
    )
    assert (rows["LV-C7"]["kind"], rows["LV-C7"]["outstanding"]) == ("credit-note", "60.00")


def test_a_document_of_earlier_books_is_not_printed_again(books):
    books.open()
    with pytest.raises(RuleRefused, match="levytool explain LV-101"):
        show_document(books.office(), "LV-101")


def test_a_receipt_is_allocated_by_the_documents_own_number(books):
    books.open()
    bank = Bank(books)
    bank.bring((_day(4, 20), 170_000, "BROOKS"), today=LATER)
    bank.identify("B-000004", "receipt", "BROOKS", today=LATER)
    bank.allocate("B-000004", "LV-101", today=LATER)
    # 10% of all £1,000.00 is retained, £5.56 of it with what was paid before.
    assert bank.of("2000") == {"BIRCH": -5_000}
    assert books.balance("2100", "SALIX") == 100_000 + 94_445 - (10_000 - 556)
    assert bank.open()["LV-101"] == 0


def test_a_receipt_brought_without_a_document_is_allocated_later(books):
    books.open()
    books.spend(("2014-04-03", "SALIX", "4000.00", "BEECH"), today=LATER)
    bank = Bank(books)
    bank.allocate("B-000002", "INV-000001", today=LATER)
    assert (bank.open()["INV-000001"], bank.of("2910")) == (0, {"BEECH": 200})


def test_the_balance_of_the_bank_is_a_line_that_is_explained(books):
    books.open()
    rows = Bank(books).rows()
    told = [(row["amount"], row["state"], row["as"], row["balance"]) for row in rows.values()]
    assert told == [
        ("31893.00", "explained", "opening", "31893.00"),
        ("50.00", "unallocated", "receipt", "31943.00"),
        ("7.00", "unidentified", "", "31950.00"),
    ]


def test_bank_lines_up_to_the_cut_off_are_left_out(books):
    books.open()
    lines = (_day(3, 31), 100, "IN THE BALANCE"), (_day(4, 1), 200, "NEW")
    brought = Bank(books).bring(*lines, opening_pence=3_194_900, today=LATER)
    assert [problem.code for problem in brought.warnings] == ["before-opening"]
    assert (brought.new, books.balance("1200", "main")) == (1, -3_195_200)


def test_nothing_is_expected_or_chased_up_to_the_cut_off(books):
    books.open()
    today = "2014-06-20"
    owed = [(row["period"], row["state"]) for row in list_returns(books.office(today=today))]
    assert owed == [("2014-04", "overdue")] * 2 + [("2014-05", "overdue")] * 2
    chased = chase_list(books.office(today=today))
    assert {row["period"] for row in chased} == {"2014-04", "2014-05"}
    march = Period(Month(2014, 3), Month(2014, 3))
    assert list_returns(books.office(today=today), march) == []
    # The months before are no failures either: April is the first that is missed.
    assert [row["two_consecutive"] for row in chased if row["period"] == "2014-04"] == [False] * 2


def test_there_is_nothing_to_excuse_up_to_the_cut_off(books):
    books.open()
    with pytest.raises(RuleRefused, match="begin after 2014-03"):
        excuse_return(books.office(today=LATER), "BEECH", "REGEN", Month(2014, 3), "before")


def test_spend_of_a_month_before_posts_in_the_first_open_one(books):
    books.open()
    books.spend(("2014-03-05", "SALIX", "1000.00"), today=LATER)
    (row,) = (row for row in list_documents(books.office()) if row["number"] == "INV-000001")
    assert row["period"] == "2014-03"
    assert books.rows("SELECT effective FROM journal_entry WHERE kind = 'document'") == [
        ("2014-04-30",)
    ]


def test_a_month_before_the_cut_off_cannot_be_reopened(books):
    books.open()
    with pytest.raises(RuleRefused, match="2014-02 lies before these books"):
        reopen_period(books.office(), Month(2014, 2), "late")


def test_obligations_count_on_from_the_spend_brought(books):
    books.open()
    due, _remarks = opportunity_due(books.office())
    (row,) = due["rows"]
    assert (row["spend"], row["due_exact"], row["due"]) == ("1400000.00", "2.8", 2)
    assert (row["delivered"], row["verified"], row["carried"]) == (2, 1, "0.8")
    books.spend(("2014-04-03", "SALIX", "100000.00"), today=LATER)
    (row,) = opportunity_due(books.office())[0]["rows"]
    assert (row["due_exact"], row["due"]) == ("3", 3)
    assert books.balance("2110", "SALIX") == 500_000


def test_a_scheme_goes_on_and_its_rest_goes_back_to_its_cohorts(books):
    books.open()
    (row,) = list_schemes(books.office())
    assert (row["state"], row["committed"], row["drawn"], row["remaining"]) == (
        "approved",
        "9000.00",
        "1300.00",
        "8200.00",
    )
    close_scheme(books.office(today=LATER), "PLACE")
    assert books.cohorts("SALIX") == [
        ("2012-10", 470_000),
        ("2012-12", 300_000),
        ("2013-01", 100_000),
        ("2013-06", 300_000),
    ]


def test_vat_of_documents_brought_is_not_reported_again(books):
    books.open()
    february = Period(Month(2014, 2), Month(2014, 3))
    summary = json.dumps(vat_summary(books.office(), february), default=str)
    assert "300.00" not in summary


def test_the_first_statement_begins_with_what_was_brought(books):
    books.open()
    told = figures(member_statement(books.office(), "SALIX", APRIL))
    assert (told["opening_balance"], told["closing_balance"]) == ("11700.00", "11700.00")
    assert told["movements"] == []
    cohorts = json.dumps(told, default=str)
    for month in ("2012-10", "2012-12", "2013-01", "2013-06"):
        assert month in cohorts
    assert "LV-101" in cohorts
    (scheme,) = told["schemes"]
    assert (scheme["committed"], scheme["drawn"]) == ("9000.00", "1300.00")
    (obligation,) = told["opportunities"]
    assert (obligation["spend"], obligation["due"]) == ("1400000.00", 2)


def test_a_month_runs_on_from_an_opening(books):
    books.open()
    bank = Bank(books)
    bank.bring((_day(4, 20), 170_000, "BROOKS"), today=LATER)
    bank.identify("B-000004", "receipt", "BROOKS", today=LATER)
    bank.allocate("B-000004", "LV-101", today=LATER)
    released = release_surplus(books.office(today=LATER), Month(2014, 5))
    assert {row["member"]: row["released"] for row in released}["SALIX"] == "1850.01"
    draw_scheme(
        books.office(today=LATER), "PLACE", net_pence=82_000, payee="Coach", reference="d-1"
    )
    may = Period(Month(2014, 5), Month(2014, 5))
    told = figures(member_statement(books.office(), "SALIX", may))
    # £7,700.00 of the commitment and £500.00 of the fund's money bear the £820.00.
    assert told["opening_balance"] == "11700.00"
    assert [row["amount"] for row in told["movements"]] == ["1850.01", "-770.00"]
    assert told["closing_balance"] == "12780.01"
    pots = {row["member"]: row for row in list_pots(books.office())}
    assert (pots["SALIX"]["released"], pots["SALIX"]["drawn"]) == ("1850.01", "770.00")


def test_levy_funded_on_billing_is_in_the_fund_already(tmp_path):
    books = Opening(tmp_path, BOOK.replace('"received"', '"billed"'))
    with pytest.raises(InputRejected) as refused:
        books.open()
    assert [p.code for p in refused.value.problems] == ["total-differs"]
    credit = FILE["trial_balance"]["credit"] | {"2100": "2366.67"}
    del credit["2000"]
    brought = {"account": "2100", "of": "SALIX", "credit": "2366.67"}
    opened = books.open(altered(("trial_balance", "credit", credit), ("balances", 0, brought)))
    assert books.balances(opened.rows)["2100", "SALIX"] == "-2366.67"
    books.prove()
    books.ledger.close()


def test_the_same_books_are_opened_on_postgresql(tmp_path, postgres_ledger):
    files = {}
    for place in ("", postgres_ledger):
        folder = tmp_path / ("here" if place else "there")
        folder.mkdir()
        books = Opening(folder, place=place)
        books.open(as_toml(FILE))
        told = figures(member_statement(books.office(), "SALIX", APRIL))
        files[place] = (
            told,
            opportunity_due(books.office()),
            list_documents(books.office()),
            list_returns(books.office(today=LATER)),
            books.hashes(),
        )
        books.prove()
        books.ledger.close()
    assert files[""] == files[postgres_ledger]


@pytest.mark.parametrize(
    "reference",
    ["LV-101", "SALIX/2013-06", "SALIX/2012-10", "PLACE", "PLACE/SALIX", "E-000002", "B-000002"],
)
def test_whatever_was_brought_is_explained_by_the_files_line(books, reference):
    books.open()
    lines = as_toml(FILE).splitlines()
    rows = set(re.findall(r"opening\.toml:(\d+)", json.dumps(_because(books, reference))))
    expected = {"SALIX/2012-10": "commitments", "PLACE/SALIX": "commitments"}
    begins = {"LV": "[[documents]]", "SA": "[[pots]]", "PL": "[[schemes]]", "E-": "[[documents]]"}
    wanted = expected.get(reference) or begins.get(reference[:2], "[[receipts]]")
    told = [row for row in rows if lines[int(row) - 1].startswith(wanted)]
    assert len(told) == 1
    assert len(rows) == (3 if reference == "PLACE" else 1)  # its two sources have rows of their own
    (row,) = told
    name = str(_because(books, f"opening.toml:{row}"))
    assert sha256((books.folder / "opening.toml").read_bytes()).hexdigest()[:12] in name


def _because(books, reference):
    """The explanation of a reference, without what became of it."""
    told = explain(books.office(), reference).as_json()
    return {key: value for key, value in told.items() if key != "became"}


def test_the_statement_of_the_last_month_before_shows_what_was_brought(books):
    books.open()
    march = Period(Month(2014, 3), Month(2014, 3))
    told = figures(member_statement(books.office(), "SALIX", march))
    assert (told["opening_balance"], told["closing_balance"]) == ("0.00", "11700.00")
    (movement,) = told["movements"]
    assert (movement["kind"], movement["date"]) == ("opening", "2014-03-31")


def test_before_the_books_were_opened_nothing_of_it_was_known(books):
    books.open()
    asked = AsKnown(known_on=date(2014, 5, 8))
    assert opportunity_due(books.office(), asked)[0]["rows"] == []
    assert list_schemes(books.office(), asked) == []
    assert list_documents(books.office(), asked=asked) == []
    then = AsKnown(as_at=date(2014, 3, 31), known_on=date(2014, 5, 9))
    assert [row["state"] for row in list_schemes(books.office(), then)] == ["approved"]
    assert [row["due"] for row in opportunity_due(books.office(), then)[0]["rows"]] == [2]


TAMPERED = {
    "UPDATE opening_spend SET base_pence = base_pence + 10000000": "opportunities recomputed",
    "UPDATE opening_spend SET verified = 0": "opportunities recomputed",
    "UPDATE document SET net_pence = net_pence + 1 WHERE number = 'LV-101'": "documents = their",
    "UPDATE allocation SET amount_pence = 0": "1100 = open documents",
    "UPDATE pot_movement SET amount_pence = 0 WHERE kind = 'opening'": "2200 = cohorts",
    "UPDATE import_file SET sha256 = 'x' WHERE role = 'opening'": "files = lines",
    "UPDATE journal_entry SET effective = '2014-04-30' WHERE id = 1": "hash chain whole",
}


@pytest.mark.parametrize("change", TAMPERED)
def test_an_opening_that_is_tampered_with_does_not_prove(tmp_path, change):
    books = Opening(tmp_path)
    books.open()
    with sqlite3.connect(books.path) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(change)
    connection.close()
    assert any(name.startswith(TAMPERED[change]) for name in books.failed_checks())
    books.ledger.close()


def test_the_figures_at_the_head_of_the_opening_months_statement_add_up(books):
    books.open()
    told = member_in_sections(member_statement(books.office(), "SALIX", Period(MARCH, MARCH)))
    heads = {figure.key: figure.pence for figure in told.key_figures}
    assert heads["moved_opening"] == 11_700_00
    closing = heads.pop("closing_balance")
    assert closing == sum(heads.values()) == 11_700_00

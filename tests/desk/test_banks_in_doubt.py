"""What nothing proves of a bank's balance keeps no month open, and is told until it is settled."""

from datetime import date

import pytest

from levytool.cli.main import run_with
from levytool.desk.audit.reconcile_ledger import banks_beside, banks_in_doubt
from levytool.desk.bank.import_bank import import_bank
from levytool.desk.bank.withdraw_lines import withdraw_lines
from levytool.desk.returns.settle_returns import declare_nil
from levytool.periods import Month
from tests.bank.exports import day, export, table
from tests.bank.renderers import camt, ofx
from tests.desk.banked import Bank, received_book
from tests.desk.consortium import TODAY, Books

EARLY = [(day(10), 10_000, "A B", "X1", "P0"), (day(20), 3_000, "C D", "Y2", "P1")]
FIRST = [(day(10), 10_000, "A B X1"), (day(20), 3_000, "C D Y2")]
LAST = [(day(28), 500, "E F", "Z", "P2")]


@pytest.fixture
def bank(tmp_path):
    appointed = "contractors = [{ code = 'BROOKS', from = 2014-03-01 }]"
    return Bank(Books(tmp_path, received_book(framework=appointed)))


def bring(bank, name, text):
    """Import a file; what it warned of."""
    path = bank.books.folder / name
    path.write_text(text, encoding="utf-8")
    outcome = import_bank(bank.books.office(today=TODAY), path)
    assert outcome.problems == []
    return [item.code for item in outcome.warnings]


def doubts(bank, until=None):
    return banks_in_doubt(bank.books.office(), until)


def codes(bank, until=None):
    return [item.code for item in doubts(bank, until)]


def rows(bank):
    return [
        (row["ledger"], row["items"], row["difference"], row["made_of"])
        for row in banks_beside(bank.books.office())[0]
    ]


def download(lines, closing_pence):
    return ofx(lines, closing_pence, as_of=f"{lines[-1][0]:%Y%m%d}")


def unstated(*lines):
    """A CSV without balances of (day, pence, text)."""
    told = [(f"{on:%d/%m/%Y}", text, f"{pence / 100:.2f}") for on, pence, text in lines]
    return table([("Date", "Description", "Amount"), *told])


def test_money_missing_between_ofx_files_is_told_until_it_comes(bank):
    assert bring(bank, "o1.ofx", download(EARLY, 113_000)) == []
    assert codes(bank) == []
    assert bring(bank, "o2.ofx", download(LAST, 116_000)) == ["statement-gap"]
    (told,) = doubts(bank)
    assert (told.code, told.message) == (
        "ofx-differs",
        "by 2014-03-28 the books have £135.00 in main, with its OFX files the bank says £1,160.00, "
        "£1,000.00 of it from before the first line in these books: £25.00 apart",
    )
    assert told.hint.startswith("import the statement that is missing; it keeps nothing open")
    assert (rows(bank), codes(bank, date(2014, 3, 20))) == ([], [])
    bring(bank, "between.ofx", download([(day(25), 2_500, "G", "W", "P3")], 115_500))
    assert codes(bank) == []


def test_a_gap_is_told_no_more_once_the_file_is_withdrawn(bank):
    bring(bank, "o1.ofx", download(EARLY, 113_000))
    bring(bank, "o2.ofx", download(LAST, 116_000))
    withdraw_lines(bank.books.office(), (), "of another account", file="o2.ofx")
    assert codes(bank) == []


def test_a_gap_before_a_statement_that_proves_is_not_forgotten(bank):
    """What was missing read as held before these books."""
    bring(bank, "o1.ofx", download(EARLY, 113_000))
    assert "statement-gap" in bring(bank, "later.xml", camt(LAST, 115_500))
    (told,) = doubts(bank)
    assert (told.code, "£25.00 apart" in told.message) == ("ofx-differs", True)


def test_ofx_lines_that_came_twice_are_named_until_they_are_withdrawn(bank):
    bring(bank, "q1.ofx", download(EARLY, 113_000))
    again = [(*line[:4], f"Q{number}") for number, line in enumerate(EARLY)]
    assert bring(bank, "q2.ofx", download([*again, *LAST], 113_500)) == ["perhaps-held"]
    (told,) = doubts(bank)
    assert told.message.endswith("£130.00 apart")
    assert told.hint.startswith(
        "just that is what comes of 2 lines of q2.ofx (B-000003 to B-000004), on days"
    )
    withdraw_lines(bank.books.office(), ("B-000003", "B-000004"), "came twice")
    assert codes(bank) == []


def test_balances_of_the_day_of_the_download_tell_of_no_gap(bank):
    bring(bank, "o1.ofx", ofx(EARLY, 113_000))
    bring(bank, "o2.ofx", ofx(LAST, 116_000))
    assert codes(bank) == []


def test_what_is_an_error_already_is_no_remark(bank):
    bring(bank, "o1.ofx", download(EARLY, 113_000))
    bring(
        bank, "one.xml", camt([(day(27), 100, "H", "V", "P4")], 113_000).replace("03-31", "03-27")
    )
    bring(bank, "two.xml", camt(LAST, 115_500))
    assert [item.code for item in banks_beside(bank.books.office())[1]] == ["bank-differs"]
    assert codes(bank) == []


def test_lines_of_the_day_beyond_the_last_balance_are_told(bank):
    """The row read as if the bank had stated all of 1200."""
    bring(bank, "m1.csv", export(FIRST, 100_000))
    assert codes(bank) == []
    assert bring(bank, "m2.csv", unstated((day(20), 3_000, "C D BGC"))) == ["perhaps-held"]
    made_of = "stated balance 1130.00 less 1000.00 held before; 30.00 of the day beyond it"
    assert rows(bank) == [("130.00", "130.00", "0.00", made_of)]
    (told,) = doubts(bank)
    assert (told.code, told.message) == (
        "beyond-balance",
        "£30.00 of 2014-03-20 in main is beyond the £1,130.00 that the bank stated: nothing proves "
        "it",
    )
    assert "1 line of m2.csv (B-000003)" in told.hint
    bring(bank, "next.csv", export([(day(21), 100, "G")], 116_000))
    assert codes(bank) == []


@pytest.mark.parametrize("again", [FIRST, FIRST[:1]])
def test_lines_that_came_twice_without_balances_do_not_read_as_held_before(bank, again):
    bring(bank, "m1.csv", export(FIRST, 100_000))
    told = bring(bank, "m3.csv", unstated(*((on, pence, f"{t} BGC") for on, pence, t in again)))
    assert told == ["perhaps-held", "bank-differs"]
    twice = sum(line[1] for line in again)
    (problem,) = banks_beside(bank.books.office())[1]
    assert problem.message.endswith(
        f"of it from before the first line in these books: £{twice // 100}.00 apart"
    )
    assert problem.hint.startswith("just that is what comes of ")


def test_a_line_without_balance_before_the_first_statement_of_its_day_was_held(bank):
    bring(bank, "plain.csv", unstated((day(10), 700, "EARLIER")))
    bring(bank, "m1.csv", export(FIRST, 700))
    assert rows(bank) == [("137.00", "137.00", "0.00", "stated balance")]


def test_the_doubt_stands_beneath_the_proof_and_the_months(bank, capsys):
    bring(bank, "o1.ofx", download(EARLY, 113_000))
    bring(bank, "o2.ofx", download(LAST, 116_000))
    ledger = ["--ledger", str(bank.books.folder / "books.db")]
    for command in (["reconcile", "ledger"], ["period", "status"]):
        assert run_with([*ledger, *command]) == 0
        assert "warning: by 2014-03-28 the books have £135.00" in capsys.readouterr().err


def test_postgresql_tells_the_same(postgres_ledger, tmp_path):
    bank = Bank(Books(tmp_path, received_book(), postgres_ledger))
    bring(bank, "m1.csv", export(FIRST, 100_000))
    again = [(on, pence, f"{t} BGC") for on, pence, t in FIRST]
    assert bring(bank, "m3.csv", unstated(*again)) == ["perhaps-held", "bank-differs"]
    bring(bank, "o1.ofx", download(LAST, 116_000))
    assert [row[2] for row in rows(bank)] == ["130.00"]
    assert codes(bank) == []
    bank.books.ledger.close()


def test_a_month_closes_with_the_doubt_told(bank, capsys):
    bring(bank, "m1.csv", export(FIRST, 0))
    bring(bank, "m2.csv", unstated((day(20), 3_000, "C D BGC")))
    for line in ("B-000001", "B-000002", "B-000003"):
        bank.identify(line, "interest")
    declare_nil(bank.books.office(), "BROOKS", "REGEN", Month(2014, 3))
    ledger = ["--ledger", str(bank.books.folder / "books.db")]
    assert run_with([*ledger, "period", "close", "2014-03"]) == 0
    assert "warning: £30.00 of 2014-03-20 in main is beyond" in capsys.readouterr().err
